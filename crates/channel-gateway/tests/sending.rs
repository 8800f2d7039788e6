//! Sending over real connections: what each way of being answered, or not, comes out as.
#![expect(clippy::unwrap_used, reason = "a test without its server has failed")]

use std::{net::SocketAddr, time::Duration};

use channel_gateway::{
    AnySender, Http, Sender,
    twilio::{TwilioSender, TwilioSettings},
    verdict::{NOT_CONNECTED, UNUSABLE_SETTINGS},
    whatsapp::{CloudSender, CloudSettings},
};
use domain::{
    Content, MessageId,
    outbound::{Advice, Outbound, SendOutcome},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What the vendor does once it has the whole request.
enum Then {
    Answer(String),
    HangUp,
    Wait,
}

/// A vendor that takes one request, and hands it over to be looked at.
async fn vendor(then: Then) -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let request = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        match then {
            Then::Answer(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
            Then::HangUp => {}
            Then::Wait => {
                // Until the other side gives up.
                let _ = stream.read(&mut [0]).await;
            }
        }
        request
    });
    (address, request)
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.unwrap();
        assert_ne!(count, 0, "the request broke off");
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
    }
}

fn answer(status: &str, headers: &str, body: &str) -> Then {
    let length = body.len();
    Then::Answer(format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}connection: close\r\n\r\n{body}"
    ))
}

fn http() -> Http {
    Http::with_limits(Duration::from_millis(200), Duration::from_millis(400)).unwrap()
}

fn cloud(address: SocketAddr) -> AnySender {
    let settings = CloudSettings {
        base_url: format!("http://{address}/graph/v26.0").parse().unwrap(),
        phone_number_id: "200000000000001".into(),
        token: "a-token".into(),
    };
    AnySender::Cloud(CloudSender::new(http(), settings).unwrap())
}

fn twilio(address: SocketAddr) -> AnySender {
    let settings = TwilioSettings {
        base_url: format!("http://{address}/twilio/").parse().unwrap(),
        account: "AC1".into(),
        auth_user: "SK1".into(),
        auth_token: "secret".into(),
        from: "whatsapp:+14155238886".into(),
        messaging_service: None,
        status_callback_url: "https://inbox.example.com/status".parse().unwrap(),
        content_url: format!("http://{address}/content").parse().unwrap(),
        messaging_url: format!("http://{address}/messaging").parse().unwrap(),
    };
    AnySender::Twilio(TwilioSender::new(http(), settings).unwrap())
}

fn hello() -> Outbound {
    let message: MessageId = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001".parse().unwrap();
    let content = Content::Text { body: "¿Qué tal? 😀".into() };
    Outbound { message, attempt: 1, to: "+573001112233".into(), content, reply_to: None }
}

/// What comes of a hello when the vendor does this.
async fn when(then: Then) -> SendOutcome {
    let (address, request) = vendor(then).await;
    let outcome = cloud(address).send(&hello()).await;
    request.await.unwrap();
    outcome
}

