//! `postmaster.pid`: who serves a cluster, and what is left of them.

use std::{
    fs::{self, File},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use crate::{Error, sys};

/// What the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PidFile {
    /// The server's process. Negative for a single-user one.
    pub pid: i32,
    /// Whether it had announced that it accepts connections.
    pub ready: bool,
}

/// Reads the file of a cluster. `None` when there is none, or it is being written.
pub fn read(data: &Path) -> Option<PidFile> {
    parse(&fs::read_to_string(path(data)).ok()?)
}

fn path(data: &Path) -> PathBuf {
    data.join("postmaster.pid")
}

fn parse(text: &str) -> Option<PidFile> {
    let mut lines = text.lines();
    let pid = lines.next()?.trim().parse().ok()?;
    let ready = lines.nth(6).is_some_and(|state| state.trim() == "ready");
    Some(PidFile { pid, ready })
}

/// Whether that process is this cluster's server. After a kill -9 the file stays, and the number may
/// belong to a zombie or to another program by now.
pub fn serves(pid: i32, data: &Path) -> bool {
    let pid = pid.abs();
    if !sys::exists(pid) {
        return false;
    }
    if cfg!(target_os = "linux") {
        // A server works in its data directory; a zombie works nowhere.
        return fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == data);
    }
    true
}

/// Makes Postgres ignore a file whose process is not its server, where its number is taken all the same.
///
/// Removing the file would skip Postgres' check that no backend of the dead server still uses the
/// shared memory it names. So only the number changes: a server takes its parent's, ours, for stale.
pub fn disown(data: &Path) -> Result<(), Error> {
    let path = path(data);
    let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    File::options()
        .write(true)
        .truncate(true)
        .custom_flags(libc::O_NOFOLLOW)
        .open(&path)
        .and_then(|mut file| write!(file, "{}\n{rest}", std::process::id()))
        .map_err(Error::io("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "4711\n/data\n1790000000\n5432\n/data/socket\n\n  5432001  65536\nready   \n";

    #[test]
    fn the_eighth_line_says_ready() {
        assert_eq!(parse(FILE), Some(PidFile { pid: 4711, ready: true }));
        assert_eq!(parse(&FILE.replace("ready", "starting")), Some(PidFile { pid: 4711, ready: false }));
        assert_eq!(parse("4711\n/data\n"), Some(PidFile { pid: 4711, ready: false }));
        assert_eq!(parse(""), None);
    }

    #[test]
    fn another_program_with_the_number_is_not_the_server() {
        let folder = tempfile::tempdir().unwrap();
        let me = i32::try_from(std::process::id()).unwrap();
        assert_eq!(serves(me, folder.path()), !cfg!(target_os = "linux"));
    }

    #[test]
    fn disowning_changes_the_number_only() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(path(folder.path()), FILE).unwrap();
        disown(folder.path()).unwrap();
        let after = fs::read_to_string(path(folder.path())).unwrap();
        assert_eq!(after, FILE.replacen("4711", &std::process::id().to_string(), 1));
    }
}
