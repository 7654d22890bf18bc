//! Lists the mutants' artifacts for the binary: `MUTANTS`, name and text, sorted by name.

use std::{env, fmt::Write, fs, path::Path};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let folder = Path::new(&root).join("contracts/artifacts/mutants");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names: Vec<String> = fs::read_dir(&folder)
        .map(|entries| entries.map(|entry| entry.expect("a readable folder").path()).collect::<Vec<_>>())
        .unwrap_or_default()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    let mut list = String::from("/// Name and artifact of every mutant.\nconst MUTANTS: &[(&str, &str)] = &[\n");
    for name in names {
        let path = folder.join(format!("{name}.json"));
        let path = path.to_str().expect("the path of the repository is text").escape_default();
        writeln!(list, "    ({name:?}, include_str!(\"{path}\")),").expect("a string does not fail");
    }
    list.push_str("];\n");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("mutants.rs"), list).expect("the output folder is writable");
}
