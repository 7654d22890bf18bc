// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {StrategyManagerStorage} from "../core/StrategyManagerStorage.sol";

/// @title What the slashing release adds to the state of the strategy manager: nothing
/// @dev The gap is where later releases put what they add.
abstract contract SlashingStrategyManagerStorage is StrategyManagerStorage {
    uint256[36] private __gap;
}