#[tokio::test]
async fn the_cloud_api_gets_one_json_request_and_its_id_comes_back() {
    let (address, request) = vendor(answer("200 OK", "", r#"{"messages":[{"id":"wamid.NEW"}]}"#)).await;
    let outcome = cloud(address).send(&hello()).await;
    assert_eq!(outcome, SendOutcome::Accepted { vendor_id: "wamid.NEW".into(), held: None });
    let request = request.await.unwrap();
    assert!(request.starts_with("POST /graph/v26.0/200000000000001/messages HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer a-token\r\n"), "{request}");
    assert!(request.contains("content-type: application/json\r\n"), "{request}");
    assert!(
        request.contains(r#""biz_opaque_callback_data":"0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001.1""#),
        "{request}"
    );
    assert!(request.contains(r#""to":"+573001112233""#), "{request}");
}

#[tokio::test]
async fn twilio_gets_one_form_and_its_id_comes_back() {
    let (address, request) = vendor(answer("201 Created", "", r#"{"sid":"SM1","status":"queued"}"#)).await;
    let outcome = twilio(address).send(&hello()).await;
    assert_eq!(outcome, SendOutcome::Accepted { vendor_id: "SM1".into(), held: None });
    let request = request.await.unwrap();
    assert!(
        request.starts_with("POST /twilio/2010-04-01/Accounts/AC1/Messages.json HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("authorization: Basic U0sxOnNlY3JldA==\r\n"), "{request}");
    assert!(
        request.contains("To=whatsapp%3A%2B573001112233&From=whatsapp%3A%2B14155238886&Body="),
        "{request}"
    );
    assert!(request.contains("status%3Fm%3D0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001"), "{request}");
}

#[tokio::test]
async fn a_vendor_that_asks_for_patience_gets_it() {
    let outcome = when(answer("429 Too Many Requests", "retry-after: 7\r\n", "")).await;
    assert!(
        matches!(outcome, SendOutcome::Retry { after: Some(wait), .. } if wait.as_secs() == 7),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_refusal_carries_the_vendors_code_and_our_advice() {
    let body = r#"{"error":{"code":131047,"message":"m","error_data":{"details":"window"}}}"#;
    let SendOutcome::Refused(error, advice) = when(answer("400 Bad Request", "", body)).await else {
        panic!("not refused")
    };
    assert_eq!((error.code, error.detail.as_str(), advice), (131_047, "window", Advice::UseTemplate));
}

#[tokio::test]
async fn a_failing_proxy_leaves_it_open() {
    let outcome = when(answer("502 Bad Gateway", "", "<html>")).await;
    assert!(matches!(outcome, SendOutcome::Uncertain { .. }), "{outcome:?}");
}

#[tokio::test]
async fn silence_after_the_request_leaves_it_open() {
    let outcome = when(Then::Wait).await;
    assert_eq!(outcome, SendOutcome::Uncertain { reason: "no answer in time".into() });
}

#[tokio::test]
async fn a_cut_after_the_request_leaves_it_open() {
    let outcome = when(Then::HangUp).await;
    assert_eq!(outcome, SendOutcome::Uncertain { reason: "the connection was cut".into() });
}

#[tokio::test]
async fn a_success_that_breaks_off_before_its_id_leaves_it_open() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"messages\":[{\"id\":\"wam".to_owned();
    let outcome = when(Then::Answer(cut)).await;
    assert!(matches!(outcome, SendOutcome::Uncertain { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, second) = vendor(answer("200 OK", "", r#"{"messages":[{"id":"wamid.NEW"}]}"#)).await;
    let location = format!("location: http://{elsewhere}/\r\n");
    let outcome = when(answer("307 Temporary Redirect", &location, "")).await;
    assert!(matches!(outcome, SendOutcome::Refused(_, Advice::FixChannel)), "{outcome:?}");
    assert!(!second.is_finished(), "nobody went there");
    second.abort();
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let endless =
        format!("HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n{}", " ".repeat(2 * 1024 * 1024));
    let (address, request) = vendor(Then::Answer(endless)).await;
    let outcome = cloud(address).send(&hello()).await;
    assert!(matches!(outcome, SendOutcome::Uncertain { .. }), "{outcome:?}");
    request.abort();
}

#[tokio::test]
async fn nobody_at_home_means_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let SendOutcome::Retry { error, .. } = cloud(address).send(&hello()).await else {
        panic!("not tried again")
    };
    assert_eq!(error.code, NOT_CONNECTED);
    assert!(!error.detail.contains("200000000000001"), "{}", error.detail);
}

#[tokio::test]
async fn an_unknown_name_means_nothing_was_sent() {
    let settings = CloudSettings {
        base_url: "http://no-such-host.invalid/v26.0".parse().unwrap(),
        phone_number_id: "1".into(),
        token: "t".into(),
    };
    // Time enough for a resolver that is slow to say no.
    let http = Http::with_limits(Duration::from_secs(5), Duration::from_secs(10)).unwrap();
    let outcome = CloudSender::new(http, settings).unwrap().send(&hello()).await;
    assert!(
        matches!(&outcome, SendOutcome::Retry { error, .. } if error.code == NOT_CONNECTED),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_host_that_swallows_the_handshake_means_nothing_was_sent() {
    // A listener that never accepts still completes TCP; with TLS it is the handshake that hangs.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = CloudSettings {
        base_url: format!("https://{}/v26.0", listener.local_addr().unwrap()).parse().unwrap(),
        phone_number_id: "1".into(),
        token: "t".into(),
    };
    let outcome = CloudSender::new(http(), settings).unwrap().send(&hello()).await;
    assert!(
        matches!(&outcome, SendOutcome::Retry { error, .. } if error.code == NOT_CONNECTED),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_token_that_fits_no_header_is_the_admins_work() {
    let settings = CloudSettings {
        base_url: "http://127.0.0.1:9/".parse().unwrap(),
        phone_number_id: "1".into(),
        token: "two\nlines".into(),
    };
    let outcome = CloudSender::new(http(), settings).unwrap().send(&hello()).await;
    assert!(
        matches!(&outcome, SendOutcome::Refused(e, Advice::FixChannel) if e.code == UNUSABLE_SETTINGS),
        "{outcome:?}"
    );
}

/// A vendor that answers the first request of each connection, and closes it without a word when another one comes.
async fn vendor_with_little_patience() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                read_request(&mut stream).await;
                let body = r#"{"messages":[{"id":"wamid.1"}]}"#;
                let length = body.len();
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).await.unwrap();
                let _ = stream.read(&mut [0]).await;
            });
        }
    });
    address
}

#[tokio::test]
async fn a_connection_that_lay_idle_is_not_trusted_with_a_message() {
    let sender = cloud(vendor_with_little_patience().await);
    let accepted = SendOutcome::Accepted { vendor_id: "wamid.1".into(), held: None };
    assert_eq!(sender.send(&hello()).await, accepted);
    // Servers close idle connections after five seconds, and more.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(sender.send(&hello()).await, accepted);
}
