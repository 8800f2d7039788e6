//! Recordings become voice notes that somebody else's reader understands.
#![expect(clippy::unwrap_used, reason = "a story that can't go on fails at once")]

use std::io::Cursor;

use ogg::PacketReader;
use proptest::prelude::*;
use voice_note::{NotANote, make, read};

/// Two seconds of Chromium's test tone: `MediaRecorder` with `channelCount: 1`, as the composer asks for.
const CHROMIUM: &[u8] = include_bytes!("../fixtures/chromium.webm");
/// A second of the same with two channels, for which nobody asks.
const STEREO: &[u8] = include_bytes!("../fixtures/chromium-stereo.webm");
/// The head of a stream with one channel.
const HEAD: &[u8] = b"OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00";

fn head(channels: u8) -> Vec<u8> {
    let mut head = HEAD.to_vec();
    head[9] = channels;
    head
}

/// An element with a size of eight bytes.
fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    let size = 0x0100_0000_0000_0000 | body.len() as u64;
    [id, &size.to_be_bytes(), body].concat()
}

/// A box as recorders open it: without a size.
fn open(id: &[u8]) -> Vec<u8> {
    [id, &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]].concat()
}

fn block(track: u8, packet: &[u8]) -> Vec<u8> {
    element(&[0xa3], &[&[0x80 | track, 0, 0, 0x80], packet].concat())
}

fn recording(head: &[u8], packets: &[Vec<u8>]) -> Vec<u8> {
    let track = [
        element(&[0xd7], &[1]),
        element(&[0x83], &[2]),
        element(&[0x86], b"A_OPUS"),
        element(&[0x63, 0xa2], head),
    ]
    .concat();
    let mut webm = [
        element(&[0x1a, 0x45, 0xdf, 0xa3], &element(&[0x42, 0x82], b"webm")),
        open(&[0x18, 0x53, 0x80, 0x67]),
        element(&[0x16, 0x54, 0xae, 0x6b], &element(&[0xae], &track)),
    ]
    .concat();
    for packets in packets.chunks(10) {
        webm.extend(open(&[0x1f, 0x43, 0xb6, 0x75]));
        webm.extend(element(&[0xe7], &[0]));
        webm.extend(packets.iter().flat_map(|packet| block(1, packet)));
        // Another track between them is passed over.
        webm.extend(block(2, b"picture"));
    }
    webm
}

/// Packets, and where each ends, as the other reader sees them.
fn packets(ogg: &[u8]) -> Vec<(Vec<u8>, u64, bool)> {
    let mut reader = PacketReader::new(Cursor::new(ogg));
    let mut packets = Vec::new();
    while let Some(packet) = reader.read_packet().unwrap() {
        packets.push((packet.data.clone(), packet.absgp_page(), packet.last_in_stream()));
    }
    packets
}

#[test]
fn what_chromium_records_becomes_a_voice_note() {
    let note = make(CHROMIUM).unwrap();
    assert!((1.5..3.0).contains(&note.seconds), "{}", note.seconds);
    let packets = packets(&note.ogg);
    assert!(packets[0].0.starts_with(b"OpusHead\x01\x01"), "one channel");
    assert!(packets[1].0.starts_with(b"OpusTags"));
    assert!(packets.last().unwrap().2, "the last page says so");
    assert_eq!(packets.iter().filter(|packet| packet.2).count(), 1);
    let sound = read(&note.ogg).unwrap();
    assert_eq!((sound.channels, sound.seconds), (1, note.seconds));
    // As Firefox records it: nothing to do.
    assert_eq!(make(&note.ogg).unwrap(), note);
}

#[test]
fn what_cannot_be_a_voice_note_is_refused_with_the_reason() {
    let packet = vec![vec![0b0111_1000, 1, 2, 3]];
    assert_eq!(make(&recording(&head(2), &packet)), Err(NotANote::Channels(2)));
    assert_eq!(make(STEREO), Err(NotANote::Channels(2)));
    assert_eq!(make(&recording(&head(1), &[])), Err(NotANote::Empty));
    assert_eq!(make(&recording(b"OpusHea", &packet)), Err(NotANote::Damaged));
    assert_eq!(make(b"RIFF....WAVE"), Err(NotANote::NotWebm));
    assert_eq!(make(b""), Err(NotANote::NotWebm));
    let silent = element(&[0x1a, 0x45, 0xdf, 0xa3], &[]);
    assert_eq!(make(&silent), Err(NotANote::NoOpus));
    let vorbis = recording(&head(1), &packet).to_vec();
    let at = vorbis.windows(6).position(|window| window == b"A_OPUS").unwrap();
    let vorbis = [&vorbis[..at], b"A_VORB", &vorbis[at + 6..]].concat();
    assert_eq!(make(&vorbis), Err(NotANote::NoOpus));
}

/// Packets of 2.5 to 60 ms, some longer than one segment of a page, some of exactly so many.
fn any_packet() -> impl Strategy<Value = Vec<u8>> {
    let toc = (0u8..32).prop_map(|config| config << 3);
    let length = prop_oneof![1usize..80, Just(254), Just(255), Just(256), Just(510), 500usize..1300];
    (toc, length, any::<u8>()).prop_map(|(toc, length, fill)| {
        let mut packet = vec![fill; length];
        packet[0] = toc;
        packet
    })
}

fn samples(packet: &[u8]) -> u64 {
    let config = packet[0] >> 3;
    match config {
        0..=11 => [480, 960, 1920, 2880][usize::from(config % 4)],
        12..=15 => [480, 960][usize::from(config % 2)],
        _ => [120, 240, 480, 960][usize::from(config % 4)],
    }
}

proptest! {
    #[test]
    fn every_packet_arrives_as_it_was_and_the_last_page_counts_all_samples(
        sent in prop::collection::vec(any_packet(), 1..400)
    ) {
        let total: u64 = sent.iter().map(|packet| samples(packet)).sum();
        let made = make(&recording(HEAD, &sent));
        prop_assume!(total > 312 + 48);
        let note = made.unwrap();
        let arrived = packets(&note.ogg);
        prop_assert_eq!(arrived[2..].iter().map(|packet| &packet.0).collect::<Vec<_>>(), sent.iter().collect::<Vec<_>>());
        prop_assert_eq!(arrived.last().unwrap().1, total);
        let places: Vec<u64> = arrived.iter().map(|packet| packet.1).collect();
        prop_assert!(places.is_sorted(), "time runs forward");
        // No page holds more than a second and a packet.
        prop_assert!(places.windows(2).all(|pair| pair[1] - pair[0] <= 48_000 + 2_880));
    }

    #[test]
    fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = make(&bytes);
        let _ = read(&bytes);
    }

    #[test]
    fn no_cut_and_no_wrong_byte_breaks_it(cut in 0usize..CHROMIUM.len(), at in 0usize..CHROMIUM.len(), to in any::<u8>()) {
        let _ = make(&CHROMIUM[..cut]);
        let mut wrong = CHROMIUM.to_vec();
        wrong[at] = to;
        if let Ok(note) = make(&wrong) {
            prop_assert!(packets(&note.ogg).len() > 2);
            let _ = read(&note.ogg[..cut.min(note.ogg.len())]);
        }
    }
}
