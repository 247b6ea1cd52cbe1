//! What a run says about itself at its end.

use crate::Digest;
use crate::verdict::{CheckResult, Reason, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The end of a run: verdict, checks and figures. All but `host_ms` and `engine` is the same for equal inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunReport {
    /// Verdict.
    pub verdict: Verdict,
    /// Why, unless passed.
    pub reason: Option<Reason>,
    /// One row per expectation of the scenario, in order.
    pub checks: Vec<CheckResult>,
    /// Why the machine stopped, in words.
    pub stop: String,
    /// Virtual nanoseconds.
    pub guest_ns: u64,
    /// Guest instructions executed.
    pub instructions: u64,
    /// Real milliseconds from first instruction to last.
    pub host_ms: u64,
    /// Who executed the guest: `jit` or `interp`, and why not the one that was wanted. Empty when the machine never
    /// started. It decides nothing but the speed.
    #[serde(default)]
    pub engine: String,
    /// Hash over CPU, memory, devices and clock at the end; empty when the machine never started.
    pub state_hash: String,
    /// Bytes of log the guest produced (kept or not).
    pub log_bytes: u64,
    /// Whether the log was cut at its cap.
    pub log_capped: bool,
    /// SHA-256 of the kept log.
    pub log_digest: Digest,
    /// Whether frames were dropped at their cap.
    pub frames_capped: bool,
    /// Files added, changed or removed on the card.
    pub card_changes: Vec<CardChange>,
    /// Faults that the guest took, the first ones.
    pub faults: Vec<GuestFault>,
    /// Accesses to registers nobody models, most frequent first.
    pub unknown_accesses: Vec<UnknownAccess>,
    /// What ran in the camera, as far as the emulator could see it.
    #[serde(default)]
    pub guest: GuestInside,
}

/// What ran in the camera. Read from the guest's console and memory at the end, without a trace in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GuestInside {
    /// What Magic Lantern says of itself: `Nightly.2026Jan01.60D111 (1a2b3c4 dev)`.
    pub ml_version: Option<String>,
    /// The tasks, in the order of their slots. Empty when the firmware is not the open one.
    pub tasks: Vec<TaskInfo>,
    /// The firmware's heaps.
    pub heaps: Vec<HeapInfo>,
    /// Calls that the firmware does not offer, most frequent first.
    pub missing_calls: Vec<MissingCall>,
    /// Magic Lantern's modules, when the scenario looked at them.
    pub modules: Vec<ModuleInfo>,
}

/// A task of the guest's kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskInfo {
    /// Its name.
    pub name: String,
    /// Its number.
    pub id: u32,
    /// Lower runs first.
    pub priority: u32,
    /// Most bytes of its stack that were ever used.
    pub stack_used: u32,
    /// Bytes of its stack.
    pub stack_bytes: u32,
    /// `ready`, `waits` or `suspended`.
    pub state: String,
}

/// A heap of the firmware.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeapInfo {
    /// The call that takes memory from it.
    pub name: String,
    /// Its bytes.
    pub total: u32,
    /// Bytes in use.
    pub used: u32,
    /// Requests that were refused.
    pub failures: u32,
}

/// Calls of one function, from one place, that the firmware does not offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MissingCall {
    /// Name of the call, option or property.
    pub name: String,
    /// Where it was called from.
    pub caller: u32,
    /// How often.
    pub count: u64,
}

/// A module and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModuleInfo {
    /// Its file's name without the ending.
    pub name: String,
    /// Whether it is loaded.
    pub loaded: bool,
    /// What Magic Lantern says of it; empty when it says nothing.
    pub status: String,
}

/// What happened to a file on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CardChangeKind {
    /// New.
    Added,
    /// Other content.
    Changed,
    /// Gone.
    Removed,
}

/// A file added, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardChange {
    /// Path from the card's root, `/` between parts.
    pub path: String,
    /// What happened.
    pub kind: CardChangeKind,
    /// Size afterwards (0 when removed).
    pub size: u64,
    /// Content afterwards, when it was kept as an artefact.
    pub digest: Option<Digest>,
}

/// A fault that the guest took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GuestFault {
    /// `data abort`, `prefetch abort`, `undefined instruction`.
    pub kind: String,
    /// Address of the instruction.
    pub pc: u32,
    /// Faulting data or fetch address, when there is one.
    pub address: Option<u32>,
    /// r0–r15 when it was taken.
    pub registers: Vec<u32>,
    /// CPSR when it was taken.
    pub cpsr: u32,
    /// Virtual nanoseconds.
    pub guest_ns: u64,
    /// The instruction in words, when it could be read.
    pub instruction: String,
}

/// Accesses to one register that no device models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnknownAccess {
    /// Register.
    pub address: u32,
    /// Instruction that used it.
    pub pc: u32,
    /// `read` or `write`.
    pub direction: String,
    /// How often.
    pub count: u64,
}

/// A frame taken during a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FrameInfo {
    /// Place in the film strip, from 0.
    pub seq: u32,
    /// Label: the name given by a `screenshot` step, `last` …
    pub label: String,
    /// Virtual nanoseconds.
    pub guest_ns: u64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// PNG blob.
    pub digest: Digest,
    /// Card LED: `on`, `off` or `never`.
    pub led: String,
}
