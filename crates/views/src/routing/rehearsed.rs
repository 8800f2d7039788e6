//! Two rehearsals of a day side by side, in words: whether a difference is better or worse is said, not only coloured.

use std::cmp::Ordering;

use domain::{PersonId, QueueId};
use routing::rehearsal::{Figures, LongWait, Report};

use super::Names;
use crate::{Arg, Lang, Tx, money::grouped, time, why::wait_word};

/// Whether what comes after is good news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It is.
    Better,
    /// It is not.
    Worse,
    /// It is neither good nor bad by itself.
    Other,
    /// Nothing changes.
    Same,
    /// Neither routing promises anything, so nothing can be kept.
    Unpromised,
}

impl Turn {
    /// The key of its word; none where the difference says enough.
    #[must_use]
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Better => Some("rehearse-better"),
            Self::Worse => Some("rehearse-worse"),
            Self::Other => None,
            Self::Same => Some("rehearse-same"),
            Self::Unpromised => Some("rehearse-unpromised"),
        }
    }

    /// The colour beside it.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Better => "ok",
            Self::Worse => "bad",
            Self::Other | Self::Same | Self::Unpromised => "line",
        }
    }
}

/// A figure under both routings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Under the first.
    pub before: String,
    /// Under the second.
    pub after: String,
    /// How far apart, with its sign; empty where nothing changes or nothing can be told.
    pub by: String,
    /// Whether that is good.
    pub turn: Turn,
}

impl Cell {
    /// Whether there are two figures to show.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.before != self.after
    }

    /// The difference and whether it is good, in words.
    #[must_use]
    pub fn told(&self, tx: &Tx) -> String {
        match self.turn.word() {
            None => self.by.clone(),
            Some(word) if self.by.is_empty() => tx.t(word),
            Some(word) => format!("{} · {}", self.by, tx.t(word)),
        }
    }
}

/// A figure with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub label: String,
    /// What it is.
    pub cell: Cell,
}

/// A queue's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueLine {
    /// Its name.
    pub name: String,
    /// How many came to it, under both.
    pub offered: Cell,
    /// How long they waited on average.
    pub mean: Cell,
    /// How long at most nineteen in twenty of them.
    pub p95: Cell,
    /// The share answered in time.
    pub level: Cell,
    /// How many gave up.
    pub abandoned: Cell,
}

/// Somebody's day under both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// Their name.
    pub name: String,
    /// How many conversations they took.
    pub taken: Cell,
    /// The share of their slots that was taken.
    pub occupancy: Cell,
    /// The same in whole percents, for the meters.
    pub percents: [u8; 2],
}

/// A long wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongLine {
    /// When it came.
    pub at: String,
    /// Where.
    pub queue: String,
    /// How long it waited.
    pub waited: String,
    /// Who took it; `None`: nobody did.
    pub by: Option<String>,
    /// What it waited for.
    pub why: String,
}

/// Everything a comparison shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsed {
    /// What the two routings are called.
    pub sides: [String; 2],
    /// Which day, how much came, who was there.
    pub about: Vec<String>,
    /// What comes of it, in a sentence or two.
    pub verdict: Vec<String>,
    /// The figures one looks at first.
    pub cards: Vec<Line>,
    /// All figures.
    pub lines: Vec<Line>,
    /// Queue by queue.
    pub queues: Vec<QueueLine>,
    /// Person by person.
    pub people: Vec<PersonLine>,
    /// The longest waits under each.
    pub longest: [Vec<LongLine>; 2],
}

