// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {AllocationManagerCore} from "../core/AllocationManagerCore.sol";
import {AllocationManagerStorage} from "../core/AllocationManagerStorage.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IPermissionController} from "../interfaces/IPermissionController.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {OperatorSet, OperatorSetLib} from "../libraries/OperatorSetLib.sol";
import {RetiredOwnable} from "../utils/RetiredOwnable.sol";
import {RedistributionAllocationManagerStorage} from "./AllocationManagerStorage.sol";
import {IRedistributionAllocationManager} from "./interfaces/IRedistributionAllocationManager.sol";
import {IRedistributionDelegationManager} from "./interfaces/IRedistributionDelegationManager.sol";

/// @title AllocationManager
/// @notice See {IRedistributionAllocationManager}.
contract AllocationManager is
    Initializable,
    RetiredOwnable,
    RedistributionAllocationManagerStorage,
    AllocationManagerCore,
    IRedistributionAllocationManager
{
    using EnumerableSet for EnumerableSet.UintSet;
    using OperatorSetLib for OperatorSet;

    /* CONSTRUCTOR */

    constructor(
        IDelegationManager delegationManager,
        IStrategy eigen,
        IPauserRegistry registry,
        IPermissionController controller,
        uint32 deallocationDelay,
        uint32 allocationConfigurationDelay,
        string memory version
    )
        RedistributionAllocationManagerStorage(eigen)
        AllocationManagerCore(
            delegationManager, registry, controller, deallocationDelay, allocationConfigurationDelay, version
        )
    {}

    /// @inheritdoc IRedistributionAllocationManager
    function initialize(uint256 initialPausedStatus) external initializer {
        _setPausedStatus(initialPausedStatus);
    }

    /* SLASHING */

    /// @inheritdoc IRedistributionAllocationManager
    function slashOperator(address avs, SlashingParams calldata params)
        external
        onlyWhenNotPaused(PAUSED_OPERATOR_SLASHING)
        checkCanCall(avs)
        returns (uint256 slashId, uint256[] memory shares)
    {
        OperatorSet memory operatorSet = _checkSlash(avs, params);
        slashId = ++_slashIds[operatorSet.key()];
        shares = _slashOperator(params, operatorSet);
    }

    /// @inheritdoc AllocationManagerCore
    /// @dev The slash under way is the set's last.
    function _slashShares(
        address operator,
        OperatorSet memory operatorSet,
        IStrategy strategy,
        uint64 prevMaxMagnitude,
        uint64 newMaxMagnitude
    ) internal override returns (uint256 shares) {
        return IRedistributionDelegationManager(address(delegation))
            .slashOperatorShares(
                operator, operatorSet, _slashIds[operatorSet.key()], strategy, prevMaxMagnitude, newMaxMagnitude
            );
    }

    /* SETS */

    /// @inheritdoc IRedistributionAllocationManager
    function createRedistributingOperatorSets(
        address avs,
        CreateSetParams[] calldata params,
        address[] calldata redistributionRecipients
    ) external checkCanCall(avs) {
        require(params.length == redistributionRecipients.length, InputArrayLengthMismatch());
        require(_avsRegisteredMetadata[avs], NonexistentAVSMetadata());
        for (uint256 i = 0; i < params.length; ++i) {
            address recipient = redistributionRecipients[i];
            require(recipient != address(0), InputAddressZero());
            require(recipient != DEFAULT_BURN_ADDRESS, InvalidRedistributionRecipient());
            OperatorSet memory operatorSet = _createOperatorSet(avs, params[i].operatorSetId);
            // Before the strategies: they are checked against it.
            _redistributionRecipients[operatorSet.key()] = recipient;
            emit RedistributionAddressSet(operatorSet, recipient);
            _addStrategies(operatorSet, params[i].strategies);
        }
    }

    /// @inheritdoc AllocationManagerCore
    function _checkStrategy(OperatorSet memory operatorSet, IStrategy strategy) internal view override {
        if (!isRedistributingOperatorSet(operatorSet)) return;
        require(strategy != BEACONCHAIN_ETH_STRAT && strategy != eigenStrategy, InvalidStrategy());
    }

    /* VIEWS */

    /// @inheritdoc IRedistributionAllocationManager
    function getRedistributionRecipient(OperatorSet memory operatorSet) external view returns (address) {
        address recipient = _redistributionRecipients[operatorSet.key()];
        return recipient == address(0) ? DEFAULT_BURN_ADDRESS : recipient;
    }

    /// @inheritdoc IRedistributionAllocationManager
    function isRedistributingOperatorSet(OperatorSet memory operatorSet) public view returns (bool) {
        return _redistributionRecipients[operatorSet.key()] != address(0);
    }

    /// @inheritdoc IRedistributionAllocationManager
    function isOperatorRedistributable(address operator) external view returns (bool) {
        return _anyRedistributes(operator, getRegisteredSets(operator))
            || _anyRedistributes(operator, getAllocatedSets(operator));
    }

    /// @inheritdoc IRedistributionAllocationManager
    function getSlashCount(OperatorSet memory operatorSet) external view returns (uint256) {
        return _slashIds[operatorSet.key()];
    }

    function _anyRedistributes(address operator, OperatorSet[] memory operatorSets) internal view returns (bool) {
        for (uint256 i = 0; i < operatorSets.length; ++i) {
            if (isRedistributingOperatorSet(operatorSets[i]) && isOperatorSlashable(operator, operatorSets[i])) {
                return true;
            }
        }
        return false;
    }
}
