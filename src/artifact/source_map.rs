//! Where code stands in its sources, out of the source maps that a compiler wrote.
//!
//! A source map says of every instruction which stretch of which file it is of. The first instruction of a function is of the
//! whole function, so a stretch that begins with `function NAME(` is where NAME stands; no syntax tree is needed. Nothing is
//! read before somebody asks.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Serialize;
use serde_json::Value;

use super::{build::Sources, foundry::sorted, json};

/// A line of a source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SourceLine {
    /// The file, from where the folder of artifacts was named.
    pub file: PathBuf,
    /// The line, from one.
    pub line: usize,
}

/// What an instruction is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Where it begins.
    pub at: SourceLine,
    /// What it is.
    pub kind: StretchKind,
}

/// What a stretch of a source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StretchKind {
    /// A function, as a whole.
    Function(String),
    /// A contract, as a whole: what the compiler adds to it.
    Contract,
    /// A part of a statement.
    Code,
}

/// The source map of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceMap {
    /// The folder of artifacts.
    folder: PathBuf,
    /// Of the code after creation, as the compiler wrote it.
    map: String,
    /// The number of the contract's own file, and its path.
    own: (u64, String),
    /// All that was compiled together, if that is known without looking further.
    sources: Option<Arc<Sources>>,
}

impl SourceMap {
    /// That of an artifact in `folder`, if it has one.
    pub(super) fn of(folder: &Path, whole: &Value) -> Option<Self> {
        let map = whole["deployedBytecode"]["sourceMap"].as_str()?.to_owned();
        let target = whole["metadata"]["settings"]["compilationTarget"].as_object()?;
        let own = (whole["id"].as_u64()?, target.keys().next()?.clone());
        Some(Self { folder: folder.to_owned(), map, own, sources: None })
    }

    /// That of a contract whose build is known.
    pub(super) fn of_build(folder: &Path, map: &str, own: (u64, String), sources: Arc<Sources>) -> Self {
        Self { folder: folder.to_owned(), map: map.to_owned(), own, sources: Some(sources) }
    }

    /// By instruction: what it is of. `None` for what is of no source, or of one that is not there.
    pub fn stretches(&self) -> Vec<Option<Stretch>> {
        let sources = self.sources.as_deref();
        let paths = if sources.is_some() { BTreeMap::new() } else { self.paths() };
        let mut files = Files { folder: &self.folder, sources, paths, texts: BTreeMap::new() };
        // Many instructions are of one stretch.
        let mut known: BTreeMap<(u64, usize), Option<Stretch>> = BTreeMap::new();
        entries(&self.map)
            .map(|entry| entry.and_then(|at| known.entry(at).or_insert_with(|| files.stretch(at)).clone()))
            .collect()
    }

    /// The functions, by name; of several with one name, that of the contract's own file.
    pub fn functions(&self) -> BTreeMap<String, SourceLine> {
        let mut lines: BTreeMap<String, SourceLine> = BTreeMap::new();
        for Stretch { at, kind } in self.stretches().into_iter().flatten() {
            let StretchKind::Function(name) = kind else { continue };
            if at.file.ends_with(&self.own.1) || !lines.contains_key(&name) {
                lines.insert(name, at);
            }
        }
        lines
    }

    /// The files of its build, by number; its own file alone, if nothing says more.
    fn paths(&self) -> BTreeMap<u64, String> {
        let (number, own) = &self.own;
        let of_build = |file: &PathBuf| -> Option<BTreeMap<u64, String>> {
            let build = json::value(&json::read_text(file).ok()?).ok()?;
            let named = build["source_id_to_path"].as_object()?.iter();
            let paths: BTreeMap<u64, String> =
                named.filter_map(|(number, path)| Some((number.parse().ok()?, path.as_str()?.to_owned()))).collect();
            (paths.get(number) == Some(own)).then_some(paths)
        };
        let builds = sorted(&self.folder.join("build-info"));
        builds.iter().find_map(of_build).unwrap_or_else(|| BTreeMap::from([(*number, own.clone())]))
    }
}

/// By instruction: file, and the first byte. What an entry leaves out is that of the one before; what the compiler made up
/// is of no file.
fn entries(map: &str) -> impl Iterator<Item = Option<(u64, usize)>> {
    let (mut start, mut file) = (None, None);
    map.split(';').map(move |entry| {
        let mut fields = entry.split(':');
        start = given(fields.next(), start);
        file = given(fields.nth(1), file);
        Some((u64::try_from(file?).ok()?, usize::try_from(start?).ok()?))
    })
}

fn given(field: Option<&str>, before: Option<i64>) -> Option<i64> {
    match field {
        None | Some("") => before,
        Some(number) => number.parse().ok(),
    }
}

