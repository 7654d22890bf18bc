//! A run with an upgrade in it: drawn, or played again.

use super::{
    crossing::{Crossing, Phase},
    rules::BETWEEN_PREFIX,
    story::{Seen, Spot, Story, Stretch},
};
use crate::{
    call::{ActionId, Call, Delay, Outcome},
    campaign::violation,
    decode::Decoder,
    draw::Dice,
    gate::{
        divergence::{Divergence, Key, Kind},
        expect::Expectations,
        reach::Reach,
    },
    generator::Generator,
    model::{self, Difference},
    oracle::{Checkpoint, Invariant, Step},
    protocol::{Protocol, Upgrade},
};

/// Calls before the upgrade, and after it, at most.
const CALLS_BEFORE: usize = 80;
const CALLS_AFTER: usize = 40;

/// Calls between two transactions of an upgrade, at most.
const CALLS_BETWEEN: usize = 4;

/// Of so many runs, everybody leaves at the end of one, and in one contracts are asked what they keep.
const RUNS_PER_EXIT: u64 = 4;
const RUNS_PER_QUESTION: u64 = 8;

/// Of so many runs, one is traced: it is known which functions it called.
const RUNS_PER_TRACE: u64 = 4;

/// What is judged when, and what is meant.
pub(super) struct Witness<'p> {
    pub upgrade: &'p Upgrade,
    pub expectations: &'p Expectations,
    pub after: Vec<&'static Invariant>,
    pub at_exit: Vec<&'static Invariant>,
    pub between: Vec<&'static Invariant>,
}

/// A run under way.
pub(super) struct Run<'r, 'p> {
    crossing: &'r mut Crossing<'p>,
    witness: &'r Witness<'p>,
    waited: Delay,
    pub story: Story,
    succeeded: Vec<Vec<bool>>,
    /// What was met, and where.
    pub met: Vec<(Spot, Divergence)>,
    pub calls: u64,
    /// What is called after the upgrade, if that is counted.
    pub reach: Option<Reach>,
}

impl<'r, 'p> Run<'r, 'p> {
    pub fn begin(crossing: &'r mut Crossing<'p>, witness: &'r Witness<'p>) -> Self {
        crossing.reset();
        let story = Story { stretches: vec![Stretch::default()], leaves: false };
        Self {
            crossing,
            witness,
            waited: Delay::default(),
            story,
            succeeded: vec![Vec::new()],
            met: Vec::new(),
            calls: 0,
            reach: None,
        }
    }

    /// Draws all of it.
    pub fn draw(&mut self, dice: &mut Dice, number: u64) {
        self.reach = number.is_multiple_of(RUNS_PER_TRACE).then(Reach::default);
        let before = Generator::for_run(self.crossing.protocol(), dice);
        let count = dice.below(CALLS_BEFORE);
        self.draw_calls(dice, &before, count);
        let at_once = self.witness.expectations.atomic || dice.chance(50);
        let order = shuffled(dice, self.witness.upgrade.switches.len());
        for (done, switch) in order.iter().enumerate() {
            if !self.goes_on() {
                return;
            }
            self.switch(*switch);
            if !at_once && done + 1 < order.len() && dice.chance(40) {
                let count = dice.below(CALLS_BETWEEN) + 1;
                self.draw_calls(dice, &before, count);
            }
        }
        if self.goes_on() {
            self.arrive(number.is_multiple_of(RUNS_PER_QUESTION));
            let after = Generator::for_run(self.crossing.protocol(), dice);
            self.draw_calls(dice, &after, CALLS_AFTER);
        }
        if self.goes_on() && number.is_multiple_of(RUNS_PER_EXIT) {
            self.leave();
        }
    }

    /// Plays a story again, for what `key` is of; where and how it is met, if it is.
    pub fn look_for(mut self, story: &Story, key: &Key) -> Option<Seen> {
        self.play(story, &mut |run| run.has_met(key));
        let (spot, divergence) = self.met.iter().find(|(_, divergence)| divergence.key == *key)?;
        Some(Seen { spot: *spot, sentence: divergence.sentence.clone(), succeeded: self.succeeded })
    }

