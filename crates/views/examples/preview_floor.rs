//! Writes the floor, administration and account pages with sample data into a folder, for looking at them without
//! a server: `cargo run -p views --example preview_floor -- /tmp/preview`, then serve that folder.
//! `preview` copies the assets there.

#![expect(clippy::unwrap_used, reason = "samples are right or fail loudly")]

#[path = "../tests/floor/company.rs"]
mod company;

use std::{error::Error, fs, path::PathBuf};

use chrono::Utc;
use views::{Lang, Template, Theme};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "/tmp/preview".to_owned()));
    fs::create_dir_all(&folder)?;
    let now = Utc::now();
    for lang in Lang::ALL {
        for theme in [Theme::Light, Theme::Dark] {
            let page = |name: &str| folder.join(format!("{name}-{}-{}.html", lang.as_str(), theme.as_str()));
            let floor = company::floor(lang, theme, now);
            fs::write(page("floor"), floor.render()?)?;
            let mut quiet = floor;
            quiet.queues.truncate(1);
            quiet.conversations.clear();
            quiet.alerts.clear();
            quiet.may_assign = false;
            fs::write(page("floor-quiet"), quiet.render()?)?;
            fs::write(page("admin"), company::admin(lang, theme, now).render()?)?;
            fs::write(page("me"), company::me(lang, theme, theme == Theme::Dark).render()?)?;
        }
    }
    Ok(())
}
