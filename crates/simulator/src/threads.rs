//! What the customers' phones show: a list of bubbles for each customer and number.

use std::{collections::HashMap, sync::Mutex};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::sim::lock;

/// How many bubbles a phone keeps.
const KEPT: usize = 500;

/// One bubble.
#[derive(Debug, Clone, Serialize)]
pub struct Bubble {
    /// The vendor's id of the message.
    pub id: String,
    /// Written by the customer.
    pub me: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// `pending`, `sent`, `delivered`, `read` or `failed`, as the one who wrote it sees it.
    pub state: &'static str,
    /// What it shows, see [`crate::phone::card`].
    pub card: Value,
    /// The message this one answers.
    pub quote: Option<String>,
    /// The customer's reaction to it.
    pub reaction: Option<String>,
    /// The business's reaction to it.
    pub their_reaction: Option<String>,
    /// Its words were changed.
    pub edited: bool,
    /// It was taken back.
    pub revoked: bool,
}

impl Bubble {
    /// Move on to a later state; news about an earlier one changes nothing.
    pub fn advance(&mut self, state: &'static str) {
        if rank(state) > rank(self.state) {
            self.state = state;
        }
    }

    /// A new bubble without ticks.
    pub fn new(id: &str, me: bool, at: DateTime<Utc>, card: Value, quote: Option<String>) -> Self {
        Self {
            id: id.to_owned(),
            me,
            at,
            state: "pending",
            card,
            quote,
            reaction: None,
            their_reaction: None,
            edited: false,
            revoked: false,
        }
    }
}

fn rank(state: &str) -> u8 {
    match state {
        "pending" => 0,
        "sent" => 1,
        "delivered" => 2,
        "read" => 3,
        _ => 4,
    }
}

type Key = (String, String);

/// All phones.
#[derive(Default)]
pub struct Threads(Mutex<HashMap<Key, Vec<Bubble>>>);

impl Threads {
    /// One more bubble, unless it is there already.
    pub fn add(&self, channel: &str, customer: &str, bubble: Bubble) {
        let mut threads = lock(&self.0);
        let thread = threads.entry((channel.to_owned(), customer.to_owned())).or_default();
        if thread.iter().any(|known| known.id == bubble.id) {
            return;
        }
        if thread.len() == KEPT {
            thread.remove(0);
        }
        thread.push(bubble);
    }

    /// Change a bubble; answers how it looks then.
    pub fn change(
        &self,
        channel: &str,
        customer: &str,
        id: &str,
        change: impl FnOnce(&mut Bubble),
    ) -> Option<Bubble> {
        let mut threads = lock(&self.0);
        let thread = threads.get_mut(&(channel.to_owned(), customer.to_owned()))?;
        let bubble = thread.iter_mut().find(|bubble| bubble.id == id)?;
        change(bubble);
        Some(bubble.clone())
    }

    /// The customer's message with this id at this number, and everything they wrote before it, turns read;
    /// none if it is older than `oldest`.
    pub fn read_up_to(
        &self,
        channel: &str,
        id: &str,
        oldest: DateTime<Utc>,
    ) -> Option<(String, Vec<Bubble>)> {
        let mut threads = lock(&self.0);
        let mut of_channel = threads.iter_mut().filter(|((known, _), _)| known == channel);
        let (key, thread, end) = of_channel.find_map(|(key, thread)| {
            let end = thread.iter().position(|bubble| bubble.me && bubble.id == id && bubble.at >= oldest)?;
            Some((key, thread, end))
        })?;
        let mut changed = Vec::new();
        for bubble in thread[..=end].iter_mut().filter(|bubble| bubble.me && bubble.state != "read") {
            bubble.state = "read";
            changed.push(bubble.clone());
        }
        Some((key.1.clone(), changed))
    }

    /// Everything on one phone.
    pub fn list(&self, channel: &str, customer: &str) -> Vec<Bubble> {
        lock(&self.0).get(&(channel.to_owned(), customer.to_owned())).cloned().unwrap_or_default()
    }

    /// Empty all phones.
    pub fn clear(&self) {
        lock(&self.0).clear();
    }
}
