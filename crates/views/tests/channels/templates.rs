//! Templates: the list, the builder and the picker, with friendly and hostile words.

use domain::{
    ChannelKind, TemplateId,
    template::{
        Button, CodeTerms, Definition, Draft, Flaw, Format, Header, META, Sendable, Spot, Status, Text,
        Value, Wrong,
    },
};
use views::{
    BuilderPage, Lang, PickerFragment, Section, Template, TemplatesPage, Theme, Tx,
    channels::ChannelTab,
    sample,
    templates::{
        PickerOption, TemplateRow,
        list::{GROUPS, Group, Why},
        words,
    },
};

use super::{HOSTILE, head, now};

const WORDS: [&str; 13] = [
    "DRAFT",
    "UNSUBMITTED",
    "PENDING",
    "APPROVED",
    "REJECTED",
    "PAUSED",
    "DISABLED",
    "IN_APPEAL",
    "PENDING_DELETION",
    "DELETED",
    "LIMIT_EXCEEDED",
    "FLAGGED",
    "ASLEEP",
];

fn why(text: &str) -> Why {
    Why { class: "bad", title: text.to_owned(), text: text.to_owned(), mend: true }
}

fn list(lang: Lang, text: &str, rows: bool) -> TemplatesPage {
    let row = |(at, word): (usize, &&str)| TemplateRow {
        id: TemplateId::new(),
        name: text.to_owned(),
        preview: text.to_owned(),
        category: if at == 0 { text.to_owned() } else { "UTILITY".to_owned() },
        language: "es".to_owned(),
        status: Status::read(word),
        quality: ["GREEN", "YELLOW", "RED", "UNKNOWN"].get(at).map(|word| (*word).to_owned()),
        changed_at: now(),
        edited: at == 1,
        why: (at == 4).then(|| why(text)),
    };
    TemplatesPage {
        frame: sample::frame(lang, Theme::Light, Section::Admin),
        head: head(ChannelKind::WhatsappCloud, text),
        tab: ChannelTab::Templates,
        may_manage: true,
        synced_at: rows.then(now),
        syncing: false,
        sync_error: rows.then(|| text.to_owned()),
        groups: GROUPS.map(|(name, word, _)| Group { name, word, count: 3 }).to_vec(),
        group: "approved".to_owned(),
        search: text.to_owned(),
        category: "UTILITY".to_owned(),
        language: "es".to_owned(),
        languages: vec!["es".to_owned(), "pt_BR".to_owned()],
        total: usize::from(rows),
        rows: if rows { WORDS.iter().enumerate().map(row).collect() } else { Vec::new() },
    }
}

fn definition(text: &str) -> Definition {
    Definition {
        header: Some(Header::Text(Text::new(format!("{text} {{{{1}}}}")))),
        body: Text {
            text: format!("Hola {{{{1}}}}, {text}"),
            samples: vec![Value { name: None, text: text.to_owned() }],
        },
        footer: Some(text.to_owned()),
        buttons: vec![
            Button::QuickReply { text: text.to_owned() },
            Button::Url { text: text.to_owned(), url: "https://a.pe/{{1}}".to_owned(), sample: None },
            Button::CopyCode { sample: "X".to_owned() },
        ],
        ..Definition::default()
    }
}

fn builder(lang: Lang, text: &str, may_edit: bool) -> BuilderPage {
    let definition = Definition { others: vec![serde_json::json!({ "type": text })], ..definition(text) };
    BuilderPage {
        frame: sample::frame(lang, Theme::Dark, Section::Admin),
        head: head(ChannelKind::WhatsappCloud, text),
        id: Some(TemplateId::new()),
        status: Status::Rejected,
        quality: Some("RED".to_owned()),
        draft: Draft {
            name: text.to_owned(),
            language: "es".to_owned(),
            category: "UTILITY".to_owned(),
            format: Format::Positional,
            definition,
            ttl_seconds: None,
        },
        model: "{}".to_owned(),
        fixed: !may_edit,
        category_fixed: !may_edit,
        may_edit,
        may_submit: may_edit,
        may_delete: true,
        may_unpause: true,
        edited: true,
        twilio: !may_edit,
        why: Some(why(text)),
        note: Some("template-edit-limit"),
    }
}

