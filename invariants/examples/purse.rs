//! What the three have in common: batches of slashes, and what they hold.

use alloy_primitives::U256;

use super::{ASSUMES, done, examples};
use crate::{
    applies_if,
    call::ExampleOperation,
    invariants::sentence,
    ledger::{Epoch, Examples, Incident, Purse},
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const BACKED: Invariant = Invariant {
    id: "EXA-01",
    statement: "What an example holds for somebody is there.",
    formula: "each example: token.balanceOf(avs) >= held",
    why: "A purse that promises more than it has pays those who come first with what is due to those who come last.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::REST,
    check: |step| {
        let Some((_, after)) = examples(step) else { return Verdict::NotApplicable };
        applies_if!(step.touched.rest());
        for purse in after.purses() {
            let balance = balance(step, purse);
            must!(
                balance >= purse.held,
                "{} holds {} for others and has {balance}",
                step.name(purse.set.avs),
                purse.held
            );
        }
        Verdict::Holds
    },
};

fn balance(step: &Step<'_>, purse: &Purse) -> U256 {
    step.after.balance(purse.token, purse.set.avs).unwrap_or_default()
}

pub(super) const FLOW: Invariant = Invariant {
    id: "EXA-02",
    statement: "Every wei of an example came from somewhere and went where it was due.",
    formula: "each example: token.balanceOf(avs) == paid in + given + redistributed - withdrawn - borrowed - claimed, each as \
              docs/examples.md computes it",
    why: "It is the promise to those who were harmed: what was redistributed is theirs to the wei. A debt rounded down or a \
          claim rounded up is a wei that somebody else pays, each time.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::REST,
    check: |step| {
        let Some((_, after)) = examples(step) else { return Verdict::NotApplicable };
        applies_if!(step.touched.rest());
        for (purse, flow) in after.purses().into_iter().zip(&step.ghosts.examples.flows) {
            let (has, due) = (balance(step, purse), flow.came.saturating_sub(flow.went));
            must!(
                has == due && flow.came >= flow.went,
                "{} has {has}, and {} came of which {} was due to others",
                step.name(purse.set.avs),
                flow.came,
                flow.went,
            );
        }
        Verdict::Holds
    },
};

/// What a collection finds, and what of it somebody is entitled to from then on.
struct Collection<'a> {
    was: &'a Purse,
    is: &'a Purse,
    arrived: U256,
    kept: U256,
    /// What the incident or the epoch is said to pay.
    told: U256,
}

fn collection<'a>(step: &Step<'a>) -> Option<Collection<'a>> {
    let (operation, before, after) = done(step)?;
    let (was, is): (fn(&Examples) -> &Purse, _) = match operation {
        ExampleOperation::CollectLiquidations {} => (|examples| &examples.market.purse, 0),
        ExampleOperation::SettleIncident {} => (|examples| &examples.fund.purse, 1),
        ExampleOperation::CloseEpoch {} => (|examples| &examples.registry.purse, 2),
        _ => return None,
    };
    let arrived = step.before.arrived(was(before)).unwrap_or_default();
    let (kept, told) = match is {
        0 => (arrived, arrived),
        1 => {
            let losses = before.fund.open().map_or(U256::ZERO, |incident| incident.losses);
            (arrived.min(losses), after.fund.incident(before.fund.last_incident())?.payout)
        }
        _ => {
            let reliable = !before.registry.current().weight.is_zero();
            let pot = after.registry.epochs.get(before.registry.epochs.len() - 1)?.pot;
            (if reliable { arrived } else { U256::ZERO }, pot)
        }
    };
    Some(Collection { was: was(before), is: was(after), arrived, kept, told })
}

