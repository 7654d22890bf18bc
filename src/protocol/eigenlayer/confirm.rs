//! Whether the ledger is what the contracts themselves say. Where artifacts do not tell where variables are, the ledger is
//! read from where the binary's contracts have them; what the contracts answer when asked shows whether that is so.
//!
//! Asking costs many times a call, so it is done in a trial, not in a campaign.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, sol};

use super::{EigenLayer, live::is_absent};
use crate::{
    arithmetic::WAD,
    artifact::ASK_FOR_LAYOUTS,
    call::{Outcome, SetId, Transaction},
    ledger::{Ledger, Operator, Staker},
    problem::Problem,
    protocol::Answer,
};

sol! {
    #[derive(Debug, PartialEq)]
    struct Set { address avs; uint32 id; }
    struct Allocated { uint64 currentMagnitude; int128 pendingDiff; uint32 effectBlock; }

    function getMaxMagnitude(address operator, address strategy) returns (uint64);
    function getEncumberedMagnitude(address operator, address strategy) returns (uint64);
    function getAllocation(address operator, Set set, address strategy) returns (Allocated);
    function getAllocatedSets(address operator) returns (Set[]);
    function getRegisteredSets(address operator) returns (Set[]);
    function getAllocationDelay(address operator) returns (bool, uint32);
    function isOperatorSlashable(address operator, Set set) returns (bool);
    function isOperatorSet(Set set) returns (bool);
    function getStrategiesInOperatorSet(Set set) returns (address[]);
    function getMembers(Set set) returns (address[]);
    function getSlashCount(Set set) returns (uint256);
    function getAVSRegistrar(address avs) returns (address);
    function operatorShares(address operator, address strategy) returns (uint256);
    function delegatedTo(address staker) returns (address);
    function delegationApprover(address operator) returns (address);
    function depositScalingFactor(address staker, address strategy) returns (uint256);
    function cumulativeWithdrawalsQueued(address staker) returns (uint256);
    function getDeposits(address staker) returns (address[] strategies, uint256[] shares);
    function strategyIsWhitelistedForDeposit(address strategy) returns (bool);
    function strategyWhitelister() returns (address);
    function totalShares() returns (uint256);
    function podOwnerDepositShares(address podOwner) returns (int256);
    function ownerToPod(address podOwner) returns (address);
    function owner() returns (address);
    function paused() returns (uint256);
    function balanceOf(address holder) returns (uint256);
    function getAdmins(address account) returns (address[]);
    function getPendingAdmins(address account) returns (address[]);

    function getBurnableShares(address strategy) returns (uint256);
    function getBurnOrRedistributableShares(Set set, uint256 slashId, address strategy) returns (uint256);
    function getPendingOperatorSets() returns (Set[]);
    function getPendingSlashIds(Set set) returns (uint256[]);
    function pendingWithdrawals(bytes32 root) returns (bool);
    function beaconChainSlashingFactor(address podOwner) returns (uint64);
    function burnableETHShares() returns (uint256);
    function claimerFor(address earner) returns (address);
    function cumulativeClaimed(address earner, address token) returns (uint256);
    function currRewardsCalculationEndTimestamp() returns (uint32);
    function getDistributionRootsLength() returns (uint256);
    function rewardsUpdater() returns (address);
}

/// Plays a view, wherever the contracts are.
pub(super) type Ask<'a> = &'a mut dyn FnMut(&Transaction) -> Result<Outcome, Problem>;

/// Asks the contracts for what the ledger shows of them, and compares.
pub(super) fn confirm(protocol: &EigenLayer, view: Ask<'_>, ledger: &Ledger) -> Result<(), Problem> {
    for Answer { contract, data, signature, expected } in answers(protocol, ledger) {
        let question = Transaction { from: Address::ZERO, to: contract, data, value: U256::ZERO };
        let name = protocol.book.name(contract);
        let Outcome::Returned(answer) = view(&question)? else {
            return Err(Problem::new(format!("{name} does not answer {signature}")));
        };
        if expected != Some(answer) {
            return Err(Problem::new(format!(
                "{name} does not keep its storage as the {} release does",
                protocol.release.name
            ))
            .at(&protocol.artifacts.origin)
            .hint(format!("what {signature} answers is not where it should be; {ASK_FOR_LAYOUTS}")));
        }
    }
    Ok(())
}

/// What the contracts are to answer when `ledger` is how they stand.
pub(super) fn answers(protocol: &EigenLayer, ledger: &Ledger) -> Vec<Answer> {
    let mut answers = Answers { protocol, all: Vec::new() };
    for (place, operator) in ledger.operators.iter().enumerate() {
        answers.operator(ledger, operator);
        answers.stakes(ledger, place);
    }
    answers.sets(ledger);
    for staker in &ledger.stakers {
        answers.staker(ledger, staker);
    }
    answers.strategies(ledger);
    answers.native(ledger);
    answers.rights(ledger);
    answers.control(ledger);
    answers.all
}

/// The same, with what is not worth asking after every call to know where variables are: what waits, and balances.
pub(super) fn all_answers(protocol: &EigenLayer, ledger: &Ledger) -> Vec<Answer> {
    let mut answers = Answers { protocol, all: answers(protocol, ledger) };
    answers.slashes(ledger);
    answers.withdrawals(ledger);
    answers.beacon_chain(ledger);
    answers.rewards(ledger);
    answers.tokens(ledger);
    answers.all
}

struct Answers<'a> {
    protocol: &'a EigenLayer,
    all: Vec<Answer>,
}

