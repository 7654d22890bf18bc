//! Every fact of the ledger that is there from the start: its slot, its shape, and where it goes.

mod rewards;

use alloy_primitives::{Address, U256};

use super::{Cell, Shape};
use crate::{
    artifact::Field,
    call::SetId,
    ledger::{Allocation, AllocationDelay, History, Ledger, Operator, OperatorSet, Part, Staker},
    protocol::eigenlayer::{
        EigenLayer,
        deploy::Contracts,
        slots::{SlasherSlots, Slots, address_of, entry, permission_of, set_of},
    },
};

/// The facts of everybody and everything in `blank`.
pub(super) fn all(protocol: &EigenLayer, blank: &Ledger) -> Vec<Cell> {
    let mut facts = Facts {
        contracts: &protocol.contracts,
        slots: &protocol.slots,
        at: Address::ZERO,
        part: Part::Rest,
        cells: Vec::new(),
    };
    for (index, operator) in blank.operators.iter().enumerate() {
        facts.part = Part::Operator(index);
        facts.operator(index, operator);
        for (set, id) in blank.sets.iter().map(|set| set.id).enumerate() {
            facts.membership(index, operator.address, set, id, blank);
        }
        for (strategy, address) in blank.strategies.iter().map(|strategy| strategy.address).enumerate() {
            facts.stake(index, operator.address, strategy, address);
        }
    }
    for (index, set) in blank.sets.iter().enumerate() {
        facts.part = Part::Set(index);
        facts.set(index, set);
    }
    for (index, staker) in blank.stakers.iter().enumerate() {
        facts.part = Part::Staker(index);
        facts.staker(index, staker, blank);
    }
    facts.part = Part::Rest;
    facts.strategies(blank);
    facts.native(blank);
    facts.tokens(blank);
    facts.callers(blank);
    facts.registrars(blank);
    facts.salts(blank);
    facts.rights(blank);
    facts.avss(blank);
    facts.control(blank);
    facts.rewards(blank);
    facts.factory(blank);
    facts.cells
}

/// Collects cells.
pub(super) struct Facts<'a> {
    pub(super) contracts: &'a Contracts,
    pub(super) slots: &'a Slots,
    /// Whose slots are described.
    pub(super) at: Address,
    /// Whose facts they are. What two share is the rest's.
    pub(super) part: Part,
    cells: Vec<Cell>,
}

