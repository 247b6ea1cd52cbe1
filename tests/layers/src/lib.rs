//! The rules of the house that `cargo metadata` can check: who may use whom, what emu-core must not reach, licences.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use std::collections::{BTreeMap, BTreeSet};

/// The workspace as cargo sees it, with the resolved dependency graph.
pub struct House {
    metadata: Metadata,
}

impl House {
    /// Reads the workspace that this crate belongs to.
    pub fn read() -> Result<Self, cargo_metadata::Error> {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
        let other_options = ["--locked".to_owned()];
        let metadata = MetadataCommand::new().manifest_path(manifest).other_options(other_options).exec()?;
        Ok(Self { metadata })
    }

    /// Rooms (workspace crates, without the `darkroom-` prefix) that each room uses outside of its tests.
    pub fn uses(&self) -> BTreeMap<String, BTreeSet<String>> {
        self.metadata
            .workspace_packages()
            .into_iter()
            .map(|package| (room(package), self.rooms_used_by(package)))
            .collect()
    }

    fn rooms_used_by(&self, package: &Package) -> BTreeSet<String> {
        let normal =
            package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        normal.filter_map(|dependency| dependency.name.strip_prefix("darkroom-").map(str::to_owned)).collect()
    }

    /// Names of all crates that `room` links, however far away, outside of tests and build scripts.
    pub fn links(&self, room: &str) -> BTreeSet<String> {
        let nodes = self.metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
        let edges: BTreeMap<&PackageId, Vec<&PackageId>> = nodes
            .map(|node| {
                let normal = |dep: &&cargo_metadata::NodeDep| {
                    dep.dep_kinds.iter().any(|k| k.kind == DependencyKind::Normal)
                };
                (&node.id, node.deps.iter().filter(normal).map(|dep| &dep.pkg).collect())
            })
            .collect();
        let mut open: Vec<&PackageId> = self.package(room).map(|package| &package.id).into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(edges.get(id).into_iter().flatten().copied());
            }
        }
        seen.into_iter().map(|id| self.metadata[id].name.to_string()).collect()
    }

    fn package(&self, room: &str) -> Option<&Package> {
        let name = format!("darkroom-{room}");
        self.metadata.workspace_packages().into_iter().find(|package| package.name.as_str() == name)
    }

    /// Name and licence expression of every package in the lock file.
    pub fn licences(&self) -> Vec<(String, String)> {
        let words = |package: &Package| package.license.clone().unwrap_or_else(|| "none given".to_owned());
        self.metadata.packages.iter().map(|package| (package.name.to_string(), words(package))).collect()
    }
}

fn room(package: &Package) -> String {
    package.name.strip_prefix("darkroom-").unwrap_or(&package.name).to_owned()
}

/// Whether a licence expression can be met by `allowed` ones alone: every `AND` part has an allowed `OR` choice.
pub fn licence_fits(expression: &str, allowed: &[&str]) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" AND ").all(|part| part.split(" OR ").any(|choice| allowed.contains(&choice.trim())))
}
