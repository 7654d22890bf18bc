//! Authority: only who has the right can worsen somebody's position.

mod entitled;
mod signer;

use alloy_primitives::{Address, FixedBytes};

use crate::{
    applies_if,
    call::{Operation, Plumbing, PodOperation, PodPlumbing},
    invariants::sentence,
    ledger::{Permission, Slashing, Staker},
    must,
    oracle::{Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "AUT",
    title: "Authority",
    assumes: "Nothing beyond the protocol itself.",
    invariants: &[
        &SLASH,
        &ALLOCATIONS,
        &REGISTRATION,
        &AVS,
        &CORE_PLUMBING,
        &STRATEGY_PLUMBING,
        &CONSENT,
        &COMPLETION,
        &ADMINS,
        &APPOINTEES,
        &super::rewards::rights::RIGHTS,
        &WHITELIST,
        &signer::SIGNER,
        &super::native::rights::RIGHTS,
        &INITIALIZERS,
        &UNDELEGATION,
        &entitled::ENTITLED,
    ],
};

/// Selectors of the functions that ask for a permission. A test compares them with their signatures.
mod selector {
    pub const MODIFY_ALLOCATIONS: [u8; 4] = [0x95, 0x28, 0x99, 0xee];
    pub const SET_ALLOCATION_DELAY: [u8; 4] = [0x56, 0xc4, 0x83, 0xe6];
    pub const REGISTER: [u8; 4] = [0xad, 0xc2, 0xe3, 0xd9];
    pub const DEREGISTER: [u8; 4] = [0x6e, 0x34, 0x92, 0xb5];
    pub const UPDATE_METADATA: [u8; 4] = [0xa9, 0x82, 0x18, 0x21];
    pub const SET_REGISTRAR: [u8; 4] = [0xd3, 0xd9, 0x6f, 0xf4];
    pub const CREATE_SETS: [u8; 4] = [0x26, 0x1f, 0x84, 0xe0];
    pub const CREATE_REDISTRIBUTING_SETS: [u8; 4] = [0x32, 0xa8, 0x79, 0xe4];
    pub const ADD_STRATEGIES: [u8; 4] = [0x50, 0xfe, 0xea, 0x20];
    pub const REMOVE_STRATEGIES: [u8; 4] = [0xb6, 0x6b, 0xd9, 0x89];
    pub const UNDELEGATE: [u8; 4] = [0xda, 0x8b, 0xe8, 0x64];
}

/// What an operation needs: for whom the caller must be able to act, and the function.
fn needed(operation: &Operation) -> Option<(Address, [u8; 4])> {
    use Operation as O;
    Some(match operation {
        O::ModifyAllocations { operator, .. } => (*operator, selector::MODIFY_ALLOCATIONS),
        O::SetAllocationDelay { operator, .. } => (*operator, selector::SET_ALLOCATION_DELAY),
        O::RegisterForSets { operator, .. } => (*operator, selector::REGISTER),
        O::UpdateAvsMetadata { avs } => (*avs, selector::UPDATE_METADATA),
        O::SetAvsRegistrar { avs, .. } => (*avs, selector::SET_REGISTRAR),
        O::CreateSets { avs, .. } => (*avs, selector::CREATE_SETS),
        O::CreateRedistributingSets { avs, .. } => (*avs, selector::CREATE_REDISTRIBUTING_SETS),
        O::AddStrategies { set, .. } => (set.avs, selector::ADD_STRATEGIES),
        O::RemoveStrategies { set, .. } => (set.avs, selector::REMOVE_STRATEGIES),
        _ => return None,
    })
}

/// Whether the caller may use a function of the allocation manager for `account`.
fn may(step: &Step<'_>, account: Address, selector: [u8; 4]) -> bool {
    let permission = Permission { target: step.before.terms.managers.allocation, selector: FixedBytes(selector) };
    step.before.can_call(account, step.call.actor, permission)
}

/// A successful call that needed a permission must have had it.
fn permitted(step: &Step<'_>) -> Verdict {
    let Some((account, selector)) = needed(&step.call.operation) else { return Verdict::NotApplicable };
    applies_if!(step.succeeded());
    must!(may(step, account, selector), "{} acted for {}, and may not", step.name(step.call.actor), step.name(account),);
    Verdict::Holds
}

const SLASH: Invariant = Invariant {
    id: "AUT-01",
    statement: "Only who may act for the AVS slashes.",
    formula: "successful slashOperator(avs, ...) implies PermissionController.canCall(avs, caller, AllocationManager, \
              slashOperator) before the call",
    why: "A slash takes stakers' funds. Whoever can slash without the right can take them.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Operation::Slash { set, .. } = &step.call.operation else { return Verdict::NotApplicable };
        applies_if!(step.succeeded());
        must!(
            step.before.may_slash(*set, step.call.actor),
            "{} slashed for {}, and may not",
            step.name(step.call.actor),
            step.name(set.avs),
        );
        Verdict::Holds
    },
};

