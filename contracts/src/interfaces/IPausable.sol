// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IPauserRegistry} from "./IPauserRegistry.sol";

/// @title A contract with 256 switches
/// @notice Bit `i` of the status stops the functions that the contract assigns to it.
interface IPausable {
    /// @notice Thrown when the caller may not pause.
    error OnlyPauser();
    /// @notice Thrown when the caller may not unpause.
    error OnlyUnpauser();
    /// @notice Thrown when the function's switch is on.
    error CurrentlyPaused();
    /// @notice Thrown when a pause would clear a bit, or an unpause would set one.
    error InvalidNewPausedStatus();
    /// @notice Thrown when the pauser registry is the zero address.
    error InputAddressZero();

    /// @notice `account` set the status to `newPausedStatus`, which has every bit of before; a proxy's start says so
    /// too.
    event Paused(address indexed account, uint256 newPausedStatus);
    /// @notice `account` set the status to `newPausedStatus`, which has no bit that was not there.
    event Unpaused(address indexed account, uint256 newPausedStatus);

    /// @notice The registry that says who may pause and unpause.
    function pauserRegistry() external view returns (IPauserRegistry);

    /// @notice Turns switches on. Bits may only be added. Only pausers.
    function pause(uint256 newPausedStatus) external;

    /// @notice Turns every switch on. Only pausers.
    function pauseAll() external;

    /// @notice Turns switches off. Bits may only be removed. Only the unpauser.
    function unpause(uint256 newPausedStatus) external;

    /// @notice All switches.
    function paused() external view returns (uint256);

    /// @notice Switch `index`.
    function paused(uint8 index) external view returns (bool);
}
