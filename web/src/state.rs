//! What the parts of one process share. Handlers take what they need of it as `Data<…>`.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use sea_orm::DatabaseConnection;

use crate::{auth::Auth, clock::Clock, health::Readiness, secrets::Keyring, settings::Settings};

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
    /// Who is asking.
    pub auth: Arc<Auth>,
    /// Whether this node can take requests.
    pub readiness: Readiness,
    /// Figures about ourselves.
    pub metrics: PrometheusHandle,
}

impl AppState {
    /// Puts the parts together around an open database.
    ///
    /// # Errors
    /// When a key or a parameter of the settings can't be used.
    pub fn new(settings: Settings, db: DatabaseConnection, clock: Clock) -> anyhow::Result<Self> {
        let keyring = Arc::new(Keyring::load(&settings.keys)?);
        let auth = Arc::new(Auth::new(&settings, &keyring, db.clone(), clock.clone())?);
        Ok(Self {
            settings: Arc::new(settings),
            db,
            clock,
            keyring,
            auth,
            readiness: Readiness::default(),
            metrics: crate::telemetry::start_metrics(),
        })
    }
}
