//! Valeria's lists.

use std::collections::BTreeMap;

use domain::{ConversationId, List, QueueId, Sort, ViewId};

use super::{id, tx};
use crate::{
    Chip, ConversationRow, Counts, Lang, Light, ListView, NextUp, QueueNumber, Side, SideLink, SortChoice,
    list::{queue_key, saved_key},
};

/// What she holds, with something to take.
#[must_use]
pub fn mine(lang: Lang, rows: Vec<ConversationRow>, reads: BTreeMap<ConversationId, i32>) -> ListView {
    let tx = tx(lang);
    let chip = |key, is_on| Chip { name: tx.t(key), href: "/inbox?list=mine&unread=1".to_owned(), is_on };
    ListView {
        list: List::Mine,
        key: "mine".to_owned(),
        title: tx.t("list-mine"),
        live_view: "inbox?list=mine".to_owned(),
        cursor: 4711,
        sort: Sort::Newest,
        sorts: Sort::ALL
            .iter()
            .map(|sort| SortChoice {
                word: sort.as_str(),
                name: tx.t(&format!("sort-{sort}")),
                is_current: *sort == Sort::Newest,
            })
            .collect(),
        chips: vec![chip("chip-unread", false), chip("chip-risk", true), chip("chip-closing", false)],
        text: String::new(),
        is_filtered: false,
        unfiltered: "/inbox?list=mine".to_owned(),
        ages: false,
        unread_only: false,
        may_choose: true,
        rows,
        reads,
        more: None,
        next: Some(NextUp { waiting: 3, version: 4711 }),
    }
}

/// All lists, and how many each holds.
#[must_use]
pub fn side(lang: Lang) -> (Side, Counts) {
    let tx = tx(lang);
    let link = |key: String, name: &str, icon, light, count| SideLink {
        href: format!("/inbox?list={key}"),
        is_current: key == "mine",
        key,
        name: name.to_owned(),
        icon,
        light,
        count,
    };
    let (citas, urgencias) = (id::<QueueId>(9, 1), id::<QueueId>(9, 2));
    let saved = id::<ViewId>(9, 3);
    let lists = [
        (List::Mine, "user-round", Some(10)),
        (List::Waiting, "inbox", Some(9)),
        (List::Mentions, "at-sign", None),
        (List::Snoozed, "alarm-clock", Some(3)),
        (List::Closed, "circle-check", None),
        (List::All, "layers", Some(48)),
    ];
    let side = Side {
        lists: lists
            .into_iter()
            .map(|(list, icon, count)| {
                link(list.to_string(), &tx.t(&format!("list-{list}")), icon, Light::Green, count)
            })
            .collect(),
        queues: vec![
            link(queue_key(citas), "Citas", "inbox", Light::Red, Some(12)),
            link(queue_key(urgencias), "Urgencias", "inbox", Light::Amber, Some(2)),
        ],
        saved: vec![link(saved_key(saved), "Espera > 10 min", "star", Light::Green, Some(4))],
    };
    let counts = Counts {
        version: 4711,
        lists: [(List::Mine, 10), (List::Waiting, 9), (List::Snoozed, 3), (List::All, 48)].into(),
        queues: [
            (citas, QueueNumber { open: 12, light: Light::Red }),
            (urgencias, QueueNumber { open: 2, light: Light::Amber }),
        ]
        .into(),
        saved: [(saved, 4)].into(),
    };
    (side, counts)
}
