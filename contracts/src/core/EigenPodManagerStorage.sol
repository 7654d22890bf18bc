// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IBeacon} from "@openzeppelin/contracts/proxy/beacon/IBeacon.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IEigenPod} from "../interfaces/IEigenPod.sol";
import {IEigenPodManager} from "../interfaces/IEigenPodManager.sol";
import {IETHPOSDeposit} from "../interfaces/IETHPOSDeposit.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";

/// @title The state of the EigenPod manager
/// @dev Apart, because proxies keep it across upgrades: variables are only ever added, out of the gap.
abstract contract EigenPodManagerStorage is IEigenPodManager {
    /* CONSTANTS */

    /// @inheritdoc IEigenPodManager
    IStrategy public constant beaconChainETHStrategy = IStrategy(0xbeaC0eeEeeeeEEeEeEEEEeeEEeEeeeEeeEEBEaC0);

    /// @dev The beacon chain counts in gwei.
    int256 internal constant GWEI_TO_WEI = 1e9;

    /// @dev Pause bit; the others are the pods'.
    uint8 internal constant PAUSED_NEW_EIGENPODS = 0;

    /* IMMUTABLES */

    /// @notice The deposit contract of the beacon chain.
    IETHPOSDeposit public immutable ethPOS;

    /// @notice Says what code the pods have.
    IBeacon public immutable eigenPodBeacon;

    /// @notice The delegation manager.
    IDelegationManager public immutable delegationManager;

    /* STORAGE */

    address private __deprecated_beaconChainOracle;

    /// @inheritdoc IEigenPodManager
    mapping(address podOwner => IEigenPod) public ownerToPod;

    /// @inheritdoc IEigenPodManager
    uint256 public numPods;

    uint256 private __deprecated_maxPods;

    /// @inheritdoc IEigenPodManager
    mapping(address podOwner => int256 shares) public podOwnerDepositShares;

    uint64 private __deprecated_denebForkTimestamp;

    mapping(address staker => BeaconChainSlashingFactor) internal _beaconChainSlashingFactor;

    /// @inheritdoc IEigenPodManager
    uint256 public burnableETHShares;

    /// @inheritdoc IEigenPodManager
    address public proofTimestampSetter;

    /// @inheritdoc IEigenPodManager
    uint64 public pectraForkTimestamp;

    uint256[41] private __gap;

    /* CONSTRUCTOR */

    constructor(IETHPOSDeposit depositContract, IBeacon podBeacon, IDelegationManager delegation) {
        ethPOS = depositContract;
        eigenPodBeacon = podBeacon;
        delegationManager = delegation;
    }
}