fn picker(tx: Tx, text: &str) -> String {
    let template = Sendable {
        id: TemplateId::new(),
        name: text.to_owned(),
        language: "es".to_owned(),
        category: "MARKETING".to_owned(),
        status: Status::Approved,
        format: Format::Positional,
        definition: definition(text),
        content_sid: None,
    };
    let option = PickerOption::new(&template, "Lucía", &tx);
    let parts: Vec<_> = option.fields.iter().map(|field| field.part).collect();
    assert_eq!(parts, ["header", "body", "button", "button"]);
    assert_eq!(option.fields[1].value, "Lucía", "a greeting begins with the name");
    let code = Sendable {
        definition: Definition { code: Some(CodeTerms::default()), ..Definition::default() },
        ..template
    };
    let options = [option, PickerOption::new(&code, "", &tx)];
    PickerFragment { tx, first_name: text, options: &options }.render().unwrap()
}

#[test]
fn pages_of_templates_obey_the_policy_and_say_everything_in_words() {
    for lang in Lang::ALL {
        let tx = sample::tx(lang);
        let pages = [
            list(lang, "Recordatorio", true).render().unwrap(),
            list(lang, "Recordatorio", false).render().unwrap(),
            builder(lang, "Recordatorio", true).render().unwrap(),
            builder(lang, "Recordatorio", false).render().unwrap(),
            picker(tx, "Recordatorio"),
            PickerFragment { tx, first_name: "Ana", options: &[] }.render().unwrap(),
        ];
        for html in pages {
            for never in [" style=", " onclick", " hx-", "javascript:"] {
                assert!(!html.contains(never), "{never}");
            }
            for missing in [">template-", ">templates-", ">picker-", "\"template-status", "{ $"] {
                assert!(!html.contains(missing), "a word is missing: {missing} in {html}");
            }
        }
        for html in [
            list(lang, HOSTILE, true).render().unwrap(),
            builder(lang, HOSTILE, true).render().unwrap(),
            picker(tx, HOSTILE),
        ] {
            assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{html}");
        }
    }
}

#[test]
fn every_icon_of_templates_is_in_the_sprite() {
    let sprite = include_str!("../../templates/sprite.svg");
    for html in [list(Lang::Es, "a", true).render().unwrap(), builder(Lang::Es, "a", true).render().unwrap()]
    {
        for symbol in html.split("<use href=\"#").skip(1).filter_map(|part| part.split('"').next()) {
            assert!(sprite.contains(&format!("id=\"{symbol}\"")), "{symbol}");
        }
    }
}

#[test]
fn every_flaw_and_reason_has_words() {
    let name = || "cita".to_owned();
    let wrongs = [
        Wrong::Missing,
        Wrong::TooLong { length: 61, most: 60 },
        Wrong::Characters,
        Wrong::Unknown,
        Wrong::Taken,
        Wrong::Duplicate { of: name() },
        Wrong::NoPlaces,
        Wrong::TooManyPlaces { most: 1 },
        Wrong::Mixed,
        Wrong::PlaceName { name: name() },
        Wrong::Gap { missing: 2 },
        Wrong::Leading,
        Wrong::Trailing,
        Wrong::Adjacent,
        Wrong::FewWords { needed: 5 },
        Wrong::TooMany { count: 11, most: META.buttons.most },
        Wrong::Scattered,
        Wrong::Repeated,
        Wrong::Malformed,
        Wrong::PlaceNotLast,
        Wrong::NotInCategory,
        Wrong::OutOfRange { least: 1, most: 90 },
        Wrong::TooFast { most: 100 },
    ];
    let spots = [
        Spot::Name,
        Spot::Language,
        Spot::Category,
        Spot::Ttl,
        Spot::Header,
        Spot::HeaderSample,
        Spot::Body,
        Spot::Sample(name()),
        Spot::Footer,
        Spot::Buttons,
        Spot::Button(0),
        Spot::ButtonValue(1),
        Spot::Code,
        Spot::Account,
    ];
    for lang in Lang::ALL {
        let tx = sample::tx(lang);
        for at in &spots {
            assert!(!words::spot(at, &tx).starts_with("template-"), "{at:?}");
            for what in &wrongs {
                let said = words::flaw(&Flaw { at: at.clone(), what: what.clone(), blocks: true }, &tx);
                assert!(!said.starts_with("template-") && !said.contains('$'), "{said}");
            }
        }
        for word in WORDS {
            assert!(!words::status(&Status::read(word), &tx).starts_with("template-"), "{word}");
        }
        for reason in [None, Some("SCAM"), Some("INCORRECT_CATEGORY"), Some("BRAND_NEW")] {
            let (title, text) = words::rejection(reason, Some("Meta says."), &tx);
            assert!(!title.contains("template-") && text.starts_with("Meta says. "), "{title} {text}");
        }
    }
}
