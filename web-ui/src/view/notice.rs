//! Login and error pages.

use super::Shell;
use askama::Template;

/// `/login`
#[derive(Debug, Clone, Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    /// Frame.
    pub shell: Shell,
    /// Where to go afterwards; a path on this server.
    pub next: String,
    /// What is wrong with the token given.
    pub error: Option<String>,
}

/// Any page that could not be shown.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Frame.
    pub shell: Shell,
    /// HTTP status.
    pub status: u16,
    /// What happened, in a few words.
    pub title: String,
    /// What is wrong, where, and what to do.
    pub message: String,
}
