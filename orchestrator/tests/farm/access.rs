//! Who may do what, and that malformed requests are answered, not fallen over.

use crate::support::{Farm, code_of, samples};
use darkroom_orchestrator::auth::Scope;
use darkroom_protocol::{BatchId, Digest, JobId};
use reqwest::{Method, StatusCode};
use time::{Duration, OffsetDateTime};

#[tokio::test]
async fn every_call_of_the_api_wants_a_token() {
    let farm = Farm::start().await;
    let description: serde_json::Value = farm
        .http
        .get(format!("{}/api/v1/openapi.json", farm.url))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let paths = description["paths"].as_object().unwrap();
    let mut calls = 0;
    for (pattern, operations) in paths {
        let path = pattern
            .replace("{id}", &BatchId::fresh().to_string())
            .replace("{job}", &JobId::fresh().to_string())
            .replace("{attempt}", "1")
            .replace("{digest}", &Digest::of(b"").to_string());
        for method in operations.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            // Enough for the query of any call; the body is malformed on purpose.
            let url = format!("{}{path}?name=x&camera=60D&firmware=111&offset=0", farm.url);
            let call = farm.http.request(method.clone(), url).header("content-type", "application/json");
            let status = call.body("{").send().await.unwrap().status();
            let refused = [StatusCode::UNAUTHORIZED, StatusCode::BAD_REQUEST];
            assert!(refused.contains(&status), "{method} {pattern}: {status}");
            calls += 1;
        }
    }
    assert!(calls >= 27, "{calls} calls are described");
}

#[tokio::test]
async fn scopes_hold() {
    let farm = Farm::start().await;
    let body = samples::autoexec();
    let upload = |token: &str| {
        let path = "/builds?name=autoexec.bin&cameras=60D";
        farm.call_as(token, Method::POST, path).body(body.clone()).send()
    };
    assert_eq!(upload(&farm.reader).await.unwrap().status(), 403);
    assert_eq!(upload(&farm.worker).await.unwrap().status(), 403);
    assert_eq!(upload(&farm.submitter).await.unwrap().status(), 201);
    assert_eq!(upload(&farm.admin).await.unwrap().status(), 201);
    let claim = serde_json::json!({ "worker": BatchId::fresh(), "wait_ms": 0 });
    for token in [&farm.reader, &farm.submitter, &farm.admin] {
        let call = farm.call_as(token, Method::POST, "/worker/claim").json(&claim);
        assert_eq!(call.send().await.unwrap().status(), 403);
    }
    assert_eq!(farm.call_as(&farm.reader, Method::GET, "/cameras").send().await.unwrap().status(), 200);
    assert_eq!(farm.call_as(&farm.worker, Method::GET, "/cameras").send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn expired_revoked_and_unknown_tokens_are_refused() {
    let farm = Farm::start().await;
    let auth = &farm.state().auth;
    let yesterday = OffsetDateTime::now_utc() - Duration::days(1);
    let expired = auth.create_token("old", &[Scope::Read], Some(yesterday)).await.unwrap();
    let revoked = auth.create_token("gone", &[Scope::Read], None).await.unwrap();
    assert!(auth.bearer(revoked.secret.reveal()).await.is_ok());
    let session = auth.log_in(revoked.secret.reveal()).await.unwrap();
    auth.revoke_token(revoked.id).await.unwrap();
    for token in [expired.secret.reveal(), revoked.secret.reveal(), "dr_nonsense", ""] {
        let status = farm.call_as(token, Method::GET, "/cameras").send().await.unwrap().status();
        assert_eq!(status, 401, "{token}");
    }
    let cookie = format!("darkroom_session={}", session.reveal());
    let call = farm.http.get(format!("{}/api/v1/cameras", farm.url)).header("cookie", cookie);
    assert_eq!(call.send().await.unwrap().status(), 401, "a session ends with its token");
}

#[tokio::test]
async fn only_hashes_of_secrets_are_stored() {
    let farm = Farm::start().await;
    let tokens = farm.state().auth.tokens().await.unwrap();
    let hash = Digest::of(farm.admin.as_bytes());
    assert!(tokens.iter().any(|token| token.hash == hash.0), "stored as SHA-256");
    assert!(farm.admin.starts_with("dr_") && farm.admin.len() == 3 + 64);
}

#[tokio::test]
async fn the_first_admin_token_is_made_once() {
    let farm = Farm::start().await;
    assert!(farm.state().auth.first_admin().await.unwrap().is_none(), "the test's own admin is there");
    for token in farm.state().auth.tokens().await.unwrap() {
        farm.state().auth.revoke_token(token.id).await.unwrap();
    }
    assert!(farm.state().auth.first_admin().await.unwrap().is_some());
    assert!(farm.state().auth.first_admin().await.unwrap().is_none());
}

#[tokio::test]
async fn an_open_farm_serves_this_machine_without_a_token_and_nobody_by_another_name() {
    let farm = Farm::open().await;
    let url = format!("{}/api/v1/builds?name=autoexec.bin&cameras=60D", farm.url);
    let upload = || farm.http.post(&url).body(samples::autoexec());
    assert_eq!(upload().send().await.unwrap().status(), 201);
    assert_eq!(upload().header("host", "evil.example").send().await.unwrap().status(), 401);
    assert_eq!(upload().header("origin", "http://evil.example").send().await.unwrap().status(), 403);
    assert_eq!(upload().header("sec-fetch-site", "cross-site").send().await.unwrap().status(), 403);
    assert_eq!(upload().header("sec-fetch-site", "same-origin").send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn malformed_requests_get_json_errors() {
    let farm = Farm::start().await;
    let send = |method: Method, path: &str, body: &'static str| {
        let call = farm.call(method, path).header("content-type", "application/json");
        call.body(body).send()
    };
    for (method, path, body, status) in [
        (Method::GET, "/nothing/here", "", 404),
        (Method::GET, "/batches/no-uuid", "", 400),
        (Method::GET, "/blobs/xyz", "", 400),
        (Method::DELETE, "/batches", "", 405),
        (Method::POST, "/batches", "{", 400),
        (Method::POST, "/batches", "{\"runs\": 5}", 422),
        (Method::POST, "/batches", "{\"runs\": [], \"colour\": 1}", 422),
        (Method::GET, "/batches?limit=-1", "", 400),
        (Method::GET, "/batches/00000000-0000-0000-0000-000000000000", "", 404),
        (Method::POST, "/builds", "", 400),
        (Method::POST, "/rom-sets?camera=60D&firmware=111", "no form", 400),
    ] {
        let (told, code, message) = code_of(send(method.clone(), path, body).await.unwrap()).await;
        assert_eq!(told, status, "{method} {path}: {code} {message}");
        assert!(!code.is_empty() && !message.is_empty());
    }
}

#[tokio::test]
async fn answers_carry_the_security_headers() {
    let farm = Farm::start().await;
    let response = farm.call(Method::GET, "/cameras").send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert!(response.headers().contains_key("x-request-id"));
}
