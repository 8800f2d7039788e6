//! What the parts of one process share. Handlers take what they need of it as `Data<…>`.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use channel_gateway::download::Downloads;
use inbox::{Wakes, ledger::Ledger};
use metrics_exporter_prometheus::PrometheusHandle;
use sea_orm::DatabaseConnection;
use tokio::sync::{Semaphore, watch};

use crate::{
    auth::Auth,
    bus,
    clock::Clock,
    connections::Connections,
    courtesy::{self, Courtesies},
    files::links::Links,
    health::Readiness,
    live::{Directory, Hub},
    road::Road,
    searching::Searches,
    secrets::Keyring,
    settings::Settings,
    vital,
    webhooks::{Doorman, VendorKeys},
};

/// The relay looks every second; silent for so long, it is in trouble and so are the pages.
const SILENCE: Duration = Duration::from_secs(10);

/// What the parts of one process share; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// What the operator has set.
    pub settings: Arc<Settings>,
    /// Postgres.
    pub db: DatabaseConnection,
    /// What time it is.
    pub clock: Clock,
    /// Keys that seal secrets.
    pub keyring: Arc<Keyring>,
    /// How to call the vendors about channels.
    pub connections: Connections,
    /// Who is asking.
    pub auth: Arc<Auth>,
    /// Whether this node can take requests.
    pub readiness: Readiness,
    /// Figures about ourselves.
    pub metrics: PrometheusHandle,
    /// What vendors sign with.
    pub vendor_keys: VendorKeys,
    /// Who showed bad signatures.
    pub doorman: Doorman,
    /// The thread on which messages travel.
    pub road: Road,
    /// Where webhooks become durable.
    pub ledger: Ledger,
    /// Bells of the loops.
    pub wakes: Wakes,
    /// Who is told what.
    pub hub: Hub,
    /// Names for lines.
    pub directory: Directory,
    /// Where files are kept.
    pub files: files::Store,
    /// Fetches what customers sent.
    pub downloads: Downloads,
    /// Links to files, for vendors.
    pub links: Links,
    /// Small signs for customers.
    pub courtesies: Courtesies,
    /// Room for one rehearsal at a time.
    pub rehearsals: Arc<Semaphore>,
    /// Where searches are done.
    pub searches: Searches,
    /// Set once, when the process is to end.
    pub stop: watch::Sender<bool>,
}

impl AppState {
    /// Puts the parts together around an open database, and starts those that run by themselves: the ledger's writer,
    /// the relay, the hub and the bus.
    ///
    /// # Errors
    /// When a key or a parameter of the settings can't be used, or the database does not answer.
    pub async fn start(settings: Settings, db: DatabaseConnection, clock: Clock) -> anyhow::Result<Self> {
        let keyring = Arc::new(Keyring::load(&settings.keys)?);
        let auth = Arc::new(Auth::new(&settings, &keyring, db.clone(), clock.clone())?);
        let connections =
            Connections::new(db.clone(), keyring.clone(), settings.vendors.clone(), settings.vendors.http()?);
        let (stop, stopped) = watch::channel(false);
        let wakes = Wakes::default();
        let (courtesies, told) = Courtesies::new();
        let road = Road::open(settings.database.clone()).await?;
        let (ledger, writer) = road.start(|db| Ledger::start(db, wakes.clone()));
        road.spawn(vital::watch("the ledger", writer));
        let hub = Hub::start(settings.database.clone(), wakes.clone(), stopped).await?;
        let state = Self {
            vendor_keys: VendorKeys::new(db.clone(), keyring.clone()),
            doorman: Doorman::default(),
            ledger,
            road,
            directory: Directory::new(db.clone()),
            files: files::Store::open(&settings.media.url).context("open the store of files (MEDIA_URL)")?,
            downloads: settings.vendors.downloads()?,
            searches: Searches::new(db.clone()),
            links: Links::new(&keyring, &settings.server.public_urls),
            settings: Arc::new(settings),
            db,
            clock,
            keyring,
            connections,
            auth,
            readiness: Readiness::default(),
            metrics: crate::telemetry::start_metrics(),
            wakes,
            hub,
            courtesies,
            rehearsals: Arc::new(Semaphore::new(1)),
            stop,
        };
        let pulse = state.hub.pulse.clone();
        state.readiness.require("live", move || match pulse.silence() {
            silence if silence < SILENCE => Ok(()),
            silence => Err(format!("no event was numbered or looked for in {} s", silence.as_secs())),
        });
        tokio::spawn(bus::run(state.clone()));
        tokio::spawn(courtesy::watch(state.clone(), told));
        Ok(state)
    }
}
