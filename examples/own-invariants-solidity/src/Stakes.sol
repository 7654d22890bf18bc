// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

struct OperatorSet {
    address avs;
    uint32 id;
}

struct Allocation {
    uint64 currentMagnitude;
    int128 pendingDiff;
    uint32 effectBlock;
}

interface IAllocationManager {
    function getMaxMagnitude(address operator, address strategy) external view returns (uint64);
    function getEncumberedMagnitude(address operator, address strategy) external view returns (uint64);
    function getAllocatedSets(address operator) external view returns (OperatorSet[] memory);
    function getAllocation(address operator, OperatorSet memory operatorSet, address strategy)
        external
        view
        returns (Allocation memory);
}

interface IDelegationManager {
    function operatorShares(address operator, address strategy) external view returns (uint256);
}

interface IStrategy {
    function totalShares() external view returns (uint256);
}

/// @title What an auditor wants to hold of stakes, in words of the auditor's own.
/// @notice The constructor is given what its parameters are called: contracts of the protocol by their interfaces or
/// names, and the lists `operators`, `stakers`, `avss`, `strategies` and `tokens`.
contract Stakes {
    uint64 internal constant WAD = 1e18;

    IAllocationManager public immutable allocationManager;
    IDelegationManager public immutable delegationManager;
    address[] public operators;
    address[] public strategies;

    constructor(
        IAllocationManager allocationManager_,
        IDelegationManager delegationManager_,
        address[] memory operators_,
        address[] memory strategies_
    ) {
        allocationManager = allocationManager_;
        delegationManager = delegationManager_;
        operators = operators_;
        strategies = strategies_;
    }

    /// @notice Broken when it reverts.
    function invariant_allocations_are_encumbered() external view {
        for (uint256 o = 0; o < operators.length; o++) {
            OperatorSet[] memory sets = allocationManager.getAllocatedSets(operators[o]);
            for (uint256 t = 0; t < strategies.length; t++) {
                uint256 allocated = 0;
                for (uint256 e = 0; e < sets.length; e++) {
                    allocated += allocationManager.getAllocation(operators[o], sets[e], strategies[t]).currentMagnitude;
                }
                uint256 encumbered = allocationManager.getEncumberedMagnitude(operators[o], strategies[t]);
                require(allocated <= encumbered, "more is allocated than encumbered");
            }
        }
    }

    /// @notice Broken when it returns false.
    function invariant_operators_share_what_there_is() external view returns (bool) {
        for (uint256 t = 0; t < strategies.length; t++) {
            uint256 shares = 0;
            for (uint256 o = 0; o < operators.length; o++) {
                shares += delegationManager.operatorShares(operators[o], strategies[t]);
            }
            if (shares > IStrategy(strategies[t]).totalShares()) {
                return false;
            }
        }
        return true;
    }

    /// @notice Never broken unless it reverts: the campaign looks for the greatest, here of what an operator lost.
    function invariant_most_slashed() external view returns (int256 most) {
        for (uint256 o = 0; o < operators.length; o++) {
            for (uint256 t = 0; t < strategies.length; t++) {
                uint64 left = allocationManager.getMaxMagnitude(operators[o], strategies[t]);
                assert(left <= WAD);
                int256 lost = int256(uint256(WAD - left));
                most = lost > most ? lost : most;
            }
        }
    }
}
