// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAVSRegistrar} from "../src/interfaces/IAVSRegistrar.sol";
import {IAllocationManager, IAllocationManagerTypes} from "../src/interfaces/IAllocationManager.sol";
import {IDelegationManager} from "../src/interfaces/IDelegationManager.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {IRedistributionAllocationManager} from "../src/redistribution/interfaces/IRedistributionAllocationManager.sol";

/// @title A registrar with a will of its own
/// @notice Answers as it was told to, and calls back while it is asked. Anybody may tell it: the harness plays whoever
/// it belongs to.
contract WilfulRegistrar is IAVSRegistrar, IAllocationManagerTypes {
    /// @notice What it does when an operator comes or leaves. All but the first two refuse.
    enum Answer {
        Nothing,
        False,
        Revert,
        RevertEmpty,
        RevertLong,
        Panic,
        BurnGas
    }

    /// @notice What it calls while it is asked, and puts up with the failure of.
    enum Reaction {
        None,
        Repeat,
        Undo,
        Slash,
        Allocate,
        Replace,
        Approve
    }

    /// @notice Why it refuses, when it says so.
    error NotToday(address operator);

    /// @dev Bytes of a long reason.
    uint256 private constant LONG = 10_000;

    address private immutable _allocationManager;
    address private immutable _delegationManager;

    /// @notice Whether it serves AVSs, and what it answers to who comes and who leaves.
    bool public serves = true;
    Answer public coming;
    Answer public leaving;

    /// @notice What it calls back.
    Reaction public reaction;
    bool private _reacting;

    /// @notice How many came and left.
    uint256 public comings;
    uint256 public leavings;

    /// @notice How often it called back, and was let in.
    uint256 public attempts;
    uint256 public successes;

    /// @notice Of whom it was told last.
    address public lastOperator;
    address public lastAvs;

    /// @notice The hash of the sets of which it was told last, each in 32 bytes.
    bytes32 public lastIds;

    constructor(address allocationManager, address delegationManager) {
        (_allocationManager, _delegationManager) = (allocationManager, delegationManager);
    }

    /// @notice Tells it how to behave.
    function behave(bool newServes, Answer newComing, Answer newLeaving, Reaction newReaction) external {
        (serves, coming, leaving, reaction) = (newServes, newComing, newLeaving, newReaction);
    }

    /// @inheritdoc IAVSRegistrar
    function registerOperator(address operator, address avs, uint32[] calldata operatorSetIds, bytes calldata)
        external
    {
        ++comings;
        _told(operator, avs, operatorSetIds);
        _react(operator, avs, operatorSetIds, true);
        _answer(coming, operator);
    }

    /// @inheritdoc IAVSRegistrar
    function deregisterOperator(address operator, address avs, uint32[] calldata operatorSetIds) external {
        ++leavings;
        _told(operator, avs, operatorSetIds);
        _react(operator, avs, operatorSetIds, false);
        _answer(leaving, operator);
    }

    /// @inheritdoc IAVSRegistrar
    function supportsAVS(address) external view returns (bool) {
        return serves;
    }

    function _told(address operator, address avs, uint32[] calldata operatorSetIds) private {
        (lastOperator, lastAvs) = (operator, avs);
        lastIds = keccak256(abi.encodePacked(operatorSetIds));
    }

    /// @dev Never reacts to what it caused itself.
    function _react(address operator, address avs, uint32[] calldata ids, bool isComing) private {
        if (reaction == Reaction.None || _reacting) return;
        (address target, bytes memory data) = _call(operator, avs, ids, isComing);
        _reacting = true;
        ++attempts;
        (bool success,) = target.call(data);
        if (success) ++successes;
        _reacting = false;
    }

    function _call(address operator, address avs, uint32[] calldata ids, bool isComing)
        private
        view
        returns (address target, bytes memory data)
    {
        target = _allocationManager;
        if (reaction == Reaction.Repeat) data = _move(operator, avs, ids, isComing);
        else if (reaction == Reaction.Undo) data = _move(operator, avs, ids, !isComing);
        else if (reaction == Reaction.Slash) data = _slash(operator, avs, ids);
        else if (reaction == Reaction.Allocate) data = _allocate(operator);
        else if (reaction == Reaction.Replace) data = _replace(avs);
        else (target, data) = (_delegationManager, _approve(operator));
    }

    function _move(address operator, address avs, uint32[] calldata ids, bool isComing)
        private
        pure
        returns (bytes memory)
    {
        return isComing
            ? abi.encodeCall(IAllocationManager.registerForOperatorSets, (operator, RegisterParams(avs, ids, "")))
            : abi.encodeCall(IAllocationManager.deregisterFromOperatorSets, (DeregisterParams(operator, avs, ids)));
    }

    /// @dev A slash of nothing, which counts all the same.
    function _slash(address operator, address avs, uint32[] calldata ids) private pure returns (bytes memory) {
        SlashingParams memory params;
        (params.operator, params.operatorSetId) = (operator, ids.length == 0 ? 0 : ids[0]);
        // Every release slashes with these arguments; they differ in what they return.
        return abi.encodeCall(IRedistributionAllocationManager.slashOperator, (avs, params));
    }

    function _allocate(address operator) private pure returns (bytes memory) {
        return abi.encodeCall(IAllocationManager.modifyAllocations, (operator, new AllocateParams[](0)));
    }

    function _replace(address avs) private view returns (bytes memory) {
        return abi.encodeCall(IAllocationManager.setAVSRegistrar, (avs, this));
    }

    function _approve(address operator) private view returns (bytes memory) {
        return abi.encodeCall(IDelegationManager.modifyOperatorDetails, (operator, address(this)));
    }

    function _answer(Answer answer, address operator) private pure {
        if (answer == Answer.False) {
            // An answer where none is expected.
            assembly ("memory-safe") {
                mstore(0, 0)
                return(0, 32)
            }
        }
        if (answer == Answer.Revert) revert NotToday(operator);
        if (answer == Answer.RevertEmpty) revert();
        if (answer == Answer.RevertLong) revert(string(new bytes(LONG)));
        if (answer == Answer.Panic) assert(false);
        if (answer == Answer.BurnGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
    }
}
