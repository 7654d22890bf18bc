// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {DelegationManagerCore} from "../core/DelegationManagerCore.sol";
import {IAllocationManager} from "../interfaces/IAllocationManager.sol";
import {IEigenPodManager} from "../interfaces/IEigenPodManager.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IPermissionController} from "../interfaces/IPermissionController.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {IStrategyManager} from "../interfaces/IStrategyManager.sol";
import {OperatorSet} from "../libraries/OperatorSetLib.sol";
import {DepositScalingFactor, SlashingLib} from "../libraries/SlashingLib.sol";
import {RetiredOwnable} from "../utils/RetiredOwnable.sol";
import {RedistributionSignatures} from "./RedistributionSignatures.sol";
import {IRedistributionDelegationManager} from "./interfaces/IRedistributionDelegationManager.sol";
import {IRedistributionShareManager} from "./interfaces/IRedistributionShareManager.sol";

/// @title DelegationManager
/// @notice See {IRedistributionDelegationManager}.
contract DelegationManager is
    Initializable,
    RetiredOwnable,
    DelegationManagerCore,
    RedistributionSignatures,
    IRedistributionDelegationManager
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

    /// @inheritdoc IRedistributionDelegationManager
    function initialize(uint256 initialPausedStatus) external initializer {
        _setPausedStatus(initialPausedStatus);
    }

    /* CORE CONTRACTS */

    /// @inheritdoc IRedistributionDelegationManager
    function slashOperatorShares(
        address operator,
        OperatorSet calldata operatorSet,
        uint256 slashId,
        IStrategy strategy,
        uint64 prevMaxMagnitude,
        uint64 newMaxMagnitude
    ) external onlyAllocationManager nonReentrant returns (uint256 totalDepositSharesToSlash) {
        totalDepositSharesToSlash = _slashOperatorShares(operator, strategy, prevMaxMagnitude, newMaxMagnitude);
        IRedistributionShareManager(address(_shareManager(strategy)))
            .increaseBurnOrRedistributableShares(operatorSet, slashId, strategy, totalDepositSharesToSlash);
    }

    /* INTERNALS */

    /// @inheritdoc DelegationManagerCore
    function _updateScalingFactor(DepositScalingFactor storage factor, Increase memory increase) internal override {
        factor.update(increase.prevDepositShares, increase.addedShares, increase.slashingFactor);
    }
}
