// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IETHPOSDeposit} from "../src/interfaces/IETHPOSDeposit.sol";

/// @title The deposit contract of a beacon chain that is not there
/// @notice Takes ETH for ever. What validators then do is reported to the pods.
contract DepositContract is IETHPOSDeposit {
    /// @inheritdoc IETHPOSDeposit
    function deposit(bytes calldata, bytes calldata, bytes calldata, bytes32) external payable {}
}
