//! The functions of the protocol that are called, as the compiler of the contracts sees them.

mod rewards;

use alloy_sol_types::sol;

pub use rewards::{OperatorSet as RewardsOperatorSet, RewardsCoordinator, StrategyFactory};

sol! {
    #[derive(Debug)]
    struct OperatorSet { address avs; uint32 id; }

    interface AllocationManager {
        struct SlashingParams { address operator; uint32 operatorSetId; address[] strategies; uint256[] wadsToSlash; string description; }
        struct AllocateParams { OperatorSet operatorSet; address[] strategies; uint64[] newMagnitudes; }
        struct RegisterParams { address avs; uint32[] operatorSetIds; bytes data; }
        struct DeregisterParams { address operator; address avs; uint32[] operatorSetIds; }
        struct CreateSetParams { uint32 operatorSetId; address[] strategies; }

        function initialize(uint256 initialPausedStatus) external;
        function slashOperator(address avs, SlashingParams params) external returns (uint256, uint256[]);
        function modifyAllocations(address operator, AllocateParams[] params) external;
        function clearDeallocationQueue(address operator, address[] strategies, uint16[] numToClear) external;
        function registerForOperatorSets(address operator, RegisterParams params) external;
        function deregisterFromOperatorSets(DeregisterParams params) external;
        function setAllocationDelay(address operator, uint32 delay) external;
        function setAVSRegistrar(address avs, address registrar) external;
        function updateAVSMetadataURI(address avs, string metadataURI) external;
        function createOperatorSets(address avs, CreateSetParams[] params) external;
        function createRedistributingOperatorSets(address avs, CreateSetParams[] params, address[] redistributionRecipients) external;
        function addStrategiesToOperatorSet(address avs, uint32 operatorSetId, address[] strategies) external;
        function removeStrategiesFromOperatorSet(address avs, uint32 operatorSetId, address[] strategies) external;
        function migrateSlashers(OperatorSet[] operatorSets) external;
        function updateSlasher(OperatorSet operatorSet, address slasher) external;
        function getAllocatableMagnitude(address operator, address strategy) external view returns (uint64);
        function getAllocation(address operator, OperatorSet operatorSet, address strategy) external view returns (uint64, int128, uint32);
        function getAllocatedStake(OperatorSet operatorSet, address[] operators, address[] strategies) external view returns (uint256[][]);
        function getMinimumSlashableStake(OperatorSet operatorSet, address[] operators, address[] strategies, uint32 futureBlock) external view returns (uint256[][]);
        function isOperatorRedistributable(address operator) external view returns (bool);
    }

    interface DelegationManager {
        struct SignatureWithExpiry { bytes signature; uint256 expiry; }
        struct Withdrawal { address staker; address delegatedTo; address withdrawer; uint256 nonce; uint32 startBlock; address[] strategies; uint256[] scaledShares; }
        struct QueuedWithdrawalParams { address[] strategies; uint256[] depositShares; address deprecatedWithdrawer; }

        function initialize(uint256 initialPausedStatus) external;
        function registerAsOperator(address initDelegationApprover, uint32 allocationDelay, string metadataURI) external;
        function modifyOperatorDetails(address operator, address newDelegationApprover) external;
        function updateOperatorMetadataURI(address operator, string metadataURI) external;
        function delegateTo(address operator, SignatureWithExpiry approverSignatureAndExpiry, bytes32 approverSalt) external;
        function undelegate(address staker) external returns (bytes32[]);
        function redelegate(address newOperator, SignatureWithExpiry newOperatorApproverSig, bytes32 approverSalt) external returns (bytes32[]);
        function queueWithdrawals(QueuedWithdrawalParams[] params) external returns (bytes32[]);
        function completeQueuedWithdrawal(Withdrawal withdrawal, address[] tokens, bool receiveAsTokens) external;
        function completeQueuedWithdrawals(Withdrawal[] withdrawals, address[][] tokens, bool[] receiveAsTokens) external;
        function increaseDelegatedShares(address staker, address strategy, uint256 prevDepositShares, uint256 addedShares) external;
        function decreaseDelegatedShares(address staker, uint256 curDepositShares, uint64 beaconChainSlashingFactorDecrease) external;
        function getWithdrawableShares(address staker, address[] strategies) external view returns (uint256[], uint256[]);
        function convertToDepositShares(address staker, address[] strategies, uint256[] withdrawableShares) external view returns (uint256[]);
        function getSlashableSharesInQueue(address operator, address strategy) external view returns (uint256);
        function getQueuedWithdrawal(bytes32 withdrawalRoot) external view returns (Withdrawal, uint256[]);
        function slashOperatorShares(address operator, OperatorSet operatorSet, uint256 slashId, address strategy, uint64 prevMaxMagnitude, uint64 newMaxMagnitude) external returns (uint256);
    }

    interface StrategyManager {
        function initialize(address initialOwner, address initialStrategyWhitelister, uint256 initialPausedStatus) external;
        function depositIntoStrategy(address strategy, address token, uint256 amount) external returns (uint256);
        function depositIntoStrategyWithSignature(address strategy, address token, uint256 amount, address staker, uint256 expiry, bytes signature) external returns (uint256);
        function clearBurnOrRedistributableShares(OperatorSet operatorSet, uint256 slashId) external returns (uint256[]);
        function clearBurnOrRedistributableSharesByStrategy(OperatorSet operatorSet, uint256 slashId, address strategy) external returns (uint256);
        function burnShares(address strategy) external;
        function setStrategyWhitelister(address newStrategyWhitelister) external;
        function addStrategiesToDepositWhitelist(address[] strategiesToWhitelist) external;
        function removeStrategiesFromDepositWhitelist(address[] strategiesToRemoveFromWhitelist) external;
        function transferOwnership(address newOwner) external;
        function renounceOwnership() external;
        function addShares(address staker, address strategy, uint256 shares) external returns (uint256, uint256);
        function removeDepositShares(address staker, address strategy, uint256 depositSharesToRemove) external returns (uint256);
        function withdrawSharesAsTokens(address staker, address strategy, address token, uint256 shares) external;
        function increaseBurnOrRedistributableShares(OperatorSet operatorSet, uint256 slashId, address strategy, uint256 addedSharesToBurn) external;
    }

    /// What managers of the slashing release are asked in other words.
    interface SlashingManagers {
        function initialize(address initialOwner, uint256 initialPausedStatus) external;
        function slashOperatorShares(address operator, address strategy, uint64 prevMaxMagnitude, uint64 newMaxMagnitude) external;
        function increaseBurnableShares(address strategy, uint256 addedSharesToBurn) external;
    }

    interface StrategyBase {
        function initialize(address token) external;
        function deposit(address token, uint256 amount) external returns (uint256);
        function withdraw(address recipient, address token, uint256 amountShares) external returns (uint256);
        function userUnderlying(address user) external returns (uint256);
        function sharesToUnderlying(uint256 amountShares) external returns (uint256);
        function underlyingToShares(uint256 amountUnderlying) external returns (uint256);
    }

    interface EigenPodManager {
        function initialize(address initialOwner, uint256 initialPausedStatus) external;
        function createPod() external returns (address);
        function getPod(address podOwner) external view returns (address);
        function stake(bytes pubkey, bytes signature, bytes32 depositDataRoot) external payable;
        function recordBeaconChainETHBalanceUpdate(address podOwner, uint256 prevRestakedBalanceWei, int256 balanceDeltaWei) external;
        function setProofTimestampSetter(address newProofTimestampSetter) external;
        function setPectraForkTimestamp(uint64 timestamp) external;
    }

    interface EigenPod {
        function initialize(address owner) external;
        function reportNewValidators(uint64 balanceGwei) external;
        function reportCheckpoint(uint64 balanceGwei) external payable;
        function stake(bytes pubkey, bytes signature, bytes32 depositDataRoot) external payable;
        function withdrawRestakedBeaconChainETH(address recipient, uint256 amountWei) external;
    }

    interface UpgradeableBeacon {
        function upgradeTo(address newImplementation) external;
    }

    interface PermissionController {
        function addPendingAdmin(address account, address admin) external;
        function removePendingAdmin(address account, address admin) external;
        function acceptAdmin(address account) external;
        function removeAdmin(address account, address admin) external;
        function setAppointee(address account, address appointee, address target, bytes4 selector) external;
        function removeAppointee(address account, address appointee, address target, bytes4 selector) external;
    }

    interface Pausable {
        function pause(uint256 newPausedStatus) external;
        function pauseAll() external;
        function unpause(uint256 newPausedStatus) external;
    }

    interface PauserRegistry {
        function setIsPauser(address newPauser, bool canPause) external;
        function setUnpauser(address newUnpauser) external;
    }

    interface ProxyAdmin {
        function upgrade(address proxy, address implementation) external;
        function upgradeAndCall(address proxy, address implementation, bytes data) external;
    }

    interface Proxy {
        function upgradeTo(address implementation) external;
    }

    interface CallingAccount {
        function prepare(address target, bytes data) external;
    }

    interface EigenStrategy {
        function initialize(address eigen, address backing) external;
    }

    interface StrategyBaseTVLLimits {
        function initialize(uint256 mostPerDeposit, uint256 mostInTotal, address token) external;
        function setTVLLimits(uint256 newMaxPerDeposit, uint256 newMaxTotalDeposits) external;
    }

    interface LendingMarket {
        function lend(uint256 amount, uint256 minShares) external returns (uint256);
        function withdraw(uint256 shares) external returns (uint256);
        function borrow(uint256 amount) external;
        function repay(address borrower) external returns (uint256);
        function liquidate(address borrower) external;
        function collect() external returns (uint256);
    }

    interface InsuranceFund {
        struct Fault { address operator; uint256 wadToSlash; }
        struct Loss { address holder; uint256 amount; }

        function setCover(address holder, uint256 amount) external;
        function adjudicate(Fault[] faults, Loss[] losses) external returns (uint256);
        function settle() external returns (uint256);
        function claim(uint256 incidentId) external returns (uint256);
    }

    interface CommitmentRegistry {
        function commit(bytes32 digest, uint256 wadAtStake) external;
        function deliver(bytes delivery) external;
        function breach(address operator) external;
        function close() external returns (uint256);
        function claim(uint256 closedEpoch) external returns (uint256);
    }

    interface AVSRegistrar {
        function registerOperator(address operator, address avs, uint32[] operatorSetIds, bytes data) external;
    }

    interface WilfulRegistrar {
        function behave(bool newServes, uint8 newComing, uint8 newLeaving, uint8 newReaction) external;
    }

    interface Token {
        function setRate(uint256 newRate) external;
        function setBarred(address account, bool barred) external;
        function callMe() external;
        function mint(address to, uint256 amount) external;
        function approve(address spender, uint256 amount) external returns (bool);
        function transfer(address to, uint256 amount) external returns (bool);
    }
}
