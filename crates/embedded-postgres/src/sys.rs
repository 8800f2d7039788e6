//! The calls the standard library doesn't have. All of this crate's unsafe code.
#![expect(unsafe_code, reason = "signals, account look-up and the parent-death signal exist only in libc")]

use std::{
    ffi::CString,
    fs::File,
    io,
    os::{
        fd::AsRawFd as _,
        unix::{ffi::OsStrExt as _, process::CommandExt as _},
    },
    path::Path,
    process::Command,
};

/// Asks the server to disconnect everybody and shut down.
pub const FAST_SHUTDOWN: libc::c_int = libc::SIGINT;
/// Asks the server to abort; the next start recovers from its log.
pub const IMMEDIATE_SHUTDOWN: libc::c_int = libc::SIGQUIT;

/// The user this process acts as.
pub fn effective_uid() -> u32 {
    // SAFETY: takes nothing, always succeeds.
    unsafe { libc::geteuid() }
}

/// The group this process acts as.
pub fn effective_gid() -> u32 {
    // SAFETY: takes nothing, always succeeds.
    unsafe { libc::getegid() }
}

/// Sends a signal.
pub fn signal(pid: i32, signal: libc::c_int) -> io::Result<()> {
    // SAFETY: takes plain numbers and touches no memory of ours.
    match unsafe { libc::kill(pid, signal) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Whether a process has this id. A zombie and a process of somebody else count.
pub fn exists(pid: i32) -> bool {
    match signal(pid, 0) {
        Ok(()) => true,
        Err(error) => error.raw_os_error() != Some(libc::ESRCH),
    }
}

/// The user and group ids of an account.
pub fn account(name: &str) -> Option<(u32, u32)> {
    let name = CString::new(name).ok()?;
    let mut buffer = vec![0; 16 * 1024];
    let mut found = std::ptr::null_mut();
    // SAFETY: `passwd` is a plain struct of numbers and pointers, for which zero bits are valid.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    // SAFETY: the name ends in NUL, the buffer has the length given, and entry, buffer and found
    // outlive the call. Only numbers are read from the entry, after `found` says it was filled in.
    let status = unsafe {
        libc::getpwnam_r(name.as_ptr(), &raw mut entry, buffer.as_mut_ptr(), buffer.len(), &raw mut found)
    };
    (status == 0 && !found.is_null()).then_some((entry.pw_uid, entry.pw_gid))
}

/// Makes the kernel shut the child down cleanly when the thread that spawned it ends, so that a
/// killed application leaves no server behind. Linux only; elsewhere the next start cleans up.
pub fn end_with_parent(command: &mut Command) {
    #[cfg(target_os = "linux")]
    {
        let parent = std::process::id();
        let set = move || {
            // SAFETY: both take plain numbers, and are safe between fork and exec.
            let (set, parent_now) = unsafe {
                (libc::prctl(libc::PR_SET_PDEATHSIG, FAST_SHUTDOWN as libc::c_ulong), libc::getppid())
            };
            if set != 0 {
                return Err(io::Error::last_os_error());
            }
            // The parent may have died before the signal was asked for.
            if u32::try_from(parent_now) != Ok(parent) {
                return Err(io::Error::from_raw_os_error(libc::ESRCH));
            }
            Ok(())
        };
        // SAFETY: the closure allocates nothing and takes no lock, as code between fork and exec must.
        unsafe { command.pre_exec(set) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = command;
}

/// Free space for this account on the file system of a path.
#[allow(clippy::useless_conversion, reason = "the fields are narrower on other systems")]
pub fn free_bytes(path: &Path) -> Option<u64> {
    let path = CString::new(path.as_os_str().as_bytes()).ok()?;
    // SAFETY: `statvfs` is a plain struct of numbers, for which zero bits are valid.
    let mut found: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path ends in NUL and `found` outlives the call.
    match unsafe { libc::statvfs(path.as_ptr(), &raw mut found) } {
        0 => Some(u64::from(found.f_bavail).saturating_mul(u64::from(found.f_frsize))),
        _ => None,
    }
}

/// What a keeper needs, prepared before the fork: after it, nothing may be allocated.
pub struct Keeper {
    /// Held by everybody who uses the server. The keeper's own opening of the file, not a clone: a lock
    /// belongs to the opening.
    pub lease: File,
    /// How many seconds without a user end the server.
    pub idle_seconds: u32,
    /// The folder to remove after that.
    pub remove: CString,
}

/// Puts a keeper between the caller and the program to be spawned: a process in a session of its own
/// that waits for the program, outlives the caller, and ends the program when nobody has used it for a
/// while. The caller's `Child` is then the keeper, which ends when the program does.
pub fn keep_while_leased(command: &mut Command, keeper: Keeper) {
    let set = move || {
        // SAFETY: only async-signal-safe calls with plain numbers; see `be_keeper` for the rest.
        unsafe {
            if libc::setsid() == -1 {
                return Err(io::Error::last_os_error());
            }
            match libc::fork() {
                -1 => Err(io::Error::last_os_error()),
                // The program: goes on to exec, and ends with the keeper.
                0 => {
                    #[cfg(target_os = "linux")]
                    libc::prctl(libc::PR_SET_PDEATHSIG, FAST_SHUTDOWN as libc::c_ulong);
                    Ok(())
                }
                program => be_keeper(&keeper, program),
            }
        }
    };
    // SAFETY: the closure makes system calls only.
    unsafe { command.pre_exec(set) };
}

/// The keeper's life. A copy of a process with threads, so it makes system calls and nothing else.
fn be_keeper(keeper: &Keeper, program: libc::pid_t) -> ! {
    const HIGHEST_FD: libc::c_int = 4096;
    const POLLS_PER_SECOND: u32 = 4;
    let lease = keeper.lease.as_raw_fd();
    let rest = libc::timespec { tv_sec: 0, tv_nsec: 1_000_000_000 / libc::c_long::from(POLLS_PER_SECOND) };
    // SAFETY: every call is async-signal-safe; the pointers are to values that live on this stack or in
    // the keeper, and the argument list of execv ends in null.
    unsafe {
        // The caller's pipes and locks are copies here; held open, they would make others wait for us.
        for fd in (0..HIGHEST_FD).filter(|fd| *fd != lease) {
            libc::close(fd);
        }
        let mut idle = 0;
        loop {
            if libc::waitpid(program, std::ptr::null_mut(), libc::WNOHANG) != 0 {
                libc::_exit(1);
            }
            // Nobody else holds the lease, and while we do nobody can take it.
            if libc::flock(lease, libc::LOCK_EX | libc::LOCK_NB) == 0 {
                idle += 1;
                if idle > keeper.idle_seconds.saturating_mul(POLLS_PER_SECOND) {
                    break;
                }
                libc::flock(lease, libc::LOCK_UN);
            } else {
                idle = 0;
            }
            libc::nanosleep(&raw const rest, std::ptr::null_mut());
        }
        libc::kill(program, FAST_SHUTDOWN);
        libc::waitpid(program, std::ptr::null_mut(), 0);
        // `rm` inherits the lease, so newcomers wait until it is done.
        libc::fcntl(lease, libc::F_SETFD, 0);
        let arguments = [c"rm".as_ptr(), c"-rf".as_ptr(), keeper.remove.as_ptr(), std::ptr::null()];
        libc::execv(c"/bin/rm".as_ptr(), arguments.as_ptr());
        libc::_exit(1)
    }
}
