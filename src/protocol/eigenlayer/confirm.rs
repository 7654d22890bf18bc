//! Whether the ledger is what the contracts themselves say. Where artifacts do not tell where variables are, the ledger is
//! read from where the binary's contracts have them; what the contracts answer when asked shows whether that is so.
//!
//! Asking costs many times a call, so it is done in a trial, not in a campaign.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, sol};

use super::{EigenLayer, live::is_absent};
use crate::{
    call::{Outcome, SetId, Transaction},
    ledger::{Ledger, Operator, Staker},
    problem::Problem,
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
    function getAdmins(address account) returns (address[]);
    function getPendingAdmins(address account) returns (address[]);
}

/// Plays a view, wherever the contracts are.
pub(super) type Ask<'a> = &'a mut dyn FnMut(&Transaction) -> Result<Outcome, Problem>;

/// Asks the contracts for what the ledger shows of them, and compares.
pub(super) fn confirm(protocol: &EigenLayer, view: Ask<'_>, ledger: &Ledger) -> Result<(), Problem> {
    let mut asking = Asking { protocol, view };
    for (place, operator) in ledger.operators.iter().enumerate() {
        asking.operator(ledger, operator)?;
        asking.stakes(ledger, place)?;
    }
    asking.sets(ledger)?;
    for staker in &ledger.stakers {
        asking.staker(ledger, staker)?;
    }
    asking.strategies(ledger)?;
    asking.native(ledger)?;
    asking.rights(ledger)?;
    asking.control(ledger)
}

struct Asking<'a> {
    protocol: &'a EigenLayer,
    view: Ask<'a>,
}

