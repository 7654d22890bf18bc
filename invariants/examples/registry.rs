//! The commitment registry.

use super::{ASSUMES, done};
use crate::{
    arithmetic::mul_wad_up,
    call::ExampleOperation,
    invariants::sentence,
    ledger::{CommitmentStatus, digest_of},
    must,
    oracle::{Checkpoint, Invariant, Scope, Verdict},
};
use alloy_primitives::U256;

pub(super) const REWARDED_ONCE: Invariant = Invariant {
    id: "EXA-12",
    statement: "Only operators that delivered are rewarded, once, by their part of the weight that was kept, rounded down.",
    formula: "claim(n) by o: o delivered in epoch n, and paid to o for n in total == floor(weight(n,o) * pot(n) / weight(n))",
    why: "A reward for who broke its word, or a second one, is paid by those who kept theirs.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::EXAMPLES.that_succeeded(),
    check: |step| {
        let Some((ExampleOperation::ClaimReward { back }, before, _)) = done(step) else {
            return Verdict::NotApplicable;
        };
        let (number, operator) = (before.registry.epoch_before(*back), step.call.actor);
        let who = step.name(operator);
        let ghosts = &step.ghosts.examples;
        let Some(weight) = ghosts.kept.get(&(number, operator)) else {
            return Verdict::Violated(format!("{who} delivered nothing in epoch {number}, and was rewarded"));
        };
        let part = before.registry.closed(number).and_then(|epoch| epoch.part(*weight)).unwrap_or_default();
        let paid = ghosts.rewards.get(&(number, operator)).copied().unwrap_or_default();
        must!(paid == part, "{who} was rewarded with {paid} for epoch {number}; its part is {part}");
        Verdict::Holds
    },
};

pub(super) const ONLY_BROKEN: Invariant = Invariant {
    id: "EXA-13",
    statement: "Only who did not deliver in time is slashed, by the proportion it had at stake.",
    formula: "breach(o) succeeds only with an open commitment and block > deadline; magnitude taken == \
              ceil(current * wadAtStake / WAD) if o is slashable, else 0",
    why: "An operator that can still deliver, or has, must not lose anything; one that did not must lose what it promised.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::EXAMPLES.that_succeeded(),
    check: |step| {
        let Some((ExampleOperation::Breach { operator }, before, _)) = done(step) else {
            return Verdict::NotApplicable;
        };
        let (registry, who, block) = (&before.registry, step.name(*operator), step.before.block);
        let deadline = registry.current().deadline;
        must!(block > deadline, "{who} was slashed in block {block} and had until {deadline}");
        let Some(commitment) = registry.current().commitment_of(*operator) else { return Verdict::NotApplicable };
        must!(
            commitment.status == CommitmentStatus::Open,
            "{who} was slashed for a commitment that is {}",
            sentence::word(commitment.status),
        );
        let (purse, set) = (&registry.purse, step.before.set_index(registry.purse.set));
        let (Some(was), Some(is), Some(set)) = (step.before.operator(*operator), step.after.operator(*operator), set)
        else {
            return Verdict::NotApplicable;
        };
        let current = was.allocations[set][purse.strategy].settled(block).current;
        let due = if was.memberships[set].is_slashable(block) {
            mul_wad_up(U256::from(current), commitment.wad).unwrap_or_default()
        } else {
            U256::ZERO
        };
        let [had, has] = [was, is].map(|operator| operator.stakes[purse.strategy].max_magnitude());
        let taken = had.saturating_sub(has);
        must!(U256::from(taken) == due, "{who} lost a magnitude of {taken}, and {due} was at stake");
        Verdict::Holds
    },
};

