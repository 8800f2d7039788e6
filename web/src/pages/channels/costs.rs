//! What a channel costs: a month at a glance, beside the vendor's own books, and message by message as a file.

use ::inbox::{
    costs::{
        account::{self, Source},
        reading::{self, By, CostRow, Of, Total},
        vendor,
    },
    reading as rows,
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data, Form, Path, Query},
};
use chrono::{Datelike as _, Months, NaiveDate};
use chrono_tz::Tz;
use domain::{ChannelId, ChannelKind, MessageId};
use futures_util::stream;
use pricing::{Currency, Micros, cards, fees_on, rules_on};
use sea_orm::{DatabaseConnection, DbErr, TransactionTrait as _};
use serde::Deserialize;
use serde_json::json;
use views::{
    Section, Tx,
    channels::{
        ChannelTab,
        costs::{BillingForm, CardLine, Comparison, CostsPage, Grouped, Sum, category, market},
    },
};

use super::{head, open};
use crate::{
    auth::{
        SignedIn,
        audit::{self, Entry},
    },
    error::PageError,
    pages::{frame, html, words},
    security_headers::Nonce,
    state::AppState,
};

/// The currencies Meta bills in (whatsapp-cloud.md §9.2).
const CURRENCIES: [&str; 16] = [
    "USD", "AED", "ARS", "AUD", "BRL", "CLP", "COP", "EUR", "GBP", "IDR", "INR", "MXN", "MYR", "PEN", "SAR",
    "SGD",
];
/// Lines of one read of the file.
const BITE: i64 = 2_000;

/// Which month.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    m: String,
    saved: Option<String>,
}

/// The first and last day of a month as in `2026-11`; of the month that holds `today` where it is none.
fn month(text: &str, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = format!("{text}-01").parse().unwrap_or_else(|_| today.with_day(1).unwrap_or(today));
    let last =
        first.checked_add_months(Months::new(1)).and_then(|next: NaiveDate| next.pred_opt()).unwrap_or(first);
    (first, last)
}

fn sum(total: Total) -> Sum {
    Sum {
        currency: total.currency,
        micros: total.micros,
        vendor_micros: total.vendor_micros,
        carrier_micros: total.carrier_micros,
        messages: total.messages,
        billed: total.billed,
        unknown: total.unknown,
        estimated: total.estimated,
    }
}

/// GET /admin/channels/{id}/costs.
///
/// # Errors
/// Not found; when the database fails.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    id: Path<ChannelId>,
    asked: Query<Asked>,
) -> Result<HttpResponse, PageError> {
    draw(&viewer, &nonce, &state, *id, &asked, None).await
}

