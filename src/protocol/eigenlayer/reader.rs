//! Reads the ledger out of storage slots, and keeps it up to date by the slots that change.
//!
//! Every fact of the ledger is a [`Cell`]: how to read it from storage is known once, and an index says which cells a
//! slot belongs to. After a call only the cells of its changed slots are read again, so the cost is in what changed, not
//! in what there is.

use alloy_primitives::{Address, B256, U256, map::HashMap};

use super::{
    EigenLayer,
    deploy::{BURN_ADDRESS, CONFIGURATION_DELAY, DEALLOCATION_DELAY, WITHDRAWAL_DELAY},
    slots::{Slots, address_of, elements, entry, permission_of, set_of},
};
use crate::{
    call::SetId,
    ledger::{
        Allocation, AllocationDelay, Control, History, Holding, Ledger, Membership, Operator, OperatorSet, Principal,
        Stake, Staker, Strategy, Terms, Token, Withdrawal,
    },
    protocol::{Reader, Storage},
};

/// One fact of the ledger, by indices into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Cell {
    // Operators
    Delay { operator: u8 },
    Approver { operator: u8 },
    RegisteredSets { operator: u8 },
    AllocatedSets { operator: u8 },
    Status { operator: u8, set: u8 },
    AllocatedStrategies { operator: u8, set: u8 },
    Allocation { operator: u8, set: u8, strategy: u8 },
    OperatorShares { operator: u8, strategy: u8 },
    MaxMagnitudes { operator: u8, strategy: u8 },
    Encumbered { operator: u8, strategy: u8 },
    Queue { operator: u8, strategy: u8 },
    QueuedShares { operator: u8, strategy: u8 },
    // AVSs and their sets
    Described { avs: u8 },
    Registrar { avs: u8 },
    SetsOf { avs: u8 },
    SetStrategies { set: u8 },
    SetMembers { set: u8 },
    Recipient { set: u8 },
    SlashCount { set: u8 },
    PendingSlashes { set: u8 },
    Slash { set: u8, id: u16 },
    PendingSets,
    // Stakers
    DelegatedTo { staker: u8 },
    WithdrawalsQueued { staker: u8 },
    Roots { staker: u8 },
    StrategyList { staker: u8 },
    Shares { staker: u8, strategy: u8 },
    Factor { staker: u8, strategy: u8 },
    // The withdrawal queue
    Pending { withdrawal: u16 },
    Stored { withdrawal: u16 },
    // Strategies and tokens
    TotalShares { strategy: u8 },
    Whitelisted { strategy: u8 },
    Burnable { strategy: u8 },
    Balance { token: u8, holder: u8 },
    // Who may do what
    Admins { principal: u8 },
    PendingAdmins { principal: u8 },
    Appointments { principal: u8, appointee: u8 },
    Owner,
    Whitelister,
    Unpauser,
    Pauser { index: u8 },
    Paused { index: u8 },
}

/// Slots to cells.
type Index = HashMap<(Address, U256), Cell>;

/// Reads the ledger of a deployment.
pub(super) struct SlotReader {
    allocation_manager: Address,
    delegation_manager: Address,
    strategy_manager: Address,
    permission_controller: Address,
    pauser_registry: Address,
    actors: Vec<Address>,
    slots: Slots,
    terms: Terms,
    /// The ledger before anything is read: who and what there is.
    blank: Ledger,
    index: Index,
    /// Slots of withdrawals, which have meaning only for the ledger they were read into.
    of_withdrawals: Vec<(Address, U256)>,
}

/// What reading needs: storage, and an index to extend.
struct Reading<'a> {
    storage: Storage<'a>,
    contract: Address,
}

impl Reading<'_> {
    fn word(&self, slot: U256) -> U256 {
        (self.storage)(self.contract, slot)
    }
}

impl SlotReader {
    pub fn new(protocol: &EigenLayer) -> Self {
        let contracts = &protocol.contracts;
        let mut reader = Self {
            allocation_manager: contracts.allocation_manager,
            delegation_manager: contracts.delegation_manager,
            strategy_manager: contracts.strategy_manager,
            permission_controller: contracts.permission_controller,
            pauser_registry: contracts.pauser_registry,
            actors: protocol.cast.actors.clone(),
            slots: protocol.slots.clone(),
            terms: terms(protocol),
            blank: blank(protocol),
            index: Index::default(),
            of_withdrawals: Vec::new(),
        };
        for cell in reader.fixed_cells() {
            let slot = reader.slot(cell);
            reader.index.insert(slot, cell);
        }
        reader
    }

