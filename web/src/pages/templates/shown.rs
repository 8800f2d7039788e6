//! From rows to what the pages of templates show.

use ::inbox::templates::{Template, WriteError};
use actix_web::http::StatusCode;
use domain::template::Status;
use views::{
    Tx,
    templates::{
        TemplateRow,
        list::Why,
        words::{category, rejection},
    },
};

use crate::{error::PageError, templates::Asked};

/// A line of the list.
pub(super) fn row(template: &Template, tx: &Tx) -> TemplateRow {
    TemplateRow {
        id: template.id,
        name: template.name.clone(),
        preview: template.definition.body.text.chars().take(90).collect(),
        category: template.category.clone(),
        language: template.language.clone(),
        status: template.status.clone(),
        quality: template.quality.clone(),
        changed_at: template.changed_at,
        edited: template.edited.is_some(),
        why: why(template, tx),
    }
}

/// What somebody should know or do about it: the most urgent.
pub(super) fn why(template: &Template, tx: &Tx) -> Option<Why> {
    if let Some(refusal) = &template.refusal {
        return Some(Why {
            class: "bad",
            title: tx.t("template-refused-title"),
            text: tx.a("template-refused", "sentence", &refusal.sentence),
            mend: true,
        });
    }
    match template.status {
        Status::Rejected => {
            let (title, text) =
                rejection(template.rejected_reason.as_deref(), template.rejection_detail.as_deref(), tx);
            Some(Why {
                class: "bad",
                title,
                text,
                mend: template.vendor_id.is_some() && !template.is_twilios(),
            })
        }
        Status::Paused => Some(Why {
            class: "warn",
            title: tx.t("template-paused-title"),
            text: tx.t("template-paused"),
            mend: false,
        }),
        Status::Disabled => Some(Why {
            class: "bad",
            title: tx.t("template-disabled-title"),
            text: tx.t("template-disabled"),
            mend: false,
        }),
        _ => template.coming_category.as_ref().map(|coming| Why {
            class: "warn",
            title: tx.a("template-coming-title", "category", &category(coming, tx)),
            text: tx.t("template-coming"),
            mend: false,
        }),
    }
}

/// What else there is to say about editing it.
pub(super) const fn note(
    status: &Status,
    at_vendor: bool,
    twilio: bool,
    manages: bool,
) -> Option<&'static str> {
    if !manages {
        return None;
    }
    match status {
        Status::Approved if !twilio => Some("template-edit-limit"),
        _ if twilio && at_vendor => Some("template-twilio-fixed"),
        status if !status.can_be_edited() => Some("template-read-only"),
        _ => None,
    }
}

/// A refusal in the person's language.
pub(super) fn refusal(error: Asked, tx: &Tx) -> PageError {
    let conflict = |code, words: String| PageError::refused(StatusCode::CONFLICT, code, words);
    match error {
        Asked::Write(WriteError::Db(error)) => error.into(),
        Asked::Write(WriteError::NotFound) => PageError::NotFound,
        Asked::Write(WriteError::NotEditable(_)) => conflict("not_editable", tx.t("template-not-editable")),
        Asked::Write(WriteError::NotDeletable(_)) => {
            conflict("not_deletable", tx.t("template-not-deletable"))
        }
        Asked::Write(WriteError::TooOften(until)) => {
            let when = until.with_timezone(&tx.zone).format("%Y-%m-%d %H:%M").to_string();
            conflict("too_often", tx.a("template-too-often", "when", &when))
        }
        Asked::Write(WriteError::Flaws(_)) => {
            PageError::refused(StatusCode::UNPROCESSABLE_ENTITY, "flaws", tx.t("template-has-flaws"))
        }
        Asked::Write(WriteError::UnderWay) => conflict("under_way", tx.t("template-under-way")),
        Asked::Refused(refusal) => PageError::refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "vendor_refused",
            tx.a("template-vendor-said", "sentence", &refusal.sentence),
        ),
        Asked::Later(_) => PageError::refused(StatusCode::BAD_GATEWAY, "later", tx.t("template-later")),
        Asked::Unknown(_) => PageError::refused(StatusCode::BAD_GATEWAY, "unknown", tx.t("template-unknown")),
        Asked::NotConnected(crate::connections::NotConnected::Gone) => PageError::NotFound,
        Asked::NotConnected(crate::connections::NotConnected::Db(error)) => error.into(),
        Asked::NotConnected(_) => conflict("channel_trouble", tx.t("template-channel-trouble")),
        Asked::NotHere => conflict("not_here", tx.t("template-not-here")),
    }
}
