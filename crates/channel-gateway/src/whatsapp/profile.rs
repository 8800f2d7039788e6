//! The business profile that customers see (whatsapp-cloud.md §8.3): read, written, and its limits known beforehand.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::graph::{Graph, GraphFault};

const FIELDS: &str = "about,address,description,email,profile_picture_url,websites,vertical";

/// Kinds of business a profile can name.
pub const VERTICALS: [&str; 21] = [
    "ALCOHOL",
    "APPAREL",
    "AUTO",
    "BEAUTY",
    "EDU",
    "ENTERTAIN",
    "EVENT_PLAN",
    "FINANCE",
    "GOVT",
    "GROCERY",
    "HEALTH",
    "HOTEL",
    "NONPROFIT",
    "ONLINE_GAMBLING",
    "OTC_DRUGS",
    "OTHER",
    "PHYSICAL_GAMBLING",
    "PROF_SERVICES",
    "RESTAURANT",
    "RETAIL",
    "TRAVEL",
];

/// The largest picture of a profile, in bytes.
pub const LARGEST_PICTURE: usize = 5 * 1024 * 1024;

/// A profile. Empty means that nothing stands there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// One line under the name.
    pub about: String,
    /// Where the business is.
    pub address: String,
    /// What it does.
    pub description: String,
    /// Its mail address.
    pub email: String,
    /// Its kind: one of [`VERTICALS`].
    pub vertical: String,
    /// Its sites.
    pub websites: Vec<String>,
    /// Where its picture is; Meta's address, which changes.
    pub picture_url: Option<String>,
}

/// What is wrong with a profile before Meta is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileFlaw {
    /// The field has more characters than Meta takes.
    TooLong {
        /// Which.
        field: &'static str,
        /// How many it takes.
        most: usize,
    },
    /// The one line can't be emptied.
    AboutEmpty,
    /// No mail address.
    Email,
    /// More than two sites.
    TooManySites,
    /// A site without `http://` or `https://`.
    Site,
    /// No kind of business Meta knows.
    Vertical,
}

impl Profile {
    /// What is wrong with it; nothing is sent unless nothing is. `before` is what stands there now.
    #[must_use]
    pub fn flaws(&self, before: &Self) -> Vec<ProfileFlaw> {
        let limits = [
            ("about", &self.about, 139),
            ("address", &self.address, 256),
            ("description", &self.description, 512),
            ("email", &self.email, 128),
        ];
        let mut flaws: Vec<ProfileFlaw> = limits
            .into_iter()
            .filter(|(_, text, most)| text.chars().count() > *most)
            .map(|(field, _, most)| ProfileFlaw::TooLong { field, most })
            .collect();
        if self.about.trim().is_empty() && !before.about.is_empty() {
            flaws.push(ProfileFlaw::AboutEmpty);
        }
        let is_mail = |text: &str| {
            text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
                && !text.contains(char::is_whitespace)
        };
        if !self.email.is_empty() && !is_mail(&self.email) {
            flaws.push(ProfileFlaw::Email);
        }
        if self.websites.len() > 2 {
            flaws.push(ProfileFlaw::TooManySites);
        }
        for site in &self.websites {
            if site.chars().count() > 256 {
                flaws.push(ProfileFlaw::TooLong { field: "websites", most: 256 });
            }
            if !(site.starts_with("https://") || site.starts_with("http://")) {
                flaws.push(ProfileFlaw::Site);
            }
        }
        let known = VERTICALS.contains(&self.vertical.as_str()) || self.vertical == before.vertical;
        if !known && !self.vertical.is_empty() {
            flaws.push(ProfileFlaw::Vertical);
        }
        flaws
    }

