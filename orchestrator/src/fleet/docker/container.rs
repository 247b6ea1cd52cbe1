//! What a worker container may do: as little as it needs (reference: farms.md D2).

use super::{ContainerSettings, LABEL};
use bollard::models::{ContainerCreateBody, HostConfig, ResourcesUlimits};
use std::collections::HashMap;

/// User and group inside; they own nothing.
const USER: &str = "65532:65532";
/// Processes and threads of a worker, its job included.
const MAX_PROCESSES: i64 = 64;
const MAX_FILES: i64 = 256;
/// Where cards and overlays of a running job lie; nothing there can be executed.
const SCRATCH: &str = "rw,noexec,nosuid,nodev,size=768m,mode=1777";

/// A worker container.
pub(super) fn body(
    settings: &ContainerSettings,
    image: &str,
    network: &str,
    environment: Vec<String>,
) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some(image.to_owned()),
        user: Some(USER.to_owned()),
        env: Some(environment),
        labels: Some(HashMap::from([(LABEL.to_owned(), settings.farm.clone())])),
        host_config: Some(confinement(settings, network)),
        ..ContainerCreateBody::default()
    }
}

fn confinement(settings: &ContainerSettings, network: &str) -> HostConfig {
    HostConfig {
        network_mode: Some(network.to_owned()),
        readonly_rootfs: Some(true),
        cap_drop: Some(vec!["ALL".to_owned()]),
        security_opt: Some(vec![
            "no-new-privileges:true".to_owned(),
            format!("seccomp={}", settings.seccomp),
        ]),
        memory: Some(settings.memory),
        // The same figure: no swap.
        memory_swap: Some(settings.memory),
        nano_cpus: Some(settings.nano_cpus),
        pids_limit: Some(MAX_PROCESSES),
        ulimits: Some(vec![ulimit("nofile", MAX_FILES), ulimit("core", 0)]),
        tmpfs: Some(HashMap::from([("/tmp".to_owned(), SCRATCH.to_owned())])),
        privileged: Some(false),
        ipc_mode: Some("private".to_owned()),
        ..HostConfig::default()
    }
}

fn ulimit(name: &str, most: i64) -> ResourcesUlimits {
    ResourcesUlimits { name: Some(name.to_owned()), soft: Some(most), hard: Some(most) }
}
