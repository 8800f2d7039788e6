//! HTML in three languages: partials, pages, words.
//!
//! A *partial* is a template of its own (`row.html`, `message.html`…). Pages include it, and a `…Fragment` struct
//! renders it alone for frames and catch-up, so that the HTML is the same whichever way it comes. Partials are
//! rendered once for many viewers: nothing of one viewer stands in them.

pub mod admin;
pub mod attributes;
pub mod bell;
pub mod builders;
pub mod bulk;
pub mod card;
pub mod channel;
pub mod channels;
pub mod company;
pub mod cost;
pub mod day;
pub mod details;
pub mod device;
pub mod due;
pub mod error_page;
pub mod factor;
pub mod failure;
pub mod file;
pub mod file_refusal;
pub mod flaw;
pub mod floor;
mod form;
pub mod frame;
pub mod inbox;
pub mod joining;
pub mod keys;
pub mod known;
pub mod lean;
pub mod ledger;
pub mod linkify;
pub mod list;
pub mod macros;
pub mod marks;
pub mod me;
pub mod message;
pub mod money;
pub mod note;
pub mod offer;
pub mod outcomes;
pub mod past;
pub mod person;
pub mod phone;
pub mod planned;
pub mod presence;
pub mod preview;
pub mod refusal;
pub mod routing;
pub mod row;
pub mod sample;
pub mod script_words;
pub mod search;
pub mod sign_in;
pub mod snooze;
pub mod system;
pub mod tagging;
pub mod templates;
pub mod thread;
pub mod time;
pub mod transfer;
pub mod tx;
pub mod welcome;
pub mod why;
pub mod zone;

pub use admin::{AdminChannel, AdminPage, AdminPerson};
pub use askama::{self, Template};
pub use channel::ChannelTag;
pub use company::{Companion, CompanyFragment};
pub use day::{DayPage, DaySpan, Was};
pub use details::{
    Alike, ConsentLine, Details, DetailsFragment, IdentityLine, JoinLine, Spent, SpentFragment, Tags,
    TagsFragment,
};
pub use due::DueTag;
pub use error_page::ErrorPage;
pub use factor::{FactorCodesPage, FactorSetUpPage, SignInCodePage};
pub use file::FileFacts;
pub use file_refusal::FileRefusal;
pub use floor::{
    FloorAgent, FloorAgentFragment, FloorAlert, FloorAlertFragment, FloorConversation,
    FloorConversationFragment, FloorPage, FloorQueue, FloorQueueFragment, FloorTotals, FloorTotalsFragment,
};
pub use frame::{Density, Frame, Section, TextSize, Theme, Viewer};
pub use inbox::InboxPage;
pub use lean::lean;
pub use list::{
    Chip, Counts, CountsFragment, FilterGroup, FilterOption, Filters, FiltersFragment, Light, ListFragment,
    ListView, QueueNumber, RowsFragment, SavedFragment, Side, SideLink, SortChoice,
};
pub use me::MePage;
pub use message::{Ad, Around, Author, Delivery, MessageFragment, MessageView, Quote};
pub use note::{MentionFragment, NoteFragment, NoteView};
pub use offer::{NextFragment, NextUp, OfferBackFragment, OfferCard, OfferFragment, OfferWhy};
pub use person::PersonTag;
pub use presence::{Finishing, MePresence, MePresenceFragment, PauseTag};
pub use refusal::Refusal;
pub use row::{ConversationRow, RowFragment};
pub use script_words::words_for_scripts;
pub use search::{
    Choice, Found, FoundContact, FoundFragment, FoundMessage, Looked, Palette, PaletteFound, Parts,
    SearchForm, SearchPage,
};
pub use sign_in::{SignInError, SignInPage};
pub use system::{Happened, SystemFragment, SystemLine, Why};
pub use templates::{BuilderPage, PickerFragment, TemplatesPage};
pub use thread::{
    EarlierFragment, Entry, PreviousConversation, Thread, ThreadPane, ThreadState, ThreadStateFragment,
};
pub use tx::{Arg, Lang, Tx};
pub use welcome::WelcomePage;
