//! Passwords: argon2id with the parameters that OWASP recommends, a few at a time.

use std::sync::OnceLock;
use std::time::Duration;

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use shared::exit::Failure;
use shared::message;
use tokio::sync::Semaphore;

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

/// Whether this is the password of the hash. A hash that cannot be parsed matches no password.
fn is_right(password: &str, hash: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
}

/// Checks passwords on blocking threads, a few at a time.
#[derive(Debug)]
pub(crate) struct Passwords {
    places: Semaphore,
    wait: Duration,
}

impl Passwords {
    /// A check that cannot start within `wait` is refused.
    pub(crate) fn new(wait: Duration) -> Self {
        Self { places: Semaphore::new(CHECKS_MAX), wait }
    }

    /// Whether this is the password of the hash. Without a hash (an unknown agent, or one without a password) it takes as
    /// long as with one, so that the time does not reveal which agents exist.
    ///
    /// # Errors
    /// `busy`.
    pub(crate) async fn check(&self, password: String, hash: Option<String>) -> Result<bool, Refusal> {
        let busy = || {
            let message = message!(
                "サインインが混み合っています。もう一度お試しください",
                "too many agents are signing in; try again"
            );
            Refusal::new(ErrorCode::Busy, message)
        };
        let _place = tokio::time::timeout(self.wait, self.places.acquire())
            .await
            .map_err(|_| busy())?
            .map_err(|_| busy())?;
        let checked = tokio::task::spawn_blocking(move || match hash {
            Some(hash) => is_right(&password, &hash),
            None => {
                is_right(&password, nobodys_hash());
                false
            }
        });
        checked.await.map_err(|_| {
            let message = message!("パスワードを確認できませんでした", "the password could not be checked");
            Refusal::new(ErrorCode::Internal, message)
        })
    }
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
        assert!(is_right("正しい馬の電池", &one) && is_right("正しい馬の電池", &two));
        for wrong in ["", "正しい馬の電", "正しい馬の電池 ", &one] {
            assert!(!is_right(wrong, &one), "{wrong}");
        }
        for broken in ["", "$argon2id$", "plain", &one[..one.len() - 3]] {
            assert!(!is_right("正しい馬の電池", broken), "{broken}");
        }
    }

    #[tokio::test]
    async fn without_a_hash_every_password_is_wrong() {
        let passwords = Passwords::new(Duration::from_secs(20));
        assert_eq!(passwords.check("nobody's password".to_owned(), None).await, Ok(false));
        let kept = hash("x").unwrap();
        assert_eq!(passwords.check("x".to_owned(), Some(kept)).await, Ok(true));
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_password_checks_at_once_are_refused() {
        let passwords = Passwords::new(Duration::from_secs(1));
        let _held = passwords.places.acquire_many(u32::try_from(CHECKS_MAX).unwrap()).await.unwrap();
        let refused = passwords.check("x".to_owned(), None).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Busy);
    }
}
