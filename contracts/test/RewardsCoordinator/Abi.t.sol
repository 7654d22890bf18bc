// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    IRewardsCoordinator,
    IRewardsCoordinatorErrors,
    IRewardsCoordinatorEvents
} from "../../src/interfaces/IRewardsCoordinator.sol";
import {IStrategyFactory} from "../../src/interfaces/IStrategyFactory.sol";
import {Merkle} from "../../src/libraries/Merkle.sol";
import {vm} from "../utils/Vm.sol";

/// @notice The selectors that everybody's tools know, of the rewards coordinator and the strategy factory.
contract RewardsAbiTest {
    function test_functions_ofTheRewardsCoordinator() public pure {
        _same(IRewardsCoordinator.createAVSRewardsSubmission.selector, 0xfce36c7d);
        _same(IRewardsCoordinator.createOperatorDirectedAVSRewardsSubmission.selector, 0x9cb9a5fa);
        _same(IRewardsCoordinator.createOperatorDirectedOperatorSetRewardsSubmission.selector, 0x0ca29899);
        _same(IRewardsCoordinator.createRewardsForAllEarners.selector, 0xff9f6cce);
        _same(IRewardsCoordinator.createRewardsForAllSubmission.selector, 0x36af41fa);
        _same(IRewardsCoordinator.disableRoot.selector, 0xf96abf2e);
        _same(IRewardsCoordinator.initialize.selector, 0xf6efbb59);
        _same(IRewardsCoordinator.processClaim.selector, 0x3ccc861d);
        _same(IRewardsCoordinator.processClaims.selector, 0x4596021c);
        _same(IRewardsCoordinator.setActivationDelay.selector, 0x58baaa3e);
        _same(IRewardsCoordinator.setDefaultOperatorSplit.selector, 0xa50a1d9c);
        _same(IRewardsCoordinator.setOperatorAVSSplit.selector, 0xdcbb03b3);
        _same(IRewardsCoordinator.setOperatorPISplit.selector, 0xb3dbb0e0);
        _same(IRewardsCoordinator.setOperatorSetSplit.selector, 0xf74e8eac);
        _same(IRewardsCoordinator.setRewardsForAllSubmitter.selector, 0x0eb38345);
        _same(IRewardsCoordinator.setRewardsUpdater.selector, 0x863cb9a9);
        _same(IRewardsCoordinator.submitRoot.selector, 0x3efe1db6);
    }

    function test_views_ofTheRewardsCoordinator() public pure {
        _same(IRewardsCoordinator.activationDelay.selector, 0x3a8c0786);
        _same(IRewardsCoordinator.allocationManager.selector, 0xca8aa7c7);
        _same(IRewardsCoordinator.beaconChainETHStrategy.selector, 0x9104c319);
        _same(IRewardsCoordinator.calculateEarnerLeafHash.selector, 0x149bc872);
        _same(IRewardsCoordinator.calculateTokenLeafHash.selector, 0xf8cd8448);
        _same(IRewardsCoordinator.CALCULATION_INTERVAL_SECONDS.selector, 0x9d45c281);
        _same(IRewardsCoordinator.checkClaim.selector, 0x5e9d8348);
        _same(IRewardsCoordinator.claimerFor.selector, 0x2b9f64a4);
        _same(IRewardsCoordinator.cumulativeClaimed.selector, 0x865c6953);
        _same(IRewardsCoordinator.currRewardsCalculationEndTimestamp.selector, 0x4d18cc35);
        _same(IRewardsCoordinator.defaultOperatorSplitBips.selector, 0x63f6a798);
        _same(IRewardsCoordinator.delegationManager.selector, 0xea4d3c9b);
        _same(IRewardsCoordinator.GENESIS_REWARDS_TIMESTAMP.selector, 0x131433b4);
        _same(IRewardsCoordinator.getCurrentClaimableDistributionRoot.selector, 0x0e9a53cf);
        _same(IRewardsCoordinator.getCurrentDistributionRoot.selector, 0x9be3d4e4);
        _same(IRewardsCoordinator.getDistributionRootAtIndex.selector, 0xde02e503);
        _same(IRewardsCoordinator.getDistributionRootsLength.selector, 0x7b8f8b05);
        _same(IRewardsCoordinator.getOperatorAVSSplit.selector, 0xe063f81f);
        _same(IRewardsCoordinator.getOperatorPISplit.selector, 0x4b943960);
        _same(IRewardsCoordinator.getOperatorSetSplit.selector, 0x9de4b35f);
        _same(IRewardsCoordinator.getRootIndexFromHash.selector, 0xe810ce21);
        _same(IRewardsCoordinator.isAVSRewardsSubmissionHash.selector, 0x6d21117e);
        _same(IRewardsCoordinator.isOperatorDirectedAVSRewardsSubmissionHash.selector, 0xed71e6a2);
        _same(IRewardsCoordinator.isOperatorDirectedOperatorSetRewardsSubmissionHash.selector, 0xf2f07ab4);
        _same(IRewardsCoordinator.isRewardsForAllSubmitter.selector, 0x0018572c);
        _same(IRewardsCoordinator.isRewardsSubmissionForAllEarnersHash.selector, 0xaebd8bae);
        _same(IRewardsCoordinator.isRewardsSubmissionForAllHash.selector, 0xc46db606);
        _same(IRewardsCoordinator.MAX_FUTURE_LENGTH.selector, 0x04a0c502);
        _same(IRewardsCoordinator.MAX_RETROACTIVE_LENGTH.selector, 0x37838ed0);
        _same(IRewardsCoordinator.MAX_REWARDS_DURATION.selector, 0xbf21a8aa);
        _same(IRewardsCoordinator.rewardsUpdater.selector, 0xfbf1e2c1);
        _same(IRewardsCoordinator.strategyManager.selector, 0x39b70e38);
        _same(IRewardsCoordinator.submissionNonce.selector, 0xbb7e451f);
    }

    function test_errors_ofTheRewardsCoordinator() public pure {
        _same(IRewardsCoordinatorErrors.AmountExceedsMax.selector, 0x1c2d69bc);
        _same(IRewardsCoordinatorErrors.AmountIsZero.selector, 0x43ad20fc);
        _same(IRewardsCoordinatorErrors.DurationExceedsMax.selector, 0x3742e7d4);
        _same(IRewardsCoordinatorErrors.DurationIsZero.selector, 0xcb3f434d);
        _same(IRewardsCoordinatorErrors.EarningsNotGreaterThanClaimed.selector, 0xaa385e81);
        _same(IRewardsCoordinatorErrors.InputArrayLengthMismatch.selector, 0x43714afd);
        _same(IRewardsCoordinatorErrors.InputArrayLengthZero.selector, 0x796cc525);
        _same(IRewardsCoordinatorErrors.InvalidAddressZero.selector, 0x10c748a6);
        _same(IRewardsCoordinatorErrors.InvalidCalculationIntervalSecondsRemainder.selector, 0x4478f672);
        _same(IRewardsCoordinatorErrors.InvalidClaimProof.selector, 0x69ca16c9);
        _same(IRewardsCoordinatorErrors.InvalidDurationRemainder.selector, 0xee664705);
        _same(IRewardsCoordinatorErrors.InvalidEarner.selector, 0xfb494ea1);
        _same(IRewardsCoordinatorErrors.InvalidEarnerLeafIndex.selector, 0x6361ce80);
        _same(IRewardsCoordinatorErrors.InvalidGenesisRewardsTimestampRemainder.selector, 0x0e06bd31);
        _same(IRewardsCoordinatorErrors.InvalidOperatorSet.selector, 0x7ec5c154);
        _same(Merkle.InvalidProofLength.selector, 0x4dc5f6a4);
        _same(IRewardsCoordinatorErrors.InvalidRoot.selector, 0x504570e3);
        _same(IRewardsCoordinatorErrors.InvalidRootIndex.selector, 0x94a8d389);
        _same(IRewardsCoordinatorErrors.InvalidStartTimestampRemainder.selector, 0xf06a53c4);
        _same(IRewardsCoordinatorErrors.InvalidTokenLeafIndex.selector, 0xa9fe9be0);
        _same(IRewardsCoordinatorErrors.NewRootMustBeForNewCalculatedPeriod.selector, 0x729f942c);
        _same(IRewardsCoordinatorErrors.OperatorsNotInAscendingOrder.selector, 0x87da3f88);
        _same(IRewardsCoordinatorErrors.PreviousSplitPending.selector, 0x7b1e25c5);
        _same(IRewardsCoordinatorErrors.RewardsEndTimestampNotElapsed.selector, 0x0d2af922);
        _same(IRewardsCoordinatorErrors.RootAlreadyActivated.selector, 0x30dbd994);
        _same(IRewardsCoordinatorErrors.RootDisabled.selector, 0x1b14174b);
        _same(IRewardsCoordinatorErrors.RootNotActivated.selector, 0xa1bd15d8);
        _same(IRewardsCoordinatorErrors.SplitExceedsMax.selector, 0x891c63df);
        _same(IRewardsCoordinatorErrors.StartTimestampTooFarInFuture.selector, 0x7ee2b443);
        _same(IRewardsCoordinatorErrors.StartTimestampTooFarInPast.selector, 0x08354eae);
        _same(IRewardsCoordinatorErrors.StrategiesNotInAscendingOrder.selector, 0xdfad9ca1);
        _same(IRewardsCoordinatorErrors.StrategyNotWhitelisted.selector, 0x5dfb2ca2);
        _same(IRewardsCoordinatorErrors.SubmissionNotRetroactive.selector, 0x540d6284);
        _same(IRewardsCoordinatorErrors.UnauthorizedCaller.selector, 0x5c427cd9);
    }

    function test_events_ofTheRewardsCoordinator() public pure {
        vm.assertEq(
            IRewardsCoordinatorEvents.ActivationDelaySet.selector,
            0xaf557c6c02c208794817a705609cfa935f827312a1adfdd26494b6b95dd2b4b3
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.AVSRewardsSubmissionCreated.selector,
            0x450a367a380c4e339e5ae7340c8464ef27af7781ad9945cfe8abd828f89e6281
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.ClaimerForSet.selector,
            0xbab947934d42e0ad206f25c9cab18b5bb6ae144acfb00f40b4e3aa59590ca312
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.DefaultOperatorSplitBipsSet.selector,
            0xe6cd4edfdcc1f6d130ab35f73d72378f3a642944fb4ee5bd84b7807a81ea1c4e
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.DistributionRootDisabled.selector,
            0xd850e6e5dfa497b72661fa73df2923464eaed9dc2ff1d3cb82bccbfeabe5c41e
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.DistributionRootSubmitted.selector,
            0xecd866c3c158fa00bf34d803d5f6023000b57080bcb48af004c2b4b46b3afd08
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.OperatorAVSSplitBipsSet.selector,
            0x48e198b6ae357e529204ee53a8e514c470ff77d9cc8e4f7207f8b5d490ae6934
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.OperatorDirectedAVSRewardsSubmissionCreated.selector,
            0xfc8888bffd711da60bc5092b33f677d81896fe80ecc677b84cfab8184462b6e0
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.OperatorDirectedOperatorSetRewardsSubmissionCreated.selector,
            0xfff0759ccb371dfb5691798724e70b4fa61cb3bfe730a33ac19fb86a48efc756
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.OperatorPISplitBipsSet.selector,
            0xd1e028bd664486a46ad26040e999cd2d22e1e9a094ee6afe19fcf64678f16f74
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.OperatorSetSplitBipsSet.selector,
            0x14918b3834ab6752eb2e1b489b6663a67810efb5f56f3944a97ede8ecf1fd9f1
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.RewardsClaimed.selector,
            0x9543dbd55580842586a951f0386e24d68a5df99ae29e3b216588b45fd684ce31
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.RewardsForAllSubmitterSet.selector,
            0x4de6293e668df1398422e1def12118052c1539a03cbfedc145895d48d7685f1c
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.RewardsSubmissionForAllCreated.selector,
            0x51088b8c89628df3a8174002c2a034d0152fce6af8415d651b2a4734bf270482
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.RewardsSubmissionForAllEarnersCreated.selector,
            0x5251b6fdefcb5d81144e735f69ea4c695fd43b0289ca53dc075033f5fc80068b
        );
        vm.assertEq(
            IRewardsCoordinatorEvents.RewardsUpdaterSet.selector,
            0x237b82f438d75fc568ebab484b75b01d9287b9e98b490b7c23221623b6705dbb
        );
    }

    function test_functions_ofTheStrategyFactory() public pure {
        _same(IStrategyFactory.blacklistTokens.selector, 0x23103c41);
        _same(IStrategyFactory.deployNewStrategy.selector, 0x6b9b6229);
        _same(IStrategyFactory.initialize.selector, 0xc350a1b5);
        _same(IStrategyFactory.removeStrategiesFromWhitelist.selector, 0xfe38b32d);
        _same(IStrategyFactory.whitelistStrategies.selector, 0xb768ebc9);
        _same(IStrategyFactory.deployedStrategies.selector, 0x581dfd65);
        _same(IStrategyFactory.isBlacklisted.selector, 0xfe575a87);
        _same(IStrategyFactory.strategyBeacon.selector, 0xf0062d9a);
        _same(IStrategyFactory.strategyManager.selector, 0x39b70e38);
    }

    function test_errors_ofTheStrategyFactory() public pure {
        _same(IStrategyFactory.AlreadyBlacklisted.selector, 0xf53de75f);
        _same(IStrategyFactory.BlacklistedToken.selector, 0x1230cf7a);
        _same(IStrategyFactory.StrategyAlreadyExists.selector, 0xc45546f7);
    }

    function test_events_ofTheStrategyFactory() public pure {
        vm.assertEq(
            IStrategyFactory.StrategyBeaconModified.selector,
            0xe21755962a7d7e100b59b9c3e4d4b54085b146313719955efb6a7a25c5c7feee
        );
        vm.assertEq(
            IStrategyFactory.StrategySetForToken.selector,
            0x6852a55230ef089d785bce7ffbf757985de34026df90a87d7b4a6e56f95d251f
        );
        vm.assertEq(
            IStrategyFactory.TokenBlacklisted.selector,
            0x75519c51f39873ec0e27dd3bbc09549e4865a113f505393fb9eab5898f6418b3
        );
    }

    function _same(bytes4 found, bytes4 expected) private pure {
        vm.assertEq(bytes32(found), bytes32(expected));
    }
}
