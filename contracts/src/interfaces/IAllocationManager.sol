// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {OperatorSet} from "../libraries/OperatorSetLib.sol";
import {IAVSRegistrar} from "./IAVSRegistrar.sol";
import {IStrategy} from "./IStrategy.sol";

/// @title Errors of the allocation manager
/// @dev `InputAddressZero` comes with {IPausable}.
interface IAllocationManagerErrors {
    /// @notice Thrown when two arrays should have the same length.
    error InputArrayLengthMismatch();
    /// @notice Thrown when the caller may not act for the account.
    error InvalidCaller();
    /// @notice Thrown when the operator set does not exist, or already exists.
    error InvalidOperatorSet();
    /// @notice Thrown when the account is not an operator.
    error InvalidOperator();
    /// @notice Thrown when the registrar does not serve the AVS.
    error InvalidAVSRegistrar();
    /// @notice Thrown when an AVS has no metadata yet.
    error NonexistentAVSMetadata();
    /// @notice Thrown when the operator is in the set, or was so recently that it can still be slashed.
    error AlreadyMemberOfSet();
    /// @notice Thrown when the operator is not in the set.
    error NotMemberOfSet();
    /// @notice Thrown when the operator cannot be slashed by the set.
    error OperatorNotSlashable();
    /// @notice Thrown when the strategy is already in the set.
    error StrategyAlreadyInOperatorSet();
    /// @notice Thrown when the strategy is not in the set.
    error StrategyNotInOperatorSet();
    /// @notice Thrown when strategies are not strictly ascending by address.
    error StrategiesMustBeInAscendingOrder();
    /// @notice Thrown when a slashed proportion is zero or above WAD.
    error InvalidWadToSlash();
    /// @notice Thrown when an allocation would exceed the magnitude that is left.
    error InsufficientMagnitude();
    /// @notice Thrown when the allocation already has a change pending.
    error ModificationAlreadyPending();
    /// @notice Thrown when the allocation already has that magnitude.
    error SameMagnitude();
    /// @notice Thrown when the operator has no allocation delay in force.
    error UninitializedAllocationDelay();
}

/// @title Types of the allocation manager
interface IAllocationManagerTypes {
    /// @notice What an operator gave one set in one strategy.
    /// @param currentMagnitude slashable now
    /// @param pendingDiff what is added at `effectBlock`; negative for a deallocation, which stays slashable until then
    /// @param effectBlock the first block at which `pendingDiff` counts
    struct Allocation {
        uint64 currentMagnitude;
        int128 pendingDiff;
        uint32 effectBlock;
    }

    /// @notice An operator's allocation delay and the change to it that is under way.
    struct AllocationDelayInfo {
        uint32 delay;
        bool isSet;
        uint32 pendingDelay;
        uint32 effectBlock;
    }

    /// @notice Whether an operator is in a set and, if it left, the last block at which the set can slash it.
    struct RegistrationStatus {
        bool registered;
        uint32 slashableUntil;
    }

    /// @notice One slash.
    /// @param operator whom
    /// @param operatorSetId by which set of the calling AVS
    /// @param strategies where, strictly ascending
    /// @param wadsToSlash how much of each allocation, in (0, WAD]
    /// @param description why, for humans
    struct SlashingParams {
        address operator;
        uint32 operatorSetId;
        IStrategy[] strategies;
        uint256[] wadsToSlash;
        string description;
    }

    /// @notice The magnitudes an operator wants in one set.
    struct AllocateParams {
        OperatorSet operatorSet;
        IStrategy[] strategies;
        uint64[] newMagnitudes;
    }

    /// @notice Sets of one AVS to join.
    struct RegisterParams {
        address avs;
        uint32[] operatorSetIds;
        bytes data;
    }

    /// @notice Sets of one AVS to leave.
    struct DeregisterParams {
        address operator;
        address avs;
        uint32[] operatorSetIds;
    }

    /// @notice A set to create.
    struct CreateSetParams {
        uint32 operatorSetId;
        IStrategy[] strategies;
    }
}

