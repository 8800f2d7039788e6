//! What we build upon: licences, banned crates and where crates come from, by the rules in `deny.toml`.

use std::fs;

use crate::{
    process::{capture, cargo, root},
    spdx,
    totals::Totals,
};

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Checks every crate that is built on this machine, tests included.
pub fn check() -> Result<Totals, String> {
    let rules = Rules::read(&read("deny.toml")?);
    if rules.allowed.is_empty() || rules.banned.is_empty() {
        return Err("deny.toml has no rules this check can read".into());
    }
    let mut tree = cargo();
    tree.args([
        "tree",
        "--workspace",
        "--all-features",
        "--locked",
        "--edges",
        "normal,build,dev",
        "--prefix",
        "none",
    ]);
    let tree = capture(tree.args(["--format", "{p}|{l}"]))?;
    if !tree.success {
        return Err(tree.text);
    }
    let mut objections = objections(&rules, &tree.text);
    objections.extend(foreign_sources(&read("Cargo.lock")?));
    if objections.is_empty() {
        println!("licences, bans and sources are as deny.toml wants them");
        return Ok(Totals::default());
    }
    Err(format!("{} objections to what we build upon\n{}", objections.len(), objections.join("\n")))
}

fn read(name: &str) -> Result<String, String> {
    fs::read_to_string(root().join(name)).map_err(|error| format!("{name}: {error}"))
}

struct Rules {
    allowed: Vec<String>,
    banned: Vec<String>,
}

impl Rules {
    /// Just enough TOML for our own file: the strings in `allow = [...]`, the crates in `deny = [...]`.
    fn read(text: &str) -> Self {
        let list = |name: &str| {
            let start = format!("{name} = [");
            text.lines().skip_while(move |line| *line != start).skip(1).take_while(|line| *line != "]")
        };
        let first_string = |line: &str| line.split('"').nth(1).map(String::from);
        Self {
            allowed: list("allow").filter_map(first_string).collect(),
            banned: list("deny").filter_map(first_string).collect(),
        }
    }
}

/// Of lines like `serde v1.0.228|MIT OR Apache-2.0`, perhaps with ` (*)` for a repeated one.
fn objections(rules: &Rules, tree: &str) -> Vec<String> {
    let mut found: Vec<String> = tree
        .lines()
        .filter_map(|line| line.split_once('|'))
        .filter_map(|(package, licence)| {
            let licence = licence.trim_end_matches("(*)").trim();
            let name = package.split(' ').next().unwrap_or_default();
            if rules.banned.iter().any(|banned| banned == name) {
                return Some(format!("{package}: banned"));
            }
            let allowed = |licence: &str| rules.allowed.iter().any(|allowed| allowed == licence);
            (!spdx::is_met(licence, &allowed)).then(|| format!("{package}: licence {licence:?}"))
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

fn foreign_sources(lock: &str) -> Vec<String> {
    lock.lines()
        .filter_map(|line| line.strip_prefix("source = "))
        .map(|source| source.trim_matches('"'))
        .filter(|source| *source != REGISTRY)
        .map(|source| format!("{source}: not crates.io"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "[licenses]\nallow = [\n    \"MIT\",\n    \"ISC\", # why\n]\n[bans]\ndeny = [\n    { crate = \"left-pad\", reason = \"x\" },\n]\n";

    #[test]
    fn the_rules_are_read_from_the_file_cargo_deny_reads() {
        let rules = Rules::read(RULES);
        assert_eq!(rules.allowed, ["MIT", "ISC"]);
        assert_eq!(rules.banned, ["left-pad"]);
    }

    #[test]
    fn a_wrong_licence_a_missing_one_and_a_banned_crate_are_named() {
        let tree = "good v1.0.0|MIT\n\ngood v1.0.0|MIT (*)\nviral v2.0.0|GPL-3.0-only\nsilent v1.0.0|\nleft-pad v1.0.0|MIT\n";
        let found = objections(&Rules::read(RULES), tree);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("left-pad"));
        assert!(found[1].starts_with("silent"));
        assert!(found[2].starts_with("viral"));
    }

    #[test]
    fn a_crate_from_elsewhere_is_named() {
        let lock = format!("source = \"{REGISTRY}\"\nsource = \"git+https://example.org/x#1\"\n");
        assert_eq!(foreign_sources(&lock), ["git+https://example.org/x#1: not crates.io"]);
    }
}
