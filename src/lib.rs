//! Slashproof.

pub mod arithmetic;
pub mod artifact;
pub mod book;
pub mod call;
pub mod draw;
pub mod evm;
pub mod ghost;
pub mod ledger;
pub mod limits;
pub mod oracle;
pub mod problem;
pub mod protocol;
pub mod executor;
pub mod generator;

#[path = "../invariants/mod.rs"]
pub mod invariants;
