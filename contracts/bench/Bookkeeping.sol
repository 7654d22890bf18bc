// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAllocationManager, IAllocationManagerTypes} from "../src/interfaces/IAllocationManager.sol";
import {IDelegationManagerTypes} from "../src/interfaces/IDelegationManager.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../src/libraries/OperatorSetLib.sol";
import {SlashingLib} from "../src/libraries/SlashingLib.sol";
import {vm} from "../test/utils/Vm.sol";
import {Dice, Draw} from "./Draw.sol";
import {Cleared, Ghosts, Kind, Last, Queued, Slashed, StrategyHistory} from "./Ghosts.sol";
import {LedgerLib, NONE} from "./Ledger.sol";
import {Group, Lens} from "./Lens.sol";
import {Stage} from "./Stage.sol";
import {IRedistributionAllocationManager} from "../src/redistribution/interfaces/IRedistributionAllocationManager.sol";

/// @title What the handler remembers
/// @notice Lets time pass, and keeps the history that invariants need.
abstract contract Bookkeeping is Stage {
    using Draw for Dice;
    using SlashingLib for uint256;

    /// @notice Thrown by a strict campaign when there is nothing to do, so that such calls are counted.
    error NothingToDo();

    /// @dev Stands for no operator.
    uint8 internal constant NOBODY = type(uint8).max;

    /* STORAGE */

    Lens internal _lens;

    uint256[SETS] private _slashes;
    address[SETS] internal _recipients;
    bool[SETS] internal _exists;
    uint64[STRATEGIES][OPERATORS] private _maxMagnitudes;
    StrategyHistory[STRATEGIES] private _histories;
    Queued[] internal _withdrawals;
    Last private _last;

    Cleared[] private _cleared;
    /// @dev Slash and strategy to shares, and to the place in `_cleared`, counted from one.
    mapping(uint256 slashKey => uint256) private _recorded;
    mapping(uint256 slashKey => uint256) private _clearedPlace;

    /// @dev Blocks at which something changes by itself. Those that are past are dropped when they are met.
    uint32[] private _deadlines;

    /* SETUP */

    /// @dev Deploys the world. What is in it already is part of the history.
    function _open() internal {
        _bootstrap();
        _lens = new Lens();
        LedgerLib.teach(_lens, _setting());
        for (uint256 i = 0; i < avss.length; ++i) {
            _created(4 * i, address(0));
            _created(4 * i + 1, recipients[i % recipients.length]);
        }
        for (uint256 i = 0; i < OPERATORS; ++i) {
            _observeMagnitudes(i);
        }
    }

    /// @dev Whether calls that find nothing to do revert instead of returning early.
    function _isStrict() internal pure virtual returns (bool) {
        return false;
    }

    /* FOR INVARIANTS */

    /// @dev What happened.
    function _ghosts() internal view returns (Ghosts memory) {
        return Ghosts({
            slashes: _slashes,
            recipients: _recipients,
            maxMagnitudes: _maxMagnitudes,
            strategies: _histories,
            cleared: _cleared,
            withdrawals: _withdrawals,
            last: _last
        });
    }

    /* CALLS */

    /// @dev Begins a call: time passes, and what transition invariants compare is remembered.
    function _begin(uint256 seed) internal returns (Dice memory dice) {
        dice = Draw.dice(seed);
        _letTimePass(dice);
        // Only slashes move them, so the history is brought up to date only after slashes.
        if (_last.kind == Kind.Slash) _observeMagnitudes(_last.slashed.operator);
        _last.kind = Kind.Other;
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            _last.totalShares[i] = strategies[i].totalShares();
            _last.balances[i] = tokens[i].balanceOf(address(strategies[i]));
        }
    }

    /// @dev There was nothing to do.
    function _idle() internal pure {
        require(!_isStrict(), NothingToDo());
    }

    /// @dev Often none, often a block, often just to a block at which something changes.
    function _letTimePass(Dice memory dice) private {
        uint256 kind = dice.below(100);
        uint256 blocks;
        if (kind < 40) blocks = 0;
        else if (kind < 66) blocks = 1;
        else if (kind < 72) blocks = 2 + dice.below(10);
        else if (kind < 76) blocks = 1 + dice.below(120);
        else blocks = _untilDeadline(dice);
        if (blocks > 0) _pass(blocks);
    }

    /// @dev To the block before a deadline, the block itself or the block after.
    function _untilDeadline(Dice memory dice) private returns (uint256) {
        while (_deadlines.length > 0) {
            uint256 at = dice.below(_deadlines.length);
            uint256 deadline = _deadlines[at];
            if (deadline > block.number) return deadline + dice.below(3) - 1 - block.number;
            _deadlines[at] = _deadlines[_deadlines.length - 1];
            _deadlines.pop();
        }
        return 0;
    }

    function _expect(uint256 deadline) internal {
        if (deadline > block.number) _deadlines.push(uint32(deadline));
    }

    /* SETS AND SHARES */

    function _created(uint256 set, address recipient) internal {
        _exists[set] = true;
        _recipients[set] = recipient;
    }

    function _deposited(uint256 strategy, uint256 shares) internal {
        unchecked {
            _histories[strategy].shares += shares;
        }
    }

    function _withdrawn(uint256 strategy, uint256 shares) internal {
        unchecked {
            _histories[strategy].shares -= shares;
        }
    }

    /* WITHDRAWALS */

    /// @dev New entries of the withdrawal queue.
    function _queued(bytes32[] memory roots) internal {
        for (uint256 i = 0; i < roots.length; ++i) {
            IDelegationManagerTypes.Withdrawal memory withdrawal = delegationManager.queuedWithdrawals(roots[i]);
            Queued storage queued = _withdrawals.push();
            queued.root = roots[i];
            queued.staker = uint8(_placeOf(stakers, withdrawal.staker));
            queued.startBlock = withdrawal.startBlock;
            uint256 operator = _placeOf(operators, withdrawal.delegatedTo);
            queued.operator = operator == NONE ? NOBODY : uint8(operator);
            for (uint256 j = 0; j < withdrawal.strategies.length; ++j) {
                uint256 strategy = _placeOf(withdrawal.strategies[j]);
                queued.scaledShares[strategy] = withdrawal.scaledShares[j];
                if (operator != NONE) _queuedByDelegated(operator, strategy, withdrawal.scaledShares[j]);
            }
            _expect(block.number + WITHDRAWAL_DELAY + 1);
        }
    }

    function _queuedByDelegated(uint256 operator, uint256 strategy, uint256 scaledShares) private {
        uint256 magnitude = allocationManager.getMaxMagnitude(operators[operator], strategies[strategy]);
        ++_histories[strategy].queued;
        if (magnitude * scaledShares % SlashingLib.WAD != 0) ++_histories[strategy].queuedInexactly;
    }

    /// @dev A withdrawal left the queue. What it paid was final, so it can be computed now.
    function _completed(uint256 place, bool asTokens) internal {
        Queued storage queued = _withdrawals[place];
        queued.completed = true;
        if (!asTokens) return;
        address operator = queued.operator == NOBODY ? address(0) : operators[queued.operator];
        uint64[] memory magnitudes =
            allocationManager.getMaxMagnitudesAtBlock(operator, _listed(), queued.startBlock + WITHDRAWAL_DELAY);
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            _withdrawn(i, queued.scaledShares[i].mulWadDown(magnitudes[i]));
        }
    }

    /* SLASHES */

    /// @dev Slashes, and remembers what invariants about slashes compare. `wads` is zero where nothing is slashed.
    function _slash(address caller, uint256 operator, uint256 set, uint256[STRATEGIES] memory wads)
        internal
        returns (bool done)
    {
        _rememberSlash(caller, operator, set, wads);
        bytes memory call = abi.encodeCall(
            IRedistributionAllocationManager.slashOperator, (sets[set].avs, _params(operator, set, wads))
        );
        vm.prank(caller);
        (done,) = address(allocationManager).call(call);
        if (done) _slashed(operator, set, wads);
    }

    function _params(uint256 operator, uint256 set, uint256[STRATEGIES] memory wads)
        private
        view
        returns (IAllocationManagerTypes.SlashingParams memory params)
    {
        uint256 count = 0;
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            if (wads[i] > 0) ++count;
        }
        params.operator = operators[operator];
        params.operatorSetId = sets[set].id;
        params.strategies = new IStrategy[](count);
        params.wadsToSlash = new uint256[](count);
        // Ours are sorted, as a slash wants them.
        for (uint256 i = STRATEGIES; i > 0; --i) {
            if (wads[i - 1] == 0) continue;
            --count;
            params.strategies[count] = strategies[i - 1];
            params.wadsToSlash[count] = wads[i - 1];
        }
    }

    function _rememberSlash(address caller, uint256 operator, uint256 set, uint256[STRATEGIES] memory wads) private {
        Slashed storage slashed = _last.slashed;
        address account = operators[operator];
        slashed.operator = uint8(operator);
        slashed.set = uint8(set);
        slashed.atBlock = uint32(block.number);
        slashed.permitted = permissionController.canCall(
            sets[set].avs, caller, address(allocationManager), IRedistributionAllocationManager.slashOperator.selector
        );
        slashed.wads = wads;
        // Zero where the set's own were, so that what is hashed has the same length for every set.
        uint256[] memory others = _lens.read(address(allocationManager), Group.Allocations, operator);
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            (slashed.allocations[i], others[set * STRATEGIES + i]) = (others[set * STRATEGIES + i], 0);
        }
        slashed.othersHash = keccak256(abi.encodePacked(others));
        uint256[] memory encumbered = _lens.read(address(allocationManager), Group.Encumbered, 0);
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            slashed.encumbered[i] = encumbered[operator * STRATEGIES + i];
            slashed.operatorShares[i] = delegationManager.operatorShares(account, strategies[i]);
        }
        slashed.holdingsHash = keccak256(abi.encodePacked(_holdings()));
    }

    function _slashed(uint256 operator, uint256 set, uint256[STRATEGIES] memory wads) private {
        _last.kind = Kind.Slash;
        ++_slashes[set];
        uint256 id = allocationManager.getSlashCount(sets[set]);
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            if (wads[i] == 0) continue;
            uint64 magnitude = allocationManager.getMaxMagnitude(operators[operator], strategies[i]);
            if (magnitude != _maxMagnitudes[operator][i]) ++_histories[i].slashes;
            _recorded[_slashKey(set, id, i)] =
                strategyManager.getBurnOrRedistributableShares(sets[set], id, strategies[i]);
        }
    }

    function _observeMagnitudes(uint256 operator) private {
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            _maxMagnitudes[operator][i] = allocationManager.getMaxMagnitude(operators[operator], strategies[i]);
        }
    }

    /* SLASHED SHARES */

    /// @dev Just before a slash is cleared, in one strategy or in all: {NONE}.
    function _clearing(uint256 set, uint256 id, uint256 only) internal {
        _last.clearedSet = set;
        _last.holdings = _holdings();
        (IStrategy[] memory where, uint256[] memory shares) =
            strategyManager.getBurnOrRedistributableShares(sets[set], id);
        for (uint256 i = 0; i < where.length; ++i) {
            uint256 strategy = _placeOf(where[i]);
            if (only == NONE || only == strategy) _withdrawn(strategy, shares[i]);
        }
    }

    /// @dev Just after. What was paid is what the strategies lost, not what the books say.
    function _clearedSlash(uint256 set, uint256 id) internal {
        _last.kind = Kind.Clear;
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            uint256 left = strategies[i].totalShares();
            if (left >= _last.totalShares[i]) continue;
            uint256 key = _slashKey(set, id, i);
            if (_clearedPlace[key] == 0) {
                _cleared.push(Cleared(_recorded[key], 0));
                _clearedPlace[key] = _cleared.length;
            }
            _cleared[_clearedPlace[key] - 1].paid += _last.totalShares[i] - left;
        }
    }

    function _slashKey(uint256 set, uint256 id, uint256 strategy) private pure returns (uint256) {
        return (id * SETS + set) * STRATEGIES + strategy;
    }

    /// @dev Every balance that is watched: by token, then holder.
    function _holdings() internal view returns (uint256[] memory all) {
        all = new uint256[](STRATEGIES * holders.length);
        uint256 place = 0;
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            uint256[] memory ofToken = _lens.read(address(tokens[i]), Group.Holdings, 0);
            for (uint256 j = 0; j < ofToken.length; ++j) {
                all[place++] = ofToken[j];
            }
        }
    }

    /* PLACES */

    function _placeOf(address[] storage accounts, address account) internal view returns (uint256) {
        for (uint256 i = 0; i < accounts.length; ++i) {
            if (accounts[i] == account) return i;
        }
        return NONE;
    }

    function _placeOf(IStrategy strategy) internal view returns (uint256) {
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            if (strategies[i] == strategy) return i;
        }
        return NONE;
    }

    function _placeOf(OperatorSet memory operatorSet) internal view returns (uint256) {
        for (uint256 i = 0; i < SETS; ++i) {
            if (sets[i].avs == operatorSet.avs && sets[i].id == operatorSet.id) return i;
        }
        return NONE;
    }
}
