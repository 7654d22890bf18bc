//! Which functions changed, by what their syntax trees say: each with all that it reaches, and nothing that it does not.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    process::{Command, Stdio},
};

use alloy_json_abi::JsonAbi;
use alloy_primitives::B256;
use serde_json::{Value, json};
use slashproof::artifact::{Declarations, SourceTexts, StorageLayout, Target, Told};

use crate::support::{root, stderr};

/// What is compiled, but for one place at a time.
const SOURCE: &str = "
pragma solidity 0.8.30;
uint256 constant FREE = 7;
type Sum is uint256;
using { plus as + } for Sum global;
function plus(Sum a, Sum b) pure returns (Sum) { return Sum.wrap(Sum.unwrap(a) + Sum.unwrap(b) + 0); }
library L {
    function half(uint256 number) internal pure returns (uint256) { return _shift(number); }
    function _shift(uint256 number) private pure returns (uint256) { return number >> 1; }
    function never(uint256 number) internal pure returns (uint256) { return number; }
}
interface IOther { function told(uint256 number) external; function untold() external; }
contract Other { function told(uint256 number) external { kept = number; } uint256 kept; }
contract Made { uint256 internal made = 1; function it() external view returns (uint256) { return made; } }
abstract contract Base {
    error Wrong(uint256 number);
    uint256 internal immutable SCALE;
    constructor(uint256 scale) { SCALE = scale * 2; }
    modifier checked(uint256 number) { if (number > 10) revert Wrong(number); _; }
    function price(uint256 number) public view virtual returns (uint256) { return number * SCALE; }
    function _rate() internal view virtual returns (uint256) { return 3; }
    function rated() external view returns (uint256) { return _rate(); }
}
interface IShown { error Hidden(); }
/// A contract.
contract C is Base, IShown {
    using L for uint256;
    enum State { Off, On }
    struct Kept { uint256 number; State state; }
    uint256 internal constant LIMIT = 5;
    mapping(address => Kept) internal kept;
    uint256 public total = 1;
    constructor() Base(1) {}
    /// Keeps a number.
    function keep(uint256 number) external checked(number) { uint256 rest = number.half(); kept[msg.sender].number = rest; }
    function turn() external { kept[msg.sender].state = State.On; }
    function price(uint256 number) public view override returns (uint256) { return number * LIMIT; }
    function above(uint256 number) external view returns (uint256) { return super.price(number); }
    function _rate() internal view override returns (uint256) { return 4; }
    function limit() external pure returns (uint256 found) { assembly { found := LIMIT } }
    function free() external pure returns (uint256) { return FREE; }
    function sum(Sum a, Sum b) external pure returns (Sum) { return a + b; }
    function tell(Other other, IOther another) external { other.told(1); another.told(2); }
    function make() external returns (address) { return address(new Made()); }
    function say() external pure returns (string memory) { return 'yes'; }
    function pair(uint256 number) external pure returns (uint256) { (, uint256 second) = (number, 1); return second; }
    function pair(uint256 number, uint256 other) external pure returns (uint256) { return number + other; }
    receive() external payable {}
}
";

/// What is changed into what, and the functions that are others by it.
const CHANGES: &[(&str, &str, &str)] = &[
    ("/// A contract.", "/// Another\n/// @dev comment.", ""),
    ("/// Keeps a number.", "// Keeps it\n\n", ""),
    (
        "uint256 rest = number.half(); kept[msg.sender].number = rest;",
        "uint256 most = number.half();\n kept[msg.sender].number = most;",
        "",
    ),
    (
        "pair(uint256 number, uint256 other) external pure returns (uint256) { return number + other; }",
        "pair(uint256 one, uint256 two) external pure returns (uint256) { return one + two; }",
        "",
    ),
    ("return number; }\n}", "return number + 1; }\n}", ""),
    ("function untold() external;", "function untold() external; function later() external;", ""),
    ("error Hidden();", "function total() external view returns (uint256 shown);", ""),
    ("{ kept = number; }", "{ kept = number + 1; }", ""),
    ("return 3;", "return 33;", ""),
    ("number >> 1", "number >> 2", "keep"),
    ("number > 10", "number > 11", "keep"),
    ("revert Wrong(number)", "revert('wrong')", "keep"),
    ("number * SCALE", "SCALE * number", "above"),
    ("scale * 2", "scale * 3", "above"),
    ("return 4;", "return 5;", "rated"),
    ("LIMIT = 5", "LIMIT = 6", "limit price"),
    ("Off, On", "On, Off", "keep turn"),
    ("FREE = 7", "FREE = 8", "free"),
    ("Sum.unwrap(b) + 0", "Sum.unwrap(b) + 1", "sum"),
    ("another.told(2)", "another.told(3)", "tell"),
    ("internal made = 1", "internal made = 2", "make"),
    ("'yes'", "'no'", "say"),
    ("(, uint256 second) = (number, 1)", "(uint256 second, ) = (number, 1)", "pair"),
    ("return number + other", "return other + number", "pair"),
    ("uint256 public total = 1", "uint256 public total = 2", "total"),
];