    /// Every cell that is there from the start.
    fn fixed_cells(&self) -> Vec<Cell> {
        let ledger = &self.blank;
        let indices = |count: usize| 0..u8::try_from(count).expect("few of everything");
        let mut cells = vec![Cell::PendingSets, Cell::Owner, Cell::Whitelister, Cell::Unpauser];
        for strategy in indices(ledger.strategies.len()) {
            cells.extend([Cell::TotalShares { strategy }, Cell::Whitelisted { strategy }, Cell::Burnable { strategy }]);
        }
        for operator in indices(ledger.operators.len()) {
            cells.extend([Cell::Delay { operator }, Cell::Approver { operator }]);
            cells.extend([Cell::RegisteredSets { operator }, Cell::AllocatedSets { operator }]);
            for strategy in indices(ledger.strategies.len()) {
                cells.extend([Cell::OperatorShares { operator, strategy }, Cell::MaxMagnitudes { operator, strategy }]);
                cells.extend([Cell::Encumbered { operator, strategy }, Cell::Queue { operator, strategy }]);
                cells.push(Cell::QueuedShares { operator, strategy });
            }
            for set in indices(ledger.sets.len()) {
                cells.extend([Cell::Status { operator, set }, Cell::AllocatedStrategies { operator, set }]);
                let strategies = indices(ledger.strategies.len());
                cells.extend(strategies.map(|strategy| Cell::Allocation { operator, set, strategy }));
            }
        }
        for avs in indices(ledger.control.described.len()) {
            cells.extend([Cell::Described { avs }, Cell::Registrar { avs }, Cell::SetsOf { avs }]);
        }
        for set in indices(ledger.sets.len()) {
            cells.extend([Cell::SetStrategies { set }, Cell::SetMembers { set }, Cell::Recipient { set }]);
            cells.extend([Cell::SlashCount { set }, Cell::PendingSlashes { set }]);
        }
        for staker in indices(ledger.stakers.len()) {
            cells.extend([Cell::DelegatedTo { staker }, Cell::WithdrawalsQueued { staker }]);
            cells.extend([Cell::Roots { staker }, Cell::StrategyList { staker }]);
            for strategy in indices(ledger.strategies.len()) {
                cells.extend([Cell::Shares { staker, strategy }, Cell::Factor { staker, strategy }]);
            }
        }
        for token in indices(ledger.tokens.len()) {
            cells.extend(indices(ledger.holders.len()).map(|holder| Cell::Balance { token, holder }));
        }
        for principal in indices(ledger.principals.len()) {
            cells.extend([Cell::Admins { principal }, Cell::PendingAdmins { principal }]);
            cells.extend(indices(self.actors.len()).map(|appointee| Cell::Appointments { principal, appointee }));
        }
        cells.extend(indices(ledger.control.pausers.len()).map(|index| Cell::Pauser { index }));
        cells.extend(indices(ledger.control.paused.len()).map(|index| Cell::Paused { index }));
        cells
    }