impl Rehearsed {
    /// The comparison in words. `days`: whether more than one day was rehearsed, so that times need their date.
    #[must_use]
    pub fn of(
        tx: &Tx,
        names: &Names,
        sides: [String; 2],
        about: Vec<String>,
        days: bool,
        before: &Report,
        after: &Report,
    ) -> Self {
        let make = Maker { tx };
        let (one, other) = (&before.total, &after.total);
        let line = |key: &str, cell| Line { label: tx.t(key), cell };
        let mean = make.wait(one.waits.mean, other.waits.mean);
        let level = make.level(one, other);
        let abandoned = make.count(one.abandoned, other.abandoned, Some(Ordering::Less));
        let p95 = make.seconds(one.waits.p95, other.waits.p95);
        let occupancy = make.share(before.occupancy, after.occupancy, None);
        let cards = vec![
            line("rehearse-mean", mean.clone()),
            line("rehearse-p95", p95.clone()),
            line("rehearse-level", level.clone()),
            line("rehearse-abandoned", abandoned.clone()),
            line("rehearse-occupancy", occupancy.clone()),
        ];
        let lines = vec![
            line("rehearse-answered", make.count(one.answered, other.answered, Some(Ordering::Greater))),
            line("rehearse-abandoned", abandoned),
            line("rehearse-waiting", make.count(one.waiting, other.waiting, Some(Ordering::Less))),
            line("rehearse-moved", make.count(one.moved, other.moved, None)),
            line("rehearse-mean", mean.clone()),
            line("rehearse-median", make.seconds(one.waits.median, other.waits.median)),
            line("rehearse-p90", make.seconds(one.waits.p90, other.waits.p90)),
            line("rehearse-p95", p95),
            line("rehearse-max", make.seconds(one.waits.max, other.waits.max)),
            line("rehearse-level", level.clone()),
            line("rehearse-occupancy", occupancy),
            line("rehearse-spread", make.share(before.spread, after.spread, Some(Ordering::Less))),
        ];
        let long = |report: &Report| report.worst.iter().map(|one| make.long(names, one, days)).collect();
        Self {
            verdict: make.verdict(&mean, &level, &sides[1]),
            sides,
            about,
            cards,
            lines,
            queues: make.queues(names, before, after),
            people: make.people(names, before, after),
            longest: [long(before), long(after)],
        }
    }
}

struct Maker<'a> {
    tx: &'a Tx,
}

