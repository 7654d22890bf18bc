// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @notice One point of a history: from block `key` on, the value is `value`.
struct Snapshot {
    uint32 key;
    uint224 value;
}

/// @title Histories by block
/// @notice Values that change at blocks, kept with strictly increasing keys, looked up by block.
/// @dev Two shapes that differ only in the value before the first entry: WAD or zero.
library Snapshots {
    /// @notice Thrown when a key is older than the newest key of the history.
    error InvalidSnapshotOrdering();

    /// @dev The value before the first entry.
    uint224 internal constant WAD = 1e18;

    /// @notice A history that starts at WAD.
    struct DefaultWadHistory {
        Snapshot[] _snapshots;
    }

    /// @notice A history that starts at zero.
    struct DefaultZeroHistory {
        Snapshot[] _snapshots;
    }

    /// @notice Records that `self` is `value` from block `key` on.
    function push(DefaultWadHistory storage self, uint32 key, uint64 value) internal {
        _push(self._snapshots, key, value);
    }

    /// @notice Records that `self` is `value` from block `key` on.
    /// @dev Values above 2^224 are truncated, as in the reference implementation.
    function push(DefaultZeroHistory storage self, uint32 key, uint256 value) internal {
        _push(self._snapshots, key, uint224(value));
    }

    /// @notice The value of `self` at block `key`, inclusive.
    function upperLookup(DefaultWadHistory storage self, uint32 key) internal view returns (uint64) {
        return uint64(_upperLookup(self._snapshots, key, WAD));
    }

    /// @notice The value of `self` at block `key`, inclusive.
    function upperLookup(DefaultZeroHistory storage self, uint32 key) internal view returns (uint256) {
        return _upperLookup(self._snapshots, key, 0);
    }

    /// @notice The newest value of `self`.
    function latest(DefaultWadHistory storage self) internal view returns (uint64) {
        return uint64(_latest(self._snapshots, WAD));
    }

    /// @notice The newest value of `self`.
    function latest(DefaultZeroHistory storage self) internal view returns (uint256) {
        return _latest(self._snapshots, 0);
    }

    function _push(Snapshot[] storage snapshots, uint32 key, uint224 value) private {
        uint256 length = snapshots.length;
        if (length > 0) {
            Snapshot storage last = snapshots[length - 1];
            require(last.key <= key, InvalidSnapshotOrdering());
            if (last.key == key) {
                last.value = value;
                return;
            }
        }
        snapshots.push(Snapshot({key: key, value: value}));
    }

    function _latest(Snapshot[] storage snapshots, uint224 initial) private view returns (uint224) {
        uint256 length = snapshots.length;
        return length == 0 ? initial : snapshots[length - 1].value;
    }

    /// @dev Binary search for the last entry whose key is at most `key`.
    function _upperLookup(Snapshot[] storage snapshots, uint32 key, uint224 initial) private view returns (uint224) {
        uint256 low = 0;
        uint256 high = snapshots.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (snapshots[middle].key > key) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return high == 0 ? initial : snapshots[high - 1].value;
    }
}
