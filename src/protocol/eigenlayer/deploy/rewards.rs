//! The rewards coordinator and the strategy factory, and who gives.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolValue};

use super::{Cast, Contracts, Managed, Planner, bootstrap::FUNDS};
use crate::protocol::eigenlayer::abi;

/// Seconds of the grid on which submissions lie.
pub(in super::super) const CALCULATION_INTERVAL: u32 = 86_400;

/// Bounds of submissions, in seconds, as on the main network's test deployments.
pub(in super::super) const MAX_REWARDS_DURATION: u32 = 6_048_000;
pub(in super::super) const MAX_RETROACTIVE_LENGTH: u32 = 7_776_000;
pub(in super::super) const MAX_FUTURE_LENGTH: u32 = 2_592_000;

/// No submission starts before this time.
pub(in super::super) const GENESIS_TIMESTAMP: u32 = 1_710_979_200;

/// The most that can be given at once, in wei: 1e38 - 1, as the contracts have it.
pub(in super::super) const MAX_REWARDS_AMOUNT: U256 =
    U256::from_limbs([687_399_551_400_673_279, 5_421_010_862_427_522_170, 0, 0]);

/// Seconds that roots and splits wait at first: thirty blocks.
const ACTIVATION_DELAY: u32 = 360;

/// What operators without a split of their own keep at first, in bips.
const DEFAULT_SPLIT: u16 = 1_000;

impl Planner<'_> {
    pub(super) fn coordinator(&self, contracts: &Contracts, cast: &Cast) -> Managed {
        let params = abi::RewardsCoordinator::Params {
            delegationManager: contracts.delegation_manager,
            strategyManager: contracts.strategy_manager,
            allocationManager: contracts.allocation_manager,
            pauserRegistry: contracts.pauser_registry,
            permissionController: contracts.permission_controller,
            CALCULATION_INTERVAL_SECONDS: CALCULATION_INTERVAL,
            MAX_REWARDS_DURATION,
            MAX_RETROACTIVE_LENGTH,
            MAX_FUTURE_LENGTH,
            GENESIS_REWARDS_TIMESTAMP: GENESIS_TIMESTAMP,
            version: self.release.version.to_owned(),
        };
        let start = abi::RewardsCoordinator::initializeCall {
            initialOwner: cast.owner,
            initialPausedStatus: U256::ZERO,
            initialRewardsUpdater: cast.updater,
            initialActivationDelay: ACTIVATION_DELAY,
            initialDefaultSplitBips: DEFAULT_SPLIT,
        };
        Managed {
            artifact: "RewardsCoordinator",
            proxy: contracts.rewards_coordinator,
            arguments: params.abi_encode(),
            start: Some(start.abi_encode()),
        }
    }

    /// The factory, and the beacon by which its strategies work.
    pub(super) fn factory(&mut self, contracts: &Contracts, cast: &Cast) -> Managed {
        let (manager, registry) = (contracts.strategy_manager, contracts.pauser_registry);
        let arguments = (manager, registry, self.release.version.to_owned()).abi_encode_params();
        let implementation = self.create("strategyBeacon implementation", "StrategyBase", &arguments);
        let beacon = self.create("strategyBeacon", "UpgradeableBeacon", &(implementation,).abi_encode_params());
        let start = abi::StrategyFactory::initializeCall {
            initialOwner: cast.owner,
            initialPausedStatus: U256::ZERO,
            initialStrategyBeacon: beacon,
        };
        let proxy = contracts.strategy_factory;
        // What it will make has names from the start.
        for (number, letter) in ["A", "B", "C"].into_iter().enumerate() {
            let name = format!("factory strategy {letter}");
            let address = proxy.create(number as u64 + 1);
            self.book.add(&name, crate::book::Role::Contract, address, Some("StrategyBase"));
        }
        Managed { artifact: "StrategyFactory", proxy, arguments, start: Some(start.abi_encode()) }
    }

    /// Gives tokens to those who give rewards and have none, and lets the coordinator take them.
    pub(super) fn fund_rewards(&mut self, contracts: &Contracts, cast: &Cast) {
        let penniless: Vec<Address> =
            cast.submitters.iter().filter(|submitter| !cast.stakers.contains(submitter)).copied().collect();
        for (token, kind) in cast.tokens.iter().zip(&self.world.tokens) {
            let amount = FUNDS * U256::from(10).pow(U256::from(kind.decimals));
            for to in &penniless {
                self.send(self.deployer, *token, &abi::Token::mintCall { to: *to, amount });
            }
            for submitter in &cast.submitters {
                let approval = abi::Token::approveCall { spender: contracts.rewards_coordinator, amount: U256::MAX };
                self.send(*submitter, *token, &approval);
            }
        }
        let allowed = abi::RewardsCoordinator::setRewardsForAllSubmitterCall { submitter: cast.hopper, newValue: true };
        self.send(cast.owner, contracts.rewards_coordinator, &allowed);
    }
}
