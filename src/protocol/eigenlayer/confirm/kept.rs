//! What views show that is kept: each answer is a variable, or nearly.

use alloy_primitives::{Address, U256};

use super::{
    Answers,
    interface::{
        Allocated, Set, balanceOfCall, beaconChainSlashingFactorCall, burnableETHSharesCall, claimerForCall,
        cumulativeClaimedCall, cumulativeWithdrawalsQueuedCall, currRewardsCalculationEndTimestampCall,
        delegatedToCall, delegationApproverCall, depositScalingFactorCall, getAVSRegistrarCall, getAdminsCall,
        getAllocatedSetsCall, getAllocationCall, getAllocationDelayCall, getAllocationDelayReturn,
        getBurnOrRedistributableSharesCall, getBurnableSharesCall, getDepositsCall, getDepositsReturn,
        getDistributionRootsLengthCall, getEncumberedMagnitudeCall, getMaxMagnitudeCall, getMembersCall,
        getPendingAdminsCall, getPendingOperatorSetsCall, getPendingSlashIdsCall, getRegisteredSetsCall,
        getSlashCountCall, getStrategiesInOperatorSetCall, isOperatorSetCall, isOperatorSlashableCall,
        operatorSharesCall, ownerCall, ownerToPodCall, pausedCall, pendingWithdrawalsCall, podOwnerDepositSharesCall,
        rewardsUpdaterCall, strategyIsWhitelistedForDepositCall, strategyWhitelisterCall, totalSharesCall,
    },
};
use crate::{
    arithmetic::WAD,
    call::SetId,
    ledger::{Ledger, OperatorSet, Pod, Principal, Staker, Strategy, Token},
    protocol::eigenlayer::live::is_absent,
};

