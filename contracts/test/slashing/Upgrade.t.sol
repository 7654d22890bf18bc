// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {IDelegationManagerTypes} from "../../src/interfaces/IDelegationManager.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {vm} from "../utils/Vm.sol";
import {SlashingScene} from "./SlashingScene.sol";

/// @notice From the slashing release to the redistribution release in the middle of life.
contract UpgradeTest is SlashingScene {
    IDelegationManagerTypes.Withdrawal private _queued;
    uint256 private _queuedAt;
    uint32 private _freeAt;

    /// @dev When the upgrade comes, in the first strategy: 25 of the operator's 100 shares wait to be burned, 20 of
    /// what is left are queued, and half of what the set has left is being deallocated.
    function setUp() public override {
        super.setUp();
        _deposit(operator, strategy, 100e18);
        _deposit(staker, strategy, 40e18);
        _delegate(staker, operator);
        _join(operator, operatorSet);
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _queued = _queue(staker, strategy, 20e18);
        _queuedAt = block.number;
        _allocate(operator, operatorSet, strategy, 0.125e18);
        _freeAt = uint32(block.number) + DEALLOCATION_DELAY + 1;
        _upgrade();
    }

    /* WHAT IS KEPT */

    function test_upgrade_keepsTheBooks() public view {
        vm.assertEq(allocationManager.getMaxMagnitude(operator, strategy), 0.75e18);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.25e18);
        _assertAllocation(operator, operatorSet, strategy, 0.25e18, -0.125e18, _freeAt);
        vm.assertEq(_operatorShares(operator, strategy), 90e18);
        vm.assertEq(_depositShares(operator, strategy), 100e18);
        vm.assertEq(_depositShares(staker, strategy), 20e18);
        vm.assertEq(_withdrawable(staker, strategy), 15e18);
        vm.assertEq(delegationManager.delegatedTo(staker), operator);
        vm.assertEq(strategy.totalShares(), 140e18);
        vm.assertEq(strategyManager.owner(), owner);
        vm.assertEq(strategyManager.strategyWhitelister(), whitelister);
        vm.assertTrue(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
        _assertSets(allocationManager.getRegisteredSets(operator), operatorSet);
    }

    function test_upgrade_startsWithNoSlashAndNoRecipient() public view {
        vm.assertEq(allocationManager.getSlashCount(operatorSet), 0);
        vm.assertEq(allocationManager.getRedistributionRecipient(operatorSet), BURN_ADDRESS);
        vm.assertEq(strategyManager.getPendingOperatorSets().length, 0);
        vm.assertEq(strategyManager.getPendingSlashIds(operatorSet).length, 0);
    }

    function test_upgrade_leavesNobodyToStartAgain() public {
        _expectError("Initializable: contract is already initialized");
        allocationManager.initialize(0);
        _expectError("Initializable: contract is already initialized");
        delegationManager.initialize(0);
        vm.expectRevert(bytes(""));
        OwnableUpgradeable(address(allocationManager)).owner();
    }

    /* WHAT WAS UNDER WAY */

    function test_upgrade_pendingDeallocationCompletes() public {
        uint16[] memory numToClear = new uint16[](1);
        numToClear[0] = 1;
        vm.roll(_freeAt);
        _assertAllocation(operator, operatorSet, strategy, 0.125e18, 0, 0);
        allocationManager.clearDeallocationQueue(operator, _strategies(strategy), numToClear);
        vm.assertEq(allocationManager.getAllocatableMagnitude(operator, strategy), 0.625e18);
    }

    function test_upgrade_pendingDeallocationIsSlashable() public {
        _slashNow(0.5e18);
        _assertAllocation(operator, operatorSet, strategy, 0.125e18, -0.0625e18, _freeAt);
        vm.assertEq(allocationManager.getSlashCount(operatorSet), 1);
        // A sixth of the 90 shares of the operator, and an eighth of the 20 that are queued unslashed.
        vm.assertEq(_slashedShares(operatorSet, 1, strategy), 15e18 + 2.5e18);
        vm.assertEq(strategyManager.getBurnableShares(strategy), 35e18);
    }

    function test_upgrade_queuedWithdrawalIsPaidWhatIsLeft() public {
        _slashNow(0.5e18);
        vm.roll(_queuedAt + WITHDRAWAL_DELAY + 1);
        _complete(_queued, true);
        vm.assertEq(token.balanceOf(staker), 12.5e18);
    }

    function test_upgrade_queuedWithdrawalIsPaid() public {
        vm.roll(_queuedAt + WITHDRAWAL_DELAY + 1);
        _complete(_queued, true);
        vm.assertEq(token.balanceOf(staker), 15e18);
    }

    /* WHAT WAITS TO BE BURNED */

    function test_upgrade_leftoversAreBurned() public {
        vm.assertEq(strategyManager.getBurnableShares(strategy), 35e18);
        vm.prank(stranger);
        strategyManager.burnShares(strategy);
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 35e18);
        vm.assertEq(strategy.totalShares(), 105e18);
        vm.assertEq(strategyManager.getBurnableShares(strategy), 0);
    }

    function test_upgrade_newSlashesWaitByThemselves() public {
        OperatorSet memory redistributing = _createRedistributingSet(avs, 2, _strategies(strategy), recipient);
        _join(operator, redistributing);
        _allocate(operator, redistributing, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        vm.prank(avs);
        (uint256 slashId, uint256[] memory shares) =
            allocationManager.slashOperator(avs, _slashParams(operator, 2, strategy, 0.5e18));
        vm.assertEq(slashId, 1);
        // A third of 90, and a quarter of the 20 in the queue.
        vm.assertEq(shares, _amounts(30e18 + 5e18));
        strategyManager.clearBurnOrRedistributableShares(redistributing, 1);
        vm.assertEq(token.balanceOf(recipient), 35e18);
        vm.assertEq(strategyManager.getBurnableShares(strategy), 35e18);
    }

    /// @dev Everybody leaves: what came in is what went out.
    function test_upgrade_everybodyIsPaid() public {
        strategyManager.burnShares(strategy);
        vm.roll(_queuedAt + WITHDRAWAL_DELAY + 1);
        _complete(_queued, true);
        _undelegate(staker);
        IDelegationManagerTypes.Withdrawal memory last = _queue(operator, strategy, 100e18);
        (IDelegationManagerTypes.Withdrawal[] memory open,) = delegationManager.getQueuedWithdrawals(staker);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(open[0], true);
        _complete(last, true);
        vm.assertEq(token.balanceOf(staker), 30e18);
        vm.assertEq(token.balanceOf(operator), 75e18);
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 35e18);
        vm.assertEq(token.balanceOf(address(strategy)), 0);
        vm.assertEq(strategy.totalShares(), 0);
    }

    /// @dev A slash as the redistribution release has it.
    function _slashNow(uint256 wad) private {
        vm.prank(avs);
        allocationManager.slashOperator(avs, _slashParams(operator, 1, strategy, wad));
    }
}
