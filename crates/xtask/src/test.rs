//! `cargo xtask test`: what CI runs.

use std::{
    env,
    process::ExitCode,
    time::{Duration, Instant},
};

use crate::{
    docker, node,
    process::{cargo, stream},
    setup, supply,
    totals::{self, Totals},
};

type Step = fn() -> Result<Totals, String>;

/// In their order: quick answers first, the browser last.
const STEPS: [(&str, Step); 8] = [
    ("setup", setup::everything),
    ("format", format),
    ("lints", lints),
    ("licences", supply::check),
    ("docker", docker::check),
    ("tests", tests),
    ("doc-tests", doc_tests),
    ("browser", browser),
];

struct Report {
    step: &'static str,
    took: Duration,
    error: Option<String>,
}

/// Runs the steps, all of them even when one fails, and prints the totals as the last line.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let chosen = chosen(arguments)?;
    let mut totals = Totals::default();
    let mut reports = Vec::new();
    for (step, run) in
        STEPS.into_iter().filter(|(step, _)| chosen.is_empty() || chosen.iter().any(|name| name == step))
    {
        println!("\n── {step}");
        let started = Instant::now();
        let error = match run() {
            Ok(of_step) => {
                totals += of_step;
                // Each failed test is in the totals; a step that failed without one counts as one.
                (of_step.failed > 0).then(|| format!("{} failed", of_step.failed))
            }
            Err(message) => {
                totals.failed += 1;
                println!("{message}");
                Some(message.lines().next().unwrap_or_default().to_owned())
            }
        };
        let cannot_go_on = step == "setup" && error.is_some();
        reports.push(Report { step, took: started.elapsed(), error });
        if cannot_go_on {
            break;
        }
    }
    print_summary(&reports, totals);
    let good = reports.iter().all(|report| report.error.is_none());
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The steps named with `--only`; none means all.
fn chosen(arguments: &[String]) -> Result<Vec<String>, String> {
    let mut chosen = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let step = match word.strip_prefix("--only=") {
            Some(step) => step.to_owned(),
            None if word == "--only" => words.next().cloned().unwrap_or_default(),
            None => return Err(format!("unknown option `{word}`\n\n{}", crate::USAGE)),
        };
        if !STEPS.iter().any(|(name, _)| *name == step) {
            let known = STEPS.map(|(name, _)| name).join(", ");
            return Err(format!("no step is called `{step}`; there are {known}"));
        }
        chosen.push(step);
    }
    Ok(chosen)
}

fn print_summary(reports: &[Report], totals: Totals) {
    println!("\n── summary");
    for Report { step, took, error } in reports {
        let outcome = error.as_deref().map_or(String::from("ok"), |error| format!("FAILED: {error}"));
        println!("{step:<10} {:>7.1} s  {outcome}", took.as_secs_f64());
    }
    println!();
    println!("{totals}");
}

fn format() -> Result<Totals, String> {
    succeeds(cargo().args(["fmt", "--all", "--check"]), "the code is not formatted: run `cargo fmt --all`")
}

fn lints() -> Result<Totals, String> {
    let mut clippy = cargo();
    clippy.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--quiet",
        "--",
        "--deny",
        "warnings",
    ]);
    succeeds(&mut clippy, "clippy has objections")
}

fn tests() -> Result<Totals, String> {
    let mut nextest = cargo();
    nextest.args(["nextest", "run", "--workspace", "--locked"]);
    if env::var_os("CI").is_some() {
        nextest.args(["--profile", "ci"]);
    }
    let ended = stream(&mut nextest)?;
    counted(ended.success, totals::of_nextest(&ended.text), "the tests did not run")
}

fn doc_tests() -> Result<Totals, String> {
    let ended = stream(cargo().args(["test", "--workspace", "--doc", "--locked", "--quiet"]))?;
    counted(ended.success, totals::of_libtest(&ended.text), "the doc tests did not run")
}

fn browser() -> Result<Totals, String> {
    let Some(folder) = node::e2e() else {
        println!("there is no web/e2e");
        return Ok(Totals::default());
    };
    node::install()?;
    // So that no test waits for a compiler.
    succeeds(cargo().args(["build", "--locked", "--workspace", "--bins"]), "the programs don't build")?;
    let mut playwright = node::node_program("npx", &folder);
    playwright.args(["--no-install", "playwright", "test", "--reporter=list"]);
    if let Some(chromium) = setup::chromium() {
        playwright.env("CHROMIUM", chromium);
    }
    let ended = stream(&mut playwright)?;
    counted(ended.success, totals::of_playwright(&ended.text), "the browser tests did not run")
}

fn succeeds(command: &mut std::process::Command, otherwise: &str) -> Result<Totals, String> {
    if stream(command)?.success { Ok(Totals::default()) } else { Err(otherwise.to_owned()) }
}

/// A runner that fails without a failed test, or succeeds without any test, did not do its work.
fn counted(success: bool, totals: Totals, otherwise: &str) -> Result<Totals, String> {
    if success == (totals.failed == 0) && totals != Totals::default() {
        Ok(totals)
    } else {
        Err(otherwise.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(String::from).collect()
    }

    #[test]
    fn steps_are_chosen_by_name_and_misspelt_ones_are_refused() {
        assert_eq!(chosen(&words("--only tests --only=format")).unwrap(), ["tests", "format"]);
        assert!(chosen(&words("--only testing")).unwrap_err().contains("doc-tests"));
        assert!(chosen(&words("--fast")).is_err());
    }

    #[test]
    fn a_runner_that_ran_nothing_or_failed_for_no_test_has_failed() {
        let some = Totals { passed: 3, failed: 0 };
        assert!(counted(true, some, "").is_ok());
        assert!(counted(true, Totals::default(), "").is_err());
        assert!(counted(false, some, "").is_err());
        assert!(counted(false, Totals { passed: 3, failed: 1 }, "").is_ok());
    }
}
