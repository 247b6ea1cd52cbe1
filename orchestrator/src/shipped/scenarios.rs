//! The scenarios.

/// A scenario that the farm ships.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippedScenario {
    /// Its name, as in the text.
    pub name: String,
    /// TOML.
    pub text: String,
}

/// Those of the tree.
pub(super) fn all() -> Vec<ShippedScenario> {
    let shipped = darkroom_protocol::scenario::shipped();
    shipped.map(|(name, text)| ShippedScenario { name: name.to_owned(), text: text.to_owned() }).collect()
}
