//! What functions are in the text of their sources: each with all that it may reach of its contract, of libraries, and of
//! constants and types. For builds without syntax trees; names of local variables count here, and comments do not.
//!
//! Which of several functions with one name is called cannot be told from words, so that all of them are reached.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{B256, keccak256};

use super::{
    texts::{Item, Kind, Meaning, Texts},
    words::{self, Word},
};

/// What stands for each function and each variable of a contract, by name; one for all that have the name. `lineage` is
/// what the contract inherits and the contract.
pub(super) fn of_functions(texts: &Texts<'_>, lineage: &[usize]) -> BTreeMap<String, B256> {
    let reader = Reader { texts, lineage };
    let mut known = BTreeMap::new();
    let members = lineage.iter().flat_map(|contract| texts.members(*contract));
    let names: BTreeSet<&str> =
        members.filter(|item| matches!(item.kind, Kind::Function | Kind::Variable)).map(|item| item.name).collect();
    let mut print = |name: &str| {
        let words = reader.closure(reader.own(name), &mut known);
        keccak256(words.into_iter().collect::<Vec<_>>().join("\n"))
    };
    names.into_iter().map(|name| (name.to_owned(), print(name))).collect()
}

/// What stands before the name of something that is declared.
const DECLARING: &[&str] = &["function", "modifier", "struct", "enum", "event", "error", "type"];

struct Reader<'t, 'a> {
    texts: &'t Texts<'a>,
    lineage: &'t [usize],
}

/// An item as words, and the items that they may mean.
#[derive(Clone, Debug, Default)]
struct Read {
    words: String,
    reached: Vec<usize>,
}

