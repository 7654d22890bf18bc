// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract OwnershipTest is Scene {
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    function test_owner_isTheOneOfInitialization() public view {
        vm.assertEq(strategyManager.owner(), owner);
    }

    function test_transferOwnership_handsOver() public {
        vm.expectEmit(address(strategyManager));
        emit OwnershipTransferred(owner, stranger);
        vm.prank(owner);
        strategyManager.transferOwnership(stranger);
        vm.assertEq(strategyManager.owner(), stranger);

        vm.prank(owner);
        _expectError("Ownable: caller is not the owner");
        strategyManager.transferOwnership(owner);
    }

    function test_transferOwnership_revertsWhenNotOwner() public {
        vm.prank(stranger);
        _expectError("Ownable: caller is not the owner");
        strategyManager.transferOwnership(stranger);
    }

    function test_transferOwnership_revertsWhenToNobody() public {
        vm.prank(owner);
        _expectError("Ownable: new owner is the zero address");
        strategyManager.transferOwnership(address(0));
    }

    function test_renounceOwnership_leavesNobody() public {
        vm.expectEmit(address(strategyManager));
        emit OwnershipTransferred(owner, address(0));
        vm.prank(owner);
        strategyManager.renounceOwnership();
        vm.assertEq(strategyManager.owner(), address(0));
    }

    function test_renounceOwnership_revertsWhenNotOwner() public {
        vm.prank(stranger);
        _expectError("Ownable: caller is not the owner");
        strategyManager.renounceOwnership();
    }
}
