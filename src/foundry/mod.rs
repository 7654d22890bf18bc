//! A finding as a Foundry test: one file that needs nothing else, and fails for as long as the violation shows.
//!
//! Contracts that forge built are asked of forge by name, so that the test is of the project as it stands: who mends the
//! bug sees it pass. All others are in the file as bytecode. What lives on a chain is read from a node.

mod deployment;
mod solidity;
mod verdict;

use std::fmt::Write;

use alloy_dyn_abi::{DynSolType, DynSolValue, FunctionExt, JsonAbiExt, Specifier};
use alloy_json_abi::Function;
use alloy_primitives::{Bytes, hex};

use crate::{
    book::Book,
    call::{Outcome, Transaction},
    decode::Decoder,
    limits,
    protocol::{Answer, Protocol},
    timeline::{Evidence, Expectation, Part, PlayedCall},
};
use deployment::{Deployment, NODE};
use solidity::{Declared, Looks, comment, indented, string};
use verdict::{EFFECTS, left, way_out};

const CHEATCODES: &str = "\
/// The cheatcodes that are used.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    struct ChainInfo {
        uint256 forkId;
        uint256 chainId;
    }

    struct StorageAccess {
        address account;
        bytes32 slot;
        bool isWrite;
        bytes32 previousValue;
        bytes32 newValue;
        bool reverted;
    }

    /// The fields after these differ between versions of forge, and are not needed.
    struct AccountAccess {
        ChainInfo chainInfo;
        uint8 kind;
        address account;
        address accessor;
        bool initialized;
        uint256 oldBalance;
        uint256 newBalance;
        bytes deployedCode;
        uint256 value;
        bytes data;
        bool reverted;
        StorageAccess[] storageAccesses;
    }

    function createSelectFork(string calldata url, uint256 number) external returns (uint256 fork);
    function deal(address account, uint256 wei_) external;
    function envString(string calldata variable) external view returns (string memory value);
    function expectRevert() external;
    function expectRevert(bytes calldata data) external;
    function getCode(string calldata artifact) external view returns (bytes memory);
    function getRecordedLogs() external returns (Log[] memory logs);
    function label(address account, string calldata name) external;
    function prank(address sender, address origin) external;
    function recordLogs() external;
    function roll(uint256 number) external;
    function startStateDiffRecording() external;
    function stopAndReturnStateDiff() external returns (AccountAccess[] memory accesses);
    function warp(uint256 timestamp) external;
}

