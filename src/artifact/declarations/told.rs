//! What the text of sources tells: what is left where the compiler was not asked for syntax trees.

use std::collections::{BTreeMap, BTreeSet};

use alloy_json_abi::{Function, JsonAbi, Param};
use alloy_primitives::B256;

use super::{
    Target, reached,
    texts::{Item, Kind, Meaning, SourceTexts, Texts},
    unambiguous,
    words::{self, Word},
};

/// Of the [`Declarations`](super::Declarations) of a contract, those that are read out of the text of its sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The members of each enum, in order, by its name with that of the contract it is in.
    pub enums: BTreeMap<String, Vec<String>>,
    /// The version that each initializer leaves the contract at, by its name, or its signature if others have the name.
    /// `None` if the text does not say what the contract inherits, or a version.
    pub initializers: Option<BTreeMap<String, u64>>,
    /// Where initializers are declared, by the same.
    pub places: BTreeMap<String, String>,
    /// By name of each function: what stands for its source and all that it may reach.
    pub functions: BTreeMap<String, B256>,
    /// Variables that constructors set themselves; not those that functions set for them.
    pub constructed: BTreeSet<String>,
}

impl Told {
    /// What the sources of a contract tell.
    pub fn of_sources(sources: &SourceTexts, target: Target<'_>) -> Self {
        let texts = Texts::of(sources);
        let lineage = texts.contract(target.name, target.path).and_then(|contract| texts.lineage(contract));
        let found = lineage.as_ref().and_then(|lineage| initializers(&texts, lineage, target.abi));
        let place = |it: &Initialized<'_>| (it.key.clone(), format!("{}:{}", it.path, it.line));
        Self {
            places: found.iter().flatten().map(place).collect(),
            initializers: found.map(|all| all.into_iter().map(|it| (it.key, it.version)).collect()),
            constructed: lineage.as_ref().map(|lineage| constructed(&texts, lineage)).unwrap_or_default(),
            functions: lineage.map(|lineage| reached::of_functions(&texts, &lineage)).unwrap_or_default(),
            enums: unambiguous(texts.items().filter(|it| it.kind == Kind::Enum).map(|it| members(&texts, it))),
        }
    }
}

/// The variables that statements of constructors begin with, other than to call something that is kept in one.
fn constructed(texts: &Texts<'_>, lineage: &[usize]) -> BTreeSet<String> {
    let members = || lineage.iter().flat_map(|contract| texts.members(*contract));
    let is_kept = |item: &&Item<'_>| {
        let is_code = |word: &Word<'_>| ["immutable", "constant"].contains(&word.text);
        item.kind == Kind::Variable && !texts.head(item).iter().any(is_code)
    };
    let kept: BTreeSet<&str> = members().filter(is_kept).map(|item| item.name).collect();
    let constructors = members().filter(|item| item.kind == Kind::Constructor);
    let statements = constructors.flat_map(|constructor| words::items(texts.body(constructor)));
    let calls = |statement: &[Word<'_>]| statement.get(1).is_some_and(|word| word.text == ".");
    let begun = statements.filter(|statement| !calls(statement)).filter_map(<[_]>::first);
    begun.filter(|word| kept.contains(word.text)).map(|word| word.text.to_owned()).collect()
}

/// The members of an enum, by its name with that of the contract it is in.
fn members(texts: &Texts<'_>, item: &Item<'_>) -> (String, Vec<String>) {
    let holder = item.holder.map(|holder| format!("{}.", texts.get(holder).name)).unwrap_or_default();
    let members = texts.body(item).iter().filter(|word| words::is_name(word.text)).map(|word| word.text.to_owned());
    (format!("{holder}{}", item.name), members.collect())
}

/// A function that initializes, and to which version.
struct Initialized<'a> {
    path: &'a str,
    line: usize,
    key: String,
    version: u64,
}

