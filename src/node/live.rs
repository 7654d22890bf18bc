//! A deployment that lives on a node: asked at one block, so that all of what is read belongs together.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use alloy_primitives::{Address, B256, U64, U256};
use serde_json::{Value, json};

use super::rpc::{Rpc, has_code, number};
use crate::{
    call::{Outcome, Transaction},
    evm::{Block, Place},
    ledger::Ledger,
    problem::Problem,
    protocol::{Chain, Protocol},
};

/// A node at one of its blocks.
pub struct Live {
    rpc: Rpc,
    block: Block,
    hash: B256,
}

impl Live {
    /// The node at `url`, at a block or at its newest, with so long for each answer.
    pub fn connect(url: &str, at: Option<u64>, patience: Duration) -> Result<Self, Problem> {
        let rpc = Rpc::connect(url, patience)?;
        let named = at.map_or_else(|| "latest".to_owned(), number);
        let header: Value = rpc.request("eth_getBlockByNumber", &json!([named, false]))?;
        if let (Some(at), true) = (at, header.is_null()) {
            return Err(Problem::new(format!("{} has no block {at}", rpc.name())).hint("name one that it has"));
        }
        let field = |name: &str| serde_json::from_value::<U64>(header[name].clone()).ok().map(|value| value.to());
        let hash = serde_json::from_value(header["hash"].clone()).ok();
        let (Some(number), Some(timestamp), Some(hash)) = (field("number"), field("timestamp"), hash) else {
            return Err(rpc.garbage("eth_getBlockByNumber", &header.to_string()));
        };
        Ok(Self { rpc, block: Block { number, timestamp }, hash })
    }

    /// The block.
    pub fn block(&self) -> Block {
        self.block
    }

    /// How the node is called: its address, without what may be secret of it.
    pub fn name(&self) -> &str {
        self.rpc.name()
    }

    /// The hash of the block.
    pub fn hash(&self) -> B256 {
        self.hash
    }

    /// The way to the node.
    pub(super) fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// The ledger of a deployment on it.
    pub fn ledger(&self, protocol: &dyn Protocol) -> Result<Ledger, Problem> {
        ledger(protocol, self.block, &|places| self.rpc.places(places, self.block.number))
    }
}

/// What stands at places, in their order.
pub(super) type Fetch<'a> = &'a dyn Fn(&[Place]) -> Result<Vec<U256>, Problem>;

/// The ledger of a deployment at a block whose places `fetch` has.
///
/// A reader asks for one place after the other. A node that is far away is asked for many at once: the reader reads what is
/// known and takes the rest for zero, what it asked for is fetched, and so on until nothing is new.
pub(super) fn ledger(protocol: &dyn Protocol, block: Block, fetch: Fetch<'_>) -> Result<Ledger, Problem> {
    let mut known: BTreeMap<Place, U256> = BTreeMap::new();
    loop {
        let unknown = RefCell::new(BTreeSet::new());
        let look = |place: Place| {
            known.get(&place).copied().unwrap_or_else(|| {
                unknown.borrow_mut().insert(place);
                U256::ZERO
            })
        };
        let ledger = protocol.reader().read(block.number, block.timestamp, &look);
        let unknown: Vec<Place> = unknown.into_inner().into_iter().collect();
        if unknown.is_empty() {
            return Ok(ledger);
        }
        let values = fetch(&unknown)?;
        known.extend(unknown.into_iter().zip(values));
    }
}

impl Chain for Live {
    fn view(&self, view: &Transaction) -> Result<Outcome, Problem> {
        self.rpc.view(view, self.block.number)
    }

    fn has_code(&self, address: Address) -> Result<bool, Problem> {
        has_code(&self.rpc, address, self.block.number)
    }

    fn places(&self, places: &[Place]) -> Result<Vec<U256>, Problem> {
        self.rpc.places(places, self.block.number)
    }
}
