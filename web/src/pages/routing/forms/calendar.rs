//! One calendar. A day's hours are a line of text, as people write them: `09:00-13:00, 15:00-18:00`.

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::{TZ_VARIANTS, Tz};
use routing::{
    Policy,
    check::Field as Spot,
    policy::{Calendar, CalendarId, Holiday, Span, Week},
};
use views::routing::{
    Typed,
    form::{Choices, Control, Maker, Part},
    words::DAYS,
};

use super::Reader;

pub fn fill(policy: &Policy, id: CalendarId) -> Typed {
    let mut typed = Typed::default();
    let Some(calendar) = policy.calendars.iter().find(|one| one.id == id) else {
        typed.set("zone", "America/Lima");
        (0..5).for_each(|day| typed.set(&format!("day_{day}"), "09:00-18:00"));
        return typed;
    };
    typed.set("name", &calendar.name);
    typed.set("zone", calendar.zone.name());
    for (day, spans) in calendar.week.0.iter().enumerate() {
        typed.set(&format!("day_{day}"), written(spans));
    }
    for (at, holiday) in calendar.holidays.iter().enumerate() {
        typed.set(&format!("holiday.{at}.date"), holiday.date);
        typed.set(&format!("holiday.{at}.name"), &holiday.name);
        typed.set(&format!("holiday.{at}.hours"), written(&holiday.hours));
    }
    typed
}

fn written(spans: &[Span]) -> String {
    let end = |time: NaiveTime| {
        if time == NaiveTime::MIN { "24:00".to_owned() } else { time.format("%H:%M").to_string() }
    };
    let spans = spans.iter().map(|span| format!("{}-{}", span.from.format("%H:%M"), end(span.to)));
    spans.collect::<Vec<_>>().join(", ")
}

/// The hours of a line; `None` when they can't be read.
fn read(line: &str) -> Option<Vec<Span>> {
    let time = |text: &str| {
        let text = text.trim();
        NaiveTime::parse_from_str(text, "%H:%M").ok().or_else(|| match text {
            "24:00" => Some(NaiveTime::MIN),
            hour => NaiveTime::from_hms_opt(hour.parse().ok()?, 0, 0),
        })
    };
    let spans = line.split(',').map(str::trim).filter(|span| !span.is_empty());
    spans
        .map(|span| {
            let (from, to) = span.split_once(['-', '–', 'a'])?;
            Some(Span { from: time(from)?, to: time(to)? })
        })
        .collect()
}

pub fn tidy(typed: &mut Typed) {
    typed.rows("holiday", "date", None);
}

/// The zones of the region and a few beside them, and the one that was chosen.
fn zones(chosen: &str) -> Choices {
    let near = |name: &str| {
        name.starts_with("America/")
            || matches!(
                name,
                "UTC" | "Europe/Madrid" | "Europe/Lisbon" | "Pacific/Easter" | "Pacific/Galapagos"
            )
    };
    let names = TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| near(name) || *name == chosen);
    names.map(|name| (name.to_owned(), name.replace('_', " "))).collect()
}

pub fn parts(make: Maker<'_>) -> Vec<Part> {
    let tx = make.tx;
    let holidays = (0..).take_while(|at| !make.typed.get(&format!("holiday.{at}.date")).is_empty()).count();
    vec![
        make.part(
            "basics",
            "routing-part-basics",
            vec![
                make.field("name", "routing-name", Control::Text),
                make.field("zone", "routing-zone", Control::Choice(zones(make.typed.get("zone")))),
            ],
        ),
        Part {
            about: Some(tx.t("routing-part-week-about")),
            ..make.part(
                "week",
                "routing-part-week",
                (0..)
                    .zip(DAYS)
                    .map(|(day, key): (usize, _)| make.field(&format!("day_{day}"), key, Control::Text))
                    .collect(),
            )
        },
        Part {
            about: Some(tx.t("routing-part-holidays-about")),
            rows: make.rows("holiday", holidays, |name| {
                vec![
                    make.field(&format!("{name}.date"), "routing-date", Control::Date),
                    make.field(&format!("{name}.name"), "routing-name", Control::Text),
                    make.field(&format!("{name}.hours"), "routing-hours", Control::Text),
                ]
            }),
            add: Some(tx.t("routing-add-holiday")),
            ..make.part("holidays", "routing-part-holidays", Vec::new())
        },
    ]
}

pub fn apply(reader: &mut Reader<'_>, policy: &mut Policy, id: CalendarId) {
    let typed = reader.typed;
    let mut hours = |name: &str| {
        read(typed.get(name)).unwrap_or_else(|| {
            reader.wrong(name, "routing-misread-hours");
            Vec::new()
        })
    };
    let week = Week(std::array::from_fn(|day| hours(&format!("day_{day}"))));
    let mut holidays = Vec::new();
    for at in 0.. {
        let name = |part: &str| format!("holiday.{at}.{part}");
        let date = match typed.get(&name("date")) {
            "" => break,
            date => date.parse::<NaiveDate>(),
        };
        let hours = hours(&name("hours"));
        if let Ok(date) = date {
            holidays.push(Holiday { date, name: typed.get(&name("name")).to_owned(), hours });
        }
    }
    let Ok(zone) = typed.get("zone").parse::<Tz>() else {
        reader.wrong("zone", "routing-misread-choice");
        return;
    };
    let calendar = Calendar { id, name: typed.get("name").to_owned(), zone, week, holidays };
    match policy.calendars.iter_mut().find(|one| one.id == id) {
        Some(old) => *old = calendar,
        None => policy.calendars.push(calendar),
    }
}

/// The name of the field for a spot of the calendar.
pub fn field(spot: Spot, policy: &Policy, id: CalendarId) -> String {
    match spot {
        Spot::Day { day } => format!("day_{day}"),
        Spot::Holiday { date } => {
            let calendar = policy.calendars.iter().find(|one| one.id == id);
            let row = calendar.and_then(|one| one.holidays.iter().rposition(|day| day.date == date));
            format!("holiday.{}", row.unwrap_or(0))
        }
        other => other.code().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_come_back_as_they_were_written() {
        for line in ["", "09:00-18:00", "09:00-13:00, 15:30-24:00"] {
            assert_eq!(written(&read(line).unwrap()), line);
        }
        assert_eq!(written(&read(" 9:00 – 13:00,15-18 ").unwrap()), "09:00-13:00, 15:00-18:00");
        for line in ["mañana", "9:00", "25:00-26:00", "9:00-"] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