const ALLOCATIONS: Invariant = Invariant {
    id: "AUT-02",
    statement: "Only who may act for an operator changes its allocations or its allocation delay.",
    formula: "successful modifyAllocations(o, ...) or setAllocationDelay(o, ...) implies canCall(o, caller, \
              AllocationManager, that function) before the call",
    why: "What is allocated can be slashed. Whoever allocates for an operator puts its stakers at the mercy of any AVS.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::ALLOCATIONS.or(Scope::REGISTRATIONS),
    check: |step| match step.call.operation {
        Operation::ModifyAllocations { .. } | Operation::SetAllocationDelay { .. } => permitted(step),
        _ => Verdict::NotApplicable,
    },
};

const REGISTRATION: Invariant = Invariant {
    id: "AUT-03",
    statement: "An operator joins sets only by itself, and leaves them only by itself or by the AVS.",
    formula: "registerForOperatorSets implies canCall(o, caller); deregisterFromOperatorSets implies canCall(o, caller) or \
              canCall(avs, caller), each for that function and before the call",
    why: "A set can slash who is in it, and what an operator earns depends on being in it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::MEMBERSHIPS,
    check: |step| match &step.call.operation {
        Operation::RegisterForSets { .. } => permitted(step),
        Operation::DeregisterFromSets { operator, avs, .. } => {
            applies_if!(step.succeeded());
            must!(
                may(step, *operator, selector::DEREGISTER) || may(step, *avs, selector::DEREGISTER),
                "{} took {} out of sets of {}, and may act for neither",
                step.name(step.call.actor),
                step.name(*operator),
                step.name(*avs),
            );
            Verdict::Holds
        }
        _ => Verdict::NotApplicable,
    },
};

const AVS: Invariant = Invariant {
    id: "AUT-04",
    statement: "Only who may act for an AVS creates its sets, changes what they can slash, or sets its registrar.",
    formula: "successful createOperatorSets, createRedistributingOperatorSets, addStrategiesToOperatorSet, \
              removeStrategiesFromOperatorSet, setAVSRegistrar, updateAVSMetadataURI implies canCall(avs, caller, \
              AllocationManager, that function) before the call",
    why: "A set with a foreign recipient, or a registrar that answers to somebody else, turns the AVS's slashes against it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::MAKING_SETS,
    check: |step| match step.call.operation {
        Operation::UpdateAvsMetadata { .. }
        | Operation::SetAvsRegistrar { .. }
        | Operation::CreateSets { .. }
        | Operation::CreateRedistributingSets { .. }
        | Operation::AddStrategies { .. }
        | Operation::RemoveStrategies { .. } => permitted(step),
        _ => Verdict::NotApplicable,
    },
};

/// A call of plumbing by an actor must not succeed.
fn refused(step: &Step<'_>, function: impl std::fmt::Debug) -> Verdict {
    must!(
        !step.succeeded(),
        "{} called {}, which is for another core contract",
        step.name(step.call.actor),
        sentence::word(function)
    );
    Verdict::Holds
}

const CORE_PLUMBING: Invariant = Invariant {
    id: "AUT-05",
    statement: "What one core contract does for another, nobody else can ask of it.",
    formula: "increaseDelegatedShares, decreaseDelegatedShares, slashOperatorShares, addShares, removeDepositShares, \
              withdrawSharesAsTokens, increaseBurnOrRedistributableShares, and of pods \
              withdrawRestakedBeaconChainETH and stake, by any account revert",
    why: "These functions trust their caller: they move shares and tokens without asking whose they are.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OTHER_CALLS.or(Scope::PODS),
    check: |step| match step.call.operation {
        Operation::CallPlumbing { function: Plumbing::StrategyDeposit | Plumbing::StrategyWithdraw, .. }
        | Operation::Pods(PodOperation::CallPlumbing { function: PodPlumbing::InitializePod, .. }) => {
            Verdict::NotApplicable
        }
        Operation::Pods(PodOperation::CallPlumbing { function, .. }) => refused(step, function),
        Operation::CallPlumbing { function, .. } => refused(step, function),
        _ => Verdict::NotApplicable,
    },
};

