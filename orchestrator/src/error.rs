//! How a request can be refused. One type for services, API and pages: what kind, a machine-readable code, a sentence.

use crate::auth::Scope;
use crate::db::{DbError, Fence};
use crate::store::StoreError;
use axum::http::StatusCode;

/// Kind of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request itself is not well-formed.
    Malformed,
    /// Nobody is logged in, or the token is not valid.
    Unauthenticated,
    /// The caller may not do that.
    Forbidden,
    /// No such thing.
    NotFound,
    /// It contradicts what is there.
    Conflict,
    /// Too many bytes.
    TooLarge,
    /// The content is not acceptable.
    Invalid,
    /// The farm cannot answer now (the database restarts); try again.
    Unavailable,
    /// A defect of the farm.
    Internal,
}

impl Kind {
    /// Its HTTP status.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Kind.
    pub kind: Kind,
    /// Machine-readable word, for example `bad-zip`.
    pub code: &'static str,
    /// What is wrong and where.
    pub message: String,
}

/// Result of a service.
pub type Answer<T> = Result<T, Refusal>;

impl Refusal {
    /// A refusal.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into() }
    }

    /// Unacceptable content.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, code, message)
    }

    /// No such thing.
    pub fn not_found(what: &str, id: impl std::fmt::Display) -> Self {
        Self::new(Kind::NotFound, "not-found", format!("no {what} {id}"))
    }

    /// Nobody is logged in.
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(Kind::Unauthenticated, "unauthenticated", message)
    }

    /// The caller lacks a scope.
    pub fn lacks(scope: Scope) -> Self {
        let message = format!("this needs a token with the scope '{}'", scope.word());
        Self::new(Kind::Forbidden, "forbidden", message)
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        if error.is_outage() {
            tracing::warn!(%error, "database unavailable");
            return Self::new(
                Kind::Unavailable,
                "database-unavailable",
                "the database cannot be reached; try again",
            );
        }
        if error.is_bad_value() {
            return Self::new(Kind::Invalid, "bad-value", "a value is out of the range that can be stored");
        }
        tracing::error!(%error, "database error");
        Self::new(Kind::Internal, "internal", "the farm could not do that; its log says why")
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::WrongDigest { .. } => Self::invalid("wrong-digest", message),
            StoreError::TooLarge { .. } => Self::new(Kind::TooLarge, "too-large", message),
            StoreError::Source(_) => Self::new(Kind::Malformed, "upload-broke-off", message),
            StoreError::Unknown(digest) => Self::not_found("blob", digest),
            StoreError::Db(error) => error.into(),
        }
    }
}

impl From<Fence> for Refusal {
    fn from(fence: Fence) -> Self {
        let message = fence.to_string();
        match fence {
            Fence::UnknownJob(job) => Self::not_found("job", job),
            Fence::Stale(..) => Self::new(Kind::Conflict, "stale-attempt", message),
            Fence::EndedOtherwise(..) => Self::new(Kind::Conflict, "ended-otherwise", message),
            Fence::LogGap { .. } => Self::invalid("log-gap", message),
            Fence::EventGap { .. } => Self::invalid("event-gap", message),
            Fence::TooMuch { .. } => Self::new(Kind::TooLarge, "too-much", message),
            Fence::MissingBlobs(_) => Self::invalid("missing-blobs", message),
            Fence::Db(error) => error.into(),
        }
    }
}
