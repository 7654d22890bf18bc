//! What must not be possible with the example AVSs. Each probe tries it in earnest: everything else about the call is
//! right.

use alloy_primitives::{Address, U256};

use super::{
    anybody, asked,
    fund::covered,
    market::{is_bad, limit, loans},
    members, rather_leaving,
    registry::{goods_of, in_time, with_status},
    scene, slashable,
};
use crate::{
    book::Role,
    call::{ExampleOperation, Fault, Loss, Quantity},
    draw::Draw,
    ledger::CommitmentStatus,
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer,
            action::{Drawn, probe},
        },
    },
};

pub(in crate::protocol::eigenlayer) const ACTIONS: &[Action<EigenLayer>] = &[
    probe("lender.withdraw_of_others", Role::Staker, 1, withdraw_of_others),
    probe("operator.borrow_too_much", Role::Operator, 2, borrow_too_much),
    probe("anybody.liquidate_healthy", Role::Stranger, 2, liquidate_healthy),
    probe("anybody.collect_early", Role::Stranger, 3, collect_early),
    probe("stranger.decide_for_the_fund", Role::Stranger, 1, decide_for_the_fund),
    probe("adjudicator.exceed_cover", Role::Avs, 2, exceed_cover),
    probe("insured.claim_again", Role::Staker, 3, claim_loss_again),
    probe("operator.deliver_something_else", Role::Operator, 1, deliver_something_else),
    probe("operator.deliver_late", Role::Operator, 2, deliver_late),
    probe("anybody.breach_of_the_reliable", Role::Stranger, 3, breach_of_the_reliable),
    probe("anybody.breach_early", Role::Stranger, 8, breach_early),
    probe("operator.claim_reward_again", Role::Operator, 3, claim_reward_again),
    probe("stranger.call_registrar", Role::Stranger, 1, call_registrar),
];

fn withdraw_of_others(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let market = &examples.market;
    let (lender, own) = draw.choose(&market.lenders)?;
    let shares = own.checked_add(draw.up_to(market.total_shares.checked_sub(own)?)?)?;
    Some(asked(lender, ExampleOperation::WithdrawLent { shares: Quantity::Exactly(shares) }))
}

/// A wei too much, or a second loan.
fn borrow_too_much(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let (ledger, market) = (draw.ledger, &examples.market);
    let borrower = rather_leaving(draw, &market.purse, &members(ledger, &market.purse))?;
    let most = limit(ledger, market, borrower)?;
    let amount = match market.loan_of(borrower) {
        Some(_) => U256::ONE,
        None => most.checked_add(U256::ONE)?,
    };
    Some(asked(borrower, ExampleOperation::Borrow { amount: Quantity::Exactly(amount) }))
}

fn liquidate_healthy(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let (ledger, market) = (draw.ledger, &examples.market);
    let mut good = loans(market);
    good.retain(|loan| is_bad(ledger, market, loan) == Some(false));
    let borrower = draw.choose(&good)?.borrower;
    Some(asked(anybody(protocol, draw)?, ExampleOperation::Liquidate { borrower }))
}

/// While a slash of the batch waits.
fn collect_early(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let ledger = draw.ledger;
    let registry = &examples.registry;
    let mut early = Vec::new();
    if !ledger.all_cleared(&examples.market.purse) {
        early.push(ExampleOperation::CollectLiquidations {});
    }
    if !ledger.all_cleared(&examples.fund.purse) {
        early.push(ExampleOperation::SettleIncident {});
    }
    if !ledger.all_cleared(&registry.purse) || registry.current().open > 0 || in_time(registry, ledger.block) {
        early.push(ExampleOperation::CloseEpoch {});
    }
    let operation = draw.choose(&early)?;
    Some(asked(anybody(protocol, draw)?, operation))
}

