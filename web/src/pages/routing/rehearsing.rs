//! A day played under two routings, side by side, before one of them is published. Nothing is changed by it.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use ::inbox::rehearsal::{MOST_DAYS, PastError, Which};
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form as Body},
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use routing::rehearsal::{More, Recipe, WhatIf};
use views::{
    Arg, Section,
    routing::{
        Names, RehearsalPage, Typed,
        form::{Choices, Control, Maker, Part, place, queues, skills},
    },
};

use super::Open;
use crate::{
    auth::SignedIn,
    error::PageError,
    pages::{frame, html, words},
    rehearsing::{Asked, MOST_PER_HOUR, Ran, Refused, Side, Source, refusal, run},
    security_headers::Nonce,
    state::AppState,
};

/// How long both sides together may be played: whoever asked is waiting.
const PATIENCE: Duration = Duration::from_secs(20);
/// The most people that can come in addition.
const MOST_MORE: u32 = 50;
/// The most slots more or less.
const MOST_SLOTS: i32 = 10;

/// GET /admin/routing/rehearsal.
///
/// # Errors
/// When the database fails.
pub async fn show(viewer: SignedIn, nonce: Nonce, state: Data<AppState>) -> Result<HttpResponse, PageError> {
    let open = Open::read(&state, &viewer).await?;
    let typed = first(&open, state.settings.house.time_zone, state.clock.now());
    page(&viewer, &nonce, &state, &open, &typed, Outcome::Nothing)
}

/// POST /admin/routing/rehearsal.
///
/// # Errors
/// When the database fails.
pub async fn attempt(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    body: Body<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let open = Open::read(&state, &viewer).await?;
    let typed = Typed::read(body.into_inner());
    let mut reader = Reader { typed: &typed, misread: Vec::new() };
    let asked = reader.asked();
    let outcome = match asked.filter(|_| reader.misread.is_empty()) {
        None => Outcome::Misread(reader.misread),
        Some(asked) => {
            let zone = state.settings.house.time_zone;
            // One at a time: it takes a core for as long as it lasts.
            match Arc::clone(&state.rehearsals).try_acquire_owned() {
                Err(_) => Outcome::Refused(Refused::Past(PastError::Busy)),
                Ok(place) => match run(&state.db, zone, asked, PATIENCE, place, state.clock.now()).await {
                    Ok(ran) => Outcome::Ran(Box::new(ran)),
                    Err(refused) => Outcome::Refused(refused),
                },
            }
        }
    };
    page(&viewer, &nonce, &state, &open, &typed, outcome)
}

