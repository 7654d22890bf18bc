//! `slashproof replay --step`: a sequence call by call, with the ledger before and after each.
//!
//! Commands are lines on standard input, so that a script can walk as well as a person.

use std::io::{self, BufRead, IsTerminal, Write};

use super::printed;
use crate::{
    call::{Call, Outcome},
    campaign::violation,
    evm::{Frame, Preimages},
    executor::{Executor, Moment},
    finding::Told,
    ledger::Ledger,
    model::{Difference, fields},
    oracle::{Checkpoint, Invariant},
    problem::Problem,
    report::trace::Tracer,
};

const HELP: &str = "\
n, or an empty line  plays the next call and tells what it changed in the ledger
t                    the call tree of the last call
d                    what the last call changed, again
b                    goes back to before the last call
l [TEXT]             the ledger as it stands, where it is not as it was deployed; only lines with TEXT
c                    plays all that is left
q                    stops here
h                    these lines";

/// A sequence to be walked.
pub(super) struct Walk<'a, 'p> {
    pub executor: &'a mut Executor<'p>,
    pub invariant: &'static Invariant,
    pub calls: &'a [Call],
    pub told: &'a [Told],
    pub tracer: Tracer<'a>,
}

/// What was played, and what there was before it.
struct Played {
    before: Moment,
    ledger: Ledger,
    tree: Option<(Frame, Preimages)>,
    violated: Option<String>,
}

/// How a walk ended.
pub(super) struct Walked {
    /// Whether every call was played.
    pub to_the_end: bool,
    /// How the last call violated the invariant, if it did.
    pub violated: Option<String>,
}

impl Walk<'_, '_> {
    /// Does what the lines of `commands` say, until they or the calls end.
    pub fn go(mut self, commands: &mut dyn BufRead, out: &mut dyn Write) -> Result<Walked, Problem> {
        self.executor.reset();
        let begun = self.executor.ledger().clone();
        let mut played: Vec<Played> = Vec::new();
        printed(writeln!(out, "{} calls; h tells the commands", self.calls.len()))?;
        loop {
            if io::stdin().is_terminal() {
                printed(write!(out, "{} of {}> ", played.len(), self.calls.len()).and_then(|()| out.flush()))?;
            }
            let mut line = String::new();
            let read = commands.read_line(&mut line);
            let read = read.map_err(|error| Problem::new(format!("cannot read standard input: {error}")))?;
            let (command, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
            match (read, command) {
                (0, _) | (_, "q") => break,
                (_, "" | "n") => self.next(&mut played, out)?,
                (_, "c") => {
                    while played.len() < self.calls.len() && is_quiet(&played) {
                        self.next(&mut played, out)?;
                    }
                    break;
                }
                (_, "b") => self.back(&mut played, out)?,
                (_, "t") => self.tree(&played, out)?,
                (_, "d") => self.changes(&played, out)?,
                (_, "l") => self.ledger(&begun, rest, out)?,
                (_, "h") => printed(writeln!(out, "{HELP}"))?,
                (_, other) => printed(writeln!(out, "there is no command {other:?}; h tells them"))?,
            }
        }
        let to_the_end = played.len() == self.calls.len() || !is_quiet(&played);
        Ok(Walked { to_the_end, violated: played.pop().and_then(|last| last.violated) })
    }

    fn next(&mut self, played: &mut Vec<Played>, out: &mut dyn Write) -> Result<(), Problem> {
        let Some(call) = self.calls.get(played.len()) else {
            return printed(writeln!(out, "that was the last call"));
        };
        let told = &self.told[played.len()];
        let (before, mut ledger) = (self.executor.moment(), self.executor.ledger().clone());
        self.executor.advance(call.delay);
        let now = self.executor.ledger();
        (ledger.block, ledger.timestamp) = (now.block, now.timestamp);
        let (number, block) = (played.len() + 1, now.block);
        printed(writeln!(out, "{number:>3}  block {block}  {}  {}  [{}]", told.actor, told.text, told.outcome))?;
        let (tree, violated) = match self.executor.execute_traced(call) {
            Some((outcome, tree)) => (tree, self.violation(call, &outcome)),
            None => (None, None),
        };
        let tree = tree.map(|tree| (tree, self.executor.world().preimages().clone()));
        played.push(Played { before, ledger, tree, violated });
        self.changes(played, out)
    }

    fn violation(&self, call: &Call, outcome: &Outcome) -> Option<String> {
        let at_calls = self.invariant.checkpoint == Checkpoint::EveryCall;
        at_calls.then(|| violation(self.invariant, &self.executor.step(call, outcome))).flatten()
    }

    fn back(&mut self, played: &mut Vec<Played>, out: &mut dyn Write) -> Result<(), Problem> {
        let Some(last) = played.pop() else { return printed(writeln!(out, "nothing was played yet")) };
        self.executor.return_to(&last.before);
        printed(writeln!(out, "before call {}", played.len() + 1))
    }

    fn tree(&self, played: &[Played], out: &mut dyn Write) -> Result<(), Problem> {
        match played.last().and_then(|last| last.tree.as_ref()) {
            Some((tree, preimages)) => printed(self.tracer.render(tree, preimages, out)),
            None => printed(writeln!(out, "nothing was played")),
        }
    }

    /// What the last call changed, before and after.
    fn changes(&self, played: &[Played], out: &mut dyn Write) -> Result<(), Problem> {
        let Some(last) = played.last() else { return printed(writeln!(out, "nothing was played yet")) };
        let changes = fields(&last.ledger, self.executor.ledger(), self.executor.protocol().book());
        if changes.is_empty() {
            printed(writeln!(out, "     the ledger is as it was"))?;
        }
        changes.iter().try_for_each(|change| printed(writeln!(out, "     {}", line(change))))?;
        last.violated.iter().try_for_each(|sentence| printed(writeln!(out, "  -> violated: {sentence}")))
    }

    /// What of the ledger is not as it was deployed, in lines with `text`.
    fn ledger(&self, begun: &Ledger, text: &str, out: &mut dyn Write) -> Result<(), Problem> {
        let changes = fields(begun, self.executor.ledger(), self.executor.protocol().book());
        let mut lines = changes.iter().map(|Difference { what, sides: [_, now], .. }| format!("{what}: {now}"));
        lines.by_ref().filter(|line| line.contains(text)).try_for_each(|line| printed(writeln!(out, "     {line}")))
    }
}

fn is_quiet(played: &[Played]) -> bool {
    played.last().is_none_or(|last| last.violated.is_none())
}

fn line(Difference { what, sides: [before, after], .. }: &Difference) -> String {
    format!("{what}: {before} -> {after}")
}
