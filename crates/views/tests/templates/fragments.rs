//! Live partials: rendered once for many viewers, so nothing of one viewer, nothing active, and all text escaped.

use domain::{
    Content, DeliveryState, MustAct,
    conversation::ReplyWindow,
    outbound::{Advice, Hold},
};
use views::{
    Author, ConversationRow, Delivery, DetailsFragment, EarlierFragment, Entry, Lang, MePresenceFragment,
    MessageFragment, MessageView, NoteFragment, Quote, RowFragment, SystemFragment, Template,
    ThreadStateFragment, planned::PlannedFragment, sample,
};

use crate::{LANGS, between};

const HOSTILE: &str = "<script>alert('1')</script>\"><img src=x onerror=alert(1)>";

fn hostile_contents() -> Vec<Content> {
    sample::contents()
        .into_iter()
        .map(|content| {
            let json = serde_json::to_value(content).unwrap();
            serde_json::from_value(poison(json)).unwrap()
        })
        .collect()
}

/// Every text of a value replaced by markup, but for the words that name its kind.
fn poison(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value::{Array, Object, String};
    match value {
        String(_) => String(HOSTILE.to_owned()),
        Array(items) => Array(items.into_iter().map(poison).collect()),
        Object(fields) => Object(
            fields
                .into_iter()
                .map(|(name, value)| match name.as_str() {
                    "kind" => (name, value),
                    _ => (name, poison(value)),
                })
                .collect(),
        ),
        other => other,
    }
}

fn bubble(lang: Lang, message: &MessageView) -> String {
    MessageFragment { tx: sample::tx(lang), message }.render().unwrap()
}

fn every_fragment(lang: Lang) -> Vec<String> {
    let tx = sample::tx(lang);
    let mut all: Vec<String> = Vec::new();
    for row in &sample::rows() {
        all.push(RowFragment { tx, row }.render().unwrap());
    }
    for entry in &sample::everything().entries {
        all.push(match entry {
            Entry::Message(message) => bubble(lang, message),
            Entry::Note(note) => NoteFragment { tx, note }.render().unwrap(),
            Entry::System(line) => SystemFragment { tx, line }.render().unwrap(),
            Entry::Parallel(_) => {
                let entries = std::slice::from_ref(entry);
                EarlierFragment { tx, entries, earlier: None, later: None }.render().unwrap()
            }
        });
    }
    for window in [ReplyWindow::Boundless, sample::open(), ReplyWindow::Closed(None)] {
        all.push(ThreadStateFragment { tx, state: &sample::state(window) }.render().unwrap());
    }
    for masked in [true, false] {
        all.push(DetailsFragment { tx, details: &sample::details(masked) }.render().unwrap());
    }
    let planned = sample::planned();
    let conversation = sample::state(ReplyWindow::Boundless).conversation;
    all.push(PlannedFragment { tx, conversation, version: 1, planned: &planned }.render().unwrap());
    all.push(MePresenceFragment { tx, me: &sample::presence() }.render().unwrap());
    all.push(MePresenceFragment { tx, me: &sample::busy_presence() }.render().unwrap());
    all
}

#[test]
fn each_fragment_is_one_element_with_an_id_and_nothing_active() {
    for lang in LANGS {
        for html in every_fragment(lang) {
            assert!(html.starts_with("<li id=\"") || html.starts_with("<div id=\""), "{html}");
            for never in
                [" hx-", " style=", " onclick", " onerror=", "<script", "nonce", "csrf", "javascript:"]
            {
                assert!(!html.contains(never), "{never} in {html}");
            }
            for missing in ["{ $", "kind-", "sys-", "delivery-", "failure-", "advice-"] {
                assert!(!html.contains(missing), "a word is missing: {missing} in {html}");
            }
        }
    }
}

#[test]
fn every_icon_is_in_the_sprite() {
    let sprite = include_str!("../../templates/sprite.svg");
    for html in every_fragment(Lang::Es) {
        for symbol in between(&html, "<use href=\"#", "\"") {
            assert!(sprite.contains(&format!("id=\"{symbol}\"")), "{symbol}");
        }
    }
}

