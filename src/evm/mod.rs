//! The EVM. The only module that names revm, whose majors come monthly.
//!
//! A [`World`] is one long-lived EVM with its state in the journal. Calls take the shortest way through revm: no
//! transaction is validated, paid for or rewarded, a frame is run. The journal's entries are kept as an undo log, so
//! going back to a [`Snapshot`] costs what was changed since, not the size of the state, and the slots that a call
//! changed are known without looking for them.

mod base;
mod comparisons;
mod coverage;
mod preimages;
mod trace;

use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, Log, U256};
use revm::{
    bytecode::Bytecode,
    context::{
        BlockEnv, CfgEnv, Context, Evm, Journal, JournalEntry, JournalTr, LocalContext, LocalContextTr, TxEnv,
        journaled_state::entry::JournalEntryTr, result::EVMError,
    },
    handler::{EthFrame, EthPrecompiles, EvmTr, FrameResult, ItemOrResult, instructions::EthInstructions},
    interpreter::{
        CallInput, CallInputs, CallScheme, CallValue, CreateInputs, CreateScheme, FrameInput, InstructionResult,
        SharedMemory, interpreter::EthInterpreter, interpreter_action::FrameInit,
    },
    primitives::hardfork::SpecId,
};

pub use base::{Account, Backing, Origin};
pub use coverage::{Edge, EdgeMap};
pub use preimages::Preimages;
pub use trace::{Frame, FrameEnd, FrameKind, TraceEvent};

use crate::{
    call::{Outcome, SECONDS_PER_BLOCK, Transaction},
    limits,
};
use base::Base;
use comparisons::Comparisons;
use preimages::Hashes;
use trace::Recorder;

/// What instructions note besides what they do.
#[derive(Debug, Default)]
struct Notes {
    edges: EdgeMap,
    comparisons: Comparisons,
    hashes: Hashes,
}

/// What instructions see: state, block and notes.
type Host = Context<BlockEnv, TxEnv, CfgEnv, Base, Journal<Base>, Notes>;

type Machine = Evm<Host, (), EthInstructions<EthInterpreter, Host>, EthPrecompiles, EthFrame<EthInterpreter>>;

/// Chain id, the one that development nodes use.
pub const CHAIN_ID: u64 = 31_337;

/// The rules: those that were in force when the redistribution release went live.
const RULES: SpecId = SpecId::PRAGUE;

/// Block number and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Number.
    pub number: u64,
    /// Time, in seconds.
    pub timestamp: u64,
}

/// A point to go back to. Taken in order: going back to one drops those taken after it.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot {
    undo: usize,
    block: Block,
}

/// What of the state can be asked for, and changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// A storage slot: whose and which.
    Slot(Address, U256),
    /// The ETH of an account, in wei.
    Balance(Address),
}

/// An EVM with its state.
pub struct World {
    machine: Machine,
    /// What was changed since the world began, oldest first.
    undo: Vec<JournalEntry>,
    /// Where in `undo` the last call begins.
    last_call: usize,
    /// What the last call announced.
    logs: Vec<Log>,
    /// What the last call used.
    gas: u64,
}

impl World {
    /// A world without accounts.
    pub fn new(block: Block) -> Self {
        let mut instructions = EthInstructions::new_mainnet_with_spec(RULES);
        coverage::instrument(&mut instructions);
        comparisons::instrument(&mut instructions);
        preimages::instrument(&mut instructions);
        Self::with(instructions, block)
    }

    /// A world that begins after a block of a chain, with all that is there.
    pub fn on(origin: &Origin) -> Self {
        let Block { number, timestamp } = origin.block;
        let mut world = Self::new(Block { number: number + 1, timestamp: timestamp + SECONDS_PER_BLOCK });
        world.machine.ctx.cfg.chain_id = origin.chain_id;
        world.machine.ctx.journaled_state.database = Base(Some(Arc::clone(&origin.backing)));
        world
    }

    /// Counts the edges of a contract that was there before the world, as of those that it creates.
    pub fn adopt(&mut self, address: Address) {
        let loaded = self.machine.ctx.journaled_state.load_account_with_code(address);
        loaded.expect("no database of ours fails");
        self.register_code(address);
    }

    /// A world without accounts whose instructions note nothing: neither edges nor comparisons. What everything else is
    /// measured against.
    pub fn unobserved(block: Block) -> Self {
        Self::with(EthInstructions::new_mainnet_with_spec(RULES), block)
    }

