//! A world that is upgraded while it lives: what is deployed is the baseline, and from some moment on the candidate.
//!
//! The candidate's reader looks at the same storage from the beginning, beside the baseline's. So what the new code makes of
//! what the old code kept can be compared field by field, history that storage does not tell included.

use crate::{
    call::{Call, Outcome},
    evm::{Frame, World},
    executor::Executor,
    ledger::{Ledger, Touched},
    oracle::{Invariant, Step},
    problem::Problem,
    protocol::{Protocol, Reader, Switch, Upgrade},
};

/// What is deployed, what it is upgraded to, and how.
#[derive(Clone, Copy)]
pub struct Path<'p> {
    /// The baseline.
    pub from: &'p dyn Protocol,
    /// The candidate, in the places of the baseline.
    pub to: &'p dyn Protocol,
    /// How.
    pub upgrade: &'p Upgrade,
}

/// How far the upgrade is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// All runs the baseline.
    Before,
    /// Some contracts are upgraded.
    Between,
    /// All runs the candidate.
    After,
}

/// Plays calls before, during and after an upgrade.
pub(super) struct Crossing<'p> {
    path: Path<'p>,
    executor: Executor<'p>,
    phase: Phase,
    /// The candidate's reader until it is handed over, and what it reads.
    reader: Option<Box<dyn Reader>>,
    earlier: Ledger,
    ledger: Ledger,
    touched: Touched,
    /// What it read of the deployment.
    start: Ledger,
}

impl<'p> Crossing<'p> {
    /// Deploys the baseline, with the candidate's code beside it.
    pub fn new(path: Path<'p>) -> Result<Self, Problem> {
        let executor = Executor::deploy_beside(path.from, path.to, &path.upgrade.preparation)?;
        let mut reader = path.to.reader();
        let start = read(reader.as_mut(), executor.world());
        Ok(Self {
            path,
            executor,
            phase: Phase::Before,
            reader: Some(reader),
            earlier: start.clone(),
            ledger: start.clone(),
            touched: Touched::EVERYTHING,
            start,
        })
    }

    /// Goes back to the deployment of the baseline.
    pub fn reset(&mut self) {
        self.executor.ask_for([]);
        self.executor.reset();
        // The reader that was handed over is lost with what it learned.
        let reader = self.reader.get_or_insert_with(|| self.path.to.reader());
        reader.forget_since(0);
        if self.phase == Phase::After {
            self.start = read(reader.as_mut(), self.executor.world());
        }
        self.ledger.clone_from(&self.start);
        self.phase = Phase::Before;
    }

    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// What calls mean now: users know the new functions once all of them are there.
    pub fn protocol(&self) -> &'p dyn Protocol {
        self.executor.protocol()
    }

    /// The ledger that calls are drawn out of.
    pub fn ledger(&self) -> &Ledger {
        self.executor.ledger()
    }

    pub fn executor(&mut self) -> &mut Executor<'p> {
        &mut self.executor
    }

    /// What is upgraded to what.
    pub fn path(&self) -> Path<'p> {
        self.path
    }

    /// The candidate.
    pub fn to(&self) -> &'p dyn Protocol {
        self.path.to
    }

    /// Plays a call; its delay has passed. `None` when it names something that is not there.
    pub fn execute(&mut self, call: &Call) -> Option<Outcome> {
        self.prepare(call)?;
        let outcome = self.executor.execute(call);
        self.look();
        outcome
    }

    /// The same, telling how it went.
    pub fn execute_traced(&mut self, call: &Call) -> Option<(Outcome, Option<Frame>)> {
        self.prepare(call)?;
        let told = self.executor.execute_traced(call);
        self.look();
        told
    }

    /// Gets ready for a call. `None` when it names something that is not there.
    fn prepare(&mut self, call: &Call) -> Option<()> {
        self.executor.transaction(call)?;
        if self.phase == Phase::Between {
            self.earlier.clone_from(&self.ledger);
            let block = self.executor.world().block();
            (self.earlier.block, self.earlier.timestamp) = (block.number, block.timestamp);
        }
        if let Some(reader) = &mut self.reader {
            reader.announce(call, &self.ledger);
        }
        Some(())
    }

    /// Plays one transaction of the upgrade, and what belongs to it.
    pub fn switch(&mut self, switch: &Switch) -> Outcome {
        self.phase = Phase::Between;
        let block = self.executor.world().block();
        (self.ledger.block, self.ledger.timestamp) = (block.number, block.timestamp);
        self.earlier.clone_from(&self.ledger);
        let transaction = switch.now(|view| self.executor.world_mut().view(view));
        let mut outcome = self.executor.administer(&transaction);
        self.look();
        if let Some(migration) = switch.migration.as_ref().filter(|_| outcome.is_success()) {
            outcome = self.executor.administer(migration);
            self.look();
        }
        outcome
    }

    /// Ends the upgrade: from here on all is the candidate's, and its invariants are judged.
    pub fn arrive(&mut self, judged: &[&'static Invariant]) {
        self.phase = Phase::After;
        let reader = self.reader.take().expect("an upgrade ends once");
        self.executor.hand_over(self.path.to, reader, &self.ledger);
        self.executor.ask_for(judged.iter().copied());
    }

    /// What the last transaction of the upgrade changed in what the candidate reads: before and after, if they differ.
    pub fn changed_by_switch(&self) -> Option<(&Ledger, &Ledger)> {
        (self.earlier != self.ledger).then_some((&self.earlier, &self.ledger))
    }

    /// What stands in storage now, as the baseline reads it, and as the candidate does.
    pub fn both(&self) -> (&Ledger, &Ledger) {
        (self.executor.ledger(), &self.ledger)
    }

    /// The last call as the candidate's invariants see it.
    pub fn step<'a>(&'a self, call: &'a Call, outcome: &'a Outcome) -> Step<'a> {
        let step = self.executor.step(call, outcome);
        match self.phase {
            Phase::After => step,
            _ => Step { before: &self.earlier, after: &self.ledger, touched: self.touched, ..step },
        }
    }

    /// Lets the candidate's reader see what changed.
    fn look(&mut self) {
        let Some(reader) = &mut self.reader else { return };
        let world = self.executor.world();
        self.touched = reader.update(&mut self.ledger, &mut world.changed(), &|place| world.look(place));
        let block = world.block();
        (self.ledger.block, self.ledger.timestamp) = (block.number, block.timestamp);
    }
}

fn read(reader: &mut dyn Reader, world: &World) -> Ledger {
    let block = world.block();
    reader.read(block.number, block.timestamp, &|place| world.look(place))
}
