// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {DepositScalingFactor, SlashingLib} from "../../src/libraries/SlashingLib.sol";
import {bound} from "../utils/Bound.sol";
import {vm} from "../utils/Vm.sol";

/// @notice Symbols as in the library: s deposit shares, k scaling factor, f slashing factor.
contract SlashingLibTest {
    using SlashingLib for DepositScalingFactor;
    using SlashingLib for uint256;

    uint256 private constant WAD = 1e18;
    uint256 private constant MAX_SHARES = 1e38 - 1;

    DepositScalingFactor private _factor;

    /* PRODUCTS AND QUOTIENTS */

    function test_mulWad_rounds() public pure {
        vm.assertEq(uint256(3).mulWadDown(0.5e18), 1);
        vm.assertEq(uint256(3).mulWadUp(0.5e18), 2);
        vm.assertEq(uint256(4).mulWadDown(0.5e18), 2);
        vm.assertEq(uint256(4).mulWadUp(0.5e18), 2);
        vm.assertEq(uint256(1).mulWadDown(1), 0);
        vm.assertEq(uint256(1).mulWadUp(1), 1);
        vm.assertEq(uint256(0).mulWadUp(1), 0);
    }

    function test_mulWad_hasRoomForTheProduct() public pure {
        vm.assertEq(type(uint256).max.mulWadDown(WAD), type(uint256).max);
    }

    function test_mulWad_revertsWhenTheResultIsTooLarge() public {
        vm.expectRevert(bytes("Math: mulDiv overflow"));
        this.mulWadDown(type(uint256).max, WAD + 1);
    }

    function test_divWadDown_roundsDown() public pure {
        vm.assertEq(uint256(1).divWadDown(3), 333333333333333333);
        vm.assertEq(uint256(2).divWadDown(3), 666666666666666666);
        vm.assertEq(uint256(3).divWadDown(3), 1e18);
    }

    function test_divWadDown_panicsByZero() public {
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x12));
        this.divWadDown(1, 0);
    }

    function test_fuzz_mulWad_isTheProductRounded(uint256 x, uint256 y) public pure {
        x = bound(x, 0, type(uint128).max);
        y = bound(y, 0, type(uint120).max);
        uint256 down = x.mulWadDown(y);
        uint256 up = x.mulWadUp(y);
        vm.assertLe(down * WAD, x * y);
        vm.assertGe(down * WAD + WAD - 1, x * y);
        vm.assertGe(up * WAD, x * y);
        vm.assertLe(up * WAD, x * y + WAD - 1);
        vm.assertEq(up - down, x * y % WAD == 0 ? 0 : 1);
    }

    function test_fuzz_divWadDown_isTheQuotientRounded(uint256 x, uint256 y) public pure {
        x = bound(x, 0, type(uint128).max);
        y = bound(y, 1, type(uint120).max);
        uint256 quotient = x.divWadDown(y);
        vm.assertLe(quotient * y, x * WAD);
        vm.assertGe(quotient * y + y - 1, x * WAD);
    }

    /* SLASHING AN OPERATOR */

    function test_calcSlashedAmount() public pure {
        vm.assertEq(uint256(150e18).calcSlashedAmount(WAD, 0.75e18), 37.5e18);
        vm.assertEq(uint256(7).calcSlashedAmount(WAD, 0.5e18), 3);
        vm.assertEq(uint256(7).calcSlashedAmount(0.5e18, 0.5e18), 0);
        vm.assertEq(uint256(7).calcSlashedAmount(0.5e18, 0), 7);
        vm.assertEq(uint256(0.1e18).calcSlashedAmount(WAD, WAD - 1), 0);
    }

    function test_calcSlashedAmount_panicsWhenNothingWasLeft() public {
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x12));
        this.calcSlashedAmount(1, 0, 0);
    }

    function test_fuzz_calcSlashedAmount_isThePartRoundedDown(uint256 shares, uint256 prev, uint256 next) public pure {
        (shares, prev) = (bound(shares, 0, MAX_SHARES), bound(prev, 1, WAD));
        next = bound(next, 0, prev);
        vm.assertEq(shares.calcSlashedAmount(prev, next), shares * (prev - next) / prev);
    }

    function test_fuzz_calcSlashedAmount_growsWithTheSlash(uint256 shares, uint256 prev, uint256 more, uint256 less)
        public
        pure
    {
        (shares, prev) = (bound(shares, 0, MAX_SHARES), bound(prev, 1, WAD));
        more = bound(more, 0, prev);
        less = bound(less, more, prev);
        vm.assertGe(shares.calcSlashedAmount(prev, more), shares.calcSlashedAmount(prev, less));
    }

    function test_fuzz_calcSlashedAmount_twoSlashesTakeNoMoreThanOne(
        uint256 shares,
        uint256 prev,
        uint256 middle,
        uint256 next
    ) public pure {
        (shares, prev) = (bound(shares, 0, MAX_SHARES), bound(prev, 1, WAD));
        middle = bound(middle, 1, prev);
        next = bound(next, 0, middle);
        uint256 first = shares.calcSlashedAmount(prev, middle);
        uint256 second = (shares - first).calcSlashedAmount(middle, next);
        vm.assertLe(first + second, shares.calcSlashedAmount(prev, next));
    }

    /// @dev Why the operator's shares are rounded up: they have to cover what its stakers can withdraw.
    function test_fuzz_calcSlashedAmount_leavesEnoughForTheStakers(uint256 a, uint256 b, uint256 maxMagnitude)
        public
        pure
    {
        (a, b) = (bound(a, 0, MAX_SHARES / 2), bound(b, 0, MAX_SHARES / 2));
        maxMagnitude = bound(maxMagnitude, 0, WAD);
        DepositScalingFactor memory fresh;
        uint256 left = a + b - (a + b).calcSlashedAmount(WAD, maxMagnitude);
        vm.assertGe(left, fresh.calcWithdrawable(a, maxMagnitude) + fresh.calcWithdrawable(b, maxMagnitude));
    }

    /* SLASHING THE QUEUE */

    function test_scaleForBurning() public pure {
        vm.assertEq(uint256(100e18).scaleForBurning(1e18, 0.75e18), 25e18);
        vm.assertEq(uint256(3).scaleForBurning(0.5e18, 0.16e18), 1);
        vm.assertEq(uint256(1).scaleForBurning(1e18, 1), 0);
        vm.assertEq(uint256(5).scaleForBurning(0, 0), 0);
    }

    function test_scaleForBurning_panicsWhenMagnitudeGrows() public {
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        this.scaleForBurning(1, 0.5e18, 0.6e18);
    }

    function test_fuzz_scaleForBurning_twoSlashesTakeNoMoreThanOne(
        uint256 shares,
        uint64 prev,
        uint64 middle,
        uint64 next
    ) public pure {
        shares = bound(shares, 0, MAX_SHARES);
        prev = uint64(bound(prev, 0, WAD));
        middle = uint64(bound(middle, 0, prev));
        next = uint64(bound(next, 0, middle));
        uint256 twice = shares.scaleForBurning(prev, middle) + shares.scaleForBurning(middle, next);
        uint256 once = shares.scaleForBurning(prev, next);
        vm.assertLe(twice, once);
        vm.assertLe(once, twice + 1);
    }

    /* WHAT DEPOSITS ARE WORTH */

    function test_scalingFactor_isOneWhenNothingIsStored() public pure {
        vm.assertEq(DepositScalingFactor(0).scalingFactor(), 1e18);
        vm.assertEq(DepositScalingFactor(5).scalingFactor(), 5);
    }

    function test_calcWithdrawable() public pure {
        vm.assertEq(DepositScalingFactor(0).calcWithdrawable(100e18, 0.75e18), 75e18);
        vm.assertEq(DepositScalingFactor(1030303030303030302).calcWithdrawable(110e18, 0.75e18), 84999999999999999915);
        vm.assertEq(DepositScalingFactor(2e18).calcWithdrawable(100e18, 0), 0);
    }

    /// @dev 3 * 0.5 = 1.5 becomes 1, and 1 * 0.9 becomes 0, though 3 * 0.45 is more than 1.
    function test_calcWithdrawable_roundsDownTwice() public pure {
        vm.assertEq(DepositScalingFactor(0.5e18).calcWithdrawable(3, 0.9e18), 0);
    }

    function test_fuzz_calcWithdrawable_isTheWayThroughTheQueue(uint256 s, uint256 k, uint256 f) public pure {
        (s, k, f) = (bound(s, 0, MAX_SHARES), bound(k, 0, 1e36), bound(f, 0, WAD));
        DepositScalingFactor memory factor = DepositScalingFactor(k);
        vm.assertEq(factor.scaleForQueueWithdrawal(s).scaleForCompleteWithdrawal(f), factor.calcWithdrawable(s, f));
    }

    function test_fuzz_calcWithdrawable_neverExceedsTheProduct(uint256 s, uint256 k, uint256 f) public pure {
        (s, k, f) = (bound(s, 0, 1e30), bound(k, 1, 1e27), bound(f, 0, WAD));
        uint256 withdrawable = DepositScalingFactor(k).calcWithdrawable(s, f);
        vm.assertLe(withdrawable * WAD * WAD, s * k * f);
        // At most one scaled share and one share are lost.
        vm.assertGe((withdrawable + 2) * WAD * WAD, s * k * f);
    }

    function test_fuzz_calcWithdrawable_growsWithEverything(uint256 s, uint256 k, uint256 f, uint256 more) public pure {
        (s, k, f) = (bound(s, 0, MAX_SHARES), bound(k, 1, 1e36), bound(f, 0, WAD));
        more = bound(more, 0, 1e18);
        uint256 withdrawable = DepositScalingFactor(k).calcWithdrawable(s, f);
        vm.assertGe(DepositScalingFactor(k).calcWithdrawable(s + more, f), withdrawable);
        vm.assertGe(DepositScalingFactor(k + more).calcWithdrawable(s, f), withdrawable);
        vm.assertGe(DepositScalingFactor(k).calcWithdrawable(s, f + more), withdrawable);
    }

    function test_calcDepositShares() public pure {
        vm.assertEq(DepositScalingFactor(0).calcDepositShares(75e18, 0.75e18), 100e18);
        vm.assertEq(DepositScalingFactor(1030303030303030302).calcDepositShares(100, 0.75e18), 129);
    }

    function test_calcDepositShares_panicsWhenFullySlashed() public {
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x12));
        this.calcDepositShares(1e18, 1, 0);
    }

    function test_fuzz_calcDepositShares_neverExceedsTheDeposit(uint256 s, uint256 k, uint256 f) public pure {
        (s, k, f) = (bound(s, 0, MAX_SHARES), bound(k, 1, 1e36), bound(f, 1, WAD));
        DepositScalingFactor memory factor = DepositScalingFactor(k);
        vm.assertLe(factor.calcDepositShares(factor.calcWithdrawable(s, f), f), s);
    }

    /* DEPOSITING */

    function test_update_theFirstDeposit() public {
        vm.assertEq(_updated(0, 0, 10e18, WAD), 1e18);
        vm.assertEq(_updated(0, 0, 10e18, 0.5e18), 2e18);
        vm.assertEq(_updated(0, 0, 10e18, 0.75e18), 1333333333333333333);
        vm.assertEq(_updated(0, 0, 10e18, 1), 1e36);
    }

    function test_update_theFirstDepositKeepsAFactor() public {
        vm.assertEq(_updated(3e18, 0, 10e18, 0.5e18), 6e18);
    }

    function test_update_aLaterDeposit() public {
        vm.assertEq(_updated(0, 100e18, 10e18, 0.75e18), 1030303030303030302);
        vm.assertEq(_updated(0, 100e18, 10e18, WAD), 1e18);
    }

    function test_update_dust() public {
        vm.assertEq(_updated(0, 0, 1, WAD - 1), 1e18 + 1);
        vm.assertEq(_updated(1e18 + 1, 1, 1, WAD - 1), 0.5e18);
        vm.assertEq(_updated(0.5e18, 2, 1, WAD - 1), 333333333333333333);
    }

    function test_update_revertsWhenNothingIsLeft() public {
        vm.expectRevert(SlashingLib.InvalidDepositScalingFactor.selector);
        this.update(1, 1.9e18, 1, 0.5e18);
    }

    function test_updateUnguarded_storesNothingLeftAsIfThereHadBeenNoFactor() public {
        _factor = DepositScalingFactor(1);
        _factor.updateUnguarded(1.9e18, 1, 0.5e18);
        vm.assertEq(_factor._scalingFactor, 0);
        vm.assertEq(_factor.scalingFactor(), WAD);
    }

    function test_fuzz_updateUnguarded_isTheSameElsewhere(uint256 s, uint256 k, uint256 f, uint256 added) public {
        (s, k, f) = (bound(s, 0, 1e36), bound(k, 1e18, 1e36), bound(f, 1, WAD));
        added = bound(added, 1, 1e36);
        uint256 guarded = _updated(k, s, added, f);
        _factor = DepositScalingFactor(k);
        _factor.updateUnguarded(s, added, f);
        vm.assertEq(_factor._scalingFactor, guarded);
    }

    function test_update_panicsWhenFullySlashed() public {
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x12));
        this.update(0, 0, 1, 0);
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x12));
        this.update(0, 1, 1, 0);
    }

    function test_fuzz_update_neverCreatesValue(uint256 s, uint256 k, uint256 f, uint256 added) public {
        (s, k, f) = (bound(s, 1, 1e36), bound(k, 1, 1e36), bound(f, 1, WAD));
        added = bound(added, 1, 1e36);
        uint256 before = DepositScalingFactor(k).calcWithdrawable(s, f);
        // Else there is nothing to store; see above.
        vm.assume((before + added).divWadDown(s + added).divWadDown(f) != 0);
        uint256 updated = _updated(k, s, added, f);
        vm.assertLe(DepositScalingFactor(updated).calcWithdrawable(s + added, f), before + added);
    }

    function test_fuzz_update_theFirstDepositLosesDustOnly(uint256 f, uint256 added) public {
        (f, added) = (bound(f, 1, WAD), bound(added, 1, 1e36));
        uint256 withdrawable = DepositScalingFactor(_updated(0, 0, added, f)).calcWithdrawable(added, f);
        vm.assertLe(withdrawable, added);
        // One unit of k and the two roundings.
        vm.assertGe(withdrawable + added / WAD + 3, added);
    }

    function test_reset() public {
        _factor = DepositScalingFactor(5);
        _factor.reset();
        vm.assertEq(_factor._scalingFactor, 0);
        vm.assertEq(_factor.scalingFactor(), 1e18);
    }

    /* HELPERS */

    function _updated(uint256 k, uint256 s, uint256 added, uint256 f) private returns (uint256) {
        _factor = DepositScalingFactor(k);
        _factor.update(s, added, f);
        return _factor._scalingFactor;
    }

    // From outside, so that a revert can be expected.

    function update(uint256 k, uint256 s, uint256 added, uint256 f) external returns (uint256) {
        return _updated(k, s, added, f);
    }

    function mulWadDown(uint256 x, uint256 y) external pure returns (uint256) {
        return x.mulWadDown(y);
    }

    function divWadDown(uint256 x, uint256 y) external pure returns (uint256) {
        return x.divWadDown(y);
    }

    function calcSlashedAmount(uint256 shares, uint256 prev, uint256 next) external pure returns (uint256) {
        return shares.calcSlashedAmount(prev, next);
    }

    function scaleForBurning(uint256 shares, uint64 prev, uint64 next) external pure returns (uint256) {
        return shares.scaleForBurning(prev, next);
    }

    function calcDepositShares(uint256 k, uint256 withdrawable, uint256 f) external pure returns (uint256) {
        return DepositScalingFactor(k).calcDepositShares(withdrawable, f);
    }
}
