//! What the example AVSs hold: where it stands, and where it goes. Incidents and epochs come to be while it is read.

use alloy_primitives::{Address, B256, U256};

use super::{Cell, Growth, Shape};
use crate::{
    artifact::Field,
    ledger::{
        Commitment, CommitmentStatus, Epoch, Examples, Fund, Incident, Ledger, Loan, Market, Part, Purse, Registry,
    },
    protocol::eigenlayer::{
        EigenLayer,
        deploy::{
            Cast,
            examples::{EPOCH_BLOCKS, ExampleCast, INTEREST_WAD, MAX_DEBT_WAD, TERM, set_of},
        },
        slots::{
            entry,
            examples::{FundSlots, MarketSlots, PurseSlots, RegistrySlots},
        },
    },
};

/// The examples before anything is read.
pub(super) fn blank(examples: &ExampleCast, cast: &Cast) -> Examples {
    let purse = |avs: Address, strategy: usize| Purse {
        set: set_of(avs),
        strategy,
        token: cast.tokens[strategy],
        held: U256::ZERO,
        in_flight: Vec::new(),
    };
    let nothing = |people: &[Address]| people.iter().map(|who| (*who, U256::ZERO)).collect();
    let loan = |borrower: &Address| Loan { borrower: *borrower, principal: U256::ZERO, since: 0 };
    Examples {
        market: Market {
            purse: purse(examples.market, 0),
            max_debt_wad: MAX_DEBT_WAD,
            interest_wad: INTEREST_WAD,
            term: TERM,
            total_shares: U256::ZERO,
            lent: U256::ZERO,
            receivable: U256::ZERO,
            lenders: nothing(&cast.stakers),
            loans: cast.operators.iter().map(loan).collect(),
        },
        fund: Fund {
            purse: purse(examples.fund, 1),
            underwriter: examples.underwriter,
            adjudicator: examples.adjudicator,
            covers: nothing(&examples.insured),
            incidents: vec![incident(&examples.insured)],
        },
        registry: Registry {
            purse: purse(examples.registry, 2),
            epoch_blocks: EPOCH_BLOCKS,
            epochs: vec![epoch(&cast.operators)],
        },
    }
}

fn incident(insured: &[Address]) -> Incident {
    Incident { unclaimed: insured.iter().map(|holder| (*holder, U256::ZERO)).collect(), ..Incident::default() }
}

fn epoch(operators: &[Address]) -> Epoch {
    let none = |operator: &Address| Commitment {
        operator: *operator,
        digest: B256::ZERO,
        wad: U256::ZERO,
        weight: U256::ZERO,
        status: CommitmentStatus::None,
    };
    Epoch { commitments: operators.iter().map(none).collect(), ..Epoch::default() }
}

/// The facts that are there from the start, and those that come to be.
pub(super) fn all(protocol: &EigenLayer) -> (Vec<Cell>, Vec<Growth>) {
    let (Some(examples), cast) = (&protocol.cast.examples, &protocol.cast) else { return Default::default() };
    let slots = &protocol.slots.examples;
    let mut facts = Facts::at(examples.market);
    facts.market(&slots.market, cast);
    let mut cells = facts.cells;
    let mut facts = Facts::at(examples.fund);
    facts.fund(&slots.fund, &examples.insured);
    cells.append(&mut facts.cells);
    let mut facts = Facts::at(examples.registry);
    facts.registry(&slots.registry);
    cells.append(&mut facts.cells);
    let growths = vec![
        incidents(examples.fund, &slots.fund, &examples.insured),
        epochs(examples.registry, &slots.registry, &cast.operators),
    ];
    (cells, growths)
}

/// What of the ledger the examples are.
const PART: Part = Part::Rest;

/// Where the growths above stand in the list of growths.
const INCIDENTS: usize = 0;
const EPOCHS: usize = 1;

fn of(ledger: &mut Ledger) -> &mut Examples {
    ledger.examples.as_mut().expect("facts of examples are read where there are examples")
}

/// Collects cells of one contract.
struct Facts {
    at: Address,
    cells: Vec<Cell>,
}

impl Facts {
    const fn at(at: Address) -> Self {
        Self { at, cells: Vec::new() }
    }

    fn word(&mut self, slot: U256, put: impl Fn(&mut Ledger, U256) + 'static) {
        self.cells.push(Cell { contract: self.at, slot, shape: Shape::Word(Box::new(put)), part: PART });
    }

    /// A member of a struct that has a slot of its own.
    fn member(&mut self, slot: U256, field: Field, put: impl Fn(&mut Ledger, U256) + 'static) {
        self.word(slot + field.slot, move |ledger, word| put(ledger, field.of(word)));
    }

    fn purse(&mut self, slots: &PurseSlots, example: usize) {
        self.word(slots.held, move |ledger, word| of(ledger).purses_mut()[example].held = word);
        let put = move |ledger: &mut Ledger, list: Vec<U256>| {
            of(ledger).purses_mut()[example].in_flight = list.iter().map(U256::saturating_to).collect();
        };
        self.cells.push(Cell {
            contract: self.at,
            slot: slots.in_flight,
            shape: Shape::List(Box::new(put)),
            part: PART,
        });
    }

