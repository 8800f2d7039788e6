//! How many webhooks one core verifies and parses in a second. Prints one JSON object; see docs/benchmarks.md.
//!
//! Every body differs, as in life: no branch predictor and no cache knows the next one. What is measured is what a
//! webhook costs between socket and ledger (verify) and between ledger and inbox (parse), each body as Meta or Twilio
//! writes it.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{
    env,
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use channel_gateway::{
    twilio::{self, Keys, Payload, SignedRequest},
    whatsapp,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::SecretString;
use serde_json::json;
use sha1::Sha1;
use sha2::Sha256;

const SECRET: &str = "demo-app-secret";
const BASE: &str = "https://inbox.example.com";
const TARGET: &str = "/webhooks/twilio/messages";
const BODIES: usize = 1000;

struct Webhook {
    body: Vec<u8>,
    signature: String,
}

fn main() -> ExitCode {
    let seconds = env::args().skip_while(|argument| argument != "--seconds").nth(1);
    let seconds = seconds.and_then(|seconds| seconds.parse().ok()).unwrap_or(3.0);
    let secrets = [SecretString::from("the-secret-before"), SecretString::from(SECRET)];
    let meta = |webhook: &Webhook| {
        whatsapp::signature_matches(Some(&webhook.signature), &webhook.body, &secrets).is_some()
    };
    let read = |webhook: &Webhook| whatsapp::parse(&webhook.body).map_or(0, |parsed| parsed.items.len());
    let form = |webhook: &Webhook| {
        let signature = Some(webhook.signature.as_str());
        let payload = Payload::Form(&webhook.body);
        let request = SignedRequest { target: TARGET, payload, signature, settings: None };
        twilio::signature_matches(&request, &[BASE], Keys { auth_tokens: &secrets, shared: &[] })
    };
    let read_form = |webhook: &Webhook| twilio::parse_message(&webhook.body).items.len();

    let runs = [
        ("whatsapp_text", measure(&bodies(text), seconds, 1, meta, read)),
        ("whatsapp_text_emoji", measure(&bodies(emoji), seconds, 1, meta, read)),
        ("whatsapp_status", measure(&bodies(status), seconds, 1, meta, read)),
        ("whatsapp_image", measure(&bodies(image), seconds, 1, meta, read)),
        ("whatsapp_batch_of_100", measure(&bodies(batch), seconds, 100, meta, read)),
        ("twilio_message", measure(&forms(), seconds, 1, form, read_form)),
    ];
    let Some(runs) = runs.into_iter().map(|(name, run)| Some((name.to_owned(), run?))).collect() else {
        eprintln!("a webhook was refused, or lost an item");
        return ExitCode::FAILURE;
    };
    let figures = json!({
        "scenario": "parse",
        "settings": { "bodies": BODIES, "seconds": seconds, "cores": 1, "secrets": secrets.len() },
        "webhooks": serde_json::Value::Object(runs),
        "aim": { "webhooks_per_second": 50_000 },
    });
    println!("{figures}");
    ExitCode::SUCCESS
}

/// Verifies and parses until the time is up; `None` when a webhook is refused or tells another number of items.
fn measure(
    webhooks: &[Webhook],
    seconds: f64,
    items: usize,
    verify: impl Fn(&Webhook) -> bool,
    parse: impl Fn(&Webhook) -> usize,
) -> Option<serde_json::Value> {
    let bytes: usize = webhooks.iter().map(|webhook| webhook.body.len()).sum();
    let (verified, verifying) = timed(webhooks, seconds / 2.0, |webhook| verify(webhook).then_some(()))?;
    let (parsed, parsing) =
        timed(webhooks, seconds / 2.0, |webhook| (parse(webhook) == items).then_some(()))?;
    let each = |done: u32, time: Duration| time.as_secs_f64() / f64::from(done) * 1e6;
    let (verify, parse) = (each(verified, verifying), each(parsed, parsing));
    let rounded = |figure: f64| (figure * 100.0).round() / 100.0;
    Some(json!({
        "webhooks_per_second": (1e6 / (verify + parse)).round(),
        "items_per_second": (1e6 / (verify + parse) * f64::from(u32::try_from(items).ok()?)).round(),
        "verify_us": rounded(verify),
        "parse_us": rounded(parse),
        "bytes": bytes / webhooks.len(),
    }))
}

fn timed(
    webhooks: &[Webhook],
    seconds: f64,
    act: impl Fn(&Webhook) -> Option<()>,
) -> Option<(u32, Duration)> {
    for webhook in webhooks {
        act(webhook)?;
    }
    let (begun, worked, mut done) = (Instant::now(), on_the_core(), 0);
    while begun.elapsed().as_secs_f64() < seconds {
        for webhook in webhooks {
            act(black_box(webhook))?;
            done += 1;
        }
    }
    let worked = on_the_core().zip(worked).map(|(now, before)| now - before);
    Some((done, worked.unwrap_or_else(|| begun.elapsed())))
}

/// For how long this thread has had a core to itself. On a machine with other work the clock on the wall says more about
/// the others; where the kernel does not tell, the wall it is.
fn on_the_core() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn bodies(make: impl Fn(usize) -> String) -> Vec<Webhook> {
    (0..BODIES)
        .map(|n| {
            let body = make(n).into_bytes();
            let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())
                .map(|mac| mac.chain_update(&body).finalize());
            let signature = mac.map(|mac| format!("sha256={}", hex::encode(mac.into_bytes())));
            Webhook { body, signature: signature.unwrap_or_default() }
        })
        .collect()
}