async fn draw(
    viewer: &SignedIn,
    nonce: &Nonce,
    state: &AppState,
    id: ChannelId,
    asked: &Asked,
    wrong: Option<(&Billed, &'static str)>,
) -> Result<HttpResponse, PageError> {
    let (start, line, alarms) = open(state, viewer, id).await?;
    let tx = words(viewer);
    let billing = account::of(&state.db, &line.account_key).await?;
    let house = state.settings.house.time_zone;
    let zone: Tz = billing.as_ref().and_then(|one| one.time_zone.parse().ok()).unwrap_or(house);
    let today = state.clock.now().with_timezone(&zone).date_naive();
    let (from, until) = month(&asked.m, today);
    let of = Of { channel: Some(id), from: Some(from), until: Some(until), ..Of::default() };
    let totals = reading::by(&state.db, By::Channel, of).await?;
    let by_cloud = line.kind == ChannelKind::WhatsappCloud;
    let limit = rules_on(until.min(today)).map_or(0, |rules| i64::from(rules.free_service_messages));
    let allowance = if by_cloud && limit > 0 {
        Some((reading::free_used(&state.db, id, until).await?, limit))
    } else {
        None
    };
    let read = vendor::last_read(&state.db, &line.account_key).await?;
    let compared = vendor::compare(&state.db, id, from, until).await?;
    let currency = billing.as_ref().map_or("USD", |one| one.currency.as_str()).to_owned();
    let name = |date: NaiveDate| date.format("%Y-%m").to_string();
    let later = until.succ_opt().filter(|next| *next <= today).map(name);
    html(&CostsPage {
        frame: frame(viewer, nonce, &start, Section::Admin, "none"),
        head: head(&line, &alarms),
        tab: ChannelTab::Costs,
        month: name(from),
        earlier: from.pred_opt().map(name).unwrap_or_default(),
        later,
        totals: totals.into_iter().map(|line| sum(line.total)).collect(),
        allowance,
        tables: tables(state, of, &tx).await?,
        compared: compared
            .into_iter()
            .map(|line| Comparison {
                name: category(&line.category, &line.basis, &tx),
                messages: (line.ours, line.theirs),
                micros: (line.our_micros, line.their_micros),
                currency: if line.currency.is_empty() { currency.clone() } else { line.currency },
            })
            .collect(),
        read_at: read.as_ref().map(|read| read.read_at).filter(|_| by_cloud),
        read_error: read.and_then(|read| read.error).filter(|_| by_cloud),
        cards: card_lines(line.kind, until.min(today), &currency),
        billing: BillingForm {
            currencies: CURRENCIES.map(str::to_owned).into(),
            time_zone: wrong.map_or_else(|| zone.name().to_owned(), |(form, _)| form.time_zone.clone()),
            currency,
            source: match billing.as_ref().map(|one| one.source.as_str()) {
                Some("person") => "person",
                Some("vendor") => "vendor",
                _ => "assumed",
            },
            error: wrong.map(|(_, key)| tx.t(key)),
        },
        saved: asked.saved.is_some(),
    })
}

async fn tables(state: &AppState, of: Of, tx: &Tx) -> Result<Vec<Grouped>, DbErr> {
    let mut tables = Vec::new();
    for (by, title) in [
        (By::Category, "costs-by-category"),
        (By::Day, "costs-by-day"),
        (By::Agent, "costs-by-agent"),
        (By::Queue, "costs-by-queue"),
        (By::Market, "costs-by-market"),
    ] {
        let mut lines: Vec<(String, Sum)> = reading::by(&state.db, by, of)
            .await?
            .into_iter()
            .map(|line| {
                let name = match by {
                    By::Category => {
                        let (word, basis) = line.key.split_once(':').unwrap_or((&line.key, ""));
                        category(word, basis, tx)
                    }
                    By::Market => market(&line.key, tx),
                    By::Agent => line.name.unwrap_or_else(|| tx.t("costs-nobody")),
                    By::Day => {
                        line.key.parse().map_or_else(|_| line.key.clone(), |day| views::time::date(day, tx))
                    }
                    By::Queue | By::Channel => line.name.unwrap_or(line.key),
                };
                (name, sum(line.total))
            })
            .collect();
        if by == By::Day {
            lines.reverse();
        } else {
            lines.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.micros));
        }
        tables.push(Grouped { title, lines });
    }
    Ok(tables)
}

/// The cards that can have decided: those of the account's currency, and the carrier's list.
fn card_lines(kind: ChannelKind, day: NaiveDate, currency: &str) -> Vec<CardLine> {
    let billed_in = if kind == ChannelKind::WhatsappCloud { currency } else { "USD" };
    let mut lines: Vec<CardLine> = cards()
        .iter()
        .filter(|card| {
            kind != ChannelKind::TwilioSms
                && card.currency.as_str() == billed_in
                && card.effective_from <= day
        })
        .map(|card| CardLine {
            name: format!("Meta · {}", card.currency),
            from: card.effective_from,
            read_on: card.read_on,
            source: card.source,
        })
        .collect();
    if let (ChannelKind::TwilioWhatsapp, Some(fees)) = (kind, fees_on(day)) {
        lines.push(CardLine {
            name: format!("Twilio · {}", fees.currency),
            from: fees.effective_from,
            read_on: fees.read_on,
            source: fees.source,
        });
    }
    lines.reverse();
    lines
}

/// What an account is billed in, as the form has it.
#[derive(Debug, Deserialize)]
pub struct Billed {
    currency: String,
    time_zone: String,
}

/// POST /admin/channels/{id}/costs/billing.
///
/// # Errors
/// Not found; when the database fails.
pub async fn set_billing(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    state: Data<AppState>,
    id: Path<ChannelId>,
    form: Form<Billed>,
) -> Result<HttpResponse, PageError> {
    let line = rows::channels::one(&state.db, *id).await?.ok_or(PageError::NotFound)?;
    let asked = Asked::default();
    let currency =
        CURRENCIES.iter().find(|code| **code == form.currency).and_then(|code| code.parse::<Currency>().ok());
    let Some(currency) = currency else {
        return draw(&viewer, &nonce, &state, *id, &asked, Some((&form, "costs-currency-wrong"))).await;
    };
    let Ok(zone) = form.time_zone.trim().parse::<Tz>() else {
        return draw(&viewer, &nonce, &state, *id, &asked, Some((&form, "costs-zone-wrong"))).await;
    };
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    account::set(&tx, &line.account_key, currency, zone, Source::Person, now).await?;
    let entry = Entry {
        actor: Some(viewer.principal.person),
        address: &state.auth.client(&request).address,
        action: "account.billing",
        object: Some(line.account_key),
        detail: json!({ "currency": currency.as_str(), "time_zone": zone.name() }),
        succeeded: true,
    };
    audit::record(&tx, entry, now).await?;
    tx.commit().await?;
    let place = format!("/admin/channels/{}/costs?saved=1", *id);
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, place)).finish())
}

