//! The ledger: the protocol's accounting as it stands, in words every release shares. Plain data, read from a world by a
//! protocol's adapter; invariants see nothing else.
//!
//! Fields hold what is stored. What the protocol computes when asked (lazy completion, slashing factors, shares that can
//! be withdrawn) is a method, with the formula of `docs/protocol.md` it follows.

mod claims;
mod examples;
mod factory;
mod pods;
mod quantities;
mod registrars;
mod rewards;
mod signatures;
mod stakes;
mod surroundings;
mod touched;

use alloy_primitives::{Address, B256, FixedBytes, U256};

pub use self::{
    claims::ClaimRequest,
    factory::{Factory, FactoryStrategy, FactoryToken},
    rewards::{
        DistributionRoot, Earner, NO_SPLIT, RecordedSubmission, Rewards, RewardsTerms, Split, SubmissionKind,
        Submitter, WHOLE,
    },
    touched::{Part, Touched},
};

use crate::{
    arithmetic::{WAD, mul_wad_down, withdrawable},
    call::{SECONDS_PER_BLOCK, SetId},
};

pub use examples::{
    Commitment, CommitmentStatus, Epoch, Examples, Fund, Incident, Loan, Market, Purse, Registry, SlashTarget,
    digest_of, goods_bytes, magnitude_unit,
};
pub use pods::{BalanceUpdate, GWEI, NativeStake, Pod};
pub use quantities::CompletionRequest;
pub use registrars::{Notice, Registrar};
pub use signatures::{Approver, DepositRequest};
pub use surroundings::{Caller, Quirks, Units};

/// Constants of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Blocks for which a deallocation, or an operator that left a set, stays slashable.
    pub deallocation_delay: u64,
    /// Blocks before a new allocation delay counts.
    pub configuration_delay: u64,
    /// A withdrawal queued in block N can be slashed until N + this, and completed after it.
    pub withdrawal_delay: u64,
    /// Where slashed funds of ordinary sets go.
    pub burn_address: Address,
    /// What one must be permitted, by an AVS, to slash.
    pub slash_permission: Permission,
    /// The contracts that keep the accounting.
    pub managers: Managers,
    /// Under what slashed shares wait.
    pub booking: Booking,
    /// The strategies that redistributing sets refuse.
    pub not_redistributable: Vec<Address>,
    /// Registrars that let everybody in and out.
    pub accepting_registrars: Vec<Address>,
}

/// Under what slashed shares wait to be burned or redistributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booking {
    /// One sum for each strategy; slashes are not numbered.
    ByStrategy,
    /// One entry for each set, slash and strategy.
    BySlash,
}

/// The contracts that keep the accounting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Managers {
    /// Sets, magnitudes, slashes.
    pub allocation: Address,
    /// Delegations and withdrawals.
    pub delegation: Address,
    /// Deposit shares, and what slashes took.
    pub strategy: Address,
    /// Deposit shares of native ETH.
    pub eigen_pod: Address,
}

/// The right to call one function of one contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// The contract.
    pub target: Address,
    /// The function.
    pub selector: FixedBytes<4>,
}

/// The accounting at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Number of the block.
    pub block: u64,
    /// Time of the block, in seconds.
    pub timestamp: u64,
    /// Constants.
    pub terms: Terms,
    /// Everybody who is an operator or may become one.
    pub operators: Vec<Operator>,
    /// Every operator set that exists or may be created.
    pub sets: Vec<OperatorSet>,
    /// Every strategy, native ETH among them.
    pub strategies: Vec<Strategy>,
    /// What only native ETH has.
    pub native: NativeStake,
    /// Everybody who may hold shares; operators among them.
    pub stakers: Vec<Staker>,
    /// Every withdrawal that was ever seen in the queue, in the order seen.
    pub withdrawals: Vec<Withdrawal>,
    /// The sets with slashes that wait to be burned or redistributed, as stored.
    pub pending_sets: Vec<SetId>,
    /// Accounts that can share their rights.
    pub principals: Vec<Principal>,
    /// Every token.
    pub tokens: Vec<Token>,
    /// Those who may be asked to approve of delegations.
    pub approvers: Vec<Approver>,
    /// Accounts that call back.
    pub callers: Vec<Caller>,
    /// Registrars with a will of their own.
    pub registrars: Vec<Registrar>,
    /// Whose balances are kept.
    pub holders: Vec<Address>,
    /// Who administers, and what is paused.
    pub control: Control,
    /// The rewards coordinator.
    pub rewards: Rewards,
    /// The strategy factory.
    pub factory: Factory,
    /// The example AVSs, where there are any.
    pub examples: Option<Examples>,
}

