//! Installing Postgres, where we know how.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::{Binaries, Error, cluster::tail, sys};

/// Tells Debian's packages not to make and start a cluster of the system: we only want the programs.
const NO_CLUSTER: &str = "/etc/postgresql-common/createcluster.d/bandeja.conf";

/// Whether [`install`] can work here: Debian or Ubuntu, as root.
#[must_use]
pub fn can_install() -> bool {
    sys::effective_uid() == 0 && Path::new("/usr/bin/apt-get").exists()
}

/// Installs the distribution's Postgres with apt-get, telling `say` each step. The package makes no
/// cluster and starts nothing, unless Postgres' packages were set up here before.
///
/// # Errors
/// When this isn't Debian or Ubuntu, the caller isn't root, or apt-get fails.
pub fn install(mut say: impl FnMut(&str)) -> Result<Binaries, Error> {
    if let Ok(found) = Binaries::newest() {
        return Ok(found);
    }
    if !can_install() {
        return Err(Error::NotInstalled);
    }
    // Whoever has these packages already decides on their clusters.
    let settings = Path::new(NO_CLUSTER);
    if !Path::new("/etc/postgresql-common/createcluster.conf").exists()
        && let Some(folder) = settings.parent()
    {
        fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
        let text = "# Bandeja's demo and tests run servers of their own.\ncreate_main_cluster = false\n";
        fs::write(settings, text).map_err(Error::io("write", settings))?;
    }
    say("Postgres is not installed. Running: apt-get update");
    apt(&["update"])?;
    say("Running: apt-get install postgresql");
    apt(&["install", "--yes", "--no-install-recommends", "postgresql"])?;
    Binaries::newest()
}

fn apt(arguments: &[&str]) -> Result<(), Error> {
    let output = Command::new("/usr/bin/apt-get")
        .args(["-qq", "-o", "DPkg::Lock::Timeout=300"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .output()
        .map_err(Error::io("run", "/usr/bin/apt-get"))?;
    if output.status.success() {
        return Ok(());
    }
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(Error::Program {
        program: format!("apt-get {}", arguments[0]),
        status: output.status,
        output: tail(&text),
    })
}

/// The command to type on this system.
pub fn how_to_install() -> &'static str {
    if cfg!(target_os = "macos") {
        return "brew install postgresql@16";
    }
    for (tool, command) in [
        ("/usr/bin/apt-get", "sudo apt-get update && sudo apt-get install -y postgresql"),
        ("/usr/bin/dnf", "sudo dnf install -y postgresql-server"),
        ("/usr/bin/pacman", "sudo pacman -S --noconfirm postgresql"),
        ("/sbin/apk", "sudo apk add postgresql16"),
        ("/usr/bin/zypper", "sudo zypper install -y postgresql-server"),
    ] {
        if Path::new(tool).exists() {
            return command;
        }
    }
    "your package manager's postgresql package"
}