    /// Plays a story again until `enough`.
    fn play(&mut self, story: &Story, enough: &mut dyn FnMut(&Self) -> bool) {
        let arrival = story.arrival();
        for (index, stretch) in story.stretches.iter().enumerate() {
            if index >= self.story.stretches.len() {
                self.begin_stretch();
            }
            for call in &stretch.calls {
                self.wait(call.delay);
                self.execute(call.clone());
                if enough(self) {
                    return;
                }
            }
            stretch.switches.iter().for_each(|switch| self.switch(*switch));
            if index == arrival && !enough(self) {
                self.arrive(true);
            }
            if enough(self) {
                return;
            }
        }
        if story.leaves {
            self.leave();
        }
    }

    fn has_met(&self, key: &Key) -> bool {
        self.met.iter().any(|(_, divergence)| divergence.key == *key)
    }

    /// A run ends with what nobody declared.
    fn goes_on(&self) -> bool {
        self.met.iter().all(|(_, divergence)| self.witness.expectations.then(&divergence.key).is_some())
    }

    fn draw_calls(&mut self, dice: &mut Dice, generator: &Generator<'_>, count: usize) {
        for _ in 0..count {
            if !self.goes_on() {
                return;
            }
            self.wait(generator.delay(dice, self.crossing.ledger()));
            let Some((action, actor, operation)) = generator.next(dice, self.crossing.ledger()).call else { continue };
            self.execute(Call { action, actor, delay: Delay::default(), operation });
        }
    }

    fn wait(&mut self, delay: Delay) {
        self.crossing.executor().advance(delay);
        self.waited = self.waited.plus(delay);
    }

    fn execute(&mut self, mut call: Call) {
        call.delay = self.waited;
        let outcome = match (self.crossing.phase(), &mut self.reach) {
            (Phase::After, Some(reach)) => {
                let protocol = self.crossing.protocol();
                let action = protocol.actions()[usize::from(call.action.0)].name;
                self.crossing.execute_traced(&call).map(|(outcome, frame)| {
                    if let Some(frame) = &frame {
                        reach.follow(protocol, action, frame);
                    }
                    outcome
                })
            }
            _ => self.crossing.execute(&call),
        };
        if self.is_stretch_over() {
            self.begin_stretch();
        }
        let last = self.story.stretches.last_mut().expect("there is one");
        last.calls.push(call.clone());
        self.succeeded.last_mut().expect("there is one").push(outcome.as_ref().is_some_and(Outcome::is_success));
        self.waited = Delay::default();
        if let Some(outcome) = outcome {
            self.calls += 1;
            self.judge(&call, &outcome);
        }
    }

    fn judge(&mut self, call: &Call, outcome: &Outcome) {
        let (judged, prefix) = match self.crossing.phase() {
            Phase::Before => return,
            // What is not there yet reverts; that is no reason to worry.
            Phase::Between if !outcome.is_success() => return,
            Phase::Between => (&self.witness.between, BETWEEN_PREFIX),
            Phase::After => (&self.witness.after, ""),
        };
        let action = action_name(self.crossing.protocol(), call);
        let step = self.crossing.step(call, outcome);
        let violated: Vec<_> = judged.iter().filter_map(|it| Some((it.id, violation(it, &step)?))).collect();
        for (id, sentence) in violated {
            self.meet(&action, Kind::Invariant, format!("{prefix}{id}"), sentence);
        }
    }

    fn switch(&mut self, index: usize) {
        if self.crossing.phase() == Phase::Before {
            self.compare_readings();
        }
        let switch = &self.witness.upgrade.switches[index];
        let outcome = self.crossing.switch(switch);
        let last = self.story.stretches.last_mut().expect("there is one");
        last.switches.push(index);
        if !outcome.is_success() {
            let decoder = Decoder::new(self.crossing.to().book(), self.crossing.to().artifacts());
            let sentence = format!("putting {} in place {}", switch.contract, decoder.outcome(&outcome));
            self.meet("upgrade", Kind::Switch, switch.contract.clone(), sentence);
        }
        // What has been called in between has its own changes; those of the transaction itself are none.
        if let Some((before, after)) = self.crossing.changed_by_switch() {
            let differences = model::fields(before, after, self.crossing.to().book());
            self.meet_differences(differences);
        }
    }

    /// What is kept, as the old code reads it and as the new code will.
    fn compare_readings(&mut self) {
        let (old, new) = self.crossing.both();
        let differences = model::fields(&old.counted(), &new.counted(), self.crossing.to().book());
        self.meet_differences(differences);
    }

