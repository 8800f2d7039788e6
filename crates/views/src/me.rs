//! One's own settings: who I am, how I want to see things, what stands under my answers.
//!
//! The page is a list of sections. Each is a partial of its own (`me_….html`), a few fields of [`MePage`], and a form
//! that posts to an operation of its own, which answers with the page or sends back to `/me?saved=section#section`.

use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::SessionId;

use crate::{
    Density, Frame, Lang, PersonTag, TextSize, Theme, Tx, bell::BellForm, device::Device, zone::ZoneGroup,
};

/// GET /me.
#[derive(Debug, Template)]
#[template(path = "me.html")]
pub struct MePage {
    /// What is around it. Language, theme, density and time zone are those of the viewer.
    pub frame: Frame,
    /// The address to sign in with.
    pub email: String,
    /// The role's name.
    pub role: String,
    /// The zone of their own, where they have chosen one.
    pub zone: Option<String>,
    /// The company's.
    pub house_zone: Tz,
    /// The zones to choose from.
    pub zones: Vec<ZoneGroup>,
    /// A zone that was given and is none.
    pub wrong_zone: Option<String>,
    /// What stands under their answers.
    pub signature: String,
    /// What was wrong with another password, if they wanted one.
    pub password: Option<PasswordProblem>,
    /// Their second factor.
    pub factor: Option<FactorLine>,
    /// Whether the house insists on one.
    pub factor_insists: bool,
    /// What was wanted of it (`set`, `codes`, `off`), and why it was not done.
    pub factor_problem: Option<(&'static str, FactorProblem)>,
    /// Where they are signed in, this browser first.
    pub sessions: Vec<SessionLine>,
    /// The section that was saved a moment ago.
    pub saved: Option<&'static str>,
}

/// Why the password stays what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProblem {
    /// The one of now was not right.
    Current,
    /// The new one can't be had: the key of the words for it.
    New(&'static str),
    /// Too many attempts; wait so many seconds.
    Wait(i64),
}

impl PasswordProblem {
    fn of_current(self, tx: &Tx) -> Option<String> {
        match self {
            Self::Current => Some(tx.t("password-wrong")),
            Self::Wait(seconds) => Some(crate::sign_in::wait(tx, seconds)),
            Self::New(_) => None,
        }
    }

    fn of_new(self, tx: &Tx) -> Option<String> {
        match self {
            Self::New(word) => Some(tx.t(word)),
            Self::Current | Self::Wait(_) => None,
        }
    }
}

/// A second factor as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactorLine {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Recovery codes not used yet.
    pub codes_left: i64,
}

/// Why nothing about the second factor was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorProblem {
    /// The password is not right.
    Password,
    /// The code is not right.
    Code,
    /// Too many attempts; wait so many seconds.
    Wait(i64),
    /// The page with the key stood open too long.
    Stale,
}

/// A form about the second factor: what it is for, where it is sent, and the keys of its name and of what it does.
type FactorForm = (&'static str, &'static str, &'static str, &'static str);

/// A browser in which the person is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// Which.
    pub id: SessionId,
    /// The browser.
    pub device: Device,
    /// Where it is, as an address of the network.
    pub address: String,
    /// Signed in at.
    pub begun: DateTime<Utc>,
    /// Last real activity.
    pub seen: DateTime<Utc>,
    /// Whether it is the one that looks at the page.
    pub current: bool,
}

impl SessionLine {
    const fn icon(&self) -> &'static str {
        if self.device.mobile { "i-smartphone" } else { "i-monitor" }
    }
}

/// The sections, in their order: the word in the address, the icon, and the key of its title.
pub const SECTIONS: &[(&str, &str, &str)] = &[
    ("who", "i-user-round", "me-who"),
    ("look", "i-eye", "me-look"),
    ("answers", "i-pencil", "me-answers"),
    ("bell", "i-bell", "bell-title"),
    ("single-keys", "i-keyboard", "keys-title"),
    ("password", "i-key-round", "password-title"),
    ("factor", "i-shield-check", "factor-title"),
    ("sessions", "i-monitor", "sessions-title"),
];

