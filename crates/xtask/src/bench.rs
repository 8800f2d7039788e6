//! The benchmarks: the load program of the simulator against the server, both built for release.

use std::process::ExitCode;

use crate::process::{cargo, program, stream, target};

/// Runs the scenarios named, or all of them; options go to the load program as they are.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let mut build = cargo();
    build.args(["build", "--quiet", "--release", "--locked"]);
    build.args(["--package", "bandeja", "--bin", "bandeja", "--package", "simulator", "--bin", "load"]);
    if !stream(&mut build)?.success {
        return Err("the benchmarks could not be built".to_owned());
    }
    let built = target().join("release");
    let mut load = program(built.join("load"));
    load.arg("--bandeja").arg(built.join("bandeja"));
    load.arg("--data-dir").arg(target().join("bench"));
    let ended = stream(load.args(arguments))?;
    Ok(if ended.success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
