//! From what a browser records to what WhatsApp takes as a voice note.
//!
//! Chromium records `audio/webm` with Opus; WhatsApp wants Ogg with Opus, one channel (whatsapp-cloud.md §6). The packets
//! are the same in both, so nothing is decoded: they are taken out of one box and put into the other. No program is
//! started, no byte is believed.
//!
//! Written by hand because the boxes are small: reading needs five elements of EBML, with unknown sizes and a cut-off
//! end as recorders leave them; writing needs one kind of page.

mod ogg;
mod opus;
mod webm;

pub use ogg::{Sound, read};

/// A voice note, ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct VoiceNote {
    /// The file.
    pub ogg: Vec<u8>,
    /// How long it plays.
    pub seconds: f32,
}

/// Why a recording can't become a voice note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotANote {
    /// It is neither webm nor Ogg.
    #[error("this is no webm recording")]
    NotWebm,
    /// There is no sound in it that was written as Opus.
    #[error("there is no Opus sound in it")]
    NoOpus,
    /// WhatsApp takes one channel; ask the recorder for `channelCount: 1`.
    #[error("it has {0} channels, and a voice note has one")]
    Channels(u8),
    /// There is no sound in it.
    #[error("nothing was recorded")]
    Empty,
    /// What it says contradicts itself.
    #[error("the recording is damaged")]
    Damaged,
}

/// Make a voice note of a recording: webm is packed anew, Ogg (as Firefox records it) is looked at and left as it is.
///
/// # Errors
/// Why it can't be one.
pub fn make(recording: &[u8]) -> Result<VoiceNote, NotANote> {
    if let Some(sound) = read(recording) {
        return match (sound.channels, sound.seconds) {
            (1, seconds) if seconds > 0.0 => Ok(VoiceNote { ogg: recording.to_vec(), seconds }),
            (1, _) => Err(NotANote::Empty),
            (channels, _) => Err(NotANote::Channels(channels)),
        };
    }
    let recorded = webm::read(recording)?;
    let head = opus::Head::read(recorded.head).ok_or(NotANote::Damaged)?;
    if head.channels != 1 {
        return Err(NotANote::Channels(head.channels));
    }
    let mut pages = ogg::Pages::new(recorded.head);
    for packet in &recorded.packets {
        pages.packet(packet, opus::samples(packet).ok_or(NotANote::Damaged)?)?;
    }
    let (ogg, samples) = pages.finish().ok_or(NotANote::Empty)?;
    let seconds = opus::seconds(samples, head.pre_skip);
    if seconds > 0.0 { Ok(VoiceNote { ogg, seconds }) } else { Err(NotANote::Empty) }
}
