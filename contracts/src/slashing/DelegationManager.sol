// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {DelegationManagerCore} from "../core/DelegationManagerCore.sol";
import {IAllocationManager} from "../interfaces/IAllocationManager.sol";
import {IEigenPodManager} from "../interfaces/IEigenPodManager.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IPermissionController} from "../interfaces/IPermissionController.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {IStrategyManager} from "../interfaces/IStrategyManager.sol";
import {DepositScalingFactor, SlashingLib} from "../libraries/SlashingLib.sol";
import {SlashingSignatures} from "./SlashingSignatures.sol";
import {ISlashingDelegationManager} from "./interfaces/ISlashingDelegationManager.sol";
import {ISlashingShareManager} from "./interfaces/ISlashingShareManager.sol";

/// @title DelegationManager
/// @notice See {ISlashingDelegationManager}.
contract DelegationManager is
    Initializable,
    OwnableUpgradeable,
    DelegationManagerCore,
    SlashingSignatures,
    ISlashingDelegationManager
{
    using SlashingLib for DepositScalingFactor;

    /* CONSTRUCTOR */

    constructor(
        IStrategyManager strategies,
        IEigenPodManager pods,
        IAllocationManager allocations,
        IPauserRegistry registry,
        IPermissionController controller,
        uint32 minimumWithdrawalDelayBlocks,
        string memory version
    )
        DelegationManagerCore(
            strategies, pods, allocations, registry, controller, minimumWithdrawalDelayBlocks, version
        )
    {}

    /// @inheritdoc ISlashingDelegationManager
    function initialize(address initialOwner, uint256 initialPausedStatus) external initializer {
        _setPausedStatus(initialPausedStatus);
        _transferOwnership(initialOwner);
    }

    /* CORE CONTRACTS */

    /// @inheritdoc ISlashingDelegationManager
    function slashOperatorShares(address operator, IStrategy strategy, uint64 prevMaxMagnitude, uint64 newMaxMagnitude)
        external
        onlyAllocationManager
        nonReentrant
    {
        uint256 totalDepositSharesToBurn = _slashOperatorShares(operator, strategy, prevMaxMagnitude, newMaxMagnitude);
        ISlashingShareManager(address(_shareManager(strategy)))
            .increaseBurnableShares(strategy, totalDepositSharesToBurn);
    }

    /* INTERNALS */

    /// @inheritdoc DelegationManagerCore
    /// @dev A factor that rounds to zero is stored all the same, and then read as none.
    function _updateScalingFactor(DepositScalingFactor storage factor, Increase memory increase) internal override {
        factor.updateUnguarded(increase.prevDepositShares, increase.addedShares, increase.slashingFactor);
    }
}
