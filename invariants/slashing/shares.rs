//! What a slash takes in shares, and where it goes.

use alloy_primitives::{Address, B256, U256, U512, b256};

use super::{Part, Slash, handed_over, parts, place, slash};
use crate::{
    applies_if,
    arithmetic::{WAD_WIDE, div_wad_down},
    call::Outcome,
    invariants::sentence,
    ledger::{Ledger, Slashing},
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Step, Verdict},
};

/// What was taken from the operator's shares; `None` if it grew.
fn taken(part: &Part<'_>) -> Option<U256> {
    part.before.shares.checked_sub(part.after.shares)
}

/// By how much the maximum magnitude fell; nothing if it rose.
fn fell(part: &Part<'_>) -> U256 {
    U256::from(part.before.max_magnitude().saturating_sub(part.after.max_magnitude()))
}

/// What the slash takes of the queue.
fn of_queue(step: &Step<'_>, slash: &Slash<'_>, part: &Part<'_>) -> Option<U256> {
    let queued = queued(step, slash.operator, part.strategy);
    let (prev, new) = (part.before.max_magnitude(), part.after.max_magnitude());
    step.before.terms.slashed_in_queue(queued, prev, new.min(prev))
}

/// How often what is taken of the queue is rounded.
fn roundings(step: &Step<'_>) -> u64 {
    match step.before.terms.slashing {
        Slashing::ByPermission => 1,
        Slashing::BySlasher => 2,
    }
}

/// Scaled shares in the queue that a slash in this block reaches, withdrawal by withdrawal.
pub(super) fn in_reach(ledger: &Ledger, operator: Address, strategy: Address) -> U256 {
    let reached = |withdrawal: &&crate::ledger::Withdrawal| {
        withdrawal.delegated_to == operator && ledger.slashable_until(withdrawal) >= ledger.block
    };
    let items = ledger.withdrawals.iter().filter(reached).flat_map(|withdrawal| &withdrawal.items);
    let shares = items.filter(|(at, _)| *at == strategy).map(|(_, scaled)| *scaled);
    shares.fold(U256::ZERO, U256::saturating_add)
}

fn queued(step: &Step<'_>, operator: usize, strategy: usize) -> U256 {
    in_reach(step.before, step.before.operators[operator].address, step.before.strategies[strategy].address)
}

/// What a slash told its caller: the id, and the shares by strategy.
struct Told<'a>(&'a [u8]);

impl Told<'_> {
    fn word(&self, index: usize) -> Option<U256> {
        self.0.get(32 * index..32 * (index + 1)).map(U256::from_be_slice)
    }

    fn id(&self) -> Option<U256> {
        self.word(0)
    }

    /// The second value is an array: its offset, its length, its elements.
    fn shares(&self, item: usize) -> Option<U256> {
        self.word(3 + item)
    }
}

fn told<'a>(step: &Step<'a>) -> Option<Told<'a>> {
    match step.outcome {
        Outcome::Returned(data) => Some(Told(data)),
        _ => None,
    }
}

