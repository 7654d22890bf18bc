//! What the contracts answer, view by view, beside what the ledger shows.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, sol};
use slashproof::{
    arithmetic::mul_wad_down,
    call::{Outcome, SetId, Transaction},
    executor::Executor,
    ledger::{Booking, Ledger, Operator, Staker},
};

sol! {
    #[derive(Debug, PartialEq)]
    struct OperatorSet { address avs; uint32 id; }
    #[derive(Debug)]
    struct Allocation { uint64 currentMagnitude; int128 pendingDiff; uint32 effectBlock; }
    #[derive(Debug)]
    struct Withdrawal { address staker; address delegatedTo; address withdrawer; uint256 nonce; uint32 startBlock; address[] strategies; uint256[] scaledShares; }

    function getMaxMagnitude(address operator, address strategy) returns (uint64);
    function getMaxMagnitudesAtBlock(address operator, address[] strategies, uint32 blockNumber) returns (uint64[]);
    function getEncumberedMagnitude(address operator, address strategy) returns (uint64);
    function getAllocatableMagnitude(address operator, address strategy) returns (uint64);
    function getAllocation(address operator, OperatorSet set, address strategy) returns (Allocation);
    function getAllocatedSets(address operator) returns (OperatorSet[]);
    function getRegisteredSets(address operator) returns (OperatorSet[]);
    function getAllocatedStrategies(address operator, OperatorSet set) returns (address[]);
    function getAllocationDelay(address operator) returns (bool, uint32);
    function isMemberOfOperatorSet(address operator, OperatorSet set) returns (bool);
    function isOperatorSlashable(address operator, OperatorSet set) returns (bool);
    function isOperatorSet(OperatorSet set) returns (bool);
    function getStrategiesInOperatorSet(OperatorSet set) returns (address[]);
    function getMembers(OperatorSet set) returns (address[]);
    function getRedistributionRecipient(OperatorSet set) returns (address);
    function getSlashCount(OperatorSet set) returns (uint256);
    function getAVSRegistrar(address avs) returns (address);

    function operatorShares(address operator, address strategy) returns (uint256);
    function delegatedTo(address staker) returns (address);
    function delegationApprover(address operator) returns (address);
    function delegationApproverSaltIsSpent(address approver, bytes32 salt) returns (bool);
    function nonces(address signer) returns (uint256);
    function depositScalingFactor(address staker, address strategy) returns (uint256);
    function cumulativeWithdrawalsQueued(address staker) returns (uint256);
    function getQueuedWithdrawals(address staker) returns (Withdrawal[] withdrawals, uint256[][] shares);
    function getQueuedWithdrawalRoots(address staker) returns (bytes32[]);
    function getWithdrawableShares(address staker, address[] strategies) returns (uint256[] withdrawable, uint256[] deposited);
    function getSlashableSharesInQueue(address operator, address strategy) returns (uint256);

    function getDeposits(address staker) returns (address[] strategies, uint256[] shares);
    function getPendingOperatorSets() returns (OperatorSet[]);
    function getPendingSlashIds(OperatorSet set) returns (uint256[]);
    function getBurnOrRedistributableShares(OperatorSet set, uint256 slashId) returns (address[] strategies, uint256[] shares);
    function getBurnableShares(address strategy) returns (uint256);
    function strategyIsWhitelistedForDeposit(address strategy) returns (bool);
    function owner() returns (address);
    function strategyWhitelister() returns (address);
    function paused() returns (uint256);

    function ownerToPod(address podOwner) returns (address);
    function getPod(address podOwner) returns (address);
    function numPods() returns (uint256);
    function podOwnerDepositShares(address podOwner) returns (int256);
    function beaconChainSlashingFactor(address podOwner) returns (uint64);
    function burnableETHShares() returns (uint256);
    function proofTimestampSetter() returns (address);
    function podOwner() returns (address);
    function withdrawableRestakedExecutionLayerGwei() returns (uint64);
    function restakedValidatorsGwei() returns (uint64);

    function totalShares() returns (uint256);
    function getTVLLimits() returns (uint256, uint256);
    function EIGEN() returns (address);
    function sharesToUnderlyingView(uint256 shares) returns (uint256);
    function balanceOf(address holder) returns (uint256);
    function isBarred(address account) returns (bool);
    function rate() returns (uint256);
    function attempts() returns (uint256);
    function entered(address target) returns (uint256);
    function serves() returns (bool);
    function coming() returns (uint8);
    function leaving() returns (uint8);
    function reaction() returns (uint8);
    function comings() returns (uint256);
    function leavings() returns (uint256);
    function successes() returns (uint256);
    function lastOperator() returns (address);
    function lastAvs() returns (address);
    function lastIds() returns (bytes32);
    function getAdmins(address account) returns (address[]);
    function getPendingAdmins(address account) returns (address[]);
    function canCall(address account, address caller, address target, bytes4 selector) returns (bool);
}