    /// The slot that stands for a cell: of a list its length, of a queue its bounds, of the rest the value itself.
    fn slot(&self, cell: Cell) -> (Address, U256) {
        let ledger = &self.blank;
        let Slots { allocation, delegation, deposits, .. } = &self.slots;
        let operator = |index: u8| ledger.operators[usize::from(index)].address;
        let set = |index: u8| ledger.sets[usize::from(index)].id;
        let strategy = |index: u8| ledger.strategies[usize::from(index)].address;
        let staker = |index: u8| ledger.stakers[usize::from(index)].address;
        let avs = |index: u8| ledger.control.described[usize::from(index)].0;
        let principal = |index: u8| entry(self.slots.permissions, ledger.principals[usize::from(index)].address);
        match cell {
            Cell::Delay { operator: o } => (self.allocation_manager, entry(allocation.delay_info, operator(o))),
            Cell::Approver { operator: o } => {
                (self.delegation_manager, entry(delegation.operator_details, operator(o)) + delegation.approver.slot)
            }
            Cell::RegisteredSets { operator: o } => {
                (self.allocation_manager, entry(allocation.registered_sets, operator(o)))
            }
            Cell::AllocatedSets { operator: o } => {
                (self.allocation_manager, entry(allocation.allocated_sets, operator(o)))
            }
            Cell::Status { operator: o, set: e } => {
                (self.allocation_manager, entry(entry(allocation.registration_status, operator(o)), set(e)))
            }
            Cell::AllocatedStrategies { operator: o, set: e } => {
                (self.allocation_manager, entry(entry(allocation.allocated_strategies, operator(o)), set(e)))
            }
            Cell::Allocation { operator: o, set: e, strategy: t } => {
                (self.allocation_manager, entry(entry(entry(allocation.allocations, operator(o)), set(e)), strategy(t)))
            }
            Cell::OperatorShares { operator: o, strategy: t } => {
                (self.delegation_manager, entry(entry(delegation.operator_shares, operator(o)), strategy(t)))
            }
            Cell::MaxMagnitudes { operator: o, strategy: t } => {
                (self.allocation_manager, entry(entry(allocation.max_magnitude_history, operator(o)), strategy(t)))
            }
            Cell::Encumbered { operator: o, strategy: t } => {
                (self.allocation_manager, entry(entry(allocation.encumbered_magnitude, operator(o)), strategy(t)))
            }
            Cell::Queue { operator: o, strategy: t } => {
                (self.allocation_manager, entry(entry(allocation.deallocation_queue, operator(o)), strategy(t)))
            }
            Cell::QueuedShares { operator: o, strategy: t } => {
                (self.delegation_manager, entry(entry(delegation.scaled_shares_history, operator(o)), strategy(t)))
            }
            Cell::Described { avs: a } => (self.allocation_manager, entry(allocation.registered_metadata, avs(a))),
            Cell::Registrar { avs: a } => (self.allocation_manager, entry(allocation.avs_registrar, avs(a))),
            Cell::SetsOf { avs: a } => (self.allocation_manager, entry(allocation.operator_sets, avs(a))),
            Cell::SetStrategies { set: e } => (self.allocation_manager, entry(allocation.set_strategies, set(e))),
            Cell::SetMembers { set: e } => (self.allocation_manager, entry(allocation.set_members, set(e))),
            Cell::Recipient { set: e } => (self.allocation_manager, entry(allocation.recipients, set(e))),
            Cell::SlashCount { set: e } => (self.allocation_manager, entry(allocation.slash_ids, set(e))),
            Cell::PendingSlashes { set: e } => (self.strategy_manager, entry(deposits.pending_slashes, set(e))),
            Cell::Slash { set: e, id } => {
                (self.strategy_manager, entry(entry(deposits.slashed, set(e)), U256::from(id)))
            }
            Cell::PendingSets => (self.strategy_manager, deposits.pending_sets),
            Cell::DelegatedTo { staker: a } => (self.delegation_manager, entry(delegation.delegated_to, staker(a))),
            Cell::WithdrawalsQueued { staker: a } => {
                (self.delegation_manager, entry(delegation.withdrawals_queued, staker(a)))
            }
            Cell::Roots { staker: a } => (self.delegation_manager, entry(delegation.queued_roots, staker(a))),
            Cell::StrategyList { staker: a } => (self.strategy_manager, entry(deposits.strategy_list, staker(a))),
            Cell::Shares { staker: a, strategy: t } => {
                (self.strategy_manager, entry(entry(deposits.shares, staker(a)), strategy(t)))
            }
            Cell::Factor { staker: a, strategy: t } => {
                (self.delegation_manager, entry(entry(delegation.scaling_factor, staker(a)), strategy(t)))
            }
            Cell::Pending { .. } | Cell::Stored { .. } => unreachable!("withdrawals are indexed by their roots"),
            Cell::TotalShares { strategy: t } => (strategy(t), self.slots.strategy.total_shares),
            Cell::Whitelisted { strategy: t } => (self.strategy_manager, entry(deposits.whitelisted, strategy(t))),
            // The values of an enumerable map come third, after the list and the positions of its keys.
            Cell::Burnable { strategy: t } => {
                (self.strategy_manager, entry(deposits.burnable + U256::from(2), strategy(t)))
            }
            Cell::Balance { token, holder } => (
                ledger.tokens[usize::from(token)].address,
                entry(self.slots.token_balances, ledger.holders[usize::from(holder)]),
            ),
            // An account's permissions: invited admins, admins (each set two slots), then who was appointed to what.
            Cell::PendingAdmins { principal: p } => (self.permission_controller, principal(p)),
            Cell::Admins { principal: p } => (self.permission_controller, principal(p) + U256::from(2)),
            Cell::Appointments { principal: p, appointee } => {
                (self.permission_controller, entry(principal(p) + U256::from(4), self.actors[usize::from(appointee)]))
            }
            Cell::Owner => (self.strategy_manager, deposits.owner.slot),
            Cell::Whitelister => (self.strategy_manager, deposits.whitelister.slot),
            Cell::Unpauser => (self.pauser_registry, self.slots.unpauser.slot),
            Cell::Pauser { index } => {
                (self.pauser_registry, entry(self.slots.is_pauser, ledger.control.pausers[usize::from(index)].0))
            }
            Cell::Paused { index } => {
                let contract = ledger.control.paused[usize::from(index)].0;
                (contract, self.paused_slot(contract))
            }
        }
    }

