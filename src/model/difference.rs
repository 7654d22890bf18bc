//! Two ledgers side by side: where the model and the contracts disagree, or two builds, field by field.

mod shown;

use std::fmt::Display;

use shown::Shown;

use alloy_primitives::Address;

use crate::{
    book::Book,
    ledger::{
        Approver, Caller, Control, DistributionRoot, Earner, Examples, Factory, FactoryStrategy, FactoryToken, Holding,
        Ledger, Membership, NativeStake, Operator, OperatorSet, Pod, Principal, RecordedSubmission, Registrar, Rewards,
        Split, Stake, Staker, Strategy, Submitter, Token, Withdrawal,
    },
};

/// A field in which two ledgers differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field, without saying whose.
    pub field: String,
    /// The field, and whose it is.
    pub what: String,
    /// What it is on one side, and on the other.
    pub sides: [String; 2],
}

/// The fields in which `actual` is not `predicted`, each with both sides.
pub fn differences(predicted: &Ledger, actual: &Ledger, book: &Book) -> Vec<String> {
    let said =
        |Difference { what, sides: [predicted, actual], .. }| format!("{what}: predicted {predicted}, actual {actual}");
    fields(predicted, actual, book).into_iter().map(said).collect()
}

/// The fields in which two ledgers of the same world differ.
pub fn fields(one: &Ledger, other: &Ledger, book: &Book) -> Vec<Difference> {
    let mut differences = Differences { book, found: Vec::new() };
    differences.ledgers(one, other);
    differences.found
}

struct Differences<'a> {
    book: &'a Book,
    found: Vec<Difference>,
}

/// Compares the fields of two values of a type. Every field is named, so that none is forgotten: those after `besides` are
/// compared elsewhere, or are what names the value.
macro_rules! fields {
    // What follows the name of a field, such as where it is.
    ($self:ident, ($whose:expr, $at:expr), $predicted:ident, $actual:ident,
     $kind:ident { $($field:ident: $what:expr),* $(,)? } besides { $($other:ident),* }) => {
        let $kind { $($field: _,)* $($other: _,)* } = $predicted;
        $(if $predicted.$field != $actual.$field {
            $self.add(&$whose, ($what, &$at), &$predicted.$field, &$actual.$field);
        })*
    };
    ($self:ident, $whose:expr, $predicted:ident, $actual:ident, $kind:ident { $($field:ident: $what:expr),* $(,)? }
     besides { $($other:ident),* }) => {
        fields!($self, ($whose, ""), $predicted, $actual, $kind { $($field: $what),* } besides { $($other),* });
    };
}

