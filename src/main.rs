//! The program: parse the arguments, then open the window or carry out one command.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use fairlake::cli::{Cli, Next};

fn main() -> ExitCode {
    let started = Instant::now();
    let filter = tracing_subscriber::EnvFilter::try_from_env("FAIRLAKE_LOG").unwrap_or_else(|_| "fairlake=warn,s3s::ops=off,error".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match Cli::parse().run() {
        Next::End(code) => code,
        Next::Window { lake, files } => window(lake, files, started),
    }
}

/// Opens the window.
fn window(lake: PathBuf, files: Vec<PathBuf>, started: Instant) -> ExitCode {
    let options = fairlake::app::Options { lake, files, started };
    match fairlake::app::run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The window can't be opened: {error}.");
            ExitCode::from(1)
        }
    }
}
