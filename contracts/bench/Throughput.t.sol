// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Handler} from "./Handler.sol";
import {Invariants} from "./Invariants.sol";
import {LedgerLib} from "./Ledger.sol";

/// @title What forge is told about the handler
/// @dev The campaign targets itself, so that invariants see its history without asking for it. Forge finds the
/// functions below by their names; there is no forge-std here.
abstract contract Campaign is Handler {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    struct Action {
        bytes4 selector;
        uint256 weight;
    }

    function setUp() public {
        _open();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(this);
    }

    /// @dev The handler does not look at its caller. One is cheaper than a new one for each call.
    function targetSenders() external pure returns (address[] memory senders) {
        senders = new address[](1);
        senders[0] = address(0xCA11);
    }

    /// @notice The actions with the weights of the campaign. Forge draws uniformly; naming an action more than once
    /// makes it more likely.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        Action[] memory actions = _actions();
        uint256 total = 0;
        for (uint256 i = 0; i < actions.length; ++i) {
            total += actions[i].weight;
        }
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(this), new bytes4[](total));
        for (uint256 i = 0; i < actions.length; ++i) {
            for (uint256 j = 0; j < actions[i].weight; ++j) {
                targets[0].selectors[--total] = actions[i].selector;
            }
        }
    }

    function _actions() private pure returns (Action[] memory actions) {
        Action[52] memory table = [
            Action(this.stakerDeposit.selector, 16),
            Action(this.stakerDelegate.selector, 12),
            Action(this.stakerUndelegate.selector, 2),
            Action(this.stakerRedelegate.selector, 2),
            Action(this.stakerQueueWithdrawals.selector, 9),
            Action(this.stakerCompleteWithdrawal.selector, 8),
            Action(this.stakerCompleteWithdrawals.selector, 4),
            Action(this.operatorRegister.selector, 3),
            Action(this.operatorModifyDetails.selector, 1),
            Action(this.operatorUpdateMetadata.selector, 1),
            Action(this.operatorAllocate.selector, 20),
            Action(this.operatorAllocateRest.selector, 4),
            Action(this.operatorDeallocate.selector, 9),
            Action(this.operatorReallocate.selector, 4),
            Action(this.operatorJoinSets.selector, 14),
            Action(this.operatorLeaveSets.selector, 3),
            Action(this.operatorSetAllocationDelay.selector, 2),
            Action(this.operatorUndelegateStaker.selector, 1),
            Action(this.avsUpdateMetadata.selector, 1),
            Action(this.avsSetRegistrar.selector, 1),
            Action(this.avsCreateSets.selector, 2),
            Action(this.avsCreateRedistributingSets.selector, 2),
            Action(this.avsAddStrategies.selector, 2),
            Action(this.avsRemoveStrategies.selector, 1),
            Action(this.avsSlash.selector, 18),
            Action(this.avsSlashEverything.selector, 3),
            Action(this.avsSlashNothing.selector, 1),
            Action(this.avsRemoveOperator.selector, 1),
            Action(this.anybodyClearSlash.selector, 7),
            Action(this.anybodyClearSlashByStrategy.selector, 4),
            Action(this.anybodyClearSlashAgain.selector, 1),
            Action(this.anybodyBurnShares.selector, 1),
            Action(this.anybodyClearDeallocationQueue.selector, 5),
            Action(this.anybodyDonate.selector, 3),
            Action(this.anybodyAskUserUnderlying.selector, 1),
            Action(this.ownerSetWhitelister.selector, 1),
            Action(this.ownerTransferOwnership.selector, 1),
            Action(this.ownerRenounceOwnership.selector, 1),
            Action(this.whitelisterAddStrategies.selector, 4),
            Action(this.whitelisterRemoveStrategies.selector, 1),
            Action(this.pauserPause.selector, 2),
            Action(this.pauserPauseAll.selector, 1),
            Action(this.unpauserUnpause.selector, 20),
            Action(this.unpauserSetPauser.selector, 1),
            Action(this.unpauserSetUnpauser.selector, 1),
            Action(this.adminAddPendingAdmin.selector, 4),
            Action(this.adminRemovePendingAdmin.selector, 1),
            Action(this.adminAcceptAdmin.selector, 4),
            Action(this.adminRemoveAdmin.selector, 3),
            Action(this.adminSetAppointee.selector, 2),
            Action(this.adminRemoveAppointee.selector, 1),
            Action(this.probe.selector, 24)
        ];
        actions = new Action[](table.length);
        for (uint256 i = 0; i < actions.length; ++i) {
            actions[i] = table[i];
        }
    }
}

/// @title The campaign with every invariant
contract ThroughputTest is Campaign, Invariants {
    /// @notice All thirty-one, on one reading of the ledger: apart, each would be a campaign of its own.
    function invariant_all() external view {
        Step memory step;
        step.setting = _setting();
        step.ghosts = _ghosts();
        step.ledger = LedgerLib.read(_lens, step.setting, step.ghosts.withdrawals);
        _judge(step);
    }
}

/// @title The campaign without invariants
/// @notice What the handler alone costs.
contract HandlerTest is Campaign {
    function invariant_nothing() external pure {}
}

/// @title The campaign in which calls that find nothing to do revert
/// @notice Otherwise they are not told from those that did something.
contract IdleTest is Campaign {
    function _isStrict() internal pure override returns (bool) {
        return true;
    }

    function invariant_nothing() external pure {}
}
