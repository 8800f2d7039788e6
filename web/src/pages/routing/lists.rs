//! Queues, rules, agents and calendars, a line each.

use actix_web::HttpResponse;
use routing::{
    Skills,
    check::Thing,
    policy::{EntryRule, Mode, Queue},
};
use views::{
    Section, Tx,
    routing::{ListPage, ListRow, Switches, Tab},
    time::length,
};

use super::{After, Company, Open, forms::Form};
use crate::{
    auth::SignedIn,
    error::PageError,
    pages::{frame, html, words},
    security_headers::Nonce,
};

/// A list of the routing.
///
/// # Errors
/// Not found.
pub(super) fn page(
    viewer: &SignedIn,
    nonce: &Nonce,
    open: &Open,
    part: &str,
    after: &After,
) -> Result<HttpResponse, PageError> {
    let tx = words(viewer);
    let (tab, columns, rows, add): (Tab, Vec<&'static str>, Vec<ListRow>, Option<&'static str>) = match part {
        "queues" => (
            Tab::Queues,
            vec!["routing-col-serves", "routing-mode", "routing-target-first", "routing-calendar"],
            queues(open, &tx),
            Some("routing-new-queue"),
        ),
        "rules" => (
            Tab::Rules,
            vec!["routing-col-tests", "routing-col-to", "routing-col-state"],
            rules(open, &tx),
            Some("routing-new-rule"),
        ),
        "agents" => (
            Tab::Agents,
            vec!["routing-capacity", "routing-tab-skills", "routing-tab-queues"],
            agents(open, &tx),
            None,
        ),
        "hours" => (
            Tab::Hours,
            vec!["routing-zone", "routing-part-holidays", "routing-tab-queues"],
            calendars(open, &tx),
            Some("routing-new-calendar"),
        ),
        _ => return Err(PageError::NotFound),
    };
    html(&ListPage {
        frame: frame(viewer, nonce, &open.start, Section::Admin, "none"),
        bar: open.bar(viewer, Some(&after.done)),
        tab,
        columns,
        rows,
        add: add.map(|word| (format!("{}/new", tab.href()), word)),
    })
}

fn skills(company: &Company, tx: &Tx, skills: &Skills) -> String {
    let skills = skills.iter().map(|(skill, level)| format!("{} {level}", company.names.skill(tx, *skill)));
    or_dash(skills.collect::<Vec<_>>().join(", "))
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "–".to_owned() } else { text }
}

fn queues(open: &Open, tx: &Tx) -> Vec<ListRow> {
    let (policy, company) = (&open.draft.policy, &open.company);
    let serves = |queue: &Queue| {
        let teams = queue.served_by.iter().filter_map(|team| company.names.teams.get(team).cloned());
        let people = tx.n("routing-people", queue.members.len());
        std::iter::once(people).chain(teams).collect::<Vec<_>>().join(", ")
    };
    let mode = |queue: &Queue| match queue.mode {
        Mode::Push => tx.t("routing-mode-push"),
        Mode::Pull => tx.t("routing-mode-pull"),
        Mode::Offer { seconds, .. } => {
            format!("{} · {}", tx.t("routing-mode-offer"), length(i64::from(seconds)))
        }
    };
    let calendar = |queue: &Queue| {
        let found = policy.calendars.iter().find(|one| Some(one.id) == queue.calendar);
        found.map_or_else(|| tx.t("routing-always-open"), |one| one.name.clone())
    };
    policy
        .queues
        .iter()
        .map(|queue| ListRow {
            href: Form::Queue(queue.id).href(),
            name: queue.name.clone(),
            about: if queue.skills.is_empty() { String::new() } else { skills(company, tx, &queue.skills) },
            cells: vec![
                serves(queue),
                mode(queue),
                queue.targets.first_response.map_or_else(|| "–".to_owned(), |one| length(i64::from(one))),
                calendar(queue),
            ],
            switches: None,
        })
        .collect()
}

fn rules(open: &Open, tx: &Tx) -> Vec<ListRow> {
    let rules = &open.draft.policy.rules;
    let to = |rule: &EntryRule| open.company.names.queue(tx, rule.entry.queue);
    rules
        .iter()
        .enumerate()
        .map(|(at, rule)| ListRow {
            href: Form::Rule(rule.id).href(),
            name: format!("{}. {}", at + 1, rule.name),
            about: if rule.on { String::new() } else { tx.t("routing-rule-off") },
            cells: vec![
                if rule.tests.is_empty() {
                    tx.t("routing-always")
                } else {
                    tx.n("routing-tests", rule.tests.len())
                },
                to(rule),
            ],
            switches: Some(Switches { on: rule.on, up: at > 0, down: at + 1 < rules.len() }),
        })
        .collect()
}

fn agents(open: &Open, tx: &Tx) -> Vec<ListRow> {
    let policy = &open.draft.policy;
    let people = open.company.people.iter().filter(|one| !one.disabled);
    // Those who take conversations first.
    let mut people: Vec<_> = people.collect();
    people.sort_by_key(|one| !policy.agents.contains_key(&one.id));
    people
        .into_iter()
        .map(|one| {
            let agent = policy.agents.get(&one.id);
            let serves = policy.queues.iter().filter(|queue| queue.members.contains(&one.id));
            let serves: Vec<&str> = serves.map(|queue| queue.name.as_str()).collect();
            ListRow {
                href: Form::Agent(one.id).href(),
                name: one.name.clone(),
                about: if agent.is_none() { tx.t("routing-no-agent") } else { String::new() },
                cells: vec![
                    agent.map_or_else(|| "–".to_owned(), |agent| agent.capacity.to_string()),
                    agent.map_or_else(|| "–".to_owned(), |agent| skills(&open.company, tx, &agent.skills)),
                    or_dash(serves.join(", ")),
                ],
                switches: None,
            }
        })
        .collect()
}

fn calendars(open: &Open, tx: &Tx) -> Vec<ListRow> {
    let policy = &open.draft.policy;
    policy
        .calendars
        .iter()
        .map(|one| {
            let queues = policy.queues.iter().filter(|queue| queue.calendar == Some(one.id));
            let queues: Vec<String> =
                queues.map(|queue| open.company.names.thing(tx, Thing::Queue(queue.id))).collect();
            ListRow {
                href: Form::Calendar(one.id).href(),
                name: one.name.clone(),
                about: String::new(),
                cells: vec![
                    one.zone.name().replace('_', " "),
                    one.holidays.len().to_string(),
                    or_dash(queues.join(", ")),
                ],
                switches: None,
            }
        })
        .collect()
}
