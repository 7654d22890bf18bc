//! What the documents say is so: commands are run, outputs compared, tables regenerated, links followed.
//!
//! In a `console` block, lines that begin with `$ ` are commands, and the lines after one are what it prints on stdout;
//! a line `...` stands for any lines, `...` within a line for any text. `# exit code N` after a command says how it
//! ends, 0 if nothing is said. A `toml` block whose first line is a comment with a file name is that file.

use std::{fs, path::Path};

use crate::support::{root, slashproof, sources};

/// Commands in `sh` blocks, which are too large to run in a test, with what runs them instead.
const RUN_ELSEWHERE: &[(&str, &str)] = &[
    ("cargo run --release", "the same as `slashproof run`, which documents show"),
    ("cargo install --locked --path .", "cargo's own"),
    ("forge build", "tests/it/own.rs builds the same project"),
    ("make test", "what runs this test"),
    ("make artifacts", "`make test` compares what it would write"),
    ("make bench", "the figures in docs/performance.md"),
    ("make catalogue", "a test here compares what it would write"),
    ("make lockstep", "tests/it/model.rs plays fewer calls of the same"),
];

/// A piece of a document between fences.
struct Block {
    language: String,
    lines: Vec<String>,
    at: usize,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => {
                open = Some(Block { language: language.trim().to_owned(), lines: Vec::new(), at: index + 1 });
            }
            (None, Some(block)) => block.lines.push(line.to_owned()),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    blocks
}

/// A command with what it is said to print.
struct Command {
    words: Vec<String>,
    code: i32,
    expected: Vec<String>,
}

fn commands(block: &Block) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    for line in &block.lines {
        if let Some(typed) = line.strip_prefix("$ ") {
            let (typed, comment) = typed.split_once('#').unwrap_or((typed, ""));
            let code = comment.trim().strip_prefix("exit code ").map_or(0, |code| code.parse().expect("a number"));
            let words = typed.split_whitespace().map(str::to_owned).collect();
            commands.push(Command { words, code, expected: Vec::new() });
        } else {
            commands.last_mut().expect("a console block begins with a command").expected.push(line.clone());
        }
    }
    commands
}

/// Whether `line` is `pattern`, in which `...` stands for any text.
fn line_matches(pattern: &str, line: &str) -> bool {
    let Some((first, others)) = pattern.split_once("...") else { return pattern == line };
    let (middle, last) = others.rsplit_once("...").unwrap_or(("", others));
    let Some(mut rest) = line.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else { return false };
    for part in middle.split("...") {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

/// Whether `lines` are `patterns`, of which `...` stands for any number of lines.
fn lines_match(patterns: &[String], lines: &[&str]) -> bool {
    match patterns.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first.trim() == "..." => {
            (0..=lines.len()).any(|skipped| lines_match(rest, &lines[skipped..]))
        }
        Some((first, rest)) => {
            lines.split_first().is_some_and(|(line, others)| line_matches(first, line) && lines_match(rest, others))
        }
    }
}

/// Runs all commands of a document, in order, in one folder.
fn run_document(name: &str) {
    let text = fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let folder = tempfile::tempdir().unwrap();
    for block in blocks(&text) {
        let file = block.lines.first().and_then(|line| line.strip_prefix("# ")).filter(|_| block.language == "toml");
        if let Some(file) = file {
            fs::write(folder.path().join(file), block.lines.join("\n")).unwrap();
        }
        if block.language == "console" {
            for command in commands(&block) {
                run_command(name, block.at, folder.path(), &command);
            }
        }
    }
}

fn run_command(name: &str, line: usize, folder: &Path, command: &Command) {
    let Command { words, code, expected } = command;
    let shown = words.join(" ");
    assert_eq!(words[0], "slashproof", "{name}:{line}: only slashproof is run: {shown}");
    let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    let output = slashproof(folder, &arguments);
    let (stdout, stderr) = (crate::support::stdout(&output), crate::support::stderr(&output));
    assert_eq!(crate::support::code(&output), *code, "{name}:{line}: {shown}\n{stdout}\n{stderr}");
    let lines: Vec<&str> = stdout.lines().collect();
    assert!(expected.is_empty() || lines_match(expected, &lines), "{name}:{line}: {shown} prints\n{stdout}");
}

#[test]
fn the_readme_is_true() {
    run_document("README.md");
}

#[test]
fn the_guide_for_auditors_is_true() {
    run_document("docs/auditing.md");
}

#[test]
fn the_guide_to_the_examples_is_true() {
    run_document("docs/examples.md");
}

#[test]
fn the_guide_for_ci_is_true() {
    run_document("docs/ci.md");
}

#[test]
fn the_guide_to_the_gate_is_true() {
    run_document("docs/gate.md");
}

/// Every document.
fn documents() -> Vec<std::path::PathBuf> {
    let mut all = sources(&root().join("docs"), "md");
    for name in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "contracts/README.md", "invariants/README.md"] {
        all.push(root().join(name));
    }
    all
}

