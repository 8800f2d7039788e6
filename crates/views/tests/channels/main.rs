//! Administration of channels, in every language.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod templates;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AlarmKind, ChannelId, ChannelKind, QueueId, Severity,
    checkup::{CheckName, CheckResult, Health, NumberFacts, SAYINGS, is_fine},
};
use views::{
    Arg, ChannelTag, Lang, Section, Template, Theme,
    channels::{
        AlarmLine, ChannelHead, ChannelPage, ChannelRow, ChannelTab, ChannelsPage, CheckLine, ChecksPage,
        NewChannelPage, NoticeLine, NumberPage, PastLine, ProblemLine, ProfileForm, SecretRow, SetupLine,
        TestFragment, TestLine,
        alarm::{title_key, to_do_key},
        connect::Field,
        head::Condition,
        list::Quality,
        problem::PROBLEMS,
    },
    sample,
};

const HOSTILE: &str = "<script>alert('1')</script>\"><img src=x onerror=alert(1)>";

fn now() -> DateTime<Utc> {
    sample::now()
}

fn head(kind: ChannelKind, name: &str) -> ChannelHead {
    ChannelHead {
        id: ChannelId::new(),
        tag: ChannelTag { kind, name: name.to_owned() },
        address: "+5115550100".to_owned(),
        condition: Condition::Trouble,
    }
}

fn alarm(kind: Option<AlarmKind>, detail: &str) -> AlarmLine {
    AlarmLine {
        id: "1".to_owned(),
        about: "Sonrisas Lima".to_owned(),
        href: "/admin/channels".to_owned(),
        kind,
        word: "brand_new".to_owned(),
        severity: Severity::Critical,
        detail: detail.to_owned(),
        raised_at: now(),
    }
}

fn list(lang: Lang, name: &str) -> ChannelsPage {
    ChannelsPage {
        frame: sample::frame(lang, Theme::Light, Section::Admin),
        alarms: vec![alarm(Some(AlarmKind::WebhookLost), name), alarm(None, name)],
        channels: vec![ChannelRow {
            head: head(ChannelKind::WhatsappCloud, name),
            quality: Some(Quality::Medium),
            queue: name.to_owned(),
            week: vec![3, 9, 2, 8, 12, 1, 20],
            last_inbound: Some(now()),
        }],
    }
}

fn overview(lang: Lang, name: &str) -> ChannelPage {
    ChannelPage {
        frame: sample::frame(lang, Theme::Light, Section::Admin),
        head: head(ChannelKind::TwilioSms, name),
        tab: ChannelTab::Overview,
        alarms: vec![alarm(Some(AlarmKind::Silent), name)],
        quality: None,
        queue: name.to_owned(),
        per_second: 80,
        reopen_within: 86_400,
        heard: [Some(now()), None, None],
        webhook_url: "https://inbox.example/webhooks/whatsapp".to_owned(),
        verify_token: Some("abcd".to_owned()),
        notices: vec![NoticeLine { field: name.to_owned(), at: now(), known: false, raw: name.to_owned() }],
        past: Some(PastLine {
            said: domain::inbound::PastProgress::Chunk { phase: 1, chunk: 3, progress: 55 },
            at: Some(sample::now()),
            read_at: sample::now(),
        }),
        limit: Some("TIER_2K".to_owned()),
        done: Some("done-connected"),
    }
}

fn problem(field: &'static str, says: &'static str) -> ProblemLine {
    ProblemLine { field, says, detail: HOSTILE.to_owned() }
}

fn form(lang: Lang, kind: ChannelKind, name: &str) -> NewChannelPage {
    NewChannelPage {
        frame: sample::frame(lang, Theme::Light, Section::Admin),
        kind,
        typed: BTreeMap::from([("name".to_owned(), name.to_owned()), ("waba".to_owned(), name.to_owned())]),
        queues: vec![(QueueId::new(), name.to_owned())],
        webhook_url: "https://inbox.example/webhooks/whatsapp".to_owned(),
        verify_token: "abc".to_owned(),
        problems: vec![problem("", "vendor"), problem("waba", "digits"), problem("account", "sid")],
    }
}

