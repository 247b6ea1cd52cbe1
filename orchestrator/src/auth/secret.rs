//! Random secrets, and the hash by which they are known.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// A secret text; never printed by `Debug`.
#[derive(Clone)]
pub struct Secret(String);

/// SHA-256 of a secret. Secrets are 256 random bits, so a fast hash is enough: there is nothing to guess.
#[derive(Debug, Clone, Copy)]
pub struct SecretHash(pub [u8; 32]);

impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        self.0[..].ct_eq(&other.0[..]).into()
    }
}
impl Eq for SecretHash {}

impl Secret {
    /// A fresh token; the prefix lets secret scanners find it in places where it should not be.
    pub fn token() -> Self {
        Self(format!("dr_{}", random_hex()))
    }

    /// A fresh session cookie.
    pub fn session() -> Self {
        Self(random_hex())
    }

    /// A fresh attempt secret.
    pub fn attempt() -> Self {
        Self(random_hex())
    }

    /// A secret that somebody presents.
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Its hash.
    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The text itself, to hand it over.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// 256 bits of the thread's cryptographic generator, seeded by the operating system.
fn random_hex() -> String {
    hex::encode(rand::random::<[u8; 32]>())
}
