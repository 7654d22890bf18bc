// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ShortString, ShortStrings} from "@openzeppelin/contracts/utils/ShortStrings.sol";
import {ISemVer} from "../interfaces/ISemVer.sol";

/// @title SemVer
/// @notice See {ISemVer}.
abstract contract SemVer is ISemVer {
    using ShortStrings for *;

    ShortString internal immutable _VERSION;

    constructor(string memory semver) {
        _VERSION = semver.toShortString();
    }

    /// @inheritdoc ISemVer
    function version() public view returns (string memory) {
        return _VERSION.toString();
    }
}
