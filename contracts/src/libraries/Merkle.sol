// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title Merkle proofs
/// @notice Whether something stands at a place in a tree of hashes, of which only the root is known.
/// @dev A proof is the siblings on the way up, lowest first, each 32 bytes. An inner node is the hash of its children,
/// the left one first. Bits of the index above the tree are not read: who must not have two names for one leaf bounds
/// the index.
library Merkle {
    /// @notice Thrown when a proof is not made of whole words.
    error InvalidProofLength();

    /// @dev Bytes of a sibling.
    uint256 private constant WORD = 32;

    /// @notice Whether `leaf` is number `index` in the tree under `root`.
    function verifies(bytes calldata proof, bytes32 root, bytes32 leaf, uint256 index) internal pure returns (bool) {
        return rootOf(proof, leaf, index) == root;
    }

    /// @notice The root that `proof` leads to.
    function rootOf(bytes calldata proof, bytes32 leaf, uint256 index) internal pure returns (bytes32 node) {
        require(proof.length % WORD == 0, InvalidProofLength());
        node = leaf;
        for (uint256 at = 0; at < proof.length; at += WORD) {
            bytes32 sibling = bytes32(proof[at:at + WORD]);
            node = index & 1 == 0
                ? keccak256(abi.encodePacked(node, sibling))
                : keccak256(abi.encodePacked(sibling, node));
            index >>= 1;
        }
    }

    /// @notice How many leaves there are in a tree as high as `proof` is long.
    function leaves(bytes calldata proof) internal pure returns (uint256) {
        return 1 << (proof.length / WORD);
    }
}
