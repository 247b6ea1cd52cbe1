use super::board::{BareBoard, CONSOLE_PAGE};
use super::config::{BareConfig, BareError};
use super::semihosting::{self, UnservedCalls};
use crate::arm::{Cpu, Exit, Vectors};
use crate::memory::{Access, AddressSpace, GuestAddr, PAGE_SIZE};

/// Why a run of a bare machine returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// A semihosting exit, with the code that a shell would see.
    Exit(u32),
    /// The next instruction is a breakpoint instruction, or has a breakpoint set through [`BareMachine::cpu_mut`].
    Breakpoint,
    /// A branch to itself: there is no interrupt that could ever end it.
    SelfBranch,
    /// The core waits for an interrupt, and there is none that could come.
    WaitForInterrupt,
    /// The number of instructions asked for has been executed.
    Limit,
}

/// One core with plain RAM. It is a value: no threads, no clock of the host.
#[derive(Clone)]
pub struct BareMachine {
    pub(super) cpu: Cpu,
    pub(super) board: BareBoard,
    pub(super) ram: u64,
    pub(super) unserved: UnservedCalls,
}

impl BareMachine {
    /// A machine after reset, its RAM zero, about to execute address 0 in ARM state.
    ///
    /// # Errors
    /// [`BareError`] when the RAM is not in whole pages or too large.
    pub fn new(config: &BareConfig) -> Result<Self, BareError> {
        let ram = config.ram;
        if ram > u64::from(CONSOLE_PAGE.0) {
            return Err(BareError::TooMuchRam { bytes: ram, console: CONSOLE_PAGE });
        }
        let mut board = BareBoard::default();
        let block = board.space.add_block(ram)?;
        board.space.map(GuestAddr(0), ram, block, 0, Access::Ram)?;
        board.space.map_device(CONSOLE_PAGE, u64::from(PAGE_SIZE))?;
        let mut cpu = Cpu::new(config.core);
        cpu.reset(GuestAddr(0), Vectors::Low);
        cpu.stop_at_bkpt(true);
        cpu.stop_at_semihosting(true);
        Ok(Self { cpu, board, ram, unserved: UnservedCalls::default() })
    }

    /// Puts bytes into RAM.
    ///
    /// # Errors
    /// [`BareError::OutsideRam`] when they do not fit there.
    pub fn load(&mut self, at: GuestAddr, image: &[u8]) -> Result<(), BareError> {
        if u64::from(at.0) + image.len() as u64 > self.ram {
            return Err(BareError::OutsideRam { at, bytes: image.len(), ram: self.ram });
        }
        self.board.space.poke(at, image);
        Ok(())
    }

    /// Makes `entry` the next instruction, in ARM or Thumb state.
    pub fn start_at(&mut self, entry: GuestAddr, thumb: bool) {
        let mut psr = self.cpu.cpsr();
        psr.t = thumb;
        self.cpu.set_cpsr(psr);
        self.cpu.set_reg(15, entry.align_down(if thumb { 2 } else { 4 }).0);
    }

    /// Executes at most `max_instructions`, never one more, and hands everything printed to `console`, in pieces.
    /// How a run is cut into calls changes nothing. A semihosting call counts as no instruction.
    pub fn run(&mut self, max_instructions: u64, console: &mut dyn FnMut(&[u8])) -> End {
        let last = self.cpu.instructions().saturating_add(max_instructions);
        loop {
            let exit = self.cpu.run(&mut self.board, last - self.cpu.instructions());
            let end = self.end(exit, last);
            if end.is_some() || self.board.console.is_full() {
                self.board.console.hand_out(console);
            }
            if let Some(end) = end {
                return end;
            }
        }
    }

    fn end(&mut self, exit: Exit, last: u64) -> Option<End> {
        match exit {
            Exit::Semihosting => {
                semihosting::serve(&mut self.cpu, &mut self.board, &mut self.unserved).map(End::Exit)
            }
            Exit::Attention => (self.cpu.instructions() == last).then_some(End::Limit),
            Exit::Limit => Some(End::Limit),
            Exit::WaitForInterrupt => Some(End::WaitForInterrupt),
            Exit::SelfBranch => Some(End::SelfBranch),
            Exit::Breakpoint | Exit::BkptInstruction => Some(End::Breakpoint),
        }
    }

    /// Instructions executed since the machine was made.
    #[must_use]
    pub fn instructions(&self) -> u64 {
        self.cpu.instructions()
    }

    /// BLAKE3 of the processor's state, its instruction count, and all RAM.
    #[must_use]
    pub fn state_hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        self.cpu.hash_into(&mut hasher);
        self.board.space.hash_into(&mut hasher);
        *hasher.finalize().as_bytes()
    }

    /// The processor, to look at.
    #[must_use]
    pub const fn cpu(&self) -> &Cpu {
        &self.cpu
    }

    /// The processor, to set up: registers, fidelity, breakpoints.
    pub const fn cpu_mut(&mut self) -> &mut Cpu {
        &mut self.cpu
    }

    /// Guest memory, to look at.
    #[must_use]
    pub const fn memory(&self) -> &AddressSpace {
        &self.board.space
    }

    /// Semihosting calls that were answered with −1 because nobody serves them.
    #[must_use]
    pub const fn unserved_calls(&self) -> UnservedCalls {
        self.unserved
    }
}
