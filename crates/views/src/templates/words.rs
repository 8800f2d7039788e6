//! What stands of a template on screens: statuses, reasons, flaws, in the reader's language.

use domain::template::{Flaw, Spot, Status, Tone, Wrong};

use crate::{Arg, Tx};

/// The word for a status; a word this version does not know stands for itself.
#[must_use]
pub fn status(status: &Status, tx: &Tx) -> String {
    match status {
        Status::Other(word) => word.to_lowercase().replace('_', " "),
        known => tx.t(&format!("template-status-{}", known.word().to_lowercase().replace('_', "-"))),
    }
}

/// The class of a status's pill.
#[must_use]
pub const fn pill(status: &Status) -> &'static str {
    match status.tone() {
        Tone::Good => "ok",
        Tone::Waiting => "info",
        Tone::Stopped => "warn",
        Tone::Bad => "bad",
        Tone::Quiet => "line",
    }
}

/// The word for a category.
#[must_use]
pub fn category(word: &str, tx: &Tx) -> String {
    match word {
        "UTILITY" => tx.t("template-category-utility"),
        "MARKETING" => tx.t("template-category-marketing"),
        "AUTHENTICATION" => tx.t("template-category-authentication"),
        "" => "–".to_owned(),
        other => other.to_lowercase().replace('_', " "),
    }
}

/// A language's own name beside its code, for those our customers write in most; the code alone for the others.
#[must_use]
pub fn language(code: &str) -> String {
    let name = match code {
        "es" => "Español",
        "es_AR" => "Español (Argentina)",
        "es_CL" => "Español (Chile)",
        "es_CO" => "Español (Colombia)",
        "es_ES" => "Español (España)",
        "es_MX" => "Español (México)",
        "es_PE" => "Español (Perú)",
        "pt_BR" => "Português (Brasil)",
        "pt_PT" => "Português (Portugal)",
        "en" => "English",
        "en_GB" => "English (UK)",
        "en_US" => "English (US)",
        code => return code.to_owned(),
    };
    format!("{name} · {code}")
}

/// Dot and key of a quality; none while there is none.
#[must_use]
pub fn quality(word: Option<&str>) -> Option<(&'static str, &'static str)> {
    match word? {
        "GREEN" | "HIGH" => Some(("ok", "template-quality-high")),
        "YELLOW" | "MEDIUM" => Some(("warn", "template-quality-medium")),
        "RED" | "LOW" => Some(("bad", "template-quality-low")),
        _ => None,
    }
}

const REASONS: [&str; 6] = [
    "ABUSIVE_CONTENT",
    "INCORRECT_CATEGORY",
    "INVALID_FORMAT",
    "PROMOTIONAL",
    "SCAM",
    "TAG_CONTENT_MISMATCH",
];

/// Why it was rejected, and what to do about it.
#[must_use]
pub fn rejection(reason: Option<&str>, detail: Option<&str>, tx: &Tx) -> (String, String) {
    let known = reason.filter(|reason| REASONS.contains(reason));
    let ending = known.map(|reason| reason.to_lowercase().replace('_', "-"));
    let why = match (&ending, reason) {
        (Some(ending), _) => tx.t(&format!("template-reason-{ending}")),
        (None, Some(word)) => tx.a("template-reason-other", "word", word),
        (None, None) => tx.t("template-reason-none"),
    };
    let todo = tx.t(&format!("template-todo-{}", ending.as_deref().unwrap_or("other")));
    // The vendor's own words say more than ours, so they come first.
    let text = detail.map_or_else(|| todo.clone(), |detail| format!("{detail} {todo}"));
    (tx.a("template-rejected", "why", &why), text)
}

