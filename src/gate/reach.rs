//! Which functions of which contracts were called, by traces.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    decode::Decoder,
    evm::{Frame, FrameKind, TraceEvent},
    protocol::Protocol,
};

/// Calls by function, each as `Contract.function`.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    pub calls: BTreeMap<String, u64>,
    /// By action: the functions that it reaches.
    pub by_action: BTreeMap<&'static str, BTreeSet<String>>,
}

impl Reach {
    /// Counts a transaction and all that it calls.
    pub fn follow(&mut self, protocol: &dyn Protocol, action: &'static str, frame: &Frame) {
        let decoder = Decoder::new(protocol.book(), protocol.artifacts());
        let mut open = vec![frame];
        while let Some(frame) = open.pop() {
            // A proxy passes on what it was called for.
            if matches!(frame.kind, FrameKind::Call | FrameKind::StaticCall)
                && let Some(function) = decoder.function_name(frame.to, &frame.input)
            {
                *self.calls.entry(function.clone()).or_default() += 1;
                self.by_action.entry(action).or_default().insert(function);
            }
            open.extend(frame.events.iter().filter_map(|event| match event {
                TraceEvent::Frame(frame) => Some(frame),
                TraceEvent::Log(_) | TraceEvent::Store { .. } => None,
            }));
        }
    }

    pub fn add(&mut self, other: Self) {
        for (function, calls) in other.calls {
            *self.calls.entry(function).or_default() += calls;
        }
        for (action, functions) in other.by_action {
            self.by_action.entry(action).or_default().extend(functions);
        }
    }
}
