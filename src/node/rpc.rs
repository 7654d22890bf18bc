//! The way to a node: questions with patience, answers that are what was asked for, and sentences for all that goes wrong.

use std::{error::Error, path::Path, thread::sleep, time::Duration};

use alloy_node_bindings::{Anvil, AnvilInstance};
use alloy_primitives::{Address, Bytes};
use alloy_provider::{Provider, ProviderBuilder, RootProvider, transport::RpcError};
use alloy_rpc_client::BatchRequest;
use reqwest::Url;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::BLOCK_GAS;
use crate::{
    call::{Outcome, SECONDS_PER_BLOCK, Transaction},
    evm::{CHAIN_ID, Place},
    executor::FIRST_BLOCK,
    problem::Problem,
};

/// How long a node of ours may take: it mines the whole deployment as one block.
const OWN_PATIENCE: Duration = Duration::from_mins(2);

/// How often somebody else's node is asked before it counts as gone, and the pause after the first time; each is twice
/// the one before.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(250);

/// Places that are asked for at once.
const BATCH: usize = 200;

/// Words of nodes that have a block and no longer its state.
const PRUNED: &[&str] = &[
    "missing trie node",
    "pruned",
    "historical state",
    "state not available",
    "state is not available",
    "distance to target block",
    "header not found",
    "unknown block",
    "block not found",
    "blockoutofrange",
    "block out of range",
    "archive",
];

/// A node and the way to it.
pub(super) struct Rpc {
    runtime: Runtime,
    provider: RootProvider,
    /// How it is called in sentences: without what a URL may have of secrets.
    name: String,
    patience: Duration,
    attempts: u32,
    // Ends the node when it is dropped, if it is ours.
    anvil: Option<AnvilInstance>,
}

/// Why a question has no answer.
enum Silence {
    /// It may have one later.
    Unreachable(Problem),
    /// The node refuses: code, message, data.
    Refused(i64, String, Bytes),
    /// It will not have one.
    Final(Problem),
}

impl Rpc {
    /// Starts a node of our own.
    pub fn start(program: &Path) -> Result<Self, Problem> {
        let anvil = Anvil::at(program)
            .prague()
            .chain_id(CHAIN_ID)
            .auto_impersonate()
            .args(["--no-mining", "--order", "fifo", "--disable-min-priority-fee", "--disable-pool-balance-checks"])
            .args(["--gas-price", "0", "--block-base-fee-per-gas", "0", "--gas-limit", &BLOCK_GAS.to_string()])
            .args(["--number", &(FIRST_BLOCK.number - 1).to_string()])
            .args(["--timestamp", &(FIRST_BLOCK.timestamp - SECONDS_PER_BLOCK).to_string()])
            .try_spawn()
            .map_err(|error| {
                Problem::new(format!("anvil does not start: {error}"))
                    .at(program.display())
                    .hint("does it run from the command line? --anvil names another")
            })?;
        let provider = provider(anvil.endpoint_url())?;
        let name = "the node".to_owned();
        // What changes something is not asked twice.
        Ok(Self { runtime: runtime()?, provider, name, patience: OWN_PATIENCE, attempts: 1, anvil: Some(anvil) })
    }

    /// Takes somebody else's node, which has so long for each answer.
    pub fn connect(url: &str, patience: Duration) -> Result<Self, Problem> {
        let refused = |error: String| {
            Problem::new(format!("the URL of the node cannot be read: {error}"))
                .hint("it looks like http://localhost:8545")
        };
        let parsed: Url = url.parse().map_err(|error| refused(format!("{error}")))?;
        let name = host(&parsed).ok_or_else(|| refused("it begins with neither http:// nor https://".to_owned()))?;
        let provider = provider(parsed)?;
        Ok(Self { runtime: runtime()?, provider, name, patience, attempts: ATTEMPTS, anvil: None })
    }

    /// Where a node of ours listens.
    pub fn url(&self) -> String {
        self.anvil.as_ref().map_or_else(|| self.name.clone(), AnvilInstance::endpoint)
    }

