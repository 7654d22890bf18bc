//! The timeline of a finding: its calls as they went, what each changed in the ledger, where magnitudes stood and where
//! funds went. Plain data, for whoever draws or tells it.

mod expectation;
mod flows;
mod magnitudes;

use std::path::PathBuf;

use alloy_primitives::{Address, U256};
use expectation::Heard;

use crate::{
    call::{Call, Outcome, Transaction},
    campaign::violation,
    decode::Decoder,
    evm::World,
    executor::Executor,
    finding::{Finding, Told},
    invariants,
    ledger::Ledger,
    model::{Difference, fields},
    oracle::{Checkpoint, Invariant, Step},
    protocol::{Answer, Protocol},
};

pub use self::{
    expectation::{Effect, Expectation, Expected, Seen},
    flows::{Flow, Way},
    magnitudes::{Magnitudes, Sample, SetMagnitude, Track},
};

/// A finding with its file and its timeline.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What was found.
    pub finding: Finding,
    /// Where it was written.
    pub file: PathBuf,
    /// How it went.
    pub timeline: Timeline,
}

/// How a finding went.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// The block before the first call.
    pub begins: u64,
    /// The calls, in order. Those that name what is not there are none.
    pub calls: Vec<PlayedCall>,
    /// Index of the call after which the invariant is violated.
    pub violated_at: Option<usize>,
    /// What should have been instead.
    pub expectation: Option<Expectation>,
    /// By operator and strategy, of those that moved: where the magnitude was.
    pub tracks: Vec<Track>,
}

/// A call as it went.
#[derive(Clone, Debug)]
pub struct PlayedCall {
    /// Whether it is of the sequence, or of the exit that follows.
    pub part: Part,
    /// Its block.
    pub block: u64,
    /// The time of its block, in seconds.
    pub timestamp: u64,
    /// What was sent.
    pub sent: Option<Transaction>,
    /// How it ended.
    pub outcome: Outcome,
    /// Who asked for what.
    pub told: Told,
    /// Whether its changes stayed.
    pub succeeded: bool,
    /// What it changed in the ledger: before, and after.
    pub changes: Vec<Change>,
    /// What it moved.
    pub flows: Vec<Flow>,
}

/// Where a call belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The sequence.
    Sequence,
    /// The exit: everybody leaves.
    Exit,
}

/// A cell of the ledger that changed, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub what: String,
    /// What it was.
    pub before: String,
    /// What it is.
    pub after: String,
}

impl From<Difference> for Change {
    fn from(Difference { what, sides: [before, after], .. }: Difference) -> Self {
        Self { what, before, after }
    }
}

impl Timeline {
    /// Plays `calls` from the deployment until they violate `invariant`.
    pub fn of(executor: &mut Executor<'_>, invariant: &'static Invariant, calls: &[Call]) -> Self {
        executor.ask_for(invariants::all().chain([invariant]));
        executor.reset();
        let mut scribe = Scribe::new(executor, invariant);
        for call in calls {
            executor.advance(call.delay);
            let Some((outcome, trace)) = executor.execute_traced(call) else { continue };
            let doubts = scribe.doubts(&executor.step(call, &outcome));
            let heard = Heard { trace: trace.as_ref(), answers: heard(executor.world_mut(), doubts) };
            scribe.write(Part::Sequence, &executor.step(call, &outcome), heard);
            if scribe.timeline.violated_at.is_some() {
                break;
            }
        }
        if invariant.checkpoint == Checkpoint::Exit {
            executor.leave(&mut |step| scribe.write(Part::Exit, step, Heard::default()));
        }
        scribe.finish()
    }
}

/// What contracts say to questions, of those that they answer.
fn heard(world: &mut World, questions: Vec<Answer>) -> Vec<Answer> {
    let ask = |question: Answer| {
        let Answer { contract: to, data, .. } = &question;
        let view = Transaction { from: Address::ZERO, to: *to, data: data.clone(), value: U256::ZERO };
        match world.ask(&view) {
            Outcome::Returned(answer) => Some(Answer { expected: Some(answer), ..question }),
            Outcome::Reverted(_) | Outcome::Halted(_) => None,
        }
    };
    questions.into_iter().filter_map(ask).collect()
}

/// Writes down what it sees, until the violation.
struct Scribe<'a> {
    decoder: Decoder<'a>,
    protocol: &'a dyn Protocol,
    invariant: &'a Invariant,
    timeline: Timeline,
    /// The ledger before the first call, and after each.
    ledgers: Vec<Ledger>,
}

