//! Search: what was found, in every language, and the palette.

use domain::ConversationState;
use views::{
    Choice, Found, FoundContact, FoundFragment, FoundMessage, Lang, Looked, Palette, PaletteFound,
    SearchForm, SearchPage, Section, Template, Theme, sample,
};

use crate::LANGS;

fn parts(text: &str, hit: &str) -> Vec<(bool, String)> {
    vec![(false, text.to_owned()), (true, hit.to_owned())]
}

fn found() -> Found {
    let message = |kind: &str, author: Option<&str>, ours| FoundMessage {
        id: "0199".to_owned(),
        conversation: sample::id(3, 1),
        contact: sample::id(2, 1),
        name: "Lucía <script>".to_owned(),
        channel: sample::whatsapp(),
        queue: "Citas".to_owned(),
        kind: kind.to_owned(),
        author: author.map(str::to_owned),
        ours,
        parts: parts("¿Tienen <img src=x> para ", "mañana"),
        at: sample::now(),
    };
    Found {
        looked: Looked::Done,
        further: false,
        contacts: vec![FoundContact {
            contact: sample::id(2, 1),
            name: "Lucía González".to_owned(),
            parts: parts("Lucía ", "González"),
            vip: true,
            conversation: sample::id(3, 1),
            channel: sample::sms(),
            queue: "Ventas".to_owned(),
            state: ConversationState::Closed,
            holder: None,
            address: Some(parts("+51 9", "98 877")),
            at: sample::now(),
        }],
        more_contacts: true,
        nearly: true,
        hidden_numbers: true,
        messages: vec![
            message("text", None, false),
            message("document", Some("Valeria Quispe"), true),
            message("note", Some("Mateo"), true),
            message("template", None, true),
        ],
        next: Some("/search?q=a%22&before=1.2".to_owned()),
        cut: Some(sample::now()),
        filtered: 2,
    }
}

#[test]
fn what_was_found_is_escaped_and_marked_in_every_language() {
    for lang in LANGS {
        let tx = sample::tx(lang);
        let html = FoundFragment { tx, found: &found() }.render().unwrap();
        assert!(html.contains("&#60;img src=x&#62; para <mark>mañana</mark>"), "{html}");
        assert!(html.contains("Lucía &#60;script&#62;") && !html.contains("<script"));
        assert!(html.contains("+51 9<mark>98 877</mark>"));
        assert!(
            html.contains("/search?q=a%22&#38;before=1.2") || html.contains("/search?q=a%22&amp;before=1.2")
        );
        let palette = PaletteFound { tx, found: &found(), all: "/search?q=x".to_owned() }.render().unwrap();
        assert_eq!(palette.matches("role=\"option\"").count(), 6);
        let palette = Palette { tx, sees_floor: true, admin: Some("/admin"), takes: true }.render().unwrap();
        assert!(
            palette.contains("data-href=\"/floor\"") && palette.contains("data-other=\"{n} "),
            "{palette}"
        );
        for looked in [Looked::Nowhere, Looked::TooShort, Looked::TooLong] {
            let nothing = Found { looked, ..found() };
            let html = FoundFragment { tx, found: &nothing }.render().unwrap();
            assert!(html.contains("class=\"empty\"") && !html.contains("data-hit"));
        }
    }
}

#[test]
fn the_page_keeps_what_was_asked() {
    let chosen =
        |value: &str| vec![Choice { value: value.to_owned(), name: "Citas".to_owned(), chosen: true }];
    let form = SearchForm {
        typed: "\"><script>".to_owned(),
        queues: chosen("1"),
        from: "2026-11-01".to_owned(),
        ..SearchForm::default()
    };
    assert_eq!(form.filtered(), 2);
    for lang in LANGS {
        let frame = sample::frame(lang, Theme::Dark, Section::Search);
        let html = SearchPage { frame, form: form.clone(), found: found() }.render().unwrap();
        assert!(
            html.contains("value=\"&#34;&#62;&#60;script&#62;\"")
                && html.contains("<option value=\"1\" selected>")
        );
        assert!(!html.contains(" style=") && !html.contains(" onclick"));
    }
    let es = sample::frame(Lang::Es, Theme::Light, Section::Search);
    let html = SearchPage { frame: es, form, found: found() }.render().unwrap();
    assert!(html.contains("Nombres parecidos") && html.contains("Seguir buscando más atrás"));
}