fn envelope(lists: &str) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"100000000000001","changes":[{{"value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"573015550100","phone_number_id":"200000000000001"}},{lists}}},"field":"messages"}}]}}]}}"#
    )
}

fn message(n: usize, rest: &str) -> String {
    format!(
        r#"{{"from":"5730011{n:05}","from_user_id":"CO.401234567890123{n:05}","id":"wamid.HBgMNTczMDAxMTEyMjMzFQIAEhgUM0E5{n:012}AA==","timestamp":"17637{n:05}",{rest}}}"#
    )
}

fn from(n: usize, rest: &str) -> String {
    let contact = format!(
        r#""contacts":[{{"profile":{{"name":"Ana Ruiz {n}"}},"wa_id":"5730011{n:05}","user_id":"CO.401234567890123{n:05}"}}]"#
    );
    envelope(&format!(r#"{contact},"messages":[{}]"#, message(n, rest)))
}

fn text(n: usize) -> String {
    from(
        n,
        &format!(
            r#""text":{{"body":"Hola, quisiera una cita para ma\u00f1ana a las {n}, por favor"}},"type":"text""#
        ),
    )
}

fn emoji(n: usize) -> String {
    from(
        n,
        &format!(
            r#""text":{{"body":"\u00a1Gracias! \ud83d\ude00\ud83e\uddb7 {n} https:\/\/a.example\/?q={n}"}},"type":"text""#
        ),
    )
}

fn image(n: usize) -> String {
    let file = r#""mime_type":"image\/jpeg","sha256":"29ed500fa64eb55fc19dc4124acb300e5dcca0f822a301ae99944db1aaaa","url":"https:\/\/lookaside.fbsbx.com\/whatsapp_business\/attachments\/?mid=1"#;
    from(
        n,
        &format!(
            r#""image":{{"caption":"Foto {n}","id":"900{n}",{file}"}},"context":{{"from":"573015550100","id":"wamid.Q{n}"}},"type":"image""#
        ),
    )
}

fn status(n: usize) -> String {
    envelope(&format!(
        r#""statuses":[{{"id":"wamid.HBgMNTczMDAxMTEyMjMzFQIAERgS{n:012}AA==","status":"sent","timestamp":"17637{n:05}","recipient_id":"5730011{n:05}","recipient_user_id":"CO.401234567890123{n:05}","biz_opaque_callback_data":"0199aaaa-bbbb-7ccc-8ddd-eeeeff{n:06}","pricing":{{"billable":true,"pricing_model":"PMP","type":"regular","category":"service"}}}}]"#
    ))
}

fn batch(n: usize) -> String {
    let messages: Vec<_> =
        (0..100).map(|m| message(n * 7 + m, r#""text":{"body":"Hola"},"type":"text""#)).collect();
    envelope(&format!(r#""messages":[{}]"#, messages.join(",")))
}

fn forms() -> Vec<Webhook> {
    let made = (0..BODIES).map(|n| {
        let sid = format!("SM{n:032}");
        let from = format!("whatsapp:+5730011{n:05}");
        let mut pairs = vec![
            ("SmsMessageSid", sid.as_str()),
            ("MessageSid", &sid),
            ("SmsSid", &sid),
            ("AccountSid", "AC00000000000000000000000000000001"),
            ("From", &from),
            ("To", "whatsapp:+14155238886"),
            ("Body", "Hola, quisiera una cita para mañana, por favor"),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            ("SmsStatus", "received"),
            ("ApiVersion", "2010-04-01"),
            ("WaId", &from[10..]),
            ("ProfileName", "Ana Ruiz"),
            ("MessageType", "text"),
            ("ReferralNumMedia", "0"),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        pairs.sort_unstable();
        let mut signed = format!("{BASE}{TARGET}");
        for (name, value) in pairs {
            signed.push_str(name);
            signed.push_str(value);
        }
        let mac = Hmac::<Sha1>::new_from_slice(SECRET.as_bytes())
            .map(|mac| mac.chain_update(signed.as_bytes()).finalize());
        let signature = mac.map(|mac| STANDARD.encode(mac.into_bytes())).unwrap_or_default();
        Webhook { body: body.into_bytes(), signature }
    });
    made.collect()
}