/// Asks a contract.
pub struct Views<'a, 'p> {
    pub executor: &'a mut Executor<'p>,
    pub contract: Address,
}

impl Views<'_, '_> {
    pub fn ask<C: SolCall>(&mut self, question: &C) -> C::Return {
        let data = question.abi_encode().into();
        let transaction = Transaction { from: Address::ZERO, to: self.contract, data, value: U256::ZERO };
        match self.executor.world_mut().view(&transaction) {
            Outcome::Returned(answer) => C::abi_decode_returns(&answer).expect("the answer has the type of the ABI"),
            other => panic!("{}: {other:?}", C::SIGNATURE),
        }
    }
}

pub fn views<'a, 'p>(executor: &'a mut Executor<'p>, contract: &str) -> Views<'a, 'p> {
    let contract = executor.book().address(contract).unwrap_or_else(|| panic!("{contract} is in the book"));
    Views { executor, contract }
}

pub(super) fn abi(id: SetId) -> OperatorSet {
    OperatorSet { avs: id.avs, id: id.id }
}

fn ids(sets: &[OperatorSet]) -> Vec<SetId> {
    sets.iter().map(|set| SetId { avs: set.avs, id: set.id }).collect()
}

/// The addresses of all strategies.
fn strategies(ledger: &Ledger) -> Vec<Address> {
    ledger.strategies.iter().map(|strategy| strategy.address).collect()
}

/// The core contracts, all of them.
pub(super) fn protocol_is_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    operators_are_as_told(executor, ledger);
    sets_are_as_told(executor, ledger);
    stakers_are_as_told(executor, ledger);
    strategies_are_as_told(executor, ledger);
    native_eth_is_as_told(executor, ledger);
    rights_are_as_told(executor, ledger);
    salts_are_as_told(executor, ledger);
}

fn operators_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    for (place, operator) in ledger.operators.iter().enumerate() {
        allocations_are_as_told(executor, ledger, operator);
        stakes_are_as_told(executor, ledger, place);
        let address = operator.address;
        let mut manager = views(executor, "allocationManager");
        assert_eq!(ids(&manager.ask(&getAllocatedSetsCall { operator: address })), operator.allocated_sets);
        assert_eq!(ids(&manager.ask(&getRegisteredSetsCall { operator: address })), operator.registered_sets);
        let delay = manager.ask(&getAllocationDelayCall { operator: address });
        let own = operator.delay.at(ledger.block);
        assert_eq!((delay._0, delay._1), (own.is_some(), own.unwrap_or(0)));
        let approver = views(executor, "delegationManager").ask(&delegationApproverCall { operator: address });
        assert_eq!(approver, operator.approver);
    }
}

fn allocations_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger, operator: &Operator) {
    let mut manager = views(executor, "allocationManager");
    let address = operator.address;
    for (set, id) in ledger.sets.iter().map(|set| set.id).enumerate() {
        let membership = &operator.memberships[set];
        let member = manager.ask(&isMemberOfOperatorSetCall { operator: address, set: abi(id) });
        assert_eq!(member, membership.registered);
        let slashable = manager.ask(&isOperatorSlashableCall { operator: address, set: abi(id) });
        assert_eq!(slashable, membership.is_slashable(ledger.block));
        let allocated = manager.ask(&getAllocatedStrategiesCall { operator: address, set: abi(id) });
        assert_eq!(allocated, membership.allocated_strategies);
        for (index, strategy) in strategies(ledger).into_iter().enumerate() {
            let told = manager.ask(&getAllocationCall { operator: address, set: abi(id), strategy });
            let own = operator.allocations[set][index].settled(ledger.block);
            let told = (told.currentMagnitude, told.pendingDiff, told.effectBlock);
            assert_eq!(told, (own.current, own.pending, own.effect_block));
        }
    }
}

