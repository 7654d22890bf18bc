// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {
    IDelegationManager,
    IDelegationManagerErrors,
    IDelegationManagerTypes
} from "../src/interfaces/IDelegationManager.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {IStrategyManager} from "../src/interfaces/IStrategyManager.sol";
import {StrategyBase} from "../src/redistribution/StrategyBase.sol";
import {CallingToken} from "./utils/CallingToken.sol";
import {Scene} from "./utils/Scene.sol";
import {vm} from "./utils/Vm.sol";
import {IRedistributionStrategyManager} from "../src/redistribution/interfaces/IRedistributionStrategyManager.sol";

/// @notice While a withdrawal is paid, both managers are busy. The token is everybody who could mind.
contract ReentrancyTest is Scene {
    CallingToken private _calling;
    StrategyBase private _its;
    IDelegationManagerTypes.Withdrawal private _queued;

    function setUp() public override {
        super.setUp();
        _calling = new CallingToken();
        _its = _newStrategy(_calling);
        _calling.mint(staker, 10e18);
        vm.prank(staker);
        _calling.approve(address(strategyManager), 10e18);
        vm.prank(staker);
        strategyManager.depositIntoStrategy(_its, _calling, 10e18);
        _queued = _queue(staker, _its, 10e18);
        _pass(WITHDRAWAL_DELAY + 1);

        vm.prank(owner);
        strategyManager.setStrategyWhitelister(address(_calling));
        vm.prank(owner);
        strategyManager.transferOwnership(address(_calling));
    }

    function test_reentrancy_theDelegationManagerRefuses() public {
        address target = address(delegationManager);
        _refuses(target, abi.encodeCall(IDelegationManager.registerAsOperator, (address(0), 0, "")));
        _refuses(target, abi.encodeCall(IDelegationManager.delegateTo, (operator, _noSignature(), 0)));
        _refuses(target, abi.encodeCall(IDelegationManager.undelegate, (staker)));
        _refuses(target, abi.encodeCall(IDelegationManager.redelegate, (operator, _noSignature(), 0)));
        _refuses(target, abi.encodeCall(IDelegationManager.queueWithdrawals, (_queueParams(_its, 1))));
        _refuses(target, abi.encodeCall(IDelegationManager.completeQueuedWithdrawal, (_queued, _list(), true)));
        _refuses(
            target,
            abi.encodeCall(
                IDelegationManager.completeQueuedWithdrawals,
                (new IDelegationManagerTypes.Withdrawal[](0), new IERC20[][](0), new bool[](0))
            )
        );
    }

    function test_reentrancy_theStrategyManagerRefuses() public {
        address target = address(strategyManager);
        IStrategy[] memory others = _strategies(strategy);
        _refuses(target, abi.encodeCall(IStrategyManager.depositIntoStrategy, (_its, _calling, 1)));
        _refuses(
            target,
            abi.encodeCall(
                IStrategyManager.depositIntoStrategyWithSignature, (_its, _calling, 1, staker, block.timestamp, "")
            )
        );
        _refuses(
            target, abi.encodeCall(IRedistributionStrategyManager.clearBurnOrRedistributableShares, (operatorSet, 1))
        );
        _refuses(
            target,
            abi.encodeCall(
                IRedistributionStrategyManager.clearBurnOrRedistributableSharesByStrategy, (operatorSet, 1, _its)
            )
        );
        _refuses(target, abi.encodeCall(IStrategyManager.burnShares, (_its)));
        _refuses(target, abi.encodeCall(IStrategyManager.setStrategyWhitelister, (stranger)));
        _refuses(target, abi.encodeCall(IStrategyManager.addStrategiesToDepositWhitelist, (others)));
        _refuses(target, abi.encodeCall(IStrategyManager.removeStrategiesFromDepositWhitelist, (others)));
    }

    function test_reentrancy_metadataIsHarmless() public {
        _calling.callDuringTransfers(
            address(delegationManager), abi.encodeCall(IDelegationManager.updateOperatorMetadataURI, (operator, ""))
        );
        vm.prank(operator);
        permissionController.setAppointee(
            operator,
            address(_calling),
            address(delegationManager),
            IDelegationManager.updateOperatorMetadataURI.selector
        );
        _pay();
        vm.assertEq(_calling.balanceOf(staker), 10e18);
    }

    function test_reentrancy_theWithdrawalIsGoneByThen() public {
        bytes32 root = delegationManager.calculateWithdrawalRoot(_queued);
        vm.assertTrue(delegationManager.pendingWithdrawals(root));
        _calling.callDuringTransfers(address(this), abi.encodeCall(ReentrancyTest.checkNotPending, (root)));
        _pay();
        vm.assertEq(_calling.balanceOf(staker), 10e18);
    }

    /// @dev What the token sees.
    function checkNotPending(bytes32 root) external view {
        require(!delegationManager.pendingWithdrawals(root), IDelegationManagerErrors.WithdrawalNotQueued());
    }

    function _refuses(address target, bytes memory data) private {
        _calling.callDuringTransfers(target, data);
        IERC20[] memory list = _list();
        vm.prank(staker);
        _expectError("ReentrancyGuard: reentrant call");
        delegationManager.completeQueuedWithdrawal(_queued, list, true);
    }

    function _pay() private {
        vm.prank(staker);
        delegationManager.completeQueuedWithdrawal(_queued, _list(), true);
    }

    function _list() private view returns (IERC20[] memory list) {
        list = new IERC20[](1);
        list[0] = _calling;
    }
}
