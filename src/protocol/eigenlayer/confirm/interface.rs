//! Views that can be asked, of every release.

use alloy_sol_types::sol;

sol! {
    #[derive(Debug, PartialEq)]
    struct Set { address avs; uint32 id; }
    struct Allocated { uint64 currentMagnitude; int128 pendingDiff; uint32 effectBlock; }

    function getMaxMagnitude(address operator, address strategy) returns (uint64);
    function getEncumberedMagnitude(address operator, address strategy) returns (uint64);
    function getAllocation(address operator, Set set, address strategy) returns (Allocated);
    function getAllocatedSets(address operator) returns (Set[]);
    function getRegisteredSets(address operator) returns (Set[]);
    function getAllocationDelay(address operator) returns (bool, uint32);
    function isOperatorSlashable(address operator, Set set) returns (bool);
    function isOperatorSet(Set set) returns (bool);
    function getStrategiesInOperatorSet(Set set) returns (address[]);
    function getMembers(Set set) returns (address[]);
    function getSlashCount(Set set) returns (uint256);
    function getAVSRegistrar(address avs) returns (address);
    function operatorShares(address operator, address strategy) returns (uint256);
    function delegatedTo(address staker) returns (address);
    function delegationApprover(address operator) returns (address);
    function depositScalingFactor(address staker, address strategy) returns (uint256);
    function cumulativeWithdrawalsQueued(address staker) returns (uint256);
    function getDeposits(address staker) returns (address[] strategies, uint256[] shares);
    function strategyIsWhitelistedForDeposit(address strategy) returns (bool);
    function strategyWhitelister() returns (address);
    function totalShares() returns (uint256);
    function podOwnerDepositShares(address podOwner) returns (int256);
    function ownerToPod(address podOwner) returns (address);
    function owner() returns (address);
    function paused() returns (uint256);
    function balanceOf(address holder) returns (uint256);
    function getAdmins(address account) returns (address[]);
    function getPendingAdmins(address account) returns (address[]);

    function getBurnableShares(address strategy) returns (uint256);
    function getBurnOrRedistributableShares(Set set, uint256 slashId, address strategy) returns (uint256);
    function getPendingOperatorSets() returns (Set[]);
    function getPendingSlashIds(Set set) returns (uint256[]);
    function pendingWithdrawals(bytes32 root) returns (bool);
    function beaconChainSlashingFactor(address podOwner) returns (uint64);
    function burnableETHShares() returns (uint256);
    function claimerFor(address earner) returns (address);
    function cumulativeClaimed(address earner, address token) returns (uint256);
    function currRewardsCalculationEndTimestamp() returns (uint32);
    function getDistributionRootsLength() returns (uint256);
    function rewardsUpdater() returns (address);

    struct Distributed { bytes32 root; uint32 rewardsCalculationEndTimestamp; uint32 activatedAt; bool disabled; }

    interface Views {
        function isMemberOfOperatorSet(address operator, Set set) external view returns (bool);
        function isRedistributingOperatorSet(Set set) external view returns (bool);
        function getRedistributionRecipient(Set set) external view returns (address);
        function getMemberCount(Set set) external view returns (uint256);
        function getAllocatedStrategies(address operator, Set set) external view returns (address[]);
        function getStrategyAllocations(address operator, address strategy)
            external view returns (Set[] sets, Allocated[] allocations);
        function getAllocations(address[] operators, Set set, address strategy)
            external view returns (Allocated[]);
        function getMaxMagnitudes(address operator, address[] strategies) external view returns (uint64[]);
        function getMaxMagnitudes(address[] operators, address strategy) external view returns (uint64[]);
        function getMaxMagnitudesAtBlock(address operator, address[] strategies, uint32 blockNumber)
            external view returns (uint64[]);

        function isDelegated(address staker) external view returns (bool);
        function isOperator(address operator) external view returns (bool);
        function getOperatorShares(address operator, address[] strategies) external view returns (uint256[]);
        function getOperatorsShares(address[] operators, address[] strategies) external view returns (uint256[][]);
        function getDepositedShares(address staker) external view returns (address[] strategies, uint256[] shares);
        function getQueuedWithdrawalRoots(address staker) external view returns (bytes32[]);

        function stakerStrategyListLength(address staker) external view returns (uint256);
        function getStakerStrategyList(address staker) external view returns (address[]);
        function stakerDepositShares(address staker, address strategy) external view returns (uint256);
        function getBurnOrRedistributableCount(Set set, uint256 slashId) external view returns (uint256);
        function getBurnOrRedistributableShares(Set set, uint256 slashId)
            external view returns (address[] strategies, uint256[] shares);

        function shares(address staker) external view returns (uint256);
        function sharesToUnderlyingView(uint256 shares) external view returns (uint256);
        function underlyingToSharesView(uint256 tokens) external view returns (uint256);
        function userUnderlyingView(address staker) external view returns (uint256);
        function getTVLLimits() external view returns (uint256, uint256);
        function maxPerDeposit() external view returns (uint256);
        function maxTotalDeposits() external view returns (uint256);

        function hasPod(address podOwner) external view returns (bool);
        function numPods() external view returns (uint256);

        function activationDelay() external view returns (uint32);
        function defaultOperatorSplitBips() external view returns (uint16);
        function getDistributionRootAtIndex(uint256 index) external view returns (Distributed);
        function getCurrentDistributionRoot() external view returns (Distributed);
        function getCurrentClaimableDistributionRoot() external view returns (Distributed);
        function getRootIndexFromHash(bytes32 rootHash) external view returns (uint32);
        function getOperatorAVSSplit(address operator, address avs) external view returns (uint16);
        function getOperatorPISplit(address operator) external view returns (uint16);
        function getOperatorSetSplit(address operator, Set set) external view returns (uint16);
        function isRewardsForAllSubmitter(address submitter) external view returns (bool);
        function submissionNonce(address submitter) external view returns (uint256);

        function isAdmin(address account, address caller) external view returns (bool);
        function isPendingAdmin(address account, address pendingAdmin) external view returns (bool);
        function canCall(address account, address caller, address target, bytes4 selector)
            external view returns (bool);
        function getAppointeePermissions(address account, address appointee)
            external view returns (address[] targets, bytes4[] selectors);

        function paused(uint8 index) external view returns (bool);
    }
}
