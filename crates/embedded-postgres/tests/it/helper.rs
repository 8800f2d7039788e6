//! Another process that starts a server: the program `private-postgres`.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
};

use embedded_postgres::{DataDir, Server, Settings};
use tempfile::TempDir;

/// An account nobody signs in with, to play an ordinary user.
pub const ORDINARY: u32 = 65534;

/// Whether the tests run as root and so can play somebody else.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
}

/// A data folder everyone can get to.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    pub fn of_ordinary_user() -> Self {
        let folder = Self::new();
        std::os::unix::fs::chown(folder.0.path(), Some(ORDINARY), Some(ORDINARY)).unwrap();
        folder
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("data")
    }

    pub fn dir(&self) -> DataDir {
        DataDir::resolve(&self.path()).unwrap()
    }

    pub fn start(&self) -> Server {
        Server::start(&self.dir(), &Settings::default()).unwrap()
    }
}

/// A process with a server, until it is let go or killed.
pub struct Other {
    pub process: Child,
    pub url: String,
    pub server_pid: Option<i32>,
    _alive: ChildStdin,
    _program: TempDir,
}

impl Other {
    pub fn start(folder: &Folder, uid: Option<u32>) -> Self {
        // A copy, since an ordinary user may not reach the folder this program was built in.
        let place = Folder::new().0;
        let program = place.path().join("helper");
        fs::copy(env!("CARGO_BIN_EXE_private-postgres"), &program).unwrap();
        let mut command = Command::new(&program);
        command.arg(folder.path()).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some(uid) = uid {
            command.uid(uid).gid(uid);
        }
        let mut process = command.spawn().unwrap();
        let alive = process.stdin.take().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines
            .map(Result::unwrap)
            .find_map(|line| line.split_once("READY ").map(|(_, rest)| rest.to_owned()));
        let line = line.expect("the other process has a server");
        let (pid, url) = line.split_once(' ').unwrap();
        Self { process, url: url.to_owned(), server_pid: pid.parse().ok(), _alive: alive, _program: place }
    }

    /// kill -9
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
