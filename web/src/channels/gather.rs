//! Asking vendor, network and database everything the checks want to know. What is not answered is a fact too.

use channel_gateway::{
    Fault, clock,
    twilio::{rest::TwilioFault, senders},
    whatsapp::{app, graph::GraphFault, numbers},
};
use chrono::{DateTime, Utc};
use domain::{
    ChannelKind,
    checkup::{Asked, Gathered, NumberFacts},
};
use rand::Rng as _;
use secrecy::{ExposeSecret as _, SecretString};

use super::{CloudKeys, Desk, Keys, TwilioKeys};

/// Twilio's shared number to try things with (twilio.md §9).
pub(super) const SANDBOX: &str = "whatsapp:+14155238886";

fn asked<T, E: std::fmt::Display>(answer: Result<T, Fault<E>>) -> Asked<T> {
    match answer {
        Ok(value) => Asked::Got(value),
        Err(Fault::Refused(error)) => Asked::Refused(error.to_string()),
        Err(other) => Asked::Silent(other.to_string()),
    }
}

/// Gathers everything about a channel. `verify_token` is what Meta would ask our address with.
pub async fn gather(
    desk: &Desk,
    kind: ChannelKind,
    keys: &Keys,
    verify_token: Option<&SecretString>,
    heard: [Option<DateTime<Utc>>; 3],
) -> Gathered {
    let (facts, vendor_time, address) = match keys {
        Keys::Cloud(keys) => tokio::join!(
            cloud(desk, keys),
            clock::vendor_time(&desk.http, &desk.vendors.whatsapp_url),
            meta_asks_us(desk, verify_token),
        ),
        Keys::Twilio(keys) => tokio::join!(
            twilio(desk, kind, keys),
            clock::vendor_time(&desk.http, &desk.vendors.twilio_url),
            we_are_there(desk),
        ),
    };
    Gathered { our_urls: desk.inbound_urls(kind), vendor_time, address, heard, ..facts }
}

async fn cloud(desk: &Desk, keys: &CloudKeys) -> Gathered {
    let graph = keys.graph(desk);
    let mut token = asked(app::debug_token(&graph, &keys.token).await);
    let app_id = keys.app.clone().or_else(|| token.got().map(|token| token.app.clone()));
    let as_app = app_id.as_deref().and_then(|id| keys.as_app(desk, id));
    // A token that no longer works can't be asked with itself why.
    if token.got().is_none()
        && let Some(as_app) = &as_app
        && let Ok(facts) = app::debug_token(as_app, &keys.token).await
    {
        token = Asked::Got(facts);
    }
    let webhook = async {
        match (&as_app, &app_id) {
            (Some(as_app), Some(id)) => asked(app::webhook(as_app, id).await),
            _ => Asked::Not,
        }
    };
    let (webhook, apps, number) =
        tokio::join!(webhook, app::listening(&graph, &keys.waba), cloud_number(desk, keys),);
    Gathered {
        account: keys.waba.clone(),
        app: app_id,
        token,
        webhook,
        apps: asked(apps),
        number: asked(number),
        ..Gathered::default()
    }
}

/// The number, with what its account adds.
async fn cloud_number(desk: &Desk, keys: &CloudKeys) -> Result<NumberFacts, GraphFault> {
    let graph = keys.graph(desk);
    let (number, account) =
        tokio::join!(numbers::read(&graph, &keys.number), numbers::account(&graph, &keys.waba));
    let mut number = number?;
    if let Ok(account) = account {
        number.account = account.name;
        number.business = account.business;
        number.currency = account.currency;
        number.review = account.review;
    }
    Ok(number)
}

/// Asks our public address what Meta asks (whatsapp-cloud.md §1.1).
async fn meta_asks_us(desk: &Desk, verify_token: Option<&SecretString>) -> Asked<Option<String>> {
    let Some(token) = verify_token else { return we_are_there(desk).await };
    let Ok(mut url) = desk.inbound_url(ChannelKind::WhatsappCloud).parse::<url::Url>() else {
        return Asked::Not;
    };
    let challenge = rand::rng().random_range(100_000_000..999_999_999_u32).to_string();
    url.query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.verify_token", token.expose_secret());
    match clock::ask(&desk.http, &url).await {
        Ok((200, text)) if text == challenge => Asked::Got(None),
        Ok((status, _)) => Asked::Got(Some(format!("HTTP {status}"))),
        Err(why) => Asked::Silent(why),
    }
}

/// Asks our public address whether it is us.
async fn we_are_there(desk: &Desk) -> Asked<Option<String>> {
    let Some(url) = desk.public_urls.first().and_then(|url| url.join("/health/live").ok()) else {
        return Asked::Not;
    };
    match clock::ask(&desk.http, &url).await {
        Ok((200, _)) => Asked::Got(None),
        Ok((status, _)) => Asked::Got(Some(format!("HTTP {status}"))),
        Err(why) => Asked::Silent(why),
    }
}

async fn twilio(desk: &Desk, kind: ChannelKind, keys: &TwilioKeys) -> Gathered {
    let (api, messaging) = (keys.api(desk), keys.messaging(desk));
    let credentials = asked(senders::account_status(&api, &keys.account).await);
    let mut facts = Gathered { account: keys.account.clone(), credentials, ..Gathered::default() };
    // Without a way in, everything else only repeats that.
    if matches!(facts.credentials, Asked::Refused(_)) {
        return facts;
    }
    let mut own = None;
    match kind {
        ChannelKind::TwilioWhatsapp if keys.from == SANDBOX => {}
        ChannelKind::TwilioWhatsapp => match senders::whatsapp(&messaging, &keys.from).await {
            Ok(Some(sender)) => own = Some(sender),
            other => facts.number = nothing_there(other.map(drop), &keys.from),
        },
        _ => match senders::sms_number(&api, &keys.account, &keys.from).await {
            Ok(Some(number)) => own = Some(number),
            other => facts.number = nothing_there(other.map(drop), &keys.from),
        },
    }
    if let Some(own) = own {
        facts.number = Asked::Got(own.number);
        // In a service its addresses count, unless it leaves that to the sender.
        facts.fallback = Asked::Got(own.fallback_url);
        if keys.service.is_none() {
            facts.inbound = Asked::Got(own.inbound_url);
        }
    }
    if let Some(service) = &keys.service {
        facts.service = asked(senders::service(&messaging, service).await);
    }
    facts
}

/// Twilio knows no such sender; or it has no list of them, as some accounts and regions do.
fn nothing_there(answer: Result<(), TwilioFault>, address: &str) -> Asked<NumberFacts> {
    match answer {
        Ok(()) => Asked::Absent(address.to_owned()),
        Err(Fault::Refused(error)) if error.is_not_found() => Asked::NoList,
        Err(fault) => asked(Err(fault)),
    }
}
