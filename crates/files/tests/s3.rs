//! A bucket behind a real server that speaks S3.
#![expect(clippy::unwrap_used, reason = "a story that can't go on fails at once")]

use std::{
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use files::{ByteRange, Part, Store, StoreError, Taken};
use futures_util::TryStreamExt as _;
use tempfile::TempDir;
use uuid::Uuid;

/// s3rver on a port of its own, stopped with the value.
struct Server {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Server {
    fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let program = root.join("web/e2e/node_modules/s3rver/bin/s3rver.js");
        assert!(program.exists(), "s3rver is missing: cargo xtask test --only setup installs it");
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // The system's, or the one that setup put beside the build.
        let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../node/bin/node");
        let process = [Path::new("node"), beside.as_path()]
            .into_iter()
            .find_map(|node| {
                let mut command = Command::new(node);
                command.arg(&program).arg("-d").arg(folder.path());
                command.args(["-a", "127.0.0.1", "-p", &port.to_string(), "--configure-bucket", "bandeja"]);
                command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()
            })
            .unwrap_or_else(|| panic!("Node is missing: cargo xtask test --only setup installs it"));
        let server = Self { process, port, _folder: folder };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(60), "s3rver never listened");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    fn store(&self, address: &str, key: &str) -> Store {
        let variables = [
            ("AWS_ACCESS_KEY_ID", key.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", key.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ENDPOINT", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_SOMETHING_ELSE", "x".to_owned()),
        ];
        Store::open_with(address, variables.map(|(name, value)| (name.to_owned(), value))).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn files_small_and_large_go_into_a_bucket_and_come_out_again() {
    let server = Server::start();
    let store = server.store("s3://bandeja/files/of/messages", "S3RVER");
    store.check().await.unwrap();

    let small = Uuid::now_v7();
    store.keep(small, Taken::from_bytes(b"Hola, Lima").await.unwrap().path()).await.unwrap();
    store.keep_thumbnail(small, "small".into()).await.unwrap();
    let piece = store.get(small, Part::Whole, Some(ByteRange::Bounded(6..10))).await.unwrap();
    assert_eq!((piece.size, piece.range.clone()), (10, 6..10));
    let bytes: Vec<bytes::Bytes> = piece.bytes.try_collect().await.unwrap();
    assert_eq!(bytes.concat(), b"Lima");

    // In pieces, as the vendor's largest would.
    let large: Vec<u8> = (0..17 * 1024 * 1024_u32).map(|n| n.to_le_bytes()[1]).collect();
    let id = Uuid::now_v7();
    store.keep(id, Taken::from_bytes(&large).await.unwrap().path()).await.unwrap();
    assert!(store.read(id, Part::Whole).await.unwrap() == large);

    store.delete(small).await.unwrap();
    store.delete(small).await.unwrap();
    assert!(matches!(store.read(small, Part::Whole).await, Err(StoreError::NotFound)));
    assert!(matches!(store.read(small, Part::Thumbnail).await, Err(StoreError::NotFound)));
}

#[tokio::test]
async fn a_wrong_key_is_a_failure_and_not_an_empty_store() {
    let server = Server::start();
    let store = server.store("s3://bandeja", "wrong");
    let outcome = store.check().await;
    assert!(matches!(outcome, Err(StoreError::Store(_))), "{outcome:?}");
}