/// @title Events of the allocation manager
interface IAllocationManagerEvents is IAllocationManagerTypes {
    /// @notice `operator` asked for an allocation delay of `delay` blocks from `effectBlock` on.
    event AllocationDelaySet(address operator, uint32 delay, uint32 effectBlock);
    /// @notice An allocation is `magnitude` from `effectBlock` on.
    event AllocationUpdated(
        address operator, OperatorSet operatorSet, IStrategy strategy, uint64 magnitude, uint32 effectBlock
    );
    /// @notice The magnitude that is not free changed.
    event EncumberedMagnitudeUpdated(address operator, IStrategy strategy, uint64 encumberedMagnitude);
    /// @notice A slash lowered the magnitude there can ever be.
    event MaxMagnitudeUpdated(address operator, IStrategy strategy, uint64 maxMagnitude);
    /// @notice `operator` was slashed; `wadSlashed` is the part of its whole stake in each strategy.
    event OperatorSlashed(
        address operator, OperatorSet operatorSet, IStrategy[] strategies, uint256[] wadSlashed, string description
    );
    /// @notice The registrar of `avs` is `registrar`.
    event AVSRegistrarSet(address avs, IAVSRegistrar registrar);
    /// @notice `avs` describes itself at `metadataURI`.
    event AVSMetadataURIUpdated(address indexed avs, string metadataURI);
    /// @notice The set was created.
    event OperatorSetCreated(OperatorSet operatorSet);
    /// @notice `operator` joined.
    event OperatorAddedToOperatorSet(address indexed operator, OperatorSet operatorSet);
    /// @notice `operator` left.
    event OperatorRemovedFromOperatorSet(address indexed operator, OperatorSet operatorSet);
    /// @notice The set can slash `strategy`.
    event StrategyAddedToOperatorSet(OperatorSet operatorSet, IStrategy strategy);
    /// @notice The set can no longer slash `strategy`.
    event StrategyRemovedFromOperatorSet(OperatorSet operatorSet, IStrategy strategy);
}

/// @title Operator sets, allocations, slashing
/// @notice Holds magnitudes, never funds. An operator's stake in a strategy is one whole of magnitude (WAD) at first;
/// it is given to operator sets in parts, each part to one set only (unique stake), and a slash takes from the part of
/// the set that slashes.
///
/// What both releases have. The slash itself is {ISlashingAllocationManager}'s and
/// {IRedistributionAllocationManager}'s.
/// Assumptions for safety: the delegation manager and the permission controller given at construction are honest;
/// blocks count up. For liveness: an AVS's registrar does not revert.
interface IAllocationManager is IAllocationManagerErrors, IAllocationManagerEvents {
    /* OPERATORS */

    /// @notice Sets magnitudes. Only who may act for `operator`.
    /// @dev More takes effect after the operator's allocation delay; less at once when the set cannot slash it, and
    /// after the deallocation delay when it can.
    function modifyAllocations(address operator, AllocateParams[] calldata params) external;

    /// @notice Completes up to `numToClear` finished deallocations of each strategy, oldest first. Anybody.
    function clearDeallocationQueue(address operator, IStrategy[] calldata strategies, uint16[] calldata numToClear)
        external;

    /// @notice Joins sets; slashable by them from this block on. Only who may act for `operator`.
    function registerForOperatorSets(address operator, RegisterParams calldata params) external;

    /// @notice Leaves sets; slashable by them for the deallocation delay. Only who may act for the operator or the AVS.
    function deregisterFromOperatorSets(DeregisterParams calldata params) external;

    /// @notice Changes the allocation delay, after the configuration delay. Only who may act for `operator`, or the
    /// delegation manager when the operator registers.
    function setAllocationDelay(address operator, uint32 delay) external;

    /* AVSS */

    /// @notice Sets who answers for `avs`. Only who may act for `avs`.
    function setAVSRegistrar(address avs, IAVSRegistrar registrar) external;

    /// @notice Describes `avs`; needed before its first set. Only who may act for `avs`.
    function updateAVSMetadataURI(address avs, string calldata metadataURI) external;

    /// @notice Creates sets whose slashed funds burn. Only who may act for `avs`.
    function createOperatorSets(address avs, CreateSetParams[] calldata params) external;

    /// @notice Lets a set slash more strategies, at once. Only who may act for `avs`.
    function addStrategiesToOperatorSet(address avs, uint32 operatorSetId, IStrategy[] calldata strategies) external;

    /// @notice Stops a set from slashing strategies, at once. Only who may act for `avs`.
    function removeStrategiesFromOperatorSet(address avs, uint32 operatorSetId, IStrategy[] calldata strategies)
        external;

    /* VIEWS: MAGNITUDES */