    fn paused_slot(&self, contract: Address) -> U256 {
        if contract == self.allocation_manager {
            self.slots.allocation.paused
        } else if contract == self.delegation_manager {
            self.slots.delegation.paused
        } else if contract == self.strategy_manager {
            self.slots.deposits.paused
        } else {
            self.slots.strategy.paused
        }
    }

    /// Reads a cell again.
    fn refresh(&mut self, cell: Cell, ledger: &mut Ledger, storage: Storage<'_>) {
        match cell {
            Cell::Pending { withdrawal } | Cell::Stored { withdrawal } => {
                self.refresh_withdrawal(usize::from(withdrawal), ledger, storage);
            }
            _ => {
                let (contract, slot) = self.slot(cell);
                let reading = Reading { storage, contract };
                match cell {
                    Cell::RegisteredSets { .. }
                    | Cell::AllocatedSets { .. }
                    | Cell::AllocatedStrategies { .. }
                    | Cell::MaxMagnitudes { .. }
                    | Cell::QueuedShares { .. }
                    | Cell::SetsOf { .. }
                    | Cell::SetStrategies { .. }
                    | Cell::SetMembers { .. }
                    | Cell::PendingSlashes { .. }
                    | Cell::PendingSets
                    | Cell::Roots { .. }
                    | Cell::StrategyList { .. }
                    | Cell::Admins { .. }
                    | Cell::PendingAdmins { .. }
                    | Cell::Appointments { .. } => {
                        let list = self.list(cell, &reading, slot);
                        self.store_list(cell, &list, ledger, storage);
                    }
                    Cell::Queue { operator, strategy } => {
                        let queue = self.queue(cell, &reading, slot);
                        ledger.operators[usize::from(operator)].stakes[usize::from(strategy)].deallocation_queue =
                            queue;
                    }
                    Cell::Slash { set, id } => {
                        let entries = self.slash_entries(cell, &reading, slot);
                        let slashes = &mut ledger.sets[usize::from(set)].slashes;
                        let id = usize::from(id);
                        slashes.resize(slashes.len().max(id + 1), Vec::new());
                        slashes[id] = entries;
                    }
                    Cell::SlashCount { set } => {
                        let count = reading.word(slot).saturating_to();
                        self.refresh_slashes(set, count, ledger, storage);
                    }
                    _ => self.store_word(cell, reading.word(slot), ledger),
                }
            }
        }
    }

    /// The elements of the array at `slot`. Every element is indexed, so that a change of one is a change of the list.
    fn list(&mut self, cell: Cell, reading: &Reading<'_>, slot: U256) -> Vec<U256> {
        let length: usize = reading.word(slot).saturating_to();
        let first = elements(slot);
        // A length beyond reason is a broken contract, not a list to walk.
        let elements = (0..length.min(MAX_LIST)).map(|index| first + U256::from(index));
        elements
            .map(|slot| {
                self.index.insert((reading.contract, slot), cell);
                reading.word(slot)
            })
            .collect()
    }

