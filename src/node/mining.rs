//! What only a node of our own is told: to take transactions from anybody, and when to mine.

use std::time::Duration;

use alloy_primitives::{B256, Bytes, Log, U256};
use serde_json::{Value, json};

use super::rpc::Rpc;
use crate::{
    call::{Outcome, SECONDS_PER_BLOCK, Transaction},
    evm::Block,
    limits,
    problem::Problem,
    protocol::Setup,
};

/// How long a transaction may take to enter the node's pool.
const PATIENCE: Duration = Duration::from_secs(10);

impl Rpc {
    /// Sends a step of the deployment; its hash.
    pub fn send_setup(&self, step: &Setup) -> Result<B256, Problem> {
        match step {
            Setup::Create { from, init_code, .. } => {
                let gas = U256::from(limits::GAS_PER_DEPLOYMENT);
                let sent = json!({ "from": from, "data": init_code, "gas": gas, "gasPrice": U256::ZERO });
                self.request("eth_sendTransaction", &json!([sent]))
            }
            Setup::Send(transaction) => self.send(transaction, limits::GAS_PER_CALL),
            Setup::Fund { .. } | Setup::Pass { .. } => unreachable!("it is no transaction"),
        }
    }

    pub fn send(&self, transaction: &Transaction, gas: u64) -> Result<B256, Problem> {
        let Transaction { from, to, data, value } = transaction;
        let gas = U256::from(gas);
        let sent = json!({ "from": from, "to": to, "data": data, "value": value, "gas": gas, "gasPrice": U256::ZERO });
        self.request("eth_sendTransaction", &json!([sent]))
    }

    /// Mines a block with the transactions in the pool, once all are there.
    pub fn mine_block(&self, block: Block, transactions: usize) -> Result<(), Problem> {
        let pause = Duration::from_millis(5);
        let mut waited = Duration::ZERO;
        loop {
            let pool: Value = self.request("txpool_status", &json!([]))?;
            let pending: U256 = serde_json::from_value(pool["pending"].clone()).unwrap_or_default();
            if pending >= U256::from(transactions) {
                break;
            }
            if waited > PATIENCE {
                return Err(Problem::new(format!("the node took {pending} of {transactions} transactions")));
            }
            std::thread::sleep(pause);
            waited += pause;
        }
        let _: Value = self.request("evm_setNextBlockTimestamp", &json!([block.timestamp]))?;
        let _: Value = self.request("anvil_mine", &json!([U256::ONE]))?;
        Ok(())
    }

    pub fn mine_empty(&self, blocks: u64) -> Result<(), Problem> {
        if blocks > 0 {
            let interval = U256::from(SECONDS_PER_BLOCK);
            let _: Value = self.request("anvil_mine", &json!([U256::from(blocks), interval]))?;
        }
        Ok(())
    }

    /// The events of a mined transaction, in order.
    pub fn events(&self, hash: B256) -> Result<Vec<Log>, Problem> {
        let receipt: Value = self.request("eth_getTransactionReceipt", &json!([hash]))?;
        let logs = receipt["logs"].as_array().map(Vec::as_slice).unwrap_or_default();
        let read = |log: &Value| {
            let address = serde_json::from_value(log["address"].clone()).ok()?;
            let topics = serde_json::from_value(log["topics"].clone()).ok()?;
            Log::new(address, topics, serde_json::from_value(log["data"].clone()).ok()?)
        };
        Ok(logs.iter().filter_map(read).collect())
    }

    /// How a mined transaction ended.
    pub fn outcome(&self, hash: B256) -> Result<Outcome, Problem> {
        let tracer = json!({ "tracer": "callTracer", "tracerConfig": { "onlyTopCall": true } });
        let trace: Value = self.request("debug_traceTransaction", &json!([hash, tracer]))?;
        let output: Bytes = serde_json::from_value(trace["output"].clone()).unwrap_or_default();
        Ok(match trace["error"].as_str() {
            None => Outcome::Returned(output),
            Some("execution reverted") => Outcome::Reverted(output),
            Some(other) => Outcome::Halted(other.to_owned()),
        })
    }
}
