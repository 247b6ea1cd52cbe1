//! What each sample build is expected to do: its scenario, and the reference frames that the scenario names.

/// The scenario of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleScenario {
    /// TOML text.
    pub text: &'static str,
    /// Reference frames, one per camera and name.
    pub references: &'static [ReferenceFrame],
}

/// A frame that a scenario compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferenceFrame {
    /// The camera whose screen it is.
    pub camera: &'static str,
    /// Its name in the scenario.
    pub name: &'static str,
    /// The PNG file.
    pub png: &'static [u8],
}

macro_rules! greetings {
    ($($camera:literal)*) => {
        &[$(ReferenceFrame {
            camera: $camera,
            name: "greeting",
            png: include_bytes!(concat!("../../samples/references/", $camera, "/greeting.png")),
        }),*]
    };
}

/// The page that `hello` draws: it shows the camera's name, so every camera has its own.
static GREETINGS: &[ReferenceFrame] = greetings!(
    "50D" "5D2" "500D" "550D" "7D" "60D" "600D" "1100D" "1200D" "1300D"
    "5D3" "6D" "650D" "700D" "EOSM" "EOSM2" "100D" "70D"
);

/// The scenario of a sample build by the sample's name; `None` when there is no such sample.
pub fn scenario(name: &str) -> Option<SampleScenario> {
    let plain = |text| SampleScenario { text, references: &[] };
    Some(match name {
        "hello" => {
            SampleScenario { text: include_str!("../../samples/hello/scenario.toml"), references: GREETINGS }
        }
        "wrong-picture" => SampleScenario {
            text: include_str!("../../samples/wrong-picture/scenario.toml"),
            references: GREETINGS,
        },
        "hang" => plain(include_str!("../../samples/hang/scenario.toml")),
        "crash" => plain(include_str!("../../samples/crash/scenario.toml")),
        "noisy" => plain(include_str!("../../samples/noisy/scenario.toml")),
        "card-check" => plain(include_str!("../../samples/card-check/scenario.toml")),
        _ => return None,
    })
}
