//! The EigenPod manager and the pods.

use alloy_primitives::{Address, B256, Bytes, I256, U256};
use alloy_sol_types::SolCall;

use super::{Encoded, Encoder, sol_set};
use crate::{
    call::{Operation, PodOperation, PodPlumbing},
    protocol::eigenlayer::{abi, deploy::NATIVE_STRATEGY},
};

/// What a validator is started with: its key and its signature, which nobody here checks.
const PUBLIC_KEY: Bytes = Bytes::from_static(&[7; 48]);
const SIGNATURE: Bytes = Bytes::from_static(&[7; 96]);

impl Encoder<'_> {
    pub(super) fn pods(&self, operation: &Operation) -> Option<Encoded> {
        use PodOperation as P;
        use abi::{EigenPod, EigenPodManager as M};
        let Operation::Pods(operation) = operation else { return None };
        let manager = self.protocol.contracts.eigen_pod_manager;
        let of_pod = |owner: &Address| Some(self.before.pod(*owner)?.address);
        // Where the manager trusts nobody to report, there is nothing to report to.
        let reported = |owner: &Address| of_pod(owner).filter(|_| self.protocol.artifacts.has_reporter());
        Some(match operation {
            P::Create {} => (manager, M::createPodCall {}.abi_encode()),
            P::Stake { .. } => {
                let call =
                    M::stakeCall { pubkey: PUBLIC_KEY, signature: SIGNATURE, depositDataRoot: B256::repeat_byte(7) };
                (manager, call.abi_encode())
            }
            P::Pay { owner, .. } => (of_pod(owner)?, Vec::new()),
            P::ReportNewValidators { owner, gwei } => {
                (reported(owner)?, EigenPod::reportNewValidatorsCall { balanceGwei: *gwei }.abi_encode())
            }
            P::ReportCheckpoint { owner, validators, .. } => {
                let gwei = self.before.pod(*owner)?.reported_gwei(*validators);
                (reported(owner)?, EigenPod::reportCheckpointCall { balanceGwei: gwei }.abi_encode())
            }
            P::Record { owner, previous, gained, lost } => {
                let call = M::recordBeaconChainETHBalanceUpdateCall {
                    podOwner: *owner,
                    prevRestakedBalanceWei: *previous,
                    balanceDeltaWei: I256::from_raw(gained.wrapping_sub(*lost)),
                };
                (manager, call.abi_encode())
            }
            P::SetReporter { to } => {
                (manager, M::setProofTimestampSetterCall { newProofTimestampSetter: *to }.abi_encode())
            }
            P::SetForkTimestamp { timestamp } => {
                (manager, M::setPectraForkTimestampCall { timestamp: *timestamp }.abi_encode())
            }
            P::CallPlumbing { function, account, amount } => self.pod_plumbing(*function, *account, *amount)?,
        })
    }

    fn pod_plumbing(&self, function: PodPlumbing, account: Address, amount: U256) -> Option<Encoded> {
        use abi::{EigenPod, StrategyManager as S};
        let (strategy, staker) = (NATIVE_STRATEGY, account);
        let manager = self.protocol.contracts.eigen_pod_manager;
        let of_pod = |data: Vec<u8>| Some((self.before.pod(account)?.address, data));
        // The share managers answer to the same functions.
        let data = match function {
            PodPlumbing::AddShares => S::addSharesCall { staker, strategy, shares: amount }.abi_encode(),
            PodPlumbing::RemoveDepositShares => {
                S::removeDepositSharesCall { staker, strategy, depositSharesToRemove: amount }.abi_encode()
            }
            PodPlumbing::WithdrawSharesAsTokens => {
                S::withdrawSharesAsTokensCall { staker, strategy, token: Address::ZERO, shares: amount }.abi_encode()
            }
            PodPlumbing::IncreaseBurnOrRedistributableShares => {
                let set = self.before.sets.iter().find(|set| set.exists)?;
                self.book_slashed(sol_set(set.id), strategy, amount)
            }
            PodPlumbing::WithdrawRestaked => {
                let call = EigenPod::withdrawRestakedBeaconChainETHCall { recipient: self.actor, amountWei: amount };
                return of_pod(call.abi_encode());
            }
            PodPlumbing::StakeInPod => {
                let call =
                    EigenPod::stakeCall { pubkey: PUBLIC_KEY, signature: SIGNATURE, depositDataRoot: B256::ZERO };
                return of_pod(call.abi_encode());
            }
            PodPlumbing::InitializePod => return of_pod(EigenPod::initializeCall { owner: self.actor }.abi_encode()),
        };
        Some((manager, data))
    }
}
