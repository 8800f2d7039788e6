//! Who runs Postgres.

use std::{
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::Path,
    process::{Command, Stdio},
};

use crate::{Error, sys};

/// The account that owns the files and runs the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    pub uid: u32,
    pub gid: u32,
}

impl Account {
    /// Ourselves; or, since Postgres refuses root, the owner of the files when there are any, else `postgres`.
    pub fn choose(existing: &Path) -> Result<Self, Error> {
        if sys::effective_uid() != 0 {
            return Ok(Self { uid: sys::effective_uid(), gid: sys::effective_gid() });
        }
        if let Ok(found) = existing.symlink_metadata()
            && found.uid() != 0
        {
            return Ok(Self { uid: found.uid(), gid: found.gid() });
        }
        match sys::account("postgres") {
            Some((uid, gid)) => Ok(Self { uid, gid }),
            // Every package makes the account, so the package is what is missing.
            None if crate::Binaries::newest().is_err() => Err(Error::NotInstalled),
            None => Err(Error::NoAccount),
        }
    }

    /// Whether this is somebody else than the caller.
    pub fn is_other(self) -> bool {
        self.uid != sys::effective_uid()
    }

    /// A command run by this account: nothing of our surroundings goes with it.
    pub fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir("/")
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        if self.is_other() {
            // Changing the user also drops root's supplementary groups.
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Whether this account can enter the folder. Asked by trying: mode bits don't know of ACLs.
    pub fn can_enter(self, folder: &Path) -> bool {
        !self.is_other()
            || self
                .command(Path::new("/bin/sh"))
                .args(["-c", ":"])
                .current_dir(folder)
                .status()
                .is_ok_and(|status| status.success())
    }
}