impl Maker<'_> {
    fn cell(&self, before: String, after: String, by: String, way: Ordering, good: Option<Ordering>) -> Cell {
        if way == Ordering::Equal || before == after {
            return Cell { before, after, by: String::new(), turn: Turn::Same };
        }
        let turn = match good {
            None => Turn::Other,
            Some(good) if good == way => Turn::Better,
            Some(_) => Turn::Worse,
        };
        let sign = if way == Ordering::Greater { '+' } else { '−' };
        Cell { before, after, by: format!("{sign}{by}"), turn }
    }

    fn count(&self, before: u32, after: u32, good: Option<Ordering>) -> Cell {
        let told = |number: u32| grouped(number.into(), self.tx);
        let by = told(before.abs_diff(after));
        self.cell(told(before), told(after), by, after.cmp(&before), good)
    }

    fn seconds(&self, before: i64, after: i64) -> Cell {
        let by = time::length((after - before).abs());
        self.cell(time::length(before), time::length(after), by, after.cmp(&before), Some(Ordering::Less))
    }

    /// Waits to the second: nobody feels less.
    #[expect(clippy::cast_possible_truncation, reason = "seconds of some days")]
    fn wait(&self, before: f64, after: f64) -> Cell {
        self.seconds(before.round() as i64, after.round() as i64)
    }

    fn share(&self, before: f64, after: f64, good: Option<Ordering>) -> Cell {
        let by = format!("{} pt", tenths((after - before).abs() * 100.0, self.tx));
        let way = after.total_cmp(&before);
        self.cell(percent(before, self.tx), percent(after, self.tx), by, way, good)
    }

    fn level(&self, before: &Figures, after: &Figures) -> Cell {
        let told = |level: Option<f64>| level.map_or_else(|| "–".to_owned(), |one| percent(one, self.tx));
        match (before.service_level, after.service_level) {
            (Some(one), Some(other)) => self.share(one, other, Some(Ordering::Greater)),
            (one, other) => {
                let turn = if one == other { Turn::Unpromised } else { Turn::Other };
                Cell { before: told(one), after: told(other), by: String::new(), turn }
            }
        }
    }

    fn verdict(&self, mean: &Cell, level: &Cell, side: &str) -> Vec<String> {
        let told = |kind: &str, cell: &Cell| {
            let way = match cell.turn {
                Turn::Better => "better",
                Turn::Worse => "worse",
                Turn::Same | Turn::Other | Turn::Unpromised => "same",
            };
            let args = [("side", side), ("before", &cell.before), ("after", &cell.after)];
            self.tx.with(
                &format!("rehearse-verdict-{kind}-{way}"),
                args.map(|(name, value)| (name, Arg::Text(value))),
            )
        };
        let mut verdict = vec![told("mean", mean)];
        if matches!(level.turn, Turn::Better | Turn::Worse) {
            verdict.push(told("level", level));
        }
        verdict
    }

    fn queues(&self, names: &Names, before: &Report, after: &Report) -> Vec<QueueLine> {
        let mut ids: Vec<QueueId> = before.queues.keys().chain(after.queues.keys()).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let nothing = Figures::default();
        let mut lines: Vec<QueueLine> = ids
            .into_iter()
            .map(|id| {
                let one = before.queues.get(&id).unwrap_or(&nothing);
                let other = after.queues.get(&id).unwrap_or(&nothing);
                QueueLine {
                    name: names.queue(self.tx, id),
                    offered: self.count(one.offered, other.offered, None),
                    mean: self.wait(one.waits.mean, other.waits.mean),
                    p95: self.seconds(one.waits.p95, other.waits.p95),
                    level: self.level(one, other),
                    abandoned: self.count(one.abandoned, other.abandoned, Some(Ordering::Less)),
                }
            })
            .collect();
        lines.sort_by(|one, other| one.name.cmp(&other.name));
        lines
    }

    fn people(&self, names: &Names, before: &Report, after: &Report) -> Vec<PersonLine> {
        let all = before.agents.iter().chain(&after.agents);
        let mut ids: Vec<PersonId> = all.map(|agent| agent.person).collect();
        ids.sort_unstable();
        ids.dedup();
        let of = |report: &Report, id| {
            let found = report.agents.iter().find(|agent| agent.person == id);
            found.map_or((0, 0.0), |agent| (agent.taken, agent.occupancy))
        };
        let mut lines: Vec<PersonLine> = ids
            .into_iter()
            .map(|id| {
                let (one, other) = (of(before, id), of(after, id));
                PersonLine {
                    name: names.person(self.tx, id),
                    taken: self.count(one.0, other.0, None),
                    occupancy: self.share(one.1, other.1, None),
                    percents: [one.1, other.1].map(whole),
                }
            })
            .collect();
        lines.sort_by(|one, other| one.name.cmp(&other.name));
        lines
    }

    fn long(&self, names: &Names, one: &LongWait, days: bool) -> LongLine {
        let tx = self.tx;
        LongLine {
            at: if days { time::moment(&one.at, tx) } else { time::clock(&one.at, tx) },
            queue: names.queue(tx, one.queue),
            waited: time::length(one.waited),
            by: one.taken_by.map(|person| names.person(tx, person)),
            why: one.why.map_or_else(|| "–".to_owned(), |why| tx.t(wait_word(why))),
        }
    }
}

/// A share in percents with one place.
#[must_use]
pub fn percent(share: f64, tx: &Tx) -> String {
    let space = if tx.lang == Lang::Es { "\u{a0}" } else { "" };
    format!("{}{space}%", tenths(share * 100.0, tx))
}

fn tenths(number: f64, tx: &Tx) -> String {
    let text = format!("{number:.1}");
    if tx.lang == Lang::PtBr { text.replace('.', ",") } else { text }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
fn whole(share: f64) -> u8 {
    (share * 100.0).round().clamp(0.0, 100.0) as u8
}
