//! The run loop's way into generated code.
#![expect(unsafe_code, reason = "enters generated code")]

use super::super::cpu::Cpu;
use super::super::engine::Intent;
use super::super::system::System;
use super::cache::Key;
use super::flags::LOOK_AHEAD;
use super::frame::{Frame, Return};
use super::profile::Profile;
use super::region::{Region, Source};
use super::step::{Context, data, refill, step};
use crate::memory::{PAGE_SIZE, PageRef};

/// Most instructions that generated code gets at a time: its budget is signed.
const LONGEST_STRETCH: u64 = 1 << 62;

/// What the run loop does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Entered {
    /// Generated code ran; look at the notes and go on.
    Ran,
    /// There is no code here yet: let the interpreter execute a block.
    Cold,
    /// Too near to the limit for generated code: the interpreter executes the rest.
    Tail,
}

impl Cpu {
    /// Runs generated code from the program counter on, as long as there is any.
    pub(in super::super) fn run_generated<S: System>(&mut self, sys: &mut S, end: u64) -> Entered {
        let start = self.state.instructions;
        match self.run_chain(sys, end) {
            // The run loop looks at breakpoints and interrupts first.
            Entered::Cold if self.state.instructions != start => Entered::Ran,
            entered => entered,
        }
    }

    fn run_chain<S: System>(&mut self, sys: &mut S, end: u64) -> Entered {
        loop {
            let room = end - self.state.instructions;
            if room <= LOOK_AHEAD as u64 {
                return Entered::Tail;
            }
            let stretch = (room - LOOK_AHEAD as u64).min(LONGEST_STRETCH);
            let limit = self.state.instructions + stretch;
            let Some(profile) = Profile::of(&self.state) else { return Entered::Cold };
            let Some((_, code)) = self.code(sys, profile) else { return Entered::Cold };
            match self.enter(sys, code, limit) {
                Return::Step => return Entered::Ran,
                Return::Limit if stretch < LONGEST_STRETCH => return Entered::Tail,
                // A long way to go yet: the interpreter leads over the border.
                Return::Limit => return Entered::Cold,
                Return::Link(number) => self.link(sys, profile, number),
                Return::Indirect => self.enter_in_table(sys, profile),
            }
        }
    }

    /// The page of storage at the program counter, when all of it may be fetched alike.
    fn page_here<S: System>(&mut self, sys: &mut S) -> Option<PageRef> {
        let pc = self.state.regs.pc;
        let privileged = self.state.regs.psr.mode.is_privileged();
        let (at, whole) = self.interpreter(sys).place(pc, Intent::Fetch, privileged).ok()?;
        sys.memory().storage_page(at).filter(|_| whole)
    }

    /// Address of the next instruction, with Thumb state in bit 0.
    fn target(&self) -> u32 {
        self.state.regs.pc | u32::from(self.state.regs.psr.t)
    }

    /// The code at the program counter, compiled now if it has become hot.
    fn code<S: System>(&mut self, sys: &mut S, profile: Profile) -> Option<(Key, *const u8)> {
        let pc = self.state.regs.pc;
        if self.breakpoints.contains(&pc) {
            return None;
        }
        let page = self.page_here(sys)?;
        let translation = self.notes.tlb.generation();
        let key = Key::new(profile, self.target(), page);
        let instructions = self.state.instructions;
        let jit = self.jit.get()?;
        jit.sync(sys.memory(), translation);
        if let Some(code) = jit.find(key) {
            return Some((key, code));
        }
        if !jit.is_hot(key, instructions) {
            return None;
        }
        let source = Source {
            memory: sys.memory(),
            decoder: &self.decoder,
            thumb: self.state.regs.psr.t,
            only_page: profile.translating.then_some((pc / PAGE_SIZE, page)),
            breakpoints: &self.breakpoints,
        };
        let Some(region) = Region::survey(&source, pc) else {
            jit.cool(key);
            return None;
        };
        if !jit.compile(&region, profile, sys.memory_mut()) {
            jit.cool(key);
            return None;
        }
        jit.find(key).map(|code| (key, code))
    }

    fn enter<S: System>(&mut self, sys: &mut S, code: *const u8, limit: u64) -> Return {
        let Some(jit) = self.jit.get() else { return Return::Limit };
        let (ram, thunks) = (jit.ram().map_or(std::ptr::null_mut(), |ram| ram.bytes), jit.thunks);
        let epoch = sys.memory().code_epoch();
        let state = &raw mut self.state;
        let mut context = Context::<S> {
            frame: Frame {
                // SAFETY: a field of a value that is borrowed mutably.
                registers: unsafe { &raw mut (*state).regs },
                ram,
                budget: (limit - self.state.instructions) as i64,
                step: step::<S>,
                refill: refill::<S>,
                data: data::<S>,
            },
            state,
            notes: &raw mut self.notes,
            system: &raw mut *sys,
            limit,
            epoch,
            pages: jit.pages(),
            privileged: self.state.regs.psr.mode.is_privileged(),
        };
        // SAFETY: `code` was found for this state a moment ago, and `sync` has dropped all code that is not valid.
        // State, notes and system are borrowed mutably by this function and not used until the code returns.
        let result = unsafe { thunks.run(&raw mut context.frame, code) };
        if result != Return::Step {
            self.state.instructions = limit - context.frame.budget.unsigned_abs();
        }
        result
    }

    /// A direct branch met its target for the first time: joins them when the target is compiled.
    fn link<S: System>(&mut self, sys: &mut S, profile: Profile, number: u32) {
        if let Some((key, _)) = self.code(sys, profile)
            && let Some(jit) = self.jit.get()
        {
            jit.link(number, key);
        }
    }

    fn enter_in_table<S: System>(&mut self, sys: &mut S, profile: Profile) {
        if let Some((key, code)) = self.code(sys, profile)
            && let Some(jit) = self.jit.get()
        {
            jit.enter_in_table(key, code);
        }
    }
}
