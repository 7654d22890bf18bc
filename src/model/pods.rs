//! The EigenPod manager and the pods (`docs/protocol.md` section 9).

use alloy_primitives::{Address, I256, U256};

use super::{
    Model, NOT_KEPT, Returned,
    arithmetic::{add, calc_withdrawable, mul_div_down, mul_wad_down, sub},
    pausing::switch,
    revert::{Error, Foreseen, Panic, Revert, Stop, message, require},
};
use crate::{
    arithmetic::WAD_WIDE,
    call::{PodOperation, PodPlumbing},
    ledger::{GWEI, Pod},
};

/// What a validator is started with, in whole ETH.
const VALIDATOR: U256 = U256::from_limbs([32, 0, 0, 0]);

/// What a pod tells the manager: what there was, and by how much it changed, in wei.
struct Update {
    previous: U256,
    delta: I256,
}

impl Model<'_> {
    pub(super) fn pods(&mut self, operation: &PodOperation) -> Foreseen {
        use PodOperation as P;
        self.can_pay(operation)?;
        match operation {
            P::Create {} => self.create_pod().map(drop),
            P::Stake { value } => self.start_validator(*value),
            P::Pay { owner, value } => {
                let pod = self.pod_of(*owner)?;
                self.send_to_pod(pod, *value)
            }
            P::ReportNewValidators { owner, gwei } => self.report_new_validators(*owner, *gwei),
            P::ReportCheckpoint { owner, validators, value } => {
                let pod = self.pod_of(*owner)?;
                let gwei = self.ledger.native.pods[pod].reported_gwei(*validators);
                self.report_checkpoint(pod, gwei, *value)
            }
            P::Record { owner, previous, gained, lost } => {
                let pod = self.ledger.pod(*owner).map_or(Address::ZERO, |pod| pod.address);
                require(self.caller == pod, Error::OnlyEigenPod)?;
                let delta = I256::from_raw(gained.wrapping_sub(*lost));
                self.record_balance_update(self.staker(*owner)?, &Update { previous: *previous, delta })
            }
            P::SetReporter { to } => {
                if self.caller != self.ledger.native.owner {
                    return message("Ownable: caller is not the owner");
                }
                self.ledger.native.reporter = *to;
                Ok(())
            }
            P::SetForkTimestamp { .. } => {
                require(self.caller == self.ledger.native.reporter, Error::OnlyProofTimestampSetter)
            }
            P::CallPlumbing { function, account, .. } => self.call_pod_plumbing(*function, *account),
        }
    }

    /// `createPod`.
    pub(super) fn create_pod(&mut self) -> Foreseen<Returned> {
        self.only_when_not_paused(self.managers().eigen_pod, switch::NEW_PODS)?;
        require(self.ledger.pod(self.caller).is_none(), Error::EigenPodAlreadyExists)?;
        self.make_pod()?;
        Ok(Returned::Address(self.ledger.pod(self.caller).map_or(Address::ZERO, |pod| pod.address)))
    }

    fn make_pod(&mut self) -> Foreseen {
        let owner = self.staker(self.caller)?;
        let native = &mut self.ledger.native;
        native.pod_count = native.pod_count.checked_add(1).ok_or(Panic::Overflow)?;
        let pod = &mut native.pods[owner];
        (pod.address, pod.owner) = (native.places[owner], self.caller);
        Ok(())
    }

    /// `stake`: the value goes through the pod to the beacon chain, where it counts for nothing until it is reported.
    fn start_validator(&mut self, value: U256) -> Foreseen {
        self.only_when_not_paused(self.managers().eigen_pod, switch::NEW_PODS)?;
        require(value == VALIDATOR * WAD_WIDE, Error::MsgValueNot32ETH)?;
        if self.ledger.pod(self.caller).is_none() {
            self.make_pod()?;
        }
        self.pay(value);
        Ok(())
    }

    /// Whoever cannot pay what a call costs never gets as far as the contract.
    fn can_pay(&mut self, operation: &PodOperation) -> Foreseen {
        use PodOperation as P;
        let (P::Stake { value } | P::Pay { value, .. } | P::ReportCheckpoint { value, .. }) = operation else {
            return Ok(());
        };
        let has = self.wallet().map_or(U256::ZERO, |wei| *wei);
        if *value <= has { Ok(()) } else { Err(Stop::Unpredicted("the caller cannot pay")) }
    }

    fn pay(&mut self, value: U256) {
        if let Some(wei) = self.wallet() {
            *wei = wei.saturating_sub(value);
        }
    }

    /// The ETH of the caller, if it ever has any.
    fn wallet(&mut self) -> Option<&mut U256> {
        let native = &mut self.ledger.native;
        match self.ledger.stakers.iter().position(|staker| staker.address == self.caller) {
            Some(staker) => native.balances.get_mut(staker),
            None => native.payers.iter_mut().find(|(payer, _)| *payer == self.caller).map(|(_, wei)| wei),
        }
    }

    fn send_to_pod(&mut self, pod: usize, value: U256) -> Foreseen {
        self.pay(value);
        let balance = &mut self.ledger.native.pods[pod].balance;
        *balance = add(*balance, value)?;
        Ok(())
    }

    fn only_reporter(&self) -> Foreseen {
        require(self.caller == self.ledger.native.reporter, Error::OnlyBalanceReporter)
    }

    /// `reportNewValidators`: what is new cannot be a loss.
    fn report_new_validators(&mut self, owner: Address, gwei: u64) -> Foreseen {
        let pod = self.pod_of(owner)?;
        self.only_reporter()?;
        self.only_when_not_paused(self.managers().eigen_pod, switch::NEW_VALIDATORS)?;
        let validators = &mut self.ledger.native.pods[pod].validators_gwei;
        *validators = validators.checked_add(gwei).ok_or(Panic::Overflow)?;
        self.record_balance_update(pod, &Update { previous: U256::ZERO, delta: in_wei(i128::from(gwei)) })
    }

    /// `reportCheckpoint`: what came into the pod since the last one, and what the validators have now.
    fn report_checkpoint(&mut self, pod: usize, gwei: u64, value: U256) -> Foreseen {
        self.only_reporter()?;
        self.only_when_not_paused(self.managers().eigen_pod, switch::START_CHECKPOINT)?;
        self.only_when_not_paused(self.managers().eigen_pod, switch::CHECKPOINT_PROOFS)?;
        self.send_to_pod(pod, value)?;
        let Pod { balance, withdrawable_gwei, validators_gwei, .. } = &mut self.ledger.native.pods[pod];
        let Ok(held) = u64::try_from(*balance / GWEI) else {
            return message("SafeCast: value doesn't fit in 64 bits");
        };
        let came = held.checked_sub(*withdrawable_gwei).ok_or(Panic::Overflow)?;
        let update = Update {
            previous: (U256::from(*withdrawable_gwei) + U256::from(*validators_gwei)) * GWEI,
            delta: in_wei(i128::from(came) + i128::from(gwei) - i128::from(*validators_gwei)),
        };
        (*withdrawable_gwei, *validators_gwei) = (held, gwei);
        self.record_balance_update(pod, &update)
    }

    /// `recordBeaconChainETHBalanceUpdate`: a gain is shares, a loss lowers the factor of all shares.
    fn record_balance_update(&mut self, staker: usize, update: &Update) -> Foreseen {
        let Update { previous, delta } = *update;
        require((delta % I256::from_raw(GWEI)).is_zero(), Error::SharesNotMultipleOfGwei)?;
        let held = self.ledger.native.pods[staker].deposit_shares;
        require(!held.is_negative(), Error::LegacyWithdrawalsNotCompleted)?;
        if delta.is_positive() {
            let (before, added) = self.add_pod_shares(staker, delta.unsigned_abs())?;
            return self.increase_delegated_shares(staker, self.native()?, before, added);
        }
        if delta.is_negative() {
            let lost = self.lower_slashing_factor(staker, previous, delta.unsigned_abs())?;
            return self.decrease_native(staker, held.unsigned_abs(), lost);
        }
        Ok(())
    }

    /// Rounded down: against the staker, as all of its shares are. By how much the factor fell.
    fn lower_slashing_factor(&mut self, staker: usize, previous: U256, loss: U256) -> Foreseen<u64> {
        let pod = &mut self.ledger.native.pods[staker];
        let before = pod.slashing_factor();
        let factor = mul_div_down(U256::from(before), sub(previous, loss)?, previous)?;
        let factor = u64::try_from(factor).map_err(|_| Panic::Overflow)?;
        pod.stored_slashing_factor = Some(factor);
        Ok(before - factor)
    }

    /// `decreaseDelegatedShares`: what the beacon chain took is no stake of the operator any more.
    fn decrease_native(&mut self, staker: usize, deposit_shares: U256, lost: u64) -> Foreseen {
        let strategy = self.native()?;
        let Some(operator) = self.operator_of(staker)? else { return Ok(()) };
        let max = U256::from(self.max_magnitude(Some(operator), strategy));
        let factor = self.ledger.stakers[staker].holdings[strategy].factor();
        let shares = calc_withdrawable(factor, deposit_shares, mul_wad_down(max, U256::from(lost))?)?;
        self.decrease_delegation(operator, strategy, shares)
    }

    /// `addShares`: the shares there were before, nothing instead of a debt, and what of the new ones is left once it is
    /// paid.
    pub(super) fn add_pod_shares(&mut self, staker: usize, shares: U256) -> Foreseen<(U256, U256)> {
        let shares = I256::from_raw(shares);
        require(!shares.is_negative(), Error::SharesNegative)?;
        let held = self.ledger.native.pods[staker].deposit_shares;
        let updated = held.checked_add(shares).ok_or(Panic::Overflow)?;
        self.set_pod_shares(staker, updated)?;
        Ok(if !updated.is_positive() {
            (U256::ZERO, U256::ZERO)
        } else if held.is_negative() {
            (U256::ZERO, updated.unsigned_abs())
        } else {
            (held.unsigned_abs(), shares.unsigned_abs())
        })
    }

    /// `removeDepositShares`; the shares that are left. Nothing may be removed, unlike of tokens.
    pub(super) fn remove_pod_shares(&mut self, staker: usize, shares: U256) -> Foreseen<U256> {
        let Some(shares) = I256::try_from(shares).ok() else {
            return message("SafeCast: value doesn't fit in an int256");
        };
        let held = self.ledger.native.pods[staker].deposit_shares;
        let updated = held.checked_sub(shares).ok_or(Panic::Overflow)?;
        require(!updated.is_negative(), Error::SharesNegative)?;
        self.set_pod_shares(staker, updated)?;
        Ok(updated.unsigned_abs())
    }

    /// `withdrawSharesAsTokens`: a debt is paid first, the rest in whole gwei, rounded down.
    pub(super) fn withdraw_from_pod(&mut self, staker: usize, shares: U256) -> Foreseen {
        let mut left = I256::from_raw(shares);
        require(left.is_positive(), Error::SharesNegative)?;
        let held = self.ledger.native.pods[staker].deposit_shares;
        if held.is_negative() {
            let repaid = left.min(held.wrapping_neg());
            self.set_pod_shares(staker, held.wrapping_add(repaid))?;
            left = left.wrapping_sub(repaid);
        }
        if left.is_zero() {
            return Ok(());
        }
        let native = &mut self.ledger.native;
        let pod = &mut native.pods[staker];
        // Where there is no pod there is no contract to ask.
        require_pod(pod)?;
        let gwei: u64 = ((left.into_raw() / GWEI) & U256::from(u64::MAX)).to();
        let rest = pod.withdrawable_gwei.checked_sub(gwei).ok_or(Error::InsufficientWithdrawableBalance)?;
        pod.withdrawable_gwei = rest;
        let wei = U256::from(gwei) * GWEI;
        let Some(balance) = pod.balance.checked_sub(wei) else { return message("Address: insufficient balance") };
        pod.balance = balance;
        native.balances[staker] = add(native.balances[staker], wei)?;
        Ok(())
    }

    fn set_pod_shares(&mut self, staker: usize, shares: I256) -> Foreseen {
        let strategy = self.native()?;
        self.ledger.native.pods[staker].deposit_shares = shares;
        let held = if shares.is_negative() { U256::ZERO } else { shares.unsigned_abs() };
        self.ledger.stakers[staker].holdings[strategy].shares = held;
        Ok(())
    }

    /// What only core contracts may call, by somebody who is none.
    fn call_pod_plumbing(&self, function: PodPlumbing, account: Address) -> Foreseen {
        use PodPlumbing as P;
        let managers = self.managers();
        if [managers.delegation, managers.eigen_pod].contains(&self.caller) {
            return Err(Stop::Unpredicted("a core contract calls"));
        }
        match function {
            P::AddShares
            | P::RemoveDepositShares
            | P::WithdrawSharesAsTokens
            | P::IncreaseBurnOrRedistributableShares => Err(Error::OnlyDelegationManager.into()),
            P::WithdrawRestaked | P::StakeInPod => {
                self.pod_of(account)?;
                Err(Error::OnlyEigenPodManager.into())
            }
            P::InitializePod => {
                self.pod_of(account)?;
                message("Initializable: contract is already initialized")
            }
        }
    }

    /// The index of native ETH among the strategies.
    fn native(&self) -> Foreseen<usize> {
        self.ledger.native_strategy().ok_or(NOT_KEPT)
    }

    /// The index of a staker who has a pod.
    fn pod_of(&self, owner: Address) -> Foreseen<usize> {
        let staker = self.staker(owner)?;
        if self.ledger.native.pods[staker].exists() { Ok(staker) } else { Err(NOT_KEPT) }
    }
}

fn require_pod(pod: &Pod) -> Foreseen {
    if pod.exists() { Ok(()) } else { Err(Stop::Reverts(Revert::Silent)) }
}

/// An amount of gwei in wei. There is no number of gwei in 64 bits that does not fit.
fn in_wei(gwei: i128) -> I256 {
    let wei = I256::from_raw(U256::from(gwei.unsigned_abs()) * GWEI);
    if gwei.is_negative() { wei.wrapping_neg() } else { wei }
}
