//! What takes somebody's signature: delegations that an approver consents to, deposits in somebody's name. And what must
//! fail: signatures by somebody else, of something else, too old or used before.

use alloy_primitives::{Address, U256};

use super::{
    EigenLayer,
    action::{action, probe},
    is_paused,
    staker::{delegated_stakers, depositable, possible_operators},
    switch,
};
use crate::{
    book::Role,
    call::{Approval, Consent, Expiry, Nonce, Operation, SignedOperation},
    draw::Draw,
    ledger::{Approver, Ledger, Operator, Staker},
    protocol::Action,
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("staker.delegate_with_approval", Role::Staker, 3, delegate),
    action("staker.redelegate_with_approval", Role::Staker, 1, redelegate),
    action("anybody.deposit_with_signature", Role::Staker, 2, deposit),
    probe("staker.delegate_disapproved", Role::Staker, 3, delegate_disapproved),
    probe("anybody.deposit_without_consent", Role::Staker, 2, deposit_without_consent),
];

/// Good for this block only, or for longer.
fn expiry(draw: &mut Draw<'_>) -> Expiry {
    Expiry::In(if draw.chance(30) { 0 } else { 1 + draw.below(100_000) as u64 })
}

/// An operator that wants to consent, and who is asked.
fn asked<'a>(ledger: &'a Ledger, possible: Vec<&'a Operator>) -> Vec<(Address, &'a Approver)> {
    let approver = |operator: &Operator| Some((operator.address, ledger.approver(operator.approver)?));
    possible.into_iter().filter_map(approver).collect()
}

/// An approval that counts, for a staker who goes to one of `possible`.
fn approved(draw: &mut Draw<'_>, staker: Address, possible: Vec<&Operator>) -> Option<(Address, Approval)> {
    let asked = asked(draw.ledger, possible);
    let (operator, approver) = draw.prefer(&asked, |(operator, _)| *operator)?;
    let salt = draw.choose(&approver.fresh_salts().collect::<Vec<_>>())?;
    let expiry = expiry(draw);
    Some((operator, Approval { signer: approver.key_holder, staker, operator, salt, expiry }))
}

fn delegate(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if is_paused(ledger, protocol.contracts.delegation_manager, switch::NEW_DELEGATION) {
        return None;
    }
    let staker = undelegated(draw)?;
    let (operator, approval) = approved(draw, staker.address, possible_operators(ledger, staker))?;
    Some((staker.address, Operation::Signed(SignedOperation::Delegate { operator, approval })))
}

fn undelegated<'a>(draw: &mut Draw<'a>) -> Option<&'a Staker> {
    let free: Vec<&Staker> = draw.ledger.stakers.iter().filter(|staker| !staker.is_delegated()).collect();
    draw.prefer(&free, |staker| staker.address)
}

fn redelegate(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let manager = protocol.contracts.delegation_manager;
    if is_paused(ledger, manager, switch::ENTER_QUEUE) || is_paused(ledger, manager, switch::NEW_DELEGATION) {
        return None;
    }
    let staker = draw.choose(&delegated_stakers(ledger))?.address;
    let (operator, approval) = approved(draw, staker, super::operators(ledger))?;
    Some((staker, Operation::Signed(SignedOperation::Redelegate { operator, approval })))
}

/// Stakers with a key of their own.
fn signers<'a>(protocol: &EigenLayer, ledger: &'a Ledger) -> Vec<&'a Staker> {
    ledger.stakers.iter().filter(|staker| protocol.book.key(staker.address).is_some()).collect()
}

/// A deposit that somebody pays, in the name of a staker who consents.
fn consented(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Address, SignedDeposit)> {
    let staker = draw.prefer(&signers(protocol, draw.ledger), |staker| staker.address)?;
    let payer = draw.choose(&protocol.cast.stakers)?;
    let (strategy, token, amount) = depositable(protocol, draw, staker, payer)?;
    let expiry = expiry(draw);
    let consent = Consent { signer: staker.address, strategy, amount, nonce: Nonce::Current, expiry };
    Some((payer, staker.address, SignedDeposit { strategy, token, amount, consent }))
}

/// What a signed deposit says besides for whom.
struct SignedDeposit {
    strategy: Address,
    token: Address,
    amount: U256,
    consent: Consent,
}

impl SignedDeposit {
    fn of(self, staker: Address) -> Operation {
        let Self { strategy, token, amount, consent } = self;
        Operation::Signed(SignedOperation::Deposit { staker, strategy, token, amount, consent })
    }
}

fn deposit(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (payer, staker, deposit) = consented(protocol, draw)?;
    Some((payer, deposit.of(staker)))
}

/// Everything about the approval is right but one thing.
fn delegate_disapproved(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let staker = undelegated(draw)?;
    let (operator, mut approval) = approved(draw, staker.address, possible_operators(ledger, staker))?;
    match draw.below(5) {
        0 => approval.signer = draw.choose(&protocol.cast.actors)?,
        1 => approval.expiry = Expiry::Ago(1 + draw.below(100) as u64),
        2 => approval.staker = draw.choose(&protocol.cast.stakers)?,
        3 => approval.operator = draw.choose(&protocol.cast.operators)?,
        _ => {
            let approver = ledger.approver(ledger.operator(operator)?.approver)?;
            let spent: Vec<u32> =
                (0u32..).zip(&approver.spent).filter(|(_, spent)| **spent).map(|(at, _)| at).collect();
            approval.salt = draw.choose(&spent)?;
        }
    }
    ledger.disapproves(&approval, staker.address, operator)?;
    Some((staker.address, Operation::Signed(SignedOperation::Delegate { operator, approval })))
}

/// Everything about the consent is right but one thing.
fn deposit_without_consent(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (payer, staker, mut deposit) = consented(protocol, draw)?;
    let consent = &mut deposit.consent;
    match draw.below(6) {
        0 => consent.signer = payer,
        1 => consent.expiry = Expiry::Ago(1 + draw.below(100) as u64),
        2 => consent.strategy = draw.choose(&protocol.cast.strategies)?,
        3 => consent.amount = consent.amount.saturating_add(U256::ONE),
        4 => consent.nonce = Nonce::Next,
        _ => consent.nonce = Nonce::Last,
    }
    let request = crate::ledger::DepositRequest { staker, strategy: deposit.strategy, amount: deposit.amount };
    draw.ledger.dissents(&deposit.consent, &request)?;
    Some((payer, deposit.of(staker)))
}
