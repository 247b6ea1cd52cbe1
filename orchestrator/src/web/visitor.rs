//! The caller of a page: who may read, and who may submit.

use super::html::{PageError, PageResult};
use crate::auth::{Caller, Scope};
use crate::error::{Kind, Refusal};
use crate::state::AppState;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::Method;
use axum::http::request::Parts;
use darkroom_web_ui::view::{Room, Shell};
use std::convert::Infallible;

/// A caller who may read.
#[derive(Debug, Clone)]
pub(super) struct Visitor(Caller);

/// A caller who may submit.
#[derive(Debug, Clone)]
pub(super) struct Submitter(pub(super) Visitor);

impl Visitor {
    /// Name of the token, when there is one.
    pub(super) fn user(&self) -> Option<String> {
        self.0.known.then(|| self.0.name.clone())
    }

    /// Name for lists and the audit trail.
    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether they may upload, start and cancel.
    pub(super) fn may_submit(&self) -> bool {
        self.0.may(Scope::Submit)
    }

    /// Who it is.
    pub(super) fn caller(&self) -> &Caller {
        &self.0
    }

    /// The frame of a page.
    pub(super) fn shell(&self, title: impl Into<String>, room: Room) -> Shell {
        Shell::new(title, room, self.user())
    }
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> PageResult<Self> {
        allowed(parts, state, Scope::Read).await
    }
}

impl FromRequestParts<AppState> for Submitter {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> PageResult<Self> {
        allowed(parts, state, Scope::Submit).await.map(Self)
    }
}

impl OptionalFromRequestParts<AppState> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Option<Self>, Infallible> {
        Ok(allowed(parts, state, Scope::Read).await.ok())
    }
}

async fn allowed(parts: &mut Parts, state: &AppState, wanted: Scope) -> PageResult<Visitor> {
    let caller = Caller::from_request_parts(parts, state).await?;
    match caller.require(wanted) {
        Ok(()) => Ok(Visitor(caller)),
        Err(refusal) if refusal.kind == Kind::Unauthenticated => Err(must_sign_in(parts, refusal)),
        Err(refusal) => Err(PageError::of(refusal, Some(caller.name))),
    }
}

/// A page sends its reader to the login and back; a form that was sent cannot be sent again from there.
fn must_sign_in(parts: &Parts, refusal: Refusal) -> PageError {
    let wanted = (parts.method == Method::GET)
        .then(|| parts.uri.path_and_query().map_or_else(|| "/".to_owned(), |path| path.as_str().to_owned()));
    PageError::sign_in(refusal, wanted)
}
