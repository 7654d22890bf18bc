//! Sources as texts: what each declares, what it imports, and which declaration a name in it means.
//!
//! Names are followed as the compiler follows them: through imports, remappings and the names that imports give. What
//! cannot be followed means nothing, and never something else of the same name.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::words::{self, Word};

/// The sources of a build, as they were compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceTexts {
    /// By what the compiler calls them.
    pub texts: BTreeMap<String, String>,
    /// Where imports lead instead: `context:prefix=target`.
    pub remappings: Vec<String>,
}

/// What sources declare.
pub(super) struct Texts<'a> {
    units: Vec<Unit<'a>>,
    numbers: BTreeMap<&'a str, usize>,
    items: Vec<Item<'a>>,
    remappings: Vec<Remapping<'a>>,
}

/// A source.
struct Unit<'a> {
    path: &'a str,
    words: Vec<Word<'a>>,
    imports: Vec<Import<'a>>,
    /// What it declares, by name.
    own: BTreeMap<&'a str, Vec<usize>>,
}

/// An import, of the source at some path.
struct Import<'a> {
    /// The number of the source; `None` if it is not there.
    unit: Option<usize>,
    brings: Brings<'a>,
}

/// What an import brings.
enum Brings<'a> {
    /// All that the source declares or imports.
    All,
    /// The source itself, under this name.
    Module(&'a str),
    /// These: what each is called there, and here.
    Some(Vec<(&'a str, &'a str)>),
}

struct Remapping<'a> {
    context: &'a str,
    prefix: &'a str,
    target: &'a str,
}

/// Something that is declared.
pub(super) struct Item<'a> {
    unit: usize,
    /// The contract that it is in.
    pub(super) holder: Option<usize>,
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) line: usize,
    head: Range<usize>,
    body: Range<usize>,
    /// What a contract inherits.
    bases: Vec<Vec<&'a str>>,
    /// What is declared in a contract, in order.
    members: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An interface or a library too.
    Contract,
    Enum,
    Function,
    Modifier,
    Constructor,
    /// What says that functions of a library are called as if they were members.
    Using,
    /// Of a contract or of none, constant or not.
    Variable,
    Other,
}

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Unit(usize),
    Item(usize),
}

impl<'a> Texts<'a> {
    pub(super) fn of(sources: &'a SourceTexts) -> Self {
        let numbers = sources.texts.keys().enumerate().map(|(number, path)| (path.as_str(), number)).collect();
        let remappings = sources.remappings.iter().filter_map(|text| Remapping::of(text)).collect();
        let mut read = Self { units: Vec::new(), numbers, items: Vec::new(), remappings };
        for (path, text) in &sources.texts {
            read.unit(path, text);
        }
        read
    }

    /// Reads a source.
    fn unit(&mut self, path: &'a str, text: &'a str) {
        let words = words::of_source(text);
        let number = self.units.len();
        let mut unit = Unit { path, words: Vec::new(), imports: Vec::new(), own: BTreeMap::new() };
        let mut ranges = ranges(&words, 0..words.len()).into_iter();
        while let Some(mut range) = ranges.next() {
            let item = &words[range.clone()];
            if item.first().is_some_and(|word| word.text == "import") {
                // What is imported stands in braces, which end an item; where from stands after them.
                if item.last().is_some_and(|word| word.text == "}") {
                    range.end = ranges.next().map_or(range.end, |rest| rest.end);
                }
                unit.imports.extend(self.import(path, &words[range]));
            } else if let Some(item) = self.item(number, None, &words, range) {
                unit.own.entry(self.items[item].name).or_default().push(item);
            }
        }
        self.units.push(Unit { words, ..unit });
    }

