//! Draws the next call of a run.

use alloy_primitives::Address;

use crate::{
    book::{Entry, Role},
    call::{ActionId, Delay, Operation},
    draw::{Dice, Draw, Favourites},
    ledger::Ledger,
    limits,
    protocol::{Expects, Protocol},
};

/// By how much a neglected action weighs more.
const EMPHASIS: u32 = 6;

/// Draws calls with the weights of one run.
///
/// The weights themselves are drawn: in some runs slashes crowd, in others nobody ever withdraws. Runs that are all alike
/// never reach what takes many of the same (swarm testing).
pub struct Generator<'p> {
    protocol: &'p dyn Protocol,
    weights: Vec<u32>,
    favourites: Favourites,
}

/// The actions that take part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// Every one.
    #[default]
    All,
    /// These.
    Only(Vec<ActionId>),
}

impl Selection {
    /// Whether the action with this index takes part.
    pub fn has(&self, index: usize) -> bool {
        match self {
            Self::All => true,
            Self::Only(actions) => actions.iter().any(|action| usize::from(action.0) == index),
        }
    }
}

/// What was drawn, and what was tried before.
pub struct Drawn {
    /// The actions that had nothing to do.
    pub discarded: Vec<ActionId>,
    /// The action, who acts, and what is asked; `None` if there was nothing to do at all.
    pub call: Option<(ActionId, Address, Operation)>,
}

impl<'p> Generator<'p> {
    /// Draws the weights of a run.
    pub fn for_run(protocol: &'p dyn Protocol, dice: &mut Dice) -> Self {
        let weights = protocol.actions().iter().map(|action| {
            let factor = match dice.below(8) {
                0 => 0,
                1 => 1,
                7 => 12,
                _ => 4,
            };
            let weight = 4 * action.weight * factor;
            // Probes teach little compared with what they cost in calls.
            if action.expects == Expects::Revert { weight / 2 } else { weight }
        });
        let weights = weights.collect();
        let takes_part = |entry: &&Entry| entry.role != Role::Auditor;
        let everybody = protocol.book().entries().iter().filter(takes_part).map(|entry| entry.address);
        Self { protocol, weights, favourites: Favourites::of_run(dice, everybody) }
    }

    /// Leaves out the actions that do not take part.
    #[must_use]
    pub fn among(mut self, selection: &Selection) -> Self {
        for (index, weight) in self.weights.iter_mut().enumerate() {
            *weight *= u32::from(selection.has(index));
        }
        self
    }

    /// Draws `neglected` actions more often: those of which nothing came yet as it should.
    #[must_use]
    pub fn favouring(mut self, neglected: &[ActionId]) -> Self {
        for action in neglected {
            let (index, usual) = (usize::from(action.0), 4 * self.protocol.actions()[usize::from(action.0)].weight);
            self.weights[index] = EMPHASIS * self.weights[index].max(usual);
        }
        self
    }

    /// Draws actions that seldom have something to do so many times as often, where the run has them at all.
    #[must_use]
    pub fn insisting(mut self, scarce: &[(ActionId, u32)]) -> Self {
        for (action, times) in scarce {
            self.weights[usize::from(action.0)] *= times;
        }
        self
    }

    /// Draws the time until the next call.
    pub fn delay(&self, dice: &mut Dice, ledger: &Ledger) -> Delay {
        Draw::new(dice, &self.favourites, ledger).delay()
    }

    /// Draws the next call, out of the ledger in its block.
    pub fn next(&self, dice: &mut Dice, ledger: &Ledger) -> Drawn {
        let mut discarded = Vec::new();
        for _ in 0..limits::DRAWS_PER_CALL {
            let Some(index) = dice.weighted(&self.weights) else { break };
            let action = ActionId(u16::try_from(index).expect("there are few actions"));
            match self.protocol.draw(action, &mut Draw::new(dice, &self.favourites, ledger)) {
                Some((actor, operation)) => return Drawn { discarded, call: Some((action, actor, operation)) },
                None => discarded.push(action),
            }
        }
        Drawn { discarded, call: None }
    }
}
