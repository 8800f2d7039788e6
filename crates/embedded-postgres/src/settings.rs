//! How the server is run.

/// Settings of a private server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether committed rows survive a power cut. Only throw-away servers turn it off.
    pub durable: bool,
    /// Postgres settings by name; they win over the ones chosen here.
    pub extra: Vec<(String, String)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { durable: true, extra: Vec::new() }
    }
}

impl Settings {
    /// Settings for data nobody will miss.
    #[must_use]
    pub fn throw_away() -> Self {
        Self { durable: false, extra: Vec::new() }
    }

    /// Adds one Postgres setting.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.extra.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Every setting as `name=value`, the later winning.
    pub(crate) fn options(&self) -> Vec<String> {
        let mut options: Vec<String> = [
            "listen_addresses=",
            "port=5432",
            "unix_socket_permissions=0700",
            "max_connections=200",
            "shared_buffers=128MB",
            "effective_cache_size=1GB",
            "random_page_cost=1.1",
            "timezone=UTC",
            "log_timezone=UTC",
            "log_line_prefix=%m [%p] ",
            "logging_collector=off",
            "log_destination=stderr",
            // A demo's log is read by people: only what needs them.
            "log_checkpoints=off",
        ]
        .map(String::from)
        .to_vec();
        if !self.durable {
            options.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"].map(String::from));
            // Shared memory as files of the cluster, so that it goes with the data after a kill -9 too.
            options.push("dynamic_shared_memory_type=mmap".to_owned());
        }
        options.extend(self.extra.iter().map(|(name, value)| format!("{name}={value}")));
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_durable_unless_told_otherwise() {
        assert!(!Settings::default().options().contains(&"fsync=off".into()));
        assert!(Settings::throw_away().options().contains(&"fsync=off".into()));
    }

    #[test]
    fn the_callers_settings_come_last_so_they_win() {
        let options = Settings::default().with("max_connections", "20").options();
        assert_eq!(options.last().map(String::as_str), Some("max_connections=20"));
    }
}
