// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {IStrategyManager} from "../interfaces/IStrategyManager.sol";
import {Pausable} from "../permissions/Pausable.sol";
import {SemVer} from "../utils/SemVer.sol";

/// @title A strategy of one token, as far as the releases share it
/// @notice See {IStrategy}. Each release adds what a withdrawal returns.
/// @dev Shares and tokens are counted with a thousand of each that nobody owns. It makes a donation to an empty
/// strategy a gift to nobody: inflating the rate costs the attacker a thousand times what it can take.
abstract contract StrategyBaseCore is Initializable, Pausable, IStrategy, SemVer {
    using SafeERC20 for IERC20;

    /* CONSTANTS AND IMMUTABLES */

    /// @dev Pause bits.
    uint8 internal constant PAUSED_DEPOSITS = 0;
    uint8 internal constant PAUSED_WITHDRAWALS = 1;

    /// @dev Shares and tokens that nobody owns.
    uint256 internal constant SHARES_OFFSET = 1e3;
    uint256 internal constant BALANCE_OFFSET = 1e3;

    /// @dev Keeps products of shares within 256 bits.
    uint256 internal constant MAX_TOTAL_SHARES = 1e38 - 1;

    /// @notice The strategy manager.
    IStrategyManager public immutable strategyManager;

    /* STORAGE */

    /// @inheritdoc IStrategy
    IERC20 public underlyingToken;

    /// @inheritdoc IStrategy
    uint256 public totalShares;

    uint256[48] private __gap;

    /* CONSTRUCTOR */

    constructor(IStrategyManager manager, IPauserRegistry registry, string memory version)
        Pausable(registry)
        SemVer(version)
    {
        strategyManager = manager;
        _disableInitializers();
    }

    /// @notice Starts the proxy for `token`. Once.
    function initialize(IERC20 token) public virtual initializer {
        _start(token);
    }

    function _start(IERC20 token) internal onlyInitializing {
        underlyingToken = token;
        _setPausedStatus(0);
        emit StrategyTokenSet(token, IERC20Metadata(address(token)).decimals());
    }

    /* MODIFIERS */

    modifier onlyStrategyManager() {
        require(msg.sender == address(strategyManager), OnlyStrategyManager());
        _;
    }

    /* STRATEGY MANAGER */

    /// @inheritdoc IStrategy
    /// @dev Rounded down, in favour of those who are in already.
    function deposit(IERC20 token, uint256 amount)
        external
        virtual
        onlyWhenNotPaused(PAUSED_DEPOSITS)
        onlyStrategyManager
        returns (uint256 newShares)
    {
        _beforeDeposit(token, amount);
        uint256 virtualBalance = _tokenBalance() + BALANCE_OFFSET;
        newShares = (amount * (totalShares + SHARES_OFFSET)) / (virtualBalance - amount);
        require(newShares != 0, NewSharesZero());
        uint256 updatedTotal = totalShares + newShares;
        require(updatedTotal <= MAX_TOTAL_SHARES, TotalSharesExceedsMax());
        totalShares = updatedTotal;
        _emitExchangeRate(virtualBalance, updatedTotal + SHARES_OFFSET);
    }

    /// @dev Rounded down, in favour of those who stay.
    function _withdraw(address recipient, IERC20 token, uint256 amountShares)
        internal
        virtual
        returns (uint256 amountOut)
    {
        _checkToken(token);
        require(amountShares <= totalShares, WithdrawalAmountExceedsTotalDeposits());
        uint256 virtualBalance = _tokenBalance() + BALANCE_OFFSET;
        amountOut = (virtualBalance * amountShares) / (totalShares + SHARES_OFFSET);
        totalShares -= amountShares;
        _emitExchangeRate(virtualBalance - amountOut, totalShares + SHARES_OFFSET);
        _send(recipient, token, amountOut);
    }

    /* VIEWS */

    /// @inheritdoc IStrategy
    function explanation() external pure virtual returns (string memory) {
        return "Holds one token and nothing else; shares of it are redeemable one for one, plus what is donated";
    }

    /// @inheritdoc IStrategy
    function sharesToUnderlyingView(uint256 amountShares) public view virtual returns (uint256) {
        return ((_tokenBalance() + BALANCE_OFFSET) * amountShares) / (totalShares + SHARES_OFFSET);
    }

    /// @inheritdoc IStrategy
    function sharesToUnderlying(uint256 amountShares) public view virtual returns (uint256) {
        return sharesToUnderlyingView(amountShares);
    }

    /// @inheritdoc IStrategy
    function underlyingToSharesView(uint256 amountUnderlying) public view virtual returns (uint256) {
        return (amountUnderlying * (totalShares + SHARES_OFFSET)) / (_tokenBalance() + BALANCE_OFFSET);
    }

    /// @inheritdoc IStrategy
    function underlyingToShares(uint256 amountUnderlying) external view virtual returns (uint256) {
        return underlyingToSharesView(amountUnderlying);
    }

    /// @inheritdoc IStrategy
    function userUnderlyingView(address user) external view virtual returns (uint256) {
        return sharesToUnderlyingView(shares(user));
    }

    /// @inheritdoc IStrategy
    function userUnderlying(address user) external virtual returns (uint256) {
        return sharesToUnderlying(shares(user));
    }

    /// @inheritdoc IStrategy
    function shares(address user) public view virtual returns (uint256) {
        return strategyManager.stakerDepositShares(user, IStrategy(address(this)));
    }

    /* INTERNALS */

    /// @dev Which tokens it takes and pays.
    function _checkToken(IERC20 token) internal view virtual {
        require(token == underlyingToken, OnlyUnderlyingToken());
    }

    /// @dev `amount` of `token` is here already. Whether it may stay, and what is to be done so that it counts.
    function _beforeDeposit(IERC20 token, uint256) internal virtual {
        _checkToken(token);
    }

    /// @dev `amount` of the underlying token leaves as `token`.
    function _send(address recipient, IERC20 token, uint256 amount) internal virtual {
        token.safeTransfer(recipient, amount);
    }

    function _tokenBalance() internal view virtual returns (uint256) {
        return underlyingToken.balanceOf(address(this));
    }

    function _emitExchangeRate(uint256 virtualBalance, uint256 virtualShares) internal {
        emit ExchangeRateEmitted((1e18 * virtualBalance) / virtualShares);
    }
}
