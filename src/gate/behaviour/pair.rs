//! Two worlds side by side: the same calls are played on the baseline and on the candidate, and compared.

use std::collections::BTreeSet;

use alloy_primitives::Log;

use crate::{
    call::{ActionId, Call, Delay, Outcome, Transaction},
    coverage::Visited,
    decode::Decoder,
    evm::Edge,
    executor::Executor,
    gate::{
        divergence::{Divergence, Key, Kind},
        expect::{Expectations, Then},
        reach::Reach,
        upgrade::Path,
    },
    model::{self, Difference},
    problem::Problem,
    protocol::{Protocol, action_called},
};

/// The baseline, and the same deployment upgraded at once: all addresses are the same.
pub(super) struct Pair<'p> {
    pub old: Executor<'p>,
    pub new: Executor<'p>,
    /// By action of the baseline: that of the candidate.
    actions: Vec<ActionId>,
    expectations: &'p Expectations,
    /// What the upgrade itself made different of the deployment: that is for the judgement of upgrades.
    begun: Vec<Difference>,
    /// Fields in which the ledgers of this run differ and are meant to.
    parted: BTreeSet<String>,
    /// Where this run has been in the candidate's code; of builds without source maps nobody asks.
    visited: Option<Visited>,
    is_over: bool,
}

/// What came of one call on both.
#[derive(Default)]
pub(super) struct Compared {
    pub met: Vec<Divergence>,
    /// Gas on either, if both succeeded.
    pub gas: Option<[u64; 2]>,
    /// Whether there was anything to play.
    pub played: bool,
    pub succeeded: bool,
}

impl<'p> Pair<'p> {
    pub fn new(path: Path<'p>, expectations: &'p Expectations) -> Result<Self, Problem> {
        let (mut old, mut new) = (Executor::deploy(path.from)?, Executor::deploy(path.to)?);
        old.ask_for([]);
        new.ask_for([]);
        let same = |action: &crate::protocol::ActionInfo| action_called(path.to, action.name).unwrap_or(ActionId::NONE);
        let actions = path.from.actions().iter().map(same).collect();
        let begun = apart(&old, &new);
        let visited = path.to.artifacts().have_source_maps().then(Visited::default);
        Ok(Self { old, new, actions, expectations, begun, parted: BTreeSet::new(), visited, is_over: false })
    }

    pub fn reset(&mut self) {
        self.old.reset();
        self.new.reset();
        self.parted.clear();
        if let Some(visited) = &mut self.visited {
            visited.begin();
        }
        self.is_over = false;
    }

    /// Adds the edges of the candidate's code that the last call took first in this run.
    pub fn visit(&mut self, taken: &mut Vec<Edge>) {
        let Some(visited) = &mut self.visited else { return };
        taken.extend(self.new.world().edges().taken().iter().filter(|edge| visited.is_first(**edge)));
    }

