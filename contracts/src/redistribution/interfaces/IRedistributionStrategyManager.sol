// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IStrategy} from "../../interfaces/IStrategy.sol";
import {IStrategyManager} from "../../interfaces/IStrategyManager.sol";
import {OperatorSet} from "../../libraries/OperatorSetLib.sol";
import {IRedistributionShareManager} from "./IRedistributionShareManager.sol";

/// @title The strategy manager of the redistribution release
/// @notice Keeps the shares that slashes took, one entry for each operator set, slash and strategy, until somebody
/// clears them.
interface IRedistributionStrategyManager is IStrategyManager, IRedistributionShareManager {
    /// @notice Thrown when a slash would book a strategy twice.
    error StrategyAlreadyInSlash();

    /// @notice A slash took `shares`, which wait to be burned or redistributed.
    event BurnOrRedistributableSharesIncreased(
        OperatorSet operatorSet, uint256 slashId, IStrategy strategy, uint256 shares
    );
    /// @notice `shares` of a slash were burned or redistributed.
    event BurnOrRedistributableSharesDecreased(
        OperatorSet operatorSet, uint256 slashId, IStrategy strategy, uint256 shares
    );

    /// @notice Sends all that slash `slashId` took to the set's recipient, or burns it, at today's rates. Anybody.
    /// @return amounts tokens sent, one for each strategy
    function clearBurnOrRedistributableShares(OperatorSet calldata operatorSet, uint256 slashId)
        external
        returns (uint256[] memory amounts);

    /// @notice The same for one strategy of the slash, for when another does not pay. Anybody.
    function clearBurnOrRedistributableSharesByStrategy(
        OperatorSet calldata operatorSet,
        uint256 slashId,
        IStrategy strategy
    ) external returns (uint256 amount);

    /// @notice What a slash took and nobody cleared yet.
    function getBurnOrRedistributableShares(OperatorSet calldata operatorSet, uint256 slashId)
        external
        view
        returns (IStrategy[] memory, uint256[] memory);

    /// @notice The same in one strategy.
    function getBurnOrRedistributableShares(OperatorSet calldata operatorSet, uint256 slashId, IStrategy strategy)
        external
        view
        returns (uint256);

    /// @notice How many strategies of a slash are not cleared.
    function getBurnOrRedistributableCount(OperatorSet calldata operatorSet, uint256 slashId)
        external
        view
        returns (uint256);

    /// @notice The sets with slashes that are not cleared.
    function getPendingOperatorSets() external view returns (OperatorSet[] memory);

    /// @notice The slashes of a set that are not cleared.
    function getPendingSlashIds(OperatorSet calldata operatorSet) external view returns (uint256[] memory);
}
