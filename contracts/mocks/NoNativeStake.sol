// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title The EigenPod manager of a deployment without native ETH
/// @notice Nobody has a pod, nothing was slashed by the beacon chain. Everything else reverts, having no function.
contract NoNativeStake {
    function podOwnerDepositShares(address) external pure returns (int256) {
        return 0;
    }

    function beaconChainSlashingFactor(address) external pure returns (uint64) {
        return 1e18;
    }
}
