//! What the text of sources tells: what is left where the compiler was not asked for syntax trees.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    unambiguous,
    words::{self, Word},
};

/// Of the [`Declarations`](super::Declarations) of a contract, those that are read out of the text of its sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The members of each enum, in order, by its name with that of the contract it is in.
    pub enums: BTreeMap<String, Vec<String>>,
    /// The version that each initializer leaves the contract at, by its name. `None` if the text does not say what the
    /// contract inherits, or a version.
    pub initializers: Option<BTreeMap<String, u64>>,
    /// Where initializers are declared, by name.
    pub places: BTreeMap<String, String>,
}

impl Told {
    /// What the sources of a contract tell, by path.
    pub fn of_sources(sources: &BTreeMap<String, String>, (contract, path): (&str, &str)) -> Self {
        let mut read = Sources::default();
        for (path, text) in sources {
            read.source(path, text);
        }
        let found = read.initializers(contract, path);
        let place = |it: &Initialized<'_>| (it.function.to_owned(), format!("{}:{}", it.path, it.line));
        Self {
            places: found.iter().flatten().map(place).collect(),
            initializers: found.map(|all| all.into_iter().map(|it| (it.function.to_owned(), it.version)).collect()),
            enums: unambiguous(read.enums.into_iter()),
        }
    }
}

/// What is declared in sources.
#[derive(Default)]
struct Sources<'a> {
    enums: Vec<(String, Vec<String>)>,
    contracts: Vec<Contract<'a>>,
    constants: Vec<Constant<'a>>,
}

/// A contract, a library or an interface.
struct Contract<'a> {
    path: &'a str,
    name: &'a str,
    bases: Vec<&'a str>,
    initializers: Vec<Initializer<'a>>,
}

/// A function that initializes.
struct Initializer<'a> {
    function: &'a str,
    line: usize,
    version: Vec<Word<'a>>,
}

/// A function that initializes, and to which version.
struct Initialized<'a> {
    path: &'a str,
    line: usize,
    function: &'a str,
    version: u64,
}

/// A constant, of a contract or of none.
struct Constant<'a> {
    contract: &'a str,
    name: &'a str,
    value: Vec<Word<'a>>,
}

/// What is imported under another name, by that name.
type Aliases<'a> = BTreeMap<&'a str, &'a str>;

impl<'a> Sources<'a> {
    /// Reads a source.
    fn source(&mut self, path: &'a str, text: &'a str) {
        let words = words::of_source(text);
        let items = words::items(&words);
        let aliases = aliases(&items);
        for item in &items {
            let (head, body) = words::head_and_body(item);
            let kind = usize::from(head.first().is_some_and(|word| word.text == "abstract"));
            match head.get(kind..) {
                Some([kind, name, header @ ..]) if ["contract", "interface", "library"].contains(&kind.text) => {
                    let initializers = words::items(body).into_iter().filter_map(|item| initializer(item, &aliases));
                    let initializers = initializers.collect();
                    self.contracts.push(Contract {
                        path,
                        name: name.text,
                        bases: bases(header, &aliases),
                        initializers,
                    });
                    for item in words::items(body) {
                        self.item(name.text, item, &aliases);
                    }
                }
                _ => self.item("", item, &aliases),
            }
        }
    }