fn stakes_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger, place: usize) {
    let operator = &ledger.operators[place];
    let address = operator.address;
    for (index, strategy) in strategies(ledger).into_iter().enumerate() {
        let stake = &operator.stakes[index];
        let mut manager = views(executor, "allocationManager");
        let magnitude = manager.ask(&getMaxMagnitudeCall { operator: address, strategy });
        assert_eq!(magnitude, stake.max_magnitude());
        for back in [1, 39, 40, 41, 60] {
            let block = ledger.block - back;
            let block_number = u32::try_from(block).unwrap();
            let question = getMaxMagnitudesAtBlockCall {
                operator: address,
                strategies: vec![strategy],
                blockNumber: block_number,
            };
            assert_eq!(manager.ask(&question), vec![stake.max_magnitude_at(block)]);
        }
        let encumbered = manager.ask(&getEncumberedMagnitudeCall { operator: address, strategy });
        assert_eq!(Some(encumbered), ledger.encumbered(place, index));
        let free = manager.ask(&getAllocatableMagnitudeCall { operator: address, strategy });
        assert_eq!(free, ledger.free_magnitude(place, index));
        let mut manager = views(executor, "delegationManager");
        assert_eq!(manager.ask(&operatorSharesCall { operator: address, strategy }), stake.shares);
        let queued = manager.ask(&getSlashableSharesInQueueCall { operator: address, strategy });
        assert_eq!(queued, slashable_in_queue(ledger, operator, index));
    }
}

/// Shares queued in the last blocks of the withdrawal delay, as a slash would find them, rounded down.
fn slashable_in_queue(ledger: &Ledger, operator: &Operator, strategy: usize) -> U256 {
    let stake = &operator.stakes[strategy];
    let ever = stake.queued_shares.latest().unwrap_or_default();
    let over = stake.queued_shares.at(ledger.block - ledger.terms.withdrawal_delay - 1).unwrap_or_default();
    mul_wad_down(ever - over, U256::from(stake.max_magnitude())).expect("small numbers")
}

fn sets_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    for set in &ledger.sets {
        let mut manager = views(executor, "allocationManager");
        assert_eq!(manager.ask(&isOperatorSetCall { set: abi(set.id) }), set.exists);
        assert_eq!(manager.ask(&getStrategiesInOperatorSetCall { set: abi(set.id) }), set.strategies);
        assert_eq!(manager.ask(&getMembersCall { set: abi(set.id) }), set.members);
        match ledger.terms.booking {
            Booking::ByStrategy => assert!(!set.is_redistributing() && set.slash_count == 0 && set.slashes.is_empty()),
            Booking::BySlash => slashes_are_as_told(executor, ledger, set),
        }
    }
    let pending = match ledger.terms.booking {
        Booking::ByStrategy => Vec::new(),
        Booking::BySlash => views(executor, "strategyManager").ask(&getPendingOperatorSetsCall {}),
    };
    assert_eq!(ids(&pending), ledger.pending_sets);
}

fn slashes_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger, set: &slashproof::ledger::OperatorSet) {
    let mut manager = views(executor, "allocationManager");
    let recipient = if set.is_redistributing() { set.recipient } else { ledger.terms.burn_address };
    assert_eq!(manager.ask(&getRedistributionRecipientCall { set: abi(set.id) }), recipient);
    assert_eq!(manager.ask(&getSlashCountCall { set: abi(set.id) }), U256::from(set.slash_count));
    let mut manager = views(executor, "strategyManager");
    let pending: Vec<U256> = set.pending_slashes.iter().map(|id| U256::from(*id)).collect();
    assert_eq!(manager.ask(&getPendingSlashIdsCall { set: abi(set.id) }), pending);
    for (id, entries) in set.slashes.iter().enumerate() {
        let question = getBurnOrRedistributableSharesCall { set: abi(set.id), slashId: U256::from(id) };
        let told = manager.ask(&question);
        let told: Vec<_> = told.strategies.into_iter().zip(told.shares).collect();
        assert_eq!(&told, entries);
    }
}

