//! EIGEN and its strategy, which no set redistributes.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolValue;

use super::{Cast, Contracts, Eigen, Planner, bootstrap::FUNDS};
use crate::{
    book::{Book, Role},
    protocol::eigenlayer::abi,
    worlds::Behaviour,
};

/// What the strategy is called where it is none.
pub const EIGEN_STRATEGY: &str = "eigen strategy";

/// The strategy of EIGEN. Where there is no EIGEN, it is an address without code.
pub fn eigen_strategy(book: &Book, cast: &Cast) -> Address {
    let nobody = || book.address(EIGEN_STRATEGY).expect("it is in the book");
    cast.eigen.map_or_else(nobody, |eigen| eigen.strategy)
}

impl Planner<'_> {
    /// Wraps the token that is to be wrapped.
    pub(super) fn eigen(&mut self, cast: &mut Cast) {
        let wrapped = self.world.tokens.iter().position(|token| token.behaviour == Behaviour::Wrapped);
        let Some(at) = wrapped else { return };
        let (inside, strategy) = (cast.tokens[at], cast.strategies[at]);
        let token = self.create_as("EIGEN", Role::Contract, "Eigen", "Eigen", &(inside,).abi_encode_params());
        cast.eigen = Some(Eigen { token, inside, strategy });
    }

    /// Everybody who may give rewards, stakers among them, has EIGEN, and as much is inside.
    pub(super) fn fund_eigen(&mut self, contracts: &Contracts, cast: &Cast) {
        let Some(Eigen { token, inside, .. }) = cast.eigen else { return };
        let amount = FUNDS * U256::from(10).pow(U256::from(18));
        let all = amount * U256::from(cast.submitters.len());
        self.send(self.deployer, inside, &abi::Token::mintCall { to: token, amount: all });
        for holder in &cast.submitters {
            self.send(self.deployer, token, &abi::Token::mintCall { to: *holder, amount });
            for spender in [contracts.strategy_manager, contracts.rewards_coordinator] {
                // Whoever is no staker has nothing to deposit.
                if spender == contracts.rewards_coordinator || cast.stakers.contains(holder) {
                    self.send(*holder, token, &abi::Token::approveCall { spender, amount: U256::MAX });
                }
            }
        }
    }
}
