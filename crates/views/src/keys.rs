//! The keys of the product. This table is where they are decided: pages hand it to their scripts, which bind what it says,
//! and the help shows it.

use crate::{Section, Viewer};

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Under which name scripts register what it does. Empty: a field or the palette listens by itself, and the help
    /// tells of it all the same.
    pub does: &'static str,
    /// The keys, any of which does it: as `KeyboardEvent.key` in small letters, with `shift+` before what is typed with it,
    /// and with a space between two that follow each other.
    pub keys: &'static [&'static str],
    /// The key of its words.
    pub word: &'static str,
}

/// Keys that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyGroup {
    /// The key of its heading.
    pub word: &'static str,
    /// The keys.
    pub keys: Vec<Key>,
}

impl Key {
    /// For the script.
    #[must_use]
    pub fn data(&self) -> String {
        self.keys.join(",")
    }

    /// For people: each way, and of each the caps to press.
    #[must_use]
    pub fn caps(&self) -> Vec<Vec<String>> {
        self.keys
            .iter()
            .map(|ways| ways.split([' ', '+']).filter(|cap| !cap.is_empty()).map(cap).collect())
            .collect()
    }
}

fn cap(name: &str) -> String {
    match name {
        "arrowdown" => "↓".to_owned(),
        "arrowup" => "↑".to_owned(),
        "escape" => "Esc".to_owned(),
        "enter" => "Enter".to_owned(),
        "alt" => "Alt".to_owned(),
        "ctrl" => "Ctrl".to_owned(),
        "shift" => "Shift".to_owned(),
        letter => letter.to_uppercase(),
    }
}

