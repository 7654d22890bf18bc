//! What constructors write. A proxy runs the code of an implementation but never its constructor, so whatever variable is
//! set there is set for the implementation alone.

use std::collections::BTreeSet;

use serde_json::Value;

use super::tree::{Index, all, is, list, name, reference, text};

/// The names of the variables that the constructors of a contract write, themselves or through what they call. `bases` is
/// the contract and what it inherits, the most derived first.
pub(super) fn of_constructors(trees: &Index<'_>, bases: &[&Value]) -> BTreeSet<String> {
    let mut walk = Walk { trees, bases, seen: BTreeSet::new(), written: BTreeSet::new() };
    for base in bases {
        for node in list(base, "nodes") {
            if is_variable(node) && !node["value"].is_null() {
                walk.written.insert(name(node).to_owned());
            }
            if text(node, "kind") == "constructor" {
                walk.function(node);
            }
        }
    }
    walk.written
}

/// A variable in storage: no constant, and no immutable, which is in the code.
fn is_variable(node: &Value) -> bool {
    node["stateVariable"] == true && text(node, "mutability") == "mutable"
}

struct Walk<'a> {
    trees: &'a Index<'a>,
    bases: &'a [&'a Value],
    seen: BTreeSet<u64>,
    written: BTreeSet<String>,
}

impl Walk<'_> {
    fn function(&mut self, function: &Value) {
        if !function["id"].as_u64().is_some_and(|id| self.seen.insert(id)) {
            return;
        }
        for modifier in list(function, "modifiers") {
            self.call(&modifier["modifierName"]);
        }
        for node in all(&function["body"]) {
            match text(node, "nodeType") {
                "Assignment" => self.assigned(&node["leftHandSide"]),
                "UnaryOperation" if ["delete", "++", "--"].contains(&text(node, "operator")) => {
                    self.assigned(&node["subExpression"]);
                }
                "FunctionCall" => {
                    let called = &node["expression"];
                    if ["push", "pop"].contains(&text(called, "memberName")) {
                        self.assigned(&called["expression"]);
                    }
                    self.call(called);
                }
                "YulFunctionCall" if name(&node["functionName"]) == "sstore" => {
                    self.written.insert("a slot, in assembly".to_owned());
                }
                _ => {}
            }
        }
    }

    /// Follows a call of one of the contract's own functions or modifiers, as it is overridden.
    fn call(&mut self, called: &Value) {
        let Some((function, _)) = reference(called).and_then(|number| self.trees.node(number)) else { return };
        // `super.f()` and `Base.f()` name whom they mean.
        let is_virtual = is(called, "Identifier") || is(called, "IdentifierPath");
        let overriding = is_virtual.then(|| {
            let mut all = self.bases.iter().flat_map(|base| list(base, "nodes"));
            all.find(|node| signature(node) == signature(function))
        });
        self.function(overriding.flatten().unwrap_or(function));
    }

    /// Notes what an assignment writes, if that is in storage.
    fn assigned(&mut self, target: &Value) {
        if is(target, "TupleExpression") {
            return list(target, "components").for_each(|component| self.assigned(component));
        }
        let mut root = target;
        let mut member = None;
        loop {
            root = match text(root, "nodeType") {
                "MemberAccess" => {
                    member = Some(text(root, "memberName"));
                    &root["expression"]
                }
                "IndexAccess" => &root["baseExpression"],
                _ => break,
            }
        }
        let node = reference(root).and_then(|number| self.trees.node(number)).map(|(node, _)| node);
        if node.is_some_and(is_variable) {
            self.written.insert(name(root).to_owned());
        } else if let Some(member) = member
            && text(&root["typeDescriptions"], "typeString").contains(" storage ")
        {
            // Through a pointer: of a namespace, as a rule.
            self.written.insert(member.to_owned());
        }
    }
}

/// What two functions share if one overrides the other.
pub(super) fn signature(node: &Value) -> Option<(&str, &str, Vec<&str>)> {
    let parameters = list(&node["parameters"], "parameters");
    let types = parameters.map(|parameter| text(&parameter["typeDescriptions"], "typeString")).collect();
    let is_callable = is(node, "FunctionDefinition") || is(node, "ModifierDefinition");
    is_callable.then(|| (text(node, "nodeType"), name(node), types))
}
