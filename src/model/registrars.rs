//! Registrars with a will of their own: they call back, and refuse (`docs/protocol.md` section 5.4).

use alloy_primitives::Address;

use super::{
    Model, NOT_KEPT,
    revert::{Foreseen, LONG_REASON, Panic, Revert, Stop, message},
};
use crate::{
    call::{Answer, Conduct, Movement, Operation, Reaction, SetId},
    ledger::{Examples, Notice},
};

/// Somebody who comes into sets of an AVS, or leaves them.
#[derive(Clone, Copy)]
pub(super) struct Moving<'a> {
    pub movement: Movement,
    pub operator: Address,
    pub avs: Address,
    pub ids: &'a [u32],
}

impl Moving<'_> {
    fn operation(&self, movement: Movement) -> Operation {
        let (operator, avs, ids) = (self.operator, self.avs, self.ids.to_vec());
        match movement {
            Movement::Coming => Operation::RegisterForSets { operator, avs, ids },
            Movement::Leaving => Operation::DeregisterFromSets { operator, avs, ids },
        }
    }

    /// What a registrar calls back; `None` if nothing.
    fn reaction(&self, registrar: Address, reaction: Reaction) -> Option<Operation> {
        let (operator, avs) = (self.operator, self.avs);
        Some(match reaction {
            Reaction::None => return None,
            Reaction::Repeat => self.operation(self.movement),
            Reaction::Undo => self.operation(self.movement.opposite()),
            Reaction::Slash => {
                let set = SetId { avs, id: self.ids.first().copied().unwrap_or(0) };
                Operation::Slash { set, operator, items: Vec::new() }
            }
            Reaction::Allocate => Operation::ModifyAllocations { operator, changes: Vec::new() },
            Reaction::Replace => Operation::SetAvsRegistrar { avs, registrar },
            Reaction::Approve => Operation::ModifyOperatorDetails { operator, approver: registrar },
        })
    }
}

impl Model<'_> {
    /// The registrar of an AVS may refuse. Without one, the AVS itself answers.
    pub(super) fn ask_registrar(&mut self, moving: Moving<'_>) -> Foreseen {
        let set = self.ledger.control.registrars.iter().find(|(at, _)| *at == moving.avs).ok_or(NOT_KEPT)?.1;
        let registrar = if set.is_zero() { moving.avs } else { set };
        if self.ledger.terms.accepting_registrars.contains(&registrar) || self.is_own_example(moving.avs, registrar) {
            Ok(())
        } else if let Some(at) = self.ledger.registrars.iter().position(|at| at.address == registrar) {
            self.tell(at, moving);
            self.react(at, moving)?;
            answer(self.ledger.registrars[at].conduct.answer(moving.movement), moving.operator)
        } else if self.ledger.principal(registrar).is_some() {
            // It has no code to answer with.
            Err(Stop::Reverts(Revert::Silent))
        } else {
            Err(Stop::Unpredicted("a foreign registrar answers"))
        }
    }

    /// The examples are their own registrars, and let everybody in and out.
    fn is_own_example(&self, avs: Address, registrar: Address) -> bool {
        let mut purses = self.ledger.examples.iter().flat_map(Examples::purses);
        registrar == avs && purses.any(|purse| purse.set.avs == avs)
    }

    fn tell(&mut self, at: usize, moving: Moving<'_>) {
        let registrar = &mut self.ledger.registrars[at];
        match moving.movement {
            Movement::Coming => registrar.comings += 1,
            Movement::Leaving => registrar.leavings += 1,
        }
        registrar.notice = Notice::of(moving.operator, moving.avs, moving.ids);
    }

    /// It calls back as itself, once, and puts up with the failure. Everything that the call it is asked in does is done.
    fn react(&mut self, at: usize, moving: Moving<'_>) -> Foreseen {
        let registrar = &mut self.ledger.registrars[at];
        let Some(operation) = moving.reaction(registrar.address, registrar.conduct.reaction) else { return Ok(()) };
        if self.is_called_back {
            return Ok(());
        }
        registrar.attempts += 1;
        let caller = registrar.address;
        let mut ledger = self.ledger.clone();
        match (Model { ledger: &mut ledger, caller, is_called_back: true }.play(&operation)) {
            Ok(_) => {
                *self.ledger = ledger;
                self.ledger.registrars[at].entered += 1;
                Ok(())
            }
            Err(Stop::Reverts(_)) => Ok(()),
            Err(unpredicted) => Err(unpredicted),
        }
    }

    /// How a registrar is told to behave, by whoever it belongs to.
    pub(super) fn instruct(&mut self, registrar: Address, conduct: Conduct) -> Foreseen {
        let kept = self.ledger.registrars.iter_mut().find(|at| at.address == registrar);
        kept.ok_or(NOT_KEPT)?.conduct = conduct;
        Ok(())
    }
}

/// What the one who refuses says is what the caller hears.
fn answer(answer: Answer, operator: Address) -> Foreseen {
    match answer {
        Answer::Nothing | Answer::False => Ok(()),
        Answer::Revert => Err(Stop::Reverts(Revert::NotToday(operator))),
        // Whoever runs out of gas says nothing either.
        Answer::RevertEmpty | Answer::BurnGas => Err(Stop::Reverts(Revert::Silent)),
        Answer::RevertLong => message(LONG_REASON),
        Answer::Panic => Err(Panic::Assertion.into()),
    }
}