    fn with(instructions: EthInstructions<EthInterpreter, Host>, block: Block) -> Self {
        let mut cfg = CfgEnv::new_with_spec(RULES);
        cfg.chain_id = CHAIN_ID;
        let host = Context {
            block: BlockEnv::default(),
            tx: TxEnv::default(),
            journaled_state: Journal::new(Base::default()),
            chain: Notes::default(),
            local: LocalContext::default(),
            error: Ok(()),
            cfg,
        };
        let mut machine = Evm::new(host, instructions, EthPrecompiles::new(RULES));
        machine.ctx.journaled_state.set_spec_id(RULES);
        let precompiles = machine.precompiles.warm_addresses().clone();
        machine.ctx.journaled_state.warm_precompiles(&precompiles);
        let mut world = Self { machine, undo: Vec::new(), last_call: 0, logs: Vec::new(), gas: 0 };
        world.set_block(block);
        world
    }

    /// The block that calls are in.
    pub fn block(&self) -> Block {
        let block = &self.machine.ctx.block;
        Block { number: block.number.saturating_to(), timestamp: block.timestamp.saturating_to() }
    }

    /// Moves to another block.
    pub fn set_block(&mut self, block: Block) {
        let env = &mut self.machine.ctx.block;
        env.number = U256::from(block.number);
        env.timestamp = U256::from(block.timestamp);
        env.basefee = 0;
        env.gas_limit = limits::GAS_PER_CALL;
        env.prevrandao = Some(B256::ZERO);
    }

    /// Plays a transaction. What it changed stays; of one that reverts, nothing does.
    pub fn call(&mut self, transaction: &Transaction) -> Outcome {
        self.transact(transaction, None)
    }

    /// Plays a transaction and tells how it went.
    pub fn call_traced(&mut self, transaction: &Transaction) -> (Outcome, Option<Frame>) {
        let mut recorder = Recorder::default();
        self.machine.ctx.chain.hashes = Hashes { is_on: true, ..Hashes::default() };
        let outcome = self.transact(transaction, Some(&mut recorder));
        self.machine.ctx.chain.hashes.is_on = false;
        (outcome, recorder.finish())
    }

    /// What the last call that was traced hashed: the keys of the mappings that it wrote to are among it.
    pub fn preimages(&self) -> &Preimages {
        &self.machine.ctx.chain.hashes.seen
    }

    /// Plays a transaction on a copy: nothing it changes stays.
    pub fn view(&mut self, transaction: &Transaction) -> Outcome {
        let snapshot = self.snapshot();
        let outcome = self.call(transaction);
        self.revert_to(snapshot);
        outcome
    }

    /// As [`World::view`], of which nobody must notice anything: edges, comparisons, and what is known of the last call
    /// stay as they are.
    pub fn ask(&mut self, view: &Transaction) -> Outcome {
        self.view_noting(view, Notes::default()).0
    }

    /// The last numbers that contracts compare with each other in a transaction, the last first. Nobody must notice, as of
    /// [`World::ask`].
    pub fn compared(&mut self, transaction: &Transaction) -> Vec<(U256, U256)> {
        let notes = Notes { comparisons: Comparisons::noted(), ..Notes::default() };
        self.view_noting(transaction, notes).1.comparisons.last().collect()
    }

    /// As [`World::view`], with notes of its own.
    fn view_noting(&mut self, view: &Transaction, notes: Notes) -> (Outcome, Notes) {
        let kept = std::mem::replace(&mut self.machine.ctx.chain, notes);
        let (logs, last_call) = (std::mem::take(&mut self.logs), self.last_call);
        let outcome = self.view(view);
        let notes = std::mem::replace(&mut self.machine.ctx.chain, kept);
        (self.logs, self.last_call) = (logs, last_call);
        (outcome, notes)
    }

    /// Creates a contract. The address is that of the sender's next nonce.
    pub fn create(&mut self, from: Address, init_code: Bytes) -> Result<Address, Outcome> {
        let input = FrameInput::Create(Box::new(CreateInputs::new(
            from,
            CreateScheme::Create,
            U256::ZERO,
            init_code,
            limits::GAS_PER_DEPLOYMENT,
            0,
        )));
        self.machine.ctx.tx.caller = from;
        match self.run(input, None) {
            FrameResult::Create(created) => match (outcome(&created.result), created.address) {
                (Outcome::Returned(_), Some(address)) => {
                    self.register_code(address);
                    Ok(address)
                }
                (failed, _) => Err(failed),
            },
            FrameResult::Call(_) => unreachable!("a creation ends as a creation"),
        }
    }

