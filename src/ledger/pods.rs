//! Native ETH: the pods, and what the EigenPod manager keeps of them.

use alloy_primitives::{Address, I256, U256};

use super::{Ledger, StrategyKind, Withdrawal};
use crate::{
    arithmetic::{WAD, mul_div_down, mul_wad_down},
    call::Quantity,
};

/// Wei of one gwei, in which the beacon chain counts.
pub const GWEI: U256 = U256::from_limbs([1_000_000_000, 0, 0, 0]);

/// Native ETH.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NativeStake {
    /// The owner of the EigenPod manager.
    pub owner: Address,
    /// Who reports what the beacon chain did.
    pub reporter: Address,
    /// Pods there are, as the manager counts them.
    pub pod_count: u64,
    /// Shares that operator sets slashed, ever. Their ETH stays in the pods.
    pub burnable_shares: U256,
    /// By staker.
    pub pods: Vec<Pod>,
    /// By staker: where its pod is, or will be. `docs/protocol.md` section 9.1.
    pub places: Vec<Address>,
    /// Others that have ETH, and how much, in wei.
    pub payers: Vec<(Address, U256)>,
    /// By staker: the ETH it holds itself, in wei.
    pub balances: Vec<U256>,
}

/// The pod of one staker, and what the EigenPod manager keeps of the staker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pod {
    /// Where it is; zero for none.
    pub address: Address,
    /// Deposit shares, as stored: less than none for debts older than slashing.
    pub deposit_shares: I256,
    /// What the beacon chain left of the stake, if that was ever set.
    pub stored_slashing_factor: Option<u64>,
    /// Whose it is, as the pod has it.
    pub owner: Address,
    /// Gwei that came back from the beacon chain and are accounted for.
    pub withdrawable_gwei: u64,
    /// Gwei that the validators had at the last report.
    pub validators_gwei: u64,
    /// The ETH of the pod, in wei.
    pub balance: U256,
}

/// What a report tells the EigenPod manager. `docs/protocol.md` section 9.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalanceUpdate {
    /// All that the pod accounted for before, in wei.
    pub previous: U256,
    /// By how much it changed, in wei.
    pub delta: I256,
}

impl BalanceUpdate {
    /// What was lost, in wei; zero for a gain.
    pub fn loss(self) -> U256 {
        if self.delta.is_negative() { self.delta.unsigned_abs() } else { U256::ZERO }
    }

    /// What was gained, in wei; zero for a loss.
    pub fn gain(self) -> U256 {
        if self.delta.is_negative() { U256::ZERO } else { self.delta.unsigned_abs() }
    }
}

impl Pod {
    /// Whether there is one.
    pub fn exists(&self) -> bool {
        !self.address.is_zero()
    }

    /// The beacon chain slashing factor. `docs/protocol.md` section 9.1.
    pub fn slashing_factor(&self) -> u64 {
        self.stored_slashing_factor.unwrap_or(WAD)
    }

    /// The slashing factor after a loss, rounded down. `docs/protocol.md` section 9.1. `None` where the contract reverts:
    /// more was lost than there was.
    pub fn factor_after(&self, update: BalanceUpdate) -> Option<u64> {
        let left = update.previous.checked_sub(update.loss())?;
        let factor = mul_div_down(U256::from(self.slashing_factor()), left, update.previous)?;
        u64::try_from(factor).ok()
    }

    /// The validators' balance that a report says, in gwei: all is what they had.
    pub fn reported_gwei(&self, validators: Quantity) -> u64 {
        validators.of(U256::from(self.validators_gwei)).saturating_to()
    }

    /// Gwei in the pod that no report accounted for, when `value` wei come on top; rounded down. `None` when less is there
    /// than was accounted for.
    pub fn unaccounted_gwei(&self, value: U256) -> Option<U256> {
        let balance = self.balance.checked_add(value)? / GWEI;
        balance.checked_sub(U256::from(self.withdrawable_gwei))
    }

    /// What a checkpoint tells the manager, when the validators have `validators_gwei` and it brings `value` wei.
    /// `docs/protocol.md` section 9.2.
    pub fn checkpoint(&self, validators_gwei: u64, value: U256) -> Option<BalanceUpdate> {
        let came_back = I256::try_from(self.unaccounted_gwei(value)?).ok()?;
        let validators = I256::try_from(validators_gwei).ok()? - I256::try_from(self.validators_gwei).ok()?;
        let wei = I256::from_raw(GWEI);
        let previous = U256::from(self.withdrawable_gwei) + U256::from(self.validators_gwei);
        Some(BalanceUpdate {
            previous: previous.checked_mul(GWEI)?,
            delta: came_back.checked_add(validators)?.checked_mul(wei)?,
        })
    }
}

impl Ledger {
    /// The index of native ETH among the strategies, in a world that has it.
    pub fn native_strategy(&self) -> Option<usize> {
        self.strategies.iter().position(|strategy| strategy.kind == StrategyKind::Native)
    }

