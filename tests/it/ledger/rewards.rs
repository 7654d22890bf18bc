//! The rewards coordinator and the strategy factory, asked.

use alloy_sol_types::sol;
use slashproof::{
    call::SplitId,
    executor::Executor,
    ledger::{Ledger, SubmissionKind},
};

use super::told::{OperatorSet, views};

sol! {
    #[derive(Debug, PartialEq)]
    struct Set { address avs; uint32 id; }
    #[derive(Debug)]
    struct DistributionRoot { bytes32 root; uint32 rewardsCalculationEndTimestamp; uint32 activatedAt; bool disabled; }

    function owner() returns (address);
    function rewardsUpdater() returns (address);
    function activationDelay() returns (uint32);
    function currRewardsCalculationEndTimestamp() returns (uint32);
    function defaultOperatorSplitBips() returns (uint16);
    function CALCULATION_INTERVAL_SECONDS() returns (uint32);
    function MAX_REWARDS_DURATION() returns (uint32);
    function MAX_RETROACTIVE_LENGTH() returns (uint32);
    function MAX_FUTURE_LENGTH() returns (uint32);
    function GENESIS_REWARDS_TIMESTAMP() returns (uint32);
    function beaconChainETHStrategy() returns (address);
    function getDistributionRootsLength() returns (uint256);
    function getDistributionRootAtIndex(uint256 index) returns (DistributionRoot);
    function getCurrentClaimableDistributionRoot() returns (DistributionRoot);
    function claimerFor(address earner) returns (address);
    function cumulativeClaimed(address earner, address token) returns (uint256);
    function submissionNonce(address avs) returns (uint256);
    function isRewardsForAllSubmitter(address submitter) returns (bool);
    function getOperatorAVSSplit(address operator, address avs) returns (uint16);
    function getOperatorPISplit(address operator) returns (uint16);
    function getOperatorSetSplit(address operator, Set set) returns (uint16);
    function isAVSRewardsSubmissionHash(address avs, bytes32 hash) returns (bool);
    function isRewardsSubmissionForAllHash(address avs, bytes32 hash) returns (bool);
    function isRewardsSubmissionForAllEarnersHash(address avs, bytes32 hash) returns (bool);
    function isOperatorDirectedAVSRewardsSubmissionHash(address avs, bytes32 hash) returns (bool);
    function isOperatorDirectedOperatorSetRewardsSubmissionHash(address avs, bytes32 hash) returns (bool);

    function deployedStrategies(address token) returns (address);
    function isBlacklisted(address token) returns (bool);
    function strategyIsWhitelistedForDeposit(address strategy) returns (bool);
}

pub(super) fn rewards_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    let rewards = &ledger.rewards;
    let mut coordinator = views(executor, "rewardsCoordinator");
    assert_eq!(coordinator.contract, rewards.coordinator);
    assert_eq!(coordinator.ask(&ownerCall {}), rewards.owner);
    assert_eq!(coordinator.ask(&rewardsUpdaterCall {}), rewards.updater);
    assert_eq!(coordinator.ask(&activationDelayCall {}), rewards.activation_delay);
    assert_eq!(coordinator.ask(&currRewardsCalculationEndTimestampCall {}), rewards.calculation_end);
    assert_eq!(coordinator.ask(&defaultOperatorSplitBipsCall {}), rewards.default_split);
    assert_eq!(coordinator.ask(&CALCULATION_INTERVAL_SECONDSCall {}), rewards.terms.interval);
    assert_eq!(coordinator.ask(&MAX_REWARDS_DURATIONCall {}), rewards.terms.longest);
    assert_eq!(coordinator.ask(&MAX_RETROACTIVE_LENGTHCall {}), rewards.terms.most_back);
    assert_eq!(coordinator.ask(&MAX_FUTURE_LENGTHCall {}), rewards.terms.most_ahead);
    assert_eq!(coordinator.ask(&GENESIS_REWARDS_TIMESTAMPCall {}), rewards.terms.genesis);
    assert_eq!(coordinator.ask(&beaconChainETHStrategyCall {}), rewards.terms.native);
    assert_eq!(rewards.terms.most.to_string(), "9".repeat(38));
    for earner in &rewards.earners {
        let address = earner.address;
        assert_eq!(coordinator.ask(&claimerForCall { earner: address }), earner.claimer);
        for (token, claimed) in ledger.tokens.iter().zip(&earner.claimed) {
            let question = cumulativeClaimedCall { earner: address, token: token.address };
            assert_eq!(coordinator.ask(&question), *claimed);
        }
    }
    for submitter in &rewards.submitters {
        let nonce = coordinator.ask(&submissionNonceCall { avs: submitter.address });
        assert_eq!(nonce.to::<u64>(), submitter.nonce);
        let for_all = coordinator.ask(&isRewardsForAllSubmitterCall { submitter: submitter.address });
        assert_eq!(for_all, submitter.for_all);
    }
    roots_are_as_told(executor, ledger);
    splits_are_as_told(executor, ledger);
    submissions_are_as_told(executor, ledger);
    factory_is_as_told(executor, ledger);
}

