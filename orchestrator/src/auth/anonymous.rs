//! What callers without a token may do.

use crate::auth::Scope;
use axum::http::{HeaderMap, header};
use std::net::IpAddr;

/// Rights of callers without a token. `Submit` holds only on this machine: the connection must come from a loopback
/// address, and the browser must have asked for a loopback name (a page elsewhere whose name was made to point here,
/// "DNS rebinding", asks for its own name and gets nothing).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Anonymous {
    /// Nothing but the login page.
    #[default]
    None,
    /// Reading, from anywhere.
    Read,
    /// Reading and submitting, from this machine only; others nothing.
    Submit,
}

impl Anonymous {
    /// What such a caller may do, coming from `peer` with those headers.
    pub(super) fn scope(self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<Scope> {
        match self {
            Self::None => None,
            Self::Read => Some(Scope::Read),
            Self::Submit if is_local(peer, headers) => Some(Scope::Submit),
            Self::Submit => None,
        }
    }
}

fn is_local(peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    peer.is_some_and(|peer| peer.to_canonical().is_loopback()) && is_loopback_name(host)
}

fn is_loopback_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope_of(host: &str, peer: &str) -> Option<Scope> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        Anonymous::Submit.scope(Some(peer.parse().unwrap()), &headers)
    }

    #[test]
    fn submitting_without_a_token_needs_loopback_on_both_ends() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]"] {
            assert_eq!(scope_of(host, "127.0.0.1"), Some(Scope::Submit), "{host}");
        }
        for host in
            ["evil.example:8080", "127.0.0.1.evil.example", "", "192.168.1.4", "localhost.evil.example"]
        {
            assert_eq!(scope_of(host, "127.0.0.1"), None, "{host}");
        }
        assert_eq!(scope_of("localhost:8080", "192.168.1.4"), None);
        assert_eq!(scope_of("localhost:8080", "::ffff:127.0.0.1"), Some(Scope::Submit));
    }
}
