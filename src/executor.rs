//! Plays calls: a world with the protocol deployed, the ledger before and after the last call, and the history.

use alloy_primitives::{Bytes, U256};

use crate::{
    book::Book,
    call::{Call, Delay, Outcome, SECONDS_PER_BLOCK, Transaction},
    decode::Decoder,
    evm::{Block, Frame, Place, Snapshot, World},
    exit::Exit,
    ghost::{Ghosts, Happened},
    invariants::asks_model,
    ledger::{Ledger, Touched},
    model::Lockstep,
    oracle::{Answer, Invariant, Leaving, Progress, Step},
    own::{Asked, is_own},
    problem::Problem,
    protocol::{Protocol, Reader, Setup},
};

/// Where a chain begins. The protocol needs more blocks behind it than its longest delay.
pub const FIRST_BLOCK: Block = Block { number: 1_000, timestamp: 1_750_000_000 };

/// Runs after which the world forgets what only they knew of. A sweep takes about as long as a few calls.
const RESETS_PER_SWEEP: u64 = 256;

/// A moment of a run to come back to.
#[derive(Clone, Debug)]
pub struct Moment {
    snapshot: Snapshot,
    /// As much as the reader had learned.
    learned: usize,
    ledger: Ledger,
    ghosts: Ghosts,
}

impl Moment {
    /// Makes everything what it was.
    fn restore(&self, world: &mut World, reader: &mut dyn Reader, ghosts: &mut Ghosts, ledgers: [&mut Ledger; 2]) {
        world.revert_to(self.snapshot);
        reader.forget_since(self.learned);
        ghosts.clone_from(&self.ghosts);
        for ledger in ledgers {
            ledger.clone_from(&self.ledger);
        }
    }
}

/// Plays calls on a deployment of its own.
pub struct Executor<'p> {
    protocol: &'p dyn Protocol,
    world: World,
    reader: Box<dyn Reader>,
    /// The ledger before the last call, and after.
    before: Ledger,
    after: Ledger,
    touched: Touched,
    ghosts: Ghosts,
    /// What changed in `after` and not yet in `before`.
    lagging: Vec<Place>,
    /// The model beside it, and whether it is asked.
    model: Lockstep,
    asks_model: bool,
    /// What the auditor's own functions said after the last call, and whether they are asked.
    /// What the last call is to be answered, if it asks a view for what it shows.
    shown: Option<Bytes>,
    answers: Vec<Answer>,
    asks_own: bool,
    /// What was sent last, if it failed: the world is as it was before.
    failed: Option<Transaction>,
    start: Moment,
    /// How often it went back there.
    resets: u64,
    /// What was deployed and how it was read, if it was upgraded since.
    upgraded_from: Option<(&'p dyn Protocol, Box<dyn Reader>)>,
}

impl<'p> Executor<'p> {
    /// Deploys the protocol.
    pub fn deploy(protocol: &'p dyn Protocol) -> Result<Self, Problem> {
        let mut world = protocol.origin().map_or_else(|| World::new(FIRST_BLOCK), World::on);
        set_up(&mut world, protocol)?;
        if let Some(origin) = protocol.origin() {
            let contracts = protocol.book().entries().iter().filter(|entry| entry.contract.is_some());
            contracts.for_each(|entry| world.adopt(entry.address));
            origin.backing.failure().map_or(Ok(()), Err)?;
        }
        Ok(Self::beginning(protocol, world))
    }

    /// Deploys the protocol, and the code that it will be upgraded to, which `next` knows by name.
    pub fn deploy_beside(
        protocol: &'p dyn Protocol,
        next: &dyn Protocol,
        preparation: &[Setup],
    ) -> Result<Self, Problem> {
        let mut world = World::new(FIRST_BLOCK);
        set_up(&mut world, protocol)?;
        preparation.iter().try_for_each(|step| set_up_step(&mut world, next, step))?;
        Ok(Self::beginning(protocol, world))
    }

    /// Begins runs in a world as it stands.
    fn beginning(protocol: &'p dyn Protocol, mut world: World) -> Self {
        world.edges_mut().clear();
        let mut reader = protocol.reader();
        let block = world.block();
        let ledger = reader.read(block.number, block.timestamp, &|place| world.look(place));
        let ghosts = Ghosts::new(&ledger);
        let start = Moment { snapshot: world.snapshot(), learned: 0, ledger: ledger.clone(), ghosts: ghosts.clone() };
        Self {
            protocol,
            world,
            reader,
            before: ledger.clone(),
            model: Lockstep::new(&ledger),
            asks_model: true,
            shown: None,
            answers: Vec::new(),
            asks_own: !protocol.own().is_empty(),
            after: ledger,
            touched: Touched::EVERYTHING,
            ghosts,
            lagging: Vec::new(),
            failed: None,
            start,
            upgraded_from: None,
            resets: 0,
        }
    }

