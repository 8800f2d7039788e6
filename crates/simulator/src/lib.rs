//! Stand-ins for Meta and Twilio on real HTTP, with a phone page.
//!
//! [`start`] runs the whole simulator on a port of its own inside the calling process; the binary
//! `simulate` does the same on its own. It shares no code with the product, so that one mistake
//! can't cancel another: signatures, envelopes and limits are written here a second time, from the
//! vendors' documents.
//!
//! | path | stands in for |
//! |---|---|
//! | `/graph/{version}/…` | Meta's Graph API |
//! | `/twilio/2010-04-01/…`, `/twilio/v1/…`, `/twilio/v2/…` | Twilio's APIs |
//! | `/control/…` | what tests and scripts use: make a customer write, set faults, read the record |
//! | `/` | the phone page: a person plays the customers |
//!
//! [`signing`] and [`wire`] are public, so that a load generator can build the same traffic.

mod assets;
mod books;
mod built_in;
mod clock;
mod control;
mod courier;
mod customers;
mod dice;
mod estate;
mod faults;
mod gate;
mod graph;
mod journal;
mod life;
mod media;
mod notices;
mod phone;
mod presence;
mod pricing;
mod rates;
mod record;
mod review;
mod samples;
mod server;
mod settings;
pub mod signing;
mod sim;
mod tasks;
mod templates;
mod threads;
mod twilio;
mod window;
pub mod wire;

pub use faults::Faults;
pub use server::{Running, StartError, start};
pub use settings::{CloudChannel, Pace, Settings, TwilioAccount, TwilioChannel, TwilioSignature};
