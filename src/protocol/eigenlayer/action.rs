//! Entries of the tables of what can be done.

use alloy_primitives::Address;

use super::EigenLayer;
use crate::{
    book::Role,
    call::Operation,
    draw::Draw,
    protocol::{Action, ActionInfo, Expects},
};

/// What is drawn: who acts, and what is asked. `None` when there is nothing to do now.
pub(super) type Drawn = Option<(Address, Operation)>;

type DrawCall = fn(&EigenLayer, &mut Draw<'_>) -> Drawn;

/// What is drawn so that it should succeed.
pub(super) const fn action(name: &'static str, role: Role, weight: u32, draw: DrawCall) -> Action<EigenLayer> {
    Action { info: ActionInfo { name, role, weight, expects: Expects::Success }, draw }
}

/// What somebody tries and must not be possible.
pub(super) const fn probe(name: &'static str, role: Role, weight: u32, draw: DrawCall) -> Action<EigenLayer> {
    Action { info: ActionInfo { name, role, weight, expects: Expects::Revert }, draw }
}
