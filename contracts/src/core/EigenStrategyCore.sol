// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IEigen} from "../interfaces/IEigen.sol";
import {StrategyBaseCore} from "./StrategyBaseCore.sol";

/// @title The strategy of EIGEN, as far as the releases share it
/// @notice Holds the token inside EIGEN, and takes and pays either. Its shares are those of every strategy. No set
/// redistributes it: what is slashed of it is for the token's own process, not for an AVS.
abstract contract EigenStrategyCore is StrategyBaseCore {
    /* STORAGE */

    /// @notice The token that wraps the underlying one.
    IEigen public EIGEN;

    uint256[49] private __gap;

    /* CONSTRUCTOR */

    /// @notice Starts the proxy for `eigen`, which wraps `backing`. Once.
    function initialize(IEigen eigen, IERC20 backing) public virtual initializer {
        EIGEN = eigen;
        _start(backing);
    }

    /* INTERNALS */

    function _checkToken(IERC20 token) internal view override {
        require(token == underlyingToken || token == IERC20(EIGEN), OnlyUnderlyingToken());
    }

    function _beforeDeposit(IERC20 token, uint256 amount) internal override {
        super._beforeDeposit(token, amount);
        if (token == IERC20(EIGEN)) EIGEN.unwrap(amount);
    }

    function _send(address recipient, IERC20 token, uint256 amount) internal override {
        if (token == IERC20(EIGEN)) {
            underlyingToken.approve(address(EIGEN), amount);
            EIGEN.wrap(amount);
        }
        super._send(recipient, token, amount);
    }
}
