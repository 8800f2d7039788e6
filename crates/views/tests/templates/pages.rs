//! Whole pages: every language and theme, with and without an open conversation.

use domain::conversation::ReplyWindow;
use views::{
    EarlierFragment, ErrorPage, FactorCodesPage, FactorSetUpPage, Lang, SignInCodePage, SignInError,
    SignInPage, Template, Theme, ThreadPane, WelcomePage, factor, sample,
};

use crate::LANGS;

fn sign_in(lang: Lang, error: Option<SignInError>) -> SignInPage {
    SignInPage {
        tx: sample::tx(lang),
        theme: Theme::System,
        nonce: "bm9uY2U".to_owned(),
        csrf: "dG9rZW4".to_owned(),
        assets: "/assets/x".to_owned(),
        company: "Clínica Dental Sonrisas".to_owned(),
        email: "\"><script>".to_owned(),
        next: "/inbox".to_owned(),
        error,
    }
}

#[test]
fn every_page_obeys_the_content_security_policy() {
    for lang in LANGS {
        let mut pages = vec![
            sample::inbox(lang, Theme::Dark, None).render().unwrap(),
            sample::inbox(lang, Theme::System, Some(sample::everything())).render().unwrap(),
            sample::inbox(lang, Theme::Light, Some(sample::thread(ReplyWindow::Boundless))).render().unwrap(),
            sample::day(lang, Theme::Light, true, true).render().unwrap(),
            sample::day(lang, Theme::Dark, false, false).render().unwrap(),
            sample::macros(lang, Theme::Light).render().unwrap(),
        ];
        pages.extend(
            [
                None,
                Some(SignInError::Wrong),
                Some(SignInError::Stale),
                Some(SignInError::Throttled { wait_seconds: 90 }),
            ]
            .map(|error| sign_in(lang, error).render().unwrap()),
        );
        for html in pages {
            assert!(html.starts_with("<!doctype html>\n<html lang=\""), "{}", &html[..80]);
            assert!(!html.contains(" style=") && !html.contains(" hx-") && !html.contains(" onclick"));
            for script in html.split("<script").skip(1) {
                let tag = script.split('>').next().unwrap();
                assert!(tag.contains("nonce=\"bm9uY2U\"") || tag.contains("application/json"), "{tag}");
            }
        }
    }
}

#[test]
fn a_day_says_what_somebody_was_and_only_a_supervisor_may_change_it() {
    let own = sample::day(Lang::Es, Theme::Light, true, true).render().unwrap();
    for words in ["Terminando: Almuerzo", "En pausa: Almuerzo", "1 h 14 min", ">ahora<"] {
        assert!(own.contains(words), "{words}");
    }
    assert!(!own.contains("data-person="), "one's own presence has its own switch");
    let his = sample::day(Lang::Es, Theme::Light, false, true).render().unwrap();
    assert!(his.contains("<h1 id=\"main\" tabindex=\"-1\" dir=\"auto\">Mateo Rojas</h1>"));
    assert!(his.contains("data-act=\"presence\" data-person="));
}

#[test]
fn the_panes_of_a_request_are_the_panes_of_the_page() {
    let thread = sample::thread(sample::open());
    let panes = ThreadPane { tx: sample::tx(Lang::Es), viewer: sample::valeria().id, thread: Some(&thread) };
    let panes = panes.render().unwrap();
    let page = sample::inbox(Lang::Es, Theme::Light, Some(thread)).render().unwrap();
    assert!(page.contains(panes.trim()), "one template for page and fragment");
    assert!(!panes.contains("<script") && !panes.contains("csrf"));
}

#[test]
fn older_entries_tell_where_to_go_on() {
    let thread = sample::thread(sample::open());
    let earlier = |earlier| {
        let tx = sample::tx(Lang::Es);
        EarlierFragment { tx, entries: &thread.entries, earlier, later: None }.render().unwrap()
    };
    assert!(earlier(Some("0001-1")).starts_with("<div data-earlier=\"0001-1\""));
    assert!(earlier(None).starts_with("<div data-earlier=\"\""), "the beginning");
}

