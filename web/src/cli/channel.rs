//! `bandeja channel add`.

use std::{collections::BTreeMap, io::BufRead as _};

use anyhow::{Context, bail};
use domain::{ChannelKind, QueueId};
use entity::queue;
use rand::{Rng as _, distr::Alphanumeric};
use sea_orm::{
    ColumnTrait as _, DatabaseConnection, EntityTrait as _, QueryFilter as _, TransactionTrait as _,
};
use secrecy::{ExposeSecret as _, SecretString};
use views::{Lang, Tx, channels::ProblemLine};

use super::{NewChannel, say};
use crate::{
    auth::audit::{self, Entry},
    channels::{self, Desk, Problem, Wanted, WantedSecrets},
    clock::Clock,
    database, schema,
    settings::Settings,
};

/// Secrets and the variables they may stand in. They are never arguments: those can be read by everybody on the
/// machine.
const SECRETS: [(&str, &str); 5] = [
    ("app_secret", "BANDEJA_CHANNEL_APP_SECRET"),
    ("access_token", "BANDEJA_CHANNEL_ACCESS_TOKEN"),
    ("verify_token", "BANDEJA_CHANNEL_VERIFY_TOKEN"),
    ("auth_token", "BANDEJA_CHANNEL_AUTH_TOKEN"),
    ("api_secret", "BANDEJA_CHANNEL_API_SECRET"),
];

pub(super) async fn add(settings: &Settings, new: &NewChannel) -> anyhow::Result<()> {
    let kind = ChannelKind::parse(&new.kind.replace('-', "_")).with_context(|| {
        let known: Vec<&str> = ChannelKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("there is no kind {}; there are: {}", new.kind, known.join(", "))
    })?;
    let mut secrets = secrets(new.secrets_stdin)?;
    let proposed = kind == ChannelKind::WhatsappCloud && !secrets.contains_key("verify_token");
    if proposed {
        let token: String = rand::rng().sample_iter(Alphanumeric).take(32).map(char::from).collect();
        secrets.insert("verify_token", token.into());
    }
    let db = database::open(&settings.database).await?;
    schema::is_current(&db).await?;
    let desk = Desk::open(settings, db.clone())?;
    let text = |given: &Option<String>| given.clone().unwrap_or_default();
    let wanted = Wanted {
        kind,
        name: new.name.clone(),
        queue: Some(find_queue(&db, &new.queue).await?),
        waba: text(&new.waba),
        phone_number_id: text(&new.phone_number_id),
        app: text(&new.app),
        account: text(&new.account),
        api_key: text(&new.api_key),
        sender: text(&new.sender),
        service: text(&new.service),
        secrets,
    };
    let checked = channels::check(&desk, &wanted).await.map_err(|problems| refusal(&problems))?;
    let now = Clock::system().now();
    let tx = db.begin().await?;
    let id = match channels::store(&desk, &tx, &wanted, &checked, now).await? {
        Ok(id) => id,
        Err(problem) => return Err(refusal(&[problem])),
    };
    let entry =
        Entry { object: Some(id.to_string()), ..Entry::own("channel_connect", None, "console", true) };
    audit::record(&tx, entry, now).await?;
    tx.commit().await?;
    // A running server knows a new verify token within five seconds, and Meta asks it at once.
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    channels::settle(&desk, id, &checked, &wanted, now).await;
    say(format_args!("connected: {id}"))?;
    say(format_args!("callback URL: {}", desk.inbound_url(kind)))?;
    if let Some(token) = wanted.secrets.get("verify_token").filter(|_| proposed) {
        say(format_args!("verify token: {}", token.expose_secret()))?;
    }
    Ok(())
}

/// From the environment, and from lines `name=value` of the standard input.
fn secrets(from_stdin: bool) -> anyhow::Result<WantedSecrets> {
    let mut all: WantedSecrets = BTreeMap::new();
    for (name, variable) in SECRETS {
        if let Ok(value) = std::env::var(variable) {
            all.insert(name, value.into());
        }
    }
    if !from_stdin {
        return Ok(all);
    }
    for line in std::io::stdin().lock().lines() {
        let line = SecretString::from(line.context("read the secrets")?);
        let Some((name, value)) = line.expose_secret().split_once('=') else { continue };
        let known = SECRETS.iter().find(|(known, _)| *known == name.trim());
        let Some((name, _)) = known else { bail!("there is no secret named {}", name.trim()) };
        all.insert(name, value.trim().to_owned().into());
    }
    Ok(all)
}

async fn find_queue(db: &DatabaseConnection, name: &str) -> anyhow::Result<QueueId> {
    let found = queue::Entity::find().filter(queue::Column::Name.eq(name)).one(db).await?;
    match found {
        Some(queue) => Ok(queue.id),
        None => {
            let all = queue::Entity::find().all(db).await?;
            let names: Vec<&str> = all.iter().map(|queue| queue.name.as_str()).collect();
            bail!("there is no queue {name}; there are: {}", names.join(", "))
        }
    }
}

fn refusal(problems: &[Problem]) -> anyhow::Error {
    let tx = Tx::new(Lang::En, chrono_tz::UTC);
    let lines: Vec<String> = problems
        .iter()
        .map(|one| {
            let line = ProblemLine { field: one.field, says: one.says, detail: one.detail.clone() };
            if one.field.is_empty() { line.words(&tx) } else { format!("{}: {}", one.field, line.words(&tx)) }
        })
        .collect();
    anyhow::anyhow!("the channel was not connected\n{}", lines.join("\n"))
}