impl<'a> Scribe<'a> {
    fn new(executor: &Executor<'a>, invariant: &'a Invariant) -> Self {
        let protocol = executor.protocol();
        let decoder = Decoder::new(protocol.book(), protocol.artifacts());
        let ledger = executor.ledger().clone();
        let timeline = Timeline { begins: ledger.block, ..Timeline::default() };
        Self { decoder, protocol, invariant, timeline, ledgers: vec![ledger] }
    }

    fn write(&mut self, part: Part, step: &Step<'_>, heard: Heard<'_>) {
        if self.timeline.violated_at.is_some() {
            return;
        }
        // The end of an exit is judged on its last call, which is written already.
        if step.left().is_none() {
            let changes = fields(step.before, step.after, step.book).into_iter().map(Change::from).collect();
            let flows = if step.succeeded() { flows::of(step) } else { Vec::new() };
            let sent = self.protocol.transaction(step.call, step.before);
            self.timeline.calls.push(PlayedCall {
                part,
                block: step.after.block,
                timestamp: step.after.timestamp,
                told: self.told(step, sent.as_ref()),
                sent,
                outcome: step.outcome.clone(),
                succeeded: step.succeeded(),
                changes,
                flows,
            });
            self.ledgers.push(step.after.clone());
        }
        if violation(self.invariant, step).is_some() {
            self.timeline.violated_at = self.timeline.calls.len().checked_sub(1);
            self.timeline.expectation =
                Some(expectation::of(self.protocol, (self.invariant, &self.ledgers[0]), step, heard));
        }
    }

    /// What contracts have to be asked to know what should have been instead of `step`.
    fn doubts(&self, step: &Step<'_>) -> Vec<Answer> {
        let is_shown = violation(self.invariant, step).is_some();
        if is_shown { expectation::doubts(self.protocol, step) } else { Vec::new() }
    }

    fn told(&self, step: &Step<'_>, sent: Option<&Transaction>) -> Told {
        let function = sent.and_then(|sent| self.decoder.function_name(sent.to, &sent.data));
        Told {
            actor: self.decoder.name(step.call.actor),
            delay: step.call.delay.to_string(),
            function: function.unwrap_or_default(),
            text: sent.map(|sent| self.decoder.call(sent.to, &sent.data)).unwrap_or_default(),
            outcome: self.decoder.outcome(step.outcome),
        }
    }

    fn finish(self) -> Timeline {
        let blocks: Vec<u64> = self.timeline.calls.iter().map(|call| call.block).collect();
        let tracks = magnitudes::tracks(&self.ledgers, &blocks, self.protocol.book());
        Timeline { tracks, ..self.timeline }
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;

    use super::*;
    use crate::{
        artifact::Artifacts,
        call::{ActionId, Delay, Operation},
        protocol::eigenlayer::EigenLayer,
    };

    #[test]
    fn a_deposit_moves_tokens_and_changes_cells() {
        let protocol = EigenLayer::new(Artifacts::bundled()).unwrap();
        let mut executor = Executor::deploy(&protocol).unwrap();
        let [staker, strategy, token] = ["staker A", "strategy A", "token A"]
            .map(|name| executor.book().address(name).expect("it is in the world"));
        let amount = U256::from(1_000);
        let call = Call {
            action: ActionId::NONE,
            actor: staker,
            delay: Delay::blocks(2),
            operation: Operation::Deposit { strategy, token, amount },
        };
        let invariant = invariants::find("SLA-01").expect("the catalogue has it");
        let timeline = Timeline::of(&mut executor, invariant, std::slice::from_ref(&call));
        assert_eq!(timeline.violated_at, None);
        let [played] = timeline.calls.as_slice() else { panic!("{timeline:?}") };
        assert!(played.succeeded && played.part == Part::Sequence && played.block == timeline.begins + 2);
        let [flow] = played.flows.as_slice() else { panic!("{played:?}") };
        assert_eq!((flow.way, flow.who.as_str(), flow.amount), (Way::Deposited, "staker A", amount));
        let changed =
            |what: &str| played.changes.iter().any(|change| change.what == what && change.before != change.after);
        assert!(changed("staker A's deposit shares in strategy A"), "{:?}", played.changes);
        assert!(timeline.tracks.is_empty(), "no magnitude moved");
    }
}
