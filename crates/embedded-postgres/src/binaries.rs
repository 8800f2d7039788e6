//! Finding the programs of Postgres.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Error;

/// The oldest version our SQL is written for.
const OLDEST: u32 = 15;

/// Folders that hold one folder per version, and what stands between the version and the programs.
const VERSIONED: [(&str, &str, &str); 5] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// A folder with `initdb` and `postgres`, and their version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    folder: PathBuf,
    major: u32,
}

impl Binaries {
    /// The binaries to make a new cluster with: those of `PG_BINDIR`, else the newest on the machine.
    ///
    /// # Errors
    /// [`Error::NotInstalled`] when there are none that are new enough.
    pub fn newest() -> Result<Self, Error> {
        candidates().into_iter().find_map(|folder| Self::at(&folder)).ok_or(Error::NotInstalled)
    }

    /// The binaries that can open an existing cluster, which is bound to its major version.
    pub(crate) fn of_cluster(data: &Path) -> Result<Self, Error> {
        let path = data.join("PG_VERSION");
        let written = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let Ok(major) = written.trim().parse() else {
            return Self::newest();
        };
        let mut found = candidates().into_iter().filter_map(|folder| Self::at(&folder)).peekable();
        if found.peek().is_none() {
            return Err(Error::NotInstalled);
        }
        found
            .find(|binaries| binaries.major == major)
            .ok_or_else(|| Error::OtherVersion { path: data.to_owned(), major })
    }

    /// The path of one program.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The major version: 15, 16.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }

    fn at(folder: &Path) -> Option<Self> {
        if !folder.join("initdb").is_file() {
            return None;
        }
        let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
        let major = major_version(&String::from_utf8_lossy(&output.stdout))?;
        (major >= OLDEST).then(|| Self { folder: folder.to_owned(), major })
    }
}

/// Folders to look into, best first.
fn candidates() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = env::var_os("PG_BINDIR").map(PathBuf::from).into_iter().collect();
    for (root, prefix, suffix) in VERSIONED {
        folders.extend(versions(Path::new(root), prefix).into_iter().map(|path| path.join(suffix)));
    }
    folders.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
    folders
}

/// The version folders under `root`, newest first.
fn versions(root: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((version, entry.path()))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, path)| path).collect()
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major_version(line: &str) -> Option<u32> {
    let digits = |word: &str| word.chars().take_while(char::is_ascii_digit).collect::<String>();
    line.split_whitespace().map(digits).find(|word| !word.is_empty())?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_each_vendor_writes_them() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_version("no such program"), None);
    }

    #[test]
    fn the_newest_version_comes_first() {
        let root = tempfile::tempdir().unwrap();
        for name in ["9", "15", "16", "notes"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        let names: Vec<_> = versions(root.path(), "")
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["16", "15", "9"]);
    }
}
