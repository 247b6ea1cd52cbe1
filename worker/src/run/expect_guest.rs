//! Expectations about what runs in the camera: tasks, missing calls, modules, crashes.

use std::io;

use darkroom_protocol::report::{CardChangeKind, ModuleInfo};
use darkroom_protocol::scenario::Step;
use darkroom_protocol::verdict::{Evidence, EvidenceKind, ReasonCode};

use super::cardfiles::MAX_PROOF_BYTES;
use super::checks::Finding;
use super::complaints;
use super::ending::Ending;
use super::engine::{Engine, Power};
use super::guest::Refused;
use super::modules;

/// Missing things named in a finding.
const NAMED: usize = 8;

impl Engine<'_> {
    /// Plays an expectation about the guest itself.
    pub(super) fn expect_guest(&mut self, step: &Step) -> io::Result<Finding> {
        self.look_inside_if_on();
        Ok(match step {
            Step::ExpectTasks { names } => self.expect_tasks(names),
            Step::ExpectNoMissing { allow } => self.expect_no_missing(allow),
            Step::ExpectNoCrash => self.crash()?.unwrap_or_else(|| self.life()),
            _ => self.expect_modules(),
        })
    }

    /// A camera that hangs says nothing of a crash.
    fn life(&self) -> Finding {
        if self.halted && self.power == Power::On {
            return Finding::broken(ReasonCode::GuestHalted, Ending::halted(self.guest.now()).reason.detail);
        }
        Finding::held("no assertion on the console, no crash log on the card")
    }

    fn expect_tasks(&self, names: &[String]) -> Finding {
        let tasks = &self.inside.tasks;
        if tasks.is_empty() {
            let why = "the tasks cannot be seen: the open firmware does not run, or not yet";
            return Finding::broken(ReasonCode::TaskMissing, why);
        }
        let gone = names.iter().filter(|name| !tasks.iter().any(|task| task.name == **name));
        let gone: Vec<_> = gone.map(String::as_str).collect();
        if gone.is_empty() {
            return Finding::held(format!("{} tasks run", tasks.len()));
        }
        let detail = format!("among {} tasks there is no {}", tasks.len(), gone.join(", no "));
        Finding::broken(ReasonCode::TaskMissing, detail)
    }

    fn expect_no_missing(&self, allow: &[String]) -> Finding {
        let calls = &self.inside.missing_calls;
        let bad: Vec<_> = calls.iter().filter(|call| !allow.contains(&call.name)).collect();
        if bad.is_empty() {
            let allowed = || format!("missing calls, all of them allowed: {}", calls.len());
            return Finding::held(if calls.is_empty() { "none".to_owned() } else { allowed() });
        }
        let named = bad
            .iter()
            .take(NAMED)
            .map(|call| format!("{} from {:08X} ({}×)", call.name, call.caller, call.count));
        let detail = format!("{} not offered: {}", bad.len(), named.collect::<Vec<_>>().join(", "));
        Finding::broken(ReasonCode::MissingCall, detail)
    }

    fn expect_modules(&mut self) -> Finding {
        match modules::look(self.guest) {
            Err(Refused(why)) => Finding::broken(ReasonCode::ModuleFailed, why),
            Ok(modules) => {
                let finding = judge_modules(&modules);
                self.inside.modules = modules;
                finding
            }
        }
    }

    /// What tells of a crash, with the log on the card as its proof.
    pub(super) fn crash(&mut self) -> io::Result<Option<Finding>> {
        let line = complaints::crash_line(&self.log.text());
        let log = self.crash_log();
        if line.is_none() && log.is_none() {
            return Ok(None);
        }
        let mut finding = Finding::broken(ReasonCode::GuestAssert, "");
        let mut said: Vec<String> = line.into_iter().collect();
        if let Some((path, bytes)) = log {
            let head = String::from_utf8_lossy(&bytes).lines().take(3).collect::<Vec<_>>().join(" ");
            said.push(format!("{path} on the card: {}", head.trim()));
            finding.evidence.push(Evidence { kind: EvidenceKind::File, digest: self.sink.file(&bytes)? });
        }
        finding.detail = said.join("; ");
        Ok(Some(finding))
    }

    /// A crash log that was not on the card at the start.
    fn crash_log(&mut self) -> Option<(String, Vec<u8>)> {
        let changed = self.guest.card_changes().ok()?.changed;
        let written = changed.into_iter().filter(|change| change.kind != CardChangeKind::Removed);
        let path = written.map(|change| change.path).find(|path| complaints::is_crash_log(path))?;
        let bytes = self.guest.card_file(&path, MAX_PROOF_BYTES as u64).ok().flatten().unwrap_or_default();
        Some((path, bytes))
    }

    /// A better reason than that something did not come: the guest crashed, or the build was refused.
    pub(super) fn underlying(&mut self) -> io::Result<Option<Finding>> {
        if let Some(crash) = self.crash()? {
            return Ok(Some(crash));
        }
        let paths = self.guest.card_paths().unwrap_or_default();
        let symbols: Vec<_> =
            paths.into_iter().filter(|path| path.to_ascii_lowercase().ends_with(".sym")).collect();
        let refusal = complaints::refusal(&self.log.text(), &symbols);
        Ok(refusal.map(|why| Finding::broken(ReasonCode::BuildRefused, why)))
    }
}

fn judge_modules(modules: &[ModuleInfo]) -> Finding {
    if modules.is_empty() {
        return Finding::broken(ReasonCode::ModuleFailed, "the build brings no modules (ML/modules/*.mo)");
    }
    let failed = modules.iter().filter(|module| !module.loaded);
    let failed: Vec<_> = failed.map(|module| format!("{} ({})", module.name, module.status)).collect();
    if failed.is_empty() {
        let names: Vec<_> = modules.iter().map(|module| module.name.as_str()).collect();
        return Finding::held(format!("{} loaded: {}", modules.len(), names.join(", ")));
    }
    let detail =
        format!("{} of {} modules are not loaded: {}", failed.len(), modules.len(), failed.join(", "));
    Finding::broken(ReasonCode::ModuleFailed, detail)
}
