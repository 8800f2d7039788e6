use proptest::prelude::*;

use super::{
    Account, Button, CodeTerms, Definition, Draft, Flaw, Format, Header, META, Other, Spot, Text, Value,
    Wrong, categories, check,
};

fn sample(text: &str) -> Value {
    Value { name: None, text: text.into() }
}

fn reminder() -> Draft {
    Draft {
        name: "recordatorio_cita".into(),
        language: "es".into(),
        category: categories::UTILITY.into(),
        format: Format::Positional,
        definition: Definition {
            header: Some(Header::Text(Text::new("Tu cita"))),
            body: Text {
                text: "Hola {{1}}, te recordamos tu cita del {{2}} en la clínica. Te esperamos.".into(),
                samples: vec![sample("Lucía"), sample("sábado")],
            },
            footer: Some("Clínica Dental Sonrisas".into()),
            buttons: vec![reply("Confirmar"), reply("Reprogramar")],
            ..Definition::default()
        },
        ttl_seconds: None,
    }
}

fn reply(text: &str) -> Button {
    Button::QuickReply { text: text.into() }
}

fn link(url: &str, sample: Option<&str>) -> Button {
    Button::Url { text: "Ver".into(), url: url.into(), sample: sample.map(str::to_owned) }
}

fn flaws(draft: &Draft) -> Vec<(Spot, Wrong)> {
    check(draft, &Account::default()).into_iter().map(|flaw| (flaw.at, flaw.what)).collect()
}

fn with(change: impl FnOnce(&mut Draft)) -> Vec<(Spot, Wrong)> {
    let mut draft = reminder();
    change(&mut draft);
    flaws(&draft)
}

fn body(text: &str) -> Vec<(Spot, Wrong)> {
    with(|draft| {
        draft.definition.body = Text { text: text.into(), samples: (0..20).map(|_| sample("x")).collect() };
    })
}

fn buttons(all: Vec<Button>) -> Vec<(Spot, Wrong)> {
    with(|draft| draft.definition.buttons = all)
}

#[test]
fn a_sound_template_has_no_flaw() {
    assert_eq!(flaws(&reminder()), []);
}

#[test]
fn names_languages_and_categories_are_those_the_vendor_takes() {
    assert_eq!(with(|d| d.name = "Cita-1".into()), [(Spot::Name, Wrong::Characters)]);
    assert_eq!(with(|d| d.name = String::new()), [(Spot::Name, Wrong::Missing)]);
    let long = Wrong::TooLong { length: 513, most: 512 };
    assert_eq!(with(|d| d.name = "a".repeat(513)), [(Spot::Name, long)]);
    assert_eq!(with(|d| d.language = "es_BO".into()), [(Spot::Language, Wrong::Unknown)]);
    assert_eq!(with(|d| d.category = "PROMO".into()), [(Spot::Category, Wrong::Unknown)]);
}

#[test]
fn places_do_not_begin_end_or_touch() {
    let places = "palabra palabra palabra palabra palabra palabra palabra";
    assert_eq!(body(&format!("{{{{1}}}} {places}")), [(Spot::Body, Wrong::Leading)]);
    assert_eq!(body(&format!("{places} {{{{1}}}} ")), [(Spot::Body, Wrong::Trailing)]);
    assert_eq!(body(&format!("a {{{{1}}}} {{{{2}}}} {places}")), [(Spot::Body, Wrong::Adjacent)]);
    assert_eq!(
        body(&format!("a {{{{1}}}} {{{{3}}}}, {places}")).last(),
        Some(&(Spot::Body, Wrong::Adjacent))
    );
    assert_eq!(
        body(&format!("a {{{{1}}}} y {{{{3}}}}, {places}")),
        [(Spot::Body, Wrong::Gap { missing: 2 })]
    );
    let odd = Wrong::PlaceName { name: "Nombre".into() };
    assert_eq!(body(&format!("a {{{{Nombre}}}} y {places}")).first(), Some(&(Spot::Body, odd)));
    assert_eq!(
        body(&format!("a {{{{1}}}} y {{{{dos}}}}, {places}")).first(),
        Some(&(Spot::Body, Wrong::Mixed))
    );
}

#[test]
fn few_words_for_many_places_is_advice() {
    let mut draft = reminder();
    draft.definition.body =
        Text { text: "Hola {{1}}, son {{2}}.".into(), samples: vec![sample("a"), sample("b")] };
    let advice = Flaw { at: Spot::Body, what: Wrong::FewWords { needed: 5 }, blocks: false };
    assert_eq!(check(&draft, &Account::default()), [advice]);
}

