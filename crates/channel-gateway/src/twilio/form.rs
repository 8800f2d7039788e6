//! A webhook's form: names and values, cleaned once for everybody who reads them.

use std::{borrow::Cow, collections::BTreeMap};

use domain::inbound::ChannelKey;
use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use crate::json::{self, Fields};

/// `{"type":"whatsapp","data":{"context":{"ProfileName":…,"WaId":…}}}` (twilio.md §3).
#[derive(Deserialize)]
struct Metadata {
    data: MetadataData,
}

#[derive(Deserialize)]
struct MetadataData {
    context: BTreeMap<String, Value>,
}

/// The parameters of a webhook. An empty value says nothing and counts as absent.
#[derive(Debug)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Any bytes are a form, if not a useful one. NUL is dropped: customers can type it and Postgres refuses it.
    ///
    /// Messaging webhooks are forms; one that an account was set up to send as JSON holds the same names.
    pub(super) fn read(body: &[u8]) -> Self {
        if let Some(form) = Self::read_json(body) {
            return form;
        }
        let clean = |text: Cow<'_, str>| match memchr::memchr(0, text.as_bytes()) {
            Some(_) => text.replace('\0', ""),
            None => text.into_owned(),
        };
        let mut form = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            // Of a repeated name the first that says something counts.
            let known: &mut String = form.entry(clean(name)).or_default();
            if known.is_empty() {
                *known = clean(value);
            }
        }
        Self(form)
    }

    fn read_json(body: &[u8]) -> Option<Self> {
        if !body.trim_ascii_start().starts_with(b"{") {
            return None;
        }
        let text = json::mend(body);
        let fields: Fields<'_> = serde_json::from_str(&text).ok()?;
        Some(Self(fields.into_texts().collect()))
    }

    /// Takes in what `ChannelMetadata` says again as JSON, where the parameters of that name are missing.
    pub(super) fn fill_in_metadata(&mut self) {
        let Some(text) = self.get("ChannelMetadata") else { return };
        let Ok(told) = serde_json::from_str::<Metadata>(&json::mend(text.as_bytes())) else { return };
        for (name, value) in told.data.context {
            if let Value::String(value) = value {
                self.0.entry(name).or_insert(value);
            }
        }
    }

    /// Parameters that were put together from something else.
    pub(super) fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name, value.replace('\0', ""))).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// Text that is shown as a name: no longer than names are.
    pub(super) fn name(&self, name: &str) -> Option<String> {
        self.get(name).map(json::shorten)
    }

    /// An id that a vendor gave; one without end is none.
    pub(super) fn id(&self, name: &str) -> Option<String> {
        self.owned(name).filter(|id| id.len() <= json::ID)
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// The parameters under a common prefix, without it.
    pub(super) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// The whole form, to be kept.
    pub(super) fn keep(&self) -> Value {
        self.0.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
    }

    /// The message's id, under its name or one of the older ones.
    pub(super) fn sid(&self) -> Option<&str> {
        ["MessageSid", "SmsSid", "SmsMessageSid"]
            .into_iter()
            .find_map(|name| self.get(name))
            .filter(|sid| sid.len() <= 64)
    }

    /// Our side of the exchange; `ours` names the parameter with our address.
    pub(super) fn channel(&self, ours: &str) -> Option<ChannelKey> {
        let (account, address) = (self.owned("AccountSid")?, self.owned(ours)?);
        Some(ChannelKey::Twilio { account, address })
    }
}
