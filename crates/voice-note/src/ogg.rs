//! Ogg pages with Opus in them (RFC 3533, RFC 7845).

use crate::{NotANote, opus};

const FIRST: u8 = 2;
const LAST: u8 = 4;
/// A page ends after a second at the latest, so that players can seek.
const PAGE_SAMPLES: u64 = 48_000;
/// The one stream of the file; any number.
const STREAM: u32 = 0x0b_a4_de_1a;

/// Writes pages.
pub(crate) struct Pages {
    out: Vec<u8>,
    sequence: u32,
    samples: u64,
    /// Where the page under way begins, in samples.
    since: u64,
    lacing: Vec<u8>,
    body: Vec<u8>,
}

impl Pages {
    /// A file that begins with this `OpusHead`.
    pub(crate) fn new(head: &[u8]) -> Self {
        let mut pages =
            Self { out: Vec::new(), sequence: 0, samples: 0, since: 0, lacing: Vec::new(), body: Vec::new() };
        // Head and tags have pages of their own.
        pages.lace(head);
        pages.flush(FIRST);
        let mut tags = b"OpusTags".to_vec();
        let vendor = b"bandeja";
        tags.extend(7u32.to_le_bytes());
        tags.extend(vendor);
        tags.extend(0u32.to_le_bytes());
        pages.lace(&tags);
        pages.flush(0);
        pages
    }

    /// One packet more.
    pub(crate) fn packet(&mut self, packet: &[u8], samples: u64) -> Result<(), NotANote> {
        let segments = packet.len() / 255 + 1;
        if segments > 255 {
            return Err(NotANote::Damaged);
        }
        let is_full = self.lacing.len() + segments > 255 || self.samples - self.since >= PAGE_SAMPLES;
        if is_full && !self.lacing.is_empty() {
            self.flush(0);
        }
        self.lace(packet);
        self.samples += samples;
        Ok(())
    }

    /// The file and its samples; nothing where there is no packet.
    pub(crate) fn finish(mut self) -> Option<(Vec<u8>, u64)> {
        if self.lacing.is_empty() {
            return None;
        }
        self.flush(LAST);
        Some((self.out, self.samples))
    }

    fn lace(&mut self, packet: &[u8]) {
        let (whole, rest) = (packet.len() / 255, packet.len() % 255);
        self.lacing.extend(std::iter::repeat_n(255, whole));
        // Always less than 255; the others were counted.
        self.lacing.push(u8::try_from(rest).unwrap_or(0));
        self.body.extend(packet);
    }

    fn flush(&mut self, flags: u8) {
        let start = self.out.len();
        self.out.extend(b"OggS\0");
        self.out.push(flags);
        self.out.extend(self.samples.to_le_bytes());
        self.out.extend(STREAM.to_le_bytes());
        self.out.extend(self.sequence.to_le_bytes());
        self.out.extend([0; 4]);
        self.out.push(u8::try_from(self.lacing.len()).unwrap_or(255));
        self.out.append(&mut self.lacing);
        self.out.append(&mut self.body);
        let checksum = checksum(&self.out[start..]);
        self.out[start + 22..start + 26].copy_from_slice(&checksum.to_le_bytes());
        self.sequence += 1;
        self.since = self.samples;
    }
}

/// CRC-32 as Ogg has it: not mirrored, from zero.
fn checksum(page: &[u8]) -> u32 {
    page.iter().fold(0, |crc, byte| {
        let index = (crc >> 24) as u8 ^ byte;
        crc << 8 ^ TABLE[usize::from(index)]
    })
}

const TABLE: [u32; 256] = {
    let mut table = [0u32; 256];
    let mut index: u8 = 0;
    loop {
        let mut crc = (index as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000_0000 == 0 { crc << 1 } else { crc << 1 ^ 0x04c1_1db7 };
            bit += 1;
        }
        table[index as usize] = crc;
        if index == u8::MAX {
            break table;
        }
        index += 1;
    }
};

/// What an Ogg file with Opus tells about itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sound {
    /// Channels.
    pub channels: u8,
    /// How long it plays.
    pub seconds: f32,
}

/// Looks at an Ogg file; `None` where it is none, or holds no Opus. What stands behind a cut is not counted.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Sound> {
    let (first, mut rest) = page(bytes)?;
    let head = opus::Head::read(first.body)?;
    let mut samples = 0;
    while let Some((next, after)) = page(rest) {
        // All ones: no packet ends on this page.
        if next.stream == first.stream && next.samples != u64::MAX {
            samples = samples.max(next.samples);
        }
        rest = after;
    }
    Some(Sound { channels: head.channels, seconds: opus::seconds(samples, head.pre_skip) })
}

struct Page<'a> {
    samples: u64,
    stream: u32,
    body: &'a [u8],
}

fn page(bytes: &[u8]) -> Option<(Page<'_>, &[u8])> {
    let (head, rest) = bytes.split_at_checked(27)?;
    if &head[..5] != b"OggS\0" {
        return None;
    }
    let samples = u64::from_le_bytes(head[6..14].try_into().ok()?);
    let stream = u32::from_le_bytes(head[14..18].try_into().ok()?);
    let (lacing, rest) = rest.split_at_checked(usize::from(head[26]))?;
    let length = lacing.iter().map(|part| usize::from(*part)).sum();
    let (body, rest) = rest.split_at_checked(length)?;
    Some((Page { samples, stream, body }, rest))
}
