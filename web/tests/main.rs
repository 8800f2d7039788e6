//! The server over real HTTP, with a database per test.
//!
//! Told as stories: people with browsers ask pages; nobody looks inside.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails at once")]

mod access;
mod bell_story;
mod books;
mod bus;
mod cards_story;
mod channels;
mod clinic;
mod company_story;
mod draining;
mod factor_story;
mod files;
mod floor_story;
mod headers;
mod helpers;
mod hidden;
mod kill;
mod lists_story;
mod main_story;
mod nodes;
mod notes_story;
mod offers_story;
mod outbound;
mod password_guessing;
mod past_story;
mod people_story;
mod questions;
mod receiving;
mod rehearsal;
mod replying;
mod restart;
mod round_trips;
mod routing_settings;
mod search_story;
mod sessions;
mod settings_story;
mod sign_in;
mod sla_story;
mod sockets;
mod templates;
mod transact;
mod twilio;
mod welcome;
mod work_story;
mod writing_story;