    /// Asks the model, and the auditor's own functions, from now on if one of `invariants` wants to know. It costs time,
    /// and nobody else listens.
    pub fn ask_for<'i>(&mut self, invariants: impl IntoIterator<Item = &'i Invariant>) {
        let own = self.protocol.own();
        (self.asks_model, self.asks_own) = (false, own.iter().any(|asked| asked.own.number.is_some()));
        for invariant in invariants {
            self.asks_model |= asks_model(invariant);
            self.asks_own |= is_own(invariant.id);
        }
        self.answers.clear();
        self.model.lose();
    }

    /// What is deployed.
    pub fn protocol(&self) -> &'p dyn Protocol {
        self.protocol
    }

    /// The ledger as it stands.
    pub fn ledger(&self) -> &Ledger {
        &self.after
    }

    /// What the auditor's own functions said after the last call.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// What of the ledger the last call may have changed.
    pub fn touched(&self) -> Touched {
        self.touched
    }

    /// The world, to look at.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The world, to ask.
    pub fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }

    /// Asks the contracts whether the ledger is what they say.
    pub fn confirm(&mut self) -> Result<(), Problem> {
        self.protocol.confirm(&mut self.world, &self.after)
    }

    /// Goes back to the deployment.
    pub fn reset(&mut self) {
        if let Some((protocol, reader)) = self.upgraded_from.take() {
            (self.protocol, self.reader) = (protocol, reader);
        }
        let Self { world, reader, before, after, ghosts, start, .. } = self;
        start.restore(world, reader.as_mut(), ghosts, [before, after]);
        self.resets += 1;
        if self.resets.is_multiple_of(RESETS_PER_SWEEP) {
            self.world.sweep();
        }
        self.lagging.clear();
        self.model.lose();
    }

    /// Lets time pass.
    pub fn advance(&mut self, delay: Delay) {
        if delay.is_zero() {
            return;
        }
        let block = self.world.block();
        let block = Block { number: block.number + delay.blocks, timestamp: block.timestamp + delay.seconds };
        self.world.set_block(block);
        (self.after.block, self.after.timestamp) = (block.number, block.timestamp);
    }

    /// What a call becomes on the chain now; `None` when it names something that is not there.
    pub fn transaction(&self, call: &Call) -> Option<Transaction> {
        self.protocol.transaction(call, &self.after)
    }

    /// Plays a call now; its delay has passed already. `None` when it names something that is not there: then nothing
    /// happened.
    pub fn execute(&mut self, call: &Call) -> Option<Outcome> {
        let transaction = self.transaction(call)?;
        self.reader.announce(call, &self.after);
        self.catch_up();
        self.predict(call);
        let outcome = self.world.call(&transaction);
        self.observe(call, &outcome);
        self.failed = (!outcome.is_success()).then_some(transaction);
        Some(outcome)
    }

    /// The last numbers that contracts compared with each other in the call just played, the last first, if it failed. It is
    /// played once more for that: noting them in every call costs more.
    pub fn compared(&mut self) -> Vec<(U256, U256)> {
        self.failed.take().map_or_else(Vec::new, |transaction| self.world.compared(&transaction))
    }

    /// Plays a transaction of whoever administers proxies: no call of the protocol, and nothing that history keeps.
    pub fn administer(&mut self, transaction: &Transaction) -> Outcome {
        self.catch_up();
        let outcome = self.world.call(transaction);
        self.lagging.extend(self.world.changed());
        let Self { world, reader, after, lagging, .. } = self;
        reader.update(after, &mut lagging.iter().copied(), &|place| world.look(place));
        self.model.lose();
        outcome
    }

    /// Goes on as `protocol`, which is what the world was upgraded to. Its `reader` has read `ledger` out of this world.
    /// Lasts until the next reset; moments from before are lost.
    pub fn hand_over(&mut self, protocol: &'p dyn Protocol, reader: Box<dyn Reader>, ledger: &Ledger) {
        let before = (std::mem::replace(&mut self.protocol, protocol), std::mem::replace(&mut self.reader, reader));
        self.upgraded_from.get_or_insert(before);
        if self.after.terms.booking != ledger.terms.booking {
            self.ghosts.renumber(ledger);
        }
        self.before.clone_from(ledger);
        self.after.clone_from(ledger);
        self.lagging.clear();
        self.model = Lockstep::new(ledger);
    }

    /// As [`Executor::execute`], telling how it went.
    pub fn execute_traced(&mut self, call: &Call) -> Option<(Outcome, Option<Frame>)> {
        let transaction = self.transaction(call)?;
        self.reader.announce(call, &self.after);
        self.catch_up();
        self.predict(call);
        let (outcome, trace) = self.world.call_traced(&transaction);
        self.observe(call, &outcome);
        Some((outcome, trace))
    }

    /// Lets a call's delay pass and plays it.
    pub fn play(&mut self, call: &Call) -> Option<Outcome> {
        self.advance(call.delay);
        self.execute(call)
    }

    /// The last call as invariants see it.
    pub fn step<'a>(&'a self, call: &'a Call, outcome: &'a Outcome) -> Step<'a> {
        let Self { before, after, touched, ghosts, model, asks_model, shown, answers, .. } = self;
        let predicted = asks_model.then(|| model.prediction());
        let (events, book) = (self.world.logs(), self.book());
        Step {
            before,
            call,
            outcome,
            after,
            events,
            touched: *touched,
            ghosts,
            book,
            predicted,
            shown: shown.as_ref(),
            answers,
            leaving: None,
        }
    }

    /// Lets everybody leave, from where the run stands; `watch` sees every call, and the last once more when it is over.
    pub fn leave(&mut self, watch: &mut dyn FnMut(&Step<'_>)) {
        let (begun, history) = (self.after.clone(), self.ghosts.clone());
        let leaving = |progress| Some(Leaving { begun: &begun, history: &history, progress });
        let mut exit = Exit::default();
        let mut last = None;
        while let Some(call) = exit.next(&self.after) {
            let Some(outcome) = self.play(&call) else { continue };
            watch(&Step { leaving: leaving(Progress::OnTheWay), ..self.step(&call, &outcome) });
            last = Some((call, outcome));
        }
        if let Some((call, outcome)) = &last {
            watch(&Step { leaving: leaving(Progress::Over), ..self.step(call, outcome) });
        }
    }

    /// The names of this world.
    pub fn book(&self) -> &'p Book {
        self.protocol.book()
    }

    /// A moment to come back to.
    pub fn moment(&mut self) -> Moment {
        let Self { world, reader, after, ghosts, .. } = self;
        let learned = reader.remember();
        Moment { snapshot: world.snapshot(), learned, ledger: after.clone(), ghosts: ghosts.clone() }
    }

    /// Goes back to a moment of this run.
    pub fn return_to(&mut self, moment: &Moment) {
        let Self { world, reader, before, after, ghosts, .. } = self;
        moment.restore(world, reader.as_mut(), ghosts, [before, after]);
        self.lagging.clear();
        self.model.lose();
    }

    /// Lets the model say what will come of a call.
    fn predict(&mut self, call: &Call) {
        self.shown = self.protocol.shown(&call.operation, &self.before);
        if self.asks_model {
            self.model.predict(&self.before, call, self.shown.as_ref());
        }
    }

    /// Brings `before` to where `after` is.
    fn catch_up(&mut self) {
        let Self { world, reader, before, after, lagging, .. } = self;
        let storage = |place| world.look(place);
        reader.update(before, &mut lagging.drain(..), &storage);
        (before.block, before.timestamp) = (after.block, after.timestamp);
    }

    fn observe(&mut self, call: &Call, outcome: &Outcome) {
        let Self { world, reader, before, after, touched, ghosts, lagging, model, asks_model, .. } = self;
        lagging.extend(world.changed());
        let storage = |place| world.look(place);
        *touched = reader.update(after, &mut lagging.iter().copied(), &storage);
        ghosts.fold(Happened { before, call, outcome, after, touched: *touched });
        if *asks_model {
            model.compare(after);
        }
        if self.asks_own {
            self.ask_own();
        }
    }

    /// Hears what the auditor's own functions say of the state as it is.
    fn ask_own(&mut self) {
        let Self { protocol, world, answers, .. } = self;
        let decoder = Decoder::new(protocol.book(), protocol.artifacts());
        answers.clear();
        for Asked { own, view } in protocol.own() {
            answers.push(own.answer(&world.ask(view), |data| decoder.error(data)));
        }
    }
}

