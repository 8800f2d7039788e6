//! A webhook's form: names and values, cleaned once for everybody who reads them.

use std::collections::BTreeMap;

use domain::inbound::ChannelKey;
use serde_json::Value;
use url::form_urlencoded;

/// The parameters of a webhook. An empty value says nothing and counts as absent.
#[derive(Debug)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Any bytes are a form, if not a useful one. NUL is dropped: customers can type it and Postgres refuses it.
    pub(super) fn read(body: &[u8]) -> Self {
        Self(
            form_urlencoded::parse(body)
                .map(|(name, value)| (name.replace('\0', ""), value.replace('\0', "")))
                .collect(),
        )
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
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
