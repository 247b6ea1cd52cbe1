//! Tokens and browser sessions, by the hash of their secret; and the audit trail.

use super::{DbResult, PgDb};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A token to store.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Id.
    pub id: Uuid,
    /// Name for people.
    pub name: String,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// Words of its scopes.
    pub scopes: Vec<String>,
    /// End of its life.
    pub expires_at: Option<OffsetDateTime>,
}

/// A stored token, without its secret.
#[derive(Debug, Clone, FromRow)]
pub struct TokenRow {
    /// Id.
    pub id: Uuid,
    /// Name for people.
    pub name: String,
    /// SHA-256 of the secret.
    pub hash: Vec<u8>,
    /// Words of its scopes.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// End of its life.
    pub expires_at: Option<OffsetDateTime>,
    /// When it was revoked.
    pub revoked_at: Option<OffsetDateTime>,
    /// Last use, to the minute.
    pub used_at: Option<OffsetDateTime>,
}

impl PgDb {
    /// Stores a token.
    pub async fn insert_token(&self, token: &NewToken) -> DbResult<()> {
        sqlx::query("insert into token (id, name, hash, scopes, expires_at) values ($1, $2, $3, $4, $5)")
            .bind(token.id)
            .bind(&token.name)
            .bind(&token.hash[..])
            .bind(&token.scopes)
            .bind(token.expires_at)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// The valid token with that hash.
    pub async fn valid_token(&self, hash: &[u8; 32]) -> DbResult<Option<TokenRow>> {
        let row = sqlx::query_as(
            "select * from token where hash = $1 and revoked_at is null
             and (expires_at is null or expires_at > now())",
        );
        Ok(row.bind(&hash[..]).fetch_optional(self.pool()).await?)
    }

    /// Notes that a token was used; at most one write a minute.
    pub async fn touch_token(&self, id: Uuid) -> DbResult<()> {
        sqlx::query(
            "update token set used_at = now()
             where id = $1 and (used_at is null or used_at < now() - interval '1 minute')",
        )
        .bind(id)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// All tokens, newest first.
    pub async fn tokens(&self) -> DbResult<Vec<TokenRow>> {
        Ok(sqlx::query_as("select * from token order by created_at desc, id").fetch_all(self.pool()).await?)
    }

    /// Whether a valid token with that scope exists.
    pub async fn has_token_with_scope(&self, scope: &str) -> DbResult<bool> {
        let found = sqlx::query_scalar(
            "select exists (select from token where $1 = any(scopes) and revoked_at is null
             and (expires_at is null or expires_at > now()))",
        );
        Ok(found.bind(scope).fetch_one(self.pool()).await?)
    }

    /// Revokes a token and ends its sessions; false when there is no such token.
    pub async fn revoke_token(&self, id: Uuid) -> DbResult<bool> {
        let mut tx = self.begin().await?;
        let done = sqlx::query("update token set revoked_at = coalesce(revoked_at, now()) where id = $1")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        sqlx::query("delete from session where token = $1").bind(id).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Starts a browser session for a token, and drops those that are too old.
    pub async fn insert_session(&self, hash: &[u8; 32], token: Uuid) -> DbResult<()> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "delete from session where created_at < now() - interval '30 days'
             or seen_at < now() - interval '7 days'",
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query("insert into session (hash, token) values ($1, $2)")
            .bind(&hash[..])
            .bind(token)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// The valid token behind a session: idle for at most 7 days, at most 30 days old.
    pub async fn session_token(&self, hash: &[u8; 32]) -> DbResult<Option<TokenRow>> {
        let row = sqlx::query_as(
            "select t.* from session s join token t on t.id = s.token
             where s.hash = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
             and s.created_at > now() - interval '30 days' and s.seen_at > now() - interval '7 days'",
        );
        let row = row.bind(&hash[..]).fetch_optional(self.pool()).await?;
        sqlx::query(
            "update session set seen_at = now() where hash = $1 and seen_at < now() - interval '1 minute'",
        )
        .bind(&hash[..])
        .execute(self.pool())
        .await?;
        Ok(row)
    }

    /// Ends a session.
    pub async fn delete_session(&self, hash: &[u8; 32]) -> DbResult<()> {
        sqlx::query("delete from session where hash = $1").bind(&hash[..]).execute(self.pool()).await?;
        Ok(())
    }

    /// Writes a line of the audit trail.
    pub async fn audit(&self, actor: &str, verb: &str, what: &str) -> DbResult<()> {
        sqlx::query("insert into audit (actor, verb, what) values ($1, $2, $3)")
            .bind(actor)
            .bind(verb)
            .bind(what)
            .execute(self.pool())
            .await?;
        Ok(())
    }
}
