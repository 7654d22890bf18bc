//! The page of a report, in a browser: on a phone, on a desk and on paper.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::support::{code, root, slashproof, stderr};

/// A campaign that finds a bug which slashes, with its page.
fn page(folder: &Path) -> PathBuf {
    // Its findings are about two sets.
    let arguments =
        ["run", "--mutant", "slash-rounds-down", "--invariants", "SLA,MODEL", "--seed", "5", "--runs", "64"];
    let output = slashproof(folder, &[&arguments[..], &["--format", "html"]].concat());
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    folder.join("slashproof-out/report.html")
}

/// What a headless Chromium sees of a page.
fn seen(page: &Path) -> Value {
    let browser = root().join("tests/browser");
    assert!(browser.join("node_modules").is_dir(), "no browser below {}: run `make browser`", browser.display());
    let node = Command::new("node").arg(browser.join("open.mjs")).arg(page).arg(root().join("target/browser")).output();
    let node = node.expect("node starts");
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
    serde_json::from_slice(&node.stdout).expect("it tells what it saw")
}

#[test]
fn it_is_readable_on_a_phone_and_on_a_desk() {
    let folder = tempfile::tempdir().unwrap();
    let page = page(folder.path());
    let seen = seen(&page);
    assert_eq!(seen["errors"], Value::Array(Vec::new()), "the console is empty");
    let requests = seen["requests"].as_array().unwrap();
    let own = |url: &Value| url.as_str().unwrap().ends_with("/slashproof-out/report.html");
    assert!(requests.iter().all(own), "nothing else is loaded: {requests:?}");
    for device in ["phone", "desk"] {
        let view = &seen[device];
        assert_eq!(view["scrollWidth"], view["clientWidth"], "{device}: nothing is wider than the screen");
        let selected = view["selected"].as_str().unwrap();
        for text in ["Findings", "Invariants by family", "Revert reasons", "Throughput", "slashproof replay"] {
            assert!(selected.contains(text), "{device}: {text} can be selected");
        }
        let drawn = view["drawn"].as_array().unwrap();
        assert!(drawn.iter().any(|text| text["text"] == "✗ violated"), "{device}: {drawn:?}");
        for text in drawn {
            assert_eq!(text["text"], text["selected"], "{device}: text of drawings can be selected");
            assert!(text["height"].as_f64().unwrap() >= 7.0, "{device}: {text} is too small to read");
        }
        // Whoever sees no colours sees patterns.
        let fills: Vec<&str> = view["fills"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(fills.iter().filter(|fill| fill.contains("url(")).count() >= 2, "{device}: {fills:?}");
    }
    let paper = fs::read(root().join("target/browser/paper.pdf")).unwrap();
    assert!(paper.starts_with(b"%PDF"), "it can be printed");
}

/// The page without what only a clock knows.
fn without_throughput(page: &Path) -> String {
    let page = fs::read_to_string(page).unwrap();
    let (before, rest) = page.split_once("<div id=\"throughput\">").expect("the page tells how fast it was");
    let (_, after) = rest.split_once("</section>").expect("it is the last of its section");
    format!("{before}{after}")
}

#[test]
fn the_same_campaign_gives_the_same_page() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let [one, other] = [&one, &other].map(|folder| without_throughput(&page(folder.path())));
    assert!(one == other, "only the throughput differs");
    assert!(one.contains("id=\"growth\"") && !one.contains("calls per second"));
}
