//! Nodes: an anvil of our own as a second engine, and deployments that live on somebody else's. The only module that names
//! a provider.
//!
//! The node gets the same deployment as transactions, then the calls, each judged from the node's own storage. Calls
//! without delay are of one block; to see the state between them, the block is taken back and mined again with one
//! transaction more.

mod fork;
mod live;
mod mining;
mod rpc;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use alloy_primitives::{Address, B256, Bytes, Log, U256};
use serde_json::{Value, json};

pub use fork::Fork;
pub use live::Live;

use crate::{
    call::{Call, Outcome, SECONDS_PER_BLOCK, Transaction},
    decode::Decoder,
    evm::{Block, Place},
    executor::FIRST_BLOCK,
    exit::Exit,
    ghost::{Ghosts, Happened},
    ledger::{Ledger, Touched},
    limits,
    model::Lockstep,
    oracle::{Answer, Leaving, Progress, Step},
    own::Asked,
    problem::Problem,
    protocol::{Protocol, Reader, Setup},
};
use rpc::Rpc;

/// Gas of a block: the whole deployment is one.
const BLOCK_GAS: u64 = 10_000_000_000;

/// Plays calls on a node of its own.
pub struct Node<'p> {
    protocol: &'p dyn Protocol,
    rpc: Rpc,
    reader: Box<dyn Reader>,
    before: Ledger,
    after: Ledger,
    /// Of the last call.
    events: Vec<Log>,
    /// What the auditor's own functions said after it.
    /// What the last call is to be answered, if it asks a view for what it shows.
    shown: Option<Bytes>,
    answers: Vec<Answer>,
    ghosts: Ghosts,
    /// The model beside it.
    model: Lockstep,
    /// The block of the next call without delay.
    block: Block,
    /// The transactions of that block so far.
    sent: Vec<Transaction>,
    /// The node's state before that block.
    snapshot: String,
    /// Every place that was ever asked for: all of the ledger.
    places: BTreeSet<Place>,
}

/// A call as it went.
pub struct Played {
    /// What was sent.
    pub transaction: Transaction,
    /// How it ended.
    pub outcome: Outcome,
    /// The number of its block.
    pub block: u64,
}

impl<'p> Node<'p> {
    /// Starts a node and deploys the protocol on it. `anvil` is the program; without it, the one on the `PATH` or in
    /// `contracts/node_modules` is taken.
    pub fn start(protocol: &'p dyn Protocol, anvil: Option<&Path>) -> Result<Self, Problem> {
        if protocol.origin().is_some() {
            return Err(
                Problem::new("what is played on a fork cannot be deployed on another node").hint("replay it on revm")
            );
        }
        let rpc = Rpc::start(&find_anvil(anvil)?)?;
        let mut block = FIRST_BLOCK;
        let mut sent = Vec::new();
        for step in protocol.script() {
            match step {
                Setup::Create { .. } | Setup::Send(_) => sent.push((rpc.send_setup(step)?, step)),
                Setup::Fund { account, wei } => {
                    let _: Value = rpc.request("anvil_setBalance", &json!([account, wei]))?;
                }
                Setup::Pass { blocks } => {
                    rpc.mine_block(block, sent.len())?;
                    check(&rpc, &std::mem::take(&mut sent))?;
                    rpc.mine_empty(blocks - 1)?;
                    block.number += blocks;
                    block.timestamp += blocks * SECONDS_PER_BLOCK;
                }
            }
        }
        assert!(sent.is_empty(), "a deployment ends with blocks that pass");
        let mut reader = protocol.reader();
        let storage = Storage::of(&rpc);
        let ledger = reader.read(block.number, block.timestamp, &|place| storage.get(place));
        let places = storage.finish()?;
        let ghosts = Ghosts::new(&ledger);
        let snapshot = rpc.request("evm_snapshot", &json!([]))?;
        Ok(Self {
            protocol,
            rpc,
            reader,
            before: ledger.clone(),
            model: Lockstep::new(&ledger),
            after: ledger,
            events: Vec::new(),
            shown: None,
            answers: Vec::new(),
            ghosts,
            block,
            sent: Vec::new(),
            snapshot,
            places,
        })
    }

