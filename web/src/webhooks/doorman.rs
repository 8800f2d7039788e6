//! Who knocks with bad signatures too often is told to stop for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// Bad signatures an address may show in a minute (security.md §6).
const ALLOWED: u32 = 10;
const MINUTE: Duration = Duration::from_secs(60);
/// Addresses remembered at most; more in one minute, and all counts begin again.
const REMEMBERED: usize = 10_000;

/// Counts bad signatures by address. Good ones are never counted nor throttled.
#[derive(Debug, Clone, Default)]
pub struct Doorman {
    bad: Arc<Mutex<HashMap<String, (Instant, u32)>>>,
}

impl Doorman {
    /// Whether a bad signature from this address is still answered as a mistake.
    #[must_use]
    pub fn admits(&self, address: &str) -> bool {
        let Ok(bad) = self.bad.lock() else { return true };
        bad.get(address).is_none_or(|(since, count)| since.elapsed() > MINUTE || *count < ALLOWED)
    }

    /// Note a bad signature.
    pub fn note(&self, address: &str) {
        let Ok(mut bad) = self.bad.lock() else { return };
        if bad.len() >= REMEMBERED {
            bad.retain(|_, (since, _)| since.elapsed() <= MINUTE);
            if bad.len() >= REMEMBERED {
                bad.clear();
            }
        }
        let entry = bad.entry(address.to_owned()).or_insert((Instant::now(), 0));
        if entry.0.elapsed() > MINUTE {
            *entry = (Instant::now(), 0);
        }
        entry.1 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_bad_signatures_in_a_minute_close_the_door_to_that_address_alone() {
        let doorman = Doorman::default();
        for _ in 0..ALLOWED {
            assert!(doorman.admits("192.0.2.1"));
            doorman.note("192.0.2.1");
        }
        assert!(!doorman.admits("192.0.2.1"));
        assert!(doorman.admits("192.0.2.2"));
    }

    #[test]
    fn a_flood_of_addresses_fills_no_memory() {
        let doorman = Doorman::default();
        for n in 0..2 * REMEMBERED {
            doorman.note(&n.to_string());
        }
        assert!(doorman.bad.lock().unwrap().len() <= REMEMBERED);
    }
}
