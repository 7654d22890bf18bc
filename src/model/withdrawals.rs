//! The withdrawal queue of the delegation manager (`docs/protocol.md` section 6.3).

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::{SolValue, sol};

use super::{
    Model, Returned,
    allocation_manager::push,
    arithmetic::{add, add_blocks, calc_withdrawable, scale_for_complete_withdrawal, scale_for_queue_withdrawal},
    pausing::switch,
    remove,
    revert::{Error, Foreseen, Panic, require},
};
use crate::{
    arithmetic::WAD,
    call::{Completion, WithdrawalItem},
    ledger::Withdrawal,
};

sol! {
    /// A withdrawal, as its root is computed.
    struct Hashed {
        address staker;
        address delegatedTo;
        address withdrawer;
        uint256 nonce;
        uint32 startBlock;
        address[] strategies;
        uint256[] scaledShares;
    }
}

/// A completion with what was asked for, found before anything was completed.
struct Request {
    withdrawal: usize,
    tokens: Vec<Address>,
    as_tokens: bool,
}

impl Model<'_> {
    /// `queueWithdrawals`; a root for each.
    pub(super) fn queue_withdrawals(&mut self, withdrawals: &[Vec<WithdrawalItem>]) -> Foreseen<Returned> {
        self.only_when_not_paused(self.managers().delegation, switch::ENTER_QUEUE)?;
        let shares = self.ledger.withdrawn_shares(self.caller, withdrawals);
        let mut roots = Vec::with_capacity(withdrawals.len());
        for (items, shares) in withdrawals.iter().zip(shares) {
            require(!items.is_empty(), Error::InputArrayLengthZero)?;
            let staker = self.staker(self.caller)?;
            let operator = self.operator_of(staker)?;
            let strategies = items.iter().map(|item| self.strategy(item.strategy)).collect::<Foreseen<Vec<_>>>()?;
            let items: Vec<_> = strategies.into_iter().zip(shares).collect();
            roots.push(self.remove_shares_and_queue(staker, operator, &items)?);
        }
        Ok(Returned::Roots(roots))
    }

    /// Deposit shares leave the operator's sum as what they are worth now, and enter the queue scaled but not slashed,
    /// so that slashes of the coming blocks still reach them.
    pub(super) fn remove_shares_and_queue(
        &mut self,
        staker: usize,
        operator: Option<usize>,
        items: &[(usize, U256)],
    ) -> Foreseen<B256> {
        let mut queued = Vec::with_capacity(items.len());
        for (strategy, deposit_shares) in items {
            let scaled = self.remove_shares(staker, operator, *strategy, *deposit_shares)?;
            queued.push((self.ledger.strategies[*strategy].address, scaled));
        }
        let nonce = self.ledger.stakers[staker].withdrawals_queued;
        self.ledger.stakers[staker].withdrawals_queued = nonce.checked_add(1).ok_or(Panic::Overflow)?;
        let address = self.ledger.stakers[staker].address;
        let mut withdrawal = Withdrawal {
            root: B256::ZERO,
            staker: address,
            delegated_to: operator.map_or(Address::ZERO, |operator| self.ledger.operators[operator].address),
            withdrawer: address,
            nonce,
            start_block: u64::from(self.block()),
            items: queued,
            pending: true,
            stored: true,
        };
        withdrawal.root = withdrawal_root(&withdrawal);
        let root = withdrawal.root;
        self.ledger.stakers[staker].roots.push(root);
        self.ledger.withdrawals.push(withdrawal);
        Ok(root)
    }

    fn remove_shares(
        &mut self,
        staker: usize,
        operator: Option<usize>,
        strategy: usize,
        deposit_shares: U256,
    ) -> Foreseen<U256> {
        let factor = self.ledger.stakers[staker].holdings[strategy].factor();
        let slashing_factor = U256::from(self.slashing_factor(staker, operator, strategy));
        let withdrawable = calc_withdrawable(factor, deposit_shares, slashing_factor)?;
        let scaled = scale_for_queue_withdrawal(factor, deposit_shares)?;
        if let Some(operator) = operator {
            let block = self.block();
            let history = &mut self.ledger.operators[operator].stakes[strategy].queued_shares;
            let sum = add(history.latest().unwrap_or_default(), scaled)?;
            // Cut to 224 bits.
            push(history, block, sum & (U256::MAX >> 32usize))?;
            self.decrease_delegation(operator, strategy, withdrawable)?;
        }
        let left = if self.ledger.is_native(strategy) {
            self.remove_pod_shares(staker, deposit_shares)?
        } else {
            self.remove_deposit_shares(staker, strategy, deposit_shares)?
        };
        if left.is_zero() {
            self.ledger.stakers[staker].holdings[strategy].stored_factor = U256::ZERO;
        }
        Ok(scaled)
    }

    /// `completeQueuedWithdrawal` and `completeQueuedWithdrawals`.
    pub(super) fn complete_queued_withdrawals(&mut self, completions: &[Completion]) -> Foreseen<Returned> {
        self.only_when_not_paused(self.managers().delegation, switch::EXIT_QUEUE)?;
        for request in self.requests(completions) {
            self.complete_queued_withdrawal(&request)?;
        }
        Ok(Returned::Nothing)
    }

    fn requests(&self, completions: &[Completion]) -> Vec<Request> {
        let found = completions.iter().filter_map(|completion| self.ledger.completion_request(completion));
        let requests = found.map(|request| Request {
            withdrawal: self
                .ledger
                .withdrawals
                .iter()
                .position(|withdrawal| withdrawal.root == request.withdrawal.root)
                .expect("it was found among them"),
            tokens: request.tokens,
            as_tokens: request.as_tokens,
        });
        requests.collect()
    }

    fn complete_queued_withdrawal(&mut self, request: &Request) -> Foreseen {
        let withdrawal = self.ledger.withdrawals[request.withdrawal].clone();
        require(self.caller == withdrawal.withdrawer, Error::WithdrawerNotCaller)?;
        require(withdrawal.pending, Error::WithdrawalNotQueued)?;
        let start = u32::try_from(withdrawal.start_block).unwrap_or(u32::MAX);
        let slashable_until = add_blocks(start, self.ledger.terms.withdrawal_delay)?;
        require(self.block() > slashable_until, Error::WithdrawalDelayNotElapsed)?;

        let staker = self.staker(withdrawal.staker)?;
        remove(&mut self.ledger.stakers[staker].roots, &withdrawal.root);
        let queued = &mut self.ledger.withdrawals[request.withdrawal];
        (queued.pending, queued.stored) = (false, false);
        // What is paid was slashed as long as it was slashable, and not a block longer.
        for ((address, scaled), token) in withdrawal.items.iter().zip(&request.tokens) {
            let strategy = self.strategy(*address)?;
            let max = self.max_magnitude_at(withdrawal.delegated_to, strategy, slashable_until)?;
            let factor = self.ledger.slashing_factor_with(staker, strategy, max);
            let shares = scale_for_complete_withdrawal(*scaled, U256::from(factor))?;
            if shares.is_zero() {
                continue;
            }
            if request.as_tokens && self.ledger.is_native(strategy) {
                self.withdraw_from_pod(staker, shares)?;
            } else if request.as_tokens {
                self.withdraw(strategy, withdrawal.staker, *token, shares)?;
            } else {
                self.return_shares(staker, strategy, shares)?;
            }
        }
        Ok(())
    }

    /// The shares come back to whomever the staker is delegated to now.
    fn return_shares(&mut self, staker: usize, strategy: usize, shares: U256) -> Foreseen {
        let (before, added) = if self.ledger.is_native(strategy) {
            self.add_pod_shares(staker, shares)?
        } else {
            (self.add_shares(staker, strategy, shares)?, shares)
        };
        self.increase_delegated_shares(staker, strategy, before, added)
    }

    /// What slashing had left of one share delegated to somebody, or to nobody, after `block`.
    pub(super) fn max_magnitude_at(&self, operator: Address, strategy: usize, block: u32) -> Foreseen<u64> {
        if operator.is_zero() {
            return Ok(WAD);
        }
        let operator = self.operator(operator)?;
        Ok(self.ledger.operators[operator].stakes[strategy].max_magnitude_at(u64::from(block)))
    }
}

/// What identifies a withdrawal.
fn withdrawal_root(withdrawal: &Withdrawal) -> B256 {
    keccak256(hashed(withdrawal).abi_encode())
}

/// A withdrawal as it is hashed, stored and returned.
pub(super) fn hashed(withdrawal: &Withdrawal) -> Hashed {
    Hashed {
        staker: withdrawal.staker,
        delegatedTo: withdrawal.delegated_to,
        withdrawer: withdrawal.withdrawer,
        nonce: U256::from(withdrawal.nonce),
        startBlock: u32::try_from(withdrawal.start_block).unwrap_or(u32::MAX),
        strategies: withdrawal.items.iter().map(|(strategy, _)| *strategy).collect(),
        scaledShares: withdrawal.items.iter().map(|(_, scaled)| *scaled).collect(),
    }
}
