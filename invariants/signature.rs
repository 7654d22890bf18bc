//! Signatures: what is done in somebody's name was consented to by that somebody, once.

use alloy_primitives::{Address, U256};

use crate::{
    applies_if,
    call::{Approval, Consent, Operation, SignedOperation},
    ledger::DepositRequest,
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "SIG",
    title: "Signatures",
    assumes: "Keys that sign for nobody else: an account's own, or that of a wallet's owner.",
    invariants: &[&APPROVAL, &SALT, &CONSENT, &CREDIT],
};

/// A delegation: to whom, and with which approval.
fn delegation(operation: &Operation) -> Option<(Address, Option<&Approval>)> {
    match operation {
        Operation::Delegate { operator } | Operation::Redelegate { operator } => Some((*operator, None)),
        Operation::Signed(
            SignedOperation::Delegate { operator, approval } | SignedOperation::Redelegate { operator, approval },
        ) => Some((*operator, Some(approval))),
        _ => None,
    }
}

/// A deposit for somebody, and what was signed.
pub(super) fn deposit(operation: &Operation) -> Option<(DepositRequest, &Consent)> {
    let Operation::Signed(SignedOperation::Deposit { staker, strategy, amount, consent, .. }) = operation else {
        return None;
    };
    Some((DepositRequest { staker: *staker, strategy: *strategy, amount: *amount }, consent))
}

/// Who must consent to delegations to an operator, if somebody must.
fn approver(step: &Step<'_>, operator: Address) -> Option<Address> {
    let approver = step.before.operator(operator)?.approver;
    Some(approver).filter(|approver| !approver.is_zero())
}

const APPROVAL: Invariant = Invariant {
    id: "SIG-01",
    statement: "Nobody delegates to an operator with an approver but with its approver's fresh signature.",
    formula: "successful delegateTo, redelegate to o with a = delegationApprover(o) != 0: a signed (a, caller, o, salt, expiry) \
              with block.timestamp <= expiry and salt unspent before the call",
    why: "An operator answers to its AVSs for whom it stakes. Whoever gets in without consent brings stake that it must not \
          have; whoever uses a signature twice, or another's, was never asked for.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::DELEGATIONS,
    check: |step| {
        let Some((operator, approval)) = delegation(&step.call.operation) else { return Verdict::NotApplicable };
        let Some(approver) = approver(step, operator) else { return Verdict::NotApplicable };
        let why = match approval {
            None => Some("there is none"),
            Some(approval) => step.before.disapproves(approval, step.call.actor, operator),
        };
        must!(
            !step.succeeded() || why.is_none(),
            "{} delegated to {} without an approval of {} that counts: {}",
            step.name(step.call.actor),
            step.name(operator),
            step.name(approver),
            why.unwrap_or_default(),
        );
        Verdict::Holds
    },
};

