//! What is free of an operator's magnitude.

use alloy_primitives::fixed_bytes;

use crate::{
    call::{AllocationChange, AllocationItem, Operation, Outcome},
    invariants::sentence,
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

/// `InsufficientMagnitude()`.
const INSUFFICIENT: [u8; 4] = fixed_bytes!("6c9be0bf").0;

/// A change of one allocation and of nothing else.
struct Asked {
    operator: usize,
    set: usize,
    strategy: usize,
    /// Magnitude beyond what is allocated.
    more: u64,
}

fn asked(step: &Step<'_>) -> Option<Asked> {
    let Operation::ModifyAllocations { operator: who, changes } = &step.call.operation else { return None };
    let [AllocationChange { set, items }] = &changes[..] else { return None };
    let [AllocationItem { strategy, .. }] = &items[..] else { return None };
    let ledger = step.before;
    let operator = ledger.operator_index(*who)?;
    let (set, strategy) = (ledger.set_index(*set)?, ledger.strategy_index(*strategy)?);
    let wanted = *ledger.wanted_magnitudes(*who, changes).first()?.first()?;
    let current = ledger.operators[operator].allocations[set][strategy].settled(ledger.block).current;
    Some(Asked { operator, set, strategy, more: wanted.checked_sub(current).filter(|more| *more > 0)? })
}

pub(super) const FREE: Invariant = Invariant {
    id: "MAG-23",
    statement: "Magnitude that is free can be allocated.",
    formula: "modifyAllocations of one (o,e,t) to cur_view(o,e,t) + x, 0 < x <= m(o,t) - enc_view(o,t), does not revert with \
              InsufficientMagnitude",
    why: "Stake that its operator can give to nobody earns nothing. What a deallocation gave back is free from the block in \
          which it is over, whoever clears the queue.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::ALLOCATIONS,
    check: |step| {
        let Some(Asked { operator, set, strategy, more }) = asked(step) else { return Verdict::NotApplicable };
        let is_refused = matches!(step.outcome, Outcome::Reverted(data) if data[..] == INSUFFICIENT);
        let free = step.before.free_magnitude(operator, strategy);
        must!(
            !(is_refused && more <= free),
            "{more} more were asked for in {}, {free} were free, and that was told to be too little",
            sentence::allocation(step, operator, set, strategy),
        );
        Verdict::holds_if(is_refused || step.succeeded())
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, U256};

    use super::*;
    use crate::{
        arithmetic::WAD,
        call::Quantity,
        invariants::fixture::{Scene, judge},
    };

    /// An operator that has allocated everything to the first set, or `current` of it, asks for `wanted`.
    fn scene(current: u64, wanted: u64, outcome: Outcome) -> Scene {
        let mut scene = Scene::quiet();
        let operator = &mut scene.before.operators[0];
        (operator.allocations[0][0].current, operator.stakes[0].encumbered) = (current, current);
        let strategy = scene.before.strategies[0].address;
        let items = vec![AllocationItem { strategy, magnitude: Quantity::Exactly(U256::from(wanted)) }];
        let changes = vec![AllocationChange { set: scene.before.sets[0].id, items }];
        scene.call.operation = Operation::ModifyAllocations { operator: scene.before.operators[0].address, changes };
        scene.outcome = outcome;
        scene
    }

    #[test]
    fn mag_23() {
        let refused = || Outcome::Reverted(Bytes::copy_from_slice(&INSUFFICIENT));
        let done = || Outcome::Returned(Bytes::new());
        assert!(matches!(judge(&FREE, &scene(WAD / 2, WAD, refused())), Verdict::Violated(_)), "all that is free");
        assert_eq!(judge(&FREE, &scene(WAD / 2, WAD, done())), Verdict::Holds);
        assert_eq!(judge(&FREE, &scene(WAD / 2, WAD + 1, refused())), Verdict::Holds);
        assert_eq!(judge(&FREE, &scene(WAD / 2, WAD / 2, refused())), Verdict::NotApplicable, "nothing more");
        let otherwise = Outcome::Reverted(Bytes::new());
        assert_eq!(judge(&FREE, &scene(WAD / 2, WAD, otherwise)), Verdict::NotApplicable, "for another reason");
        let mut two = scene(WAD / 2, WAD, refused());
        let Operation::ModifyAllocations { changes, .. } = &mut two.call.operation else { unreachable!() };
        changes.extend(changes.clone());
        assert_eq!(judge(&FREE, &two), Verdict::NotApplicable, "two changes");
    }

    #[test]
    fn the_selector_is_that_of_the_error() {
        assert_eq!(alloy_primitives::keccak256("InsufficientMagnitude()")[..4], INSUFFICIENT);
    }
}
