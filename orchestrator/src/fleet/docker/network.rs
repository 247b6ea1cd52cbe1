//! The network of a farm's containers: internal, so that it reaches only this host's own address on it.

use super::{FleetError, LABEL};
use bollard::Docker;
use bollard::models::NetworkCreateRequest;
use std::collections::HashMap;
use std::net::IpAddr;

/// The network, and this host's address on it.
#[derive(Debug, Clone)]
pub(super) struct Internal {
    pub(super) name: String,
    pub(super) gateway: IpAddr,
}

/// The farm's network; made when it is not there.
pub(super) async fn ensure(docker: &Docker, farm: &str) -> Result<Internal, FleetError> {
    let name = format!("darkroom-{farm}");
    if docker.inspect_network(&name, None).await.is_err() {
        let request = NetworkCreateRequest {
            name: name.clone(),
            driver: Some("bridge".to_owned()),
            internal: Some(true),
            labels: Some(HashMap::from([(LABEL.to_owned(), farm.to_owned())])),
            ..NetworkCreateRequest::default()
        };
        docker.create_network(request).await?;
    }
    let about = docker.inspect_network(&name, None).await?;
    if about.internal != Some(true) {
        return Err(FleetError::Engine(format!("the network {name} exists and is not internal")));
    }
    let configs = about.ipam.and_then(|ipam| ipam.config).unwrap_or_default();
    let gateway = configs.into_iter().find_map(|config| config.gateway?.parse().ok());
    let gateway = gateway.ok_or_else(|| FleetError::Engine(format!("the network {name} has no gateway")))?;
    Ok(Internal { name, gateway })
}

/// Removes the network; one that is still in use stays.
pub(super) async fn remove(docker: &Docker, network: &Internal) {
    if let Err(error) = docker.remove_network(&network.name).await {
        tracing::warn!(network = network.name, %error, "network cannot be removed");
    }
}