fn stakers_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    for (place, staker) in ledger.stakers.iter().enumerate() {
        let address = staker.address;
        let deposits = views(executor, "strategyManager").ask(&getDepositsCall { staker: address });
        let of = |strategy: &Address| staker.holdings[ledger.strategy_index(*strategy).unwrap()].shares;
        let own: Vec<U256> = staker.strategies.iter().map(of).collect();
        assert_eq!((deposits.strategies, deposits.shares), (staker.strategies.clone(), own));
        let mut manager = views(executor, "delegationManager");
        assert_eq!(manager.ask(&delegatedToCall { staker: address }), staker.delegated_to);
        let nonce = views(executor, "strategyManager").ask(&noncesCall { signer: address });
        assert_eq!(nonce, staker.nonce);
        let mut manager = views(executor, "delegationManager");
        let queued = manager.ask(&cumulativeWithdrawalsQueuedCall { staker: address });
        assert_eq!(queued, U256::from(staker.withdrawals_queued));
        assert_eq!(manager.ask(&getQueuedWithdrawalRootsCall { staker: address }), staker.roots);
        let told = manager.ask(&getWithdrawableSharesCall { staker: address, strategies: strategies(ledger) });
        for (index, strategy) in strategies(ledger).into_iter().enumerate() {
            let holding = &staker.holdings[index];
            let factor = manager.ask(&depositScalingFactorCall { staker: address, strategy });
            assert_eq!(factor, holding.factor());
            assert_eq!(told.deposited[index], holding.shares);
            assert_eq!(told.withdrawable[index], ledger.withdrawable(place, index).unwrap());
        }
        queue_is_as_told(executor, ledger, staker);
    }
}

fn queue_is_as_told(executor: &mut Executor<'_>, ledger: &Ledger, staker: &Staker) {
    let told = views(executor, "delegationManager").ask(&getQueuedWithdrawalsCall { staker: staker.address });
    for (told, root) in told.withdrawals.iter().zip(&staker.roots) {
        let own = ledger.withdrawals.iter().find(|withdrawal| withdrawal.root == *root).unwrap();
        assert!(own.pending && own.stored);
        let items: Vec<_> = told.strategies.iter().copied().zip(told.scaledShares.iter().copied()).collect();
        assert_eq!((told.staker, told.delegatedTo), (own.staker, own.delegated_to));
        assert_eq!((told.withdrawer, told.nonce), (own.withdrawer, U256::from(own.nonce)));
        assert_eq!((u64::from(told.startBlock), &items), (own.start_block, &own.items));
    }
    assert_eq!(told.withdrawals.len(), staker.roots.len());
}

pub(super) fn strategies_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    for (_, strategy) in ledger.token_strategies() {
        let mut manager = views(executor, "strategyManager");
        let whitelisted = manager.ask(&strategyIsWhitelistedForDepositCall { strategy: strategy.address });
        assert_eq!(whitelisted, strategy.whitelisted);
        let burnable = manager.ask(&getBurnableSharesCall { strategy: strategy.address });
        assert_eq!(burnable, strategy.burnable_shares);
        let mut own = Views { executor, contract: strategy.address };
        assert_eq!(own.ask(&totalSharesCall {}), strategy.total_shares);
        if let Some(limits) = strategy.limits {
            let told = own.ask(&getTVLLimitsCall {});
            assert_eq!((told._0, told._1), (limits.per_deposit, limits.total));
        }
        if let Some(wrapper) = strategy.wrapper {
            assert_eq!(own.ask(&EIGENCall {}), wrapper);
        }
        let some = U256::from(1_000_000_007u64);
        assert_eq!(Some(own.ask(&sharesToUnderlyingViewCall { shares: some })), strategy.tokens_for(some));
    }
    for token in &ledger.tokens {
        let mut own = Views { executor, contract: token.address };
        for (holder, balance) in ledger.holders.iter().zip(&token.balances) {
            assert_eq!(own.ask(&balanceOfCall { holder: *holder }), *balance);
        }
    }
}

fn native_eth_is_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    let mut manager = views(executor, "eigenPodManager");
    assert_eq!(manager.ask(&ownerCall {}), ledger.native.owner);
    assert_eq!(manager.ask(&proofTimestampSetterCall {}), ledger.native.reporter);
    assert_eq!(manager.ask(&numPodsCall {}), U256::from(ledger.native.pod_count));
    assert_eq!(manager.ask(&burnableETHSharesCall {}), ledger.native.burnable_shares);
    let pods = ledger.native.pods.iter().zip(&ledger.native.places);
    for (staker, (pod, place)) in ledger.stakers.iter().zip(pods) {
        let owner = staker.address;
        let mut manager = views(executor, "eigenPodManager");
        assert_eq!(manager.ask(&ownerToPodCall { podOwner: owner }), pod.address);
        assert_eq!(manager.ask(&podOwnerDepositSharesCall { podOwner: owner }), pod.deposit_shares);
        assert_eq!(manager.ask(&beaconChainSlashingFactorCall { podOwner: owner }), pod.slashing_factor());
        assert_eq!(views(executor, "eigenPodManager").ask(&getPodCall { podOwner: owner }), *place);
        assert_eq!(executor.book().name(*place), format!("pod of {}", executor.book().name(owner)));
        if !pod.exists() {
            continue;
        }
        let mut own = Views { executor, contract: pod.address };
        assert_eq!(own.ask(&podOwnerCall {}), pod.owner);
        assert_eq!(own.ask(&withdrawableRestakedExecutionLayerGweiCall {}), pod.withdrawable_gwei);
        assert_eq!(own.ask(&restakedValidatorsGweiCall {}), pod.validators_gwei);
        assert_eq!(executor.world().balance(pod.address), pod.balance);
    }
    for (staker, balance) in ledger.stakers.iter().zip(&ledger.native.balances) {
        assert_eq!(executor.world().balance(staker.address), *balance);
    }
}

