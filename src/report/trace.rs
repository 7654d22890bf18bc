//! The call tree of a transaction as text: calls, events and storage changes by name.

use std::io::{self, Write};

use crate::{
    decode::Decoder,
    evm::{Frame, FrameEnd, FrameKind, TraceEvent},
};

/// Writes a tree, indented by depth.
pub fn render(frame: &Frame, decoder: &Decoder<'_>, out: &mut dyn Write) -> io::Result<()> {
    frame_text(frame, decoder, 2, out)
}

fn frame_text(frame: &Frame, decoder: &Decoder<'_>, depth: usize, out: &mut dyn Write) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    writeln!(out, "{indent}{}  ({} gas)", heading(frame, decoder), frame.gas)?;
    for event in &frame.events {
        match event {
            TraceEvent::Frame(inner) => frame_text(inner, decoder, depth + 1, out)?,
            TraceEvent::Log(log) => writeln!(out, "{indent}  emits {}", decoder.event(log))?,
            TraceEvent::Store { address, slot, before } => {
                writeln!(out, "{indent}  stores {} {slot:#x}, was {before:#x}", decoder.name(*address))?;
            }
        }
    }
    writeln!(out, "{indent}{}", ending(frame, decoder))
}

fn heading(frame: &Frame, decoder: &Decoder<'_>) -> String {
    match frame.kind {
        FrameKind::Create => format!("creates {}", decoder.name(frame.to)),
        FrameKind::Call => decoder.call(frame.to, &frame.input),
        FrameKind::StaticCall => format!("asks {}", decoder.call(frame.to, &frame.input)),
        FrameKind::DelegateCall => format!("runs {}", decoder.call(frame.code, &frame.input)),
    }
}

fn ending(frame: &Frame, decoder: &Decoder<'_>) -> String {
    match &frame.end {
        FrameEnd::Returned(_) if frame.kind == FrameKind::Create => "<- created".to_owned(),
        FrameEnd::Returned(output) => {
            let output = decoder.output(frame.code, &frame.input, output);
            if output.is_empty() { "<- ()".to_owned() } else { format!("<- {output}") }
        }
        FrameEnd::Reverted(data) => format!("<- reverted: {}", decoder.error(data)),
        FrameEnd::Halted(reason) => format!("<- halted: {reason}"),
    }
}