    /// A double-ended queue: begin and end in one word, then a mapping from positions to elements.
    fn queue(&mut self, cell: Cell, reading: &Reading<'_>, slot: U256) -> Vec<SetId> {
        let bounds = reading.word(slot);
        let begin: i128 = (bounds & U256::from(u128::MAX)).to::<u128>().cast_signed();
        let end: i128 = (bounds >> 128usize).to::<u128>().cast_signed();
        let mut queue = Vec::new();
        for position in (begin..end).take(MAX_LIST) {
            let key = if position < 0 {
                U256::ZERO.wrapping_sub(U256::from(position.unsigned_abs()))
            } else {
                U256::from(position.unsigned_abs())
            };
            let slot = entry(slot + U256::ONE, key);
            self.index.insert((reading.contract, slot), cell);
            queue.push(set_of(reading.word(slot)));
        }
        queue
    }

    /// An enumerable map from strategies to shares: a set of keys in two slots, then the values.
    fn slash_entries(&mut self, cell: Cell, reading: &Reading<'_>, slot: U256) -> Vec<(Address, U256)> {
        let strategies = self.list(cell, reading, slot);
        let values = strategies.into_iter().map(|strategy| {
            let value = entry(slot + U256::from(2), address_of(strategy));
            self.index.insert((reading.contract, value), cell);
            (address_of(strategy), reading.word(value))
        });
        values.collect()
    }

    /// Slashes are counted from one; zero is read too, in case somebody counts from there.
    fn refresh_slashes(&mut self, set: u8, count: u64, ledger: &mut Ledger, storage: Storage<'_>) {
        ledger.sets[usize::from(set)].slash_count = count;
        let ids = usize::try_from(count).map_or(MAX_LIST, |count| count.min(MAX_LIST)) + 1;
        let slashes = &mut ledger.sets[usize::from(set)].slashes;
        let known = slashes.len();
        slashes.resize(known.max(ids), Vec::new());
        for id in known..ids {
            let cell = Cell::Slash { set, id: u16::try_from(id).expect("MAX_LIST is small") };
            let slot = self.slot(cell);
            self.index.insert(slot, cell);
            self.refresh(cell, ledger, storage);
        }
    }

    fn store_list(&mut self, cell: Cell, list: &[U256], ledger: &mut Ledger, storage: Storage<'_>) {
        let sets = |list: &[U256]| list.iter().copied().map(set_of).collect();
        let addresses = |list: &[U256]| list.iter().copied().map(address_of).collect();
        match cell {
            Cell::RegisteredSets { operator } => {
                ledger.operators[usize::from(operator)].registered_sets = sets(list);
            }
            Cell::AllocatedSets { operator } => ledger.operators[usize::from(operator)].allocated_sets = sets(list),
            Cell::AllocatedStrategies { operator, set } => {
                ledger.operators[usize::from(operator)].memberships[usize::from(set)].allocated_strategies =
                    addresses(list);
            }
            Cell::MaxMagnitudes { operator, strategy } => {
                ledger.operators[usize::from(operator)].stakes[usize::from(strategy)].max_magnitudes = history(list);
            }
            Cell::QueuedShares { operator, strategy } => {
                ledger.operators[usize::from(operator)].stakes[usize::from(strategy)].queued_shares = history(list);
            }
            Cell::SetsOf { avs } => {
                let avs = ledger.control.described[usize::from(avs)].0;
                for set in ledger.sets.iter_mut().filter(|set| set.id.avs == avs) {
                    set.exists = list.contains(&U256::from(set.id.id));
                }
            }
            Cell::SetStrategies { set } => ledger.sets[usize::from(set)].strategies = addresses(list),
            Cell::SetMembers { set } => ledger.sets[usize::from(set)].members = addresses(list),
            Cell::PendingSlashes { set } => {
                ledger.sets[usize::from(set)].pending_slashes = list.iter().map(U256::saturating_to).collect();
            }
            Cell::PendingSets => ledger.pending_sets = sets(list),
            Cell::Roots { staker } => {
                let roots: Vec<B256> = list.iter().copied().map(B256::from).collect();
                for root in &roots {
                    self.discover(*root, ledger, storage);
                }
                ledger.stakers[usize::from(staker)].roots = roots;
            }
            Cell::StrategyList { staker } => ledger.stakers[usize::from(staker)].strategies = addresses(list),
            Cell::Admins { principal } => ledger.principals[usize::from(principal)].admins = addresses(list),
            Cell::PendingAdmins { principal } => {
                ledger.principals[usize::from(principal)].pending_admins = addresses(list);
            }
            Cell::Appointments { principal, appointee } => {
                let appointments = &mut ledger.principals[usize::from(principal)].appointments;
                appointments[usize::from(appointee)].1 = list.iter().copied().map(permission_of).collect();
            }
            _ => unreachable!("{cell:?} is no list"),
        }
    }

