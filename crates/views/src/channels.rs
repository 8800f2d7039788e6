//! Administration of channels: the list, and the pages of one with their tabs.
//!
//! Pages of one channel extend `channel_page.html`: a struct with a `frame`, a `head` and a `tab` draws its own block
//! `tab` inside.

pub mod alarm;
pub mod checks;
pub mod connect;
pub mod costs;
pub mod head;
pub mod list;
pub mod number;
pub mod overview;
pub mod past;
pub mod problem;
pub mod reopening;
pub mod vendor_words;

pub use alarm::AlarmLine;
pub use checks::{CheckLine, ChecksPage, TestFragment, TestLine};
pub use connect::NewChannelPage;
pub use head::{ChannelHead, ChannelTab};
pub use list::{ChannelRow, ChannelsPage};
pub use number::{NumberPage, ProfileForm, SecretRow, SetupLine};
pub use overview::{ChannelPage, NoticeLine};
pub use past::PastLine;
pub use problem::ProblemLine;
