//! What the kernel says about processes: time on a core, memory.

use std::{collections::HashMap, fs, time::Duration};

use anyhow::Context as _;

/// Ticks of the kernel's clock in a second, as `/proc` shows them: 100 on every Linux that is not built by hand.
const TICKS: u64 = 100;

/// A process as `/proc/PID/stat` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stat {
    parent: u32,
    own: u64,
    /// Of children that have ended and were waited for.
    reaped: u64,
}

/// Time on a core.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cpu {
    /// Of the server itself.
    pub server: Duration,
    /// Of all Postgres processes below it.
    pub postgres: Duration,
}

impl Cpu {
    /// Up to now, for the server with this id.
    ///
    /// # Errors
    /// When it does not run.
    pub fn of(server: u32) -> anyhow::Result<Self> {
        let all = all()?;
        let own = all.get(&server).context("the server does not run any more")?.own;
        let below: u64 = all
            .iter()
            .filter(|(id, _)| **id != server && descends(&all, **id, server))
            .map(|(_, stat)| stat.own + stat.reaped)
            .sum();
        Ok(Self { server: ticks(own), postgres: ticks(below) })
    }

    /// From an earlier moment to this one.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            server: self.server.saturating_sub(earlier.server),
            postgres: self.postgres.saturating_sub(earlier.postgres),
        }
    }
}

/// Bytes of memory a process has in use.
///
/// # Errors
/// When it does not run.
pub fn memory(process: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("read the server's memory")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().context("read VmRSS")?;
    Ok(kib * 1024)
}

/// How busy the machine is: the load average of the last minute.
#[must_use]
pub fn load_average() -> String {
    fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(|text| text.split(' ').next().map(str::to_owned))
        .unwrap_or_default()
}

fn ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1000 / TICKS)
}

fn all() -> anyhow::Result<HashMap<u32, Stat>> {
    let mut all = HashMap::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
        // It may have ended since it was listed.
        let Ok(text) = fs::read_to_string(format!("/proc/{id}/stat")) else { continue };
        if let Some(stat) = read(&text) {
            all.insert(id, stat);
        }
    }
    Ok(all)
}

fn read(text: &str) -> Option<Stat> {
    // The name in brackets may hold anything; what follows it is numbers.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own: number(11)? + number(12)?,
        reaped: number(13)? + number(14)?,
    })
}

fn descends(all: &HashMap<u32, Stat>, mut id: u32, from: u32) -> bool {
    while let Some(stat) = all.get(&id) {
        if stat.parent == from {
            return true;
        }
        id = stat.parent;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_blanks_is_no_field() {
        let text = "77 (postgres: (x) 1) S 76 77 77 0 -1 4194304 1 2 3 4 50 7 11 13 20 0 1 0 9";
        assert_eq!(read(text), Some(Stat { parent: 76, own: 57, reaped: 24 }));
    }

    #[test]
    fn backends_belong_to_the_server_that_started_their_postmaster() {
        let stat = |parent| Stat { parent, own: 0, reaped: 0 };
        let all = HashMap::from([(1, stat(0)), (10, stat(1)), (11, stat(10)), (12, stat(11)), (20, stat(1))]);
        assert!(descends(&all, 12, 10));
        assert!(!descends(&all, 20, 10));
    }
}
