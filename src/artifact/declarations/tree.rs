//! Syntax trees as solc writes them, and how to find something in them.

use std::collections::BTreeMap;

use serde_json::Value;

/// The syntax trees of the files that a contract needs.
#[derive(Default)]
pub(crate) struct Trees {
    units: BTreeMap<String, Value>,
}

impl Trees {
    /// Adds the tree of a file.
    pub(crate) fn add(&mut self, unit: Value) {
        self.units.insert(text(&unit, "absolutePath").to_owned(), unit);
    }

    /// Whether there is a tree of a file.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.units.contains_key(path)
    }

    /// The files, by the numbers that places in them begin with.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let number = |unit: &Value| text(unit, "src").rsplit(':').next().unwrap_or_default().to_owned();
        self.units.iter().map(|(path, unit)| (number(unit), path.clone())).collect()
    }

    /// The files that are imported.
    pub(crate) fn imports(&self) -> Vec<String> {
        self.units.values().flat_map(imports).map(str::to_owned).collect()
    }

    /// A file and all that it imports, to look things up in; `None` if they are of different compilations, which have the
    /// same numbers for different things: who builds again after a change has trees of both.
    pub(crate) fn index(&self, path: &str) -> Option<Index<'_>> {
        let units = self.closure(path);
        let mut declarations = BTreeMap::new();
        for node in units.values().flat_map(|unit| list(unit, "nodes")) {
            let structs = list(node, "nodes").filter(|inner| is(inner, "StructDefinition"));
            let inner = structs.chain([node]).flat_map(|holder| {
                let inner = list(holder, "nodes").chain(list(holder, "members"));
                inner.map(move |inner| (inner, name(holder)))
            });
            for (node, holder) in inner.chain([(node, "")]) {
                let Some(number) = id(node) else { continue };
                if declarations.insert(number, (node, holder)).is_some_and(|(other, _)| !std::ptr::eq(other, node)) {
                    return None;
                }
            }
        }
        Some(Index { units, declarations })
    }

    fn closure(&self, path: &str) -> BTreeMap<&str, &Value> {
        let mut found = BTreeMap::new();
        let mut open = vec![path];
        while let Some(path) = open.pop() {
            let Some((path, unit)) = self.units.get_key_value(path) else { continue };
            if found.insert(path.as_str(), unit).is_none() {
                open.extend(imports(unit));
            }
        }
        found
    }
}

/// The files that a file imports.
fn imports(unit: &Value) -> impl Iterator<Item = &str> {
    list(unit, "nodes").filter(|node| is(node, "ImportDirective")).map(|node| text(node, "absolutePath"))
}

/// The declarations of the syntax trees of one compilation.
pub(crate) struct Index<'a> {
    units: BTreeMap<&'a str, &'a Value>,
    declarations: BTreeMap<u64, (&'a Value, &'a str)>,
}

impl<'a> Index<'a> {
    /// The trees of the files, by path.
    pub(super) fn units(&self) -> impl Iterator<Item = &'a Value> {
        self.units.values().copied()
    }

    /// A contract and what it inherits, the most derived first; `None` if a tree of one is missing.
    pub(super) fn linearized(&self, contract: &str, path: &str) -> Option<Vec<&'a Value>> {
        let own = |node: &&Value| is(node, "ContractDefinition") && name(node) == contract;
        let own = list(self.units.get(path)?, "nodes").find(own)?;
        let contract = |base: &Value| self.node(base.as_u64()?).map(|(node, _)| node);
        let contract = |base| contract(base).filter(|node| is(node, "ContractDefinition"));
        list(own, "linearizedBaseContracts").map(contract).collect()
    }

    /// A declaration by its number, with the name of the contract or struct that it is in. Those of functions are not here.
    pub(super) fn node(&self, number: u64) -> Option<(&'a Value, &'a str)> {
        self.declarations.get(&number).copied()
    }
}

/// From the places of syntax trees to lines of files.
#[derive(Default)]
pub(crate) struct Lines {
    /// Paths by the number of the file, with the text if it is at hand.
    pub(crate) files: BTreeMap<String, (String, Option<String>)>,
}

impl Lines {
    /// The file and line of a place, which is `start:length:file`; the file alone if its text is not at hand.
    pub(super) fn place(&self, place: &str) -> String {
        let mut parts = place.split(':');
        let start: usize = parts.next().and_then(|start| start.parse().ok()).unwrap_or(0);
        let Some((path, text)) = parts.nth(1).and_then(|number| self.files.get(number)) else { return String::new() };
        match text.as_ref().and_then(|text| text.as_bytes().get(..start)) {
            Some(before) => format!("{path}:{}", before.split(|byte| *byte == b'\n').count()),
            None => path.clone(),
        }
    }
}

pub(super) fn is(node: &Value, kind: &str) -> bool {
    text(node, "nodeType") == kind
}

pub(super) fn name(node: &Value) -> &str {
    text(node, "name")
}

pub(super) fn id(node: &Value) -> Option<u64> {
    node["id"].as_u64()
}

/// What a node refers to.
pub(super) fn reference(node: &Value) -> Option<u64> {
    node["referencedDeclaration"].as_u64()
}

pub(super) fn text<'a>(node: &'a Value, key: &str) -> &'a str {
    node[key].as_str().unwrap_or_default()
}

pub(super) fn list<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    node[key].as_array().into_iter().flatten()
}

/// A node and everything below it.
pub(super) fn all(node: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut open = vec![node];
    while let Some(next) = open.pop() {
        match next {
            Value::Object(fields) => {
                found.push(next);
                open.extend(fields.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    found
}
