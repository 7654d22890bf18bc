// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title What a calling token calls
/// @notice Before tokens leave an account, and after they arrived.
interface ITokenHooks {
    function tokensToSend() external;

    function tokensReceived() external;
}
