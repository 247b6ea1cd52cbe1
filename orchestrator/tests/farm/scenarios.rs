//! Scenarios and their references.

use crate::support::farm::created;
use crate::support::{FakeWorker, Farm, code_of, samples};
use darkroom_protocol::api::ScenarioInfo;

const SCREEN: &str = r#"name = "screen"
description = "Looks at the screen."

[[step]]
action = "expect-screen"
name = "menu"
"#;

#[tokio::test]
async fn a_malformed_scenario_is_refused_with_file_line_and_reason() {
    let farm = Farm::start().await;
    let cases = [
        ("name = \"x\"\n\n[[step]]\naction = \"fly\"\n", "test.toml:", "fly"),
        ("name = \"x\"\n[[step]]\naction = \"wait\"\nseconds = -1\n", "test.toml:2:", "seconds"),
        ("name = \"Bad Name\"\n[[step]]\naction = \"power-down\"\n", "test.toml:1:", "Bad Name"),
        ("name = \"x\"\n", "test.toml:1:", "at least one"),
        ("name = ", "test.toml:1:", ""),
    ];
    for (text, place, named) in cases {
        let (status, code, message) = code_of(farm.scenario(text, &[]).await).await;
        assert_eq!((status, code.as_str()), (422, "bad-scenario"));
        assert!(message.starts_with(place) && message.contains(named), "{message}");
    }
}

#[tokio::test]
async fn references_are_checked_and_a_cameras_own_comes_first() {
    let farm = Farm::start().await;
    let own = samples::png(1);
    let any = samples::png(2);
    let stored: ScenarioInfo =
        created(farm.scenario(SCREEN, &[("menu.png", any.clone()), ("60D/menu.png", own.clone())]).await)
            .await;
    assert_eq!(stored.references["menu"], ["*", "60D"]);
    let again: ScenarioInfo =
        created(farm.scenario(SCREEN, &[("menu.png", any.clone()), ("60D/menu.png", own)]).await).await;
    assert_eq!(stored, again, "the same again is the same version");
    let newer: ScenarioInfo = created(farm.scenario(SCREEN, &[("menu.png", any.clone())]).await).await;
    assert_ne!(stored.id, newer.id);
    let bad: [(&str, Vec<u8>, &str); 5] = [
        ("menu.png", b"no picture".to_vec(), "menu.png"),
        ("menu.png", any[..any.len() - 10].to_vec(), "menu.png"),
        ("other.png", any.clone(), "no step"),
        ("99D/menu.png", any.clone(), "no such camera"),
        ("menu.jpg", any, "NAME.png"),
    ];
    for (name, bytes, named) in bad {
        let (_, code, message) = code_of(farm.scenario(SCREEN, &[(name, bytes)]).await).await;
        assert_eq!(code, "bad-reference", "{message}");
        assert!(message.contains(named), "{message}");
    }
}

#[tokio::test]
async fn a_job_keeps_the_version_it_was_made_with() {
    let farm = Farm::start().await;
    farm.one_job().await;
    let newer = samples::SCENARIO.replace("within = 5.0", "within = 9.0");
    assert_eq!(farm.scenario(&newer, &[]).await.status(), 201);
    let attempt = FakeWorker::join(&farm, "one").await.claim().await;
    assert_eq!(attempt.claim.spec.scenario, samples::SCENARIO);
}

#[tokio::test]
async fn the_scenarios_of_the_tree_are_always_there() {
    let farm = Farm::start().await;
    let scenarios: Vec<ScenarioInfo> = farm.get("/scenarios").await;
    let stored: Vec<&str> = scenarios.iter().map(|info| info.name.as_str()).collect();
    let mut shipped: Vec<&str> = darkroom_protocol::scenario::shipped().map(|(name, _)| name).collect();
    shipped.sort_unstable();
    assert!(shipped.contains(&"boot"), "{shipped:?}");
    assert_eq!(stored, shipped);
}