    /// A storage slot.
    pub fn storage(&self, address: Address, slot: U256) -> U256 {
        let state = &self.machine.ctx.journaled_state.inner.state;
        let value = state.get(&address).and_then(|account| account.storage.get(&slot));
        value.map_or_else(|| self.base().slot(address, slot), |value| value.present_value)
    }

    fn base(&self) -> &Base {
        &self.machine.ctx.journaled_state.database
    }

    /// The ETH of an account, in wei.
    pub fn balance(&self, address: Address) -> U256 {
        let state = &self.machine.ctx.journaled_state.inner.state;
        state.get(&address).map_or_else(|| self.base().balance(address), |account| account.info.balance)
    }

    /// What stands at a place.
    pub fn look(&self, place: Place) -> U256 {
        match place {
            Place::Slot(address, slot) => self.storage(address, slot),
            Place::Balance(address) => self.balance(address),
        }
    }

    /// Gives ETH to an account, out of nothing.
    pub fn fund(&mut self, address: Address, wei: U256) {
        let journal = &mut self.machine.ctx.journaled_state;
        journal.balance_incr(address, wei).expect("no database of ours fails");
        self.last_call = self.undo.len();
        self.undo.extend(journal.inner.journal.drain(..).filter(lasting));
        journal.inner.commit_tx();
    }

