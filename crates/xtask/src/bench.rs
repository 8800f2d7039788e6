//! The benchmarks: the load program of the simulator, built for release.

use std::process::ExitCode;

use crate::process::{cargo, stream};

/// Runs the scenarios named, or all of them.
pub fn run(scenarios: &[String]) -> Result<ExitCode, String> {
    let mut load = cargo();
    load.args(["run", "--quiet", "--release", "--locked", "--package", "simulator", "--bin", "load", "--"]);
    let ended = stream(load.args(scenarios))?;
    Ok(if ended.success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
