//! Passwords: argon2id with the parameters that OWASP recommends, a few at a time.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHasher as _, Version};
use shared::exit::Failure;
use shared::message;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::protocol::{ErrorCode, Refusal};

/// The longest password. Bytes.
pub(crate) const PASSWORD_BYTES_MAX: usize = 256;
/// Bytes of a salt (RFC 9106 section 3.1).
const SALT_BYTES: usize = 16;
/// Passwords checked at a time: each takes 19 MiB and a core for some 20 ms.
const CHECKS_MAX: usize = 2;

/// The hash of a password as a PHC string: argon2id, 19 MiB, 2 passes, 1 lane (the crate's defaults).
///
/// # Errors
/// The system gives no randomness (70).
pub(crate) fn hash(password: &str) -> Result<String, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::software(message!(
            "パスワードのハッシュを作成できません({error})",
            "the password cannot be hashed: {error}",
            error = error,
        ))
    };
    let mut salt = [0_u8; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|e| failed(&e))?;
    let hash =
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map_err(|e| failed(&e))?;
    Ok(hash.to_string())
}

/// The working memory of a check. It is kept for the next one: given back and taken again on other threads, it would stay
/// with the allocator once for each of them.
type Memory = Vec<Block>;

/// Whether this is the password of the hash. A hash that cannot be parsed matches no password.
fn is_right(password: &str, hash: &str, memory: &mut Memory) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return false };
    computed(password, &parsed, memory).zip(parsed.hash).is_some_and(|(computed, kept)| computed == kept)
}

/// The hash of this password with the salt and the parameters of that one. Outputs are compared in constant time.
fn computed(password: &str, like: &PasswordHash, memory: &mut Memory) -> Option<Output> {
    let algorithm = Algorithm::try_from(like.algorithm.as_str()).ok()?;
    let version = like.version.map_or(Some(Version::default()), |version| Version::try_from(version).ok())?;
    let params = Params::try_from(like).ok()?;
    let blocks = params.block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    let mut output = [0; Output::MAX_LENGTH];
    let output = output.get_mut(..like.hash.as_ref()?.len())?;
    let argon2 = Argon2::new(algorithm, version, params);
    let memory = memory.get_mut(..blocks)?;
    argon2.hash_password_into_with_memory(password.as_bytes(), like.salt.as_ref()?, output, memory).ok()?;
    Output::new(output).ok()
}

/// Checks passwords on blocking threads, a few at a time, each with memory that is used again and again.
#[derive(Debug)]
pub(crate) struct Passwords {
    places: Arc<Semaphore>,
    memory: Arc<Mutex<Vec<Memory>>>,
    wait: Duration,
}

/// The turn of one check.
#[derive(Debug)]
pub(crate) struct Turn {
    place: OwnedSemaphorePermit,
    memory: Arc<Mutex<Vec<Memory>>>,
}

impl Passwords {
    /// A check that cannot start within `wait` is refused.
    pub(crate) fn new(wait: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(CHECKS_MAX)), memory: Arc::default(), wait }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// `busy`.
    pub(crate) async fn turn(&self) -> Result<Turn, Refusal> {
        let busy = || {
            let message = message!(
                "サインインが混み合っています。もう一度お試しください",
                "too many agents are signing in; try again"
            );
            Refusal::new(ErrorCode::Busy, message)
        };
        let place = tokio::time::timeout(self.wait, self.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| busy())?.map_err(|_| busy())?;
        Ok(Turn { place, memory: self.memory.clone() })
    }
}

impl Turn {
    /// Whether this is the password of the hash. Without a hash (an unknown agent, or one without a password) it takes as
    /// long as with one, so that the time does not reveal which agents exist.
    ///
    /// # Errors
    /// The check panicked.
    pub(crate) async fn check(self, password: String, hash: Option<String>) -> Result<bool, Refusal> {
        let checked = tokio::task::spawn_blocking(move || {
            // Not the caller's: the check goes on when its client has gone.
            let Self { place, memory: pool } = self;
            let mut memory = lock(&pool).pop().unwrap_or_default();
            let right = is_right(&password, hash.as_deref().unwrap_or(nobodys_hash()), &mut memory);
            lock(&pool).push(memory);
            drop(place);
            right && hash.is_some()
        });
        checked.await.map_err(|_| {
            let message = message!("パスワードを確認できませんでした", "the password could not be checked");
            Refusal::new(ErrorCode::Internal, message)
        })
    }
}

fn lock(pool: &Mutex<Vec<Memory>>) -> MutexGuard<'_, Vec<Memory>> {
    // Nothing can panic while the lock is held.
    pool.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The hash to compare with when there is none.
fn nobodys_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash("nobody's password").unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_names_its_parameters_and_matches_its_password_only() {
        let (one, two) = (hash("正しい馬の電池").unwrap(), hash("正しい馬の電池").unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two, "each has its own salt");
        let mut memory = Memory::new();
        for hash in [&one, &two, &one] {
            assert!(
                is_right("正しい馬の電池", hash, &mut memory),
                "what is left in the memory makes no difference"
            );
        }
        for wrong in ["", "正しい馬の電", "正しい馬の電池 ", &one] {
            assert!(!is_right(wrong, &one, &mut memory), "{wrong}");
        }
        for broken in ["", "$argon2id$", "plain", &one[..one.len() - 3]] {
            assert!(!is_right("正しい馬の電池", broken, &mut memory), "{broken}");
        }
    }

    #[test]
    fn the_parameters_are_those_of_the_hash() {
        let params = Params::new(64, 3, 2, Some(24)).unwrap();
        let other = Argon2::new(Algorithm::Argon2i, Version::V0x10, params);
        let kept = other.hash_password_with_salt(b"x", b"0123456789").unwrap().to_string();
        let mut memory = Memory::new();
        assert!(is_right("x", &kept, &mut memory) && !is_right("y", &kept, &mut memory), "{kept}");
    }

    #[tokio::test]
    async fn without_a_hash_every_password_is_wrong() {
        let passwords = Passwords::new(Duration::from_secs(20));
        let turn = passwords.turn().await.unwrap();
        assert_eq!(turn.check("nobody's password".to_owned(), None).await, Ok(false));
        let kept = hash("x").unwrap();
        let turn = passwords.turn().await.unwrap();
        assert_eq!(turn.check("x".to_owned(), Some(kept)).await, Ok(true));
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_password_checks_at_once_are_refused() {
        let passwords = Passwords::new(Duration::from_secs(1));
        let _held = (passwords.turn().await.unwrap(), passwords.turn().await.unwrap());
        assert_eq!(passwords.turn().await.unwrap_err().code, ErrorCode::Busy);
    }

    #[tokio::test]
    async fn checks_share_the_memory_of_as_many_as_run_at_once() {
        let passwords = Passwords::new(Duration::from_secs(20));
        let kept = hash("x").unwrap();
        let check = || async {
            let turn = passwords.turn().await.unwrap();
            assert_eq!(turn.check("y".to_owned(), Some(kept.clone())).await, Ok(false));
        };
        for _ in 0..10 {
            tokio::join!(check(), check(), check());
        }
        let pool = lock(&passwords.memory);
        let all = pool.iter().map(|memory| memory.capacity() * Block::SIZE).sum::<usize>();
        assert!((1..=CHECKS_MAX).contains(&pool.len()) && all <= CHECKS_MAX * 19_456 * Block::SIZE, "{all}");
    }
}