    /// The places that the last call changed. A place may be named twice.
    pub fn changed(&self) -> impl Iterator<Item = Place> + '_ {
        places_of(&self.undo[self.last_call..])
    }

    /// The events of the last call, in order.
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The gas that the last call used, without what a transaction costs by itself, and before refunds.
    pub fn gas(&self) -> u64 {
        self.gas
    }

    /// A point to come back to.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { undo: self.undo.len(), block: self.block() }
    }

    /// Goes back to `snapshot`, which stays good.
    pub fn revert_to(&mut self, snapshot: Snapshot) {
        assert!(snapshot.undo <= self.undo.len(), "a snapshot outlives only what came after it");
        let mut codes_changed = false;
        let state = &mut self.machine.ctx.journaled_state.inner.state;
        for entry in self.undo.drain(snapshot.undo..).rev() {
            codes_changed |= matches!(entry, JournalEntry::CodeChange { .. } | JournalEntry::AccountCreated { .. });
            entry.revert(state, None, true);
        }
        if codes_changed {
            self.machine.ctx.chain.edges.forget_addresses();
        }
        self.last_call = self.undo.len();
        self.logs.clear();
        self.set_block(snapshot.block);
    }

    /// Forgets what is as if it had never been: slots that hold zero, and accounts that have nothing. Going back keeps a
    /// place for each that was ever read or written, which are more with every run.
    ///
    /// Nothing can tell the difference: the database behind it is empty, and every transaction begins with all of it cold.
    pub fn sweep(&mut self) {
        let state = &mut self.machine.ctx.journaled_state.inner.state;
        for account in state.values_mut() {
            account.storage.retain(|_, slot| !slot.present_value.is_zero());
        }
        state.retain(|_, account| !account.storage.is_empty() || !account.info.is_empty());
    }

    /// Slots and accounts that it has a place for.
    pub fn places(&self) -> usize {
        let state = &self.machine.ctx.journaled_state.inner.state;
        state.values().map(|account| account.storage.len() + 1).sum()
    }

    /// The edges taken since they were last cleared.
    pub fn edges(&self) -> &EdgeMap {
        &self.machine.ctx.chain.edges
    }

    /// The edges taken since they were last cleared.
    pub fn edges_mut(&mut self) -> &mut EdgeMap {
        &mut self.machine.ctx.chain.edges
    }

    fn register_code(&mut self, address: Address) {
        let state = &self.machine.ctx.journaled_state.inner.state;
        let Some(info) = state.get(&address).map(|account| &account.info) else { return };
        let code = info.code.as_ref().map(Bytecode::original_bytes).unwrap_or_default();
        if info.code_hash != KECCAK256_EMPTY {
            self.machine.ctx.chain.edges.register(info.code_hash, code);
        }
    }

    fn transact(&mut self, transaction: &Transaction, recorder: Option<&mut Recorder>) -> Outcome {
        let journal = &mut self.machine.ctx.journaled_state;
        // The sender must be loaded to pay; the target, for its code.
        journal.load_account(transaction.from).expect("no database of ours fails");
        let account = journal.load_account_with_code(transaction.to).expect("no database of ours fails");
        let known_bytecode = (account.info.code_hash, account.info.code.clone().unwrap_or_default());
        self.machine.ctx.tx.caller = transaction.from;
        let input = FrameInput::Call(Box::new(CallInputs {
            input: CallInput::Bytes(transaction.data.clone()),
            gas_limit: limits::GAS_PER_CALL,
            target_address: transaction.to,
            bytecode_address: transaction.to,
            known_bytecode,
            caller: transaction.from,
            value: CallValue::Transfer(transaction.value),
            scheme: CallScheme::Call,
            is_static: false,
            return_memory_offset: 0..0,
            reservoir: 0,
            charged_new_account_state_gas: false,
        }));
        match self.run(input, recorder) {
            FrameResult::Call(call) => outcome(&call.result),
            FrameResult::Create(_) => unreachable!("a call ends as a call"),
        }
    }

    /// Runs a frame and all that it calls, and moves what changed from the journal to the undo log.
    fn run(&mut self, input: FrameInput, recorder: Option<&mut Recorder>) -> FrameResult {
        let memory = SharedMemory::new_with_buffer(self.machine.ctx.local.shared_memory_buffer().clone());
        let first = FrameInit { depth: 0, memory, frame_input: input };
        let result = match recorder {
            None => self.run_frames(first),
            Some(recorder) => self.run_frames_traced(first, recorder),
        };
        let result = result.expect("no database of ours fails");
        self.gas = result.gas().total_gas_spent();
        self.last_call = self.undo.len();
        let journal = &mut self.machine.ctx.journaled_state.inner;
        self.undo.extend(journal.journal.drain(..).filter(lasting));
        std::mem::swap(&mut self.logs, &mut journal.logs);
        journal.commit_tx();
        self.machine.ctx.local.clear();
        self.machine.frame_stack().clear();
        result
    }

    fn run_frames(&mut self, first: FrameInit) -> Result<FrameResult, EVMError<std::convert::Infallible>> {
        let machine = &mut self.machine;
        if let ItemOrResult::Result(result) = machine.frame_init(first)? {
            return Ok(result);
        }
        loop {
            let result = match machine.frame_run()? {
                ItemOrResult::Item(call) => match machine.frame_init(call)? {
                    ItemOrResult::Item(_) => continue,
                    ItemOrResult::Result(result) => result,
                },
                ItemOrResult::Result(result) => result,
            };
            if let Some(result) = machine.frame_return_result(result)? {
                return Ok(result);
            }
        }
    }

    /// As [`World::run_frames`], telling `recorder` what happens between the frames.
    fn run_frames_traced(
        &mut self,
        first: FrameInit,
        recorder: &mut Recorder,
    ) -> Result<FrameResult, EVMError<std::convert::Infallible>> {
        let mut noted = Noted::default();
        recorder.enter(frame_of(&first.frame_input, &self.machine.ctx));
        if let ItemOrResult::Result(result) = self.machine.frame_init(first)? {
            leave(recorder, &result);
            return Ok(result);
        }
        loop {
            let action = self.machine.frame_run()?;
            noted.catch_up(&self.machine.ctx.journaled_state.inner, recorder);
            let result = match action {
                ItemOrResult::Item(call) => {
                    recorder.enter(frame_of(&call.frame_input, &self.machine.ctx));
                    match self.machine.frame_init(call)? {
                        ItemOrResult::Item(_) => continue,
                        ItemOrResult::Result(result) => result,
                    }
                }
                ItemOrResult::Result(result) => result,
            };
            leave(recorder, &result);
            if let Some(result) = self.machine.frame_return_result(result)? {
                return Ok(result);
            }
        }
    }
}

/// Whether an entry of the journal matters once its transaction is over.
fn lasting(entry: &JournalEntry) -> bool {
    !matches!(
        entry,
        JournalEntry::AccountWarmed { .. }
            | JournalEntry::StorageWarmed { .. }
            | JournalEntry::TransientStorageChange { .. }
            | JournalEntry::AccountTouched { .. }
    )
}

