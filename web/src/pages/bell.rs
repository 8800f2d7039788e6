//! How somebody wants to be told of what calls for them; and whether single keys do something on their pages.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form},
};
use domain::{
    Bell,
    bell::{self, Call, Quiet, QuietError, Ring, Tone},
};
use serde::Deserialize;
use views::Tx;

use super::{me, words};
use crate::{auth::SignedIn, error::PageError, state::AppState};

/// The form as it comes: a box that is not ticked is not there.
type Fields = HashMap<String, String>;

/// POST /me/bell. By a script it answers nothing, else it leads back to the page.
///
/// # Errors
/// Refusals in the person's language.
pub async fn update(
    viewer: SignedIn,
    request: HttpRequest,
    form: Form<Fields>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let bell = read(&form).map_err(|error| refused(error, words(&viewer)))?;
    inbox::bell::set(&state.db, viewer.principal.person, &bell).await?;
    state.auth.forget(viewer.session);
    Ok(answer(&request, "bell"))
}

/// Whether single keys do something.
#[derive(Debug, Deserialize)]
pub struct SingleKeys {
    #[serde(default)]
    on: String,
}

/// POST /me/keys.
///
/// # Errors
/// When the database fails.
pub async fn single_keys(
    viewer: SignedIn,
    request: HttpRequest,
    form: Form<SingleKeys>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    inbox::bell::set_single_keys(&state.db, viewer.principal.person, !form.on.is_empty()).await?;
    state.auth.forget(viewer.session);
    Ok(answer(&request, "single-keys"))
}

fn answer(request: &HttpRequest, section: &str) -> HttpResponse {
    if request.headers().contains_key("hx-request") {
        return HttpResponse::NoContent().finish();
    }
    me::saved(section)
}

fn read(form: &Fields) -> Result<Bell, QuietError> {
    let is = |name: &str| form.contains_key(name);
    let text = |name: &str| form.get(name).map_or("", String::as_str);
    let rings: BTreeMap<Call, Ring> = Call::ALL
        .iter()
        // Kinds the person does not get are not on their form.
        .filter(|call| is(&format!("{call}_tone")))
        .map(|call| {
            let tone = Tone::parse(text(&format!("{call}_tone")));
            (*call, Ring { desktop: is(&format!("{call}_desktop")), tone })
        })
        .collect();
    let quiet = is("quiet").then(|| {
        let days: BTreeSet<u8> = (1..=7).filter(|day| is(&format!("day_{day}"))).collect();
        let minute = |name| bell::minute(text(name)).ok_or(QuietError::Unreadable);
        Quiet::new(minute("quiet_from")?, minute("quiet_until")?, days, is("quiet_offers"))
    });
    let volume = text("volume").parse().unwrap_or_else(|_| Bell::default().volume);
    Ok(Bell::new(rings, volume, is("text"), is("here"), quiet.transpose()?))
}

fn refused(error: QuietError, tx: Tx) -> PageError {
    let (code, word) = match error {
        QuietError::Empty => ("quiet_empty", "bell-quiet-empty"),
        QuietError::NoDay => ("quiet_no_day", "bell-quiet-no-day"),
        QuietError::Unreadable => ("quiet_unreadable", "bell-quiet-unreadable"),
    };
    PageError::refused(StatusCode::UNPROCESSABLE_ENTITY, code, tx.t(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Fields {
        text.split_whitespace()
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn a_form_says_what_rings_and_when_not() {
        let bell = read(&form(
            "offer_tone=bell offer_desktop=on message_tone= volume=30 quiet=on quiet_from=22:00 quiet_until=06:30 \
             day_1=on day_5=on quiet_offers=on",
        ))
        .unwrap();
        assert_eq!(bell.ring(Call::Offer), Ring { desktop: true, tone: Some(Tone::Bell) });
        assert_eq!(bell.ring(Call::Message), Ring { desktop: false, tone: None });
        assert_eq!(bell.ring(Call::Alarm), Bell::default().ring(Call::Alarm), "not on this person's form");
        let quiet = bell.quiet.unwrap();
        assert_eq!(
            (quiet.until().as_str(), quiet.on(5), quiet.on(2), quiet.offers()),
            ("06:30", true, false, true)
        );
        assert!(!bell.text && !bell.here);
    }

    #[test]
    fn hours_that_are_none_are_refused_and_not_read_while_they_are_off() {
        let empty = "quiet_from=22:00 quiet_until=22:00 day_1=on";
        assert!(read(&form(empty)).unwrap().quiet.is_none());
        assert_eq!(read(&form(&format!("quiet=on {empty}"))), Err(QuietError::Empty));
        assert_eq!(read(&form("quiet=on quiet_from=1:00 quiet_until=2:00")), Err(QuietError::NoDay));
        assert_eq!(
            read(&form("quiet=on quiet_from=x quiet_until=2:00 day_1=on")),
            Err(QuietError::Unreadable)
        );
        assert_eq!(read(&form("volume=loud")).unwrap().volume, Bell::default().volume);
    }
}
