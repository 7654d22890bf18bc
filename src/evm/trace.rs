//! The call tree of one transaction: who called whom with what, what came back, what was logged and stored.

use alloy_primitives::{Address, Bytes, Log, U256};

/// One frame of the tree.
#[derive(Clone, Debug)]
pub struct Frame {
    /// How the frame was entered.
    pub kind: FrameKind,
    /// Who called.
    pub from: Address,
    /// Whose storage it works on; for a creation the new contract, if it came to be.
    pub to: Address,
    /// Whose code runs; differs from `to` in a delegate call.
    pub code: Address,
    /// Value in wei.
    pub value: U256,
    /// Calldata, or init code.
    pub input: Bytes,
    /// What happened inside, in order.
    pub events: Vec<TraceEvent>,
    /// How it ended.
    pub end: FrameEnd,
    /// Gas used.
    pub gas: u64,
}

/// How a frame was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// `CALL` or the transaction itself.
    Call,
    /// `DELEGATECALL` or `CALLCODE`.
    DelegateCall,
    /// `STATICCALL`.
    StaticCall,
    /// `CREATE` or `CREATE2`.
    Create,
}

/// How a frame ended.
#[derive(Clone, Debug)]
pub enum FrameEnd {
    /// With this output.
    Returned(Bytes),
    /// With this data.
    Reverted(Bytes),
    /// For this reason.
    Halted(String),
}

/// Something inside a frame.
#[derive(Clone, Debug)]
pub enum TraceEvent {
    /// A call.
    Frame(Frame),
    /// A log.
    Log(Log),
    /// A slot that changed.
    Store {
        /// Whose slot.
        address: Address,
        /// Which.
        slot: U256,
        /// Value before.
        before: U256,
        /// Value after.
        after: U256,
    },
}

/// Builds the tree while the transaction runs.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    open: Vec<Frame>,
    root: Option<Frame>,
}

impl Recorder {
    pub(super) fn enter(&mut self, frame: Frame) {
        self.open.push(frame);
    }

    /// Something happened in the frame that runs.
    pub(super) fn note(&mut self, event: TraceEvent) {
        if let Some(frame) = self.open.last_mut() {
            frame.events.push(event);
        }
    }

    pub(super) fn leave(&mut self, end: FrameEnd, gas: u64, created: Option<Address>) {
        let mut frame = self.open.pop().expect("a frame that ends has begun");
        frame.end = end;
        frame.gas = gas;
        if let Some(created) = created {
            frame.to = created;
        }
        match self.open.last_mut() {
            Some(parent) => parent.events.push(TraceEvent::Frame(frame)),
            None => self.root = Some(frame),
        }
    }

    pub(super) fn finish(self) -> Option<Frame> {
        self.root
    }
}
