// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {SignaturesMixin} from "../utils/SignaturesMixin.sol";

/// @title Signatures of the slashing release
/// @notice Bound to the first two characters of a version like "v1.4.0".
abstract contract SlashingSignatures is SignaturesMixin {
    /// @inheritdoc SignaturesMixin
    function _majorVersion() internal view override returns (string memory) {
        bytes memory full = bytes(version());
        return string(abi.encodePacked(full[0], full[1]));
    }
}