impl Facts<'_> {
    pub(super) fn add(&mut self, slot: U256, shape: Shape) {
        self.cells.push(Cell { contract: self.at, slot, shape, part: self.part });
    }

    pub(super) fn word(&mut self, slot: U256, put: impl Fn(&mut Ledger, U256) + 'static) {
        self.add(slot, Shape::Word(Box::new(put)));
    }

    /// A variable that shares its slot.
    pub(super) fn field(&mut self, slot: U256, field: Field, put: impl Fn(&mut Ledger, U256) + 'static) {
        self.word(slot + field.slot, move |ledger, word| put(ledger, field.of(word)));
    }

    fn list(&mut self, slot: U256, put: impl Fn(&mut Ledger, Vec<U256>) + 'static) {
        self.add(slot, Shape::List(Box::new(put)));
    }

    fn operator(&mut self, o: usize, operator: &Operator) {
        let (slots, address) = (&self.slots.allocation, operator.address);
        self.at = self.contracts.allocation_manager;
        let (delay, is_set) = (slots.delay, slots.delay_is_set);
        let (pending, effect_block) = (slots.pending_delay, slots.delay_effect_block);
        self.word(entry(slots.delay_info, address), move |ledger, word| {
            ledger.operators[o].delay = AllocationDelay {
                delay: delay.of(word).saturating_to(),
                is_set: !is_set.of(word).is_zero(),
                pending: pending.of(word).saturating_to(),
                effect_block: effect_block.of(word).saturating_to(),
            };
        });
        self.list(entry(slots.registered_sets, address), move |ledger, list| {
            ledger.operators[o].registered_sets = sets(list);
        });
        self.list(entry(slots.allocated_sets, address), move |ledger, list| {
            ledger.operators[o].allocated_sets = sets(list);
        });

        let slots = &self.slots.delegation;
        self.at = self.contracts.delegation_manager;
        self.field(entry(slots.operator_details, address), slots.approver, move |ledger, word| {
            ledger.operators[o].approver = address_of(word);
        });
    }

    fn membership(&mut self, o: usize, operator: Address, e: usize, set: SetId, blank: &Ledger) {
        let slots = &self.slots.allocation;
        self.at = self.contracts.allocation_manager;
        let (registered, until) = (slots.registered, slots.slashable_until);
        self.word(entry(entry(slots.registration_status, operator), set), move |ledger, word| {
            let membership = &mut ledger.operators[o].memberships[e];
            membership.registered = !registered.of(word).is_zero();
            membership.slashable_until = until.of(word).saturating_to();
        });
        self.list(entry(entry(slots.allocated_strategies, operator), set), move |ledger, list| {
            ledger.operators[o].memberships[e].allocated_strategies = addresses(list);
        });
        let (current, pending, effect_block) = (slots.current_magnitude, slots.pending_diff, slots.effect_block);
        let allocations = entry(entry(slots.allocations, operator), set);
        for (t, strategy) in blank.strategies.iter().enumerate() {
            self.word(entry(allocations, strategy.address), move |ledger, word| {
                ledger.operators[o].allocations[e][t] = Allocation {
                    current: current.of(word).saturating_to(),
                    pending: pending.of(word).to::<u128>().cast_signed(),
                    effect_block: effect_block.of(word).saturating_to(),
                };
            });
        }
    }

    fn stake(&mut self, o: usize, operator: Address, t: usize, strategy: Address) {
        let of_both = |mapping| entry(entry(mapping, operator), strategy);
        let slots = &self.slots.allocation;
        self.at = self.contracts.allocation_manager;
        self.list(of_both(slots.max_magnitude_history), move |ledger, list| {
            ledger.operators[o].stakes[t].max_magnitudes = history(&list);
        });
        self.word(of_both(slots.encumbered_magnitude), move |ledger, word| {
            ledger.operators[o].stakes[t].encumbered = word.saturating_to();
        });
        let queue = move |ledger: &mut Ledger, (queue, ends)| {
            let stake = &mut ledger.operators[o].stakes[t];
            (stake.deallocation_queue, stake.queue_ends) = (queue, ends);
        };
        self.add(of_both(slots.deallocation_queue), Shape::Queue(Box::new(queue)));

        let slots = &self.slots.delegation;
        self.at = self.contracts.delegation_manager;
        self.word(of_both(slots.operator_shares), move |ledger, word| {
            ledger.operators[o].stakes[t].shares = word;
        });
        self.list(of_both(slots.scaled_shares_history), move |ledger, list| {
            ledger.operators[o].stakes[t].queued_shares = history(&list);
        });
    }

    fn set(&mut self, e: usize, set: &OperatorSet) {
        let (slots, id) = (&self.slots.allocation, set.id);
        self.at = self.contracts.allocation_manager;
        self.list(entry(slots.set_strategies, id), move |ledger, list| {
            ledger.sets[e].strategies = addresses(list);
        });
        self.list(entry(slots.set_members, id), move |ledger, list| ledger.sets[e].members = addresses(list));
        if let Some(numbering) = slots.numbering {
            self.word(entry(numbering.recipients, id), move |ledger, word| {
                ledger.sets[e].recipient = address_of(word);
            });
            self.add(entry(numbering.slash_ids, id), Shape::SlashCount { set: e });
        }

        if let Some(slots) = slots.slashers {
            self.slasher(e, entry(slots.slashers, id), slots);
        }

        let Some(waiting) = self.slots.deposits.waiting else { return };
        self.at = self.contracts.strategy_manager;
        self.list(entry(waiting.pending_slashes, id), move |ledger, list| {
            ledger.sets[e].pending_slashes = list.iter().map(U256::saturating_to).collect();
        });
    }

    fn slasher(&mut self, e: usize, slot: U256, slots: SlasherSlots) {
        let SlasherSlots { slasher, pending, effect_block, .. } = slots;
        self.field(slot, slasher, move |ledger, word| ledger.sets[e].slasher.slasher = address_of(word));
        self.word(slot + pending.slot, move |ledger, word| {
            ledger.sets[e].slasher.pending = address_of(pending.of(word));
            ledger.sets[e].slasher.effect_block = effect_block.of(word).saturating_to();
        });
    }

    fn staker(&mut self, a: usize, staker: &Staker, blank: &Ledger) {
        let address = staker.address;
        let slots = &self.slots.delegation;
        self.at = self.contracts.delegation_manager;
        self.word(entry(slots.delegated_to, address), move |ledger, word| {
            ledger.stakers[a].delegated_to = address_of(word);
        });
        self.word(entry(slots.withdrawals_queued, address), move |ledger, word| {
            ledger.stakers[a].withdrawals_queued = word.saturating_to();
        });
        self.add(entry(slots.queued_roots, address), Shape::Roots { staker: a });
        let factors = entry(slots.scaling_factor, address);
        for (t, strategy) in blank.strategies.iter().enumerate() {
            self.word(entry(factors, strategy.address), move |ledger, word| {
                ledger.stakers[a].holdings[t].stored_factor = word;
            });
        }

        let slots = &self.slots.deposits;
        self.at = self.contracts.strategy_manager;
        self.word(entry(slots.nonces, address), move |ledger, word| ledger.stakers[a].nonce = word);
        self.list(entry(slots.strategy_list, address), move |ledger, list| {
            ledger.stakers[a].strategies = addresses(list);
        });
        let shares = entry(slots.shares, address);
        for (t, strategy) in blank.token_strategies() {
            self.word(entry(shares, strategy.address), move |ledger, word| {
                ledger.stakers[a].holdings[t].shares = word;
            });
        }
    }

    fn salts(&mut self, blank: &Ledger) {
        self.at = self.contracts.delegation_manager;
        for (a, approver) in blank.approvers.iter().enumerate() {
            let of_approver = entry(self.slots.delegation.salt_is_spent, approver.address);
            for salt in 0..approver.spent.len() {
                self.word(entry(of_approver, U256::from(salt)), move |ledger, word| {
                    ledger.approvers[a].spent[salt] = !word.is_zero();
                });
            }
        }
    }

    fn strategies(&mut self, blank: &Ledger) {
        for (t, address) in blank.token_strategies().map(|(t, strategy)| (t, strategy.address)) {
            self.at = address;
            self.word(self.slots.strategy.total_shares, move |ledger, word| {
                ledger.strategies[t].total_shares = word;
            });
            if blank.strategies[t].limits.is_some() {
                self.limits(t);
            }
            self.at = self.contracts.strategy_manager;
            self.word(entry(self.slots.deposits.whitelisted, address), move |ledger, word| {
                ledger.strategies[t].whitelisted = !word.is_zero();
            });
            // The values of an enumerable map come third, after the list and the positions of its keys.
            let values = self.slots.deposits.burnable + U256::from(2);
            self.word(entry(values, address), move |ledger, word| ledger.strategies[t].burnable_shares = word);
        }
    }

    fn limits(&mut self, t: usize) {
        let [per_deposit, total] = self.slots.strategy.limits;
        self.word(per_deposit, move |ledger, word| {
            ledger.strategies[t].limits.get_or_insert_default().per_deposit = word;
        });
        self.word(total, move |ledger, word| ledger.strategies[t].limits.get_or_insert_default().total = word);
    }

    /// An account's permissions: invited admins, admins (each set two slots), then who was appointed to what.
    fn rights(&mut self, blank: &Ledger) {
        self.at = self.contracts.permission_controller;
        for (p, principal) in blank.principals.iter().enumerate() {
            let slot = entry(self.slots.permissions, principal.address);
            self.list(slot, move |ledger, list| ledger.principals[p].pending_admins = addresses(list));
            self.list(slot + U256::from(2), move |ledger, list| ledger.principals[p].admins = addresses(list));
            for (a, (appointee, _)) in principal.appointments.iter().enumerate() {
                self.list(entry(slot + U256::from(4), *appointee), move |ledger, list| {
                    ledger.principals[p].appointments[a].1 = list.into_iter().map(permission_of).collect();
                });
            }
        }
    }

    fn avss(&mut self, blank: &Ledger) {
        let slots = &self.slots.allocation;
        self.at = self.contracts.allocation_manager;
        for (a, avs) in blank.control.described.iter().map(|(avs, _)| *avs).enumerate() {
            self.word(entry(slots.registered_metadata, avs), move |ledger, word| {
                ledger.control.described[a].1 = !word.is_zero();
            });
            self.word(entry(slots.avs_registrar, avs), move |ledger, word| {
                ledger.control.registrars[a].1 = address_of(word);
            });
            self.part = Part::Sets;
            self.list(entry(slots.operator_sets, avs), move |ledger, ids| {
                for set in ledger.sets.iter_mut().filter(|set| set.id.avs == avs) {
                    set.exists = ids.contains(&U256::from(set.id.id));
                }
            });
            self.part = Part::Rest;
        }
    }

    fn control(&mut self, blank: &Ledger) {
        let Slots { deposits, is_pauser, unpauser, .. } = self.slots;
        self.at = self.contracts.strategy_manager;
        if let Some(waiting) = deposits.waiting {
            self.list(waiting.pending_sets, move |ledger, list| ledger.pending_sets = sets(list));
        }
        self.field(U256::ZERO, deposits.owner, |ledger, word| ledger.control.owner = address_of(word));
        self.field(U256::ZERO, deposits.whitelister, |ledger, word| ledger.control.whitelister = address_of(word));
        self.at = self.contracts.pauser_registry;
        self.field(U256::ZERO, *unpauser, |ledger, word| ledger.control.unpauser = address_of(word));
        for (p, (pauser, _)) in blank.control.pausers.iter().enumerate() {
            self.word(entry(*is_pauser, *pauser), move |ledger, word| {
                ledger.control.pausers[p].1 = !word.is_zero();
            });
        }
        for (c, (contract, _)) in blank.control.paused.iter().enumerate() {
            self.at = *contract;
            self.word(self.paused_slot(*contract), move |ledger, word| ledger.control.paused[c].1 = word);
        }
    }

    fn paused_slot(&self, contract: Address) -> U256 {
        let Slots { allocation, delegation, deposits, strategy, pods, rewards, factory, .. } = self.slots;
        match contract {
            _ if contract == self.contracts.allocation_manager => allocation.paused,
            _ if contract == self.contracts.delegation_manager => delegation.paused,
            _ if contract == self.contracts.strategy_manager => deposits.paused,
            _ if contract == self.contracts.rewards_coordinator => rewards.paused,
            _ if contract == self.contracts.strategy_factory => factory.paused,
            _ if contract == self.contracts.eigen_pod_manager => pods.paused,
            _ => strategy.paused,
        }
    }
}

fn sets(list: Vec<U256>) -> Vec<SetId> {
    list.into_iter().map(set_of).collect()
}

fn addresses(list: Vec<U256>) -> Vec<Address> {
    list.into_iter().map(address_of).collect()
}

/// A history: block in the low four bytes, value above.
fn history(words: &[U256]) -> History {
    let entry = |word: &U256| ((*word & U256::from(u32::MAX)).to(), *word >> 32usize);
    History { entries: words.iter().map(entry).collect() }
}
