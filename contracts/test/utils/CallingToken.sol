// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Token} from "../../mocks/Token.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title A token that calls somebody during transfers
/// @notice Once told to. What the call reverts with, the transfer reverts with.
contract CallingToken is Token("calling", "CALL", 18) {
    address private _target;
    bytes private _data;

    function callDuringTransfers(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    function _afterTokenTransfer(address, address, uint256) internal override {
        if (_target != address(0)) Address.functionCall(_target, _data);
    }
}