impl Answers<'_> {
    /// That `contract` answers `shown`; `None` for what no contract answers.
    fn says<C: SolCall>(&mut self, contract: Address, question: &C, shown: Option<&C::Return>) {
        let expected = shown.map(|shown| C::abi_encode_returns(shown).into());
        let data = question.abi_encode().into();
        self.all.push(Answer { contract, data, signature: C::SIGNATURE, expected });
    }

    fn operator(&mut self, ledger: &Ledger, operator: &Operator) {
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
    }

    fn stakes(&mut self, ledger: &Ledger, place: usize) {
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

    fn sets(&mut self, ledger: &Ledger) {
        let manager = self.protocol.contracts.allocation_manager;
        for set in &ledger.sets {
            let id = || abi(set.id);
            self.says(manager, &isOperatorSetCall { set: id() }, Some(&set.exists));
            self.says(manager, &getStrategiesInOperatorSetCall { set: id() }, Some(&set.strategies));
            self.says(manager, &getMembersCall { set: id() }, Some(&set.members));
            if self.protocol.slots.allocation.numbering.is_some() {
                self.says(manager, &getSlashCountCall { set: id() }, Some(&U256::from(set.slash_count)));
            }
        }
        for (avs, registrar) in &ledger.control.registrars {
            let shown = if registrar.is_zero() { *avs } else { *registrar };
            self.says(manager, &getAVSRegistrarCall { avs: *avs }, Some(&shown));
        }
    }

    fn staker(&mut self, ledger: &Ledger, staker: &Staker) {
        let at = staker.address;
        let manager = self.protocol.contracts.delegation_manager;
        self.says(manager, &delegatedToCall { staker: at }, Some(&staker.delegated_to));
        let queued = U256::from(staker.withdrawals_queued);
        self.says(manager, &cumulativeWithdrawalsQueuedCall { staker: at }, Some(&queued));
        for (holding, strategy) in staker.holdings.iter().zip(&ledger.strategies) {
            let question = depositScalingFactorCall { staker: at, strategy: strategy.address };
            self.says(manager, &question, Some(&holding.factor()));
        }
        let shares = |strategy: &Address| {
            ledger.strategy_index(*strategy).map_or(U256::ZERO, |index| staker.holdings[index].shares)
        };
        let (strategies, shares) = (staker.strategies.clone(), staker.strategies.iter().map(shares).collect());
        let shown = getDepositsReturn { strategies, shares };
        self.says(self.protocol.contracts.strategy_manager, &getDepositsCall { staker: at }, Some(&shown));
    }

    fn strategies(&mut self, ledger: &Ledger) {
        let manager = self.protocol.contracts.strategy_manager;
        for (_, strategy) in ledger.token_strategies() {
            self.says(strategy.address, &totalSharesCall {}, Some(&strategy.total_shares));
            let question = strategyIsWhitelistedForDepositCall { strategy: strategy.address };
            self.says(manager, &question, Some(&strategy.whitelisted));
        }
    }

    fn native(&mut self, ledger: &Ledger) {
        let manager = self.protocol.contracts.eigen_pod_manager;
        for (staker, pod) in ledger.stakers.iter().zip(&ledger.native.pods) {
            let at = staker.address;
            self.says(manager, &podOwnerDepositSharesCall { podOwner: at }, Some(&pod.deposit_shares));
            self.says(manager, &ownerToPodCall { podOwner: at }, Some(&pod.address));
        }
    }

    fn rights(&mut self, ledger: &Ledger) {
        let controller = self.protocol.contracts.permission_controller;
        for principal in &ledger.principals {
            let account = principal.address;
            let pending = principal.pending_admins.clone();
            self.says(controller, &getPendingAdminsCall { account }, Some(&pending));
            let admins = if principal.admins.is_empty() { vec![account] } else { principal.admins.clone() };
            self.says(controller, &getAdminsCall { account }, Some(&admins));
        }
    }

    fn control(&mut self, ledger: &Ledger) {
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

    /// What waits to be burned or redistributed.
    fn slashes(&mut self, ledger: &Ledger) {
        let manager = self.protocol.contracts.strategy_manager;
        for (_, strategy) in ledger.token_strategies() {
            let question = getBurnableSharesCall { strategy: strategy.address };
            self.says(manager, &question, Some(&strategy.burnable_shares));
        }
        if self.protocol.slots.allocation.numbering.is_none() {
            return;
        }
        self.says(manager, &getPendingOperatorSetsCall {}, Some(&sets(&ledger.pending_sets)));
        for set in &ledger.sets {
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
    }

    fn withdrawals(&mut self, ledger: &Ledger) {
        let manager = self.protocol.contracts.delegation_manager;
        for withdrawal in &ledger.withdrawals {
            self.says(manager, &pendingWithdrawalsCall { root: withdrawal.root }, Some(&withdrawal.pending));
        }
    }

    fn beacon_chain(&mut self, ledger: &Ledger) {
        let manager = self.protocol.contracts.eigen_pod_manager;
        self.says(manager, &burnableETHSharesCall {}, Some(&ledger.native.burnable_shares));
        for (staker, pod) in ledger.stakers.iter().zip(&ledger.native.pods) {
            let question = beaconChainSlashingFactorCall { podOwner: staker.address };
            self.says(manager, &question, Some(&pod.stored_slashing_factor.unwrap_or(WAD)));
        }
    }

    fn rewards(&mut self, ledger: &Ledger) {
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

    fn tokens(&mut self, ledger: &Ledger) {
        for token in &ledger.tokens {
            for (holder, balance) in ledger.holders.iter().zip(&token.balances) {
                self.says(token.address, &balanceOfCall { holder: *holder }, Some(balance));
            }
        }
    }
}

fn abi(id: SetId) -> Set {
    Set { avs: id.avs, id: id.id }
}

fn sets(ids: &[SetId]) -> Vec<Set> {
    ids.iter().copied().map(abi).collect()
}