#[test]
fn words_for_scripts_cannot_end_their_element() {
    for lang in LANGS {
        let words = views::words_for_scripts(&sample::tx(lang));
        assert!(!words.contains('<'));
        let words: serde_json::Value = serde_json::from_str(&words).unwrap();
        assert!(words["new-other"].as_str().unwrap().contains("{n}"), "scripts fill the gaps");
        assert!(words["hours-minutes"].as_str().unwrap().contains("{h}"));
    }
}

#[test]
fn a_refused_sign_in_says_how_long_to_wait_and_keeps_the_address() {
    let html = sign_in(Lang::En, Some(SignInError::Throttled { wait_seconds: 61 })).render().unwrap();
    assert!(html.contains("Wait 2 minutes."), "{html}");
    let html = sign_in(Lang::Es, Some(SignInError::Throttled { wait_seconds: 1 })).render().unwrap();
    assert!(html.contains("Espera 1 segundo."));
    assert!(!html.contains("<script>"));
}

#[test]
fn an_error_page_needs_neither_session_nor_script() {
    for lang in LANGS {
        for status in [400, 401, 403, 404, 413, 429, 500, 503] {
            let page = ErrorPage {
                tx: sample::tx(lang),
                theme: Theme::System,
                assets: "/assets/x".to_owned(),
                status,
                request: String::new(),
            };
            let html = page.render().unwrap();
            assert!(html.contains(&status.to_string()) && !html.contains(">error-"), "{html}");
        }
    }
}

#[test]
fn a_new_person_is_welcomed_in_every_language() {
    for lang in LANGS {
        for problem in [None, Some("welcome-length"), Some("welcome-usual")] {
            let page = WelcomePage {
                tx: sample::tx(lang),
                theme: Theme::System,
                nonce: "n".to_owned(),
                csrf: "c".to_owned(),
                assets: "/assets/x".to_owned(),
                name: "Renata <script>".to_owned(),
                email: "renata@demo.test".to_owned(),
                problem,
            };
            let html = page.render().unwrap();
            assert!(!html.contains(">welcome-") && !html.contains("<script>"), "{html}");
            assert_eq!(html.contains("role=\"alert\""), problem.is_some());
        }
    }
}

#[test]
fn the_second_factor_is_explained_in_every_language() {
    for lang in LANGS {
        let bare = || factor::Bare {
            tx: sample::tx(lang),
            theme: Theme::Dark,
            nonce: "n".to_owned(),
            assets: "/assets/x".to_owned(),
        };
        let (csrf, next) = ("c".to_owned(), "/inbox?list=\"mine".to_owned());
        let mut pages = Vec::new();
        for error in [None, Some(SignInError::Wrong), Some(SignInError::Throttled { wait_seconds: 240 })] {
            let (csrf, next) = (csrf.clone(), next.clone());
            let page =
                SignInCodePage { bare: bare(), csrf, email: "<script>@demo.test".to_owned(), next, error };
            pages.push((page.render().unwrap(), error.is_some()));
        }
        for (own, wrong) in [(false, false), (true, true)] {
            let key = factor::Key {
                width: 41,
                path: "M4 4h1v1h-1z".to_owned(),
                text: "ABCD EFGH".to_owned(),
                sealed: "x".to_owned(),
            };
            let (csrf, next) = (csrf.clone(), next.clone());
            let page = FactorSetUpPage { bare: bare(), csrf, key, own, next, wrong };
            pages.push((page.render().unwrap(), wrong));
        }
        let codes = vec!["ABCD-EFGH-IJKL-MNOP-QRST".to_owned(); 10];
        let page = FactorCodesPage { bare: bare(), codes, on: "/me#factor".to_owned() };
        pages.push((page.render().unwrap(), false));
        for (html, refused) in pages {
            assert!(!html.contains(">factor-") && !html.contains(">code-"), "{html}");
            assert!(!html.contains("<script>") && !html.contains("list=\"mine"), "{html}");
            assert!(!html.contains(" style=") && !html.contains("onclick"), "{html}");
            assert_eq!(html.contains("role=\"alert\""), refused, "{html}");
        }
    }
}
