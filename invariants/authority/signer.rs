//! Who signs a deposit.

use alloy_primitives::U256;

use crate::{
    invariants::{sentence, signature::deposit},
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const SIGNER: Invariant = Invariant {
    id: "AUT-13",
    statement: "A deposit by signature uses up one nonce of its signer and gives shares to the signer alone; nothing else uses nonces.",
    formula: "nonces'(a) == nonces(a) + 1 if this call deposited with a's signature, else nonces(a); then s'(b,t) > s(b,t) only for \
              b = a, in the strategy t of the deposit",
    why: "The nonce is all that tells one signature from the next. If it stays, a deposit that was signed once can be made \
          again and again; if it jumps, signatures that were given are void. Shares for somebody else are not what was \
          signed.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::DEPOSITS.or(Scope::STAKERS),
    check: |step| {
        let request = deposit(&step.call.operation).filter(|_| step.succeeded()).map(|(request, _)| request);
        let signer = request.map(|request| request.staker);
        for (was, is) in step.before.stakers.iter().zip(&step.after.stakers) {
            let uses = u8::from(signer == Some(is.address));
            must!(
                Some(is.nonce) == was.nonce.checked_add(U256::from(uses)),
                "the nonce of {} went from {} to {}, and {uses} of its signatures were used",
                step.name(is.address),
                was.nonce,
                is.nonce,
            );
        }
        let Some(request) = request else { return Verdict::NotApplicable };
        match step.before.strategy_index(request.strategy) {
            Some(strategy) => credited(step, strategy, request.staker),
            None => Verdict::Holds,
        }
    },
};

/// The signer has more shares in the strategy, nobody else has.
fn credited(step: &Step<'_>, strategy: usize, signer: alloy_primitives::Address) -> Verdict {
    for (index, (was, is)) in step.before.stakers.iter().zip(&step.after.stakers).enumerate() {
        let (had, has) = (was.holdings[strategy].shares, is.holdings[strategy].shares);
        must!(
            (has > had) == (is.address == signer),
            "{} had {had} shares and has {has} after a deposit signed by {}",
            sentence::holding(step, index, strategy),
            step.name(signer),
        );
    }
    Verdict::Holds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    #[test]
    fn aut_13() {
        let scene = Scene::deposited_for_another();
        assert_eq!(judge(&SIGNER, &scene), Verdict::Holds);
        assert_eq!(judge(&SIGNER, &Scene::quiet()), Verdict::NotApplicable);
        for spoil in [
            (|scene: &mut Scene| scene.after.stakers[1].nonce = U256::ZERO) as fn(&mut Scene),
            |scene| scene.after.stakers[0].nonce = U256::ONE,
            |scene| scene.after.stakers[1].holdings[0].shares = U256::ZERO,
            |scene| scene.after.stakers[0].holdings[0].shares = U256::ONE,
        ] {
            let mut scene = scene.clone();
            spoil(&mut scene);
            assert!(matches!(judge(&SIGNER, &scene), Verdict::Violated(_)));
        }
        let mut unsigned = Scene::quiet();
        unsigned.after.stakers[0].nonce = U256::ONE;
        assert!(matches!(judge(&SIGNER, &unsigned), Verdict::Violated(_)), "nobody signed anything");
    }
}
