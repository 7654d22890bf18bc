// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IEigenPod} from "./IEigenPod.sol";
import {IPausable} from "./IPausable.sol";
import {IShareManager} from "./IShareManager.sol";
import {IStrategy} from "./IStrategy.sol";

/// @title Errors of the EigenPod manager
interface IEigenPodManagerErrors {
    /// @notice Thrown when the caller is not the pod of the account it reports on.
    error OnlyEigenPod();
    /// @notice Thrown when the caller is not the delegation manager.
    error OnlyDelegationManager();
    /// @notice Thrown when the caller is not the one who knows the beacon chain's time.
    error OnlyProofTimestampSetter();
    /// @notice Thrown when an account that has a pod asks for one.
    error EigenPodAlreadyExists();
    /// @notice Thrown when a strategy is not the marker of native ETH.
    error InvalidStrategy();
    /// @notice Thrown when shares would be, or are, less than none.
    error SharesNegative();
    /// @notice Thrown when a balance changes by a part of a gwei, which the beacon chain does not have.
    error SharesNotMultipleOfGwei();
    /// @notice Thrown while an account has a debt that is older than slashing.
    error LegacyWithdrawalsNotCompleted();
}

/// @title Events of the EigenPod manager
interface IEigenPodManagerEvents {
    /// @notice `podOwner` has the pod `eigenPod` from now on.
    event PodDeployed(address indexed eigenPod, address indexed podOwner);
    /// @notice The deposit shares of `podOwner` changed by `sharesDelta`.
    event PodSharesUpdated(address indexed podOwner, int256 sharesDelta);
    /// @notice The deposit shares of `podOwner` are `newTotalShares`.
    event NewTotalShares(address indexed podOwner, int256 newTotalShares);
    /// @notice The beacon chain took a part of what `staker` has.
    event BeaconChainSlashingFactorDecreased(
        address staker, uint64 prevBeaconChainSlashingFactor, uint64 newBeaconChainSlashingFactor
    );
    /// @notice A slash took `shares`, whose ETH stays in the pods.
    event BurnableETHSharesIncreased(uint256 shares);
    /// @notice The time of the Pectra fork is set.
    event PectraForkTimestampSet(uint64 newPectraForkTimestamp);
    /// @notice Somebody else knows the beacon chain's time.
    event ProofTimestampSetterSet(address newProofTimestampSetter);
}

/// @title Types of the EigenPod manager
interface IEigenPodManagerTypes {
    /// @notice What the beacon chain left of a stake; WAD while it is not set.
    struct BeaconChainSlashingFactor {
        bool isSet;
        uint64 slashingFactor;
    }
}

/// @title Native ETH
/// @notice Keeps the deposit shares of native ETH, one pod for each staker that has some, and what the beacon chain
/// took of it. Native ETH is slashed twice: by operator sets, as every strategy, through the operator's maximum
/// magnitude;
/// and by the beacon chain, through a factor of the staker's own. What operator sets slash is counted and stays in the
/// pods: nobody can burn it yet, and no set can redistribute it. Holds no funds.
interface IEigenPodManager is
    IEigenPodManagerErrors,
    IEigenPodManagerEvents,
    IEigenPodManagerTypes,
    IPausable,
    IShareManager
{
    /// @notice Starts the proxy. Once.
    function initialize(address initialOwner, uint256 initialPausedStatus) external;

    /* STAKERS */

    /// @notice Makes a pod for the caller, who has none.
    function createPod() external returns (address pod);

    /// @notice Starts a validator with 32 ETH whose withdrawals go to the caller's pod, which is made if need be.
    function stake(bytes calldata pubkey, bytes calldata signature, bytes32 depositDataRoot) external payable;

    /* PODS */

    /// @notice Books what the beacon chain gave or took. Only the pod of `podOwner`.
    /// @dev A gain adds deposit shares. A loss adds none and takes none: it lowers the staker's factor.
    /// @param prevRestakedBalanceWei all that the pod accounted for before; only a loss looks at it
    function recordBeaconChainETHBalanceUpdate(address podOwner, uint256 prevRestakedBalanceWei, int256 balanceDeltaWei)
        external;

    /* ADMINISTRATION */

    /// @notice Changes who knows the beacon chain's time. Only the owner.
    function setProofTimestampSetter(address newProofTimestampSetter) external;

    /// @notice Sets the time of the Pectra fork. Only who knows the beacon chain's time.
    function setPectraForkTimestamp(uint64 timestamp) external;

    /* VIEWS */

    /// @notice The pod of `podOwner`, zero for none.
    function ownerToPod(address podOwner) external view returns (IEigenPod);

    /// @notice Where the pod of `podOwner` is or would be.
    function getPod(address podOwner) external view returns (IEigenPod);

    /// @notice Whether `podOwner` has a pod.
    function hasPod(address podOwner) external view returns (bool);

    /// @notice How many pods there are.
    function numPods() external view returns (uint256);

    /// @notice Deposit shares of `podOwner`; negative only for debts older than slashing.
    function podOwnerDepositShares(address podOwner) external view returns (int256 shares);

    /// @notice What the beacon chain left of `podOwner`'s stake, WAD when it took nothing.
    function beaconChainSlashingFactor(address podOwner) external view returns (uint64);

    /// @notice Shares that operator sets slashed, ever.
    function burnableETHShares() external view returns (uint256);

    /// @notice Who knows the beacon chain's time.
    function proofTimestampSetter() external view returns (address);

    /// @notice The time of the Pectra fork.
    function pectraForkTimestamp() external view returns (uint64);

    /// @notice The marker of native ETH; no contract is there.
    function beaconChainETHStrategy() external view returns (IStrategy);
}
