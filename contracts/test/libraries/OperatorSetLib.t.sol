// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {OperatorSet, OperatorSetLib} from "../../src/libraries/OperatorSetLib.sol";
import {vm} from "../utils/Vm.sol";

contract OperatorSetLibTest {
    using OperatorSetLib for OperatorSet;
    using OperatorSetLib for bytes32;

    function test_key_hasTheAvsOnTopAndTheIdBelow() public pure {
        OperatorSet memory set = OperatorSet(0xA1A2A3a4A5A6A7A8a9aAabaCAdaEaFB0B1b2B3B4, 0xc1c2c3c4);
        vm.assertEq(set.key(), 0xa1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b40000000000000000c1c2c3c4);
    }

    function test_fuzz_decode_undoesKey(address avs, uint32 id) public pure {
        OperatorSet memory set = OperatorSet(avs, id).key().decode();
        vm.assertEq(set.avs, avs);
        vm.assertEq(set.id, id);
    }

    function test_fuzz_key_differsWhenTheSetDoes(OperatorSet memory set, address avs, uint32 id) public pure {
        vm.assertEq(set.key() == OperatorSet(avs, set.id).key(), set.avs == avs);
        vm.assertEq(set.key() == OperatorSet(set.avs, id).key(), set.id == id);
    }
}