fn roots_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    let roots = &ledger.rewards.roots;
    let mut coordinator = views(executor, "rewardsCoordinator");
    assert_eq!(coordinator.ask(&getDistributionRootsLengthCall {}).to::<usize>(), roots.len());
    for (index, root) in roots.iter().enumerate() {
        let told = coordinator.ask(&getDistributionRootAtIndexCall { index: index.try_into().unwrap() });
        assert_eq!((told.root, told.disabled), (root.root, root.disabled));
        assert_eq!(told.rewardsCalculationEndTimestamp, root.calculation_end);
        assert_eq!(told.activatedAt, root.activated_at);
        assert_eq!(root.distribution.as_ref().map(|published| published.root()), Some(root.root));
    }
    let claimable = roots.iter().rev().find(|root| root.is_claimable(ledger.timestamp));
    let told = coordinator.ask(&getCurrentClaimableDistributionRootCall {});
    assert_eq!(told.root, claimable.map(|root| root.root).unwrap_or_default());
}

fn splits_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    let rewards = &ledger.rewards;
    let mut coordinator = views(executor, "rewardsCoordinator");
    for split in &rewards.splits {
        let told = match split.id {
            SplitId::Avs { operator, avs } => coordinator.ask(&getOperatorAVSSplitCall { operator, avs }),
            SplitId::Incentives { operator } => coordinator.ask(&getOperatorPISplitCall { operator }),
            SplitId::Set { operator, set } => {
                let OperatorSet { avs, id } = super::told::abi(set);
                coordinator.ask(&getOperatorSetSplitCall { operator, set: Set { avs, id } })
            }
        };
        assert_eq!(told, split.at(ledger.timestamp, rewards.default_split), "{split:?}");
    }
}

fn submissions_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    let mut coordinator = views(executor, "rewardsCoordinator");
    for submission in &ledger.rewards.submissions {
        let (avs, hash) = (submission.account, submission.hash);
        let told = match submission.kind {
            SubmissionKind::Avs => coordinator.ask(&isAVSRewardsSubmissionHashCall { avs, hash }),
            SubmissionKind::All => coordinator.ask(&isRewardsSubmissionForAllHashCall { avs, hash }),
            SubmissionKind::AllEarners => coordinator.ask(&isRewardsSubmissionForAllEarnersHashCall { avs, hash }),
            SubmissionKind::Directed => coordinator.ask(&isOperatorDirectedAVSRewardsSubmissionHashCall { avs, hash }),
            SubmissionKind::DirectedToSet => {
                coordinator.ask(&isOperatorDirectedOperatorSetRewardsSubmissionHashCall { avs, hash })
            }
        };
        assert!(told && submission.recorded, "{submission:?}");
    }
    // Every submission there was is in the ledger, so each was predicted to the bit.
    let numbered: u64 = ledger.rewards.submitters.iter().map(|submitter| submitter.nonce).sum();
    assert_eq!(ledger.rewards.submissions.len() as u64, numbered);
}

fn factory_is_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    let mut factory = views(executor, "strategyFactory");
    assert_eq!(factory.ask(&ownerCall {}), ledger.factory.owner);
    let mut made = 0;
    for token in &ledger.factory.tokens {
        assert_eq!(factory.ask(&deployedStrategiesCall { token: token.address }), token.strategy);
        assert_eq!(factory.ask(&isBlacklistedCall { token: token.address }), token.blacklisted);
        made += usize::from(!token.strategy.is_zero());
    }
    for (place, strategy) in ledger.factory.strategies.iter().enumerate() {
        // Those it made come first.
        assert_eq!(ledger.factory.made(strategy.address), place < made);
        let question = strategyIsWhitelistedForDepositCall { strategy: strategy.address };
        assert_eq!(views(executor, "strategyManager").ask(&question), strategy.whitelisted);
    }
}