    fn market(&mut self, slots: &MarketSlots, cast: &Cast) {
        self.purse(&slots.purse, 0);
        self.word(slots.total_shares, |ledger, word| of(ledger).market.total_shares = word);
        self.word(slots.lent, |ledger, word| of(ledger).market.lent = word);
        self.word(slots.receivable, |ledger, word| of(ledger).market.receivable = word);
        for (at, lender) in cast.stakers.iter().enumerate() {
            let slot = entry(slots.shares_of, *lender);
            self.word(slot, move |ledger, word| of(ledger).market.lenders[at].1 = word);
        }
        for (at, borrower) in cast.operators.iter().enumerate() {
            let slot = entry(slots.loans, *borrower);
            self.member(slot, slots.principal, move |ledger, word| of(ledger).market.loans[at].principal = word);
            self.member(slot, slots.since, move |ledger, word| {
                of(ledger).market.loans[at].since = word.saturating_to();
            });
        }
    }

    fn fund(&mut self, slots: &FundSlots, insured: &[Address]) {
        self.purse(&slots.purse, 1);
        for (at, holder) in insured.iter().enumerate() {
            let slot = entry(slots.cover_of, *holder);
            self.word(slot, move |ledger, word| of(ledger).fund.covers[at].1 = word);
        }
        let count = Shape::Count { growth: INCIDENTS };
        self.cells.push(Cell { contract: self.at, slot: slots.incident_count, shape: count, part: PART });
    }

    fn registry(&mut self, slots: &RegistrySlots) {
        self.purse(&slots.purse, 2);
        let count = Shape::Count { growth: EPOCHS };
        self.cells.push(Cell { contract: self.at, slot: slots.epoch, shape: count, part: PART });
    }
}

fn incidents(fund: Address, slots: &FundSlots, insured: &[Address]) -> Growth {
    let blank = incident(insured);
    let (slots, insured) = (slots.clone(), insured.to_vec());
    let cells = move |id: usize| {
        let mut facts = Facts::at(fund);
        let slot = entry(slots.incidents, U256::from(id));
        let mut member = |field: Field, put: fn(&mut Incident, U256)| {
            facts.member(slot, field, move |ledger, word| {
                if let Some(incident) = of(ledger).fund.incidents.get_mut(id) {
                    put(incident, word);
                }
            });
        };
        member(slots.losses, |incident, word| incident.losses = word);
        member(slots.payout, |incident, word| incident.payout = word);
        member(slots.claimed, |incident, word| incident.claimed = word);
        member(slots.paid, |incident, word| incident.paid = word);
        member(slots.settled, |incident, word| incident.settled = !word.is_zero());
        let losses = entry(slots.loss_of, U256::from(id));
        for (at, holder) in insured.iter().enumerate() {
            facts.word(entry(losses, *holder), move |ledger, word| {
                if let Some(incident) = of(ledger).fund.incidents.get_mut(id) {
                    incident.unclaimed[at].1 = word;
                }
            });
        }
        facts.cells
    };
    Growth {
        length: Box::new(|ledger| of(ledger).fund.incidents.len()),
        resize: Box::new(move |ledger, length| of(ledger).fund.incidents.resize(length, blank.clone())),
        cells: Box::new(cells),
        made: Vec::new(),
    }
}

fn epochs(registry: Address, slots: &RegistrySlots, operators: &[Address]) -> Growth {
    let blank = epoch(operators);
    let (slots, operators) = (slots.clone(), operators.to_vec());
    let cells = move |number: usize| {
        let mut facts = Facts::at(registry);
        let slot = entry(slots.epochs, U256::from(number));
        let mut member = |field: Field, put: fn(&mut Epoch, U256)| {
            facts.member(slot, field, move |ledger, word| {
                if let Some(epoch) = of(ledger).registry.epochs.get_mut(number) {
                    put(epoch, word);
                }
            });
        };
        member(slots.deadline, |epoch, word| epoch.deadline = word.saturating_to());
        member(slots.open, |epoch, word| epoch.open = word.saturating_to());
        member(slots.epoch_weight, |epoch, word| epoch.weight = word);
        member(slots.pot, |epoch, word| epoch.pot = word);
        member(slots.rewarded, |epoch, word| epoch.rewarded = word);
        member(slots.paid, |epoch, word| epoch.paid = word);
        let commitments = entry(slots.commitments, U256::from(number));
        for (at, operator) in operators.iter().enumerate() {
            facts.commitment(&slots, entry(commitments, *operator), (number, at));
        }
        facts.cells
    };
    Growth {
        length: Box::new(|ledger| of(ledger).registry.epochs.len()),
        resize: Box::new(move |ledger, length| of(ledger).registry.epochs.resize(length, blank.clone())),
        cells: Box::new(cells),
        made: Vec::new(),
    }
}

impl Facts {
    fn commitment(&mut self, slots: &RegistrySlots, slot: U256, (epoch, operator): (usize, usize)) {
        let mut member = |field: Field, put: fn(&mut Commitment, U256)| {
            self.member(slot, field, move |ledger, word| {
                if let Some(epoch) = of(ledger).registry.epochs.get_mut(epoch) {
                    put(&mut epoch.commitments[operator], word);
                }
            });
        };
        member(slots.digest, |commitment, word| commitment.digest = word.into());
        member(slots.wad, |commitment, word| commitment.wad = word);
        member(slots.weight, |commitment, word| commitment.weight = word);
        member(slots.status, |commitment, word| commitment.status = CommitmentStatus::of(word.saturating_to()));
    }
}
