// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AllocationManager} from "../src/redistribution/AllocationManager.sol";
import {IDelegationManagerTypes} from "../src/interfaces/IDelegationManager.sol";
import {OperatorSet} from "../src/libraries/OperatorSetLib.sol";
import {Scene} from "./utils/Scene.sol";
import {Vm, vm} from "./utils/Vm.sol";

/// @notice Tests of a function expect events as our interfaces declare them. Here they are as everybody's tools know
/// them: signatures, and how many parameters are topics.
contract EventsTest is Scene {
    struct Known {
        string signature;
        uint256 indexedParameters;
        bool seen;
    }

    Known[] private _known;
    mapping(bytes32 topic => uint256) private _indexPlusOne;

    function setUp() public override {
        vm.recordLogs();
        super.setUp();
        _knowAll();
    }

    function test_events_areTheKnownOnes() public {
        _live();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (!_isOurs(logs[i].emitter)) continue;
            uint256 index = _indexPlusOne[logs[i].topics[0]];
            vm.assertTrue(index != 0, "an event that nobody knows");
            Known storage known = _known[index - 1];
            vm.assertEq(logs[i].topics.length - 1, known.indexedParameters, known.signature);
            known.seen = true;
        }
        for (uint256 i = 0; i < _known.length; ++i) {
            vm.assertTrue(_known[i].seen, _known[i].signature);
        }
    }

    /// @dev Does everything that emits something.
    function _live() private {
        // Owners and pausers
        vm.prank(unpauser);
        pauserRegistry.setIsPauser(admin, true);
        vm.prank(unpauser);
        pauserRegistry.setUnpauser(unpauser);
        _pause(allocationManager, 7);
        vm.prank(unpauser);
        allocationManager.unpause(0);
        vm.prank(whitelister);
        strategyManager.removeStrategiesFromDepositWhitelist(_strategies(thirdStrategy));
        strategyManager.burnShares(strategy);

        // Permissions
        _appoint(stranger, address(allocationManager), allocationManager.slashOperator.selector);
        vm.prank(stranger);
        permissionController.removeAppointee(
            stranger, appointee, address(allocationManager), allocationManager.slashOperator.selector
        );
        vm.prank(stranger);
        permissionController.addPendingAdmin(stranger, avs);
        vm.prank(stranger);
        permissionController.removePendingAdmin(stranger, avs);
        _makeAdmin(stranger, stranger);
        _makeAdmin(stranger, admin);
        vm.prank(stranger);
        permissionController.removeAdmin(stranger, admin);

        // Sets, stake, slash
        OperatorSet memory set = _createRedistributingSet(avs, 2, _strategies(strategy), recipient);
        _deposit(staker, strategy, 10e18);
        _delegate(staker, operator);
        _join(operator, set);
        _allocate(operator, set, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        _slash(operator, set, strategy, 0.5e18);
        strategyManager.clearBurnOrRedistributableShares(set, 1);
        _leave(operator, set);
        _removeStrategy(set, strategy);

        // Leaving
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 1e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, true);
        vm.prank(operator);
        delegationManager.undelegate(staker);
    }

    function _isOurs(address emitter) private view returns (bool) {
        return emitter == address(allocationManager) || emitter == address(delegationManager)
            || emitter == address(strategyManager) || emitter == address(permissionController)
            || emitter == address(pauserRegistry) || emitter == address(strategy);
    }

    function _knowAll() private {
        // AllocationManager
        _know("AllocationDelaySet(address,uint32,uint32)", 0);
        _know("AllocationUpdated(address,(address,uint32),address,uint64,uint32)", 0);
        _know("AVSMetadataURIUpdated(address,string)", 1);
        _know("AVSRegistrarSet(address,address)", 0);
        _know("EncumberedMagnitudeUpdated(address,address,uint64)", 0);
        _know("Initialized(uint8)", 0);
        _know("MaxMagnitudeUpdated(address,address,uint64)", 0);
        _know("OperatorAddedToOperatorSet(address,(address,uint32))", 1);
        _know("OperatorRemovedFromOperatorSet(address,(address,uint32))", 1);
        _know("OperatorSetCreated((address,uint32))", 0);
        _know("OperatorSlashed(address,(address,uint32),address[],uint256[],string)", 0);
        _know("Paused(address,uint256)", 1);
        _know("RedistributionAddressSet((address,uint32),address)", 0);
        _know("StrategyAddedToOperatorSet((address,uint32),address)", 0);
        _know("StrategyRemovedFromOperatorSet((address,uint32),address)", 0);
        _know("Unpaused(address,uint256)", 1);
        // DelegationManager
        _know("DelegationApproverUpdated(address,address)", 1);
        _know("DepositScalingFactorUpdated(address,address,uint256)", 0);
        _know("OperatorMetadataURIUpdated(address,string)", 1);
        _know("OperatorRegistered(address,address)", 1);
        _know("OperatorSharesDecreased(address,address,address,uint256)", 1);
        _know("OperatorSharesIncreased(address,address,address,uint256)", 1);
        _know("OperatorSharesSlashed(address,address,uint256)", 1);
        _know("SlashingWithdrawalCompleted(bytes32)", 0);
        _know(
            "SlashingWithdrawalQueued(bytes32,(address,address,address,uint256,uint32,address[],uint256[]),uint256[])",
            0
        );
        _know("StakerDelegated(address,address)", 2);
        _know("StakerForceUndelegated(address,address)", 2);
        _know("StakerUndelegated(address,address)", 2);
        // StrategyManager
        _know("BurnableSharesDecreased(address,uint256)", 0);
        _know("BurnOrRedistributableSharesDecreased((address,uint32),uint256,address,uint256)", 0);
        _know("BurnOrRedistributableSharesIncreased((address,uint32),uint256,address,uint256)", 0);
        _know("Deposit(address,address,uint256)", 0);
        _know("OwnershipTransferred(address,address)", 2);
        _know("StrategyAddedToDepositWhitelist(address)", 0);
        _know("StrategyRemovedFromDepositWhitelist(address)", 0);
        _know("StrategyWhitelisterChanged(address,address)", 0);
        // StrategyBase
        _know("ExchangeRateEmitted(uint256)", 0);
        _know("StrategyTokenSet(address,uint8)", 0);
        // PermissionController
        _know("AdminRemoved(address,address)", 1);
        _know("AdminSet(address,address)", 1);
        _know("AppointeeRemoved(address,address,address,bytes4)", 2);
        _know("AppointeeSet(address,address,address,bytes4)", 2);
        _know("PendingAdminAdded(address,address)", 1);
        _know("PendingAdminRemoved(address,address)", 1);
        // PauserRegistry
        _know("PauserStatusChanged(address,bool)", 0);
        _know("UnpauserChanged(address,address)", 0);
        // Of the proxies
        _know("Upgraded(address)", 1);
        _know("AdminChanged(address,address)", 0);
    }

    function _know(string memory signature, uint256 indexedParameters) private {
        _known.push(Known(signature, indexedParameters, false));
        _indexPlusOne[keccak256(bytes(signature))] = _known.length;
    }
}