pub(super) const PROPORTIONAL: Invariant = Invariant {
    id: "SLA-10",
    statement: "A slash takes no more of the operator's shares than its proportion, and not a whole share less.",
    formula: "(op - op') * m <= op * (m - m') < (op - op' + 1) * m",
    why: "More than the proportion, and stakers lose what nobody slashed. Less, and shares stay with the operator that no \
          staker can withdraw.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current > 0 && part.before.max_magnitude() > 0) {
            exercised |= !part.before.shares.is_zero();
            let at = || place(step, &slash, part.strategy);
            let Some(taken) = taken(&part) else {
                return Verdict::Violated(format!("slashing {} gave the operator shares", at()));
            };
            let max = U256::from(part.before.max_magnitude());
            let part_of: U512 = part.before.shares.widening_mul(fell(&part));
            let at_least: U512 = taken.widening_mul(max);
            must!(
                at_least <= part_of && part_of < at_least.saturating_add(U512::from(max)),
                "slashing {} took {taken} of {} shares, and {} of magnitude {max}",
                at(),
                part.before.shares,
                fell(&part),
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const TOLD: Invariant = Invariant {
    id: "SLA-11",
    statement: "A slash tells its caller what it took: of the operator's shares, and of the queue.",
    formula: "returned shares[i] == (op - op') + floor(S * (m - m') / WAD), S the scaled shares queued in the slashable window",
    why: "An AVS makes up for harm by what it is told it will receive.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let Some(told) = told(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for part in parts(step, &slash) {
            exercised |= part.was.current > 0;
            let of_queue = of_queue(step, &slash, &part);
            let expected = taken(&part).zip(of_queue).and_then(|(own, queue)| own.checked_add(queue));
            must!(
                told.shares(part.item) == expected,
                "slashing {} told {}, and was to tell {expected}",
                place(step, &slash, part.strategy),
                sentence::said(&told.shares(part.item)),
                expected = sentence::said(&expected)
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const FROM_THE_QUEUE: Invariant = Invariant {
    id: "SLA-12",
    statement: "A slash takes no more of the queue than its proportion, and not a whole share less.",
    formula: "with d = entry - (op - op'): d * WAD <= S * (m - m') < (d + 1) * WAD",
    why: "What is taken from the queue is what withdrawals will not be paid. More is taken from those who stay, less belongs to \
          nobody.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current > 0) {
            let queued = queued(step, slash.operator, part.strategy);
            exercised |= !queued.is_zero();
            let entry = handed_over(step, &slash, part.strategy).unwrap_or_default();
            let of_queue = taken(&part).and_then(|own| entry.checked_sub(own));
            let part_of: U512 = queued.widening_mul(fell(&part));
            let less = U512::from(WAD_WIDE).saturating_mul(U512::from(roundings(step)));
            let fits = of_queue.is_some_and(|of_queue| {
                let at_least: U512 = of_queue.widening_mul(WAD_WIDE);
                at_least <= part_of && part_of < at_least.saturating_add(less)
            });
            must!(
                fits,
                "slashing {} took {of_queue} from {queued} scaled shares in the queue, and {} of magnitude",
                place(step, &slash, part.strategy),
                fell(&part),
                of_queue = sentence::said(&of_queue)
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const HANDED_OVER: Invariant = Invariant {
    id: "SLA-13",
    statement: "What a slash tells is what waits to be cleared.",
    formula: "entry(e, slashId, t) == returned shares[i]",
    why: "Between the two is what an AVS was told it gets and does not get.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let Some(told) = told(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current > 0) {
            exercised = true;
            let entry = handed_over(step, &slash, part.strategy);
            must!(
                entry.is_some() && entry == told.shares(part.item),
                "slashing {} told {}, and {entry} waits",
                place(step, &slash, part.strategy),
                sentence::said(&told.shares(part.item)),
                entry = sentence::said(&entry)
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const COUNTED: Invariant = Invariant {
    id: "SLA-14",
    statement: "Every slash has the next number of its set, also one that takes nothing.",
    formula: "slashCount'(e) == slashCount(e) + 1 == returned slashId",
    why: "By its number a slash is found when it is to be cleared. One without a number of its own is mixed up with another.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let (was, is) = (step.before.sets[slash.set].slash_count, step.after.sets[slash.set].slash_count);
        must!(was.checked_add(1) == Some(is), "a slash moved the count of slashes from {was} to {is}");
        let id = told(step).and_then(|told| told.id());
        applies_if!(id.is_some());
        must!(id == Some(U256::from(is)), "the slash with number {is} was told to be {}", id.unwrap_or_default());
        Verdict::Holds
    },
};

/// `OperatorSlashed(address,(address,uint32),address[],uint256[],string)`.
const OPERATOR_SLASHED: B256 = b256!("80969ad29428d6797ee7aad084f9e4a42a82fc506dcd2ca3b6fb431f85ccebe5");

/// What a slash announced: operator, set and the offsets of three arrays come first.
struct Announced<'a>(Told<'a>);

impl Announced<'_> {
    /// The proportion taken of all of the operator's stake in a strategy, by its place in the call.
    fn wad(&self, item: usize) -> Option<U256> {
        let offset: usize = self.0.word(4)?.try_into().ok()?;
        let length = offset / 32;
        let count: usize = self.0.word(length)?.try_into().ok()?;
        if item < count { self.0.word(length.checked_add(1)?.checked_add(item)?) } else { None }
    }
}

fn announced<'a>(step: &Step<'a>) -> Option<Announced<'a>> {
    let manager = step.after.terms.managers.allocation;
    let event =
        step.events.iter().find(|log| log.address == manager && log.topics().first() == Some(&OPERATOR_SLASHED));
    event.map(|log| Announced(Told(&log.data.data)))
}

pub(super) const ANNOUNCED: Invariant = Invariant {
    id: "SLA-20",
    statement: "A slash announces the proportion it took of all that the operator has, rounded down; nothing where it took nothing.",
    formula: "event OperatorSlashed: wadSlashed[i] == floor((m - m') * WAD / m) if c > 0, else 0",
    why: "Whoever follows slashes from outside computes by it what its stake is worth.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        applies_if!(!step.events.is_empty());
        let Some(announced) = announced(step) else {
            return Verdict::Violated("a slash announced nothing".to_owned());
        };
        for part in parts(step, &slash) {
            let max = U256::from(part.before.max_magnitude());
            let taken = if part.was.current == 0 { Some(U256::ZERO) } else { div_wad_down(fell(&part), max) };
            must!(
                announced.wad(part.item) == taken,
                "slashing {} announced {} of all, and took {taken}",
                place(step, &slash, part.strategy),
                sentence::said(&announced.wad(part.item)),
                taken = sentence::said(&taken)
            );
        }
        Verdict::holds_if(!slash.items.is_empty())
    },
};

pub(super) const NAMED: Invariant = Invariant {
    id: "SLA-26",
    statement: "A slash is of strategies of its set, each once, by a proportion above zero and of at most all.",
    formula: "successful slashOperator of (t, wad) by e implies t in strategies(e), each t greater than the one before, and \
              0 < wad <= WAD",
    why: "What a set can slash is what its operators agreed to when they joined. A strategy named twice is slashed by more than \
          was said.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let set = &step.before.sets[slash.set];
        let by = || sentence::set(step, set.id);
        for item in slash.items {
            let strategy = || step.name(item.strategy);
            must!(set.has_strategy(item.strategy), "{} slashed in {}, which it does not have", by(), strategy());
            must!(
                !item.wad.is_zero() && item.wad <= WAD_WIDE,
                "{} slashed {} of an allocation in {}",
                by(),
                item.wad,
                strategy()
            );
        }
        for pair in slash.items.windows(2) {
            must!(
                pair[0].strategy < pair[1].strategy,
                "{} slashed in {} after {}",
                by(),
                step.name(pair[1].strategy),
                step.name(pair[0].strategy)
            );
        }
        Verdict::holds_if(!slash.items.is_empty())
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, Log, keccak256};

    use super::*;
    use crate::{
        call::Operation,
        invariants::fixture::{Scene, judge},
    };

    /// A slash of a half that tells its id and shares; `queued` scaled shares wait in the queue.
    fn telling(id: u64, shares: u64, queued: u64) -> Scene {
        let mut scene = Scene::slash();
        let words = [id, 64, 1, shares].map(|word| U256::from(word).to_be_bytes::<32>());
        scene.outcome = Outcome::Returned(Bytes::from(words.concat()));
        let mut withdrawals = Scene::queued().after.withdrawals;
        withdrawals[0].items[0].1 = U256::from(queued);
        scene.before.withdrawals = withdrawals.clone();
        scene.after.withdrawals = withdrawals;
        scene.after.sets[0].slashes[1][0].1 = U256::from(50_000 + queued / 2);
        scene
    }

    #[test]
    fn sla_10() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&PROPORTIONAL, &scene), Verdict::Holds);
        for shares in [49_999, 50_001, 100_001] {
            scene.after.operators[0].stakes[0].shares = U256::from(shares);
            assert!(matches!(judge(&PROPORTIONAL, &scene), Verdict::Violated(_)), "{shares}");
        }
        assert_eq!(judge(&PROPORTIONAL, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn sla_11() {
        assert_eq!(judge(&TOLD, &telling(1, 50_000, 0)), Verdict::Holds);
        assert_eq!(judge(&TOLD, &telling(1, 50_500, 1_001)), Verdict::Holds, "rounded down");
        assert!(matches!(judge(&TOLD, &telling(1, 50_501, 1_001)), Verdict::Violated(_)));
        assert!(matches!(judge(&TOLD, &telling(1, 50_000, 1_001)), Verdict::Violated(_)));
        assert_eq!(judge(&TOLD, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn sla_12() {
        let mut scene = telling(1, 50_500, 1_001);
        assert_eq!(judge(&FROM_THE_QUEUE, &scene), Verdict::Holds);
        for entry in [49_999, 50_000, 50_499, 50_501] {
            scene.after.sets[0].slashes[1][0].1 = U256::from(entry);
            assert!(matches!(judge(&FROM_THE_QUEUE, &scene), Verdict::Violated(_)), "{entry}");
        }
        assert_eq!(judge(&FROM_THE_QUEUE, &telling(1, 50_000, 0)), Verdict::NotApplicable);
        // A block after the window the queue is out of reach.
        let mut late = telling(1, 50_000, 1_000);
        late.after.sets[0].slashes[1][0].1 = U256::from(50_000);
        late.before.block = 1_131;
        assert_eq!(judge(&FROM_THE_QUEUE, &late), Verdict::NotApplicable);
        late.before.block = 1_130;
        assert!(matches!(judge(&FROM_THE_QUEUE, &late), Verdict::Violated(_)));
    }

    #[test]
    fn sla_13() {
        assert_eq!(judge(&HANDED_OVER, &telling(1, 50_000, 0)), Verdict::Holds);
        assert!(matches!(judge(&HANDED_OVER, &telling(1, 50_001, 0)), Verdict::Violated(_)));
        let mut native = Scene::native_slash();
        native.outcome = telling(1, 25_000, 0).outcome;
        assert_eq!(judge(&HANDED_OVER, &native), Verdict::Holds);
        native.after.native.burnable_shares += U256::ONE;
        assert!(matches!(judge(&HANDED_OVER, &native), Verdict::Violated(_)));
        let mut lost = telling(1, 50_000, 0);
        lost.after.sets[0].slashes[1].clear();
        assert!(matches!(judge(&HANDED_OVER, &lost), Verdict::Violated(_)));
        assert_eq!(judge(&HANDED_OVER, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn sla_14() {
        assert_eq!(judge(&COUNTED, &telling(1, 50_000, 0)), Verdict::Holds);
        assert!(matches!(judge(&COUNTED, &telling(0, 50_000, 0)), Verdict::Violated(_)));
        let mut uncounted = telling(1, 50_000, 0);
        uncounted.after.sets[0].slash_count = 0;
        assert!(matches!(judge(&COUNTED, &uncounted), Verdict::Violated(_)));
        assert_eq!(judge(&COUNTED, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn the_event_is_the_one_of_slashing() {
        let signature = "OperatorSlashed(address,(address,uint32),address[],uint256[],string)";
        assert_eq!(keccak256(signature), OPERATOR_SLASHED);
    }

    /// A slash of a half of everything that announces `wad`.
    fn announcing(wad: u64) -> Scene {
        let mut scene = Scene::slash();
        // Operator, AVS, id, three offsets, no strategies, one proportion, no description.
        let words = [0, 0, 1, 192, 224, 288, 0, 1, wad, 0].map(|word| U256::from(word).to_be_bytes::<32>());
        let manager = scene.after.terms.managers.allocation;
        scene.events = vec![Log::new_unchecked(manager, vec![OPERATOR_SLASHED], Bytes::from(words.concat()))];
        scene
    }

    #[test]
    fn sla_20() {
        assert_eq!(judge(&ANNOUNCED, &announcing(500_000_000_000_000_000)), Verdict::Holds);
        assert!(matches!(judge(&ANNOUNCED, &announcing(1_000_000_000_000_000_000)), Verdict::Violated(_)));
        assert_eq!(judge(&ANNOUNCED, &Scene::slash()), Verdict::NotApplicable, "nobody listened");
        let mut silent = announcing(500_000_000_000_000_000);
        silent.events[0].address = silent.after.tokens[0].address;
        assert!(matches!(judge(&ANNOUNCED, &silent), Verdict::Violated(_)));
        let mut cut = announcing(500_000_000_000_000_000);
        cut.events[0].data.data = Bytes::from_static(&[1; 40]);
        assert!(matches!(judge(&ANNOUNCED, &cut), Verdict::Violated(_)));
    }

    #[test]
    fn sla_26() {
        let scene = Scene::slash();
        assert_eq!(judge(&NAMED, &scene), Verdict::Holds);
        assert_eq!(judge(&NAMED, &Scene::quiet()), Verdict::NotApplicable);
        let mut foreign = scene.clone();
        foreign.before.sets[0].strategies.clear();
        assert!(matches!(judge(&NAMED, &foreign), Verdict::Violated(_)));
        for wad in [U256::ZERO, WAD_WIDE + U256::ONE] {
            let mut scene = scene.clone();
            let Operation::Slash { items, .. } = &mut scene.call.operation else { unreachable!() };
            items[0].wad = wad;
            assert!(matches!(judge(&NAMED, &scene), Verdict::Violated(_)));
        }
        let mut twice = scene;
        let Operation::Slash { items, .. } = &mut twice.call.operation else { unreachable!() };
        items.push(items[0].clone());
        assert!(matches!(judge(&NAMED, &twice), Verdict::Violated(_)));
    }
}
