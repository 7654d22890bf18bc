//! Those who earned: they claim, or have somebody claim for them.

use alloy_primitives::{Address, U256};

use super::{asks, unless_paused};
use crate::{
    book::Role,
    call::{Claim, Proof, RewardsOperation},
    draw::Draw,
    ledger::{DistributionRoot, Ledger},
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer,
            abi::RewardsCoordinator as R,
            action::{Drawn, action},
            operators, switch,
        },
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("earner.claim", Role::Staker, 4, |protocol, draw| unless_paused(switch::CLAIMS, protocol, draw, claim)),
    action("earner.claim_several", Role::Staker, 2, |protocol, draw| {
        unless_paused(switch::CLAIMS, protocol, draw, claim_several)
    }),
    action("earner.set_claimer", Role::Staker, 1, set_claimer),
    action("operator.set_claimer", Role::Operator, 1, set_claimer_for),
];

/// Roots that are looked at for something to claim, from the newest.
const ROOTS: usize = 6;

/// The claims under roots that are `wanted`, of all that the coordinator can pay, with who may claim.
pub(in super::super) fn claims_under(
    ledger: &Ledger,
    wanted: impl Fn(&DistributionRoot) -> bool,
) -> Vec<(Address, Claim)> {
    let mut claims = Vec::new();
    for (back, root) in (0u32..).zip(ledger.rewards.roots.iter().rev()).take(ROOTS) {
        let Some(distribution) = root.distribution.as_deref().filter(|_| wanted(root)) else { continue };
        for earnings in &distribution.earners {
            let Some(earner) = ledger.rewards.earner(earnings.earner) else { continue };
            let due = |token: usize| {
                let cumulative = earnings.of(ledger.tokens[token].address).unwrap_or_default();
                cumulative.checked_sub(earner.claimed[token]).filter(|due| !due.is_zero())
            };
            let payable = (0..ledger.tokens.len())
                .filter(|token| due(*token).is_some_and(|due| due <= ledger.rewards_held(*token)));
            let tokens: Vec<Address> = payable.map(|token| ledger.tokens[token].address).collect();
            if !tokens.is_empty() {
                claims.push((earner.claims(), Claim { back, earner: earner.address, tokens, proof: Proof::Right }));
            }
        }
    }
    claims
}

/// The claims that would be paid now.
pub(in super::super) fn payable(ledger: &Ledger) -> Vec<(Address, Claim)> {
    claims_under(ledger, |root| root.is_claimable(ledger.timestamp))
}

/// Whether a token moves from the coordinator.
fn moves(ledger: &Ledger, token: Address, recipient: Address) -> bool {
    ledger.moves(token, ledger.rewards.coordinator, recipient)
}

/// Mostly the earner itself.
fn recipient(protocol: &EigenLayer, draw: &mut Draw<'_>, earner: Address) -> Option<Address> {
    match draw.below(5) {
        0 => draw.choose(&protocol.cast.recipients),
        1 => draw.choose(&protocol.cast.stakers),
        _ => Some(earner),
    }
}

fn claim(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let all = payable(draw.ledger);
    let several: Vec<_> = all.iter().filter(|(_, claim)| claim.tokens.len() > 1).cloned().collect();
    let (claimer, mut claim) = draw.choose(&several).filter(|_| draw.chance(50)).or_else(|| draw.choose(&all))?;
    let recipient = recipient(protocol, draw, claim.earner)?;
    claim.tokens.retain(|token| moves(draw.ledger, *token, recipient));
    claim.tokens = draw.some_of(&claim.tokens, 3);
    if claim.tokens.is_empty() {
        return None;
    }
    Some((claimer, asks(RewardsOperation::Claim { claim, recipient })))
}

fn claim_several(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let ledger = draw.ledger;
    let all = payable(ledger);
    let claimer = draw.choose(&all)?.0;
    let mut own: Vec<Claim> = all.into_iter().filter(|(who, _)| *who == claimer).map(|(_, claim)| claim).collect();
    // Newest first: what an older root gives is in the newer one.
    own.sort_by_key(|claim| (claim.earner, claim.back));
    own.dedup_by_key(|claim| claim.earner);
    let mut own = draw.some_of(&own, 3);
    let recipient = recipient(protocol, draw, own.first()?.earner)?;
    for claim in &mut own {
        claim.tokens.retain(|token| moves(ledger, *token, recipient));
    }
    own.retain(|claim| !claim.tokens.is_empty());
    let mut left: Vec<U256> = (0..ledger.tokens.len()).map(|token| ledger.rewards_held(token)).collect();
    let claims: Vec<Claim> = own.into_iter().filter(|claim| take(ledger, &mut left, claim)).collect();
    if claims.is_empty() {
        return None;
    }
    Some((claimer, asks(RewardsOperation::Claims { claims, recipient })))
}

/// Takes what a claim pays out of what is `left`, if there is enough.
fn take(ledger: &Ledger, left: &mut [U256], claim: &Claim) -> bool {
    let Some(root) = ledger.rewards.claimed_root(claim.back) else { return false };
    let Some(distribution) = ledger.rewards.roots[root].distribution.as_deref() else { return false };
    let Some(earner) = ledger.rewards.earner(claim.earner) else { return false };
    let mut after = left.to_vec();
    for (token, left) in after.iter_mut().enumerate() {
        let address = ledger.tokens[token].address;
        if !claim.tokens.contains(&address) {
            continue;
        }
        let due = distribution.earned(claim.earner, address).saturating_sub(earner.claimed[token]);
        match left.checked_sub(due) {
            Some(rest) => *left = rest,
            None => return false,
        }
    }
    left.copy_from_slice(&after);
    true
}

/// Somebody else, or nobody: then the earner claims again.
fn new_claimer(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<Address> {
    if draw.chance(30) { Some(Address::ZERO) } else { draw.choose(&protocol.cast.actors) }
}

fn set_claimer(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let earner = draw.prefer(&draw.ledger.rewards.earners, |earner| earner.address)?.address;
    Some((earner, asks(RewardsOperation::SetClaimer { claimer: new_claimer(protocol, draw)? })))
}

/// Operators, and AVSs with a set: others may act for them, also here.
pub(in super::super) fn represented(ledger: &Ledger) -> Vec<Address> {
    let mut all: Vec<Address> = operators(ledger).into_iter().map(|operator| operator.address).collect();
    all.extend(ledger.sets.iter().filter(|set| set.exists).map(|set| set.id.avs));
    all.sort_unstable();
    all.dedup();
    all
}

fn set_claimer_for(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let earner = draw.choose(&represented(draw.ledger))?;
    let caller = draw.caller(earner, protocol.rewards_permission::<R::setClaimerFor_1Call>())?;
    Some((caller, asks(RewardsOperation::SetClaimerFor { earner, claimer: new_claimer(protocol, draw)? })))
}
