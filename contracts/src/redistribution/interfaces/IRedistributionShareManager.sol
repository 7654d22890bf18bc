// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IShareManager} from "../../interfaces/IShareManager.sol";
import {IStrategy} from "../../interfaces/IStrategy.sol";
import {OperatorSet} from "../../libraries/OperatorSetLib.sol";

/// @title Who keeps the deposit shares, in the redistribution release
/// @notice Is told of a slash by set and number.
interface IRedistributionShareManager is IShareManager {
    /// @notice Books what slash `slashId` of `operatorSet` took in `strategy`.
    function increaseBurnOrRedistributableShares(
        OperatorSet calldata operatorSet,
        uint256 slashId,
        IStrategy strategy,
        uint256 addedSharesToBurn
    ) external;
}
