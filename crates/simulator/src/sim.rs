//! The simulator as a whole: what every handler and every task shares.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    books::Books,
    clock::Clock,
    courier::Couriers,
    customers::Customers,
    dice::Dice,
    estate::Estate,
    faults::Faults,
    gate::Orders,
    graph::uploads::Uploads,
    journal::Journal,
    media::Media,
    presence::Presence,
    pricing::Prices,
    rates::Buckets,
    record::Record,
    settings::{CloudChannel, Settings, TwilioChannel},
    tasks::Tasks,
    templates::Templates,
    threads::Threads,
    twilio::{contents::Contents, state::Account, store::Store},
    window::Windows,
};

/// Everything there is, shared.
pub struct Sim {
    /// As started.
    pub settings: Settings,
    /// Base URL of the simulator, for links.
    pub own_url: String,
    /// Time.
    pub clock: Clock,
    /// Chance.
    pub dice: Dice,
    /// Client for webhooks and for links to media.
    pub http: reqwest::Client,
    /// Work after the answer.
    pub tasks: Tasks,
    /// What happened.
    pub journal: Journal,
    /// What the vendors received.
    pub record: Record,
    /// What the customers' phones show.
    pub threads: Threads,
    /// Who writes.
    pub customers: Customers,
    /// Who is played.
    pub presence: Presence,
    /// Pictures, voices and documents.
    pub media: Media,
    /// Approved texts.
    pub templates: Templates,
    /// Files for examples and pictures.
    pub uploads: Uploads,
    /// Windows of WhatsApp, both vendors'.
    pub windows: Windows,
    /// Messages per second of a number.
    pub throughput: Buckets,
    /// Messages to one customer.
    pub pairs: Buckets,
    /// Customers who stopped marketing.
    pub stopped: Mutex<HashSet<(String, String)>>,
    /// What prices depend on.
    pub prices: Prices,
    /// What arrived, and what it is billed at.
    pub books: Books,
    /// Messages at Twilio.
    pub store: Store,
    /// Contents at Twilio.
    pub contents: Contents,
    /// Webhooks on their way.
    pub couriers: Couriers,
    /// Refusals that were ordered.
    pub orders: Orders,
    /// Calls beside messages, by account.
    pub management: Buckets,
    faults: Mutex<Faults>,
    estate: Mutex<Estate>,
    twilio: Mutex<Account>,
}

impl Sim {
    /// A simulator that has not heard of anybody yet.
    pub fn new(settings: Settings, own_url: String) -> Result<Arc<Self>, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(settings.webhook_timeout)
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        let per_message = Duration::from_secs(1) / settings.throughput.max(1);
        Ok(Arc::new(Self {
            own_url,
            clock: Clock::default(),
            dice: Dice::new(settings.seed),
            http,
            tasks: Tasks::here(),
            journal: Journal::default(),
            record: Record::default(),
            threads: Threads::default(),
            customers: Customers::default(),
            presence: Presence::default(),
            media: Media::default(),
            templates: Templates::new(&settings),
            uploads: Uploads::default(),
            windows: Windows::default(),
            throughput: Buckets::new(settings.throughput, per_message),
            pairs: Buckets::new(settings.pair_burst, settings.pair_refill),
            stopped: Mutex::default(),
            prices: Prices::default(),
            books: Books::default(),
            store: Store::default(),
            contents: Contents::new(&settings),
            twilio: Mutex::new(Account::new(&settings)),
            couriers: Couriers::default(),
            orders: Orders::default(),
            management: Buckets::new(
                settings.management_per_hour,
                Duration::from_secs(3_600) / settings.management_per_hour.max(1),
            ),
            faults: Mutex::default(),
            estate: Mutex::new(Estate::new(&settings)),
            settings,
        }))
    }

    /// What is owned at Meta. Let go of it before posting anything.
    pub fn estate(&self) -> MutexGuard<'_, Estate> {
        lock(&self.estate)
    }

    /// The account at Twilio. Let go of it before posting anything.
    pub fn twilio(&self) -> MutexGuard<'_, Account> {
        lock(&self.twilio)
    }

    /// What goes wrong just now.
    pub fn faults(&self) -> Faults {
        lock(&self.faults).clone()
    }

    /// Change what goes wrong; answers what went wrong before.
    pub fn set_faults(&self, faults: Faults) -> Faults {
        std::mem::replace(&mut lock(&self.faults), faults)
    }

    /// Forget everybody and everything, what is on its way included, and behave again.
    pub fn reset(&self) {
        self.tasks.stop();
        self.couriers.clear();
        self.set_faults(Faults::default());
        self.record.clear();
        self.threads.clear();
        self.customers.clear();
        self.media.clear();
        self.windows.clear();
        self.throughput.clear();
        self.pairs.clear();
        self.store.clear();
        self.contents.clear(&self.settings);
        *self.twilio() = Account::new(&self.settings);
        self.journal.clear();
        self.orders.clear();
        self.uploads.clear();
        self.templates.clear(&self.settings);
        self.management.clear();
        *self.estate() = Estate::new(&self.settings);
        lock(&self.stopped).clear();
        self.prices.clear();
        self.books.clear();
    }

    /// The number at Meta with this id, number or name.
    pub fn cloud(&self, wanted: &str) -> Option<CloudChannel> {
        self.estate().find(wanted).cloned()
    }

    /// The first number at Meta.
    pub fn first(&self) -> Option<CloudChannel> {
        self.estate().channels().into_iter().next()
    }

    /// Messages a number carries in a second, both ways together (whatsapp-cloud.md §5.5).
    pub fn per_second(&self, channel: &CloudChannel) -> u32 {
        match self.estate().number(&channel.phone_number_id) {
            _ if channel.coexistence => 20,
            Some(number) if number.throughput == "HIGH" => 1_000,
            _ => self.settings.throughput,
        }
    }

    /// The sender at Twilio with this address or name.
    pub fn sender(&self, wanted: &str) -> Option<TwilioChannel> {
        self.twilio().sender(wanted).map(|sender| sender.channel.clone())
    }
}

/// A lock that outlives a panic elsewhere: the simulator keeps no invariant between two locks.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