/// Where a flaw is, as a word.
#[must_use]
pub fn spot(spot: &Spot, tx: &Tx) -> String {
    let numbered = |key: &str, at: usize| tx.with(key, [("at", Arg::Text(&(at + 1).to_string()))]);
    match spot {
        Spot::Name => tx.t("template-spot-name"),
        Spot::Language => tx.t("template-spot-language"),
        Spot::Category => tx.t("template-spot-category"),
        Spot::Ttl => tx.t("template-spot-ttl"),
        Spot::Header => tx.t("template-spot-header"),
        Spot::HeaderSample => tx.t("template-spot-header-sample"),
        Spot::Body => tx.t("template-spot-body"),
        Spot::Sample(name) => tx.a("template-spot-sample", "at", name),
        Spot::Footer => tx.t("template-spot-footer"),
        Spot::Buttons => tx.t("template-spot-buttons"),
        Spot::Button(at) => numbered("template-spot-button", *at),
        Spot::ButtonValue(at) => numbered("template-spot-button-value", *at),
        Spot::Code => tx.t("template-spot-code"),
        Spot::Account => tx.t("template-spot-account"),
    }
}

/// What is wrong, as a sentence.
#[must_use]
pub fn flaw(flaw: &Flaw, tx: &Tx) -> String {
    let number = |n: usize| Arg::Number(i64::try_from(n).unwrap_or(i64::MAX));
    let most = |key: &str, n: usize| tx.with(key, [("most", number(n))]);
    match (&flaw.at, &flaw.what) {
        (Spot::HeaderSample | Spot::Sample(_), Wrong::Missing) => tx.t("template-flaw-sample-missing"),
        (_, Wrong::Missing) => tx.t("template-flaw-missing"),
        (_, Wrong::TooLong { length, most }) => {
            tx.with("template-flaw-too-long", [("length", number(*length)), ("most", number(*most))])
        }
        (Spot::Name, Wrong::Characters) => tx.t("template-flaw-name-characters"),
        (_, Wrong::Characters) => tx.t("template-flaw-characters"),
        (_, Wrong::Unknown) => tx.t("template-flaw-unknown"),
        (_, Wrong::Taken) => tx.t("template-flaw-taken"),
        (_, Wrong::Duplicate { of }) => tx.a("template-flaw-duplicate", "name", of),
        (_, Wrong::NoPlaces) => tx.t("template-flaw-no-places"),
        (_, Wrong::TooManyPlaces { most: limit }) => most("template-flaw-too-many-places", *limit),
        (_, Wrong::Mixed) => tx.t("template-flaw-mixed"),
        (_, Wrong::PlaceName { name }) => tx.a("template-flaw-place-name", "name", name),
        (_, Wrong::Gap { missing }) => tx.with("template-flaw-gap", [("number", number(*missing))]),
        (_, Wrong::Leading) => tx.t("template-flaw-leading"),
        (_, Wrong::Trailing) => tx.t("template-flaw-trailing"),
        (_, Wrong::Adjacent) => tx.t("template-flaw-adjacent"),
        (_, Wrong::FewWords { needed }) => tx.with("template-flaw-few-words", [("needed", number(*needed))]),
        (Spot::Account, Wrong::TooMany { count, most }) => {
            tx.with("template-flaw-account-full", [("count", number(*count)), ("most", number(*most))])
        }
        (_, Wrong::TooMany { count, most }) => {
            tx.with("template-flaw-too-many", [("count", number(*count)), ("most", number(*most))])
        }
        (_, Wrong::Scattered) => tx.t("template-flaw-scattered"),
        (_, Wrong::Repeated) => tx.t("template-flaw-repeated"),
        (_, Wrong::Malformed) => tx.t("template-flaw-malformed"),
        (_, Wrong::PlaceNotLast) => tx.t("template-flaw-place-not-last"),
        (_, Wrong::NotInCategory) => tx.t("template-flaw-not-in-category"),
        (_, Wrong::OutOfRange { least, most }) => tx.with(
            "template-flaw-out-of-range",
            [("least", Arg::Number((*least).into())), ("most", Arg::Number((*most).into()))],
        ),
        (_, Wrong::TooFast { most }) => {
            tx.with("template-flaw-too-fast", [("most", Arg::Number((*most).into()))])
        }
    }
}
