//! The call tree of a transaction as text: calls, events, errors and storage changes by name.

use std::io::{self, Write};

use alloy_primitives::{Address, U256};

use crate::{
    artifact::Artifacts,
    book::Book,
    decode::Decoder,
    evm::{Frame, FrameEnd, FrameKind, Preimages, TraceEvent},
    variables::Variables,
};

/// Whether text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// For a terminal.
    On,
    /// For everything else.
    Off,
}

/// What a piece of the text is.
#[derive(Clone, Copy)]
enum Ink {
    Call,
    Event,
    Store,
    Failure,
    Aside,
}

impl Ink {
    /// What a terminal wants before it. Bright and dim differ without hue as well, and every line says what it is in words.
    const fn code(self) -> &'static str {
        match self {
            Self::Call => "\u{1b}[1m",
            Self::Event => "\u{1b}[33m",
            Self::Store => "\u{1b}[36m",
            Self::Failure => "\u{1b}[1;31m",
            Self::Aside => "\u{1b}[2m",
        }
    }
}

/// Tells call trees of one world.
#[derive(Clone, Copy)]
pub struct Tracer<'a> {
    book: &'a Book,
    artifacts: &'a Artifacts,
    decoder: Decoder<'a>,
    colours: Colours,
}

impl<'a> Tracer<'a> {
    /// Speaks by the names of `book`, and the ABIs and storage layouts of `artifacts`.
    pub fn new(book: &'a Book, artifacts: &'a Artifacts, colours: Colours) -> Self {
        Self { book, artifacts, decoder: Decoder::new(book, artifacts), colours }
    }

    /// Writes a tree, indented by depth. `preimages` are what was hashed meanwhile.
    pub fn render(&self, frame: &Frame, preimages: &Preimages, out: &mut dyn Write) -> io::Result<()> {
        self.frame(frame, preimages, 2, out)
    }

    fn paint(&self, ink: Ink, text: &str) -> String {
        match self.colours {
            Colours::On => format!("{}{text}\u{1b}[0m", ink.code()),
            Colours::Off => text.to_owned(),
        }
    }

    fn frame(&self, frame: &Frame, preimages: &Preimages, depth: usize, out: &mut dyn Write) -> io::Result<()> {
        let indent = "  ".repeat(depth);
        let gas = self.paint(Ink::Aside, &format!("({} gas)", frame.gas));
        writeln!(out, "{indent}{}  {gas}", self.paint(Ink::Call, &self.heading(frame)))?;
        for event in &frame.events {
            match event {
                TraceEvent::Frame(inner) => self.frame(inner, preimages, depth + 1, out)?,
                TraceEvent::Log(log) => {
                    let text = format!("emits {}", self.decoder.event(log));
                    writeln!(out, "{indent}  {}", self.paint(Ink::Event, &text))?;
                }
                TraceEvent::Store { address, slot, before, after } => {
                    for line in self.stores(*address, *slot, (*before, *after), preimages) {
                        writeln!(out, "{indent}  {}", self.paint(Ink::Store, &format!("stores {line}")))?;
                    }
                }
            }
        }
        let ink = if matches!(frame.end, FrameEnd::Returned(_)) { Ink::Aside } else { Ink::Failure };
        writeln!(out, "{indent}{}", self.paint(ink, &self.ending(frame)))
    }

    /// What changed at a slot: each variable of it that did, before and after.
    fn stores(
        &self,
        address: Address,
        slot: U256,
        (before, after): (U256, U256),
        preimages: &Preimages,
    ) -> Vec<String> {
        let whose = self.book.name(address);
        let contract = self.book.get(address).and_then(|entry| entry.contract.as_deref());
        let artifact = contract.filter(|name| self.artifacts.has(name)).map(|name| self.artifacts.get(name));
        if let Some(layout) = artifact.and_then(|artifact| artifact.layout.as_ref()) {
            let variables = Variables::new(layout, preimages, self.book);
            let told = variables.at(slot).into_iter().filter_map(|named| {
                let [was, is] = [before, after].map(|word| variables.value(&named, word));
                (was != is).then(|| format!("{whose}.{}: {was} -> {is}", named.path))
            });
            let told: Vec<String> = told.collect();
            if !told.is_empty() {
                return told;
            }
        }
        vec![format!("{whose} {slot:#x}: {before:#x} -> {after:#x}")]
    }

    fn heading(&self, frame: &Frame) -> String {
        let decoder = &self.decoder;
        match frame.kind {
            FrameKind::Create => format!("creates {}", decoder.name(frame.to)),
            FrameKind::Call => decoder.call(frame.to, &frame.input),
            FrameKind::StaticCall => format!("asks {}", decoder.call(frame.to, &frame.input)),
            FrameKind::DelegateCall => format!("runs {}", decoder.call(frame.code, &frame.input)),
        }
    }

    fn ending(&self, frame: &Frame) -> String {
        let decoder = &self.decoder;
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
}
