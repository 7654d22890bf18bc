// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EnumerableMap} from "@openzeppelin/contracts/utils/structs/EnumerableMap.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {ReentrancyGuardUpgradeable} from "@openzeppelin/contracts-upgradeable/security/ReentrancyGuardUpgradeable.sol";
import {IAllocationManager} from "../interfaces/IAllocationManager.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IShareManager} from "../interfaces/IShareManager.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {IStrategyManager} from "../interfaces/IStrategyManager.sol";
import {OperatorSet, OperatorSetLib} from "../libraries/OperatorSetLib.sol";
import {Pausable} from "../permissions/Pausable.sol";
import {SignaturesMixin} from "../utils/SignaturesMixin.sol";
import {StrategyManagerStorage} from "./StrategyManagerStorage.sol";

/// @title StrategyManager
/// @notice See {IStrategyManager}.
contract StrategyManager is
    Initializable,
    OwnableUpgradeable,
    ReentrancyGuardUpgradeable,
    Pausable,
    StrategyManagerStorage,
    SignaturesMixin
{
    using EnumerableMap for EnumerableMap.AddressToUintMap;
    using EnumerableSet for EnumerableSet.Bytes32Set;
    using EnumerableSet for EnumerableSet.UintSet;
    using OperatorSetLib for OperatorSet;
    using OperatorSetLib for bytes32;
    using SafeERC20 for IERC20;

    /* CONSTRUCTOR */

    constructor(
        IAllocationManager allocations,
        IDelegationManager delegationManager,
        IPauserRegistry registry,
        string memory version
    ) Pausable(registry) StrategyManagerStorage(allocations, delegationManager) SignaturesMixin(version) {
        _disableInitializers();
    }

    /// @inheritdoc IStrategyManager
    function initialize(address initialOwner, address initialStrategyWhitelister, uint256 initialPausedStatus)
        external
        initializer
    {
        _setPausedStatus(initialPausedStatus);
        _transferOwnership(initialOwner);
        _setStrategyWhitelister(initialStrategyWhitelister);
    }

    /* MODIFIERS */

    modifier onlyStrategyWhitelister() {
        require(msg.sender == strategyWhitelister, OnlyStrategyWhitelister());
        _;
    }

    modifier onlyDelegationManager() {
        require(msg.sender == address(delegation), OnlyDelegationManager());
        _;
    }

    /* STAKERS */

    /// @inheritdoc IStrategyManager
    function depositIntoStrategy(IStrategy strategy, IERC20 token, uint256 amount)
        external
        onlyWhenNotPaused(PAUSED_DEPOSITS)
        nonReentrant
        returns (uint256 depositShares)
    {
        return _depositIntoStrategy(msg.sender, strategy, token, amount);
    }

    /// @inheritdoc IStrategyManager
    function depositIntoStrategyWithSignature(
        IStrategy strategy,
        IERC20 token,
        uint256 amount,
        address staker,
        uint256 expiry,
        bytes memory signature
    ) external onlyWhenNotPaused(PAUSED_DEPOSITS) nonReentrant returns (uint256 depositShares) {
        uint256 nonce = nonces[staker];
        _checkSignature(
            staker,
            calculateStrategyDepositDigestHash(staker, strategy, token, amount, nonce, expiry),
            signature,
            expiry
        );
        nonces[staker] = nonce + 1;
        return _depositIntoStrategy(staker, strategy, token, amount);
    }

    /* DELEGATION MANAGER */

    /// @inheritdoc IShareManager
    function removeDepositShares(address staker, IStrategy strategy, uint256 depositSharesToRemove)
        external
        onlyDelegationManager
        nonReentrant
        returns (uint256 updatedShares)
    {
        require(depositSharesToRemove != 0, SharesAmountZero());
        uint256 depositShares = stakerDepositShares[staker][strategy];
        require(depositSharesToRemove <= depositShares, SharesAmountTooHigh());
        updatedShares = depositShares - depositSharesToRemove;
        stakerDepositShares[staker][strategy] = updatedShares;
        if (updatedShares == 0) _removeStrategyFromList(staker, strategy);
    }

    /// @inheritdoc IShareManager
    function addShares(address staker, IStrategy strategy, uint256 shares)
        external
        onlyDelegationManager
        nonReentrant
        returns (uint256 prevDepositShares, uint256 addedShares)
    {
        return _addShares(staker, strategy, shares);
    }

    /// @inheritdoc IShareManager
    function withdrawSharesAsTokens(address staker, IStrategy strategy, IERC20 token, uint256 shares)
        external
        onlyDelegationManager
        nonReentrant
    {
        strategy.withdraw(staker, token, shares);
    }

    /// @inheritdoc IShareManager
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

    /// @inheritdoc IStrategyManager
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

    /// @inheritdoc IStrategyManager
    function clearBurnOrRedistributableSharesByStrategy(
        OperatorSet calldata operatorSet,
        uint256 slashId,
        IStrategy strategy
    ) external nonReentrant returns (uint256 amount) {
        return _clearBurnOrRedistributableShares(operatorSet, slashId, strategy);
    }

    /// @inheritdoc IStrategyManager
    function burnShares(IStrategy strategy) external nonReentrant {
        (, uint256 shares) = burnableShares.tryGet(address(strategy));
        burnableShares.remove(address(strategy));
        emit BurnableSharesDecreased(strategy, shares);
        if (shares != 0) strategy.withdraw(DEFAULT_BURN_ADDRESS, strategy.underlyingToken(), shares);
    }

    /* ADMINISTRATION */

    /// @inheritdoc IStrategyManager
    function setStrategyWhitelister(address newStrategyWhitelister) external onlyOwner nonReentrant {
        _setStrategyWhitelister(newStrategyWhitelister);
    }

    /// @inheritdoc IStrategyManager
    function addStrategiesToDepositWhitelist(IStrategy[] calldata strategiesToWhitelist)
        external
        onlyStrategyWhitelister
        nonReentrant
    {
        for (uint256 i = 0; i < strategiesToWhitelist.length; ++i) {
            IStrategy strategy = strategiesToWhitelist[i];
            if (strategyIsWhitelistedForDeposit[strategy]) continue;
            strategyIsWhitelistedForDeposit[strategy] = true;
            emit StrategyAddedToDepositWhitelist(strategy);
        }
    }

    /// @inheritdoc IStrategyManager
    function removeStrategiesFromDepositWhitelist(IStrategy[] calldata strategiesToRemoveFromWhitelist)
        external
        onlyStrategyWhitelister
        nonReentrant
    {
        for (uint256 i = 0; i < strategiesToRemoveFromWhitelist.length; ++i) {
            IStrategy strategy = strategiesToRemoveFromWhitelist[i];
            if (!strategyIsWhitelistedForDeposit[strategy]) continue;
            strategyIsWhitelistedForDeposit[strategy] = false;
            emit StrategyRemovedFromDepositWhitelist(strategy);
        }
    }

    /* INTERNALS */

    /// @dev The tokens go to the strategy first; it counts what it then holds.
    function _depositIntoStrategy(address staker, IStrategy strategy, IERC20 token, uint256 amount)
        internal
        returns (uint256 shares)
    {
        require(strategyIsWhitelistedForDeposit[strategy], StrategyNotWhitelisted());
        token.safeTransferFrom(msg.sender, address(strategy), amount);
        shares = strategy.deposit(token, amount);
        (uint256 prevDepositShares, uint256 addedShares) = _addShares(staker, strategy, shares);
        delegation.increaseDelegatedShares(staker, strategy, prevDepositShares, addedShares);
    }

    function _addShares(address staker, IStrategy strategy, uint256 shares)
        internal
        returns (uint256 prevDepositShares, uint256 addedShares)
    {
        require(staker != address(0), StakerAddressZero());
        require(shares != 0, SharesAmountZero());
        prevDepositShares = stakerDepositShares[staker][strategy];
        if (prevDepositShares == 0) {
            require(stakerStrategyList[staker].length < MAX_STAKER_STRATEGY_LIST_LENGTH, MaxStrategiesExceeded());
            stakerStrategyList[staker].push(strategy);
        }
        stakerDepositShares[staker][strategy] = prevDepositShares + shares;
        emit Deposit(staker, strategy, shares);
        return (prevDepositShares, shares);
    }

    function _removeStrategyFromList(address staker, IStrategy strategy) internal {
        IStrategy[] storage list = stakerStrategyList[staker];
        uint256 length = list.length;
        for (uint256 i = 0; i < length; ++i) {
            if (list[i] != strategy) continue;
            list[i] = list[length - 1];
            list.pop();
            return;
        }
        revert StrategyNotFound();
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
            address recipient = allocationManager.getRedistributionRecipient(operatorSet);
            amount = strategy.withdraw(recipient, strategy.underlyingToken(), shares);
            emit BurnOrRedistributableSharesDecreased(operatorSet, slashId, strategy, shares);
        }
        if (entries.length() == 0) {
            _pendingSlashIds[setKey].remove(slashId);
            if (_pendingSlashIds[setKey].length() == 0) _pendingOperatorSets.remove(setKey);
        }
    }

    function _setStrategyWhitelister(address newStrategyWhitelister) internal {
        emit StrategyWhitelisterChanged(strategyWhitelister, newStrategyWhitelister);
        strategyWhitelister = newStrategyWhitelister;
    }

    /* VIEWS */

    /// @inheritdoc IStrategyManager
    function getDeposits(address staker)
        external
        view
        returns (IStrategy[] memory strategies, uint256[] memory shares)
    {
        strategies = stakerStrategyList[staker];
        shares = new uint256[](strategies.length);
        for (uint256 i = 0; i < strategies.length; ++i) {
            shares[i] = stakerDepositShares[staker][strategies[i]];
        }
    }

    /// @inheritdoc IStrategyManager
    function getStakerStrategyList(address staker) external view returns (IStrategy[] memory) {
        return stakerStrategyList[staker];
    }

    /// @inheritdoc IStrategyManager
    function stakerStrategyListLength(address staker) external view returns (uint256) {
        return stakerStrategyList[staker].length;
    }

    /// @inheritdoc IStrategyManager
    function calculateStrategyDepositDigestHash(
        address staker,
        IStrategy strategy,
        IERC20 token,
        uint256 amount,
        uint256 nonce,
        uint256 expiry
    ) public view returns (bytes32) {
        return _digest(keccak256(abi.encode(DEPOSIT_TYPEHASH, staker, strategy, token, amount, nonce, expiry)));
    }

    /// @inheritdoc IStrategyManager
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

    /// @inheritdoc IStrategyManager
    function getBurnOrRedistributableShares(OperatorSet calldata operatorSet, uint256 slashId, IStrategy strategy)
        external
        view
        returns (uint256 shares)
    {
        (, shares) = _burnOrRedistributableShares[operatorSet.key()][slashId].tryGet(address(strategy));
    }

    /// @inheritdoc IStrategyManager
    function getBurnOrRedistributableCount(OperatorSet calldata operatorSet, uint256 slashId)
        external
        view
        returns (uint256)
    {
        return _burnOrRedistributableShares[operatorSet.key()][slashId].length();
    }

    /// @inheritdoc IStrategyManager
    function getPendingOperatorSets() external view returns (OperatorSet[] memory operatorSets) {
        bytes32[] memory keys = _pendingOperatorSets.values();
        operatorSets = new OperatorSet[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            operatorSets[i] = keys[i].decode();
        }
    }

    /// @inheritdoc IStrategyManager
    function getPendingSlashIds(OperatorSet calldata operatorSet) external view returns (uint256[] memory) {
        return _pendingSlashIds[operatorSet.key()].values();
    }

    /// @inheritdoc IStrategyManager
    function getBurnableShares(IStrategy strategy) external view returns (uint256 shares) {
        (, shares) = burnableShares.tryGet(address(strategy));
    }

    /// @inheritdoc IStrategyManager
    function getStrategiesWithBurnableShares()
        external
        view
        returns (address[] memory strategies, uint256[] memory shares)
    {
        strategies = burnableShares.keys();
        shares = new uint256[](strategies.length);
        for (uint256 i = 0; i < strategies.length; ++i) {
            shares[i] = burnableShares.get(strategies[i]);
        }
    }
}