#[test]
fn other_commands_are_run_elsewhere() {
    for path in documents() {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for block in blocks(&text).iter().filter(|block| block.language == "sh") {
            for line in block.lines.iter().filter(|line| !line.trim().is_empty()) {
                let command = line.split('#').next().unwrap_or_default().trim();
                let known = RUN_ELSEWHERE.iter().any(|(known, _)| *known == command);
                assert!(known, "{}: nothing runs {command:?}", path.display());
            }
        }
    }
}

#[test]
fn links_lead_somewhere() {
    for path in documents() {
        let text = fs::read_to_string(&path).expect("a document");
        for piece in text.split("](").skip(1) {
            let target = piece.split(')').next().unwrap_or_default();
            let file = target.split('#').next().unwrap_or_default();
            if target.starts_with("http") || file.is_empty() {
                continue;
            }
            let there = path.parent().expect("a file is in a folder").join(file);
            assert!(there.exists(), "{} links to {target}", path.display());
        }
    }
}

/// The sections that code cites as `docs/NAME.md` section N, or `docs/NAME.md`, "TITLE".
#[test]
fn cited_sections_exist() {
    let mut cited = 0;
    let folders = ["src", "invariants", "contracts/src", "tests"];
    let all = folders.iter().flat_map(|folder| {
        let extension = if folder.starts_with("contracts") { "sol" } else { "rs" };
        sources(&root().join(folder), extension)
    });
    for path in all.filter(|path| !path.ends_with("docs.rs")) {
        let text = fs::read_to_string(&path).expect("a source").replace("\n///", "").replace("\n//!", "");
        for piece in text.split("`docs/").skip(1) {
            let (name, rest) = piece.split_once('`').expect("a quoted name ends");
            let document = fs::read_to_string(root().join("docs").join(name));
            let document = document.unwrap_or_else(|error| panic!("{}: docs/{name}: {error}", path.display()));
            let headings: Vec<&str> = document
                .lines()
                .filter_map(|line| line.strip_prefix('#'))
                .map(|line| line.trim_start_matches(['#', ' ']))
                .collect();
            let heading = if let Some(number) = rest.strip_prefix(" section ") {
                number.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect::<String>()
            } else if let Some(title) = rest.strip_prefix(", \"") {
                title.split('"').next().unwrap_or_default().to_owned()
            } else {
                continue;
            };
            let heading = heading.trim_end_matches('.');
            let found = headings.iter().any(|line| {
                line.strip_prefix(heading).is_some_and(|rest| rest.starts_with([' ', '.']) || rest.is_empty())
            });
            assert!(found, "{} cites docs/{name} {heading:?}", path.display());
            cited += 1;
        }
    }
    assert!(cited > 10, "nothing is cited");
}

#[test]
fn patterns_match_as_documented() {
    assert!(line_matches("a ... c", "a b c") && line_matches("a...", "a") && line_matches("...c", "abc"));
    assert!(!line_matches("a ... c", "a b d") && !line_matches("a", "ab"));
    let patterns = ["a", "...", "d"].map(str::to_owned);
    assert!(lines_match(&patterns, &["a", "b", "c", "d"]) && lines_match(&patterns, &["a", "d"]));
    assert!(!lines_match(&patterns, &["a", "b"]));
}
