// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {InsuranceFund} from "../../avs/InsuranceFund.sol";
import {RedistributionAVS} from "../../avs/RedistributionAVS.sol";
import {bound} from "../utils/Bound.sol";
import {vm} from "../utils/Vm.sol";
import {ExampleScene} from "./ExampleScene.sol";

contract InsuranceFundTest is ExampleScene {
    address private immutable _underwriter = _actor("underwriter");
    address private immutable _adjudicator = _actor("adjudicator");

    InsuranceFund private _insurance;

    function _deployAVS() internal override returns (RedistributionAVS) {
        _insurance = new InsuranceFund(allocationManager, strategyManager, strategy, _underwriter, _adjudicator);
        return _insurance;
    }

    function setUp() public override {
        super.setUp();
        _cover(staker, 30e18);
        _cover(otherStaker, 30e18);
    }

    /* SET COVER */

    function test_setCover_replacesIt() public {
        _cover(staker, 7);
        vm.assertEq(_insurance.coverOf(staker), 7);
    }

    function test_setCover_onlyByTheUnderwriter() public {
        vm.prank(_adjudicator);
        vm.expectRevert(RedistributionAVS.InvalidCaller.selector);
        _insurance.setCover(staker, 1);
    }

    /* ADJUDICATE */

    function test_adjudicate_slashesAndNotes() public {
        vm.assertEq(_adjudicate(_faults(operator, 0.1e18), _losses(4e18, 6e18)), 1);
        vm.assertEq(_waiting(1), 5e18);
        vm.assertEq(_insurance.coverOf(staker), 26e18);
        vm.assertEq(_insurance.coverOf(otherStaker), 24e18);
        vm.assertEq(_insurance.lossOf(1, staker), 4e18);
        (uint256 losses, uint256 payout,,, bool settled) = _insurance.incidents(1);
        vm.assertEq(losses, 10e18);
        vm.assertEq(payout, 0);
        vm.assertFalse(settled);
    }

    function test_adjudicate_severalAtFault() public {
        InsuranceFund.Fault[] memory faults = new InsuranceFund.Fault[](2);
        faults[0] = InsuranceFund.Fault(operator, 0.1e18);
        faults[1] = InsuranceFund.Fault(otherOperator, 0.2e18);
        _adjudicate(faults, _losses(4e18, 6e18));
        vm.assertEq(_insurance.inFlight(), _amounts(1, 2));
        _clear(2);
        vm.expectRevert(abi.encodeWithSelector(RedistributionAVS.SlashNotCleared.selector, 1));
        _insurance.settle();
        _clear(1);
        vm.assertEq(_insurance.settle(), 10e18);
    }

    function test_adjudicate_onlyByTheAdjudicator() public {
        vm.prank(_underwriter);
        vm.expectRevert(RedistributionAVS.InvalidCaller.selector);
        _insurance.adjudicate(_faults(operator, 0.1e18), _losses(1, 1));
    }

    function test_adjudicate_oneAtATime() public {
        _adjudicate(_faults(operator, 0.1e18), _losses(1, 1));
        _refused(InsuranceFund.IncidentOpen.selector, _faults(operator, 0.1e18), _losses(1, 1));
        _clear(1);
        _refused(InsuranceFund.IncidentOpen.selector, _faults(operator, 0.1e18), _losses(1, 1));
        _insurance.settle();
        vm.assertEq(_adjudicate(_faults(operator, 0.1e18), _losses(1, 1)), 2);
    }

    function test_adjudicate_notWithoutFaultOrLoss() public {
        bytes4 empty = InsuranceFund.IncidentIsEmpty.selector;
        _refused(empty, new InsuranceFund.Fault[](0), _losses(1, 1));
        _refused(empty, _faults(operator, 1), new InsuranceFund.Loss[](0));
        _refused(RedistributionAVS.AmountZero.selector, _faults(operator, 1), _losses(1, 0));
    }

    function test_adjudicate_notMoreThanIsCovered() public {
        _refused(InsuranceFund.LossNotCovered.selector, _faults(operator, 1), _losses(30e18 + 1, 1));
    }

    function test_adjudicate_nobodyTwice() public {
        InsuranceFund.Loss[] memory losses = _losses(1, 1);
        losses[1].holder = staker;
        _refused(InsuranceFund.LossListedTwice.selector, _faults(operator, 1), losses);
    }

    function test_adjudicate_onlyWhoCanBeSlashed() public {
        vm.prank(_adjudicator);
        vm.expectRevert(abi.encodeWithSignature("OperatorNotSlashable()"));
        _insurance.adjudicate(_faults(stranger, 1), _losses(1, 1));
    }

    /* SETTLE */

    function test_settle_onlyOnce() public {
        vm.expectRevert(InsuranceFund.NoIncidentOpen.selector);
        _insurance.settle();
        _incident(0.1e18, 1, 1);
        vm.expectRevert(InsuranceFund.NoIncidentOpen.selector);
        _insurance.settle();
    }

    function test_settle_keepsTheSurplusForTheNext() public {
        vm.assertEq(_incident(0.1e18, 1e18, 1e18), 2e18);
        vm.assertEq(_insurance.held(), 2e18);
        // 4.5 of the second slash, and 3 of the first.
        vm.assertEq(_incident(0.1e18, 20e18, 1e18), 7.5e18);
    }

    /* CLAIM */

    function test_claim_isProRata() public {
        _incident(0.1e18, 4e18, 6e18);
        vm.assertEq(_claim(otherStaker, 1), 3e18);
        vm.assertEq(_claim(staker, 1), 2e18);
        vm.assertEq(token.balanceOf(staker), 2e18);
        vm.assertEq(_insurance.held(), 0);
    }

    function test_claim_onlyOnce() public {
        _incident(0.1e18, 4e18, 6e18);
        _claim(staker, 1);
        vm.prank(staker);
        vm.expectRevert(InsuranceFund.NothingToClaim.selector);
        _insurance.claim(1);
        vm.prank(stranger);
        vm.expectRevert(InsuranceFund.NothingToClaim.selector);
        _insurance.claim(1);
    }

    function test_claim_onlyWhenSettled() public {
        _adjudicate(_faults(operator, 0.1e18), _losses(1, 1));
        vm.prank(staker);
        vm.expectRevert(InsuranceFund.IncidentNotSettled.selector);
        _insurance.claim(1);
    }

    function test_claim_ofAnOldIncident() public {
        _incident(0.1e18, 4e18, 6e18);
        _incident(0.1e18, 4e18, 6e18);
        _claim(staker, 2);
        vm.assertEq(_claim(staker, 1), 2e18);
    }

    function test_claim_leavesTheDustToTheNext() public {
        _give(2);
        _incident(0.1e18, 4e18, 6e18);
        // A third of what was redistributed and of the gift: 2.0000000000000000008 and 3.0000000000000000012.
        vm.assertEq(_claim(staker, 1), 2e18);
        vm.assertEq(_claim(otherStaker, 1), 3e18 + 1);
        vm.assertEq(_insurance.held(), 0);
        vm.assertEq(token.balanceOf(address(_insurance)), 1);
        vm.assertEq(_incident(0.1e18, 4e18, 6e18), 4.5e18 + 1);
    }

    /* LAWS */

    /// @dev Claims and dust are what was redistributed; nobody gets more than was lost; less than a wei of dust each.
    function testFuzz_claims_areWhatWasRedistributed(uint256 wad, uint256 first, uint256 second, uint256 gift) public {
        wad = bound(wad, 1, WAD);
        (first, second) = (bound(first, 1, 30e18), bound(second, 1, 30e18));
        gift = bound(gift, 0, 1e18);
        _give(gift);
        uint256 payout = _incident(wad, first, second);
        uint256 arrived = token.balanceOf(address(_insurance));
        uint256 lost = first + second;
        vm.assertEq(payout, arrived < lost ? arrived : lost);
        (uint256 one, uint256 other) = (_claim(staker, 1), _claim(otherStaker, 1));
        vm.assertLe(one, first);
        vm.assertLe(other, second);
        vm.assertLe(one + other, payout);
        vm.assertLe(payout - one - other, 1);
        vm.assertEq(_insurance.held(), 0);
        vm.assertEq(token.balanceOf(address(_insurance)), arrived - one - other);
    }

    /* HELPERS */

    function _cover(address holder, uint256 amount) private {
        vm.prank(_underwriter);
        _insurance.setCover(holder, amount);
    }

    function _faults(address who, uint256 wad) private pure returns (InsuranceFund.Fault[] memory faults) {
        faults = new InsuranceFund.Fault[](1);
        faults[0] = InsuranceFund.Fault(who, wad);
    }

    function _losses(uint256 first, uint256 second) private view returns (InsuranceFund.Loss[] memory losses) {
        losses = new InsuranceFund.Loss[](2);
        losses[0] = InsuranceFund.Loss(staker, first);
        losses[1] = InsuranceFund.Loss(otherStaker, second);
    }

    function _adjudicate(InsuranceFund.Fault[] memory faults, InsuranceFund.Loss[] memory losses)
        private
        returns (uint256)
    {
        vm.prank(_adjudicator);
        return _insurance.adjudicate(faults, losses);
    }

    function _refused(bytes4 why, InsuranceFund.Fault[] memory faults, InsuranceFund.Loss[] memory losses) private {
        vm.prank(_adjudicator);
        vm.expectRevert(why);
        _insurance.adjudicate(faults, losses);
    }

    /// @dev An incident of `operator`, from the decision to the payout.
    function _incident(uint256 wad, uint256 first, uint256 second) private returns (uint256) {
        _adjudicate(_faults(operator, wad), _losses(first, second));
        _clear(allocationManager.getSlashCount(_set()));
        return _insurance.settle();
    }

    function _claim(address who, uint256 incidentId) private returns (uint256) {
        vm.prank(who);
        return _insurance.claim(incidentId);
    }
}
