//! Where the files and the socket are.

use std::{
    ffi::OsString,
    fmt::Write as _,
    fs,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown},
    },
    path::{Path, PathBuf},
};

use crate::{Error, account::Account};

/// The database made with every cluster, and the role that owns it.
pub const DATABASE: &str = "bandeja";

/// Where root's data goes when the account that runs Postgres can't reach the folder asked for.
const FALLBACK: &str = "/var/lib/bandeja";

/// A socket's path has at most 103 bytes on macOS and 107 on Linux; `/.s.PGSQL.5432` takes 14 of them.
const LONGEST_SOCKET_FOLDER: usize = 103 - 14;

/// A data folder that the account running Postgres can reach.
#[derive(Debug, Clone)]
pub struct DataDir {
    path: PathBuf,
    account: Account,
    moved: bool,
}

impl DataDir {
    /// Settles where the data goes. Creates nothing.
    ///
    /// # Errors
    /// [`Error::NotInstalled`] or [`Error::NoAccount`] when root has no account to run Postgres with.
    pub fn resolve(wanted: &Path) -> Result<Self, Error> {
        let path = canonical(wanted)?;
        let account = Account::choose(&path.join("postgres"))?;
        if account.can_enter(existing_part(&path)) {
            return Ok(Self { path, account, moved: false });
        }
        let path = PathBuf::from(FALLBACK);
        let account = Account::choose(&path.join("postgres"))?;
        Ok(Self { path, account, moved: true })
    }

    /// The data folder. Others may keep files beside `postgres/` in it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the folder asked for was out of reach, so that this is another one: tell people.
    #[must_use]
    pub fn moved(&self) -> bool {
        self.moved
    }

    /// The address of a database in this folder, for sqlx, psql and everything that reads libpq's URLs.
    /// Usable by root and by the account that started the server: the socket's folder lets nobody else in.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let host = percent_encoded(self.socket_folder().as_os_str().as_bytes());
        format!("postgres://{DATABASE}@localhost:5432/{}?host={host}", percent_encoded(database.as_bytes()))
    }

    /// Removes the cluster. Refuses nothing: stop the server first.
    ///
    /// # Errors
    /// When a file can't be removed.
    pub fn remove(&self) -> Result<(), Error> {
        for folder in [self.cluster(), self.socket_folder()] {
            match fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::io("remove", folder)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(crate) fn account(&self) -> Account {
        self.account
    }

    /// Everything of Postgres: owned by its account, closed to others.
    pub(crate) fn cluster(&self) -> PathBuf {
        self.path.join("postgres")
    }

    /// Postgres' own data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.cluster().join("data")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.cluster().join("postgres.log")
    }

    /// The socket's folder: in the data folder, or a short one named by its hash when that is too long.
    pub(crate) fn socket_folder(&self) -> PathBuf {
        let usual = self.cluster().join("socket");
        if usual.as_os_str().len() <= LONGEST_SOCKET_FOLDER {
            return usual;
        }
        PathBuf::from(format!("/tmp/bandeja-{:016x}", fnv1a(self.path.as_os_str().as_bytes())))
    }

    /// Creates the folders.
    pub(crate) fn create(&self) -> Result<(), Error> {
        if !self.path.exists() {
            fs::create_dir_all(&self.path).map_err(Error::io("create", &self.path))?;
            // Passable whatever the umask, since the account that runs Postgres is in a folder below.
            fs::set_permissions(&self.path, fs::Permissions::from_mode(0o711))
                .map_err(Error::io("open the way into", &self.path))?;
        }
        self.create_private(&self.cluster())?;
        self.create_private(&self.socket_folder())
    }

    /// Creates a folder only the account can enter. One that is there already must be just that: a folder
    /// in /tmp may have been put there by somebody else.
    fn create_private(&self, folder: &Path) -> Result<(), Error> {
        match fs::DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) if self.account.is_other() => {
                chown(folder, Some(self.account.uid), Some(self.account.gid))
                    .map_err(Error::io("give away", folder))
            }
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                let found = folder.symlink_metadata().map_err(Error::io("read", folder))?;
                // Killed between making and giving away.
                if found.is_dir() && found.uid() == 0 && self.account.is_other() {
                    chown(folder, Some(self.account.uid), Some(self.account.gid))
                        .map_err(Error::io("give away", folder))?;
                } else if !found.is_dir() || found.uid() != self.account.uid || found.mode() & 0o077 != 0 {
                    return Err(Error::SocketFolder { path: folder.to_owned() });
                }
                Ok(())
            }
            Err(error) => Err(Error::io("create", folder)(error)),
        }
    }
}

/// The address of a database in the data folder, whether or not its server runs.
///
/// # Errors
/// As [`DataDir::resolve`].
pub fn connection_url(wanted: &Path, database: &str) -> Result<String, Error> {
    Ok(DataDir::resolve(wanted)?.url(database))
}

/// The absolute path with links resolved as far as it exists, so that every spelling finds the same socket.
fn canonical(path: &Path) -> Result<PathBuf, Error> {
    let path = std::path::absolute(path).map_err(Error::io("find", path))?;
    let existing = existing_part(&path);
    let rest: Vec<OsString> =
        path.strip_prefix(existing).iter().flat_map(|rest| rest.iter()).map(Into::into).collect();
    let mut found = existing.canonicalize().map_err(Error::io("find", existing))?;
    found.extend(rest);
    Ok(found)
}

/// The deepest folder of the path that exists.
fn existing_part(path: &Path) -> &Path {
    path.ancestors().find(|part| part.exists()).unwrap_or(Path::new("/"))
}

fn percent_encoded(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte.into());
        } else {
            // Writing to a String can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A hash that is the same on every run, unlike the standard library's.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> DataDir {
        DataDir { path: path.into(), account: Account { uid: 1, gid: 1 }, moved: false }
    }

    #[test]
    fn the_socket_is_in_the_data_folder_and_its_path_is_encoded() {
        assert_eq!(
            at("/srv/my data").url("bandeja"),
            "postgres://bandeja@localhost:5432/bandeja?host=%2Fsrv%2Fmy%20data%2Fpostgres%2Fsocket"
        );
    }

    #[test]
    fn a_long_path_gets_a_short_socket_of_its_own() {
        let (one, two) =
            (at(&format!("/srv/{}/one", "x".repeat(90))), at(&format!("/srv/{}/two", "x".repeat(90))));
        for dir in [&one, &two] {
            assert!(dir.socket_folder().as_os_str().len() <= LONGEST_SOCKET_FOLDER);
        }
        assert_ne!(one.socket_folder(), two.socket_folder());
        assert_eq!(one.socket_folder(), one.clone().socket_folder());
    }

    #[test]
    fn every_spelling_of_a_folder_is_the_same_folder() {
        let root = tempfile::tempdir().unwrap();
        let real = root.path().canonicalize().unwrap();
        std::os::unix::fs::symlink(&real, real.join("link")).unwrap();
        assert_eq!(canonical(&real.join("link/new/deep")).unwrap(), real.join("new/deep"));
    }
}
