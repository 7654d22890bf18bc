//! Slashed funds: booked once, paid once, to whom they are due.

mod entries;

use alloy_primitives::{Address, I256, U256};

use super::leaving;
use crate::{
    applies_if,
    call::{Operation, SetId},
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "RED",
    title: "Burning and redistribution",
    assumes: "A release with slash ids (1.5 and later).",
    invariants: &[
        &SEQUENTIAL,
        &entries::KNOWN_IDS,
        &STRUCTURE,
        &ONCE,
        &entries::FROM_SLASHES,
        &RECIPIENT,
        &entries::AMOUNT,
        &entries::NEUTRAL,
        &leaving::CLEARS,
        &entries::IDEMPOTENT,
        &entries::ISOLATION,
        &entries::LEGACY,
        &entries::NO_NATIVE,
    ],
};

fn set_name(step: &Step<'_>, id: SetId) -> String {
    format!("set {} of {}", id.id, step.name(id.avs))
}

const SEQUENTIAL: Invariant = Invariant {
    id: "RED-01",
    statement: "A set's slashes are counted one by one.",
    formula: "getSlashCount(e) == number of successful slashOperator calls on e",
    why: "The id of a slash is how its funds are found again. An id that is used twice mixes two slashes; one that is skipped \
          hides nothing, but a count that is not the set's own does.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveRegistrars, Assumption::Redistribution],
    scope: Scope::SETS.or(Scope::SLASHES),
    check: |step| {
        let mut exercised = false;
        for set in &step.after.sets {
            let slashes = step.ghosts.slashes.get(&set.id).copied().unwrap_or_default();
            exercised |= slashes > 0;
            must!(
                set.slash_count == slashes,
                "{} counts {} slashes, and made {slashes}",
                set_name(step, set.id),
                set.slash_count,
            );
        }
        Verdict::holds_if(exercised)
    },
};

const STRUCTURE: Invariant = Invariant {
    id: "RED-03",
    statement: "What waits to be cleared is listed: the set among the sets, the slash among the set's slashes.",
    formula: "e in pendingOperatorSets iff pendingSlashIds(e) non-empty; id in pendingSlashIds(e) iff entries(e,id) non-empty",
    why: "Recipients and keepers find their funds by these lists. What is not listed is not cleared; what is listed for ever \
          hides what is new.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SETS.or(Scope::REST),
    check: |step| {
        let mut exercised = false;
        for set in &step.after.sets {
            let listed = step.after.pending_sets.contains(&set.id);
            exercised |= !set.pending_slashes.is_empty();
            must!(
                listed != set.pending_slashes.is_empty(),
                "{} {} listed, and has {} slashes that wait",
                set_name(step, set.id),
                if listed { "is" } else { "is not" },
                set.pending_slashes.len(),
            );
            for (id, entries) in (0u64..).zip(&set.slashes) {
                must!(
                    set.pending_slashes.contains(&id) != entries.is_empty(),
                    "slash {id} of {} {} listed, and has {} strategies that wait",
                    set_name(step, set.id),
                    if set.pending_slashes.contains(&id) { "is" } else { "is not" },
                    entries.len(),
                );
            }
            let known = set.slashes.len() as u64;
            let unknown = set.pending_slashes.iter().find(|id| **id >= known);
            must!(
                unknown.is_none(),
                "slash {} of {} is listed, and never was",
                unknown.copied().unwrap_or_default(),
                set_name(step, set.id)
            );
        }
        Verdict::holds_if(exercised)
    },
};

const ONCE: Invariant = Invariant {
    id: "RED-04",
    statement: "What a slash took is burned or redistributed once, and no more than it took.",
    formula: "shares cleared over the lifetime of (e, id, t) == shares recorded by the slash, and at most once",
    why: "Redistributed twice, the second payment comes out of the pockets of stakers who were not slashed.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens, Assumption::Redistribution],
    scope: Scope::CLEARINGS.or(Scope::SLASHES),
    check: |step| {
        for ((set, id, strategy), cleared) in &step.ghosts.cleared {
            let recorded = step.ghosts.recorded.get(&(*set, *id, *strategy)).copied().unwrap_or_default();
            must!(
                *cleared == recorded,
                "slash {id} of {} took {recorded} shares of {}, of which {cleared} were paid out",
                set_name(step, *set),
                step.name(*strategy),
            );
        }
        Verdict::holds_if(!step.ghosts.cleared.is_empty())
    },
};

