// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IEigenPod, IEigenPodErrors, IEigenPodEvents} from "../../src/interfaces/IEigenPod.sol";
import {IEigenPodManagerErrors, IEigenPodManagerEvents} from "../../src/interfaces/IEigenPodManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {vm} from "../utils/Vm.sol";
import {PodScene} from "./PodScene.sol";

/// @notice Making pods and starting validators.
contract CreatePodTest is PodScene {
    bytes private constant KEY =
        hex"070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707070707";

    /* MAKING */

    function test_createPod_makesOne() public {
        IEigenPod expected = eigenPodManager.getPod(otherStaker);
        vm.recordLogs();
        vm.expectEmit(address(eigenPodManager));
        emit IEigenPodManagerEvents.PodDeployed(address(expected), otherStaker);
        IEigenPod made = _createPod(otherStaker);
        // Besides ours, the proxy tells of its beacon and of its start.
        vm.assertEq(_emitted(), 3);
        vm.assertEq(address(made), address(expected));
        vm.assertEq(address(eigenPodManager.ownerToPod(otherStaker)), address(expected));
        vm.assertEq(address(eigenPodManager.getPod(otherStaker)), address(expected));
        vm.assertTrue(eigenPodManager.hasPod(otherStaker));
        vm.assertEq(eigenPodManager.numPods(), 2);
        vm.assertEq(made.podOwner(), otherStaker);
        vm.assertEq(address(made.eigenPodManager()), address(eigenPodManager));
        vm.assertEq(made.withdrawableRestakedExecutionLayerGwei(), 0);
        vm.assertEq(made.restakedValidatorsGwei(), 0);
    }

    function test_createPod_revertsWhenThereIsOne() public {
        vm.prank(staker);
        vm.expectRevert(IEigenPodManagerErrors.EigenPodAlreadyExists.selector);
        eigenPodManager.createPod();
    }

    function test_createPod_revertsWhenPaused() public {
        _pause(eigenPodManager, 0);
        vm.prank(otherStaker);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        eigenPodManager.createPod();
        vm.assertFalse(eigenPodManager.hasPod(otherStaker));
    }

    function test_createPod_runsWhenAllElseIsPaused() public {
        _pauseAllBut(eigenPodManager, 0);
        _createPod(otherStaker);
    }

    function test_initialize_once() public {
        _expectError("Initializable: contract is already initialized");
        pod.initialize(stranger);
        vm.assertEq(pod.podOwner(), staker);
    }

    /* STARTING VALIDATORS */

    function test_stake_sends32ETHToTheBeaconChain() public {
        vm.deal(staker, 33 ether);
        vm.expectEmit(address(pod));
        emit IEigenPodEvents.EigenPodStaked(sha256(abi.encodePacked(KEY, bytes16(0))));
        vm.expectCall(
            address(depositContract),
            abi.encodeCall(
                depositContract.deposit, (KEY, abi.encodePacked(bytes1(0x01), bytes11(0), address(pod)), "", bytes32(0))
            )
        );
        _stake(staker, 32 ether);
        vm.assertEq(staker.balance, 1 ether);
        vm.assertEq(address(depositContract).balance, 32 ether);
        vm.assertEq(address(pod).balance, 0);
        // It counts once it is reported.
        vm.assertEq(_podShares(staker), 0);
    }

    function test_stake_makesThePod() public {
        vm.deal(otherStaker, 32 ether);
        _stake(otherStaker, 32 ether);
        vm.assertTrue(eigenPodManager.hasPod(otherStaker));
        vm.assertEq(eigenPodManager.numPods(), 2);
    }

    function test_stake_revertsWithAnotherValue() public {
        vm.deal(staker, 64 ether);
        vm.expectRevert(IEigenPodErrors.MsgValueNot32ETH.selector);
        _stake(staker, 32 ether - 1);
        vm.expectRevert(IEigenPodErrors.MsgValueNot32ETH.selector);
        _stake(staker, 32 ether + 1);
    }

    function test_stake_revertsWhenPaused() public {
        vm.deal(staker, 32 ether);
        _pause(eigenPodManager, 0);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _stake(staker, 32 ether);
    }

    function test_stake_ofThePodIsTheManagers() public {
        vm.deal(staker, 32 ether);
        vm.prank(staker);
        vm.expectRevert(IEigenPodErrors.OnlyEigenPodManager.selector);
        pod.stake{value: 32 ether}(KEY, "", bytes32(0));
    }

    function _stake(address who, uint256 value) private {
        vm.prank(who);
        eigenPodManager.stake{value: value}(KEY, "", bytes32(0));
    }
}
