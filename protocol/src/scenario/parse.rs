//! From TOML text to a validated [`Scenario`], with errors that name file, line and reason.

use super::{Scenario, Step};
use crate::limits::Limits;
use thiserror::Error;

/// Longest scenario text taken, in bytes.
const MAX_TEXT: usize = 256 << 10;
/// Most steps taken.
const MAX_STEPS: usize = 1000;

/// A scenario that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{source_name}:{line}: {reason}")]
pub struct ScenarioError {
    /// File or upload name.
    pub source_name: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// Where in the text things stand, for errors found after parsing.
struct Lines<'a> {
    source_name: &'a str,
    text: &'a str,
}

impl Lines<'_> {
    fn error(&self, line: usize, reason: impl Into<String>) -> ScenarioError {
        ScenarioError { source_name: self.source_name.to_owned(), line, reason: reason.into() }
    }

    fn at_offset(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        bytes[..offset.min(bytes.len())].iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// Line of the `index`-th `[[step]]` header.
    fn of_step(&self, index: usize) -> usize {
        let is_header =
            |line: &str| line.split('#').next().unwrap_or_default().replace(' ', "").trim() == "[[step]]";
        let headers = self.text.lines().enumerate().filter(|(_, line)| is_header(line));
        headers.map(|(number, _)| number + 1).nth(index).unwrap_or(1)
    }

    /// Line of the first assignment to `key` outside of steps.
    fn of_key(&self, key: &str) -> usize {
        let assigns = |line: &str| line.split('=').next().is_some_and(|left| left.trim() == key);
        self.text.lines().position(assigns).map_or(1, |number| number + 1)
    }
}

pub(super) fn parse(source_name: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let lines = Lines { source_name, text };
    if text.len() > MAX_TEXT {
        return Err(
            lines.error(1, format!("the file has {} bytes, at most {MAX_TEXT} are taken", text.len()))
        );
    }
    let scenario: Scenario = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| lines.at_offset(span.start));
        lines.error(line, error.message().to_owned())
    })?;
    check_name(&scenario, &lines)?;
    check_limits(&scenario.limits, &lines)?;
    check_steps(&scenario, &lines)?;
    Ok(scenario)
}

fn check_name(scenario: &Scenario, lines: &Lines<'_>) -> Result<(), ScenarioError> {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if scenario.name.is_empty() || scenario.name.len() > 64 || !scenario.name.chars().all(fine) {
        let reason = format!("name '{}' must be 1 to 64 of a-z, 0-9 and '-'", scenario.name);
        return Err(lines.error(lines.of_key("name"), reason));
    }
    Ok(())
}

fn check_limits(limits: &Limits, lines: &Lines<'_>) -> Result<(), ScenarioError> {
    let top = Limits::ceiling();
    let seconds = [
        ("guest-seconds", limits.guest_seconds, top.guest_seconds),
        ("host-seconds", limits.host_seconds, top.host_seconds),
    ];
    for (key, value, most) in seconds {
        if !(value > 0.0 && value <= most) {
            return Err(
                lines.error(lines.of_key(key), format!("{key} = {value} must be above 0 and at most {most}"))
            );
        }
    }
    let counts = [
        ("instructions", limits.instructions, top.instructions),
        ("log-bytes", limits.log_bytes, top.log_bytes),
        ("frames", u64::from(limits.frames), u64::from(top.frames)),
        ("artefact-bytes", limits.artefact_bytes, top.artefact_bytes),
    ];
    for (key, value, most) in counts {
        if value > most {
            return Err(
                lines.error(lines.of_key(key), format!("{key} = {value} is above the farm's ceiling {most}"))
            );
        }
    }
    Ok(())
}

fn check_steps(scenario: &Scenario, lines: &Lines<'_>) -> Result<(), ScenarioError> {
    if scenario.steps.is_empty() {
        return Err(lines.error(1, "a scenario needs at least one [[step]]"));
    }
    if scenario.steps.len() > MAX_STEPS {
        return Err(lines.error(1, format!("{} steps, at most {MAX_STEPS} are taken", scenario.steps.len())));
    }
    for (index, step) in scenario.steps.iter().enumerate() {
        check_step(step).map_err(|reason| lines.error(lines.of_step(index), reason))?;
    }
    check_powers(scenario, lines)
}