/// GET /admin/channels/{id}/costs.csv: a month, message by message. It is read as it is sent.
///
/// # Errors
/// Not found; when the database fails.
pub async fn export(
    viewer: SignedIn,
    request: HttpRequest,
    state: Data<AppState>,
    id: Path<ChannelId>,
    asked: Query<Asked>,
) -> Result<HttpResponse, PageError> {
    rows::channels::one(&state.db, *id).await?.ok_or(PageError::NotFound)?;
    let now = state.clock.now();
    let (from, until) = month(&asked.m, now.with_timezone(&state.settings.house.time_zone).date_naive());
    let entry = Entry {
        actor: Some(viewer.principal.person),
        address: &state.auth.client(&request).address,
        action: "costs.export",
        object: Some(id.to_string()),
        detail: json!({ "from": from, "until": until }),
        succeeded: true,
    };
    audit::record(&state.db, entry, now).await?;
    let file = format!("attachment; filename=\"costs-{}-{}.csv\"", *id, from.format("%Y-%m"));
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, file))
        .streaming(lines(state.db.clone(), *id, from, until)))
}

enum Place {
    Head,
    After(Option<(NaiveDate, MessageId)>),
    End,
}

fn lines(
    db: DatabaseConnection,
    channel: ChannelId,
    from: NaiveDate,
    until: NaiveDate,
) -> impl futures_util::Stream<Item = Result<Bytes, PageError>> {
    stream::try_unfold(Place::Head, move |place| {
        let db = db.clone();
        async move {
            let after = match place {
                Place::Head => return Ok(Some((Bytes::from_static(HEAD.as_bytes()), Place::After(None)))),
                Place::After(after) => after,
                Place::End => return Ok(None),
            };
            let rows = reading::rows_of(&db, channel, from, until, after, BITE).await?;
            let next = match rows.last() {
                Some(last) if i64::try_from(rows.len()).is_ok_and(|read| read >= BITE) => {
                    Place::After(Some((last.day, last.message_id)))
                }
                _ => Place::End,
            };
            let text: String = rows.iter().map(csv_line).collect();
            Ok(Some((Bytes::from(text), next)))
        }
    })
}

const HEAD: &str = "day,message,conversation,direction,queue,agent,market,category,basis,currency,vendor_fee,carrier_fee,\
    unknown,card,carrier_card,estimated\r\n";

fn csv_line(row: &CostRow) -> String {
    let cells = [
        row.day.to_string(),
        row.message_id.to_string(),
        row.conversation_id.to_string(),
        row.direction.clone(),
        row.queue.clone(),
        row.agent.clone().unwrap_or_default(),
        row.market.clone(),
        row.category.clone(),
        row.basis.clone(),
        row.currency.clone(),
        row.vendor_micros.map(|micros| Micros(micros).to_string()).unwrap_or_default(),
        Micros(row.carrier_micros).to_string(),
        row.unknown.clone().unwrap_or_default(),
        row.card.clone().unwrap_or_default(),
        row.carrier_card.clone().unwrap_or_default(),
        if row.estimated { "yes" } else { "no" }.to_owned(),
    ];
    let mut line = cells.map(|cell| quoted(&cell)).join(",");
    line.push_str("\r\n");
    line
}

/// A cell as spreadsheets take it. One that begins like a formula is made a text.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_named_or_is_the_one_of_today() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(month("2026-02", day("2026-11-22")), (day("2026-02-01"), day("2026-02-28")));
        for wrong in ["", "2026", "2026-13", "x"] {
            assert_eq!(month(wrong, day("2026-12-31")), (day("2026-12-01"), day("2026-12-31")), "{wrong}");
        }
    }

    #[test]
    fn a_name_in_the_file_is_never_a_formula() {
        assert_eq!(quoted("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(quoted("Núñez, Ana"), "\"Núñez, Ana\"");
        assert_eq!(quoted("Citas"), "Citas");
    }
}
