//! What a company owns at Meta: apps, accounts (WABA), numbers and tokens, as they stand just now.
//!
//! All behind one lock: take it, read or change, and let go before anything is posted.

mod account;
mod app;
mod number;
mod token;

pub use account::Account;
pub use app::{App, FIELDS};
pub use number::{Code, Number, Override};
pub use token::{MANAGEMENT, MESSAGING, Token};

use crate::settings::{CloudChannel, Settings};

/// Everything owned at Meta.
#[derive(Debug, Default)]
pub struct Estate {
    /// Apps.
    pub apps: Vec<App>,
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Numbers, those that moved away included.
    pub numbers: Vec<Number>,
    /// Access tokens.
    pub tokens: Vec<Token>,
}

impl Estate {
    /// As the settings have it.
    pub fn new(settings: &Settings) -> Self {
        let mut estate = Self::default();
        for channel in &settings.cloud {
            if !estate.apps.iter().any(|app| app.id == channel.app_id) {
                estate.apps.push(App::of(channel, settings));
            }
            if !estate.accounts.iter().any(|account| account.id == channel.waba_id) {
                estate.accounts.push(Account::of(channel));
            }
            if !estate.tokens.iter().any(|token| token.value == channel.access_token) {
                estate.tokens.push(Token::of(channel));
            }
            estate.numbers.push(Number::of(channel.clone()));
        }
        estate
    }

    /// The number with this id, unless it moved away.
    pub fn number(&self, id: &str) -> Option<&Number> {
        self.numbers.iter().find(|number| number.channel.phone_number_id == id && !number.gone)
    }

    /// The same, to change it.
    pub fn number_mut(&mut self, id: &str) -> Option<&mut Number> {
        self.numbers.iter_mut().find(|number| number.channel.phone_number_id == id && !number.gone)
    }

    /// The account with this id.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// The same, to change it.
    pub fn account_mut(&mut self, id: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }

    /// The app with this id.
    pub fn app_mut(&mut self, id: &str) -> Option<&mut App> {
        self.apps.iter_mut().find(|app| app.id == id)
    }

    /// The number with this id, number or name.
    pub fn find(&self, wanted: &str) -> Option<&CloudChannel> {
        let fits = |channel: &CloudChannel| {
            channel.phone_number_id == wanted
                || channel.number == wanted
                || channel.digits() == wanted
                || channel.name == wanted
        };
        self.numbers
            .iter()
            .filter(|number| !number.gone)
            .map(|number| &number.channel)
            .find(|channel| fits(channel))
    }

    /// All numbers that are still here.
    pub fn channels(&self) -> Vec<CloudChannel> {
        self.numbers.iter().filter(|number| !number.gone).map(|number| number.channel.clone()).collect()
    }

    /// Where a change of this field goes, and the question to answer first: the number's override, the
    /// account's, or the app's address (whatsapp-cloud.md §1.6). `None` where nobody subscribed.
    pub fn target(&self, channel: &CloudChannel, field: &str) -> Option<Override> {
        let account = self.account(&channel.waba_id)?;
        let app = self.apps.iter().find(|app| app.id == channel.app_id)?;
        if !account.subscribed || !app.takes(field) {
            return None;
        }
        let own = || self.number(&channel.phone_number_id).and_then(|number| number.callback.clone());
        let overridden = if field == "messages" { own().or_else(|| account.callback.clone()) } else { None };
        let target = overridden.unwrap_or_else(|| Override {
            uri: app.callback.clone(),
            verify_token: app.verify_token.clone().unwrap_or_else(|| channel.verify_token.clone()),
        });
        (!target.uri.is_empty()).then_some(target)
    }
}
