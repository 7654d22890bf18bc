// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {EnumerableMap} from "@openzeppelin/contracts/utils/structs/EnumerableMap.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {IStrategyManager} from "../interfaces/IStrategyManager.sol";

/// @title The state of the strategy manager that the releases share
/// @dev Apart, because proxies keep it across upgrades. What a release adds, and the gap, follow in its own storage.
abstract contract StrategyManagerStorage is IStrategyManager {
    /* CONSTANTS */

    /// @inheritdoc IStrategyManager
    bytes32 public constant DEPOSIT_TYPEHASH =
        keccak256("Deposit(address staker,address strategy,address token,uint256 amount,uint256 nonce,uint256 expiry)");

    /// @inheritdoc IStrategyManager
    address public constant DEFAULT_BURN_ADDRESS = 0x00000000000000000000000000000000000E16E4;

    /// @dev The most strategies a staker can hold shares of. Bounds the cost of undelegating.
    uint8 internal constant MAX_STAKER_STRATEGY_LIST_LENGTH = 32;

    /// @dev Pause bit.
    uint8 internal constant PAUSED_DEPOSITS = 0;

    /* IMMUTABLES */

    /// @notice The delegation manager.
    IDelegationManager public immutable delegation;

    /* STORAGE */

    bytes32 private __deprecated_DOMAIN_SEPARATOR;

    /// @inheritdoc IStrategyManager
    mapping(address signer => uint256) public nonces;

    /// @inheritdoc IStrategyManager
    address public strategyWhitelister;

    uint256 private __deprecated_withdrawalDelayBlocks;

    /// @notice The deposit shares of a staker.
    mapping(address staker => mapping(IStrategy => uint256)) public stakerDepositShares;

    /// @notice The strategies of a staker.
    mapping(address staker => IStrategy[]) public stakerStrategyList;

    mapping(bytes32 => bool) private __deprecated_withdrawalRootPending;
    mapping(address => uint256) private __deprecated_numWithdrawalsQueued;

    /// @inheritdoc IStrategyManager
    mapping(IStrategy => bool) public strategyIsWhitelistedForDeposit;

    mapping(address => uint256) private __deprecated_beaconChainETHSharesToDecrementOnWithdrawal;
    mapping(IStrategy => bool) private __deprecated_thirdPartyTransfersForbidden;

    /// @dev Slashed by the slashing release, and not burned yet.
    EnumerableMap.AddressToUintMap internal burnableShares;

    /* CONSTRUCTOR */

    constructor(IDelegationManager delegationManager) {
        delegation = delegationManager;
    }
}
