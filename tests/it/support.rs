//! What several promises need to be tested.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use slashproof::{
    artifact::Artifacts,
    call::{Call, Delay},
    campaign::{self, Control, Options, Summary},
    corpus::Corpus,
    draw::Dice,
    executor::Executor,
    generator::Generator,
    mutant,
    oracle::Invariant,
    protocol::eigenlayer::EigenLayer,
    worlds::{self, Kind},
};

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The bundled release.
pub fn bundled() -> EigenLayer {
    EigenLayer::new(Artifacts::bundled()).expect("the bundled release is complete")
}

/// A bundled release.
pub fn release(name: &str) -> EigenLayer {
    EigenLayer::new(Artifacts::of_release(name).expect("it is bundled")).expect("a bundled release is complete")
}

/// The bundled release in a world.
pub fn in_world(world: &'static Kind) -> EigenLayer {
    EigenLayer::in_world(Artifacts::bundled(), world).expect("the bundled release is complete")
}

/// The bundled release with a planted bug, in the world in which it shows.
pub fn mutant(name: &str) -> EigenLayer {
    let artifacts = Artifacts::mutant(name).expect("the mutant exists");
    let planted = mutant::find(name).expect("the mutant exists");
    let world = worlds::find(&planted.world).expect("its world exists");
    EigenLayer::in_world(artifacts, world).expect("a mutant is complete")
}

/// A small campaign.
pub fn options(seed: u64, runs: u64) -> Options {
    Options::new(seed, runs)
}

/// A campaign for one invariant that stops when it is violated.
pub fn hunt(seed: u64, runs: u64, invariant: &'static Invariant) -> Options {
    Options { invariants: vec![invariant], fail_fast: true, ..options(seed, runs) }
}

/// Plays a campaign that begins with nothing.
pub fn play(protocol: &EigenLayer, options: &Options) -> Summary {
    campaign::run(protocol, options, Corpus::default(), &Control::default(), &mut |_| {}).expect("it deploys")
}

/// Plays random calls on top of what was played, and looks at the world after each; the calls.
pub fn wander(executor: &mut Executor<'_>, run: u64, calls: usize, mut each: impl FnMut(&Executor<'_>)) -> Vec<Call> {
    let protocol = executor.protocol();
    let mut dice = Dice::of_run(21, executor.ledger().block, run);
    let generator = Generator::for_run(protocol, &mut dice);
    let (mut played, mut waited) = (Vec::new(), Delay::default());
    while played.len() < calls {
        let delay = generator.delay(&mut dice, executor.ledger());
        executor.advance(delay);
        waited = waited.plus(delay);
        let Some((action, actor, operation)) = generator.next(&mut dice, executor.ledger()).call else { continue };
        let call = Call { action, actor, delay: std::mem::take(&mut waited), operation };
        executor.execute(&call);
        each(executor);
        played.push(call);
    }
    played
}

/// Runs the command in a folder.
pub fn slashproof(folder: &Path, arguments: &[&str]) -> Output {
    starting(folder, arguments).output().expect("the command starts")
}

/// The command, to be started in a folder.
pub fn starting(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slashproof"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SLASHPROOF_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).args(arguments);
    command
}

/// The exit code.
pub fn code(output: &Output) -> i32 {
    output.status.code().expect("it exits by itself")
}

/// Standard output as text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// Standard error as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// Standard output as JSON.
pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}\n{}", stdout(output), stderr(output)))
}

/// The files of a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    paths
}

/// The finding of an invariant in the output of a campaign.
pub fn finding(out: &Path, invariant: &str) -> PathBuf {
    let of = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(invariant));
    files(&out.join("findings")).into_iter().find(of).unwrap_or_else(|| panic!("{invariant} is not violated"))
}

/// Every file below a folder with an extension.
pub fn sources(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in files(folder) {
        if path.is_dir() {
            found.extend(sources(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found
}
