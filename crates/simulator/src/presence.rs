//! Which customers somebody plays just now, on which number.

use std::{collections::HashMap, sync::Mutex};

use crate::sim::lock;

/// Open phone pages by number and customer.
#[derive(Default)]
pub struct Presence(Mutex<HashMap<(String, String), usize>>);

impl Presence {
    /// A page shows this customer from now on.
    pub fn enter(&self, channel: &str, customer: &str) {
        *lock(&self.0).entry((channel.to_owned(), customer.to_owned())).or_default() += 1;
    }

    /// A page no longer does.
    pub fn leave(&self, channel: &str, customer: &str) {
        let mut pages = lock(&self.0);
        let key = (channel.to_owned(), customer.to_owned());
        match pages.get_mut(&key) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(pages.remove(&key)),
        }
    }

    /// Whether somebody looks at this customer's phone.
    pub fn looks(&self, channel: &str, customer: &str) -> bool {
        lock(&self.0).contains_key(&(channel.to_owned(), customer.to_owned()))
    }
}
