//! The executable: one program, a subcommand for each role.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use vapi_gateway::cli::{self, Cli};

#[tokio::main]
async fn main() -> ExitCode {
    let mut out = io::stdout();
    match cli::run(Cli::parse(), &mut out).await {
        Ok(code) => code,
        Err(error) => {
            // Nobody is left to tell if standard error is gone.
            writeln!(io::stderr(), "{error}").ok();
            ExitCode::FAILURE
        }
    }
}
