//! Argon2id, one hash at a time, on a thread of its own: never on one that answers requests. A hash needs 19 MiB, and an
//! allocator keeps them in every thread that ever hashed; so it is always the same one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use anyhow::Context;
use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit, oneshot};

use crate::{settings::AuthSettings, vital::Vital};

/// Lengths a new password may have, in characters.
pub const LENGTHS: std::ops::RangeInclusive<usize> = 12..=128;

/// Hashes and verifies passwords.
pub struct Passwords {
    argon2: Arc<Argon2<'static>>,
    wanted: (u32, u32, u32),
    hashing: mpsc::Sender<Work>,
    turn: Semaphore,
    waiting: AtomicUsize,
    may_wait: usize,
    /// The hash of nothing anybody knows: verifying against it takes as long as against a real one.
    nobody: String,
}

type Work = Box<dyn FnOnce() + Send>;

/// What came of a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is the right one; with its hash under today's parameters where the stored one is weaker.
    Right {
        /// To store instead.
        rehashed: Option<String>,
    },
    /// It is not.
    Wrong,
}

/// Why no answer was given.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many are waiting already.
    #[error("too many sign-ins at once")]
    Busy,
    /// It could not be computed.
    #[error("the password could not be hashed")]
    Failed(#[source] anyhow::Error),
}

impl From<AcquireError> for PasswordError {
    fn from(error: AcquireError) -> Self {
        Self::Failed(error.into())
    }
}

impl Passwords {
    /// With the parameters of the settings.
    ///
    /// # Errors
    /// When Argon2 does not take them.
    pub fn new(settings: &AuthSettings) -> anyhow::Result<Self> {
        let wanted = (settings.argon2_memory_kib, settings.argon2_passes, settings.argon2_lanes);
        let params = Params::new(wanted.0, wanted.1, wanted.2, None)
            .map_err(|error| anyhow::anyhow!("auth.argon2_…: {error}"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let argon2 = Arc::new(argon2);
        let (hashing, work) = mpsc::channel::<Work>();
        thread::Builder::new()
            .name("passwords".to_owned())
            .spawn(move || {
                let _vital = Vital("the thread that hashes passwords");
                work.into_iter().for_each(|work| work());
            })
            .context("start the thread that hashes passwords")?;
        let (tried, try_out) = (argon2.clone(), super::random_text::<32>());
        let (done, nobody) = mpsc::channel();
        // If nobody waits for it any more, it is not needed.
        let hash =
            move || drop(done.send(tried.hash_password(try_out.as_bytes()).map(|hash| hash.to_string())));
        hashing
            .send(Box::new(hash))
            .map_err(|_| anyhow::anyhow!("the thread that hashes passwords ended"))?;
        let nobody = nobody
            .recv()
            .context("hash a first password")?
            .map_err(|error| anyhow::anyhow!("try the password hash: {error}"))?;
        Ok(Self {
            argon2,
            wanted,
            hashing,
            turn: Semaphore::new(1),
            waiting: AtomicUsize::new(0),
            may_wait: settings.waiting_sign_ins,
            nobody,
        })
    }

    /// Verifies a password. Without a stored hash the work is the same and the answer always [`Verdict::Wrong`].
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when the waiting list is full.
    pub async fn verify(
        &self,
        password: SecretString,
        stored: Option<&str>,
    ) -> Result<Verdict, PasswordError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.nobody).to_owned();
        let (argon2, wanted) = (self.argon2.clone(), self.wanted);
        self.in_turn(move || {
            let hash = PasswordHash::new(&stored)?;
            let password = password.expose_secret().as_bytes();
            if argon2.verify_password(password, &hash).is_err() || !known {
                return Ok(Verdict::Wrong);
            }
            let rehashed = if is_weaker(&hash, wanted) {
                Some(argon2.hash_password(password)?.to_string())
            } else {
                None
            };
            Ok(Verdict::Right { rehashed })
        })
        .await
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when the waiting list is full.
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        let argon2 = self.argon2.clone();
        self.in_turn(move || Ok(argon2.hash_password(password.expose_secret().as_bytes())?.to_string())).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, argon2::password_hash::Error> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _turn = self.turn().await?;
        let (done, result) = oneshot::channel();
        // The request may have been given up while it waited.
        let work = move || drop(done.send(work()));
        self.hashing
            .send(Box::new(work))
            .map_err(|_| PasswordError::Failed(anyhow::anyhow!("the thread ended")))?;
        result
            .await
            .map_err(|error| PasswordError::Failed(error.into()))?
            .map_err(|error| PasswordError::Failed(anyhow::anyhow!("{error}")))
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, PasswordError> {
        if let Ok(turn) = self.turn.try_acquire() {
            return Ok(turn);
        }
        // Leaves the list also when the request is given up while it waits.
        struct Place<'a>(&'a AtomicUsize);
        impl Drop for Place<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::AcqRel);
            }
        }
        let before = self.waiting.fetch_add(1, Ordering::AcqRel);
        let _place = Place(&self.waiting);
        if before >= self.may_wait {
            return Err(PasswordError::Busy);
        }
        Ok(self.turn.acquire().await?)
    }
}

fn is_weaker(hash: &PasswordHash, wanted: (u32, u32, u32)) -> bool {
    Params::try_from(hash).is_ok_and(|params| (params.m_cost(), params.t_cost(), params.p_cost()) != wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn passwords(passes: u32) -> Passwords {
        let mut settings = Settings::defaults().unwrap().auth;
        (settings.argon2_memory_kib, settings.argon2_passes) = (64, passes);
        Passwords::new(&settings).unwrap()
    }

    #[tokio::test]
    async fn the_right_password_is_right_and_all_others_are_wrong() {
        let passwords = passwords(1);
        let hash = passwords.hash("correct horse battery".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        let right = passwords.verify("correct horse battery".into(), Some(&hash)).await.unwrap();
        assert_eq!(right, Verdict::Right { rehashed: None });
        assert_eq!(passwords.verify("correct horse".into(), Some(&hash)).await.unwrap(), Verdict::Wrong);
        assert_eq!(passwords.verify("anything".into(), None).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_weaker_hash_rises_when_its_owner_comes_by() {
        let old = passwords(1).hash("correct horse battery".into()).await.unwrap();
        let now = passwords(2);
        let Verdict::Right { rehashed: Some(new) } =
            now.verify("correct horse battery".into(), Some(&old)).await.unwrap()
        else {
            panic!("not rehashed")
        };
        assert!(new.contains("t=2"), "{new}");
    }

    #[tokio::test]
    async fn who_finds_the_waiting_list_full_is_told_to_come_back() {
        let mut passwords = passwords(1);
        passwords.may_wait = 0;
        let all = passwords.turn.acquire().await.unwrap();
        assert!(matches!(passwords.hash("whatever it is".into()).await, Err(PasswordError::Busy)));
        drop(all);
        assert!(passwords.hash("whatever it is".into()).await.is_ok());
    }
}
