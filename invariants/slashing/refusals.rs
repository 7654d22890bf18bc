//! What a slash that is refused is told.

use alloy_primitives::fixed_bytes;

use crate::{
    applies_if,
    call::{Operation, Outcome},
    invariants::sentence,
    must,
    oracle::{Checkpoint, Invariant, Scope, Verdict},
};

/// `StrategyNotInOperatorSet()`.
const NOT_IN_SET: [u8; 4] = fixed_bytes!("6378684e").0;

pub(super) const STRANGE: Invariant = Invariant {
    id: "SLA-27",
    statement: "A slash that is refused for a strategy that its set has not names such a strategy.",
    formula: "slashOperator by e of strategies ts reverts with StrategyNotInOperatorSet implies some t of ts is not in strategies(e)",
    why: "An AVS that is told so about strategies of its own cannot slash in them, while it counts on them, or looks for its \
          mistake in the wrong place.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES,
    check: |step| {
        let Operation::Slash { set, items, .. } = &step.call.operation else { return Verdict::NotApplicable };
        let Some(set) = step.before.set(*set) else { return Verdict::NotApplicable };
        let is_refused = matches!(step.outcome, Outcome::Reverted(data) if data[..] == NOT_IN_SET);
        applies_if!(is_refused || step.succeeded());
        let is_strange = items.iter().any(|item| !set.has_strategy(item.strategy));
        must!(
            !is_refused || is_strange,
            "{} has every strategy that it wanted to slash in, and was told that it has not",
            sentence::set(step, set.id),
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, keccak256};

    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    #[test]
    fn sla_27() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&STRANGE, &scene), Verdict::Holds);
        scene.outcome = Outcome::Reverted(Bytes::copy_from_slice(&NOT_IN_SET));
        assert!(matches!(judge(&STRANGE, &scene), Verdict::Violated(_)));
        scene.before.sets[0].strategies.clear();
        assert_eq!(judge(&STRANGE, &scene), Verdict::Holds);
        scene.outcome = Outcome::Reverted(Bytes::new());
        assert_eq!(judge(&STRANGE, &scene), Verdict::NotApplicable);
    }

    #[test]
    fn the_selector_is_that_of_the_error() {
        assert_eq!(keccak256("StrategyNotInOperatorSet()")[..4], NOT_IN_SET);
    }
}
