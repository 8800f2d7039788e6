//! What a message costs: rate cards with dates and sources, markets, and the vendors' rules.
//!
//! Everything is a function of its arguments. What the vendor says about a message decides; a card only tells the rate.
//! What no card tells is [`Unknown`] with its reason: it is never guessed, and never zero.

mod card;
mod category;
mod cost;
mod market;
mod money;
mod quote;
mod rules;
mod table;

pub use card::{Card, Fees, Rate, card_on, cards, fees_on};
pub use category::Category;
pub use cost::{Basis, Cost, Facts, Fee, Label, Sent, Unknown, cost_of, inbound_cost_of};
pub use market::{Market, market_of};
pub use money::{Currency, Micros};
pub use quote::{Plan, Quote, quote};
pub use rules::{Rules, rules_on};