    /// Lets a call's delay pass and plays it. `None` when it names something that is not there.
    pub fn play(&mut self, call: &Call) -> Result<Option<Played>, Problem> {
        if call.delay.blocks > 0 {
            self.pass(call.delay.blocks)?;
        }
        (self.after.block, self.after.timestamp) = (self.block.number, self.block.timestamp);
        let Some(transaction) = self.protocol.transaction(call, &self.after) else { return Ok(None) };
        self.places.extend(self.reader.announce(call, &self.after));
        self.sent.push(transaction.clone());
        let hash = self.mine_again()?;
        let outcome = self.rpc.outcome(hash)?;
        self.events = self.rpc.events(hash)?;
        self.before.clone_from(&self.after);
        self.shown = self.protocol.shown(&call.operation, &self.before);
        self.model.predict(&self.before, call, self.shown.as_ref());
        self.read()?;
        self.model.compare(&self.after);
        self.answers = self.ask_own()?;
        self.ghosts.fold(Happened {
            before: &self.before,
            call,
            outcome: &outcome,
            after: &self.after,
            touched: Touched::EVERYTHING,
        });
        Ok(Some(Played { transaction, outcome, block: self.block.number }))
    }

    /// The last call as invariants see it.
    pub fn step<'a>(&'a self, call: &'a Call, outcome: &'a Outcome) -> Step<'a> {
        Step {
            before: &self.before,
            call,
            outcome,
            after: &self.after,
            events: &self.events,
            touched: Touched::EVERYTHING,
            ghosts: &self.ghosts,
            book: self.protocol.book(),
            predicted: Some(self.model.prediction()),
            shown: self.shown.as_ref(),
            answers: &self.answers,
            leaving: None,
        }
    }

    /// Lets everybody leave; `watch` sees every call, and the last once more when it is over.
    pub fn leave(&mut self, watch: &mut dyn FnMut(&Step<'_>)) -> Result<(), Problem> {
        let (begun, history) = (self.after.clone(), self.ghosts.clone());
        let leaving = |progress| Some(Leaving { begun: &begun, history: &history, progress });
        let mut exit = Exit::default();
        let mut last = None;
        while let Some(call) = exit.next(&self.after) {
            let Some(played) = self.play(&call)? else { continue };
            watch(&Step { leaving: leaving(Progress::OnTheWay), ..self.step(&call, &played.outcome) });
            last = Some((call, played.outcome));
        }
        if let Some((call, outcome)) = &last {
            watch(&Step { leaving: leaving(Progress::Over), ..self.step(call, outcome) });
        }
        Ok(())
    }

    /// Where the node listens.
    pub fn url(&self) -> String {
        self.rpc.url()
    }

    /// The ledger as the node has it.
    pub fn ledger(&self) -> &Ledger {
        &self.after
    }

    /// Ends the block of the last call, and lets blocks pass.
    fn pass(&mut self, blocks: u64) -> Result<(), Problem> {
        // A block without transactions has not been mined yet.
        let empty = if self.sent.is_empty() { blocks } else { blocks - 1 };
        self.rpc.mine_empty(empty)?;
        self.sent.clear();
        self.block.number += blocks;
        self.block.timestamp += blocks * SECONDS_PER_BLOCK;
        self.snapshot = self.rpc.request("evm_snapshot", &json!([]))?;
        Ok(())
    }

    /// Mines the block again, with all that was sent; the hash of the last transaction.
    fn mine_again(&mut self) -> Result<B256, Problem> {
        if self.sent.len() > 1 {
            let reverted: bool = self.rpc.request("evm_revert", &json!([self.snapshot]))?;
            if !reverted {
                return Err(Problem::new("the node does not go back to its snapshot"));
            }
            self.snapshot = self.rpc.request("evm_snapshot", &json!([]))?;
        }
        let mut last = B256::ZERO;
        for transaction in &self.sent {
            last = self.rpc.send(transaction, limits::GAS_PER_CALL)?;
        }
        self.rpc.mine_block(self.block, self.sent.len())?;
        Ok(last)
    }

    /// What the auditor's own functions say.
    fn ask_own(&self) -> Result<Vec<Answer>, Problem> {
        let decoder = Decoder::new(self.protocol.book(), self.protocol.artifacts());
        let ask = |asked: &Asked| {
            let outcome = self.rpc.view(&asked.view, self.block.number)?;
            Ok(asked.own.answer(&outcome, |data| decoder.error(data)))
        };
        self.protocol.own().iter().map(ask).collect()
    }

    /// Reads all of the ledger again.
    fn read(&mut self) -> Result<(), Problem> {
        let storage = Storage::of(&self.rpc);
        self.reader.update(&mut self.after, &mut self.places.iter().copied(), &|place| storage.get(place));
        let asked = storage.finish()?;
        self.places.extend(asked);
        Ok(())
    }
}

