//! Every route of the dashboard, from the table that also makes the router.

use crate::house::{House, text};
use crate::house_or_skip;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use darkroom_orchestrator::auth::Scope;
use darkroom_orchestrator::web::{Access, PageRoute, table};
use uuid::Uuid;

/// A path of the route with parameters that name nothing.
fn path(route: &PageRoute) -> String {
    let id = Uuid::from_u128(7).to_string();
    let (zero, seven) = ("0".repeat(64), "7".to_owned());
    let fill =
        [("{id}", &id), ("{digest}", &zero), ("{name}", &seven), ("{seq}", &seven), ("{step}", &seven)];
    fill.iter().fold(route.path.to_owned(), |path, (parameter, value)| path.replace(parameter, value))
}

fn request(route: &PageRoute) -> axum::http::request::Builder {
    let form = "application/x-www-form-urlencoded";
    Request::builder().method(route.method.clone()).uri(path(route)).header("content-type", form)
}

async fn status(house: &House, request: axum::http::request::Builder) -> StatusCode {
    house.ask(request.body(Body::from("token=x&scenario=boot")).unwrap()).await.status()
}

#[tokio::test]
async fn nobody_gets_in_without_a_token() {
    let house = house_or_skip!();
    for route in table().iter().filter(|route| route.access != Access::Open) {
        let answer = house.ask(request(route).body(Body::empty()).unwrap()).await;
        if route.method == Method::GET {
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", route.path);
            let to = answer.headers()["location"].to_str().unwrap();
            assert!(to.starts_with("/login?next=%2F"), "{} leads to {to}", route.path);
        } else {
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{}", route.path);
        }
    }
    house.close().await;
}

#[tokio::test]
async fn a_reader_cannot_submit_and_a_worker_cannot_read() {
    let house = house_or_skip!();
    let (read, worker) = (house.token(Scope::Read).await, house.token(Scope::Worker).await);
    let with =
        |route: &PageRoute, token: &str| request(route).header("authorization", format!("Bearer {token}"));
    for route in table().iter().filter(|route| route.access != Access::Open) {
        let expected = route.access == Access::Submit;
        let refused = status(&house, with(route, &read)).await == StatusCode::FORBIDDEN;
        assert_eq!(refused, expected, "{} {}", route.method, route.path);
        assert_eq!(status(&house, with(route, &worker)).await, StatusCode::FORBIDDEN, "{}", route.path);
    }
    house.close().await;
}

#[tokio::test]
async fn other_sites_cannot_send_forms() {
    let house = house_or_skip!();
    let token = house.token(Scope::Admin).await;
    let mut unsafe_routes = 0;
    for route in table().iter().filter(|route| route.method != Method::GET) {
        unsafe_routes += 1;
        let signed = || {
            request(route).header("authorization", format!("Bearer {token}")).header("host", "farm.example")
        };
        for foreign in
            [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")]
        {
            let answer = status(&house, signed().header(foreign.0, foreign.1)).await;
            assert_eq!(answer, StatusCode::FORBIDDEN, "{} from {foreign:?}", route.path);
        }
        let own = status(&house, signed().header("sec-fetch-site", "same-origin")).await;
        assert_ne!(own, StatusCode::FORBIDDEN, "{} from here", route.path);
    }
    assert!(unsafe_routes >= 7, "the table names {unsafe_routes}");
    house.close().await;
}

#[tokio::test]
async fn pages_answer_on_an_empty_farm_and_allow_no_inline_script() {
    let house = house_or_skip!();
    let token = house.token(Scope::Submit).await;
    for route in
        table().iter().filter(|route| route.method == Method::GET && !route.path.starts_with("/events"))
    {
        let answer = house.get(&path(route), &token).await;
        let names_nothing = route.path.contains('{');
        let fine = if names_nothing { StatusCode::NOT_FOUND } else { StatusCode::OK };
        let icon = route.path == "/favicon.ico";
        assert!(answer.status() == fine || icon, "{}: {}", route.path, answer.status());
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{}: {policy}",
            route.path
        );
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
    let lost = house.get("/no/such/page", &token).await;
    assert_eq!(lost.status(), StatusCode::NOT_FOUND);
    assert!(text(lost).await.contains("No page /no/such/page."));
    house.close().await;
}

#[tokio::test]
async fn a_session_opens_the_door_until_signing_out() {
    let house = house_or_skip!();
    let token = house.token(Scope::Read).await;
    let form = |path: &str, body: String| {
        Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap()
    };
    let wrong = house.ask(form("/login", "token=dr_wrong&next=%2F".to_owned())).await;
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    assert!(text(wrong).await.contains("The token is unknown, expired or revoked."));

    let right = house.ask(form("/login", format!("token={token}&next=%2Fworkers"))).await;
    assert_eq!(right.headers()["location"], "/workers");
    let cookie = right.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let workers = || Request::get("/workers").header("cookie", &cookie).body(Body::empty()).unwrap();
    assert_eq!(house.ask(workers()).await.status(), StatusCode::OK);

    let out = Request::post("/logout").header("cookie", &cookie).body(Body::empty()).unwrap();
    assert_eq!(house.ask(out).await.headers()["location"], "/login");
    assert_eq!(
        house.ask(workers()).await.status(),
        StatusCode::SEE_OTHER,
        "the session is gone on the server too"
    );
    house.close().await;
}

#[tokio::test]
async fn live_streams_end_with_the_server() {
    let house = house_or_skip!();
    let token = house.token(Scope::Read).await;
    let mut answers = Vec::new();
    for path in ["/events/farm", "/events/batches/00000000-0000-0000-0000-000000000007"] {
        let answer = house.get(path, &token).await;
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        answers.push(answer);
    }
    house.server.state.shutdown.cancel();
    let (farm, batch) = (answers.remove(0), answers.remove(0));
    assert!(text(farm).await.contains("event: change"), "the first event says: look");
    assert!(text(batch).await.contains("event: end"), "nothing will ever come of a batch that is not there");
    house.close().await;
}
