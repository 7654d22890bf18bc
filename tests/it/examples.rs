//! The example AVSs: their part of the ledger is what they answer, and everything about them is played.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::sol;
use slashproof::{
    executor::Executor,
    ledger::{CommitmentStatus, Examples, Fund, Ledger, Market, Purse, Registry},
    protocol::{Expects, Protocol},
    worlds,
};

use crate::{
    ledger::told::{Views, views},
    support::{bundled, in_world, options, play},
};

sol! {
    function held() returns (uint256);
    function inFlight() returns (uint256[]);
    function slashableSharesOf(address operator) returns (uint256);
    function isMember(address operator) returns (bool);

    function sharesOf(address lender) returns (uint256);
    function totalShares() returns (uint256);
    function loans(address borrower) returns (uint256 principal, uint256 since);
    function lent() returns (uint256);
    function receivable() returns (uint256);
    function totalAssets() returns (uint256);
    function worthDown(uint256 shares) returns (uint256);
    function debtUp(address borrower) returns (uint256);
    function isOverdue(address borrower) returns (bool);
    function isCovered(address borrower) returns (bool);
    function maxDebtWad() returns (uint256);
    function interestWad() returns (uint256);
    function term() returns (uint256);
    function wadFor(address borrower, uint256 amount) returns (uint256);

    function underwriter() returns (address);
    function adjudicator() returns (address);
    function coverOf(address holder) returns (uint256);
    function incidentCount() returns (uint256);
    function incidents(uint256 incidentId) returns (uint256 losses, uint256 payout, uint256 claimed, uint256 paid, bool settled);
    function lossOf(uint256 incidentId, address holder) returns (uint256);

    function epochBlocks() returns (uint256);
    function epoch() returns (uint256);
    function epochs(uint256 number) returns (uint256 deadline, uint256 open, uint256 weight, uint256 pot, uint256 rewarded, uint256 paid);
    function commitments(uint256 number, address operator) returns (bytes32 digest, uint256 wad, uint256 weight, uint8 status);
    function digestOf(address operator, bytes delivery) returns (bytes32);
}

/// Compares the examples' part of the ledger with what they answer, where there are examples.
pub fn examples_are_as_told(executor: &mut Executor<'_>, ledger: &Ledger) {
    let Some(Examples { market, fund, registry }) = &ledger.examples else { return };
    purse_is_as_told(&mut views(executor, "lending market"), ledger, &market.purse);
    purse_is_as_told(&mut views(executor, "insurance fund"), ledger, &fund.purse);
    purse_is_as_told(&mut views(executor, "commitment registry"), ledger, &registry.purse);
    market_is_as_told(&mut views(executor, "lending market"), ledger, market);
    fund_is_as_told(&mut views(executor, "insurance fund"), fund);
    registry_is_as_told(&mut views(executor, "commitment registry"), registry);
}

fn purse_is_as_told(avs: &mut Views<'_, '_>, ledger: &Ledger, purse: &Purse) {
    assert_eq!(avs.contract, purse.set.avs);
    assert_eq!(avs.ask(&heldCall {}), purse.held);
    let in_flight: Vec<U256> = purse.in_flight.iter().map(|id| U256::from(*id)).collect();
    assert_eq!(avs.ask(&inFlightCall {}), in_flight);
    let set = ledger.set_index(purse.set).unwrap();
    for operator in &ledger.operators {
        let address = operator.address;
        let lasting = ledger.lasting_shares(purse, address).unwrap();
        assert_eq!(avs.ask(&slashableSharesOfCall { operator: address }), lasting);
        assert_eq!(avs.ask(&isMemberCall { operator: address }), operator.memberships[set].registered);
    }
}

