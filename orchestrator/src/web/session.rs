//! Signing in and out: a token is traded for a session cookie.

use super::html::{Page, PageResult, sentence};
use crate::auth::SESSION_COOKIE;
use crate::error::{Kind, Refusal};
use crate::state::AppState;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use darkroom_web_ui::view::notice::LoginPage;
use darkroom_web_ui::view::{Room, Shell};
use serde::Deserialize;

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

/// The login form.
#[derive(Deserialize)]
pub(super) struct Login {
    token: String,
    #[serde(default)]
    next: String,
}

/// `GET /login`
pub(super) async fn form(Query(Next { next }): Query<Next>) -> Page<LoginPage> {
    Page(view(&next, None))
}

/// `POST /login`
pub(super) async fn log_in(
    State(state): State<AppState>,
    jar: CookieJar,
    Form(Login { token, next }): Form<Login>,
) -> PageResult<Response> {
    match state.auth.log_in(&token).await {
        Ok(secret) => {
            let jar = jar.add(cookie(secret.reveal().to_owned(), state.secure_cookies));
            Ok((jar, Redirect::to(own_path(&next))).into_response())
        }
        Err(refusal) if refusal.kind == Kind::Unauthenticated => Ok(refused(&next, &refusal)),
        Err(refusal) => Err(refusal.into()),
    }
}

/// `POST /logout`
pub(super) async fn log_out(State(state): State<AppState>, jar: CookieJar) -> PageResult<Response> {
    if let Some(cookie) = jar.get(SESSION_COOKIE) {
        state.auth.log_out(cookie.value()).await?;
    }
    let jar = jar.remove(cookie(String::new(), state.secure_cookies));
    Ok((jar, Redirect::to("/login")).into_response())
}

fn refused(next: &str, refusal: &Refusal) -> Response {
    let page = view(next, Some(sentence(&refusal.message)));
    (StatusCode::UNAUTHORIZED, Page(page)).into_response()
}

fn view(next: &str, error: Option<String>) -> LoginPage {
    LoginPage { shell: Shell::new("Sign in", Room::Nowhere, None), next: own_path(next).to_owned(), error }
}

fn cookie(value: String, secure: bool) -> Cookie<'static> {
    Cookie::build((SESSION_COOKIE, value))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .build()
}

/// A path on this server; anything that a browser might read as another server leads home.
fn own_path(next: &str) -> &str {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next.chars().all(|c| !c.is_control());
    if plain { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_to_another_server() {
        for hostile in ["https://evil.example", "//evil.example", "/\\evil.example", "", "/a\r\nb"] {
            assert_eq!(own_path(hostile), "/", "{hostile:?}");
        }
        assert_eq!(own_path("/jobs/1?q=x"), "/jobs/1?q=x");
    }

    #[test]
    fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
        let cookie = cookie("secret".to_owned(), true);
        assert_eq!(cookie.http_only(), Some(true));
        assert_eq!(cookie.same_site(), Some(SameSite::Lax));
        assert_eq!(cookie.secure(), Some(true));
    }
}
