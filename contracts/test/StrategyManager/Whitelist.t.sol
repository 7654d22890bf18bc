// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {IStrategyManagerErrors, IStrategyManagerEvents} from "../../src/interfaces/IStrategyManager.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract WhitelistTest is Scene {
    IStrategy private constant NEW = IStrategy(address(0x57A7));

    /* ADDING */

    function test_add_whitelists() public {
        vm.assertFalse(strategyManager.strategyIsWhitelistedForDeposit(NEW));
        vm.recordLogs();
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.StrategyAddedToDepositWhitelist(NEW);
        _add(_strategies(NEW));
        vm.assertEq(_emitted(), 1);
        vm.assertTrue(strategyManager.strategyIsWhitelistedForDeposit(NEW));
    }

    function test_add_skipsWhatIsThere() public {
        vm.recordLogs();
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.StrategyAddedToDepositWhitelist(NEW);
        _add(_strategies(strategy, NEW, NEW));
        vm.assertEq(_emitted(), 1);
    }

    function test_add_revertsWhenNotWhitelister() public {
        vm.prank(owner);
        vm.expectRevert(IStrategyManagerErrors.OnlyStrategyWhitelister.selector);
        strategyManager.addStrategiesToDepositWhitelist(_strategies(NEW));
    }

    /* REMOVING */

    function test_remove_endsTheWhitelisting() public {
        vm.recordLogs();
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.StrategyRemovedFromDepositWhitelist(strategy);
        _remove(_strategies(strategy));
        vm.assertEq(_emitted(), 1);
        vm.assertFalse(strategyManager.strategyIsWhitelistedForDeposit(strategy));
        vm.assertTrue(strategyManager.strategyIsWhitelistedForDeposit(secondStrategy));
    }

    function test_remove_skipsWhatIsNotThere() public {
        vm.recordLogs();
        _remove(_strategies(NEW, strategy, strategy));
        vm.assertEq(_emitted(), 1);
    }

    function test_remove_leavesDepositsAlone() public {
        _deposit(staker, strategy, 10e18);
        _remove(_strategies(strategy));
        vm.assertEq(_depositShares(staker, strategy), 10e18);
        vm.assertEq(_withdrawable(staker, strategy), 10e18);
    }

    function test_remove_revertsWhenNotWhitelister() public {
        vm.prank(owner);
        vm.expectRevert(IStrategyManagerErrors.OnlyStrategyWhitelister.selector);
        strategyManager.removeStrategiesFromDepositWhitelist(_strategies(strategy));
    }

    /* THE WHITELISTER */

    function test_setStrategyWhitelister_handsOver() public {
        vm.recordLogs();
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.StrategyWhitelisterChanged(whitelister, stranger);
        vm.prank(owner);
        strategyManager.setStrategyWhitelister(stranger);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(strategyManager.strategyWhitelister(), stranger);

        vm.expectRevert(IStrategyManagerErrors.OnlyStrategyWhitelister.selector);
        _add(_strategies(NEW));
        vm.prank(stranger);
        strategyManager.addStrategiesToDepositWhitelist(_strategies(NEW));
        vm.assertTrue(strategyManager.strategyIsWhitelistedForDeposit(NEW));
    }

    function test_setStrategyWhitelister_revertsWhenNotOwner() public {
        vm.prank(whitelister);
        _expectError("Ownable: caller is not the owner");
        strategyManager.setStrategyWhitelister(stranger);
    }

    function test_whitelist_heedsNoPause() public {
        vm.prank(pauser);
        strategyManager.pauseAll();
        _add(_strategies(NEW));
        _remove(_strategies(strategy));
        vm.assertTrue(strategyManager.strategyIsWhitelistedForDeposit(NEW));
        vm.assertFalse(strategyManager.strategyIsWhitelistedForDeposit(strategy));
    }

    /* HELPERS */

    function _add(IStrategy[] memory list) private {
        vm.prank(whitelister);
        strategyManager.addStrategiesToDepositWhitelist(list);
    }

    function _remove(IStrategy[] memory list) private {
        vm.prank(whitelister);
        strategyManager.removeStrategiesFromDepositWhitelist(list);
    }
}
