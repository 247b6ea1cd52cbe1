//! The scenarios that every farm has from its first start.

macro_rules! shipped {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../scenarios/", $name, ".toml")))),*]
    };
}

/// Name and text of each file in `protocol/scenarios/`.
static SHIPPED: &[(&str, &str)] =
    shipped!("boot" "ml-boot" "ml-menu-tour" "ml-settings" "ml-modules" "ml-power" "ml-crash");

/// The scenarios of the tree, by name and text.
pub fn shipped() -> impl Iterator<Item = (&'static str, &'static str)> {
    SHIPPED.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::super::Scenario;
    use super::shipped;

    #[test]
    fn every_scenario_is_valid_and_bears_its_name() {
        for (name, text) in shipped() {
            let scenario = Scenario::parse(&format!("{name}.toml"), text).unwrap();
            assert_eq!(scenario.name, name);
            assert!(!scenario.description.is_empty(), "{name} says what it does");
        }
    }
}
