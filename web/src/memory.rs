//! Giving memory back.
//!
//! The GNU C library gives freed memory back to the system only above a threshold, and raises that threshold to the
//! largest block that was ever freed. A password hash frees 19 MiB: from then on next to nothing goes back, and a server
//! of 36 MiB grows to several times that (docs/benchmarks.md). Told at start, the threshold stays where it is.

use std::{env, os::unix::process::CommandExt as _, process::Command};

/// As the library reads them, and how many bytes.
const THRESHOLDS: [&str; 2] = ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"];
const BYTES: &str = "262144";

/// Starts this program again in its own place, with the thresholds set; same process, same arguments. Where somebody has
/// set one, or another library is in use, or it does not work out, everything stays as it is.
pub fn give_back() {
    if !cfg!(target_env = "gnu") || THRESHOLDS.iter().any(|name| env::var_os(name).is_some()) {
        return;
    }
    let Ok(program) = env::current_exe() else { return };
    let mut arguments = env::args_os();
    let mut again = Command::new(program);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    // Returns only where it failed, and then we go on as we are: larger, not wrong.
    let _ = again.args(arguments).envs(THRESHOLDS.map(|name| (name, BYTES))).exec();
}
