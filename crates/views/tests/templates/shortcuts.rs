//! The table of keys and the scripts that say what they do.

use std::{collections::BTreeSet, fs, path::Path};

use crate::between;

#[test]
fn every_key_of_the_table_does_something_and_nothing_has_a_key_that_the_help_does_not_show() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/assets/js");
    let mut registered = BTreeSet::new();
    for entry in fs::read_dir(scripts).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        registered.extend(between(&text, "key(\"", "\"").into_iter().map(str::to_owned));
        // Those that are registered in a loop, by their names or by pairs of a name and what it does.
        for line in text.lines().filter(|line| line.contains("]) key(")) {
            let list = between(line, " of [", "]) key(")[0];
            let names =
                if list.contains('[') { between(list, "[\"", "\"") } else { list.split(", ").collect() };
            registered.extend(names.into_iter().map(|name| name.trim_matches('"').to_owned()));
        }
    }
    let table: BTreeSet<String> = views::keys::names().into_iter().map(str::to_owned).collect();
    assert!(table.len() > 20, "the table is there at all");
    assert_eq!(registered, table);
}
