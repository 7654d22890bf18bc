//! What functions are in their sources: each with all that it reaches of its contract, of libraries, and of constants and
//! types, by their syntax trees. Comments, places, and the names of local variables are left out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write as _},
};

use alloy_primitives::{B256, keccak256};
use serde_json::Value;

use super::{
    tree::{Index, all, id, is, list, name, reference, text},
    writes::signature,
};

/// What is read of a node beside its kind and what is in it.
const FIELDS: &[&str] = &[
    "constant",
    "contractKind",
    "hexValue",
    "indexed",
    "isOffset",
    "isSlot",
    "kind",
    "memberName",
    "mutability",
    "name",
    "operator",
    "prefix",
    "stateMutability",
    "storageLocation",
    "subdenomination",
    "suffix",
    "tryCall",
    "value",
    "visibility",
];

/// What is in a node and says nothing of what it does.
const LEFT_OUT: &[&str] = &["documentation", "overrides", "typeDescriptions", "argumentTypes", "baseFunctions"];

/// What stands for each function of a contract that can be called, by name; one for all that have the name. `bases` is the
/// contract and what it inherits, the most derived first.
pub(super) fn of_functions(trees: &Index<'_>, bases: &[&Value]) -> BTreeMap<String, B256> {
    let reader = Reader::new(trees, bases);
    let mut printed = BTreeMap::new();
    let mut prints: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let nodes = bases.iter().flat_map(|base| list(base, "nodes"));
    let is_callable = |node: &&Value| node["functionSelector"].is_string() && text(node, "kind") != "constructor";
    // What is only declared is implemented by something else here, be it a variable.
    let is_implemented = |node: &&Value| node["implemented"] != false;
    for node in nodes.filter(is_callable).filter(is_implemented) {
        let Some(number) = id(node) else { continue };
        // What is overridden is reached by nobody but what overrides it.
        let number = reader.overriding(number);
        prints.entry(name(node).to_owned()).or_default().extend(reader.closure(number, &mut printed));
    }
    let hash = |texts: BTreeSet<String>| keccak256(texts.into_iter().collect::<Vec<_>>().join("\n"));
    prints.into_iter().map(|(name, texts)| (name, hash(texts))).collect()
}

/// Something that is declared outside of functions.
#[derive(Clone, Copy)]
struct Item<'a> {
    node: &'a Value,
    /// Whether it is in a library.
    is_of_library: bool,
}

struct Reader<'a> {
    items: BTreeMap<u64, Item<'a>>,
    /// By number of what is overridden: of what overrides it.
    overriding: BTreeMap<u64, u64>,
    /// By number of an immutable: what constructors set it to.
    settings: BTreeMap<u64, Vec<&'a Value>>,
}

/// An item as text, and the items that it names.
#[derive(Clone, Debug, Default)]
struct Printed {
    text: String,
    reached: Vec<u64>,
    /// By number: local variables in the order in which they are come to.
    locals: BTreeMap<u64, usize>,
}

impl Printed {
    fn say(&mut self, what: fmt::Arguments<'_>) {
        write!(self.text, " {what}").expect("a text takes everything");
    }

    /// Locals are told apart by their order.
    fn local(&mut self, number: u64) {
        let next = self.locals.len();
        let local = *self.locals.entry(number).or_insert(next);
        self.say(format_args!("local{local}"));
    }
}

