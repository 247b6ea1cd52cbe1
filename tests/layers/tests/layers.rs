//! Who may use whom (docs/design.md §1), and which licences may come in.

use darkroom_layers::{House, licence_fits};

/// The arrows of the design: a room, and the rooms that it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("models", &[]),
    ("protocol", &[]),
    ("firmware", &[]),
    ("emu-core", &["models"]),
    ("web-ui", &["protocol"]),
    ("worker", &["emu-core", "models", "protocol"]),
    ("orchestrator", &["firmware", "protocol", "models", "web-ui"]),
    ("cli", &["emu-core", "firmware", "models", "orchestrator", "protocol", "web-ui", "worker"]),
    ("bench", &["emu-core", "firmware", "protocol"]),
    ("layers", &[]),
];

/// What emu-core must never link: it has no network, no clock of the host, no randomness, no runtime.
const NOT_IN_EMU_CORE: &[&str] = &["tokio", "reqwest", "sqlx", "axum", "rand", "chrono", "hyper"];

/// Licences that a GPL-2.0-or-later program may link.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "GPL-2.0-or-later",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[test]
fn rooms_use_only_what_the_design_allows() {
    let uses = House::read().expect("cargo metadata").uses();
    for (room, used) in &uses {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| name == room) else {
            assert!(room.ends_with("-tests"), "room '{room}' has no line in the design's table of arrows");
            continue;
        };
        for other in used {
            assert!(allowed.contains(&other.as_str()), "{room} uses {other}, which the design forbids");
        }
    }
    for (room, _) in MAY_USE {
        assert!(uses.contains_key(*room), "the design names '{room}', the workspace has no such crate");
    }
}

#[test]
fn emu_core_stays_a_value() {
    let linked = House::read().expect("cargo metadata").links("emu-core");
    assert!(linked.contains("thiserror"), "the walk over the graph found nothing: {linked:?}");
    for name in NOT_IN_EMU_CORE {
        assert!(!linked.contains(*name), "emu-core links {name}");
    }
}

#[test]
fn only_fleet_links_the_engine_and_only_the_orchestrator_the_database() {
    let house = House::read().expect("cargo metadata");
    for room in ["models", "protocol", "emu-core", "web-ui", "worker", "bench"] {
        let linked = house.links(room);
        for name in ["bollard", "sqlx"] {
            assert!(!linked.contains(name), "{room} links {name}");
        }
    }
}

#[test]
fn licences_fit_the_gpl() {
    for (name, licence) in House::read().expect("cargo metadata").licences() {
        assert!(licence_fits(&licence, ALLOWED), "{name} has the licence '{licence}'");
    }
}

#[test]
fn a_foreign_licence_is_noticed() {
    assert!(licence_fits("MIT OR AGPL-3.0", ALLOWED));
    assert!(!licence_fits("AGPL-3.0", ALLOWED));
    assert!(!licence_fits("MIT AND GPL-3.0-only", ALLOWED));
    assert!(licence_fits("(MIT OR Apache-2.0) AND Unicode-3.0", ALLOWED));
}
