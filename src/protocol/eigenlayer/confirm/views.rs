//! What views show that is worked out of what others show: lists of what single ones say, what is in force now, prices.

use alloy_primitives::{Address, FixedBytes, I256, U256};

use super::{
    Answers,
    interface::{Allocated, Distributed, Views as V},
    kept::{abi, deposited, sets},
};
use crate::{
    call::SplitId,
    ledger::{Allocation, DistributionRoot, Ledger, Operator, OperatorSet, Principal, Stake, Staker},
    protocol::eigenlayer::live::is_absent,
};

/// Switches of a contract that are asked for one by one.
const SWITCHES: u8 = 10;

/// Something that no strategy takes a round part of, in wei or shares.
const ODD: U256 = U256::from_limbs([1_234_567_890_123_456_789, 0, 0, 0]);

impl Answers<'_> {
    pub(super) fn memberships(&mut self, ledger: &Ledger, operator: &Operator) {
        let (manager, at) = (self.protocol.contracts.allocation_manager, operator.address);
        for (set, membership) in ledger.sets.iter().zip(&operator.memberships) {
            let question = V::isMemberOfOperatorSetCall { operator: at, set: abi(set.id) };
            self.says(manager, &question, Some(&membership.registered));
            let question = V::getAllocatedStrategiesCall { operator: at, set: abi(set.id) };
            self.says(manager, &question, Some(&membership.allocated_strategies));
        }
        let delegation = self.protocol.contracts.delegation_manager;
        let is_operator = ledger.stakers[operator.staker].is_operator();
        self.says(delegation, &V::isOperatorCall { operator: at }, Some(&is_operator));
    }

    pub(super) fn magnitudes(&mut self, ledger: &Ledger, operator: &Operator) {
        let (manager, at) = (self.protocol.contracts.allocation_manager, operator.address);
        let strategies: Vec<Address> = ledger.strategies.iter().map(|strategy| strategy.address).collect();
        let max = operator.stakes.iter().map(Stake::max_magnitude).collect();
        let question = V::getMaxMagnitudes_0Call { operator: at, strategies: strategies.clone() };
        self.says(manager, &question, Some(&max));
        let shares = operator.stakes.iter().map(|stake| stake.shares).collect();
        let question = V::getOperatorSharesCall { operator: at, strategies };
        self.says(self.protocol.contracts.delegation_manager, &question, Some(&shares));
        for (index, strategy) in ledger.strategies.iter().map(|strategy| strategy.address).enumerate() {
            let stake = &operator.stakes[index];
            if let Some((block, _)) = stake.max_magnitudes.entries.last() {
                for block in [block.saturating_sub(1), *block] {
                    let strategies = vec![strategy];
                    let question = V::getMaxMagnitudesAtBlockCall { operator: at, strategies, blockNumber: block };
                    self.says(manager, &question, Some(&vec![stake.max_magnitude_at(u64::from(block))]));
                }
            }
            let shown = allocations_in(ledger, operator, index);
            let shown = shown.map(|allocations| V::getStrategyAllocationsReturn {
                sets: sets(&operator.allocated_sets),
                allocations,
            });
            self.says(manager, &V::getStrategyAllocationsCall { operator: at, strategy }, shown.as_ref());
        }
    }

    pub(super) fn set_besides(&mut self, ledger: &Ledger, set: &OperatorSet) {
        let manager = self.protocol.contracts.allocation_manager;
        let id = || abi(set.id);
        self.says(manager, &V::getMemberCountCall { set: id() }, Some(&U256::from(set.members.len())));
        self.says(manager, &V::isRedistributingOperatorSetCall { set: id() }, Some(&set.is_redistributing()));
        self.says(manager, &V::getRedistributionRecipientCall { set: id() }, Some(&set.payee(&ledger.terms)));
    }

    pub(super) fn slashes_besides(&mut self, set: &OperatorSet) {
        if !self.numbers_slashes() {
            return;
        }
        let manager = self.protocol.contracts.strategy_manager;
        for (slash, entries) in set.slashes.iter().enumerate() {
            let slash = U256::from(slash);
            let question = V::getBurnOrRedistributableCountCall { set: abi(set.id), slashId: slash };
            self.says(manager, &question, Some(&U256::from(entries.len())));
            let (strategies, shares) = entries.iter().copied().unzip();
            let question = V::getBurnOrRedistributableSharesCall { set: abi(set.id), slashId: slash };
            self.says(manager, &question, Some(&V::getBurnOrRedistributableSharesReturn { strategies, shares }));
        }
    }

    /// What is asked of many operators at once: of all, in the order of the ledger. In one strategy.
    pub(super) fn operators_together(&mut self, ledger: &Ledger, index: usize) {
        let (operators, strategy) = (everyone(ledger), ledger.strategies[index].address);
        let manager = self.protocol.contracts.allocation_manager;
        let max = ledger.operators.iter().map(|operator| operator.stakes[index].max_magnitude()).collect();
        self.says(manager, &V::getMaxMagnitudes_1Call { operators: operators.clone(), strategy }, Some(&max));
        for (place, set) in ledger.sets.iter().enumerate() {
            let allocations = ledger.operators.iter().map(|operator| operator.allocations[place][index]);
            let shown = allocations.map(|allocation| shown_now(ledger, allocation)).collect();
            let question = V::getAllocationsCall { operators: operators.clone(), set: abi(set.id), strategy };
            self.says(manager, &question, Some(&shown));
        }
    }

    /// The same, in every strategy at once.
    pub(super) fn shares_together(&mut self, ledger: &Ledger) {
        let strategies = ledger.strategies.iter().map(|strategy| strategy.address).collect();
        let of = |operator: &Operator| operator.stakes.iter().map(|stake| stake.shares).collect();
        let shares = ledger.operators.iter().map(of).collect();
        let question = V::getOperatorsSharesCall { operators: everyone(ledger), strategies };
        self.says(self.protocol.contracts.delegation_manager, &question, Some(&shares));
    }

    pub(super) fn stakes_of(&mut self, ledger: &Ledger, staker: &Staker) {
        let (at, delegation) = (staker.address, self.protocol.contracts.delegation_manager);
        self.says(delegation, &V::isDelegatedCall { staker: at }, Some(&staker.is_delegated()));
        self.says(delegation, &V::getQueuedWithdrawalRootsCall { staker: at }, Some(&staker.roots));
        let shown = deposited(ledger, staker).map(|shares| with_native(ledger, staker, shares));
        self.says(delegation, &V::getDepositedSharesCall { staker: at }, shown.as_ref());
        let manager = self.protocol.contracts.strategy_manager;
        let length = U256::from(staker.strategies.len());
        self.says(manager, &V::stakerStrategyListLengthCall { staker: at }, Some(&length));
        self.says(manager, &V::getStakerStrategyListCall { staker: at }, Some(&staker.strategies));
    }

    /// Shares of a strategy, and what they are worth.
    pub(super) fn prices(&mut self, ledger: &Ledger, index: usize) {
        let strategy = &ledger.strategies[index];
        let (at, manager) = (strategy.address, self.protocol.contracts.strategy_manager);
        for staker in &ledger.stakers {
            let shares = staker.holdings[index].shares;
            let question = V::stakerDepositSharesCall { staker: staker.address, strategy: at };
            self.says(manager, &question, Some(&shares));
            self.says(at, &V::sharesCall { staker: staker.address }, Some(&shares));
            let worth = strategy.tokens_for(shares);
            self.says(at, &V::userUnderlyingViewCall { staker: staker.address }, worth.as_ref());
        }
        self.says(at, &V::sharesToUnderlyingViewCall { shares: ODD }, strategy.tokens_for(ODD).as_ref());
        self.says(at, &V::underlyingToSharesViewCall { tokens: ODD }, strategy.shares_for(ODD).as_ref());
        let Some(limits) = strategy.limits else { return };
        self.says(
            at,
            &V::getTVLLimitsCall {},
            Some(&V::getTVLLimitsReturn { _0: limits.per_deposit, _1: limits.total }),
        );
        self.says(at, &V::maxPerDepositCall {}, Some(&limits.per_deposit));
        self.says(at, &V::maxTotalDepositsCall {}, Some(&limits.total));
    }

    pub(super) fn pods(&mut self, ledger: &Ledger) {
        let manager = self.protocol.contracts.eigen_pod_manager;
        for (staker, pod) in ledger.stakers.iter().zip(&ledger.native.pods) {
            self.says(manager, &V::hasPodCall { podOwner: staker.address }, Some(&pod.exists()));
        }
        self.says(manager, &V::numPodsCall {}, Some(&U256::from(ledger.native.pod_count)));
    }

    /// Roots, splits and those who may give.
    pub(super) fn rewards_now(&mut self, ledger: &Ledger) {
        let (coordinator, rewards) = (self.protocol.contracts.rewards_coordinator, &ledger.rewards);
        if is_absent(coordinator) {
            return;
        }
        self.says(coordinator, &V::activationDelayCall {}, Some(&rewards.activation_delay));
        self.says(coordinator, &V::defaultOperatorSplitBipsCall {}, Some(&rewards.default_split));
        self.roots(coordinator, ledger);
        for split in &rewards.splits {
            let bips = split.at(ledger.timestamp, rewards.default_split);
            match split.id {
                SplitId::Avs { operator, avs } => {
                    self.says(coordinator, &V::getOperatorAVSSplitCall { operator, avs }, Some(&bips));
                }
                SplitId::Incentives { operator } => {
                    self.says(coordinator, &V::getOperatorPISplitCall { operator }, Some(&bips));
                }
                SplitId::Set { operator, set } => {
                    let question = V::getOperatorSetSplitCall { operator, set: abi(set) };
                    self.says(coordinator, &question, Some(&bips));
                }
            }
        }
        for given in &rewards.submitters {
            let submitter = given.address;
            self.says(coordinator, &V::isRewardsForAllSubmitterCall { submitter }, Some(&given.for_all));
            self.says(coordinator, &V::submissionNonceCall { submitter }, Some(&U256::from(given.nonce)));
        }
    }

    fn roots(&mut self, coordinator: Address, ledger: &Ledger) {
        let roots = &ledger.rewards.roots;
        for (index, root) in roots.iter().enumerate() {
            let question = V::getDistributionRootAtIndexCall { index: U256::from(index) };
            self.says(coordinator, &question, Some(&as_shown(root)));
            // The same hash may be there more than once: the last counts.
            let last = roots.iter().rposition(|other| other.root == root.root);
            let last = last.and_then(|last| u32::try_from(last).ok());
            self.says(coordinator, &V::getRootIndexFromHashCall { rootHash: root.root }, last.as_ref());
        }
        let current = roots.last().map(as_shown);
        self.says(coordinator, &V::getCurrentDistributionRootCall {}, current.as_ref());
        let claimable = roots.iter().rev().find(|root| root.is_claimable(ledger.timestamp));
        let shown = claimable.map_or_else(|| as_shown(&DistributionRoot::default()), as_shown);
        self.says(coordinator, &V::getCurrentClaimableDistributionRootCall {}, Some(&shown));
    }

    pub(super) fn rights_besides(&mut self, principal: &Principal) {
        let (controller, account) = (self.protocol.contracts.permission_controller, principal.address);
        let appointees = || principal.appointments.iter().map(|(appointee, _)| *appointee);
        let involved: Vec<Address> = [account, self.protocol.cast.stranger]
            .into_iter()
            .chain(principal.admins.iter().copied())
            .chain(principal.pending_admins.iter().copied())
            .chain(appointees())
            .collect();
        for who in involved {
            let question = V::isAdminCall { account, caller: who };
            self.says(controller, &question, Some(&principal.is_admin(who)));
            let question = V::isPendingAdminCall { account, pendingAdmin: who };
            self.says(controller, &question, Some(&principal.pending_admins.contains(&who)));
            for (_, permissions) in &principal.appointments {
                for permission in permissions {
                    let (target, selector) = (permission.target, permission.selector);
                    let question = V::canCallCall { account, caller: who, target, selector };
                    self.says(controller, &question, Some(&principal.can_call(who, *permission)));
                }
            }
        }
        for (appointee, permissions) in &principal.appointments {
            let (targets, selectors): (Vec<Address>, Vec<FixedBytes<4>>) =
                permissions.iter().map(|permission| (permission.target, permission.selector)).unzip();
            let question = V::getAppointeePermissionsCall { account, appointee: *appointee };
            self.says(controller, &question, Some(&V::getAppointeePermissionsReturn { targets, selectors }));
        }
    }

    pub(super) fn switches(&mut self, ledger: &Ledger) {
        for (contract, status) in &ledger.control.paused {
            for index in 0..SWITCHES {
                self.says(*contract, &V::pausedCall { index }, Some(&status.bit(usize::from(index))));
            }
        }
    }
}