const SALT: Invariant = Invariant {
    id: "SIG-02",
    statement: "An approval uses up its salt, and nothing else does.",
    formula: "spent'(a, salt) == spent(a, salt) or this call delegated with an approval of a and salt",
    why: "A salt that stays good lets a staker come back whom the operator let in once; one that is used up by others makes a \
          signature worthless.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::DELEGATIONS.or(Scope::REST),
    check: |step| {
        let used = delegation(&step.call.operation).filter(|_| step.succeeded());
        let used = used.and_then(|(operator, approval)| Some((approver(step, operator)?, approval?.salt)));
        let mut exercised = false;
        for (was, is) in step.before.approvers.iter().zip(&step.after.approvers) {
            for (salt, (before, after)) in (0u32..).zip(was.spent.iter().zip(&is.spent)) {
                let now = used == Some((is.address, salt));
                exercised |= now;
                must!(
                    *after == (*before || now),
                    "the salt {salt} of {} {} used, {} this call, and now {}",
                    step.name(is.address),
                    if *before { "was" } else { "was not" },
                    if now { "was by" } else { "was not by" },
                    if *after { "is" } else { "is not" },
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

const CONSENT: Invariant = Invariant {
    id: "SIG-03",
    statement: "Nobody deposits in a staker's name but with the staker's signature.",
    formula: "successful depositIntoStrategyWithSignature: staker signed (staker, strategy, token, amount, nonce(staker), expiry) \
              with block.timestamp <= expiry",
    why: "A deposit binds the staker: it is delegated at once, and slashable. Whoever can make one for another exposes the \
          other to an operator, and moves its deposit scaling factor.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::DEPOSITS,
    check: |step| {
        let Some((request, consent)) = deposit(&step.call.operation) else { return Verdict::NotApplicable };
        let why = step.before.dissents(consent, &request);
        must!(
            !step.succeeded() || why.is_none(),
            "{} deposited {} for {} without a signature that counts: {}",
            step.name(step.call.actor),
            request.amount,
            step.name(request.staker),
            why.unwrap_or_default(),
        );
        Verdict::Holds
    },
};

const CREDIT: Invariant = Invariant {
    id: "SIG-05",
    statement: "A deposit by signature takes tokens from the sender and gives shares to the signer.",
    formula: "depositIntoStrategyWithSignature by p for a != p: balance'(p) == balance(p) - amount, s'(a,t) > s(a,t), and the \
              signer's tokens and the sender's shares unchanged",
    why: "The signer agreed to hold shares, not to pay; the sender agreed to pay, not to be exposed.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::DEPOSITS,
    check: |step| {
        let Some((request, _)) = deposit(&step.call.operation) else { return Verdict::NotApplicable };
        applies_if!(step.succeeded() && request.staker != step.call.actor);
        let Some(strategy) = step.before.strategy_index(request.strategy) else { return Verdict::NotApplicable };
        let token = step.before.strategies[strategy].token;
        let (sender, signer) = (step.call.actor, request.staker);
        let paid = |who: Address, amount: U256| {
            let (before, after) = (step.before.balance(token, who), step.after.balance(token, who));
            before.and_then(|before| before.checked_sub(amount)) == after
        };
        must!(paid(sender, request.amount), "{} did not pay the {} it deposited", step.name(sender), request.amount);
        must!(paid(signer, U256::ZERO), "the tokens of {} moved, who only signed", step.name(signer));
        let shares = |ledger: &crate::ledger::Ledger, who: Address| {
            ledger.staker(who).map(|staker| staker.holdings[strategy].shares)
        };
        must!(
            shares(step.before, sender) == shares(step.after, sender),
            "{} got shares for a deposit in the name of {}",
            step.name(sender),
            step.name(signer),
        );
        must!(
            shares(step.before, signer) < shares(step.after, signer),
            "{} got no shares for a deposit in its name",
            step.name(signer),
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::{Expiry, Nonce},
        invariants::fixture::{Scene, judge},
        ledger::Approver,
    };

    fn violated(invariant: &Invariant, scene: &Scene) -> bool {
        matches!(judge(invariant, scene), Verdict::Violated(_))
    }

    /// Staker B delegates with an approval that counts.
    fn approved() -> Scene {
        let mut scene = Scene::quiet();
        let (operator, staker) = (scene.before.operators[0].address, scene.before.stakers[1].address);
        let (wallet, owner) = (Address::repeat_byte(1), Address::repeat_byte(2));
        scene.before.operators[0].approver = wallet;
        scene.before.approvers = vec![Approver { address: wallet, key_holder: owner, spent: vec![false, true] }];
        scene.after = scene.before.clone();
        scene.after.approvers[0].spent[0] = true;
        scene.call.actor = staker;
        let approval = Approval { signer: owner, staker, operator, salt: 0, expiry: Expiry::In(0) };
        scene.call.operation = Operation::Signed(SignedOperation::Delegate { operator, approval });
        scene
    }

    fn with_approval(scene: &Scene, change: impl Fn(&mut Approval)) -> Scene {
        let mut scene = scene.clone();
        let Operation::Signed(SignedOperation::Delegate { approval, .. }) = &mut scene.call.operation else {
            unreachable!("it is a delegation")
        };
        change(approval);
        scene
    }

    #[test]
    fn sig_01() {
        let scene = approved();
        assert_eq!(judge(&APPROVAL, &scene), Verdict::Holds);
        assert_eq!(judge(&APPROVAL, &Scene::quiet()), Verdict::NotApplicable);
        for spoil in [
            (|approval: &mut Approval| approval.signer = Address::repeat_byte(1)) as fn(&mut Approval),
            |approval| approval.staker = Address::ZERO,
            |approval| approval.operator = Address::ZERO,
            |approval| approval.salt = 1,
            |approval| approval.expiry = Expiry::Ago(1),
        ] {
            let spoiled = with_approval(&scene, spoil);
            assert!(violated(&APPROVAL, &spoiled));
            let refused = Scene { outcome: crate::call::Outcome::Reverted(Vec::new().into()), ..spoiled };
            assert_eq!(judge(&APPROVAL, &refused), Verdict::Holds);
        }
        let mut unsigned = scene;
        unsigned.call.operation = Operation::Delegate { operator: unsigned.before.operators[0].address };
        assert!(violated(&APPROVAL, &unsigned));
        unsigned.before.operators[0].approver = Address::ZERO;
        assert_eq!(judge(&APPROVAL, &unsigned), Verdict::NotApplicable);
    }

    #[test]
    fn sig_02() {
        let scene = approved();
        assert_eq!(judge(&SALT, &scene), Verdict::Holds);
        assert_eq!(judge(&SALT, &Scene::quiet()), Verdict::NotApplicable);
        let mut kept = scene.clone();
        kept.after.approvers[0].spent[0] = false;
        assert!(violated(&SALT, &kept));
        let mut another = scene.clone();
        another.after.approvers[0].spent[1] = false;
        assert!(violated(&SALT, &another));
        let mut unasked = scene;
        unasked.call.operation = Operation::RenounceOwnership {};
        assert!(violated(&SALT, &unasked));
    }

    #[test]
    fn sig_03() {
        let scene = Scene::deposited_for_another();
        assert_eq!(judge(&CONSENT, &scene), Verdict::Holds);
        assert_eq!(judge(&CONSENT, &Scene::quiet()), Verdict::NotApplicable);
        for spoil in [
            (|consent: &mut Consent| consent.signer = Address::ZERO) as fn(&mut Consent),
            |consent| consent.strategy = Address::ZERO,
            |consent| consent.amount = U256::ONE,
            |consent| consent.nonce = Nonce::Last,
            |consent| consent.expiry = Expiry::Ago(1),
        ] {
            let mut scene = scene.clone();
            let Operation::Signed(SignedOperation::Deposit { consent, .. }) = &mut scene.call.operation else {
                unreachable!("it is a deposit")
            };
            spoil(consent);
            assert!(violated(&CONSENT, &scene));
        }
    }

    #[test]
    fn sig_05() {
        let scene = Scene::deposited_for_another();
        assert_eq!(judge(&CREDIT, &scene), Verdict::Holds);
        assert_eq!(judge(&CREDIT, &Scene::quiet()), Verdict::NotApplicable);
        for spoil in [
            (|scene: &mut Scene| scene.after.tokens[0].balances[0] = U256::ONE) as fn(&mut Scene),
            |scene| scene.after.tokens[0].balances[1] = U256::ONE,
            |scene| scene.after.stakers[0].holdings[0].shares = U256::ONE,
            |scene| scene.after.stakers[1].holdings[0].shares = U256::ZERO,
        ] {
            let mut scene = scene.clone();
            spoil(&mut scene);
            assert!(violated(&CREDIT, &scene));
        }
    }
}
