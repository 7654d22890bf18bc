// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {AllocationManagerCore} from "../core/AllocationManagerCore.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IPermissionController} from "../interfaces/IPermissionController.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {OperatorSet} from "../libraries/OperatorSetLib.sol";
import {SlashingAllocationManagerStorage} from "./AllocationManagerStorage.sol";
import {ISlashingAllocationManager} from "./interfaces/ISlashingAllocationManager.sol";
import {ISlashingDelegationManager} from "./interfaces/ISlashingDelegationManager.sol";

/// @title AllocationManager
/// @notice See {ISlashingAllocationManager}.
contract AllocationManager is
    Initializable,
    OwnableUpgradeable,
    SlashingAllocationManagerStorage,
    AllocationManagerCore,
    ISlashingAllocationManager
{
    /* CONSTRUCTOR */

    constructor(
        IDelegationManager delegationManager,
        IPauserRegistry registry,
        IPermissionController controller,
        uint32 deallocationDelay,
        uint32 allocationConfigurationDelay,
        string memory version
    )
        AllocationManagerCore(
            delegationManager, registry, controller, deallocationDelay, allocationConfigurationDelay, version
        )
    {}

    /// @inheritdoc ISlashingAllocationManager
    function initialize(address initialOwner, uint256 initialPausedStatus) external initializer {
        _setPausedStatus(initialPausedStatus);
        _transferOwnership(initialOwner);
    }

    /* SLASHING */

    /// @inheritdoc ISlashingAllocationManager
    function slashOperator(address avs, SlashingParams calldata params)
        external
        onlyWhenNotPaused(PAUSED_OPERATOR_SLASHING)
        checkCanCall(avs)
    {
        _slashOperator(params, _checkSlash(avs, params));
    }

    /// @inheritdoc AllocationManagerCore
    /// @dev The delegation manager of this release does not say what it took, and nobody asks.
    function _slashShares(
        address operator,
        OperatorSet memory,
        IStrategy strategy,
        uint64 prevMaxMagnitude,
        uint64 newMaxMagnitude
    ) internal override returns (uint256) {
        ISlashingDelegationManager(address(delegation))
            .slashOperatorShares(operator, strategy, prevMaxMagnitude, newMaxMagnitude);
        return 0;
    }
}
