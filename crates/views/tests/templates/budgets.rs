//! Sizes that keep an old PC on a slow line comfortable.

use std::{collections::BTreeSet, fs, io::Write as _, path::Path};

use domain::DeliveryState;
use flate2::{Compression, write::GzEncoder};
use views::{Lang, MessageFragment, RowFragment, Template, Theme, sample};

use crate::between;

const ROW: usize = 1200;
const BUBBLE: usize = 900;
const SCRIPTS: usize = 35_000;
const STYLES: usize = 18_000;
const PAGE: usize = 30_000;

fn gzip(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

#[test]
fn a_row_and_a_bubble_are_small() {
    let tx = sample::tx(Lang::Es);
    for row in &sample::rows() {
        let size = RowFragment { tx, row }.render().unwrap().len();
        assert!(size <= ROW, "the row of {} has {size} bytes", row.contact_name);
    }
    let body = "Gracias, ya la vio la doctora Paredes. Te propongo el sábado 21 a las 9:30 con ella.";
    let ours = sample::outbound(1, 1, body, DeliveryState::Read);
    let theirs = sample::inbound(2, 1, sample::text(body));
    for message in [ours, theirs] {
        let size = MessageFragment { tx, message: &message }.render().unwrap().len();
        assert!(size <= BUBBLE, "a bubble has {size} bytes");
    }
}

#[test]
fn the_assets_are_small() {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/assets");
    // What a page loads at first: its own modules and everything they import. What nobody has asked for yet, a dialog or a
    // picker that comes by `import("./x.js")`, has a limit of its own.
    for page in ["inbox.js", "floor.js", "templates.js", "admin.js", "routing.js"] {
        let mut modules = BTreeSet::new();
        let mut next = vec!["app.js".to_owned(), page.to_owned()];
        let mut size = 0;
        while let Some(module) = next.pop() {
            if modules.insert(module.clone()) {
                let script = fs::read_to_string(assets.join("js").join(&module)).unwrap();
                size += gzip(views::lean(&script).as_bytes());
                let at_once = script.replace("import(\"./", "");
                next.extend(between(&at_once, "\"./", "\"").into_iter().map(str::to_owned));
            }
        }
        assert!(modules.len() > 5, "the search finds the imports of {page}");
        assert!(size <= SCRIPTS, "the scripts of {page} have {size} bytes");
    }
}

#[test]
fn the_styles_of_an_inbox_are_small() {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/assets");
    let page = sample::inbox(Lang::Es, Theme::Light, None).render().unwrap();
    let asked = between(&page, "<link rel=\"stylesheet\" href=\"", "\"");
    let mut sheets = 0;
    let mut size = 0;
    for answer in &asked {
        let (folder, names) = answer.rsplit_once('/').unwrap();
        let folder = assets.join(if folder.ends_with("/css") { "css" } else { "" });
        let names = names.strip_suffix(".css").unwrap().split('+');
        let texts: Vec<_> = names
            .map(|name| views::lean(&fs::read_to_string(folder.join(name).with_extension("css")).unwrap()))
            .collect();
        sheets += texts.len();
        size += gzip(texts.concat().as_bytes());
    }
    assert!(asked.len() == 2 && sheets > 5, "{asked:?}");
    assert!(size <= STYLES, "the styles have {size} bytes");
}

#[test]
fn comments_of_styles_stand_apart() {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/assets");
    let inner = fs::read_dir(assets.join("css")).unwrap().map(|entry| entry.unwrap().path());
    for path in inner.chain([assets.join("styles.css")]) {
        let sheet = fs::read_to_string(&path).unwrap();
        for line in sheet.lines().map(str::trim) {
            let apart = !line.contains("*/") || line.ends_with("*/") && line.matches("/*").count() <= 1;
            assert!(apart, "{}: {line}", path.display());
        }
    }
}

#[test]
fn no_script_has_text_over_several_lines() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/assets/js");
    for entry in fs::read_dir(scripts).unwrap() {
        let path = entry.unwrap().path();
        for line in fs::read_to_string(&path).unwrap().lines() {
            assert!(
                line.matches('`').count() % 2 == 0 && !line.ends_with('\\'),
                "{}: {line}",
                path.display()
            );
        }
    }
}

#[test]
fn the_first_page_is_small() {
    let mut page = sample::inbox(Lang::Es, Theme::Light, Some(sample::everything()));
    page.list.rows = (0..50)
        .map(|number| {
            sample::row(number, "María José Ortega", i64::from(number), "text", "¿Aceptan tarjeta?")
        })
        .collect();
    let size = gzip(page.render().unwrap().as_bytes());
    assert!(size <= PAGE, "the page has {size} bytes");
}
