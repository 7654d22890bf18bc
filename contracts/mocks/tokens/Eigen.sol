// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IEigen} from "../../src/interfaces/IEigen.sol";
import {Token} from "../Token.sol";

/// @title A token that wraps another, one for one
/// @notice Whoever funds somebody with it has to put as much of the token inside.
contract Eigen is Token, IEigen {
    using SafeERC20 for IERC20;

    IERC20 private immutable _inside;

    constructor(IERC20 inside) Token("EIGEN", "EIGEN", 18) {
        _inside = inside;
    }

    /// @inheritdoc IEigen
    function wrap(uint256 amount) external {
        _mint(msg.sender, amount);
        _inside.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IEigen
    function unwrap(uint256 amount) external {
        _burn(msg.sender, amount);
        _inside.safeTransfer(msg.sender, amount);
    }
}
