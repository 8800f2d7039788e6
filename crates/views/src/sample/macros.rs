//! Quick replies of the company.

use crate::{
    Lang, Section, Theme,
    macros::{MacroFile, MacroForm, MacroLine, MacrosPage},
};

use super::{frame, id};

/// The page with three of them, one in the form.
#[must_use]
pub fn macros(lang: Lang, theme: Theme) -> MacrosPage {
    let line = |number, name: &str, body: &str, whose: &str, actions: &[&str]| MacroLine {
        id: id(12, number),
        name: name.to_owned(),
        body: body.to_owned(),
        actions: actions.iter().map(|word| (*word).to_owned()).collect(),
        files: if number == 2 { vec!["<b>precios</b>.pdf".to_owned()] } else { Vec::new() },
        whose: whose.to_owned(),
    };
    MacrosPage {
        frame: frame(lang, theme, Section::Admin),
        lines: vec![
            line(1, "saludo", "Hola, {{contact.first_name}}", "Mía", &[]),
            line(2, "pago-cuotas", "Aceptamos Visa, Mastercard y Yape.", "Lima", &[]),
            line(3, "gracias", "\"><script>alert(1)</script>", "Toda la empresa", &["Resolver"]),
        ],
        form: MacroForm {
            id: Some(id(12, 3)),
            name: "gracias".to_owned(),
            body: "\"><script>alert(1)</script>".to_owned(),
            whose: "all".to_owned(),
            close: "with-none".to_owned(),
            files: vec![MacroFile {
                id: id(14, 1),
                name: "\"><img src=x>.pdf".to_owned(),
                size: "312 kB".to_owned(),
            }],
            ..MacroForm::default()
        },
        whose: vec![("own".to_owned(), "Mía".to_owned()), ("all".to_owned(), "Toda la empresa".to_owned())],
        outcomes: vec![
            ("with-none".to_owned(), "Resolver sin resultado".to_owned()),
            ("vendido".to_owned(), "Venta › \"><b>Hecha</b>".to_owned()),
        ],
        queues: vec![(id(5, 1), "Citas".to_owned()), (id(5, 2), "Ventas".to_owned())],
        places: vec!["contact.first_name".to_owned(), "attribute.seguro".to_owned()],
        done: Some("macros-saved"),
        refused: Some("Ya hay una respuesta rápida con ese nombre.".to_owned()),
    }
}