    fn store_word(&self, cell: Cell, word: U256, ledger: &mut Ledger) {
        let allocation = &self.slots.allocation;
        match cell {
            Cell::Delay { operator } => {
                ledger.operators[usize::from(operator)].delay = AllocationDelay {
                    delay: allocation.delay.of(word).to(),
                    is_set: !allocation.delay_is_set.of(word).is_zero(),
                    pending: allocation.pending_delay.of(word).to(),
                    effect_block: allocation.delay_effect_block.of(word).to(),
                };
            }
            Cell::Approver { operator } => {
                let approver = self.slots.delegation.approver.of(word);
                ledger.operators[usize::from(operator)].approver = address_of(approver);
            }
            Cell::Status { operator, set } => {
                let membership = &mut ledger.operators[usize::from(operator)].memberships[usize::from(set)];
                membership.registered = !allocation.registered.of(word).is_zero();
                membership.slashable_until = allocation.slashable_until.of(word).to();
            }
            Cell::Allocation { operator, set, strategy } => {
                let pending: u128 = allocation.pending_diff.of(word).to();
                ledger.operators[usize::from(operator)].allocations[usize::from(set)][usize::from(strategy)] =
                    Allocation {
                        current: allocation.current_magnitude.of(word).to(),
                        pending: pending.cast_signed(),
                        effect_block: allocation.effect_block.of(word).to(),
                    };
            }
            Cell::OperatorShares { operator, strategy } => {
                ledger.operators[usize::from(operator)].stakes[usize::from(strategy)].shares = word;
            }
            Cell::Encumbered { operator, strategy } => {
                ledger.operators[usize::from(operator)].stakes[usize::from(strategy)].encumbered = word.saturating_to();
            }
            Cell::Described { avs } => ledger.control.described[usize::from(avs)].1 = !word.is_zero(),
            Cell::Registrar { avs } => ledger.control.registrars[usize::from(avs)].1 = address_of(word),
            Cell::Recipient { set } => ledger.sets[usize::from(set)].recipient = address_of(word),
            Cell::DelegatedTo { staker } => ledger.stakers[usize::from(staker)].delegated_to = address_of(word),
            Cell::WithdrawalsQueued { staker } => {
                ledger.stakers[usize::from(staker)].withdrawals_queued = word.saturating_to();
            }
            Cell::Shares { staker, strategy } => {
                ledger.stakers[usize::from(staker)].holdings[usize::from(strategy)].shares = word;
            }
            Cell::Factor { staker, strategy } => {
                ledger.stakers[usize::from(staker)].holdings[usize::from(strategy)].stored_factor = word;
            }
            Cell::TotalShares { strategy } => ledger.strategies[usize::from(strategy)].total_shares = word,
            Cell::Whitelisted { strategy } => ledger.strategies[usize::from(strategy)].whitelisted = !word.is_zero(),
            Cell::Burnable { strategy } => ledger.strategies[usize::from(strategy)].burnable_shares = word,
            Cell::Balance { token, holder } => {
                ledger.tokens[usize::from(token)].balances[usize::from(holder)] = word;
                let (token, holder) = (ledger.tokens[usize::from(token)].address, ledger.holders[usize::from(holder)]);
                for strategy in ledger.strategies.iter_mut().filter(|s| s.address == holder && s.token == token) {
                    strategy.balance = word;
                }
            }
            Cell::Owner => ledger.control.owner = address_of(self.slots.deposits.owner.of(word)),
            Cell::Whitelister => ledger.control.whitelister = address_of(self.slots.deposits.whitelister.of(word)),
            Cell::Unpauser => ledger.control.unpauser = address_of(self.slots.unpauser.of(word)),
            Cell::Pauser { index } => ledger.control.pausers[usize::from(index)].1 = !word.is_zero(),
            Cell::Paused { index } => ledger.control.paused[usize::from(index)].1 = word,
            _ => unreachable!("{cell:?} is no word"),
        }
    }