/// One operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Its address.
    pub address: Address,
    /// Its index among the stakers.
    pub staker: usize,
    /// Who must consent to delegations; zero for nobody.
    pub approver: Address,
    /// Its allocation delay.
    pub delay: AllocationDelay,
    /// The sets it is in, as stored with it.
    pub registered_sets: Vec<SetId>,
    /// The sets it has allocations to, as stored.
    pub allocated_sets: Vec<SetId>,
    /// By set.
    pub memberships: Vec<Membership>,
    /// By strategy.
    pub stakes: Vec<Stake>,
    /// By set, then by strategy.
    pub allocations: Vec<Vec<Allocation>>,
}

/// An allocation delay and the change under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllocationDelay {
    /// Blocks.
    pub delay: u32,
    /// Whether there is one.
    pub is_set: bool,
    /// Blocks from `effect_block` on.
    pub pending: u32,
    /// Zero if nothing is under way.
    pub effect_block: u32,
}

impl AllocationDelay {
    /// The delay in force at `block`. `docs/protocol.md` section 5.3, setAllocationDelay.
    pub fn at(self, block: u64) -> Option<u32> {
        if self.effect_block != 0 && block >= u64::from(self.effect_block) {
            return Some(self.pending);
        }
        self.is_set.then_some(self.delay)
    }
}

/// How an operator stands to a set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// Whether it is in.
    pub registered: bool,
    /// The last block in which the set can slash it after it left.
    pub slashable_until: u32,
    /// The strategies it has allocations in, as stored.
    pub allocated_strategies: Vec<Address>,
}

impl Membership {
    /// Whether the set can slash the operator at `block`, inclusive.
    pub fn is_slashable(&self, block: u64) -> bool {
        self.registered || block <= u64::from(self.slashable_until)
    }
}

/// What an operator has in one strategy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stake {
    /// Shares delegated to it.
    pub shares: U256,
    /// Its maximum magnitude by block; WAD before the first entry.
    pub max_magnitudes: History,
    /// The magnitude that is not free, as stored: deallocations that are over still count until they are completed.
    pub encumbered: u64,
    /// The sets with a delayed deallocation, in order.
    pub deallocation_queue: Vec<SetId>,
    /// Where that queue is in storage.
    pub queue_ends: QueueEnds,
    /// Scaled shares ever queued by its stakers, by block; zero before the first entry.
    pub queued_shares: History,
}

/// A double-ended queue as stored: its positions, and what stands beside them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueEnds {
    /// Position of the first element.
    pub begin: i128,
    /// Position after the last element.
    pub end: i128,
    /// Whether something stands just before the first element or just after the last.
    pub leftover: bool,
}

impl Stake {
    /// The maximum magnitude now.
    pub fn max_magnitude(&self) -> u64 {
        self.max_magnitudes.latest().map_or(WAD, |value| value.saturating_to())
    }

    /// The maximum magnitude as it was after `block`.
    pub fn max_magnitude_at(&self, block: u64) -> u64 {
        self.max_magnitudes.at(block).map_or(WAD, |value| value.saturating_to())
    }
}

/// Values by block, as stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Block and value, in the order stored.
    pub entries: Vec<(u32, U256)>,
}

