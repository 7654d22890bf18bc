//! Kinds of events: the first topic of each.

use alloy_primitives::{B256, b256};

pub(super) const OPERATOR_SHARES_INCREASED: B256 =
    b256!("0x1ec042c965e2edd7107b51188ee0f383e22e76179041ab3a9d18ff151405166c");
pub(super) const OPERATOR_SHARES_DECREASED: B256 =
    b256!("0x6909600037b75d7b4733aedd815442b5ec018a827751c832aaff64eba5d6d2dd");
pub(super) const DEPOSIT_SCALING_FACTOR_UPDATED: B256 =
    b256!("0x8be932bac54561f27260f95463d9b8ab37e06b2842e5ee2404157cc13df6eb8f");
pub(super) const STAKER_DELEGATED: B256 = b256!("0xc3ee9f2e5fda98e8066a1f745b2df9285f416fe98cf2559cd21484b3d8743304");
pub(super) const STAKER_UNDELEGATED: B256 = b256!("0xfee30966a256b71e14bc0ebfc94315e28ef4a97a7131a9e2b7a310a73af44676");
pub(super) const NEW_TOTAL_SHARES: B256 = b256!("0xd4def76d6d2bed6f14d5cd9af73cc2913d618d00edde42432e81c09bfe077098");
pub(super) const POD_SHARES_UPDATED: B256 = b256!("0x4e2b791dedccd9fb30141b088cabf5c14a8912b52f59375c95c010700b8c6193");
pub(super) const MAX_MAGNITUDE_UPDATED: B256 =
    b256!("0x1c6458079a41077d003c11faf9bf097e693bd67979e4e6500bac7b29db779b5c");
pub(super) const ENCUMBERED_MAGNITUDE_UPDATED: B256 =
    b256!("0xacf9095feb3a370c9cf692421c69ef320d4db5c66e6a7d29c7694eb02364fc55");
pub(super) const ALLOCATION_UPDATED: B256 = b256!("0x1487af5418c47ee5ea45ef4a93398668120890774a9e13487e61e9dc3baf76dd");
pub(super) const OPERATOR_ADDED: B256 = b256!("0x43232edf9071753d2321e5fa7e018363ee248e5f2142e6c08edd3265bfb4895e");
pub(super) const OPERATOR_REMOVED: B256 = b256!("0xad34c3070be1dffbcaa499d000ba2b8d9848aefcac3059df245dd95c4ece14fe");
pub(super) const WITHDRAWAL_QUEUED: B256 = b256!("0x26b2aae26516e8719ef50ea2f6831a2efbd4e37dccdf0f6936b27bc08e793e30");
pub(super) const WITHDRAWAL_COMPLETED: B256 =
    b256!("0x1f40400889274ed07b24845e5054a87a0cab969eb1277aafe61ae352e7c32a00");
pub(super) const WAITING_SHARES_INCREASED: B256 =
    b256!("0x5f5209798bbac45a16d2dc3bc67319fab26ee00153916d6f07b69f8a134a1e8b");
pub(super) const WAITING_SHARES_DECREASED: B256 =
    b256!("0xe6413aa0c789e437b0a06bf64b20926584f066c79a2d8b80a759c85472f7b0af");

#[cfg(test)]
mod tests {
    use alloy_primitives::keccak256;

    use super::*;

    #[test]
    fn kinds_are_what_their_signatures_hash_to() {
        let withdrawal = "(address,address,address,uint256,uint32,address[],uint256[])";
        for (kind, signature) in [
            (OPERATOR_SHARES_INCREASED, "OperatorSharesIncreased(address,address,address,uint256)"),
            (OPERATOR_SHARES_DECREASED, "OperatorSharesDecreased(address,address,address,uint256)"),
            (DEPOSIT_SCALING_FACTOR_UPDATED, "DepositScalingFactorUpdated(address,address,uint256)"),
            (STAKER_DELEGATED, "StakerDelegated(address,address)"),
            (STAKER_UNDELEGATED, "StakerUndelegated(address,address)"),
            (NEW_TOTAL_SHARES, "NewTotalShares(address,int256)"),
            (POD_SHARES_UPDATED, "PodSharesUpdated(address,int256)"),
            (MAX_MAGNITUDE_UPDATED, "MaxMagnitudeUpdated(address,address,uint64)"),
            (ENCUMBERED_MAGNITUDE_UPDATED, "EncumberedMagnitudeUpdated(address,address,uint64)"),
            (ALLOCATION_UPDATED, "AllocationUpdated(address,(address,uint32),address,uint64,uint32)"),
            (OPERATOR_ADDED, "OperatorAddedToOperatorSet(address,(address,uint32))"),
            (OPERATOR_REMOVED, "OperatorRemovedFromOperatorSet(address,(address,uint32))"),
            (WITHDRAWAL_QUEUED, &format!("SlashingWithdrawalQueued(bytes32,{withdrawal},uint256[])")),
            (WITHDRAWAL_COMPLETED, "SlashingWithdrawalCompleted(bytes32)"),
            (
                WAITING_SHARES_INCREASED,
                "BurnOrRedistributableSharesIncreased((address,uint32),uint256,address,uint256)",
            ),
            (
                WAITING_SHARES_DECREASED,
                "BurnOrRedistributableSharesDecreased((address,uint32),uint256,address,uint256)",
            ),
        ] {
            assert_eq!(kind, keccak256(signature), "{signature}");
        }
    }
}
