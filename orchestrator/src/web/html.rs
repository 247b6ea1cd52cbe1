//! From views and refusals to answers.

use super::visitor::Visitor;
use crate::error::{Kind, Refusal};
use askama::Template;
use axum::http::{StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use darkroom_web_ui::format::query_value;
use darkroom_web_ui::view::notice::ErrorPage;
use darkroom_web_ui::view::{Room, Shell};

/// A view as an answer. Pages are never kept by caches: they change while a job runs.
#[derive(Debug)]
pub(super) struct Page<T>(pub(super) T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => uncached(Html(html)),
            Err(error) => {
                tracing::error!(%error, "a page could not be written");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// Parts of a page, one after the other, for a page that refreshes itself.
pub(super) fn parts(parts: &[&dyn askama::DynTemplate]) -> Response {
    let rendered: Result<Vec<String>, _> = parts.iter().map(|part| part.dyn_render()).collect();
    match rendered {
        Ok(parts) => uncached(Html(parts.concat())),
        Err(error) => {
            tracing::error!(%error, "a part could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn uncached(body: Html<String>) -> Response {
    ([(header::CACHE_CONTROL, "private, no-cache")], body).into_response()
}

/// A refusal as a page for people.
#[derive(Debug)]
pub(super) struct PageError {
    refusal: Refusal,
    user: Option<String>,
    /// Where a caller who is not signed in wanted to go.
    wanted: Option<String>,
}

/// Result of a page.
pub(super) type PageResult<T> = Result<T, PageError>;

impl From<Refusal> for PageError {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, user: None, wanted: None }
    }
}

impl From<crate::db::DbError> for PageError {
    fn from(error: crate::db::DbError) -> Self {
        Refusal::from(error).into()
    }
}

impl PageError {
    /// A caller who has to sign in first.
    pub(super) fn sign_in(refusal: Refusal, wanted: Option<String>) -> Self {
        Self { refusal, user: None, wanted }
    }

    /// The refusal with the name of the caller.
    pub(super) fn of(refusal: Refusal, user: Option<String>) -> Self {
        Self { refusal, user, wanted: None }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        if let Some(wanted) = &self.wanted {
            return Redirect::to(&format!("/login?next={}", query_value(wanted))).into_response();
        }
        let status = self.refusal.kind.status();
        let title = title(self.refusal.kind);
        let page = ErrorPage {
            shell: Shell::new(title, Room::Nowhere, self.user),
            status: status.as_u16(),
            title: title.to_owned(),
            message: sentence(&self.refusal.message),
        };
        (status, Page(page)).into_response()
    }
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Malformed => "That was not readable",
        Kind::Unauthenticated => "Sign in first",
        Kind::Forbidden => "Not with this token",
        Kind::NotFound => "Not on this roll",
        Kind::Conflict => "That does not fit together",
        Kind::TooLarge => "Too large",
        Kind::Invalid => "That cannot be used",
        Kind::Unavailable => "The farm is out for a moment",
        Kind::Internal => "Something broke on our side",
    }
}

/// A message as a sentence: capital letter, full stop.
pub(super) fn sentence(message: &str) -> String {
    let mut chars = message.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let text = format!("{first}{}", chars.as_str());
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

/// Answer to every path that leads nowhere.
pub(super) async fn not_found(visitor: Option<Visitor>, uri: Uri) -> PageError {
    let user = visitor.and_then(|visitor| visitor.user());
    PageError::of(Refusal::not_found("page", uri.path()), user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_become_sentences() {
        assert_eq!(sentence("no job 7"), "No job 7.");
        assert_eq!(sentence("Really?"), "Really?");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn a_refusal_keeps_its_status_and_names_what_is_wrong() {
        let answer = PageError::from(Refusal::not_found("job", "<b>")).into_response();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn who_must_sign_in_comes_back_to_where_they_wanted() {
        let refusal = Refusal::unauthenticated("sign in");
        let answer = PageError::sign_in(refusal, Some("/jobs/1?q=a b".to_owned())).into_response();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()["location"], "/login?next=%2Fjobs%2F1%3Fq%3Da%20b");
    }
}
