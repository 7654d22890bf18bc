//! What the storage layout of solc leaves out, from the syntax trees of the same compilation: the members of enums, what
//! is behind user-defined types, ERC-7201 namespaces, immutables, what constructors write, and initializers.

mod namespaces;
mod prints;
mod reached;
mod texts;
mod told;
mod tree;
mod words;
mod writes;

use std::collections::{BTreeMap, BTreeSet};

use alloy_json_abi::{Function, JsonAbi};
use alloy_primitives::{B256, hex};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::layout::{Declared, StorageLayout, Variable};
use crate::problem::Problem;

pub use texts::SourceTexts;
pub use told::Told;
use tree::{Index, all, name, text};
pub(super) use tree::{Lines, Trees};

/// What is declared in the sources of a contract.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Declarations {
    /// The members of each enum, in order, by its name with that of the contract it is in.
    pub enums: BTreeMap<String, Vec<String>>,
    /// What is behind each user-defined value type, by its name.
    pub values: BTreeMap<String, String>,
    /// What is kept in each ERC-7201 namespace, counted from its start.
    pub namespaces: BTreeMap<String, StorageLayout>,
    /// The type of each immutable.
    pub immutables: BTreeMap<String, String>,
    /// The variables that the constructors write, which nobody behind a proxy sees.
    pub constructed: BTreeSet<String>,
    /// The version that each initializer leaves the contract at, by its name, which stands for all that have it, or by its
    /// signature: 1 if it is not said.
    pub initializers: BTreeMap<String, u64>,
    /// Where immutables and initializers are declared, by the same.
    pub places: BTreeMap<String, String>,
    /// By name of each function that can be called: what stands for its source and all that it reaches. Compared with what
    /// the same reader made of another build, so that nobody else writes it.
    #[serde(skip)]
    pub functions: BTreeMap<String, B256>,
}

/// A contract whose sources are read.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Its name.
    pub name: &'a str,
    /// What the compiler calls its source.
    pub path: &'a str,
    /// What it understands.
    pub abi: &'a JsonAbi,
}

impl Declarations {
    /// What is declared in the sources of a contract by the syntax trees of all files that it needs, and what its variables'
    /// declarations say, filled into its layout. `texts` are the sources by path, for lines. `None` if a tree is missing.
    pub fn of_trees(
        trees: impl IntoIterator<Item = Value>,
        texts: &BTreeMap<String, String>,
        target: Target<'_>,
        layout: &mut StorageLayout,
    ) -> Result<Option<Self>, Problem> {
        let mut all = Trees::default();
        trees.into_iter().for_each(|tree| all.add(tree));
        let files = all.files().into_iter().map(|(number, path)| {
            let text = texts.get(&path).cloned();
            (number, (path, text))
        });
        let lines = Lines { files: files.collect() };
        all.index(target.path).map_or(Ok(None), |trees| Self::read(&trees, target, layout, &lines))
    }

    /// What is declared in the sources of a contract, and what its variables' declarations say, filled into its layout.
    /// `None` if a tree is missing.
    pub(super) fn read(
        trees: &Index<'_>,
        target: Target<'_>,
        layout: &mut StorageLayout,
        lines: &Lines,
    ) -> Result<Option<Self>, Problem> {
        let Some(bases) = trees.linearized(target.name, target.path) else { return Ok(None) };
        for variable in &mut layout.storage {
            // Trees of different compilations have the same numbers for different things.
            let found = variable.ast_id.and_then(|id| trees.node(id)).filter(|(node, _)| name(node) == variable.label);
            let Some((node, holder)) = found else { return Ok(None) };
            variable.declared = Some(declared(node, holder, lines));
        }
        declare_members(trees, layout, lines);
        let nodes = || trees.units().flat_map(all);
        let mut declarations = Self {
            enums: unambiguous(nodes().filter(|node| tree::is(node, "EnumDefinition")).map(|node| {
                let members = tree::list(node, "members").map(|member| name(member).to_owned()).collect();
                (text(node, "canonicalName").to_owned(), members)
            })),
            values: unambiguous(nodes().filter(|node| tree::is(node, "UserDefinedValueTypeDefinition")).map(|node| {
                (text(node, "canonicalName").to_owned(), text(&node["underlyingType"], "name").to_owned())
            })),
            constructed: writes::of_constructors(trees, &bases),
            functions: prints::of_functions(trees, &bases),
            ..Self::default()
        };
        // From the base up, so that what overrides comes last and stays.
        for base in bases.iter().rev() {
            let place = |node: &Value| lines.place(text(node, "src"));
            for node in immutables(base) {
                let label = text(&node["typeDescriptions"], "typeString");
                declarations.places.insert(name(node).to_owned(), place(node));
                declarations.immutables.insert(name(node).to_owned(), label.to_owned());
            }
            for (node, version) in initializers(trees, base) {
                let key = key(node, target.abi);
                declarations.places.insert(key.clone(), place(node));
                declarations.initializers.insert(key, version);
            }
            declarations.namespaces.extend(namespaces::of(trees, base, lines)?);
        }
        Ok(Some(declarations))
    }
}