impl History {
    /// The newest value, if there is one.
    pub fn latest(&self) -> Option<U256> {
        self.entries.last().map(|(_, value)| *value)
    }

    /// The value of the last entry at or before `block`, if there is one.
    pub fn at(&self, block: u64) -> Option<U256> {
        let after = self.entries.partition_point(|(key, _)| u64::from(*key) <= block);
        after.checked_sub(1).map(|index| self.entries[index].1)
    }
}

/// What an operator gave a set in one strategy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allocation {
    /// Slashable now.
    pub current: u64,
    /// What is added at `effect_block`; negative for a deallocation.
    pub pending: i128,
    /// First block at which `pending` counts.
    pub effect_block: u32,
}

impl Allocation {
    /// The allocation as it stands at `block`. `docs/protocol.md` section 5.2, lazy completion.
    #[must_use]
    pub fn settled(self, block: u64) -> Self {
        if block < u64::from(self.effect_block) {
            return self;
        }
        let current = i128::from(self.current).saturating_add(self.pending);
        Self { current: u64::try_from(current).unwrap_or(0), pending: 0, effect_block: 0 }
    }

    /// Whether a change is under way at `block`, so that none can be asked for.
    pub fn is_locked(self, block: u64) -> bool {
        block < u64::from(self.effect_block)
    }

    /// What it will be once the pending change counts.
    pub fn target(self) -> i128 {
        i128::from(self.current).saturating_add(self.pending)
    }
}

/// An operator set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorSet {
    /// Its owner and id.
    pub id: SetId,
    /// Whether it was created.
    pub exists: bool,
    /// What it can slash.
    pub strategies: Vec<Address>,
    /// Who is in, as stored with it.
    pub members: Vec<Address>,
    /// Where slashed funds go, as stored; zero for the burn address.
    pub recipient: Address,
    /// How often it slashed.
    pub slash_count: u64,
    /// The slashes that wait, as stored with the set.
    pub pending_slashes: Vec<u64>,
    /// By slash id, from zero: the shares that wait, by strategy.
    pub slashes: Vec<Vec<(Address, U256)>>,
}

impl OperatorSet {
    /// Whether it can slash `strategy`.
    pub fn has_strategy(&self, strategy: Address) -> bool {
        self.strategies.contains(&strategy)
    }

    /// Whether slashed funds go to a recipient of its own.
    pub fn is_redistributing(&self) -> bool {
        !self.recipient.is_zero()
    }

    /// Where slashed funds go: to the recipient, or to the burn address.
    pub fn payee(&self, terms: &Terms) -> Address {
        if self.is_redistributing() { self.recipient } else { terms.burn_address }
    }

    /// The shares of a slash that wait, in one strategy.
    pub fn waiting(&self, slash_id: u64, strategy: Address) -> Option<U256> {
        let entries = self.slashes.get(usize::try_from(slash_id).ok()?)?;
        entries.iter().find(|(at, _)| *at == strategy).map(|(_, shares)| *shares)
    }
}

/// What stands behind a strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrategyKind {
    /// A contract that holds a token.
    Token,
    /// The pods, which hold native ETH. There is no contract: what a strategy keeps of its token is zero here.
    Native,
}

/// A strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strategy {
    /// What stands behind it.
    pub kind: StrategyKind,
    /// Its address.
    pub address: Address,
    /// Its token.
    pub token: Address,
    /// Another token, which wraps its own, and which it takes as well.
    pub wrapper: Option<Address>,
    /// All shares there are.
    pub total_shares: U256,
    /// Tokens it holds.
    pub balance: U256,
    /// Whether it takes deposits.
    pub whitelisted: bool,
    /// Slashed shares that wait by strategy; where they wait by slash, those that were slashed before.
    pub burnable_shares: U256,
}

/// The shares and the tokens of a strategy that nobody owns.
const OFFSET: U256 = U256::from_limbs([1_000, 0, 0, 0]);

impl Strategy {
    /// Shares, with those that nobody owns.
    pub fn virtual_shares(&self) -> U256 {
        self.total_shares.saturating_add(OFFSET)
    }