/// Deploys the protocol in a world.
pub fn set_up(world: &mut World, protocol: &dyn Protocol) -> Result<(), Problem> {
    protocol.script().iter().try_for_each(|step| set_up_step(world, protocol, step))
}

/// Plays a step of a deployment, which must succeed.
fn set_up_step(world: &mut World, protocol: &dyn Protocol, step: &Setup) -> Result<(), Problem> {
    let failed = |what: String, outcome: &Outcome| {
        let how = Decoder::new(protocol.book(), protocol.artifacts()).outcome(outcome);
        Problem::new(format!("the protocol does not deploy: {what} {how}")).at(&protocol.artifacts().origin)
    };
    match step {
        Setup::Create { from, init_code, address } => {
            let created = world.create(*from, init_code.clone());
            let name = protocol.book().name(*address);
            let created = created.map_err(|outcome| failed(format!("creating {name}"), &outcome))?;
            if created != *address {
                // Somebody may have sent transactions with that key, where others deployed.
                let what = format!("{name} was to be at {address}, and came to be at {created}");
                return Err(Problem::new(what).hint(format!("{from} has created something there before")));
            }
        }
        Setup::Send(transaction) => {
            let outcome = world.call(transaction);
            if !outcome.is_success() {
                let book = protocol.book();
                let what = format!("a call by {} to {}", book.name(transaction.from), book.name(transaction.to));
                return Err(failed(what, &outcome));
            }
        }
        Setup::Fund { account, wei } => world.fund(*account, *wei),
        Setup::Pass { blocks } => {
            let block = world.block();
            world.set_block(Block {
                number: block.number + blocks,
                timestamp: block.timestamp + blocks * SECONDS_PER_BLOCK,
            });
        }
    }
    Ok(())
}
