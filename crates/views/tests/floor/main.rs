//! The live floor, administration and the own account, in every language.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod company;
mod pages;

use chrono::{DateTime, Utc};
use domain::{MustAct, PresenceState};
use views::{
    FloorAgentFragment, FloorConversation, FloorConversationFragment, FloorQueueFragment, FloorTotals,
    FloorTotalsFragment, Lang, Template, Theme,
};

use company::{agent, agents, conversation, conversations, floor, holder, queue, queues, tx};

/// Limit of a row's bytes: one is pushed for every change. Six cells weigh more than a row of the inbox.
const ROW: usize = 1700;
const HOSTILE: &str = "<script>alert('1')</script>\"><img src=x onerror=alert(1)>";

/// Friday 20 November 2026, 10:44 in Lima.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_189_440, 0).unwrap()
}

fn every_fragment(lang: Lang) -> Vec<String> {
    let tx = tx(lang);
    let totals = FloorTotals::of(4711, &queues(now()), &agents(now()));
    let calm = FloorTotals::of(4711, &[], &[]);
    let mut all = vec![
        FloorTotalsFragment { tx, totals: &totals }.render().unwrap(),
        FloorTotalsFragment { tx, totals: &calm }.render().unwrap(),
    ];
    all.extend(queues(now()).iter().map(|queue| FloorQueueFragment { tx, queue }.render().unwrap()));
    all.extend(agents(now()).iter().map(|agent| FloorAgentFragment { tx, agent }.render().unwrap()));
    all.extend(
        conversations(now())
            .iter()
            .map(|conversation| FloorConversationFragment { tx, conversation }.render().unwrap()),
    );
    all
}

#[test]
fn each_fragment_is_one_element_with_an_id_and_nothing_of_one_viewer() {
    for lang in Lang::ALL {
        for html in every_fragment(lang) {
            let first = ["<tr id=\"fq-", "<tr id=\"fc-", "<li id=\"fa-", "<div id=\"floor-totals\""];
            assert!(first.iter().any(|start| html.starts_with(start)), "{html}");
            assert!(html.contains(" data-v=\""), "older never overwrites newer: {html}");
            for never in
                [" hx-", " style=", " onclick", " onerror=", "<script", "nonce", "csrf", "aria-selected"]
            {
                assert!(!html.contains(never), "{never} in {html}");
            }
        }
    }
}

#[test]
fn no_word_is_missing_in_any_language() {
    for lang in Lang::ALL {
        for html in every_fragment(lang).into_iter().chain(pages::every_page(lang)) {
            for place in [">", "data-l=\"", "title=\"", "aria-label=\""] {
                for family in ["floor-", "admin-", "me-", "presence-", "kind-", "nav-"] {
                    assert!(!html.contains(&format!("{place}{family}")), "{place}{family} in {html}");
                }
            }
            assert!(!html.contains("{ $"), "{html}");
        }
    }
}

#[test]
fn the_page_shows_exactly_what_the_channel_pushes() {
    for lang in Lang::ALL {
        let page = floor(lang, Theme::Light, now()).render().unwrap();
        for fragment in every_fragment(lang).iter().filter(|html| !html.contains(">–</div>")) {
            assert!(page.contains(fragment.trim()), "one template for page and push: {fragment}");
        }
    }
}

#[test]
fn names_and_messages_stay_text() {
    for lang in Lang::ALL {
        let tx = tx(lang);
        let mut talk = conversation(now(), 1, (HOSTILE, HOSTILE), ("text", HOSTILE), 1, None);
        talk.last_author = Some(HOSTILE.to_owned());
        talk.assignee = Some(views::PersonTag { id: holder(), name: HOSTILE.to_owned() });
        let mut lunch = agent(now(), 2, HOSTILE, (PresenceState::Paused, 1), (1, 2), &[HOSTILE]);
        lunch.pause = Some(views::PauseTag { code: HOSTILE.to_owned(), name: Some(HOSTILE.to_owned()) });
        let line = queue(now(), 1, HOSTILE, (1, Some(10)), 0, (0, 1));
        let totals = FloorTotals::of(1, std::slice::from_ref(&line), &[]);
        for html in [
            FloorConversationFragment { tx, conversation: &talk }.render().unwrap(),
            FloorAgentFragment { tx, agent: &lunch }.render().unwrap(),
            FloorQueueFragment { tx, queue: &line }.render().unwrap(),
            FloorTotalsFragment { tx, totals: &totals }.render().unwrap(),
        ] {
            assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
            assert!(html.contains("&#60;script") || html.contains("&lt;script"), "shown as written: {html}");
        }
    }
}

#[test]
fn a_row_is_small() {
    for lang in Lang::ALL {
        for html in every_fragment(lang) {
            assert!(html.len() <= ROW, "{} bytes: {html}", html.len());
        }
    }
}