    /// Tokens, with those that nobody owns.
    pub fn virtual_balance(&self) -> U256 {
        self.balance.saturating_add(OFFSET)
    }

    /// Tokens for `shares` now, rounded down. `docs/protocol.md` section 8.1.
    pub fn tokens_for(&self, shares: U256) -> Option<U256> {
        self.virtual_balance().checked_mul(shares).map(|product| product / self.virtual_shares())
    }
}

/// A staker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staker {
    /// Its address.
    pub address: Address,
    /// Its operator; zero for none.
    pub delegated_to: Address,
    /// Withdrawals it ever queued.
    pub withdrawals_queued: u64,
    /// The nonce of its next deposit by signature.
    pub nonce: U256,
    /// The withdrawals of its queue, as stored with it.
    pub roots: Vec<B256>,
    /// The strategies it has shares of, as stored.
    pub strategies: Vec<Address>,
    /// By strategy.
    pub holdings: Vec<Holding>,
}

impl Staker {
    /// Whether it is delegated.
    pub fn is_delegated(&self) -> bool {
        !self.delegated_to.is_zero()
    }

    /// Whether it is an operator.
    pub fn is_operator(&self) -> bool {
        self.delegated_to == self.address
    }
}

/// What a staker has in one strategy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Deposit shares.
    pub shares: U256,
    /// The deposit scaling factor, as stored: zero means WAD.
    pub stored_factor: U256,
}

impl Holding {
    /// The deposit scaling factor.
    pub fn factor(&self) -> U256 {
        if self.stored_factor.is_zero() { U256::from(WAD) } else { self.stored_factor }
    }
}

/// A withdrawal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Its hash.
    pub root: B256,
    /// Whose.
    pub staker: Address,
    /// The operator when it was queued; zero for none.
    pub delegated_to: Address,
    /// Who completes it.
    pub withdrawer: Address,
    /// Its number among the staker's.
    pub nonce: u64,
    /// The block of queueing.
    pub start_block: u64,
    /// Where, and how many scaled shares.
    pub items: Vec<(Address, U256)>,
    /// Whether the queue knows it as pending.
    pub pending: bool,
    /// Whether the queue has its content.
    pub stored: bool,
}

/// An account that can share its rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Its address.
    pub address: Address,
    /// Its admins; while there are none, itself.
    pub admins: Vec<Address>,
    /// Those invited to be admins.
    pub pending_admins: Vec<Address>,
    /// Who may call what.
    pub appointments: Vec<(Address, Vec<Permission>)>,
}

impl Principal {
    /// Whether `caller` acts for the account everywhere. `docs/protocol.md` section 10.1.
    pub fn is_admin(&self, caller: Address) -> bool {
        if self.admins.is_empty() { caller == self.address } else { self.admins.contains(&caller) }
    }

    /// Whether `caller` may use `permission` for the account.
    pub fn can_call(&self, caller: Address, permission: Permission) -> bool {
        self.is_admin(caller)
            || self.appointments.iter().any(|(appointee, all)| *appointee == caller && all.contains(&permission))
    }
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its address.
    pub address: Address,
    /// By holder, in wei.
    pub balances: Vec<U256>,
    /// What it does besides moving.
    pub quirks: Quirks,
}

/// Who administers, and what is paused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Control {
    /// The owner of the strategy manager.
    pub owner: Address,
    /// Who may whitelist strategies.
    pub whitelister: Address,
    /// Who may unpause.
    pub unpauser: Address,
    /// Who may pause, of those who ever may.
    pub pausers: Vec<(Address, bool)>,
    /// By contract: the switches.
    pub paused: Vec<(Address, U256)>,
    /// AVSs that described themselves.
    pub described: Vec<(Address, bool)>,
    /// By AVS: its registrar, zero for itself.
    pub registrars: Vec<(Address, Address)>,
}

