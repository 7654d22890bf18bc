//! What should have been instead of a violation, as far as the contracts can be asked: out of what the model predicted, or
//! else out of what the last call changed.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, Log, U256};

use crate::{
    call::{Outcome, Transaction},
    evm::{Frame, FrameEnd, FrameKind, TraceEvent},
    ledger::Ledger,
    model::{Ending, Prediction},
    oracle::{Invariant, Step},
    own::Asked,
    protocol::{Answer, Protocol},
};

/// Answers that are kept: one that is wrong is enough to show it.
const MOST: usize = 4;

/// What should have been.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// The last call had to revert.
    Reverts,
    /// The last call had to revert with this.
    RevertsWith(Bytes),
    /// The last call had to succeed.
    Succeeds,
    /// The last call had to return this.
    Returns(Bytes),
    /// Contracts had to answer otherwise.
    Answers(Vec<Expected>),
    /// What the auditor wrote had to hold.
    Holds(Asked),
    /// Nobody can say what should have been, only that it was not this.
    Otherwise(Seen),
}

impl Expectation {
    /// What must not be seen again, if that is all there is to say.
    pub const fn seen(&self) -> Option<&Seen> {
        match self {
            Self::Otherwise(seen) => Some(seen),
            _ => None,
        }
    }
}

/// What was seen of the last call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What contracts answered after it and not before it.
    pub answers: Vec<Answer>,
    /// What they announced, if it succeeded and all of it counts.
    pub events: Option<Vec<Log>>,
    /// What it did to storage and balances, if it succeeded.
    pub effects: Option<Vec<Effect>>,
}

/// Something that a call did and that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A slot was changed.
    Write {
        /// Whose storage.
        account: Address,
        /// Which slot.
        slot: U256,
        /// What was there.
        before: U256,
        /// What was there then.
        after: U256,
    },
    /// A contract paid ETH.
    Payment {
        /// Who paid.
        from: Address,
        /// Who was paid.
        to: Address,
        /// How much.
        wei: U256,
    },
}

/// What is known of a call besides what invariants see.
#[derive(Debug, Default)]
pub(super) struct Heard<'t> {
    /// Its call tree, if it was sent.
    pub trace: Option<&'t Frame>,
    /// What contracts said after it to what was asked.
    pub answers: Vec<Answer>,
}

/// A question, what should have been answered, and what was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The question, with what should have been answered.
    pub right: Answer,
    /// What was answered.
    pub seen: Option<Bytes>,
}

/// What became of the events of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Announced {
    /// All of them count.
    ForGood,
    /// A frame that announced something reverted, so that it does not count. Forge lists it all the same.
    InPart,
}

impl Announced {
    /// Of a call.
    fn of(call: &Frame) -> Self {
        let is_log = |event: &TraceEvent| matches!(event, TraceEvent::Log(_));
        let undone = frames(call).into_iter().any(|(frame, kept)| !kept && frame.events.iter().any(is_log));
        if undone { Self::InPart } else { Self::ForGood }
    }
}

/// The frames of a call, each with whether what it did was kept.
fn frames(call: &Frame) -> Vec<(&Frame, bool)> {
    let (mut all, mut open) = (Vec::new(), vec![(call, true)]);
    while let Some((frame, kept)) = open.pop() {
        let kept = kept && matches!(frame.end, FrameEnd::Returned(_));
        let inner = frame.events.iter().filter_map(|event| match event {
            TraceEvent::Frame(inner) => Some((inner, kept)),
            _ => None,
        });
        open.extend(inner);
        all.push((frame, kept));
    }
    all
}

/// What a call did to storage and balances, without what was undone. What it was sent with is not its doing.
fn effects(call: &Frame) -> Vec<Effect> {
    let kept = frames(call).into_iter().filter(|(_, kept)| *kept);
    kept.flat_map(|(frame, _)| {
        let Frame { from, to, value: wei, .. } = *frame;
        let pays = frame.kind == FrameKind::Call && !wei.is_zero() && !std::ptr::eq(frame, call);
        let writes = frame.events.iter().filter_map(|event| match *event {
            TraceEvent::Store { address: account, slot, before, after } => {
                Some(Effect::Write { account, slot, before, after })
            }
            _ => None,
        });
        pays.then_some(Effect::Payment { from, to, wei }).into_iter().chain(writes)
    })
    .collect()
}

