// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IDelegationManagerErrors, IDelegationManagerEvents} from "../../src/interfaces/IDelegationManager.sol";
import {IEigenPodManager} from "../../src/interfaces/IEigenPodManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {ISignatures} from "../../src/interfaces/ISignatures.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";
import {Wallet} from "../utils/Wallet.sol";
import {IRedistributionShareManager} from "../../src/redistribution/interfaces/IRedistributionShareManager.sol";

contract DelegateToTest is Scene {
    uint256 private constant APPROVER_KEY = 0xA11CE;
    uint256 private constant EXPIRY = FIRST_TIMESTAMP + 1 weeks;
    bytes32 private constant SALT = bytes32(uint256(7));

    address private _approver = vm.addr(APPROVER_KEY);

    /* WITHOUT APPROVER */

    function test_delegate_bringsTheShares() public {
        _deposit(staker, strategy, 100e18);
        _deposit(staker, secondStrategy, 5e18);
        _delegate(staker, operator);
        vm.assertEq(delegationManager.delegatedTo(staker), operator);
        vm.assertTrue(delegationManager.isDelegated(staker));
        vm.assertFalse(delegationManager.isOperator(staker));
        vm.assertEq(_operatorShares(operator, strategy), 100e18);
        vm.assertEq(_operatorShares(operator, secondStrategy), 5e18);
        vm.assertEq(_withdrawable(staker, strategy), 100e18);
    }

    function test_delegate_emitsInOrder() public {
        _deposit(staker, strategy, 100e18);
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.StakerDelegated(staker, operator);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.DepositScalingFactorUpdated(staker, strategy, 1e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesIncreased(operator, staker, strategy, 100e18);
        _delegate(staker, operator);
        vm.assertEq(_emitted(), 3);
    }

    function test_delegate_withoutShares() public {
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.StakerDelegated(staker, operator);
        _delegate(staker, operator);
        vm.assertEq(_emitted(), 1);
    }

    function test_delegate_ignoresSignatureAndSalt() public {
        vm.prank(staker);
        delegationManager.delegateTo(operator, ISignatures.SignatureWithExpiry("junk", 0), SALT);
        vm.assertEq(delegationManager.delegatedTo(staker), operator);
        vm.assertFalse(delegationManager.delegationApproverSaltIsSpent(address(0), SALT));
    }

    function test_delegate_toASlashedOperatorKeepsTheValue() public {
        _scar(operator, strategy, 0.5e18);
        _deposit(staker, strategy, 100e18);
        _delegate(staker, operator);
        vm.assertEq(_scalingFactor(staker, strategy), 2e18);
        vm.assertEq(_operatorShares(operator, strategy), 100e18);
        vm.assertEq(_withdrawable(staker, strategy), 100e18);
        vm.assertEq(_depositShares(staker, strategy), 100e18);
    }

    function test_delegate_toASlashedOperatorRoundsDown() public {
        _scar(operator, strategy, 0.75e18);
        _deposit(staker, strategy, 100e18);
        _delegate(staker, operator);
        vm.assertEq(_scalingFactor(staker, strategy), 1333333333333333333);
        vm.assertEq(_operatorShares(operator, strategy), 100e18);
        vm.assertEq(_withdrawable(staker, strategy), 99999999999999999975);
    }

    function test_delegate_revertsWhenTheOperatorIsFullySlashed() public {
        _scar(operator, strategy, 0);
        _deposit(staker, strategy, 100e18);
        vm.expectRevert(IDelegationManagerErrors.FullySlashed.selector);
        _delegate(staker, operator);
    }

    function test_delegate_toAnOperatorFullySlashedInOtherStrategies() public {
        _scar(operator, strategy, 0);
        _deposit(staker, secondStrategy, 100e18);
        _delegate(staker, operator);
        vm.assertEq(_operatorShares(operator, secondStrategy), 100e18);
    }

    function test_delegate_againAfterUndelegating() public {
        _delegate(staker, operator);
        _undelegate(staker);
        _delegate(staker, otherOperator);
        vm.assertEq(delegationManager.delegatedTo(staker), otherOperator);
    }

    function test_delegate_revertsWhenDelegated() public {
        _delegate(staker, operator);
        vm.expectRevert(IDelegationManagerErrors.ActivelyDelegated.selector);
        _delegate(staker, otherOperator);
    }

    function test_delegate_revertsWhenAnOperator() public {
        vm.expectRevert(IDelegationManagerErrors.ActivelyDelegated.selector);
        _delegate(operator, otherOperator);
    }

    function test_delegate_revertsWhenToNoOperator() public {
        vm.expectRevert(IDelegationManagerErrors.OperatorNotRegistered.selector);
        _delegate(staker, otherStaker);
    }

    function test_delegate_revertsWhenToAStakerOfAnOperator() public {
        _delegate(otherStaker, operator);
        vm.expectRevert(IDelegationManagerErrors.OperatorNotRegistered.selector);
        _delegate(staker, otherStaker);
    }

    function test_delegate_revertsWhenToNobody() public {
        vm.expectRevert(IDelegationManagerErrors.OperatorNotRegistered.selector);
        _delegate(staker, address(0));
    }

    function test_delegate_revertsWhenPaused() public {
        _pause(delegationManager, 0);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _delegate(staker, operator);
    }

    function test_delegate_heedsNoOtherPause() public {
        _pauseAllBut(delegationManager, 0);
        _delegate(staker, operator);
        vm.assertEq(delegationManager.delegatedTo(staker), operator);
    }

    function test_delegate_checksTheStakerBeforeTheOperator() public {
        _delegate(staker, operator);
        vm.expectRevert(IDelegationManagerErrors.ActivelyDelegated.selector);
        _delegate(staker, otherStaker);
    }

    function test_delegate_checksTheOperatorBeforeThePause() public {
        _pause(delegationManager, 0);
        vm.expectRevert(IDelegationManagerErrors.OperatorNotRegistered.selector);
        _delegate(staker, otherStaker);
    }

    /* NATIVE ETH */

    /// @dev What the beacon chain took is taken off before the shares reach the operator; the factor only makes up for
    /// the operator's slashes.
    function test_delegate_withNativeEth() public {
        address pods = address(delegationManager.eigenPodManager());
        vm.mockCall(
            pods, abi.encodeWithSelector(IRedistributionShareManager.increaseBurnOrRedistributableShares.selector), ""
        );
        _addStrategy(otherSet, NATIVE_STRATEGY);
        _scar(operator, NATIVE_STRATEGY, 0.5e18);
        vm.mockCall(pods, abi.encodeCall(IEigenPodManager.podOwnerDepositShares, (staker)), abi.encode(32e18));
        vm.mockCall(pods, abi.encodeCall(IEigenPodManager.beaconChainSlashingFactor, (staker)), abi.encode(0.75e18));

        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesIncreased(operator, staker, NATIVE_STRATEGY, 24e18);
        _delegate(staker, operator);
        vm.assertEq(_operatorShares(operator, NATIVE_STRATEGY), 24e18);
        vm.assertEq(_scalingFactor(staker, NATIVE_STRATEGY), 2e18);
    }

    /* WITH APPROVER */

    function test_delegateWithApproval_delegatesAndSpendsTheSalt() public {
        _approveWith(_approver);
        _delegateSigned(staker, _signed(staker, operator, SALT, EXPIRY), EXPIRY, SALT);
        vm.assertEq(delegationManager.delegatedTo(staker), operator);
        vm.assertTrue(delegationManager.delegationApproverSaltIsSpent(_approver, SALT));
    }

    function test_delegateWithApproval_inTheSecondOfTheExpiry() public {
        _approveWith(_approver);
        vm.warp(EXPIRY);
        _delegateSigned(staker, _signed(staker, operator, SALT, EXPIRY), EXPIRY, SALT);
        vm.assertEq(delegationManager.delegatedTo(staker), operator);
    }

    function test_delegateWithApproval_revertsASecondLater() public {
        _approveWith(_approver);
        bytes memory signature = _signed(staker, operator, SALT, EXPIRY);
        vm.warp(EXPIRY + 1);
        vm.expectRevert(ISignatures.SignatureExpired.selector);
        _delegateSigned(staker, signature, EXPIRY, SALT);
    }

    function test_delegateWithApproval_revertsWhenTheSaltIsSpent() public {
        _approveWith(_approver);
        _delegateSigned(staker, _signed(staker, operator, SALT, EXPIRY), EXPIRY, SALT);
        bytes memory signature = _signed(otherStaker, operator, SALT, EXPIRY);
        vm.expectRevert(IDelegationManagerErrors.SaltSpent.selector);
        _delegateSigned(otherStaker, signature, EXPIRY, SALT);
    }

    function test_delegateWithApproval_saltsAreOfTheApprover() public {
        _approveWith(_approver);
        _delegateSigned(staker, _signed(staker, operator, SALT, EXPIRY), EXPIRY, SALT);
        Wallet wallet = new Wallet();
        _approveWith(address(wallet));
        wallet.sign(_digest(otherStaker, operator, address(wallet), SALT, EXPIRY));
        _delegateSigned(otherStaker, "", EXPIRY, SALT);
        vm.assertEq(delegationManager.delegatedTo(otherStaker), operator);
    }

    function test_delegateWithApproval_revertsWithoutSignature() public {
        _approveWith(_approver);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _delegateSigned(staker, "", EXPIRY, SALT);
    }

    function test_delegateWithApproval_revertsWhenSignedForSomebodyElse() public {
        _approveWith(_approver);
        bytes memory signature = _signed(otherStaker, operator, SALT, EXPIRY);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _delegateSigned(staker, signature, EXPIRY, SALT);
    }

    function test_delegateWithApproval_revertsWhenSignedForAnotherOperator() public {
        _approveWith(_approver);
        bytes memory signature = _signed(staker, otherOperator, SALT, EXPIRY);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _delegateSigned(staker, signature, EXPIRY, SALT);
    }

    function test_delegateWithApproval_revertsWhenSignedForAnotherSalt() public {
        _approveWith(_approver);
        bytes memory signature = _signed(staker, operator, SALT, EXPIRY);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _delegateSigned(staker, signature, EXPIRY, bytes32(uint256(8)));
    }

    function test_delegateWithApproval_revertsWhenSignedForAnotherExpiry() public {
        _approveWith(_approver);
        bytes memory signature = _signed(staker, operator, SALT, EXPIRY);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _delegateSigned(staker, signature, EXPIRY + 1, SALT);
    }

    function test_delegateWithApproval_revertsWhenSignedBySomebodyElse() public {
        _approveWith(_approver);
        bytes memory signature = _sign(0xB0B, _digest(staker, operator, _approver, SALT, EXPIRY));
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _delegateSigned(staker, signature, EXPIRY, SALT);
    }

    function test_delegateWithApproval_revertsOnAnotherChain() public {
        _approveWith(_approver);
        bytes memory signature = _signed(staker, operator, SALT, EXPIRY);
        vm.chainId(77);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _delegateSigned(staker, signature, EXPIRY, SALT);
    }

    function test_delegateWithApproval_revertsWhenTheSignatureIsMirrored() public {
        _approveWith(_approver);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(APPROVER_KEY, _digest(staker, operator, _approver, SALT, EXPIRY));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes memory mirrored = abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _delegateSigned(staker, mirrored, EXPIRY, SALT);
    }

    function test_delegateWithApproval_theApproverItselfNeedsASignature() public {
        _approveWith(_approver);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _delegateSigned(_approver, "", EXPIRY, SALT);
    }

    function test_delegateWithApproval_aRefusalSpendsNothing() public {
        _approveWith(_approver);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _delegateSigned(staker, "", EXPIRY, SALT);
        vm.assertFalse(delegationManager.delegationApproverSaltIsSpent(_approver, SALT));
    }

    function test_delegateWithApproval_ofAContract() public {
        Wallet wallet = new Wallet();
        _approveWith(address(wallet));
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _delegateSigned(staker, "", EXPIRY, SALT);

        wallet.sign(_digest(staker, operator, address(wallet), SALT, EXPIRY));
        _delegateSigned(staker, "", EXPIRY, SALT);
        vm.assertEq(delegationManager.delegatedTo(staker), operator);
    }

    function test_delegateWithApproval_checksTheSaltBeforeTheExpiry() public {
        _approveWith(_approver);
        _delegateSigned(staker, _signed(staker, operator, SALT, EXPIRY), EXPIRY, SALT);
        vm.expectRevert(IDelegationManagerErrors.SaltSpent.selector);
        _delegateSigned(otherStaker, "", 0, SALT);
    }

    function test_delegateWithApproval_checksTheExpiryBeforeTheSignature() public {
        _approveWith(_approver);
        vm.expectRevert(ISignatures.SignatureExpired.selector);
        _delegateSigned(staker, "", 0, SALT);
    }

    function test_delegateWithApproval_checksTheSignatureBeforeThePause() public {
        _approveWith(_approver);
        _pause(delegationManager, 0);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _delegateSigned(staker, "", EXPIRY, SALT);
    }

    /* HELPERS */

    function _approveWith(address approver) private {
        vm.prank(operator);
        delegationManager.modifyOperatorDetails(operator, approver);
    }

    function _delegateSigned(address who, bytes memory signature, uint256 expiry, bytes32 salt) private {
        vm.prank(who);
        delegationManager.delegateTo(operator, ISignatures.SignatureWithExpiry(signature, expiry), salt);
    }

    function _signed(address who, address to, bytes32 salt, uint256 expiry) private view returns (bytes memory) {
        return _sign(APPROVER_KEY, _digest(who, to, _approver, salt, expiry));
    }

    /// @dev Not asked of the contract: signers compute it themselves.
    function _digest(address who, address to, address approver, bytes32 salt, uint256 expiry)
        private
        view
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("EigenLayer"),
                keccak256("1"),
                block.chainid,
                address(delegationManager)
            )
        );
        bytes32 approval = keccak256(
            abi.encode(
                keccak256(
                    "DelegationApproval(address delegationApprover,address staker,address operator,bytes32 salt,uint256 expiry)"
                ),
                approver,
                who,
                to,
                salt,
                expiry
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, approval));
    }
}
