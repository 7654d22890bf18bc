// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {BarringToken} from "./BarringToken.sol";

/// @title A token that cannot be sent to some
/// @notice A transfer to somebody who is barred reverts, and does not say why.
contract RevertingToken is BarringToken {
    constructor(string memory name, string memory symbol, uint8 tokenDecimals)
        BarringToken(name, symbol, tokenDecimals)
    {}

    function _beforeTokenTransfer(address, address to, uint256) internal view override {
        if (isBarred[to]) revert();
    }
}
