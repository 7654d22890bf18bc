//! Contracts may be broken in any way; the harness is not broken by them. Here storage itself is: whatever it says, the
//! ledger is read, calls are drawn and encoded, and invariants give verdicts.

use alloy_primitives::{Address, U256, keccak256};
use proptest::prelude::*;
use slashproof::{
    call::{Call, Outcome},
    draw::Dice,
    evm::{Place, World},
    executor::Executor,
    generator::Generator,
    ghost::{Ghosts, Happened},
    invariants,
    ledger::{Ledger, Touched},
    model::Lockstep,
    oracle::{Leaving, Progress, Step},
    protocol::{Protocol, eigenlayer::EigenLayer},
};

use crate::support::{bundled, wander};

/// A number that depends on a slot and on how things are broken, and on nothing else.
fn noise(broken: u64, contract: Address, slot: U256) -> U256 {
    let mut input = [0; 60];
    input[..8].copy_from_slice(&broken.to_be_bytes());
    input[8..28].copy_from_slice(contract.as_slice());
    input[28..].copy_from_slice(&slot.to_be_bytes::<32>());
    keccak256(input).into()
}

/// What a broken slot says instead of `right`. Large numbers are words, never lengths: a list of them would take long.
fn wrong(noise: U256, right: U256) -> U256 {
    match noise.byte(0) % 8 {
        0 => U256::ZERO,
        1 => right.saturating_sub(U256::ONE),
        2 => right.saturating_add(U256::ONE),
        3 if right > U256::from(1_000) => U256::MAX,
        4 if right > U256::from(1_000) => noise,
        5 if right > U256::from(1_000) => U256::from(i128::MIN.cast_unsigned()) | (right << 128usize),
        6 => U256::from(3),
        _ => right << 1usize,
    }
}

/// The ledger of a world of whose slots one in `one_in` is broken.
fn broken_ledger(protocol: &EigenLayer, world: &World, broken: u64, one_in: u64) -> Ledger {
    let block = world.block();
    let storage = |place| {
        let right = world.look(place);
        let noise = match place {
            Place::Slot(contract, slot) => noise(broken, contract, slot),
            Place::Balance(account) => noise(broken, account, U256::MAX),
        };
        if noise.as_limbs()[1].is_multiple_of(one_in) { wrong(noise, right) } else { right }
    };
    protocol.reader().read(block.number, block.timestamp, &storage)
}

/// Draws, encodes and judges a call between two ledgers that need not have anything to do with each other.
fn judge(protocol: &EigenLayer, before: &Ledger, after: &Ledger, dice: &mut Dice) {
    let generator = Generator::for_run(protocol, dice);
    let delay = generator.delay(dice, before);
    let Some((action, actor, operation)) = generator.next(dice, before).call else { return };
    let call = Call { action, actor, delay, operation };
    let transaction = protocol.transaction(&call, before);
    let output = transaction.map(|transaction| transaction.data).unwrap_or_default();
    for outcome in [Outcome::Returned(output.clone()), Outcome::Reverted(output), Outcome::Halted("OutOfGas".into())] {
        let mut ghosts = Ghosts::new(before);
        let touched = Touched::EVERYTHING;
        ghosts.fold(Happened { before, call: &call, outcome: &outcome, after, touched });
        let mut model = Lockstep::new(before);
        model.predict(before, &call, None);
        model.compare(after);
        let predicted = Some(model.prediction());
        let book = protocol.book();
        let step = Step {
            before,
            call: &call,
            outcome: &outcome,
            after,
            events: &[],
            touched,
            ghosts: &ghosts,
            book,
            predicted,
            shown: None,
            answers: &[],
            leaving: None,
        };
        let progress = dice.choose(&[None, Some(Progress::OnTheWay), Some(Progress::Over)]).copied().flatten();
        let leaving = progress.map(|progress| Leaving { begun: before, history: &ghosts, progress });
        for invariant in invariants::all() {
            // Which verdict does not matter: that there is one does.
            let _ = (invariant.check)(&Step { leaving, ..step });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_storage_says_stops_the_harness(run in 0u64..1_000, broken: u64, one_in in 1u64..40) {
        let protocol = bundled();
        let mut executor = Executor::deploy(&protocol).unwrap();
        wander(&mut executor, run, 40, |_| {});
        let first = broken_ledger(&protocol, executor.world(), broken, one_in);
        wander(&mut executor, run, 3, |_| {});
        let second = broken_ledger(&protocol, executor.world(), broken.wrapping_add(1), one_in);
        let right = executor.ledger().clone();
        let mut dice = Dice::of_run(broken, one_in, run);
        for (before, after) in [(&first, &second), (&right, &first), (&second, &right), (&first, &first)] {
            for _ in 0..150 {
                judge(&protocol, before, after, &mut dice);
            }
        }
    }
}