#[test]
fn named_places_have_named_samples() {
    let mut draft = reminder();
    draft.format = Format::Named;
    let named = |name: &str, text: &str| Value { name: Some(name.into()), text: text.into() };
    draft.definition.body = Text {
        text: "Hola {{nombre}}, te recordamos tu cita del {{fecha}} en la clínica. Te esperamos.".into(),
        samples: vec![named("nombre", "Lucía")],
    };
    assert_eq!(flaws(&draft), [(Spot::Sample("fecha".into()), Wrong::Missing)]);
    draft.definition.body.samples.push(named("fecha", "sábado"));
    assert_eq!(flaws(&draft), []);
    draft.format = Format::Positional;
    assert_eq!(flaws(&draft), [(Spot::Body, Wrong::Mixed)]);
}

#[test]
fn headers_and_footers_are_short_and_a_file_has_a_sample() {
    let header = |text: &str, samples: Vec<Value>| {
        let header = Header::Text(Text { text: text.into(), samples });
        with(|draft| draft.definition.header = Some(header))
    };
    assert_eq!(header(&"a".repeat(61), vec![]), [(Spot::Header, Wrong::TooLong { length: 61, most: 60 })]);
    assert_eq!(header("Cita {{1}}", vec![]), [(Spot::HeaderSample, Wrong::Missing)]);
    assert_eq!(header("Cita {{1}}", vec![sample("A-1")]), []);
    let two = Wrong::TooManyPlaces { most: 1 };
    assert_eq!(header("{{1}} y {{2}}", vec![sample("a"), sample("b")]), [(Spot::Header, two)]);
    assert_eq!(
        with(|draft| draft.definition.header = Some(Header::Image { sample: None })),
        [(Spot::HeaderSample, Wrong::Missing)]
    );
    assert_eq!(with(|draft| draft.definition.header = Some(Header::Location)), []);
    assert_eq!(with(|d| d.definition.footer = Some("Hola {{1}}".into())), [(Spot::Footer, Wrong::NoPlaces)]);
}

#[test]
fn buttons_have_their_numbers_order_and_values() {
    let phone = |number: &str| Button::Phone { text: "Llamar".into(), number: number.into() };
    assert_eq!(buttons(vec![reply("a"), reply("b"), link("https://sonrisas.pe/p", None)]), []);
    assert_eq!(
        buttons(vec![reply("a"), link("https://sonrisas.pe/p", None), reply("b")]),
        [(Spot::Buttons, Wrong::Scattered)]
    );
    assert_eq!(buttons(vec![reply("a"), reply("a")]), [(Spot::Button(1), Wrong::Repeated)]);
    assert_eq!(
        buttons(vec![
            phone("+51 1 555 0100"),
            Button::Phone { text: "Otra".into(), number: "+5115550101".into() }
        ]),
        [(Spot::Buttons, Wrong::TooMany { count: 2, most: 1 })]
    );
    assert_eq!(buttons(vec![phone("llámame")]), [(Spot::ButtonValue(0), Wrong::Malformed)]);
    assert_eq!(
        buttons((0..11).map(|n| reply(&format!("b{n}"))).collect()),
        [(Spot::Buttons, Wrong::TooMany { count: 11, most: 10 })]
    );
    assert_eq!(
        buttons(vec![reply(&"a".repeat(26))]),
        [(Spot::Button(0), Wrong::TooLong { length: 26, most: 25 })]
    );
}

#[test]
fn an_address_has_at_most_one_place_and_that_at_its_end() {
    let url = |url: &str, sample: Option<&str>| {
        buttons(vec![link(url, sample)]).into_iter().map(|flaw| flaw.1).next()
    };
    assert_eq!(url("https://sonrisas.pe/c/{{1}}", Some("https://sonrisas.pe/c/7")), None);
    assert_eq!(url("https://sonrisas.pe/c/{{1}}", None), Some(Wrong::Missing));
    assert_eq!(url("https://sonrisas.pe/{{1}}/c", Some("x")), Some(Wrong::PlaceNotLast));
    assert_eq!(url("https://sonrisas.pe/{{1}}{{2}}", Some("x")), Some(Wrong::TooManyPlaces { most: 1 }));
    for malformed in [
        "sonrisas.pe",
        "https://",
        "https://sonrisas",
        "https://{{1}}",
        "https://a.pe{{1}}",
        "https://a.pe/a b",
    ] {
        assert_eq!(url(malformed, Some("x")), Some(Wrong::Malformed), "{malformed}");
    }
}

