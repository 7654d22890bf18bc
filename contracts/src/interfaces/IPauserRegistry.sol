// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title Who may pause and who may unpause
interface IPauserRegistry {
    /// @notice Thrown when the caller is not the unpauser.
    error OnlyUnpauser();
    /// @notice Thrown when a role would be given to the zero address.
    error InputAddressZero();

    /// @notice `pauser` was given or lost the right to pause.
    event PauserStatusChanged(address pauser, bool canPause);
    /// @notice The right to unpause moved.
    event UnpauserChanged(address previousUnpauser, address newUnpauser);

    /// @notice Whether `pauser` may pause.
    function isPauser(address pauser) external view returns (bool);

    /// @notice The one address that may unpause.
    function unpauser() external view returns (address);

    /// @notice Gives or takes the right to pause. Only the unpauser.
    function setIsPauser(address newPauser, bool canPause) external;

    /// @notice Hands over the right to unpause. Only the unpauser.
    function setUnpauser(address newUnpauser) external;
}
