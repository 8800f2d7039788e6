//! GET /admin/channels.

use std::fmt::Write as _;

use askama::Template;
use chrono::{DateTime, Utc};

use super::{AlarmLine, ChannelHead};
use crate::{Frame, Tx};

/// All channels.
#[derive(Debug, Template)]
#[template(path = "channels.html")]
pub struct ChannelsPage {
    /// What is around it.
    pub frame: Frame,
    /// What somebody has to look at, the worst first.
    pub alarms: Vec<AlarmLine>,
    /// The channels, in the order to show.
    pub channels: Vec<ChannelRow>,
}

impl ChannelsPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRow {
    /// The channel.
    pub head: ChannelHead,
    /// The vendor's word for the number's quality.
    pub quality: Option<Quality>,
    /// The queue where its conversations begin.
    pub queue: String,
    /// Messages that came in, per day, today last.
    pub week: Vec<i64>,
    /// When a customer last wrote.
    pub last_inbound: Option<DateTime<Utc>>,
}

impl ChannelRow {
    /// Messages of the week.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.week.iter().sum()
    }

    /// The line of the week, in a box of 100 × 22.
    #[must_use]
    pub fn spark(&self) -> String {
        spark(&self.week)
    }
}

/// A polyline through the values in a box of 100 × 22, higher is more.
#[must_use]
pub fn spark(values: &[i64]) -> String {
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let last = values.len().saturating_sub(1).max(1);
    values.iter().enumerate().fold(String::new(), |mut line, (at, value)| {
        // Whole hundredths are fine enough, and without floats nothing rounds.
        let x = at * 1000 / last;
        let y = 200 - value.clamp(&0, &most) * 170 / most;
        let word = if at == 0 { 'M' } else { 'L' };
        // Writing into a string does not fail.
        let _ = write!(line, "{word}{}.{} {}.{}", x / 10, x % 10, y / 10, y % 10);
        line
    })
}

/// How the vendor rates a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// GREEN, HIGH.
    High,
    /// YELLOW, MEDIUM.
    Medium,
    /// RED, LOW.
    Low,
}

impl Quality {
    /// The rating behind the vendors' words; `None` while there is none.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "GREEN" | "HIGH" => Some(Self::High),
            "YELLOW" | "MEDIUM" => Some(Self::Medium),
            "RED" | "LOW" => Some(Self::Low),
            _ => None,
        }
    }

    /// The class of the pill.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::High => "ok",
            Self::Medium => "warn",
            Self::Low => "bad",
        }
    }

    /// The key of the word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::High => "quality-high",
            Self::Medium => "quality-medium",
            Self::Low => "quality-low",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_week_rises_with_its_messages() {
        assert_eq!(spark(&[0, 10]), "M0.0 20.0L100.0 3.0");
        assert_eq!(spark(&[0, 0, 0]), "M0.0 20.0L50.0 20.0L100.0 20.0");
        assert_eq!(spark(&[5]), "M0.0 3.0");
        assert_eq!(spark(&[]), "");
    }

    #[test]
    fn both_vendors_words_for_quality_are_understood() {
        assert_eq!(Quality::parse("GREEN"), Quality::parse("HIGH"));
        assert_eq!(Quality::parse("UNKNOWN"), None);
    }
}
