//! The benchmarks: the load program of the simulator against the server, both built for release.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, ExitCode, Stdio},
};

use crate::{
    node,
    process::{cargo, program, stream, target},
    setup,
};

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
/// with `--messages N` in a smaller or larger one. `inbox` is measured in a small house too, to see what growing costs.
const BIG: [&str; 2] = ["search", "inbox"];
const TEN_MILLION: &str = "10000000";
const ONE_MILLION: &str = "1000000";

/// Runs the scenarios named, or all of them; options go to the load program as they are.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    if arguments.iter().any(|argument| argument == "screen") {
        return Ok(if screen()? { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
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
    let mut named = None;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--messages" {
            named = Some(rest.next().ok_or("how many messages?")?.as_str());
        }
    }
    let mut success = true;
    for scenario in scenarios {
        if *scenario == "inbox" {
            build_load()?;
            let sizes = named.map_or(vec![ONE_MILLION, TEN_MILLION], |messages| vec![messages]);
            for messages in sizes {
                success &= inbox(messages)?;
            }
        } else {
            success &= stream(big(named.unwrap_or(TEN_MILLION)).arg(scenario))?.success;
        }
    }
    Ok(if success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn big(messages: &str) -> Command {
    let mut run = cargo();
    run.args(["run", "--quiet", "--release", "--locked", "--package", "inbox", "--example", "big", "--"]);
    run.arg(target().join("bench-big")).arg(messages);
    run
}

/// The server on a big house, which is kept up meanwhile.
fn inbox(messages: &str) -> Result<bool, String> {
    let mut house = big(messages)
        .arg("open")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the big house can't be opened: {error}"))?;
    let mut url = String::new();
    let said = house.stdout.take().ok_or("the big house has no output")?;
    BufReader::new(said)
        .read_line(&mut url)
        .map_err(|error| format!("read the big house's address: {error}"))?;
    let ended = match url.trim() {
        "" => Err("the big house did not open".to_owned()),
        url => stream(built_load().args(["inbox", "--database", url])),
    };
    // The end of its input is what it waits for.
    drop(house.stdin.take());
    let closed = house.wait().map_err(|error| format!("close the big house: {error}"))?;
    Ok(ended?.success && closed.success())
}

/// What a page feels like in a busy house, in Chromium. Run when it is named: it needs a browser and Node.
fn screen() -> Result<bool, String> {
    let folder = node::e2e().ok_or("there is no web/e2e")?;
    node::install()?;
    build_load()?;
    let mut measure = node::node_program("node", &folder);
    measure.arg("measure/screen.js").env("BANDEJA_BIN", target().join("release/bandeja"));
    if let Some(chromium) = setup::chromium() {
        measure.env("CHROMIUM", chromium);
    }
    Ok(stream(&mut measure)?.success)
}

fn alone(package: &str, example: &str) -> Result<bool, String> {
    let mut run = cargo();
    run.args(["run", "--quiet", "--release", "--locked", "--package", package, "--example", example]);
    Ok(stream(&mut run)?.success)
}

fn load(arguments: &[&String]) -> Result<bool, String> {
    build_load()?;
    Ok(stream(built_load().args(arguments))?.success)
}

fn build_load() -> Result<(), String> {
    let mut build = cargo();
    build.args(["build", "--quiet", "--release", "--locked"]);
    build.args(["--package", "bandeja", "--bin", "bandeja", "--package", "simulator", "--bin", "load"]);
    if stream(&mut build)?.success { Ok(()) } else { Err("the benchmarks could not be built".to_owned()) }
}

fn built_load() -> Command {
    let built = target().join("release");
    let mut load = program(built.join("load"));
    load.arg("--bandeja").arg(built.join("bandeja")).arg("--data-dir").arg(target().join("bench"));
    load
}
