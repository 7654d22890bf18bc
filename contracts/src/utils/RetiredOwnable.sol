// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ContextUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/ContextUpgradeable.sol";

/// @title The place of an owner that is no more
/// @notice The slashing release gave the allocation and delegation managers an owner. Nobody reads it since; its slots
/// stay, so that what follows keeps its place across the upgrade.
abstract contract RetiredOwnable is ContextUpgradeable {
    address private _owner;

    uint256[49] private __gap;
}