fn rights_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    let slash = ledger.terms.slash_permission;
    for principal in &ledger.principals {
        let account = principal.address;
        let mut controller = views(executor, "permissionController");
        let own = if principal.admins.is_empty() { vec![account] } else { principal.admins.clone() };
        assert_eq!(controller.ask(&getAdminsCall { account }), own);
        assert_eq!(controller.ask(&getPendingAdminsCall { account }), principal.pending_admins);
        for (caller, _) in &principal.appointments {
            let question = canCallCall { account, caller: *caller, target: slash.target, selector: slash.selector };
            assert_eq!(controller.ask(&question), principal.can_call(*caller, slash));
        }
    }
    let mut manager = views(executor, "strategyManager");
    assert_eq!(manager.ask(&ownerCall {}), ledger.control.owner);
    assert_eq!(manager.ask(&strategyWhitelisterCall {}), ledger.control.whitelister);
    for (contract, status) in &ledger.control.paused {
        assert_eq!(Views { executor, contract: *contract }.ask(&pausedCall {}), *status);
    }
    for (avs, registrar) in &ledger.control.registrars {
        let told = views(executor, "allocationManager").ask(&getAVSRegistrarCall { avs: *avs });
        assert_eq!(told, if registrar.is_zero() { *avs } else { *registrar });
    }
}

fn salts_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    for approver in &ledger.approvers {
        let mut manager = views(executor, "delegationManager");
        for (salt, spent) in approver.spent.iter().enumerate() {
            let salt = U256::from(salt).into();
            let question = delegationApproverSaltIsSpentCall { approver: approver.address, salt };
            assert_eq!(manager.ask(&question), *spent);
        }
        if approver.key_holder != approver.address {
            let owner = Views { executor, contract: approver.address }.ask(&ownerCall {});
            assert_eq!(owner, approver.key_holder);
        }
    }
}

pub(super) fn registrars_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    for registrar in &ledger.registrars {
        let mut own = Views { executor, contract: registrar.address };
        let conduct = registrar.conduct;
        assert_eq!(own.ask(&servesCall {}), conduct.serves);
        assert_eq!(own.ask(&comingCall {}), conduct.coming as u8);
        assert_eq!(own.ask(&leavingCall {}), conduct.leaving as u8);
        assert_eq!(own.ask(&reactionCall {}), conduct.reaction as u8);
        assert_eq!(own.ask(&comingsCall {}), U256::from(registrar.comings));
        assert_eq!(own.ask(&leavingsCall {}), U256::from(registrar.leavings));
        assert_eq!(own.ask(&attemptsCall {}), U256::from(registrar.attempts));
        assert_eq!(own.ask(&successesCall {}), U256::from(registrar.entered));
        assert_eq!(own.ask(&lastOperatorCall {}), registrar.notice.operator);
        assert_eq!(own.ask(&lastAvsCall {}), registrar.notice.avs);
        assert_eq!(own.ask(&lastIdsCall {}), registrar.notice.ids);
    }
}

pub(super) fn callers_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    for caller in &ledger.callers {
        let mut own = Views { executor, contract: caller.address };
        assert_eq!(own.ask(&attemptsCall {}), U256::from(caller.attempts));
        for (target, times) in &caller.entered {
            assert_eq!(own.ask(&enteredCall { target: *target }), U256::from(*times));
        }
    }
    for token in &ledger.tokens {
        let mut own = Views { executor, contract: token.address };
        for (holder, barred) in ledger.holders.iter().zip(&token.quirks.barred) {
            assert_eq!(own.ask(&isBarredCall { account: *holder }), *barred);
        }
        if let Some(units) = &token.quirks.units {
            assert_eq!(own.ask(&rateCall {}), units.rate);
        }
    }
}
