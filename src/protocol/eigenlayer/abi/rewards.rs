//! The functions of the rewards coordinator and the strategy factory.

use alloy_sol_types::sol;

sol! {
    #[derive(Debug)]
    struct OperatorSet { address avs; uint32 id; }

    interface RewardsCoordinator {
        struct StrategyAndMultiplier { address strategy; uint96 multiplier; }
        struct RewardsSubmission { StrategyAndMultiplier[] strategiesAndMultipliers; address token; uint256 amount; uint32 startTimestamp; uint32 duration; }
        struct OperatorReward { address operator; uint256 amount; }
        struct OperatorDirectedRewardsSubmission { StrategyAndMultiplier[] strategiesAndMultipliers; address token; OperatorReward[] operatorRewards; uint32 startTimestamp; uint32 duration; string description; }
        struct EarnerTreeMerkleLeaf { address earner; bytes32 earnerTokenRoot; }
        struct TokenTreeMerkleLeaf { address token; uint256 cumulativeEarnings; }
        struct RewardsMerkleClaim { uint32 rootIndex; uint32 earnerIndex; bytes earnerTreeProof; EarnerTreeMerkleLeaf earnerLeaf; uint32[] tokenIndices; bytes[] tokenTreeProofs; TokenTreeMerkleLeaf[] tokenLeaves; }
        struct Params { address delegationManager; address strategyManager; address allocationManager; address pauserRegistry; address permissionController; uint32 CALCULATION_INTERVAL_SECONDS; uint32 MAX_REWARDS_DURATION; uint32 MAX_RETROACTIVE_LENGTH; uint32 MAX_FUTURE_LENGTH; uint32 GENESIS_REWARDS_TIMESTAMP; string version; }

        function initialize(address initialOwner, uint256 initialPausedStatus, address initialRewardsUpdater, uint32 initialActivationDelay, uint16 initialDefaultSplitBips) external;
        function createAVSRewardsSubmission(RewardsSubmission[] rewardsSubmissions) external;
        function createRewardsForAllSubmission(RewardsSubmission[] rewardsSubmissions) external;
        function createRewardsForAllEarners(RewardsSubmission[] rewardsSubmissions) external;
        function createOperatorDirectedAVSRewardsSubmission(address avs, OperatorDirectedRewardsSubmission[] submissions) external;
        function createOperatorDirectedOperatorSetRewardsSubmission(OperatorSet operatorSet, OperatorDirectedRewardsSubmission[] submissions) external;
        function processClaim(RewardsMerkleClaim claim, address recipient) external;
        function processClaims(RewardsMerkleClaim[] claims, address recipient) external;
        function setClaimerFor(address claimer) external;
        function setClaimerFor(address earner, address claimer) external;
        function submitRoot(bytes32 root, uint32 rewardsCalculationEndTimestamp) external;
        function disableRoot(uint32 rootIndex) external;
        function setOperatorAVSSplit(address operator, address avs, uint16 split) external;
        function setOperatorPISplit(address operator, uint16 split) external;
        function setOperatorSetSplit(address operator, OperatorSet operatorSet, uint16 split) external;
        function setActivationDelay(uint32 delay) external;
        function setDefaultOperatorSplit(uint16 split) external;
        function setRewardsUpdater(address newRewardsUpdater) external;
        function setRewardsForAllSubmitter(address submitter, bool newValue) external;
        function transferOwnership(address newOwner) external;
        function renounceOwnership() external;
    }

    interface StrategyFactory {
        function initialize(address initialOwner, uint256 initialPausedStatus, address initialStrategyBeacon) external;
        function deployNewStrategy(address token) external returns (address);
        function blacklistTokens(address[] tokens) external;
        function whitelistStrategies(address[] strategiesToWhitelist) external;
        function removeStrategiesFromWhitelist(address[] strategiesToRemoveFromWhitelist) external;
        function transferOwnership(address newOwner) external;
        function renounceOwnership() external;
    }
}
