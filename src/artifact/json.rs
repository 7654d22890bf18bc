//! One artifact out of its JSON, as we write it or as Foundry and Hardhat do.

use std::{collections::BTreeMap, fs, io::Read, path::Path};

use alloy_json_abi::JsonAbi;
use alloy_primitives::{Bytes, hex};
use serde::Deserialize;
use serde_json::Value;

use super::{Artifact, Declarations, Link, StorageLayout};
use crate::{limits, problem::Problem};

/// The text of a file, of no more bytes than an artifact may have.
pub(super) fn read_text(path: &Path) -> Result<String, Problem> {
    read_within(path, limits::FILE_BYTES)
}

/// The text of a file that has no more than so many bytes.
pub(super) fn read_within(path: &Path, most: u64) -> Result<String, Problem> {
    let problem = |error: std::io::Error| Problem::new(format!("cannot read {}: {error}", path.display()));
    let mut bytes = Vec::new();
    // What is no file may have no length, and no end.
    fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(problem)?;
    if bytes.len() as u64 > most {
        return Err(Problem::new(format!("{} has more than {most} bytes, which is too large", path.display())));
    }
    String::from_utf8(bytes)
        .map_err(|_| Problem::new(format!("{} is no text", path.display())).hint("is it an artifact? compile again"))
}

/// What a text says.
pub(super) fn value(text: &str) -> Result<Value, Problem> {
    serde_json::from_str(text).map_err(|error| {
        Problem::new(format!("this is no artifact: {error}")).hint("is the file complete? compile again")
    })
}

/// An artifact out of its text.
pub(super) fn parse(name: &str, text: &str) -> Result<Artifact, Problem> {
    artifact(name, &value(text)?)
}

/// What an artifact says that it understands.
pub(super) fn abi(whole: &Value) -> Result<JsonAbi, Problem> {
    let abi = whole.get("abi").ok_or_else(|| Problem::new("this artifact has no \"abi\""))?;
    JsonAbi::deserialize(abi).map_err(|error| Problem::new(format!("cannot read its \"abi\": {error}")))
}

/// Where a compiler says that variables are.
pub(super) fn layout(layout: &Value) -> Result<StorageLayout, Problem> {
    StorageLayout::deserialize(layout)
        .map_err(|error| Problem::new(format!("cannot read its \"storageLayout\": {error}")))?
        .checked()
}

/// An artifact out of what its text says.
pub(super) fn artifact(name: &str, whole: &Value) -> Result<Artifact, Problem> {
    let abi = abi(whole)?;
    let layout = whole.get("storageLayout").filter(|layout| !layout.is_null()).map(layout).transpose()?;
    let declarations = whole.get("declarations").map(Declarations::deserialize).transpose();
    let (creation, links) = creation_code(whole)?;
    Ok(Artifact {
        name: name.to_owned(),
        abi,
        creation,
        links,
        runtime: runtime_code(whole),
        target: target_of(whole),
        source_map: None,
        arguments: BTreeMap::new(),
        layout,
        declarations: declarations
            .map_err(|error| Problem::new(format!("cannot read its \"declarations\": {error}")))?,
        told: None,
    })
}

/// What forge was told to compile, as its artifacts have it.
fn target_of(whole: &Value) -> Option<String> {
    let target = whole["metadata"]["settings"]["compilationTarget"].as_object()?;
    let (path, name) = target.iter().next()?;
    Some(format!("{path}:{}", name.as_str()?))
}

/// The code after creation: text, or as Foundry has it an object with text. It is looked at, never run, so that it may be
/// missing.
fn runtime_code(whole: &Value) -> Bytes {
    let bytecode = &whole["deployedBytecode"];
    let text = bytecode.as_str().or_else(|| bytecode["object"].as_str()).unwrap_or_default();
    hex::decode(text).unwrap_or_default().into()
}

