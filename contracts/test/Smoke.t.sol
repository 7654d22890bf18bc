// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;
import {World} from "./utils/World.sol";
import {vm} from "./utils/Vm.sol";
contract SmokeTest is World {
    function setUp() public { _deploy(); }
    function test_x() public view { vm.assertEq(allocationManager.DEALLOCATION_DELAY(), 50); vm.assertEq(strategyManager.owner(), owner); }
}
