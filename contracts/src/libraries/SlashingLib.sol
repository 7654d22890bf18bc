// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice What turns a staker's deposit shares into scaled shares: it undoes the slashing that happened to the
/// operator before the staker came. Stored zero means WAD.
struct DepositScalingFactor {
    uint256 _scalingFactor;
}

/// @title The arithmetic of slashing
/// @notice Every multiplication and division of the accounting, with its rounding direction in its name.
/// @dev Symbols used below, for one staker and one strategy:
///
///   s  deposit shares: what was deposited, never changed by a slash
///   k  deposit scaling factor
///   f  slashing factor: the operator's maximum magnitude (times the beacon chain slashing factor for native ETH)
///
///   withdrawable shares = s * k / WAD * f / WAD, rounded down at both divisions
library SlashingLib {
    using Math for uint256;

    /// @notice Thrown when a deposit would leave a staker with a scaling factor of zero, which storage reads as WAD.
    error InvalidDepositScalingFactor();

    /// @dev One, as a magnitude, a wad or a factor.
    uint64 internal constant WAD = 1e18;

    /// @notice `x * y / WAD`, rounded down.
    function mulWadDown(uint256 x, uint256 y) internal pure returns (uint256) {
        return x.mulDiv(y, WAD);
    }

    /// @notice `x * y / WAD`, rounded up.
    function mulWadUp(uint256 x, uint256 y) internal pure returns (uint256) {
        return x.mulDiv(y, WAD, Math.Rounding.Up);
    }

    /// @notice `x * WAD / y`, rounded down.
    function divWadDown(uint256 x, uint256 y) internal pure returns (uint256) {
        return x.mulDiv(WAD, y);
    }

    /// @notice The factor in force: what is stored, or WAD when nothing is.
    function scalingFactor(DepositScalingFactor memory factor) internal pure returns (uint256) {
        return factor._scalingFactor == 0 ? WAD : factor._scalingFactor;
    }

    /// @notice Deposit shares as they enter the withdrawal queue: `s * k`, rounded down, against the staker.
    function scaleForQueueWithdrawal(DepositScalingFactor memory factor, uint256 depositShares)
        internal
        pure
        returns (uint256 scaledShares)
    {
        return mulWadDown(depositShares, scalingFactor(factor));
    }

    /// @notice Scaled shares as they leave the withdrawal queue: times `slashingFactor`, rounded down, against the
    /// staker.
    function scaleForCompleteWithdrawal(uint256 scaledShares, uint256 slashingFactor) internal pure returns (uint256) {
        return mulWadDown(scaledShares, slashingFactor);
    }

    /// @notice The part of `scaledShares` in the queue that a slash from `prevMaxMagnitude` to `newMaxMagnitude` takes,
    /// rounded down, in favour of the withdrawing stakers.
    function scaleForBurning(uint256 scaledShares, uint64 prevMaxMagnitude, uint64 newMaxMagnitude)
        internal
        pure
        returns (uint256)
    {
        return mulWadDown(scaledShares, prevMaxMagnitude - newMaxMagnitude);
    }

    /// @notice The part of `operatorShares` that a slash from `prevMaxMagnitude` to `newMaxMagnitude` takes.
    /// @dev What remains is rounded up, so what is taken is rounded down: the operator's shares stay at or above the
    /// sum of what its stakers can withdraw.
    function calcSlashedAmount(uint256 operatorShares, uint256 prevMaxMagnitude, uint256 newMaxMagnitude)
        internal
        pure
        returns (uint256)
    {
        return operatorShares - operatorShares.mulDiv(newMaxMagnitude, prevMaxMagnitude, Math.Rounding.Up);
    }

    /// @notice What a staker can withdraw of `depositShares`, rounded down twice, against the staker.
    function calcWithdrawable(DepositScalingFactor memory factor, uint256 depositShares, uint256 slashingFactor)
        internal
        pure
        returns (uint256)
    {
        return mulWadDown(mulWadDown(depositShares, scalingFactor(factor)), slashingFactor);
    }

    /// @notice The deposit shares behind `withdrawableShares`, rounded down twice; not an exact inverse.
    function calcDepositShares(DepositScalingFactor memory factor, uint256 withdrawableShares, uint256 slashingFactor)
        internal
        pure
        returns (uint256)
    {
        return divWadDown(divWadDown(withdrawableShares, scalingFactor(factor)), slashingFactor);
    }

    /// @notice Adjusts the factor as {updateUnguarded} does, and refuses what storage could not tell from no factor.
    function update(
        DepositScalingFactor storage self,
        uint256 prevDepositShares,
        uint256 addedShares,
        uint256 slashingFactor
    ) internal {
        updateUnguarded(self, prevDepositShares, addedShares, slashingFactor);
        require(self._scalingFactor != 0, InvalidDepositScalingFactor());
    }

    /// @notice Adjusts the factor so that `addedShares` arrive unslashed although the operator was slashed before.
    /// @dev With k' the new factor, the deposit must be worth what it was worth before plus what was added:
    ///
    ///   (s + added) * k' * f = s * k * f + added,  hence  k' = (s * k * f + added) / (s + added) / f
    ///
    /// Both divisions round down, so no deposit ever creates value. For a first deposit s is zero; k then stays a
    /// multiplicand, which matters only for native ETH, whose factor can differ from WAD without shares.
    function updateUnguarded(
        DepositScalingFactor storage self,
        uint256 prevDepositShares,
        uint256 addedShares,
        uint256 slashingFactor
    ) internal {
        DepositScalingFactor memory current = DepositScalingFactor(self._scalingFactor);
        if (prevDepositShares == 0) {
            self._scalingFactor = divWadDown(scalingFactor(current), slashingFactor);
            return;
        }
        uint256 worth = calcWithdrawable(current, prevDepositShares, slashingFactor) + addedShares;
        self._scalingFactor = divWadDown(divWadDown(worth, prevDepositShares + addedShares), slashingFactor);
    }

    /// @notice Forgets the factor: the staker holds no shares any more.
    function reset(DepositScalingFactor storage self) internal {
        self._scalingFactor = 0;
    }
}