Vm constant vm = Vm(address(uint160(uint256(keccak256(\"hevm cheat code\")))));
";

/// What a finding's test is called, from the name of its file: a contract, and with `.t.sol` a file.
pub fn test_name(evidence: &Evidence) -> String {
    evidence.file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The test of a finding.
pub fn test(protocol: &dyn Protocol, evidence: &Evidence) -> String {
    let mut writer = Writer {
        book: protocol.book(),
        decoder: Decoder::new(protocol.book(), protocol.artifacts()),
        declared: Declared::default(),
    };
    let contract = writer.contract(evidence);
    let deployment = Deployment::of(protocol).text();
    let mut text = head(protocol, evidence);
    text += &writer.declared.text();
    text.push('\n');
    text += &contract;
    text += &deployment;
    text
}

fn head(protocol: &dyn Protocol, evidence: &Evidence) -> String {
    let finding = &evidence.finding;
    let (tool, name) = (env!("CARGO_PKG_VERSION"), test_name(evidence));
    let node = protocol.origin().map_or_else(String::new, |origin| {
        format!(
            "// It begins with the state of chain {} at block {}, which it reads from a node that has it: {NODE} is its URL.\n\
             // What is tested is the code that was there.\n",
            origin.chain_id, origin.block.number
        )
    });
    format!(
        "// SPDX-License-Identifier: UNLICENSED\n// A finding of slashproof {tool} as a test, which fails for as long as the \
         violation shows.\n// Put it into the folder of tests of the project, then: forge test --match-path '*{}.t.sol'\n{node}//\n\
         // {}: {}\n// Seen: {}\npragma solidity ^0.8.20;\n\n{CHEATCODES}\n",
        comment(&name),
        comment(&finding.invariant),
        comment(&finding.statement),
        comment(&finding.sentence),
    )
}

struct Writer<'a> {
    book: &'a Book,
    decoder: Decoder<'a>,
    declared: Declared,
}

/// A call that is understood: the contract, the function, and what it is given.
struct Understood<'a> {
    contract: String,
    function: &'a Function,
    values: Vec<DynSolValue>,
}

impl<'a> Writer<'a> {
    fn contract(&mut self, evidence: &Evidence) -> String {
        let timeline = &evidence.timeline;
        let last = timeline.violated_at.unwrap_or(timeline.calls.len().saturating_sub(1));
        let played = &timeline.calls[..timeline.calls.len().min(last + 1)];
        let (mut functions, mut order) = (String::new(), Vec::new());
        let mut block = timeline.begins;
        let way_out = way_out(timeline, played);
        for (index, call) in played.iter().enumerate() {
            let name = format!("call{}()", index + 1);
            let _ = writeln!(functions, "\n    // {}", told(call, block));
            block = call.block;
            let is_last = timeline.violated_at == Some(index);
            let expectation = timeline.expectation.as_ref().filter(|_| is_last);
            let (returns, body) = if index >= way_out {
                (" returns (bool seen)", self.seen_to_end(call, expectation))
            } else {
                order.push(format!("{name};"));
                ("", if is_last { self.violating(call, expectation) } else { self.recorded(call) })
            };
            let _ = writeln!(functions, "    function {name} internal{returns} {{");
            functions += &indented("        ", body.iter());
            functions += "    }\n";
        }
        order.extend(left(way_out..played.len()));
        if timeline.violated_at.is_none() {
            order.push("revert(\"played once more, these calls did not show the violation\");".to_owned());
        }
        let order = indented("        ", order);
        let seen = timeline.expectation.as_ref().and_then(Expectation::seen);
        let effects = seen.and_then(|seen| seen.effects.as_ref()).map_or("", |_| EFFECTS);
        let finding = &evidence.finding;
        let name: String = test_name(evidence).replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
        let test: String = finding.invariant.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
        let reason = string(&format!("{}: {}", finding.invariant, finding.sentence));
        let labels = indented("        ", self.declared.names().map(|name| format!("vm.label({name}, \"{name}\");")));
        format!(
            "contract Finding_{name} {{\n    string constant REASON =\n        {reason};\n\n    function setUp() public {{\n        \
             begin();\n{labels}    }}\n\n    function test_{test}() public {{\n{order}    }}\n{functions}{HELPERS}{effects}}}\n"
        )
    }

    /// A call that must end as it was recorded.
    fn recorded(&mut self, call: &PlayedCall) -> Vec<String> {
        let Some(sent) = &call.sent else { return vec!["// nothing is sent".to_owned()] };
        let (mut lines, expression) = self.prepared(call, sent);
        match &call.outcome {
            Outcome::Returned(_) => {}
            Outcome::Reverted(data) => {
                lines.push(format!(
                    "vm.expectRevert(bytes(hex\"{}\")); // {}",
                    hex::encode(data),
                    comment(&self.decoder.error(data))
                ));
            }
            Outcome::Halted(reason) => lines.push(format!("vm.expectRevert(); // it halts: {}", comment(reason))),
        }
        lines.push(format!("{expression};"));
        lines
    }

    fn time_and_sender(&mut self, call: &PlayedCall, sent: &Transaction) -> Vec<String> {
        let from = self.declared.address(self.book, sent.from);
        vec![format!("at({}, {});", call.block, call.timestamp), format!("vm.prank({from}, {from});")]
    }

    /// What goes before a call, and the call.
    fn prepared(&mut self, call: &PlayedCall, sent: &Transaction) -> (Vec<String>, String) {
        let (mut lines, expression) = self.expression(sent, &call.outcome);
        lines.extend(self.time_and_sender(call, sent));
        (lines, expression)
    }

    fn expression(&mut self, sent: &Transaction, outcome: &Outcome) -> (Vec<String>, String) {
        let Some(Understood { contract, function, values }) = self.understood(sent) else {
            let to = self.declared.address(self.book, sent.to);
            let value = if sent.value.is_zero() { "0".to_owned() } else { sent.value.to_string() };
            return (Vec::new(), format!("send({to}, {value}, hex\"{}\")", hex::encode(&sent.data)));
        };
        let interface = self.declared.interface(&contract, function, Looks::Changes);
        let (lines, given) = self.declared.arguments(self.book, &function.inputs, &values);
        let to = self.declared.address(self.book, sent.to);
        let options = options(sent, outcome);
        (lines, format!("{interface}({to}).{}{options}({})", function.name, given.join(", ")))
    }

    /// The call by its bytes.
    fn raw(&mut self, sent: &Transaction, outcome: &Outcome) -> String {
        let to = self.declared.address(self.book, sent.to);
        format!("{to}.call{}(hex\"{}\")", options(sent, outcome), hex::encode(&sent.data))
    }

    /// What a transaction says, if saying it again gives the same bytes.
    fn understood(&self, sent: &Transaction) -> Option<Understood<'a>> {
        let contract = self.book.get(sent.to)?.contract.clone()?;
        let function = self.decoder.function(sent.to, &sent.data)?;
        let values = function.abi_decode_input(&sent.data[4..]).ok()?;
        let same = function.abi_encode_input(&values).ok()?[..] == sent.data[..];
        same.then_some(Understood { contract, function, values })
    }

    /// A question and its answer as two expressions that can be compared.
    fn comparison(&mut self, answer: &Answer) -> (String, String) {
        let expected = answer.expected.clone().unwrap_or_default();
        let asked = Transaction {
            from: alloy_primitives::Address::ZERO,
            to: answer.contract,
            data: answer.data.clone(),
            value: alloy_primitives::U256::ZERO,
        };
        if let Some((question, answered)) = self.typed(&asked, &expected) {
            return (question, answered);
        }
        let to = self.declared.address(self.book, answer.contract);
        let question = format!("keccak256(ask({to}, hex\"{}\"))", hex::encode(&answer.data));
        (question, format!("keccak256(hex\"{}\")", hex::encode(&expected)))
    }

    /// The same for a function that returns one plain value.
    fn typed(&mut self, asked: &Transaction, expected: &Bytes) -> Option<(String, String)> {
        let book = self.book;
        let contract = book.get(asked.to)?.contract.clone()?;
        let function = self.decoder.function(asked.to, &asked.data)?;
        let [output] = function.outputs.as_slice() else { return None };
        let plain = matches!(
            output.resolve().ok()?,
            DynSolType::Uint(_)
                | DynSolType::Int(_)
                | DynSolType::Bool
                | DynSolType::Address
                | DynSolType::FixedBytes(_)
        );
        let elementary = |input: &alloy_json_abi::Param| input.components.is_empty() && !input.ty.ends_with(']');
        if !plain || !function.inputs.iter().all(elementary) {
            return None;
        }
        let values = function.abi_decode_input(&asked.data[4..]).ok()?;
        let [value] = function.abi_decode_output(expected).ok()?.try_into().ok()?;
        let interface = self.declared.interface(&contract, function, Looks::Only);
        let (_, given) = self.declared.arguments(book, &function.inputs, &values);
        let to = self.declared.address(book, asked.to);
        let answered = self.declared.leaf(book, &value);
        Some((format!("{interface}({to}).{}({})", function.name, given.join(", ")), answered))
    }

    fn words(&self, asked: &Answer, seen: &Bytes) -> String {
        let question = self.decoder.call(asked.contract, &asked.data);
        comment(&format!("{question} is {}", self.decoder.output(asked.contract, &asked.data, seen)))
    }
}

/// Who asked for what, and when.
fn told(call: &PlayedCall, before: u64) -> String {
    let when = if call.block == before { String::new() } else { format!(", {} blocks later", call.block - before) };
    let exit = if call.part == Part::Exit { ", while everybody leaves" } else { "" };
    format!("{}{when}: {}{exit}", comment(&call.told.actor), comment(&call.told.text))
}

/// What a call is given besides its data. One that runs out of gas had so much.
fn options(sent: &Transaction, outcome: &Outcome) -> String {
    let mut options = Vec::new();
    options.extend((!sent.value.is_zero()).then(|| format!("value: {}", sent.value)));
    options.extend(matches!(outcome, Outcome::Halted(_)).then(|| format!("gas: {}", limits::GAS_PER_CALL)));
    if options.is_empty() { String::new() } else { format!("{{{}}}", options.join(", ")) }
}

const HELPERS: &str = "
    function at(uint256 number, uint256 timestamp) internal {
        vm.roll(number);
        vm.warp(timestamp);
    }
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_the_same_way_is_sent_as_bytes() {
        // One byte more than the arguments need is decoded, and lost.
        let protocol = crate::protocol::eigenlayer::EigenLayer::new(crate::artifact::Artifacts::bundled()).unwrap();
        let writer = Writer {
            book: protocol.book(),
            decoder: Decoder::new(protocol.book(), protocol.artifacts()),
            declared: Declared::default(),
        };
        let manager = protocol.book().address("allocationManager").unwrap();
        let function = protocol.artifacts().get("AllocationManager").abi.function("paused").unwrap()[0].clone();
        let mut data = function.abi_encode_input(&[]).unwrap_or_else(|_| function.selector().to_vec());
        let mut sent =
            Transaction { from: manager, to: manager, data: data.clone().into(), value: alloy_primitives::U256::ZERO };
        let plain = writer.understood(&sent).is_some();
        data.push(1);
        sent.data = data.into();
        assert!(writer.understood(&sent).is_none(), "{plain}");
    }
}
