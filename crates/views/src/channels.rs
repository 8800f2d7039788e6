//! Administration of channels: the list, and the pages of one with their tabs.
//!
//! Pages of one channel extend `channel_page.html`: a struct with a `frame`, a `head` and a `tab` draws its own block
//! `tab` inside.

pub mod alarm;
pub mod head;
pub mod list;
pub mod overview;

pub use alarm::AlarmLine;
pub use head::{ChannelHead, ChannelTab};
pub use list::{ChannelRow, ChannelsPage};
pub use overview::ChannelPage;
