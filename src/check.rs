//! A ledger judged as it stands: every invariant that needs neither a call nor history. What a campaign judges after each
//! call is judged here once, of a deployment that lives somewhere else.

use alloy_primitives::{Address, Bytes, U256};

use crate::{
    call::{ActionId, Call, Delay, Operation, Outcome},
    ghost::Ghosts,
    invariants::{Needs, needs},
    ledger::{Ledger, Touched},
    oracle::{Assumption, Invariant, Step, Verdict},
    protocol::{Protocol, lacking},
};

/// What came of an invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It was judged.
    Judged(Verdict),
    /// It needs more than a ledger.
    Needs(Needs),
    /// It assumes what nobody grants.
    Lacks(Vec<Assumption>),
}

/// Judges `invariants` on `ledger`. `all_stakers` of those that there are may be in it, or only some.
pub fn judge(
    protocol: &dyn Protocol,
    ledger: &Ledger,
    stakers: Stakers,
    invariants: &[&'static Invariant],
) -> Vec<(&'static Invariant, Checked)> {
    // The call is one that did nothing, so that before is after.
    let call = Call {
        action: ActionId::NONE,
        actor: Address::ZERO,
        delay: Delay::default(),
        operation: Operation::Unpause { contract: Address::ZERO, status: U256::ZERO },
    };
    let (outcome, ghosts) = (Outcome::Reverted(Bytes::new()), Ghosts::new(ledger));
    let step = Step {
        before: ledger,
        call: &call,
        outcome: &outcome,
        after: ledger,
        events: &[],
        touched: Touched::EVERYTHING,
        ghosts: &ghosts,
        book: protocol.book(),
        predicted: None,
        shown: None,
        answers: &[],
        leaving: None,
    };
    let judge = |invariant: &&'static Invariant| {
        let lacking = lacking(protocol, invariant);
        let checked = match needs(invariant) {
            Needs::Nothing if lacking.is_empty() => Checked::Judged((invariant.check)(&step)),
            Needs::AllStakers if lacking.is_empty() && stakers == Stakers::All => {
                Checked::Judged((invariant.check)(&step))
            }
            Needs::Nothing | Needs::AllStakers if !lacking.is_empty() => Checked::Lacks(lacking),
            more => Checked::Needs(more),
        };
        (*invariant, checked)
    };
    invariants.iter().map(judge).collect()
}

/// Which stakers a ledger has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stakers {
    /// All that there are.
    All,
    /// Some of them.
    Some,
}