const STRATEGY_PLUMBING: Invariant = Invariant {
    id: "AUT-06",
    statement: "Only the strategy manager deposits into a strategy and withdraws from it.",
    formula: "deposit and withdraw of a strategy by any account revert",
    why: "A strategy pays whom its caller names. Whoever can call it can take all that is in it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OTHER_CALLS,
    check: |step| match step.call.operation {
        Operation::CallPlumbing {
            function: function @ (Plumbing::StrategyDeposit | Plumbing::StrategyWithdraw),
            ..
        } => refused(step, function),
        _ => Verdict::NotApplicable,
    },
};

const CONSENT: Invariant = Invariant {
    id: "AUT-07",
    statement: "Nobody delegates to an operator that wants to consent without its approver's signature.",
    formula: "successful delegateTo(o) or redelegate(o) without a signature implies delegationApprover(o) == 0 before the call",
    why: "An operator that chooses whom it works for answers for its choice. Stake that forces itself in takes the choice \
          away.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::DELEGATIONS,
    check: |step| {
        let (Operation::Delegate { operator } | Operation::Redelegate { operator }) = step.call.operation else {
            return Verdict::NotApplicable;
        };
        let Some(wants) = step.before.operator(operator) else { return Verdict::NotApplicable };
        must!(
            !step.succeeded() || wants.approver.is_zero(),
            "{} delegated to {} without a signature of {}",
            step.name(step.call.actor),
            step.name(operator),
            step.name(wants.approver),
        );
        Verdict::Holds
    },
};

const COMPLETION: Invariant = Invariant {
    id: "AUT-08",
    statement: "Only the withdrawer completes a withdrawal.",
    formula: "successful completeQueuedWithdrawal(s) implies caller == withdrawer == staker, for each withdrawal",
    why: "Tokens or shares, and when: that is the staker's to decide. Completed by somebody else as shares, a withdrawal \
          begins anew.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::COMPLETIONS.that_succeeded(),
    check: |step| {
        let completions = match &step.call.operation {
            Operation::CompleteWithdrawal { completion } => std::slice::from_ref(completion),
            Operation::CompleteWithdrawals { completions } => completions,
            _ => return Verdict::NotApplicable,
        };
        applies_if!(step.succeeded());
        for completion in completions {
            must!(
                completion.staker == step.call.actor,
                "{} completed a withdrawal of {}",
                step.name(step.call.actor),
                step.name(completion.staker),
            );
        }
        Verdict::holds_if(!completions.is_empty())
    },
};

const ADMINS: Invariant = Invariant {
    id: "AUT-09",
    statement: "Only admins share an account's rights, and an account that has admins never loses the last.",
    formula: "addPendingAdmin, removePendingAdmin, removeAdmin, setAppointee, removeAppointee imply isAdmin(account, caller) \
              before the call; acceptAdmin implies that the caller was pending; admins non-empty stay non-empty",
    why: "An account without admins answers to its own address again, which may be a contract that cannot act, or a key \
          that was given up because it leaked.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OTHER_CALLS,
    check: |step| {
        use Operation as O;
        let (account, accepts) = match step.call.operation {
            O::AddPendingAdmin { account, .. }
            | O::RemovePendingAdmin { account, .. }
            | O::RemoveAdmin { account, .. }
            | O::SetAppointee { account, .. }
            | O::RemoveAppointee { account, .. } => (account, false),
            O::AcceptAdmin { account } => (account, true),
            _ => return Verdict::NotApplicable,
        };
        applies_if!(step.succeeded());
        let (Some(was), Some(is)) = (step.before.principal(account), step.after.principal(account)) else {
            return Verdict::NotApplicable;
        };
        let actor = step.call.actor;
        let right = if accepts { was.pending_admins.contains(&actor) } else { was.is_admin(actor) };
        must!(right, "{} changed the rights of {}, and may not", step.name(actor), step.name(account));
        must!(was.admins.is_empty() || !is.admins.is_empty(), "{} has no admin left", step.name(account));
        Verdict::Holds
    },
};

const APPOINTEES: Invariant = Invariant {
    id: "AUT-10",
    statement: "An appointee does for an account what it was appointed to, and nothing else.",
    formula: "a caller that is no admin of the account, and is appointed to something, succeeds only with a function that \
              (target, selector) of one of its appointments names",
    why: "Appointments exist so that a key that deallocates cannot slash. If one function stands for another, they all do.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::EVERYTHING,
    check: |step| {
        let slash = step.before.terms.slash_permission.selector.0;
        let (account, selector) = match &step.call.operation {
            // Where a set has a slasher, nobody is appointed to slash.
            Operation::Slash { .. } if step.before.terms.slashing == Slashing::BySlasher => {
                return Verdict::NotApplicable;
            }
            Operation::Slash { set, .. } => (set.avs, slash),
            operation => match needed(operation) {
                Some(needed) => needed,
                None => return Verdict::NotApplicable,
            },
        };
        applies_if!(step.succeeded());
        let actor = step.call.actor;
        let Some(principal) = step.before.principal(account) else { return Verdict::NotApplicable };
        applies_if!(!principal.is_admin(actor));
        let appointments = principal.appointments.iter().find(|(appointee, _)| *appointee == actor);
        let Some((_, given)) = appointments.filter(|(_, given)| !given.is_empty()) else {
            return Verdict::NotApplicable;
        };
        let target = step.before.terms.managers.allocation;
        must!(
            given.contains(&Permission { target, selector: FixedBytes(selector) }),
            "{} acted for {} with a function that it was not appointed to",
            step.name(actor),
            step.name(account),
        );
        Verdict::Holds
    },
};

