// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {IPermissionController} from "../interfaces/IPermissionController.sol";
import {SemVer} from "../utils/SemVer.sol";

/// @title PermissionController
/// @notice See {IPermissionController}.
contract PermissionController is Initializable, SemVer, IPermissionController {
    using EnumerableSet for EnumerableSet.AddressSet;
    using EnumerableSet for EnumerableSet.Bytes32Set;

    /// @dev A permission is one function of one contract, packed into a word: `target << 96 | selector << 64`.
    struct AccountPermissions {
        EnumerableSet.AddressSet pendingAdmins;
        EnumerableSet.AddressSet admins;
        mapping(address appointee => EnumerableSet.Bytes32Set) appointeePermissions;
        mapping(bytes32 permission => EnumerableSet.AddressSet) permissionAppointees;
    }

    /* STORAGE */

    mapping(address account => AccountPermissions) internal _permissions;

    uint256[49] private __gap;

    /* CONSTRUCTOR */

    constructor(string memory version) SemVer(version) {
        _disableInitializers();
    }

    /* MODIFIERS */

    modifier onlyAdmin(address account) {
        require(isAdmin(account, msg.sender), NotAdmin());
        _;
    }

    /* ADMINS */

    /// @inheritdoc IPermissionController
    function addPendingAdmin(address account, address admin) external onlyAdmin(account) {
        AccountPermissions storage permissions = _permissions[account];
        require(!permissions.admins.contains(admin), AdminAlreadySet());
        require(permissions.pendingAdmins.add(admin), AdminAlreadyPending());
        emit PendingAdminAdded(account, admin);
    }

    /// @inheritdoc IPermissionController
    function removePendingAdmin(address account, address admin) external onlyAdmin(account) {
        require(_permissions[account].pendingAdmins.remove(admin), AdminNotPending());
        emit PendingAdminRemoved(account, admin);
    }

    /// @inheritdoc IPermissionController
    function acceptAdmin(address account) external {
        AccountPermissions storage permissions = _permissions[account];
        require(permissions.pendingAdmins.remove(msg.sender), AdminNotPending());
        permissions.admins.add(msg.sender);
        emit AdminSet(account, msg.sender);
    }

    /// @inheritdoc IPermissionController
    function removeAdmin(address account, address admin) external onlyAdmin(account) {
        AccountPermissions storage permissions = _permissions[account];
        require(permissions.admins.length() > 1, CannotHaveZeroAdmins());
        require(permissions.admins.remove(admin), AdminNotSet());
        emit AdminRemoved(account, admin);
    }

    /* APPOINTEES */

    /// @inheritdoc IPermissionController
    function setAppointee(address account, address appointee, address target, bytes4 selector)
        external
        onlyAdmin(account)
    {
        AccountPermissions storage permissions = _permissions[account];
        bytes32 permission = _encodePermission(target, selector);
        require(permissions.appointeePermissions[appointee].add(permission), AppointeeAlreadySet());
        permissions.permissionAppointees[permission].add(appointee);
        emit AppointeeSet(account, appointee, target, selector);
    }

    /// @inheritdoc IPermissionController
    function removeAppointee(address account, address appointee, address target, bytes4 selector)
        external
        onlyAdmin(account)
    {
        AccountPermissions storage permissions = _permissions[account];
        bytes32 permission = _encodePermission(target, selector);
        require(permissions.appointeePermissions[appointee].remove(permission), AppointeeNotSet());
        permissions.permissionAppointees[permission].remove(appointee);
        emit AppointeeRemoved(account, appointee, target, selector);
    }

    /* VIEWS */

    /// @inheritdoc IPermissionController
    function isAdmin(address account, address caller) public view returns (bool) {
        EnumerableSet.AddressSet storage admins = _permissions[account].admins;
        return admins.length() == 0 ? caller == account : admins.contains(caller);
    }

    /// @inheritdoc IPermissionController
    function isPendingAdmin(address account, address pendingAdmin) external view returns (bool) {
        return _permissions[account].pendingAdmins.contains(pendingAdmin);
    }

    /// @inheritdoc IPermissionController
    function getAdmins(address account) external view returns (address[] memory) {
        EnumerableSet.AddressSet storage admins = _permissions[account].admins;
        if (admins.length() > 0) return admins.values();
        address[] memory itself = new address[](1);
        itself[0] = account;
        return itself;
    }

    /// @inheritdoc IPermissionController
    function getPendingAdmins(address account) external view returns (address[] memory) {
        return _permissions[account].pendingAdmins.values();
    }

    /// @inheritdoc IPermissionController
    function canCall(address account, address caller, address target, bytes4 selector) external view returns (bool) {
        return isAdmin(account, caller)
            || _permissions[account].appointeePermissions[caller].contains(_encodePermission(target, selector));
    }

    /// @inheritdoc IPermissionController
    function getAppointeePermissions(address account, address appointee)
        external
        view
        returns (address[] memory targets, bytes4[] memory selectors)
    {
        EnumerableSet.Bytes32Set storage permissions = _permissions[account].appointeePermissions[appointee];
        uint256 length = permissions.length();
        targets = new address[](length);
        selectors = new bytes4[](length);
        for (uint256 i = 0; i < length; ++i) {
            (targets[i], selectors[i]) = _decodePermission(permissions.at(i));
        }
    }

    /// @inheritdoc IPermissionController
    function getAppointees(address account, address target, bytes4 selector) external view returns (address[] memory) {
        return _permissions[account].permissionAppointees[_encodePermission(target, selector)].values();
    }

    /* INTERNALS */

    function _encodePermission(address target, bytes4 selector) internal pure returns (bytes32) {
        return bytes32((uint256(uint160(target)) << 96) | (uint256(uint32(selector)) << 64));
    }

    function _decodePermission(bytes32 permission) internal pure returns (address target, bytes4 selector) {
        target = address(uint160(uint256(permission) >> 96));
        selector = bytes4(uint32(uint256(permission) >> 64));
    }
}
