//! What ML's helper registers ask the machine to print: an instruction, or the call stack.

use crate::arm::{self, Cpu, Decoder, Insn};
use crate::memory::{AddressSpace, GuestAddr};

/// Words of the stack that are looked at.
const SCANNED_WORDS: u32 = 512;
/// Return addresses that are printed.
const MAX_FRAMES: usize = 32;

/// The call stack as lines: where the CPU is, then every word on the stack that looks like a return address.
pub(super) fn call_stack(cpu: &Cpu, space: &AddressSpace) -> Vec<String> {
    let mut lines = vec![format!("call stack at 0x{:08X}, lr 0x{:08X}:", cpu.pc().0, cpu.reg(14))];
    let sp = cpu.reg(13) & !3;
    let slots = (0..SCANNED_WORDS).map(|index| GuestAddr(sp.wrapping_add(index * 4)));
    let frames = slots.filter_map(|slot| {
        let word = space.peek_u32(slot)?;
        let call = call_before(space, word)?;
        Some(format!("  0x{:08X} (on the stack at 0x{:08X})", call.0, slot.0))
    });
    lines.extend(frames.take(MAX_FRAMES));
    lines
}

/// The call instruction that would return to `word`, if there is one.
fn call_before(space: &AddressSpace, word: u32) -> Option<GuestAddr> {
    if word & 1 == 1 {
        let at = GuestAddr(word & !1).0.checked_sub(4)?;
        let pair = read_halves(space, at)?;
        return is_thumb_call(pair).then_some(GuestAddr(at));
    }
    let at = GuestAddr(word.checked_sub(4)?);
    let code = space.peek_u32(at).filter(|_| word & 3 == 0)?;
    is_arm_call(code).then_some(at)
}

fn read_halves(space: &AddressSpace, at: u32) -> Option<(u16, u16)> {
    let mut bytes = [0; 4];
    let whole = space.peek(GuestAddr(at), &mut bytes) == bytes.len();
    whole.then(|| (u16::from_le_bytes([bytes[0], bytes[1]]), u16::from_le_bytes([bytes[2], bytes[3]])))
}

/// BL, BLX to an address, BLX to a register.
const fn is_arm_call(code: u32) -> bool {
    let bl = code >> 28 != 0xF && code & 0x0F00_0000 == 0x0B00_0000;
    let blx = code & 0xFE00_0000 == 0xFA00_0000;
    bl || blx || code & 0x0FFF_FFF0 == 0x012F_FF30
}

/// The two halves of BL or BLX, as ARMv5 encodes them.
const fn is_thumb_call(pair: (u16, u16)) -> bool {
    pair.0 & 0xF800 == 0xF000 && matches!(pair.1 & 0xF800, 0xF800 | 0xE800)
}

/// One instruction as text: address, code, what it does. Bit 0 of `addr` selects Thumb.
pub(super) fn disassemble(decoder: &Decoder, space: &AddressSpace, addr: u32) -> String {
    let is_thumb = addr & 1 == 1;
    let at = if is_thumb { GuestAddr(addr & !1) } else { GuestAddr(addr & !3) };
    let decoded = if is_thumb { thumb(decoder, space, at) } else { arm_word(decoder, space, at) };
    match decoded {
        None => format!("{at}: nothing is mapped there"),
        Some((code, insn)) => format!("{at}: {code} {}", arm::disassemble(&insn, at, is_thumb)),
    }
}

fn arm_word(decoder: &Decoder, space: &AddressSpace, at: GuestAddr) -> Option<(String, Insn)> {
    let word = space.peek_u32(at)?;
    Some((format!("{word:08x}"), decoder.a32(word)))
}

fn thumb(decoder: &Decoder, space: &AddressSpace, at: GuestAddr) -> Option<(String, Insn)> {
    let (first, second) = read_halves(space, at.0)?;
    if decoder.thumb_size(first) == 2 {
        return Some((format!("{first:04x}"), decoder.t16(first, 0)));
    }
    let word = u32::from(first) << 16 | u32::from(second);
    Some((format!("{first:04x} {second:04x}"), decoder.t32(word, 0)))
}
