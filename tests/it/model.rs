//! The reference model and the contracts agree, call by call, in every world whose tokens it knows.

use slashproof::{
    artifact::Artifacts,
    campaign::Options,
    invariants,
    model::{Error, FUNCTIONS, NO_WORD},
    protocol::{
        Protocol,
        eigenlayer::{EigenLayer, release::RELEASES},
        lacking,
    },
    worlds,
};

use crate::support::{bundled, options, play};

/// Of so many calls of which the model knows what they ask, one may go unpredicted.
const CALLS_PER_UNPREDICTED: u64 = 100;

#[test]
fn contracts_and_model_go_in_lockstep() {
    let family: Vec<_> = invariants::all().filter(|invariant| invariants::asks_model(invariant)).collect();
    let mut played = Vec::new();
    for release in RELEASES {
        for world in worlds::KINDS.iter().filter(|world| release.plays_in(world)) {
            let artifacts = Artifacts::of_release(release.name).expect("it is bundled");
            let protocol = EigenLayer::in_world(artifacts, world).expect("a bundled release is complete");
            if family.iter().any(|invariant| !lacking(&protocol, invariant).is_empty()) {
                continue;
            }
            let options = Options { invariants: family.clone(), ..options(31, 150) };
            let summary = play(&protocol, &options);
            let found: Vec<_> = summary.violations.iter().map(|violation| &violation.sentence).collect();
            assert!(found.is_empty(), "{}, {}: {found:#?}", release.name, world.name);
            let counted = summary.predictions;
            assert_eq!(counted.made + counted.missing, summary.calls);
            let unknown = counted.reasons.get(NO_WORD).copied().unwrap_or_default();
            let missing = counted.missing - unknown;
            assert!(missing * CALLS_PER_UNPREDICTED <= summary.calls - unknown, "{}: {counted:?}", world.name);
            played.push((release.name, world.name));
        }
    }
    assert!(played.len() >= 2 * RELEASES.len(), "{played:?}");
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
    // The releases with slashers are not bundled.
    for error in Error::ALL.iter().filter(|error| **error != Error::SlasherNotSet) {
        let known = protocol.artifacts().iter().flat_map(|(_, artifact)| artifact.abi.errors());
        let mut same = known.filter(|known| known.selector() == error.selector());
        assert!(same.any(|known| known.inputs.is_empty()), "{}", error.name());
    }
}
