//! One step of the schema.

/// SQL to go one step ahead, and back.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    name: &'static str,
    up: &'static str,
    down: &'static str,
}

impl Migration {
    /// A migration. Names sort by age: `0001_start`.
    #[must_use]
    pub const fn new(name: &'static str, up: &'static str, down: &'static str) -> Self {
        Self { name, up, down }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) const fn up(&self) -> &'static str {
        self.up
    }

    pub(crate) const fn down(&self) -> &'static str {
        self.down
    }

    /// Of the SQL that makes the schema. Guards against mistakes, not against malice.
    pub(crate) fn checksum(&self) -> String {
        format!("{:016x}", fnv1a(self.up.as_bytes()))
    }
}

/// The same on every machine and in every version of Rust, unlike the standard library's hashes.
pub fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
