//! The benchmarks: the load program of the simulator against the server, both built for release.

use std::process::ExitCode;

use crate::process::{cargo, program, stream, target};

/// The scenario that needs no server: verifying and parsing webhooks on one core.
const PARSE: &str = "parse";

/// Runs the scenarios named, or all of them; options go to the load program as they are.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let parse = arguments.iter().any(|argument| argument == PARSE);
    let rest: Vec<&String> = arguments.iter().filter(|argument| *argument != PARSE).collect();
    let names_none = rest.iter().all(|argument| argument.starts_with('-'));
    if parse && names_none {
        return webhooks();
    }
    let loaded = load(&rest)?;
    // `bench` alone is all of them; a question for help or a setting without a scenario is about the load program.
    if parse || arguments.is_empty() {
        let parsed = webhooks()?;
        return Ok(if loaded { parsed } else { ExitCode::FAILURE });
    }
    Ok(if loaded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn webhooks() -> Result<ExitCode, String> {
    let mut run = cargo();
    run.args([
        "run",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "channel-gateway",
        "--example",
        "webhooks",
    ]);
    Ok(if stream(&mut run)?.success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn load(arguments: &[&String]) -> Result<bool, String> {
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
    Ok(stream(load.args(arguments))?.success)
}
