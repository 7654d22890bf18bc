//! A small scene with the examples, of which one has the fixture's operator in its set.

use alloy_primitives::{Address, B256, U256};

use crate::{
    arithmetic::WAD,
    book::Role,
    call::SetId,
    ghost::Ghosts,
    invariants::fixture::Scene,
    ledger::{
        Allocation, Commitment, CommitmentStatus, Epoch, Examples, Fund, Incident, Ledger, Market, Membership, Purse,
        Registry,
    },
};

pub(super) const MARKET: usize = 0;
pub(super) const FUND: usize = 1;
pub(super) const REGISTRY: usize = 2;

/// Nothing has happened yet, and nothing happens.
pub(super) struct Stage {
    pub scene: Scene,
    /// Whose set the operator is in.
    which: usize,
}

impl Stage {
    /// The operator, with 100,000 shares, gave all its magnitude to the set of `which`.
    pub fn of(which: usize) -> Self {
        let mut scene = Scene::quiet();
        let names = ["lending market", "insurance fund", "commitment registry"];
        let avss = names.map(|name| scene.book.add_actor(name, Role::Contract));
        let ledger = &mut scene.before;
        for avs in avss {
            ledger.holders.push(avs);
            ledger.tokens[0].balances.push(U256::ZERO);
        }
        let examples = examples(ledger, avss);
        ledger.sets[1].id = examples.purses()[which].set;
        ledger.sets[1].recipient = avss[which];
        ledger.examples = Some(examples);
        let strategy = &mut ledger.strategies[0];
        (strategy.total_shares, strategy.balance) = (U256::from(100_000), U256::from(100_000));
        let allocated_strategies = vec![strategy.address];
        let operator = &mut ledger.operators[0];
        operator.memberships[1] = Membership { registered: true, slashable_until: 0, allocated_strategies };
        operator.allocations[1][0] = Allocation { current: WAD, pending: 0, effect_block: 0 };
        operator.stakes[0].shares = U256::from(100_000);
        scene.after = scene.before.clone();
        scene.ghosts = Ghosts::new(&scene.before);
        Self { scene, which }
    }

    /// The examples before the call.
    pub fn before(&mut self) -> &mut Examples {
        self.scene.before.examples.as_mut().unwrap()
    }

    /// The examples after it.
    pub fn after(&mut self) -> &mut Examples {
        self.scene.after.examples.as_mut().unwrap()
    }

    /// Somebody gave tokens to the example before the call.
    pub fn give_before(&mut self, amount: U256) {
        for ledger in [&mut self.scene.before, &mut self.scene.after] {
            let place = ledger.tokens[0].balances.len() - 3 + self.which;
            ledger.tokens[0].balances[place] = amount;
        }
        self.scene.ghosts.examples.flows[self.which].came = amount;
    }
}

fn examples(ledger: &Ledger, avss: [Address; 3]) -> Examples {
    let purse = |which: usize| Purse {
        set: SetId { avs: avss[which], id: 1 },
        strategy: 0,
        token: ledger.tokens[0].address,
        held: U256::ZERO,
        in_flight: Vec::new(),
    };
    let commitment = Commitment {
        operator: ledger.operators[0].address,
        digest: B256::ZERO,
        wad: U256::ZERO,
        weight: U256::ZERO,
        status: CommitmentStatus::None,
    };
    Examples {
        market: Market {
            purse: purse(MARKET),
            max_debt_wad: WAD / 10 * 8,
            interest_wad: WAD / 1_000,
            term: 30,
            total_shares: U256::ZERO,
            lent: U256::ZERO,
            receivable: U256::ZERO,
            lenders: vec![(ledger.stakers[0].address, U256::ZERO)],
            loans: Vec::new(),
        },
        fund: Fund {
            purse: purse(FUND),
            underwriter: ledger.stakers[0].address,
            adjudicator: ledger.stakers[1].address,
            covers: Vec::new(),
            incidents: vec![Incident::default(); 2],
        },
        registry: Registry {
            purse: purse(REGISTRY),
            epoch_blocks: 10,
            epochs: vec![Epoch { commitments: vec![commitment], ..Epoch::default() }],
        },
    }
}
