//! The rewards coordinator and the strategy factory, and who gives.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolValue;

use super::{
    Cast, Contracts, Planner,
    bootstrap::FUNDS,
    upgrade::Door,
    wiring::{Thing, Wiring},
};
use crate::{problem::Problem, protocol::eigenlayer::abi};

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
const DEFAULT_SPLIT: u32 = 1_000;

/// What the coordinator can be told.
pub(super) fn know(wiring: &mut Wiring) {
    wiring.know(Thing::CalculationInterval, CALCULATION_INTERVAL);
    wiring.know(Thing::MaxRewardsDuration, MAX_REWARDS_DURATION);
    wiring.know(Thing::MaxRetroactiveLength, MAX_RETROACTIVE_LENGTH);
    wiring.know(Thing::MaxFutureLength, MAX_FUTURE_LENGTH);
    wiring.know(Thing::GenesisRewards, GENESIS_TIMESTAMP);
    wiring.know(Thing::ActivationDelay, ACTIVATION_DELAY);
    wiring.know(Thing::DefaultSplit, DEFAULT_SPLIT);
}

impl Planner<'_> {
    /// The beacon by which the factory's strategies work, and their names.
    pub(super) fn strategy_beacon(&mut self, contracts: &Contracts) -> Result<(), Problem> {
        let implementation = self.create_wired("strategyBeacon implementation", "StrategyBase")?;
        let beacon = self.create("strategyBeacon", "UpgradeableBeacon", &(implementation,).abi_encode_params());
        self.stands_behind(Door::Beacon(beacon), "StrategyBase");
        self.wiring.know(Thing::StrategyBeacon, beacon);
        // Vaults are not deployed; their beacon has to be some beacon.
        self.wiring.know(Thing::VaultBeacon, beacon);
        // What it will make has names from the start.
        for (number, letter) in ["A", "B", "C"].into_iter().enumerate() {
            let name = format!("factory strategy {letter}");
            let address = contracts.strategy_factory.create(number as u64 + 1);
            self.book.add(&name, crate::book::Role::Contract, address, Some("StrategyBase"));
        }
        Ok(())
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
