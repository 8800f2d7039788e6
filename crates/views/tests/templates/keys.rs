//! Words: the same keys in every language, and none that a template asks for is missing.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use domain::outbound::Hold;
use routing::WaitReason;
use views::{Arg, failure, preview, sample, script_words::SCRIPT_KEYS};

use crate::{LANGS, between};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn texts(folder: &Path, ending: &str) -> Vec<(String, String)> {
    let mut texts: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == ending))
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect();
    texts.sort();
    texts
}

fn keys_of(lang: &str) -> BTreeSet<String> {
    texts(&folder("locales").join(lang), "ftl")
        .iter()
        .flat_map(|(_, text)| text.lines())
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key.to_owned())
        .collect()
}

fn placeables(text: &str) -> BTreeSet<&str> {
    text.split('$')
        .skip(1)
        .map(|part| part.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default())
        .collect()
}

#[test]
fn every_language_has_the_same_keys() {
    let spanish = keys_of("es");
    assert!(spanish.len() > 100, "the words are there at all");
    for lang in LANGS {
        assert_eq!(keys_of(lang.as_str()), spanish, "{}", lang.as_str());
    }
}

#[test]
fn every_language_fills_the_same_gaps() {
    let entries = |lang: &str| {
        texts(&folder("locales").join(lang), "ftl")
            .into_iter()
            .flat_map(|(_, text)| {
                let mut entries: Vec<(String, String)> = Vec::new();
                for line in text.lines() {
                    match line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
                    {
                        Some((key, rest)) => entries.push((key.to_owned(), rest.to_owned())),
                        None => {
                            if let Some((_, text)) = entries.last_mut() {
                                text.push_str(line);
                            }
                        }
                    }
                }
                entries
            })
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    let spanish = entries("es");
    for lang in LANGS {
        for (key, text) in entries(lang.as_str()) {
            assert_eq!(placeables(&text), placeables(&spanish[&key]), "{key} in {}", lang.as_str());
        }
    }
}

#[test]
fn every_key_that_is_asked_for_exists() {
    let known = keys_of("es");
    let mut asked = BTreeSet::new();
    for (name, text) in texts(&folder("templates"), "html").into_iter().chain(texts(&folder("src"), "rs")) {
        for call in ["tx.t(\"", "tx.n(\"", "tx.a(\"", "tx.with(\"", "tx.with(\n                    \""] {
            asked.extend(between(&text, call, "\"").into_iter().map(|key| (name.clone(), key.to_owned())));
        }
    }
    assert!(asked.len() > 60, "the search finds the calls");
    for (name, key) in asked {
        assert!(known.contains(&key), "{name} asks for {key}");
    }
}

#[test]
fn every_word_that_code_chooses_exists() {
    let mut asked: BTreeSet<&str> = SCRIPT_KEYS.iter().copied().collect();
    asked.extend(failure::Failure::ALL.map(failure::Failure::why));
    asked.extend(Hold::ALL.iter().map(|hold| failure::held(*hold)));
    asked.extend(failure::Failure::ALL.map(|family| failure::what_to_do(family.usual_advice())));
    asked.extend(sample::contents().iter().map(|content| preview::word(content.kind())));
    asked.extend(domain::PresenceState::ALL.iter().map(|state| views::presence::word(*state)));
    asked.extend(domain::DeliveryState::ALL.iter().map(|state| views::message::mark(*state).2));
    asked.extend(
        [
            WaitReason::NobodyServesTheQueue,
            WaitReason::NobodyOfTheTeam,
            WaitReason::NobodyHasTheSkills,
            WaitReason::TooHeavyForAnybody,
            WaitReason::EverybodyIsAway,
            WaitReason::EverybodyIsFull,
            WaitReason::WrappingUp,
            WaitReason::KeptForAnother,
            WaitReason::OnlyBarred,
            WaitReason::ForThePreferred,
        ]
        .map(views::why::wait_word),
    );
    let known = keys_of("es");
    for key in asked {
        assert!(known.contains(key), "{key}");
    }
}

#[test]
fn every_word_that_scripts_ask_for_is_handed_to_them() {
    let handed: BTreeSet<&str> = SCRIPT_KEYS.iter().map(|key| key.trim_start_matches("js-")).collect();
    for (name, script) in texts(&folder("../../web/assets/js"), "js") {
        for key in between(&script, " t(\"", "\"").into_iter().chain(between(&script, "(t(\"", "\"")) {
            assert!(handed.contains(key), "{name} asks for {key}");
        }
        for key in between(&script, " n(\"", "\"") {
            assert!(handed.contains(format!("{key}-other").as_str()), "{name} asks for {key}");
        }
    }
}

#[test]
fn plural_forms_follow_the_number() {
    let tx = sample::tx(views::Lang::Es);
    assert_eq!(tx.n("chip-waits", 1), "Espera más de 1 min");
    assert_eq!(tx.n("next-waiting", 10), "10 esperan");
    let unknown = tx.with("no-such-key", [("name", Arg::Text("x"))]);
    assert_eq!(unknown, "no-such-key", "a missing key shows itself");
}