/// The creation code, text or as Foundry has it an object with text, and the libraries that go into it.
fn creation_code(whole: &Value) -> Result<(Bytes, Vec<Link>), Problem> {
    let bytecode = whole.get("bytecode").ok_or_else(|| Problem::new("this artifact has no \"bytecode\""))?;
    let text = bytecode.as_str().or_else(|| bytecode.get("object")?.as_str());
    let text = text.ok_or_else(|| Problem::new("its \"bytecode\" is neither text nor an object with text"))?;
    let text = text.strip_prefix("0x").unwrap_or(text);
    // Foundry says it of the bytecode, Hardhat of the artifact.
    let links = links(bytecode.get("linkReferences").or_else(|| whole.get("linkReferences")));
    let text = without_libraries(text, &links)?;
    let code = hex::decode(&text).map_err(|error| Problem::new(format!("cannot read its \"bytecode\": {error}")))?;
    if code.is_empty() {
        return Err(Problem::new("its bytecode is empty").hint("is it an interface or an abstract contract?"));
    }
    Ok((code.into(), links))
}

/// What a compiler says of libraries: file, name, and where their addresses go.
fn links(references: Option<&Value>) -> Vec<Link> {
    let files = references.and_then(Value::as_object).into_iter().flatten();
    let libraries = files.filter_map(|(_, libraries)| libraries.as_object()).flatten();
    let places = |(library, places): (&String, &Value)| -> Vec<Link> {
        let starts = places.as_array().into_iter().flatten().filter_map(|place| place["start"].as_u64());
        let link = |start| Link { library: library.clone(), start: usize::try_from(start).unwrap_or(usize::MAX) };
        starts.map(link).collect()
    };
    libraries.flat_map(places).collect()
}

/// Bytecode with zeros where the addresses of libraries go.
fn without_libraries(text: &str, links: &[Link]) -> Result<String, Problem> {
    let mut text = text.to_owned();
    for link in links {
        let digits = link.start.saturating_mul(2);
        let place = digits..digits.saturating_add(40);
        if !text.get(place.clone()).is_some_and(str::is_ascii) {
            return Err(Problem::new(format!("its bytecode has no place for the library {}", link.library))
                .hint("is the file complete? compile again"));
        }
        text.replace_range(place, &"0".repeat(40));
    }
    if text.contains("__") {
        return Err(Problem::new(
            "its bytecode is not linked: it wants a library at an address, and does not say which",
        )
        .hint("keep the compiler's linkReferences, or make the library's functions internal"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foundry_and_our_own_artifacts_read_the_same() {
        let ours = parse("X", r#"{"abi":[],"bytecode":"0x6001"}"#).unwrap();
        let foundry = parse("X", r#"{"abi":[],"bytecode":{"object":"0x6001","linkReferences":{}}}"#).unwrap();
        assert_eq!(ours.creation, foundry.creation);
    }

    #[test]
    fn half_an_artifact_is_refused_with_a_sentence() {
        for (text, expected) in [
            (r#"{"abi":[],"byte"#, "this is no artifact"),
            (r#"{"bytecode":"0x00"}"#, "has no \"abi\""),
            (r#"{"abi":[]}"#, "has no \"bytecode\""),
            (r#"{"abi":[],"bytecode":"0x"}"#, "its bytecode is empty"),
            (r#"{"abi":[],"bytecode":"0x60__$aa$__"}"#, "its bytecode is not linked"),
            (r#"{"abi":[],"bytecode":"0xzz"}"#, "cannot read its \"bytecode\""),
        ] {
            let problem = parse("X", text).unwrap_err().to_string();
            assert!(problem.contains(expected), "{text}: {problem}");
        }
    }

    #[test]
    fn the_places_of_libraries_are_kept() {
        let code = format!("0x73{}00", "__$0123456789abcdef0123456789abcdef01$__");
        let references = r#"{"src/L.sol":{"L":[{"start":1,"length":20}]}}"#;
        let expected = [&[0x73][..], &[0; 20], &[0]].concat();
        for text in [
            format!(r#"{{"abi":[],"bytecode":{{"object":"{code}","linkReferences":{references}}}}}"#),
            format!(r#"{{"abi":[],"bytecode":"{code}","linkReferences":{references}}}"#),
        ] {
            let artifact = parse("X", &text).unwrap();
            assert_eq!(artifact.links, [Link { library: "L".to_owned(), start: 1 }]);
            assert_eq!(artifact.creation[..], expected[..]);
        }
        let outside = r#"{"abi":[],"bytecode":"0x00","linkReferences":{"f":{"L":[{"start":9}]}}}"#;
        assert!(parse("X", outside).unwrap_err().to_string().contains("no place for the library L"));
    }
}
