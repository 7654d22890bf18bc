// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {SlashingLib} from "../src/libraries/SlashingLib.sol";

/// @notice Numbers that all follow from one fuzzed input.
struct Dice {
    uint256 state;
}

/// @title How numbers are drawn
/// @notice With the distributions of the campaign: ends, round numbers and every size of number are likely.
library Draw {
    /// @dev Odd, without pattern: the golden ratio.
    uint256 private constant MULTIPLIER = 0x9e3779b97f4a7c15f39cc0605cedc8341082276bf3a27251f86c6a11d0c18e95;

    /// @notice The numbers of `seed`. Small seeds are common, so it is hashed.
    function dice(uint256 seed) internal pure returns (Dice memory) {
        return Dice(uint256(keccak256(abi.encode(seed))));
    }

    /// @notice A number below `n`.
    function below(Dice memory self, uint256 n) internal pure returns (uint256) {
        unchecked {
            self.state = self.state * MULTIPLIER + 1;
        }
        // The upper half: the lowest bits of such a sequence repeat soon.
        return (self.state >> 128) % n;
    }

    /// @notice Whether something that happens in `percent` of a hundred cases happens.
    function chance(Dice memory self, uint256 percent) internal pure returns (bool) {
        return below(self, 100) < percent;
    }

    /// @notice One of `items`, which must not be empty.
    function choose(Dice memory self, address[] memory items) internal pure returns (address) {
        return items[below(self, items.length)];
    }

    /// @notice One of `items`, which must not be empty.
    function pick(Dice memory self, address[] storage items) internal view returns (address) {
        return items[below(self, items.length)];
    }

    /// @notice How many of `most`: one is the usual case.
    function some(Dice memory self, uint256 most) internal pure returns (uint256) {
        return chance(self, 60) ? 1 : 1 + below(self, most);
    }

    /// @notice From one to `most`, which is not zero.
    function upTo(Dice memory self, uint256 most) internal pure returns (uint256) {
        uint256 kind = below(self, 100);
        uint256 drawn;
        if (kind < 20) drawn = most;
        else if (kind < 26) drawn = most - 1;
        else if (kind < 36) drawn = 1 + below(self, 3);
        else if (kind < 44) drawn = most / (2 + below(self, 3));
        else if (kind < 66) drawn = _round(self, most);
        else drawn = _anySize(self, most);
        if (drawn == 0) return 1;
        return drawn < most ? drawn : most;
    }

    /// @dev A digit times a power of ten.
    function _round(Dice memory self, uint256 most) private pure returns (uint256) {
        uint256 digits = 1;
        for (uint256 left = most / 10; left > 0; left /= 10) {
            ++digits;
        }
        return 10 ** below(self, digits) * (1 + below(self, 9));
    }

    /// @dev Each bit length is as likely.
    function _anySize(Dice memory self, uint256 most) private pure returns (uint256) {
        uint256 bits = 0;
        for (uint256 left = most; left > 0; left >>= 1) {
            ++bits;
        }
        return below(self, 2 ** (1 + below(self, bits)));
    }

    /// @notice A proportion to slash, in (0, WAD].
    function wad(Dice memory self) internal pure returns (uint256) {
        uint256 kind = below(self, 17);
        if (kind < 5) return (1 + below(self, 9)) * (SlashingLib.WAD / 10);
        if (kind < 9) return (1 + below(self, 99)) * (SlashingLib.WAD / 100);
        if (kind < 11) return SlashingLib.WAD;
        if (kind == 11) return SlashingLib.WAD - 1;
        if (kind == 12) return SlashingLib.WAD / 2 + 1;
        if (kind == 13) return SlashingLib.WAD / 3;
        if (kind == 14) return 1 + below(self, 3);
        return 1 + below(self, SlashingLib.WAD);
    }

    /// @notice An allocation delay in blocks: mostly short, so that allocations matter within a run.
    function allocationDelay(Dice memory self) internal pure returns (uint32) {
        uint256 kind = below(self, 9);
        if (kind < 4) return 0;
        return uint32(kind < 7 ? 1 + below(self, 20) : 21 + below(self, 80));
    }

    /// @notice Pause switches: one or two of those that mean something.
    function switches(Dice memory self) internal pure returns (uint256 status) {
        status = 1 << below(self, 3);
        if (chance(self, 25)) status |= 1 << below(self, 3);
    }
}