pub(super) const DELIVERED: Invariant = Invariant {
    id: "EXA-14",
    statement: "A commitment is kept only in time, and only by what was committed to.",
    formula: "deliver(g) by o succeeds only with an open commitment, block <= deadline, and digest == keccak256(abi.encode(o, g))",
    why: "Who delivers anything, or at any time, shares in what the others lose for not having delivered.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::EXAMPLES.that_succeeded(),
    check: |step| {
        let Some((ExampleOperation::Deliver { goods }, before, _)) = done(step) else {
            return Verdict::NotApplicable;
        };
        let (epoch, operator, block) = (before.registry.current(), step.call.actor, step.before.block);
        let who = step.name(operator);
        must!(block <= epoch.deadline, "{who} delivered in block {block} and had until {}", epoch.deadline);
        let Some(commitment) = epoch.commitment_of(operator) else { return Verdict::NotApplicable };
        must!(
            commitment.status == CommitmentStatus::Open && commitment.digest == digest_of(operator, *goods),
            "{who} delivered {goods}, which is not what it committed to",
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        arithmetic::WAD,
        call::Operation,
        invariants::{
            examples::scene::{REGISTRY, Stage},
            fixture::judge,
        },
    };

    fn number(number: u64) -> U256 {
        U256::from(number)
    }

    #[test]
    fn exa_12() {
        let mut stage = Stage::of(REGISTRY);
        assert_eq!(judge(&REWARDED_ONCE, &stage.scene), Verdict::NotApplicable);
        let operator = stage.scene.before.operators[0].address;
        stage.scene.call.actor = operator;
        stage.scene.call.operation = Operation::Example(ExampleOperation::ClaimReward { back: 0 });
        let next = stage.before().registry.epochs[0].clone();
        stage.before().registry.epochs.push(next);
        let epoch = &mut stage.before().registry.epochs[0];
        (epoch.weight, epoch.pot) = (number(3), number(5));
        assert!(matches!(judge(&REWARDED_ONCE, &stage.scene), Verdict::Violated(_)));
        stage.scene.ghosts.examples.kept.insert((0, operator), number(1));
        stage.scene.ghosts.examples.rewards.insert((0, operator), number(1));
        assert_eq!(judge(&REWARDED_ONCE, &stage.scene), Verdict::Holds);
        stage.scene.ghosts.examples.rewards.insert((0, operator), number(2));
        assert!(matches!(judge(&REWARDED_ONCE, &stage.scene), Verdict::Violated(_)));
    }

    /// The operator has committed a tenth until the block before, and is slashed.
    fn breached() -> Stage {
        let mut stage = Stage::of(REGISTRY);
        let operator = stage.scene.before.operators[0].address;
        let block = stage.scene.before.block;
        let epoch = &mut stage.before().registry.epochs[0];
        (epoch.deadline, epoch.open) = (block - 1, 1);
        epoch.commitments[0].status = CommitmentStatus::Open;
        epoch.commitments[0].wad = U256::from(WAD / 10);
        stage.scene.call.operation = Operation::Example(ExampleOperation::Breach { operator });
        let block = u32::try_from(block).unwrap();
        stage.scene.after.operators[0].stakes[0].max_magnitudes.entries = vec![(block, U256::from(WAD / 10 * 9))];
        stage
    }

    #[test]
    fn exa_13() {
        let mut stage = breached();
        assert_eq!(judge(&ONLY_BROKEN, &stage.scene), Verdict::Holds);
        stage.before().registry.epochs[0].deadline += 1;
        assert!(matches!(judge(&ONLY_BROKEN, &stage.scene), Verdict::Violated(_)));
        let mut stage = breached();
        stage.before().registry.epochs[0].commitments[0].status = CommitmentStatus::Kept;
        assert!(matches!(judge(&ONLY_BROKEN, &stage.scene), Verdict::Violated(_)));
        let mut stage = breached();
        stage.before().registry.epochs[0].commitments[0].wad = U256::from(WAD / 5);
        assert!(matches!(judge(&ONLY_BROKEN, &stage.scene), Verdict::Violated(_)));
    }

    #[test]
    fn exa_14() {
        let mut stage = breached();
        let operator = stage.scene.before.operators[0].address;
        stage.scene.call.actor = operator;
        stage.scene.call.operation = Operation::Example(ExampleOperation::Deliver { goods: 7 });
        assert!(matches!(judge(&DELIVERED, &stage.scene), Verdict::Violated(_)));
        let block = stage.scene.before.block;
        let epoch = &mut stage.before().registry.epochs[0];
        (epoch.deadline, epoch.commitments[0].digest) = (block, digest_of(operator, 7));
        assert_eq!(judge(&DELIVERED, &stage.scene), Verdict::Holds);
        stage.before().registry.epochs[0].commitments[0].digest = digest_of(operator, 8);
        assert!(matches!(judge(&DELIVERED, &stage.scene), Verdict::Violated(_)));
    }
}
