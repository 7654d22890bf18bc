// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {InsuranceFund} from "../../avs/InsuranceFund.sol";
import {RedistributionAVS} from "../../avs/RedistributionAVS.sol";
import {IAllocationManagerTypes} from "../../src/interfaces/IAllocationManager.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {vm} from "../utils/Vm.sol";
import {ExampleScene} from "./ExampleScene.sol";

/// @dev What the examples share, with the fund for an example.
contract RedistributionAVSTest is ExampleScene {
    InsuranceFund private _insurance;

    function _deployAVS() internal override returns (RedistributionAVS) {
        _insurance = new InsuranceFund(allocationManager, strategyManager, strategy, admin, admin);
        return _insurance;
    }

    function test_constructor_makesTheSet() public view {
        vm.assertTrue(allocationManager.isOperatorSet(_set()));
        vm.assertTrue(allocationManager.isRedistributingOperatorSet(_set()));
        vm.assertEq(allocationManager.getRedistributionRecipient(_set()), address(_insurance));
        vm.assertEq(address(allocationManager.getAVSRegistrar(address(_insurance))), address(_insurance));
        IStrategy[] memory list = allocationManager.getStrategiesInOperatorSet(_set());
        _assertStrategies(list, _strategies(strategy));
        vm.assertEq(address(_insurance.token()), address(token));
    }

    function test_supportsAVS_onlyItself() public view {
        vm.assertTrue(_insurance.supportsAVS(address(_insurance)));
        vm.assertFalse(_insurance.supportsAVS(avs));
    }

    function test_registrar_isOnlyForTheAllocationManager() public {
        uint32[] memory ids = _ids(1);
        vm.expectRevert(RedistributionAVS.InvalidCaller.selector);
        _insurance.registerOperator(operator, address(_insurance), ids, "");
        vm.expectRevert(RedistributionAVS.InvalidCaller.selector);
        _insurance.deregisterOperator(operator, address(_insurance), ids);
    }

    function test_registrar_servesNoOtherAVS() public {
        vm.prank(avs);
        vm.expectRevert(abi.encodeWithSignature("InvalidAVSRegistrar()"));
        allocationManager.setAVSRegistrar(avs, _insurance);
        vm.prank(address(allocationManager));
        vm.expectRevert(RedistributionAVS.InvalidCaller.selector);
        _insurance.registerOperator(operator, avs, _ids(1), "");
    }

    function test_isMember_followsTheSet() public {
        vm.assertTrue(_insurance.isMember(operator));
        vm.assertFalse(_insurance.isMember(stranger));
        _leave(operator, _set());
        vm.assertFalse(_insurance.isMember(operator));
    }

    function test_slashableSharesOf_leavesOutWhatIsBeingDeallocated() public {
        vm.assertEq(_insurance.slashableSharesOf(operator), STAKE);
        _allocate(operator, _set(), strategy, 0.2e18);
        vm.assertEq(_insurance.slashableSharesOf(operator), 20e18);
        vm.assertEq(_insurance.slashableSharesOf(stranger), 0);
    }

    /// @dev What two incidents bring is told apart, although strangers clear and give as they like.
    function test_attribution_incidentByIncident() public {
        _cover(staker, 100e18);
        _give(7);
        _adjudicate(operator, 0.1e18);
        _clear(1);
        vm.assertEq(_insurance.settle(), 5e18 + 7, "the gift before, and the slash");
        _give(11);
        _adjudicate(otherOperator, 0.2e18);
        _give(13);
        vm.expectRevert(abi.encodeWithSelector(RedistributionAVS.SlashNotCleared.selector, 2));
        _insurance.settle();
        _clear(2);
        vm.assertEq(_insurance.settle(), 5e18 + 24);
        vm.assertEq(_insurance.held(), 10e18 + 31);
        vm.assertEq(token.balanceOf(address(_insurance)), 10e18 + 31);
    }

    function test_attribution_whenTheStrategyDoesNotPay() public {
        _cover(staker, 100e18);
        _adjudicate(operator, 0.1e18);
        _pause(strategy, 1);
        vm.expectRevert(abi.encodeWithSignature("CurrentlyPaused()"));
        strategyManager.clearBurnOrRedistributableShares(_set(), 1);
        vm.expectRevert(abi.encodeWithSelector(RedistributionAVS.SlashNotCleared.selector, 1));
        _insurance.settle();
        vm.assertEq(_insurance.inFlight(), _amounts(1));
        vm.prank(unpauser);
        strategy.unpause(0);
        _clear(1);
        vm.assertEq(_insurance.settle(), 5e18);
        vm.assertEq(_insurance.inFlight().length, 0);
    }

    function _cover(address holder, uint256 amount) private {
        vm.prank(admin);
        _insurance.setCover(holder, amount);
    }

    function _adjudicate(address who, uint256 wad) private {
        InsuranceFund.Fault[] memory faults = new InsuranceFund.Fault[](1);
        faults[0] = InsuranceFund.Fault(who, wad);
        InsuranceFund.Loss[] memory losses = new InsuranceFund.Loss[](1);
        losses[0] = InsuranceFund.Loss(staker, 20e18);
        vm.prank(admin);
        _insurance.adjudicate(faults, losses);
    }
}
