//! Everything that a campaign sends to its EVM, written down to be played again without the rest of the engine.

use std::sync::{Arc, Mutex};

use alloy_primitives::{Address, Bytes};
use slashproof::{
    artifact::Artifacts,
    book::Book,
    call::{ActionId, Call, Operation, Transaction},
    draw::Draw,
    evm::{Block, Place, Snapshot, World},
    executor::{FIRST_BLOCK, set_up},
    ledger::{Ledger, Touched},
    oracle::Assumption,
    problem::Problem,
    protocol::{ActionInfo, Answer, Protocol, Reader, Setup, Storage},
    worlds::Kind,
};

/// What was done to the EVM.
pub enum Entry {
    /// A point to go back to. They are counted from one; zero is the deployment.
    Remember,
    /// Back to a point, which is the last then.
    GoBack(usize),
    /// A transaction in a block.
    Send(Block, Transaction),
}

type Shared = Arc<Mutex<Vec<Entry>>>;

/// A protocol that writes down what is sent to it, for campaigns of one worker.
pub struct Taped<'p> {
    protocol: &'p dyn Protocol,
    entries: Shared,
}

impl<'p> Taped<'p> {
    /// Listens to what is sent to `protocol`.
    pub fn new(protocol: &'p dyn Protocol) -> Self {
        Self { protocol, entries: Shared::default() }
    }

    /// What was sent.
    pub fn into_entries(self) -> Vec<Entry> {
        std::mem::take(&mut *self.entries.lock().expect("nobody panicked"))
    }
}

fn write(entries: &Shared, entry: Entry) {
    entries.lock().expect("nobody panicked").push(entry);
}

impl Protocol for Taped<'_> {
    fn name(&self) -> &'static str {
        self.protocol.name()
    }

    fn release(&self) -> &'static str {
        self.protocol.release()
    }

    fn book(&self) -> &Book {
        self.protocol.book()
    }

    fn world(&self) -> &'static Kind {
        self.protocol.world()
    }

    fn grants(&self, assumption: Assumption) -> bool {
        self.protocol.grants(assumption)
    }

    fn artifacts(&self) -> &Artifacts {
        self.protocol.artifacts()
    }

    fn script(&self) -> &[Setup] {
        self.protocol.script()
    }

    fn actions(&self) -> &[ActionInfo] {
        self.protocol.actions()
    }

    fn draw(&self, action: ActionId, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
        self.protocol.draw(action, draw)
    }

    fn transaction(&self, call: &Call, before: &Ledger) -> Option<Transaction> {
        let transaction = self.protocol.transaction(call, before)?;
        let block = Block { number: before.block, timestamp: before.timestamp };
        write(&self.entries, Entry::Send(block, transaction.clone()));
        Some(transaction)
    }

    fn confirm(&self, world: &mut World, ledger: &Ledger) -> Result<(), Problem> {
        self.protocol.confirm(world, ledger)
    }

    fn answers(&self, ledger: &Ledger) -> Vec<Answer> {
        self.protocol.answers(ledger)
    }

    fn shown(&self, question: &Operation, ledger: &Ledger) -> Option<Bytes> {
        self.protocol.shown(question, ledger)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Listening { reader: self.protocol.reader(), entries: Arc::clone(&self.entries) })
    }
}

/// A reader that hears of what is played again from a point.
struct Listening {
    reader: Box<dyn Reader>,
    entries: Shared,
}

impl Reader for Listening {
    fn read(&mut self, block: u64, timestamp: u64, storage: Storage<'_>) -> Ledger {
        self.reader.read(block, timestamp, storage)
    }

    fn update(
        &mut self,
        ledger: &mut Ledger,
        changed: &mut dyn Iterator<Item = Place>,
        storage: Storage<'_>,
    ) -> Touched {
        self.reader.update(ledger, changed, storage)
    }

    fn announce(&mut self, call: &Call, before: &Ledger) -> Vec<Place> {
        self.reader.announce(call, before)
    }

    fn remember(&mut self) -> usize {
        write(&self.entries, Entry::Remember);
        self.reader.remember()
    }

    fn forget_since(&mut self, point: usize) {
        write(&self.entries, Entry::GoBack(point));
        self.reader.forget_since(point);
    }
}

/// What came of playing a tape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Transactions.
    pub calls: u64,
    /// Of those, the ones whose changes did not stay.
    pub failed: u64,
}

/// An EVM with the protocol in it, and nothing around.
pub fn deployed(protocol: &dyn Protocol, new: fn(Block) -> World) -> Result<World, Problem> {
    let mut world = new(FIRST_BLOCK);
    set_up(&mut world, protocol)?;
    world.edges_mut().clear();
    Ok(world)
}

/// A world that follows a tape.
struct Following<'w> {
    world: &'w mut World,
    start: Snapshot,
    points: Vec<Snapshot>,
}

impl<'w> Following<'w> {
    fn new(world: &'w mut World) -> Self {
        let start = world.snapshot();
        Self { world, start, points: Vec::new() }
    }

    /// Lets `send` send what is to be sent.
    fn follow(mut self, entries: &[Entry], mut send: impl FnMut(&mut World, &Transaction)) {
        for entry in entries {
            match entry {
                Entry::Remember => self.points.push(self.world.snapshot()),
                Entry::GoBack(point) => {
                    self.points.truncate(*point);
                    self.world.revert_to(self.points.last().copied().unwrap_or(self.start));
                }
                Entry::Send(block, transaction) => {
                    self.world.set_block(*block);
                    send(self.world, transaction);
                }
            }
        }
        self.world.revert_to(self.start);
    }
}

/// Plays a tape; the world is as it was when it is over.
pub fn play(world: &mut World, entries: &[Entry]) -> Played {
    let mut played = Played::default();
    Following::new(world).follow(entries, |world, transaction| {
        world.edges_mut().clear();
        played.calls += 1;
        played.failed += u64::from(!world.call(transaction).is_success());
    });
    played
}

/// The gas of all calls of a tape.
pub fn gas(world: &mut World, entries: &[Entry]) -> u64 {
    let mut gas = 0;
    Following::new(world).follow(entries, |world, transaction| {
        gas += world.call_traced(transaction).1.map_or(0, |frame| frame.gas);
    });
    gas
}