    /// Reads what is declared in a contract, or in none; its number.
    fn item(&mut self, unit: usize, holder: Option<usize>, words: &[Word<'a>], range: Range<usize>) -> Option<usize> {
        let item = &words[range.clone()];
        let (head, body) = words::head_and_body(item);
        let (kind, name) = kind_and_name(head)?;
        let first = range.start + head.len();
        let number = self.items.len();
        let bases = if kind == Kind::Contract { bases(head) } else { Vec::new() };
        self.items.push(Item {
            unit,
            holder,
            kind,
            name,
            line: head.first()?.line,
            head: range.start..first,
            body: if first < range.end { first + 1..first + 1 + body.len() } else { first..range.end },
            bases,
            members: Vec::new(),
        });
        if kind == Kind::Contract && holder.is_none() {
            let inner = ranges(words, self.items[number].body.clone());
            let members = inner.into_iter().filter_map(|range| self.item(unit, Some(number), words, range)).collect();
            self.items[number].members = members;
        }
        Some(number)
    }

    /// Reads an import; `None` if it says nothing.
    fn import(&self, importing: &str, item: &[Word<'a>]) -> Option<Import<'a>> {
        let path = item.iter().rev().find_map(|word| words::quoted(word.text))?;
        let unit = self.numbers.get(self.resolved(importing, path).as_str()).copied();
        let renamed = |words: &[Word<'a>]| match words {
            [name] => Some((name.text, name.text)),
            [name, as_, other] if as_.text == "as" => Some((name.text, other.text)),
            _ => None,
        };
        let brings = if let Some(open) = item.iter().position(|word| word.text == "{") {
            let close = item.iter().position(|word| word.text == "}").filter(|close| *close > open)?;
            Brings::Some(words::parts(&item[open + 1..close], ",").into_iter().filter_map(renamed).collect())
        } else {
            match item.iter().position(|word| word.text == "as").and_then(|at| item.get(at + 1)) {
                Some(name) => Brings::Module(name.text),
                None => Brings::All,
            }
        };
        Some(Import { unit, brings })
    }

    /// What the compiler calls the source that is imported as `path`.
    fn resolved(&self, importing: &str, path: &str) -> String {
        let is_relative = path.starts_with("./") || path.starts_with("../");
        let path = if is_relative { beside(importing, path) } else { path.to_owned() };
        let fits = |it: &&Remapping<'_>| importing.starts_with(it.context) && path.starts_with(it.prefix);
        // Of equal ones the last counts.
        let best = self.remappings.iter().filter(fits).max_by_key(|it| (it.context.len(), it.prefix.len()));
        best.map_or_else(|| path.clone(), |it| format!("{}{}", it.target, &path[it.prefix.len()..]))
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &Item<'a>> {
        self.items.iter()
    }

    pub(super) fn get(&self, item: usize) -> &Item<'a> {
        &self.items[item]
    }

    pub(super) fn path(&self, item: &Item<'a>) -> &'a str {
        self.units[item.unit].path
    }

    /// What stands before the braces of an item.
    pub(super) fn head(&self, item: &Item<'a>) -> &[Word<'a>] {
        &self.units[item.unit].words[item.head.clone()]
    }

    /// What stands between them.
    pub(super) fn body(&self, item: &Item<'a>) -> &[Word<'a>] {
        &self.units[item.unit].words[item.body.clone()]
    }

    /// The contract called `name` in the source at `path`.
    pub(super) fn contract(&self, name: &str, path: &str) -> Option<usize> {
        let own = self.units[*self.numbers.get(path)?].own.get(name)?;
        own.iter().copied().find(|item| self.items[*item].kind == Kind::Contract)
    }

    /// What a contract has by itself.
    pub(super) fn members(&self, contract: usize) -> impl Iterator<Item = &Item<'a>> {
        self.items[contract].members.iter().map(|member| &self.items[*member])
    }

    /// A contract after all that it inherits, so that what overrides comes last. `None` if a base is not to be found.
    pub(super) fn lineage(&self, contract: usize) -> Option<Vec<usize>> {
        let (mut seen, mut lineage) = (BTreeSet::from([contract]), Vec::new());
        let mut open = vec![(contract, self.items[contract].bases.iter())];
        while let Some((heir, bases)) = open.last_mut() {
            if let Some(base) = bases.next() {
                let base = self.base(*heir, base)?;
                if seen.insert(base) {
                    open.push((base, self.items[base].bases.iter()));
                }
            } else {
                lineage.push(*heir);
                open.pop();
            }
        }
        Some(lineage)
    }

    fn base(&self, heir: usize, path: &[&str]) -> Option<usize> {
        let (first, rest) = path.split_first()?;
        let mut meaning = self.meaning(self.items[heir].unit, first)?;
        for name in rest {
            let Meaning::Unit(unit) = meaning else { return None };
            meaning = self.meaning(unit, name)?;
        }
        self.contract_of(meaning)
    }

    fn contract_of(&self, meaning: Meaning) -> Option<usize> {
        match meaning {
            Meaning::Item(item) if self.items[item].kind == Kind::Contract => Some(item),
            _ => None,
        }
    }

    /// What a name means that stands in an item: of its contract and what that inherits, or of its source.
    pub(super) fn meaning_in(&self, item: &Item<'a>, name: &str) -> Option<Meaning> {
        let of_contract = item.holder.and_then(|holder| self.member(holder, name));
        of_contract.or_else(|| self.meaning(item.unit, name))
    }

    /// What `name` is within `meaning`: of a source, or of a contract and what it inherits.
    pub(super) fn within(&self, meaning: Meaning, name: &str) -> Option<Meaning> {
        match meaning {
            Meaning::Unit(unit) => self.meaning(unit, name),
            Meaning::Item(_) => self.member(self.contract_of(meaning)?, name),
        }
    }

    fn member(&self, contract: usize, name: &str) -> Option<Meaning> {
        let lineage = self.lineage(contract)?;
        let mut members = lineage.into_iter().rev().flat_map(|contract| self.items[contract].members.iter().rev());
        members.find(|member| self.items[**member].name == name).map(|member| Meaning::Item(*member))
    }

    /// What has the same name as an item beside it: the functions that are called so.
    pub(super) fn with_overloads(&self, item: usize) -> Vec<usize> {
        let Item { unit, holder, name, .. } = &self.items[item];
        match holder {
            Some(holder) => {
                let members = self.items[*holder].members.iter();
                members.copied().filter(|member| self.items[*member].name == *name).collect()
            }
            None => self.units[*unit].own.get(name).cloned().unwrap_or_default(),
        }
    }

    /// What says, where an item stands, that functions are called as if they were members.
    pub(super) fn usings(&self, item: &Item<'a>) -> impl Iterator<Item = &Item<'a>> {
        let of_contract = item.holder.into_iter().flat_map(|holder| self.members(holder));
        let of_source = self.units[item.unit].own.get("using").into_iter().flatten().map(|using| &self.items[*using]);
        of_contract.filter(|item| item.kind == Kind::Using).chain(of_source)
    }

    /// The numbers of what a contract has by itself.
    pub(super) fn numbers(&self, contract: usize) -> &[usize] {
        &self.items[contract].members
    }

    /// What a name means at the top of a source: what it declares, or imports under that name.
    fn meaning(&self, unit: usize, name: &str) -> Option<Meaning> {
        let mut seen = BTreeSet::new();
        let mut open = vec![(unit, name)];
        while let Some((unit, name)) = open.pop() {
            if !seen.insert((unit, name)) {
                continue;
            }
            let unit = &self.units[unit];
            if let Some(item) = unit.own.get(name).and_then(|items| items.first()) {
                return Some(Meaning::Item(*item));
            }
            for Import { unit, brings } in &unit.imports {
                let Some(unit) = *unit else { continue };
                match brings {
                    Brings::All => open.push((unit, name)),
                    Brings::Module(own) if *own == name => return Some(Meaning::Unit(unit)),
                    Brings::Module(_) => {}
                    Brings::Some(names) => {
                        open.extend(names.iter().filter(|(_, here)| *here == name).map(|(there, _)| (unit, *there)));
                    }
                }
            }
        }
        None
    }
}

impl<'a> Remapping<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (from, target) = text.split_once('=')?;
        let (context, prefix) = from.split_once(':').unwrap_or(("", from));
        Some(Self { context, prefix, target })
    }
}

/// The places of what is declared one after the other within `range`.
fn ranges(words: &[Word<'_>], range: Range<usize>) -> Vec<Range<usize>> {
    let mut start = range.start;
    let place = |item: &[Word<'_>]| {
        let place = start..start + item.len();
        start = place.end;
        place
    };
    words::items(&words[range]).into_iter().map(place).collect()
}

/// What an item is, by what stands before its braces, and what it is called; `None` if it declares nothing.
fn kind_and_name<'a>(head: &[Word<'a>]) -> Option<(Kind, &'a str)> {
    let head = match head {
        [first, rest @ ..] if first.text == "abstract" => rest,
        all => all,
    };
    let kind = match head.first()?.text {
        "contract" | "interface" | "library" => Kind::Contract,
        "enum" => Kind::Enum,
        "function" => Kind::Function,
        "modifier" => Kind::Modifier,
        "struct" | "event" | "error" | "type" => Kind::Other,
        "constructor" => return Some((Kind::Constructor, "constructor")),
        "using" => return Some((Kind::Using, "using")),
        "pragma" | "receive" | "fallback" => return None,
        _ => return variable(head),
    };
    match head.get(1) {
        Some(name) if words::is_name(name.text) => Some((kind, name.text)),
        // A variable that is a function.
        _ => variable(head),
    }
}

