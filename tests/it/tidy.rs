//! The shape of the code: who may use whom, what may be named where, how long a function may be.

use std::{collections::BTreeSet, fs, path::Path};

use crate::support::{root, sources};

/// A module may use only what stands above it.
const LAYERS: &[&str] = &[
    "limits",
    "problem",
    "arithmetic",
    "signature",
    "book",
    "call",
    "ledger",
    "novelty",
    "exit",
    "ghost",
    "model",
    "draw",
    "artifact",
    "evm",
    "oracle",
    "own",
    "worlds",
    "mutant",
    "protocol",
    "invariants",
    "codec",
    "coverage",
    "decode",
    "guidance",
    "variables",
    "corpus",
    "generator",
    "mutator",
    "executor",
    "lines",
    "shrinker",
    "survey",
    "trial",
    "check",
    "campaign",
    "matrix",
    "finding",
    "timeline",
    "foundry",
    "gate",
    "node",
    "report",
    "config",
    "cli",
];

/// What `invariants` may use besides itself: plain data and what a property is.
const INVARIANTS_MAY_USE: &[&str] =
    &["arithmetic", "book", "call", "exit", "ghost", "invariants", "ledger", "model", "oracle"];

/// What may be named only where.
const NAMED_ONLY_IN: &[(&str, &[&str])] = &[
    ("revm::", &["evm"]),
    ("k256::ecdsa", &["signature"]),
    ("alloy_provider", &["node"]),
    ("alloy_rpc_client", &["node"]),
    ("alloy_node_bindings", &["node"]),
    ("println!", &["cli"]),
    ("eprint!", &["cli"]),
    ("print!(", &["cli"]),
    ("stdout()", &["cli"]),
    ("std::process", &["cli", "main"]),
    ("Instant", &["cli"]),
    ("SystemTime", &["cli"]),
    ("TestRng", &["draw"]),
    ("TestRunner", &["draw"]),
    ("std::fs", &["artifact", "config", "corpus", "node", "report"]),
    ("File::", &["artifact", "config", "corpus", "node", "report"]),
    // Maps with an order drawn anew each time: looked up, never iterated.
    ("HashMap", &["evm", "protocol"]),
    ("HashSet", &[]),
];

/// Lines of the longest function there may be. Tables are no functions.
const FUNCTION_LINES: usize = 70;

/// Lines of the longest file there may be.
const FILE_LINES: usize = 700;

struct Source {
    module: String,
    path: String,
    text: String,
}

/// The sources of the library and the command, with the module each belongs to.
fn library() -> Vec<Source> {
    let read = |folder: &str| -> Vec<Source> {
        let folder = root().join(folder);
        let one = |path: &Path| {
            let inside = path.strip_prefix(&folder).expect("it is inside");
            let first = inside.components().next().expect("a name").as_os_str().to_string_lossy();
            let module = if folder.ends_with("invariants") { "invariants" } else { first.trim_end_matches(".rs") };
            Source {
                module: module.to_owned(),
                path: path.display().to_string(),
                text: fs::read_to_string(path).expect("a readable source"),
            }
        };
        sources(&folder, "rs").iter().map(|path| one(path)).collect()
    };
    let mut all = read("src");
    all.extend(read("invariants"));
    all
}

/// The source without its unit tests and comments.
fn code(text: &str) -> String {
    let own = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    own.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules that a source names as `crate::module`, also in groups.
fn used(text: &str) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            modules.insert(first_word(rest));
            continue;
        };
        let mut depth = 0;
        let mut start = true;
        for (index, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                _ if start && character.is_alphabetic() && depth == 0 => {
                    modules.insert(first_word(&group[index..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    modules
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
}

fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| *layer == module)
}

#[test]
fn a_module_uses_only_what_stands_above_it() {
    for source in library() {
        let Some(own) = rank(&source.module) else {
            assert!(["lib", "main"].contains(&source.module.as_str()), "{} is in no layer", source.path);
            continue;
        };
        for module in used(&code(&source.text)) {
            // Macros are exported at the root.
            let Some(other) = rank(&module) else { continue };
            assert!(other <= own, "{} uses {module}, which stands below {}", source.path, source.module);
            if source.module == "invariants" {
                assert!(INVARIANTS_MAY_USE.contains(&module.as_str()), "{} uses {module}", source.path);
            }
        }
    }
}

#[test]
fn layers_are_the_modules() {
    let library = fs::read_to_string(root().join("src/lib.rs")).expect("the library");
    let declared: Vec<&str> = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ").and_then(|line| line.strip_suffix(';')))
        .collect();
    assert_eq!(declared, LAYERS, "src/lib.rs lists the modules in the order of the layers");
}

#[test]
fn some_things_are_named_only_where_they_belong() {
    for source in library() {
        let text = code(&source.text);
        for (word, modules) in NAMED_ONLY_IN {
            let allowed = modules.contains(&source.module.as_str());
            assert!(allowed || !text.contains(word), "{} names {word}", source.path);
        }
    }
}

#[test]
fn functions_and_files_are_short() {
    for source in library() {
        let lines = source.text.lines().count();
        assert!(lines <= FILE_LINES, "{} has {lines} lines", source.path);
        let mut begun: Option<(usize, usize, &str)> = None;
        for (number, line) in source.text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let is_function = line.trim_start().split("fn ").next().is_some_and(|before| {
                line.contains("fn ")
                    && before
                        .split_whitespace()
                        .all(|word| word.starts_with("pub") || ["const", "async", "unsafe"].contains(&word))
            });
            if begun.is_none() && is_function && line.trim_end().ends_with(['{', '(']) {
                begun = Some((number, indent, line.trim()));
            }
            if let Some((start, level, name)) = begun
                && indent == level
                && line.trim() == "}"
            {
                let length = number - start + 1;
                assert!(length <= FUNCTION_LINES, "{}:{}: {name} has {length} lines", source.path, start + 1);
                begun = None;
            }
        }
    }
}

#[test]
fn nothing_is_left_for_later() {
    let banned = ["todo!", "unimplemented!", "dbg!", "FIXME", "XXX", "#[ignore", "#[allow("];
    let mut all = library();
    for path in sources(&root().join("tests"), "rs") {
        if path.ends_with("tidy.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a readable source");
        all.push(Source { module: "tests".to_owned(), path: path.display().to_string(), text });
    }
    for source in all {
        for word in banned {
            assert!(!source.text.contains(word), "{} has {word}", source.path);
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    for source in library() {
        assert!(source.text.starts_with("//! "), "{} does not begin with what it is for", source.path);
    }
}

#[test]
fn no_path_of_one_machine_is_in_the_repository() {
    let listed = std::process::Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    let listed = listed.expect("git lists the files").stdout;
    for name in String::from_utf8(listed).expect("names are text").split('\0').filter(|name| !name.is_empty()) {
        let Ok(text) = fs::read_to_string(root().join(name)) else { continue };
        for folder in ["/home/", "/root/", "/Users/"] {
            assert!(name.ends_with("tidy.rs") || !text.contains(folder), "{name} names {folder}");
        }
    }
}
