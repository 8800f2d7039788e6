//! Starting, sharing and stopping the server.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, ExitStatus},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::{
    DataDir, Error, Settings, cluster,
    pid_file::{self, PidFile},
    probe::{self, Answer},
    sys,
};

/// A first start takes a second on a quiet machine and has taken a minute on a busy one.
pub const PATIENCE: Duration = Duration::from_secs(120);
pub const PAUSE: Duration = Duration::from_millis(10);

/// A running private server. Stops when dropped, unless another process owns it.
#[derive(Debug)]
pub struct Server {
    dir: DataDir,
    owned: Option<Owned>,
}

/// What the process that started the server holds.
#[derive(Debug)]
struct Owned {
    child: Child,
    settings: Settings,
    /// The thread that started the child waits for this to close. See [`spawn`].
    _keep: mpsc::Sender<()>,
    /// Released when this process ends, however it ends.
    lock: File,
}

impl Server {
    /// Starts the server of a data folder, making its cluster first where there is none; or joins the one
    /// another process has running there. Returns once it accepts connections.
    ///
    /// # Errors
    /// [`Error::NotInstalled`] when there is no Postgres; everything else says what Postgres said.
    pub fn start(dir: &DataDir, settings: &Settings) -> Result<Self, Error> {
        dir.create()?;
        let lock = open_lock(dir)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            if lock.try_lock().is_ok() {
                let owned = Some(own(dir, settings, lock)?);
                return Ok(Self { dir: dir.clone(), owned });
            }
            if probe::ask(&dir.socket_folder()) == Answer::Ready {
                return Ok(Self { dir: dir.clone(), owned: None });
            }
            if Instant::now() > deadline {
                return Err(not_ready(dir));
            }
            thread::sleep(PAUSE * 5);
        }
    }

    /// The address of a database on this server. See [`DataDir::url`].
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.dir.url(database)
    }

    /// The data folder.
    #[must_use]
    pub fn dir(&self) -> &DataDir {
        &self.dir
    }

    /// Whether this process started the server and will stop it.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.owned.is_some()
    }

    /// The server's process id, where this process started it.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.owned.as_ref().map(|owned| owned.child.id())
    }

    /// Starts the server again if it has died. Returns whether it had.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn revive(&mut self) -> Result<bool, Error> {
        let Some(mut owned) = self.owned.take() else {
            return Ok(false);
        };
        if has_ended(&self.dir, &mut owned.child)?.is_none() {
            self.owned = Some(owned);
            return Ok(false);
        }
        let Owned { settings, lock, .. } = owned;
        self.owned = Some(own(&self.dir, &settings, lock)?);
        Ok(true)
    }

    /// Disconnects everybody, shuts the server down and waits for it. Leaves a server alone that
    /// another process started.
    ///
    /// # Errors
    /// When it doesn't stop, or can't be signalled.
    pub fn stop(mut self) -> Result<(), Error> {
        self.stop_owned()
    }

    fn stop_owned(&mut self) -> Result<(), Error> {
        let Some(mut owned) = self.owned.take() else {
            return Ok(());
        };
        stop_child(&self.dir, &mut owned.child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whoever wants to know calls `stop`; and the kernel ends the server with us in any case.
        let _ = self.stop_owned();
    }
}

/// One process owns the server: the one that holds this lock.
fn open_lock(dir: &DataDir) -> Result<File, Error> {
    cluster::open_own(dir, &dir.cluster().join("owner.lock"))
}

/// Starts the server as our child, after what a killed process may have left is out of the way.
fn own(dir: &DataDir, settings: &Settings, mut lock: File) -> Result<Owned, Error> {
    let deadline = Instant::now() + PATIENCE;
    let binaries = cluster::ensure(dir, settings)?;
    loop {
        end_predecessor(dir, deadline)?;
        let (child, keep) = spawn(dir, &binaries.program("postgres"), settings)?;
        let mut owned = Owned { child, settings: settings.clone(), _keep: keep, lock };
        let Err(error) = wait_until_ready(dir, &mut owned.child, deadline) else {
            return Ok(owned);
        };
        // Backends of a killed server end within moments; until then Postgres refuses to start.
        let predecessor_lingers =
            matches!(&error, Error::Program { output, .. } if output.contains("still in use"));
        if !predecessor_lingers || Instant::now() > deadline {
            // A child that is still starting must not outlive the lock.
            let _ = stop_child(dir, &mut owned.child);
            return Err(error);
        }
        thread::sleep(PAUSE * 10);
        lock = owned.lock;
    }
}