fn variable<'a>(head: &[Word<'a>]) -> Option<(Kind, &'a str)> {
    let end = words::outside(head).find(|at| head[*at].text == "=").unwrap_or(head.len());
    let name = words::outside(&head[..end]).filter(|at| words::is_name(head[*at].text)).last()?;
    Some((Kind::Variable, head[name].text))
}

/// What a contract inherits, by what stands before its braces: `contract C is A, B.C(d)`.
fn bases<'a>(head: &[Word<'a>]) -> Vec<Vec<&'a str>> {
    let Some(is) = words::outside(head).find(|at| head[*at].text == "is") else { return Vec::new() };
    words::parts(&head[is + 1..], ",").into_iter().map(words::path).collect()
}

/// The path that leads from a source to another.
fn beside(importing: &str, path: &str) -> String {
    let mut parts: Vec<&str> = importing.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(texts: &[(&str, &str)], remappings: &[&str]) -> SourceTexts {
        SourceTexts {
            texts: texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
            remappings: remappings.iter().map(|text| (*text).to_owned()).collect(),
        }
    }

    /// What a path of names in the contract `C` of `src/c.sol` means: where it is declared.
    fn found(sources: &SourceTexts, path: &[&str]) -> Option<String> {
        let texts = Texts::of(sources);
        let own = texts.contract("C", "src/c.sol").expect("there is C");
        let (first, rest) = path.split_first().expect("a name");
        let mut meaning = texts.meaning(texts.get(own).unit, first)?;
        for name in rest {
            meaning = texts.within(meaning, name)?;
        }
        let Meaning::Item(item) = meaning else { return Some("a source".to_owned()) };
        Some(format!("{} of {}", texts.get(item).name, texts.path(texts.get(item))))
    }

    #[test]
    fn names_are_followed_through_imports() {
        let sources = sources(
            &[
                (
                    "src/c.sol",
                    "import { A as B, X } from './d/a.sol'; import '@oz/b.sol'; import * as m from \"../m.sol\";
                     import 'far/away.sol' as far; import {Gone} from 'nowhere.sol'; contract C {}",
                ),
                ("src/d/a.sol", "contract A { uint constant ONE = 1; } contract B {} import {Y as X} from '../x.sol';"),
                ("src/x.sol", "contract X {} contract Y {} contract Gone {}"),
                (
                    "lib/oz/src/b.sol",
                    "contract Plain {} import './q.sol' as q; import {Plain as Other} from './b.sol';",
                ),
                ("lib/oz/src/q.sol", "contract Q {}"),
                ("m.sol", "import './n.sol'; contract M {}"),
                ("n.sol", "import './m.sol'; contract N {}"),
                ("there/away.sol", "contract Far {}"),
            ],
            &["@oz/=lib/wrong/", "@oz/=lib/oz/src/", "src/:far/=there/", "other/:far/away.sol=m.sol"],
        );
        for (path, expected) in [
            ("B", Some("A of src/d/a.sol")),
            ("B.ONE", Some("ONE of src/d/a.sol")),
            ("X", Some("Y of src/x.sol")),
            ("A", None),
            ("Plain", Some("Plain of lib/oz/src/b.sol")),
            ("Other", Some("Plain of lib/oz/src/b.sol")),
            ("q.Q", Some("Q of lib/oz/src/q.sol")),
            ("Q", None),
            ("m", Some("a source")),
            ("m.N", Some("N of n.sol")),
            ("N", None),
            ("far.Far", Some("Far of there/away.sol")),
            ("Gone", None),
            ("m.Nothing", None),
        ] {
            let names: Vec<&str> = path.split('.').collect();
            assert_eq!(found(&sources, &names).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn imports_of_imports_end() {
        let count = 20_000;
        let mut texts: Vec<(String, String)> = (0..count)
            .map(|at| (format!("src/{at}.sol"), format!("import './{}.sol'; import './c.sol';", at + 1)))
            .collect();
        texts.push((format!("src/{count}.sol"), "contract Last {}".to_owned()));
        texts.push(("src/c.sol".to_owned(), "import './0.sol'; contract C {}".to_owned()));
        let sources = SourceTexts { texts: texts.into_iter().collect(), remappings: Vec::new() };
        assert_eq!(found(&sources, &["Last"]).unwrap(), format!("Last of src/{count}.sol"));
        assert_eq!(found(&sources, &["Never"]), None);
    }

    #[test]
    fn paths_are_joined_as_the_compiler_does() {
        for (importing, path, expected) in [
            ("src/a/b.sol", "./c.sol", "src/a/c.sol"),
            ("src/a/b.sol", "../c/./d.sol", "src/c/d.sol"),
            ("b.sol", "./c.sol", "c.sol"),
            ("/a/b.sol", "../c.sol", "/c.sol"),
        ] {
            assert_eq!(beside(importing, path), expected);
        }
    }
}
