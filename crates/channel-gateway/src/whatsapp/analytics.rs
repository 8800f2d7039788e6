//! Meta's own books: what an account was charged, day by day (whatsapp-cloud.md §9.4).

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use pricing::{Basis, Category, Currency, Micros};
use serde_json::Value;

use super::graph::{Graph, GraphFault};

/// A line of Meta's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charged {
    /// The day, in the account's time zone.
    pub day: NaiveDate,
    /// Our number, digits.
    pub number: String,
    /// As we store it; Meta's word in small letters where we don't know it.
    pub category: String,
    /// As we store it.
    pub basis: String,
    /// The recipient's country; empty where Meta does not tell.
    pub country: String,
    /// Messages.
    pub volume: i64,
    /// What they cost; `None` where Meta hides it: billed through a partner's credit line.
    pub cost: Option<Micros>,
}

/// What Meta's books say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charges {
    /// What the account is billed in.
    pub currency: Option<Currency>,
    /// The lines. None at all means that there was nothing, or that Meta tells nothing.
    pub lines: Vec<Charged>,
}

/// Reads Meta's books of an account between two moments, by day. Look-back is one year.
///
/// # Errors
/// See [`GraphFault`].
pub async fn charges(
    graph: &Graph,
    waba: &str,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    zone: Tz,
) -> Result<Charges, GraphFault> {
    // DAILY: for the month that runs, MONTHLY answers nothing or an error.
    let fields = format!(
        "currency,pricing_analytics.start({}).end({}).granularity(DAILY).phone_numbers([]).metric_types([\"COST\",\
         \"VOLUME\"]).dimensions([\"PHONE\",\"COUNTRY\",\"PRICING_CATEGORY\",\"PRICING_TYPE\"])",
        from.timestamp(),
        // The second that runs counts too.
        until.timestamp() + 1,
    );
    let answer = graph.get(&[waba], &[("fields", &fields)]).await?;
    Ok(read(&answer, zone))
}

fn read(answer: &Value, zone: Tz) -> Charges {
    let groups = answer["pricing_analytics"]["data"].as_array().map_or(&[][..], Vec::as_slice);
    let points = groups.iter().filter_map(|group| group["data_points"].as_array()).flatten();
    Charges {
        currency: answer["currency"].as_str().and_then(|code| code.parse().ok()),
        lines: points.filter_map(|point| line(point, zone)).collect(),
    }
}

fn line(point: &Value, zone: Tz) -> Option<Charged> {
    let text = |name: &str| point[name].as_str().unwrap_or_default();
    let start = DateTime::from_timestamp(point["start"].as_i64()?, 0)?;
    let lower = |name: &str| text(name).to_ascii_lowercase();
    let category = Category::parse(text("pricing_category"));
    Some(Charged {
        day: start.with_timezone(&zone).date_naive(),
        number: text("phone_number").chars().filter(char::is_ascii_digit).collect(),
        category: category.map_or_else(|| lower("pricing_category"), |category| category.as_str().to_owned()),
        basis: Basis::parse(&lower("pricing_type"))
            .map_or_else(|| lower("pricing_type"), |basis| basis.as_str().to_owned()),
        country: text("country").to_owned(),
        volume: point["volume"].as_i64().unwrap_or(0),
        cost: amount(&point["cost"]),
    })
}

/// A sum that the wire has as a JSON number: to the nearest millionth.
fn amount(value: &Value) -> Option<Micros> {
    if let Some(exact) = Micros::parse(&value.to_string()) {
        return Some(exact);
    }
    let micros = (value.as_f64()? * 1_000_000.0).round();
    let text = format!("{micros:.0}");
    text.parse().ok().map(Micros)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn points_become_lines_by_the_accounts_days() {
        // Midnight in Bogotá.
        let answer = json!({"currency": "COP", "pricing_analytics": {"data": [{"data_points": [
            {"start": 1_761_973_200, "end": 1_762_059_600, "country": "CO", "phone_number": "573015550100",
             "pricing_type": "REGULAR", "pricing_category": "SERVICE", "volume": 12, "cost": 0.0096},
            {"start": 1_761_973_200, "phone_number": "573015550100", "pricing_type": "FREE_CUSTOMER_SERVICE",
             "pricing_category": "AI_BOT", "volume": 3},
            {"start": "soon"},
        ]}]}, "id": "1"});
        let charges = read(&answer, Tz::America__Bogota);
        assert_eq!(charges.currency.map(|code| code.to_string()).as_deref(), Some("COP"));
        assert_eq!(charges.lines.len(), 2);
        let first = &charges.lines[0];
        assert_eq!(first.day.to_string(), "2025-11-01");
        assert_eq!((first.category.as_str(), first.basis.as_str()), ("service", "regular"));
        assert_eq!((first.volume, first.cost), (12, Some(Micros(9_600))));
        assert_eq!((charges.lines[1].category.as_str(), charges.lines[1].cost), ("ai_bot", None), "hidden");
    }

    #[test]
    fn no_books_are_no_lines() {
        let nothing = Charges { currency: None, lines: Vec::new() };
        for answer in [json!({"id": "1"}), json!(null), json!({"pricing_analytics": {"data": []}})] {
            assert_eq!(read(&answer, Tz::UTC), nothing);
        }
    }

    #[test]
    fn a_sum_in_floating_point_is_taken_to_the_nearest_millionth() {
        assert_eq!(amount(&json!(0.1)), Some(Micros(100_000)));
        assert_eq!(amount(&json!(1e-5)), Some(Micros(10)));
        assert_eq!(amount(&json!(0.30000000000000004)), Some(Micros(300_000)));
        assert_eq!(amount(&json!("a lot")), None);
    }
}
