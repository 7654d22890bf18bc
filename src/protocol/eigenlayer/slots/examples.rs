//! Where the example AVSs keep what the ledger shows.

use alloy_primitives::U256;

use crate::{
    artifact::{Field, StorageLayout},
    problem::Problem,
};

/// The variables of the three of them.
#[derive(Clone, Debug)]
pub(in crate::protocol::eigenlayer) struct ExampleSlots {
    pub market: MarketSlots,
    pub fund: FundSlots,
    pub registry: RegistrySlots,
}

#[derive(Clone, Debug)]
pub(in crate::protocol::eigenlayer) struct PurseSlots {
    pub held: U256,
    pub in_flight: U256,
}

#[derive(Clone, Debug)]
pub(in crate::protocol::eigenlayer) struct MarketSlots {
    pub purse: PurseSlots,
    pub shares_of: U256,
    pub total_shares: U256,
    pub loans: U256,
    pub lent: U256,
    pub receivable: U256,
    // Members of structs.
    pub principal: Field,
    pub since: Field,
}

#[derive(Clone, Debug)]
pub(in crate::protocol::eigenlayer) struct FundSlots {
    pub purse: PurseSlots,
    pub cover_of: U256,
    pub incident_count: U256,
    pub incidents: U256,
    pub loss_of: U256,
    // Members of structs.
    pub losses: Field,
    pub payout: Field,
    pub claimed: Field,
    pub paid: Field,
    pub settled: Field,
}

#[derive(Clone, Debug)]
pub(in crate::protocol::eigenlayer) struct RegistrySlots {
    pub purse: PurseSlots,
    pub epoch: U256,
    pub epochs: U256,
    pub commitments: U256,
    // Members of structs.
    pub deadline: Field,
    pub open: Field,
    pub epoch_weight: Field,
    pub pot: Field,
    pub rewarded: Field,
    pub paid: Field,
    pub digest: Field,
    pub wad: Field,
    pub weight: Field,
    pub status: Field,
}

fn purse(layout: &StorageLayout) -> Result<PurseSlots, Problem> {
    Ok(PurseSlots { held: layout.variable("held")?.slot, in_flight: layout.variable("_inFlight")?.slot })
}

pub(super) fn market(layout: &StorageLayout) -> Result<MarketSlots, Problem> {
    let slot = |label: &str| Ok(layout.variable(label)?.slot);
    Ok(MarketSlots {
        purse: purse(layout)?,
        shares_of: slot("sharesOf")?,
        total_shares: slot("totalShares")?,
        loans: slot("loans")?,
        lent: slot("lent")?,
        receivable: slot("receivable")?,
        principal: layout.member("Loan", "principal")?,
        since: layout.member("Loan", "since")?,
    })
}

pub(super) fn fund(layout: &StorageLayout) -> Result<FundSlots, Problem> {
    let slot = |label: &str| Ok(layout.variable(label)?.slot);
    let incident = |label: &str| layout.member("Incident", label);
    Ok(FundSlots {
        purse: purse(layout)?,
        cover_of: slot("coverOf")?,
        incident_count: slot("incidentCount")?,
        incidents: slot("incidents")?,
        loss_of: slot("lossOf")?,
        losses: incident("losses")?,
        payout: incident("payout")?,
        claimed: incident("claimed")?,
        paid: incident("paid")?,
        settled: incident("settled")?,
    })
}

pub(super) fn registry(layout: &StorageLayout) -> Result<RegistrySlots, Problem> {
    let slot = |label: &str| Ok(layout.variable(label)?.slot);
    let epoch = |label: &str| layout.member("Epoch", label);
    let commitment = |label: &str| layout.member("Commitment", label);
    Ok(RegistrySlots {
        purse: purse(layout)?,
        epoch: slot("epoch")?,
        epochs: slot("epochs")?,
        commitments: slot("commitments")?,
        deadline: epoch("deadline")?,
        open: epoch("open")?,
        epoch_weight: epoch("weight")?,
        pot: epoch("pot")?,
        rewarded: epoch("rewarded")?,
        paid: epoch("paid")?,
        digest: commitment("digest")?,
        wad: commitment("wadAtStake")?,
        weight: commitment("weight")?,
        status: commitment("status")?,
    })
}
