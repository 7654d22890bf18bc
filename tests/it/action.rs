//! The GitHub action, step by step, as a runner goes through it.
//!
//! What the steps run is real: bash, the scripts and slashproof. `cargo` and `gh` are scripts that note what they are
//! asked, and the actions of others are taken to have succeeded.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use serde_yaml_ng::Value;
use tempfile::TempDir;

use crate::support::root;

/// A runner with a repository checked out.
struct Runner {
    folder: TempDir,
    /// What the workflow says, and GitHub.
    context: BTreeMap<String, String>,
}

/// How a job went.
#[derive(Debug)]
struct Job {
    /// The exit code of the first step that failed, or zero.
    code: i32,
    /// The steps that were not left out.
    steps: Vec<String>,
    /// What was given to the actions of others, by their name and what it is for.
    given: BTreeMap<String, String>,
    /// What became of `${{ outputs }}`.
    verdict: String,
    summary: String,
}

fn program(path: &Path, script: &str) {
    fs::write(path, format!("#!/bin/bash\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn action() -> Value {
    serde_yaml_ng::from_str(&fs::read_to_string(root().join("action.yml")).unwrap()).unwrap()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => serde_yaml_ng::to_string(other).unwrap().trim().to_owned(),
    }
}

fn entries(value: &Value) -> Vec<(String, String)> {
    value.as_mapping().into_iter().flatten().map(|(key, value)| (text(key), text(value))).collect()
}

impl Runner {
    fn new(inputs: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bin", "work", "runner"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let built = env!("CARGO_BIN_EXE_slashproof");
        program(
            &folder.path().join("bin/cargo"),
            &format!(
                "test \"$1 $2 $3 $5\" = 'install --locked --path --root' && mkdir -p \"$6/bin\" && ln -s {built} \
                 \"$6/bin/slashproof\" && echo built >> \"$NOTES/cargo\""
            ),
        );
        // It answers with the comment that is there, once there is one.
        program(
            &folder.path().join("bin/gh"),
            "if [ \"$2\" = --paginate ]; then cat \"$NOTES/comment-id\" 2>/dev/null; exit 0; fi\n\
             printf '%s\\n' \"$3 $4\" >> \"$NOTES/gh\"; printf '%s' \"$6\" > \"$NOTES/body\"; echo 77 > \"$NOTES/comment-id\"",
        );
        let mut context: BTreeMap<String, String> = BTreeMap::new();
        for (name, input) in action()["inputs"].as_mapping().unwrap() {
            let default = input.get("default").map(text).unwrap_or_default();
            context.insert(format!("inputs.{}", text(name)), default);
        }
        for (name, value) in inputs {
            let known = context.insert(format!("inputs.{name}"), (*value).to_owned());
            assert!(known.is_some(), "the action has no input {name}");
        }
        let runner = folder.path().join("runner").display().to_string();
        let facts = [
            ("runner.temp", runner.as_str()),
            ("runner.os", "Linux"),
            ("runner.arch", "X64"),
            ("github.action_ref", "v1"),
            ("github.action_path", root().to_str().unwrap()),
            ("github.run_id", "1"),
            ("github.run_attempt", "1"),
            ("github.event_name", "pull_request"),
            ("github.event.pull_request.number", "42"),
            ("github.token", "secret"),
        ];
        context.extend(facts.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Self { folder, context }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn note(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    fn value(&self, name: &str) -> String {
        let known = self.context.get(name).cloned();
        // Outputs of steps that were left out are empty.
        known.unwrap_or_else(|| if name.starts_with("steps.") { String::new() } else { panic!("nobody says {name}") })
    }

    /// Puts what is known in the place of `${{ names }}`.
    fn filled(&self, text: &str) -> String {
        let mut parts = text.split("${{");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once("}}").expect("an expression ends");
            filled += &self.value(name.trim());
            filled += rest;
        }
        // A default may be an expression itself.
        if filled.contains("${{") { self.filled(&filled) } else { filled }
    }

    fn holds(&self, condition: &str) -> bool {
        condition.split(" && ").all(|term| {
            let sides = |sign: &str| {
                let (name, value) = term.split_once(sign)?;
                Some((self.value(name.trim()), value.trim().trim_matches('\'').to_owned()))
            };
            match (term.trim(), sides(" == "), sides(" != ")) {
                ("always()", ..) => true,
                (_, Some((is, wanted)), _) => is == wanted,
                (_, _, Some((is, unwanted))) => is != unwanted,
                _ => panic!("{term} is no condition that this runner knows"),
            }
        })
    }

    fn play(&mut self) -> Job {
        let action = action();
        let mut job =
            Job { code: 0, steps: Vec::new(), given: BTreeMap::new(), verdict: String::new(), summary: String::new() };
        for step in action["runs"]["steps"].as_sequence().unwrap() {
            let condition = step.get("if").map(text);
            let goes_on = job.code == 0 || condition.as_ref().is_some_and(|condition| condition.contains("always()"));
            if !goes_on || condition.is_some_and(|condition| !self.holds(&condition)) {
                continue;
            }
            job.steps.push(text(&step["name"]));
            if let Some(uses) = step.get("uses").map(text) {
                for (name, value) in entries(&step["with"]) {
                    job.given.insert(format!("{uses} {name}"), self.filled(&value));
                }
            } else if let failed @ 1.. = self.run(step) {
                job.code = failed;
            }
        }
        job.verdict = self.filled(&text(&action["outputs"]["verdict"]["value"]));
        job.summary = self.note("summary");
        job
    }

    /// Runs a step as a runner does, and takes over what it puts out.
    fn run(&mut self, step: &Value) -> i32 {
        assert_eq!(text(&step["shell"]), "bash", "every shell is named");
        let added = self.note("path");
        let mut path: Vec<String> = added.lines().map(str::to_owned).collect();
        path.push(self.path("bin").display().to_string());
        path.push(std::env::var("PATH").unwrap());
        let work =
            self.path("work").join(step.get("working-directory").map(|at| self.filled(&text(at))).unwrap_or_default());
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &self.filled(&text(&step["run"]))]);
        command.current_dir(work).env("PATH", path.join(":")).env("NOTES", self.folder.path());
        command.env("GITHUB_REPOSITORY", "owner/name");
        for (name, file) in [("GITHUB_PATH", "path"), ("GITHUB_OUTPUT", "output"), ("GITHUB_STEP_SUMMARY", "summary")] {
            command.env(name, self.path(file));
        }
        for (name, value) in entries(&step["env"]) {
            command.env(name, self.filled(&value));
        }
        let output = command.output().unwrap();
        let id = step.get("id").map(text).unwrap_or_default();
        for (name, value) in self.note("output").lines().filter_map(|line| line.split_once('=')) {
            self.context.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
        }
        let _ = fs::remove_file(self.path("output"));
        output.status.code().expect("it ends by itself")
    }
}

const UPLOAD: &str = "github/codeql-action/upload-sarif@v3 sarif_file";

#[test]
fn an_upgrade_that_may_land_passes_and_is_told_once() {
    let bundled = [("baseline-release", "slashing"), ("candidate-release", "redistribution")];
    let mut runner = Runner::new(&[&bundled[..], &[("runs", "20"), ("arguments", "--judge layout")]].concat());
    let job = runner.play();
    assert_eq!((job.code, job.verdict.as_str()), (0, "pass"), "{}", job.summary);
    assert!(job.summary.contains("pass"), "{}", job.summary);
    assert!(runner.path("work").join(&job.given[UPLOAD]).is_file());
    assert_eq!(runner.note("gh"), "POST repos/owner/name/issues/42/comments\n");
    assert!(runner.note("body").starts_with("body=<!-- slashproof gate -->\n"));
    assert!(runner.note("body").contains(job.summary.trim()));

    // The build is kept, and the comment is written anew.
    let again = runner.play();
    assert_eq!(again.code, 0);
    assert_eq!(runner.note("cargo"), "built\n");
    assert!(runner.note("gh").ends_with("\nPATCH repos/owner/name/issues/comments/77\n"), "{}", runner.note("gh"));
}

#[test]
fn a_campaign_that_finds_something_fails_after_all_was_handed_over() {
    let arguments = ("arguments", "--mutant slash-rounds-down");
    let mut runner = Runner::new(&[("command", "run"), ("runs", "200"), ("seed", "1"), arguments]);
    let job = runner.play();
    assert_eq!((job.code, job.verdict.as_str()), (1, "fail"), "{}", job.summary);
    assert!(job.summary.contains("SLA-01"), "{}", job.summary);
    assert!(runner.path("work").join(&job.given[UPLOAD]).is_file());
    assert!(runner.path("work").join(&job.given["actions/cache@v4 path"]).is_dir(), "the corpus is where it is cached");
    let kept = runner.path("work").join(&job.given["actions/upload-artifact@v4 path"]);
    assert!(kept.join("findings").is_dir());
    assert_eq!(job.steps.last().unwrap(), "Say how it ended");
}

#[test]
fn what_cannot_run_is_told_in_the_pull_request() {
    let mut runner = Runner::new(&[("baseline-release", "slashing"), ("candidate", "nowhere")]);
    let job = runner.play();
    assert_eq!((job.code, job.verdict.as_str()), (2, "broken"), "{}", job.summary);
    assert!(job.summary.contains("nowhere is no folder"), "{}", job.summary);
    assert!(!job.given.contains_key(UPLOAD), "there is nothing to upload");
    assert!(runner.note("body").contains("nowhere is no folder"));
}

#[test]
fn a_command_that_is_none_is_told() {
    let mut runner = Runner::new(&[("command", "rm")]);
    let job = runner.play();
    assert_eq!(job.code, 2);
    assert!(!job.steps.contains(&"Comment on the pull request".to_owned()), "{:?}", job.steps);
}

#[test]
fn inputs_are_no_commands() {
    let mut runner = Runner::new(&[
        ("command", "run"),
        ("runs", "1; touch harmed"),
        ("seed", "$(touch harmed)"),
        ("arguments", "`touch harmed` * ; touch harmed"),
    ]);
    let job = runner.play();
    assert_eq!((job.code, job.verdict.as_str()), (2, "broken"));
    assert!(!runner.path("work/harmed").exists());
}

#[test]
fn comments_and_uploads_can_be_left_out() {
    let inputs =
        [("comment", "false"), ("upload-sarif", "false"), ("candidate", "nowhere"), ("baseline-release", "slashing")];
    let job = Runner::new(&inputs).play();
    assert!(!job.steps.contains(&"Comment on the pull request".to_owned()), "{:?}", job.steps);
    assert!(!job.steps.contains(&"Upload to code scanning".to_owned()), "{:?}", job.steps);
}

#[test]
fn every_input_says_what_it_is_for_and_is_used() {
    let text_of = fs::read_to_string(root().join("action.yml")).unwrap();
    let (_, steps) = text_of.split_once("\nruns:").unwrap();
    for (name, input) in action()["inputs"].as_mapping().unwrap() {
        let name = text(name);
        assert!(input["description"].as_str().is_some_and(|says| says.ends_with('.')), "{name}");
        assert!(steps.contains(&format!("inputs.{name} ")), "nothing uses {name}");
    }
}
