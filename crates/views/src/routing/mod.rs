//! How conversations are routed, for those who decide it: what changed, queues, rules, people, hours, pauses.

pub mod form;
mod pages;
mod rehearsed;
mod typed;
pub mod words;

pub use pages::{
    Bar, FormPage, ListPage, ListRow, OverviewPage, RehearsalPage, Switches, Tab, TryPage, VersionLine,
};
pub use rehearsed::{Cell, Line, LongLine, PersonLine, QueueLine, Rehearsed, Turn, percent};
pub use typed::{LANGUAGES, NotANumber, Typed};
pub use words::{Names, Tried, TriedRule};
