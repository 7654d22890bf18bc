// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {SignaturesMixin} from "../utils/SignaturesMixin.sol";

/// @title Signatures of the redistribution release
/// @notice Bound to the first character of a version like "1.5.0".
abstract contract RedistributionSignatures is SignaturesMixin {
    /// @inheritdoc SignaturesMixin
    function _majorVersion() internal view override returns (string memory) {
        return string(abi.encodePacked(bytes(version())[0]));
    }
}