/// Sources by the number that source maps give them.
struct Files<'a> {
    folder: &'a Path,
    /// Those of a build that is known, with their texts.
    sources: Option<&'a Sources>,
    /// Of another, where they are.
    paths: BTreeMap<u64, String>,
    texts: BTreeMap<u64, Option<(PathBuf, String)>>,
}

impl Files<'_> {
    fn stretch(&mut self, (number, start): (u64, usize)) -> Option<Stretch> {
        let (file, text) = self.get(number)?;
        let rest = text.get(start..)?;
        let line = 1 + text[..start].bytes().filter(|byte| *byte == b'\n').count();
        Some(Stretch { at: SourceLine { file: file.clone(), line }, kind: kind_of(rest) })
    }

    /// A file that is in the project, with its text as it was compiled if that is known, or else as it is.
    fn get(&mut self, number: u64) -> Option<&(PathBuf, String)> {
        let (folder, sources, paths) = (self.folder, self.sources, &self.paths);
        let read = || {
            if let Some((path, text)) = sources.and_then(|sources| sources.get(&number)) {
                return Some((place(folder, path)?, text.clone()));
            }
            let file = place(folder, paths.get(&number)?)?;
            let text = json::read_text(&file).ok()?;
            Some((file, text))
        };
        self.texts.entry(number).or_insert_with(read).as_ref()
    }
}

/// Where a source is: below the folder above the artifacts, or one further up, or in a package there.
fn place(folder: &Path, path: &str) -> Option<PathBuf> {
    let roots = || folder.ancestors().take(3);
    let packaged = || roots().map(|root| root.join("node_modules").join(path));
    roots().map(|root| root.join(path)).chain(packaged()).find(|file| file.is_file())
}

/// What a text begins with.
fn kind_of(text: &str) -> StretchKind {
    let is_contract = ["contract ", "abstract contract ", "library "].iter().any(|word| text.starts_with(word));
    if is_contract {
        return StretchKind::Contract;
    }
    let name = text.strip_prefix("function ").and_then(|rest| rest.split('(').next()).map(str::trim);
    let is_name = |name: &&str| name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_$".contains(letter));
    name.filter(is_name).map_or(StretchKind::Code, |name| StretchKind::Function(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_source_map_repeats_what_it_leaves_out() {
        let all: Vec<_> = entries("10:5:1:-:0;;:3;20;:::i;7:1:-1;30:2:2").collect();
        let expected = [Some((1, 10)), Some((1, 10)), Some((1, 10)), Some((1, 20)), Some((1, 20)), None, Some((2, 30))];
        assert_eq!(all, expected);
    }

    #[test]
    fn functions_stand_where_their_sources_say() {
        let project = tempfile::tempdir().unwrap();
        let out = project.path().join("out");
        fs::create_dir_all(out.join("build-info")).unwrap();
        fs::create_dir_all(project.path().join("src")).unwrap();
        let own = "contract A {\n    function take(uint256) external {}\n    function give() external {}\n}\n";
        let base = "abstract contract B {\n\n    function give() public virtual {}\n    function rest() public {}\n}\n";
        fs::write(project.path().join("src/A.sol"), own).unwrap();
        fs::write(project.path().join("src/B.sol"), base).unwrap();
        let at = |text: &str, what: &str| text.find(what).unwrap();
        let map = format!(
            "0:9:0:-:0;{}:1:0;{}:1:1;{}:1:1;{}:1:0",
            at(own, "function give"),
            at(base, "function give"),
            at(base, "function rest"),
            at(own, "function take"),
        );
        let artifact = json!({
            "id": 0,
            "deployedBytecode": { "sourceMap": map },
            "metadata": { "settings": { "compilationTarget": { "src/A.sol": "A" } } },
        });
        let map = SourceMap::of(&out, &artifact).unwrap();
        let line = |file: &str, line| Some(SourceLine { file: project.path().join(file), line });
        let found = map.functions();
        assert_eq!(found.get("take").cloned(), line("src/A.sol", 2), "without the numbers of files, its own is known");
        assert_eq!(found.get("rest"), None);
        let numbers = json!({ "source_id_to_path": { "0": "src/A.sol", "1": "src/B.sol" } });
        fs::write(out.join("build-info/1.json"), numbers.to_string()).unwrap();
        let found = map.functions();
        assert_eq!(found.get("rest").cloned(), line("src/B.sol", 4));
        assert_eq!(found.get("give").cloned(), line("src/A.sol", 3), "its own comes before what it inherits");
        assert_eq!(map.stretches()[0].as_ref().map(|stretch| &stretch.kind), Some(&StretchKind::Contract));
        fs::remove_file(project.path().join("src/B.sol")).unwrap();
        assert_eq!(map.functions().get("rest"), None, "of a source that is not there nothing is said");
    }
}
