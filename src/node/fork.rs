//! The state of a chain at one block, for worlds that begin with it. What was asked once is kept in a file, so that the same
//! block is the same world again, and the node is asked for nothing twice.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Live, rpc::number};
use crate::{
    corpus::write_bytes,
    evm::{Account, Backing, Block, Place},
    ledger::Ledger,
    problem::Problem,
    protocol::Protocol,
};

/// Version of the file.
const FORMAT: u64 = 1;

/// What is known of a chain at a block, as it is written down.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    format: u64,
    chain: u64,
    block: u64,
    hash: B256,
    accounts: BTreeMap<Address, Written>,
    storage: BTreeMap<Address, BTreeMap<U256, U256>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    balance: U256,
    nonce: u64,
    code: Bytes,
}

/// A chain at one block.
pub struct Fork {
    live: Mutex<Live>,
    block: Block,
    chain: u64,
    hash: B256,
    known: Mutex<Known>,
    file: PathBuf,
    failure: Mutex<Option<Problem>>,
}

impl fmt::Debug for Fork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "chain {} at block {}", self.chain, self.block.number)
    }
}

/// A thread that panicked while it held something left it whole: each is changed by one insertion.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Fork {
    /// The chain of a node at its block, with what `folder` has of it.
    pub fn open(live: Live, folder: &Path) -> Result<Self, Problem> {
        let chain: U64 = live.rpc().request("eth_chainId", &json!([]))?;
        let (chain, block, hash) = (chain.to(), live.block(), live.hash());
        let file = folder.join(format!("{chain}-{}.json", block.number));
        let known = if file.exists() {
            load(&file).map_err(|problem| problem.at(file.display()))?
        } else {
            Known { format: FORMAT, chain, block: block.number, hash, ..Known::default() }
        };
        if (known.format, known.chain, known.block, known.hash) != (FORMAT, chain, block.number, hash) {
            return Err(Problem::new(format!("what is kept here of block {} is not of this chain", block.number))
                .at(file.display())
                .hint("it was another chain, or the block was replaced; remove the file, or name another folder with --fork-cache"));
        }
        Ok(Self {
            live: Mutex::new(live),
            block,
            chain,
            hash,
            known: Mutex::new(known),
            file,
            failure: Mutex::new(None),
        })
    }

    /// Its id.
    pub fn chain_id(&self) -> u64 {
        self.chain
    }

    /// The block.
    pub fn block(&self) -> Block {
        self.block
    }

    /// The hash of the block.
    pub fn hash(&self) -> B256 {
        self.hash
    }

    /// The node, to ask something else.
    pub fn live(&self) -> MutexGuard<'_, Live> {
        hold(&self.live)
    }

    /// The ledger of a deployment on it, read in batches, so that whoever reads it again has it.
    pub fn ledger(&self, protocol: &dyn Protocol) -> Result<Ledger, Problem> {
        let slots = |places: &[Place]| -> Result<Vec<U256>, Problem> {
            let values = hold(&self.live).rpc().places(places, self.block.number)?;
            let mut known = hold(&self.known);
            for (place, value) in places.iter().zip(&values) {
                if let Place::Slot(address, slot) = place {
                    known.storage.entry(*address).or_default().insert(*slot, *value);
                }
            }
            Ok(values)
        };
        super::live::ledger(protocol, self.block, &slots)
    }

    /// Writes down what is known.
    pub fn save(&self) -> Result<(), Problem> {
        let folder = self.file.parent().expect("a file is in a folder");
        fs::create_dir_all(folder)
            .map_err(|error| Problem::new(format!("cannot make the folder {}: {error}", folder.display())))?;
        let text = serde_json::to_vec(&*hold(&self.known)).expect("it is plain data");
        write_bytes(&self.file, &text)
    }

    /// An answer, or nothing, and then why.
    fn answer<T: Default>(&self, ask: impl FnOnce(&Live) -> Result<T, Problem>) -> T {
        if hold(&self.failure).is_some() {
            return T::default();
        }
        let answer = ask(&hold(&self.live));
        answer.unwrap_or_else(|problem| {
            *hold(&self.failure) = Some(problem);
            T::default()
        })
    }
}

impl Backing for Fork {
    fn account(&self, address: Address) -> Account {
        let known = hold(&self.known).accounts.get(&address).cloned();
        let written = known.or_else(|| {
            let at = json!([address, number(self.block.number)]);
            let asked = self.answer(|live| {
                let balance = live.rpc().request("eth_getBalance", &at)?;
                let nonce: U64 = live.rpc().request("eth_getTransactionCount", &at)?;
                let code = live.rpc().request("eth_getCode", &at)?;
                Ok(Some(Written { balance, nonce: nonce.to(), code }))
            })?;
            hold(&self.known).accounts.insert(address, asked.clone());
            Some(asked)
        });
        written.map_or_else(Account::default, |Written { balance, nonce, code }| Account { balance, nonce, code })
    }

    fn storage(&self, address: Address, slot: U256) -> U256 {
        let known = hold(&self.known).storage.get(&address).and_then(|slots| slots.get(&slot)).copied();
        known.unwrap_or_else(|| {
            let at = json!([address, slot, number(self.block.number)]);
            let asked = self.answer(|live| {
                let word: B256 = live.rpc().request("eth_getStorageAt", &at)?;
                Ok(Some(U256::from_be_bytes(word.0)))
            });
            if let Some(value) = asked {
                hold(&self.known).storage.entry(address).or_default().insert(slot, value);
            }
            asked.unwrap_or_default()
        })
    }

    fn failure(&self) -> Option<Problem> {
        hold(&self.failure).clone()
    }
}

fn load(file: &Path) -> Result<Known, Problem> {
    let text = fs::read_to_string(file).map_err(|error| Problem::new(format!("cannot be read: {error}")))?;
    serde_json::from_str(&text)
        .map_err(|error| Problem::new(format!("this is nothing that was kept of a chain: {error}")).hint("remove it"))
}
