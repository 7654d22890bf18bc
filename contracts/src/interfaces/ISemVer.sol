// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title A contract that says which version it is
interface ISemVer {
    /// @notice The version given at construction, for example "1.5.0".
    function version() external view returns (string memory);
}
