//! The three pages whole.

use views::{Lang, Template, Theme};

use crate::{
    company::{admin, floor, me},
    now,
};

/// Each page in one language.
pub fn every_page(lang: Lang) -> Vec<String> {
    vec![
        floor(lang, Theme::Light, now()).render().unwrap(),
        admin(lang, Theme::Dark, now()).render().unwrap(),
        me(lang, Theme::System, true).render().unwrap(),
    ]
}

#[test]
fn every_page_obeys_the_content_security_policy() {
    for lang in Lang::ALL {
        for html in every_page(lang) {
            assert!(!html.contains(" style=") && !html.contains(" hx-") && !html.contains(" onclick"));
            for script in html.split("<script").skip(1) {
                let tag = script.split('>').next().unwrap();
                assert!(tag.contains("nonce=\"bm9uY2U\"") || tag.contains("application/json"), "{tag}");
            }
        }
    }
}

#[test]
fn every_icon_is_in_the_sprite() {
    let sprite = include_str!("../../templates/sprite.svg");
    for html in every_page(Lang::Es) {
        for symbol in html.split("<use href=\"#").skip(1).filter_map(|part| part.split('"').next()) {
            assert!(sprite.contains(&format!("id=\"{symbol}\"")), "{symbol}");
        }
    }
}

#[test]
fn every_page_has_one_title_and_a_place_to_skip_to() {
    for html in every_page(Lang::En) {
        assert_eq!(html.matches("<h1").count(), 1, "{html}");
        assert_eq!(html.matches("id=\"main\"").count(), 1);
    }
}

#[test]
fn only_those_who_may_reassign_are_offered_it() {
    let mut page = floor(Lang::Es, Theme::Light, now());
    let html = page.render().unwrap();
    assert!(
        html.contains("data-may-assign") && html.contains("<dialog class=\"dialog assign\" id=\"assign\"")
    );
    page.may_assign = false;
    let html = page.render().unwrap();
    assert!(!html.contains("data-may-assign") && !html.contains("id=\"assign\""));
}

#[test]
fn a_quiet_floor_says_that_nothing_waits() {
    let mut page = floor(Lang::Es, Theme::Light, now());
    let html = page.render().unwrap();
    assert!(html.contains("id=\"floor-empty\" hidden"));
    assert!(
        html.contains("data-count=\"all\">10<") && html.contains("data-count=\"unassigned\">4<"),
        "{html}"
    );
    page.conversations.clear();
    let html = page.render().unwrap();
    assert!(html.contains("id=\"floor-empty\"><h3>Ninguna conversación aquí"), "{html}");
}

#[test]
fn administration_tells_the_state_of_each_channel_and_person() {
    let html = admin(Lang::Es, Theme::Light, now()).render().unwrap();
    assert_eq!(html.matches("Activo<").count(), 3);
    assert_eq!(html.matches("Desactivado<").count(), 1);
    assert!(html.contains("ninguno todavía") && html.contains("Sin acceso"));
    let mut page = admin(Lang::Es, Theme::Light, now());
    page.channels.clear();
    assert!(page.render().unwrap().contains("Todavía no hay canales"));
    page.people[0].tag.name = "<script>".to_owned();
    page.people[0].email = "\"><img>".to_owned();
    let html = page.render().unwrap();
    assert!(!html.contains("<img") && html.contains("&#60;script&#62;"));
}

#[test]
fn the_account_shows_what_is_chosen_and_each_form_carries_the_token() {
    let page = me(Lang::PtBr, Theme::Dark, false);
    let html = page.render().unwrap();
    for checked in ["name=\"locale\" value=\"pt-BR\" checked", "name=\"theme\" value=\"dark\" checked"] {
        assert!(html.contains(checked), "{checked} in {html}");
    }
    let radios = html.split("type=\"radio\"").skip(1).filter_map(|part| part.split('>').next());
    assert_eq!(radios.filter(|radio| radio.contains(" checked")).count(), 4, "one of each");
    assert!(html.contains("America/Lima") && !html.contains("Preferências salvas"));
    for form in ["action=\"/me/preferences\">", "action=\"/sign-out\">"] {
        let token = format!("{form}<input type=\"hidden\" name=\"csrf\" value=\"dG9rZW4\">");
        assert!(html.contains(&token), "{form}");
    }
    assert!(me(Lang::PtBr, Theme::Dark, true).render().unwrap().contains("Preferências salvas"));
}
