// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    IAllocationManagerErrors,
    IAllocationManagerEvents,
    IAllocationManagerTypes
} from "../../src/interfaces/IAllocationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {PermissionMixin} from "../../src/permissions/PermissionMixin.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";
import {
    IRedistributionAllocationManager
} from "../../src/redistribution/interfaces/IRedistributionAllocationManager.sol";

contract OperatorSetsTest is Scene {
    /* METADATA */

    function test_updateAVSMetadataURI_emits() public {
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AVSMetadataURIUpdated(avs, "ipfs://x");
        vm.prank(avs);
        allocationManager.updateAVSMetadataURI(avs, "ipfs://x");
    }

    function test_updateAVSMetadataURI_allowsTheFirstSet() public {
        vm.expectRevert(IAllocationManagerErrors.NonexistentAVSMetadata.selector);
        _createSet(stranger, 1, new IStrategy[](0));

        vm.prank(stranger);
        allocationManager.updateAVSMetadataURI(stranger, "");
        vm.assertTrue(allocationManager.isOperatorSet(_createSet(stranger, 1, new IStrategy[](0))));
    }

    function test_updateAVSMetadataURI_byAnAppointee() public {
        _appoint(avs, address(allocationManager), allocationManager.updateAVSMetadataURI.selector);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AVSMetadataURIUpdated(avs, "");
        vm.prank(appointee);
        allocationManager.updateAVSMetadataURI(avs, "");
    }

    function test_updateAVSMetadataURI_revertsWhenNotAvs() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.updateAVSMetadataURI(avs, "");
    }

    /* ORDINARY SETS */

    function test_create_addsASet() public {
        OperatorSet memory set = _createSet(avs, 7, _strategies(secondStrategy, strategy));
        vm.assertTrue(allocationManager.isOperatorSet(set));
        vm.assertFalse(allocationManager.isRedistributingOperatorSet(set));
        vm.assertEq(allocationManager.getRedistributionRecipient(set), BURN_ADDRESS);
        vm.assertEq(allocationManager.getOperatorSetCount(avs), 2);
        vm.assertEq(allocationManager.getStrategiesInOperatorSet(set).length, 2);
        vm.assertEq(allocationManager.getMemberCount(set), 0);
    }

    function test_create_emitsInOrder() public {
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.OperatorSetCreated(OperatorSet(avs, 7));
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.StrategyAddedToOperatorSet(OperatorSet(avs, 7), secondStrategy);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.StrategyAddedToOperatorSet(OperatorSet(avs, 7), strategy);
        _createSet(avs, 7, _strategies(secondStrategy, strategy));
        vm.assertEq(_emitted(), 3);
    }

    function test_create_manySets() public {
        IAllocationManagerTypes.CreateSetParams[] memory params = new IAllocationManagerTypes.CreateSetParams[](2);
        params[0] = IAllocationManagerTypes.CreateSetParams(7, _strategies(strategy));
        params[1] = IAllocationManagerTypes.CreateSetParams(0, new IStrategy[](0));
        vm.prank(avs);
        allocationManager.createOperatorSets(avs, params);
        vm.assertTrue(allocationManager.isOperatorSet(OperatorSet(avs, 7)));
        vm.assertTrue(allocationManager.isOperatorSet(OperatorSet(avs, 0)));
        vm.assertEq(allocationManager.getOperatorSetCount(avs), 3);
    }

    function test_create_takesNativeEthAndEigen() public {
        OperatorSet memory set = _createSet(avs, 7, _strategies(NATIVE_STRATEGY, EIGEN_STRATEGY));
        vm.assertEq(allocationManager.getStrategiesInOperatorSet(set).length, 2);
    }

    function test_create_theSameIdForAnotherAvs() public {
        _createSet(avs, 7, _strategies(strategy));
        vm.assertFalse(allocationManager.isOperatorSet(OperatorSet(otherAvs, 7)));
        _createSet(otherAvs, 7, _strategies(strategy));
        vm.assertTrue(allocationManager.isOperatorSet(OperatorSet(otherAvs, 7)));
    }

    function test_create_byAnAdmin() public {
        _makeAdmin(avs, admin);
        vm.prank(admin);
        allocationManager.createOperatorSets(avs, _setParams(7, new IStrategy[](0)));
        vm.assertTrue(allocationManager.isOperatorSet(OperatorSet(avs, 7)));
    }

    function test_create_byAnAppointee() public {
        _appoint(avs, address(allocationManager), allocationManager.createOperatorSets.selector);
        vm.prank(appointee);
        allocationManager.createOperatorSets(avs, _setParams(7, new IStrategy[](0)));
        vm.assertTrue(allocationManager.isOperatorSet(OperatorSet(avs, 7)));
    }

    function test_create_revertsWhenNotAvs() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.createOperatorSets(avs, _setParams(7, new IStrategy[](0)));
    }

    function test_create_revertsWhenTheSetExists() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperatorSet.selector);
        _createSet(avs, 1, new IStrategy[](0));
    }

    function test_create_revertsWhenAStrategyRepeats() public {
        vm.expectRevert(IAllocationManagerErrors.StrategyAlreadyInOperatorSet.selector);
        _createSet(avs, 7, _strategies(strategy, strategy));
    }

    function test_create_checksPermissionsBeforeMetadata() public {
        vm.prank(avs);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.createOperatorSets(stranger, _setParams(7, new IStrategy[](0)));
    }

    function test_create_checksMetadataWithoutSetsToo() public {
        vm.prank(stranger);
        vm.expectRevert(IAllocationManagerErrors.NonexistentAVSMetadata.selector);
        allocationManager.createOperatorSets(stranger, new IAllocationManagerTypes.CreateSetParams[](0));
    }

    /* REDISTRIBUTING SETS */

    function test_createRedistributing_fixesTheRecipient() public {
        OperatorSet memory set = _createRedistributingSet(avs, 7, _strategies(strategy), recipient);
        vm.assertTrue(allocationManager.isOperatorSet(set));
        vm.assertTrue(allocationManager.isRedistributingOperatorSet(set));
        vm.assertEq(allocationManager.getRedistributionRecipient(set), recipient);
        vm.assertEq(allocationManager.getStrategiesInOperatorSet(set).length, 1);
    }

    function test_createRedistributing_emitsInOrder() public {
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.OperatorSetCreated(OperatorSet(avs, 7));
        vm.expectEmit(address(allocationManager));
        emit IRedistributionAllocationManager.RedistributionAddressSet(OperatorSet(avs, 7), recipient);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.StrategyAddedToOperatorSet(OperatorSet(avs, 7), strategy);
        _createRedistributingSet(avs, 7, _strategies(strategy), recipient);
        vm.assertEq(_emitted(), 3);
    }

    function test_createRedistributing_manySetsEachWithItsRecipient() public {
        IAllocationManagerTypes.CreateSetParams[] memory params = new IAllocationManagerTypes.CreateSetParams[](2);
        params[0] = IAllocationManagerTypes.CreateSetParams(7, _strategies(strategy));
        params[1] = IAllocationManagerTypes.CreateSetParams(8, _strategies(strategy));
        vm.prank(avs);
        allocationManager.createRedistributingOperatorSets(avs, params, _addresses(recipient, avs));
        vm.assertEq(allocationManager.getRedistributionRecipient(OperatorSet(avs, 7)), recipient);
        vm.assertEq(allocationManager.getRedistributionRecipient(OperatorSet(avs, 8)), avs);
    }

    function test_createRedistributing_byAnAppointee() public {
        _appoint(avs, address(allocationManager), allocationManager.createRedistributingOperatorSets.selector);
        vm.prank(appointee);
        allocationManager.createRedistributingOperatorSets(
            avs, _setParams(7, new IStrategy[](0)), _addresses(recipient)
        );
        vm.assertTrue(allocationManager.isRedistributingOperatorSet(OperatorSet(avs, 7)));
    }

    function test_createRedistributing_revertsWhenNotAvs() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.createRedistributingOperatorSets(
            avs, _setParams(7, new IStrategy[](0)), _addresses(recipient)
        );
    }

    function test_createRedistributing_revertsWhenLengthsDiffer() public {
        vm.prank(avs);
        vm.expectRevert(IAllocationManagerErrors.InputArrayLengthMismatch.selector);
        allocationManager.createRedistributingOperatorSets(
            avs, _setParams(7, new IStrategy[](0)), _addresses(recipient, recipient)
        );
    }

    function test_createRedistributing_revertsWithoutMetadata() public {
        vm.expectRevert(IAllocationManagerErrors.NonexistentAVSMetadata.selector);
        _createRedistributingSet(stranger, 7, new IStrategy[](0), recipient);
    }

    function test_createRedistributing_revertsWhenTheRecipientIsZero() public {
        vm.expectRevert(IPausable.InputAddressZero.selector);
        _createRedistributingSet(avs, 7, new IStrategy[](0), address(0));
    }

    function test_createRedistributing_revertsWhenTheRecipientIsTheBurnAddress() public {
        vm.expectRevert(IRedistributionAllocationManager.InvalidRedistributionRecipient.selector);
        _createRedistributingSet(avs, 7, new IStrategy[](0), BURN_ADDRESS);
    }

    function test_createRedistributing_revertsWhenTheSetExists() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperatorSet.selector);
        _createRedistributingSet(avs, 1, new IStrategy[](0), recipient);
    }

    function test_createRedistributing_cannotChangeARecipient() public {
        _createRedistributingSet(avs, 7, new IStrategy[](0), recipient);
        vm.expectRevert(IAllocationManagerErrors.InvalidOperatorSet.selector);
        _createRedistributingSet(avs, 7, new IStrategy[](0), avs);
    }

    function test_createRedistributing_revertsWithNativeEth() public {
        vm.expectRevert(IRedistributionAllocationManager.InvalidStrategy.selector);
        _createRedistributingSet(avs, 7, _strategies(strategy, NATIVE_STRATEGY), recipient);
    }

    function test_createRedistributing_revertsWithEigen() public {
        vm.expectRevert(IRedistributionAllocationManager.InvalidStrategy.selector);
        _createRedistributingSet(avs, 7, _strategies(strategy, EIGEN_STRATEGY), recipient);
    }

    function test_createRedistributing_revertsWhenAStrategyRepeats() public {
        vm.expectRevert(IAllocationManagerErrors.StrategyAlreadyInOperatorSet.selector);
        _createRedistributingSet(avs, 7, _strategies(strategy, strategy), recipient);
    }

    function test_createRedistributing_checksPermissionsBeforeLengths() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.createRedistributingOperatorSets(
            avs, _setParams(7, new IStrategy[](0)), _addresses(recipient, recipient)
        );
    }

    function test_createRedistributing_checksLengthsBeforeMetadata() public {
        vm.prank(stranger);
        vm.expectRevert(IAllocationManagerErrors.InputArrayLengthMismatch.selector);
        allocationManager.createRedistributingOperatorSets(
            stranger, _setParams(7, new IStrategy[](0)), _addresses(recipient, recipient)
        );
    }

    function test_createRedistributing_checksMetadataBeforeTheRecipient() public {
        vm.expectRevert(IAllocationManagerErrors.NonexistentAVSMetadata.selector);
        _createRedistributingSet(stranger, 7, new IStrategy[](0), address(0));
    }

    function test_createRedistributing_checksTheRecipientBeforeTheSet() public {
        vm.expectRevert(IPausable.InputAddressZero.selector);
        _createRedistributingSet(avs, 1, new IStrategy[](0), address(0));
        vm.expectRevert(IRedistributionAllocationManager.InvalidRedistributionRecipient.selector);
        _createRedistributingSet(avs, 1, new IStrategy[](0), BURN_ADDRESS);
    }

    function test_createRedistributing_checksTheSetBeforeStrategies() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperatorSet.selector);
        _createRedistributingSet(avs, 1, _strategies(NATIVE_STRATEGY), recipient);
    }

    /* ADDING STRATEGIES */

    function test_addStrategies_adds() public {
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.StrategyAddedToOperatorSet(operatorSet, thirdStrategy);
        _addStrategy(operatorSet, thirdStrategy);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(allocationManager.getStrategiesInOperatorSet(operatorSet).length, 3);
    }

    function test_addStrategies_makesAllocationsSlashableAtOnce() public {
        _join(operator, operatorSet);
        _allocate(operator, operatorSet, thirdStrategy, WAD);
        _pass(ALLOCATION_DELAY);
        _addStrategy(operatorSet, thirdStrategy);
        _slash(operator, operatorSet, thirdStrategy, WAD);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, thirdStrategy), 0);
    }

    function test_addStrategies_toARedistributingSetRevertsWithNativeEthAndEigen() public {
        OperatorSet memory set = _createRedistributingSet(avs, 7, new IStrategy[](0), recipient);
        vm.expectRevert(IRedistributionAllocationManager.InvalidStrategy.selector);
        _addStrategy(set, NATIVE_STRATEGY);
        vm.expectRevert(IRedistributionAllocationManager.InvalidStrategy.selector);
        _addStrategy(set, EIGEN_STRATEGY);
        _addStrategy(set, strategy);
        vm.assertEq(allocationManager.getStrategiesInOperatorSet(set).length, 1);
    }

    function test_addStrategies_byAnAppointee() public {
        _appoint(avs, address(allocationManager), allocationManager.addStrategiesToOperatorSet.selector);
        vm.prank(appointee);
        allocationManager.addStrategiesToOperatorSet(avs, 1, _strategies(thirdStrategy));
        vm.assertEq(allocationManager.getStrategiesInOperatorSet(operatorSet).length, 3);
    }

    function test_addStrategies_revertsWhenNotAvs() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.addStrategiesToOperatorSet(avs, 1, _strategies(thirdStrategy));
    }

    function test_addStrategies_revertsWhenTheSetDoesNotExist() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperatorSet.selector);
        _addStrategy(OperatorSet(avs, 2), thirdStrategy);
    }

    function test_addStrategies_revertsWhenAlreadyIn() public {
        vm.expectRevert(IAllocationManagerErrors.StrategyAlreadyInOperatorSet.selector);
        _addStrategy(operatorSet, strategy);
    }

    function test_addStrategies_checksPermissionsBeforeTheSet() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.addStrategiesToOperatorSet(avs, 2, _strategies(thirdStrategy));
    }

    /* REMOVING STRATEGIES */

    function test_removeStrategies_removes() public {
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.StrategyRemovedFromOperatorSet(operatorSet, strategy);
        _removeStrategy(operatorSet, strategy);
        vm.assertEq(_emitted(), 1);
        _assertStrategies(
            allocationManager.getStrategiesInOperatorSet(operatorSet), _strategies(IStrategy(secondStrategy))
        );
    }

    function test_removeStrategies_keepsTheScheduleOfADeallocation() public {
        _joinAndAllocate();
        _allocate(operator, operatorSet, strategy, 0);
        _removeStrategy(operatorSet, strategy);
        _assertAllocation(
            operator, operatorSet, strategy, 1e18, -1e18, START + ALLOCATION_DELAY + DEALLOCATION_DELAY + 1
        );
        vm.assertEq(allocationManager.getAllocatableMagnitude(operator, strategy), 0);
    }

    function test_removeStrategies_andAddingAgainMakesAllocationsSlashable() public {
        _joinAndAllocate();
        _removeStrategy(operatorSet, strategy);
        vm.expectRevert(IAllocationManagerErrors.StrategyNotInOperatorSet.selector);
        _slash(operator, operatorSet, strategy, WAD);
        _addStrategy(operatorSet, strategy);
        _slash(operator, operatorSet, strategy, WAD);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, strategy), 0);
    }

    function test_removeStrategies_byAnAppointee() public {
        _appoint(avs, address(allocationManager), allocationManager.removeStrategiesFromOperatorSet.selector);
        vm.prank(appointee);
        allocationManager.removeStrategiesFromOperatorSet(avs, 1, _strategies(strategy));
        vm.assertEq(allocationManager.getStrategiesInOperatorSet(operatorSet).length, 1);
    }

    function test_removeStrategies_revertsWhenNotAvs() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.removeStrategiesFromOperatorSet(avs, 1, _strategies(strategy));
    }

    function test_removeStrategies_revertsWhenTheSetDoesNotExist() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperatorSet.selector);
        _removeStrategy(OperatorSet(avs, 2), strategy);
    }

    function test_removeStrategies_revertsWhenNotIn() public {
        vm.expectRevert(IAllocationManagerErrors.StrategyNotInOperatorSet.selector);
        _removeStrategy(operatorSet, thirdStrategy);
    }

    /* PAUSE */

    function test_administration_heedsNoPause() public {
        vm.prank(pauser);
        allocationManager.pauseAll();
        vm.prank(avs);
        allocationManager.updateAVSMetadataURI(avs, "");
        _createRedistributingSet(avs, 7, new IStrategy[](0), recipient);
        OperatorSet memory set = _createSet(avs, 8, new IStrategy[](0));
        _addStrategy(set, strategy);
        _removeStrategy(set, strategy);
        vm.assertEq(allocationManager.getOperatorSetCount(avs), 3);
    }

    /* HELPERS */

    /// @dev Everything, in force when it returns.
    function _joinAndAllocate() private {
        _join(operator, operatorSet);
        _allocate(operator, operatorSet, strategy, WAD);
        _pass(ALLOCATION_DELAY);
    }
}