#[test]
fn what_falls_due_stands_first_then_the_longest_wait_and_what_waits_for_customers_last() {
    let wait = |number, seconds| {
        conversation(now(), number, ("Milagros Paz", "Citas"), ("text", "Hola"), seconds, None)
    };
    let ours_long = wait(1, 500);
    let ours_short = wait(2, 20);
    let theirs = FloorConversation { must_act: MustAct::Customer, ..wait(3, 90_000) };
    let due = FloorConversation { due_at: Some(now()), ..wait(4, 5) };
    let mut rows = [&theirs, &ours_short, &due, &ours_long];
    rows.sort_by_key(|row| row.seq());
    assert_eq!(rows, [&due, &ours_long, &ours_short, &theirs], "what was promised goes before what was not");

    let page = floor(Lang::Es, Theme::Light, now()).render().unwrap();
    let order =
        |names: &[&str]| names.iter().map(|name| page.find(&format!("\">{name}<")).unwrap()).is_sorted();
    assert!(order(&[
        "Milagros Paz",
        "Gustavo Reyes",
        "Lucía Fernández",
        "Hugo Benavides",
        "Ana Paula Souza",
        "Rosa Chávez"
    ]));
}

#[test]
fn agents_who_take_work_stand_first_by_name_with_accents_where_they_belong() {
    let mut agents = agents(now());
    agents.sort_by_key(views::FloorAgent::seq);
    let names: Vec<&str> = agents.iter().map(|agent| agent.name.as_str()).collect();
    assert_eq!(names[..3], ["Ángela Paredes", "Camila Torres", "Diego Salazar"]);
    assert_eq!(names[6..], ["Joaquín Herrera", "Paola Medina", "Andrés Cárdenas", "Lía Prado"]);
}

#[test]
fn a_queue_is_red_only_when_customers_wait_for_nobody() {
    let look = |waiting, available| {
        let queue = queue(now(), 1, "Citas", (waiting, None), 3, (available, 4));
        (queue.dot(), tx(Lang::Es).t(queue.word()))
    };
    assert_eq!(look(2, 0), ("bad", "Esperan sin agentes".to_owned()));
    assert_eq!(look(2, 1), ("warn", "Con espera".to_owned()));
    assert_eq!(look(0, 1), ("ok", "Sin espera".to_owned()));
    assert_eq!(look(0, 0), ("off", "Sin agentes".to_owned()));
}

#[test]
fn an_agent_without_room_is_amber_and_one_with_much_room_has_a_meter() {
    let html = |load, capacity| {
        let agent = agent(now(), 2, "Diego", (PresenceState::Available, 5), (load, capacity), &["Citas"]);
        FloorAgentFragment { tx: tx(Lang::Es), agent: &agent }.render().unwrap()
    };
    let full = html(3, 3);
    assert!(full.contains("Al tope") && full.matches("class=\"full\"").count() == 3, "{full}");
    let free = html(1, 3);
    assert!(free.contains("Disponible") && free.contains("1 de 3"), "{free}");
    assert_eq!((free.matches("<i class=\"on\">").count(), free.matches("<i>").count()), (1, 2));
    assert!(html(30, 60).contains("width=\"50%\"") && !html(30, 60).contains("pips"));
    assert!(html(0, 0).contains("0 de 0"), "nobody divides by nothing");
}

#[test]
fn totals_count_an_agent_of_two_queues_once_and_only_places_of_those_at_work() {
    let two_queues =
        agent(now(), 2, "Camila", (PresenceState::Available, 5), (3, 8), &["Citas", "Urgencias"]);
    let on_a_pause = agent(now(), 3, "Paola", (PresenceState::Paused, 5), (2, 4), &["Urgencias"]);
    let away = agent(now(), 4, "Andrés", (PresenceState::Offline, 5), (0, 6), &["Citas"]);
    let queues = [
        queue(now(), 1, "Citas", (2, Some(30)), 3, (1, 2)),
        queue(now(), 2, "Urgencias", (1, Some(90)), 2, (1, 2)),
        queue(now(), 3, "Postventa", (0, None), 0, (0, 0)),
    ];
    let totals = FloorTotals::of(9, &queues, &[two_queues, on_a_pause, away]);
    assert_eq!((totals.waiting, totals.queues_waiting, totals.assigned), (3, 2, 5));
    assert_eq!(totals.oldest.as_ref().map(|(_, queue)| queue.as_str()), Some("Urgencias"));
    assert_eq!((totals.capacity, totals.available, totals.agents), (12, 1, 3));
}

#[test]
fn a_conversation_nobody_holds_says_so_and_one_that_is_held_names_the_holder() {
    let rows = conversations(now());
    let html =
        |at: usize| FloorConversationFragment { tx: tx(Lang::Es), conversation: &rows[at] }.render().unwrap();
    assert!(html(1).contains("data-holder=\"\"") && html(1).contains("Sin asignar"));
    assert!(html(4).contains("Diego Salazar") && !html(4).contains("data-holder=\"\""));
    assert!(html(8).contains("turno del cliente") && !html(8).contains("data-since"), "no clock runs for us");
    assert!(html(4).contains("data-since=\"2026-11-20T"), "{}", html(4));
    assert!(html(1).contains("data-due=\"f ") && !html(1).contains("data-since"), "what was promised runs");
}
