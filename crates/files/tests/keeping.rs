//! Files go in and come out again.
#![expect(clippy::unwrap_used, reason = "a story that can't go on fails at once")]

use files::{ByteRange, Intake, IntakeError, Part, Store, StoreError, Taken};
use futures_util::TryStreamExt as _;
use uuid::Uuid;

async fn all(store: &Store, id: Uuid, range: Option<ByteRange>) -> (u64, Vec<u8>) {
    let piece = store.get(id, Part::Whole, range).await.unwrap();
    let size = piece.size;
    let bytes: Vec<bytes::Bytes> = piece.bytes.try_collect().await.unwrap();
    (size, bytes.concat())
}

#[tokio::test]
async fn a_file_is_kept_read_in_pieces_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("file://{}/not/there/yet", folder.path().display())).unwrap();
    store.check().await.unwrap();
    let id = Uuid::now_v7();
    assert!(matches!(store.read(id, Part::Whole).await, Err(StoreError::NotFound)));

    let taken = Taken::from_bytes(b"Hola, Lima").await.unwrap();
    store.keep(id, taken.path()).await.unwrap();
    store.keep_thumbnail(id, "small".into()).await.unwrap();
    assert_eq!(all(&store, id, None).await, (10, b"Hola, Lima".to_vec()));
    assert_eq!(all(&store, id, Some(ByteRange::Bounded(6..99))).await, (10, b"Lima".to_vec()));
    assert_eq!(all(&store, id, Some(ByteRange::Suffix(2))).await, (10, b"ma".to_vec()));
    assert_eq!(store.read(id, Part::Thumbnail).await.unwrap(), "small");

    // A copy is there when the first one goes.
    let second = Uuid::now_v7();
    store.copy(id, second, true).await.unwrap();
    let missing = store.copy(Uuid::now_v7(), Uuid::now_v7(), false).await;
    assert!(matches!(missing, Err(StoreError::NotFound)));
    for _ in 0..2 {
        store.delete(id).await.unwrap();
    }
    assert!(matches!(store.read(id, Part::Thumbnail).await, Err(StoreError::NotFound)));
    assert_eq!(all(&store, second, None).await, (10, b"Hola, Lima".to_vec()));
    assert_eq!(store.read(second, Part::Thumbnail).await.unwrap(), "small");
}

#[tokio::test]
async fn a_large_file_travels_in_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("file://{}", folder.path().display())).unwrap();
    let bytes: Vec<u8> = (0..20 * 1024 * 1024_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
    let mut intake = Intake::new(bytes.len() as u64).await.unwrap();
    for piece in bytes.chunks(100_000) {
        intake.take(piece).await.unwrap();
    }
    let taken = intake.finish().await.unwrap();
    let id = Uuid::now_v7();
    store.keep(id, taken.path()).await.unwrap();
    assert!(all(&store, id, None).await.1 == bytes);
}

#[tokio::test]
async fn a_file_that_grows_too_large_is_stopped_on_the_way() {
    let mut intake = Intake::new(10).await.unwrap();
    intake.take(b"0123456789").await.unwrap();
    assert!(matches!(intake.take(b"x").await, Err(IntakeError::TooBig(10))));
}

#[tokio::test]
async fn what_was_taken_is_looked_at() {
    let taken = Taken::from_bytes(include_bytes!("../../voice-note/fixtures/chromium.webm")).await.unwrap();
    assert_eq!((taken.kind, taken.seconds), (Some("video/webm"), None));
    let note = voice_note::make(&taken.read().await.unwrap()).unwrap();
    let taken = Taken::from_bytes(&note.ogg).await.unwrap();
    assert_eq!((taken.kind, taken.seconds), (Some("audio/ogg"), Some(note.seconds)));
    let path = taken.path().to_owned();
    drop(taken);
    assert!(!path.exists(), "nothing is left behind");
}

#[test]
fn an_address_that_names_no_store_is_refused() {
    for address in ["", "file://", "http://example.test/media", "s3:", "/var/lib/media"] {
        assert!(matches!(Store::open(address), Err(StoreError::Address(_))), "{address}");
    }
}
