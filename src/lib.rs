//! Slashproof plays randomized, stateful campaigns against slashing contracts.
//!
//! It deploys real bytecode into an in-process EVM, draws sequences of calls by every actor, checks invariants after
//! every call, shrinks what breaks to the smallest sequence, and hands over evidence that reproduces elsewhere.
//!
//! # The tour
//!
//! A [`protocol::Protocol`] is what is driven: how it is deployed, what can be done, how its accounting is read. The one
//! there is, [`protocol::eigenlayer::EigenLayer`], serves our own contracts and EigenLayer's.
//!
//! An [`executor::Executor`] has the protocol deployed in an [`evm::World`] and plays one [`call::Call`] at a time. Around
//! each it keeps the [`ledger::Ledger`], the accounting in words that every release shares, and the [`ghost::Ghosts`],
//! what only history knows. Together they are a [`oracle::Step`], and that is all an [`oracle::Invariant`] sees. The
//! [`invariants`] are a table of such plain values.
//!
//! A [`campaign`] lets workers play runs: a [`generator`] draws calls out of the ledger, half of the time after the
//! beginning of a sequence of the [`corpus`], or after one that the [`mutator`] changed. What takes new edges
//! ([`coverage`]) or brings the ledger into a new kind of state ([`novelty`]) is kept, as far as [`guidance`] goes; what
//! violates an invariant is made smaller by the [`shrinker`], and the [`report`] tells all of it. A [`finding`] plays again here, or
//! on a node; its [`timeline`] is drawn in the report, and [`foundry`] writes it as a test.
//!
//! # Architecture invariants
//!
//! Held by tests (`tests/it/tidy.rs`) and by clippy:
//!
//! - a module uses only modules that stand above it in the list below; `invariants` only plain data and `oracle`;
//! - only `evm` names revm, only `node` names a provider, only `signature` a curve;
//! - only `cli` prints, reads a clock or exits; only `draw` makes random numbers;
//! - only `artifact`, `config`, `corpus`, `report` and `node` touch files;
//! - nothing is iterated in an order that is drawn anew each time;
//! - the engine never unwinds on what a protocol does: reverts, halts and violations are data.

// Plain data: no input or output, and nothing that can fail.
pub mod limits;
pub mod problem;

pub mod arithmetic;
pub mod signature;

pub mod book;
pub mod call;

pub mod ledger;
pub mod novelty;

pub mod exit;
pub mod ghost;
pub mod model;

pub mod draw;

// The outside: solc's output and the EVM.
pub mod artifact;
pub mod evm;

// What is checked, and what is driven.
pub mod oracle;
pub mod own;

pub mod worlds;

pub mod mutant;
pub mod protocol;

#[path = "../invariants/mod.rs"]
pub mod invariants;

// The engine.
pub mod codec;
pub mod coverage;
pub mod decode;
pub mod guidance;
pub mod variables;

pub mod corpus;
pub mod generator;
pub mod mutator;

pub mod executor;
pub mod lines;
pub mod shrinker;
pub mod survey;
pub mod trial;

pub mod check;

pub mod campaign;

pub mod matrix;

pub mod finding;

pub mod timeline;

pub mod foundry;

pub mod gate;

#[cfg(feature = "anvil")]
pub mod node;

pub mod report;

// The edge.
pub mod config;

pub mod cli;
