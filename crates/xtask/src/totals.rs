//! Reading what the runners say at their end.

use std::ops::AddAssign;

/// Tests that ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub passed: u32,
    pub failed: u32,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// From `Summary [ 1.8s] 15 tests run: 13 passed (1 slow), 1 failed, 1 timed out, 0 skipped`.
pub fn of_nextest(output: &str) -> Totals {
    plain(output)
        .lines()
        .rfind(|line| line.trim_start().starts_with("Summary ["))
        .and_then(|line| line.split_once("run:"))
        .map(|(_, counts)| counted(counts.split(',')))
        .unwrap_or_default()
}

/// From each `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
pub fn of_libtest(output: &str) -> Totals {
    let mut totals = Totals::default();
    for line in plain(output).lines().filter_map(|line| line.strip_prefix("test result:")) {
        totals += counted(line.split_once(". ").map_or(line, |(_, counts)| counts).split(';'));
    }
    totals
}

/// From Playwright's last lines: `1 failed`, `2 flaky`, `12 passed (31.2s)`. A test that needed luck failed.
pub fn of_playwright(output: &str) -> Totals {
    let text = plain(output);
    let lines: Vec<_> = text.lines().collect();
    let start = lines.len().saturating_sub(40);
    counted(lines[start..].iter().copied())
}

/// Adds up parts that begin with a number and a word; others say nothing.
fn counted<'a>(parts: impl Iterator<Item = &'a str>) -> Totals {
    let mut totals = Totals::default();
    for part in parts {
        let mut words = part.split_whitespace();
        let Some(count) = words.next().and_then(|word| word.parse::<u32>().ok()) else { continue };
        match words.next() {
            Some("passed") => totals.passed += count,
            Some("failed" | "timed" | "flaky" | "interrupted" | "did") => totals.failed += count,
            _ => {}
        }
    }
    totals
}

/// Without colours.
fn plain(output: &str) -> String {
    let mut text = String::with_capacity(output.len());
    let mut rest = output;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        text.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextest_counts_slow_tests_as_passed_and_timed_out_ones_as_failed() {
        let output =
            "     Summary [   1.860s] 15 tests run: 13 passed (1 slow), 1 failed, 1 timed out, 2 skipped\n";
        assert_eq!(of_nextest(output), Totals { passed: 13, failed: 2 });
        let cut = "Summary [   8.133s] 24/26 tests run: 23 passed, 1 failed, 1 skipped";
        assert_eq!(of_nextest(cut), Totals { passed: 23, failed: 1 });
    }

    #[test]
    fn every_crates_doc_tests_are_added_up() {
        let output = "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
                      test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured\n";
        assert_eq!(of_libtest(output), Totals { passed: 3, failed: 1 });
    }

    #[test]
    fn playwright_is_read_through_its_colours() {
        let output =
            "  1 flaky\n    two.spec.js:3\n  2 did not run\n  \u{1b}[32m12 passed\u{1b}[39m (31.2s)\n";
        assert_eq!(of_playwright(output), Totals { passed: 12, failed: 3 });
    }

    #[test]
    fn silence_is_nothing() {
        assert_eq!(of_nextest("error: could not compile"), Totals::default());
    }
}
