//! One test binary, one module for each promise.

mod broken;
mod catalogue;
mod cli;
mod corpus;
mod determinism;
mod docs;
mod examples;
mod files;
mod gate;
mod guidance;
mod hostile;
mod layouts;
mod ledger;
mod matrix;
mod model;
mod mutants;
mod node;
mod novelty;
mod releases;
mod reports;
mod resume;
mod shrinking;
mod support;
mod tidy;
mod worked;
mod worlds;