/// What should have been at `step`, which violates `invariant`. `first` is what there was before the first call.
pub(super) fn of(
    protocol: &dyn Protocol,
    (invariant, first): (&Invariant, &Ledger),
    step: &Step<'_>,
    heard: Heard<'_>,
) -> Expectation {
    if let Some(asked) = protocol.own().iter().find(|asked| asked.own.invariant.id == invariant.id) {
        return Expectation::Holds(asked.clone());
    }
    // Once everybody has left, what there is came about in all of it.
    if step.left().is_some() {
        return Expectation::Otherwise(Seen { answers: changed(protocol, first, step.after), ..Seen::default() });
    }
    step.predicted
        .and_then(|predicted| of_model(protocol, step, predicted, heard.answers))
        .unwrap_or_else(|| otherwise(protocol, step, heard.trace))
}

/// What to ask the contracts after `step`: what they should answer by the model, of which the ledger says nothing.
pub(super) fn doubts(protocol: &dyn Protocol, step: &Step<'_>) -> Vec<Answer> {
    let Some(predicted) = step.predicted else { return Vec::new() };
    let told = by_question(protocol.answers(step.after));
    let is_unknown = |it: &Answer| told.get(&(it.contract, it.data.clone())).is_none_or(|told| told.expected.is_none());
    protocol.answers(&predicted.ledger).into_iter().filter(is_unknown).collect()
}

/// `heard` is what contracts answered where the ledger says nothing.
fn of_model(
    protocol: &dyn Protocol,
    step: &Step<'_>,
    predicted: &Prediction,
    heard: Vec<Answer>,
) -> Option<Expectation> {
    match (&predicted.ending, step.outcome) {
        (Ending::Unpredicted(_), _) => None,
        (Ending::Reverts(_), Outcome::Returned(_)) => Some(Expectation::Reverts),
        (Ending::Reverts(revert), Outcome::Reverted(data)) if revert.data()[..] != data[..] => {
            Some(Expectation::RevertsWith(revert.data()))
        }
        (Ending::Reverts(revert), Outcome::Halted(_)) => Some(Expectation::RevertsWith(revert.data())),
        (Ending::Returns(_), Outcome::Reverted(_) | Outcome::Halted(_)) => Some(Expectation::Succeeds),
        (Ending::Returns(returned), Outcome::Returned(data)) if !data.is_empty() && *returned.data() != data[..] => {
            Some(Expectation::Returns(returned.data().into()))
        }
        (Ending::Returns(_) | Ending::Reverts(_), _) => {
            let mut seen = by_question(protocol.answers(step.after));
            seen.extend(by_question(heard));
            let wrong = protocol.answers(&predicted.ledger).into_iter().filter_map(|right| {
                let wanted = right.expected.as_ref()?;
                let seen = seen.remove(&(right.contract, right.data.clone()));
                // What does not answer is taken for nothing.
                let is_wrong =
                    seen.as_ref().map_or(wanted.iter().any(|byte| *byte != 0), |seen| seen.expected != right.expected);
                is_wrong.then(|| Expected { right, seen: seen.and_then(|seen| seen.expected) })
            });
            let wrong: Vec<_> = wrong.take(MOST).collect();
            (!wrong.is_empty()).then_some(Expectation::Answers(wrong))
        }
    }
}

fn otherwise(protocol: &dyn Protocol, step: &Step<'_>, trace: Option<&Frame>) -> Expectation {
    let trace = trace.filter(|_| step.succeeded());
    let listens = trace.is_some_and(|trace| Announced::of(trace) == Announced::ForGood);
    let mut answers = changed(protocol, step.before, step.after);
    // What should have changed may be among what did not.
    let sent = protocol.transaction(step.call, step.before).filter(|_| step.succeeded());
    let near =
        protocol.answers(step.after).into_iter().filter(|it| sent.as_ref().is_some_and(|sent| is_near(it, sent)));
    answers.extend(near.filter(|it| it.expected.is_some() && !answers.contains(it)).collect::<Vec<_>>());
    Expectation::Otherwise(Seen { answers, events: listens.then(|| step.events.to_vec()), effects: trace.map(effects) })
}

/// What contracts answer now and did not before.
fn changed(protocol: &dyn Protocol, before: &Ledger, after: &Ledger) -> Vec<Answer> {
    let mut before = by_question(protocol.answers(before));
    let mut is_new = |after: &Answer| {
        let before = before.remove(&(after.contract, after.data.clone()));
        before.is_none_or(|before| before.expected != after.expected)
    };
    protocol.answers(after).into_iter().filter(|after| is_new(after) && after.expected.is_some()).collect()
}

