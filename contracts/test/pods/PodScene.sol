// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IDelegationManagerTypes} from "../../src/interfaces/IDelegationManager.sol";
import {IEigenPod} from "../../src/interfaces/IEigenPod.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

/// @title A scene with native ETH
/// @notice The staker has an empty pod. The other set can slash native ETH too.
abstract contract PodScene is Scene {
    uint256 internal constant GWEI = 1e9;

    /// @dev One ETH in what the beacon chain counts in.
    uint64 internal constant ETH_GWEI = 1e9;

    IEigenPod internal pod;

    function setUp() public virtual override {
        super.setUp();
        _addStrategy(otherSet, NATIVE_STRATEGY);
        pod = _createPod(staker);
        vm.deal(reporter, 1_000_000 ether);
    }

    /* PODS */

    function _createPod(address who) internal returns (IEigenPod) {
        vm.prank(who);
        return IEigenPod(eigenPodManager.createPod());
    }

    /// @dev As the pod, which needs no report of the reporter's for it.
    function _record(address who, uint256 prevWei, int256 deltaWei) internal {
        vm.prank(_podAddress(who));
        eigenPodManager.recordBeaconChainETHBalanceUpdate(who, prevWei, deltaWei);
    }

    /// @dev Where it is stored, so that nothing is called: slot 152 holds the pods.
    function _podAddress(address who) internal view returns (address) {
        return address(uint160(uint256(vm.load(address(eigenPodManager), keccak256(abi.encode(who, 152))))));
    }

    function _reportNew(IEigenPod whose, uint64 balanceGwei) internal {
        vm.prank(reporter);
        whose.reportNewValidators(balanceGwei);
    }

    /// @param cameBackWei what the validators paid out
    function _checkpoint(IEigenPod whose, uint64 balanceGwei, uint256 cameBackWei) internal {
        vm.prank(reporter);
        whose.reportCheckpoint{value: cameBackWei}(balanceGwei);
    }

    /// @notice A debt from before slashing, which nobody can make any more.
    function _owe(address who, uint256 shares) internal {
        vm.store(address(eigenPodManager), keccak256(abi.encode(who, 155)), bytes32(uint256(-int256(shares))));
    }

    /* READING */

    function _podShares(address who) internal view returns (int256) {
        return eigenPodManager.podOwnerDepositShares(who);
    }

    /// @notice What can be withdrawn of native ETH, in wei.
    function _nativeWithdrawable(address who) internal view returns (uint256) {
        return _withdrawable(who, NATIVE_STRATEGY);
    }

    function _nativeOperatorShares(address who) internal view returns (uint256) {
        return _operatorShares(who, NATIVE_STRATEGY);
    }

    function _queueNative(address who, uint256 shares) internal returns (IDelegationManagerTypes.Withdrawal memory) {
        return _queue(who, NATIVE_STRATEGY, shares);
    }
}
