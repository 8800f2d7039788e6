//! The server: pages, sockets, webhooks, worker, command line.
//!
//! A request goes `routes` (who may) → a handler (one operation) → an answer; `server` builds the app from the
//! route table, `auth` says who is asking, `error` turns refusals into pages.

pub mod at_work;
pub mod auth;
pub mod books;
pub mod bus;
pub mod channels;
pub mod cli;
pub mod client_address;
pub mod clock;
pub mod connections;
pub mod courtesy;
pub mod database;
pub mod demo;
pub mod demo_mark;
pub mod error;
pub mod files;
pub mod gateway;
pub mod health;
pub mod housekeeping;
pub mod jobs;
pub mod listing;
pub mod live;
pub mod memory;
pub mod pages;
pub mod present;
pub mod rehearsing;
pub mod remembered;
pub mod request_log;
pub mod road;
pub mod routes;
pub mod schema;
pub mod searching;
pub mod secrets;
pub mod security_headers;
pub mod server;
pub mod settings;
pub mod state;
pub mod telemetry;
pub mod templates;
mod transact;
pub mod visitor;
pub mod vital;
pub mod webhooks;
pub mod worker;
