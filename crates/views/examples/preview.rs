//! Writes the screens with sample data into a folder, for looking at them without a server:
//! `cargo run -p views --example preview -- /tmp/preview`, then serve that folder.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use domain::conversation::ReplyWindow;
use views::{ErrorPage, Lang, SignInError, SignInPage, Template, Theme, sample};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "/tmp/preview".to_owned()));
    fs::create_dir_all(&folder)?;
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/assets");
    copy(&assets, &folder.join("assets"))?;
    for (lang, theme) in [
        (Lang::Es, Theme::Light),
        (Lang::Es, Theme::Dark),
        (Lang::PtBr, Theme::Light),
        (Lang::En, Theme::Dark),
    ] {
        let page = |name: &str| folder.join(format!("{name}-{}-{}.html", lang.as_str(), theme.as_str()));
        let inbox = |thread| sample::inbox(lang, theme, thread).render();
        fs::write(page("inbox"), inbox(Some(sample::thread(sample::open())))?)?;
        fs::write(
            page("inbox-closed"),
            inbox(Some(sample::thread(ReplyWindow::Closed(Some(sample::now())))))?,
        )?;
        fs::write(page("inbox-list"), inbox(None)?)?;
        fs::write(page("inbox-all"), inbox(Some(sample::everything()))?)?;
        fs::write(page("day"), sample::day(lang, theme, theme == Theme::Light, true).render()?)?;
        fs::write(page("sign-in"), sign_in(lang, theme).render()?)?;
        let error = ErrorPage {
            tx: sample::tx(lang),
            theme,
            assets: "/assets".to_owned(),
            status: 404,
            request: "01989f3c".to_owned(),
        };
        fs::write(page("error"), error.render()?)?;
    }
    Ok(())
}

fn sign_in(lang: Lang, theme: Theme) -> SignInPage {
    SignInPage {
        tx: sample::tx(lang),
        theme,
        nonce: "bm9uY2U".to_owned(),
        csrf: "dG9rZW4".to_owned(),
        assets: "/assets".to_owned(),
        company: "Clínica Dental Sonrisas".to_owned(),
        email: "valeria.quispe@sonrisas.pe".to_owned(),
        next: "/inbox".to_owned(),
        error: (theme == Theme::Dark).then_some(SignInError::Throttled { wait_seconds: 90 }),
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