const WHITELIST: Invariant = Invariant {
    id: "AUT-12",
    statement: "Only the whitelister decides where can be deposited, only the owner who it is, and deposits go nowhere else.",
    formula: "addStrategiesToDepositWhitelist, removeStrategiesFromDepositWhitelist imply caller == strategyWhitelister; \
              setStrategyWhitelister, transferOwnership, renounceOwnership imply caller == owner; a deposit implies \
              strategyIsWhitelistedForDeposit; all before the call",
    why: "A strategy is code that holds tokens. Shares of one that nobody looked at count as stake like any other.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::EVERYTHING,
    check: |step| {
        use Operation as O;
        let control = &step.before.control;
        let who = match &step.call.operation {
            O::AddToWhitelist { .. } | O::RemoveFromWhitelist { .. } => control.whitelister,
            O::SetStrategyWhitelister { .. } | O::TransferOwnership { .. } | O::RenounceOwnership {} => control.owner,
            O::Deposit { strategy, .. } => {
                applies_if!(step.succeeded());
                let listed = step.before.is_whitelisted(*strategy);
                must!(
                    listed == Some(true),
                    "there was a deposit into {}, which is not whitelisted",
                    step.name(*strategy)
                );
                return Verdict::Holds;
            }
            _ => return Verdict::NotApplicable,
        };
        applies_if!(step.succeeded());
        let actor = step.call.actor;
        must!(actor == who, "{} did what only {} may", step.name(actor), step.name(who));
        Verdict::Holds
    },
};

const INITIALIZERS: Invariant = Invariant {
    id: "AUT-15",
    statement: "A contract is initialized once, and a pod when it is made.",
    formula: "initialize of a proxy reverts after the deployment, that of a pod after it is made",
    why: "An initializer names owners and pausers. Whoever runs it again becomes one.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OTHER_CALLS.or(Scope::PODS),
    check: |step| {
        if let Operation::Pods(PodOperation::CallPlumbing { function: function @ PodPlumbing::InitializePod, .. }) =
            step.call.operation
        {
            return refused(step, function);
        }
        let Operation::Initialize { contract } = step.call.operation else { return Verdict::NotApplicable };
        must!(!step.succeeded(), "{} initialized {} again", step.name(step.call.actor), step.name(contract),);
        Verdict::Holds
    },
};

/// Whether the caller is the staker, on its operator's side, or whom the operator lets approve.
fn may_undelegate(step: &Step<'_>, staker: &Staker) -> bool {
    let (ledger, actor, operator) = (step.before, step.call.actor, staker.delegated_to);
    let undelegate =
        Permission { target: ledger.terms.managers.delegation, selector: FixedBytes(selector::UNDELEGATE) };
    let approves = ledger.operator(operator).is_some_and(|operator| operator.approver == actor);
    actor == staker.address || approves || ledger.can_call(operator, actor, undelegate)
}

const UNDELEGATION: Invariant = Invariant {
    id: "AUT-16",
    statement: "Only the staker, its operator's side or the approver ends a delegation, and never an operator's own.",
    formula: "successful undelegate(a) implies a is no operator and caller == a, or canCall(delegatedTo(a), caller, \
              DelegationManager, undelegate), or caller == delegationApprover(delegatedTo(a)); before the call",
    why: "Undelegating puts all that a staker has into the queue, where it earns nothing for as long as the delay lasts.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUEUEING.that_succeeded(),
    check: |step| {
        let Operation::Undelegate { staker } = step.call.operation else { return Verdict::NotApplicable };
        applies_if!(step.succeeded());
        let ledger = step.before;
        let Some(holder) = ledger.staker(staker) else { return Verdict::NotApplicable };
        must!(!holder.is_operator(), "{} ended its delegation to itself", step.name(staker));
        must!(
            may_undelegate(step, holder),
            "{} ended the delegation of {} to {}, and may not",
            step.name(step.call.actor),
            step.name(staker),
            step.name(holder.delegated_to),
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests;
