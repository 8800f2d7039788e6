//! Reading webm as recorders write it: EBML whose outer boxes have no size, blocks without lacing, a cut-off end.

use crate::NotANote;

/// What was recorded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Recorded<'a> {
    /// `OpusHead`.
    pub(crate) head: &'a [u8],
    /// In their order.
    pub(crate) packets: Vec<&'a [u8]>,
}

// Names of elements (RFC 9559 §5).
const EBML: u32 = 0x1A45_DFA3;
const SEGMENT: u32 = 0x1853_8067;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK: u32 = 0xAE;
const TRACK_NUMBER: u32 = 0xD7;
const CODEC: u32 = 0x86;
const CODEC_PRIVATE: u32 = 0x63A2;
const CLUSTER: u32 = 0x1F43_B675;
const BLOCK_GROUP: u32 = 0xA0;
const BLOCK: u32 = 0xA1;
const SIMPLE_BLOCK: u32 = 0xA3;

#[derive(Default)]
struct Track<'a> {
    number: u64,
    is_opus: bool,
    head: Option<&'a [u8]>,
}

/// The first Opus track of a recording. What stands behind a cut is left out.
pub(crate) fn read(bytes: &[u8]) -> Result<Recorded<'_>, NotANote> {
    let mut reader = Reader { rest: bytes };
    if reader.element().is_none_or(|(id, body)| id != EBML || body.is_none()) {
        return Err(NotANote::NotWebm);
    }
    let mut tracks: Vec<Track<'_>> = Vec::new();
    let mut packets = Vec::new();
    // Boxes are entered, not skipped, so that those without a size need no end.
    while let Some((id, body)) = reader.element() {
        let track = tracks.last_mut();
        match (id, body, track) {
            (TRACK, _, _) => tracks.push(Track::default()),
            (TRACK_NUMBER, Some(body), Some(track)) => track.number = number(body),
            (CODEC, Some(body), Some(track)) => track.is_opus = body == b"A_OPUS",
            (CODEC_PRIVATE, Some(body), Some(track)) => track.head = Some(body),
            (BLOCK | SIMPLE_BLOCK, Some(body), _) => packets.push(block(body).ok_or(NotANote::Damaged)?),
            (SEGMENT | TRACKS | CLUSTER | BLOCK_GROUP, _, _) | (_, Some(_), _) => {}
            (_, None, _) => return Err(NotANote::Damaged),
        }
    }
    let opus = tracks.iter().find(|track| track.is_opus).ok_or(NotANote::NoOpus)?;
    let head = opus.head.ok_or(NotANote::Damaged)?;
    let packets = packets
        .into_iter()
        .filter(|(track, packet)| *track == opus.number && !packet.is_empty())
        .map(|(_, packet)| packet)
        .collect();
    Ok(Recorded { head, packets })
}

/// A block's track and its one packet. Recorders lace nothing.
fn block(body: &[u8]) -> Option<(u64, &[u8])> {
    let mut reader = Reader { rest: body };
    let track = reader.size()??;
    let [_, _, flags, ..] = *reader.rest else { return None };
    (flags & 0x06 == 0).then(|| (track, &reader.rest[3..]))
}

fn number(body: &[u8]) -> u64 {
    body.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// The next element. A box that is entered stands without its body; one without a size never has one.
    fn element(&mut self) -> Option<(u32, Option<&'a [u8]>)> {
        let id = self.id()?;
        let size = self.size()?;
        if matches!(id, SEGMENT | TRACKS | TRACK | CLUSTER | BLOCK_GROUP) {
            return Some((id, None));
        }
        let Some(size) = size else { return Some((id, None)) };
        let (body, rest) = self.rest.split_at_checked(usize::try_from(size).ok()?)?;
        self.rest = rest;
        Some((id, Some(body)))
    }

    /// One to four bytes; how many, the leading zeros tell.
    fn id(&mut self) -> Option<u32> {
        let length = self.rest.first()?.leading_zeros() as usize + 1;
        let (bytes, rest) = self.rest.split_at_checked(length).filter(|_| length <= 4)?;
        self.rest = rest;
        Some(bytes.iter().fold(0, |id, byte| id << 8 | u32::from(*byte)))
    }

    /// One to eight bytes without their marker; all ones mean that nobody knows.
    #[expect(clippy::option_option, reason = "no number here, and a number that nobody knows")]
    fn size(&mut self) -> Option<Option<u64>> {
        let first = *self.rest.first()?;
        let length = first.leading_zeros() as usize + 1;
        let (bytes, rest) = self.rest.split_at_checked(length).filter(|_| length <= 8)?;
        self.rest = rest;
        let marked = bytes.iter().fold(0, |size, byte| size << 8 | u64::from(*byte));
        let most = (1u64 << (7 * length)) - 1;
        let size = marked & most;
        Some((size != most).then_some(size))
    }
}
