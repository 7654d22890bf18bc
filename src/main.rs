//! The `slashproof` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    slashproof::cli::main(std::env::args_os())
}