/// What the compiler says of some sources.
fn output(sources: impl Iterator<Item = (String, String)>) -> Value {
    let named = sources.map(|(path, text)| (path, json!({ "content": text })));
    let asked = json!({ "*": { "": ["ast"] } });
    let input = json!({
        "language": "Solidity",
        "sources": named.collect::<serde_json::Map<_, _>>(),
        "settings": { "outputSelection": asked },
    });
    let mut solc = Command::new(root().join("contracts/scripts/solc"));
    let mut solc =
        solc.arg("--standard-json").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("solc starts");
    solc.stdin.take().expect("a pipe").write_all(input.to_string().as_bytes()).expect("it is read");
    let output = solc.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What stands for each function of `C` of some sources, all compiled at once.
fn compiled(sources: &[String]) -> Vec<BTreeMap<String, B256>> {
    let output = output(sources.iter().enumerate().map(|(at, text)| (format!("{at}.sol"), text.clone())));
    let read = |at: usize| {
        let path = format!("{at}.sol");
        let tree = output["sources"][&path]["ast"].clone();
        assert!(tree.is_object(), "{:#}\n{}", output["errors"], sources[at]);
        let target = Target { name: "C", path: &path, abi: &JsonAbi::new() };
        let read = Declarations::of_trees([tree], &BTreeMap::new(), target, &mut StorageLayout::default());
        read.expect("a readable tree").expect("a whole tree").functions
    };
    (0..sources.len()).map(read).collect()
}

#[test]
fn a_function_is_another_if_it_or_what_it_reaches_is() {
    let mut sources = vec![SOURCE.to_owned()];
    for (from, to, _) in CHANGES {
        assert_eq!(SOURCE.matches(from).count(), 1, "{from}");
        sources.push(SOURCE.replace(from, to));
    }
    let mut prints = compiled(&sources);
    let own = prints.remove(0);
    let names: Vec<&str> = own.keys().map(String::as_str).collect();
    let all =
        ["above", "free", "keep", "limit", "make", "pair", "price", "rated", "say", "sum", "tell", "total", "turn"];
    assert_eq!(names, all);
    for ((from, to, expected), changed) in CHANGES.iter().zip(prints) {
        let others = names.iter().filter(|name| own.get(**name) != changed.get(**name)).copied();
        let expected: BTreeSet<&str> = expected.split_whitespace().collect();
        assert_eq!(others.collect::<BTreeSet<_>>(), expected, "{from} to {to}");
    }
}

#[test]
fn nothing_depends_on_where_it_stands() {
    let moved = format!("\n\ncontract Unknown {{ function f() external {{}} }}{SOURCE}");
    let [own, moved] = &compiled(&[SOURCE.to_owned(), moved])[..] else { panic!("two") };
    assert_eq!(own, moved);
}

/// Who changes one file and builds again has its tree from another compilation than those of the others.
#[test]
fn trees_of_two_compilations_are_of_no_use() {
    let base = "pragma solidity 0.8.30; contract Base { uint256 kept; function f() external { kept = 1; } }";
    let own = "pragma solidity 0.8.30; import './b.sol'; contract C is Base { function g() external { kept = 2; } }";
    let both = |base: &str| {
        output([("b.sol", base), ("c.sol", own)].map(|(path, text)| (path.into(), text.into())).into_iter())
    };
    let tree = |output: &Value, path: &str| output["sources"][path]["ast"].clone();
    let read = |trees: [Value; 2]| {
        let target = Target { name: "C", path: "c.sol", abi: &JsonAbi::new() };
        Declarations::of_trees(trees, &BTreeMap::new(), target, &mut StorageLayout::default()).unwrap()
    };
    let once = both(base);
    let declared = read([tree(&once, "b.sol"), tree(&once, "c.sol")]).expect("one compilation");
    assert_eq!(declared.functions.keys().collect::<Vec<_>>(), ["f", "g"]);
    let again = both(&base.replace("uint256 kept;", "uint256 kept; uint256 other; uint256 third;"));
    assert!(read([tree(&once, "b.sol"), tree(&again, "c.sol")]).is_none());
    assert!(read([tree(&again, "b.sol"), tree(&once, "c.sol")]).is_none());
}

/// What stands for each function of `C` by the words of its source.
fn told(text: &str) -> BTreeMap<String, B256> {
    let sources = SourceTexts { texts: [("a.sol".to_owned(), text.to_owned())].into(), remappings: Vec::new() };
    Told::of_sources(&sources, Target { name: "C", path: "a.sol", abi: &JsonAbi::new() }).functions
}

/// What is changed in names of local variables alone.
const NAMES: &[&str] = &["uint256 rest", "pair(uint256 number, uint256 other)"];

/// Words tell what trees do, but for names of local variables, and operators, which are no words.
#[test]
fn without_trees_words_tell() {
    let own = told(SOURCE);
    for (from, to, expected) in CHANGES.iter().filter(|(from, ..)| !NAMES.iter().any(|name| from.starts_with(name))) {
        let changed = told(&SOURCE.replace(from, to));
        let others = own.keys().filter(|name| own.get(*name) != changed.get(*name)).map(String::as_str);
        let others: BTreeSet<&str> =
            others.filter(|name| !["kept", "LIMIT", "SCALE", "_rate"].contains(name)).collect();
        let expected: BTreeSet<&str> = expected.split_whitespace().filter(|name| *name != "sum").collect();
        assert_eq!(others, expected, "{from} to {to}");
    }
    let moved = format!("/* a comment */ contract Unknown {{ function price() external {{}} }}{SOURCE}");
    assert_eq!(own, told(&moved));
    assert_ne!(own["keep"], told(&SOURCE.replace("uint256 rest", "uint256 most"))["keep"]);
}