    fn meet_differences(&mut self, differences: Vec<Difference>) {
        for Difference { field, what, sides: [was, is] } in differences {
            self.meet("upgrade", Kind::Ledger, field, format!("{what} was {was} and is {is}"));
        }
    }

    fn begin_stretch(&mut self) {
        self.story.stretches.push(Stretch::default());
        self.succeeded.push(Vec::new());
    }

    fn is_stretch_over(&self) -> bool {
        self.story.stretches.last().is_some_and(|stretch| !stretch.switches.is_empty())
    }

    /// All is upgraded: life goes on as the candidate's.
    fn arrive(&mut self, asks: bool) {
        if self.crossing.phase() == Phase::Before {
            self.compare_readings();
        }
        self.usurp();
        self.crossing.arrive(&self.witness.after);
        if asks && let Err(problem) = self.crossing.executor().confirm() {
            self.meet("upgrade", Kind::Answers, "views".to_owned(), problem.to_string());
        }
        // What needs no upgrade has arrived all the same.
        if !self.is_stretch_over() {
            self.begin_stretch();
        }
    }

    /// Lets a stranger try to initialize everything.
    fn usurp(&mut self) {
        for usurpation in &self.witness.upgrade.usurpations {
            if self.crossing.executor().world_mut().view(usurpation).is_success() {
                let to = self.crossing.to();
                let decoder = Decoder::new(to.book(), to.artifacts());
                let function = decoder.function_name(usurpation.to, &usurpation.data).unwrap_or_default();
                let whose = decoder.name(usurpation.to);
                let sentence = format!("a stranger can call {function} of {whose} after the upgrade");
                self.meet("upgrade", Kind::Initializer, function, sentence);
            }
        }
    }

    fn leave(&mut self) {
        self.story.leaves = true;
        let mut violated: Vec<(&'static str, String)> = Vec::new();
        let judged = &self.witness.at_exit;
        self.crossing.executor().leave(&mut |step: &Step<'_>| {
            for invariant in judged {
                let known = violated.iter().any(|(id, _)| *id == invariant.id);
                violated.extend((!known).then(|| violation(invariant, step)).flatten().map(|it| (invariant.id, it)));
            }
        });
        for (id, sentence) in violated {
            self.meet("exit", Kind::Invariant, id.to_owned(), sentence);
        }
    }

    fn meet(&mut self, action: &str, kind: Kind, condition: String, sentence: String) {
        let stretch = self.story.stretches.len() - 1;
        let spot = Spot { stretch, calls: self.story.stretches[stretch].calls.len() };
        let key = Key { action: action.to_owned(), kind, condition };
        self.met.push((spot, Divergence { key, sentence }));
    }
}

/// What the identifiers of invariants about rights begin with.
const RIGHTS: &str = "AUT-";

/// Invariants of `to` by when they are judged: after an upgrade from `from`, at the exit, and in between. In between the
/// accounting is judged, not which calls succeed: what calls a function that is not there yet must revert, and rights are
/// those of whichever code is there.
pub(super) fn judged(
    invariants: &[&'static Invariant],
    from: &dyn Protocol,
    to: &dyn Protocol,
) -> [Vec<&'static Invariant>; 3] {
    use crate::{invariants::asks_model, protocol::lacking};
    let there: Vec<&'static Invariant> =
        invariants.iter().copied().filter(|invariant| lacking(to, invariant).is_empty()).collect();
    let (at_exit, after): (Vec<_>, Vec<_>) =
        there.into_iter().partition(|invariant| invariant.checkpoint == Checkpoint::Exit);
    let is_of_both = |invariant: &&&'static Invariant| {
        !asks_model(invariant)
            && !invariant.id.starts_with(RIGHTS)
            && lacking(from, invariant).is_empty()
            && !invariant.assumes.iter().any(|assumption| assumption.is_of_release())
    };
    let between = after.iter().filter(is_of_both).copied().collect();
    [after, at_exit, between]
}

/// The name of the action of a call.
pub(super) fn action_name(protocol: &dyn Protocol, call: &Call) -> String {
    if call.action == ActionId::NONE {
        return "exit".to_owned();
    }
    protocol.actions()[usize::from(call.action.0)].name.to_owned()
}

/// The numbers below `count` in a drawn order.
fn shuffled(dice: &mut Dice, count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, dice.below(last + 1));
    }
    order
}