impl<'a> Reader<'_, 'a> {
    /// The words of items and of all that they reach.
    fn closure(&self, items: Vec<usize>, known: &mut BTreeMap<usize, Read>) -> BTreeSet<String> {
        let mut seen: BTreeSet<usize> = items.iter().copied().collect();
        let (mut open, mut words) = (items, BTreeSet::new());
        while let Some(item) = open.pop() {
            let read = known.entry(item).or_insert_with(|| self.read(item));
            words.insert(read.words.clone());
            open.extend(read.reached.iter().copied().filter(|reached| seen.insert(*reached)));
        }
        words
    }

    fn read(&self, number: usize) -> Read {
        let item = self.texts.get(number);
        let head = self.texts.head(item);
        let mut read = Read::default();
        self.words(item, head, &mut read);
        self.words(item, self.texts.body(item), &mut read);
        if item.kind == Kind::Variable && head.iter().any(|word| word.text == "immutable") {
            self.settings(item.name, &mut read);
        }
        read.reached.retain(|reached| *reached != number);
        read
    }

    /// What constructors set an immutable to.
    fn settings(&self, name: &str, read: &mut Read) {
        let members = self.lineage.iter().flat_map(|contract| self.texts.members(*contract));
        for constructor in members.filter(|item| item.kind == Kind::Constructor) {
            for statement in words::items(self.texts.body(constructor)) {
                if statement.first().is_some_and(|word| word.text == name) {
                    self.words(constructor, statement, read);
                }
            }
        }
    }

    fn words(&self, item: &Item<'a>, words: &[Word<'a>], read: &mut Read) {
        for (at, word) in words.iter().enumerate() {
            read.words.push_str(word.text);
            read.words.push(' ');
            let before = |places: usize| at.checked_sub(places).map_or("", |before| words[before].text);
            // What is declared does not mean what it overrides.
            if words::is_name(word.text) && !DECLARING.contains(&before(1)) {
                read.reached.extend(self.meant(item, [before(2), before(1)], &words[at..]));
            }
        }
    }

    /// What the name that `words` begin with may mean, after the words `before`.
    fn meant(&self, item: &Item<'a>, before: [&str; 2], words: &[Word<'a>]) -> Vec<usize> {
        let name = words[0].text;
        match before {
            ["super", "."] => return self.of_bases(name),
            ["this", "."] => return self.own(name),
            [_, "."] => return self.of_libraries(item, name),
            _ => {}
        }
        let is_own = item.holder.is_some_and(|holder| self.lineage.contains(&holder));
        let own = if is_own { self.own(name) } else { Vec::new() };
        if !own.is_empty() {
            return own;
        }
        let path = words::path(words);
        let Some(mut meaning) = self.texts.meaning_in(item, name) else { return Vec::new() };
        for name in &path[1..] {
            let Some(next) = self.texts.within(meaning, name) else { break };
            meaning = next;
        }
        match meaning {
            Meaning::Item(found) if self.texts.get(found).kind != Kind::Contract => self.texts.with_overloads(found),
            Meaning::Item(contract) if before[1] == "new" => self.created(contract),
            Meaning::Unit(_) | Meaning::Item(_) => Vec::new(),
        }
    }

    /// What the contract has by a name, as it is overridden: of functions with the same parameters the last.
    fn own(&self, name: &str) -> Vec<usize> {
        let mut found: BTreeMap<(bool, String), usize> = BTreeMap::new();
        for contract in self.lineage {
            for number in self.texts.numbers(*contract) {
                let item = self.texts.get(*number);
                if item.name == name && !matches!(item.kind, Kind::Constructor | Kind::Using) {
                    let parameters = words::within(self.texts.head(item).get(2..).unwrap_or_default());
                    let types = parameters.map(|(inner, _)| types(inner)).unwrap_or_default();
                    found.insert((item.kind == Kind::Function, types), *number);
                }
            }
        }
        // A function that shares its name with a variable is what the variable implements.
        if found.values().any(|number| self.texts.get(*number).kind == Kind::Variable) {
            found.retain(|(is_function, _), _| !is_function);
        }
        found.into_values().collect()
    }

    /// The functions of bases that are called `name`.
    fn of_bases(&self, name: &str) -> Vec<usize> {
        let bases = self.lineage.split_last().map_or(&[][..], |(_, bases)| bases);
        let all = bases.iter().flat_map(|contract| self.texts.numbers(*contract)).copied();
        all.filter(|number| self.texts.get(*number).name == name && self.is_function(*number)).collect()
    }

    /// The functions called `name` of libraries whose functions are called as if they were members.
    fn of_libraries(&self, item: &Item<'a>, name: &str) -> Vec<usize> {
        let mut found = Vec::new();
        for using in self.texts.usings(item) {
            let words = self.texts.head(using).iter().chain(self.texts.body(using));
            for word in words.filter(|word| words::is_name(word.text)) {
                let Some(meaning) = self.texts.meaning_in(using, word.text) else { continue };
                let itself = Some(meaning).filter(|_| word.text == name);
                let Some(Meaning::Item(function)) = self.texts.within(meaning, name).or(itself) else { continue };
                found.extend(self.texts.with_overloads(function));
            }
        }
        found.retain(|number| self.is_function(*number));
        found
    }

    fn is_function(&self, number: usize) -> bool {
        self.texts.get(number).kind == Kind::Function
    }

    /// The code of a contract that is created is in the code of who creates it.
    fn created(&self, contract: usize) -> Vec<usize> {
        let lineage = self.texts.lineage(contract).unwrap_or_default();
        lineage.into_iter().flat_map(|contract| self.texts.numbers(contract)).copied().collect()
    }
}

/// The types of parameters, by which functions override each other.
fn types(parameters: &[Word<'_>]) -> String {
    let of = |parameter: &[Word<'_>]| {
        let path = words::path(parameter);
        let rest = parameter.get(path.len() * 2 - usize::from(!path.is_empty())..).unwrap_or_default();
        let arrays = rest
            .iter()
            .take_while(|word| !words::is_name(word.text) || word.text.starts_with(|c: char| c.is_ascii_digit()));
        format!("{}{}", path.last().copied().unwrap_or_default(), arrays.map(|word| word.text).collect::<String>())
    };
    words::parts(parameters, ",").into_iter().map(of).collect::<Vec<_>>().join(",")
}
