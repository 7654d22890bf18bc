//! Reports for other programs: each is well formed, says what the JSON says, and is the same for the same campaign.

use std::{fs, path::Path};

use quick_xml::{Reader, events::Event};
use serde_json::Value;

use crate::support::{code, slashproof, stderr};

/// A campaign that finds a bug, in every format.
fn violated(folder: &Path) -> Value {
    let arguments = ["run", "--mutant", "slash-rounds-down", "--invariants", "SLA", "--seed", "1", "--runs", "64"];
    let output = slashproof(folder, &[&arguments[..], &["--format", "junit,sarif,markdown,human"]].concat());
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    serde_json::from_str(&text(folder, "report.json")).unwrap()
}

fn text(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join("slashproof-out").join(file)).unwrap()
}

/// The elements of a document, each with one of its attributes.
fn elements(xml: &str, attribute: &str) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(xml);
    let mut elements = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) | Event::Empty(element) => {
                let value = element.try_get_attribute(attribute).unwrap();
                let value = value.map(|value| String::from_utf8(value.value.into_owned()).unwrap());
                let name = String::from_utf8(element.name().as_ref().to_vec()).unwrap();
                elements.push((name, value.unwrap_or_default()));
            }
            Event::Eof => return elements,
            _ => {}
        }
    }
}

#[test]
fn junit_has_a_case_for_each_invariant_action_and_probe() {
    let folder = tempfile::tempdir().unwrap();
    let report = violated(folder.path());
    let elements = elements(&text(folder.path(), "junit.xml"), "name");
    let count = |key: &str| report[key].as_array().unwrap().len();
    let cases: Vec<_> = elements.iter().filter(|(name, _)| name == "testcase").collect();
    assert_eq!(cases.len(), count("invariants") + count("actions") + count("probes"));
    let failures = elements.iter().filter(|(name, _)| name == "failure").count();
    let of = |verdict: &str| {
        let invariants = report["invariants"].as_array().unwrap();
        invariants.iter().filter(|row| row["verdict"] == verdict).count()
    };
    assert_eq!(failures, of("violated"));
    assert_eq!(elements.iter().filter(|(name, _)| name == "skipped").count(), of("not_applicable"));
    let untested = of("untested");
    let idle = |key: &str, wanted: &str| report[key].as_array().unwrap().iter().filter(|row| row[wanted] == 0).count();
    let never = untested + idle("actions", "succeeded") + idle("probes", "reverted");
    assert_eq!(elements.iter().filter(|(name, _)| name == "error").count(), never, "nothing passes untested");
}

#[test]
fn sarif_has_a_rule_and_a_place_for_each_finding() {
    let folder = tempfile::tempdir().unwrap();
    let report = violated(folder.path());
    let sarif: Value = serde_json::from_str(&text(folder.path(), "report.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), report["findings"].as_array().unwrap().len());
    assert!(!results.is_empty());
    for result in results {
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
        let place = &result["locations"][0];
        let file = place["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(folder.path().join(file).is_file(), "{file}");
        let function = place["logicalLocations"][0]["fullyQualifiedName"].as_str().unwrap();
        assert!(function.starts_with("AllocationManager."), "{function}");
    }
}

#[test]
fn markdown_tells_the_findings_and_every_family() {
    let folder = tempfile::tempdir().unwrap();
    let report = violated(folder.path());
    let markdown = text(folder.path(), "report.md");
    assert!(markdown.starts_with("## Slashproof: "), "{markdown}");
    for finding in report["findings"].as_array().unwrap() {
        assert!(markdown.contains(&format!("### {}\n", finding["invariant"].as_str().unwrap())));
        assert!(markdown.contains(&format!("`slashproof replay {}`", finding["file"].as_str().unwrap())));
    }
    assert!(markdown.lines().any(|line| line.starts_with("| Slashing | ")), "{markdown}");
    assert!(text(folder.path(), "report.txt").contains("VIOLATED: "));
}

#[test]
fn the_same_campaign_gives_the_same_bytes() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    violated(one.path());
    violated(other.path());
    for file in ["junit.xml", "report.sarif", "report.md", "report.txt"] {
        assert_eq!(text(one.path(), file), text(other.path(), file), "{file}");
    }
}

#[test]
fn a_format_that_there_is_not_is_told_before_anything_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let output = slashproof(folder.path(), &["run", "--format", "junit,sarf"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("there is no format \"sarf\""), "{}", stderr(&output));
    assert!(stderr(&output).contains("did you mean sarif?"), "{}", stderr(&output));
    assert!(!folder.path().join("slashproof-out").exists());
}
