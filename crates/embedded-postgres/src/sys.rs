//! The calls the standard library doesn't have. All of this crate's unsafe code.
#![expect(unsafe_code, reason = "signals, account look-up and the parent-death signal exist only in libc")]

use std::{ffi::CString, io, os::unix::process::CommandExt as _, process::Command};

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
