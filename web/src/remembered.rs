//! Something small that is read often and changes seldom: read again when it is no longer fresh.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

/// A value and when it was read. Cloning shares it.
#[derive(Debug)]
pub struct Remembered<T> {
    fresh: Duration,
    value: Arc<RwLock<Option<Reading<T>>>>,
}

#[derive(Debug)]
struct Reading<T> {
    at: Instant,
    doubted: bool,
    value: Arc<T>,
}

impl<T> Clone for Remembered<T> {
    fn clone(&self) -> Self {
        Self { fresh: self.fresh, value: self.value.clone() }
    }
}

impl<T> Remembered<T> {
    /// Nothing yet; what is read counts as fresh for so long.
    #[must_use]
    pub fn new(fresh: Duration) -> Self {
        Self { fresh, value: Arc::default() }
    }

    /// What is known counts no longer as fresh: somebody has just changed it.
    pub fn doubt(&self) {
        let mut value = self.value.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(reading) = value.as_mut() {
            reading.doubted = true;
        }
    }

    /// The value, fresh if the source answers. While it does not, what was known last is better than nothing.
    ///
    /// # Errors
    /// Those of `read`, when nothing is known yet.
    pub async fn get<E>(&self, read: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let known = {
            let value = self.value.read().unwrap_or_else(PoisonError::into_inner);
            match &*value {
                Some(reading) if !reading.doubted && reading.at.elapsed() < self.fresh => {
                    return Ok(reading.value.clone());
                }
                reading => reading.as_ref().map(|reading| reading.value.clone()),
            }
        };
        match read.await {
            Ok(value) => {
                let value = Arc::new(value);
                let reading = Reading { at: Instant::now(), doubted: false, value: value.clone() };
                *self.value.write().unwrap_or_else(PoisonError::into_inner) = Some(reading);
                Ok(value)
            }
            Err(error) => known.ok_or(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_known_serves_while_the_source_fails() {
        let remembered = Remembered::new(Duration::ZERO);
        assert_eq!(remembered.get(async { Err::<u8, _>("away") }).await, Err("away"));
        assert_eq!(remembered.get(async { Ok::<u8, &str>(7) }).await.as_deref(), Ok(&7));
        assert_eq!(remembered.get(async { Err("away") }).await.as_deref(), Ok(&7));
    }

    #[tokio::test]
    async fn what_is_doubted_is_read_again() {
        let remembered = Remembered::new(Duration::from_secs(60));
        assert_eq!(remembered.get(async { Ok::<u8, &str>(7) }).await.as_deref(), Ok(&7));
        remembered.doubt();
        assert_eq!(remembered.get(async { Ok::<u8, &str>(8) }).await.as_deref(), Ok(&8));
    }

    #[tokio::test]
    async fn what_is_fresh_is_not_read_again() {
        let remembered = Remembered::new(Duration::from_secs(60));
        assert_eq!(remembered.get(async { Ok::<u8, &str>(7) }).await.as_deref(), Ok(&7));
        assert_eq!(remembered.get(async { Ok::<u8, &str>(8) }).await.as_deref(), Ok(&7));
    }
}
