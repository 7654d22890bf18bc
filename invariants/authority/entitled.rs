//! Rights that are there are honoured.

use super::{may, may_undelegate, needed, selector};
use crate::{
    applies_if,
    call::{Operation, Outcome},
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

/// How the contracts refuse whoever has no right: `InvalidPermissions()`, `InvalidCaller()`, `CallerCannotUndelegate()`.
pub(super) const REFUSALS: [[u8; 4]; 3] =
    [[0x93, 0x2d, 0x94, 0xf7], [0x48, 0xf5, 0xc3, 0xed], [0x3c, 0x93, 0x34, 0x46]];

/// Whether the caller has the right to what it asks; `None` if it needs none, or another kind.
fn is_entitled(step: &Step<'_>) -> Option<bool> {
    Some(match &step.call.operation {
        Operation::Slash { set, .. } => step.before.may_slash(*set, step.call.actor),
        Operation::DeregisterFromSets { operator, avs, .. } => {
            may(step, *operator, selector::DEREGISTER) || may(step, *avs, selector::DEREGISTER)
        }
        Operation::Undelegate { staker } => may_undelegate(step, step.before.staker(*staker)?),
        operation => {
            let (account, selector) = needed(operation)?;
            may(step, account, selector)
        }
    })
}

pub(super) const ENTITLED: Invariant = Invariant {
    id: "AUT-17",
    statement: "Nobody who has the right to a call is refused for want of it.",
    formula: "canCall(account, caller, that function) before the call implies that it does not revert with InvalidPermissions, \
              InvalidCaller or CallerCannotUndelegate; neither does undelegate(a) by a or by the approver of delegatedTo(a)",
    why: "A key that was appointed to act in an emergency, and is refused in it, is worse than none: nobody had another ready.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::EVERYTHING,
    check: |step| {
        applies_if!(is_entitled(step) == Some(true));
        if let Outcome::Reverted(data) = step.outcome {
            let refused = REFUSALS.iter().any(|refusal| data[..] == refusal[..]);
            must!(!refused, "{} has the right to the call, and was told that it has not", step.name(step.call.actor));
        }
        Verdict::Holds
    },
};