fn number(lang: Lang, kind: ChannelKind, name: &str) -> NumberPage {
    let text = || Some(name.to_owned());
    NumberPage {
        frame: sample::frame(lang, Theme::Light, Section::Admin),
        head: head(kind, name),
        tab: ChannelTab::Number,
        facts: Some(NumberFacts {
            name: text(),
            name_status: text(),
            status: text(),
            quality: Some("RED".to_owned()),
            on_app: true,
            official: true,
            pin: Some(true),
            offline: vec![name.to_owned()],
            health: vec![Health {
                entity: name.to_owned(),
                state: "BLOCKED".to_owned(),
                problems: vec![name.to_owned()],
            }],
            ..NumberFacts::default()
        }),
        read_at: Some(now()),
        profile: Some(ProfileForm {
            about: name.to_owned(),
            description: name.to_owned(),
            vertical: "EVENT_PLAN".to_owned(),
            website1: name.to_owned(),
            has_picture: true,
            ..ProfileForm::default()
        }),
        verticals: &["EVENT_PLAN", "HEALTH"],
        secrets: vec![SecretRow {
            name: "access_token".to_owned(),
            last_four: "9f2c".to_owned(),
            changed_at: now(),
            older: true,
        }],
        queues: vec![(QueueId::new(), name.to_owned())],
        queue: QueueId::new(),
        per_second: 80,
        reopen_within: 86_400,
        setups: ["add", "code", "verify", "register", "connect"]
            .map(|step| SetupLine {
                id: "1".to_owned(),
                number: "+5115550101".to_owned(),
                step,
                problem: Some(problem("", "two-step-on")),
            })
            .to_vec(),
        done: Some("done-saved"),
        problems: vec![problem("", "vendor"), problem("pin", "pin-wrong"), problem("about", "too-long")],
    }
}

fn checks(lang: Lang, name: &str) -> ChecksPage {
    ChecksPage {
        frame: sample::frame(lang, Theme::Light, Section::Admin),
        head: head(ChannelKind::WhatsappCloud, name),
        tab: ChannelTab::Checks,
        checks: CheckName::ALL
            .iter()
            .zip(SAYINGS)
            .map(|(check, says)| CheckLine {
                check: *check,
                result: CheckResult::Failed,
                says: (*says).to_owned(),
                detail: name.to_owned(),
            })
            .collect(),
        checked_at: Some(now()),
        repairable: true,
        test_number: name.to_owned(),
        test: Some(TestLine {
            id: "1".to_owned(),
            steps: [Some(now()), Some(now() + TimeDelta::seconds(1)), None, None],
            failed: Some(name.to_owned()),
        }),
        problems: vec![problem("", "test-nobody")],
    }
}

fn every_page(lang: Lang, name: &str) -> Vec<String> {
    vec![
        list(lang, name).render().unwrap(),
        overview(lang, name).render().unwrap(),
        form(lang, ChannelKind::WhatsappCloud, name).render().unwrap(),
        form(lang, ChannelKind::TwilioWhatsapp, name).render().unwrap(),
        number(lang, ChannelKind::WhatsappCloud, name).render().unwrap(),
        number(lang, ChannelKind::TwilioSms, name).render().unwrap(),
        checks(lang, name).render().unwrap(),
    ]
}

#[test]
fn every_page_obeys_the_content_security_policy() {
    for lang in Lang::ALL {
        for html in every_page(lang, "Sonrisas") {
            assert!(!html.contains(" style=") && !html.contains(" hx-") && !html.contains(" onclick"));
            for script in html.split("<script").skip(1) {
                let tag = script.split('>').next().unwrap();
                assert!(tag.contains("nonce=\"bm9uY2U\"") || tag.contains("application/json"), "{tag}");
            }
            for form in html.split("method=\"post\"").skip(1) {
                let form = form.split("</form>").next().unwrap();
                assert!(form.contains("name=\"csrf\""), "{form}");
            }
        }
    }
}