    /// How the node is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks, and asks again if the node is not there.
    pub fn request<T>(&self, method: &'static str, parameters: &Value) -> Result<T, Problem>
    where
        T: DeserializeOwned,
    {
        let answer = self.insist(method, &|| self.ask(method, parameters.clone()))?;
        T::deserialize(&answer).map_err(|_| self.garbage(method, &answer.to_string()))
    }

    /// What a contract returns when it is called at a block, and nothing is sent.
    pub fn view(&self, view: &Transaction, block: u64) -> Result<Outcome, Problem> {
        let Transaction { from, to, data, .. } = view;
        let call = json!([{ "from": from, "to": to, "data": data }, number(block)]);
        let answer = self.insist_or_refused("eth_call", &|| self.ask("eth_call", call.clone()))?;
        match answer {
            Ok(value) => Bytes::deserialize(&value)
                .map(Outcome::Returned)
                .map_err(|_| self.garbage("eth_call", &value.to_string())),
            Err((code, message, data)) => match message.to_lowercase() {
                text if code == 3 || text.contains("revert") => Ok(Outcome::Reverted(data)),
                text if text.contains("out of gas") || text.contains("opcode") => Ok(Outcome::Halted(message)),
                _ => Err(self.refused("eth_call", code, &message)),
            },
        }
    }

    /// What stands at places at the end of a block, in their order, asked for in batches.
    pub fn places(&self, places: &[Place], block: u64) -> Result<Vec<alloy_primitives::U256>, Problem> {
        let mut values = Vec::with_capacity(places.len());
        for some in places.chunks(BATCH) {
            let answers = self.insist("eth_getStorageAt", &|| self.ask_all(some, block))?;
            let answers = answers.as_array().map(Vec::as_slice).unwrap_or_default();
            for answer in answers {
                let word = answer.as_str().and_then(|word| word.parse().ok());
                values.push(word.ok_or_else(|| self.garbage("eth_getStorageAt", &answer.to_string()))?);
            }
        }
        Ok(values)
    }

    /// The answer, however often it takes; a refusal is a problem.
    fn insist(&self, method: &str, ask: &dyn Fn() -> Result<Value, Silence>) -> Result<Value, Problem> {
        self.insist_or_refused(method, ask)?.map_err(|(code, message, _)| self.refused(method, code, &message))
    }

    fn insist_or_refused(
        &self,
        method: &str,
        ask: &dyn Fn() -> Result<Value, Silence>,
    ) -> Result<Result<Value, (i64, String, Bytes)>, Problem> {
        let mut pause = PAUSE;
        for attempt in 1.. {
            match ask() {
                Ok(answer) => return Ok(Ok(answer)),
                Err(Silence::Refused(code, message, data)) => return Ok(Err((code, message, data))),
                Err(Silence::Final(problem)) => return Err(problem),
                Err(Silence::Unreachable(problem)) if attempt == self.attempts => return Err(problem),
                Err(Silence::Unreachable(_)) => sleep(pause),
            }
            pause *= 2;
        }
        unreachable!("{method} is asked a number of times")
    }

    /// Asks once.
    fn ask(&self, method: &'static str, parameters: Value) -> Result<Value, Silence> {
        let request = self.provider.raw_request::<_, Value>(method.into(), parameters);
        let answer = self.runtime.block_on(async { tokio::time::timeout(self.patience, request).await });
        match answer {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(self.silence(method, error)),
            Err(_) => Err(self.late(method)),
        }
    }

    /// Asks for places once, all of them together.
    fn ask_all(&self, places: &[Place], block: u64) -> Result<Value, Silence> {
        let method = "eth_getStorageAt";
        let client = self.provider.client();
        let mut batch = BatchRequest::new(client);
        let mut waiting = Vec::with_capacity(places.len());
        for place in places {
            let added = match place {
                Place::Slot(address, slot) => {
                    batch.add_call::<_, Value>(method, &json!([address, slot, number(block)]))
                }
                Place::Balance(address) => {
                    batch.add_call::<_, Value>("eth_getBalance", &json!([address, number(block)]))
                }
            };
            waiting.push(added.map_err(|error| self.silence(method, error))?);
        }
        let all = async {
            batch.send().await?;
            let mut answers = Vec::with_capacity(waiting.len());
            for answer in waiting {
                answers.push(answer.await?);
            }
            Ok(Value::Array(answers))
        };
        match self.runtime.block_on(async { tokio::time::timeout(self.patience, all).await }) {
            Ok(Ok(answers)) => Ok(answers),
            Ok(Err(error)) => Err(self.silence(method, error)),
            Err(_) => Err(self.late(method)),
        }
    }

    fn silence(&self, method: &str, error: RpcError<alloy_provider::transport::TransportErrorKind>) -> Silence {
        match error {
            RpcError::ErrorResp(refusal) => {
                let data = refusal.as_revert_data().unwrap_or_default();
                Silence::Refused(refusal.code, refusal.message.to_string(), data)
            }
            RpcError::DeserError { text, .. } => Silence::Final(self.garbage(method, &text)),
            RpcError::NullResp => Silence::Final(self.garbage(method, "null")),
            other => Silence::Unreachable(
                Problem::new(format!("{} cannot be asked {method}: {}", self.name, cause(&other)))
                    .hint("is it running, and is the address right?"),
            ),
        }
    }

    fn late(&self, method: &str) -> Silence {
        let seconds = self.patience.as_secs();
        Silence::Unreachable(
            Problem::new(format!("{} does not answer {method} within {seconds} s", self.name))
                .hint("--timeout gives it more"),
        )
    }

    fn refused(&self, method: &str, code: i64, message: &str) -> Problem {
        let message = line(message);
        if PRUNED.iter().any(|word| message.to_lowercase().contains(word)) {
            return Problem::new(format!("{} does not have the state of that block: {message}", self.name))
                .hint("name a newer block, or ask an archive node");
        }
        Problem::new(format!("{} refuses {method} with {code}: {message}", self.name))
    }

    /// It answered, and not what was asked.
    pub fn garbage(&self, method: &str, text: &str) -> Problem {
        let text = line(text);
        Problem::new(format!("{} answers {method} with what is no answer to it: {text}", self.name))
            .hint("is there an Ethereum node at this address?")
    }
}

/// The way to a URL.
fn provider(url: Url) -> Result<RootProvider, Problem> {
    // It is the same for whoever comes first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder();
    // A system that vouches for nobody is no obstacle where nobody asks it.
    let builder = if url.scheme() == "https" { builder } else { builder.tls_certs_only([]) };
    let client = builder.build().map_err(|error| {
        Problem::new(format!("https cannot be spoken here: {}", cause(&error)))
            .hint("does the system have certificates, and does SSL_CERT_FILE, if it is set, name a file of them?")
    })?;
    Ok(ProviderBuilder::default().connect_reqwest(client, url))
}

/// What is at the bottom of an error. What stands above it names the URL, with its keys.
fn cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    line(&cause.to_string())
}

