//! How fast a signed-in person may ask. Vendors' webhooks are never held to it.

use std::num::NonZeroU32;

use domain::PersonId;
use governor::{Quota, RateLimiter, clock::DefaultClock, state::keyed::HashMapStateStore};

/// Forget people who have not asked for a while when so many are remembered.
const REMEMBERED: usize = 10_000;

/// One pace for each person, whichever of their browsers asks.
pub struct Pace(RateLimiter<PersonId, HashMapStateStore<PersonId>, DefaultClock>);

impl Pace {
    /// So many requests a second, so many at once.
    #[must_use]
    pub fn new(per_second: NonZeroU32, burst: NonZeroU32) -> Self {
        Self(RateLimiter::hashmap(Quota::per_second(per_second).allow_burst(burst)))
    }

    /// Whether this person may ask now.
    #[must_use]
    pub fn admits(&self, person: PersonId) -> bool {
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        self.0.check_key(&person).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_it_is_too_fast_for_that_person_alone() {
        let pace = Pace::new(NonZeroU32::new(1).unwrap(), NonZeroU32::new(3).unwrap());
        let (ada, ben) = (PersonId::new(), PersonId::new());
        let admitted = (0..10).filter(|_| pace.admits(ada)).count();
        assert!((3..=4).contains(&admitted), "{admitted}");
        assert!(pace.admits(ben));
    }
}