/// What is said once, or everywhere the same. Two files may each have an enum of the same name.
fn unambiguous<T: PartialEq>(found: impl Iterator<Item = (String, T)>) -> BTreeMap<String, T> {
    let mut kept: BTreeMap<String, Option<T>> = BTreeMap::new();
    for (name, value) in found {
        let same = kept.get(&name).is_none_or(|other| other.as_ref() == Some(&value));
        kept.insert(name, same.then_some(value));
    }
    kept.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn declared(node: &Value, holder: &str, lines: &Lines) -> Declared {
    let annotation = |tag: &str| annotation(node, tag);
    Declared {
        contract: holder.to_owned(),
        source: lines.place(text(node, "src")),
        renamed_from: annotation("@custom:oz-renamed-from"),
        retyped_from: annotation("@custom:oz-retyped-from"),
    }
}

/// What stands after a tag of the documentation of a node, on its line.
fn annotation(node: &Value, tag: &str) -> Option<String> {
    let documentation = &node["documentation"];
    let text = documentation.as_str().or_else(|| documentation["text"].as_str())?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix(tag))?;
    Some(line.trim().to_owned())
}

/// Says of the members of structs where they are declared.
fn declare_members(trees: &Index<'_>, layout: &mut StorageLayout, lines: &Lines) {
    let members = layout.types.values_mut().flat_map(|it| it.members.iter_mut());
    let declare = |member: &mut Variable| {
        let found = member.ast_id.and_then(|id| trees.node(id));
        member.declared = found.map(|(node, holder)| declared(node, holder, lines));
    };
    members.for_each(declare);
}

fn immutables(contract: &Value) -> impl Iterator<Item = &Value> {
    tree::list(contract, "nodes").filter(|node| text(node, "mutability") == "immutable")
}

/// What a function is known by: its name, or its signature if others have the name.
fn key(node: &Value, abi: &JsonAbi) -> String {
    let overloads = abi.function(name(node)).map(Vec::as_slice).unwrap_or_default();
    let is_it = |function: &&Function| hex::encode(function.selector()) == text(node, "functionSelector");
    let found = overloads.iter().find(is_it).filter(|_| overloads.len() > 1);
    found.map_or_else(|| name(node).to_owned(), Function::signature)
}

/// The functions of a contract that initialize, by the modifiers of OpenZeppelin, with their versions.
fn initializers<'a>(trees: &'a Index<'_>, contract: &'a Value) -> impl Iterator<Item = (&'a Value, u64)> {
    let functions = tree::list(contract, "nodes").filter(|node| tree::is(node, "FunctionDefinition"));
    functions.filter(|node| text(node, "kind") == "function").filter_map(|function| {
        tree::list(function, "modifiers").find_map(|modifier| {
            let version = match name(&modifier["modifierName"]) {
                "initializer" => 1,
                // A version that is computed otherwise cannot be told from any other.
                "reinitializer" => number(trees, tree::list(modifier, "arguments").next()?, CONSTANTS)?,
                _ => return None,
            };
            Some((function, version))
        })
    })
}

/// Constants that are followed to a number. Those of solc never refer to themselves; a tree can claim so.
const CONSTANTS: u32 = 16;

/// What an expression is, if it is a number, a constant, or the sum of such, whatever it is converted to.
fn number(trees: &Index<'_>, expression: &Value, constants: u32) -> Option<u64> {
    let next = |expression: &Value| number(trees, expression, constants.checked_sub(1)?);
    match text(expression, "nodeType") {
        "Literal" => text(expression, "value").replace('_', "").parse().ok(),
        "Identifier" | "MemberAccess" => {
            let (constant, _) = trees.node(tree::reference(expression)?)?;
            (text(constant, "mutability") == "constant").then(|| next(&constant["value"]))?
        }
        "FunctionCall" if text(expression, "kind") == "typeConversion" => {
            next(tree::list(expression, "arguments").next()?)
        }
        "TupleExpression" => next(tree::list(expression, "components").next()?),
        "BinaryOperation" if text(expression, "operator") == "+" => {
            next(&expression["leftExpression"])?.checked_add(next(&expression["rightExpression"])?)
        }
        _ => None,
    }
}
