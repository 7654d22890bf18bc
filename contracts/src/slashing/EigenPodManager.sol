// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IBeacon} from "@openzeppelin/contracts/proxy/beacon/IBeacon.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IETHPOSDeposit} from "../interfaces/IETHPOSDeposit.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {EigenPodManagerCore} from "../core/EigenPodManagerCore.sol";
import {ISlashingShareManager} from "./interfaces/ISlashingShareManager.sol";

/// @title EigenPodManager
/// @notice See {IEigenPodManager}.
contract EigenPodManager is EigenPodManagerCore, ISlashingShareManager {
    constructor(
        IETHPOSDeposit depositContract,
        IBeacon podBeacon,
        IDelegationManager delegation,
        IPauserRegistry registry,
        string memory version
    ) EigenPodManagerCore(depositContract, podBeacon, delegation, registry, version) {}

    /// @inheritdoc ISlashingShareManager
    function increaseBurnableShares(IStrategy, uint256 addedSharesToBurn) external onlyDelegationManager nonReentrant {
        _increaseBurnableETHShares(addedSharesToBurn);
    }
}