pub(super) const COLLECTED: Invariant = Invariant {
    id: "EXA-03",
    statement: "A collection takes all that its slashes brought and that was given, once every one of them is cleared; losses \
                are paid at most in full, and an epoch without reliable operators leaves its pot.",
    formula: "collect, settle, close: entries(e,id) empty for each id in flight; held' - held == arrived (lenders), \
              min(arrived, losses) (fund), weight > 0 ? arrived : 0 (registry), where arrived = balanceOf(avs) - held",
    why: "Collected early, what one slash brings is paid to those whom the next one harmed. Collected in part, it is paid to \
          nobody.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::EXAMPLES.that_succeeded(),
    check: |step| {
        let Some(Collection { was, is, arrived, kept, told }) = collection(step) else { return Verdict::NotApplicable };
        let who = || step.name(was.set.avs);
        must!(
            step.before.all_cleared(was),
            "{} collected while one of the slashes {} waited",
            who(),
            sentence::said(&was.in_flight)
        );
        must!(is.in_flight.is_empty(), "{} collected, and {} are in flight", who(), sentence::said(&is.in_flight));
        let more = is.held.saturating_sub(was.held);
        must!(
            more == kept && told == kept,
            "of {arrived} that arrived, {} keeps {more} for others and tells them {told}; it was to be {kept}",
            who(),
        );
        Verdict::Holds
    },
};

