//! Who may do what: tokens with scopes, browser sessions, and what anonymous callers may.
//!
//! There is no password. A token is 256 random bits behind the prefix `dr_`; only its SHA-256 is stored. A browser
//! trades a token for a session cookie on the login page.

mod anonymous;
mod caller;
mod scope;
mod secret;

pub use anonymous::Anonymous;
pub use caller::{Caller, CallerAddress};
pub use scope::Scope;
pub use secret::{Secret, SecretHash};

use crate::db::{NewToken, PgDb, TokenRow};
use crate::error::{Answer, Refusal};
use time::OffsetDateTime;
use uuid::Uuid;

/// Name of the session cookie.
pub const SESSION_COOKIE: &str = "darkroom_session";

/// A fresh token: the only time that its secret is seen.
#[derive(Debug)]
pub struct FreshToken {
    /// Id, by which it is revoked.
    pub id: Uuid,
    /// The secret, to be shown once.
    pub secret: Secret,
}

/// Checks and makes tokens and sessions; cheap to clone.
#[derive(Clone, Debug)]
pub struct Auth {
    db: PgDb,
    anonymous: Anonymous,
}

impl Auth {
    /// Over that database; `anonymous` says what callers without a token may do.
    pub fn new(db: PgDb, anonymous: Anonymous) -> Self {
        Self { db, anonymous }
    }

    /// What callers without a token may do.
    pub fn anonymous(&self) -> Anonymous {
        self.anonymous
    }

    /// Makes a token.
    pub async fn create_token(
        &self,
        name: &str,
        scopes: &[Scope],
        expires_at: Option<OffsetDateTime>,
    ) -> Answer<FreshToken> {
        let (id, secret) = (Uuid::now_v7(), Secret::token());
        let scopes = scopes.iter().map(|scope| scope.word().to_owned()).collect();
        let token = NewToken { id, name: name.to_owned(), hash: secret.hash().0, scopes, expires_at };
        self.db.insert_token(&token).await?;
        self.db.audit(name, "token-created", &id.to_string()).await?;
        Ok(FreshToken { id, secret })
    }

    /// Makes the first admin token, unless there is a valid one.
    pub async fn first_admin(&self) -> Answer<Option<FreshToken>> {
        if self.db.has_token_with_scope(Scope::Admin.word()).await? {
            return Ok(None);
        }
        self.create_token("first admin", &[Scope::Admin], None).await.map(Some)
    }

    /// All tokens, newest first.
    pub async fn tokens(&self) -> Answer<Vec<TokenRow>> {
        Ok(self.db.tokens().await?)
    }

    /// Revokes a token; its sessions end with it.
    pub async fn revoke_token(&self, id: Uuid) -> Answer<()> {
        if !self.db.revoke_token(id).await? {
            return Err(Refusal::not_found("token", id));
        }
        Ok(self.db.audit("admin", "token-revoked", &id.to_string()).await?)
    }

    /// The caller behind a bearer token.
    pub async fn bearer(&self, token: &str) -> Answer<Caller> {
        let hash = Secret::from_text(token).hash();
        let row = self.db.valid_token(&hash.0).await?;
        let row = row.ok_or_else(|| Refusal::unauthenticated("the token is unknown, expired or revoked"))?;
        self.db.touch_token(row.id).await?;
        Ok(Caller::of_token(&row))
    }

    /// Trades a token for a session; the answer is the value of the cookie [`SESSION_COOKIE`].
    pub async fn log_in(&self, token: &str) -> Answer<Secret> {
        let hash = Secret::from_text(token.trim()).hash();
        let row = self.db.valid_token(&hash.0).await?;
        let row = row.ok_or_else(|| Refusal::unauthenticated("the token is unknown, expired or revoked"))?;
        let cookie = Secret::session();
        self.db.insert_session(&cookie.hash().0, row.id).await?;
        self.db.audit(&row.name, "logged-in", &row.id.to_string()).await?;
        Ok(cookie)
    }

    /// Ends a session.
    pub async fn log_out(&self, cookie: &str) -> Answer<()> {
        Ok(self.db.delete_session(&Secret::from_text(cookie).hash().0).await?)
    }

    async fn session(&self, cookie: &str) -> Answer<Option<Caller>> {
        let row = self.db.session_token(&Secret::from_text(cookie).hash().0).await?;
        Ok(row.as_ref().map(Caller::of_token))
    }
}