    /// Whether the two cannot be compared any further.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    pub fn advance(&mut self, delay: Delay) {
        self.old.advance(delay);
        self.new.advance(delay);
    }

    /// Plays a call on both; its delay has passed. With `reach`, what is called on the candidate is counted.
    pub fn execute(&mut self, call: &Call, reach: Option<&mut Reach>) -> Compared {
        let action = usize::from(call.action.0);
        let same = self.same(call);
        let sent = [self.old.transaction(call), self.new.transaction(&same)];
        let name = self.old.protocol().actions().get(action).map_or("exit", |action| action.name);
        let mut compared = Compared { played: sent[0].is_some(), ..Compared::default() };
        let [Some(sent), Some(_)] = &sent else {
            // What cannot be asked of the baseline is new, and there is nothing to compare it with.
            if sent[0].is_some() {
                let sentence = "what is asked names something that is not there on the candidate".to_owned();
                compared.met = vec![meet(name, Kind::Call, "not there on the candidate".to_owned(), sentence)];
            }
            self.follow(&mut compared.met);
            return compared;
        };
        let old = self.old.execute(call).expect("it can be sent");
        let new = match reach {
            None => self.new.execute(&same),
            Some(reach) => self.new.execute_traced(&same).map(|(outcome, frame)| {
                if let Some(frame) = &frame {
                    reach.follow(self.new.protocol(), name, frame);
                }
                outcome
            }),
        };
        let new = new.expect("it can be sent");
        let both = old.is_success() && new.is_success();
        compared.gas = both.then(|| [self.old.world().gas(), self.new.world().gas()]);
        compared.succeeded = old.is_success();
        compared.met.extend(self.endings(name, sent, [&old, &new]));
        if both {
            compared.met.extend(self.announced(name));
        }
        if old.is_success() || new.is_success() {
            compared.met.extend(self.kept(name));
        }
        self.follow(&mut compared.met);
        compared
    }

    /// A call of the baseline as one of the candidate.
    pub fn same(&self, call: &Call) -> Call {
        let action = self.actions.get(usize::from(call.action.0)).copied().unwrap_or(ActionId::NONE);
        Call { action, ..call.clone() }
    }

    /// Decides whether the run goes on after what was met.
    fn follow(&mut self, met: &mut [Divergence]) {
        for Divergence { key, .. } in met {
            match self.expectations.then(key) {
                Some(Then::GoOn) if key.kind == Kind::Ledger => {
                    self.parted.insert(key.condition.clone());
                }
                Some(Then::GoOn) => {}
                Some(Then::Stop) | None => self.is_over = true,
            }
        }
    }

    fn endings(&self, action: &str, sent: &Transaction, outcomes: [&Outcome; 2]) -> Option<Divergence> {
        let [old, new] = self.decoders();
        let [was, is] = outcomes;
        let sentence = || format!("it {} on the baseline, and {} on the candidate", old.outcome(was), new.outcome(is));
        let error = |decoder: &Decoder<'_>, outcome: &Outcome| match outcome {
            Outcome::Returned(_) => "returned".to_owned(),
            Outcome::Reverted(data) => decoder.error_name(data),
            Outcome::Halted(reason) => reason.clone(),
        };
        match (was, is) {
            (Outcome::Returned(was), Outcome::Returned(is)) if was == is => None,
            (Outcome::Returned(was), Outcome::Returned(is)) => {
                let function = new.function_name(sent.to, &sent.data).unwrap_or_default();
                let sentence = format!(
                    "it returned ({}) on the baseline, and ({}) on the candidate",
                    old.output(sent.to, &sent.data, was),
                    new.output(sent.to, &sent.data, is)
                );
                Some(meet(action, Kind::Output, function, sentence))
            }
            (Outcome::Returned(_), _) => {
                Some(meet(action, Kind::Success, format!("fails: {}", error(&new, is)), sentence()))
            }
            (_, Outcome::Returned(_)) => {
                Some(meet(action, Kind::Success, format!("succeeds: {}", error(&old, was)), sentence()))
            }
            (was, is) if was == is => None,
            (was, is) => {
                let condition = format!("{} to {}", error(&old, was), error(&new, is));
                Some(meet(action, Kind::Error, condition, sentence()))
            }
        }
    }

    /// Events: which are gone, which are new, and which say something else.
    fn announced(&self, action: &str) -> Vec<Divergence> {
        let (was, is) = (self.old.world().logs(), self.new.world().logs());
        if was == is {
            return Vec::new();
        }
        let [old, new] = self.decoders();
        let only = |these: &[Log], those: &[Log], decoder: &Decoder<'_>| -> Vec<(String, String)> {
            let missing = these.iter().filter(|log| !those.contains(log));
            missing.map(|log| (event_name(decoder, log), decoder.event(log))).collect()
        };
        let (gone, come) = (only(was, is, &old), only(is, was, &new));
        let mut found = Vec::new();
        for (name, text) in &gone {
            if let Some((_, other)) = come.iter().find(|(other, _)| other == name) {
                let sentence = format!("it announced {text} on the baseline, and {other} on the candidate");
                found.push(meet(action, Kind::Events, format!("another {name}"), sentence));
            } else {
                let sentence = format!("it announced {text} on the baseline, and does not on the candidate");
                found.push(meet(action, Kind::Events, format!("no {name}"), sentence));
            }
        }
        for (name, text) in come.iter().filter(|(name, _)| !gone.iter().any(|(other, _)| other == name)) {
            let sentence = format!("it announces {text} on the candidate, and did not on the baseline");
            found.push(meet(action, Kind::Events, format!("new {name}"), sentence));
        }
        if found.is_empty() {
            let sentence = "it announces the same in another order, or not as often".to_owned();
            found.push(meet(action, Kind::Events, "another order".to_owned(), sentence));
        }
        found
    }

    /// The accounting, but for what has parted already.
    fn kept(&self, action: &str) -> Vec<Divergence> {
        let is_known = |it: &Difference| self.parted.contains(&it.field) || self.begun.contains(it);
        let fresh = apart(&self.old, &self.new).into_iter().filter(|difference| !is_known(difference));
        let told = fresh.map(|difference| {
            let [was, is] = &difference.sides;
            let sentence = format!("{} is {was} on the baseline, and {is} on the candidate", difference.what);
            meet(action, Kind::Ledger, difference.field, sentence)
        });
        told.collect()
    }

    fn decoders(&self) -> [Decoder<'_>; 2] {
        let of = |protocol: &'p dyn Protocol| Decoder::new(protocol.book(), protocol.artifacts());
        [of(self.old.protocol()), of(self.new.protocol())]
    }
}

/// In what the accounting of the two differs.
fn apart(old: &Executor<'_>, new: &Executor<'_>) -> Vec<Difference> {
    model::fields(&old.ledger().counted(), &new.ledger().counted(), new.protocol().book())
}

fn meet(action: &str, kind: Kind, condition: String, sentence: String) -> Divergence {
    Divergence { key: Key { action: action.to_owned(), kind, condition }, sentence }
}

/// The name of an event, without its arguments.
fn event_name(decoder: &Decoder<'_>, log: &Log) -> String {
    let text = decoder.event(log);
    text.split(['(', ' ']).next().unwrap_or_default().to_owned()
}
