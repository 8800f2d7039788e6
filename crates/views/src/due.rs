//! By when something was promised, as a clock that the page runs by itself.

use routing::{DueClock, Promise};

/// A clock towards what falls due first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueTag {
    /// What runs.
    pub clock: DueClock,
    /// It is the customer's turn: shown only once it is soon.
    pub quiet: bool,
}

impl DueTag {
    /// The key of what was promised.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self.clock.promise {
            Promise::First => "due-first",
            Promise::Next => "due-next",
            Promise::Resolution => "due-resolution",
        }
    }

    /// For the script, which has its words and runs it: what (`f`, `n`, `r`; `q` behind it is for quiet), by when and
    /// from how many seconds on it is soon, then what is closed until then, from and to. Moments in seconds since 1970.
    #[must_use]
    pub fn data(&self) -> String {
        let what = match self.clock.promise {
            Promise::First => "f",
            Promise::Next => "n",
            Promise::Resolution => "r",
        };
        let quiet = if self.quiet { "q" } else { "" };
        let mut data = format!("{what}{quiet} {} {}", self.clock.at.timestamp(), self.clock.soon);
        for (from, to) in &self.clock.closed {
            data.push_str(&format!(" {}-{}", from.timestamp(), to.timestamp()));
        }
        data
    }
}
