//! The example AVSs and whom they serve: deployed on top of the protocol, with stake behind them from the start.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolValue;

use super::{Cast, Contracts, Planner};
use crate::{
    arithmetic::WAD,
    book::{Book, Role},
    call::SetId,
    protocol::{Setup, eigenlayer::abi},
};

/// The terms of the market: a debt is at most four fifths of the stake, a thousandth of interest for a block.
pub(in crate::protocol::eigenlayer) const MAX_DEBT_WAD: u64 = WAD / 10 * 8;
pub(in crate::protocol::eigenlayer) const INTEREST_WAD: u64 = WAD / 1_000;
pub(in crate::protocol::eigenlayer) const TERM: u64 = 30;

/// Blocks of an epoch of the registry.
pub(in crate::protocol::eigenlayer) const EPOCH_BLOCKS: u64 = 10;

/// The only set of each example.
const SET_ID: u32 = 1;

/// Blocks until what the operators allocate counts: their longest delay, and some.
const UNTIL_ALLOCATED: u64 = 25;

/// The example AVSs, and who has to do with them besides everybody.
#[derive(Clone, Debug)]
pub(in crate::protocol::eigenlayer) struct ExampleCast {
    /// Serves strategy A.
    pub market: Address,
    /// Serves strategy B.
    pub fund: Address,
    /// Serves strategy C.
    pub registry: Address,
    pub underwriter: Address,
    pub adjudicator: Address,
    pub lenders: Vec<Address>,
    pub insured: Vec<Address>,
}

impl ExampleCast {
    /// The AVSs, in the order of their strategies.
    pub fn avss(&self) -> [Address; 3] {
        [self.market, self.fund, self.registry]
    }

    /// Who takes part in the examples only.
    fn people(book: &mut Book, cast: &Cast) -> Self {
        Self {
            market: Address::ZERO,
            fund: Address::ZERO,
            registry: Address::ZERO,
            underwriter: book.add_actor("underwriter", Role::Avs),
            adjudicator: book.add_actor("adjudicator", Role::Avs),
            lenders: cast.stakers[..4].to_vec(),
            insured: cast.stakers[2..6].to_vec(),
        }
    }
}

/// The set of an example.
pub(in crate::protocol::eigenlayer) const fn set_of(avs: Address) -> SetId {
    SetId { avs, id: SET_ID }
}

impl Planner<'_> {
    /// Deploys the examples, after the protocol works: their constructors create sets.
    pub(super) fn examples(&mut self, contracts: &Contracts, cast: &mut Cast) {
        let mut people = ExampleCast::people(&mut self.book, cast);
        // Somebody who sends nothing else, so that addresses follow from the order here.
        let founder = self.book.add_actor("founder", Role::Deployer);
        let Contracts { allocation_manager, delegation_manager, strategy_manager, .. } = *contracts;
        let number = U256::from::<u64>;
        let terms = (number(MAX_DEBT_WAD), number(INTEREST_WAD), number(TERM));
        let strategies = cast.strategies.clone();
        let market =
            (allocation_manager, strategy_manager, delegation_manager, strategies[0], terms.0, terms.1, terms.2);
        let fund = (allocation_manager, strategy_manager, strategies[1], people.underwriter, people.adjudicator);
        let registry = (allocation_manager, strategy_manager, strategies[2], number(EPOCH_BLOCKS));
        let examples = [
            ("lending market", "LendingMarket", market.abi_encode_params()),
            ("insurance fund", "InsuranceFund", fund.abi_encode_params()),
            ("commitment registry", "CommitmentRegistry", registry.abi_encode_params()),
        ];
        let places = [&mut people.market, &mut people.fund, &mut people.registry];
        for ((nonce, (name, artifact, arguments)), place) in (0u64..).zip(examples).zip(places) {
            let address = self.book.add(name, Role::Contract, founder.create(nonce), Some(artifact));
            let init_code = [&self.artifacts.get(artifact).creation[..], &arguments].concat().into();
            self.sends.push(Setup::Create { from: founder, init_code, address });
            *place = address;
        }
        cast.sets.extend(people.avss().map(set_of));
        cast.actors.extend([people.underwriter, people.adjudicator]);
        self.back(contracts, cast, &people);
        self.begin(cast, &people);
        cast.examples = Some(people);
    }

    /// Three operators have stake of their own, half of which is for each example.
    fn back(&mut self, contracts: &Contracts, cast: &Cast, people: &ExampleCast) {
        for operator in cast.operators[..3].iter().copied() {
            for (index, avs) in people.avss().into_iter().enumerate() {
                let (strategy, token) = (cast.strategies[index], cast.tokens[index]);
                let amount = self.whole(index, 1_000);
                let deposit = abi::StrategyManager::depositIntoStrategyCall { strategy, token, amount };
                self.send(operator, contracts.strategy_manager, &deposit);
                let params =
                    abi::AllocationManager::RegisterParams { avs, operatorSetIds: vec![SET_ID], data: vec![].into() };
                let join = abi::AllocationManager::registerForOperatorSetsCall { operator, params };
                self.send(operator, contracts.allocation_manager, &join);
                let params = vec![abi::AllocationManager::AllocateParams {
                    operatorSet: abi::OperatorSet { avs, id: SET_ID },
                    strategies: vec![strategy],
                    newMagnitudes: vec![WAD / 2],
                }];
                let allocate = abi::AllocationManager::modifyAllocationsCall { operator, params };
                self.send(operator, contracts.allocation_manager, &allocate);
            }
        }
        self.sends.push(Setup::Pass { blocks: UNTIL_ALLOCATED });
    }

    /// Everybody may pay the market; some lent to it already, and some are covered by the fund.
    fn begin(&mut self, cast: &Cast, people: &ExampleCast) {
        for staker in &cast.stakers {
            let approval = abi::Token::approveCall { spender: people.market, amount: U256::MAX };
            self.send(*staker, cast.tokens[0], &approval);
        }
        for lender in &people.lenders[..2] {
            let lend = abi::LendingMarket::lendCall { amount: self.whole(0, 500), minShares: U256::ZERO };
            self.send(*lender, people.market, &lend);
        }
        for holder in &people.insured[..3] {
            let cover = abi::InsuranceFund::setCoverCall { holder: *holder, amount: self.whole(1, 300) };
            self.send(people.underwriter, people.fund, &cover);
        }
    }

    /// So many whole tokens, in wei.
    fn whole(&self, token: usize, count: u64) -> U256 {
        U256::from(count) * U256::from(10).pow(U256::from(self.world.tokens[token].decimals))
    }
}
