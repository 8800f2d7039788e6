//! People: signed in, opening pages.

use domain::{ConversationId, PersonId, Principal};
use reqwest::StatusCode;
use url::Url;

use super::Page;
use crate::helpers::{Answer, Browser, PASSWORD, email};

/// Somebody who has signed in at one node.
#[derive(Clone)]
pub struct Person {
    pub id: PersonId,
    pub browser: Browser,
    pub node: Url,
    pub origin: String,
}

impl Person {
    pub async fn sign_in(node: &Url, origin: String, name: &str, who: Principal) -> Self {
        let mut browser = Browser::at(node.clone(), origin.clone());
        browser.sign_in(&email(name), PASSWORD).await.is(StatusCode::SEE_OTHER);
        Self { id: who.person, browser, node: node.clone(), origin }
    }

    /// The same person in front of another node.
    pub fn at(&self, node: &Url) -> Self {
        let mut browser = Browser::at(node.clone(), self.origin.clone());
        browser.cookies = self.browser.cookies.clone();
        Self { node: node.clone(), browser, ..self.clone() }
    }

    /// Their inbox, up to date and listening.
    pub async fn opens_inbox(&self) -> Page {
        Page::open(self.clone(), "/inbox".to_owned()).await
    }

    /// A list, by the query of its address.
    pub async fn opens_list(&self, query: &str) -> Page {
        Page::open(self.clone(), format!("/inbox?{query}")).await
    }

    /// One conversation of their inbox.
    pub async fn opens(&self, talk: ConversationId) -> Page {
        Page::open(self.clone(), format!("/inbox/{talk}")).await
    }

    /// The floor of whoever supervises.
    pub async fn opens_floor(&self) -> Page {
        Page::open(self.clone(), "/floor".to_owned()).await
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.browser.get(path).await
    }
}
