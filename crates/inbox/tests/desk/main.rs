//! Stories about people at their desks, each on a database of its own.
#![expect(clippy::unwrap_used, reason = "a story that can't go on fails at once")]

mod alerts;
mod assignment;
mod bell;
mod blocking;
mod bulk;
mod cards;
mod closing;
mod contention;
mod drafts;
mod draining;
mod handing_over;
mod hour;
mod kinds;
mod later;
mod lists;
mod macros;
mod merging;
mod model;
mod notes;
mod offers;
mod pauses;
mod presence;
mod race;
mod rates;
mod rehearsal;
mod reply;
mod routing_policy;
mod scene;
mod sending;
mod snoozing;
mod tagging;
mod templates;
mod time_line;
mod watch;
mod wishes;
