//! The insurance fund.

use alloy_primitives::U256;

use super::{ASSUMES, done};
use crate::{
    call::ExampleOperation,
    must,
    oracle::{Checkpoint, Invariant, Scope, Verdict},
};

pub(super) const CLAIMED_ONCE: Invariant = Invariant {
    id: "EXA-10",
    statement: "A loss is paid once, its part of what the incident brought, rounded down.",
    formula: "claim(i) by h: paid to h for i in total == floor(loss(i,h) * payout(i) / losses(i))",
    why: "Whoever claims twice is paid with what is due to the others who lost.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::EXAMPLES.that_succeeded(),
    check: |step| {
        let Some((ExampleOperation::ClaimLoss { back }, before, _)) = done(step) else {
            return Verdict::NotApplicable;
        };
        let (id, holder) = (before.fund.incident_before(*back), step.call.actor);
        let who = step.name(holder);
        let ghosts = &step.ghosts.examples;
        let Some(loss) = ghosts.losses.get(&(id, holder)) else {
            return Verdict::Violated(format!("{who} lost nothing in incident {id}, and claimed"));
        };
        let part = before.fund.incident(id).and_then(|incident| incident.part(*loss)).unwrap_or_default();
        let paid = ghosts.claims.get(&(id, holder)).copied().unwrap_or_default();
        must!(paid == part, "{who} lost {loss} in incident {id} and was paid {paid}; its part is {part}");
        Verdict::Holds
    },
};

pub(super) const WITHIN_COVER: Invariant = Invariant {
    id: "EXA-11",
    statement: "A loss uses up its cover and never exceeds it; only the adjudicator decides, one incident at a time.",
    formula: "adjudicate: caller is the adjudicator, no incident is open, each loss <= cover and cover' == cover - loss, \
              losses(i) == sum of them",
    why: "A loss beyond the cover takes from those who are covered for more; cover that is not used up pays again and again.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::EXAMPLES.that_succeeded(),
    check: |step| {
        let Some((ExampleOperation::Adjudicate { losses, .. }, before, after)) = done(step) else {
            return Verdict::NotApplicable;
        };
        let (was, is) = (&before.fund, &after.fund);
        must!(step.call.actor == was.adjudicator, "{} decided an incident", step.name(step.call.actor));
        must!(was.open().is_none(), "an incident was decided while incident {} was open", was.last_incident());
        let mut total = U256::ZERO;
        for loss in losses {
            let (had, has) = (was.cover_of(loss.holder), is.cover_of(loss.holder));
            let amount = loss.amount.of(had);
            total = total.saturating_add(amount);
            must!(
                had.checked_sub(amount) == Some(has),
                "{} lost {amount} of a cover of {had}, and is covered for {has}",
                step.name(loss.holder),
            );
        }
        let noted = is.incidents.last().map_or(U256::ZERO, |incident| incident.losses);
        must!(noted == total, "{total} was lost, and {noted} was noted");
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::{Loss, Operation, Quantity},
        invariants::{
            examples::scene::{FUND, Stage},
            fixture::judge,
        },
    };

    fn number(number: u64) -> U256 {
        U256::from(number)
    }

    #[test]
    fn exa_10() {
        let mut stage = Stage::of(FUND);
        assert_eq!(judge(&CLAIMED_ONCE, &stage.scene), Verdict::NotApplicable);
        let holder = stage.scene.before.stakers[0].address;
        stage.scene.call.actor = holder;
        stage.scene.call.operation = Operation::Example(ExampleOperation::ClaimLoss { back: 0 });
        let incident = &mut stage.before().fund.incidents[1];
        (incident.settled, incident.losses, incident.payout) = (true, number(3), number(2));
        assert!(matches!(judge(&CLAIMED_ONCE, &stage.scene), Verdict::Violated(_)));
        stage.scene.ghosts.examples.losses.insert((1, holder), number(2));
        // Four thirds, rounded down.
        stage.scene.ghosts.examples.claims.insert((1, holder), number(1));
        assert_eq!(judge(&CLAIMED_ONCE, &stage.scene), Verdict::Holds);
        stage.scene.ghosts.examples.claims.insert((1, holder), number(2));
        assert!(matches!(judge(&CLAIMED_ONCE, &stage.scene), Verdict::Violated(_)));
    }

    #[test]
    fn exa_11() {
        let mut stage = Stage::of(FUND);
        let holder = stage.scene.before.stakers[0].address;
        stage.scene.call.actor = stage.before().fund.adjudicator;
        let losses = vec![Loss { holder, amount: Quantity::All }];
        stage.scene.call.operation = Operation::Example(ExampleOperation::Adjudicate { faults: vec![], losses });
        stage.before().fund.incidents[1].settled = true;
        stage.before().fund.covers = vec![(holder, number(5))];
        let next = stage.before().fund.incidents[0].clone();
        stage.after().fund.incidents.push(next);
        stage.after().fund.incidents[2].losses = number(5);
        stage.after().fund.covers = vec![(holder, U256::ZERO)];
        assert_eq!(judge(&WITHIN_COVER, &stage.scene), Verdict::Holds);
        stage.after().fund.covers = vec![(holder, number(5))];
        assert!(matches!(judge(&WITHIN_COVER, &stage.scene), Verdict::Violated(_)));
    }
}