/// Every transaction of the deployment must have succeeded, and created what the plan says.
fn check(rpc: &Rpc, sent: &[(B256, &Setup)]) -> Result<(), Problem> {
    for (hash, step) in sent {
        let receipt: Value = rpc.request("eth_getTransactionReceipt", &json!([hash]))?;
        if receipt["status"] != json!("0x1") {
            return Err(Problem::new("the protocol does not deploy on the node"));
        }
        if let Setup::Create { address, .. } = step {
            let created: Option<Address> = serde_json::from_value(receipt["contractAddress"].clone()).ok();
            assert_eq!(created, Some(*address), "contracts are where the plan says");
        }
    }
    Ok(())
}

/// Places of a node's newest state, each asked for once.
struct Storage<'a> {
    rpc: &'a Rpc,
    known: RefCell<BTreeMap<Place, U256>>,
    /// The reader cannot be told of a failure; it is kept until it is done.
    failed: RefCell<Option<Problem>>,
}

impl<'a> Storage<'a> {
    fn of(rpc: &'a Rpc) -> Self {
        Self { rpc, known: RefCell::default(), failed: RefCell::default() }
    }

    fn get(&self, place: Place) -> U256 {
        if let Some(value) = self.known.borrow().get(&place) {
            return *value;
        }
        let asked = match place {
            Place::Slot(address, slot) => self
                .rpc
                .request("eth_getStorageAt", &json!([address, slot, "latest"]))
                .map(|word: B256| U256::from_be_bytes(word.0)),
            Place::Balance(address) => self.rpc.request("eth_getBalance", &json!([address, "latest"])),
        };
        let value = asked.unwrap_or_else(|problem| {
            self.failed.borrow_mut().get_or_insert(problem);
            U256::ZERO
        });
        self.known.borrow_mut().insert(place, value);
        value
    }

    fn finish(self) -> Result<BTreeSet<Place>, Problem> {
        match self.failed.into_inner() {
            Some(problem) => Err(problem),
            None => Ok(self.known.into_inner().into_keys().collect()),
        }
    }
}

/// The anvil to start.
fn find_anvil(named: Option<&Path>) -> Result<PathBuf, Problem> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let name = format!("anvil{}", std::env::consts::EXE_SUFFIX);
    let on_path = std::env::var_os("PATH").into_iter().flat_map(|paths| {
        let folders: Vec<PathBuf> = std::env::split_paths(&paths).collect();
        folders
    });
    // The npm package of the platform, where the repository's own tests find it.
    let from_npm = std::fs::read_dir("contracts/node_modules/@foundry-rs").into_iter().flatten().flatten();
    let candidates = on_path.chain(from_npm.map(|package| package.path().join("bin")));
    candidates
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
        .ok_or_else(|| Problem::new("there is no anvil here").hint("install Foundry, or name the program with --anvil"))
}
