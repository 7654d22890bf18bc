// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IShareManager} from "./IShareManager.sol";

/// @title Native ETH, as the delegation manager sees it
interface IEigenPodManager is IShareManager {
    /// @notice Deposit shares of `podOwner`; negative only for debts older than slashing.
    function podOwnerDepositShares(address podOwner) external view returns (int256 shares);

    /// @notice What the beacon chain left of `podOwner`'s stake, WAD when it took nothing.
    function beaconChainSlashingFactor(address podOwner) external view returns (uint64);
}
