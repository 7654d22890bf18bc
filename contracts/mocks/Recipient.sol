// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title A contract that only receives
/// @notice Stands for the fund that a redistributing set pays into.
contract Recipient {}