    fn read(body: &Value) -> Self {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self {
            about: text("about"),
            address: text("address"),
            description: text("description"),
            email: text("email"),
            vertical: text("vertical"),
            websites: body["websites"]
                .as_array()
                .map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect())
                .unwrap_or_default(),
            picture_url: body["profile_picture_url"].as_str().map(str::to_owned),
        }
    }

    /// Only what differs from `before`: a field that is not sent stays as it is.
    fn changes(&self, before: &Self) -> Value {
        let mut body = json!({ "messaging_product": "whatsapp" });
        for (name, now, then) in [
            ("about", &self.about, &before.about),
            ("address", &self.address, &before.address),
            ("description", &self.description, &before.description),
            ("email", &self.email, &before.email),
            ("vertical", &self.vertical, &before.vertical),
        ] {
            if now != then {
                body[name] = now.as_str().into();
            }
        }
        if self.websites != before.websites {
            body["websites"] = json!(self.websites);
        }
        body
    }
}

/// The profile of a number.
///
/// # Errors
/// See [`GraphFault`].
pub async fn read(graph: &Graph, number: &str) -> Result<Profile, GraphFault> {
    let body = graph.get(&[number, "whatsapp_business_profile"], &[("fields", FIELDS)]).await?;
    Ok(Profile::read(&body["data"][0]))
}

/// Changes what differs. Check [`Profile::flaws`] first.
///
/// # Errors
/// See [`GraphFault`].
pub async fn write(graph: &Graph, number: &str, before: &Profile, now: &Profile) -> Result<(), GraphFault> {
    graph.post(&[number, "whatsapp_business_profile"], &now.changes(before)).await.map(drop)
}

/// Puts a picture there that was given to Meta before ([`Graph::upload`]).
///
/// # Errors
/// See [`GraphFault`].
pub async fn set_picture(graph: &Graph, number: &str, handle: &str) -> Result<(), GraphFault> {
    let body = json!({ "messaging_product": "whatsapp", "profile_picture_handle": handle });
    graph.post(&[number, "whatsapp_business_profile"], &body).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clinic() -> Profile {
        Profile {
            about: "Tu sonrisa, en buenas manos".to_owned(),
            email: "hola@sonrisas.example".to_owned(),
            vertical: "HEALTH".to_owned(),
            websites: vec!["https://sonrisas.example".to_owned()],
            ..Profile::default()
        }
    }

    #[test]
    fn limits_are_counted_in_characters_and_known_beforehand() {
        let flaws = |change: fn(&mut Profile)| {
            let mut profile = clinic();
            change(&mut profile);
            profile.flaws(&clinic())
        };
        assert_eq!(flaws(|_| ()), []);
        assert_eq!(flaws(|one| one.about = "ñ".repeat(139)), []);
        assert_eq!(
            flaws(|one| one.about = "ñ".repeat(140)),
            [ProfileFlaw::TooLong { field: "about", most: 139 }]
        );
        assert_eq!(flaws(|one| one.about.clear()), [ProfileFlaw::AboutEmpty]);
        assert_eq!(flaws(|one| one.email = "hola".to_owned()), [ProfileFlaw::Email]);
        assert_eq!(flaws(|one| one.email.clear()), []);
        assert_eq!(flaws(|one| one.websites = vec!["sonrisas.example".to_owned()]), [ProfileFlaw::Site]);
        assert_eq!(
            flaws(|one| one.websites = vec!["https://a.example".to_owned(); 3]),
            [ProfileFlaw::TooManySites]
        );
        assert_eq!(flaws(|one| one.vertical = "DENTIST".to_owned()), [ProfileFlaw::Vertical]);
        assert_eq!(
            flaws(|one| one.description = "x".repeat(513)),
            [ProfileFlaw::TooLong { field: "description", most: 512 }]
        );
    }

    #[test]
    fn only_what_changed_is_sent() {
        let mut now = clinic();
        now.description = "Clínica dental".to_owned();
        now.websites.clear();
        let body = now.changes(&clinic());
        assert_eq!(
            body,
            json!({"messaging_product": "whatsapp", "description": "Clínica dental", "websites": []})
        );
    }
}
