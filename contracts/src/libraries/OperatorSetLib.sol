// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @notice Names one operator set: the AVS that owns it and an id unique within that AVS.
struct OperatorSet {
    address avs;
    uint32 id;
}

/// @title Operator set keys
/// @notice Packs an operator set into one word, so that it can be a mapping key or an element of an enumerable set.
/// @dev The AVS is in the top 20 bytes, the id in the low 4 bytes, the 8 bytes between are zero.
library OperatorSetLib {
    /// @notice The key of `operatorSet`.
    function key(OperatorSet memory operatorSet) internal pure returns (bytes32) {
        return bytes32((uint256(uint160(operatorSet.avs)) << 96) | uint256(operatorSet.id));
    }

    /// @notice The operator set whose key is `packed`.
    function decode(bytes32 packed) internal pure returns (OperatorSet memory) {
        return OperatorSet({avs: address(uint160(uint256(packed) >> 96)), id: uint32(uint256(packed))});
    }
}