const RECIPIENT: Invariant = Invariant {
    id: "RED-06",
    statement: "What a set slashed goes to its recipient, or to the burn address if it has none, and to nobody else.",
    formula: "clear of (e, id): tokens leave the strategies of the slash and arrive at getRedistributionRecipient(e); every \
              other balance unchanged",
    why: "It is the whole point of redistribution that those who were harmed are paid, and nobody who happens to call.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens, Assumption::Redistribution],
    scope: Scope::CLEARINGS.that_succeeded(),
    check: |step| {
        let set = match &step.call.operation {
            Operation::ClearSlash { set, .. } | Operation::ClearSlashByStrategy { set, .. } => *set,
            _ => return Verdict::NotApplicable,
        };
        applies_if!(step.succeeded());
        let agreed = step.ghosts.recipients.get(&set).copied().unwrap_or_default();
        let recipient = if agreed.is_zero() { step.after.terms.burn_address } else { agreed };
        let mut exercised = false;
        for (was, is) in step.before.tokens.iter().zip(&step.after.tokens) {
            let mut paid = I256::ZERO;
            let mut arrived = I256::ZERO;
            for (holder, (before, after)) in step.after.holders.iter().zip(was.balances.iter().zip(&is.balances)) {
                let moved = difference(*before, *after);
                if *holder == recipient {
                    arrived += moved;
                } else if is_strategy_of(step, *holder, is.address) {
                    paid -= moved;
                } else {
                    must!(
                        moved.is_zero(),
                        "clearing a slash of {} moved the {} of {} by {moved}",
                        set_name(step, set),
                        step.name(is.address),
                        step.name(*holder),
                    );
                }
            }
            // A strategy that is its own recipient pays and receives in one.
            let itself = is_strategy_of(step, recipient, is.address);
            exercised |= !paid.is_zero() || !arrived.is_zero();
            must!(
                itself || paid == arrived,
                "clearing a slash of {} took {paid} of {}, of which {arrived} arrived at {}",
                set_name(step, set),
                step.name(is.address),
                step.name(recipient),
            );
        }
        Verdict::holds_if(exercised)
    },
};

fn difference(before: U256, after: U256) -> I256 {
    I256::from_raw(after.wrapping_sub(before))
}

fn is_strategy_of(step: &Step<'_>, holder: Address, token: Address) -> bool {
    step.after.strategies.iter().any(|strategy| strategy.address == holder && strategy.token == token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    #[test]
    fn red_01() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&SEQUENTIAL, &scene), Verdict::Holds);
        scene.after.sets[0].slash_count = 2;
        assert!(matches!(judge(&SEQUENTIAL, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&SEQUENTIAL, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn red_03() {
        let scene = Scene::slash();
        assert_eq!(judge(&STRUCTURE, &scene), Verdict::Holds);
        assert_eq!(judge(&STRUCTURE, &Scene::quiet()), Verdict::NotApplicable);
        for spoil in [
            (|scene: &mut Scene| scene.after.pending_sets.clear()) as fn(&mut Scene),
            |scene| scene.after.sets[0].pending_slashes.clear(),
            |scene| scene.after.sets[0].slashes[1].clear(),
            |scene| scene.after.sets[0].pending_slashes.push(7),
        ] {
            let mut scene = scene.clone();
            spoil(&mut scene);
            assert!(matches!(judge(&STRUCTURE, &scene), Verdict::Violated(_)));
        }
    }

    #[test]
    fn red_04() {
        let mut scene = Scene::cleared();
        assert_eq!(judge(&ONCE, &scene), Verdict::Holds);
        assert_eq!(judge(&ONCE, &Scene::slash()), Verdict::NotApplicable);
        let key = *scene.ghosts.cleared.keys().next().unwrap();
        *scene.ghosts.cleared.get_mut(&key).unwrap() *= U256::from(2);
        assert!(matches!(judge(&ONCE, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn red_06() {
        let scene = Scene::cleared();
        assert_eq!(judge(&RECIPIENT, &scene), Verdict::Holds);
        assert_eq!(judge(&RECIPIENT, &Scene::quiet()), Verdict::NotApplicable);
        let at = |scene: &Scene, address: Address| scene.after.holders.iter().position(|h| *h == address).unwrap();
        // One wei to somebody else, out of the recipient's pocket or out of nowhere.
        let (staker, burn) = (scene.after.stakers[0].address, scene.after.terms.burn_address);
        let mut stolen = scene.clone();
        let (from, to) = (at(&scene, burn), at(&scene, staker));
        stolen.after.tokens[0].balances[to] += U256::ONE;
        assert!(matches!(judge(&RECIPIENT, &stolen), Verdict::Violated(_)));
        let mut short = scene;
        short.after.tokens[0].balances[from] -= U256::ONE;
        assert!(matches!(judge(&RECIPIENT, &short), Verdict::Violated(_)));
    }
}
