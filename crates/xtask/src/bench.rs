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

/// The scenarios in a house of ten million messages, which takes time to build and room to keep: run when they are named,
/// with `--messages N` in a smaller or larger one.
const BIG: [&str; 1] = ["search"];

/// Runs the scenarios named, or all of them; options go to the load program as they are.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let big: Vec<&str> =
        BIG.into_iter().filter(|name| arguments.iter().any(|argument| argument == name)).collect();
    if !big.is_empty() {
        return in_the_big_house(arguments, &big);
    }
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

/// Its data stays in `target/bench-big` for the next run.
fn in_the_big_house(arguments: &[String], scenarios: &[&str]) -> Result<ExitCode, String> {
    let mut messages = "10000000";
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--messages" {
            messages = rest.next().ok_or("how many messages?")?;
        }
    }
    let mut success = true;
    for scenario in scenarios {
        let mut run = cargo();
        run.args(["run", "--quiet", "--release", "--locked", "--package", "inbox", "--example", "big", "--"]);
        run.arg(target().join("bench-big")).arg(messages).arg(scenario);
        success &= stream(&mut run)?.success;
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
