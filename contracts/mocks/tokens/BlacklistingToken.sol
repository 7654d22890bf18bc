// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {BarringToken} from "./BarringToken.sol";

/// @title A token with a blacklist
/// @notice Whoever is barred neither sends nor receives.
contract BlacklistingToken is BarringToken {
    error Blacklisted(address account);

    constructor(string memory name, string memory symbol, uint8 tokenDecimals)
        BarringToken(name, symbol, tokenDecimals)
    {}

    function _beforeTokenTransfer(address from, address to, uint256) internal view override {
        require(!isBarred[from], Blacklisted(from));
        require(!isBarred[to], Blacklisted(to));
    }
}
