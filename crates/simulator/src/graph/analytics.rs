//! `pricing_analytics` of an account: Meta's own books, by the half-hour, day or month (whatsapp-cloud.md §9.4).

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::errors::Refusal;
use crate::{books::Arrived, estate::Account, sim::Sim};

/// Meta tells a year back.
const LOOK_BACK: TimeDelta = TimeDelta::days(366);
const KINDS: [&str; 3] = ["REGULAR", "FREE_CUSTOMER_SERVICE", "FREE_ENTRY_POINT"];
const CATEGORIES: [&str; 8] = [
    "AUTHENTICATION",
    "AUTHENTICATION_INTERNATIONAL",
    "MARKETING",
    "MARKETING_LITE",
    "SERVICE",
    "UTILITY",
    "REFERRAL_CONVERSION",
    "AI_BOT",
];
const DIMENSIONS: [&str; 5] = ["COUNTRY", "PHONE", "PRICING_CATEGORY", "PRICING_TYPE", "TIER"];

/// What was asked for, as arguments of the field.
struct Question {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    step: Step,
    numbers: Vec<String>,
    countries: Vec<String>,
    metrics: Vec<String>,
    kinds: Vec<String>,
    categories: Vec<String>,
    dimensions: Vec<String>,
}

/// A point before it is written.
struct Group {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    volume: i64,
    micros: Option<i64>,
}

#[derive(Clone, Copy)]
enum Step {
    HalfHour,
    Day,
    Month,
}

/// The answer to `field.start(…).end(…)…`; `None` where there is nothing to tell: the key is left out then.
pub fn pricing(sim: &Sim, account: &Account, asked: &str) -> Result<Option<Value>, Refusal> {
    let question = read(asked, sim.clock.wall())?;
    let arrived = sim.books.list(|one| fits(&question, account, one));
    if arrived.is_empty() {
        return Ok(None);
    }
    let mut groups: BTreeMap<Vec<String>, Group> = BTreeMap::new();
    for one in &arrived {
        let (start, end) = bucket(one.at, question.step, account.zone);
        // The month that runs is not told by the month.
        if matches!(question.step, Step::Month) && end > sim.clock.wall() {
            continue;
        }
        let mut key = vec![start.timestamp().to_string()];
        key.extend(question.dimensions.iter().map(|name| value_of(one, name)));
        let group = groups.entry(key).or_insert(Group { start, end, volume: 0, micros: Some(0) });
        group.volume += 1;
        group.micros = group.micros.zip(one.micros).map(|(sum, micros)| sum + micros);
    }
    let points: Vec<Value> = groups
        .into_iter()
        .map(|(key, Group { start, end, volume, micros })| {
            let mut point = Map::new();
            point.insert("start".to_owned(), json!(start.timestamp()));
            point.insert("end".to_owned(), json!(end.timestamp()));
            for (name, value) in question.dimensions.iter().zip(&key[1..]) {
                let name = if name == "PHONE" { "phone_number" } else { &name.to_lowercase() };
                point.insert(name.to_owned(), json!(value));
            }
            if asks(&question.metrics, "VOLUME") {
                point.insert("volume".to_owned(), json!(volume));
            }
            // Hidden where a partner's credit line pays.
            if let Some(micros) = micros.filter(|_| asks(&question.metrics, "COST") && !account.partner_pays)
            {
                #[expect(clippy::cast_precision_loss, reason = "as the wire has it")]
                point.insert("cost".to_owned(), json!(micros as f64 / 1_000_000.0));
            }
            Value::Object(point)
        })
        .collect();
    Ok((!points.is_empty()).then(|| json!({ "data": [{ "data_points": points }] })))
}

fn asks(list: &[String], name: &str) -> bool {
    list.is_empty() || list.iter().any(|one| one == name)
}

fn fits(question: &Question, account: &Account, one: &Arrived) -> bool {
    let digits = |text: &String| text.chars().filter(char::is_ascii_digit).collect::<String>();
    one.waba == account.id
        && one.at >= question.from
        && one.at < question.until
        && (question.numbers.is_empty() || question.numbers.iter().any(|number| digits(number) == one.number))
        && asks(&question.countries, &one.country)
        && asks(&question.kinds, &one.kind)
        && asks(&question.categories, &one.category)
}

fn value_of(one: &Arrived, dimension: &str) -> String {
    match dimension {
        "COUNTRY" => one.country.clone(),
        "PHONE" => one.number.clone(),
        "PRICING_CATEGORY" => one.category.clone(),
        "PRICING_TYPE" => one.kind.clone(),
        _ => "0:MAX".to_owned(),
    }
}

