//! A message is pasted, and the rules of the draft say where it would go and why. Nothing is kept of it.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse,
    web::{Data, Form as Body},
};
use chrono::TimeDelta;
use routing::entry::{CameFrom, EntryFacts, enter};
use views::{
    Section,
    routing::{
        LANGUAGES, TryPage, Typed,
        form::{Choices, Control, Maker, Part},
        words::{language, tried},
    },
};

use super::Open;
use crate::{
    auth::SignedIn,
    error::PageError,
    pages::{frame, html, words},
    security_headers::Nonce,
    state::AppState,
};

/// GET /admin/routing/try.
///
/// # Errors
/// When the database fails.
pub async fn show(viewer: SignedIn, nonce: Nonce, state: Data<AppState>) -> Result<HttpResponse, PageError> {
    page(&viewer, &nonce, &state, &Typed::default(), false).await
}

/// POST /admin/routing/try.
///
/// # Errors
/// When the database fails.
pub async fn attempt(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    body: Body<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    page(&viewer, &nonce, &state, &Typed::read(body.into_inner()), true).await
}

async fn page(
    viewer: &SignedIn,
    nonce: &Nonce,
    state: &AppState,
    typed: &Typed,
    asked: bool,
) -> Result<HttpResponse, PageError> {
    let open = Open::read(state, viewer).await?;
    let tx = words(viewer);
    let now = state.clock.now();
    let facts = asked.then(|| facts(&open, typed, now)).flatten();
    html(&TryPage {
        frame: frame(viewer, nonce, &open.start, Section::Admin, "none"),
        bar: open.bar(viewer, None),
        parts: parts(&open, Maker { tx, typed }),
        tried: facts.map(|facts| tried(&tx, &open.company.names, &enter(&open.draft.policy, &facts, now))),
    })
}

fn facts(open: &Open, typed: &Typed, now: chrono::DateTime<chrono::Utc>) -> Option<EntryFacts> {
    let wanted = typed.get("channel");
    let channels = &open.company.channels;
    let channel = channels.iter().find(|one| one.id.to_string() == wanted).or_else(|| channels.first())?;
    let some = |name: &str| Some(typed.get(name)).filter(|text| !text.is_empty()).map(str::to_owned);
    let (id, words) = (some("ad"), typed.get("ad_words").to_owned());
    let referral = (id.is_some() || !words.is_empty()).then_some(CameFrom { id, words });
    let attributes: BTreeMap<String, String> =
        some("attribute").map(|name| (name, typed.get("attribute_value").to_owned())).into_iter().collect();
    let hours = typed.number::<u16>("last_closed").ok().flatten();
    Some(EntryFacts {
        channel: channel.id,
        kind: channel.kind,
        text: some("text"),
        stated_language: some("language"),
        referral,
        attributes,
        vip: !typed.get("vip").is_empty(),
        owned: !typed.get("owned").is_empty(),
        last_closed: hours.map(|hours| now - TimeDelta::hours(i64::from(hours))),
        fallback_queue: channel.queue_id,
    })
}

fn parts(open: &Open, make: Maker<'_>) -> Vec<Part> {
    let tx = make.tx;
    let channels: Choices =
        open.company.channels.iter().map(|one| (one.id.to_string(), one.name.clone())).collect();
    let fields = open.company.fields(&tx, std::iter::once(make.typed.get("attribute").to_owned()));
    let languages: Choices = LANGUAGES.iter().map(|code| ((*code).to_owned(), language(&tx, code))).collect();
    vec![make.part(
        "message",
        "routing-part-try",
        vec![
            make.field("text", "routing-try-text", Control::Lines).wide(),
            make.field("channel", "routing-try-channel", Control::Choice(channels)),
            make.field("language", "routing-try-language", make.or_none("routing-try-unstated", languages)),
            make.field("ad", "routing-try-ad", Control::Text),
            make.field("ad_words", "routing-try-ad-words", Control::Text),
            make.field("attribute", "routing-attribute-name", make.or_none("routing-no-attribute", fields)),
            make.field("attribute_value", "routing-try-value", Control::Text),
            make.field("last_closed", "routing-try-last", Control::Number(0, 60_000)),
            make.field("vip", "routing-try-vip", Control::Flag),
            make.field("owned", "routing-try-owned", Control::Flag),
        ],
    )]
}
