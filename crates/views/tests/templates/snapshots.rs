//! What each partial looks like in each language: a change of markup or of words is seen before it is kept.

use domain::conversation::ReplyWindow;
use views::{
    ConversationRow, DetailsFragment, EarlierFragment, Entry, Lang, MePresenceFragment, MentionFragment,
    MessageFragment, MessageView, NoteFragment, OfferBackFragment, OfferFragment, RowFragment,
    SystemFragment, Template, Thread, ThreadPane, ThreadStateFragment, planned::PlannedFragment, sample,
};

use crate::LANGS;

/// One snapshot of a partial for each language; `draw` gives its samples, a line each.
fn look(partial: &str, draw: impl Fn(Lang) -> Vec<String>) {
    for lang in LANGS {
        insta::assert_snapshot!(format!("{partial}-{}", lang.as_str()), draw(lang).join("\n"));
    }
}

fn html(template: &impl Template) -> String {
    template.render().unwrap()
}

#[test]
fn rows() {
    look("row", |lang| {
        let mut rows = sample::rows();
        let first = rows[0].clone();
        rows.push(ConversationRow { snoozed: Some(None), ..first.clone() });
        rows.push(ConversationRow { snoozed: Some(Some(sample::now())), ..first.clone() });
        rows.push(ConversationRow { window: ReplyWindow::Closed(None), ..first });
        rows.iter().map(|row| html(&RowFragment { tx: sample::tx(lang), row })).collect()
    });
}

#[test]
fn bubbles() {
    let draw = |lang, message: &MessageView| html(&MessageFragment { tx: sample::tx(lang), message });
    look("inbound", |lang| {
        let messages = (1..).zip(sample::contents()).map(|(n, content)| sample::inbound(n, 2, content));
        messages.map(|message| draw(lang, &message)).collect()
    });
    look("outbound", |lang| {
        let message = |delivery: views::Delivery| {
            let plain = sample::outbound(2, 1, "Te espero el sábado.", delivery.state);
            MessageView { delivery: Some(delivery), ..plain }
        };
        sample::deliveries().into_iter().map(|delivery| draw(lang, &message(delivery))).collect()
    });
}

#[test]
fn lines_of_a_thread() {
    look("system", |lang| {
        sample::lines().iter().map(|line| html(&SystemFragment { tx: sample::tx(lang), line })).collect()
    });
    look("parallel", |lang| {
        let entries = [Entry::Parallel(sample::parallel())];
        let tx = sample::tx(lang);
        vec![html(&EarlierFragment { tx, entries: &entries, earlier: None, later: None })]
    });
    look("note", |lang| vec![html(&NoteFragment { tx: sample::tx(lang), note: &sample::note() })]);
    look("planned", |lang| {
        let (tx, planned) = (sample::tx(lang), sample::planned());
        vec![html(&PlannedFragment { tx, conversation: sample::id(2, 1), version: 3, planned: &planned })]
    });
}

#[test]
fn cards() {
    look("offer", |lang| vec![html(&OfferFragment { tx: sample::tx(lang), offer: &sample::offer() })]);
    look("offer-back", |lang| {
        let back = |declined| OfferBackFragment {
            tx: sample::tx(lang),
            conversation: sample::id(2, 1),
            contact_name: "Lucía Fernández",
            name: "Mateo Rojas",
            declined,
            event: 7,
        };
        [true, false].map(|declined| html(&back(declined))).into()
    });
    look("mention", |lang| {
        vec![html(&MentionFragment {
            tx: sample::tx(lang),
            conversation: sample::id(2, 1),
            contact_name: "Lucía Fernández",
            note: &sample::note(),
            version: 7,
        })]
    });
}

#[test]
fn what_stands_around_a_thread() {
    look("state", |lang| {
        let windows = [sample::open(), ReplyWindow::Boundless, ReplyWindow::Closed(None)];
        let state =
            |window| html(&ThreadStateFragment { tx: sample::tx(lang), state: &sample::state(window) });
        windows.map(state).into()
    });
    look("details", |lang| {
        let details =
            |masked| html(&DetailsFragment { tx: sample::tx(lang), details: &sample::details(masked) });
        [false, true].map(details).into()
    });
    look("presence", |lang| {
        let presences = [sample::presence(), sample::busy_presence()];
        presences.map(|me| html(&MePresenceFragment { tx: sample::tx(lang), me: &me })).into()
    });
    look("panes", |lang| {
        let thread = Thread { entries: Vec::new(), planned: Vec::new(), ..sample::thread(sample::open()) };
        vec![html(&ThreadPane { tx: sample::tx(lang), viewer: sample::valeria().id, thread: Some(&thread) })]
    });
}