/// The section of that word.
#[must_use]
pub fn section(word: &str) -> Option<&'static str> {
    SECTIONS.iter().map(|(section, ..)| *section).find(|section| *section == word)
}

impl MePage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    fn person(&self) -> PersonTag {
        PersonTag { id: self.frame.viewer.id, name: self.frame.viewer.name.clone() }
    }

    /// How they are told of what calls for them.
    #[must_use]
    pub const fn bell(&self) -> BellForm<'_> {
        BellForm { frame: &self.frame }
    }

    fn is_saved(&self, section: &str) -> bool {
        self.saved == Some(section)
    }

    fn saved_word(&self) -> &'static str {
        match self.saved {
            Some("password") => "password-changed",
            Some("sessions") => "sessions-ended",
            Some("factor") => "factor-off-done",
            _ => "me-saved",
        }
    }

    fn wrong_current(&self) -> Option<String> {
        self.password.and_then(|problem| problem.of_current(&self.frame.tx))
    }

    fn wrong_new(&self) -> Option<String> {
        self.password.and_then(|problem| problem.of_new(&self.frame.tx))
    }

    fn factor_forms(&self) -> Vec<FactorForm> {
        let all: [FactorForm; 3] = [
            ("set", "/me/factor", "factor-replace", "factor-replace-about"),
            ("codes", "/me/factor/codes", "factor-remake", "factor-remake-about"),
            ("off", "/me/factor/off", "factor-off", "factor-off-about"),
        ];
        all.into_iter().filter(|(what, ..)| !(self.factor_insists && *what == "off")).collect()
    }

    fn is_open(&self, what: &str) -> bool {
        self.factor_problem.is_some_and(|(wanted, problem)| wanted == what && problem != FactorProblem::Stale)
    }

    fn is_off(&self, what: &str) -> bool {
        what == "off"
    }

    fn is_stale(&self) -> bool {
        matches!(self.factor_problem, Some((_, FactorProblem::Stale)))
    }

    fn wrong_password(&self, what: &str) -> Option<String> {
        match self.factor_problem.filter(|(wanted, _)| *wanted == what)?.1 {
            FactorProblem::Password => Some(self.frame.tx.t("password-wrong")),
            FactorProblem::Wait(seconds) => Some(crate::sign_in::wait(&self.frame.tx, seconds)),
            FactorProblem::Code | FactorProblem::Stale => None,
        }
    }

    fn wrong_code(&self, what: &str) -> Option<String> {
        let (wanted, problem) = self.factor_problem?;
        (wanted == what && problem == FactorProblem::Code).then(|| self.frame.tx.t("code-wrong"))
    }

    fn is_zone(&self, name: &str) -> bool {
        self.zone.as_deref() == Some(name)
    }

    /// The languages to choose from.
    #[must_use]
    pub const fn languages(&self) -> [Lang; 3] {
        Lang::ALL
    }

    /// The themes to choose from, each with the key of its word.
    #[must_use]
    pub const fn themes(&self) -> [(Theme, &'static str); 3] {
        [(Theme::System, "me-theme-system"), (Theme::Light, "me-theme-light"), (Theme::Dark, "me-theme-dark")]
    }

    /// The densities to choose from, each with the key of its word.
    #[must_use]
    pub const fn densities(&self) -> [(Density, &'static str); 2] {
        [(Density::Comfortable, "me-density-comfortable"), (Density::Compact, "me-density-compact")]
    }

    /// The sizes of text to choose from, each with the key of its word.
    #[must_use]
    pub const fn texts(&self) -> [(TextSize, &'static str); 3] {
        [
            (TextSize::Small, "me-text-small"),
            (TextSize::Normal, "me-text-normal"),
            (TextSize::Large, "me-text-large"),
        ]
    }
}