fn decide_for_the_fund(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (cast, examples) = scene(protocol, draw)?;
    let holder = draw.choose(&cast.insured)?;
    if draw.chance(40) {
        let who = draw.choose(&[protocol.cast.stranger, cast.adjudicator, holder])?;
        return Some(asked(who, ExampleOperation::SetCover { holder, amount: U256::MAX }));
    }
    let fault = Fault { operator: draw.choose(&slashable(draw.ledger, &examples.fund.purse))?, wad: draw.wad() };
    let holder = draw.choose(&covered(&examples.fund))?.0;
    let losses = vec![Loss { holder, amount: Quantity::All }];
    let who = draw.choose(&[protocol.cast.stranger, cast.underwriter, holder])?;
    Some(asked(who, ExampleOperation::Adjudicate { faults: vec![fault], losses }))
}

/// A loss that is not covered, or the same holder twice.
fn exceed_cover(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (cast, examples) = scene(protocol, draw)?;
    let fund = &examples.fund;
    let fault = Fault { operator: draw.choose(&slashable(draw.ledger, &fund.purse))?, wad: draw.wad() };
    let (holder, cover) = draw.choose(&covered(fund))?;
    let losses = if draw.chance(50) {
        vec![Loss { holder, amount: Quantity::Exactly(cover.checked_add(U256::ONE)?) }]
    } else {
        // Within the cover together, if that matters.
        let one = Loss { holder, amount: Quantity::Exactly(U256::ONE) };
        vec![one.clone(), one]
    };
    Some(asked(cast.adjudicator, ExampleOperation::Adjudicate { faults: vec![fault], losses }))
}

fn claim_loss_again(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let mut done = Vec::new();
    for (back, incident) in (0u64..).zip(examples.fund.incidents.iter().rev()).filter(|(_, incident)| incident.settled)
    {
        let without = incident.unclaimed.iter().filter(|(_, loss)| loss.is_zero());
        done.extend(without.map(|(holder, _)| (back, *holder)));
    }
    let (back, holder) = draw.choose(&done)?;
    Some(asked(holder, ExampleOperation::ClaimLoss { back }))
}

fn deliver_something_else(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let commitment = draw.choose(&with_status(&examples.registry, CommitmentStatus::Open))?;
    let goods = goods_of(&commitment)?.wrapping_add(1);
    Some(asked(commitment.operator, ExampleOperation::Deliver { goods }))
}

fn deliver_late(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let registry = &examples.registry;
    if in_time(registry, draw.ledger.block) {
        return None;
    }
    let commitment = draw.choose(&with_status(registry, CommitmentStatus::Open))?;
    Some(asked(commitment.operator, ExampleOperation::Deliver { goods: goods_of(&commitment)? }))
}

/// Those who delivered, and those who were slashed already.
fn breach_of_the_reliable(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let registry = &examples.registry;
    if in_time(registry, draw.ledger.block) {
        return None;
    }
    let mut done = with_status(registry, CommitmentStatus::Kept);
    done.extend(with_status(registry, CommitmentStatus::Broken));
    let operator = draw.choose(&done)?.operator;
    Some(asked(anybody(protocol, draw)?, ExampleOperation::Breach { operator }))
}

fn breach_early(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let registry = &examples.registry;
    let (block, deadline) = (draw.ledger.block, registry.current().deadline);
    // The last block is the interesting one.
    let tries = block == deadline || (block < deadline && draw.chance(10));
    tries.then_some(())?;
    let operator = draw.choose(&with_status(registry, CommitmentStatus::Open))?.operator;
    Some(asked(anybody(protocol, draw)?, ExampleOperation::Breach { operator }))
}

/// Those who were rewarded, who broke their word, or never gave it.
fn claim_reward_again(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let mut without = Vec::new();
    for (back, epoch) in (0u64..).zip(examples.registry.epochs.iter().rev().skip(1)) {
        let others = epoch.commitments.iter().filter(|commitment| commitment.status != CommitmentStatus::Kept);
        without.extend(others.map(|commitment| (back, commitment.operator)));
    }
    let (back, operator) = draw.choose(&without)?;
    Some(asked(operator, ExampleOperation::ClaimReward { back }))
}

fn call_registrar(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (cast, _) = scene(protocol, draw)?;
    let avs: Address = draw.choose(&cast.avss())?;
    let operator = draw.choose(&protocol.cast.operators)?;
    Some(asked(anybody(protocol, draw)?, ExampleOperation::CallRegistrar { avs, operator }))
}
