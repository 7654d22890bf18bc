// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ITokenHooks} from "./tokens/ITokenHooks.sol";

/// @title An account that calls back
/// @notice When it is called, it makes the call it was told to, once, and puts up with its failure. Anybody may tell
/// it: the harness plays whoever it belongs to.
contract CallingAccount is ITokenHooks {
    address private _target;
    bytes private _data;

    /// @notice How often it called back.
    uint256 public attempts;

    /// @notice By contract: how often it was let in.
    mapping(address target => uint256) public entered;

    /// @notice Takes ETH. Only tokens are answered with a call.
    receive() external payable {}

    /// @notice Prepares the call that is made next time.
    function prepare(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    /// @inheritdoc ITokenHooks
    function tokensToSend() external {
        _callBack();
    }

    /// @inheritdoc ITokenHooks
    function tokensReceived() external {
        _callBack();
    }

    function _callBack() private {
        address target = _target;
        if (target == address(0)) return;
        bytes memory data = _data;
        delete _target;
        ++attempts;
        (bool success,) = target.call(data);
        if (success) ++entered[target];
    }
}
