//! Whether the ledger is what the contracts themselves say. Where artifacts do not tell where variables are, the ledger is
//! read from where the binary's contracts have them; what the contracts answer when asked shows whether that is so.
//!
//! Asking costs many times a call, so it is done in a trial, not in a campaign.

mod surroundings;
mod views;

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, sol};

use super::{EigenLayer, live::is_absent};
use crate::{
    arithmetic::WAD,
    artifact::{ALLOCATION_MANAGER_VIEW, ASK_FOR_LAYOUTS},
    call::{Outcome, SetId, Transaction},
    draw::Draw,
    ledger::{Ledger, OperatorSet, Pod, Principal, Staker, Strategy, StrategyKind, Token},
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

    struct Distributed { bytes32 root; uint32 rewardsCalculationEndTimestamp; uint32 activatedAt; bool disabled; }

    interface Views {
        function isMemberOfOperatorSet(address operator, Set set) external view returns (bool);
        function isRedistributingOperatorSet(Set set) external view returns (bool);
        function getRedistributionRecipient(Set set) external view returns (address);
        function getMemberCount(Set set) external view returns (uint256);
        function getAllocatedStrategies(address operator, Set set) external view returns (address[]);
        function getStrategyAllocations(address operator, address strategy)
            external view returns (Set[] sets, Allocated[] allocations);
        function getAllocations(address[] operators, Set set, address strategy)
            external view returns (Allocated[]);
        function getMaxMagnitudes(address operator, address[] strategies) external view returns (uint64[]);
        function getMaxMagnitudes(address[] operators, address strategy) external view returns (uint64[]);
        function getMaxMagnitudesAtBlock(address operator, address[] strategies, uint32 blockNumber)
            external view returns (uint64[]);

        function isDelegated(address staker) external view returns (bool);
        function isOperator(address operator) external view returns (bool);
        function getOperatorShares(address operator, address[] strategies) external view returns (uint256[]);
        function getOperatorsShares(address[] operators, address[] strategies) external view returns (uint256[][]);
        function getDepositedShares(address staker) external view returns (address[] strategies, uint256[] shares);
        function getQueuedWithdrawalRoots(address staker) external view returns (bytes32[]);

        function stakerStrategyListLength(address staker) external view returns (uint256);
        function getStakerStrategyList(address staker) external view returns (address[]);
        function stakerDepositShares(address staker, address strategy) external view returns (uint256);
        function getBurnOrRedistributableCount(Set set, uint256 slashId) external view returns (uint256);
        function getBurnOrRedistributableShares(Set set, uint256 slashId)
            external view returns (address[] strategies, uint256[] shares);

        function shares(address staker) external view returns (uint256);
        function sharesToUnderlyingView(uint256 shares) external view returns (uint256);
        function underlyingToSharesView(uint256 tokens) external view returns (uint256);
        function userUnderlyingView(address staker) external view returns (uint256);
        function getTVLLimits() external view returns (uint256, uint256);
        function maxPerDeposit() external view returns (uint256);
        function maxTotalDeposits() external view returns (uint256);

        function hasPod(address podOwner) external view returns (bool);
        function numPods() external view returns (uint256);

        function activationDelay() external view returns (uint32);
        function defaultOperatorSplitBips() external view returns (uint16);
        function getDistributionRootAtIndex(uint256 index) external view returns (Distributed);
        function getCurrentDistributionRoot() external view returns (Distributed);
        function getCurrentClaimableDistributionRoot() external view returns (Distributed);
        function getRootIndexFromHash(bytes32 rootHash) external view returns (uint32);
        function getOperatorAVSSplit(address operator, address avs) external view returns (uint16);
        function getOperatorPISplit(address operator) external view returns (uint16);
        function getOperatorSetSplit(address operator, Set set) external view returns (uint16);
        function isRewardsForAllSubmitter(address submitter) external view returns (bool);
        function submissionNonce(address submitter) external view returns (uint256);

        function isAdmin(address account, address caller) external view returns (bool);
        function isPendingAdmin(address account, address pendingAdmin) external view returns (bool);
        function canCall(address account, address caller, address target, bytes4 selector)
            external view returns (bool);
        function getAppointeePermissions(address account, address appointee)
            external view returns (address[] targets, bytes4[] selectors);

        function paused(uint8 index) external view returns (bool);
    }
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
        if expected.is_some_and(|expected| expected != answer) {
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
    let mut answers = Answers::new(protocol, Wanted::All);
    answers.accounting(ledger);
    answers.all
}

/// The same, with what is not worth asking after every call to know where variables are: what waits, balances, and what those
/// around the protocol were told.
pub(super) fn all_answers(protocol: &EigenLayer, ledger: &Ledger) -> Vec<Answer> {
    let mut answers = Answers::new(protocol, Wanted::All);
    answers.accounting(ledger);
    answers.rest(ledger);
    answers.all
}

/// What `contract` is to answer to `data` when `ledger` is how things stand; `None` if that cannot be said.
pub(super) fn shown(protocol: &EigenLayer, ledger: &Ledger, contract: Address, data: &[u8]) -> Option<Bytes> {
    let selector = data.first_chunk::<4>()?;
    if !protocol.has_view(contract, *selector) {
        return None;
    }
    let mut answers = Answers::new(protocol, Wanted::To(contract, data));
    for section in Section::all(ledger) {
        if section.is_about(ledger, contract, data) {
            answers.section(ledger, section);
        }
    }
    answers.all.pop()?.expected
}

/// Something that can be asked. Each view of a part of the ledger is as likely, and rather asked where it does not answer
/// what it answers elsewhere.
pub(super) fn draw_answer(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<Answer> {
    let ledger = draw.ledger;
    let section = Section::draw(draw)?;
    let mut views = Answers::new(protocol, Wanted::None);
    views.section(ledger, section);
    let places = places_of_one_view(protocol, draw, &views.views)?;
    let mut answers = Answers::new(protocol, Wanted::At(&places));
    answers.section(ledger, section);
    let mut all = answers.all;
    all.retain(|answer| answer.expected.is_some());
    let alike = |answer: &Answer| all.iter().filter(|other| other.expected == answer.expected).count();
    let rarest = (0..all.len()).min_by_key(|at| alike(&all[*at]))?;
    let at = if draw.chance(70) { rarest } else { draw.below(all.len()) };
    Some(all.swap_remove(at))
}

/// Some places of one of these views.
fn places_of_one_view(protocol: &EigenLayer, draw: &mut Draw<'_>, views: &[View]) -> Option<Vec<usize>> {
    let mut different = views.to_vec();
    different.sort_unstable();
    different.dedup();
    different.retain(|(contract, selector)| protocol.has_view(*contract, *selector));
    let view = draw.choose(&different)?;
    let same: Vec<usize> = (0..views.len()).filter(|at| views[*at] == view).collect();
    Some((0..CANDIDATES).filter_map(|_| draw.choose(&same)).collect())
}

/// Who is asked, and the selector of the view.
type View = (Address, [u8; 4]);

/// Of as many questions to one view, one is asked.
const CANDIDATES: usize = 24;

impl EigenLayer {
    /// Whether a contract has a view, as far as its artifact tells. Not every release has every one.
    fn has_view(&self, contract: Address, selector: [u8; 4]) -> bool {
        let views = self.views.get_or_init(|| self.views());
        views.get(&contract).is_none_or(|views| views.contains(&selector))
    }

    /// The selectors of what the contracts of the release have.
    fn views(&self) -> BTreeMap<Address, BTreeSet<[u8; 4]>> {
        let contracts = &self.contracts;
        let named = [
            (contracts.allocation_manager, &["AllocationManager", ALLOCATION_MANAGER_VIEW][..]),
            (contracts.delegation_manager, &["DelegationManager"]),
            (contracts.strategy_manager, &["StrategyManager"]),
            (contracts.eigen_pod_manager, &["EigenPodManager"]),
            (contracts.rewards_coordinator, &["RewardsCoordinator"]),
            (contracts.permission_controller, &["PermissionController"]),
        ];
        let selectors = |names: &[&str]| -> BTreeSet<[u8; 4]> {
            let present = names.iter().filter(|name| self.artifacts.has(name));
            present.flat_map(|name| self.artifacts.get(name).abi.functions()).map(|it| it.selector().0).collect()
        };
        named.into_iter().map(|(contract, names)| (contract, selectors(names))).collect()
    }
}

/// Which answers are wanted.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    All,
    None,
    /// Those in these places.
    At(&'a [usize]),
    /// That of a contract to calldata.
    To(Address, &'a [u8]),
}

impl<'a> Answers<'a> {
    fn new(protocol: &'a EigenLayer, wanted: Wanted<'a>) -> Self {
        Self { protocol, wanted, views: Vec::new(), all: Vec::new() }
    }

    fn accounting(&mut self, ledger: &Ledger) {
        for place in 0..ledger.operators.len() {
            self.operator(ledger, place);
        }
        for set in &ledger.sets {
            self.set(set);
        }
        for staker in 0..ledger.stakers.len() {
            self.staker(ledger, staker);
        }
        for (_, strategy) in ledger.token_strategies() {
            self.strategy(strategy);
        }
        for principal in &ledger.principals {
            self.rights(principal);
        }
        self.control(ledger);
    }

    fn rest(&mut self, ledger: &Ledger) {
        self.pending_sets(ledger);
        for set in &ledger.sets {
            self.slashes(ledger, set);
        }
        self.withdrawals(ledger);
        self.beacon_chain(ledger);
        self.rewards(ledger);
        for token in &ledger.tokens {
            self.balances(ledger, token);
        }
        self.callers(ledger);
        self.registrars(ledger);
        self.examples(ledger);
    }

    fn section(&mut self, ledger: &Ledger, section: Section) {
        match section {
            Section::Operator(place) => {
                self.operator(ledger, place);
                self.memberships(ledger, &ledger.operators[place]);
                self.magnitudes(ledger, &ledger.operators[place]);
            }
            Section::Set(place) => {
                self.set(&ledger.sets[place]);
                self.set_besides(ledger, &ledger.sets[place]);
            }
            Section::Slashes(place) => {
                self.slashes(ledger, &ledger.sets[place]);
                self.slashes_besides(&ledger.sets[place]);
            }
            Section::Staker(place) => {
                self.staker(ledger, place);
                self.stakes_of(ledger, &ledger.stakers[place]);
            }
            Section::Strategy(place) => {
                self.operators_together(ledger, place);
                if ledger.strategies[place].kind == StrategyKind::Token {
                    self.strategy(&ledger.strategies[place]);
                    self.prices(ledger, place);
                }
            }
            Section::Principal(place) => {
                self.rights(&ledger.principals[place]);
                self.rights_besides(&ledger.principals[place]);
            }
            Section::Token(place) => self.balances(ledger, &ledger.tokens[place]),
            Section::Control => {
                self.control(ledger);
                self.switches(ledger);
                self.pending_sets(ledger);
                self.shares_together(ledger);
            }
            Section::Pods => {
                self.beacon_chain(ledger);
                self.pods(ledger);
            }
            Section::Rewards => {
                self.rewards(ledger);
                self.rewards_now(ledger);
            }
            Section::Withdrawals => self.withdrawals(ledger),
            Section::Surroundings => {
                self.callers(ledger);
                self.registrars(ledger);
                self.examples(ledger);
            }
        }
    }
}

/// A part of what can be asked. By index in the ledger: whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Operator(usize),
    Set(usize),
    Slashes(usize),
    Staker(usize),
    Strategy(usize),
    Principal(usize),
    Token(usize),
    Control,
    Pods,
    Rewards,
    Withdrawals,
    Surroundings,
}

impl Section {
    fn all(ledger: &Ledger) -> impl Iterator<Item = Self> {
        let alone = [Self::Control, Self::Pods, Self::Rewards, Self::Withdrawals, Self::Surroundings];
        (0..ledger.operators.len())
            .map(Self::Operator)
            .chain((0..ledger.sets.len()).map(Self::Set))
            .chain((0..ledger.sets.len()).map(Self::Slashes))
            .chain((0..ledger.stakers.len()).map(Self::Staker))
            .chain((0..ledger.strategies.len()).map(Self::Strategy))
            .chain((0..ledger.principals.len()).map(Self::Principal))
            .chain((0..ledger.tokens.len()).map(Self::Token))
            .chain(alone)
    }

    /// Each kind as likely as it has views, about.
    fn draw(draw: &mut Draw<'_>) -> Option<Self> {
        let ledger = draw.ledger;
        let (of, count): (fn(usize) -> Self, usize) = match draw.below(100) {
            0..18 => (Self::Operator, ledger.operators.len()),
            18..28 => (Self::Set, ledger.sets.len()),
            28..34 => (Self::Slashes, ledger.sets.len()),
            34..45 => (Self::Staker, ledger.stakers.len()),
            45..58 => (Self::Strategy, ledger.strategies.len()),
            58..66 => (Self::Principal, ledger.principals.len()),
            66..68 => (Self::Token, ledger.tokens.len()),
            68..76 => return Some(Self::Control),
            76..80 => return Some(Self::Pods),
            80..96 => return Some(Self::Rewards),
            96..97 => return Some(Self::Withdrawals),
            _ => return Some(Self::Surroundings),
        };
        let all: Vec<Self> = (0..count).map(of).collect();
        draw.prefer(&all, |section| section.subject(ledger).unwrap_or_default())
    }

    /// Whom it is about, if it is one.
    fn subject(self, ledger: &Ledger) -> Option<Address> {
        match self {
            Self::Operator(place) => Some(ledger.operators[place].address),
            Self::Set(place) | Self::Slashes(place) => Some(ledger.sets[place].id.avs),
            Self::Staker(place) => Some(ledger.stakers[place].address),
            Self::Strategy(place) => Some(ledger.strategies[place].address),
            Self::Principal(place) => Some(ledger.principals[place].address),
            Self::Token(place) => Some(ledger.tokens[place].address),
            Self::Rewards => Some(ledger.rewards.coordinator),
            Self::Control | Self::Pods | Self::Withdrawals | Self::Surroundings => None,
        }
    }

    /// Whether a question to `contract` can be one of these: it is asked, or it is asked about.
    fn is_about(self, ledger: &Ledger, contract: Address, data: &[u8]) -> bool {
        let Some(subject) = self.subject(ledger) else { return true };
        contract == subject || data[SELECTOR..].chunks(WORD).any(|word| word == subject.into_word().as_slice())
    }
}

/// Bytes of a selector, and of a word.
const SELECTOR: usize = 4;
const WORD: usize = 32;

struct Answers<'a> {
    protocol: &'a EigenLayer,
    wanted: Wanted<'a>,
    /// Of each question, wanted or not.
    views: Vec<View>,
    all: Vec<Answer>,
}

impl Answers<'_> {
    /// That `contract` answers `shown`; `None` for what no contract answers.
    fn says<C: SolCall>(&mut self, contract: Address, question: &C, shown: Option<&C::Return>) {
        let is_wanted = match self.wanted {
            Wanted::All => true,
            Wanted::None => false,
            Wanted::At(places) => places.contains(&self.views.len()),
            Wanted::To(to, data) => to == contract && data.starts_with(&C::SELECTOR) && data == question.abi_encode(),
        };
        let (selector, signature) = (C::SELECTOR, C::SIGNATURE);
        self.views.push((contract, selector));
        if is_wanted {
            let expected = shown.map(|shown| C::abi_encode_returns(shown).into());
            self.all.push(Answer { contract, data: question.abi_encode().into(), signature, expected });
        }
    }

    fn operator(&mut self, ledger: &Ledger, place: usize) {
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

    fn set(&mut self, set: &OperatorSet) {
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
    fn numbers_slashes(&self) -> bool {
        self.protocol.slots.allocation.numbering.is_some()
    }

    fn staker(&mut self, ledger: &Ledger, place: usize) {
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

    fn strategy(&mut self, strategy: &Strategy) {
        let manager = self.protocol.contracts.strategy_manager;
        self.says(strategy.address, &totalSharesCall {}, Some(&strategy.total_shares));
        let question = strategyIsWhitelistedForDepositCall { strategy: strategy.address };
        self.says(manager, &question, Some(&strategy.whitelisted));
    }

    fn pod(&mut self, staker: &Staker, pod: &Pod) {
        let manager = self.protocol.contracts.eigen_pod_manager;
        let at = staker.address;
        self.says(manager, &podOwnerDepositSharesCall { podOwner: at }, Some(&pod.deposit_shares));
        self.says(manager, &ownerToPodCall { podOwner: at }, Some(&pod.address));
    }

    fn rights(&mut self, principal: &Principal) {
        let controller = self.protocol.contracts.permission_controller;
        let account = principal.address;
        let pending = principal.pending_admins.clone();
        self.says(controller, &getPendingAdminsCall { account }, Some(&pending));
        let admins = if principal.admins.is_empty() { vec![account] } else { principal.admins.clone() };
        self.says(controller, &getAdminsCall { account }, Some(&admins));
    }

    fn control(&mut self, ledger: &Ledger) {
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
    fn pending_sets(&mut self, ledger: &Ledger) {
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
    fn slashes(&mut self, ledger: &Ledger, set: &OperatorSet) {
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

    fn balances(&mut self, ledger: &Ledger, token: &Token) {
        for (holder, balance) in ledger.holders.iter().zip(&token.balances) {
            self.says(token.address, &balanceOfCall { holder: *holder }, Some(balance));
        }
    }
}

/// The shares behind each strategy that a staker deposited into; `None` if the ledger does not keep one of them.
fn deposited(ledger: &Ledger, staker: &Staker) -> Option<Vec<U256>> {
    let shares = |strategy: &Address| Some(staker.holdings[ledger.strategy_index(*strategy)?].shares);
    staker.strategies.iter().map(shares).collect()
}

fn abi(id: SetId) -> Set {
    Set { avs: id.avs, id: id.id }
}

fn sets(ids: &[SetId]) -> Vec<Set> {
    ids.iter().copied().map(abi).collect()
}
