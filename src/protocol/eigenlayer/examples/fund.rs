//! The insurance fund: underwriter, adjudicator, insured.

use alloy_primitives::{Address, U256};

use super::{anybody, asked, scene, slashable, slashing_paused};
use crate::{
    book::Role,
    call::{ExampleOperation, Fault, Loss},
    draw::Draw,
    ledger::Fund,
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer,
            action::{Drawn, action},
        },
    },
};

pub(in crate::protocol::eigenlayer) const ACTIONS: &[Action<EigenLayer>] = &[
    action("underwriter.set_cover", Role::Avs, 3, set_cover),
    action("adjudicator.adjudicate", Role::Avs, 20, adjudicate),
    action("anybody.settle_incident", Role::Stranger, 24, settle),
    action("insured.claim_loss", Role::Staker, 20, claim),
];

fn set_cover(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (cast, examples) = scene(protocol, draw)?;
    let holder = draw.choose(&cast.insured)?;
    let balance = draw.ledger.balance(examples.fund.purse.token, holder)?;
    let amount = draw.up_to(balance / U256::from(1_000_000))?;
    Some(asked(cast.underwriter, ExampleOperation::SetCover { holder, amount }))
}

/// Holders who are covered, and for how much.
pub(super) fn covered(fund: &Fund) -> Vec<(Address, U256)> {
    fund.covers.iter().filter(|(_, amount)| !amount.is_zero()).copied().collect()
}

fn adjudicate(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (cast, examples) = scene(protocol, draw)?;
    let fund = &examples.fund;
    if fund.open().is_some() || slashing_paused(protocol, draw.ledger) {
        return None;
    }
    let operators = slashable(draw.ledger, &fund.purse);
    let faults: Vec<Fault> =
        draw.some_of(&operators, 3).into_iter().map(|operator| Fault { operator, wad: draw.wad() }).collect();
    let mut losses = Vec::new();
    for (holder, cover) in draw.some_of(&covered(fund), 3) {
        let amount = draw.up_to(cover)?;
        losses.push(Loss { holder, amount: draw.quantity(amount, cover) });
    }
    (!faults.is_empty() && !losses.is_empty()).then_some(())?;
    Some(asked(cast.adjudicator, ExampleOperation::Adjudicate { faults, losses }))
}

fn settle(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let fund = &examples.fund;
    let ready = fund.open().is_some() && draw.ledger.all_cleared(&fund.purse);
    ready.then_some(())?;
    Some(asked(anybody(protocol, draw)?, ExampleOperation::SettleIncident {}))
}

fn claim(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let fund = &examples.fund;
    let mut open = Vec::new();
    for (back, incident) in (0u64..).zip(fund.incidents.iter().rev()).filter(|(_, incident)| incident.settled) {
        let losers = incident.unclaimed.iter().filter(|(_, loss)| !loss.is_zero());
        open.extend(losers.map(|(holder, _)| (back, *holder)));
    }
    let (back, holder) = draw.choose(&open)?;
    Some(asked(holder, ExampleOperation::ClaimLoss { back }))
}