#[test]
fn one_time_codes_have_no_words_of_ours() {
    let mut draft = reminder();
    draft.category = categories::AUTHENTICATION.into();
    draft.definition = Definition {
        buttons: vec![Button::OneTimeCode {
            how: "COPY_CODE".into(),
            text: None,
            autofill: None,
            apps: vec![],
            terms_accepted: false,
        }],
        code: Some(CodeTerms { warning: true, minutes: Some(10) }),
        ..Definition::default()
    };
    assert_eq!(flaws(&draft), []);
    draft.definition.code = Some(CodeTerms { warning: true, minutes: Some(91) });
    assert_eq!(flaws(&draft), [(Spot::Code, Wrong::OutOfRange { least: 1, most: 90 })]);
    draft.definition.code = None;
    draft.definition.footer = Some("Sonrisas".into());
    assert_eq!(flaws(&draft), [(Spot::Footer, Wrong::NotInCategory)]);
    draft.definition.footer = None;
    draft.definition.buttons.clear();
    assert_eq!(flaws(&draft), [(Spot::Buttons, Wrong::NotInCategory)]);
}

#[test]
fn the_account_has_room_and_nothing_the_same() {
    let other = |name: &str| Other {
        name: name.into(),
        language: "es".into(),
        body: reminder().definition.body.text,
        footer: reminder().definition.footer,
    };
    let found = |account: &Account| {
        check(&reminder(), account)
            .into_iter()
            .map(|flaw| (flaw.at, flaw.what, flaw.blocks))
            .collect::<Vec<_>>()
    };
    let twin = Account { others: vec![other("cita_vieja")], ..Account::default() };
    assert_eq!(found(&twin), [(Spot::Body, Wrong::Duplicate { of: "cita_vieja".into() }, true)]);
    let same = Account { others: vec![other("recordatorio_cita")], ..Account::default() };
    assert_eq!(found(&same), [(Spot::Name, Wrong::Taken, true)]);
    let many: Vec<Other> = (0..250)
        .map(|n| Other { name: format!("t{n}"), language: "es".into(), ..Other::default() })
        .collect();
    let full = Wrong::TooMany { count: 250, most: 250 };
    let unverified = Account { others: many.clone(), verified: Some(false), within_an_hour: 0 };
    assert_eq!(found(&unverified), [(Spot::Account, full.clone(), true)]);
    let unknown = Account { others: many.clone(), verified: None, within_an_hour: 0 };
    assert_eq!(found(&unknown), [(Spot::Account, full, false)]);
    let verified = Account { others: many, verified: Some(true), within_an_hour: META.an_hour.most };
    assert_eq!(found(&verified), [(Spot::Account, Wrong::TooFast { most: 100 }, true)]);
}

#[test]
fn delivery_is_tried_within_the_range_of_the_category() {
    assert_eq!(with(|draft| draft.ttl_seconds = Some(-1)), []);
    assert_eq!(with(|draft| draft.ttl_seconds = Some(43_200)), []);
    let range = Wrong::OutOfRange { least: 30, most: 43_200 };
    assert_eq!(with(|draft| draft.ttl_seconds = Some(43_201)), [(Spot::Ttl, range)]);
}

proptest! {
    /// Whatever is typed, checking ends and names only what is there.
    #[test]
    fn nothing_typed_breaks_the_check(
        name in "[a-zA-Z_ ñ]{0,20}",
        text in "([a-z ñ]{0,6}|\\{\\{[0-9a-zA-Z ]{0,3}\\}\\}|[{}]){0,12}",
        url in "(https?://)?[a-z./ {}1]{0,24}",
        named in any::<bool>(),
    ) {
        let mut draft = reminder();
        draft.name = name;
        draft.format = if named { Format::Named } else { Format::Positional };
        draft.definition.body = Text::new(text);
        draft.definition.buttons = vec![link(&url, None), reply("Sí")];
        for flaw in check(&draft, &Account::default()) {
            if let Spot::Button(at) | Spot::ButtonValue(at) = flaw.at {
                prop_assert!(at < 2);
            }
        }
    }

    /// Counted places without a gap, with words between and around, are never refused for their places.
    #[test]
    fn words_around_counted_places_are_enough(count in 0_usize..8) {
        let middle: String = (1..=count).map(|n| format!("dato {{{{{n}}}}} sigue aquí y allá, ")).collect();
        let text = format!("Hola, {middle} gracias por escribir.");
        prop_assert_eq!(body(&text), vec![]);
    }
}
