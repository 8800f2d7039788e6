//! Connecting a channel: ask the vendor, say what is wrong, store, and let the messages come.

use std::collections::BTreeMap;

use channel_gateway::{
    Fault,
    twilio::senders,
    whatsapp::{app, numbers},
};
use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ChannelKind, QueueId,
    checkup::{FIELDS, PERMISSIONS},
    inbound::ChannelKey,
};
use entity::channel;
use inbox::channels::{self, ConnectError, NewChannel};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{
    CloudKeys, Desk, Keys, Problem, TwilioKeys, gather::SANDBOX, graph_problem, twilio_problem, upkeep,
};

/// A channel somebody wants to connect, as typed.
#[derive(Clone)]
pub struct Wanted {
    /// What it speaks.
    pub kind: ChannelKind,
    /// The name people will know it by.
    pub name: String,
    /// Where its conversations begin.
    pub queue: Option<QueueId>,
    /// Meta: the account's id.
    pub waba: String,
    /// Meta: the number's id.
    pub phone_number_id: String,
    /// Meta: the app's id.
    pub app: String,
    /// Twilio: the account's SID.
    pub account: String,
    /// Twilio: an API key's SID, if one is used.
    pub api_key: String,
    /// Twilio: the sender, `+…`.
    pub sender: String,
    /// Twilio: a messaging service's SID, if there is one.
    pub service: String,
    /// The secrets.
    pub secrets: WantedSecrets,
}

/// Secrets by their names; empty ones were not given.
pub type WantedSecrets = BTreeMap<&'static str, SecretString>;

/// What the vendor said of it, enough to store it.
pub struct Checked {
    keys: Keys,
    address: String,
    settings: serde_json::Value,
    key: ChannelKey,
    account_key: String,
    per_second: i32,
}