pub(super) const IN_FLIGHT: Invariant = Invariant {
    id: "EXA-04",
    statement: "The slashes in flight are those that were made since the last collection.",
    formula: "each example: inFlight() == ids of its set's slashes since collect, settle or close",
    why: "A slash that is not in the list is not waited for: what it brings comes too late, for whoever is next.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::REST,
    check: |step| {
        let Some((_, after)) = examples(step) else { return Verdict::NotApplicable };
        applies_if!(step.touched.rest());
        let mut exercised = false;
        for (purse, flow) in after.purses().into_iter().zip(&step.ghosts.examples.flows) {
            exercised |= !flow.in_flight.is_empty();
            must!(
                purse.in_flight == flow.in_flight,
                "of slashes, {} made {}, and says that it has {} in flight",
                step.name(purse.set.avs),
                sentence::said(&flow.in_flight),
                sentence::said(&purse.in_flight),
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const NOTHING_STRANDED: Invariant = Invariant {
    id: "EXA-05",
    statement: "What an example holds is what somebody can still claim: after the last claim, the dust goes to the next batch.",
    formula: "fund: held == sum of payout - paid over incidents with open claims; registry: held == sum of pot - paid over \
              epochs with open rewards; market: sum of sharesOf == totalShares, and no shares means no assets",
    why: "Tokens that nobody is entitled to and nobody can collect are lost to those whom they were taken for.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::REST,
    check: |step| {
        let Some((_, after)) = examples(step) else { return Verdict::NotApplicable };
        applies_if!(step.touched.rest());
        let Examples { market, fund, registry } = after;
        let sum = |amounts: &mut dyn Iterator<Item = U256>| amounts.fold(U256::ZERO, U256::saturating_add);
        let due = sum(&mut fund.incidents.iter().map(Incident::due));
        must!(fund.purse.held == due, "the fund holds {}, of which {due} can be claimed", fund.purse.held);
        let due = sum(&mut registry.epochs.iter().map(Epoch::due));
        must!(registry.purse.held == due, "the registry holds {}, of which {due} can be claimed", registry.purse.held);
        let shares = sum(&mut market.lenders.iter().map(|(_, shares)| *shares));
        must!(shares == market.total_shares, "lenders have {shares} shares of {}", market.total_shares);
        let assets = market.total_assets();
        must!(!shares.is_zero() || assets.is_zero(), "nobody lends, and the market has {assets}");
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::Operation,
        invariants::{
            examples::scene::{FUND, MARKET, REGISTRY, Stage},
            fixture::judge,
        },
    };

    fn number(number: u64) -> U256 {
        U256::from(number)
    }

    #[test]
    fn exa_01() {
        let mut stage = Stage::of(MARKET);
        assert_eq!(judge(&BACKED, &stage.scene), Verdict::Holds);
        stage.after().market.purse.held = number(1);
        assert!(matches!(judge(&BACKED, &stage.scene), Verdict::Violated(_)));
    }

    #[test]
    fn exa_02() {
        let mut stage = Stage::of(FUND);
        stage.give_before(number(7));
        assert_eq!(judge(&FLOW, &stage.scene), Verdict::Holds);
        stage.scene.ghosts.examples.flows[1].went = number(1);
        assert!(matches!(judge(&FLOW, &stage.scene), Verdict::Violated(_)));
    }

    /// The market collects seven wei.
    fn collected() -> Stage {
        let mut stage = Stage::of(MARKET);
        stage.give_before(number(7));
        stage.before().market.purse.in_flight = vec![1];
        stage.scene.call.operation = Operation::Example(ExampleOperation::CollectLiquidations {});
        stage.after().market.purse.in_flight.clear();
        stage.after().market.purse.held = number(7);
        stage
    }

    #[test]
    fn exa_03() {
        assert_eq!(judge(&COLLECTED, &Stage::of(MARKET).scene), Verdict::NotApplicable);
        let mut stage = collected();
        assert_eq!(judge(&COLLECTED, &stage.scene), Verdict::Holds);
        stage.after().market.purse.held = number(6);
        assert!(matches!(judge(&COLLECTED, &stage.scene), Verdict::Violated(_)));
        let mut early = collected();
        let strategy = early.scene.before.strategies[0].address;
        early.scene.before.sets[1].slashes = vec![vec![], vec![(strategy, number(1))]];
        assert!(matches!(judge(&COLLECTED, &early.scene), Verdict::Violated(_)));
    }

    #[test]
    fn exa_03_of_the_fund_and_the_registry() {
        let mut stage = Stage::of(FUND);
        stage.give_before(number(7));
        stage.before().fund.incidents[1].losses = number(5);
        stage.after().fund.incidents[1] = stage.before().fund.incidents[1].clone();
        stage.after().fund.incidents[1].payout = number(5);
        stage.after().fund.purse.held = number(5);
        stage.scene.call.operation = Operation::Example(ExampleOperation::SettleIncident {});
        assert_eq!(judge(&COLLECTED, &stage.scene), Verdict::Holds);
        stage.after().fund.incidents[1].payout = number(7);
        assert!(matches!(judge(&COLLECTED, &stage.scene), Verdict::Violated(_)));

        let mut stage = Stage::of(REGISTRY);
        stage.give_before(number(7));
        stage.scene.call.operation = Operation::Example(ExampleOperation::CloseEpoch {});
        assert_eq!(judge(&COLLECTED, &stage.scene), Verdict::Holds);
        stage.before().registry.epochs[0].weight = number(3);
        assert!(matches!(judge(&COLLECTED, &stage.scene), Verdict::Violated(_)));
    }

    #[test]
    fn exa_04() {
        let mut stage = Stage::of(MARKET);
        assert_eq!(judge(&IN_FLIGHT, &stage.scene), Verdict::NotApplicable);
        stage.after().market.purse.in_flight = vec![1];
        assert!(matches!(judge(&IN_FLIGHT, &stage.scene), Verdict::Violated(_)));
        stage.scene.ghosts.examples.flows[0].in_flight = vec![1];
        assert_eq!(judge(&IN_FLIGHT, &stage.scene), Verdict::Holds);
    }

    #[test]
    fn exa_05() {
        let mut stage = Stage::of(FUND);
        assert_eq!(judge(&NOTHING_STRANDED, &stage.scene), Verdict::Holds);
        stage.after().fund.purse.held = number(1);
        assert!(matches!(judge(&NOTHING_STRANDED, &stage.scene), Verdict::Violated(_)));
        let incident = &mut stage.after().fund.incidents[1];
        (incident.settled, incident.losses) = (true, number(3));
        (incident.payout, incident.claimed, incident.paid) = (number(2), number(2), number(1));
        assert_eq!(judge(&NOTHING_STRANDED, &stage.scene), Verdict::Holds);
        stage.after().market.lent = number(1);
        assert!(matches!(judge(&NOTHING_STRANDED, &stage.scene), Verdict::Violated(_)));
    }
}
