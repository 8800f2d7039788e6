//! What the tests need on the machine: installed where we know how, else named.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    docker, node,
    process::{capture, cargo, must, program, works},
    totals::Totals,
};

type IsHere = fn() -> bool;

/// Packages of Debian and Ubuntu, each with the way to see whether its content is there already.
const PACKAGES: [(&str, IsHere); 5] = [
    ("postgresql", has_postgres),
    ("nats-server", || works("nats-server", &["--version"]) || Path::new("/usr/sbin/nats-server").exists()),
    ("chromium", || chromium().is_some()),
    ("fonts-noto-color-emoji", || Path::new("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf").exists()),
    ("python3-venv", || works("python3", &["-c", "import venv, ensurepip"])),
];

/// Installs everything that is missing.
pub fn everything() -> Result<Totals, String> {
    system_packages()?;
    cargo_tools()?;
    docker::install()?;
    node::install()?;
    Ok(Totals::default())
}

/// The browser the tests drive.
pub fn chromium() -> Option<PathBuf> {
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
}

fn has_postgres() -> bool {
    let versioned = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versioned.into_iter().any(|version| version.path().join("bin/initdb").exists())
        || works("initdb", &["--version"])
}

fn system_packages() -> Result<(), String> {
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|(_, is_here)| !is_here()).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    // Elsewhere the tests may still find Postgres or a browser where we don't look; they say so themselves.
    if !Path::new("/usr/bin/apt-get").exists() {
        println!("please install, under the names of your system: {}", missing.join(" "));
        return Ok(());
    }
    let by_hand = format!("sudo apt-get update && sudo apt-get install -y {}", missing.join(" "));
    let is_root = capture(program("id").arg("-u"))?.text.trim() == "0";
    if !is_root && !works("sudo", &["-n", "true"]) {
        return Err(format!("this machine lacks some packages. Install them with\n\n    {by_hand}"));
    }
    if missing.contains(&"postgresql") {
        keep_cluster_of_the_system_away(is_root)?;
    }
    println!("installing {}", missing.join(" "));
    let apt = |arguments: &[&str]| {
        let mut command = as_root(is_root, "env");
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]);
        must(command.args(arguments))
            .map_err(|error| format!("{error}\n\nThe command by hand:\n\n    {by_hand}"))
    };
    apt(&["update"])?;
    apt(&[&["install", "--yes", "--no-install-recommends"], &missing[..]].concat())?;
    Ok(())
}

/// The tests run servers of their own: the package shall not make and start one.
fn keep_cluster_of_the_system_away(is_root: bool) -> Result<(), String> {
    const SCRIPT: &str = "test -e /etc/postgresql-common/createcluster.conf || {
        mkdir -p /etc/postgresql-common/createcluster.d &&
        echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/bandeja.conf; }";
    must(as_root(is_root, "sh").args(["-c", SCRIPT])).map(drop)
}

fn as_root(is_root: bool, name: &str) -> Command {
    if is_root {
        return program(name);
    }
    let mut sudo = program("sudo");
    sudo.args(["-n", name]);
    sudo
}

fn cargo_tools() -> Result<(), String> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !capture(cargo().args([tool, "--version"]))?.success {
            must(program("rustup").args(["component", "add", component]))?;
        }
    }
    if !capture(cargo().args(["nextest", "--version"]))?.success {
        println!("installing cargo-nextest: some minutes");
        // In a folder of its own, which goes afterwards: it shares nothing with our builds.
        must(cargo().args(["install", "cargo-nextest", "--locked"]).env_remove("CARGO_TARGET_DIR"))?;
    }
    Ok(())
}