impl Asking<'_> {
    /// What a contract answers.
    fn ask<C: SolCall>(&mut self, contract: Address, question: &C) -> Result<C::Return, Problem> {
        let data = question.abi_encode().into();
        let view = Transaction { from: Address::ZERO, to: contract, data, value: U256::ZERO };
        let answer = match (self.view)(&view)? {
            Outcome::Returned(answer) => C::abi_decode_returns(&answer).ok(),
            Outcome::Reverted(_) | Outcome::Halted(_) => None,
        };
        let name = self.protocol.book.name(contract);
        answer.ok_or_else(|| Problem::new(format!("{name} does not answer {}", C::SIGNATURE)))
    }

    /// That a contract answers what the ledger shows.
    fn same<C: SolCall, T: PartialEq>(
        &mut self,
        contract: Address,
        question: &C,
        (told, shown): (impl FnOnce(C::Return) -> T, T),
    ) -> Result<(), Problem> {
        let answer = self.ask(contract, question)?;
        if told(answer) == shown {
            return Ok(());
        }
        let name = self.protocol.book.name(contract);
        Err(Problem::new(format!(
            "{name} does not keep its storage as the {} release does",
            self.protocol.release.name
        ))
        .at(&self.protocol.artifacts.origin)
        .hint(format!(
            "what {} answers is not where it should be; compile with extra_output = [\"storageLayout\"] in \
                 foundry.toml",
            C::SIGNATURE
        )))
    }

    fn operator(&mut self, ledger: &Ledger, operator: &Operator) -> Result<(), Problem> {
        let manager = self.protocol.contracts.allocation_manager;
        let at = operator.address;
        self.same(manager, &getAllocatedSetsCall { operator: at }, (ids, operator.allocated_sets.clone()))?;
        self.same(manager, &getRegisteredSetsCall { operator: at }, (ids, operator.registered_sets.clone()))?;
        let delay = operator.delay.at(ledger.block);
        let told = |answer: getAllocationDelayReturn| answer._0.then_some(answer._1);
        self.same(manager, &getAllocationDelayCall { operator: at }, (told, delay))?;
        for (set, id) in ledger.sets.iter().map(|set| set.id).enumerate() {
            let slashable = operator.memberships[set].is_slashable(ledger.block);
            self.same(manager, &isOperatorSlashableCall { operator: at, set: abi(id) }, (itself, slashable))?;
            for (index, strategy) in ledger.strategies.iter().map(|strategy| strategy.address).enumerate() {
                let own = operator.allocations[set][index].settled(ledger.block);
                let told = |told: Allocated| (told.currentMagnitude, told.pendingDiff, told.effectBlock);
                let question = getAllocationCall { operator: at, set: abi(id), strategy };
                self.same(manager, &question, (told, (own.current, own.pending, own.effect_block)))?;
            }
        }
        let manager = self.protocol.contracts.delegation_manager;
        self.same(manager, &delegationApproverCall { operator: at }, (itself, operator.approver))
    }

    fn stakes(&mut self, ledger: &Ledger, place: usize) -> Result<(), Problem> {
        let (operator, manager) = (&ledger.operators[place], self.protocol.contracts.allocation_manager);
        let delegation = self.protocol.contracts.delegation_manager;
        for (index, strategy) in ledger.strategies.iter().map(|strategy| strategy.address).enumerate() {
            let at = operator.address;
            let stake = &operator.stakes[index];
            let max = stake.max_magnitude();
            self.same(manager, &getMaxMagnitudeCall { operator: at, strategy }, (itself, max))?;
            let encumbered = ledger.encumbered(place, index);
            self.same(manager, &getEncumberedMagnitudeCall { operator: at, strategy }, (Some, encumbered))?;
            self.same(delegation, &operatorSharesCall { operator: at, strategy }, (itself, stake.shares))?;
        }
        Ok(())
    }

    fn sets(&mut self, ledger: &Ledger) -> Result<(), Problem> {
        let manager = self.protocol.contracts.allocation_manager;
        for set in &ledger.sets {
            let id = || abi(set.id);
            self.same(manager, &isOperatorSetCall { set: id() }, (itself, set.exists))?;
            self.same(manager, &getStrategiesInOperatorSetCall { set: id() }, (itself, set.strategies.clone()))?;
            self.same(manager, &getMembersCall { set: id() }, (itself, set.members.clone()))?;
            if self.protocol.slots.allocation.numbering.is_some() {
                self.same(manager, &getSlashCountCall { set: id() }, (itself, U256::from(set.slash_count)))?;
            }
        }
        for (avs, registrar) in &ledger.control.registrars {
            let shown = if registrar.is_zero() { *avs } else { *registrar };
            self.same(manager, &getAVSRegistrarCall { avs: *avs }, (itself, shown))?;
        }
        Ok(())
    }

    fn staker(&mut self, ledger: &Ledger, staker: &Staker) -> Result<(), Problem> {
        let at = staker.address;
        let manager = self.protocol.contracts.delegation_manager;
        self.same(manager, &delegatedToCall { staker: at }, (itself, staker.delegated_to))?;
        let queued = U256::from(staker.withdrawals_queued);
        self.same(manager, &cumulativeWithdrawalsQueuedCall { staker: at }, (itself, queued))?;
        for (holding, strategy) in staker.holdings.iter().zip(&ledger.strategies) {
            let question = depositScalingFactorCall { staker: at, strategy: strategy.address };
            self.same(manager, &question, (itself, holding.factor()))?;
        }
        let shares = |strategy: &Address| {
            ledger.strategy_index(*strategy).map_or(U256::ZERO, |index| staker.holdings[index].shares)
        };
        let shown = (staker.strategies.clone(), staker.strategies.iter().map(shares).collect());
        let told = |answer: getDepositsReturn| (answer.strategies, answer.shares);
        self.same(self.protocol.contracts.strategy_manager, &getDepositsCall { staker: at }, (told, shown))
    }

    fn strategies(&mut self, ledger: &Ledger) -> Result<(), Problem> {
        let manager = self.protocol.contracts.strategy_manager;
        for (_, strategy) in ledger.token_strategies() {
            self.same(strategy.address, &totalSharesCall {}, (itself, strategy.total_shares))?;
            let question = strategyIsWhitelistedForDepositCall { strategy: strategy.address };
            self.same(manager, &question, (itself, strategy.whitelisted))?;
        }
        Ok(())
    }

    fn native(&mut self, ledger: &Ledger) -> Result<(), Problem> {
        let manager = self.protocol.contracts.eigen_pod_manager;
        for (staker, pod) in ledger.stakers.iter().zip(&ledger.native.pods) {
            let at = staker.address;
            self.same(manager, &podOwnerDepositSharesCall { podOwner: at }, (itself, pod.deposit_shares))?;
            self.same(manager, &ownerToPodCall { podOwner: at }, (itself, pod.address))?;
        }
        Ok(())
    }

    fn rights(&mut self, ledger: &Ledger) -> Result<(), Problem> {
        let controller = self.protocol.contracts.permission_controller;
        for principal in &ledger.principals {
            let account = principal.address;
            let pending = principal.pending_admins.clone();
            self.same(controller, &getPendingAdminsCall { account }, (itself, pending))?;
            let admins = if principal.admins.is_empty() { vec![account] } else { principal.admins.clone() };
            self.same(controller, &getAdminsCall { account }, (itself, admins))?;
        }
        Ok(())
    }

    fn control(&mut self, ledger: &Ledger) -> Result<(), Problem> {
        for (contract, status) in &ledger.control.paused {
            self.same(*contract, &pausedCall {}, (itself, *status))?;
        }
        let manager = self.protocol.contracts.strategy_manager;
        self.same(manager, &strategyWhitelisterCall {}, (itself, ledger.control.whitelister))?;
        self.same(manager, &ownerCall {}, (itself, ledger.control.owner))?;
        self.same(self.protocol.contracts.eigen_pod_manager, &ownerCall {}, (itself, ledger.native.owner))?;
        let coordinator = self.protocol.contracts.rewards_coordinator;
        if is_absent(coordinator) {
            return Ok(());
        }
        self.same(coordinator, &ownerCall {}, (itself, ledger.rewards.owner))
    }
}

fn itself<T>(told: T) -> T {
    told
}

fn abi(id: SetId) -> Set {
    Set { avs: id.avs, id: id.id }
}

fn ids(sets: Vec<Set>) -> Vec<SetId> {
    sets.into_iter().map(|set| SetId { avs: set.avs, id: set.id }).collect()
}
