//! Scenarios: what to do with a camera and what to expect of it, as TOML.
//!
//! ```toml
//! name = "hello"
//! description = "The hello sample draws its page and powers down."
//!
//! [limits]
//! guest-seconds = 20
//!
//! [[step]]
//! action = "wait-log"
//! text = "hello: page drawn"
//! within = 5.0
//!
//! [[step]]
//! action = "expect-screen"
//! name = "hello"
//!
//! [[step]]
//! action = "wait-power-down"
//! within = 5.0
//! ```
//!
//! Times are seconds of guest time. The same text runs in the farm and under `darkroom emu --scenario`.

mod parse;
mod shipped;
mod step;

pub use parse::ScenarioError;
pub use shipped::shipped;
pub use step::{Area, Step};

use crate::limits::Limits;
use crate::verdict::{CheckOutcome, CheckResult};
use serde::{Deserialize, Serialize};

/// A scenario that passed validation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Name, `[a-z0-9-]+`.
    pub name: String,
    /// One sentence for people.
    #[serde(default)]
    pub description: String,
    /// Caps of the run.
    #[serde(default)]
    pub limits: Limits,
    /// Treat a guest fault (data abort, prefetch abort, undefined instruction) as the end of the run. Default true.
    #[serde(default = "yes", rename = "stop-on-fault")]
    pub stop_on_fault: bool,
    /// Switch on every module that the build brings, before the first start, as a user does in Magic Lantern's menu.
    #[serde(default, rename = "enable-modules")]
    pub enable_modules: bool,
    /// What to do and expect, in order.
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
}

fn yes() -> bool {
    true
}

impl Scenario {
    /// Reads and validates a scenario; `source` names the file in errors.
    pub fn parse(source: &str, text: &str) -> Result<Self, ScenarioError> {
        parse::parse(source, text)
    }

    /// One `not-reached` row per expectation, so that every check has a row even when the run dies.
    pub fn expected_checks(&self) -> Vec<CheckResult> {
        let indexed = (0u32..).zip(&self.steps);
        indexed.filter(|(_, step)| step.is_check()).map(|(index, step)| not_reached(index, step)).collect()
    }

    /// Names of the reference frames that steps ask for, but those that the run itself remembers.
    pub fn reference_names(&self) -> Vec<&str> {
        let remembered: Vec<_> = self.steps.iter().filter_map(Step::remembered_name).collect();
        let asked = self.steps.iter().filter_map(Step::reference_name);
        asked.filter(|name| !remembered.contains(name)).collect()
    }
}

fn not_reached(step_index: u32, step: &Step) -> CheckResult {
    CheckResult {
        step: step_index,
        title: step.describe(),
        outcome: CheckOutcome::NotReached,
        detail: String::new(),
        evidence: Vec::new(),
    }
}