/// Shuts down a server whose owner was killed. We hold the lock, so nobody else looks after it; on Linux
/// it is shutting down by itself already.
pub fn end_predecessor(dir: &DataDir, deadline: Instant) -> Result<(), Error> {
    let mut told = false;
    while let Some(PidFile { pid, .. }) = pid_file::read(&dir.data()) {
        if !pid_file::serves(pid, &dir.data()) {
            if sys::exists(pid.abs()) {
                pid_file::disown(&dir.data())?;
                remove_socket_lock(dir)?;
            }
            break;
        }
        // Only a process known to serve this cluster is told to go: where there is no /proc to look at,
        // that it listens on the socket proves it.
        let known = cfg!(target_os = "linux") || probe::ask(&dir.socket_folder()) != Answer::Nobody;
        if !known {
            break;
        }
        if !told {
            // It may end between the look and the signal.
            let _ = sys::signal(pid.abs(), sys::FAST_SHUTDOWN);
            told = true;
        }
        if Instant::now() > deadline {
            return Err(Error::NotStopped { pid, waited: PATIENCE });
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// The socket has a lock of its own with the same number in it. It guards the socket's name only, which
/// nobody but us uses, so it can simply go.
fn remove_socket_lock(dir: &DataDir) -> Result<(), Error> {
    let path = dir.socket_folder().join(".s.PGSQL.5432.lock");
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Starts `postgres` from a thread that lasts as long as it does: the parent-death signal is sent when
/// the *thread* that spawned it ends, and the caller's may be a passing one.
fn spawn(dir: &DataDir, program: &Path, settings: &Settings) -> Result<(Child, mpsc::Sender<()>), Error> {
    let mut command = command(dir, program, settings)?;
    // Ctrl-C in the terminal reaches the application alone, which then stops the server in good order.
    command.process_group(0);
    sys::end_with_parent(&mut command);

    let failed = |error| Error::io("run", program)(error);
    let (keep, until) = mpsc::channel();
    let (report, spawned) = mpsc::channel();
    thread::Builder::new()
        .name("postgres".into())
        .spawn(move || {
            let _ = report.send(command.spawn());
            // Returns when the other end is dropped with the server.
            let _ = until.recv();
        })
        .map_err(failed)?;
    let child = spawned.recv().map_err(|_| failed(std::io::ErrorKind::Other.into()))?.map_err(failed)?;
    Ok((child, keep))
}

/// The server's command line, its output going to the log.
pub fn command(dir: &DataDir, program: &Path, settings: &Settings) -> Result<Command, Error> {
    let log = cluster::open_log(dir)?;
    let mut command = dir.account().command(program);
    command.arg("-D").arg(dir.data()).arg("-k").arg(dir.socket_folder());
    for option in settings.options() {
        command.arg("-c").arg(option);
    }
    command.stdout(log.try_clone().map_err(Error::io("open", dir.log()))?).stderr(log);
    Ok(command)
}

fn wait_until_ready(dir: &DataDir, child: &mut Child, deadline: Instant) -> Result<(), Error> {
    let pid = i32::try_from(child.id()).unwrap_or(0);
    loop {
        if let Some(status) = has_ended(dir, child)? {
            return Err(Error::Program { program: "postgres".into(), status, output: end_of_log(dir) });
        }
        // A file left by a killed server says ready as well: it must be about our child.
        if pid_file::read(&dir.data()) == Some(PidFile { pid, ready: true })
            && probe::ask(&dir.socket_folder()) == Answer::Ready
        {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(not_ready(dir));
        }
        thread::sleep(PAUSE);
    }
}

/// A fast shutdown; when that takes too long an immediate one, which costs the next start a recovery.
fn stop_child(dir: &DataDir, child: &mut Child) -> Result<(), Error> {
    let pid = i32::try_from(child.id()).unwrap_or(0);
    for signal in [sys::FAST_SHUTDOWN, sys::IMMEDIATE_SHUTDOWN] {
        let deadline = Instant::now() + PATIENCE / 4;
        if has_ended(dir, child)?.is_some() {
            return Ok(());
        }
        // Not reaped yet, so the number is still its own.
        sys::signal(pid, signal).map_err(Error::io("stop", dir.data()))?;
        while Instant::now() < deadline {
            if has_ended(dir, child)?.is_some() {
                return Ok(());
            }
            thread::sleep(PAUSE);
        }
    }
    Err(Error::NotStopped { pid, waited: PATIENCE / 2 })
}

pub fn has_ended(dir: &DataDir, child: &mut Child) -> Result<Option<ExitStatus>, Error> {
    child.try_wait().map_err(Error::io("look after the server of", dir.data()))
}

pub fn not_ready(dir: &DataDir) -> Error {
    Error::NotReady { waited: PATIENCE, log: end_of_log(dir) }
}

pub fn end_of_log(dir: &DataDir) -> String {
    fs::read(dir.log()).map(|log| cluster::tail(&String::from_utf8_lossy(&log))).unwrap_or_default()
}
