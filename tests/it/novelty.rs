//! Which states of the ledger are of a kind.

use std::collections::BTreeSet;

use alloy_primitives::U256;
use slashproof::{
    arithmetic::WAD,
    executor::Executor,
    ledger::{Allocation, Ledger, Part, Touched},
    novelty::states,
};

use crate::support::bundled;

fn deployed() -> Ledger {
    let protocol = bundled();
    Executor::deploy(&protocol).expect("it deploys").ledger().clone()
}

fn known(ledger: &Ledger) -> BTreeSet<u32> {
    states(ledger, Touched::EVERYTHING).into_iter().collect()
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
    let parts: BTreeSet<u32> = [&ledger, &shrinking, &slashed].into_iter().flat_map(known).collect();
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
    let kinds: BTreeSet<u32> = known(&ledger).into_iter().map(|state| state >> 11).collect();
    assert_eq!(kinds.len(), 5);
}

#[test]
fn what_a_call_did_not_touch_is_not_looked_at() {
    let ledger = deployed();
    let of = |parts: &[Part]| -> BTreeSet<u32> {
        let mut touched = Touched::default();
        for part in parts {
            touched.add(*part);
        }
        states(&ledger, touched).into_iter().collect()
    };
    let parts = [Part::Operator(0), Part::Staker(0), Part::Set(0), Part::Rest];
    assert_eq!(of(&[]), BTreeSet::new());
    let together: BTreeSet<u32> = parts.iter().flat_map(|part| of(&[*part])).collect();
    assert_eq!(of(&parts), together);
    assert!(parts.iter().all(|part| !of(&[*part]).is_empty()));
    assert!(together.is_subset(&known(&ledger)));
}
