// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @notice Some value from `low` to `high`, each as good as any other.
function bound(uint256 value, uint256 low, uint256 high) pure returns (uint256) {
    if (low <= value && value <= high) return value;
    return low + value % (high - low + 1);
}
