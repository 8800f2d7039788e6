//! A day nobody had, that somebody might have.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ChannelKind, ContactId};
use uuid::Uuid;

use super::{Arrival, Day, Destination, Shift};
use crate::{Policy, Skills};

/// How long a clinic is open, in seconds.
const OPEN: u64 = 11 * 3_600;

impl Day {
    /// A day of a clinic that opens at `opens` for eleven hours, with its agents and queues as `policy` has them and so
    /// many conversations: most in the late morning and towards the evening, some five minutes long and a few much
    /// longer. One in twenty is of a VIP, one in six of somebody who wrote before, and one customer in four gives up
    /// at some time. Half of the agents come early and half late, with lunch one after the other. The first queue gets
    /// most. No conversation without a queue.
    ///
    /// The same seed is the same day, on every machine.
    #[must_use]
    pub fn generate(seed: u64, policy: &Policy, opens: DateTime<Utc>, conversations: u32) -> Self {
        let mut dice = Dice(seed);
        let queues: Vec<_> = policy.queues.iter().map(|queue| queue.id).collect();
        let at = |second: u64| opens + TimeDelta::seconds(i64::try_from(second).unwrap_or(i64::MAX));
        let mut times: Vec<u64> = (0..conversations).map(|_| dice.time_of_day()).collect();
        times.sort_unstable();
        let mut contacts: Vec<ContactId> = Vec::new();
        let mut arrivals = Vec::new();
        for second in times {
            // The smaller of two throws: earlier queues get more.
            let (Some(first), Some(second_throw)) = (dice.below(queues.len()), dice.below(queues.len()))
            else {
                break;
            };
            let known = dice.one_in(6).then(|| dice.below(contacts.len())).flatten();
            let contact =
                known.map_or_else(|| ContactId(Uuid::from_u128(dice.wide())), |known| contacts[known]);
            contacts.push(contact);
            arrivals.push(Arrival {
                at: at(second),
                contact,
                kind: ChannelKind::WhatsappCloud,
                to: Destination::Queue {
                    queue: queues[first.min(second_throw)],
                    skills: Skills::new(),
                    priority: 0,
                },
                vip: dice.one_in(20),
                owner: None,
                last_agent: None,
                handle_seconds: dice.handle_seconds(),
                patience: dice.one_in(4).then(|| dice.between(300, 3_600)),
            });
        }
        let shifts = policy.agents.keys().zip(0_u64..).map(|(person, place)| {
            let from = if place % 2 == 0 { 0 } else { 3 * 3_600 };
            let lunch = from + 3 * 3_600 + (place / 2 % 6) * 1_800;
            Shift {
                person: *person,
                from: at(from),
                to: at((from + 8 * 3_600).min(OPEN)),
                pauses: vec![(at(lunch), at(lunch + 1_800))],
            }
        });
        Self { arrivals, shifts: shifts.collect(), teams: std::collections::BTreeMap::new() }
    }
}

/// `SplitMix64` (Steele, Lea and Flood, 2014): three lines, and the same numbers for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn wide(&mut self) -> u128 {
        u128::from(self.roll()) << 64 | u128::from(self.roll())
    }

    fn below(&mut self, end: usize) -> Option<usize> {
        usize::try_from(self.roll().checked_rem(u64::try_from(end).ok()?)?).ok()
    }

    fn between(&mut self, from: u32, to: u32) -> u32 {
        let span = u64::from(to.saturating_sub(from)).max(1);
        from + u32::try_from(self.roll() % span).unwrap_or(0)
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.roll().is_multiple_of(many)
    }

    /// Four in ten around the third hour, three in ten around the ninth, the others at any time.
    fn time_of_day(&mut self) -> u64 {
        match self.roll() % 10 {
            0..=3 => self.around(3 * 3_600, 5_400),
            4..=6 => self.around(9 * 3_600, 5_400),
            _ => self.roll() % OPEN,
        }
    }

    /// The middle of three throws makes a hump.
    fn around(&mut self, middle: u64, width: u64) -> u64 {
        let mut throws = [self.roll(), self.roll(), self.roll()].map(|roll| roll % (2 * width));
        throws.sort_unstable();
        (middle - width + throws[1]).min(OPEN - 1)
    }

    /// A minute and a half at least, seven on average, now and then half an hour.
    fn handle_seconds(&mut self) -> u32 {
        let usual = 90 + self.between(0, 240) + self.between(0, 240);
        if self.one_in(15) { usual + self.between(300, 1_800) } else { usual }
    }
}
