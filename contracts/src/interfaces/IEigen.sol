// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title EIGEN, a token that wraps another, one for one
interface IEigen is IERC20 {
    /// @notice Takes `amount` of the token inside from the caller and gives as much of this.
    function wrap(uint256 amount) external;

    /// @notice Takes `amount` of this from the caller and gives as much of the token inside.
    function unwrap(uint256 amount) external;
}