    /// Takes a withdrawal into the ledger, if it is not there.
    fn discover(&mut self, root: B256, ledger: &mut Ledger, storage: Storage<'_>) {
        if ledger.withdrawals.iter().any(|withdrawal| withdrawal.root == root) {
            return;
        }
        let delegation = &self.slots.delegation;
        let fields = &delegation.withdrawal;
        let base = entry(delegation.queued_withdrawals, root);
        let word = |slot: U256| storage(self.delegation_manager, slot);
        let field = |field: crate::artifact::Field| field.of(word(base + field.slot));
        let array = |field: crate::artifact::Field| -> Vec<U256> {
            let length: usize = word(base + field.slot).saturating_to();
            let first = elements(base + field.slot);
            (0..length.min(MAX_LIST)).map(|index| word(first + U256::from(index))).collect()
        };
        let strategies = array(fields.strategies).into_iter().map(address_of);
        ledger.withdrawals.push(Withdrawal {
            root,
            staker: address_of(field(fields.staker)),
            delegated_to: address_of(field(fields.delegated_to)),
            withdrawer: address_of(field(fields.withdrawer)),
            nonce: field(fields.nonce).saturating_to(),
            start_block: field(fields.start_block).saturating_to(),
            items: strategies.zip(array(fields.scaled_shares)).collect(),
            pending: false,
            stored: false,
        });
        let withdrawal = u16::try_from(ledger.withdrawals.len() - 1).expect("a run queues few withdrawals");
        let pending = (self.delegation_manager, entry(delegation.pending_withdrawals, root));
        let stored = (self.delegation_manager, base + fields.staker.slot);
        self.index.insert(pending, Cell::Pending { withdrawal });
        self.index.insert(stored, Cell::Stored { withdrawal });
        self.of_withdrawals.extend([pending, stored]);
        self.refresh_withdrawal(usize::from(withdrawal), ledger, storage);
    }

    fn refresh_withdrawal(&self, index: usize, ledger: &mut Ledger, storage: Storage<'_>) {
        // A ledger that is behind does not know of it yet.
        let Some(withdrawal) = ledger.withdrawals.get_mut(index) else { return };
        let delegation = &self.slots.delegation;
        let pending = entry(delegation.pending_withdrawals, withdrawal.root);
        let stored = entry(delegation.queued_withdrawals, withdrawal.root) + delegation.withdrawal.staker.slot;
        withdrawal.pending = !storage(self.delegation_manager, pending).is_zero();
        withdrawal.stored = !storage(self.delegation_manager, stored).is_zero();
    }
}

impl Reader for SlotReader {
    fn read(&mut self, block: u64, timestamp: u64, storage: Storage<'_>) -> Ledger {
        let mut ledger = self.blank.clone();
        (ledger.block, ledger.timestamp) = (block, timestamp);
        ledger.terms = self.terms.clone();
        for cell in self.fixed_cells() {
            self.refresh(cell, &mut ledger, storage);
        }
        ledger
    }

    fn update(
        &mut self,
        ledger: &mut Ledger,
        changed: &mut dyn Iterator<Item = (Address, U256)>,
        storage: Storage<'_>,
    ) {
        for slot in changed {
            if let Some(cell) = self.index.get(&slot).copied() {
                self.refresh(cell, ledger, storage);
            }
        }
    }

    fn forget(&mut self) {
        for slot in self.of_withdrawals.drain(..) {
            self.index.remove(&slot);
        }
    }
}

