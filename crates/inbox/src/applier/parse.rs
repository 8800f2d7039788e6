//! From raw receipts to typed items: the one place where the inbox asks the gateway to read.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use domain::inbound::{Broken, Inbound};

use super::{
    Receipt,
    quarantine::{self, SetAside},
};
use crate::ledger::Source;

/// Places in a receipt: its number times this, plus the index of the item (a webhook holds at most 1,000).
const PLACES: i64 = 4096;

/// One thing a receipt told.
pub(crate) struct Item {
    pub receipt: i64,
    pub index: usize,
    pub position: i64,
    pub received_at: DateTime<Utc>,
    pub inbound: Inbound,
}

/// All that a batch of receipts told, in order, and what could not be read.
#[derive(Default)]
pub(crate) struct Parsed {
    pub items: Vec<Item>,
    pub set_aside: Vec<SetAside>,
}

/// Read a batch.
pub(crate) fn receipts(receipts: &[Receipt]) -> Parsed {
    let mut parsed = Parsed::default();
    for receipt in receipts {
        match guarded(|| read(receipt)) {
            Ok(items) => {
                for (index, item) in items.into_iter().enumerate() {
                    match item {
                        Ok(inbound) => parsed.items.push(Item {
                            receipt: receipt.id,
                            index,
                            position: receipt.id * PLACES
                                + i64::try_from(index).unwrap_or(PLACES - 1).min(PLACES - 1),
                            received_at: receipt.received_at,
                            inbound,
                        }),
                        Err(broken) => parsed.set_aside.push(quarantine::broken(receipt.id, index, broken)),
                    }
                }
            }
            Err(reason) => parsed.set_aside.push(quarantine::unreadable(receipt.id, reason)),
        }
    }
    parsed
}

/// A reader that breaks off spoils its own receipt and nothing else.
fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // Nothing is shared with what broke off, so nothing can be left half done.
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err("reading it broke off: a fault of ours".to_owned()))
}

fn read(receipt: &Receipt) -> Result<Vec<Result<Inbound, Broken>>, String> {
    match Source::parse(&receipt.source) {
        Some(Source::Whatsapp) => channel_gateway::whatsapp::parse(&receipt.body)
            .map(|parsed| parsed.items)
            .map_err(|error| error.to_string()),
        Some(Source::TwilioMessage) => Ok(channel_gateway::twilio::parse_message(&receipt.body).items),
        Some(Source::TwilioStatus) => {
            Ok(channel_gateway::twilio::parse_status(&receipt.query, &receipt.body).items)
        }
        Some(Source::TwilioListed) => {
            Ok(channel_gateway::twilio::parse_listed(&receipt.query, &receipt.body).items)
        }
        None => Err(format!("the source {} is unknown", receipt.source)),
    }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_reader_that_breaks_off_gives_a_reason_like_any_other() {
        assert_eq!(guarded(|| Ok(7)), Ok(7));
        let broken: Result<u8, String> = guarded(|| panic!("a bug"));
        assert!(broken.is_err_and(|reason| reason.contains("broke off")));
    }
}