    /// Reads what is declared in a contract, or in none.
    fn item(&mut self, contract: &'a str, item: &[Word<'a>], aliases: &Aliases<'a>) {
        let (head, body) = words::head_and_body(item);
        if let [keyword, name, ..] = head
            && keyword.text == "enum"
        {
            let name = if contract.is_empty() { name.text.to_owned() } else { format!("{contract}.{}", name.text) };
            let members = body.iter().filter(|word| words::is_name(word.text)).map(|word| word.text.to_owned());
            self.enums.push((name, members.collect()));
        }
        let Some(equal) = words::outside(head).find(|at| head[*at].text == "=") else { return };
        if let [before @ .., name] = &head[..equal]
            && before.iter().any(|word| word.text == "constant")
        {
            let value = item[equal + 1..].iter().filter(|word| word.text != ";");
            let value = value.map(|word| original(*word, aliases)).collect();
            self.constants.push(Constant { contract, name: name.text, value });
        }
    }

    /// The initializers of a contract and of what it inherits, bases first, so that what overrides comes last. `None` if
    /// they cannot be told.
    fn initializers(&self, contract: &str, path: &str) -> Option<Vec<Initialized<'a>>> {
        let own = |it: &&Contract<'_>| it.name == contract && it.path == path;
        let lineage = self.lineage(self.contracts.iter().find(own)?)?;
        let names: BTreeSet<&str> = lineage.iter().map(|contract| contract.name).chain([""]).collect();
        let mut found = Vec::new();
        for contract in lineage {
            let mut own = Vec::with_capacity(contract.initializers.len());
            for it in &contract.initializers {
                let version = Number { sources: self, names: &names, terms: TERMS }.sum(&it.version)?;
                own.push(Initialized { path: contract.path, line: it.line, function: it.function, version });
            }
            // Of functions with one name the last stays: that is the one which proxies have had least.
            own.sort_by_key(|it| it.version);
            found.extend(own);
        }
        Some(found)
    }

    /// A contract after all that it inherits. `None` if a base is not to be found, or is one of several.
    fn lineage<'b>(&'b self, contract: &'b Contract<'a>) -> Option<Vec<&'b Contract<'a>>> {
        let named = self.named();
        let (mut seen, mut lineage) = (BTreeSet::from([contract.name]), Vec::new());
        let mut open = vec![(contract, contract.bases.iter())];
        while let Some((contract, bases)) = open.last_mut() {
            if let Some(base) = bases.next() {
                let base = (*named.get(base)?)?;
                if seen.insert(base.name) {
                    open.push((base, base.bases.iter()));
                }
            } else {
                lineage.push(*contract);
                open.pop();
            }
        }
        Some(lineage)
    }

    /// The contracts by name, with `None` for a name of several which do not initialize alike.
    fn named(&self) -> BTreeMap<&'a str, Option<&Contract<'a>>> {
        let initializing = self.initializing();
        let mut named: BTreeMap<&str, Option<&Contract<'a>>> = BTreeMap::new();
        for contract in &self.contracts {
            let kept = named.entry(contract.name).or_insert(Some(contract));
            *kept = kept.filter(|other| !initializing.contains(contract.name) || std::ptr::eq(*other, contract));
        }
        named
    }

    /// The names of the contracts that have an initializer, or inherit one.
    fn initializing(&self) -> BTreeSet<&'a str> {
        let mut heirs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for contract in &self.contracts {
            contract.bases.iter().for_each(|base| heirs.entry(base).or_default().push(contract.name));
        }
        let own = self.contracts.iter().filter(|contract| !contract.initializers.is_empty());
        let mut open: Vec<&str> = own.map(|contract| contract.name).collect();
        let mut found = BTreeSet::new();
        while let Some(name) = open.pop() {
            if found.insert(name) {
                open.extend(heirs.get(name).into_iter().flatten());
            }
        }
        found
    }
}

/// The names that imports of a source give to what has another: `import { A as B } from "a.sol"`.
fn aliases<'a>(items: &[&[Word<'a>]]) -> Aliases<'a> {
    let imports = items.iter().filter(|item| item.first().is_some_and(|word| word.text == "import"));
    let renamed = imports.flat_map(|item| item.windows(3)).filter(|three| three[1].text == "as");
    renamed.filter(|three| words::is_name(three[0].text)).map(|three| (three[2].text, three[0].text)).collect()
}

/// A word as the source has it that it is imported from.
fn original<'a>(word: Word<'a>, aliases: &Aliases<'a>) -> Word<'a> {
    Word { text: aliases.get(word.text).copied().unwrap_or(word.text), ..word }
}

/// What a contract inherits, by what comes after its name: `is A, B.C(d)`.
fn bases<'a>(header: &[Word<'a>], aliases: &Aliases<'a>) -> Vec<&'a str> {
    let Some(is) = words::outside(header).find(|at| header[*at].text == "is") else { return Vec::new() };
    let bases = words::parts(&header[is + 1..], ",").into_iter().filter_map(|base| match words::path(base)[..] {
        [only] => Some(aliases.get(only).copied().unwrap_or(only)),
        // What stands before is a whole source.
        ref path => path.last().copied(),
    });
    bases.collect()
}

/// A function with one of the modifiers of OpenZeppelin.
fn initializer<'a>(item: &[Word<'a>], aliases: &Aliases<'a>) -> Option<Initializer<'a>> {
    let (head, _) = words::head_and_body(item);
    let [keyword, function, header @ ..] = head else { return None };
    if keyword.text != "function" || !words::is_name(function.text) {
        return None;
    }
    let version = words::outside(header).find_map(|at| match header[at].text {
        "initializer" => Some(vec![Word { text: "1", ..header[at] }]),
        "reinitializer" => {
            Some(words::within(&header[at + 1..]).map(|(version, _)| version.to_vec()).unwrap_or_default())
        }
        _ => None,
    })?;
    let version = version.into_iter().map(|word| original(word, aliases)).collect();
    Some(Initializer { function: function.text, line: keyword.line, version })
}

/// Terms that are looked at for a number. Constants that a compiler took never refer to themselves; a text can claim so.
const TERMS: u32 = 64;

/// Finds what an expression is, if it is a number, a constant, or the sum of such, whatever it is converted to.
struct Number<'s, 'a> {
    sources: &'s Sources<'a>,
    /// The contracts whose constants have no other name before theirs.
    names: &'s BTreeSet<&'a str>,
    terms: u32,
}

