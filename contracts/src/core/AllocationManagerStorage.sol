// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {DoubleEndedQueue} from "@openzeppelin/contracts/utils/structs/DoubleEndedQueue.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {IAVSRegistrar} from "../interfaces/IAVSRegistrar.sol";
import {IAllocationManager} from "../interfaces/IAllocationManager.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {Snapshots} from "../libraries/Snapshots.sol";

/// @title The state of the allocation manager that the releases share
/// @dev Apart, because proxies keep it across upgrades. What a release adds, and the gap, follow in its own storage.
abstract contract AllocationManagerStorage is IAllocationManager {
    /* CONSTANTS */

    /// @dev Pause bits.
    uint8 internal constant PAUSED_MODIFY_ALLOCATIONS = 0;
    uint8 internal constant PAUSED_OPERATOR_SLASHING = 1;
    uint8 internal constant PAUSED_OPERATOR_SET_REGISTRATION_AND_DEREGISTRATION = 2;

    /* IMMUTABLES */

    /// @notice The delegation manager.
    IDelegationManager public immutable delegation;

    /// @inheritdoc IAllocationManager
    uint32 public immutable DEALLOCATION_DELAY;

    /// @inheritdoc IAllocationManager
    uint32 public immutable ALLOCATION_CONFIGURATION_DELAY;

    /* STORAGE: AVSS AND THEIR SETS */

    mapping(address avs => IAVSRegistrar) internal _avsRegistrar;
    mapping(address avs => EnumerableSet.UintSet) internal _operatorSets;
    mapping(bytes32 setKey => EnumerableSet.AddressSet) internal _operatorSetStrategies;
    mapping(bytes32 setKey => EnumerableSet.AddressSet) internal _operatorSetMembers;

    /* STORAGE: OPERATORS */

    mapping(address operator => AllocationDelayInfo) internal _allocationDelayInfo;
    /// @dev The sets an operator is in.
    mapping(address operator => EnumerableSet.Bytes32Set) internal registeredSets;
    /// @dev The sets an operator has an allocation to, in whatever strategy.
    mapping(address operator => EnumerableSet.Bytes32Set) internal allocatedSets;
    mapping(address operator => mapping(bytes32 setKey => RegistrationStatus)) internal registrationStatus;
    /// @dev The strategies in which an operator has an allocation to a set.
    mapping(address operator => mapping(bytes32 setKey => EnumerableSet.AddressSet)) internal allocatedStrategies;
    mapping(address operator => mapping(bytes32 setKey => mapping(IStrategy => Allocation))) internal allocations;

    /* STORAGE: MAGNITUDES */

    mapping(address operator => mapping(IStrategy => Snapshots.DefaultWadHistory)) internal _maxMagnitudeHistory;
    /// @dev Current magnitudes plus pending allocations. A deallocation is subtracted when it is completed in storage.
    mapping(address operator => mapping(IStrategy => uint64)) internal encumberedMagnitude;
    /// @dev The sets with a delayed deallocation, in order of their effect blocks.
    mapping(address operator => mapping(IStrategy => DoubleEndedQueue.Bytes32Deque)) internal deallocationQueue;

    /* STORAGE: AVSS THAT MAY CREATE SETS */

    mapping(address avs => bool) internal _avsRegisteredMetadata;

    /* CONSTRUCTOR */

    constructor(IDelegationManager delegationManager, uint32 deallocationDelay, uint32 allocationConfigurationDelay) {
        delegation = delegationManager;
        DEALLOCATION_DELAY = deallocationDelay;
        ALLOCATION_CONFIGURATION_DELAY = allocationConfigurationDelay;
    }
}