/// Whether a question is to the contract that was called, and of nobody whom the call does not name.
fn is_near(question: &Answer, sent: &Transaction) -> bool {
    let named: Vec<Address> = addresses(&sent.data).chain([sent.from]).collect();
    question.contract == sent.to && addresses(&question.data).all(|address| named.contains(&address))
}

/// The words of calldata that can be nothing but addresses: numbers are smaller, hashes are larger.
fn addresses(data: &Bytes) -> impl Iterator<Item = Address> + '_ {
    let words = data.get(4..).unwrap_or_default().chunks_exact(32).map(B256::from_slice);
    words.filter(|word| (129..=160).contains(&U256::from_be_bytes(word.0).bit_len())).map(Address::from_word)
}

/// The questions are not the same before and after: there may be one more slash to ask about.
fn by_question(answers: Vec<Answer>) -> BTreeMap<(Address, Bytes), Answer> {
    answers.into_iter().map(|answer| ((answer.contract, answer.data.clone()), answer)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(events: Vec<TraceEvent>, end: FrameEnd) -> Frame {
        let nobody = Address::ZERO;
        let (kind, value, input) = (FrameKind::Call, U256::ZERO, Bytes::new());
        Frame { kind, from: nobody, to: nobody, code: nobody, value, input, events, end, gas: 0 }
    }

    #[test]
    fn what_a_frame_announced_that_was_undone_is_noticed() {
        let done = || FrameEnd::Returned(Bytes::new());
        let undone = || FrameEnd::Reverted(Bytes::new());
        let log = || TraceEvent::Log(Log::default());
        let inside = |frame: Frame| vec![log(), TraceEvent::Frame(frame)];
        for (call, expected) in [
            (frame(vec![log()], done()), Announced::ForGood),
            (frame(inside(frame(vec![log()], done())), done()), Announced::ForGood),
            (frame(inside(frame(Vec::new(), undone())), done()), Announced::ForGood),
            (frame(inside(frame(vec![log()], undone())), done()), Announced::InPart),
            (frame(inside(frame(inside(frame(vec![log()], done())), undone())), done()), Announced::InPart),
        ] {
            assert_eq!(Announced::of(&call), expected, "{call:?}");
        }
    }

    #[test]
    fn what_was_undone_has_no_effect() {
        let [payer, paid] = [7, 8].map(Address::repeat_byte);
        let [zero, one] = [0, 1].map(U256::from);
        let store = |slot: u64| TraceEvent::Store { address: payer, slot: U256::from(slot), before: zero, after: one };
        let write = |slot: u64| Effect::Write { account: payer, slot: U256::from(slot), before: zero, after: one };
        let done = || FrameEnd::Returned(Bytes::new());
        let payment = |events: Vec<TraceEvent>, end| {
            TraceEvent::Frame(Frame { from: payer, to: paid, value: one, ..frame(events, end) })
        };
        let undone = payment(vec![store(2), payment(vec![store(3)], done())], FrameEnd::Reverted(Bytes::new()));
        let inside = vec![store(1), undone, payment(vec![store(4)], done())];
        let call = Frame { value: U256::from(9), ..frame(inside, done()) };
        assert_eq!(effects(&call), [write(1), Effect::Payment { from: payer, to: paid, wei: one }, write(4)]);
    }

    #[test]
    fn near_is_what_only_names_whom_the_call_names() {
        let [target, staker, other] = [7, 8, 9].map(Address::repeat_byte);
        let calldata = |words: &[B256]| -> Bytes { [&[0; 4][..], &words.concat()].concat().into() };
        let amount = B256::left_padding_from(&[1; 16]);
        let data = calldata(&[staker.into_word(), amount, B256::repeat_byte(9)]);
        let sent = Transaction { from: staker, to: target, data, value: U256::ZERO };
        for (contract, words, expected) in [
            (target, vec![], true),
            (target, vec![amount], true),
            (target, vec![staker.into_word(), amount], true),
            (target, vec![staker.into_word(), other.into_word()], false),
            (other, vec![staker.into_word()], false),
        ] {
            let question = Answer { contract, data: calldata(&words), signature: "", expected: None };
            assert_eq!(is_near(&question, &sent), expected, "{words:?}");
        }
    }
}
