//! What a replay shows of a call: everything by name, storage too; and step by step, as lines on standard input say.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Output, Stdio},
};

use slashproof::{
    draw::Dice,
    executor::Executor,
    generator::Generator,
    protocol::Protocol,
    report::trace::{Colours, Tracer},
    worlds,
};

use crate::support::{code, finding, in_world, slashproof, starting, stderr, stdout};

/// A finding with few calls, and the folder it is in.
fn found() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let planted = ["--mutant", "allocation-not-encumbered", "--invariants", "MAG-05", "--runs", "64", "--out", "out"];
    assert_eq!(code(&slashproof(folder.path(), &[&["run"], &planted[..]].concat())), 1);
    let file = finding(&folder.path().join("out"), "MAG-05");
    (folder, file)
}

#[test]
fn every_slot_that_is_written_has_a_name() {
    for name in ["standard", "callback", "examples", "eigen", "limited"] {
        let protocol = in_world(worlds::find(name).unwrap());
        let mut executor = Executor::deploy(&protocol).unwrap();
        let tracer = Tracer::new(protocol.book(), protocol.artifacts(), Colours::Off);
        let mut dice = Dice::of_run(5, 0, 0);
        let generator = Generator::for_run(&protocol, &mut dice);
        let mut text = Vec::new();
        for _ in 0..250 {
            executor.advance(generator.delay(&mut dice, executor.ledger()));
            let Some((action, actor, operation)) = generator.next(&mut dice, executor.ledger()).call else { continue };
            let call = slashproof::call::Call { action, actor, delay: slashproof::call::Delay::default(), operation };
            let Some((_, Some(tree))) = executor.execute_traced(&call) else { continue };
            tracer.render(&tree, executor.world().preimages(), &mut text).unwrap();
        }
        let text = String::from_utf8(text).unwrap();
        let stores: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("stores ")).collect();
        let nameless: Vec<&&str> = stores
            .iter()
            .filter(|store| store.split(": ").next().is_some_and(|place| place.contains(" 0x") && !place.contains('.')))
            .collect();
        assert!(stores.len() > 500, "{name}: {} stores", stores.len());
        assert!(nameless.is_empty(), "{name}: of {}: {nameless:#?}", stores.len());
    }
}

#[test]
fn a_traced_replay_names_keys_and_members_and_is_plain_in_a_pipe() {
    let (folder, file) = found();
    let file = file.to_str().unwrap();
    let plain = slashproof(folder.path(), &["replay", file, "--trace"]);
    assert_eq!(code(&plain), 1, "{}", stderr(&plain));
    let text = stdout(&plain);
    let key = "stores allocationManager.allocations[operator ";
    assert!(text.contains(key) && text.contains("][set ") && text.contains("][strategy "), "{text}");
    assert!(text.contains("emits AllocationUpdated(operator: operator "), "{text}");
    assert!(text.contains(" of avs ") && text.contains(" -> "), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
    let coloured = stdout(&slashproof(folder.path(), &["replay", file, "--trace", "--color", "always"]));
    assert!(coloured.contains("\u{1b}[36mstores allocationManager.allocations["), "{coloured}");
    let mut bare = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        bare += before;
        rest = after.split_once('m').expect("a code ends").1;
    }
    assert_eq!(bare + rest, text, "colour is all that differs");
}

/// Walks through a finding.
fn walk(folder: &std::path::Path, file: &str, commands: &str) -> Output {
    let mut command = starting(folder, &["replay", file, "--step"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(commands.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_walk_shows_the_ledger_before_and_after_each_call() {
    let (folder, file) = found();
    let file = file.to_str().unwrap();
    let all = walk(folder.path(), file, "c\n");
    assert_eq!(code(&all), 1, "{}", stderr(&all));
    let played = stdout(&all);
    assert!(played.contains("\n  1  block ") && played.contains("  -> violated: "), "{played}");
    assert!(played.contains(" -> ") && played.contains("'s "), "changes have both sides: {played}");

    // There and back again is as it was.
    let round = stdout(&walk(folder.path(), file, "n\nb\nn\nq\n"));
    let first =
        |text: &str| text.split("  1  block ").nth(1).unwrap().split("before call 1").next().unwrap().to_owned();
    assert_eq!(round.matches("  1  block ").count(), 2, "{round}");
    let again = round.rsplit("  1  block ").next().unwrap();
    assert!(again.starts_with(first(&round).trim_end()), "{round}");

    let output = walk(folder.path(), file, "t\nl\nn\nt\nd\nl operator\nwhat\nh\nq\n");
    let text = stdout(&output);
    assert_eq!(code(&output), 1, "it showed before it was left: {text}");
    assert!(text.contains("nothing was played") && text.contains("    allocationManager."), "{text}");
    assert!(
        text.contains("there is no command \"what\"") && text.contains("q                    stops here"),
        "{text}"
    );
    assert_eq!(code(&walk(folder.path(), file, "")), 0, "no lines are no calls");
}
