//! What a batch told, laid out by what it is, so that each kind is applied at once and everybody's order is kept.
//!
//! Within a [`Run`] changed addresses come first, then everything that is said to or by the contacts. An address that
//! changes after something was said from it begins another run; that is rare, so nearly every batch is one.

use std::collections::HashSet;

use chrono::{DateTime, SubsecRound as _, Utc};
use domain::{
    Address,
    inbound::{
        AddressBookEntry, AddressChange, ConsentChange, InboundEvent, InboundMessage, PastMessage,
        PastProgress, StatusReport,
    },
};

use super::{
    channels::{Channel, Directory},
    parse::Item,
    quarantine::{self, SetAside},
};
use crate::notices::Told as NoticeTold;

/// Something a vendor said, with everything around it that is needed to apply it.
#[derive(Debug, Clone)]
pub(crate) struct Told<T> {
    pub channel: Channel,
    pub receipt: i64,
    pub position: i64,
    pub received_at: DateTime<Utc>,
    pub said: T,
}

/// The vendor's second; ours where the vendor has no clock. Nothing happens later than we hear of it: a clock that runs
/// ahead would hold the reply window open and keep its message the newest for as long.
pub(crate) fn second(vendors: Option<DateTime<Utc>>, received_at: DateTime<Utc>) -> DateTime<Utc> {
    vendors.map_or(received_at, |at| at.min(received_at)).trunc_subsecs(0)
}

/// Who wrote a line of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The customer.
    Customer,
    /// The business, in the phone app beside us.
    Echo,
}

impl Side {
    /// As `message.direction` says it.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Customer => "in",
            Self::Echo => "out",
        }
    }

    /// As `message.origin` says it.
    pub const fn origin(self) -> Option<&'static str> {
        match self {
            Self::Customer => None,
            Self::Echo => Some("echo"),
        }
    }
}

/// A line for a thread, from the customer or from the phone app beside us.
pub(crate) struct Arrival {
    pub channel: Channel,
    pub position: i64,
    pub received_at: DateTime<Utc>,
    pub side: Side,
    pub message: InboundMessage,
}

impl Arrival {
    /// When it was written, see [`second`].
    pub fn written_at(&self) -> DateTime<Utc> {
        second(self.message.written_at, self.received_at)
    }
}

/// What is applied together: first who has which address, then what they said.
#[derive(Default)]
pub(crate) struct Run {
    pub changes: Vec<Told<AddressChange>>,
    pub arrivals: Vec<Arrival>,
    pub past: Vec<Told<PastMessage>>,
    pub book: Vec<Told<AddressBookEntry>>,
    pub consents: Vec<Told<ConsentChange>>,
    spoken_of: HashSet<Address>,
}

/// A batch, laid out.
#[derive(Default)]
pub(crate) struct Sorted {
    /// In this order.
    pub runs: Vec<Run>,
    pub reports: Vec<Told<StatusReport>>,
    pub progress: Vec<Told<PastProgress>>,
    pub notices: Vec<NoticeTold>,
}

/// Lay a batch out. What no channel of ours is meant by is put aside.
pub(crate) fn sort(items: Vec<Item>, directory: &Directory, set_aside: &mut Vec<SetAside>) -> Sorted {
    let mut sorted = Sorted { runs: vec![Run::default()], ..Sorted::default() };
    for item in items {
        let Some(channel) = directory.find(&item.inbound.channel) else {
            set_aside.push(quarantine::unknown_channel(&item));
            continue;
        };
        sorted.put(channel.clone(), item);
    }
    sorted
}

impl Sorted {
    fn put(&mut self, channel: Channel, item: Item) {
        let Item { receipt, position, received_at, inbound, .. } = item;
        let around = Told { channel, receipt, position, received_at, said: () };
        match inbound.event {
            InboundEvent::Message(message) => self.say(around, Side::Customer, *message),
            InboundEvent::Echo(echo) => {
                let echo = *echo;
                let message = InboundMessage {
                    vendor_id: echo.vendor_id,
                    from: echo.to,
                    reply_address: echo.reply_address,
                    name: echo.name,
                    written_at: echo.written_at,
                    content: echo.content,
                    context: echo.context,
                    referral: None,
                };
                self.say(around, Side::Echo, message);
            }
            InboundEvent::Past(past) => {
                let run = self.run_of(past.customer.as_slice());
                run.past.push(around.with(*past));
            }
            InboundEvent::AddressBook(entry) => {
                let run = self.run_of(std::slice::from_ref(&entry.address));
                run.book.push(around.with(entry));
            }
            InboundEvent::Consent(change) => {
                let run = self.run_of(&change.from);
                run.consents.push(around.with(*change));
            }
            InboundEvent::AddressChanged(change) => self.run_before(&change).push(around.with(*change)),
            InboundEvent::Status(report) => self.reports.push(around.with(*report)),
            InboundEvent::PastProgress(progress) => self.progress.push(around.with(progress)),
            InboundEvent::Notice(notice) => self.notices.push(NoticeTold {
                account_key: around.channel.account_key.to_string(),
                channel: inbound.channel.names_one().then_some(around.channel.id),
                any_channel: around.channel.id,
                receipt,
                received_at,
                notice: *notice,
            }),
        }
    }

    fn say(&mut self, around: Told<()>, side: Side, message: InboundMessage) {
        let Told { channel, position, received_at, .. } = around;
        let run = self.run_of(&message.from);
        run.arrivals.push(Arrival { channel, position, received_at, side, message });
    }

    /// The newest run, which from now on has spoken of these addresses.
    fn run_of(&mut self, addresses: &[Address]) -> &mut Run {
        let run = self.newest();
        run.spoken_of.extend(addresses.iter().cloned());
        run
    }

    /// The changes that come before anything said of these addresses after this point.
    fn run_before(&mut self, change: &AddressChange) -> &mut Vec<Told<AddressChange>> {
        let spoken_of = &self.newest().spoken_of;
        if change.before.iter().chain(&change.after).any(|address| spoken_of.contains(address)) {
            self.runs.push(Run::default());
        }
        &mut self.newest().changes
    }

    fn newest(&mut self) -> &mut Run {
        if self.runs.is_empty() {
            self.runs.push(Run::default());
        }
        let newest = self.runs.len() - 1;
        &mut self.runs[newest]
    }
}

impl Told<()> {
    fn with<T>(self, said: T) -> Told<T> {
        let Self { channel, receipt, position, received_at, .. } = self;
        Told { channel, receipt, position, received_at, said }
    }
}
