// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Token} from "../Token.sol";

/// @title A token that keeps a part of what it moves
/// @notice A hundredth of every transfer is burned, rounded down.
contract FeeToken is Token {
    uint256 private constant FEE_DIVISOR = 100;

    constructor(string memory name, string memory symbol, uint8 tokenDecimals) Token(name, symbol, tokenDecimals) {}

    function _transfer(address from, address to, uint256 amount) internal override {
        uint256 fee = amount / FEE_DIVISOR;
        _burn(from, fee);
        super._transfer(from, to, amount - fee);
    }
}
