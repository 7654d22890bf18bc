//! The ledger: the protocol's accounting as it stands, in words every release shares. Plain data, read from a world by a
//! protocol's adapter; invariants see nothing else.
//!
//! Fields hold what is stored. What the protocol computes when asked (lazy completion, slashing factors, shares that can
//! be withdrawn) is a method, with the formula of `docs/protocol.md` it follows.

mod claims;
mod examples;
mod factory;
mod operators;
mod pods;
mod quantities;
mod registrars;
mod rewards;
mod signatures;
mod stakers;
mod stakes;
mod strategies;
mod surroundings;
mod touched;

use alloy_primitives::{Address, FixedBytes, U256};

pub use self::{
    claims::ClaimRequest,
    factory::{Factory, FactoryStrategy, FactoryToken},
    operators::{Allocation, AllocationDelay, History, Membership, Operator, OperatorSet, QueueEnds, Slasher, Stake},
    rewards::{
        DistributionRoot, Earner, NO_SPLIT, RecordedSubmission, Rewards, RewardsTerms, Split, SubmissionKind,
        Submitter, WHOLE,
    },
    stakers::{Holding, Staker, Withdrawal},
    strategies::{Limits, Strategy, StrategyKind},
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
    /// What one must be permitted, by an AVS, to slash, in releases in which that is permitted.
    pub slash_permission: Permission,
    /// Who may slash.
    pub slashing: Slashing,
    /// The contracts that keep the accounting.
    pub managers: Managers,
    /// Under what slashed shares wait.
    pub booking: Booking,
    /// The strategies that redistributing sets refuse.
    pub not_redistributable: Vec<Address>,
    /// Registrars that let everybody in and out.
    pub accepting_registrars: Vec<Address>,
}

/// Who may slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slashing {
    /// Whom the AVS permits.
    ByPermission,
    /// The slasher of the set.
    BySlasher,
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
    /// The same without entries at the end that only say how far a reader looks for slashes: what two releases can be
    /// compared by.
    #[must_use]
    pub fn counted(&self) -> Self {
        let mut ledger = self.clone();
        for set in &mut ledger.sets {
            let kept = set.slashes.iter().rposition(|entries| !entries.is_empty()).map_or(0, |last| last + 1);
            set.slashes.truncate(kept);
        }
        ledger
    }

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

    /// Whether a strategy takes deposits, be it one of the factory's; `None` if nothing is known of it.
    pub fn is_whitelisted(&self, strategy: Address) -> Option<bool> {
        let own = self.strategy(strategy).map(|strategy| strategy.whitelisted);
        own.or_else(|| self.factory.is_whitelisted(strategy))
    }

    /// An account that can share its rights.
    pub fn principal(&self, address: Address) -> Option<&Principal> {
        self.principals.iter().find(|principal| principal.address == address)
    }

    /// Whether `caller` may use `permission` for `account`. An account that shares nothing acts for itself.
    pub fn can_call(&self, account: Address, caller: Address, permission: Permission) -> bool {
        self.principal(account).map_or(caller == account, |principal| principal.can_call(caller, permission))
    }

    /// Whether `caller` may slash for a set. `docs/protocol.md` section 5.3, slashOperator.
    pub fn may_slash(&self, id: SetId, caller: Address) -> bool {
        match self.terms.slashing {
            Slashing::ByPermission => self.can_call(id.avs, caller, self.terms.slash_permission),
            Slashing::BySlasher => self.set(id).is_some_and(|set| set.slasher.at(self.block) == caller),
        }
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

    /// What somebody has of all that a strategy pays, in wei: of its token, and of what wraps it.
    pub fn holdings_of(&self, strategy: &Strategy, holder: Address) -> U256 {
        let tokens = [Some(strategy.token), strategy.wrapper].into_iter().flatten();
        let balances = tokens.filter_map(|token| self.balance(token, holder));
        balances.fold(U256::ZERO, U256::saturating_add)
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
