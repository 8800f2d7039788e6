//! Every check, well and ill.

use std::collections::BTreeSet;

use super::*;

const OURS: &str = "https://inbox.example/webhooks/whatsapp";

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn texts(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A number of Meta's with which nothing is wrong.
fn well() -> Gathered {
    Gathered {
        our_urls: vec![OURS.to_owned(), "http://localhost:8080/webhooks/whatsapp".to_owned()],
        account: "100".to_owned(),
        app: Some("400".to_owned()),
        token: Asked::Got(TokenFacts {
            valid: true,
            kind: "SYSTEM_USER".to_owned(),
            app: "400".to_owned(),
            scopes: texts(&PERMISSIONS),
            targets: PERMISSIONS.map(|scope| (scope.to_owned(), vec!["100".to_owned()])).to_vec(),
            ..TokenFacts::default()
        }),
        webhook: Asked::Got(WebhookFacts {
            url: Some(OURS.to_owned()),
            active: true,
            fields: texts(&FIELDS),
        }),
        apps: Asked::Got(vec!["400".to_owned()]),
        number: Asked::Got(NumberFacts {
            name: Some("Clínica Sonrisas".to_owned()),
            name_status: Some("APPROVED".to_owned()),
            quality: Some("GREEN".to_owned()),
            limit: Some("TIER_2K".to_owned()),
            verification: Some("VERIFIED".to_owned()),
            status: Some("CONNECTED".to_owned()),
            platform: Some("CLOUD_API".to_owned()),
            health: vec![Health {
                entity: "WABA".to_owned(),
                state: "AVAILABLE".to_owned(),
                problems: Vec::new(),
            }],
            ..NumberFacts::default()
        }),
        address: Asked::Got(None),
        vendor_time: Some(now()),
        heard: [Some(now()); 3],
        ..Gathered::default()
    }
}

/// A sender of Twilio's with which nothing is wrong.
fn sender() -> Gathered {
    Gathered {
        our_urls: vec!["https://inbox.example/webhooks/twilio/messages".to_owned()],
        account: "AC1".to_owned(),
        credentials: Asked::Got("active".to_owned()),
        number: Asked::Got(NumberFacts {
            status: Some("ONLINE".to_owned()),
            quality: Some("HIGH".to_owned()),
            ..NumberFacts::default()
        }),
        inbound: Asked::Got(Some("https://inbox.example/webhooks/twilio/messages#rc=5".to_owned())),
        fallback: Asked::Got(Some("https://inbox.example/webhooks/twilio/messages".to_owned())),
        service: Asked::Got(ServiceFacts { use_senders: true, ..ServiceFacts::default() }),
        address: Asked::Got(None),
        vendor_time: Some(now()),
        heard: [Some(now()), Some(now()), None],
        ..Gathered::default()
    }
}

/// What the check of that name says.
#[track_caller]
fn found(facts: &Gathered, check: CheckName) -> (CheckResult, &'static str) {
    let all = examine(facts, now());
    let mut of_name = all.iter().filter(|finding| finding.check == check);
    let finding = of_name.next().unwrap_or_else(|| panic!("{check} was not looked at"));
    assert!(of_name.next().is_none(), "{check} once");
    (finding.result, finding.says)
}

fn changed(change: impl FnOnce(&mut Gathered)) -> Gathered {
    let mut facts = well();
    change(&mut facts);
    facts
}

fn token_with(change: impl FnOnce(&mut TokenFacts)) -> Gathered {
    changed(|facts| {
        if let Asked::Got(token) = &mut facts.token {
            change(token);
        }
    })
}

fn number_with(change: impl FnOnce(&mut NumberFacts)) -> Gathered {
    changed(|facts| {
        if let Asked::Got(number) = &mut facts.number {
            change(number);
        }
    })
}

fn webhook_with(change: impl FnOnce(&mut WebhookFacts)) -> Gathered {
    changed(|facts| {
        if let Asked::Got(webhook) = &mut facts.webhook {
            change(webhook);
        }
    })
}

#[test]
fn a_number_that_is_well_passes_every_check() {
    for facts in [well(), sender()] {
        for finding in examine(&facts, now()) {
            assert_eq!(finding.result, Fine, "{finding:?}");
            assert!(is_fine(finding.says), "{finding:?}");
        }
    }
    let looked_at: BTreeSet<CheckName> = [well(), sender()]
        .iter()
        .flat_map(|facts| examine(facts, now()))
        .map(|finding| finding.check)
        .collect();
    assert_eq!(looked_at.len(), CheckName::ALL.len(), "every check is there: {looked_at:?}");
}

#[test]
fn a_token_that_ends_is_told_two_weeks_before_and_louder_three_days_before() {
    let ends = |days| token_with(|token| token.expires_at = Some(now() + TimeDelta::days(days)));
    assert_eq!(found(&ends(60), C::Token), (Fine, "token-until"));
    assert_eq!(found(&ends(14), C::Token), (Warning, "token-ends"));
    assert_eq!(found(&ends(3), C::Token), (Failed, "token-ends"));
    assert_eq!(found(&ends(0), C::Token), (Failed, "token-invalid"));
    assert_eq!(found(&token_with(|token| token.valid = false), C::Token), (Failed, "token-invalid"));
    let refused = changed(|facts| facts.token = Asked::Refused("(190) expired".to_owned()));
    assert_eq!(found(&refused, C::Token), (Failed, "token-invalid"));
    let silent = changed(|facts| facts.token = Asked::Silent("no connection".to_owned()));
    assert_eq!(found(&silent, C::Token), (Unknown, "no-answer"));
}

#[test]
fn a_permission_or_an_account_that_was_not_given_is_named() {
    let weak = token_with(|token| token.scopes = texts(&["whatsapp_business_messaging"]));
    assert_eq!(found(&weak, C::Permissions), (Failed, "permissions-missing"));
    let other = token_with(|token| token.targets[1].1 = vec!["999".to_owned()]);
    assert_eq!(found(&other, C::Assets), (Failed, "assets-missing"));
    let boundless = token_with(|token| token.targets.clear());
    assert_eq!(found(&boundless, C::Assets), (Fine, "assets-given"));
}

#[test]
fn webhooks_that_go_elsewhere_are_found() {
    let url = |url: Option<&str>| webhook_with(|webhook| webhook.url = url.map(str::to_owned));
    assert_eq!(found(&url(None), C::Webhook), (Failed, "webhook-none"));
    assert_eq!(found(&url(Some("https://old.example/hook")), C::Webhook), (Failed, "webhook-elsewhere"));
    assert_eq!(found(&url(Some(&format!("{OURS}/"))), C::Webhook), (Fine, "webhook-ours"));
    let second = Some("http://localhost:8080/webhooks/whatsapp");
    assert_eq!(found(&url(second), C::Webhook), (Fine, "webhook-ours"), "any address of ours");
    assert_eq!(found(&webhook_with(|webhook| webhook.active = false), C::Webhook), (Failed, "webhook-off"));
    let lost = |field: &str| webhook_with(|webhook| webhook.fields.retain(|one| one != field));
    assert_eq!(found(&lost("messages"), C::Fields), (Failed, "fields-missing"));
    assert_eq!(found(&lost("security"), C::Fields), (Warning, "fields-missing"));
}

#[test]
fn an_app_that_does_not_listen_is_found_among_others_that_do() {
    let listens = |apps: &[&str]| {
        changed(|facts| facts.apps = Asked::Got(apps.iter().map(|app| (*app).to_owned()).collect()))
    };
    assert_eq!(found(&listens(&[]), C::Subscription), (Failed, "not-subscribed"));
    assert_eq!(found(&listens(&["777"]), C::Subscription), (Failed, "not-subscribed"));
    assert_eq!(found(&listens(&["777", "400"]), C::Subscription), (Fine, "subscribed"));
}

#[test]
fn an_override_counts_before_the_account_and_the_app() {
    let set = |url: &str| number_with(|number| number.number_webhook = Some(url.to_owned()));
    assert_eq!(found(&set("https://old.example/x"), C::Override), (Failed, "override-elsewhere"));
    assert_eq!(found(&set(OURS), C::Override), (Fine, "override-ours"));
    let account = number_with(|number| number.account_webhook = Some("https://old.example".to_owned()));
    assert_eq!(found(&account, C::Override), (Failed, "override-elsewhere"));
}

#[test]
fn an_address_that_only_we_cannot_reach_is_no_trouble_while_webhooks_come() {
    let asked =
        |asked: Asked<Option<String>>, heard| changed(|facts| (facts.address, facts.heard) = (asked, heard));
    let silent = || Asked::Silent("no connection".to_owned());
    assert_eq!(found(&asked(silent(), [Some(now()); 3]), C::Address), (Fine, "address-heard"));
    assert_eq!(found(&asked(silent(), [None; 3]), C::Address), (Warning, "address-silent"));
    let wrong = Asked::Got(Some("HTTP 404".to_owned()));
    assert_eq!(found(&asked(wrong, [None; 3]), C::Address), (Failed, "address-wrong"));
}

#[test]
fn what_was_never_heard_is_not_called_broken() {
    let heard = |heard| changed(|facts| facts.heard = heard);
    let long_ago = Some(now() - TimeDelta::days(3));
    assert_eq!(found(&heard([None; 3]), C::Signature), (Unknown, "signed-never"));
    assert_eq!(found(&heard([long_ago; 3]), C::Signature), (Unknown, "signed-long-ago"));
    assert_eq!(found(&heard([None; 3]), C::Messages), (Unknown, "heard-never"));
    assert_eq!(found(&heard([long_ago; 3]), C::Statuses), (Unknown, "heard-long-ago"));
}

#[test]
fn the_standing_of_a_number_is_told_in_the_vendors_words() {
    let status = |word: &str| number_with(|number| number.status = Some(word.to_owned()));
    assert_eq!(found(&status("FLAGGED"), C::Number), (Warning, "number-flagged"));
    assert_eq!(found(&status("PENDING"), C::Number), (Warning, "number-waits"));
    assert_eq!(found(&status("BANNED"), C::Number), (Failed, "number-off"));
    let refused = changed(|facts| facts.number = Asked::Refused("(100) unknown object".to_owned()));
    assert_eq!(found(&refused, C::Number), (Failed, "refused"));
    let quality = |word: &str| number_with(|number| number.quality = Some(word.to_owned()));
    assert_eq!(found(&quality("YELLOW"), C::Quality), (Warning, "quality-middling"));
    assert_eq!(found(&quality("RED"), C::Quality), (Failed, "quality-bad"));
    assert_eq!(found(&quality("NA"), C::Quality), (Fine, "quality-unrated"));
    let platform = number_with(|number| number.platform = Some("NOT_APPLICABLE".to_owned()));
    assert_eq!(found(&platform, C::Registration), (Failed, "not-registered"));
    let unproved = number_with(|number| number.verification = Some("NOT_VERIFIED".to_owned()));
    assert_eq!(found(&unproved, C::Registration), (Warning, "number-unverified"));
    let expired = number_with(|number| number.verification = Some("EXPIRED".to_owned()));
    assert_eq!(found(&expired, C::Registration), (Fine, "registered"), "registered numbers keep working");
    let named = |word: &str| number_with(|number| number.name_status = Some(word.to_owned()));
    assert_eq!(found(&named("PENDING_REVIEW"), C::Name), (Warning, "name-waits"));
    assert_eq!(found(&named("DECLINED"), C::Name), (Failed, "name-declined"));
    assert_eq!(found(&named("EXPIRED"), C::Name), (Warning, "name-expired"));
    let renamed = number_with(|number| number.new_name_status = Some("DECLINED".to_owned()));
    assert_eq!(found(&renamed, C::Name), (Warning, "name-declined"));
}

#[test]
fn the_worst_entity_decides_what_may_be_sent() {
    let entity = |state: &str| Health {
        entity: "BUSINESS".to_owned(),
        state: state.to_owned(),
        problems: vec!["pay".to_owned()],
    };
    let ill = number_with(|number| number.health = vec![entity("LIMITED"), entity("BLOCKED")]);
    assert_eq!(found(&ill, C::Health), (Failed, "health-blocked"));
    let weak = number_with(|number| number.health.push(entity("LIMITED")));
    assert_eq!(found(&weak, C::Health), (Warning, "health-limited"));
}

#[test]
fn clocks_may_differ_a_little() {
    let differs = |seconds| changed(|facts| facts.vendor_time = Some(now() + TimeDelta::seconds(seconds)));
    assert_eq!(found(&differs(5), C::Clock), (Fine, "clock-right"));
    assert_eq!(found(&differs(-45), C::Clock), (Warning, "clock-wrong"));
    assert_eq!(found(&differs(600), C::Clock), (Failed, "clock-wrong"));
}

#[test]
fn a_sender_of_twilio_is_looked_at_where_its_settings_are() {
    let with = |change: fn(&mut Gathered)| {
        let mut facts = sender();
        change(&mut facts);
        facts
    };
    let keys = with(|facts| facts.credentials = Asked::Refused("(20003) Authenticate".to_owned()));
    assert_eq!(found(&keys, C::Credentials), (Failed, "credentials-refused"));
    let suspended = with(|facts| facts.credentials = Asked::Got("suspended".to_owned()));
    assert_eq!(found(&suspended, C::Credentials), (Failed, "account-not-active"));
    let offline = with(|facts| {
        if let Asked::Got(number) = &mut facts.number {
            number.status = Some("OFFLINE".to_owned());
            number.offline = vec!["63116 number is on WhatsApp already".to_owned()];
        }
    });
    assert_eq!(found(&offline, C::Sender), (Failed, "number-off"));
    let nowhere = with(|facts| facts.inbound = Asked::Got(None));
    assert_eq!(found(&nowhere, C::Inbound), (Failed, "inbound-none"));
    let elsewhere =
        with(|facts| facts.inbound = Asked::Got(Some("https://demo.twilio.com/welcome".to_owned())));
    assert_eq!(found(&elsewhere, C::Inbound), (Failed, "inbound-elsewhere"));
    let once = with(|facts| {
        facts.inbound = Asked::Got(Some("https://inbox.example/webhooks/twilio/messages".to_owned()));
    });
    assert_eq!(found(&once, C::Inbound), (Warning, "inbound-once"));
    assert_eq!(found(&sender(), C::Inbound), (Fine, "inbound-ours"));
    let drops = with(|facts| facts.service = Asked::Got(ServiceFacts::default()));
    assert_eq!(found(&drops, C::Service), (Failed, "service-drops"), "null means that it is dropped");
}

#[test]
fn what_was_not_taken_at_first_has_somewhere_to_go() {
    let with = |change: fn(&mut Gathered)| {
        let mut facts = sender();
        change(&mut facts);
        facts
    };
    assert_eq!(found(&sender(), C::Fallback), (Fine, "fallback-ours"));
    let none = with(|facts| facts.fallback = Asked::Got(None));
    assert_eq!(found(&none, C::Fallback), (Warning, "fallback-none"));
    let named = examine(&none, now()).into_iter().find(|one| one.check == C::Fallback).unwrap();
    assert_eq!(named.detail, "https://inbox.example/webhooks/twilio/messages", "what to enter");
    let elsewhere = with(|facts| facts.fallback = Asked::Got(Some("https://other.example/".to_owned())));
    assert_eq!(found(&elsewhere, C::Fallback), (Warning, "fallback-elsewhere"));
    let service = with(|facts| {
        facts.service = Asked::Got(ServiceFacts {
            inbound_url: Some("https://inbox.example/webhooks/twilio/messages".to_owned()),
            ..ServiceFacts::default()
        });
    });
    assert_eq!(found(&service, C::Fallback), (Warning, "fallback-none"), "the service's own counts");
    let drops = with(|facts| facts.service = Asked::Got(ServiceFacts::default()));
    assert!(examine(&drops, now()).iter().all(|one| one.check != C::Fallback), "that is the service's check");
    assert!(examine(&well(), now()).iter().all(|one| one.check != C::Fallback), "Meta has none");
}

#[test]
fn a_number_for_sms_is_asked_only_what_such_a_number_has() {
    let with = |change: fn(&mut Gathered)| {
        let mut facts = sender();
        change(&mut facts);
        facts
    };
    let owned = with(|facts| {
        facts.number =
            Asked::Got(NumberFacts { status: Some("in-use".to_owned()), ..NumberFacts::default() });
    });
    assert_eq!(found(&owned, C::Sender), (Fine, "number-owned"));
    assert!(examine(&owned, now()).iter().all(|one| one.check != C::Quality));
    let unlisted = with(|facts| facts.number = Asked::NoList);
    assert_eq!(found(&unlisted, C::Number), (Unknown, "no-list"));
    let absent = with(|facts| facts.number = Asked::Absent("+14155550111".to_owned()));
    assert_eq!(found(&absent, C::Number), (Warning, "absent"));
    let all = alarms(&examine(&absent, now()));
    assert!(all.iter().all(|(kind, _)| *kind != AlarmKind::NumberOff), "a short code is in no such list");
}

#[test]
fn every_saying_is_listed() {
    let source = include_str!("../checkup.rs");
    for part in source.split("say(").skip(1) {
        for word in part.split(')').next().unwrap_or_default().split('"').skip(1).step_by(2) {
            if word.contains('-') && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
                assert!(SAYINGS.contains(&word), "{word}");
            }
        }
    }
}

#[test]
fn alarms_are_raised_by_what_is_found_and_cleared_when_it_is_well_again() {
    let meaning = |facts: &Gathered, kind| {
        let all = alarms(&examine(facts, now()));
        all.into_iter().find(|(one, _)| *one == kind).map(|(_, raised)| raised.map(|(severity, _)| severity))
    };
    let lost = changed(|facts| facts.apps = Asked::Got(Vec::new()));
    assert_eq!(meaning(&lost, AlarmKind::WebhookLost), Some(Some(Severity::Critical)));
    assert_eq!(meaning(&well(), AlarmKind::WebhookLost), Some(None), "cleared");
    let unknown = changed(|facts| facts.apps = Asked::Silent("no connection".to_owned()));
    assert_eq!(meaning(&unknown, AlarmKind::WebhookLost), None, "nobody knows");
    let soon = token_with(|token| token.expires_at = Some(now() + TimeDelta::days(10)));
    assert_eq!(meaning(&soon, AlarmKind::TokenExpiring), Some(Some(Severity::Warning)));
    assert_eq!(meaning(&soon, AlarmKind::TokenInvalid), Some(None));
    assert_eq!(meaning(&sender(), AlarmKind::TokenWeak), None, "no such thing at Twilio");
}
