// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAVSRegistrar} from "../../src/interfaces/IAVSRegistrar.sol";
import {
    IAllocationManagerErrors,
    IAllocationManagerEvents,
    IAllocationManagerTypes
} from "../../src/interfaces/IAllocationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {PermissionMixin} from "../../src/permissions/PermissionMixin.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract RegistrationTest is Scene {
    error Refused();

    /* REGISTERING */

    function test_register_joinsAndIsSlashable() public {
        vm.assertFalse(allocationManager.isOperatorSlashable(operator, operatorSet));
        _join(operator, operatorSet);
        vm.assertTrue(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
        vm.assertTrue(allocationManager.isOperatorSlashable(operator, operatorSet));
        vm.assertEq(allocationManager.getMembers(operatorSet), _addresses(operator));
        vm.assertEq(allocationManager.getMemberCount(operatorSet), 1);
        _assertSets(allocationManager.getRegisteredSets(operator), operatorSet);
    }

    function test_register_emits() public {
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.OperatorAddedToOperatorSet(operator, operatorSet);
        _join(operator, operatorSet);
        vm.assertEq(_emitted(), 1);
    }

    function test_register_forManySets() public {
        OperatorSet memory sibling = _createSet(avs, 2, _strategies(strategy));
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.OperatorAddedToOperatorSet(operator, sibling);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.OperatorAddedToOperatorSet(operator, operatorSet);
        vm.prank(operator);
        allocationManager.registerForOperatorSets(operator, IAllocationManagerTypes.RegisterParams(avs, _ids(2, 1), ""));
        vm.assertEq(allocationManager.getRegisteredSets(operator).length, 2);
        vm.assertTrue(allocationManager.isMemberOfOperatorSet(operator, sibling));
    }

    function test_register_makesAnAllocationInForceSlashableAtOnce() public {
        _allocate(operator, operatorSet, strategy, WAD);
        _pass(ALLOCATION_DELAY);
        _join(operator, operatorSet);
        _slash(operator, operatorSet, strategy, WAD);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, strategy), 0);
    }

    function test_register_tellsTheRegistrar() public {
        vm.expectCall(
            address(registrar), abi.encodeCall(IAVSRegistrar.registerOperator, (operator, avs, _ids(1), hex"1234"))
        );
        vm.prank(operator);
        allocationManager.registerForOperatorSets(
            operator, IAllocationManagerTypes.RegisterParams(avs, _ids(1), hex"1234")
        );
    }

    function test_register_tellsTheRegistrarOfNoSetsToo() public {
        vm.expectCall(
            address(registrar), abi.encodeCall(IAVSRegistrar.registerOperator, (operator, avs, new uint32[](0), ""))
        );
        vm.prank(operator);
        allocationManager.registerForOperatorSets(
            operator, IAllocationManagerTypes.RegisterParams(avs, new uint32[](0), "")
        );
    }

    function test_register_revertsWhenTheRegistrarRefuses() public {
        vm.mockCallRevert(
            address(registrar),
            abi.encodeWithSelector(IAVSRegistrar.registerOperator.selector),
            abi.encodeWithSelector(Refused.selector)
        );
        vm.expectRevert(Refused.selector);
        _join(operator, operatorSet);
    }

    function test_register_asksTheAvsItselfWithoutRegistrar() public {
        OperatorSet memory set = _setWithoutRegistrar();
        vm.etch(stranger, address(registrar).code);
        vm.expectCall(stranger, abi.encodeCall(IAVSRegistrar.registerOperator, (operator, stranger, _ids(1), "")));
        _join(operator, set);
        vm.assertTrue(allocationManager.isMemberOfOperatorSet(operator, set));
    }

    function test_register_revertsWhenNobodyAnswersForTheAvs() public {
        OperatorSet memory set = _setWithoutRegistrar();
        vm.expectRevert(bytes(""));
        _join(operator, set);
    }

    function test_register_byAnAdmin() public {
        _makeAdmin(operator, admin);
        vm.prank(admin);
        allocationManager.registerForOperatorSets(operator, IAllocationManagerTypes.RegisterParams(avs, _ids(1), ""));
        vm.assertTrue(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
    }

    function test_register_byAnAppointee() public {
        _appoint(operator, address(allocationManager), allocationManager.registerForOperatorSets.selector);
        vm.prank(appointee);
        allocationManager.registerForOperatorSets(operator, IAllocationManagerTypes.RegisterParams(avs, _ids(1), ""));
        vm.assertTrue(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
    }

    function test_register_revertsWhenNotOperator() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.registerForOperatorSets(operator, IAllocationManagerTypes.RegisterParams(avs, _ids(1), ""));
    }

    function test_register_revertsWhenTheAvs() public {
        vm.prank(avs);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.registerForOperatorSets(operator, IAllocationManagerTypes.RegisterParams(avs, _ids(1), ""));
    }

    function test_register_revertsWhenTheAccountIsNoOperator() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperator.selector);
        _join(staker, operatorSet);
    }

    function test_register_revertsWhenTheSetDoesNotExist() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperatorSet.selector);
        _join(operator, OperatorSet(avs, 2));
    }

    function test_register_revertsWhenAMember() public {
        _join(operator, operatorSet);
        vm.expectRevert(IAllocationManagerErrors.AlreadyMemberOfSet.selector);
        _join(operator, operatorSet);
    }

    function test_register_revertsWhenASetRepeats() public {
        vm.prank(operator);
        vm.expectRevert(IAllocationManagerErrors.AlreadyMemberOfSet.selector);
        allocationManager.registerForOperatorSets(operator, IAllocationManagerTypes.RegisterParams(avs, _ids(1, 1), ""));
    }

    function test_register_revertsInTheLastSlashableBlockAfterLeaving() public {
        _join(operator, operatorSet);
        _leave(operator, operatorSet);
        _pass(DEALLOCATION_DELAY);
        vm.expectRevert(IAllocationManagerErrors.AlreadyMemberOfSet.selector);
        _join(operator, operatorSet);
    }

    function test_register_againABlockLater() public {
        _join(operator, operatorSet);
        _leave(operator, operatorSet);
        _pass(DEALLOCATION_DELAY + 1);
        _join(operator, operatorSet);
        vm.assertTrue(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
    }

    function test_register_revertsWhenPaused() public {
        _pause(allocationManager, 2);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _join(operator, operatorSet);
    }

    function test_register_heedsNoOtherPause() public {
        _pauseAllBut(allocationManager, 2);
        _join(operator, operatorSet);
        vm.assertTrue(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
    }

    function test_register_checksThePauseBeforePermissions() public {
        _pause(allocationManager, 2);
        vm.prank(stranger);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        allocationManager.registerForOperatorSets(operator, IAllocationManagerTypes.RegisterParams(avs, _ids(1), ""));
    }

    function test_register_checksPermissionsBeforeTheAccount() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.registerForOperatorSets(staker, IAllocationManagerTypes.RegisterParams(avs, _ids(1), ""));
    }

    function test_register_checksTheAccountBeforeTheSet() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperator.selector);
        _join(staker, OperatorSet(avs, 2));
    }

    /* DEREGISTERING */

    function test_deregister_leaves() public {
        _join(operator, operatorSet);
        _leave(operator, operatorSet);
        vm.assertFalse(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
        vm.assertEq(allocationManager.getMemberCount(operatorSet), 0);
        vm.assertEq(allocationManager.getRegisteredSets(operator).length, 0);
    }

    function test_deregister_emits() public {
        _join(operator, operatorSet);
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.OperatorRemovedFromOperatorSet(operator, operatorSet);
        _leave(operator, operatorSet);
        vm.assertEq(_emitted(), 1);
    }

    function test_deregister_staysSlashableThroughTheLastBlock() public {
        _join(operator, operatorSet);
        _leave(operator, operatorSet);
        vm.assertTrue(allocationManager.isOperatorSlashable(operator, operatorSet));
        vm.roll(START + DEALLOCATION_DELAY);
        vm.assertTrue(allocationManager.isOperatorSlashable(operator, operatorSet));
        vm.roll(START + DEALLOCATION_DELAY + 1);
        vm.assertFalse(allocationManager.isOperatorSlashable(operator, operatorSet));
    }

    function test_deregister_againIsSlashableAnew() public {
        _join(operator, operatorSet);
        _leave(operator, operatorSet);
        vm.roll(START + 100);
        _join(operator, operatorSet);
        _leave(operator, operatorSet);
        vm.roll(START + 100 + DEALLOCATION_DELAY);
        vm.assertTrue(allocationManager.isOperatorSlashable(operator, operatorSet));
        vm.roll(START + 100 + DEALLOCATION_DELAY + 1);
        vm.assertFalse(allocationManager.isOperatorSlashable(operator, operatorSet));
    }

    function test_deregister_leavesAllocationsAlone() public {
        _join(operator, operatorSet);
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        _leave(operator, operatorSet);
        _pass(DEALLOCATION_DELAY + 1);
        _assertAllocation(operator, operatorSet, strategy, 0.5e18, 0, 0);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.5e18);
    }

    function test_deregister_keepsOtherMembersAndSets() public {
        _join(operator, operatorSet);
        _join(operator, otherSet);
        _join(otherOperator, operatorSet);
        _leave(operator, operatorSet);
        vm.assertEq(allocationManager.getMembers(operatorSet), _addresses(otherOperator));
        _assertSets(allocationManager.getRegisteredSets(operator), otherSet);
    }

    function test_deregister_tellsTheRegistrar() public {
        _join(operator, operatorSet);
        vm.expectCall(address(registrar), abi.encodeCall(IAVSRegistrar.deregisterOperator, (operator, avs, _ids(1))));
        _leave(operator, operatorSet);
    }

    function test_deregister_tellsTheRegistrarOfNoSetsToo() public {
        vm.expectCall(
            address(registrar), abi.encodeCall(IAVSRegistrar.deregisterOperator, (operator, avs, new uint32[](0)))
        );
        vm.prank(operator);
        allocationManager.deregisterFromOperatorSets(
            IAllocationManagerTypes.DeregisterParams(operator, avs, new uint32[](0))
        );
    }

    function test_deregister_revertsWhenTheRegistrarRefuses() public {
        _join(operator, operatorSet);
        vm.mockCallRevert(
            address(registrar),
            abi.encodeWithSelector(IAVSRegistrar.deregisterOperator.selector),
            abi.encodeWithSelector(Refused.selector)
        );
        vm.expectRevert(Refused.selector);
        _leave(operator, operatorSet);
    }

    function test_deregister_byTheAvs() public {
        _join(operator, operatorSet);
        _deregisterAs(avs);
        vm.assertFalse(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
    }

    function test_deregister_byAnAdminOfTheOperator() public {
        _join(operator, operatorSet);
        _makeAdmin(operator, admin);
        _deregisterAs(admin);
        vm.assertFalse(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
    }

    function test_deregister_byAnAdminOfTheAvs() public {
        _join(operator, operatorSet);
        _makeAdmin(avs, admin);
        _deregisterAs(admin);
        vm.assertFalse(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
    }

    function test_deregister_byAnAppointeeOfTheOperator() public {
        _join(operator, operatorSet);
        _appoint(operator, address(allocationManager), allocationManager.deregisterFromOperatorSets.selector);
        _deregisterAs(appointee);
        vm.assertFalse(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
    }

    function test_deregister_byAnAppointeeOfTheAvs() public {
        _join(operator, operatorSet);
        _appoint(avs, address(allocationManager), allocationManager.deregisterFromOperatorSets.selector);
        _deregisterAs(appointee);
        vm.assertFalse(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
    }

    function test_deregister_revertsWhenNeitherOperatorNorAvs() public {
        _join(operator, operatorSet);
        vm.expectRevert(IAllocationManagerErrors.InvalidCaller.selector);
        _deregisterAs(stranger);
    }

    function test_deregister_revertsWhenAnotherAvs() public {
        _join(operator, operatorSet);
        vm.expectRevert(IAllocationManagerErrors.InvalidCaller.selector);
        _deregisterAs(otherAvs);
    }

    function test_deregister_revertsWhenTheSetDoesNotExist() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperatorSet.selector);
        _leave(operator, OperatorSet(avs, 2));
    }

    function test_deregister_revertsWhenNotAMember() public {
        vm.expectRevert(IAllocationManagerErrors.NotMemberOfSet.selector);
        _leave(operator, operatorSet);
    }

    function test_deregister_revertsWhenItLeftAlready() public {
        _join(operator, operatorSet);
        _leave(operator, operatorSet);
        vm.expectRevert(IAllocationManagerErrors.NotMemberOfSet.selector);
        _leave(operator, operatorSet);
    }

    function test_deregister_revertsWhenASetRepeats() public {
        _join(operator, operatorSet);
        vm.prank(operator);
        vm.expectRevert(IAllocationManagerErrors.NotMemberOfSet.selector);
        allocationManager.deregisterFromOperatorSets(
            IAllocationManagerTypes.DeregisterParams(operator, avs, _ids(1, 1))
        );
    }

    function test_deregister_revertsWhenPaused() public {
        _join(operator, operatorSet);
        _pause(allocationManager, 2);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _leave(operator, operatorSet);
    }

    function test_deregister_heedsNoOtherPause() public {
        _join(operator, operatorSet);
        _pauseAllBut(allocationManager, 2);
        _leave(operator, operatorSet);
        vm.assertFalse(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
    }

    function test_deregister_checksThePauseBeforeTheCaller() public {
        _pause(allocationManager, 2);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _deregisterAs(stranger);
    }

    function test_deregister_checksTheCallerBeforeMembership() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidCaller.selector);
        _deregisterAs(stranger);
    }

    /* HELPERS */

    function _deregisterAs(address caller) private {
        vm.prank(caller);
        allocationManager.deregisterFromOperatorSets(IAllocationManagerTypes.DeregisterParams(operator, avs, _ids(1)));
    }

    /// @dev Of `stranger`.
    function _setWithoutRegistrar() private returns (OperatorSet memory) {
        vm.prank(stranger);
        allocationManager.updateAVSMetadataURI(stranger, "");
        return _createSet(stranger, 1, _strategies(strategy));
    }
}
