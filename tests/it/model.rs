//! The reference model and the contracts agree, call by call, in every world whose tokens it knows.

use slashproof::{
    invariants,
    model::{Error, FUNCTIONS},
    protocol::{Protocol, lacking},
    worlds,
};

use crate::support::{bundled, in_world, options, play};

/// Of so many predicted calls, one more may go unpredicted: what rewards and the factory do.
const CALLS_PER_UNPREDICTED: u64 = 2;

#[test]
fn contracts_and_model_go_in_lockstep() {
    let family: Vec<_> = invariants::all().filter(|invariant| invariants::asks_model(invariant)).collect();
    let mut worlds_played = 0;
    for world in worlds::KINDS {
        let protocol = in_world(world);
        if family.iter().any(|invariant| !lacking(&protocol, invariant).is_empty()) {
            continue;
        }
        let mut options = options(31, 300);
        options.invariants.clone_from(&family);
        let summary = play(&protocol, &options);
        let found: Vec<_> = summary.violations.iter().map(|violation| &violation.sentence).collect();
        assert!(found.is_empty(), "{}: {found:#?}", world.name);
        let counted = summary.predictions;
        assert_eq!(counted.made + counted.missing, summary.calls);
        assert!(counted.missing * CALLS_PER_UNPREDICTED <= counted.made, "{}: {counted:?}", world.name);
        worlds_played += 1;
    }
    assert!(worlds_played >= 2);
}

#[test]
fn functions_that_ask_for_permission_are_those_of_the_abi() {
    let protocol = bundled();
    for function in FUNCTIONS {
        let answers = protocol.artifacts().iter().any(|(_, artifact)| {
            let functions = artifact.abi.function(function.0).into_iter().flatten();
            functions.into_iter().any(|known| known.selector() == function.1)
        });
        assert!(answers, "{function:?}");
    }
}

#[test]
fn errors_of_the_model_are_those_of_the_abi() {
    let protocol = bundled();
    for error in Error::ALL {
        let known = protocol.artifacts().iter().flat_map(|(_, artifact)| artifact.abi.errors());
        let mut same = known.filter(|known| known.selector() == error.selector());
        assert!(same.any(|known| known.inputs.is_empty()), "{}", error.name());
    }
}