/// The stretch of time a moment falls into: days and months begin at the account's own midnight.
fn bucket(at: DateTime<Utc>, step: Step, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
    let day = at.with_timezone(&zone).date_naive();
    let midnight = |day: NaiveDate| {
        let local = day.and_time(NaiveTime::MIN);
        // Where a clock jumps over midnight, the day begins with the first moment after it.
        let first =
            (0..4).find_map(|hour| (local + TimeDelta::hours(hour)).and_local_timezone(zone).earliest());
        first.map_or_else(|| local.and_utc(), |first| first.to_utc())
    };
    match step {
        Step::HalfHour => {
            let start = at.timestamp().div_euclid(1_800) * 1_800;
            let start = DateTime::from_timestamp(start, 0).unwrap_or(at);
            (start, start + TimeDelta::minutes(30))
        }
        Step::Day => (midnight(day), midnight(day + Days::new(1))),
        Step::Month => {
            let first = day.with_day(1).unwrap_or(day);
            (midnight(first), midnight(first + Months::new(1)))
        }
    }
}

fn read(asked: &str, now: DateTime<Utc>) -> Result<Question, Refusal> {
    let refused = |details: String| Refusal::new(100, details);
    let all = arguments(asked).ok_or_else(|| refused(format!("Syntax error in {asked}")))?;
    let one = |name: &str| all.iter().find_map(|(known, value)| (*known == name).then_some(*value));
    let known = [
        "start",
        "end",
        "granularity",
        "phone_numbers",
        "country_codes",
        "metric_types",
        "pricing_types",
        "pricing_categories",
        "dimensions",
    ];
    if let Some((name, _)) = all.iter().find(|(name, _)| !known.contains(name)) {
        return Err(refused(format!("Unknown argument {name} of pricing_analytics.")));
    }
    let moment = |name: &str| {
        let given = one(name).ok_or_else(|| refused(format!("The parameter {name} is required.")))?;
        let at = given.parse().ok().and_then(|unix| DateTime::from_timestamp(unix, 0));
        at.ok_or_else(|| refused(format!("Param {name} must be unix seconds.")))
    };
    let (from, until) = (moment("start")?, moment("end")?);
    if from >= until || from < now - LOOK_BACK {
        return Err(refused("start must be before end, and at most a year ago.".to_owned()));
    }
    let step = match one("granularity") {
        Some("HALF_HOUR") => Step::HalfHour,
        Some("DAILY") => Step::Day,
        Some("MONTHLY") => Step::Month,
        other => {
            let other = other.unwrap_or_default();
            return Err(refused(format!(
                "Param granularity must be one of {{HALF_HOUR, DAILY, MONTHLY}} - got \"{other}\"."
            )));
        }
    };
    let list = |name: &str, words: &[&str]| -> Result<Vec<String>, Refusal> {
        let Some(given) = one(name) else { return Ok(Vec::new()) };
        let given: Vec<String> = serde_json::from_str(given)
            .map_err(|_| refused(format!("Param {name} must be an array of strings.")))?;
        match given.iter().find(|one| !words.is_empty() && !words.contains(&one.as_str())) {
            Some(wrong) => Err(refused(format!("Param {name} must be among {words:?} - got \"{wrong}\"."))),
            None => Ok(given),
        }
    };
    Ok(Question {
        from,
        until,
        step,
        numbers: list("phone_numbers", &[])?,
        countries: list("country_codes", &[])?,
        metrics: list("metric_types", &["COST", "VOLUME"])?,
        kinds: list("pricing_types", &KINDS)?,
        categories: list("pricing_categories", &CATEGORIES)?,
        dimensions: list("dimensions", &DIMENSIONS)?,
    })
}

/// `name.one(1).two([2])` → one and two with what stands between their brackets.
fn arguments(asked: &str) -> Option<Vec<(&str, &str)>> {
    let mut rest = asked.trim_start_matches(|c: char| c != '.');
    let mut all = Vec::new();
    while let Some(call) = rest.strip_prefix('.') {
        let (name, after) = call.split_once('(')?;
        let (value, left) = after.split_once(')')?;
        all.push((name, value));
        rest = left;
    }
    rest.is_empty().then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_the_accounts_midnight() {
        let at: DateTime<Utc> = "2026-11-22T03:00:00Z".parse().unwrap();
        let (start, end) = bucket(at, Step::Day, Tz::America__Lima);
        assert_eq!(start.to_rfc3339(), "2026-11-21T05:00:00+00:00");
        assert_eq!(end - start, TimeDelta::days(1));
        let (start, end) = bucket(at, Step::Month, Tz::America__Lima);
        assert_eq!((start.day(), end.month()), (1, 12));
    }

    #[test]
    fn arguments_are_read_to_their_last_bracket() {
        let read = arguments("pricing_analytics.start(1).dimensions([\"PHONE\",\"COUNTRY\"])").unwrap();
        assert_eq!(read, [("start", "1"), ("dimensions", "[\"PHONE\",\"COUNTRY\"]")]);
        assert_eq!(arguments("pricing_analytics.start(1"), None);
        assert_eq!(arguments("pricing_analytics"), Some(Vec::new()));
    }
}