#[test]
fn whatever_customers_write_stays_text() {
    for lang in LANGS {
        for content in hostile_contents() {
            let mut message = sample::inbound(1, 1, content);
            message.author = Author::Contact { id: sample::id(3, 1), name: HOSTILE.to_owned() };
            message.quote = Some(Quote {
                author: HOSTILE.to_owned(),
                kind: "text".to_owned(),
                text: HOSTILE.to_owned(),
                message: None,
            });
            let html = bubble(lang, &message);
            assert!(!html.contains("<script"), "{html}");
            assert!(!html.contains("<img"), "{html}");
            assert!(html.contains("&#60;script") || html.contains("&lt;script"), "shown as written: {html}");
        }
        let row =
            ConversationRow { contact_name: HOSTILE.to_owned(), ..sample::row(1, "", 1, "text", HOSTILE) };
        let html = RowFragment { tx: sample::tx(lang), row: &row }.render().unwrap();
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    }
}

#[test]
fn a_failure_says_why_and_what_to_do_and_offers_to_send_again_only_where_that_helps() {
    let failed = |code, advice| {
        let delivery = Delivery {
            state: DeliveryState::Failed,
            error_code: Some(code),
            advice,
            held: None,
            until: None,
            cost: None,
        };
        let message = sample::outbound(1, 1, "Hola", DeliveryState::Failed);
        bubble(Lang::Es, &MessageView { delivery: Some(delivery), ..message })
    };
    let closed = failed(131_047, None);
    assert!(
        closed.contains("más de 24 horas") && closed.contains("Envía una plantilla aprobada"),
        "{closed}"
    );
    assert!(!closed.contains("data-act=\"resend\""));
    let busy = failed(131_056, Some(Advice::Later));
    assert!(busy.contains("data-act=\"resend\" data-message=\""), "{busy}");
    let gone = failed(131_026, Some(Advice::Never));
    assert!(gone.contains("otro medio") && !gone.contains("data-act=\"resend\""), "{gone}");
}

#[test]
fn what_waits_says_why_and_until_when_and_offers_nothing() {
    let shown = |state, error_code, held| {
        let until = Some("2026-11-23T15:05:00Z".parse().unwrap());
        let delivery = Delivery { state, error_code, advice: None, held, until, cost: None };
        bubble(Lang::Es, &MessageView { delivery: Some(delivery), ..sample::outbound(1, 1, "Hola", state) })
    };
    let tomorrow = shown(DeliveryState::Queued, None, Some(Hold::CustomersADay));
    assert!(tomorrow.contains("personas nuevas") && tomorrow.contains("23/11/2026, 10:05"), "{tomorrow}");
    let retried = shown(DeliveryState::Queued, Some(130_429), None);
    assert!(retried.contains("Se vuelve a intentar solo."), "{retried}");
    let capped = shown(DeliveryState::Failed, Some(131_049), None);
    assert!(capped.contains("Inténtalo después del 23/11/2026, 10:05"), "{capped}");
    for html in [tomorrow, retried, capped] {
        assert!(!html.contains("data-act=\"resend\""), "{html}");
    }
    let moving = shown(DeliveryState::Queued, None, None);
    assert!(!moving.contains("msg-err"), "nothing to explain: {moving}");
}

#[test]
fn an_uncertain_message_has_a_mark_of_its_own_and_can_be_sent_again() {
    let html = bubble(Lang::Es, &sample::outbound(1, 1, "Hola", DeliveryState::Uncertain));
    assert!(
        html.contains("Sin confirmar")
            && html.contains("#i-circle-help")
            && html.contains("data-act=\"resend\"")
    );
    let sent = bubble(Lang::Es, &sample::outbound(1, 1, "Hola", DeliveryState::Sent));
    assert!(!sent.contains("data-act=\"resend\""));
}

#[test]
fn an_assignment_explains_itself() {
    let lines = sample::lines();
    let sentence = |lang| lines[2].sentence(&sample::tx(lang));
    assert_eq!(sentence(Lang::Es), "Asignada a Valeria Quispe: esperó 0:08, la menos ocupada de 4 (2 de 8)");
    assert_eq!(
        sentence(Lang::PtBr),
        "Atribuída a Valeria Quispe: esperou 0:08, a menos ocupada de 4 (2 de 8)"
    );
    assert_eq!(sentence(Lang::En), "Assigned to Valeria Quispe: waited 0:08, the least busy of 4 (2 of 8)");
}

#[test]
fn the_state_of_a_thread_tells_the_page_all_it_needs_to_decide() {
    let state = sample::state(sample::open());
    let html = ThreadStateFragment { tx: sample::tx(Lang::Es), state: &state }.render().unwrap();
    assert!(html.contains(&format!("data-assignee=\"{}\"", sample::valeria().id)));
    assert!(html.contains("data-window=\"open\" data-until=\"2026-11-21T13:42:00Z\""), "{html}");
    assert_eq!(state.dock(&sample::valeria().id), "open");
    assert_eq!(state.dock(&sample::mateo().id), "other");
    assert_eq!(sample::state(ReplyWindow::Closed(None)).dock(&sample::valeria().id), "closed");
}