/// The initializers of a contract and of what it inherits, bases first, so that what overrides comes last. `None` if they
/// cannot be told.
fn initializers<'a>(texts: &Texts<'a>, lineage: &[usize], abi: &JsonAbi) -> Option<Vec<Initialized<'a>>> {
    let mut found = Vec::new();
    for contract in lineage {
        for item in texts.members(*contract).filter(|item| item.kind == Kind::Function) {
            let Some(version) = version(texts.head(item)) else { continue };
            let version = Number { texts, terms: TERMS }.sum(item, &version)?;
            let key = key(texts.head(item), item.name, abi)?;
            found.push(Initialized { path: texts.path(item), line: item.line, key, version });
        }
    }
    Some(found)
}

/// The version that one of the modifiers of OpenZeppelin gives a function, by what stands before its braces; nothing at all
/// if it says so strangely.
fn version<'a>(head: &[Word<'a>]) -> Option<Vec<Word<'a>>> {
    words::outside(head).find_map(|at| match head[at].text {
        "initializer" => Some(vec![Word { text: "1", ..head[at] }]),
        "reinitializer" => {
            Some(words::within(&head[at + 1..]).map(|(version, _)| version.to_vec()).unwrap_or_default())
        }
        _ => None,
    })
}

/// What a function is known by: its name, or its signature if others have the name. `None` if it may be one of several.
fn key(head: &[Word<'_>], name: &str, abi: &JsonAbi) -> Option<String> {
    let overloads = abi.function(name).map(Vec::as_slice).unwrap_or_default();
    if overloads.len() <= 1 {
        return Some(name.to_owned());
    }
    let (inner, _) = words::within(head.get(2..)?)?;
    let types: Vec<String> = words::parts(inner, ",").into_iter().filter_map(type_of).collect();
    let is_it = |function: &&Function| {
        let said = function.inputs.iter().map(plain_type);
        function.inputs.len() == types.len() && said.zip(&types).all(|(said, own)| said == *own)
    };
    let mut fitting = overloads.iter().filter(is_it);
    fitting.next().filter(|_| fitting.next().is_none()).map(Function::signature)
}

/// The type of a parameter: the last name of a path, and what makes it an array.
fn type_of(parameter: &[Word<'_>]) -> Option<String> {
    let path = words::path(parameter);
    let name = match *path.last()? {
        "uint" => "uint256",
        "int" => "int256",
        other => other,
    };
    let rest = &parameter[path.len() * 2 - 1..];
    let arrays = rest.iter().take_while(|word| ["[", "]"].contains(&word.text) || number(word.text).is_some());
    Some(format!("{name}{}", arrays.map(|word| word.text).collect::<String>()))
}

/// The same as an ABI has it: `struct A.B[]` is `B[]`.
fn plain_type(parameter: &Param) -> String {
    let whole = parameter.internal_type().map_or_else(|| parameter.ty.clone(), ToString::to_string);
    let name = whole.split_once(' ').filter(|(kind, _)| *kind != "address").map_or(whole.as_str(), |(_, name)| name);
    let name = name.strip_suffix(" payable").unwrap_or(name);
    name.rsplit('.').next().unwrap_or_default().to_owned()
}

fn number(word: &str) -> Option<u64> {
    word.replace('_', "").parse().ok()
}

/// Terms that are looked at for a number. Constants that a compiler took never refer to themselves; a text can claim so.
const TERMS: u32 = 64;

/// Finds what an expression is, if it is a number, a constant, or the sum of such, whatever it is converted to.
struct Number<'s, 'a> {
    texts: &'s Texts<'a>,
    terms: u32,
}

impl<'a> Number<'_, 'a> {
    /// What an expression that stands in `item` is.
    fn sum(&mut self, item: &Item<'a>, expression: &[Word<'a>]) -> Option<u64> {
        let terms = words::parts(expression, "+");
        terms.into_iter().try_fold(0_u64, |sum, term| sum.checked_add(self.term(item, term)?))
    }

    fn term(&mut self, item: &Item<'a>, term: &[Word<'a>]) -> Option<u64> {
        self.terms = self.terms.checked_sub(1)?;
        if let Some((inner, [])) = words::within(term) {
            return self.sum(item, inner);
        }
        let path = words::path(term);
        match (&path[..], term.get(path.len() * 2 - usize::from(!path.is_empty())..)?) {
            ([only], []) if only.starts_with(|letter: char| letter.is_ascii_digit()) => number(only),
            ([first, rest @ ..], []) => {
                let meaning = self.texts.meaning_in(item, first)?;
                let meaning = rest.iter().try_fold(meaning, |meaning, name| self.texts.within(meaning, name))?;
                self.constant(meaning)
            }
            ([conversion], inner) => {
                let (inner, []) = words::within(inner)? else { return None };
                self.sum(item, inner).filter(|number| fits(*number, conversion))
            }
            _ => None,
        }
    }

    fn constant(&mut self, meaning: Meaning) -> Option<u64> {
        let texts = self.texts;
        let Meaning::Item(item) = meaning else { return None };
        let item = texts.get(item);
        let head = texts.head(item);
        let equal = words::outside(head).find(|at| head[*at].text == "=")?;
        let is_constant = item.kind == Kind::Variable && head[..equal].iter().any(|word| word.text == "constant");
        let end = head.iter().rposition(|word| word.text == ";").unwrap_or(head.len());
        is_constant.then(|| self.sum(item, head.get(equal + 1..end)?))?
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
        of_texts(&[("a.sol", text)], &[])
    }

    /// What `C` of the first of some sources tells, where functions are those of `signatures`.
    fn of_texts(texts: &[(&str, &str)], signatures: &[&str]) -> Told {
        let own = texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let sources = SourceTexts { texts: own.collect(), remappings: Vec::new() };
        let abi = JsonAbi::parse(signatures.iter().copied()).unwrap();
        Told::of_sources(&sources, Target { name: "C", path: texts[0].0, abi: &abi })
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
        let library = "library L { uint64 constant V = 6; uint64 constant SAME = 7; } uint64 constant OTHER = 5;";
        let version = |version: &str| {
            let own = format!(
                "uint64 constant TOP = 0x4; uint64 constant FREE = 4;
                 import {{ L as M, OTHER as FREE_TOO }} from './l.sol'; import './l.sol' as lib;
                 contract B {{ uint8 internal constant V = 2; uint8 constant AGAIN = uint8(V + 1); uint8 constant LOOP = LOOP; }}
                 contract X {{ uint8 constant STRANGE = 2; uint64 constant SAME = 8; }}
                 contract C is B {{ uint64 W = 9; uint64 OTHER = 1;
                   function f() external reinitializer({version}) {{}} }}"
            );
            let found = of_texts(&[("a.sol", &own), ("l.sol", library)], &[]).initializers?;
            Some(found["f"])
        };
        for (text, expected) in [
            ("1_0", 10),
            ("(2)", 2),
            ("V", 2),
            ("B.V + 1", 3),
            ("FREE", 4),
            ("FREE_TOO", 5),
            ("M.V", 6),
            ("lib.L.SAME", 7),
            ("lib.OTHER", 5),
            ("X.SAME", 8),
            ("uint64(AGAIN)+(1 + uint(1))", 5),
        ] {
            assert_eq!(version(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "W",
            "TOP",
            "LOOP",
            "STRANGE",
            "SAME",
            "OTHER",
            "L.V",
            "X.V",
            "C.W",
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
    fn what_constructors_set_is_told() {
        let text = "contract B { uint public total; address immutable WHO; constructor(address who) { WHO = who; total += 1; } }
            contract C is B { mapping(address => uint) internal kept; I token; address owner; uint constant ONE = 1;
                constructor() B(msg.sender) { kept[msg.sender] = ONE; token.approve(owner, 1); uint owner2 = 3; } }";
        let sources = SourceTexts { texts: [("a.sol".to_owned(), text.to_owned())].into(), remappings: Vec::new() };
        let told = Told::of_sources(&sources, Target { name: "C", path: "a.sol", abi: &JsonAbi::new() });
        assert_eq!(told.constructed.iter().map(String::as_str).collect::<Vec<_>>(), ["kept", "total"]);
    }

    #[test]
    fn of_functions_with_one_name_each_has_its_version() {
        let text = "contract C {
            function start(address payable a, I.S[] calldata b, uint c) external initializer {}
            function start(address a, T b, uint[2] memory c) external reinitializer(2) {}
            function start(address a) external {}
            function again(T b) external reinitializer(3) {}
        }";
        let overloads = [
            "function start(address payable a, I.S[] calldata b, uint256 c)",
            "function start(address a, T b, uint256[2] memory c)",
            "function start(address a)",
            "function again(T b)",
        ];
        let mut abi: Vec<Function> = Vec::new();
        let types = [
            vec!["address payable", "struct I.S[]", "uint256"],
            vec!["address", "T", "uint256[2]"],
            vec!["address"],
            vec!["T"],
        ];
        for (signature, types) in overloads.iter().zip(types) {
            let mut inputs: Vec<Param> = Vec::new();
            for it in types {
                let ty = match it {
                    "struct I.S[]" => "uint8[]",
                    "T" => "bytes32",
                    other => other.trim_end_matches(" payable"),
                };
                let whole = serde_json::json!({ "name": "x", "type": ty, "internalType": it });
                inputs.push(serde_json::from_value(whole).unwrap());
            }
            let name = signature.strip_prefix("function ").unwrap().split('(').next().unwrap();
            abi.push(Function {
                name: name.to_owned(),
                inputs,
                outputs: Vec::new(),
                state_mutability: alloy_json_abi::StateMutability::NonPayable,
            });
        }
        let mut whole = JsonAbi::default();
        for function in abi {
            whole.functions.entry(function.name.clone()).or_default().push(function);
        }
        let sources =
            |text: &str| SourceTexts { texts: [("a.sol".to_owned(), text.to_owned())].into(), remappings: Vec::new() };
        let told = |text: &str| Told::of_sources(&sources(text), Target { name: "C", path: "a.sol", abi: &whole });
        let expected = [("again", 3), ("start(address,bytes32,uint256[2])", 2), ("start(address,uint8[],uint256)", 1)];
        let found = told(text).initializers.unwrap();
        assert_eq!(found.iter().map(|(key, version)| (key.as_str(), *version)).collect::<Vec<_>>(), expected);
        assert_eq!(told(&text.replace("uint[2]", "uint[N]")).initializers, None, "which it is cannot be told");
    }

    #[test]
    fn what_is_inherited_is_overridden_by_name() {
        let text = "
            contract A { function a() external virtual initializer {} function b() external virtual initializer {} }
            contract B is A { function a() external virtual override reinitializer(2) {} }
            contract D is A {}
            contract C layout at 5 is B(f(1, 2)), D { function c() external reinitializer(3) {} }
            interface I { function d() external; }
        ";
        assert_eq!(initializers(text).unwrap(), "a:2 b:1 c:3");
        assert_eq!(initializers("contract C {}").unwrap(), "");
        assert_eq!(initializers("contract C is E {}"), None);
        assert_eq!(initializers("contract D is A {}"), None);
    }

    #[test]
    fn a_base_is_the_one_that_is_imported() {
        let initializing = "contract A { function a() external initializer {} } contract B is A {}";
        let plain = "interface I {} contract B is I {}";
        let renaming = "import { A as D } from './c.sol'; import { B as E } from './b.sol';";
        let count = |own: &str| {
            let texts = [("a.sol", own), ("b.sol", plain), ("c.sol", initializing), ("d.sol", renaming)];
            of_texts(&texts, &[]).initializers.map(|all| all.len())
        };
        for (own, expected) in [
            ("import './b.sol'; contract C is B {}", Some(0)),
            ("import './c.sol'; contract C is B {}", Some(1)),
            ("contract C is B {}", None),
            ("import { A as B } from './c.sol'; contract C is B {}", Some(1)),
            ("import { I as B } from './b.sol'; contract C is B {}", Some(0)),
            ("import { D as A } from './d.sol'; contract C is A {}", Some(1)),
            ("import './d.sol'; contract C is E {}", Some(0)),
            ("import * as x from './d.sol'; contract C is x.D {}", Some(1)),
            ("import './d.sol' as x; contract C is x.A {}", None),
            ("import { B } from './nowhere.sol'; contract C is B {}", None),
            ("contract C is C { function c() external initializer {} }", Some(1)),
        ] {
            assert_eq!(count(own), expected, "{own}");
        }
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
