//! What generated code calls for an instruction that it does not carry out itself.
#![expect(unsafe_code, reason = "called by generated code with pointers")]

use super::super::blocks::Ready;
use super::super::cpu::CpuState;
use super::super::engine::{Engine, Flow, Intent, Notes};
use super::super::system::System;
use super::frame::Frame;
use super::pages::PageTables;

/// State of a page to which may be stored without telling anybody.
const PLAIN_STORE: u8 = 1;

/// An instruction of a region that may be handed to the interpreter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    pub(super) ready: Ready,
    pub(super) pc: u32,
    /// Instructions of its block from this one on: they are charged already.
    pub(super) left: u32,
    /// The run loop finds out where it leads.
    pub(super) leaves: bool,
    /// ITSTATE behind it.
    pub(super) it_after: u8,
}

/// A frame with what the steps of one run need.
#[repr(C)]
pub(super) struct Context<S> {
    /// First, so that a pointer to it is one to the context.
    pub(super) frame: Frame,
    pub(super) state: *mut CpuState,
    pub(super) notes: *mut Notes,
    pub(super) system: *mut S,
    /// Instruction count at which the budget is used up.
    pub(super) limit: u64,
    /// The memory's code epoch when generated code was entered.
    pub(super) epoch: u64,
    pub(super) pages: *mut PageTables,
    pub(super) privileged: bool,
}

/// Lets the interpreter carry out one instruction. Gives 0 when generated code may go on behind it.
///
/// # Safety
/// `frame` must be that of a [`Context`] for this `S` whose pointers are valid and used by nobody else, and `site` a
/// valid [`Site`].
pub(super) unsafe extern "sysv64" fn step<S: System>(frame: *mut Frame, site: *const u8) -> u64 {
    // SAFETY: the frame is the first field of a context.
    let context = unsafe { &mut *frame.cast::<Context<S>>() };
    // SAFETY: the caller's promise.
    let site = unsafe { *site.cast::<Site>() };
    // SAFETY: the run loop lent these three to the context and does not touch them until generated code returns.
    let engine =
        unsafe { Engine { st: &mut *context.state, notes: &mut *context.notes, sys: &mut *context.system } };
    let goes_on = goes_on(engine, &site, context.limit, context.frame.budget, context.epoch);
    // SAFETY: as above; the engine has given them back.
    let (system, pages) = unsafe { (&*context.system, &mut *context.pages) };
    pages.follow_marks(system.memory().marks());
    u64::from(!goes_on)
}

/// Has the interpreter carry out an instruction that reads and writes registers of the floating-point unit alone and
/// cannot fail: the unit is ready, as the code's profile says.
///
/// # Safety
/// As [`step`].
pub(super) unsafe extern "sysv64" fn data<S: System>(frame: *mut Frame, site: *const u8) {
    // SAFETY: the frame is the first field of a context.
    let context = unsafe { &mut *frame.cast::<Context<S>>() };
    // SAFETY: the caller's promise.
    let site = unsafe { &*site.cast::<Site>() };
    // SAFETY: the run loop lent these three to the context and does not touch them until generated code returns.
    let mut engine =
        unsafe { Engine { st: &mut *context.state, notes: &mut *context.notes, sys: &mut *context.system } };
    let done = engine.execute_by(site.ready.way, &site.ready.insn);
    debug_assert_eq!(done, Ok(Flow::Next), "{:?}", site.ready.insn);
}

/// Finds the host's page of an address, for an access that generated code makes itself from now on. Gives the distance
/// of the host's address, or 0 when the interpreter must make the access.
///
/// # Safety
/// As [`step`].
pub(super) unsafe extern "sysv64" fn refill<S: System>(frame: *mut Frame, va: u32, write: u32) -> u64 {
    // SAFETY: the frame is the first field of a context.
    let context = unsafe { &mut *frame.cast::<Context<S>>() };
    // SAFETY: the run loop lent these to the context and does not touch them until generated code returns.
    let (engine, pages) = unsafe {
        let engine =
            Engine { st: &mut *context.state, notes: &mut *context.notes, sys: &mut *context.system };
        (engine, &mut *context.pages)
    };
    find_page(engine, pages, va, write != 0, context.privileged).unwrap_or(0)
}

fn find_page<S: System>(
    mut engine: Engine<'_, S>,
    pages: &mut PageTables,
    va: u32,
    write: bool,
    privileged: bool,
) -> Option<u64> {
    let intent = if write { Intent::Write } else { Intent::Read };
    let place = engine.place(va, intent, privileged);
    let memory = engine.sys.memory();
    pages.follow_marks(memory.marks());
    let (physical, whole) = place.ok()?;
    let (page, host, is_ram) = memory.plain_page(physical)?;
    let allowed = !write || is_ram && memory.store_state(page) == PLAIN_STORE;
    (whole && allowed).then(|| pages.put(va, privileged, write, host))
}

fn goes_on<S: System>(mut engine: Engine<'_, S>, site: &Site, limit: u64, budget: i64, epoch: u64) -> bool {
    let ahead = budget.unsigned_abs() + u64::from(site.left);
    engine.st.instructions = limit.wrapping_sub(ahead);
    engine.st.regs.pc = site.pc;
    engine.st.regs.psr.it = site.ready.insn.it;
    engine.notes.epoch = epoch;
    // An exception may lead to the next instruction: its address is no proof that execution goes on there.
    let here = engine.run_insns(&[site.ready]);
    let same = !engine.st.regs.psr.e && !engine.st.waiting && engine.notes.exit.is_none();
    if site.leaves || !here || !same || engine.sys.memory().code_epoch() != epoch {
        return false;
    }
    if std::mem::take(&mut engine.notes.called) && engine.sys.attention() {
        engine.notes.called = true;
        return false;
    }
    debug_assert_eq!(engine.st.regs.psr.it, site.it_after);
    engine.st.regs.psr.it = 0;
    true
}