    /// Whether a strategy, by its index, is native ETH.
    pub fn is_native(&self, strategy: usize) -> bool {
        self.strategies[strategy].kind == StrategyKind::Native
    }

    /// Slashed shares of a strategy, by its index, that wait by strategy. Native ETH waits like that in every release.
    pub fn burnable_shares(&self, strategy: usize) -> U256 {
        if self.is_native(strategy) { self.native.burnable_shares } else { self.strategies[strategy].burnable_shares }
    }

    /// By how many shares of native ETH an operator has less than its stakers can withdraw together. The second product of
    /// the slashing factor is rounded as well, so that can be; then not all of them can leave.
    pub fn lacking_native(&self, operator: usize) -> U256 {
        let Some(native) = self.native_strategy() else { return U256::ZERO };
        let of = &self.operators[operator];
        let own = (0..self.stakers.len()).filter(|staker| self.stakers[*staker].delegated_to == of.address);
        let owed = own
            .map(|staker| self.withdrawable(staker, native).unwrap_or(U256::MAX))
            .fold(U256::ZERO, U256::saturating_add);
        owed.saturating_sub(of.stakes[native].shares)
    }

    /// The pod of a staker, if it is one and has one.
    pub fn pod(&self, owner: Address) -> Option<&Pod> {
        let pod = self.native.pods.get(self.staker_index(owner)?)?;
        pod.exists().then_some(pod)
    }

    /// What slashing leaves of one scaled share, when the operator's maximum magnitude is `max_magnitude`: of native ETH
    /// the beacon chain has its part as well, rounded down. `docs/protocol.md` section 3.
    pub fn slashing_factor_with(&self, staker: usize, strategy: usize, max_magnitude: u64) -> u64 {
        if !self.is_native(strategy) {
            return max_magnitude;
        }
        let left = self.native.pods.get(staker).map_or(WAD, Pod::slashing_factor);
        mul_wad_down(U256::from(max_magnitude), U256::from(left)).map_or(u64::MAX, |factor| factor.saturating_to())
    }
}

impl Ledger {
    /// Whether the pod of a withdrawal's staker has the ETH that the withdrawal pays as tokens now.
    pub fn is_covered(&self, withdrawal: &Withdrawal) -> bool {
        let Some(native) = self.native_strategy() else { return true };
        let is_native = |(strategy, _): &(Address, U256)| *strategy == self.strategies[native].address;
        let items = withdrawal.items.iter().enumerate().filter(|(_, item)| is_native(item));
        let gwei = items.map(|(item, _)| self.receivable(withdrawal, item).unwrap_or(U256::MAX) / GWEI);
        let needed = gwei.fold(U256::ZERO, U256::saturating_add);
        let pod = self.pod(withdrawal.staker);
        needed <= U256::from(pod.map_or(0, |pod| pod.withdrawable_gwei))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gwei(wei: u64) -> U256 {
        U256::from(wei) * GWEI
    }

    /// 32 ETH in validators, of which some came back.
    fn pod() -> Pod {
        Pod {
            address: Address::repeat_byte(1),
            withdrawable_gwei: 4,
            validators_gwei: 28,
            balance: gwei(4),
            ..Pod::default()
        }
    }

    #[test]
    fn a_checkpoint_counts_what_moved_once() {
        // Two gwei leave the beacon chain and arrive: nothing is gained.
        let update = pod().checkpoint(26, gwei(2)).unwrap();
        assert_eq!((update.previous, update.delta), (gwei(32), I256::ZERO));
        // One arrives, three are gone.
        let update = pod().checkpoint(24, gwei(1)).unwrap();
        assert_eq!((update.loss(), update.gain()), (gwei(3), U256::ZERO));
        // What is less than a gwei is not there yet.
        let update = pod().checkpoint(29, gwei(1) - U256::ONE).unwrap();
        assert_eq!((update.loss(), update.gain()), (U256::ZERO, gwei(1)));
        let emptied = Pod { balance: U256::ZERO, ..pod() };
        assert_eq!(emptied.checkpoint(28, U256::ZERO), None, "what was accounted for is gone");
    }

    #[test]
    fn a_loss_lowers_the_factor_rounded_down() {
        let update = |previous: u64, loss: u64| BalanceUpdate {
            previous: gwei(previous),
            delta: -I256::try_from(gwei(loss)).unwrap(),
        };
        let third = pod().factor_after(update(3, 1)).unwrap();
        assert_eq!(third, WAD / 3 * 2);
        let slashed = Pod { stored_slashing_factor: Some(3), ..pod() };
        assert_eq!(slashed.factor_after(update(2, 1)), Some(1));
        assert_eq!(pod().factor_after(update(2, 2)), Some(0));
        assert_eq!(pod().factor_after(update(2, 3)), None);
        assert_eq!(pod().factor_after(update(0, 0)), None);
    }
}