impl Differences<'_> {
    fn add<T: Shown>(&mut self, whose: &dyn Display, (field, at): (&str, &dyn Display), predicted: &T, actual: &T) {
        let sides = [predicted.shown(self.book), actual.shown(self.book)];
        self.found.push(Difference { field: field.to_owned(), what: format!("{whose}{field}{at}"), sides });
    }

    fn name(&self, address: Address) -> String {
        self.book.name(address)
    }

    fn ledgers(&mut self, predicted: &Ledger, actual: &Ledger) {
        fields!(self, "", predicted, actual, Ledger {
            block: "block",
            timestamp: "time",
            pending_sets: "sets with slashes that wait",
        } besides { terms, operators, sets, strategies, native, stakers, withdrawals, principals, tokens, callers, approvers, registrars, holders, control, rewards, factory, examples });
        for (o, (p, a)) in predicted.operators.iter().zip(&actual.operators).enumerate() {
            self.operators(o, p, a, actual);
        }
        for (p, a) in predicted.sets.iter().zip(&actual.sets) {
            self.sets(p, a);
        }
        for (p, a) in predicted.strategies.iter().zip(&actual.strategies) {
            self.strategies(p, a);
        }
        self.native(predicted, actual);
        for (p, a) in predicted.stakers.iter().zip(&actual.stakers) {
            self.stakers(p, a, actual);
        }
        self.queues(&predicted.withdrawals, &actual.withdrawals);
        for (p, a) in predicted.principals.iter().zip(&actual.principals) {
            self.principals(p, a);
        }
        for (p, a) in predicted.tokens.iter().zip(&actual.tokens) {
            self.tokens(p, a, actual);
        }
        for (p, a) in predicted.callers.iter().zip(&actual.callers) {
            let whose = format!("{}'s ", self.name(a.address));
            fields!(self, whose, p, a, Caller {
                attempts: "calls back",
                entered: "calls back that were let in",
            } besides { address });
        }
        for (p, a) in predicted.approvers.iter().zip(&actual.approvers) {
            let whose = format!("{}'s ", self.name(a.address));
            fields!(self, whose, p, a, Approver { spent: "spent salts" } besides { address, key_holder });
        }
        for (p, a) in predicted.registrars.iter().zip(&actual.registrars) {
            let whose = format!("{}'s ", self.name(a.address));
            fields!(self, whose, p, a, Registrar {
                conduct: "conduct",
                comings: "operators that came",
                leavings: "operators that left",
                attempts: "calls back",
                entered: "calls back that were let in",
                notice: "last notice",
            } besides { address });
        }
        self.controls(&predicted.control, &actual.control);
        self.rewards(&predicted.rewards, &actual.rewards);
        self.factories(&predicted.factory, &actual.factory);
        if let (Some(predicted), Some(actual)) = (&predicted.examples, &actual.examples) {
            self.examples(predicted, actual);
        }
    }

    fn operators(&mut self, o: usize, predicted: &Operator, actual: &Operator, ledger: &Ledger) {
        if predicted == actual {
            return;
        }
        let whose = self.name(ledger.operators[o].address);
        fields!(self, format!("{whose}'s "), predicted, actual, Operator {
            approver: "delegation approver",
            delay: "allocation delay",
            registered_sets: "registered sets",
            allocated_sets: "allocated sets",
        } besides { address, staker, memberships, stakes, allocations });
        for ((p, a), set) in predicted.memberships.iter().zip(&actual.memberships).zip(&ledger.sets) {
            let whose = format!("{whose} in {}: ", set.id.shown(self.book));
            fields!(self, whose, p, a, Membership {
                registered: "registered",
                slashable_until: "slashable until",
                allocated_strategies: "allocated strategies",
            } besides {});
        }
        for ((p, a), strategy) in predicted.stakes.iter().zip(&actual.stakes).zip(&ledger.strategies) {
            let whose = format!("{whose}'s ");
            let at = format!(" in {}", self.name(strategy.address));
            fields!(self, (whose, at), p, a, Stake {
                shares: "operator shares",
                max_magnitudes: "max magnitudes",
                encumbered: "encumbered magnitude",
                deallocation_queue: "deallocation queue",
                queue_ends: "ends of the deallocation queue",
                queued_shares: "cumulative scaled shares",
            } besides {});
        }
        for ((p, a), set) in predicted.allocations.iter().zip(&actual.allocations).zip(&ledger.sets) {
            for ((p, a), strategy) in p.iter().zip(a).zip(&ledger.strategies) {
                if p != a {
                    let at = format!(" to {} in {}", set.id.shown(self.book), self.name(strategy.address));
                    self.add(&format!("{whose}'s "), ("allocation", &at), p, a);
                }
            }
        }
    }

    fn sets(&mut self, predicted: &OperatorSet, actual: &OperatorSet) {
        let whose = format!("{}'s ", actual.id.shown(self.book));
        fields!(self, whose, predicted, actual, OperatorSet {
            exists: "existence",
            strategies: "strategies",
            members: "members",
            recipient: "redistribution recipient",
            slasher: "slasher",
            slash_count: "slash count",
            pending_slashes: "pending slash ids",
            slashes: "burn or redistributable shares by slash id",
        } besides { id });
    }

    fn strategies(&mut self, predicted: &Strategy, actual: &Strategy) {
        let whose = format!("{}'s ", self.name(actual.address));
        fields!(self, whose, predicted, actual, Strategy {
            total_shares: "total shares",
            balance: "token balance",
            whitelisted: "whitelisting",
            burnable_shares: "burnable shares",
            limits: "limits",
        } besides { kind, address, token, wrapper });
    }

    fn native(&mut self, predicted: &Ledger, actual: &Ledger) {
        let (p, a) = (&predicted.native, &actual.native);
        fields!(self, "native ETH's ", p, a, NativeStake {
            owner: "owner",
            reporter: "reporter",
            pod_count: "number of pods",
            burnable_shares: "burnable shares",
        } besides { pods, places, payers, balances });
        for (staker, (p, a)) in actual.stakers.iter().zip(p.pods.iter().zip(&a.pods)) {
            let whose = format!("{}'s pod: ", self.name(staker.address));
            fields!(self, whose, p, a, Pod {
                address: "address",
                deposit_shares: "deposit shares",
                stored_slashing_factor: "beacon chain slashing factor",
                owner: "owner",
                withdrawable_gwei: "withdrawable gwei",
                validators_gwei: "gwei of validators",
                balance: "balance",
            } besides {});
        }
        for (staker, (p, a)) in actual.stakers.iter().zip(p.balances.iter().zip(&a.balances)) {
            if p != a {
                self.add(&format!("{}'s ", self.name(staker.address)), ("ETH", &""), p, a);
            }
        }
        for ((payer, p), (_, a)) in p.payers.iter().zip(&a.payers) {
            if p != a {
                self.add(&format!("{}'s ", self.name(*payer)), ("ETH", &""), p, a);
            }
        }
    }

    fn stakers(&mut self, predicted: &Staker, actual: &Staker, ledger: &Ledger) {
        let whose = format!("{}'s ", self.name(actual.address));
        fields!(self, whose, predicted, actual, Staker {
            delegated_to: "operator",
            withdrawals_queued: "cumulative withdrawals queued",
            nonce: "nonce of signatures",
            roots: "queued withdrawal roots",
            strategies: "strategy list",
        } besides { address, holdings });
        for ((p, a), strategy) in predicted.holdings.iter().zip(&actual.holdings).zip(&ledger.strategies) {
            let at = format!(" in {}", self.name(strategy.address));
            fields!(self, (whose, at), p, a, Holding {
                shares: "deposit shares",
                stored_factor: "deposit scaling factor",
            } besides {});
        }
    }

    fn queues(&mut self, predicted: &[Withdrawal], actual: &[Withdrawal]) {
        if predicted.len() != actual.len() {
            self.add(&"", ("withdrawals ever queued", &""), &predicted.len(), &actual.len());
        }
        for (p, a) in predicted.iter().zip(actual) {
            let whose = format!("{}'s withdrawal {}: ", self.name(a.staker), a.nonce);
            fields!(self, whose, p, a, Withdrawal {
                root: "root",
                staker: "staker",
                delegated_to: "delegated to",
                withdrawer: "withdrawer",
                nonce: "nonce",
                start_block: "start block",
                items: "strategies and scaled shares",
                pending: "pending",
                stored: "stored",
            } besides {});
        }
    }

    fn principals(&mut self, predicted: &Principal, actual: &Principal) {
        let whose = format!("{}'s ", self.name(actual.address));
        fields!(self, whose, predicted, actual, Principal {
            admins: "admins",
            pending_admins: "pending admins",
            appointments: "appointees",
        } besides { address });
    }

    fn tokens(&mut self, predicted: &Token, actual: &Token, ledger: &Ledger) {
        let whose = format!("{}'s ", self.name(actual.address));
        fields!(self, whose, predicted, actual, Token { quirks: "units and barred holders" } besides { address, balances });
        for ((p, a), holder) in predicted.balances.iter().zip(&actual.balances).zip(&ledger.holders) {
            if p != a {
                let of = format!(" of {}", self.name(actual.address));
                self.add(&format!("{}'s ", self.name(*holder)), ("balance", &of), p, a);
            }
        }
    }

    fn controls(&mut self, predicted: &Control, actual: &Control) {
        fields!(self, "", predicted, actual, Control {
            owner: "owner",
            whitelister: "strategy whitelister",
            unpauser: "unpauser",
            pausers: "pausers",
            paused: "paused switches",
            described: "AVSs with metadata",
            registrars: "AVS registrars",
        } besides {});
    }

    fn rewards(&mut self, predicted: &Rewards, actual: &Rewards) {
        fields!(self, "rewards ", predicted, actual, Rewards {
            owner: "owner",
            updater: "updater",
            activation_delay: "activation delay",
            calculation_end: "calculation end",
            default_split: "default split",
        } besides { coordinator, terms, roots, earners, submitters, splits, submissions });
        for (i, (p, a)) in predicted.roots.iter().zip(&actual.roots).enumerate() {
            fields!(self, format!("root {i}'s "), p, a, DistributionRoot {
                root: "root",
                calculation_end: "calculation end",
                activated_at: "activation",
                disabled: "disabling",
            } besides { distribution });
        }
        for (p, a) in predicted.earners.iter().zip(&actual.earners) {
            let whose = format!("{}'s ", self.name(a.address));
            fields!(self, whose, p, a, Earner { claimer: "claimer", claimed: "claimed by token" } besides { address });
        }
        for (p, a) in predicted.submitters.iter().zip(&actual.submitters) {
            let whose = format!("{}'s ", self.name(a.address));
            fields!(self, whose, p, a, Submitter {
                nonce: "submission nonce",
                for_all: "right to submit for all",
            } besides { address });
        }
        for (p, a) in predicted.splits.iter().zip(&actual.splits) {
            fields!(self, format!("split {:?}: ", a.id), p, a, Split {
                old_bips: "old bips",
                new_bips: "new bips",
                activated_at: "activation",
            } besides { id });
        }
        let counts = [predicted, actual].map(|rewards| (rewards.roots.len(), rewards.submissions.len()));
        if counts[0] != counts[1] {
            self.add(&"", ("roots and submissions", &""), &counts[0], &counts[1]);
        }
        for (p, a) in predicted.submissions.iter().zip(&actual.submissions) {
            fields!(self, format!("submission by {}: ", self.name(a.account)), p, a, RecordedSubmission {
                account: "account",
                hash: "hash",
                recorded: "recorded",
            } besides { kind });
        }
    }

    /// The model leaves them as they are.
    fn examples(&mut self, predicted: &Examples, actual: &Examples) {
        let Examples { market, fund, registry } = predicted;
        let differ = [*market != actual.market, *fund != actual.fund, *registry != actual.registry];
        for (purse, _) in actual.purses().into_iter().zip(differ).filter(|(_, differs)| *differs) {
            let what = format!("{}: accounts", self.name(purse.set.avs));
            let sides = ["as it was", "another"].map(str::to_owned);
            self.found.push(Difference { field: "accounts of an example AVS".to_owned(), what, sides });
        }
    }

    fn factories(&mut self, predicted: &Factory, actual: &Factory) {
        fields!(self, "factory ", predicted, actual, Factory { owner: "owner" } besides { address, tokens, strategies });
        for (p, a) in predicted.tokens.iter().zip(&actual.tokens) {
            let whose = format!("factory, {}: ", self.name(a.address));
            fields!(self, whose, p, a, FactoryToken {
                strategy: "strategy",
                blacklisted: "blacklisted",
            } besides { address });
        }
        for (p, a) in predicted.strategies.iter().zip(&actual.strategies) {
            let whose = format!("factory's {}: ", self.name(a.address));
            fields!(self, whose, p, a, FactoryStrategy { whitelisted: "whitelisted" } besides { address });
        }
    }
}
