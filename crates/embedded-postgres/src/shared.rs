//! A throw-away server that many processes share and none owns: test programs come and go by the
//! hundred, and starting a server takes longer than most tests.

use std::{
    env,
    ffi::CString,
    fs::{self, File},
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, MetadataExt as _},
    },
    path::{Path, PathBuf},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use crate::{
    DataDir, Error, Settings, cluster,
    probe::{self, Answer},
    server::{self, PATIENCE, PAUSE},
    sys::{self, Keeper},
};

/// Less than this and a folder in memory is left alone.
const ENOUGH: u64 = 2 << 30;

/// A user's hold on the shared server. The server stays while there is any, and a little longer.
#[derive(Debug)]
pub struct Shared {
    dir: DataDir,
    /// Released when this process ends, however it ends.
    _lease: File,
}

impl Shared {
    /// Joins the server in the data folder, or starts it on a new cluster. It ends, and its data with it, when
    /// nobody has held it for `idle`: a keeper process sees to that, even if every user was killed.
    ///
    /// # Errors
    /// As [`crate::Server::start`].
    pub fn join(dir: &DataDir, settings: &Settings, idle: Duration) -> Result<Self, Error> {
        dir.create()?;
        let lease = open_lock(dir, "lease.lock")?;
        // Waits while a keeper is ending the server.
        lease.lock_shared().map_err(Error::io("lock", dir.cluster()))?;
        let starting = open_lock(dir, "start.lock")?;
        starting.lock().map_err(Error::io("lock", dir.cluster()))?;
        if probe::ask(&dir.socket_folder()) != Answer::Ready {
            start(dir, settings, idle)?;
        }
        Ok(Self { dir: dir.clone(), _lease: lease })
    }

    /// The address of a database on this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.dir.url(database)
    }

    /// The data folder.
    #[must_use]
    pub fn dir(&self) -> &DataDir {
        &self.dir
    }
}

/// A folder for throw-away data, one per account: in memory where there is room, else among temporary files.
///
/// # Errors
/// When the folder is somebody else's, or can't be made.
pub fn scratch_folder(name: &str) -> Result<PathBuf, Error> {
    let name = format!("{name}-{}", sys::effective_uid());
    let memory = Path::new("/dev/shm").join(&name);
    let has_room = || sys::free_bytes(Path::new("/dev/shm")).is_some_and(|free| free > ENOUGH);
    let path = if memory.exists() || has_room() { memory } else { env::temp_dir().join(&name) };
    // Passable, since root's server runs under another account.
    match fs::DirBuilder::new().mode(0o711).create(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(Error::io("create", path)(error))
        }
        _ => {
            let found = path.symlink_metadata().map_err(Error::io("read", &path))?;
            let ours = found.is_dir() && found.uid() == sys::effective_uid();
            if ours { Ok(path) } else { Err(Error::SocketFolder { path }) }
        }
    }
}

/// A lock opened anew each time: a lock belongs to the opening of the file, not to the process.
fn open_lock(dir: &DataDir, name: &str) -> Result<File, Error> {
    cluster::open_own(dir, &dir.cluster().join(name))
}

fn start(dir: &DataDir, settings: &Settings, idle: Duration) -> Result<(), Error> {
    let deadline = Instant::now() + PATIENCE;
    server::end_predecessor(dir, deadline)?;
    // Throw-away data that outlived its server is nobody's.
    match fs::remove_dir_all(dir.data()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::io("remove", dir.data())(error));
        }
        _ => {}
    }
    let binaries = cluster::ensure(dir, settings)?;
    let mut command = server::command(dir, &binaries.program("postgres"), settings)?;
    let data = CString::new(dir.data().as_os_str().as_bytes())
        .map_err(|error| Error::io("name", dir.data())(error.into()))?;
    let keeper = Keeper {
        lease: open_lock(dir, "lease.lock")?,
        idle_seconds: u32::try_from(idle.as_secs()).unwrap_or(u32::MAX),
        remove: data,
    };
    sys::keep_while_leased(&mut command, keeper);
    let mut child = command.spawn().map_err(Error::io("run", binaries.program("postgres")))?;
    wait_until_ready(dir, &mut child, deadline)
}

/// Only a live server answers on the socket, so unlike the owner of a server we needn't know its pid.
fn wait_until_ready(dir: &DataDir, keeper: &mut Child, deadline: Instant) -> Result<(), Error> {
    while probe::ask(&dir.socket_folder()) != Answer::Ready {
        if let Some(status) = server::has_ended(dir, keeper)? {
            return Err(Error::Program {
                program: "postgres".into(),
                status,
                output: server::end_of_log(dir),
            });
        }
        if Instant::now() > deadline {
            return Err(server::not_ready(dir));
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}
