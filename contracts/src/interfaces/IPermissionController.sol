// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title User access management
/// @notice Lets an account share its rights: admins act for it everywhere, appointees only call one function of one
/// contract each.
/// @dev Warning: an account is its own admin only while it has no admins. The first accepted admin ends that, unless
/// the account made itself an admin too.
interface IPermissionController {
    /// @notice Thrown when the admin is already accepted.
    error AdminAlreadySet();
    /// @notice Thrown when the admin is already invited.
    error AdminAlreadyPending();
    /// @notice Thrown when the admin is not invited.
    error AdminNotPending();
    /// @notice Thrown when the admin is not accepted.
    error AdminNotSet();
    /// @notice Thrown when the appointee already has the permission.
    error AppointeeAlreadySet();
    /// @notice Thrown when the appointee does not have the permission.
    error AppointeeNotSet();
    /// @notice Thrown when the last admin would be removed.
    error CannotHaveZeroAdmins();
    /// @notice Thrown when the caller is not an admin of the account.
    error NotAdmin();

    /// @notice `admin` was invited.
    event PendingAdminAdded(address indexed account, address admin);
    /// @notice The invitation of `admin` was withdrawn.
    event PendingAdminRemoved(address indexed account, address admin);
    /// @notice `admin` accepted.
    event AdminSet(address indexed account, address admin);
    /// @notice `admin` lost its rights.
    event AdminRemoved(address indexed account, address admin);
    /// @notice `appointee` may call `selector` of `target` for `account`.
    event AppointeeSet(address indexed account, address indexed appointee, address target, bytes4 selector);
    /// @notice `appointee` may no longer call `selector` of `target` for `account`.
    event AppointeeRemoved(address indexed account, address indexed appointee, address target, bytes4 selector);

    /// @notice Invites `admin`. Only an admin of `account`.
    function addPendingAdmin(address account, address admin) external;

    /// @notice Withdraws an invitation. Only an admin of `account`.
    function removePendingAdmin(address account, address admin) external;

    /// @notice Accepts the invitation of `account`. Only the invited.
    function acceptAdmin(address account) external;

    /// @notice Removes `admin`, which must not be the last. Only an admin of `account`.
    function removeAdmin(address account, address admin) external;

    /// @notice Lets `appointee` call `selector` of `target` for `account`. Only an admin of `account`.
    function setAppointee(address account, address appointee, address target, bytes4 selector) external;

    /// @notice Takes that permission back. Only an admin of `account`.
    function removeAppointee(address account, address appointee, address target, bytes4 selector) external;

    /// @notice Whether `caller` acts for `account` everywhere.
    function isAdmin(address account, address caller) external view returns (bool);

    /// @notice Whether `pendingAdmin` is invited by `account`.
    function isPendingAdmin(address account, address pendingAdmin) external view returns (bool);

    /// @notice The admins of `account`; the account itself while it has none.
    function getAdmins(address account) external view returns (address[] memory);

    /// @notice The invited of `account`.
    function getPendingAdmins(address account) external view returns (address[] memory);

    /// @notice Whether `caller` may call `selector` of `target` for `account`.
    function canCall(address account, address caller, address target, bytes4 selector) external view returns (bool);

    /// @notice Everything `appointee` may call for `account`.
    function getAppointeePermissions(address account, address appointee)
        external
        view
        returns (address[] memory, bytes4[] memory);

    /// @notice Everybody appointed to call `selector` of `target` for `account`.
    function getAppointees(address account, address target, bytes4 selector) external view returns (address[] memory);
}
