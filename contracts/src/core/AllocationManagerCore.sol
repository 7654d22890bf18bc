// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {DoubleEndedQueue} from "@openzeppelin/contracts/utils/structs/DoubleEndedQueue.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {ReentrancyGuardUpgradeable} from "@openzeppelin/contracts-upgradeable/security/ReentrancyGuardUpgradeable.sol";
import {IAVSRegistrar} from "../interfaces/IAVSRegistrar.sol";
import {IAllocationManager} from "../interfaces/IAllocationManager.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IPermissionController} from "../interfaces/IPermissionController.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {OperatorSet, OperatorSetLib} from "../libraries/OperatorSetLib.sol";
import {SlashingLib} from "../libraries/SlashingLib.sol";
import {Snapshots} from "../libraries/Snapshots.sol";
import {Pausable} from "../permissions/Pausable.sol";
import {PermissionMixin} from "../permissions/PermissionMixin.sol";
import {SemVer} from "../utils/SemVer.sol";
import {AllocationManagerStorage} from "./AllocationManagerStorage.sol";

/// @title The allocation manager, as far as the releases share it
/// @notice See {IAllocationManager}. Each release adds who is told of a slash, and what it is told.
/// @dev Completion is lazy. An allocation whose effect block is past stays as it is in storage until somebody touches
/// it; every reader completes it in memory first ({_settled}). Hence "current" below always means: as of this block.
abstract contract AllocationManagerCore is
    Initializable,
    Pausable,
    AllocationManagerStorage,
    ReentrancyGuardUpgradeable,
    PermissionMixin,
    SemVer
{
    using DoubleEndedQueue for DoubleEndedQueue.Bytes32Deque;
    using EnumerableSet for EnumerableSet.AddressSet;
    using EnumerableSet for EnumerableSet.Bytes32Set;
    using EnumerableSet for EnumerableSet.UintSet;
    using OperatorSetLib for OperatorSet;
    using OperatorSetLib for bytes32;
    using SafeCast for uint256;
    using SlashingLib for uint256;
    using Snapshots for Snapshots.DefaultWadHistory;

    /// @dev The magnitudes of an operator in one strategy that its allocations share.
    struct StrategyInfo {
        uint64 maxMagnitude;
        uint64 encumberedMagnitude;
    }

    /* CONSTRUCTOR */

    constructor(
        IDelegationManager delegationManager,
        IPauserRegistry registry,
        IPermissionController controller,
        uint32 deallocationDelay,
        uint32 allocationConfigurationDelay,
        string memory version
    )
        Pausable(registry)
        AllocationManagerStorage(delegationManager, deallocationDelay, allocationConfigurationDelay)
        PermissionMixin(controller)
        SemVer(version)
    {
        _disableInitializers();
    }

    /* OPERATORS */

    /// @inheritdoc IAllocationManager
    function modifyAllocations(address operator, AllocateParams[] calldata params)
        external
        onlyWhenNotPaused(PAUSED_MODIFY_ALLOCATIONS)
    {
        require(_canCall(operator), InvalidCaller());
        (bool isSet, uint32 allocationDelay) = getAllocationDelay(operator);
        require(isSet, UninitializedAllocationDelay());

        for (uint256 i = 0; i < params.length; ++i) {
            AllocateParams calldata param = params[i];
            require(param.strategies.length == param.newMagnitudes.length, InputArrayLengthMismatch());
            _checkExists(param.operatorSet);
            bool operatorSlashable = isOperatorSlashable(operator, param.operatorSet);
            for (uint256 j = 0; j < param.strategies.length; ++j) {
                _modifyAllocation(
                    operator,
                    param.operatorSet,
                    param.strategies[j],
                    param.newMagnitudes[j],
                    allocationDelay,
                    operatorSlashable
                );
            }
        }
    }

    /// @inheritdoc IAllocationManager
    function clearDeallocationQueue(address operator, IStrategy[] calldata strategies, uint16[] calldata numToClear)
        external
        onlyWhenNotPaused(PAUSED_MODIFY_ALLOCATIONS)
    {
        require(strategies.length == numToClear.length, InputArrayLengthMismatch());
        for (uint256 i = 0; i < strategies.length; ++i) {
            _clearDeallocationQueue(operator, strategies[i], numToClear[i]);
        }
    }

    /// @inheritdoc IAllocationManager
    function registerForOperatorSets(address operator, RegisterParams calldata params)
        external
        onlyWhenNotPaused(PAUSED_OPERATOR_SET_REGISTRATION_AND_DEREGISTRATION)
        checkCanCall(operator)
    {
        require(delegation.isOperator(operator), InvalidOperator());
        for (uint256 i = 0; i < params.operatorSetIds.length; ++i) {
            OperatorSet memory operatorSet = OperatorSet(params.avs, params.operatorSetIds[i]);
            _checkExists(operatorSet);
            require(!isOperatorSlashable(operator, operatorSet), AlreadyMemberOfSet());
            registeredSets[operator].add(operatorSet.key());
            _operatorSetMembers[operatorSet.key()].add(operator);
            emit OperatorAddedToOperatorSet(operator, operatorSet);
            registrationStatus[operator][operatorSet.key()].registered = true;
        }
        getAVSRegistrar(params.avs).registerOperator(operator, params.avs, params.operatorSetIds, params.data);
    }

    /// @inheritdoc IAllocationManager
    function deregisterFromOperatorSets(DeregisterParams calldata params)
        external
        onlyWhenNotPaused(PAUSED_OPERATOR_SET_REGISTRATION_AND_DEREGISTRATION)
    {
        require(_canCall(params.operator) || _canCall(params.avs), InvalidCaller());
        for (uint256 i = 0; i < params.operatorSetIds.length; ++i) {
            OperatorSet memory operatorSet = OperatorSet(params.avs, params.operatorSetIds[i]);
            _checkExists(operatorSet);
            RegistrationStatus storage status = registrationStatus[params.operator][operatorSet.key()];
            require(status.registered, NotMemberOfSet());
            registeredSets[params.operator].remove(operatorSet.key());
            _operatorSetMembers[operatorSet.key()].remove(params.operator);
            emit OperatorRemovedFromOperatorSet(params.operator, operatorSet);
            status.registered = false;
            status.slashableUntil = uint32(block.number) + DEALLOCATION_DELAY;
        }
        getAVSRegistrar(params.avs).deregisterOperator(params.operator, params.avs, params.operatorSetIds);
    }

    /// @inheritdoc IAllocationManager
    function setAllocationDelay(address operator, uint32 delay) external {
        if (msg.sender != address(delegation)) {
            require(_canCall(operator), InvalidCaller());
            require(delegation.isOperator(operator), InvalidOperator());
        }
        _setAllocationDelay(operator, delay);
    }

    /* AVSS */

    /// @inheritdoc IAllocationManager
    function setAVSRegistrar(address avs, IAVSRegistrar registrar) external checkCanCall(avs) {
        require(registrar.supportsAVS(avs), InvalidAVSRegistrar());
        _avsRegistrar[avs] = registrar;
        emit AVSRegistrarSet(avs, getAVSRegistrar(avs));
    }

    /// @inheritdoc IAllocationManager
    function updateAVSMetadataURI(address avs, string calldata metadataURI) external checkCanCall(avs) {
        _avsRegisteredMetadata[avs] = true;
        emit AVSMetadataURIUpdated(avs, metadataURI);
    }

    /// @inheritdoc IAllocationManager
    function createOperatorSets(address avs, CreateSetParams[] calldata params) external checkCanCall(avs) {
        require(_avsRegisteredMetadata[avs], NonexistentAVSMetadata());
        for (uint256 i = 0; i < params.length; ++i) {
            OperatorSet memory operatorSet = _createOperatorSet(avs, params[i].operatorSetId);
            _addStrategies(operatorSet, params[i].strategies);
        }
    }

    /// @inheritdoc IAllocationManager
    function addStrategiesToOperatorSet(address avs, uint32 operatorSetId, IStrategy[] calldata strategies)
        external
        checkCanCall(avs)
    {
        OperatorSet memory operatorSet = OperatorSet(avs, operatorSetId);
        _checkExists(operatorSet);
        _addStrategies(operatorSet, strategies);
    }

    /// @inheritdoc IAllocationManager
    function removeStrategiesFromOperatorSet(address avs, uint32 operatorSetId, IStrategy[] calldata strategies)
        external
        checkCanCall(avs)
    {
        OperatorSet memory operatorSet = OperatorSet(avs, operatorSetId);
        _checkExists(operatorSet);
        for (uint256 i = 0; i < strategies.length; ++i) {
            bool removed = _operatorSetStrategies[operatorSet.key()].remove(address(strategies[i]));
            require(removed, StrategyNotInOperatorSet());
            emit StrategyRemovedFromOperatorSet(operatorSet, strategies[i]);
        }
    }

    /* INTERNALS: SLASHING */

    /// @dev What must hold before any strategy is looked at.
    /// @return operatorSet the set that slashes
    function _checkSlash(address avs, SlashingParams calldata params)
        internal
        view
        returns (OperatorSet memory operatorSet)
    {
        require(params.strategies.length == params.wadsToSlash.length, InputArrayLengthMismatch());
        operatorSet = OperatorSet(avs, params.operatorSetId);
        _checkExists(operatorSet);
        require(isOperatorSlashable(params.operator, operatorSet), OperatorNotSlashable());
    }

    /// @return shares what {_slashShares} says of each strategy, zero for those without allocation
    function _slashOperator(SlashingParams calldata params, OperatorSet memory operatorSet)
        internal
        returns (uint256[] memory shares)
    {
        uint256[] memory wadSlashed = new uint256[](params.strategies.length);
        shares = new uint256[](params.strategies.length);

        for (uint256 i = 0; i < params.strategies.length; ++i) {
            require(
                i == 0 || uint160(address(params.strategies[i])) > uint160(address(params.strategies[i - 1])),
                StrategiesMustBeInAscendingOrder()
            );
            uint256 wadToSlash = params.wadsToSlash[i];
            require(0 < wadToSlash && wadToSlash <= SlashingLib.WAD, InvalidWadToSlash());
            require(
                _operatorSetStrategies[operatorSet.key()].contains(address(params.strategies[i])),
                StrategyNotInOperatorSet()
            );
            (wadSlashed[i], shares[i]) = _slashStrategy(params.operator, operatorSet, params.strategies[i], wadToSlash);
        }

        emit OperatorSlashed(params.operator, operatorSet, params.strategies, wadSlashed, params.description);
    }

    /// @dev Takes `wadToSlash` of one allocation, rounded up, in favour of the slash; of what is pending to be
    /// deallocated too, also rounded up, so that it never exceeds what is left. A pending allocation is not slashable
    /// yet, so it is left alone.
    /// @return wadSlashed the part of the operator's whole stake in the strategy, rounded down
    /// @return shares what {_slashShares} says
    function _slashStrategy(address operator, OperatorSet memory operatorSet, IStrategy strategy, uint256 wadToSlash)
        internal
        returns (uint256 wadSlashed, uint256 shares)
    {
        (StrategyInfo memory info, Allocation memory allocation) = _settled(operator, operatorSet.key(), strategy);
        if (allocation.currentMagnitude == 0) return (0, 0);

        uint64 slashedMagnitude = uint256(allocation.currentMagnitude).mulWadUp(wadToSlash).toUint64();
        uint64 prevMaxMagnitude = info.maxMagnitude;
        wadSlashed = uint256(slashedMagnitude).divWadDown(prevMaxMagnitude);

        allocation.currentMagnitude -= slashedMagnitude;
        info.maxMagnitude -= slashedMagnitude;
        info.encumberedMagnitude -= slashedMagnitude;

        if (allocation.pendingDiff < 0) {
            uint256 slashedPending = uint256(uint128(-allocation.pendingDiff)).mulWadUp(wadToSlash);
            allocation.pendingDiff += int128(uint128(slashedPending));
            emit AllocationUpdated(
                operator,
                operatorSet,
                strategy,
                _addDiff(allocation.currentMagnitude, allocation.pendingDiff),
                allocation.effectBlock
            );
        }

        _store(operator, operatorSet, strategy, info, allocation);
        emit AllocationUpdated(operator, operatorSet, strategy, allocation.currentMagnitude, uint32(block.number));
        _maxMagnitudeHistory[operator][strategy].push(uint32(block.number), info.maxMagnitude);
        emit MaxMagnitudeUpdated(operator, strategy, info.maxMagnitude);

        shares = _slashShares(operator, operatorSet, strategy, prevMaxMagnitude, info.maxMagnitude);
    }

    /// @dev Has the delegation manager take from the shares what was taken from the magnitude.
    /// @return shares what it took, in releases that report it
    function _slashShares(
        address operator,
        OperatorSet memory operatorSet,
        IStrategy strategy,
        uint64 prevMaxMagnitude,
        uint64 newMaxMagnitude
    ) internal virtual returns (uint256 shares);

    /* INTERNALS: ALLOCATIONS */

    function _modifyAllocation(
        address operator,
        OperatorSet calldata operatorSet,
        IStrategy strategy,
        uint64 newMagnitude,
        uint32 allocationDelay,
        bool operatorSlashable
    ) internal {
        // Deallocations that are over free magnitude that this allocation may need.
        _clearDeallocationQueue(operator, strategy, type(uint16).max);

        bytes32 setKey = operatorSet.key();
        (StrategyInfo memory info, Allocation memory allocation) = _settled(operator, setKey, strategy);
        require(allocation.effectBlock == 0, ModificationAlreadyPending());
        allocation.pendingDiff = int128(uint128(newMagnitude)) - int128(uint128(allocation.currentMagnitude));
        require(allocation.pendingDiff != 0, SameMagnitude());

        if (allocation.pendingDiff > 0) {
            info.encumberedMagnitude = _addDiff(info.encumberedMagnitude, allocation.pendingDiff);
            require(info.encumberedMagnitude <= info.maxMagnitude, InsufficientMagnitude());
            allocation.effectBlock = uint32(block.number) + allocationDelay;
        } else if (_isAllocationSlashable(setKey, strategy, allocation, operatorSlashable)) {
            // Stays encumbered and slashable until the deallocation delay is over.
            deallocationQueue[operator][strategy].pushBack(setKey);
            allocation.effectBlock = uint32(block.number) + DEALLOCATION_DELAY + 1;
        } else {
            info.encumberedMagnitude = _addDiff(info.encumberedMagnitude, allocation.pendingDiff);
            allocation.currentMagnitude = newMagnitude;
            allocation.pendingDiff = 0;
            allocation.effectBlock = uint32(block.number);
        }

        _store(operator, operatorSet, strategy, info, allocation);
        emit AllocationUpdated(
            operator,
            operatorSet,
            strategy,
            _addDiff(allocation.currentMagnitude, allocation.pendingDiff),
            allocation.effectBlock
        );
    }

    /// @dev Completes deallocations in storage, oldest first, until one is not over yet.
    function _clearDeallocationQueue(address operator, IStrategy strategy, uint16 numToClear) internal {
        DoubleEndedQueue.Bytes32Deque storage queue = deallocationQueue[operator][strategy];
        for (uint256 cleared = 0; !queue.empty() && cleared < numToClear; ++cleared) {
            bytes32 setKey = queue.front();
            (StrategyInfo memory info, Allocation memory allocation) = _settled(operator, setKey, strategy);
            if (block.number < allocation.effectBlock) return;
            _store(operator, setKey.decode(), strategy, info, allocation);
            queue.popFront();
        }
    }

    /// @dev An allocation as it stands in this block, with the magnitudes it shares; storage is not touched. Once the
    /// effect block has come, the pending difference is part of the current magnitude, and one that is negative is no
    /// longer encumbered.
    function _settled(address operator, bytes32 setKey, IStrategy strategy)
        internal
        view
        returns (StrategyInfo memory info, Allocation memory allocation)
    {
        info.maxMagnitude = _maxMagnitudeHistory[operator][strategy].latest();
        info.encumberedMagnitude = encumberedMagnitude[operator][strategy];
        allocation = allocations[operator][setKey][strategy];
        if (block.number < allocation.effectBlock) return (info, allocation);

        allocation.currentMagnitude = _addDiff(allocation.currentMagnitude, allocation.pendingDiff);
        if (allocation.pendingDiff < 0) {
            info.encumberedMagnitude = _addDiff(info.encumberedMagnitude, allocation.pendingDiff);
        }
        allocation.pendingDiff = 0;
        allocation.effectBlock = 0;
    }

    /// @dev Writes an allocation and what it shares, and keeps the lists of what an operator has allocated.
    function _store(
        address operator,
        OperatorSet memory operatorSet,
        IStrategy strategy,
        StrategyInfo memory info,
        Allocation memory allocation
    ) internal {
        if (encumberedMagnitude[operator][strategy] != info.encumberedMagnitude) {
            encumberedMagnitude[operator][strategy] = info.encumberedMagnitude;
            emit EncumberedMagnitudeUpdated(operator, strategy, info.encumberedMagnitude);
        }

        bytes32 setKey = operatorSet.key();
        allocations[operator][setKey][strategy] = allocation;
        if (allocation.pendingDiff != 0) {
            allocatedStrategies[operator][setKey].add(address(strategy));
            allocatedSets[operator].add(setKey);
        } else if (allocation.currentMagnitude == 0) {
            allocatedStrategies[operator][setKey].remove(address(strategy));
            if (allocatedStrategies[operator][setKey].length() == 0) {
                allocatedSets[operator].remove(setKey);
            }
        }
    }

    /// @dev A delay asked for before takes effect first, if its time has come; else the new one replaces it.
    function _setAllocationDelay(address operator, uint32 delay) internal {
        AllocationDelayInfo memory info = _allocationDelayInfo[operator];
        if (info.effectBlock != 0 && block.number >= info.effectBlock) {
            info.delay = info.pendingDelay;
            info.isSet = true;
        }
        info.pendingDelay = delay;
        info.effectBlock = uint32(block.number) + ALLOCATION_CONFIGURATION_DELAY + 1;
        _allocationDelayInfo[operator] = info;
        emit AllocationDelaySet(operator, delay, info.effectBlock);
    }

    /* INTERNALS: SETS */

    function _createOperatorSet(address avs, uint32 operatorSetId) internal returns (OperatorSet memory operatorSet) {
        operatorSet = OperatorSet(avs, operatorSetId);
        require(_operatorSets[avs].add(operatorSetId), InvalidOperatorSet());
        emit OperatorSetCreated(operatorSet);
    }

    function _addStrategies(OperatorSet memory operatorSet, IStrategy[] calldata strategies) internal {
        for (uint256 i = 0; i < strategies.length; ++i) {
            _checkStrategy(operatorSet, strategies[i]);
            bool added = _operatorSetStrategies[operatorSet.key()].add(address(strategies[i]));
            require(added, StrategyAlreadyInOperatorSet());
            emit StrategyAddedToOperatorSet(operatorSet, strategies[i]);
        }
    }

    /// @dev Whether the set may have the strategy at all.
    function _checkStrategy(OperatorSet memory operatorSet, IStrategy strategy) internal view virtual {}

    function _checkExists(OperatorSet memory operatorSet) internal view {
        require(isOperatorSet(operatorSet), InvalidOperatorSet());
    }

    /// @dev Whether the set could slash this allocation in this block.
    function _isAllocationSlashable(
        bytes32 setKey,
        IStrategy strategy,
        Allocation memory allocation,
        bool operatorSlashable
    ) internal view returns (bool) {
        return operatorSlashable && allocation.currentMagnitude != 0
            && _operatorSetStrategies[setKey].contains(address(strategy));
    }

    /// @dev `magnitude + diff`. Reverts when that is no magnitude.
    function _addDiff(uint64 magnitude, int128 diff) internal pure returns (uint64) {
        return uint256(int256(int128(uint128(magnitude)) + diff)).toUint64();
    }

    /* VIEWS: MAGNITUDES */

    /// @inheritdoc IAllocationManager
    function getMaxMagnitude(address operator, IStrategy strategy) public view returns (uint64) {
        return _maxMagnitudeHistory[operator][strategy].latest();
    }

    /// @inheritdoc IAllocationManager
    function getMaxMagnitudes(address operator, IStrategy[] memory strategies)
        external
        view
        returns (uint64[] memory magnitudes)
    {
        magnitudes = new uint64[](strategies.length);
        for (uint256 i = 0; i < strategies.length; ++i) {
            magnitudes[i] = getMaxMagnitude(operator, strategies[i]);
        }
    }

    /// @inheritdoc IAllocationManager
    function getMaxMagnitudes(address[] calldata operators, IStrategy strategy)
        external
        view
        returns (uint64[] memory magnitudes)
    {
        magnitudes = new uint64[](operators.length);
        for (uint256 i = 0; i < operators.length; ++i) {
            magnitudes[i] = getMaxMagnitude(operators[i], strategy);
        }
    }

    /// @inheritdoc IAllocationManager
    function getMaxMagnitudesAtBlock(address operator, IStrategy[] calldata strategies, uint32 blockNumber)
        external
        view
        returns (uint64[] memory magnitudes)
    {
        magnitudes = new uint64[](strategies.length);
        for (uint256 i = 0; i < strategies.length; ++i) {
            magnitudes[i] = _maxMagnitudeHistory[operator][strategies[i]].upperLookup(blockNumber);
        }
    }

    /// @inheritdoc IAllocationManager
    /// @dev As if the deallocation queue were cleared in this block.
    function getEncumberedMagnitude(address operator, IStrategy strategy) public view returns (uint64 encumbered) {
        encumbered = encumberedMagnitude[operator][strategy];
        DoubleEndedQueue.Bytes32Deque storage queue = deallocationQueue[operator][strategy];
        for (uint256 i = 0; i < queue.length(); ++i) {
            Allocation memory allocation = allocations[operator][queue.at(i)][strategy];
            if (block.number < allocation.effectBlock) break;
            encumbered = _addDiff(encumbered, allocation.pendingDiff);
        }
    }

    /// @inheritdoc IAllocationManager
    function getAllocatableMagnitude(address operator, IStrategy strategy) external view returns (uint64) {
        return getMaxMagnitude(operator, strategy) - getEncumberedMagnitude(operator, strategy);
    }

    /// @inheritdoc IAllocationManager
    function getAllocation(address operator, OperatorSet memory operatorSet, IStrategy strategy)
        public
        view
        returns (Allocation memory allocation)
    {
        (, allocation) = _settled(operator, operatorSet.key(), strategy);
    }

    /// @inheritdoc IAllocationManager
    function getAllocations(address[] calldata operators, OperatorSet calldata operatorSet, IStrategy strategy)
        external
        view
        returns (Allocation[] memory result)
    {
        result = new Allocation[](operators.length);
        for (uint256 i = 0; i < operators.length; ++i) {
            result[i] = getAllocation(operators[i], operatorSet, strategy);
        }
    }

    /// @inheritdoc IAllocationManager
    function getStrategyAllocations(address operator, IStrategy strategy)
        external
        view
        returns (OperatorSet[] memory operatorSets, Allocation[] memory result)
    {
        operatorSets = getAllocatedSets(operator);
        result = new Allocation[](operatorSets.length);
        for (uint256 i = 0; i < operatorSets.length; ++i) {
            result[i] = getAllocation(operator, operatorSets[i], strategy);
        }
    }

    /// @inheritdoc IAllocationManager
    function getAllocatedSets(address operator) public view returns (OperatorSet[] memory) {
        return _decodeSets(allocatedSets[operator]);
    }

    /// @inheritdoc IAllocationManager
    function getAllocatedStrategies(address operator, OperatorSet memory operatorSet)
        external
        view
        returns (IStrategy[] memory)
    {
        return _toStrategies(allocatedStrategies[operator][operatorSet.key()].values());
    }

    /// @inheritdoc IAllocationManager
    function getAllocationDelay(address operator) public view returns (bool isSet, uint32 delay) {
        AllocationDelayInfo memory info = _allocationDelayInfo[operator];
        if (info.effectBlock != 0 && block.number >= info.effectBlock) return (true, info.pendingDelay);
        return (info.isSet, info.delay);
    }

    /* VIEWS: STAKE */

    /// @inheritdoc IAllocationManager
    function getMinimumSlashableStake(
        OperatorSet memory operatorSet,
        address[] memory operators,
        IStrategy[] memory strategies,
        uint32 futureBlock
    ) external view returns (uint256[][] memory slashableStake) {
        slashableStake = _allocatedStake(operatorSet, operators, strategies, futureBlock);
        for (uint256 i = 0; i < operators.length; ++i) {
            if (!isOperatorSlashable(operators[i], operatorSet)) {
                slashableStake[i] = new uint256[](strategies.length);
            }
        }
    }

    /// @inheritdoc IAllocationManager
    function getAllocatedStake(
        OperatorSet memory operatorSet,
        address[] memory operators,
        IStrategy[] memory strategies
    ) external view returns (uint256[][] memory slashableStake) {
        return _allocatedStake(operatorSet, operators, strategies, uint32(block.number));
    }

    function _allocatedStake(
        OperatorSet memory operatorSet,
        address[] memory operators,
        IStrategy[] memory strategies,
        uint32 futureBlock
    ) internal view returns (uint256[][] memory stake) {
        stake = delegation.getOperatorsShares(operators, strategies);
        for (uint256 i = 0; i < operators.length; ++i) {
            for (uint256 j = 0; j < strategies.length; ++j) {
                uint64 maxMagnitude = getMaxMagnitude(operators[i], strategies[j]);
                if (maxMagnitude == 0) {
                    stake[i][j] = 0;
                    continue;
                }
                Allocation memory allocation = getAllocation(operators[i], operatorSet, strategies[j]);
                uint64 magnitude = allocation.currentMagnitude;
                if (allocation.effectBlock <= futureBlock && allocation.pendingDiff < 0) {
                    magnitude = _addDiff(magnitude, allocation.pendingDiff);
                }
                stake[i][j] = stake[i][j].mulWadDown(uint256(magnitude).divWadDown(maxMagnitude));
            }
        }
    }

    /* VIEWS: SETS */

    /// @inheritdoc IAllocationManager
    function getRegisteredSets(address operator) public view returns (OperatorSet[] memory) {
        return _decodeSets(registeredSets[operator]);
    }

    /// @inheritdoc IAllocationManager
    function isMemberOfOperatorSet(address operator, OperatorSet memory operatorSet) external view returns (bool) {
        return _operatorSetMembers[operatorSet.key()].contains(operator);
    }

    /// @inheritdoc IAllocationManager
    function isOperatorSet(OperatorSet memory operatorSet) public view returns (bool) {
        return _operatorSets[operatorSet.avs].contains(operatorSet.id);
    }

    /// @inheritdoc IAllocationManager
    function getMembers(OperatorSet memory operatorSet) external view returns (address[] memory) {
        return _operatorSetMembers[operatorSet.key()].values();
    }

    /// @inheritdoc IAllocationManager
    function getMemberCount(OperatorSet memory operatorSet) external view returns (uint256) {
        return _operatorSetMembers[operatorSet.key()].length();
    }

    /// @inheritdoc IAllocationManager
    function getOperatorSetCount(address avs) external view returns (uint256) {
        return _operatorSets[avs].length();
    }

    /// @inheritdoc IAllocationManager
    function getStrategiesInOperatorSet(OperatorSet memory operatorSet) external view returns (IStrategy[] memory) {
        return _toStrategies(_operatorSetStrategies[operatorSet.key()].values());
    }

    /// @inheritdoc IAllocationManager
    function getAVSRegistrar(address avs) public view returns (IAVSRegistrar) {
        IAVSRegistrar registrar = _avsRegistrar[avs];
        return address(registrar) == address(0) ? IAVSRegistrar(avs) : registrar;
    }

    /// @inheritdoc IAllocationManager
    function isOperatorSlashable(address operator, OperatorSet memory operatorSet) public view returns (bool) {
        RegistrationStatus memory status = registrationStatus[operator][operatorSet.key()];
        return status.registered || block.number <= status.slashableUntil;
    }

    function _decodeSets(EnumerableSet.Bytes32Set storage keys) internal view returns (OperatorSet[] memory sets) {
        uint256 length = keys.length();
        sets = new OperatorSet[](length);
        for (uint256 i = 0; i < length; ++i) {
            sets[i] = keys.at(i).decode();
        }
    }

    function _toStrategies(address[] memory addresses) internal pure returns (IStrategy[] memory strategies) {
        strategies = new IStrategy[](addresses.length);
        for (uint256 i = 0; i < addresses.length; ++i) {
            strategies[i] = IStrategy(addresses[i]);
        }
    }
}
