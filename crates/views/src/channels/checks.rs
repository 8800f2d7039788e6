//! GET /admin/channels/{id}/checks: the troubleshooter.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::checkup::{CheckName, CheckResult, is_fine};

use super::{ChannelHead, ChannelTab, ProblemLine};
use crate::{Frame, Tx, time};

/// The troubleshooter.
#[derive(Debug, Template)]
#[template(path = "channel_checks.html")]
pub struct ChecksPage {
    /// What is around it.
    pub frame: Frame,
    /// The channel.
    pub head: ChannelHead,
    /// Which tab this is.
    pub tab: ChannelTab,
    /// What the last run found.
    pub checks: Vec<CheckLine>,
    /// When that was.
    pub checked_at: Option<DateTime<Utc>>,
    /// Whether the subscription can be repaired from here.
    pub repairable: bool,
    /// Who gets the test message, as typed.
    pub test_number: String,
    /// The test message under way.
    pub test: Option<TestLine>,
    /// What went wrong just now.
    pub problems: Vec<ProblemLine>,
}

impl ChecksPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    fn base(&self) -> String {
        format!("/admin/channels/{}", self.head.id)
    }

    fn test_about(&self) -> String {
        self.tx().a("test-about", "number", &crate::phone::grouped(&self.head.address))
    }

    fn follow(&self, test: &TestLine) -> String {
        format!("{}/test/{}", self.base(), test.id)
    }

    fn count(&self, result: CheckResult) -> usize {
        self.checks.iter().filter(|line| line.result == result).count()
    }

    fn failed(&self) -> usize {
        self.count(CheckResult::Failed)
    }

    fn warnings(&self) -> usize {
        self.count(CheckResult::Warning)
    }
}

/// A check and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckLine {
    /// What was looked at.
    pub check: CheckName,
    /// How it ended.
    pub result: CheckResult,
    /// Which sentence tells it.
    pub says: String,
    /// A name, number or moment in that sentence.
    pub detail: String,
}

impl CheckLine {
    /// The class of the mark.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        match self.result {
            CheckResult::Ok => "ok-t",
            CheckResult::Warning => "warn-t",
            CheckResult::Failed => "bad-t",
            CheckResult::Unknown => "subtle",
        }
    }

    /// The mark.
    #[must_use]
    pub const fn symbol(&self) -> &'static str {
        match self.result {
            CheckResult::Ok => "i-circle-check",
            CheckResult::Warning => "i-triangle-alert",
            CheckResult::Failed => "i-circle-alert",
            CheckResult::Unknown => "i-circle-help",
        }
    }

    /// The key of how it ended.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self.result {
            CheckResult::Ok => "check-result-ok",
            CheckResult::Warning => "check-result-warning",
            CheckResult::Failed => "check-result-failed",
            CheckResult::Unknown => "check-result-unknown",
        }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self, tx: &Tx) -> String {
        tx.t(&format!("check-{}", self.check))
    }

    /// What it looks at.
    #[must_use]
    pub fn looks(&self, tx: &Tx) -> String {
        tx.t(&format!("check-{}-looks", self.check))
    }

    fn told(&self, tx: &Tx) -> String {
        // Moments stand there as the machine writes them.
        match DateTime::parse_from_rfc3339(&self.detail) {
            Ok(at) => {
                let at = at.to_utc();
                format!("{} {}", time::day(&at, tx), time::clock(&at, tx))
            }
            Err(_) => super::vendor_words::word(tx, &self.detail),
        }
    }

    /// What it found.
    #[must_use]
    pub fn found(&self, tx: &Tx) -> String {
        tx.a(&format!("found-{}", self.says), "detail", &self.told(tx))
    }

    /// What to do; nothing when all is well.
    #[must_use]
    pub fn to_do(&self, tx: &Tx) -> Option<String> {
        (!is_fine(&self.says)).then(|| tx.a(&format!("do-{}", self.says), "detail", &self.told(tx)))
    }
}

/// A test message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestLine {
    /// The message.
    pub id: String,
    /// Whether the vendor took it, sent it, delivered it; whether an answer came.
    pub steps: [Option<DateTime<Utc>>; 4],
    /// Why it failed.
    pub failed: Option<String>,
}

impl TestLine {
    /// The keys of the steps, with when each was reached.
    #[must_use]
    pub fn lines(&self) -> [(&'static str, Option<DateTime<Utc>>); 4] {
        let words = ["test-accepted", "test-sent", "test-delivered", "test-answered"];
        std::array::from_fn(|at| (words[at], self.steps[at]))
    }

    /// Whether nothing more will happen.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.failed.is_some() || self.steps[3].is_some()
    }
}

/// The test message alone, for following it.
#[derive(Debug, Template)]
#[template(path = "channel_test.html")]
pub struct TestFragment {
    /// The words.
    pub tx: Tx,
    /// The message.
    pub test: TestLine,
    /// Where to ask again.
    pub follow: String,
}