impl<'a> Number<'_, 'a> {
    fn sum(&mut self, expression: &[Word<'a>]) -> Option<u64> {
        let terms = words::parts(expression, "+");
        terms.into_iter().try_fold(0_u64, |sum, term| sum.checked_add(self.term(term)?))
    }

    fn term(&mut self, term: &[Word<'a>]) -> Option<u64> {
        self.terms = self.terms.checked_sub(1)?;
        if let Some((inner, [])) = words::within(term) {
            return self.sum(inner);
        }
        let path = words::path(term);
        match (&path[..], term.get(path.len() * 2 - usize::from(!path.is_empty())..)?) {
            ([only], []) if only.starts_with(|letter: char| letter.is_ascii_digit()) => {
                only.replace('_', "").parse().ok()
            }
            ([only], []) => self.constant(only, |contract, names| names.contains(contract)),
            ([.., holder, name], []) => self.constant(name, |contract, _| contract == *holder),
            ([conversion], inner) => {
                let (inner, []) = words::within(inner)? else { return None };
                self.sum(inner).filter(|number| fits(*number, conversion))
            }
            _ => None,
        }
    }

    /// The constant called `name` of the contracts that are asked for, if they agree.
    fn constant(&mut self, name: &str, of: impl Fn(&str, &BTreeSet<&str>) -> bool) -> Option<u64> {
        let sources = self.sources;
        let found = sources.constants.iter().filter(|it| it.name == name && of(it.contract, self.names));
        let found: Vec<&Constant<'a>> = found.collect();
        let mut values = found.into_iter().map(|constant| self.sum(&constant.value));
        let first = values.next()??;
        values.all(|value| value == Some(first)).then_some(first)
    }
}

/// Whether a number stays what it is when it is converted.
fn fits(number: u64, conversion: &str) -> bool {
    match conversion.strip_prefix("uint") {
        Some("") => true,
        Some(bits) => bits.parse().is_ok_and(|bits: u32| number.checked_shr(bits).unwrap_or(0) == 0),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What `C` of a source tells.
    fn told(text: &str) -> Told {
        Told::of_sources(&BTreeMap::from([("a.sol".to_owned(), text.to_owned())]), ("C", "a.sol"))
    }

    /// The initializers of `C`, as text; nothing if they cannot be told.
    fn initializers(text: &str) -> Option<String> {
        let all = told(text).initializers?;
        Some(all.iter().map(|(name, version)| format!("{name}:{version}")).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn enums_are_named_by_the_contract_they_are_in() {
        let text = "
            enum Top { A }
            // enum Never { X }
            abstract contract C is D(\"enum { \\\" }\") {
                /* enum Never { X } */
                enum Status { INACTIVE, // not yet
                    ACTIVE, /* { */ WITHDRAWN }
                function f() external { string memory s = 'contract X {'; if (a) { b(); } }
                enum Last { B, C }
            }
            interface I { enum Other { Z } }
        ";
        let told = told(text);
        let enums: Vec<String> = told.enums.iter().map(|(name, members)| format!("{name}:{members:?}")).collect();
        let expected = [
            "C.Last:[\"B\", \"C\"]",
            "C.Status:[\"INACTIVE\", \"ACTIVE\", \"WITHDRAWN\"]",
            "I.Other:[\"Z\"]",
            "Top:[\"A\"]",
        ];
        assert_eq!(enums, expected);
        assert_eq!(told.initializers, None, "there is no D");
    }

    #[test]
    fn initializers_are_functions_with_the_modifier() {
        let text = "
            pragma solidity ^0.8.0;
            using { add } for uint256;
            abstract contract C {
                function(uint256) external returns (uint256) initializer;
                constructor() initializer { a = 1; }
                modifier reinitializer(uint64 version) { _; }
                // function no() external initializer {}
                function first(uint256 initializer) external initializer { b(); }
                function second(T memory t) public virtual override(I, J) only({ who: f(1) }) reinitializer(2) returns (
                    bytes memory
                );
                function third() external Base.reinitializer({
                    version: 3
                });
                function none() external onlyInitializing returns (uint256 initializer) { initializer; reinitializer(5); }
                string constant reinitializer = 'function x() initializer {}';
            }
        ";
        assert_eq!(initializers(text), None, "a version with a name is not read");
        let text = text.replace("{\n                    version: 3\n                }", "3");
        assert_eq!(initializers(&text).unwrap(), "first:1 second:2 third:3");
        let places = BTreeMap::from([("first", "a.sol:9"), ("second", "a.sol:10"), ("third", "a.sol:13")]);
        let told = told(&text);
        assert_eq!(told.places.iter().map(|(name, place)| (&**name, &**place)).collect::<BTreeMap<_, _>>(), places);
    }

    #[test]
    fn versions_are_numbers_constants_and_sums_of_them() {
        let version = |version: &str| {
            initializers(&format!(
                "uint64 constant TOP = 0x4; uint64 constant FREE = 4;
                 import {{ L as M, OTHER as FREE_TOO }} from 'l.sol';
                 library L {{ uint64 constant V = 6; uint64 constant SAME = 7; }}
                 contract B {{ uint8 internal constant V = 2; uint8 constant AGAIN = uint8(V + 1); uint8 constant LOOP = LOOP; }}
                 contract X {{ uint8 constant STRANGE = 2; uint64 constant SAME = 8; }}
                 contract C is B {{ uint64 W = 9; uint64 OTHER = 1; uint64 constant OTHER = 5;
                   function f() external reinitializer({version}) {{}} }}"
            ))
        };
        for (text, expected) in [
            ("1_0", 10),
            ("(2)", 2),
            ("V", 2),
            ("B.V + 1", 3),
            ("FREE", 4),
            ("FREE_TOO", 5),
            ("L.V", 6),
            ("M.V", 6),
            ("lib.L.SAME", 7),
            ("uint64(AGAIN)+(1 + uint(1))", 5),
        ] {
            assert_eq!(version(text), Some(format!("f:{expected}")), "{text}");
        }
        for text in [
            "",
            "W",
            "TOP",
            "LOOP",
            "STRANGE",
            "SAME",
            "X.V",
            "1 - 1",
            "2 days",
            "f(1)",
            "type(uint64).max",
            "uint8(256)",
            "V.",
            "1 +",
            "18446744073709551615 + 1",
            "((1)",
            "\"1\"",
        ] {
            assert_eq!(version(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_inherited_is_overridden_by_name() {
        let text = "
            contract A { function a() external virtual initializer {} function b() external virtual initializer {} }
            contract B is A { function a() external virtual override reinitializer(2) {} }
            contract D is A {}
            contract C layout at 5 is lib.B(f(1, 2)), D { function c() external reinitializer(3) {} }
            interface I { function d() external; }
        ";
        assert_eq!(initializers(text).unwrap(), "a:2 b:1 c:3");
        assert_eq!(initializers("contract C {}").unwrap(), "");
        assert_eq!(initializers("contract C is E {}"), None);
        assert_eq!(initializers("contract D is A {}"), None);
    }

    #[test]
    fn bases_of_one_name_must_not_initialize() {
        let sources = |one: &str, own: &str| {
            let texts = [("a.sol", own), ("b.sol", "interface I {} contract B is I {}"), ("c.sol", one)];
            let texts = texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
            Told::of_sources(&texts, ("C", "a.sol")).initializers.map(|all| all.len())
        };
        let own = "contract C is B { function c() external initializer {} }";
        assert_eq!(sources("contract B {}", own), Some(1));
        let with = "contract A { function a() external initializer {} } contract B is A {}";
        assert_eq!(sources(with, own), None);
        assert_eq!(sources(with, "import { A as B } from 'c.sol'; contract C is B {}"), Some(1));
        assert_eq!(sources("contract C { function c() external initializer {} }", "contract C is B {}"), Some(0));
        assert_eq!(sources("contract C is C { function c() external initializer {} }", "contract C is C {}"), None);
    }

    #[test]
    fn what_ends_too_early_ends() {
        for text in ["enum", "enum A", "enum A {", "contract", "/* enum", "\"", "enum A { B, ü", "contract C { \"\\"] {
            told(text);
        }
        assert_eq!(told("enum A { B, C").enums["A"], ["B", "C"]);
        let chain: Vec<String> = (0..50_000).map(|at| format!("contract A{at} is A{} {{}}", at + 1)).collect();
        let chain = chain.concat();
        let text = format!(
            "contract C is A0 {{ uint constant X = {}1{}; function f() reinitializer(X) {{}} }}",
            "(".repeat(50_000),
            ")".repeat(50_000)
        );
        assert_eq!(initializers(&format!("{text}{chain}contract A50000 {{}}")), None);
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..40)) {
            let text = parts.concat();
            let told = told(&text);
            prop_assert_eq!(told.initializers.map_or(0, |all| all.len()), told.places.len());
            initializers(&format!("contract C {{ {text}"));
        }
    }

    const PARTS: &[&str] = &[
        "contract ",
        "C ",
        "is ",
        "A",
        ",",
        ".",
        "{",
        "}",
        "(",
        ")",
        ";",
        "=",
        "+",
        "1",
        "uint8",
        "constant ",
        "enum ",
        "function ",
        "initializer ",
        "reinitializer",
        "import ",
        "as ",
        "\"",
        "//",
        "\n",
        "/*",
        "*/",
        "\u{fc}",
        "abstract ",
        "B ",
    ];
}
