//! The words that scripts need, handed over as JSON: clocks, toasts, announcements.

use std::collections::BTreeMap;

use crate::{Arg, Tx};

/// Keys of `scripts.ftl`. `{n}` and `{name}` in the texts are filled by the scripts; of a pair in `-one` and
/// `-other` they choose by the language's own rule.
pub const SCRIPT_KEYS: &[&str] = &[
    "js-yesterday",
    "js-today",
    "js-now",
    "js-copied",
    "js-closes-in",
    "js-window-left",
    "js-window-closed",
    "js-window-boundless",
    "js-hours-minutes",
    "js-minutes",
    "js-seconds",
    "js-unread-one",
    "js-unread-other",
    "js-new-one",
    "js-new-other",
    "js-newer-one",
    "js-newer-other",
    "js-answered",
    "js-said",
    "js-said-many",
    "js-offline",
    "js-reconnecting",
    "js-online",
    "js-not-sent",
    "js-sending",
    "js-waiting",
    "js-retry",
    "js-discard",
    "js-too-long",
    "js-left",
    "js-failed",
    "js-gone",
    "js-failed-forbidden",
    "js-resolved",
    "js-resent",
    "js-planned",
    "js-claimed",
    "js-card-saved",
    "js-joined",
    "js-offered",
    "js-offer-over",
    "js-offer-declined",
    "js-next-none",
    "js-handed-waits",
    "js-handed-offered",
    "js-parted",
    "js-taken-by-other",
    "js-signed-out",
    "js-reload",
    "js-lines-behind",
    "js-presence-available",
    "js-presence-pre_pause",
    "js-presence-paused",
    "js-presence-offline",
    "js-presence-set",
    "js-wrap-up-ended",
    "js-due-first",
    "js-due-next",
    "js-due-resolution",
    "js-due-left",
    "js-due-over",
    "js-due-still",
    "js-due-still-short",
    "js-due-said",
    "js-by-due",
    "js-by-activity",
    "js-alert-new",
    "js-alert-seen",
    "js-over-by",
    "js-free-in",
    "js-free-soon",
    "js-count-one",
    "js-count-other",
    "js-assign-to",
    "js-assign-now",
    "js-assigned",
    "js-assigned-back",
    "js-undo",
    "js-undo-how",
    "js-tagged",
    "js-chosen",
    "js-blocked",
    "js-unblocked",
    "js-tag-on",
    "js-tag-off",
    "js-prioritized",
    "js-file-most",
    "js-file-pasted",
    "js-file-over",
    "js-file-ready",
    "js-file-remove",
    "js-file-wait",
    "js-file-failed",
    "js-file-refused",
    "js-not-uploaded",
    "js-record-unable",
    "js-record-denied",
];

/// All script words of a language as a JSON object that can't end the element it stands in.
#[must_use]
pub fn words_for_scripts(tx: &Tx) -> String {
    let words: BTreeMap<&str, String> = SCRIPT_KEYS
        .iter()
        .map(|key| {
            let text = tx.with(
                key,
                [("n", Arg::Text("{n}")), ("name", Arg::Text("{name}")), ("text", Arg::Text("{text}"))],
            );
            (key.trim_start_matches("js-"), text)
        })
        .collect();
    serde_json::to_string(&words).unwrap_or_else(|_| "{}".to_owned()).replace('<', "\\u003c")
}
