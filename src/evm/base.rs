//! What a world begins with: nothing, or the state of a chain, each part of it read when it is first needed.

use std::{convert::Infallible, fmt::Debug, path::PathBuf, sync::Arc};

use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256};
use revm::{
    bytecode::Bytecode,
    database_interface::Database,
    primitives::{StorageKey, StorageValue},
    state::AccountInfo,
};

use super::Block;
use crate::problem::Problem;

/// An account of a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Wei.
    pub balance: U256,
    /// Transactions sent, or contracts created.
    pub nonce: u64,
    /// Its code, if it is a contract.
    pub code: Bytes,
}

/// State that is somewhere else. What cannot be read is empty, and told once nobody is in the middle of a call.
pub trait Backing: Send + Sync + Debug {
    /// An account, an empty one if there is none.
    fn account(&self, address: Address) -> Account;

    /// A storage slot.
    fn storage(&self, address: Address, slot: U256) -> U256;

    /// What could not be read, if there was something.
    fn failure(&self) -> Option<Problem>;
}

/// The chain that a world is a fork of.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its id.
    pub chain_id: u64,
    /// The block that the fork begins after.
    pub block: Block,
    /// Its state at the end of that block.
    pub backing: Arc<dyn Backing>,
    /// The file that says what of it is played.
    pub deployment: PathBuf,
}

/// The state below that of a world.
#[derive(Clone, Debug, Default)]
pub(super) struct Base(pub Option<Arc<dyn Backing>>);

impl Base {
    pub fn slot(&self, address: Address, slot: U256) -> U256 {
        self.0.as_ref().map_or(U256::ZERO, |backing| backing.storage(address, slot))
    }

    pub fn balance(&self, address: Address) -> U256 {
        self.0.as_ref().map_or(U256::ZERO, |backing| backing.account(address).balance)
    }
}

impl Database for Base {
    type Error = Infallible;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        let account = self.0.as_ref().map(|backing| backing.account(address)).unwrap_or_default();
        if account == Account::default() {
            return Ok(None);
        }
        let Account { balance, nonce, code } = account;
        let code = Bytecode::new_raw(code);
        let code_hash = if code.is_empty() { KECCAK256_EMPTY } else { code.hash_slow() };
        Ok(Some(AccountInfo { balance, nonce, code_hash, code: Some(code), ..AccountInfo::default() }))
    }

    /// Accounts come with their code.
    fn code_by_hash(&mut self, _: B256) -> Result<Bytecode, Infallible> {
        Ok(Bytecode::default())
    }

    fn storage(&mut self, address: Address, slot: StorageKey) -> Result<StorageValue, Infallible> {
        Ok(self.slot(address, slot))
    }

    fn block_hash(&mut self, _: u64) -> Result<B256, Infallible> {
        Ok(B256::ZERO)
    }
}