fn runtime() -> Result<Runtime, Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Problem::new(format!("cannot talk to the node: {error}")))
}

/// A block as nodes spell it.
pub(super) fn number(block: u64) -> String {
    format!("{block:#x}")
}

/// Scheme, host and port of a URL. What follows may be a key that nobody wants in a log.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| !host.is_empty() && matches!(url.scheme(), "http" | "https"))?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{host}{port}", url.scheme()))
}

/// Foreign text as a part of a sentence: one line, not too long.
fn line(text: &str) -> String {
    const MOST: usize = 120;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words: String = words.chars().filter(|character| !character.is_control()).collect();
    match words.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}...", &words[..at]),
        None => words,
    }
}

/// Whether there is code at an address, at the end of a block.
pub(super) fn has_code(rpc: &Rpc, address: Address, block: u64) -> Result<bool, Problem> {
    let code: Bytes = rpc.request("eth_getCode", &json!([address, number(block)]))?;
    Ok(!code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_urls_are_not_told() {
        let host = |url: &str| url.parse().ok().and_then(|url| host(&url));
        for (url, told) in [
            ("http://me:secret@node.example:8545/v2/key?x=y", "http://node.example:8545"),
            ("http://localhost:8545", "http://localhost:8545"),
            ("https://node.example/v2/key", "https://node.example"),
            ("HTTPS://node.example\\v2\\key", "https://node.example"),
        ] {
            assert_eq!(host(url).as_deref(), Some(told), "{url}");
        }
        for url in ["localhost:8545", "ws://localhost", "file:///path"] {
            assert_eq!(host(url), None, "{url}");
        }
    }

    #[test]
    fn foreign_text_is_one_short_line() {
        assert_eq!(line("<html>\n  <b>no\u{7}</b>"), "<html> <b>no</b>");
        assert!(line(&"long ".repeat(100)).ends_with("..."));
    }
}