fn market_is_as_told(avs: &mut Views<'_, '_>, ledger: &Ledger, market: &Market) {
    let terms = (avs.ask(&maxDebtWadCall {}), avs.ask(&interestWadCall {}), avs.ask(&termCall {}));
    assert_eq!(terms, (U256::from(market.max_debt_wad), U256::from(market.interest_wad), U256::from(market.term)));
    assert_eq!(avs.ask(&totalSharesCall {}), market.total_shares);
    assert_eq!(avs.ask(&lentCall {}), market.lent);
    assert_eq!(avs.ask(&receivableCall {}), market.receivable);
    assert_eq!(avs.ask(&totalAssetsCall {}), market.total_assets());
    for (lender, shares) in &market.lenders {
        assert_eq!(avs.ask(&sharesOfCall { lender: *lender }), *shares);
        let worth = market.worth(*shares).unwrap_or_default();
        assert_eq!(avs.ask(&worthDownCall { shares: *shares }), worth);
    }
    for loan in &market.loans {
        let borrower = loan.borrower;
        let told = avs.ask(&loansCall { borrower });
        assert_eq!((told.principal, told.since), (loan.principal, U256::from(loan.since)));
        let amount = U256::from(1_000_000_007u64);
        let can_slash = !avs.ask(&wadForCall { borrower, amount }).is_zero();
        assert_eq!(can_slash, ledger.shares_in_reach(&market.purse, borrower).is_some());
        if !loan.principal.is_zero() {
            let debt = market.debt(loan, ledger.block).unwrap();
            assert_eq!(avs.ask(&debtUpCall { borrower }), debt);
            assert_eq!(avs.ask(&isOverdueCall { borrower }), market.is_overdue(loan, ledger.block));
            assert_eq!(Some(avs.ask(&isCoveredCall { borrower })), ledger.covers(market, borrower, debt));
        }
    }
}

fn fund_is_as_told(avs: &mut Views<'_, '_>, fund: &Fund) {
    assert_eq!(avs.ask(&underwriterCall {}), fund.underwriter);
    assert_eq!(avs.ask(&adjudicatorCall {}), fund.adjudicator);
    assert_eq!(avs.ask(&incidentCountCall {}), U256::from(fund.last_incident()));
    for (holder, amount) in &fund.covers {
        assert_eq!(avs.ask(&coverOfCall { holder: *holder }), *amount);
    }
    for (id, own) in fund.incidents.iter().enumerate() {
        let told = avs.ask(&incidentsCall { incidentId: U256::from(id) });
        assert_eq!((told.losses, told.payout), (own.losses, own.payout));
        assert_eq!((told.claimed, told.paid, told.settled), (own.claimed, own.paid, own.settled));
        for (holder, loss) in &own.unclaimed {
            assert_eq!(avs.ask(&lossOfCall { incidentId: U256::from(id), holder: *holder }), *loss);
        }
    }
}

fn registry_is_as_told(avs: &mut Views<'_, '_>, registry: &Registry) {
    assert_eq!(avs.ask(&epochBlocksCall {}), U256::from(registry.epoch_blocks));
    assert_eq!(avs.ask(&epochCall {}), U256::from(registry.number()));
    for (number, own) in registry.epochs.iter().enumerate() {
        let number = U256::from(number);
        let told = avs.ask(&epochsCall { number });
        assert_eq!((told.deadline, told.open), (U256::from(own.deadline), U256::from(own.open)));
        assert_eq!((told.weight, told.pot), (own.weight, own.pot));
        assert_eq!((told.rewarded, told.paid), (own.rewarded, own.paid));
        for own in &own.commitments {
            let told = avs.ask(&commitmentsCall { number, operator: own.operator });
            assert_eq!((told.digest, told.wad, told.weight), (own.digest, own.wad, own.weight));
            assert_eq!(CommitmentStatus::of(u64::from(told.status)), own.status);
        }
    }
    let operator = Address::repeat_byte(7);
    let delivery = slashproof::ledger::goods_bytes(258).into();
    let digest: B256 = avs.ask(&digestOfCall { operator, delivery });
    assert_eq!(digest, slashproof::ledger::digest_of(operator, 258));
}

#[test]
fn everything_about_the_examples_is_played() {
    let protocol = in_world(worlds::find("examples").unwrap());
    let options = options(1, 400);
    let summary = play(&protocol, &options);
    let elsewhere: Vec<&str> = bundled().actions().iter().map(|action| action.name).collect();
    let actions = protocol.actions().iter().zip(&summary.actions);
    for (action, count) in actions.filter(|(action, _)| !elsewhere.contains(&action.name)) {
        match action.expects {
            Expects::Success => assert!(count.succeeded > 0, "{} never succeeded", action.name),
            Expects::Revert => assert!(count.reverted > 0 && count.succeeded == 0, "{}: {count:?}", action.name),
        }
    }
    let judged = |id: &str| options.invariants.iter().position(|invariant| invariant.id == id).unwrap();
    let family = slashproof::invariants::FAMILIES.iter().find(|family| family.key == "EXA").unwrap();
    for invariant in family.invariants {
        assert!(summary.invariants[judged(invariant.id)].checks > 0, "{} was never exercised", invariant.id);
    }
}
