// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Merkle} from "../../src/libraries/Merkle.sol";
import {vm} from "../utils/Vm.sol";

contract MerkleTest {
    function rootOf(bytes calldata proof, bytes32 leaf, uint256 index) external pure returns (bytes32) {
        return Merkle.rootOf(proof, leaf, index);
    }

    function leaves(bytes calldata proof) external pure returns (uint256) {
        return Merkle.leaves(proof);
    }

    function test_root_ofALonelyLeafIsTheLeaf() public view {
        vm.assertEq(this.rootOf("", bytes32(uint256(7)), 0), bytes32(uint256(7)));
    }

    /// @dev Four leaves, each proved.
    function test_root_isTheSameForEachLeaf() public view {
        bytes32[4] memory all = [bytes32(uint256(1)), bytes32(uint256(2)), bytes32(uint256(3)), bytes32(uint256(4))];
        bytes32[2] memory pairs = [_node(all[0], all[1]), _node(all[2], all[3])];
        bytes32 root = _node(pairs[0], pairs[1]);
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory proof = abi.encodePacked(all[i ^ 1], pairs[(i / 2) ^ 1]);
            vm.assertEq(this.rootOf(proof, all[i], i), root);
            vm.assertTrue(this.rootOf(proof, all[i], i ^ 1) != root);
            vm.assertTrue(this.rootOf(proof, all[i], i ^ 2) != root);
        }
    }

    function test_root_wantsWholeWords() public {
        vm.expectRevert(Merkle.InvalidProofLength.selector);
        this.rootOf(new bytes(33), 0, 0);
    }

    function test_leaves_doubleWithEachWord() public view {
        vm.assertEq(this.leaves(""), 1);
        vm.assertEq(this.leaves(new bytes(31)), 1);
        vm.assertEq(this.leaves(new bytes(32)), 2);
        vm.assertEq(this.leaves(new bytes(320)), 1024);
        // Higher than there are bits: no number is below it.
        vm.assertEq(this.leaves(new bytes(32 * 256)), 0);
    }

    function _node(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(left, right));
    }
}