impl Control {
    /// The switches of a contract.
    pub fn paused(&self, contract: Address) -> U256 {
        self.paused.iter().find(|(at, _)| *at == contract).map_or(U256::ZERO, |(_, status)| *status)
    }
}

impl Ledger {
    /// Index of an operator.
    pub fn operator_index(&self, address: Address) -> Option<usize> {
        self.operators.iter().position(|operator| operator.address == address)
    }

    /// An operator.
    pub fn operator(&self, address: Address) -> Option<&Operator> {
        self.operators.iter().find(|operator| operator.address == address)
    }

    /// Index of a staker.
    pub fn staker_index(&self, address: Address) -> Option<usize> {
        self.stakers.iter().position(|staker| staker.address == address)
    }

    /// A staker.
    pub fn staker(&self, address: Address) -> Option<&Staker> {
        self.stakers.iter().find(|staker| staker.address == address)
    }

    /// Index of a set.
    pub fn set_index(&self, id: SetId) -> Option<usize> {
        self.sets.iter().position(|set| set.id == id)
    }

    /// A set.
    pub fn set(&self, id: SetId) -> Option<&OperatorSet> {
        self.sets.iter().find(|set| set.id == id)
    }

    /// Index of a strategy.
    pub fn strategy_index(&self, address: Address) -> Option<usize> {
        self.strategies.iter().position(|strategy| strategy.address == address)
    }

    /// A strategy.
    pub fn strategy(&self, address: Address) -> Option<&Strategy> {
        self.strategies.iter().find(|strategy| strategy.address == address)
    }

    /// The strategies that hold a token, each with its index.
    pub fn token_strategies(&self) -> impl Iterator<Item = (usize, &Strategy)> {
        self.strategies.iter().enumerate().filter(|(_, strategy)| strategy.kind == StrategyKind::Token)
    }

    /// An account that can share its rights.
    pub fn principal(&self, address: Address) -> Option<&Principal> {
        self.principals.iter().find(|principal| principal.address == address)
    }

    /// Whether `caller` may use `permission` for `account`. An account that shares nothing acts for itself.
    pub fn can_call(&self, account: Address, caller: Address, permission: Permission) -> bool {
        self.principal(account).map_or(caller == account, |principal| principal.can_call(caller, permission))
    }

    /// Whether an account is an operator.
    pub fn is_operator(&self, address: Address) -> bool {
        self.staker(address).is_some_and(Staker::is_operator)
    }

    /// A balance in wei, if it is kept.
    pub fn balance(&self, token: Address, holder: Address) -> Option<U256> {
        let holder = self.holders.iter().position(|at| *at == holder)?;
        self.tokens.iter().find(|at| at.address == token).map(|token| token.balances[holder])
    }

    /// What the rewards coordinator holds of a token, by its index, in wei.
    pub fn rewards_held(&self, token: usize) -> U256 {
        self.balance(self.tokens[token].address, self.rewards.coordinator).unwrap_or_default()
    }

    /// The magnitude that is not free, as if the deallocation queue were cleared now. `docs/protocol.md` section 5.5,
    /// getEncumberedMagnitude. `None` when the queue names a set that does not exist or the sum is no magnitude.
    pub fn encumbered(&self, operator: usize, strategy: usize) -> Option<u64> {
        let stake = &self.operators[operator].stakes[strategy];
        let mut encumbered = i128::from(stake.encumbered);
        for id in &stake.deallocation_queue {
            let allocation = self.operators[operator].allocations[self.set_index(*id)?][strategy];
            if allocation.is_locked(self.block) {
                break;
            }
            encumbered = encumbered.checked_add(allocation.pending)?;
        }
        u64::try_from(encumbered).ok()
    }

    /// The magnitude that an operator can still allocate in a strategy.
    pub fn free_magnitude(&self, operator: usize, strategy: usize) -> u64 {
        let max = self.operators[operator].stakes[strategy].max_magnitude();
        max.saturating_sub(self.encumbered(operator, strategy).unwrap_or(max))
    }