enum Outcome {
    Nothing,
    Misread(Vec<(&'static str, Wrong)>),
    Refused(Refused),
    Ran(Box<Ran>),
}

fn page(
    viewer: &SignedIn,
    nonce: &Nonce,
    state: &AppState,
    open: &Open,
    typed: &Typed,
    outcome: Outcome,
) -> Result<HttpResponse, PageError> {
    let tx = words(viewer);
    let zone = state.settings.house.time_zone;
    let names: &Names = &open.company.names;
    let mut parts = parts(open, Maker { tx, typed }, zone);
    let (mut status, mut refused, mut rehearsed) = (StatusCode::OK, None, None);
    match outcome {
        Outcome::Nothing => {}
        Outcome::Misread(misread) => {
            status = StatusCode::UNPROCESSABLE_ENTITY;
            let beside = misread.into_iter().map(|(name, wrong)| (name.to_owned(), wrong.words(&tx)));
            drop(place(&mut parts, beside.collect()));
            refused = Some((tx.t("rehearse-refused-misread"), Vec::new()));
        }
        Outcome::Refused(why) => {
            status = match &why {
                Refused::Past(PastError::Busy) => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            refused = Some(refusal(&tx, names, why)?);
        }
        Outcome::Ran(ran) => rehearsed = Some(ran.told(&tx, zone, names.clone())),
    }
    let mut answer = html(&RehearsalPage {
        frame: frame(viewer, nonce, &open.start, Section::Admin, "none"),
        bar: open.bar(viewer, None),
        parts,
        refused,
        rehearsed,
    })?;
    *answer.status_mut() = status;
    Ok(answer)
}

/// What the form begins with: yesterday, what holds against what is in the making.
fn first(open: &Open, zone: chrono_tz::Tz, now: DateTime<Utc>) -> Typed {
    let mut typed = Typed::default();
    let today = now.with_timezone(&zone).date_naive();
    typed.set("source", "past");
    typed.set("date", today - TimeDelta::days(1));
    typed.set("days", 1);
    typed.set("per_hour", 60);
    typed.set_span("handle", Some(300));
    typed.set("vip", 5);
    typed.set("seed", 1);
    typed.set("before", "in-force");
    typed.set("after", if open.draft.revision > 0 { "draft" } else { "in-force" });
    typed.set("capacity", 0);
    typed
}

fn parts(open: &Open, make: Maker<'_>, zone: chrono_tz::Tz) -> Vec<Part> {
    let tx = make.tx;
    let zone = zone.name().replace('_', " ");
    let sources = make.keyed(&[("past", "rehearse-source-past"), ("made", "rehearse-source-made")]);
    let mut sides: Choices = vec![("in-force".to_owned(), tx.t("rehearse-in-force"))];
    if open.draft.revision > 0 {
        sides.push(("draft".to_owned(), tx.t("rehearse-draft")));
    }
    sides.extend(open.versions.iter().map(|one| {
        let words = tx.n("rehearse-version", i64::from(one.version));
        let words = if one.note.is_empty() { words } else { format!("{words} · {}", one.note) };
        (one.version.to_string(), words)
    }));
    let policy = &open.draft.policy;
    let day = vec![
        make.field("source", "rehearse-source", Control::Choice(sources)).wide(),
        make.field("date", "rehearse-date", Control::Date)
            .hint(tx.a("rehearse-zone-hint", "zone", &zone))
            .when("past"),
        make.field("days", "rehearse-days", Control::Number(1, MOST_DAYS.into()))
            .hint(tx.n("rehearse-days-hint", i64::from(MOST_DAYS)))
            .when("past"),
        make.field("by_rules", "rehearse-by-rules", Control::Flag)
            .hint(tx.t("rehearse-by-rules-hint"))
            .when("past"),
        make.field("per_hour", "rehearse-per-hour", Control::Number(1, MOST_PER_HOUR.into()))
            .hint(tx.t("rehearse-per-hour-hint"))
            .when("made"),
        make.field("people", "rehearse-count-people", Control::Number(1, 1_000))
            .hint(tx.t("rehearse-count-people-hint"))
            .when("made"),
        make.field("handle", "rehearse-handle", Control::Span).when("made"),
        make.field("vip", "rehearse-vip", Control::Number(0, 100)).when("made"),
        make.field("seed", "rehearse-seed", Control::Number(0, i64::from(u32::MAX)))
            .hint(tx.t("rehearse-seed-hint"))
            .when("made"),
    ];
    let what_if = vec![
        make.field(
            "more_queue",
            "rehearse-more-queue",
            make.or_none("rehearse-more-nowhere", queues(policy, None)),
        ),
        make.field("more", "rehearse-more", Control::Number(0, MOST_MORE.into()))
            .hint(tx.t("rehearse-more-hint")),
        make.field("capacity", "rehearse-capacity", Control::Number((-MOST_SLOTS).into(), MOST_SLOTS.into())),
        make.field("without", "rehearse-without", make.or_none("rehearse-without-nothing", skills(policy))),
    ];
    vec![
        make.part("day", "rehearse-part-day", day),
        make.part(
            "sides",
            "rehearse-part-sides",
            vec![
                make.field("before", "rehearse-side-before", Control::Choice(sides.clone())).wide(),
                make.field("after", "rehearse-side-after", Control::Choice(sides)).wide(),
            ],
        ),
        Part {
            about: Some(tx.t("rehearse-part-what-if-about")),
            ..make.part("what-if", "rehearse-part-what-if", what_if)
        },
    ]
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy)]
enum Wrong {
    Number(i64, i64),
    Date,
    Choice,
}

impl Wrong {
    fn words(self, tx: &views::Tx) -> String {
        match self {
            Self::Number(least, most) => tx.with(
                "rehearse-misread-number",
                [("least", Arg::Number(least)), ("most", Arg::Number(most))],
            ),
            Self::Date => tx.t("rehearse-misread-date"),
            Self::Choice => tx.t("routing-misread-choice"),
        }
    }
}

struct Reader<'a> {
    typed: &'a Typed,
    misread: Vec<(&'static str, Wrong)>,
}

impl Reader<'_> {
    fn asked(&mut self) -> Option<Asked> {
        let day = match self.typed.get("source") {
            "past" => self.past(),
            "made" => self.made(),
            _ => self.wrong("source", Wrong::Choice),
        };
        let (before, after) = (self.side("before"), self.side("after"));
        let what_if = self.what_if();
        Some(Asked { day: day?, before: before?, after: after?, what_if })
    }

    fn wrong<T>(&mut self, name: &'static str, wrong: Wrong) -> Option<T> {
        self.misread.push((name, wrong));
        None
    }

    /// A number within bounds; `None` where nothing was typed, and where it is wrong.
    fn number<T: TryFrom<i64>>(&mut self, name: &'static str, least: i64, most: i64) -> Option<T> {
        match self.typed.number::<i64>(name) {
            Ok(None) => None,
            Ok(Some(number)) if (least..=most).contains(&number) => number.try_into().ok(),
            _ => self.wrong(name, Wrong::Number(least, most)),
        }
    }

    /// As [`Self::number`], but something has to be typed.
    fn needed<T: TryFrom<i64>>(&mut self, name: &'static str, least: i64, most: i64) -> Option<T> {
        if self.typed.get(name).is_empty() {
            return self.wrong(name, Wrong::Number(least, most));
        }
        self.number(name, least, most)
    }

    fn past(&mut self) -> Option<Source> {
        let date = self.typed.get("date").parse::<NaiveDate>().ok();
        // What no calendar of people reaches.
        let date = date.filter(|date| (2000..=2200).contains(&chrono::Datelike::year(date)));
        let from = date.or_else(|| self.wrong("date", Wrong::Date));
        let days = self.needed("days", 1, MOST_DAYS.into());
        Some(Source::Past { from: from?, days: days?, by_rules: !self.typed.get("by_rules").is_empty() })
    }

    fn made(&mut self) -> Option<Source> {
        let per_hour = self.needed("per_hour", 1, MOST_PER_HOUR.into());
        let people = self.number("people", 1, 1_000);
        let handle =
            self.typed.span("handle").ok().flatten().filter(|seconds| (1..=86_400).contains(seconds));
        let handle = handle.or_else(|| self.wrong("handle", Wrong::Number(1, 86_400)));
        let vip = self.needed("vip", 0, 100);
        let seed: Option<u32> = self.needed("seed", 0, u32::MAX.into());
        Some(Source::Made(Recipe {
            seed: seed?.into(),
            per_hour: per_hour?,
            people,
            handle_seconds: handle?,
            vip_percent: vip?,
        }))
    }

    fn side(&mut self, name: &'static str) -> Option<Side> {
        let which = match self.typed.get(name) {
            "in-force" => Some(Which::InForce),
            "draft" => Some(Which::Draft),
            version => version.parse().ok().map(Which::Version),
        };
        which.map(Side::Kept).or_else(|| self.wrong(name, Wrong::Choice))
    }

    fn what_if(&mut self) -> WhatIf {
        let people = self.number("more", 0, MOST_MORE.into()).unwrap_or(0);
        let more = self.typed.ids("more_queue").next().filter(|_| people > 0);
        let capacity = self.number("capacity", (-MOST_SLOTS).into(), MOST_SLOTS.into()).unwrap_or(0);
        let without: BTreeSet<_> = self.typed.ids("without").take(1).collect();
        WhatIf { more: more.map(|queue| More { queue, people }).into_iter().collect(), capacity, without }
    }
}
