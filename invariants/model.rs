//! The reference model: what the contracts do is what `docs/protocol.md` says, to the wei, the block and the error.

use crate::{
    applies_if,
    call::Outcome,
    model::{Ending, Revert, differences},
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

/// The family.
pub const FAMILY: Family = Family {
    key: "MODEL",
    title: "The reference model",
    assumes: "The model is asked (`--model on`), and knows everything that the call touches.",
    invariants: &[&MODEL_01, &MODEL_02, &MODEL_03],
};

/// A token that calls somebody back lets anything happen.
const ASSUMED: &[Assumption] = &[Assumption::PassiveTokens];

/// Fields that a sentence names, at most.
const MOST: usize = 8;

const MODEL_01: Invariant = Invariant {
    id: "MODEL-01",
    statement: "A call ends as the model predicts: it succeeds, or it reverts with the very error.",
    formula: "outcome(call) = outcome(model(before, call))",
    why: "A check that is missing, in the wrong order or off by one block lets somebody do what they must not, or stops \
          somebody from what they may.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMED,
    scope: Scope::EVERYTHING,
    check: |step| {
        let Some(predicted) = step.predicted else { return Verdict::NotApplicable };
        applies_if!(predicted.ending.is_predicted());
        must!(predicted.ending.is(step.outcome), "predicted {}, actual {}", predicted.ending, ended(step));
        Verdict::Holds
    },
};

const MODEL_02: Invariant = Invariant {
    id: "MODEL-02",
    statement: "A call returns what the model predicts.",
    formula: "returned(call) = returned(model(before, call))",
    why: "Contracts build on what others return: an AVS on the id and the shares of its slash, a front end on the shares \
          of a deposit and the roots of withdrawals.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMED,
    scope: Scope::EVERYTHING,
    check: |step| {
        let Some(predicted) = step.predicted else { return Verdict::NotApplicable };
        let (Ending::Returns(expected), Outcome::Returned(data)) = (&predicted.ending, step.outcome) else {
            return Verdict::NotApplicable;
        };
        must!(expected.data() == *data, "predicted {expected}, actual {}", expected.words(data));
        Verdict::Holds
    },
};

const MODEL_03: Invariant = Invariant {
    id: "MODEL-03",
    statement: "After a call, the whole ledger is the one that the model predicts.",
    formula: "after = ledger(model(before, call))",
    why: "What is kept wrongly now is paid wrongly later, and nobody can say by which call.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMED,
    scope: Scope::EVERYTHING,
    check: |step| {
        let Some(predicted) = step.predicted else { return Verdict::NotApplicable };
        // An ending that differs leaves another ledger; that is told once.
        applies_if!(predicted.ending.is_predicted() && predicted.ending.succeeds() == step.succeeded());
        if predicted.agrees {
            return Verdict::Holds;
        }
        let all = differences(&predicted.ledger, step.after, step.book);
        let more = if all.len() > MOST { format!("; and {} more", all.len() - MOST) } else { String::new() };
        Verdict::Violated(format!("{}{more}", all[..all.len().min(MOST)].join("; ")))
    },
};

fn ended(step: &Step<'_>) -> String {
    match step.outcome {
        Outcome::Returned(_) => "success".to_owned(),
        Outcome::Reverted(data) => format!("a revert with {}", Revert::words(data)),
        Outcome::Halted(reason) => format!("a halt: {reason}"),
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, U256};

    use super::*;
    use crate::{
        invariants::fixture::{Scene, judge},
        model::{Error, Prediction, Returned},
    };

    fn predicted(scene: &mut Scene, ending: Ending) {
        let ledger = scene.after.clone();
        scene.predicted = Some(Prediction { ending, ledger, agrees: true });
    }

    #[test]
    fn model_01() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&MODEL_01, &scene), Verdict::NotApplicable);
        predicted(&mut scene, Ending::Unpredicted("somebody else answers"));
        assert_eq!(judge(&MODEL_01, &scene), Verdict::NotApplicable);
        predicted(&mut scene, Ending::Reverts(Revert::Error(Error::InvalidCaller)));
        let sentence = "predicted a revert with InvalidCaller(), actual success";
        assert_eq!(judge(&MODEL_01, &scene), Verdict::Violated(sentence.to_owned()));
        scene.outcome = Outcome::Reverted(Revert::Error(Error::InvalidCaller).data());
        assert_eq!(judge(&MODEL_01, &scene), Verdict::Holds);
        predicted(&mut scene, Ending::Reverts(Revert::Silent));
        let sentence = "predicted a revert with no reason, actual a revert with InvalidCaller()";
        assert_eq!(judge(&MODEL_01, &scene), Verdict::Violated(sentence.to_owned()));
    }

    #[test]
    fn model_02() {
        let mut scene = Scene::slash();
        let returned = Returned::Slash { id: 1, shares: vec![U256::from(5)] };
        predicted(&mut scene, Ending::Returns(returned.clone()));
        scene.outcome = Outcome::Returned(Bytes::from(returned.data()));
        assert_eq!(judge(&MODEL_02, &scene), Verdict::Holds);
        let other = Returned::Slash { id: 2, shares: vec![U256::from(5)] };
        scene.outcome = Outcome::Returned(Bytes::from(other.data()));
        let sentence = "predicted slash 1 of shares [5], actual slash 2 of shares [5]";
        assert_eq!(judge(&MODEL_02, &scene), Verdict::Violated(sentence.to_owned()));
        scene.outcome = Outcome::Reverted(Bytes::new());
        assert_eq!(judge(&MODEL_02, &scene), Verdict::NotApplicable);
    }

    #[test]
    fn model_03() {
        let mut scene = Scene::slash();
        predicted(&mut scene, Ending::Returns(Returned::Nothing));
        assert_eq!(judge(&MODEL_03, &scene), Verdict::Holds);
        scene.after.stakers[0].withdrawals_queued = 4;
        scene.after.strategies[0].total_shares = U256::from(9);
        scene.predicted.as_mut().unwrap().agrees = false;
        let sentence = "strategy A's total shares: predicted 100000, actual 9; \
                        staker A's cumulative withdrawals queued: predicted 0, actual 4";
        assert_eq!(judge(&MODEL_03, &scene), Verdict::Violated(sentence.to_owned()));
        scene.outcome = Outcome::Reverted(Bytes::new());
        assert_eq!(judge(&MODEL_03, &scene), Verdict::NotApplicable);
    }
}
