//! Which states of the ledger are of a kind.

use std::collections::BTreeSet;

use alloy_primitives::U256;
use slashproof::{
    arithmetic::WAD,
    executor::Executor,
    ledger::{Allocation, Ledger},
    novelty::states,
};

use crate::support::bundled;

fn deployed() -> Ledger {
    let protocol = bundled();
    Executor::deploy(&protocol).expect("it deploys").ledger().clone()
}

fn known(ledger: &Ledger) -> BTreeSet<u32> {
    states(ledger).collect()
}

#[test]
fn a_combination_is_another_state_than_its_parts() {
    let ledger = deployed();
    let block = u32::try_from(ledger.block).unwrap();
    let mut shrinking = ledger.clone();
    shrinking.operators[0].allocations[0][0] = Allocation { current: 10, pending: -5, effect_block: block + 5 };
    let mut slashed = ledger.clone();
    slashed.operators[0].stakes[0].max_magnitudes.entries.push((block, U256::from(WAD / 2)));
    let mut both = shrinking.clone();
    both.operators[0].stakes[0] = slashed.operators[0].stakes[0].clone();
    let parts: BTreeSet<u32> = [&ledger, &shrinking, &slashed].into_iter().flat_map(states).collect();
    assert!(!known(&slashed).is_subset(&known(&ledger)));
    assert!(!known(&shrinking).is_subset(&known(&ledger)));
    assert!(!known(&both).is_subset(&parts));
}

#[test]
fn amounts_and_names_make_no_new_state() {
    let mut ledger = deployed();
    ledger.stakers[0].holdings[0].shares = U256::from(7);
    let mut richer = ledger.clone();
    richer.stakers[0].holdings[0].shares += U256::ONE;
    richer.stakers.swap(0, 1);
    assert_eq!(known(&richer), known(&ledger));
}

#[test]
fn kinds_do_not_share_numbers() {
    let ledger = deployed();
    let kinds: BTreeSet<u32> = states(&ledger).map(|state| state >> 11).collect();
    assert_eq!(kinds.len(), 5);
}
