// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Token} from "../Token.sol";

/// @title A token that knows whom it bars
/// @notice What that means is said by the contracts that inherit. Anybody may bar: the harness plays the issuer.
abstract contract BarringToken is Token {
    /// @notice Whether an account is barred.
    mapping(address account => bool) public isBarred;

    constructor(string memory name, string memory symbol, uint8 tokenDecimals) Token(name, symbol, tokenDecimals) {}

    function setBarred(address account, bool barred) external {
        isBarred[account] = barred;
    }
}
