// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Token} from "../Token.sol";
import {ITokenHooks} from "./ITokenHooks.sol";

/// @title A token that calls those it moves between
/// @notice In the way of ERC-777: whoever asked for it is called before its tokens leave and after they arrive.
contract CallingToken is Token {
    /// @notice Whether an account is called.
    mapping(address account => bool) public isCalled;

    constructor(string memory name, string memory symbol, uint8 tokenDecimals) Token(name, symbol, tokenDecimals) {}

    function callMe() external {
        isCalled[msg.sender] = true;
    }

    function _beforeTokenTransfer(address from, address, uint256) internal override {
        if (isCalled[from]) ITokenHooks(from).tokensToSend();
    }

    function _afterTokenTransfer(address, address to, uint256) internal override {
        if (isCalled[to]) ITokenHooks(to).tokensReceived();
    }
}
