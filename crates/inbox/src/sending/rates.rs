//! The vendor's limits, kept before the vendor has to refuse: per number, and per pair of number and customer.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use domain::ChannelKind;

/// Lines to one customer that may follow each other at once (whatsapp-cloud.md §5.5).
const PAIR_BURST: u32 = 45;
/// One more after this.
const PAIR_EVERY: Duration = Duration::from_secs(6);
/// How many pairs are remembered before the rested ones are forgotten.
const PAIRS_KEPT: usize = 10_000;

/// A bucket of tokens. Only the moment when it will be full again is kept.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    burst: u32,
    every: Duration,
    full_at: Option<Instant>,
}

impl Bucket {
    const fn new(burst: u32, every: Duration) -> Self {
        Self { burst, every, full_at: None }
    }

    /// How long until there is a token; zero when there is one.
    fn wait(&self, now: Instant) -> Duration {
        let until_full =
            self.full_at.map_or(Duration::ZERO, |full_at| full_at.saturating_duration_since(now));
        until_full.saturating_sub(self.every * (self.burst - 1))
    }

    fn take(&mut self, now: Instant) {
        self.full_at = Some(self.full_at.map_or(now, |full_at| full_at.max(now)) + self.every);
    }

    fn is_full(&self, now: Instant) -> bool {
        self.full_at.is_none_or(|full_at| full_at <= now)
    }
}

fn number(per_second: i32) -> Bucket {
    let per_second = u32::try_from(per_second).unwrap_or(1).max(1);
    // A small burst: a full second's worth of it would be refused when it follows a busy second.
    Bucket::new((per_second / 10).max(1), Duration::from_secs(1) / per_second)
}

/// What a channel may send now.
#[derive(Debug)]
pub(crate) struct Rates {
    number: Bucket,
    pair: Option<Bucket>,
    pairs: HashMap<String, Bucket>,
}

/// Not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Busy {
    /// The whole number has to wait.
    Number(Duration),
    /// This customer has to wait; others don't.
    Pair(Duration),
}

impl Rates {
    /// The limits of a channel of `kind` that takes `per_second` messages.
    pub fn new(kind: ChannelKind, per_second: i32) -> Self {
        let pair = match kind {
            ChannelKind::WhatsappCloud | ChannelKind::TwilioWhatsapp => {
                Some(Bucket::new(PAIR_BURST, PAIR_EVERY))
            }
            ChannelKind::TwilioSms => None,
        };
        Self { number: number(per_second), pair, pairs: HashMap::new() }
    }

    /// From now on the number takes so many a second. What was sent until now still counts.
    pub fn set_pace(&mut self, per_second: i32) {
        self.number = Bucket { full_at: self.number.full_at, ..number(per_second) };
    }

    /// Take a turn for a message to `to`, or learn for how long there is none.
    pub fn take(&mut self, to: &str, now: Instant) -> Result<(), Busy> {
        let wait = self.number.wait(now);
        if !wait.is_zero() {
            return Err(Busy::Number(wait));
        }
        if let Some(fresh) = self.pair {
            if self.pairs.len() >= PAIRS_KEPT {
                self.pairs.retain(|_, pair| !pair.is_full(now));
            }
            let pair = self.pairs.entry(to.to_owned()).or_insert(fresh);
            let wait = pair.wait(now);
            if !wait.is_zero() {
                return Err(Busy::Pair(wait));
            }
            pair.take(now);
        }
        self.number.take(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: &str = "51987000001";

    #[test]
    fn a_quick_second_line_does_not_wait_but_the_forty_sixth_does() {
        let start = Instant::now();
        let mut rates = Rates::new(ChannelKind::WhatsappCloud, 1_000);
        for line in 0..45 {
            assert_eq!(rates.take(ANA, start + Duration::from_millis(line * 10)), Ok(()), "line {line}");
        }
        let busy = rates.take(ANA, start + Duration::from_millis(450));
        assert!(matches!(busy, Err(Busy::Pair(wait)) if wait <= PAIR_EVERY && wait > Duration::from_secs(5)));
        assert_eq!(rates.take("51987000002", start + Duration::from_millis(460)), Ok(()), "others go on");
        assert_eq!(rates.take(ANA, start + PAIR_EVERY), Ok(()));
        assert!(rates.take(ANA, start + PAIR_EVERY).is_err(), "one token in six seconds");
    }

    #[test]
    fn a_number_sends_its_limit_each_second_and_not_more() {
        let start = Instant::now();
        let mut rates = Rates::new(ChannelKind::TwilioSms, 80);
        let mut now = start;
        let mut sent = 0;
        while now < start + Duration::from_secs(2) {
            match rates.take(ANA, now) {
                Ok(()) => sent += 1,
                Err(Busy::Number(wait)) => now += wait,
                Err(Busy::Pair(_)) => unreachable!("SMS knows no pairs"),
            }
        }
        assert!((160..=168).contains(&sent), "{sent} in two seconds");
    }

    #[test]
    fn another_pace_forgets_neither_customers_nor_what_was_sent() {
        let start = Instant::now();
        let mut rates = Rates::new(ChannelKind::WhatsappCloud, 1_000);
        for line in 0..45 {
            assert_eq!(rates.take(ANA, start + Duration::from_millis(line * 10)), Ok(()));
        }
        let later = start + Duration::from_secs(1);
        rates.set_pace(1);
        assert!(matches!(rates.take(ANA, later), Err(Busy::Pair(_))));
        assert_eq!(rates.take("51987000002", later), Ok(()));
        assert!(matches!(rates.take("51987000003", later), Err(Busy::Number(_))));
    }

    #[test]
    fn waiting_costs_no_token() {
        let start = Instant::now();
        let mut rates = Rates::new(ChannelKind::TwilioSms, 1);
        assert_eq!(rates.take(ANA, start), Ok(()));
        for _ in 0..10 {
            assert!(rates.take(ANA, start).is_err());
        }
        assert_eq!(rates.take(ANA, start + Duration::from_secs(1)), Ok(()));
    }
}
