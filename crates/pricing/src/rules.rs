//! What is billed at all, from which day.

use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::table::Table;

/// The vendors' rules from a day on (whatsapp-cloud.md §9.1, twilio.md §11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The first day, in the account's time zone.
    pub effective_from: NaiveDate,
    /// Whether Meta bills messages that are no template.
    pub service_billed: bool,
    /// Whether Meta bills a utility template while the window is open.
    pub utility_in_window_billed: bool,
    /// Service messages that each number has free in a calendar month. The vendor's own label says which they were.
    pub free_service_messages: u32,
    /// For so many hours after the first answer, an arrival by an ad is free.
    pub free_entry_hours: u32,
    /// Whether Twilio's price list tells what it passes on for messages that are no template.
    pub twilio_tells_service: bool,
}

static RULES: LazyLock<Vec<Rules>> = LazyLock::new(|| {
    let table = Table::read(include_str!("../cards/rules.csv"));
    table.lines.iter().filter_map(|line| read(&table, line)).collect()
});

fn read(table: &Table, line: &[&'static str]) -> Option<Rules> {
    let cell = |column| table.cell(line, column).copied();
    let yes = |column| cell(column).map(|word| word == "yes");
    Some(Rules {
        effective_from: cell("effective_from")?.parse().ok()?,
        service_billed: yes("service_billed")?,
        utility_in_window_billed: yes("utility_in_window_billed")?,
        free_service_messages: cell("free_service_messages")?.parse().ok()?,
        free_entry_hours: cell("free_entry_hours")?.parse().ok()?,
        twilio_tells_service: yes("twilio_tells_service")?,
    })
}

/// The rules of a day; `None` for days before messages were billed one by one.
#[must_use]
pub fn rules_on(day: NaiveDate) -> Option<Rules> {
    RULES.iter().rfind(|rules| rules.effective_from <= day).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_messages_are_billed_from_the_first_of_october_2026() {
        let on = |day: &str| rules_on(day.parse().unwrap());
        assert!(
            on("2026-09-30").is_some_and(|rules| !rules.service_billed && !rules.utility_in_window_billed)
        );
        let october = on("2026-10-01").unwrap();
        assert!(october.service_billed && october.utility_in_window_billed);
        assert_eq!((october.free_service_messages, october.free_entry_hours), (1_000, 72));
        assert_eq!(on("2025-06-30"), None, "conversations were billed then");
    }
}
