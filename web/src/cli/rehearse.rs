//! `bandeja rehearse`: a day played under two routings, side by side, as a table or as JSON.

use std::{fs, path::Path, time::Duration};

use ::inbox::{reading::routing::names, rehearsal::Which};
use anyhow::{Context, anyhow, bail};
use chrono::NaiveDate;
use clap::Args;
use domain::QueueId;
use routing::{
    Policy,
    rehearsal::{More, Recipe, WhatIf, compare},
};
use sea_orm::DatabaseConnection;
use serde_json::json;
use views::{
    Lang, Tx,
    routing::{Cell, Names, Rehearsed},
};

use super::say;
use crate::{
    clock::Clock,
    database,
    rehearsing::{Asked, MOST_PER_HOUR, Ran, Side, Source, policy, refusal, run},
    schema,
    settings::Settings,
};

/// Nobody waits before a page.
const PATIENCE: Duration = Duration::from_secs(600);

/// What is rehearsed.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The past day, as 2026-11-20, in the house's time zone (`house.time_zone`). Today counts until now.
    #[arg(long, value_name = "DATE", required_unless_present_any = ["generate", "print"])]
    day: Option<NaiveDate>,
    /// So many days in a row, up to 7.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "day")]
    days: u32,
    /// Let the entry rules of each routing decide where new conversations go; without it they go where they went.
    #[arg(long, requires = "day")]
    by_rules: bool,
    /// The routing to try: `draft`, `in-force`, the number of a version, or a JSON file (see --print).
    #[arg(long, value_name = "SIDE", default_value = "draft")]
    against: String,
    /// What it is compared with: the same choices.
    #[arg(long, value_name = "SIDE", default_value = "in-force")]
    from: String,
    /// Make a day up instead: eleven hours with two peaks.
    #[arg(long, conflicts_with_all = ["day", "print"])]
    generate: bool,
    /// Made-up day: conversations an hour, on average.
    #[arg(long, value_name = "N", default_value_t = 60, requires = "generate",
          value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_PER_HOUR)))]
    per_hour: u32,
    /// Made-up day: how many of the agents come; all without it.
    #[arg(long, value_name = "N", requires = "generate")]
    people: Option<u32>,
    /// Made-up day: how many seconds a conversation lasts, on average.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, requires = "generate",
          value_parser = clap::value_parser!(u32).range(1..=86_400))]
    handle: u32,
    /// Made-up day: how many in a hundred are VIPs.
    #[arg(long, value_name = "PERCENT", default_value_t = 5, requires = "generate",
          value_parser = clap::value_parser!(u8).range(0..=100))]
    vip: u8,
    /// Made-up day: the same seed is the same day.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "generate")]
    seed: u64,
    /// What if so many more people served a queue? As "Citas=2"; can be said several times.
    #[arg(long, value_name = "QUEUE=N")]
    more: Vec<String>,
    /// What if everybody had so many slots more, or (negative) fewer?
    #[arg(long, value_name = "N", default_value_t = 0, allow_hyphen_values = true,
          value_parser = clap::value_parser!(i32).range(-10..=10))]
    capacity: i32,
    /// What if nothing asked for this skill? Can be said several times.
    #[arg(long, value_name = "SKILL")]
    without: Vec<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Print a routing as JSON and rehearse nothing: a beginning for a file of one's own.
    #[arg(long, value_name = "SIDE", conflicts_with = "day")]
    print: Option<String>,
}

