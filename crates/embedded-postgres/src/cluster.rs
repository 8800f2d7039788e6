//! Making a cluster: all of it or nothing.

use std::{
    fs::{self, File},
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, fchown},
    path::Path,
    process::{Command, Stdio},
};

use crate::{Binaries, DATABASE, DataDir, Error, Settings};

/// Makes the cluster unless it is there, with the role and the database.
pub fn ensure(dir: &DataDir, settings: &Settings) -> Result<Binaries, Error> {
    if dir.data().join("PG_VERSION").exists() {
        return Binaries::of_cluster(&dir.data());
    }
    let binaries = Binaries::newest()?;
    // A first start that was killed leaves `data.init`, never half a `data`.
    let unfinished = dir.cluster().join("data.init");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(Error::io("remove", &unfinished))?;
    }
    run_initdb(dir, &binaries, &unfinished, settings)?;
    create_database(dir, &binaries, &unfinished)?;
    fs::rename(&unfinished, dir.data()).map_err(Error::io("finish", dir.data()))?;
    Ok(binaries)
}

fn run_initdb(dir: &DataDir, binaries: &Binaries, data: &Path, settings: &Settings) -> Result<(), Error> {
    let mut initdb = dir.account().command(&binaries.program("initdb"));
    // Whoever can enter the socket's folder is trusted: its owner and root.
    initdb.args(["-U", DATABASE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"]);
    if !settings.durable {
        initdb.arg("--no-sync");
    }
    initdb.arg("-D").arg(data);
    run(&mut initdb, "initdb", "")
}

/// In single-user mode, so no client program or library is needed.
fn create_database(dir: &DataDir, binaries: &Binaries, data: &Path) -> Result<(), Error> {
    let mut postgres = dir.account().command(&binaries.program("postgres"));
    postgres.args(["--single", "-D"]).arg(data).arg("postgres");
    run(&mut postgres, "postgres --single", &format!("CREATE DATABASE {DATABASE}\n"))
}

/// Runs a program to its end. What it says is only shown when it fails.
fn run(command: &mut Command, name: &str, input: &str) -> Result<(), Error> {
    let start = |error| Error::io("run", name)(error);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(start)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ended early says why in its status and output.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(start)?;
    if output.status.success() {
        return Ok(());
    }
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(Error::Program { program: name.to_owned(), status: output.status, output: tail(&text) })
}

/// The last lines of a program's output.
pub fn tail(text: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// Opens a file beside the cluster to append, creating it, and makes it the account's: what root creates
/// here must not keep the account from starting the server itself next time. A link is refused, or the
/// account could have root give it any file.
pub fn open_own(dir: &DataDir, path: &Path) -> Result<File, Error> {
    let file = File::options()
        .create(true)
        .append(true)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)
        .map_err(Error::io("open", path))?;
    let account = dir.account();
    if account.is_other() {
        fchown(&file, Some(account.uid), Some(account.gid)).map_err(Error::io("give away", path))?;
    }
    Ok(file)
}

/// Opens the server's log, starting it anew once it is large.
pub fn open_log(dir: &DataDir) -> Result<File, Error> {
    const LARGE: u64 = 8 << 20;
    let log = open_own(dir, &dir.log())?;
    if log.metadata().map_err(Error::io("read", dir.log()))?.len() > LARGE {
        log.set_len(0).map_err(Error::io("empty", dir.log()))?;
    }
    Ok(log)
}