fn everyone(ledger: &Ledger) -> Vec<Address> {
    ledger.operators.iter().map(|operator| operator.address).collect()
}

/// An allocation as it is told of this block.
fn shown_now(ledger: &Ledger, allocation: Allocation) -> Allocated {
    let Allocation { current, pending, effect_block } = allocation.settled(ledger.block);
    Allocated { currentMagnitude: current, pendingDiff: pending, effectBlock: effect_block }
}

/// By set that an operator has allocated to, in its order: what of a strategy; `None` if the ledger does not keep a set.
fn allocations_in(ledger: &Ledger, operator: &Operator, strategy: usize) -> Option<Vec<Allocated>> {
    let sets = operator.allocated_sets.iter();
    sets.map(|id| Some(shown_now(ledger, operator.allocations[ledger.set_index(*id)?][strategy]))).collect()
}

/// Deposits, and native ETH at the end if there is some.
fn with_native(ledger: &Ledger, staker: &Staker, mut shares: Vec<U256>) -> V::getDepositedSharesReturn {
    let mut strategies = staker.strategies.clone();
    let native = ledger.native_strategy().map(|native| ledger.strategies[native].address);
    let held = ledger.pod(staker.address).map(|pod| pod.deposit_shares).filter(I256::is_positive);
    if let (Some(native), Some(held)) = (native, held) {
        strategies.push(native);
        shares.push(held.into_raw());
    }
    V::getDepositedSharesReturn { strategies, shares }
}

fn as_shown(root: &DistributionRoot) -> Distributed {
    let DistributionRoot { root, calculation_end, activated_at, disabled, .. } = *root;
    Distributed { root, rewardsCalculationEndTimestamp: calculation_end, activatedAt: activated_at, disabled }
}
