//! `slashproof gate --git`: the baseline is built from a revision of the project that the candidate is.
//!
//! git is real. In place of forge stands a script that puts out what the revision committed.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::support::{code, files, root, slashproof, stderr, stdout};

fn git(folder: &Path, arguments: &[&str]) -> String {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"];
    let output = Command::new("git").args(identity).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", stderr(&output));
    stdout(&output)
}

/// Puts the bundled artifacts of a release into a folder, and nothing else.
fn put(release: &str, folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).unwrap();
    for file in files(&root().join("contracts/artifacts").join(release)) {
        fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
    }
}

fn program(path: &Path, script: &str) {
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A project below a repository, of which the commit before the last is the slashing release, and which is built as the
/// other. What it depends on is not in git.
fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("contracts");
    fs::create_dir_all(project.join("node_modules")).unwrap();
    fs::write(project.join("node_modules/needed"), "").unwrap();
    fs::write(project.join("foundry.toml"), "").unwrap();
    fs::write(folder.path().join(".gitignore"), "out\nnode_modules\nforge\n").unwrap();
    // It builds where what it depends on is.
    program(&project.join("forge"), "test -f node_modules/needed && cp -r built out && test \"$1\" = build");
    git(folder.path(), &["init", "--quiet"]);
    for release in ["slashing", "redistribution"] {
        put(release, &project.join("built"));
        git(folder.path(), &["add", "--all"]);
        git(folder.path(), &["commit", "--quiet", "--message", release]);
    }
    put("redistribution", &project.join("out"));
    folder
}

fn gate(repository: &TempDir, arguments: &[&str]) -> Output {
    let project = repository.path().join("contracts");
    let forge = project.join("forge");
    let common = ["gate", "--judge", "layout", "--baseline-release", "slashing", "--forge", forge.to_str().unwrap()];
    slashproof(&project, &[&common, arguments].concat())
}

/// Nothing of a revision stays behind.
fn is_tidy(repository: &TempDir) {
    assert_eq!(git(repository.path(), &["worktree", "list"]).lines().count(), 1);
    let left = fs::read_dir(repository.path().join(".git")).unwrap();
    assert!(left.map(|entry| entry.unwrap().file_name()).all(|name| !name.to_string_lossy().starts_with("slashproof")));
}

#[test]
fn the_baseline_is_built_from_a_revision() {
    let repository = project();
    let output = gate(&repository, &["--git", "HEAD~1"]);
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
    let commit = git(repository.path(), &["rev-parse", "HEAD~1"]);
    let told = format!("baseline   HEAD~1, commit {}, the slashing release", commit.trim());
    assert!(stdout(&output).starts_with(&told), "{}", stdout(&output));
    is_tidy(&repository);
}

#[test]
fn what_was_found_with_a_revision_is_played_again_on_it() {
    let repository = project();
    let project = repository.path().join("contracts");
    let forge = project.join("forge");
    let forge = forge.to_str().unwrap();
    // Nobody declares that slashes are numbered now.
    let few = ["gate", "--judge", "behaviour", "--runs", "32", "--shrink-run-limit", "0", "--out", "told"];
    let output = slashproof(&project, &[&few[..], &["--git", "HEAD~1", "--forge", forge]].concat());
    assert_eq!(code(&output), 1, "{}{}", stdout(&output), stderr(&output));
    for file in files(&project.join("told/examples")) {
        let file = file.to_str().unwrap();
        let again = slashproof(&project, &["replay", file, "--forge", forge]);
        assert_eq!(code(&again), 1, "{}{}", stdout(&again), stderr(&again));
        assert_eq!(stderr(&again), "");
        is_tidy(&repository);
        let nobody = slashproof(&project, &["replay", file, "--forge", "nobody"]);
        assert_eq!(code(&nobody), 2);
        assert!(stderr(&nobody).contains("or name a folder of its artifacts with --baseline"), "{}", stderr(&nobody));
    }
}

#[test]
fn a_revision_that_is_what_stands_here_is_told() {
    let repository = project();
    let project = repository.path().join("contracts");
    let forge = project.join("forge");
    let output =
        slashproof(&project, &["gate", "--judge", "layout", "--git", "HEAD", "--forge", forge.to_str().unwrap()]);
    assert_eq!(code(&output), 2, "{}", stdout(&output));
    assert!(stderr(&output).contains("the same build"), "{}", stderr(&output));
    is_tidy(&repository);
}

#[test]
fn what_cannot_be_built_is_told() {
    let repository = project();
    let refused = |arguments: &[&str], sentence: &str| {
        let output = gate(&repository, arguments);
        assert_eq!(code(&output), 2, "{}", stdout(&output));
        assert!(stderr(&output).contains(sentence), "{}", stderr(&output));
        is_tidy(&repository);
    };
    refused(&["--git", "nowhere"], "has no revision \"nowhere\"");
    refused(&["--git=--all"], "has no revision \"--all\"");
    let broken = repository.path().join("contracts/forge");
    program(&broken, "echo 'Error: a contract is missing' >&2; exit 1");
    refused(&["--git", "HEAD~1"], "Error: a contract is missing");
    fs::remove_file(&broken).unwrap();
    refused(&["--git", "HEAD~1"], "could not be started");
    fs::remove_file(repository.path().join("contracts/foundry.toml")).unwrap();
    refused(&["--git", "HEAD~1", "--candidate", "out"], "there is no foundry.toml");
}
