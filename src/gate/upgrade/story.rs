//! A sequence with an upgrade in it, and how it is made smaller.

use serde_json::Value;

use super::crossing::Path;
use crate::{
    call::Call,
    codec::read_call,
    problem::Problem,
    shrinker::{Shown, shrink},
};

/// Some calls, then some transactions of the upgrade.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stretch {
    pub calls: Vec<Call>,
    /// By index among those of the upgrade.
    pub switches: Vec<usize>,
}

/// All that happens in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Story {
    pub stretches: Vec<Stretch>,
    /// Whether everybody leaves at the end.
    pub leaves: bool,
}

/// What a step of an upgrade is called in files, and that of everybody who leaves.
pub(super) const UPGRADE: &str = "upgrade";
pub(super) const EXIT: &str = "exit";

/// The transactions of an upgrade by what they move. What is built the same on both sides is moved by none.
fn switches(path: Path<'_>, names: &Value) -> Result<Vec<usize>, Problem> {
    let mut found = Vec::new();
    for name in names.as_array().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        let door =
            path.to.book().address(name).ok_or_else(|| Problem::new(format!("nobody here is called {name:?}")))?;
        found.extend(path.upgrade.switches.iter().position(|switch| switch.door == door));
    }
    Ok(found)
}

/// Where in a story something was met: after so many calls of a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub stretch: usize,
    pub calls: usize,
}

/// What came of a story that shows what is looked for.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub spot: Spot,
    /// By stretch, by call: whether its changes stayed.
    pub succeeded: Vec<Vec<bool>>,
    pub sentence: String,
}

impl Story {
    /// A story as its lines tell it: calls, `{"upgrade": [names]}`, and `{"exit": ...}`.
    pub fn read(path: Path<'_>, steps: &[&Value]) -> Result<Self, Problem> {
        let arrival = steps.iter().rposition(|step| step.get(UPGRADE).is_some());
        let arrival =
            arrival.ok_or_else(|| Problem::new("nothing is upgraded in it").hint("is the file as it was written?"))?;
        let mut story = Self { stretches: vec![Stretch::default()], leaves: false };
        for (index, step) in steps.iter().enumerate() {
            let last = story.stretches.last_mut().expect("there is one");
            if let Some(names) = step.get(UPGRADE) {
                last.switches.extend(switches(path, names)?);
            } else if step.get(EXIT).is_some() {
                story.leaves = true;
            } else {
                let protocol = if index > arrival { path.to } else { path.from };
                let call =
                    read_call(protocol, step).map_err(|problem| problem.at(format_args!("step {}", index + 1)))?;
                if index > 0 && steps[index - 1].get(UPGRADE).is_some() {
                    story.stretches.push(Stretch::default());
                }
                story.stretches.last_mut().expect("there is one").calls.push(call);
            }
        }
        Ok(story)
    }

    /// Its lines: calls, transactions of the upgrade.
    pub fn length(&self) -> usize {
        self.stretches.iter().map(|stretch| stretch.calls.len() + stretch.switches.len()).sum()
    }

    /// The stretch after which the upgrade is over.
    pub fn arrival(&self) -> usize {
        self.stretches.iter().rposition(|stretch| !stretch.switches.is_empty()).unwrap_or_default()
    }

    /// The same, upgraded at once after the stretch `at`.
    fn at_once(&self, at: usize) -> Self {
        let mut stretches = vec![Stretch::default(); 2];
        for (index, stretch) in self.stretches[..=self.arrival()].iter().enumerate() {
            let part = usize::from(index > at);
            stretches[part].calls.extend(stretch.calls.iter().cloned());
            stretches[0].switches.extend(&stretch.switches);
        }
        stretches[0].switches.sort_unstable();
        stretches[1].calls.extend(self.stretches[self.arrival() + 1..].iter().flat_map(|after| after.calls.clone()));
        Self { stretches, leaves: self.leaves }
    }

    /// The same with other calls in a stretch.
    fn with(&self, stretch: usize, calls: &[Call]) -> Self {
        let mut story = self.clone();
        story.stretches[stretch].calls = calls.to_vec();
        story
    }
}

/// Plays a story; what it shows, if it still shows the same thing.
pub(super) type Plays<'a> = dyn FnMut(&Story) -> Option<Seen> + 'a;

/// The smallest story found that still shows it, trying at most about `limit`; whether the limit lasted.
pub(super) fn smaller(path: Path<'_>, story: Story, limit: u64, shows: &mut Plays<'_>) -> (Story, bool) {
    let mut tried = 0;
    let mut count = |story: &Story| {
        tried += 1;
        shows(story)
    };
    let mut story = simpler_upgrade(story, &mut count);
    let mut finished = true;
    loop {
        let before = story.clone();
        for stretch in (0..story.stretches.len()).rev() {
            let (calls, done) = smaller_stretch(path, &story, stretch, limit, &mut count);
            story = story.with(stretch, &calls);
            finished &= done;
        }
        if story == before || !finished {
            break;
        }
    }
    if story.leaves {
        let stays = Story { leaves: false, ..story.clone() };
        if count(&stays).is_some() {
            story = stays;
        }
    }
    (story, finished && tried <= limit)
}

/// Upgraded at once if that shows it too.
fn simpler_upgrade(story: Story, shows: &mut Plays<'_>) -> Story {
    for at in [story.arrival(), 0] {
        let simpler = story.at_once(at);
        if simpler != story && shows(&simpler).is_some() {
            return simpler;
        }
    }
    story
}

fn smaller_stretch(
    path: Path<'_>,
    story: &Story,
    stretch: usize,
    limit: u64,
    shows: &mut Plays<'_>,
) -> (Vec<Call>, bool) {
    let calls = &story.stretches[stretch].calls;
    if calls.is_empty() || shows(&story.with(stretch, &[])).is_some() {
        return (Vec::new(), true);
    }
    let protocol = if stretch > story.arrival() { path.to } else { path.from };
    let mut verifier = |calls: &[Call]| {
        let Seen { spot, succeeded, .. } = shows(&story.with(stretch, calls))?;
        let last = calls.len().saturating_sub(1);
        let at = match spot.stretch.cmp(&stretch) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => spot.calls.saturating_sub(1).min(last),
            std::cmp::Ordering::Greater => last,
        };
        Some(Shown { at, succeeded: succeeded.get(stretch).cloned().unwrap_or_default() })
    };
    let shrunk = shrink(protocol, calls.clone(), limit, &mut verifier);
    (shrunk.calls, shrunk.finished)
}