#[test]
fn what_is_put_aside_stands_by_its_window_too() {
    let row = &sample::rows()[0];
    let aside = ConversationRow { snoozed: Some(None), ..row.clone() };
    let html = |row| RowFragment { tx: sample::tx(Lang::Es), row }.render().unwrap();
    let place = format!("data-win=\"{}\"", row.window_place());
    assert_ne!(row.window_place(), views::time::place(None));
    assert!(html(&aside).contains(&place) && html(row).contains(&place));
    assert!(!html(&aside).contains("data-until"), "what is put aside has no clock");
}

#[test]
fn what_is_over_has_no_window_and_what_waits_for_the_customer_no_clock() {
    let row = sample::row(1, "Ana", 2, "text", "Gracias");
    let html = |row: &ConversationRow| RowFragment { tx: sample::tx(Lang::Es), row }.render().unwrap();
    assert!(html(&row).contains("data-since") && html(&row).contains("data-until"));
    let over = html(&ConversationRow { is_over: true, ..row.clone() });
    assert!(!over.contains("data-until"), "{over}");
    let theirs = html(&ConversationRow { must_act: MustAct::Customer, ..row });
    assert!(!theirs.contains("data-since"), "{theirs}");
}

#[test]
fn a_file_is_shown_as_what_it_is_or_told_why_it_is_not_here() {
    use domain::{FileId, content::Media, file::FileState};
    use views::FileFacts;

    let facts = |state, kind: &str| FileFacts {
        id: FileId::new(),
        state,
        reason: None,
        kind: Some(kind.to_owned()),
        bytes: Some(1_420_000),
        width: Some(1200),
        height: Some(900),
        seconds: Some(34.4),
        thumbnail: kind.starts_with("image/"),
        tried: false,
    };
    let media = Media { voice: true, filename: Some(HOSTILE.to_owned()), ..Media::default() };
    let shown = |content: Content, file: FileFacts| {
        let message = MessageView { file: Some(file), ..sample::inbound(1, 1, content) };
        LANGS.map(|lang| {
            let html = MessageFragment { tx: sample::tx(lang), message: &message }.render().unwrap();
            assert!(!html.contains("<script") && !html.contains("<img src=x"), "{html}");
            html
        })
    };
    let here = |content, kind: &str| shown(content, facts(FileState::Stored, kind));
    let [photo, ..] = here(Content::Image(media.clone()), "image/jpeg");
    assert!(photo.contains("/thumbnail\" width=\"1200\" height=\"900\""), "its place is kept: {photo}");
    assert!(here(Content::Sticker(media.clone()), "image/webp")[0].contains("class=\"sticker\""));
    assert!(here(Content::Video(media.clone()), "video/mp4")[0].contains("<video"));
    assert!(here(Content::Audio(media.clone()), "audio/ogg")[0].contains("Reproducir nota de voz, 0:34"));
    let papers = here(Content::Document(media.clone()), "application/pdf");
    assert!(papers[0].contains("1,4 MB") && papers.iter().any(|html| html.contains("1.4 MB")));
    // What a browser does not show is a download, whatever the message calls it.
    assert!(here(Content::Image(media.clone()), "image/heic")[0].contains(" download>"));
    assert!(here(Content::Audio(media.clone()), "audio/amr")[0].contains(" download>"));
    for state in [FileState::Waiting, FileState::Expired, FileState::Refused, FileState::Failed] {
        for html in shown(Content::Image(media.clone()), facts(state, "image/jpeg")) {
            assert!(!html.contains("/files/"), "{html}");
        }
    }
}

#[test]
fn the_card_shows_what_a_contact_has_and_asks_for_what_the_company_wants() {
    for tx in LANGS.map(sample::tx) {
        let dialog = sample::card(tx);
        let html = dialog.render().unwrap();
        for field in sample::attributes() {
            // What is sensitive is asked for in the panel first.
            let asked = html.contains(&format!("name=\"field.{}\"", field.key));
            assert_eq!(asked, !field.sensitive, "{}", field.key);
        }
        assert!(!html.contains("12.345.678-5") && html.contains("<option selected>Bronce</option>"));
        assert!(!html.contains("card-") || !html.contains("{ $"), "a key without words");
    }
}