/// The longest list that is read. The protocol's are as long as a run is deep.
const MAX_LIST: usize = 16_384;

/// A history: block in the low four bytes, value above.
fn history(words: &[U256]) -> History {
    let entry = |word: &U256| ((*word & U256::from(u32::MAX)).to(), *word >> 32usize);
    History { entries: words.iter().map(entry).collect() }
}

fn terms(protocol: &EigenLayer) -> Terms {
    Terms {
        deallocation_delay: u64::from(DEALLOCATION_DELAY),
        configuration_delay: u64::from(CONFIGURATION_DELAY),
        withdrawal_delay: u64::from(WITHDRAWAL_DELAY),
        burn_address: BURN_ADDRESS,
        slash_permission: protocol.slash_permission(),
    }
}

/// A ledger with everybody and everything in it, and nothing known of them.
fn blank(protocol: &EigenLayer) -> Ledger {
    let cast = &protocol.cast;
    let (sets, strategies) = (cast.sets.len(), cast.strategies.len());
    let staker = |address: Address| cast.stakers.iter().position(|staker| *staker == address);
    let operator = |address: &Address| Operator {
        address: *address,
        staker: staker(*address).expect("operators are stakers"),
        approver: Address::ZERO,
        delay: AllocationDelay::default(),
        registered_sets: Vec::new(),
        allocated_sets: Vec::new(),
        memberships: vec![Membership::default(); sets],
        stakes: vec![Stake::default(); strategies],
        allocations: vec![vec![Allocation::default(); strategies]; sets],
    };
    let set = |id: &SetId| OperatorSet {
        id: *id,
        exists: false,
        strategies: Vec::new(),
        members: Vec::new(),
        recipient: Address::ZERO,
        slash_count: 0,
        pending_slashes: Vec::new(),
        slashes: Vec::new(),
    };
    let strategy = |(address, token): (&Address, &Address)| Strategy {
        address: *address,
        token: *token,
        total_shares: U256::ZERO,
        balance: U256::ZERO,
        whitelisted: false,
        burnable_shares: U256::ZERO,
    };
    let new_staker = |address: &Address| Staker {
        address: *address,
        delegated_to: Address::ZERO,
        withdrawals_queued: 0,
        roots: Vec::new(),
        strategies: Vec::new(),
        holdings: vec![Holding::default(); strategies],
    };
    let principal = |address: &Address| Principal {
        address: *address,
        admins: Vec::new(),
        pending_admins: Vec::new(),
        appointments: cast.actors.iter().map(|actor| (*actor, Vec::new())).collect(),
    };
    let contracts = &protocol.contracts;
    let mut holders = cast.stakers.clone();
    holders.extend(cast.strategies.iter().chain(&cast.recipients));
    holders.push(BURN_ADDRESS);
    holders.extend([contracts.allocation_manager, contracts.delegation_manager, contracts.strategy_manager]);
    holders.extend([cast.stranger, Address::ZERO]);
    holders.extend(&cast.avss);
    let token = |address: &Address| Token { address: *address, balances: vec![U256::ZERO; holders.len()] };
    let possible_pausers = cast.pausers.iter().chain([&cast.stranger, &cast.owner]);
    Ledger {
        block: 0,
        timestamp: 0,
        terms: terms(protocol),
        operators: cast.operators.iter().map(operator).collect(),
        sets: cast.sets.iter().map(set).collect(),
        strategies: cast.strategies.iter().zip(&cast.tokens).map(strategy).collect(),
        stakers: cast.stakers.iter().map(new_staker).collect(),
        withdrawals: Vec::new(),
        pending_sets: Vec::new(),
        principals: cast.operators.iter().chain(&cast.avss).map(principal).collect(),
        tokens: cast.tokens.iter().map(token).collect(),
        holders,
        control: Control {
            pausers: possible_pausers.map(|pauser| (*pauser, false)).collect(),
            paused: cast.pausable.iter().map(|contract| (*contract, U256::ZERO)).collect(),
            described: cast.avss.iter().map(|avs| (*avs, false)).collect(),
            registrars: cast.avss.iter().map(|avs| (*avs, Address::ZERO)).collect(),
            ..Control::default()
        },
    }
}
