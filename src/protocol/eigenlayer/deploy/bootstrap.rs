//! Brings everybody in: funds, operators, sets; ends when the operators' allocation delays are in force.

use alloy_primitives::{Address, U256};

use super::{CONFIGURATION_DELAY, Cast, Contracts, Planner};
use crate::{
    ledger::Booking,
    protocol::{Setup, eigenlayer::abi},
    worlds::Behaviour,
};

/// What everybody gets of each token: a billion whole ones.
pub(super) const FUNDS: U256 = U256::from_limbs([1_000_000_000, 0, 0, 0]);

impl Planner<'_> {
    /// Funds everybody, registers operators, creates sets; ends when the operators' allocation delays are in force.
    pub(super) fn bootstrap(&mut self, contracts: &Contracts, cast: &Cast) {
        for staker in &cast.stakers {
            for (token, kind) in cast.tokens.iter().zip(&self.world.tokens) {
                let amount = FUNDS * U256::from(10).pow(U256::from(kind.decimals));
                self.send(self.deployer, *token, &abi::Token::mintCall { to: *staker, amount });
                let approval = abi::Token::approveCall { spender: contracts.strategy_manager, amount: U256::MAX };
                self.send(*staker, *token, &approval);
            }
        }
        for caller in &cast.callers {
            for (token, kind) in cast.tokens.iter().zip(&self.world.tokens) {
                if kind.behaviour == Behaviour::Calling {
                    self.send(*caller, *token, &abi::Token::callMeCall {});
                }
            }
        }
        self.send(
            cast.whitelister,
            contracts.strategy_manager,
            &abi::StrategyManager::addStrategiesToDepositWhitelistCall {
                strategiesToWhitelist: cast.strategies.clone(),
            },
        );
        // The last operator of the four has not registered yet.
        for (operator, delay) in cast.operators.iter().zip([0u32, 5, 20]) {
            self.send(
                *operator,
                contracts.delegation_manager,
                &abi::DelegationManager::registerAsOperatorCall {
                    initDelegationApprover: Address::ZERO,
                    allocationDelay: delay,
                    metadataURI: String::new(),
                },
            );
        }
        for (index, avs) in cast.avss.iter().enumerate() {
            self.bootstrap_avs(contracts, cast, index, *avs);
        }
        self.fund_rewards(contracts, cast);
        self.fund_eigen(contracts, cast);
        self.sends.push(Setup::Pass { blocks: u64::from(CONFIGURATION_DELAY) + 5 });
    }

    /// Set 1 burns. Set 2 redistributes, in releases that can.
    fn bootstrap_avs(&mut self, contracts: &Contracts, cast: &Cast, index: usize, avs: Address) {
        let manager = contracts.allocation_manager;
        let stakeable = cast.stakeable();
        let chosen = |which: &[usize]| -> Vec<Address> { which.iter().map(|strategy| stakeable[*strategy]).collect() };
        let (burning, redistributing) =
            [([0, 1, 3].as_slice(), [0].as_slice()), (&[0, 2], &[1, 2]), (&[0, 1, 2, 3], &[0, 1])][index];
        let redistributing = if cast.eigen.is_some() { &redistributing[..1] } else { redistributing };
        self.send(avs, manager, &abi::AllocationManager::updateAVSMetadataURICall { avs, metadataURI: String::new() });
        self.bootstrap_registrar(contracts, cast, index);
        let params =
            |id, which| vec![abi::AllocationManager::CreateSetParams { operatorSetId: id, strategies: chosen(which) }];
        let first = abi::AllocationManager::createOperatorSetsCall { avs, params: params(1, burning) };
        self.send(avs, manager, &first);
        let params = params(2, redistributing);
        match self.release.booking {
            Booking::ByStrategy => {
                self.send(avs, manager, &abi::AllocationManager::createOperatorSetsCall { avs, params });
            }
            Booking::BySlash => {
                let second = abi::AllocationManager::createRedistributingOperatorSetsCall {
                    avs,
                    params,
                    redistributionRecipients: vec![cast.recipients[index % cast.recipients.len()]],
                };
                self.send(avs, manager, &second);
            }
        }
    }
}
