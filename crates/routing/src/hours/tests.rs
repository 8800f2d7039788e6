use std::array;

use chrono_tz::{America, Tz};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::policy::{CalendarId, Holiday, Week};

fn span(text: &str) -> Span {
    let (from, to) = text.split_once('-').unwrap();
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
    Span { from: time(from), to: time(to) }
}

fn spans(text: &str) -> Vec<Span> {
    text.split_whitespace().map(span).collect()
}

/// The same hours every day.
fn daily(zone: Tz, text: &str) -> Calendar {
    let id = CalendarId(Uuid::nil());
    let week = Week(array::from_fn(|_| spans(text)));
    Calendar { id, name: "Diario".into(), zone, week, holidays: Vec::new() }
}

/// Monday to Friday 9 to 18 with a siesta, Saturday morning.
fn clinic(zone: Tz) -> Calendar {
    let mut clinic = daily(zone, "09:00-13:00 15:00-18:00");
    clinic.week.0[5] = spans("09:00-12:00");
    clinic.week.0[6] = Vec::new();
    clinic
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

const HOUR: i64 = 3_600;

#[test]
fn a_week_in_mexico_city() {
    // Monday, 23 November 2026; no daylight saving since 2022.
    let clinic = clinic(America::Mexico_City);
    assert!(!clinic.is_open(at("2026-11-23T08:59:59-06:00")));
    assert!(clinic.is_open(at("2026-11-23T09:00:00-06:00")));
    assert!(clinic.is_open(at("2026-11-23T12:59:59-06:00")));
    assert!(!clinic.is_open(at("2026-11-23T13:00:00-06:00")));
    assert_eq!(clinic.opens_after(at("2026-11-23T13:00:00-06:00")), Some(at("2026-11-23T15:00:00-06:00")));
    assert_eq!(clinic.closes_after(at("2026-11-23T13:00:00-06:00")), Some(at("2026-11-23T18:00:00-06:00")));
    assert_eq!(clinic.opens_after(at("2026-11-28T12:00:00-06:00")), Some(at("2026-11-30T09:00:00-06:00")));
    let week = clinic.open_seconds(at("2026-11-23T00:00:00-06:00"), at("2026-11-30T00:00:00-06:00"));
    assert_eq!(week, 38 * HOUR);
    let (earlier, later) = (at("2026-11-23T10:00:00-06:00"), at("2026-11-23T11:00:00-06:00"));
    assert_eq!((clinic.open_seconds(earlier, later), clinic.open_seconds(later, earlier)), (HOUR, 0));
    // Eight hours from Friday at noon: one, three in the afternoon, three on Saturday, one on Monday.
    let late = clinic.after_open_seconds(at("2026-11-27T12:00:00-06:00"), 8 * 3_600);
    assert_eq!(late, Some(at("2026-11-30T10:00:00-06:00")));
}

#[test]
fn what_is_due_at_closing_is_due_at_closing_and_not_at_the_next_opening() {
    let clinic = clinic(America::Mexico_City);
    let due = clinic.after_open_seconds(at("2026-11-28T11:00:00-06:00"), 3_600);
    assert_eq!(due, Some(at("2026-11-28T12:00:00-06:00")));
    assert_eq!(
        clinic.after_open_seconds(at("2026-11-29T11:00:00-06:00"), 0),
        Some(at("2026-11-29T11:00:00-06:00"))
    );
}

#[test]
fn holidays_have_their_own_hours_or_none() {
    let mut clinic = clinic(America::Mexico_City);
    let holiday = |date: &str, hours: &str| Holiday {
        date: date.parse().unwrap(),
        name: "Fiesta".into(),
        hours: spans(hours),
    };
    clinic.holidays = vec![holiday("2026-12-24", "09:00-11:00"), holiday("2026-12-25", "")];
    assert!(clinic.is_open(at("2026-12-24T10:00:00-06:00")));
    assert!(!clinic.is_open(at("2026-12-24T12:00:00-06:00")));
    assert!(!clinic.is_open(at("2026-12-25T10:00:00-06:00")));
    assert_eq!(clinic.opens_after(at("2026-12-24T11:00:00-06:00")), Some(at("2026-12-26T09:00:00-06:00")));
}

#[test]
fn until_midnight_and_on_without_closing() {
    let bar = daily(America::Mexico_City, "20:00-00:00 00:00-02:00");
    assert!(bar.is_open(at("2026-11-23T23:59:59-06:00")));
    assert!(bar.is_open(at("2026-11-24T00:00:00-06:00")));
    assert!(!bar.is_open(at("2026-11-24T02:00:00-06:00")));
    assert_eq!(bar.closes_after(at("2026-11-23T21:00:00-06:00")), Some(at("2026-11-24T02:00:00-06:00")));
    assert_eq!(bar.opens_after(at("2026-11-23T21:00:00-06:00")), Some(at("2026-11-24T20:00:00-06:00")));

    let always = daily(America::Mexico_City, "00:00-00:00");
    let moment = at("2026-11-23T21:00:00-06:00");
    assert!(always.is_open(moment));
    assert_eq!((always.opens_after(moment), always.closes_after(moment)), (None, None));

    let never = daily(America::Mexico_City, "");
    assert!(!never.is_open(moment));
    assert_eq!((never.opens_after(moment), never.closes_after(moment)), (None, None));
    assert_eq!(never.after_open_seconds(moment, 1), None);
    assert_eq!(never.open_seconds(moment, moment + TimeDelta::days(700)), 0);
}

#[test]
fn no_calendar_is_always_open() {
    let (from, to) = (at("2026-11-23T21:00:00Z"), at("2026-11-24T21:00:00Z"));
    assert!(is_open(None, from));
    assert_eq!((opens_after(None, from), closes_after(None, from)), (None, None));
    assert_eq!((open_seconds(None, from, to), open_seconds(None, to, from)), (24 * HOUR, 0));
    assert_eq!(after_open_seconds(None, from, 86_400), Some(to));
}

#[test]
fn spans_of_an_unchecked_draft_are_joined_or_left_out() {
    let draft =
        daily(America::Bogota, "14:00-18:00 09:00-15:00 20:00-19:00 07:00-07:00 22:00-00:00 23:00-23:30");
    let hours = draft.hours_on("2026-11-23".parse().unwrap());
    assert_eq!(hours, spans("09:00-18:00 22:00-00:00"));
    let day = (at("2026-11-23T00:00:00-05:00"), at("2026-11-24T00:00:00-05:00"));
    assert_eq!(draft.open_seconds(day.0, day.1), 11 * HOUR);
}

#[test]
fn new_york_loses_an_hour_and_gets_it_back() {
    // 8 March 2026: 02:00 becomes 03:00. 1 November 2026: 02:00 becomes 01:00.
    let night = daily(America::New_York, "01:00-04:00");
    let open = |from: &str, to: &str| night.open_seconds(at(from), at(to)) / HOUR;
    assert_eq!(open("2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00"), 2);
    assert_eq!(open("2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"), 4);

    // A span inside the lost hour never comes; one that begins in it begins when the clocks jump.
    assert!(!daily(America::New_York, "02:15-02:45").is_open(at("2026-03-08T03:15:00-04:00")));
    let begins = daily(America::New_York, "02:30-05:00");
    assert_eq!(begins.opens_after(at("2026-03-08T00:00:00-05:00")), Some(at("2026-03-08T03:00:00-04:00")));

    // Half past one comes twice; closing at half past one means the first.
    let closes = daily(America::New_York, "00:00-01:30");
    assert!(closes.is_open(at("2026-11-01T01:29:00-04:00")));
    assert!(!closes.is_open(at("2026-11-01T01:29:00-05:00")));
    assert_eq!(closes.closes_after(at("2026-11-01T00:10:00-04:00")), Some(at("2026-11-01T01:30:00-04:00")));
}

#[test]
fn santiago_and_sao_paulo_change_at_midnight() {
    // Santiago, 6 September 2026: midnight becomes 01:00. 4 April 2026: midnight becomes 23:00 again.
    let night = daily(America::Santiago, "20:00-00:00");
    let open = |from: &str, to: &str| night.open_seconds(at(from), at(to)) / HOUR;
    assert_eq!(open("2026-09-05T12:00:00-04:00", "2026-09-06T12:00:00-03:00"), 4);
    assert_eq!(open("2026-04-04T12:00:00-03:00", "2026-04-05T12:00:00-04:00"), 5);
    let morning = daily(America::Santiago, "00:00-08:00");
    assert_eq!(morning.opens_after(at("2026-09-05T12:00:00-04:00")), Some(at("2026-09-06T01:00:00-03:00")));
    assert_eq!(
        morning.open_seconds(at("2026-09-05T12:00:00-04:00"), at("2026-09-06T12:00:00-03:00")),
        7 * HOUR
    );

    // St. John's went back a minute after midnight, into the evening before: 7 November 2010.
    let morning = daily(America::St_Johns, "00:00-08:00");
    assert!(morning.is_open(at("2010-11-06T23:30:00-03:30")));
    assert_eq!(morning.closes_after(at("2010-11-06T23:30:00-03:30")), Some(at("2010-11-07T08:00:00-03:30")));

    // São Paulo, the last time: 4 November 2018.
    let morning = daily(America::Sao_Paulo, "00:00-08:00");
    let day = (at("2018-11-03T12:00:00-03:00"), at("2018-11-04T12:00:00-02:00"));
    assert_eq!(morning.open_seconds(day.0, day.1), 7 * HOUR);
    let day = (at("2026-11-01T12:00:00-03:00"), at("2026-11-02T12:00:00-03:00"));
    assert_eq!(morning.open_seconds(day.0, day.1), 8 * HOUR);
}

fn zone() -> impl Strategy<Value = Tz> {
    prop::sample::select(vec![
        America::Santiago,
        America::Mexico_City,
        America::New_York,
        America::Sao_Paulo,
        America::Havana,
        America::St_Johns,
    ])
}

fn any_spans() -> impl Strategy<Value = Vec<Span>> {
    let quarter = |n: u32| NaiveTime::from_num_seconds_from_midnight_opt(n * 900, 0).unwrap();
    prop::collection::vec((0..96_u32, 0..96_u32), 0..4).prop_map(move |spans| {
        spans.into_iter().map(|(from, to)| Span { from: quarter(from), to: quarter(to) }).collect()
    })
}

fn any_calendar() -> impl Strategy<Value = Calendar> {
    (zone(), prop::array::uniform7(any_spans()), any_spans(), 0..700_i64).prop_map(
        |(zone, week, hours, day)| {
            let date = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + TimeDelta::days(day);
            let holidays = vec![Holiday { date, name: "Fiesta".into(), hours }];
            Calendar { week: Week(week), holidays, ..daily(zone, "") }
        },
    )
}

/// Around the nights in which clocks are changed as often as anywhere else.
fn any_moment() -> impl Strategy<Value = DateTime<Utc>> {
    let change = prop::sample::select(vec![
        "2026-03-08T06:00:00Z",
        "2026-11-01T06:00:00Z",
        "2026-04-05T03:00:00Z",
        "2026-09-06T04:00:00Z",
        "2018-11-04T03:00:00Z",
        "2018-02-18T02:00:00Z",
        "2010-11-07T02:31:00Z",
    ]);
    prop_oneof![
        (change, -100_000..100_000_i64)
            .prop_map(|(change, seconds)| at(change) + TimeDelta::seconds(seconds)),
        (0..700 * 86_400_i64).prop_map(|seconds| at("2026-01-01T00:00:00Z") + TimeDelta::seconds(seconds)),
    ]
}

proptest! {
    #[test]
    fn open_time_adds_up(calendar in any_calendar(), start in any_moment(), one in 0..900_000_i64, two in 0..900_000_i64) {
        let middle = start + TimeDelta::seconds(one);
        let end = middle + TimeDelta::seconds(two);
        let parts = calendar.open_seconds(start, middle) + calendar.open_seconds(middle, end);
        prop_assert_eq!(calendar.open_seconds(start, end), parts);
    }

    #[test]
    fn so_many_open_seconds_later_is_the_first_moment_with_so_many(
        calendar in any_calendar(), start in any_moment(), seconds in 1..400_000_u32,
    ) {
        match calendar.after_open_seconds(start, seconds) {
            Some(end) => {
                prop_assert_eq!(calendar.open_seconds(start, end), i64::from(seconds));
                prop_assert!(calendar.open_seconds(start, end - TimeDelta::seconds(1)) < i64::from(seconds));
            }
            // Closed all week; a holiday alone may be too short.
            None => prop_assert!(calendar.open_seconds(start, start + TimeDelta::days(3_600)) < i64::from(seconds)),
        }
    }

    #[test]
    fn the_pieces_of_a_day_agree(calendar in any_calendar(), start in any_moment()) {
        // Quarters of an hour, and so does what opens and closes.
        let start = start - TimeDelta::seconds(start.timestamp() % 900);
        let quarter = |n: i64| start + TimeDelta::seconds(900 * n);
        let open = (0..300).filter(|n| calendar.is_open(quarter(*n))).count();
        prop_assert_eq!(calendar.open_seconds(start, quarter(300)), 900 * i64::try_from(open).unwrap());

        let turns = |to: bool| (1..300).map(quarter).find(|moment| {
            calendar.is_open(*moment) == to && calendar.is_open(*moment - TimeDelta::seconds(1)) != to
        });
        let within = |moment: Option<DateTime<Utc>>| moment.filter(|moment| *moment < quarter(300));
        prop_assert_eq!(within(calendar.opens_after(start)), turns(true));
        prop_assert_eq!(within(calendar.closes_after(start)), turns(false));
    }
}