fn given<'a>(secrets: &'a WantedSecrets, name: &str) -> Option<&'a SecretString> {
    secrets.get(name).filter(|secret| !secret.expose_secret().is_empty())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_sid(text: &str, prefix: &str) -> bool {
    text.len() == 34 && text.starts_with(prefix) && text[2..].bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Looks at what was typed, then asks the vendor. Nothing is changed, here or there.
///
/// # Errors
/// Everything that is wrong, as far as it could be looked at.
pub async fn check(desk: &Desk, wanted: &Wanted) -> Result<Checked, Vec<Problem>> {
    let mut problems = Vec::new();
    if wanted.name.trim().is_empty() {
        problems.push(Problem::of("name", "needed", ""));
    }
    if wanted.queue.is_none() {
        problems.push(Problem::of("queue", "needed", ""));
    }
    match wanted.kind {
        ChannelKind::WhatsappCloud => cloud(desk, wanted, problems).await,
        ChannelKind::TwilioWhatsapp | ChannelKind::TwilioSms => twilio(desk, wanted, problems).await,
    }
}

async fn taken(desk: &Desk, key: &ChannelKey) -> Result<bool, Vec<Problem>> {
    channel::Entity::find()
        .filter(channel::Column::VendorKey.eq(key.text()))
        .count(&desk.db)
        .await
        .map(|found| found > 0)
        .map_err(|error| {
            tracing::error!(%error, "the channels could not be read");
            vec![Problem::of("", "database", "")]
        })
}

async fn cloud(desk: &Desk, wanted: &Wanted, mut problems: Vec<Problem>) -> Result<Checked, Vec<Problem>> {
    for (field, text) in
        [("waba", &wanted.waba), ("phone_number_id", &wanted.phone_number_id), ("app", &wanted.app)]
    {
        if !is_digits(text) {
            problems.push(Problem::of(field, "digits", ""));
        }
    }
    for field in ["app_secret", "access_token", "verify_token"] {
        if given(&wanted.secrets, field).is_none() {
            problems.push(Problem::of(field, "needed", ""));
        }
    }
    let (Some(app_secret), Some(token), true) =
        (given(&wanted.secrets, "app_secret"), given(&wanted.secrets, "access_token"), problems.is_empty())
    else {
        return Err(problems);
    };
    let key = ChannelKey::PhoneNumberId { id: wanted.phone_number_id.clone() };
    if taken(desk, &key).await? {
        return Err(vec![Problem::of("phone_number_id", "connected", "")]);
    }
    let keys = CloudKeys {
        waba: wanted.waba.clone(),
        number: wanted.phone_number_id.clone(),
        app: Some(wanted.app.clone()),
        app_secret: Some(app_secret.clone()),
        token: token.clone(),
    };
    // The token first, without the proof: it shows whether the token or the app's secret is wrong.
    let plain = CloudKeys { app_secret: None, ..keys.clone() };
    let facts = match app::debug_token(&plain.graph(desk), token).await {
        Ok(facts) => facts,
        Err(fault) => return Err(vec![graph_problem(&fault).about("access_token")]),
    };
    if !facts.valid {
        return Err(vec![Problem::of("access_token", "token", facts.error.unwrap_or_default())]);
    }
    if !facts.app.is_empty() && facts.app != wanted.app {
        return Err(vec![Problem::of("app", "token-of-other-app", facts.app)]);
    }
    let missing: Vec<&str> = PERMISSIONS.into_iter().filter(|one| !facts.scopes.contains(*one)).collect();
    if !missing.is_empty() {
        problems.push(Problem::of("access_token", "permissions", missing.join(", ")));
    }
    let bounded = facts
        .targets
        .iter()
        .any(|(scope, targets)| PERMISSIONS.contains(&scope.as_str()) && !targets.contains(&wanted.waba));
    if bounded {
        problems.push(Problem::of("waba", "asset", wanted.waba.clone()));
    }
    if let Some(as_app) = keys.as_app(desk, &wanted.app)
        && let Err(fault @ Fault::Refused(_)) = app::webhook(&as_app, &wanted.app).await
    {
        problems.push(Problem { says: "app-secret", ..graph_problem(&fault) }.about("app_secret"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let graph = keys.graph(desk);
    let numbers = match numbers::list(&graph, &wanted.waba).await {
        Ok(numbers) => numbers,
        Err(fault) => return Err(vec![graph_problem(&fault).about("waba")]),
    };
    let Some(number) = numbers.iter().find(|number| number.id == wanted.phone_number_id) else {
        let known: Vec<String> =
            numbers.iter().map(|number| format!("{} ({})", number.number, number.id)).collect();
        return Err(vec![Problem::of("phone_number_id", "number-elsewhere", known.join(", "))]);
    };
    let digits: String = number.number.chars().filter(char::is_ascii_digit).collect();
    Ok(Checked {
        address: format!("+{digits}"),
        settings: json!({ "waba": wanted.waba, "phone_number_id": wanted.phone_number_id, "app": wanted.app }),
        key,
        account_key: ChannelKey::Waba { id: wanted.waba.clone() }.text(),
        // whatsapp-cloud.md §5.5: 80 a second, 1000 after the upgrade, 20 beside the app on a phone.
        per_second: match number.throughput.as_deref() {
            _ if number.on_app => 20,
            Some("HIGH") => 1000,
            _ => 80,
        },
        keys: Keys::Cloud(keys),
    })
}

async fn twilio(desk: &Desk, wanted: &Wanted, mut problems: Vec<Problem>) -> Result<Checked, Vec<Problem>> {
    if !is_sid(&wanted.account, "AC") {
        problems.push(Problem::of("account", "sid", "AC…"));
    }
    if !wanted.api_key.is_empty() && !is_sid(&wanted.api_key, "SK") {
        problems.push(Problem::of("api_key", "sid", "SK…"));
    }
    if !wanted.service.is_empty() && !is_sid(&wanted.service, "MG") {
        problems.push(Problem::of("service", "sid", "MG…"));
    }
    let digits: String = wanted.sender.chars().filter(char::is_ascii_digit).collect();
    if !(7..=15).contains(&digits.len())
        || !wanted.sender.trim().trim_start_matches("whatsapp:").starts_with('+')
    {
        problems.push(Problem::of("sender", "number", ""));
    }
    let key_secret = given(&wanted.secrets, "api_secret");
    if !wanted.api_key.is_empty() && key_secret.is_none() {
        problems.push(Problem::of("api_secret", "needed", ""));
    }
    let auth_token = given(&wanted.secrets, "auth_token");
    if auth_token.is_none() {
        problems.push(Problem::of("auth_token", "needed", ""));
    }
    let (Some(auth_token), true) = (auth_token, problems.is_empty()) else { return Err(problems) };
    let address = format!("+{digits}");
    let from = match wanted.kind {
        ChannelKind::TwilioWhatsapp => format!("whatsapp:{address}"),
        _ => address.clone(),
    };
    let key = ChannelKey::Twilio { account: wanted.account.clone(), address: from.clone() };
    if taken(desk, &key).await? {
        return Err(vec![Problem::of("sender", "connected", "")]);
    }
    let (user, secret) = match key_secret.filter(|_| !wanted.api_key.is_empty()) {
        Some(secret) => (wanted.api_key.clone(), secret.clone()),
        None => (wanted.account.clone(), auth_token.clone()),
    };
    let keys = TwilioKeys {
        account: wanted.account.clone(),
        user,
        secret,
        from: from.clone(),
        service: Some(wanted.service.clone()).filter(|sid| !sid.is_empty()),
    };
    // Signatures are made with the auth token whoever signs in, so it has to be right in any case.
    let own = TwilioKeys { user: wanted.account.clone(), secret: auth_token.clone(), ..keys.clone() };
    match senders::account_status(&own.api(desk), &wanted.account).await {
        Ok(status) if status != "active" => {
            return Err(vec![Problem::of("account", "account-not-active", status)]);
        }
        Ok(_) => {}
        Err(fault) => return Err(vec![twilio_problem(&fault).about("auth_token")]),
    }
    if keys.user != wanted.account
        && let Err(fault) = senders::account_status(&keys.api(desk), &wanted.account).await
    {
        return Err(vec![twilio_problem(&fault).about("api_secret")]);
    }
    let known = match wanted.kind {
        ChannelKind::TwilioWhatsapp if from == SANDBOX => Ok(true),
        ChannelKind::TwilioWhatsapp => {
            senders::whatsapp(&keys.messaging(desk), &from).await.map(|found| found.is_some())
        }
        _ => senders::sms_number(&keys.api(desk), &wanted.account, &from).await.map(|found| found.is_some()),
    };
    match known {
        Ok(false) => return Err(vec![Problem::of("sender", "sender-elsewhere", from)]),
        // Accounts without such a list are taken at their word; the checks will tell.
        Ok(true) => {}
        Err(Fault::Refused(error)) if error.is_not_found() => {}
        Err(fault) => return Err(vec![twilio_problem(&fault).about("sender")]),
    }
    let mut settings = json!({ "account": wanted.account, "from": from });
    if !wanted.api_key.is_empty() {
        settings["auth_user"] = wanted.api_key.as_str().into();
    }
    if let Some(service) = &keys.service {
        settings["service"] = service.as_str().into();
    }
    Ok(Checked {
        address,
        settings,
        key,
        account_key: format!("twilio:{}", wanted.account),
        per_second: 80,
        keys: Keys::Twilio(keys),
    })
}

/// Seals the secrets and writes the channel down.
///
/// # Errors
/// The refusals of [`ConnectError`] as problems; a fault when a secret can't be sealed.
pub async fn store(
    desk: &Desk,
    tx: &DatabaseTransaction,
    wanted: &Wanted,
    checked: &Checked,
    now: DateTime<Utc>,
) -> anyhow::Result<Result<ChannelId, Problem>> {
    let Some(queue) = wanted.queue else { return Ok(Err(Problem::of("queue", "needed", ""))) };
    let id = ChannelId::new();
    let secrets = wanted
        .secrets
        .iter()
        .filter(|(_, secret)| !secret.expose_secret().is_empty())
        .map(|(name, secret)| desk.seal(id, name, 1, secret))
        .collect::<Result<_, _>>()?;
    let new = NewChannel {
        id,
        kind: wanted.kind,
        name: wanted.name.clone(),
        address: checked.address.clone(),
        vendor_key: checked.key.text(),
        account_key: checked.account_key.clone(),
        settings: checked.settings.clone(),
        queue,
        per_second: checked.per_second,
        secrets,
    };
    Ok(match channels::connect(tx, new, now).await {
        Ok(id) => Ok(id),
        Err(ConnectError::Connected) => Err(Problem::of("", "connected", "")),
        Err(ConnectError::Name) => Err(Problem::of("name", "name", "")),
        Err(ConnectError::Queue) => Err(Problem::of("queue", "needed", "")),
        Err(error) => return Err(error.into()),
    })
}

/// After the channel was committed: the app listens to the account, its webhook leads to us unless it leads elsewhere,
/// and everything is looked at once. What can't be done is what the checks will say.
pub async fn settle(desk: &Desk, id: ChannelId, checked: &Checked, wanted: &Wanted, now: DateTime<Utc>) {
    if let Keys::Cloud(keys) = &checked.keys {
        if let Err(fault) = app::listen(&keys.graph(desk), &keys.waba).await {
            tracing::warn!(channel = %id, %fault, "channel {id}: the app could not be subscribed");
        }
        let as_app = keys.as_app(desk, &wanted.app);
        if let (Some(as_app), Some(token)) = (as_app, given(&wanted.secrets, "verify_token"))
            && let Ok(webhook) = app::webhook(&as_app, &wanted.app).await
            && webhook.url.is_none()
        {
            let url = desk.inbound_url(ChannelKind::WhatsappCloud);
            if let Err(fault) = app::set_webhook(&as_app, &wanted.app, &url, token, &FIELDS).await {
                tracing::warn!(channel = %id, %fault, "channel {id}: the app's webhook could not be set");
            }
        }
    }
    if let Err(error) = upkeep::look_after(desk, id, now).await {
        tracing::warn!(channel = %id, %error, "channel {id} could not be looked at");
    }
}