#[test]
fn every_page_has_one_title_and_a_place_to_skip_to_and_its_icons() {
    let sprite = include_str!("../../templates/sprite.svg");
    for html in every_page(Lang::Es, "Sonrisas") {
        assert_eq!(html.matches("<h1").count(), 1, "{html}");
        assert_eq!(html.matches("id=\"main\"").count(), 1);
        for symbol in html.split("<use href=\"#").skip(1).filter_map(|part| part.split('"').next()) {
            assert!(sprite.contains(&format!("id=\"{symbol}\"")), "{symbol}");
        }
    }
}

#[test]
fn names_notices_and_vendors_words_stay_text() {
    for html in every_page(Lang::Es, HOSTILE) {
        assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{html}");
    }
}

#[test]
fn no_word_is_missing_in_any_language() {
    let families = [
        "channel-",
        "channels-",
        "alarm-",
        "check-",
        "found-",
        "do-",
        "problem-",
        "done-",
        "field-",
        "fact-",
        "profile-",
        "life-",
        "setup-",
        "secrets-",
        "test-",
        "vertical-",
        "number-",
        "checks-",
        "connect-",
    ];
    for lang in Lang::ALL {
        for html in every_page(lang, "Sonrisas") {
            for family in families {
                for place in [">", "aria-label=\""] {
                    assert!(!html.contains(&format!("{place}{family}")), "{place}{family} in {html}");
                }
            }
            assert!(!html.contains("{ $"), "{html}");
        }
    }
}

#[test]
fn everything_that_can_be_said_has_words_in_every_language() {
    for lang in Lang::ALL {
        let tx = sample::tx(lang);
        let known = |key: &str| {
            let told = tx.with(key, [("about", Arg::Text("x")), ("detail", Arg::Text("y"))]);
            assert_ne!(told, key, "{key} in {}", lang.as_str());
        };
        for says in SAYINGS {
            known(&format!("found-{says}"));
            if !is_fine(says) {
                known(&format!("do-{says}"));
            }
        }
        for check in CheckName::ALL {
            known(&format!("check-{check}"));
            known(&format!("check-{check}-looks"));
        }
        for says in PROBLEMS {
            known(&format!("problem-{says}"));
        }
        for kind in AlarmKind::ALL {
            known(title_key(*kind));
            known(to_do_key(*kind));
        }
        for name in [
            "waba",
            "phone_number_id",
            "app",
            "app_secret",
            "access_token",
            "account",
            "auth_token",
            "api_key",
            "api_secret",
            "sender",
            "service",
        ] {
            let field = Field { name, secret: false, optional: false, example: "" };
            assert_ne!(field.label(&tx), format!("field-{name}"));
            assert_ne!(field.hint(&tx), format!("field-{name}-where"));
        }
    }
}

#[test]
fn a_secret_that_was_typed_is_never_drawn_again() {
    let mut page = form(Lang::Es, ChannelKind::WhatsappCloud, "Sonrisas");
    page.typed.insert("access_token".to_owned(), "EAAG-hush".to_owned());
    assert!(!page.render().unwrap().contains("EAAG-hush"));
}

#[test]
fn a_moment_in_a_finding_is_told_in_the_viewers_zone() {
    let line = CheckLine {
        check: CheckName::Messages,
        result: CheckResult::Ok,
        says: "heard-lately".to_owned(),
        detail: "2026-11-20T15:44:00Z".to_owned(),
    };
    assert_eq!(line.found(&sample::tx(Lang::Es)), "Último: 20/11/2026 10:44");
    assert_eq!(line.to_do(&sample::tx(Lang::Es)), None);
}

#[test]
fn a_test_message_shows_how_far_it_came() {
    let steps = [Some(now()), Some(now()), None, None];
    let test = TestLine { id: "1".to_owned(), steps, failed: None };
    let html = TestFragment { tx: sample::tx(Lang::Es), test, follow: "/x".to_owned() }.render().unwrap();
    assert!(html.contains("data-over=\"false\"") && html.matches("i-circle-check").count() == 2, "{html}");
}

#[test]
fn an_sms_number_has_no_templates() {
    let tabs = |kind| head(kind, "x").tabs().into_iter().map(|(tab, _)| tab).collect::<Vec<_>>();
    assert!(!tabs(ChannelKind::TwilioSms).contains(&ChannelTab::Templates));
    assert!(tabs(ChannelKind::WhatsappCloud).contains(&ChannelTab::Templates));
}
