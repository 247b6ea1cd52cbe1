//! The caller of a request, as handlers see it.

use super::{Anonymous, SESSION_COOKIE, Scope};
use crate::db::TokenRow;
use crate::error::{Answer, Refusal};
use crate::state::AppState;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;
use std::net::SocketAddr;

/// Peer address of the connection, as the server hands it to the extractors.
pub type CallerAddress = ConnectInfo<SocketAddr>;

/// Who calls, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Name for lists and the audit trail: of the token, or `anonymous`.
    pub name: String,
    /// What they may do.
    pub scopes: Vec<Scope>,
    /// Whether a token stands behind it.
    pub known: bool,
}

impl Caller {
    pub(super) fn of_token(row: &TokenRow) -> Self {
        let scopes = row.scopes.iter().filter_map(|word| Scope::from_word(word)).collect();
        Self { name: row.name.clone(), scopes, known: true }
    }

    fn anonymous(scope: Option<Scope>) -> Self {
        Self { name: "anonymous".to_owned(), scopes: scope.into_iter().collect(), known: false }
    }

    /// Whether they may do what `wanted` allows.
    pub fn may(&self, wanted: Scope) -> bool {
        self.scopes.iter().any(|scope| scope.includes(wanted))
    }

    /// Refuses callers who may not.
    ///
    /// # Errors
    /// 401 for anonymous callers, 403 for known ones.
    pub fn require(&self, wanted: Scope) -> Answer<()> {
        if self.may(wanted) {
            return Ok(());
        }
        if self.known {
            return Err(Refusal::lacks(wanted));
        }
        let message = format!("this needs a token with the scope '{}'", wanted.word());
        Err(Refusal::unauthenticated(message))
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let token = value.to_str().ok().and_then(bearer_token);
            let token =
                token.ok_or_else(|| Refusal::unauthenticated("expected 'Authorization: Bearer TOKEN'"))?;
            return state.auth.bearer(token).await;
        }
        let cookies = CookieJar::from_headers(&parts.headers);
        if let Some(cookie) = cookies.get(SESSION_COOKIE)
            && let Some(caller) = state.auth.session(cookie.value()).await?
        {
            return Ok(caller);
        }
        Ok(Self::anonymous(anonymous_scope(state.auth.anonymous(), parts, &parts.headers)))
    }
}

fn bearer_token(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn anonymous_scope(rights: Anonymous, parts: &Parts, headers: &HeaderMap) -> Option<Scope> {
    let peer = parts.extensions.get::<CallerAddress>().map(|ConnectInfo(peer)| peer.ip());
    rights.scope(peer, headers)
}
