use proptest::prelude::*;

use super::*;

fn id(of: NationalId) -> AttributeKind {
    AttributeKind::NationalId { of }
}

#[test]
fn numbers_of_states_are_taken_in_any_spelling_and_stored_in_one() {
    for (of, typed, stored, written) in [
        (NationalId::Cpf, "529.982.247-25", "52998224725", "529.982.247-25"),
        (NationalId::Cnpj, "11.222.333/0001-81", "11222333000181", "11.222.333/0001-81"),
        // The authority's own example of one with letters.
        (NationalId::Cnpj, "12.abc.345/01de-35", "12ABC34501DE35", "12.ABC.345/01DE-35"),
        (NationalId::Rut, "12.345.678-5", "123456785", "12.345.678-5"),
        (NationalId::Rut, "10000013-k", "10000013K", "10.000.013-K"),
        (NationalId::Rfc, "GODE561231GR8", "GODE561231GR8", "GODE561231GR8"),
        (NationalId::Rfc, "ñub-840210-ab1", "ÑUB840210AB1", "ÑUB840210AB1"),
        (NationalId::Curp, "heGG560427mvzrrl04", "HEGG560427MVZRRL04", "HEGG560427MVZRRL04"),
        (NationalId::Cuit, "20-12345678-6", "20123456786", "20-12345678-6"),
        (NationalId::Dni, "12.345.678", "12345678", "12345678"),
        (NationalId::Ruc, "20100070970", "20100070970", "20100070970"),
    ] {
        assert_eq!(id(of).normalise(typed), Ok(Some(stored.to_owned())), "{of} {typed}");
        assert_eq!(id(of).shown(stored), written);
        assert_eq!(id(of).normalise(written), Ok(Some(stored.to_owned())), "what is shown can be typed");
    }
}

#[test]
fn a_mistyped_figure_is_told_from_another_shape() {
    for (of, typed) in [
        (NationalId::Cpf, "529.982.247-26"),
        (NationalId::Cpf, "111.111.111-11"),
        (NationalId::Cnpj, "11.222.333/0001-82"),
        (NationalId::Rut, "12.345.678-6"),
        (NationalId::Curp, "HEGG560427MVZRRL05"),
        (NationalId::Cuit, "20-12345678-7"),
        (NationalId::Ruc, "20100070971"),
    ] {
        assert_eq!(id(of).normalise(typed), Err(Fault::Mistyped(of)), "{of} {typed}");
    }
    for (of, typed) in [
        (NationalId::Cpf, "529982247"),
        (NationalId::Cnpj, "11.222.333/0001-8A"),
        (NationalId::Rut, "K"),
        (NationalId::Rfc, "GODE561331GR8"),
        (NationalId::Curp, "HEGG569927MVZRRL04"),
        (NationalId::Cuit, "99-12345678-6"),
        (NationalId::Dni, "123456"),
        (NationalId::Ruc, "99100070970"),
        (NationalId::Ruc, "señorita"),
    ] {
        assert_eq!(id(of).normalise(typed), Err(Fault::NoId(of)), "{of} {typed}");
    }
}

#[test]
fn what_stands_in_a_field_is_what_its_kind_allows() {
    let plan = AttributeKind::Choice { options: vec!["Oro".into(), "Plata".into()] };
    for (kind, typed, expected) in [
        (&AttributeKind::Text, "  Av. Larco 123 ", Ok(Some("Av. Larco 123"))),
        (&AttributeKind::Text, "   ", Ok(None)),
        (&AttributeKind::Text, "a\u{0}b", Err(Fault::Unreadable)),
        (&AttributeKind::Number, "007,50", Ok(Some("7.5"))),
        (&AttributeKind::Number, "-0", Ok(Some("0"))),
        (&AttributeKind::Number, "3.", Err(Fault::NoNumber)),
        (&AttributeKind::Number, "tres", Err(Fault::NoNumber)),
        (&AttributeKind::Date, "2026-02-28", Ok(Some("2026-02-28"))),
        (&AttributeKind::Date, "2026-02-30", Err(Fault::NoDate)),
        (&AttributeKind::Flag, "true", Ok(Some("true"))),
        (&AttributeKind::Flag, "tal vez", Err(Fault::NoFlag)),
        (&plan, "oro", Ok(Some("Oro"))),
        (&plan, "bronce", Err(Fault::NoChoice)),
        (&AttributeKind::Link, "HTTPS://ficha.example/7", Ok(Some("https://ficha.example/7"))),
        (&AttributeKind::Link, "javascript:alert(1)", Err(Fault::NoLink)),
        (&AttributeKind::Link, "https://banco.example@malo.example/", Err(Fault::NoLink)),
    ] {
        let expected = expected.map(|value| value.map(str::to_owned));
        assert_eq!(kind.normalise(typed), expected, "{kind:?} {typed:?}");
    }
    assert_eq!(AttributeKind::Text.normalise(&"x".repeat(501)), Err(Fault::TooLong));
}

#[test]
fn a_number_is_taken_in_both_spellings_where_it_is_one_number() {
    for (typed, stored) in [
        ("1500", "1500"),
        ("1500.5", "1500.5"),
        ("1500,50", "1500.5"),
        ("1.500,50", "1500.5"),
        ("1,500.50", "1500.5"),
        ("-1.500,5", "-1500.5"),
        ("1.234.567", "1234567"),
        ("12,345,678", "12345678"),
        ("1.500,500", "1500.5"),
        // No thousands: too many figures before it, or a nought.
        ("1500,125", "1500.125"),
        ("0,125", "0.125"),
        // A decimal more than thousands have: it is stored so that it can be typed again.
        ("1,1250", "1.1250"),
        ("1.1250", "1.1250"),
    ] {
        assert_eq!(AttributeKind::Number.normalise(typed), Ok(Some(stored.to_owned())), "{typed}");
    }
    for typed in ["1.500", "1,500", "-12.000", "+999,999"] {
        assert_eq!(AttributeKind::Number.normalise(typed), Err(Fault::TwoNumbers), "{typed}");
    }
    for typed in [
        "1.50.000",
        "1.500.00",
        "1234.567,8",
        "1,5,0",
        "0.500.000",
        ".500",
        "1..500",
        "1.500,",
        "1.5a0,5",
        "abc.500",
    ] {
        assert_eq!(AttributeKind::Number.normalise(typed), Err(Fault::NoNumber), "{typed}");
    }
}

#[test]
fn what_states_know_people_by_is_hidden_whatever_was_chosen() {
    for of in NationalId::ALL {
        assert!(id(*of).hides(false) && id(*of).hides(true));
    }
    assert!(AttributeKind::Text.hides(true) && !AttributeKind::Text.hides(false));
}

#[test]
fn a_key_is_made_from_the_name_once() {
    assert_eq!(Attribute::key_from("Número de póliza").as_deref(), Some("numero_de_poliza"));
    assert_eq!(Attribute::key_from("2.º apellido").as_deref(), Some("n2_apellido"));
    assert_eq!(Attribute::key_from("→"), None);
    assert!(!Attribute::is_key("Póliza") && !Attribute::is_key("") && !Attribute::is_key("1a"));
}

proptest! {
    #[test]
    fn whatever_is_typed_is_stored_in_its_one_spelling_or_refused(text in "\\PC{0,24}", at in 0..NationalId::ALL.len()) {
        for kind in [id(NationalId::ALL[at]), AttributeKind::Text, AttributeKind::Number, AttributeKind::Link] {
            if let Ok(Some(stored)) = kind.normalise(&text) {
                prop_assert_eq!(kind.normalise(&stored), Ok(Some(stored.clone())));
            }
        }
    }
}