    /// What slashing leaves of one scaled share of a staker.
    pub fn slashing_factor(&self, staker: usize, strategy: usize) -> u64 {
        let operator = self.operator(self.stakers[staker].delegated_to);
        let magnitude = operator.map_or(WAD, |operator| operator.stakes[strategy].max_magnitude());
        self.slashing_factor_with(staker, strategy, magnitude)
    }

    /// What a staker can withdraw, rounded down twice. `docs/protocol.md` section 3.
    pub fn withdrawable(&self, staker: usize, strategy: usize) -> Option<U256> {
        let holding = &self.stakers[staker].holdings[strategy];
        withdrawable(holding.factor(), holding.shares, U256::from(self.slashing_factor(staker, strategy)))
    }

    /// The last block in which a withdrawal can be slashed.
    pub fn slashable_until(&self, withdrawal: &Withdrawal) -> u64 {
        withdrawal.start_block + self.terms.withdrawal_delay
    }

    /// The shares a withdrawal pays for its item `index`: as of now, or as of its last slashable block once that is
    /// past; for native ETH always with the beacon chain's part of now; rounded down. `docs/protocol.md` section 6.3.
    pub fn receivable(&self, withdrawal: &Withdrawal, index: usize) -> Option<U256> {
        let (strategy, scaled) = withdrawal.items[index];
        let at = self.slashable_until(withdrawal).min(self.block);
        let index = self.strategy_index(strategy);
        let magnitude = match (self.operator(withdrawal.delegated_to), index) {
            (Some(operator), Some(strategy)) => operator.stakes[strategy].max_magnitude_at(at),
            _ => WAD,
        };
        let factor = match (self.staker_index(withdrawal.staker), index) {
            (Some(staker), Some(strategy)) => self.slashing_factor_with(staker, strategy, magnitude),
            _ => magnitude,
        };
        mul_wad_down(scaled, U256::from(factor))
    }

    /// The withdrawals of a staker that are in the queue, oldest first.
    pub fn queue_of(&self, staker: Address) -> Vec<&Withdrawal> {
        let mut queue: Vec<_> = self.withdrawals.iter().filter(|w| w.pending && w.staker == staker).collect();
        queue.sort_by_key(|withdrawal| withdrawal.nonce);
        queue
    }

    /// The blocks from now on at which something changes by itself: allocations and delays take effect, withdrawals stop
    /// being slashable, operators that left stop being so, roots and splits count. Each is the first block of the new
    /// state.
    pub fn deadlines(&self) -> Vec<u64> {
        let mut blocks = Vec::new();
        for operator in &self.operators {
            blocks.push(u64::from(operator.delay.effect_block));
            blocks.extend(operator.memberships.iter().map(|membership| u64::from(membership.slashable_until) + 1));
            blocks.extend(operator.allocations.iter().flatten().map(|allocation| u64::from(allocation.effect_block)));
        }
        let pending = self.withdrawals.iter().filter(|withdrawal| withdrawal.pending);
        blocks.extend(pending.map(|withdrawal| self.slashable_until(withdrawal) + 1));
        let times = self.rewards.deadlines(self.timestamp).into_iter();
        blocks.extend(times.map(|time| self.block + (time - self.timestamp).div_ceil(SECONDS_PER_BLOCK)));
        blocks.extend(self.examples.iter().flat_map(Examples::deadlines));
        blocks.retain(|block| *block > self.block);
        blocks.sort_unstable();
        blocks.dedup();
        blocks
    }

    /// Shares of a strategy that slashes took and nobody cleared yet.
    pub fn waiting_shares(&self, strategy: Address) -> U256 {
        let of_slashes = self.sets.iter().flat_map(|set| &set.slashes).flatten();
        let waiting = of_slashes.filter(|(at, _)| *at == strategy).map(|(_, shares)| *shares);
        let legacy = self.strategy(strategy).map_or(U256::ZERO, |strategy| strategy.burnable_shares);
        waiting.fold(legacy, U256::saturating_add)
    }
}
