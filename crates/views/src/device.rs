//! What a browser calls itself, in plain words.

use crate::Tx;

/// A browser and what it runs on, as far as it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// The browser's name.
    pub browser: Option<&'static str>,
    /// The system's name.
    pub system: Option<&'static str>,
    /// Whether it is held in a hand.
    pub mobile: bool,
}

/// Most browsers say the names of others too; the first one that is found is the right one.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Opera", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Vivaldi", "Vivaldi"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
];

impl Device {
    /// Reads the `User-Agent` of a session.
    #[must_use]
    pub fn of(agent: &str) -> Self {
        let find = |names: &[(&str, &'static str)]| {
            names.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
        };
        let system = find(&SYSTEMS);
        let mobile = matches!(system, Some("iPhone" | "iPad" | "Android"));
        Self { browser: find(&BROWSERS), system, mobile }
    }

    /// In the viewer's language: `Chrome en Windows`.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        use crate::tx::Arg::Text;
        match (self.browser, self.system) {
            (Some(browser), Some(system)) => {
                tx.with("session-device", [("browser", Text(browser)), ("system", Text(system))])
            }
            (Some(name), None) | (None, Some(name)) => name.to_owned(),
            (None, None) => tx.t("session-unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lang, sample};

    #[test]
    fn browsers_are_called_what_people_call_them() {
        let es = sample::tx(Lang::Es);
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36";
        for (agent, words, mobile) in [
            (chrome.to_owned(), "Chrome en Windows", false),
            (format!("{chrome} Edg/142.0"), "Edge en Windows", false),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/18 Safari/605.1".into(), "Safari en Mac", false),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 CriOS/142 Mobile/15E Safari/604".into(), "Chrome en iPhone", true),
            ("Mozilla/5.0 (Linux; Android 14; SM-A155) AppleWebKit/537 SamsungBrowser/27 Chrome/125 Mobile Safari/537".into(), "Samsung Internet en Android", true),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".into(), "Firefox en Linux", false),
            ("curl/8.5".into(), "Navegador desconocido", false),
            (String::new(), "Navegador desconocido", false),
        ] {
            let device = Device::of(&agent);
            assert_eq!((device.words(&es).as_str(), device.mobile), (words, mobile), "{agent}");
        }
    }
}