const fn key(does: &'static str, keys: &'static [&'static str], word: &'static str) -> Key {
    Key { does, keys, word }
}

/// Who has a key.
#[derive(Debug, Clone, Copy)]
enum On {
    /// Everybody, on these pages; on none named: on all.
    Pages(&'static [Section]),
    /// Who takes conversations.
    Agents,
    /// Who sees the floor.
    Supervisors,
    /// Who sees administration.
    Admins,
}

const ALL: On = On::Pages(&[]);
const INBOX: On = On::Pages(&[Section::Inbox]);
const FLOOR: On = On::Pages(&[Section::Floor]);
const SEARCH: On = On::Pages(&[Section::Search]);
const ROWS: On = On::Pages(&[Section::Inbox, Section::Floor, Section::Search]);

/// All there are, with their group and who has them.
const TABLE: &[(&str, On, Key)] = &[
    ("keys-moving", ROWS, key("down", &["j", "arrowdown"], "keys-down")),
    ("keys-moving", ROWS, key("up", &["k", "arrowup"], "keys-up")),
    ("keys-moving", INBOX, key("unread-next", &["shift+j"], "keys-unread-next")),
    ("keys-moving", INBOX, key("unread-before", &["shift+k"], "keys-unread-before")),
    ("keys-moving", INBOX, key("needs-me", &["."], "keys-needs-me")),
    ("keys-moving", ROWS, key("", &["enter"], "keys-open")),
    ("keys-moving", INBOX, key("back", &["u"], "keys-back")),
    ("keys-moving", INBOX, key("lists", &["["], "keys-lists")),
    ("keys-moving", INBOX, key("details", &["]"], "keys-details")),
    ("keys-moving", INBOX, key("find", &["f"], "keys-find")),
    ("keys-moving", SEARCH, key("find", &["f", "/"], "keys-find")),
    ("keys-moving", ALL, key("leave", &["escape"], "keys-escape")),
    ("keys-writing", INBOX, key("reply", &["r"], "keys-reply")),
    ("keys-writing", INBOX, key("note", &["n"], "composer-note")),
    ("keys-writing", INBOX, key("quote", &["q"], "keys-quote")),
    ("keys-writing", INBOX, key("", &["alt+arrowup", "alt+arrowdown"], "keys-quote-other")),
    ("keys-writing", INBOX, key("macros", &["/"], "keys-macros")),
    ("keys-writing", INBOX, key("templates", &["t"], "picker-open")),
    ("keys-writing", INBOX, key("", &["enter"], "keys-send-one")),
    ("keys-writing", INBOX, key("", &["shift+enter"], "keys-send-line")),
    ("keys-writing", INBOX, key("", &["ctrl+enter"], "keys-send-close")),
    ("keys-doing", INBOX, key("resolve", &["e"], "keys-resolve")),
    ("keys-doing", INBOX, key("resolve-with", &["shift+e"], "keys-close-with")),
    ("keys-doing", INBOX, key("transfer", &["a"], "keys-transfer")),
    ("keys-doing", FLOOR, key("assign", &["a"], "keys-assign")),
    ("keys-doing", INBOX, key("snooze", &["z"], "keys-snooze")),
    ("keys-doing", INBOX, key("tags", &["l"], "keys-tags")),
    ("keys-doing", INBOX, key("unread", &["shift+m"], "mark-unread")),
    ("keys-doing", INBOX, key("choose", &["x"], "keys-choose")),
    ("keys-doing", INBOX, key("choose-range", &["shift+x"], "keys-choose-range")),
    ("keys-doing", INBOX, key("", &["ctrl+z"], "keys-undo")),
    ("keys-doing", On::Agents, key("accept", &["y"], "keys-accept-one")),
    ("keys-doing", On::Agents, key("decline", &["d"], "keys-decline-one")),
    ("keys-doing", On::Agents, key("take-next", &["p"], "keys-next")),
    ("keys-going", ALL, key("", &["ctrl+k"], "keys-palette")),
    ("keys-going", ALL, key("go-inbox", &["g i"], "nav-inbox")),
    ("keys-going", On::Supervisors, key("go-floor", &["g s"], "nav-floor")),
    ("keys-going", On::Admins, key("go-admin", &["g c"], "nav-admin")),
    ("keys-going", ALL, key("go-me", &["g m"], "nav-me")),
    ("keys-going", ALL, key("help", &["?"], "keys-help")),
];

/// The keys of a page, for who looks at it.
#[must_use]
pub fn of(section: Section, viewer: &Viewer) -> Vec<KeyGroup> {
    let mut groups: Vec<KeyGroup> = Vec::new();
    let there = |on: &On| match on {
        On::Pages(pages) => pages.is_empty() || pages.contains(&section),
        On::Agents => viewer.presence.is_some(),
        On::Supervisors => viewer.sees_floor,
        On::Admins => viewer.sees_admin || viewer.sees_routing,
    };
    for (word, on, key) in TABLE {
        if !there(on) {
            continue;
        }
        match groups.iter_mut().find(|group| group.word == *word) {
            Some(group) => group.keys.push(*key),
            None => groups.push(KeyGroup { word, keys: vec![*key] }),
        }
    }
    groups
}

/// Every name that scripts may register, each once or more.
#[must_use]
pub fn names() -> Vec<&'static str> {
    TABLE.iter().map(|(_, _, key)| key.does).filter(|does| !does.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Lang, Theme, sample};

    #[test]
    fn no_key_does_two_things_on_a_page() {
        let viewer = sample::inbox(Lang::Es, Theme::Light, None).frame.viewer;
        for section in [Section::Inbox, Section::Floor, Section::Search, Section::Admin, Section::Me] {
            let mut seen = BTreeSet::new();
            for key in of(section, &viewer).iter().flat_map(|group| &group.keys) {
                for way in key.keys {
                    // Enter opens where one is in a list, and sends where one writes.
                    assert!(seen.insert(*way) || *way == "enter", "{way} on {section:?}");
                    // What begins a pair can't be a key of its own.
                    assert!(!way.contains(' ') || !seen.contains(&way[..1]), "{way} on {section:?}");
                }
            }
        }
    }

    #[test]
    fn keys_are_shown_as_they_are_printed() {
        assert_eq!(key("", &["shift+e"], "").caps(), [["Shift", "E"]]);
        assert_eq!(key("", &["g i"], "").caps(), [["G", "I"]]);
        assert_eq!(key("", &["j", "arrowdown"], "").caps(), [["J"], ["↓"]]);
    }
}
