//! Slashproof.

pub mod arithmetic;
pub mod artifact;
pub mod book;
pub mod call;
pub mod codec;
pub mod corpus;
pub mod coverage;
pub mod decode;
pub mod draw;
pub mod evm;
pub mod executor;
pub mod generator;
pub mod ghost;
pub mod ledger;
pub mod limits;
pub mod oracle;
pub mod problem;
pub mod protocol;
pub mod shrinker;

pub mod campaign;
pub mod cli;
pub mod config;
pub mod finding;
#[path = "../invariants/mod.rs"]
pub mod invariants;
pub mod mutant;
pub mod report;

#[cfg(feature = "anvil")]
pub mod node;
