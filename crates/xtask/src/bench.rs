//! The benchmarks: the load program of the simulator against the server, both built for release.

use std::process::ExitCode;

use crate::process::{cargo, program, stream, target};

/// The scenarios that need no server and no load program: a program of their own each.
const ALONE: [(&str, &str, &str); 3] = [
    // Verifying and parsing webhooks on one core.
    ("parse", "channel-gateway", "webhooks"),
    // Decisions a second, persisted.
    ("routing", "inbox", "routing"),
    // How long customers wait beside the least that can be.
    ("routing", "routing", "optimum"),
];

/// Runs the scenarios named, or all of them; options go to the load program as they are.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let is_alone = |argument: &str| ALONE.iter().any(|(name, ..)| *name == argument);
    let rest: Vec<&String> = arguments.iter().filter(|argument| !is_alone(argument)).collect();
    let names_none = rest.iter().all(|argument| argument.starts_with('-'));
    // `bench` alone is all of them; a question for help or a setting without a scenario is about the load program.
    let mut success = true;
    if !names_none || !arguments.iter().any(|argument| is_alone(argument)) {
        success = load(&rest)?;
    }
    for (name, package, example) in ALONE {
        if named(name) || arguments.is_empty() {
            success &= alone(package, example)?;
        }
    }
    Ok(if success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn alone(package: &str, example: &str) -> Result<bool, String> {
    let mut run = cargo();
    run.args(["run", "--quiet", "--release", "--locked", "--package", package, "--example", example]);
    Ok(stream(&mut run)?.success)
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