fn places_of(entries: &[JournalEntry]) -> impl Iterator<Item = Place> + '_ {
    let first = entries.iter().filter_map(|entry| match entry {
        JournalEntry::StorageChanged { address, key, .. } => Some(Place::Slot(*address, *key)),
        JournalEntry::BalanceChange { address, .. } | JournalEntry::AccountDestroyed { address, .. } => {
            Some(Place::Balance(*address))
        }
        JournalEntry::BalanceTransfer { from, .. } => Some(Place::Balance(*from)),
        _ => None,
    });
    let receiving = entries.iter().filter_map(|entry| match entry {
        JournalEntry::BalanceTransfer { to, .. } => Some(Place::Balance(*to)),
        JournalEntry::AccountDestroyed { target, .. } => Some(Place::Balance(*target)),
        _ => None,
    });
    first.chain(receiving)
}

/// How much of the journal the recorder knows.
#[derive(Default)]
struct Noted {
    entries: usize,
    logs: usize,
}

impl Noted {
    /// Tells `recorder` of what the journal has that it does not know. A frame that fails takes its entries back, so
    /// the journal can be shorter than before.
    fn catch_up(&mut self, journal: &revm::context::JournalInner<JournalEntry>, recorder: &mut Recorder) {
        let entries = journal.journal.get(self.entries..).unwrap_or_default();
        for (at, entry) in entries.iter().enumerate() {
            if let JournalEntry::StorageChanged { address, key, had_value } = entry {
                let after = written(journal, &entries[at + 1..], (*address, *key));
                recorder.note(TraceEvent::Store { address: *address, slot: *key, before: *had_value, after });
            }
        }
        for log in journal.logs.get(self.logs..).unwrap_or_default() {
            recorder.note(TraceEvent::Log(Log::clone(log)));
        }
        *self = Self { entries: journal.journal.len(), logs: journal.logs.len() };
    }
}

/// What a write left at a place: what the next write of `later` found there, or what is there now.
fn written(
    journal: &revm::context::JournalInner<JournalEntry>,
    later: &[JournalEntry],
    (address, slot): (Address, U256),
) -> U256 {
    let next = later.iter().find_map(|entry| match entry {
        JournalEntry::StorageChanged { address: at, key, had_value } if (*at, *key) == (address, slot) => {
            Some(*had_value)
        }
        _ => None,
    });
    next.unwrap_or_else(|| {
        let value = journal.state.get(&address).and_then(|account| account.storage.get(&slot));
        value.map_or(U256::ZERO, |value| value.present_value)
    })
}

fn frame_of(input: &FrameInput, host: &Host) -> Frame {
    let (kind, from, to, code, value, input) = match input {
        FrameInput::Call(call) => {
            let kind = match call.scheme {
                CallScheme::Call => FrameKind::Call,
                CallScheme::DelegateCall | CallScheme::CallCode => FrameKind::DelegateCall,
                CallScheme::StaticCall => FrameKind::StaticCall,
            };
            let data = call.input.bytes(host);
            (kind, call.caller, call.target_address, call.bytecode_address, call.call_value(), data)
        }
        FrameInput::Create(create) => {
            let nobody = Address::ZERO;
            (FrameKind::Create, create.caller(), nobody, nobody, create.value(), create.init_code().clone())
        }
        FrameInput::Empty => unreachable!("a frame that runs has input"),
    };
    Frame { kind, from, to, code, value, input, events: Vec::new(), end: FrameEnd::Returned(Bytes::new()), gas: 0 }
}

fn leave(recorder: &mut Recorder, result: &FrameResult) {
    let (inner, created) = match result {
        FrameResult::Call(call) => (&call.result, None),
        FrameResult::Create(create) => (&create.result, create.address),
    };
    let end = match outcome(inner) {
        Outcome::Returned(output) => FrameEnd::Returned(output),
        Outcome::Reverted(data) => FrameEnd::Reverted(data),
        Outcome::Halted(reason) => FrameEnd::Halted(reason),
    };
    recorder.leave(end, inner.gas.total_gas_spent(), created);
}

fn outcome(result: &revm::interpreter::InterpreterResult) -> Outcome {
    match result.result {
        reason if reason.is_ok() => Outcome::Returned(result.output.clone()),
        InstructionResult::Revert => Outcome::Reverted(result.output.clone()),
        reason => Outcome::Halted(format!("{reason:?}")),
    }
}