    /// @notice What can never be exceeded by the operator's allocations in `strategy`; only slashing lowers it.
    function getMaxMagnitude(address operator, IStrategy strategy) external view returns (uint64);

    /// @notice The same for many strategies.
    function getMaxMagnitudes(address operator, IStrategy[] calldata strategies) external view returns (uint64[] memory);

    /// @notice The same for many operators.
    function getMaxMagnitudes(address[] calldata operators, IStrategy strategy) external view returns (uint64[] memory);

    /// @notice The same as it was after block `blockNumber`.
    function getMaxMagnitudesAtBlock(address operator, IStrategy[] calldata strategies, uint32 blockNumber)
        external
        view
        returns (uint64[] memory);

    /// @notice The magnitude that is allocated, promised, or being deallocated.
    function getEncumberedMagnitude(address operator, IStrategy strategy) external view returns (uint64);

    /// @notice The magnitude that is free.
    function getAllocatableMagnitude(address operator, IStrategy strategy) external view returns (uint64);

    /// @notice An allocation as it stands in this block.
    function getAllocation(address operator, OperatorSet calldata operatorSet, IStrategy strategy)
        external
        view
        returns (Allocation memory);

    /// @notice The same for many operators.
    function getAllocations(address[] calldata operators, OperatorSet calldata operatorSet, IStrategy strategy)
        external
        view
        returns (Allocation[] memory);

    /// @notice The allocations of `operator` in `strategy`, one for each set it allocates to, also when that set has
    /// none in this strategy.
    function getStrategyAllocations(address operator, IStrategy strategy)
        external
        view
        returns (OperatorSet[] memory, Allocation[] memory);

    /// @notice The sets that `operator` has allocations to, or had until recently.
    function getAllocatedSets(address operator) external view returns (OperatorSet[] memory);

    /// @notice The strategies that `operator` has allocated to a set, or had until recently.
    function getAllocatedStrategies(address operator, OperatorSet calldata operatorSet)
        external
        view
        returns (IStrategy[] memory);

    /// @notice The allocation delay in force, and whether there is one.
    function getAllocationDelay(address operator) external view returns (bool isSet, uint32 delay);

    /* VIEWS: STAKE */

    /// @notice The shares that the set could slash at `futureBlock` if nothing happened until then, rounded down; zero
    /// for operators that are not slashable now.
    function getMinimumSlashableStake(
        OperatorSet calldata operatorSet,
        address[] calldata operators,
        IStrategy[] calldata strategies,
        uint32 futureBlock
    ) external view returns (uint256[][] memory slashableStake);

    /// @notice The shares allocated to the set now, slashable or not, rounded down.
    function getAllocatedStake(
        OperatorSet calldata operatorSet,
        address[] calldata operators,
        IStrategy[] calldata strategies
    ) external view returns (uint256[][] memory slashableStake);

    /* VIEWS: SETS */

    /// @notice The sets that `operator` is in.
    function getRegisteredSets(address operator) external view returns (OperatorSet[] memory);

    /// @notice Whether `operator` is in the set.
    function isMemberOfOperatorSet(address operator, OperatorSet calldata operatorSet) external view returns (bool);

    /// @notice Whether the set exists.
    function isOperatorSet(OperatorSet calldata operatorSet) external view returns (bool);

    /// @notice The operators in the set.
    function getMembers(OperatorSet calldata operatorSet) external view returns (address[] memory);

    /// @notice How many operators are in the set.
    function getMemberCount(OperatorSet calldata operatorSet) external view returns (uint256);

    /// @notice How many sets `avs` created.
    function getOperatorSetCount(address avs) external view returns (uint256);

    /// @notice The strategies the set can slash.
    function getStrategiesInOperatorSet(OperatorSet calldata operatorSet) external view returns (IStrategy[] memory);

    /// @notice Who answers for `avs`: its registrar, or `avs` itself.
    function getAVSRegistrar(address avs) external view returns (IAVSRegistrar);

    /// @notice Whether the set can slash `operator` in this block: it is in the set, or left it not long ago.
    function isOperatorSlashable(address operator, OperatorSet calldata operatorSet) external view returns (bool);

    /* VIEWS: CONSTANTS */

    /// @notice Blocks for which a deallocation, or an operator that left, stays slashable.
    function DEALLOCATION_DELAY() external view returns (uint32);

    /// @notice Blocks before a new allocation delay counts.
    function ALLOCATION_CONFIGURATION_DELAY() external view returns (uint32);
}
