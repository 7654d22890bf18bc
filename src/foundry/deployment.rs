//! Where a finding begins, as Solidity: the same transactions, by the same senders, to the same addresses. What lives on a
//! chain already is not deployed but read from a node.

use std::{collections::BTreeMap, fmt::Write};

use alloy_primitives::{Address, hex};

use super::solidity::{comment, indented, string};
use crate::{
    artifact::Artifact,
    call::{SECONDS_PER_BLOCK, Transaction},
    decode::Decoder,
    evm::{Block, Origin},
    executor::FIRST_BLOCK,
    protocol::{Protocol, Setup},
};

/// Steps of one function: a compiler has trouble with long ones.
const STEPS: usize = 16;

/// The variable that names the node, which is that of `run --fork-url`: a URL may have a key in it, and is not written down.
pub(super) const NODE: &str = "SLASHPROOF_FORK_URL";

const HELPERS: &str = "
/// Creates a contract, where it was when the finding was made.
function create(address from, bytes memory code, address where) {
    vm.prank(from, from);
    address created;
    assembly {
        created := create(0, add(code, 32), mload(code))
    }
    require(created == where, \"the deployment is another\");
}

/// Sends a transaction that must succeed, or fail as it was told to.
function send(address to, uint256 value, bytes memory data) {
    (bool done, bytes memory answer) = to.call{value: value}(data);
    if (!done) {
        assembly {
            revert(add(answer, 32), mload(answer))
        }
    }
}

/// Asks a view.
function ask(address contract_, bytes memory question) view returns (bytes memory answer) {
    bool done;
    (done, answer) = contract_.staticcall(question);
    require(done, \"a view does not answer\");
}
";

/// A deployment to be written.
pub(super) struct Deployment<'a> {
    protocol: &'a dyn Protocol,
    decoder: Decoder<'a>,
    /// By function: bytecode that is in the file.
    codes: BTreeMap<String, String>,
}

impl<'a> Deployment<'a> {
    pub fn of(protocol: &'a dyn Protocol) -> Self {
        let decoder = Decoder::new(protocol.book(), protocol.artifacts());
        Self { protocol, decoder, codes: BTreeMap::new() }
    }

    /// `begin()` and all that it needs, as functions of the file.
    pub fn text(mut self) -> String {
        let protocol = self.protocol;
        let first = protocol.origin().map_or(FIRST_BLOCK, |origin| origin.block);
        let steps = self.steps(first);
        let parts: Vec<&[String]> = steps.chunks(STEPS).collect();
        let mut text = beginning(protocol.origin(), first);
        text += &indented("    ", (0..parts.len()).map(|part| format!("begin{part}();")));
        text += "}\n";
        for (part, steps) in parts.iter().enumerate() {
            let _ = writeln!(text, "\nfunction begin{part}() {{");
            text += &indented("    ", steps.iter());
            text += "}\n";
        }
        text += HELPERS;
        for (name, digits) in &self.codes {
            let _ =
                writeln!(text, "\nfunction {name}() pure returns (bytes memory) {{\n    return hex\"{digits}\";\n}}");
        }
        text
    }

    /// What is done before the first call, from `block` on.
    fn steps(&mut self, mut block: Block) -> Vec<String> {
        let mut steps = Vec::new();
        for step in self.protocol.script() {
            let line = match step {
                Setup::Create { from, init_code, address } => self.creation(*from, init_code, *address),
                Setup::Send(transaction) => self.sending(transaction),
                Setup::Fund { account, wei } => format!("vm.deal({}, {wei});", account.to_checksum(None)),
                Setup::Pass { blocks } => {
                    block.number += blocks;
                    block.timestamp += blocks * SECONDS_PER_BLOCK;
                    moved(block)
                }
            };
            steps.push(line);
        }
        steps
    }

    fn creation(&mut self, from: Address, init_code: &[u8], address: Address) -> String {
        let artifacts = self.protocol.artifacts().iter().map(|(_, artifact)| artifact);
        let fits = |artifact: &&Artifact| artifact.links.is_empty() && init_code.starts_with(&artifact.creation);
        let built = artifacts.filter(fits).max_by_key(|artifact| artifact.creation.len());
        let (code, arguments) = match built {
            Some(artifact) => (self.code(artifact), &init_code[artifact.creation.len()..]),
            None => (format!("hex\"{}\"", hex::encode(init_code)), &[][..]),
        };
        let code = if arguments.is_empty() {
            code
        } else {
            format!("bytes.concat({code}, hex\"{}\")", hex::encode(arguments))
        };
        let name = comment(&self.protocol.book().name(address));
        format!("create({}, {code}, {}); // {name}", from.to_checksum(None), address.to_checksum(None))
    }

    /// The creation code of a contract: forge's, if forge built it. What the auditor wrote may be of another project.
    fn code(&mut self, artifact: &Artifact) -> String {
        let is_own = self.protocol.artifacts().own.iter().any(|(name, _)| *name == artifact.name);
        if let Some(target) = artifact.target.as_ref().filter(|_| !is_own) {
            return format!("vm.getCode({})", string(target));
        }
        let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
        let name = format!("codeOf{}", artifact.name.chars().map(plain).collect::<String>());
        self.codes.entry(name.clone()).or_insert_with(|| hex::encode(&artifact.creation));
        format!("{name}()")
    }

    fn sending(&self, Transaction { from, to, data, value }: &Transaction) -> String {
        let (told, sender) = (self.decoder.call(*to, data), self.decoder.name(*from));
        let from = from.to_checksum(None);
        format!(
            "// {}: {}\n    vm.prank({from}, {from});\n    send({}, {value}, hex\"{}\");",
            comment(&sender),
            comment(&told),
            to.to_checksum(None),
            hex::encode(data)
        )
    }
}

/// Moves to a block.
fn moved(Block { number, timestamp }: Block) -> String {
    format!("vm.roll({number});\n    vm.warp({timestamp});")
}

/// The head of `begin()`.
fn beginning(origin: Option<&Origin>, first: Block) -> String {
    let (what, fork) = match origin {
        None => ("Deploys everything, and brings everybody in.".to_owned(), String::new()),
        Some(origin) => (
            format!("Begins with chain {} as it was at the end of block {}.", origin.chain_id, first.number),
            format!("    vm.createSelectFork(vm.envString(\"{NODE}\"), {});\n", first.number),
        ),
    };
    format!("\n/// {what}\nfunction begin() {{\n{fork}    {}\n", moved(first))
}
