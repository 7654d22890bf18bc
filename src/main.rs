//! The `slashproof` command.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A campaign allocates little and often: docs/performance.md has what it gives.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    slashproof::cli::main(std::env::args_os())
}
