//! What customers filled in, and what only their phone can show: the vendor's words for it in ours.

use domain::collected;
use serde_json::Value;

use crate::Tx;

/// What a filled form is called. The vendor's names for its kinds (whatsapp-cloud.md §2.3) say nothing to an agent.
#[must_use]
pub fn title(tx: &Tx, name: Option<&str>) -> String {
    match name {
        Some("address_message") => tx.t("message-form-address"),
        None | Some("flow") => tx.t("kind-form"),
        Some(name) => tx.a("message-form-named", "name", name),
    }
}

/// The answers of a form, question by question.
#[must_use]
pub fn answers(tx: &Tx, answers: &Value) -> Vec<(String, String)> {
    if !answers.is_object() {
        return vec![(String::new(), collected::plain(answers))];
    }
    collected::answers(answers).into_iter().map(|(key, answer)| (question(tx, key), answer)).collect()
}

/// A message that only the customer's phone can show, with its kind where we have a word for it.
#[must_use]
pub fn unsupported(tx: &Tx, what: &str) -> String {
    let word = match what {
        "poll" | "poll_creation" => tx.t("unsupported-poll"),
        "video" | "video_note" => tx.t("unsupported-video-note"),
        "live_location" => tx.t("unsupported-live-location"),
        "edit" => tx.t("unsupported-edit"),
        "group_invite" => tx.t("unsupported-group-invite"),
        "event" => tx.t("unsupported-event"),
        "media_placeholder" => tx.t("unsupported-media"),
        _ => return tx.t("message-unsupported"),
    };
    tx.a("message-unsupported-what", "what", &word)
}

/// The usual questions of an address in words, others as they were written.
pub(crate) fn question(tx: &Tx, key: &str) -> String {
    match key {
        "name" => tx.t("form-name"),
        "phone_number" => tx.t("identity-phone"),
        "address" => tx.t("form-address"),
        "city" => tx.t("form-city"),
        "state" => tx.t("form-state"),
        "in_pin_code" | "sg_post_code" | "zip_code" | "postal_code" => tx.t("form-post-code"),
        "house_number" => tx.t("form-house"),
        "building_name" => tx.t("form-building"),
        "floor_number" => tx.t("form-floor"),
        "tower_number" => tx.t("form-tower"),
        "unit_number" => tx.t("form-unit"),
        "landmark_area" => tx.t("form-landmark"),
        "email" => tx.t("form-email"),
        key => key.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Lang, sample};

    #[test]
    fn an_address_reads_as_one() {
        let tx = sample::tx(Lang::Es);
        let told = json!({"flow_token": "x", "values": {"address": "Av. Larco 743", "city": "Lima"}});
        let lines = [("Dirección", "Av. Larco 743"), ("Ciudad", "Lima")];
        let lines = lines.map(|(question, answer)| (question.to_owned(), answer.to_owned()));
        assert_eq!(answers(&tx, &told), lines);
        assert_eq!(title(&tx, Some("address_message")), "Dirección de entrega");
    }

    #[test]
    fn a_kind_without_a_word_is_not_named() {
        let tx = sample::tx(Lang::Es);
        assert!(unsupported(&tx, "poll").contains("(encuesta)"));
        assert_eq!(unsupported(&tx, "hologram"), tx.t("message-unsupported"));
    }
}
