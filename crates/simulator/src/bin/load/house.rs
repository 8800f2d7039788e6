//! Pages of a house that has worked for years: the server as in production, on a database that was there before.

use anyhow::{Context as _, bail};
use rand::seq::SliceRandom as _;
use serde_json::{Map, json};
use tokio::time::Instant;

use crate::{
    Options,
    agent::Agent,
    figures::{self, Report, Times},
    instance::Instance,
};

/// The first times are not counted: a server that has just started has prepared no statement and remembers nothing.
const FIRST: usize = 10;
/// Of [`crate::world::PASSWORD`], as cheap as the server takes it: signing in is not what is measured.
const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$wScKeOZySQ9jfPKFJKUS7w$E7gjGDFYG23r0upMK4e4ub/ZQH30UymUeItq2IajZ2A";

/// Who looks, with their sign-in name, and which conversations they may see, as SQL.
const PEOPLE: [(&str, &str, &str); 3] = [
    ("agent", "p7@big.test", "last_holder_id = person.id"),
    (
        "supervisor",
        "p501@big.test",
        "queue_id in (select q.queue_id from team_member t join queue_team q using (team_id) where t.person_id = person.id)",
    ),
    ("admin", "p508@big.test", "true"),
];

/// What is looked at: a name and a path, in which `{}` is one conversation after the other.
const PAGES: [(&str, &str); 3] =
    [("inbox", "/inbox"), ("conversation", "/inbox/{}"), ("list_and_conversation", "/inbox/{}?list=all")];

/// Lists by themselves, as a page fetches them.
const LISTS: [&str; 14] = [
    "list=mine",
    "list=waiting",
    "list=mentions",
    "list=snoozed",
    "list=closed",
    "list=all",
    "list=all&sort=longest",
    "list=all&sort=due",
    "list=all&sort=window",
    "list=all&unread=1",
    "list=all&risk=1",
    "list=all&q=cita",
    "list=closed&tag=pago",
    "list=closed&q=cita",
];

/// First paint of the inbox, opening a conversation in it, and each list, as agent, supervisor and admin.
///
/// # Errors
/// When the server does not start on the database, or a page is refused.
pub async fn pages(options: &Options, database: &str) -> anyhow::Result<()> {
    let instance = Instance::on(options, database).await?;
    let outcome = all(options, &instance).await;
    instance.stop().await.context("stop the server")?;
    outcome
}

async fn all(options: &Options, instance: &Instance) -> anyhow::Result<()> {
    let times = FIRST + options.pages;
    let set = format!("update person set password_hash = '{HASH}' where email like 'p%@big.test'");
    instance.sql(&set).await.context("give people a password")?;
    let messages = instance.sql("select count(*) from message").await?;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    for (role, email, sees) in PEOPLE {
        let agent = Agent::sign_in(&instance.url(), email, &client).await?;
        let conversations = conversations(instance, email, sees, times).await?;
        let mut figures = Map::new();
        for (name, path) in PAGES {
            let took =
                asked(conversations.iter().map(|id| path.replace("{}", id)), |path| agent.page(path)).await?;
            figures.insert(name.to_owned(), json!(took));
        }
        let switched =
            asked(conversations.iter().map(|id| format!("/inbox/{id}")), |path| agent.pane(path)).await?;
        figures.insert("switch".to_owned(), json!(switched));
        for query in LISTS {
            let path = format!("/inbox/list?{query}");
            let took = asked(std::iter::repeat_n(path, times), |path| agent.pane(path)).await?;
            figures.insert(query.to_owned(), json!(took));
        }
        let ends = ends(&agent, options.pages).await?;
        figures.insert("list=closed, page after page".to_owned(), json!(ends));
        let mut settings = figures::settings(options);
        settings["messages"] = messages.clone().into();
        settings["limits_for_people"] = false.into();
        let scenario = format!("inbox_{role}");
        figures::print(&Report { lost: 0, scenario, figures: figures.into(), settings })?;
    }
    Ok(())
}

/// Some that somebody may see, of all the years and in no order.
async fn conversations(
    instance: &Instance,
    email: &str,
    sees: &str,
    times: usize,
) -> anyhow::Result<Vec<String>> {
    let question = format!(
        "select conversation.id from person, conversation where person.email = '{email}' and {sees} order by random() limit {times}"
    );
    let mut found: Vec<String> = instance.sql(&question).await?.lines().map(str::to_owned).collect();
    if found.is_empty() {
        bail!("{email} sees nothing in this house");
    }
    found.shuffle(&mut rand::rng());
    Ok(found.iter().cycle().take(times).cloned().collect())
}

/// One after the other.
async fn asked<F: Future<Output = anyhow::Result<String>>>(
    paths: impl Iterator<Item = String>,
    ask: impl Fn(String) -> F,
) -> anyhow::Result<Times> {
    let mut times = Vec::new();
    for path in paths {
        let began = Instant::now();
        ask(path).await?;
        times.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    Ok(Times::of(times.split_off(FIRST.min(times.len()))))
}

/// Further and further back in what is over.
async fn ends(agent: &Agent, pages: usize) -> anyhow::Result<Times> {
    let (mut times, mut after) = (Vec::with_capacity(pages), String::new());
    for _ in 0..pages {
        let began = Instant::now();
        let rows = agent.pane(format!("/inbox/list?list=closed{after}")).await?;
        times.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        let Some((_, rest)) = rows.split_once("data-more=\"") else { break };
        after = format!("&after={}", rest.split('"').next().unwrap_or_default());
    }
    Ok(Times::of(times))
}