pub(super) async fn rehearse(settings: &Settings, options: &Options) -> anyhow::Result<()> {
    let db = database::open(&settings.database).await?;
    schema::is_current(&db).await?;
    let tx = Tx::new(Lang::En, settings.house.time_zone);
    let mut known = company(&db).await?;
    if let Some(wanted) = &options.print {
        let side = side(wanted)?;
        let document = policy(&db, &side).await.map_err(|why| told(&tx, &known, why))?;
        return Ok(say(serde_json::to_string_pretty(&document)?)?);
    }
    let (before, after) = (side(&options.from)?, side(&options.against)?);
    let document = policy(&db, &after).await;
    let document = document.map_err(|why| told(&tx, &known, why))?;
    known = known.of(&document);
    let asked = Asked { day: source(options)?, before, after, what_if: what_if(options, &document)? };
    let (zone, now) = (settings.house.time_zone, Clock::system().now());
    let ran = run(&db, zone, asked, PATIENCE, (), now).await.map_err(|why| told(&tx, &known, why))?;
    if options.json {
        say(serde_json::to_string_pretty(&as_json(&ran, &tx, &known)?)?)?;
    } else {
        table(&ran.told(&tx, zone, known))?;
    }
    Ok(())
}

/// The names of those the routing speaks of.
async fn company(db: &DatabaseConnection) -> anyhow::Result<Names> {
    let (people, teams, channels) = names(db).await?;
    let mut known = Names::default();
    known.people = people.into_iter().map(|one| (one.id, one.name)).collect();
    known.teams = teams.into_iter().map(|one| (one.id, one.name)).collect();
    known.channels = channels.into_iter().map(|one| (one.id, one.name)).collect();
    Ok(known)
}

fn source(options: &Options) -> anyhow::Result<Source> {
    if let Some(from) = options.day {
        return Ok(Source::Past { from, days: options.days, by_rules: options.by_rules });
    }
    if !options.generate {
        bail!("name a day (--day 2026-11-20) or make one up (--generate)");
    }
    Ok(Source::Made(Recipe {
        seed: options.seed,
        per_hour: options.per_hour,
        people: options.people,
        handle_seconds: options.handle,
        vip_percent: options.vip,
    }))
}

/// A word, a number, or else a file.
fn side(wanted: &str) -> anyhow::Result<Side> {
    match wanted {
        "in-force" => return Ok(Side::Kept(Which::InForce)),
        "draft" => return Ok(Side::Kept(Which::Draft)),
        _ => {}
    }
    if let Ok(version) = wanted.parse() {
        return Ok(Side::Kept(Which::Version(version)));
    }
    let path = Path::new(wanted);
    let text = fs::read_to_string(path).with_context(|| {
        format!("{wanted} is neither draft, in-force, the number of a version, nor a file that can be read")
    })?;
    let policy = serde_json::from_str(&text).with_context(|| {
        format!("{wanted} holds no routing; `bandeja rehearse --print in-force` prints one to begin with")
    })?;
    let name = path.file_name().map_or_else(|| wanted.to_owned(), |name| name.to_string_lossy().into_owned());
    Ok(Side::Given(name, Box::new(policy)))
}

fn what_if(options: &Options, policy: &Policy) -> anyhow::Result<WhatIf> {
    let mut what_if = WhatIf { capacity: options.capacity, ..WhatIf::default() };
    for more in &options.more {
        let (queue, people) =
            more.rsplit_once('=').with_context(|| format!("{more}: say it as \"Citas=2\""))?;
        let people: u32 = people
            .parse()
            .ok()
            .filter(|people| *people <= 1_000)
            .with_context(|| format!("{more}: {people} is no number of people; say it as \"Citas=2\""))?;
        what_if.more.push(More { queue: queue_named(policy, queue)?, people });
    }
    for name in &options.without {
        let found = policy.skills.iter().find(|skill| skill.name == *name);
        let all = || listed(policy.skills.iter().map(|skill| &skill.name));
        what_if
            .without
            .insert(found.with_context(|| format!("there is no skill {name}; there are: {}", all()))?.id);
    }
    Ok(what_if)
}

fn queue_named(policy: &Policy, name: &str) -> anyhow::Result<QueueId> {
    let found = policy.queues.iter().find(|queue| queue.name == name);
    let all = || listed(policy.queues.iter().map(|queue| &queue.name));
    Ok(found.with_context(|| format!("there is no queue {name}; there are: {}", all()))?.id)
}

fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// A refusal as an error of the command.
fn told(tx: &Tx, names: &Names, why: crate::rehearsing::Refused) -> anyhow::Error {
    match refusal(tx, names, why) {
        Ok((why, flaws)) if flaws.is_empty() => anyhow!("nothing was rehearsed: {why}"),
        Ok((why, flaws)) => anyhow!("nothing was rehearsed: {why}\n{}", flaws.join("\n")),
        Err(fault) => fault.context("nothing was rehearsed"),
    }
}

fn as_json(ran: &Ran, tx: &Tx, known: &Names) -> anyhow::Result<serde_json::Value> {
    let [from, against] = ran.sides(tx);
    let mut people = known.people.clone();
    people.retain(|person, _| ran.policies.iter().any(|policy| policy.agents.contains_key(person)));
    people.extend((1_usize..).zip(&ran.extra).map(|(at, one)| (*one, tx.n("rehearse-extra", at))));
    let queues: std::collections::BTreeMap<QueueId, &str> = ran
        .policies
        .iter()
        .flat_map(|policy| policy.queues.iter().map(|queue| (queue.id, queue.name.as_str())))
        .collect();
    Ok(json!({
        "from": from,
        "against": against,
        "conversations": ran.before.total.offered,
        "not_over": ran.not_over,
        "people": ran.people,
        "before": ran.before,
        "after": ran.after,
        "comparison": compare(&ran.before, &ran.after),
        "names": { "queues": queues, "people": people },
    }))
}

fn table(told: &Rehearsed) -> std::io::Result<()> {
    say(told.about.join(" · "))?;
    say(told.verdict.join(" "))?;
    say("")?;
    let head =
        |first: &str| vec![first.to_owned(), told.sides[0].clone(), told.sides[1].clone(), String::new()];
    let line = |name: &str, cell: &Cell| {
        vec![name.to_owned(), cell.before.clone(), cell.after.clone(), difference(cell)]
    };
    let mut all = vec![head("")];
    all.extend(told.lines.iter().map(|one| line(&one.label, &one.cell)));
    columns(&all)?;
    for queue in &told.queues {
        say("")?;
        columns(&[
            head(&queue.name),
            line("  came", &queue.offered),
            line("  mean wait", &queue.mean),
            line("  wait p95", &queue.p95),
            line("  service level", &queue.level),
            line("  gave up", &queue.abandoned),
        ])?;
    }
    say("")?;
    let mut people = vec![head("Occupancy")];
    people.extend(told.people.iter().map(|one| line(&format!("  {}", one.name), &one.occupancy)));
    columns(&people)?;
    for (side, longest) in told.sides.iter().zip(&told.longest) {
        say(format_args!("\nLongest waits, {side}"))?;
        for one in longest {
            let by = one.by.as_deref().unwrap_or("nobody");
            say(format_args!("  {}  {} at {}, taken by {by}: {}", one.waited, one.queue, one.at, one.why))?;
        }
        if longest.is_empty() {
            say("  nobody waited")?;
        }
    }
    Ok(())
}

fn difference(cell: &Cell) -> String {
    match cell.turn {
        views::routing::Turn::Better => format!("{} better", cell.by),
        views::routing::Turn::Worse => format!("{} worse", cell.by),
        views::routing::Turn::Other => cell.by.clone(),
        views::routing::Turn::Same => "same".to_owned(),
        views::routing::Turn::Unpromised => "nothing promised".to_owned(),
    }
}

/// Lines of cells under each other: the first to the left, figures to the right.
fn columns(lines: &[Vec<String>]) -> std::io::Result<()> {
    let width =
        |at: usize| lines.iter().filter_map(|line| line.get(at)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..4).map(|at| width(at).unwrap_or(0)).collect();
    for line in lines {
        let text = format!(
            "{:<a$}  {:>b$}  {:>c$}  {}",
            line[0],
            line[1],
            line[2],
            line[3],
            a = widths[0].max(24),
            b = widths[1].max(10),
            c = widths[2].max(10)
        );
        say(text.trim_end())?;
    }
    Ok(())
}
