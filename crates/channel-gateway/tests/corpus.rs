//! What the fuzzer found worth keeping, and every fixture, go through what must hold for all bodies.

use std::{fs, path::Path};

use proptest::prelude::*;

#[path = "../fuzz/src/lib.rs"]
mod properties;

/// A property and the folders whose files have to keep it.
type Replay = (fn(&[u8]), &'static [&'static str]);

const REPLAYS: [Replay; 4] = [
    (properties::whatsapp_parse, &["fuzz/corpus/whatsapp_parse", "fixtures/whatsapp", "fixtures/twilio"]),
    (properties::twilio_parse, &["fuzz/corpus/twilio_parse", "fixtures/twilio", "fixtures/whatsapp"]),
    (properties::whatsapp_signature, &["fuzz/corpus/whatsapp_signature", "fixtures/whatsapp"]),
    (properties::twilio_signature, &["fuzz/corpus/twilio_signature", "fixtures/twilio"]),
];

#[test]
fn the_corpus_and_the_fixtures_keep_every_property() {
    for (property, folders) in REPLAYS {
        for folder in folders {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            let mut files = 0;
            for file in fs::read_dir(&folder).unwrap() {
                property(&fs::read(file.unwrap().path()).unwrap());
                files += 1;
            }
            assert!(files > 0, "nothing in {}", folder.display());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_fixture_with_any_part_replaced_keeps_them_too(
        pick: prop::sample::Index, from: prop::sample::Index, length in 0..64_usize, instead in prop::collection::vec(any::<u8>(), 0..32),
    ) {
        for (property, folders) in REPLAYS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folders[1]);
            let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
            files.sort();
            let mut body = fs::read(pick.get(&files)).unwrap();
            let from = from.index(body.len());
            let to = (from + length).min(body.len());
            body.splice(from..to, instead.iter().copied());
            property(&body);
        }
    }
}
