//! What distinguishes two ends of one program, in words.

use std::fmt::Debug;

use serde_json::Value;

use super::super::cpu::CpuState;
use super::super::psr::Mode;
use super::rig::Rig;

const ALL_MODES: [Mode; 7] =
    [Mode::User, Mode::Fiq, Mode::Irq, Mode::Supervisor, Mode::Abort, Mode::Undefined, Mode::Monitor];
/// Lines of one kind that are shown.
const SHOWN: usize = 12;

/// True when two rigs ended alike. Quick: it is asked for every program.
pub(super) fn alike(a: &mut Rig, b: &mut Rig) -> bool {
    same_state(a.cpu.state(), b.cpu.state())
        && a.board.contents() == b.board.contents()
        && a.board.sights == b.board.sights
        && a.cpu.fault_count() == b.cpu.fault_count()
        && a.cpu.notes.faults == b.cpu.notes.faults
}

fn same_state(a: &CpuState, b: &CpuState) -> bool {
    let rest = |s: &CpuState| (s.instructions, s.irq, s.fiq, s.waiting, s.monitor, s.regs.psr());
    rest(a) == rest(b)
        && (0..16).all(|n| a.regs.get(n) == b.regs.get(n))
        && ALL_MODES.into_iter().all(|mode| banks(a, mode).eq(banks(b, mode)))
        && a.cp15 == b.cp15
        && a.simd == b.simd
}

/// r8 to r14 of a mode and its saved status register.
fn banks(state: &CpuState, mode: Mode) -> impl Iterator<Item = u32> + '_ {
    (8..15).map(move |n| state.regs.banked(mode, n)).chain([state.regs.spsr(mode)])
}

/// Everything that differs, for people; the first rig's value stands first.
pub(super) fn differences(a: &mut Rig, b: &mut Rig) -> Vec<String> {
    let mut lines = Vec::new();
    states(a.cpu.state(), b.cpu.state(), &mut lines);
    memory(a, b, &mut lines);
    sequences("machine saw", &a.board.sights, &b.board.sights, &mut lines);
    let (faults_a, faults_b) = (a.faults(), b.faults());
    compare("number of faults", faults_a.0, faults_b.0, &mut lines);
    sequences("fault", &faults_a.1, &faults_b.1, &mut lines);
    lines
}

fn compare<T: PartialEq + Debug>(name: &str, a: T, b: T, lines: &mut Vec<String>) {
    if a != b {
        lines.push(format!("{name}: {a:?} and {b:?}"));
    }
}

fn hex(name: &str, a: u32, b: u32, lines: &mut Vec<String>) {
    if a != b {
        lines.push(format!("{name}: {a:#010x} and {b:#010x}"));
    }
}

fn states(a: &CpuState, b: &CpuState, lines: &mut Vec<String>) {
    compare("instructions", a.instructions, b.instructions, lines);
    (0..16).for_each(|n| hex(&format!("r{n}"), a.regs.get(n), b.regs.get(n), lines));
    hex("cpsr", a.regs.psr().bits(), b.regs.psr().bits(), lines);
    for mode in ALL_MODES {
        for n in 8..15 {
            let (left, right) = (a.regs.banked(mode, n), b.regs.banked(mode, n));
            hex(&format!("r{n} of {mode:?}"), left, right, lines);
        }
        hex(&format!("spsr of {mode:?}"), a.regs.spsr(mode), b.regs.spsr(mode), lines);
    }
    compare("interrupt lines and waiting", (a.irq, a.fiq, a.waiting), (b.irq, b.fiq, b.waiting), lines);
    compare("exclusive monitor", a.monitor, b.monitor, lines);
    fields("floating point", &serde_json::json!(a.simd), &serde_json::json!(b.simd), lines);
    fields("system control", &serde_json::json!(a.cp15), &serde_json::json!(b.cp15), lines);
}

/// Fields of two values of the same shape, by their names.
fn fields(name: &str, a: &Value, b: &Value, lines: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                fields(&format!("{name}, {key}"), value, right.get(key).unwrap_or(&Value::Null), lines);
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                fields(&format!("{name} {index}"), left, right, lines);
            }
        }
        (Value::Number(left), Value::Number(right)) if left != right => {
            lines.push(format!(
                "{name}: {:#x} and {:#x}",
                left.as_u64().unwrap_or(0),
                right.as_u64().unwrap_or(0)
            ));
        }
        _ if a != b => lines.push(format!("{name}: {a} and {b}")),
        _ => {}
    }
}

fn memory(a: &Rig, b: &Rig, lines: &mut Vec<String>) {
    for (name, (left, right)) in
        ["RAM", "vector ROM"].into_iter().zip(a.board.contents().into_iter().zip(b.board.contents()))
    {
        let words = |bytes: &[u8]| -> Vec<u32> {
            bytes
                .chunks_exact(4)
                .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
                .collect()
        };
        let pairs = words(left).into_iter().zip(words(right)).enumerate();
        for (index, (left, right)) in pairs.filter(|(_, (left, right))| left != right).take(SHOWN) {
            hex(&format!("{name} at {:#06x}", 4 * index), left, right, lines);
        }
    }
}

/// The first place where two lists part.
fn sequences<T: PartialEq + Debug>(name: &str, a: &[T], b: &[T], lines: &mut Vec<String>) {
    let shared = a.len().min(b.len());
    let parting = a.iter().zip(b).position(|(left, right)| left != right).unwrap_or(shared);
    if parting < a.len().max(b.len()) {
        lines.push(format!("{name}, number {parting}: {:?} and {:?}", a.get(parting), b.get(parting)));
    }
}
