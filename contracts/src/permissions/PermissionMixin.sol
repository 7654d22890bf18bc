// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IPermissionController} from "../interfaces/IPermissionController.sol";

/// @title Acting for an account
/// @notice Asks the permission controller whether the caller may call the current function for an account.
/// @dev The function is identified by `msg.sig`, so the permission belongs to the function that was called from
/// outside.
abstract contract PermissionMixin {
    /// @notice Thrown when the caller may not act for the account.
    error InvalidPermissions();

    /// @notice Who may act for whom.
    IPermissionController public immutable permissionController;

    constructor(IPermissionController controller) {
        permissionController = controller;
    }

    modifier checkCanCall(address account) {
        require(_canCall(account), InvalidPermissions());
        _;
    }

    function _canCall(address account) internal view returns (bool) {
        return permissionController.canCall(account, msg.sender, address(this), msg.sig);
    }
}