impl<'a> Reader<'a> {
    fn new(trees: &Index<'a>, bases: &[&'a Value]) -> Self {
        let mut items = BTreeMap::new();
        for top in trees.units().flat_map(|unit| list(unit, "nodes")) {
            let is_of_library = text(top, "contractKind") == "library";
            let members = if is(top, "ContractDefinition") { Some(list(top, "nodes")) } else { None };
            for node in members.into_iter().flatten().chain([top]) {
                items.extend(id(node).map(|number| (number, Item { node, is_of_library })));
            }
        }
        let mut overriding = BTreeMap::new();
        let mut known: BTreeMap<_, u64> = BTreeMap::new();
        for node in bases.iter().flat_map(|base| list(base, "nodes")) {
            let (Some(signature), Some(number)) = (signature(node), id(node)) else { continue };
            overriding.insert(number, *known.entry(signature).or_insert(number));
        }
        let mut settings: BTreeMap<u64, Vec<&Value>> = BTreeMap::new();
        let constructors = bases.iter().flat_map(|base| list(base, "nodes"));
        for node in constructors.filter(|node| text(node, "kind") == "constructor").flat_map(|it| all(&it["body"])) {
            if let Some(variable) = reference(&node["leftHandSide"]).filter(|_| is(node, "Assignment")) {
                settings.entry(variable).or_default().push(&node["rightHandSide"]);
            }
        }
        Self { items, overriding, settings }
    }

    fn overriding(&self, number: u64) -> u64 {
        self.overriding.get(&number).copied().unwrap_or(number)
    }

    /// The texts of an item and of all that it reaches.
    fn closure(&self, number: u64, printed: &mut BTreeMap<u64, Printed>) -> BTreeSet<String> {
        let (mut seen, mut open) = (BTreeSet::from([number]), vec![number]);
        let mut texts = BTreeSet::new();
        while let Some(number) = open.pop() {
            let it = printed.entry(number).or_insert_with(|| self.print(number));
            texts.insert(it.text.clone());
            open.extend(it.reached.iter().copied().filter(|reached| seen.insert(*reached)));
        }
        texts
    }

    fn print(&self, number: u64) -> Printed {
        let mut printed = Printed::default();
        let Some(Item { node, .. }) = self.items.get(&number) else { return printed };
        // A contract that is only named is no more than its name.
        if is(node, "ContractDefinition") {
            printed.text = format!("contract {}", name(node));
            return printed;
        }
        // Its own name, which a local variable has none of.
        printed.text = format!("{} ", name(node));
        self.node(node, &mut printed);
        for value in self.settings.get(&number).into_iter().flatten() {
            self.node(value, &mut printed);
        }
        printed
    }

    fn node(&self, node: &Value, printed: &mut Printed) {
        match node {
            Value::Array(items) => items.iter().for_each(|item| self.node(item, printed)),
            Value::Null => printed.text.push_str("- "),
            Value::Object(fields) => {
                printed.text.push('(');
                printed.text.push_str(text(node, "nodeType"));
                self.named(node, printed);
                let is_local = id(node).into_iter().chain(reference(node)).any(|it| printed.locals.contains_key(&it));
                for (key, field) in fields {
                    let is_said = FIELDS.contains(&key.as_str()) && !(key == "name" && is_local);
                    match field {
                        Value::String(_) | Value::Bool(_) if is_said => {
                            printed.say(format_args!("{key}={field}"));
                        }
                        Value::Object(_) if !LEFT_OUT.contains(&key.as_str()) => self.node(field, printed),
                        Value::Array(items) if key == "names" => {
                            for name in items {
                                printed.say(format_args!("{name}"));
                            }
                        }
                        Value::Array(items)
                            if !LEFT_OUT.contains(&key.as_str()) && items.iter().any(Value::is_object) =>
                        {
                            self.node(field, printed);
                        }
                        _ => {}
                    }
                }
                printed.text.push(')');
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// What a node declares, or refers to.
    fn named(&self, node: &Value, printed: &mut Printed) {
        if is(node, "VariableDeclaration")
            && let Some(number) = id(node).filter(|number| !self.items.contains_key(number))
        {
            printed.local(number);
        }
        // What assembly names, and functions that operators stand for.
        let others = [&node["declaration"], &node["function"]].into_iter().filter_map(Value::as_u64);
        for number in reference(node).into_iter().chain(others) {
            let Some(item) = self.items.get(&number) else {
                if node["memberName"].is_null() {
                    printed.local(number);
                }
                continue;
            };
            if is_called_elsewhere(node, *item) {
                continue;
            }
            let is_virtual = is(node, "Identifier") || is(node, "IdentifierPath");
            printed.reached.push(if is_virtual { self.overriding(number) } else { number });
        }
        if is(node, "NewExpression")
            && let Some(number) = reference(&node["typeName"])
        {
            self.created(number, printed);
        }
    }

    /// The code of a contract that is created is in the code of who creates it.
    fn created(&self, contract: u64, printed: &mut Printed) {
        let Some(Item { node, .. }) = self.items.get(&contract) else { return };
        let bases = list(node, "linearizedBaseContracts").filter_map(|base| self.items.get(&base.as_u64()?));
        let members = bases.flat_map(|base| list(base.node, "nodes")).filter_map(id);
        printed.reached.extend(members);
    }
}

/// Whether a function is called that another contract has: what it does is not in this one.
fn is_called_elsewhere(node: &Value, item: Item<'_>) -> bool {
    let of = &node["expression"];
    let is_contract = text(&of["typeDescriptions"], "typeString").starts_with("contract ");
    let is_own = ["this", "super"].contains(&name(of));
    is(item.node, "FunctionDefinition") && is(node, "MemberAccess") && is_contract && !is_own && !item.is_of_library
}
