//! Workers in real containers, where an engine answers and a static worker was built.

use crate::support::farm::client;
use bollard::Docker;
use bollard::models::ContainerInspectResponse;
use darkroom_orchestrator::auth::Anonymous;
use darkroom_orchestrator::config::DatabaseArgs;
use darkroom_orchestrator::fleet::{BackendChoice, ContainerSettings, DockerFleet, WorkerProgram};
use darkroom_orchestrator::up::{UpSettings, up};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// The worker that was built beside this test.
fn worker_binary() -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    let program = test.parent()?.parent()?.join("darkroom-worker");
    program.is_file().then_some(program)
}

/// Why this cannot be tested here, if it cannot.
async fn engine() -> Result<(Docker, PathBuf), String> {
    let docker = Docker::connect_with_unix_defaults().map_err(|error| error.to_string())?;
    docker.ping().await.map_err(|error| error.to_string())?;
    let program =
        worker_binary().ok_or("there is no worker beside the test: cargo build -p darkroom-worker")?;
    Ok((docker, program))
}

fn settings(data: &Path, farm: &str, program: PathBuf) -> UpSettings {
    UpSettings {
        database: DatabaseArgs { database_url: None, data: data.to_owned() },
        listen: vec![([127, 0, 0, 1], 0).into()],
        anonymous: Anonymous::Submit,
        secure_cookies: false,
        workers: 2,
        backend: BackendChoice::Docker,
        program: WorkerProgram { program: "false".into(), arguments: Vec::new() },
        containers: Some(ContainerSettings::new(farm, program)),
    }
}

async fn inspect(docker: &Docker, name: &str) -> ContainerInspectResponse {
    docker.inspect_container(name, None).await.unwrap()
}

/// Waits until both workers have registered, as the workers page shows them.
async fn wait_for_workers(url: &str, farm: &str) {
    let start = Instant::now();
    loop {
        let page = client().get(format!("{url}/workers")).send().await.unwrap().text().await.unwrap();
        if (1..=2).all(|slot| page.contains(&format!("darkroom-{farm}-{slot}"))) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "the containers' workers do not register: {page}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn assert_confined(container: &ContainerInspectResponse) {
    let host = container.host_config.as_ref().unwrap();
    let user = container.config.as_ref().unwrap().user.as_deref().unwrap();
    assert_eq!(user, "65532:65532");
    assert_eq!(host.readonly_rootfs, Some(true));
    assert_eq!(host.privileged, Some(false));
    assert_eq!(host.cap_drop.as_deref(), Some(&["ALL".to_owned()][..]));
    assert_eq!(host.cap_add, None);
    let security = host.security_opt.as_ref().unwrap();
    assert!(security.contains(&"no-new-privileges:true".to_owned()));
    assert!(security.iter().any(|option| option.starts_with("seccomp={")), "own profile");
    assert!(host.memory.unwrap() > 0 && host.memory == host.memory_swap, "limited, and no swap");
    assert!(host.pids_limit.unwrap() > 0 && host.nano_cpus.unwrap() > 0);
    let published = container.network_settings.as_ref().unwrap().ports.as_ref();
    assert!(published.is_none_or(|ports| ports.is_empty()), "{published:?}");
    assert!(
        host.binds.is_none() && container.mounts.as_ref().is_none_or(Vec::is_empty),
        "nothing of the host"
    );
    let command = container.args.clone().unwrap_or_default();
    assert!(!command.iter().any(|word| word.contains("dr_")), "no token on the command line");
}

#[tokio::test]
async fn workers_run_in_confined_containers_and_go_with_the_farm() {
    let (docker, program) = match engine().await {
        Ok(engine) => engine,
        Err(reason) => return println!("skipped: {reason}"),
    };
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    let farm = format!("test-{}", std::process::id());
    let stop = CancellationToken::new();
    let (send, ready) = tokio::sync::oneshot::channel();
    let running = tokio::spawn(up(
        settings(dir.path(), &farm, program),
        move |ready| drop(send.send(ready.clone())),
        stop.clone(),
    ));
    let Ok(ready) = ready.await else { panic!("{:?}", running.await) };
    assert_eq!(ready.backend, "docker");
    wait_for_workers(&ready.url, &farm).await;
    for slot in 1..=2 {
        assert_confined(&inspect(&docker, &format!("darkroom-{farm}-{slot}")).await);
    }
    let network = docker.inspect_network(&format!("darkroom-{farm}"), None).await.unwrap();
    assert_eq!(network.internal, Some(true));
    stop.cancel();
    running.await.unwrap().unwrap();
    assert!(docker.inspect_container(&format!("darkroom-{farm}-1"), None).await.is_err(), "removed");
    assert!(docker.inspect_network(&format!("darkroom-{farm}"), None).await.is_err(), "removed");
}

#[tokio::test]
async fn a_dynamically_linked_worker_is_refused_before_anything_is_made() {
    let mut settings = ContainerSettings::new("test-dynamic", "/bin/sh".into());
    let error = DockerFleet::prepare(settings.clone()).await.unwrap_err();
    if engine().await.is_err() {
        return println!("skipped: {error}");
    }
    assert!(error.to_string().contains("statically linked"), "{error}");
    settings.binary = "/nonexistent".into();
    assert!(DockerFleet::prepare(settings).await.unwrap_err().to_string().contains("/nonexistent"));
}
