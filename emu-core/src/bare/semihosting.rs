//! The semihosting calls that a bare program needs: print and exit (ARM, "Semihosting for AArch32 and AArch64").

use super::board::BareBoard;
use super::console::MOST_AT_ONCE;
use crate::arm::Cpu;
use crate::memory::{AddressSpace, GuestAddr};

const SYS_WRITEC: u32 = 0x03;
const SYS_WRITE0: u32 = 0x04;
const SYS_EXIT: u32 = 0x18;
const SYS_EXIT_EXTENDED: u32 = 0x20;
/// ADP_Stopped_ApplicationExit: the program ended by itself.
const APPLICATION_EXIT: u32 = 0x2_0026;
/// What a call gives that the host does not serve.
const FAILED: u32 = u32::MAX;

/// Semihosting calls that nobody serves: the guest got −1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct UnservedCalls {
    /// How many.
    pub count: u64,
    /// Operation number of the first one.
    pub first: Option<u32>,
}

/// Serves the call at which `cpu` stands and steps over it; gives the exit code when the program ends here.
///
/// Addresses in the arguments are taken as physical ones.
pub(super) fn serve(cpu: &mut Cpu, board: &mut BareBoard, unserved: &mut UnservedCalls) -> Option<u32> {
    let argument = GuestAddr(cpu.reg(1));
    match cpu.reg(0) {
        SYS_EXIT => return Some(exit_code(argument.0, 0)),
        SYS_EXIT_EXTENDED => {
            let word = |offset| board.space.peek_u32(argument.wrapping_add(offset)).unwrap_or(0);
            return Some(exit_code(word(0), word(4)));
        }
        SYS_WRITEC => {
            let byte = peek_u8(&board.space, argument);
            byte.into_iter().for_each(|byte| board.console.push(byte));
        }
        SYS_WRITE0 => write_text(board, argument),
        operation => {
            unserved.count += 1;
            unserved.first.get_or_insert(operation);
            cpu.set_reg(0, FAILED);
        }
    }
    step_over(cpu);
    None
}

/// As shells see it: the program's own code after a normal exit, else 1.
const fn exit_code(reason: u32, code: u32) -> u32 {
    if reason == APPLICATION_EXIT { code } else { 1 }
}

/// Prints up to the terminating zero, or up to where nothing is mapped.
fn write_text(board: &mut BareBoard, text: GuestAddr) {
    for offset in 0..MOST_AT_ONCE as u32 {
        match peek_u8(&board.space, text.wrapping_add(offset)) {
            None | Some(0) => break,
            Some(byte) => board.console.push(byte),
        }
    }
}

fn peek_u8(space: &AddressSpace, addr: GuestAddr) -> Option<u8> {
    let mut byte = [0];
    (space.peek(addr, &mut byte) == 1).then_some(byte[0])
}

fn step_over(cpu: &mut Cpu) {
    let mut psr = cpu.cpsr();
    let length = if psr.t { 2 } else { 4 };
    psr.it = if psr.it & 7 == 0 { 0 } else { psr.it & 0xE0 | psr.it << 1 & 0x1F };
    let next = cpu.pc().wrapping_add(length);
    cpu.set_cpsr(psr);
    cpu.set_reg(15, next.0);
}
