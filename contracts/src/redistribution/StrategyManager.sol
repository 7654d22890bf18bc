// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {EnumerableMap} from "@openzeppelin/contracts/utils/structs/EnumerableMap.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {StrategyManagerCore} from "../core/StrategyManagerCore.sol";
import {IAllocationManager} from "../interfaces/IAllocationManager.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {OperatorSet, OperatorSetLib} from "../libraries/OperatorSetLib.sol";
import {RedistributionSignatures} from "./RedistributionSignatures.sol";
import {RedistributionStrategyManagerStorage} from "./StrategyManagerStorage.sol";
import {IRedistributionAllocationManager} from "./interfaces/IRedistributionAllocationManager.sol";
import {IRedistributionShareManager} from "./interfaces/IRedistributionShareManager.sol";
import {IRedistributionStrategy} from "./interfaces/IRedistributionStrategy.sol";
import {IRedistributionStrategyManager} from "./interfaces/IRedistributionStrategyManager.sol";

/// @title StrategyManager
/// @notice See {IRedistributionStrategyManager}.
contract StrategyManager is
    StrategyManagerCore,
    RedistributionStrategyManagerStorage,
    RedistributionSignatures,
    IRedistributionStrategyManager
{
    using EnumerableMap for EnumerableMap.AddressToUintMap;
    using EnumerableSet for EnumerableSet.Bytes32Set;
    using EnumerableSet for EnumerableSet.UintSet;
    using OperatorSetLib for OperatorSet;
    using OperatorSetLib for bytes32;

    /* CONSTRUCTOR */

    constructor(
        IAllocationManager allocations,
        IDelegationManager delegationManager,
        IPauserRegistry registry,
        string memory version
    ) StrategyManagerCore(delegationManager, registry, version) RedistributionStrategyManagerStorage(allocations) {}

    /* DELEGATION MANAGER */

    /// @inheritdoc IRedistributionShareManager
    /// @dev An entry of zero shares is an entry too: it waits to be cleared like any other.
    function increaseBurnOrRedistributableShares(
        OperatorSet calldata operatorSet,
        uint256 slashId,
        IStrategy strategy,
        uint256 addedSharesToBurn
    ) external onlyDelegationManager nonReentrant {
        bytes32 setKey = operatorSet.key();
        bool added = _burnOrRedistributableShares[setKey][slashId].set(address(strategy), addedSharesToBurn);
        require(added, StrategyAlreadyInSlash());
        _pendingOperatorSets.add(setKey);
        _pendingSlashIds[setKey].add(slashId);
        emit BurnOrRedistributableSharesIncreased(operatorSet, slashId, strategy, addedSharesToBurn);
    }

    /* SLASHED SHARES */

    /// @inheritdoc IRedistributionStrategyManager
    function clearBurnOrRedistributableShares(OperatorSet calldata operatorSet, uint256 slashId)
        external
        nonReentrant
        returns (uint256[] memory amounts)
    {
        // A copy: clearing removes from the map.
        address[] memory strategies = _burnOrRedistributableShares[operatorSet.key()][slashId].keys();
        amounts = new uint256[](strategies.length);
        for (uint256 i = 0; i < strategies.length; ++i) {
            amounts[i] = _clearBurnOrRedistributableShares(operatorSet, slashId, IStrategy(strategies[i]));
        }
    }

    /// @inheritdoc IRedistributionStrategyManager
    function clearBurnOrRedistributableSharesByStrategy(
        OperatorSet calldata operatorSet,
        uint256 slashId,
        IStrategy strategy
    ) external nonReentrant returns (uint256 amount) {
        return _clearBurnOrRedistributableShares(operatorSet, slashId, strategy);
    }

    /* INTERNALS */

    /// @inheritdoc StrategyManagerCore
    function _withdraw(IStrategy strategy, address recipient, IERC20 token, uint256 shares) internal override {
        IRedistributionStrategy(address(strategy)).withdraw(recipient, token, shares);
    }

    /// @dev The entry goes before the tokens do, so a token that calls back finds nothing to clear twice. What lists
    /// the slash follows, in the order of EigenLayer's events.
    function _clearBurnOrRedistributableShares(OperatorSet calldata operatorSet, uint256 slashId, IStrategy strategy)
        internal
        returns (uint256 amount)
    {
        bytes32 setKey = operatorSet.key();
        EnumerableMap.AddressToUintMap storage entries = _burnOrRedistributableShares[setKey][slashId];
        (, uint256 shares) = entries.tryGet(address(strategy));
        entries.remove(address(strategy));
        if (shares != 0) {
            address recipient =
                IRedistributionAllocationManager(address(allocationManager)).getRedistributionRecipient(operatorSet);
            IERC20 token = strategy.underlyingToken();
            amount = IRedistributionStrategy(address(strategy)).withdraw(recipient, token, shares);
            emit BurnOrRedistributableSharesDecreased(operatorSet, slashId, strategy, shares);
        }
        if (entries.length() == 0) {
            _pendingSlashIds[setKey].remove(slashId);
            if (_pendingSlashIds[setKey].length() == 0) _pendingOperatorSets.remove(setKey);
        }
    }

    /* VIEWS */

    /// @inheritdoc IRedistributionStrategyManager
    function getBurnOrRedistributableShares(OperatorSet calldata operatorSet, uint256 slashId)
        external
        view
        returns (IStrategy[] memory strategies, uint256[] memory shares)
    {
        EnumerableMap.AddressToUintMap storage entries = _burnOrRedistributableShares[operatorSet.key()][slashId];
        uint256 length = entries.length();
        strategies = new IStrategy[](length);
        shares = new uint256[](length);
        for (uint256 i = 0; i < length; ++i) {
            address strategy;
            (strategy, shares[i]) = entries.at(i);
            strategies[i] = IStrategy(strategy);
        }
    }

    /// @inheritdoc IRedistributionStrategyManager
    function getBurnOrRedistributableShares(OperatorSet calldata operatorSet, uint256 slashId, IStrategy strategy)
        external
        view
        returns (uint256 shares)
    {
        (, shares) = _burnOrRedistributableShares[operatorSet.key()][slashId].tryGet(address(strategy));
    }

    /// @inheritdoc IRedistributionStrategyManager
    function getBurnOrRedistributableCount(OperatorSet calldata operatorSet, uint256 slashId)
        external
        view
        returns (uint256)
    {
        return _burnOrRedistributableShares[operatorSet.key()][slashId].length();
    }

    /// @inheritdoc IRedistributionStrategyManager
    function getPendingOperatorSets() external view returns (OperatorSet[] memory operatorSets) {
        bytes32[] memory keys = _pendingOperatorSets.values();
        operatorSets = new OperatorSet[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            operatorSets[i] = keys[i].decode();
        }
    }

    /// @inheritdoc IRedistributionStrategyManager
    function getPendingSlashIds(OperatorSet calldata operatorSet) external view returns (uint256[] memory) {
        return _pendingSlashIds[operatorSet.key()].values();
    }
}
