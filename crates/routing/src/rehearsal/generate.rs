//! A day nobody had, that somebody might have.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ChannelKind, ContactId, PersonId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Arrival, Day, Destination, Shift};
use crate::{Policy, Skills};

/// How long a clinic is open, in hours.
const HOURS: u32 = 11;
/// The same in seconds.
const OPEN: u64 = HOURS as u64 * 3_600;

/// What a generated day is to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// Another seed is another day.
    pub seed: u64,
    /// How many conversations come in an hour, on average over eleven.
    pub per_hour: u32,
    /// How many of the agents come to work; all where nothing is said.
    #[serde(default)]
    pub people: Option<u32>,
    /// How long a conversation keeps an agent's slots on average, in seconds.
    pub handle_seconds: u32,
    /// How many in a hundred are of VIPs.
    pub vip_percent: u8,
}

impl Day {
    /// A day of [`Day::generate`], with figures of one's own. Who has no slots does not come.
    #[must_use]
    pub fn made(recipe: &Recipe, policy: &Policy, opens: DateTime<Utc>) -> Self {
        let mut day = Self::generate(recipe.seed, policy, opens, recipe.per_hour.saturating_mul(HOURS));
        let takes = |person: &PersonId| policy.agents.get(person).is_some_and(|agent| agent.capacity > 0);
        day.shifts.retain(|shift| takes(&shift.person));
        day.shifts.truncate(recipe.people.map_or(usize::MAX, |people| people as usize));
        let all: u64 = day.arrivals.iter().map(|arrival| u64::from(arrival.handle_seconds)).sum();
        let wanted = u64::from(recipe.handle_seconds) * day.arrivals.len() as u64;
        // Dice of their own: another share of VIPs leaves the rest of the day as it was.
        let mut dice = Dice(!recipe.seed);
        for arrival in &mut day.arrivals {
            let handle = u64::from(arrival.handle_seconds) * wanted / all.max(1);
            arrival.handle_seconds = u32::try_from(handle).unwrap_or(u32::MAX).max(1);
            arrival.vip = dice.below(100).is_some_and(|throw| throw < usize::from(recipe.vip_percent));
        }
        day
    }

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
