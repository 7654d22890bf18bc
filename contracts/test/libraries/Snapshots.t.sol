// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Snapshots} from "../../src/libraries/Snapshots.sol";
import {bound} from "../utils/Bound.sol";
import {vm} from "../utils/Vm.sol";

contract SnapshotsTest {
    using Snapshots for Snapshots.DefaultWadHistory;
    using Snapshots for Snapshots.DefaultZeroHistory;

    Snapshots.DefaultWadHistory private _wads;
    Snapshots.DefaultZeroHistory private _sums;

    function test_empty_hasTheDefault() public view {
        vm.assertEq(_wads.latest(), 1e18);
        vm.assertEq(_wads.upperLookup(0), 1e18);
        vm.assertEq(_wads.upperLookup(type(uint32).max), 1e18);
        vm.assertEq(_sums.latest(), 0);
        vm.assertEq(_sums.upperLookup(type(uint32).max), 0);
    }

    function test_upperLookup_includesTheBlock() public {
        _wads.push(10, 7);
        _wads.push(20, 5);
        vm.assertEq(_wads.upperLookup(9), 1e18);
        vm.assertEq(_wads.upperLookup(10), 7);
        vm.assertEq(_wads.upperLookup(19), 7);
        vm.assertEq(_wads.upperLookup(20), 5);
        vm.assertEq(_wads.upperLookup(21), 5);
        vm.assertEq(_wads.latest(), 5);
    }

    function test_upperLookup_beforeTheFirstIsTheDefault() public {
        _sums.push(10, 7);
        vm.assertEq(_sums.upperLookup(9), 0);
        vm.assertEq(_sums.upperLookup(10), 7);
    }

    function test_push_inTheSameBlockOverwrites() public {
        _wads.push(10, 7);
        _wads.push(10, 5);
        vm.assertEq(_wads._snapshots.length, 1);
        vm.assertEq(_wads.upperLookup(10), 5);
        _sums.push(10, 7);
        _sums.push(10, 5);
        vm.assertEq(_sums._snapshots.length, 1);
        vm.assertEq(_sums.upperLookup(10), 5);
    }

    function test_push_zeroIsAValue() public {
        _wads.push(10, 0);
        vm.assertEq(_wads.latest(), 0);
        vm.assertEq(_wads.upperLookup(10), 0);
    }

    function test_push_revertsWhenOlder() public {
        this.pushWad(10, 7);
        vm.expectRevert(Snapshots.InvalidSnapshotOrdering.selector);
        this.pushWad(9, 5);
        this.pushSum(10, 7);
        vm.expectRevert(Snapshots.InvalidSnapshotOrdering.selector);
        this.pushSum(9, 5);
    }

    function test_push_cutsSumsTo224Bits() public {
        _sums.push(10, (uint256(1) << 224) + 3);
        vm.assertEq(_sums.latest(), 3);
        _sums.push(11, (uint256(1) << 224) - 1);
        vm.assertEq(_sums.latest(), (uint256(1) << 224) - 1);
    }

    function test_fuzz_upperLookup_findsTheLastOneThatIsNotLater(uint256 seed, uint256 count, uint32 asked) public {
        count = bound(count, 0, 40);
        uint32 key = 0;
        uint256 expected = 0;
        asked = uint32(bound(asked, 0, 500));
        for (uint256 i = 0; i < count; ++i) {
            key += uint32(bound(uint256(keccak256(abi.encode(seed, i))), 0, 20));
            _sums.push(key, i + 1);
            if (key <= asked) expected = i + 1;
        }
        vm.assertEq(_sums.upperLookup(asked), expected);
        vm.assertEq(_sums.latest(), count);
    }

    function pushWad(uint32 key, uint64 value) external {
        _wads.push(key, value);
    }

    function pushSum(uint32 key, uint256 value) external {
        _sums.push(key, value);
    }
}
