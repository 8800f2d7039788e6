//! Random choices, all from one seed.

use std::sync::Mutex;

use rand::{Rng as _, RngCore as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};

use crate::sim::lock;

/// The one source of chance.
pub struct Dice(Mutex<StdRng>);

impl Dice {
    /// Dice that fall the same way for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// True in this share of throws.
    pub fn falls(&self, share: f64) -> bool {
        share > 0.0 && lock(&self.0).random::<f64>() < share
    }

    /// A whole number between the ends, both included.
    pub fn between(&self, (low, high): (u64, u64)) -> u64 {
        if low >= high { low } else { lock(&self.0).random_range(low..=high) }
    }

    /// Bytes for identifiers.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        lock(&self.0).fill_bytes(&mut bytes);
        bytes
    }

    /// Put things in any order.
    pub fn shuffle<T>(&self, things: &mut [T]) {
        things.shuffle(&mut *lock(&self.0));
    }
}
