// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EnumerableMap} from "@openzeppelin/contracts/utils/structs/EnumerableMap.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {ReentrancyGuardUpgradeable} from "@openzeppelin/contracts-upgradeable/security/ReentrancyGuardUpgradeable.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IShareManager} from "../interfaces/IShareManager.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {IStrategyManager} from "../interfaces/IStrategyManager.sol";
import {Pausable} from "../permissions/Pausable.sol";
import {SignaturesMixin} from "../utils/SignaturesMixin.sol";
import {StrategyManagerStorage} from "./StrategyManagerStorage.sol";

/// @title The strategy manager, as far as the releases share it
/// @notice See {IStrategyManager}. Each release adds where slashed shares wait.
abstract contract StrategyManagerCore is
    Initializable,
    OwnableUpgradeable,
    ReentrancyGuardUpgradeable,
    Pausable,
    StrategyManagerStorage,
    SignaturesMixin
{
    using EnumerableMap for EnumerableMap.AddressToUintMap;
    using SafeERC20 for IERC20;

    /* CONSTRUCTOR */

    constructor(IDelegationManager delegationManager, IPauserRegistry registry, string memory version)
        Pausable(registry)
        StrategyManagerStorage(delegationManager)
        SignaturesMixin(version)
    {
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
        _withdraw(strategy, staker, token, shares);
    }

    /* SLASHED SHARES */

    /// @inheritdoc IStrategyManager
    function burnShares(IStrategy strategy) external nonReentrant {
        (, uint256 shares) = burnableShares.tryGet(address(strategy));
        burnableShares.remove(address(strategy));
        emit BurnableSharesDecreased(strategy, shares);
        if (shares != 0) _withdraw(strategy, DEFAULT_BURN_ADDRESS, strategy.underlyingToken(), shares);
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

    /// @dev Has a strategy pay.
    function _withdraw(IStrategy strategy, address recipient, IERC20 token, uint256 shares) internal virtual;

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