impl Answers<'_> {
    pub(super) fn operator(&mut self, ledger: &Ledger, place: usize) {
        let operator = &ledger.operators[place];
        let manager = self.protocol.contracts.allocation_manager;
        let at = operator.address;
        self.says(manager, &getAllocatedSetsCall { operator: at }, Some(&sets(&operator.allocated_sets)));
        self.says(manager, &getRegisteredSetsCall { operator: at }, Some(&sets(&operator.registered_sets)));
        let delay = operator.delay.at(ledger.block);
        let shown = getAllocationDelayReturn { _0: delay.is_some(), _1: delay.unwrap_or_default() };
        self.says(manager, &getAllocationDelayCall { operator: at }, Some(&shown));
        for (set, id) in ledger.sets.iter().map(|set| set.id).enumerate() {
            let slashable = operator.memberships[set].is_slashable(ledger.block);
            self.says(manager, &isOperatorSlashableCall { operator: at, set: abi(id) }, Some(&slashable));
            for (index, strategy) in ledger.strategies.iter().map(|strategy| strategy.address).enumerate() {
                let own = operator.allocations[set][index].settled(ledger.block);
                let shown = Allocated {
                    currentMagnitude: own.current,
                    pendingDiff: own.pending,
                    effectBlock: own.effect_block,
                };
                let question = getAllocationCall { operator: at, set: abi(id), strategy };
                self.says(manager, &question, Some(&shown));
            }
        }
        let manager = self.protocol.contracts.delegation_manager;
        self.says(manager, &delegationApproverCall { operator: at }, Some(&operator.approver));
        self.stakes(ledger, place);
    }

    pub(super) fn stakes(&mut self, ledger: &Ledger, place: usize) {
        let (operator, manager) = (&ledger.operators[place], self.protocol.contracts.allocation_manager);
        let delegation = self.protocol.contracts.delegation_manager;
        for (index, strategy) in ledger.strategies.iter().map(|strategy| strategy.address).enumerate() {
            let at = operator.address;
            let stake = &operator.stakes[index];
            let max = stake.max_magnitude();
            self.says(manager, &getMaxMagnitudeCall { operator: at, strategy }, Some(&max));
            let encumbered = ledger.encumbered(place, index);
            self.says(manager, &getEncumberedMagnitudeCall { operator: at, strategy }, encumbered.as_ref());
            self.says(delegation, &operatorSharesCall { operator: at, strategy }, Some(&stake.shares));
        }
    }

    pub(super) fn set(&mut self, set: &OperatorSet) {
        let manager = self.protocol.contracts.allocation_manager;
        let id = || abi(set.id);
        self.says(manager, &isOperatorSetCall { set: id() }, Some(&set.exists));
        self.says(manager, &getStrategiesInOperatorSetCall { set: id() }, Some(&set.strategies));
        self.says(manager, &getMembersCall { set: id() }, Some(&set.members));
        if self.numbers_slashes() {
            self.says(manager, &getSlashCountCall { set: id() }, Some(&U256::from(set.slash_count)));
        }
    }

    /// Whether slashes have numbers in this release.
    pub(super) fn numbers_slashes(&self) -> bool {
        self.protocol.slots.allocation.numbering.is_some()
    }

    pub(super) fn staker(&mut self, ledger: &Ledger, place: usize) {
        let staker = &ledger.stakers[place];
        let at = staker.address;
        let manager = self.protocol.contracts.delegation_manager;
        self.says(manager, &delegatedToCall { staker: at }, Some(&staker.delegated_to));
        let queued = U256::from(staker.withdrawals_queued);
        self.says(manager, &cumulativeWithdrawalsQueuedCall { staker: at }, Some(&queued));
        for (holding, strategy) in staker.holdings.iter().zip(&ledger.strategies) {
            let question = depositScalingFactorCall { staker: at, strategy: strategy.address };
            self.says(manager, &question, Some(&holding.factor()));
        }
        let shares = deposited(ledger, staker);
        let shown = shares.map(|shares| getDepositsReturn { strategies: staker.strategies.clone(), shares });
        self.says(self.protocol.contracts.strategy_manager, &getDepositsCall { staker: at }, shown.as_ref());
        self.pod(staker, &ledger.native.pods[place]);
    }

    pub(super) fn strategy(&mut self, strategy: &Strategy) {
        let manager = self.protocol.contracts.strategy_manager;
        self.says(strategy.address, &totalSharesCall {}, Some(&strategy.total_shares));
        let question = strategyIsWhitelistedForDepositCall { strategy: strategy.address };
        self.says(manager, &question, Some(&strategy.whitelisted));
    }

    pub(super) fn pod(&mut self, staker: &Staker, pod: &Pod) {
        let manager = self.protocol.contracts.eigen_pod_manager;
        let at = staker.address;
        self.says(manager, &podOwnerDepositSharesCall { podOwner: at }, Some(&pod.deposit_shares));
        self.says(manager, &ownerToPodCall { podOwner: at }, Some(&pod.address));
    }

    pub(super) fn rights(&mut self, principal: &Principal) {
        let controller = self.protocol.contracts.permission_controller;
        let account = principal.address;
        let pending = principal.pending_admins.clone();
        self.says(controller, &getPendingAdminsCall { account }, Some(&pending));
        let admins = if principal.admins.is_empty() { vec![account] } else { principal.admins.clone() };
        self.says(controller, &getAdminsCall { account }, Some(&admins));
    }

    pub(super) fn control(&mut self, ledger: &Ledger) {
        for (avs, registrar) in &ledger.control.registrars {
            let shown = if registrar.is_zero() { *avs } else { *registrar };
            let manager = self.protocol.contracts.allocation_manager;
            self.says(manager, &getAVSRegistrarCall { avs: *avs }, Some(&shown));
        }
        for (contract, status) in &ledger.control.paused {
            self.says(*contract, &pausedCall {}, Some(status));
        }
        let manager = self.protocol.contracts.strategy_manager;
        self.says(manager, &strategyWhitelisterCall {}, Some(&ledger.control.whitelister));
        self.says(manager, &ownerCall {}, Some(&ledger.control.owner));
        self.says(self.protocol.contracts.eigen_pod_manager, &ownerCall {}, Some(&ledger.native.owner));
        let coordinator = self.protocol.contracts.rewards_coordinator;
        if !is_absent(coordinator) {
            self.says(coordinator, &ownerCall {}, Some(&ledger.rewards.owner));
        }
    }

    /// What waits to be burned, and for whom something waits.
    pub(super) fn pending_sets(&mut self, ledger: &Ledger) {
        let manager = self.protocol.contracts.strategy_manager;
        for (_, strategy) in ledger.token_strategies() {
            let question = getBurnableSharesCall { strategy: strategy.address };
            self.says(manager, &question, Some(&strategy.burnable_shares));
        }
        if self.numbers_slashes() {
            self.says(manager, &getPendingOperatorSetsCall {}, Some(&sets(&ledger.pending_sets)));
        }
    }

    /// What waits to be burned or redistributed, slash by slash.
    pub(super) fn slashes(&mut self, ledger: &Ledger, set: &OperatorSet) {
        if !self.numbers_slashes() {
            return;
        }
        let manager = self.protocol.contracts.strategy_manager;
        let ids = set.pending_slashes.iter().copied().map(U256::from).collect();
        self.says(manager, &getPendingSlashIdsCall { set: abi(set.id) }, Some(&ids));
        for (id, entries) in set.slashes.iter().enumerate() {
            for (_, strategy) in ledger.token_strategies() {
                let waits = entries.iter().find(|(at, _)| *at == strategy.address);
                let question = getBurnOrRedistributableSharesCall {
                    set: abi(set.id),
                    slashId: U256::from(id),
                    strategy: strategy.address,
                };
                self.says(manager, &question, Some(&waits.map_or(U256::ZERO, |(_, shares)| *shares)));
            }
        }
    }

    pub(super) fn withdrawals(&mut self, ledger: &Ledger) {
        let manager = self.protocol.contracts.delegation_manager;
        for withdrawal in &ledger.withdrawals {
            self.says(manager, &pendingWithdrawalsCall { root: withdrawal.root }, Some(&withdrawal.pending));
        }
    }

    pub(super) fn beacon_chain(&mut self, ledger: &Ledger) {
        let manager = self.protocol.contracts.eigen_pod_manager;
        self.says(manager, &burnableETHSharesCall {}, Some(&ledger.native.burnable_shares));
        for (staker, pod) in ledger.stakers.iter().zip(&ledger.native.pods) {
            let question = beaconChainSlashingFactorCall { podOwner: staker.address };
            self.says(manager, &question, Some(&pod.stored_slashing_factor.unwrap_or(WAD)));
        }
    }

    pub(super) fn rewards(&mut self, ledger: &Ledger) {
        let (coordinator, rewards) = (self.protocol.contracts.rewards_coordinator, &ledger.rewards);
        if is_absent(coordinator) {
            return;
        }
        self.says(coordinator, &rewardsUpdaterCall {}, Some(&rewards.updater));
        self.says(coordinator, &currRewardsCalculationEndTimestampCall {}, Some(&rewards.calculation_end));
        self.says(coordinator, &getDistributionRootsLengthCall {}, Some(&U256::from(rewards.roots.len())));
        for earner in &rewards.earners {
            self.says(coordinator, &claimerForCall { earner: earner.address }, Some(&earner.claimer));
            for (token, claimed) in ledger.tokens.iter().zip(&earner.claimed) {
                let question = cumulativeClaimedCall { earner: earner.address, token: token.address };
                self.says(coordinator, &question, Some(claimed));
            }
        }
    }

    pub(super) fn balances(&mut self, ledger: &Ledger, token: &Token) {
        for (holder, balance) in ledger.holders.iter().zip(&token.balances) {
            self.says(token.address, &balanceOfCall { holder: *holder }, Some(balance));
        }
    }
}

/// The shares behind each strategy that a staker deposited into; `None` if the ledger does not keep one of them.
pub(super) fn deposited(ledger: &Ledger, staker: &Staker) -> Option<Vec<U256>> {
    let shares = |strategy: &Address| Some(staker.holdings[ledger.strategy_index(*strategy)?].shares);
    staker.strategies.iter().map(shares).collect()
}

pub(super) fn abi(id: SetId) -> Set {
    Set { avs: id.avs, id: id.id }
}

pub(super) fn sets(ids: &[SetId]) -> Vec<Set> {
    ids.iter().copied().map(abi).collect()
}
