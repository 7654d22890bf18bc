// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {BeaconProxy} from "@openzeppelin/contracts/proxy/beacon/BeaconProxy.sol";
import {IBeacon} from "@openzeppelin/contracts/proxy/beacon/IBeacon.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {ReentrancyGuardUpgradeable} from "@openzeppelin/contracts-upgradeable/security/ReentrancyGuardUpgradeable.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IEigenPod} from "../interfaces/IEigenPod.sol";
import {IEigenPodManager} from "../interfaces/IEigenPodManager.sol";
import {IETHPOSDeposit} from "../interfaces/IETHPOSDeposit.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IShareManager} from "../interfaces/IShareManager.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {SlashingLib} from "../libraries/SlashingLib.sol";
import {Pausable} from "../permissions/Pausable.sol";
import {SemVer} from "../utils/SemVer.sol";
import {EigenPodManagerStorage} from "./EigenPodManagerStorage.sol";

/// @title What the EigenPod managers of all releases share
/// @notice See {IEigenPodManager}.
abstract contract EigenPodManagerCore is
    Initializable,
    OwnableUpgradeable,
    Pausable,
    EigenPodManagerStorage,
    ReentrancyGuardUpgradeable,
    SemVer
{
    using Math for uint256;
    using SafeCast for uint256;

    /* CONSTRUCTOR */

    constructor(
        IETHPOSDeposit depositContract,
        IBeacon podBeacon,
        IDelegationManager delegation,
        IPauserRegistry registry,
        string memory version
    ) Pausable(registry) EigenPodManagerStorage(depositContract, podBeacon, delegation) SemVer(version) {
        _disableInitializers();
    }

    /// @inheritdoc IEigenPodManager
    function initialize(address initialOwner, uint256 initialPausedStatus) external initializer {
        _transferOwnership(initialOwner);
        _setPausedStatus(initialPausedStatus);
    }

    /* MODIFIERS */

    modifier onlyDelegationManager() {
        require(msg.sender == address(delegationManager), OnlyDelegationManager());
        _;
    }

    modifier onlyEigenPod(address podOwner) {
        require(msg.sender == address(ownerToPod[podOwner]), OnlyEigenPod());
        _;
    }

    modifier onlyProofTimestampSetter() {
        require(msg.sender == proofTimestampSetter, OnlyProofTimestampSetter());
        _;
    }

    modifier onlyNative(IStrategy strategy) {
        require(strategy == beaconChainETHStrategy, InvalidStrategy());
        _;
    }

    /* STAKERS */

    /// @inheritdoc IEigenPodManager
    function createPod() external onlyWhenNotPaused(PAUSED_NEW_EIGENPODS) nonReentrant returns (address pod) {
        require(!hasPod(msg.sender), EigenPodAlreadyExists());
        return address(_deployPod());
    }

    /// @inheritdoc IEigenPodManager
    function stake(bytes calldata pubkey, bytes calldata signature, bytes32 depositDataRoot)
        external
        payable
        onlyWhenNotPaused(PAUSED_NEW_EIGENPODS)
        nonReentrant
    {
        IEigenPod pod = hasPod(msg.sender) ? ownerToPod[msg.sender] : _deployPod();
        pod.stake{value: msg.value}(pubkey, signature, depositDataRoot);
    }

    /* PODS */

    /// @inheritdoc IEigenPodManager
    function recordBeaconChainETHBalanceUpdate(address podOwner, uint256 prevRestakedBalanceWei, int256 balanceDeltaWei)
        external
        onlyEigenPod(podOwner)
        nonReentrant
    {
        require(podOwner != address(0), InputAddressZero());
        require(balanceDeltaWei % GWEI_TO_WEI == 0, SharesNotMultipleOfGwei());
        int256 depositShares = podOwnerDepositShares[podOwner];
        require(depositShares >= 0, LegacyWithdrawalsNotCompleted());
        if (balanceDeltaWei > 0) {
            (uint256 prevDepositShares, uint256 addedShares) = _addShares(podOwner, uint256(balanceDeltaWei));
            delegationManager.increaseDelegatedShares(podOwner, beaconChainETHStrategy, prevDepositShares, addedShares);
        } else if (balanceDeltaWei < 0) {
            uint64 lostFactor = _lowerSlashingFactor(podOwner, prevRestakedBalanceWei, uint256(-balanceDeltaWei));
            delegationManager.decreaseDelegatedShares(podOwner, uint256(depositShares), lostFactor);
        }
    }

    /* DELEGATION MANAGER */

    /// @inheritdoc IShareManager
    /// @dev Nothing may be removed, unlike from the strategy manager.
    function removeDepositShares(address staker, IStrategy strategy, uint256 depositSharesToRemove)
        external
        onlyDelegationManager
        onlyNative(strategy)
        nonReentrant
        returns (uint256 updatedShares)
    {
        int256 updated = podOwnerDepositShares[staker] - depositSharesToRemove.toInt256();
        require(updated >= 0, SharesNegative());
        podOwnerDepositShares[staker] = updated;
        emit NewTotalShares(staker, updated);
        return uint256(updated);
    }

    /// @inheritdoc IShareManager
    function addShares(address staker, IStrategy strategy, uint256 shares)
        external
        onlyDelegationManager
        onlyNative(strategy)
        nonReentrant
        returns (uint256 prevDepositShares, uint256 addedShares)
    {
        return _addShares(staker, shares);
    }

    /// @inheritdoc IShareManager
    /// @dev A debt older than slashing is paid first.
    function withdrawSharesAsTokens(address staker, IStrategy strategy, IERC20, uint256 shares)
        external
        onlyDelegationManager
        onlyNative(strategy)
        nonReentrant
    {
        require(staker != address(0), InputAddressZero());
        require(int256(shares) > 0, SharesNegative());
        int256 depositShares = podOwnerDepositShares[staker];
        if (depositShares < 0) {
            uint256 repaid = Math.min(shares, uint256(-depositShares));
            _changeShares(staker, depositShares, int256(repaid));
            shares -= repaid;
        }
        if (shares > 0) ownerToPod[staker].withdrawRestakedBeaconChainETH(staker, shares);
    }

    /* ADMINISTRATION */

    /// @inheritdoc IEigenPodManager
    function setProofTimestampSetter(address newProofTimestampSetter) external onlyOwner {
        proofTimestampSetter = newProofTimestampSetter;
        emit ProofTimestampSetterSet(newProofTimestampSetter);
    }

    /// @inheritdoc IEigenPodManager
    function setPectraForkTimestamp(uint64 timestamp) external onlyProofTimestampSetter {
        pectraForkTimestamp = timestamp;
        emit PectraForkTimestampSet(timestamp);
    }

    /* INTERNALS */

    /// @dev The address depends on the owner and on nothing else, so a validator can name a pod that is not there yet.
    function _deployPod() internal returns (IEigenPod pod) {
        ++numPods;
        pod = IEigenPod(address(new BeaconProxy{salt: _salt(msg.sender)}(address(eigenPodBeacon), "")));
        pod.initialize(msg.sender);
        ownerToPod[msg.sender] = pod;
        emit PodDeployed(address(pod), msg.sender);
    }

    function _salt(address podOwner) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(podOwner)));
    }

    /// @return prevDepositShares what there was before, nothing instead of a debt
    /// @return addedShares what is left of `shares` once a debt is paid
    function _addShares(address staker, uint256 shares)
        internal
        returns (uint256 prevDepositShares, uint256 addedShares)
    {
        require(staker != address(0), InputAddressZero());
        require(int256(shares) >= 0, SharesNegative());
        int256 depositShares = podOwnerDepositShares[staker];
        int256 updated = _changeShares(staker, depositShares, int256(shares));
        if (updated <= 0) return (0, 0);
        return depositShares < 0 ? (0, uint256(updated)) : (uint256(depositShares), shares);
    }

    function _changeShares(address staker, int256 depositShares, int256 delta) internal returns (int256 updated) {
        updated = depositShares + delta;
        podOwnerDepositShares[staker] = updated;
        emit PodSharesUpdated(staker, delta);
        emit NewTotalShares(staker, updated);
    }

    /// @dev The factor falls by the part of the balance that was lost, rounded down: against the staker, as all of its
    /// shares are.
    /// @return lostFactor by how much it fell
    function _lowerSlashingFactor(address staker, uint256 prevRestakedBalanceWei, uint256 lostWei)
        internal
        returns (uint64 lostFactor)
    {
        uint64 prevFactor = beaconChainSlashingFactor(staker);
        uint256 leftWei = prevRestakedBalanceWei - lostWei;
        uint64 newFactor = uint64(uint256(prevFactor).mulDiv(leftWei, prevRestakedBalanceWei));
        _beaconChainSlashingFactor[staker] = BeaconChainSlashingFactor({isSet: true, slashingFactor: newFactor});
        emit BeaconChainSlashingFactorDecreased(staker, prevFactor, newFactor);
        return prevFactor - newFactor;
    }

    /// @dev Nothing ever takes from the counter: the ETH stays in the pods.
    function _increaseBurnableETHShares(uint256 shares) internal {
        burnableETHShares += shares;
        emit BurnableETHSharesIncreased(shares);
    }

    /* VIEWS */

    /// @inheritdoc IEigenPodManager
    function hasPod(address podOwner) public view returns (bool) {
        return address(ownerToPod[podOwner]) != address(0);
    }

    /// @inheritdoc IEigenPodManager
    function getPod(address podOwner) external view returns (IEigenPod) {
        if (hasPod(podOwner)) return ownerToPod[podOwner];
        bytes memory creation = abi.encodePacked(type(BeaconProxy).creationCode, abi.encode(eigenPodBeacon, ""));
        return IEigenPod(Create2.computeAddress(_salt(podOwner), keccak256(creation)));
    }

    /// @inheritdoc IEigenPodManager
    /// @dev A total loss leaves a factor of zero, so zero cannot stand for none.
    function beaconChainSlashingFactor(address podOwner) public view returns (uint64) {
        BeaconChainSlashingFactor memory factor = _beaconChainSlashingFactor[podOwner];
        return factor.isSet ? factor.slashingFactor : SlashingLib.WAD;
    }

    /// @inheritdoc IShareManager
    function stakerDepositShares(address user, IStrategy strategy)
        external
        view
        onlyNative(strategy)
        returns (uint256 depositShares)
    {
        int256 shares = podOwnerDepositShares[user];
        return shares < 0 ? 0 : uint256(shares);
    }
}
