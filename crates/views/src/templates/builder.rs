//! GET /admin/channels/{id}/templates/new and …/{template}.

use askama::Template;
use domain::{
    TemplateId,
    template::{Draft, LANGUAGES, META, Status, categories},
};

use super::{list::Why, words};
use crate::{Frame, Tx, channels::ChannelHead};

/// A template to write, or to look at.
#[derive(Debug, Template)]
#[template(path = "template_builder.html")]
pub struct BuilderPage {
    /// What is around it.
    pub frame: Frame,
    /// The channel.
    pub head: ChannelHead,
    /// Which; none while it was never saved.
    pub id: Option<TemplateId>,
    /// Its status.
    pub status: Status,
    /// How the vendor likes it.
    pub quality: Option<String>,
    /// What it says.
    pub draft: Draft,
    /// The same, for the page's script.
    pub model: String,
    /// Whether name, language and kind of places are for ever.
    pub fixed: bool,
    /// Whether its category is, too.
    pub category_fixed: bool,
    /// Whether this person may write it, and the vendor lets it be written.
    pub may_edit: bool,
    /// Whether it may be handed in, changed or not.
    pub may_submit: bool,
    /// Whether it may be deleted.
    pub may_delete: bool,
    /// Whether the vendor may be asked to end its pause.
    pub may_unpause: bool,
    /// Whether there is a change that was not handed in.
    pub edited: bool,
    /// Whether it is Twilio's: files are named by their address.
    pub twilio: bool,
    /// What somebody should know or do.
    pub why: Option<Why>,
    /// What else there is to say about editing it: a key.
    pub note: Option<&'static str>,
}

impl BuilderPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    fn base(&self) -> String {
        format!("/admin/channels/{}/templates", self.head.id)
    }

    fn status_word(&self) -> String {
        words::status(&self.status, &self.frame.tx)
    }

    const fn pill(&self) -> &'static str {
        words::pill(&self.status)
    }

    fn liked(&self) -> Option<(&'static str, &'static str)> {
        words::quality(self.quality.as_deref())
    }

    fn categories(&self) -> [&'static str; 3] {
        categories::ALL
    }

    /// All languages, those of the house first.
    fn languages(&self) -> Vec<&'static str> {
        let first = ["es", "pt_BR", "en"];
        let rest = LANGUAGES.iter().copied().filter(|code| !first.contains(code));
        first.into_iter().chain(rest).collect()
    }

    const fn limits(&self) -> &'static domain::template::TemplateLimits {
        &META
    }

    fn header_kinds(&self) -> &'static [&'static str] {
        if self.twilio {
            &["none", "text", "image", "video", "document"]
        } else {
            &["none", "text", "image", "video", "document", "location"]
        }
    }

    fn title(&self) -> String {
        if self.draft.name.is_empty() { self.frame.tx.t("templates-new") } else { self.draft.name.clone() }
    }
}
