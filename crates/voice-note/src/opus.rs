//! What has to be known of Opus without decoding it (RFC 6716 §3, RFC 7845 §5).

/// The header of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) channels: u8,
    /// Samples at the start that are not played.
    pub(crate) pre_skip: u16,
}

impl Head {
    /// `OpusHead`, version, channels, pre-skip, rate, gain, mapping.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (magic, rest) = bytes.split_at_checked(8)?;
        let [version, channels, low, high, _, _, _, _, _, _, _, ..] = *rest else { return None };
        // Versions with the same upper half are compatible.
        (magic == b"OpusHead" && version & 0xf0 == 0 && channels > 0)
            .then(|| Self { channels, pre_skip: u16::from_le_bytes([low, high]) })
    }
}

/// Samples in a packet, of 48,000 a second; `None` where it is none.
pub(crate) fn samples(packet: &[u8]) -> Option<u64> {
    let toc = *packet.first()?;
    let frame: u64 = match (toc >> 3, (toc >> 3) & 3) {
        (0..=11, size) => [480, 960, 1920, 2880][usize::from(size)],
        (12..=15, size) => [480, 960][usize::from(size & 1)],
        (_, size) => [120, 240, 480, 960][usize::from(size)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(packet.get(1)? & 0x3f),
    };
    let samples = frame * frames;
    // A packet holds at most 120 ms.
    (1..=5760).contains(&samples).then_some(samples)
}

/// How long a stream plays.
pub(crate) fn seconds(samples: u64, pre_skip: u16) -> f32 {
    let played = samples.saturating_sub(u64::from(pre_skip));
    // Exact for any recording anybody makes; what nobody makes is rounded.
    u32::try_from(played / 48).unwrap_or(u32::MAX) as f32 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_tells_how_long_a_packet_is() {
        assert_eq!(samples(&[0b0111_1000]), Some(960), "20 ms, hybrid");
        assert_eq!(samples(&[0b0001_1000]), Some(2880), "60 ms, speech");
        assert_eq!(samples(&[0b1000_0001]), Some(240), "two of 2.5 ms");
        assert_eq!(samples(&[0b1111_1011, 6]), Some(5760), "six of 20 ms");
        assert_eq!(samples(&[0b1111_1011, 7]), None, "no packet is longer than 120 ms");
        assert_eq!(samples(&[0b1111_1011, 0]), None);
        assert_eq!(samples(&[0b1111_1011]), None);
        assert_eq!(samples(&[]), None);
    }

    #[test]
    fn a_head_has_a_magic_word_and_at_least_one_channel() {
        let head = b"OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00";
        assert_eq!(Head::read(head), Some(Head { channels: 1, pre_skip: 312 }));
        assert_eq!(Head::read(&head[..18]), None);
        assert_eq!(Head::read(b"OpusHead\x01\x00\x38\x01\x80\xbb\x00\x00\x00\x00\x00"), None);
        assert_eq!(Head::read(b"OpusTags\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00"), None);
    }
}