/// A camera that was never switched off cannot be switched on.
fn check_powers(scenario: &Scenario, lines: &Lines<'_>) -> Result<(), ScenarioError> {
    let mut may_be_off = false;
    for (index, step) in scenario.steps.iter().enumerate() {
        match step {
            Step::PowerOn if !may_be_off => {
                let reason = "action = \"power-on\" needs a wait-power-down or cut-power before it";
                return Err(lines.error(lines.of_step(index), reason));
            }
            Step::PowerOn => may_be_off = false,
            Step::WaitPowerDown { .. } | Step::CutPower => may_be_off = true,
            _ => {}
        }
    }
    Ok(())
}

fn check_step(step: &Step) -> Result<(), String> {
    for (key, value) in step.times() {
        if !(0.0..=3600.0).contains(&value) {
            return Err(format!("{key} = {value} must lie between 0 and 3600 seconds"));
        }
    }
    if let Some(name) =
        step.reference_name().or_else(|| step.remembered_name()).or_else(|| screenshot_name(step))
    {
        let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > 64 || !name.chars().all(fine) {
            return Err(format!("frame name '{name}' must be 1 to 64 letters, digits, '-' or '_'"));
        }
    }
    match step {
        Step::WaitLog { text, .. } | Step::ExpectLog { text, .. } if text.is_empty() => {
            Err("text is empty: it would match anything".to_owned())
        }
        Step::ExpectTasks { names } if names.is_empty() || names.iter().any(String::is_empty) => {
            Err("names must list at least one task, none of them empty".to_owned())
        }
        Step::Press { key, .. } if key.trim().is_empty() => Err("key is empty: name a button".to_owned()),
        Step::ExpectNoMissing { allow } if allow.iter().any(String::is_empty) => {
            Err("allow has an empty name: it would allow nothing".to_owned())
        }
        Step::ExpectFile { path, .. } if path.is_empty() || path.split('/').any(|part| part == "..") => {
            Err(format!("path '{path}' is not a path on the card"))
        }
        _ => Ok(()),
    }
}

fn screenshot_name(step: &Step) -> Option<&str> {
    match step {
        Step::Screenshot { name } => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(steps: &str) -> String {
        let text = format!("name = \"t\"\n{steps}");
        parse("t.toml", &text).expect_err("refused").to_string()
    }

    #[test]
    fn errors_of_the_guest_steps_name_line_and_field() {
        let wait = "[[step]]\naction = \"wait\"\nseconds = 1.0\n";
        let cases = [
            ("[[step]]\naction = \"power-on\"\n", "t.toml:5: action = \"power-on\" needs a wait-power-down"),
            ("[[step]]\naction = \"expect-tasks\"\nnames = []\n", "t.toml:5: names must list"),
            (
                "[[step]]\naction = \"expect-no-missing\"\nallow = [\"\"]\n",
                "t.toml:5: allow has an empty name",
            ),
            ("[[step]]\naction = \"press\"\nkey = \" \"\n", "t.toml:5: key is empty"),
            ("[[step]]\naction = \"battery-door\"\n", "missing field `open`"),
            ("[[step]]\naction = \"remember-screen\"\nname = \"a b\"\n", "t.toml:5: frame name 'a b'"),
        ];
        for (step, said) in cases {
            let error = refused(&format!("{wait}{step}"));
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_camera_may_be_switched_on_once_for_each_time_that_it_goes_off() {
        let (off, on) = ("[[step]]\naction = \"cut-power\"\n", "[[step]]\naction = \"power-on\"\n");
        assert!(parse("t", &format!("name = \"t\"\n{off}{on}{off}{on}")).is_ok());
        assert!(refused(&format!("{off}{on}{on}")).contains("t.toml:6"), "the second one");
    }
}
