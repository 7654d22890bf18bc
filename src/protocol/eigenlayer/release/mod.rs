//! The releases of the protocol, oldest first. Each is a constant in a file of its own, and all that the adapter asks to
//! tell one from another.

mod redistribution;
mod slashers;
mod slashing;

pub use redistribution::REDISTRIBUTION;
pub use slashers::SLASHERS;
pub use slashing::SLASHING;

use crate::{
    artifact::{Folder, abi_in},
    ledger::{Booking, Slashing},
    oracle::Assumption,
    problem::{Problem, nearest},
    protocol::ActionInfo,
    worlds::{Avss, Kind},
};

/// A release.
#[derive(Debug, PartialEq, Eq)]
pub struct Release {
    /// Its name, unique: that of its folder of artifacts.
    pub name: &'static str,
    title: &'static str,
    /// What it does, in a sentence.
    pub text: &'static str,
    /// The version that its contracts are built with.
    pub version: &'static str,
    /// The beginning of it that signatures are bound to. `docs/protocol.md` section 2.
    pub signing_version: &'static str,
    /// Under what slashed shares wait.
    pub booking: Booking,
    /// Who may slash.
    pub slashing: Slashing,
    /// The actions, by name, that it has no function for.
    pub absent: &'static [&'static str],
    /// Actions, by name, that are drawn more or less often than their tables say.
    pub weights: &'static [(&'static str, u32)],
    /// What cannot be taken for granted of it.
    pub denies: &'static [Assumption],
}

/// Every release that the binary carries, oldest first.
pub const RELEASES: &[&Release] = &[&SLASHING, &REDISTRIBUTION];

/// Those that only artifacts have.
pub const LATER: &[&Release] = &[&SLASHERS];

/// Every release, oldest first.
pub fn every() -> impl Iterator<Item = &'static Release> {
    RELEASES.iter().chain(LATER).copied()
}

impl Release {
    /// Its name with that of the protocol.
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// Whether `assumption` holds of it.
    pub fn grants(&self, assumption: Assumption) -> bool {
        !self.denies.contains(&assumption)
    }

    /// Whether `world` can surround it: the examples live on redistribution.
    pub fn plays_in(&self, world: &Kind) -> bool {
        world.avss == Avss::None || self.grants(Assumption::Redistribution)
    }

    /// What is known of an action in this release; `None` if it has none such.
    pub(super) fn action(&self, info: ActionInfo) -> Option<ActionInfo> {
        if self.absent.contains(&info.name) {
            return None;
        }
        let weight = self.weights.iter().find(|(name, _)| *name == info.name).map(|(_, weight)| *weight);
        Some(ActionInfo { weight: weight.unwrap_or(info.weight), ..info })
    }
}

/// The release called `name`.
pub fn find(name: &str) -> Result<&'static Release, Problem> {
    every().find(|release| release.name == name).ok_or_else(|| {
        let problem = Problem::new(format!("there is no release {name:?}"));
        let names: Vec<&str> = every().map(|release| release.name).collect();
        match nearest(name, names.iter().copied()) {
            Some(near) => problem.hint(format!("did you mean {near}?")),
            None => problem.hint(format!("there are {}", names.join(", "))),
        }
    })
}

/// The release that the contracts of a folder are of, by what can be called.
pub fn recognize(folder: &Folder) -> Result<&'static Release, Problem> {
    let manager = abi_in(folder, "AllocationManager")?.ok_or_else(|| folder.lacks("AllocationManager"))?;
    let slash = manager.function("slashOperator").and_then(|overloads| overloads.first());
    let slash = slash.ok_or_else(|| {
        Problem::new(format!(
            "{folder}: its AllocationManager has no slashOperator, so it is of no release that is known"
        ))
        .hint("EigenLayer core slashes from v1.3 on")
    })?;
    let has_slashers = manager.function("updateSlasher").is_some();
    Ok(match (slash.outputs.is_empty(), has_slashers) {
        (true, _) => &SLASHING,
        (false, false) => &REDISTRIBUTION,
        (false, true) => &SLASHERS,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::eigenlayer::{ACTIONS, surroundings},
        worlds,
    };

    #[test]
    fn what_a_release_says_of_actions_is_said_of_actions_there_are() {
        let surrounding = worlds::KINDS.iter().flat_map(|world| surroundings::actions(world));
        let all = ACTIONS.iter().copied().chain(surrounding).flatten();
        let names: Vec<&str> = all.map(|action| action.info.name).collect();
        for release in every() {
            for name in release.absent.iter().chain(release.weights.iter().map(|(name, _)| name)) {
                assert!(names.contains(name), "{}: {name}", release.name);
            }
        }
    }

    #[test]
    fn a_typo_is_told_with_what_was_meant() {
        assert_eq!(find("slashing").unwrap(), &SLASHING);
        let problem = find("slahsing").unwrap_err().to_string();
        assert!(problem.contains("did you mean slashing?"), "{problem}");
    }
}
