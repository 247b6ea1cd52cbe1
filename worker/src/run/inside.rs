//! What ran in the camera: read from the guest's memory and console, from outside, so that the guest never knows.
//!
//! The open firmware shows its records in a window (`firmware/dryos/kernel/window.h`). Another firmware has none, and then
//! there is nothing to say of its tasks and heaps.

use std::collections::BTreeMap;

use darkroom_protocol::report::{GuestInside, HeapInfo, MissingCall, TaskInfo};

use super::guest::Guest;

/// The word of the open firmware's image that holds the window's address (`DOOR_WINDOW` in `firmware/dryos/boot/doors.h`).
const WINDOW_DOOR: u32 = 0xFFE0_0044;
const WINDOW_MARK: &[u8] = b"DARKWIN1";
/// Caps on what a guest may make us read: it can write anything over its records.
const MAX_TASKS: u32 = 256;
const MAX_MISSING: u32 = 256;
const MAX_NAME: usize = 64;
const MAX_STACK: u32 = 1 << 20;

/// What Magic Lantern calls itself on the console, in front of its version.
const ML_BANNER: &str = "] (32:03) Magic Lantern ";

/// Reads words and texts of the guest. What is not there reads as zero.
pub(super) struct Memory<'a>(pub &'a dyn Guest);

impl Memory<'_> {
    pub(super) fn word(&self, address: u32) -> u32 {
        let mut bytes = [0; 4];
        self.0.read_memory(address, &mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn byte(&self, address: u32) -> u8 {
        let mut byte = [0];
        self.0.read_memory(address, &mut byte);
        byte[0]
    }

    /// A text up to its zero, cut at [`MAX_NAME`] bytes; letters that no terminal should get become `?`.
    fn text(&self, address: u32) -> String {
        let mut bytes = [0; MAX_NAME];
        let length = self.0.read_memory(address, &mut bytes);
        let end = bytes[..length].iter().position(|byte| *byte == 0).unwrap_or(length);
        bytes[..end]
            .iter()
            .map(|byte| if (0x20..0x7F).contains(byte) { char::from(*byte) } else { '?' })
            .collect()
    }
}

/// The window's words behind its mark.
struct Window {
    tasks: u32,
    slots: u32,
    record_bytes: u32,
    context: u32,
    stack_fill: u32,
    missing: u32,
    missing_names: u32,
    heaps: [(&'static str, u32); 2],
}

impl Window {
    fn find(memory: &Memory<'_>) -> Option<Self> {
        let at = memory.word(WINDOW_DOOR);
        let mut mark = [0; WINDOW_MARK.len()];
        memory.0.read_memory(at, &mut mark);
        let field = |index: u32| memory.word(at.wrapping_add(8 + 4 * index));
        (mark == WINDOW_MARK).then(|| Self {
            tasks: field(0),
            slots: field(1).min(MAX_TASKS),
            record_bytes: memory.word(field(2)),
            context: memory.word(field(3)),
            stack_fill: field(4),
            missing: field(5),
            missing_names: field(6).min(MAX_MISSING),
            heaps: [("malloc", field(7)), ("AllocateMemory", field(8))],
        })
    }

    fn tasks(&self, memory: &Memory<'_>) -> Vec<TaskInfo> {
        let records = (0..self.slots).map(|slot| self.tasks.wrapping_add(slot * self.record_bytes));
        records
            .filter(|record| self.exists(memory, *record))
            .map(|record| self.task(memory, record))
            .collect()
    }

    /// A task that ended keeps its record, suspended and without a mark, until the next one is made
    /// (`firmware/dryos/kernel/task.c`).
    fn exists(&self, memory: &Memory<'_>, record: u32) -> bool {
        let field = |offset: u32| memory.word(record.wrapping_add(offset));
        let ended = field(0x30) == 0 && self.state(memory, record) == "suspended";
        field(0x40) != 0 && !ended
    }

    fn state(&self, memory: &Memory<'_>, record: u32) -> &'static str {
        match memory.byte(record.wrapping_add(self.context).wrapping_sub(7)) {
            0 => "ready",
            1 => "waits",
            _ => "suspended",
        }
    }

    /// Offsets: reference open-firmware.md section 3.1.
    fn task(&self, memory: &Memory<'_>, record: u32) -> TaskInfo {
        let field = |offset: u32| memory.word(record.wrapping_add(offset));
        let (stack, stack_bytes) = (field(0x1C), field(0x20));
        TaskInfo {
            name: memory.text(field(0x24)),
            id: field(0x40),
            priority: field(0x08),
            stack_used: self.stack_used(memory, stack, stack_bytes),
            stack_bytes,
            state: self.state(memory, record).to_owned(),
        }
    }

    /// A stack is filled with one word before its first use, and grows down.
    fn stack_used(&self, memory: &Memory<'_>, start: u32, bytes: u32) -> u32 {
        let mut stack = vec![0; bytes.min(MAX_STACK) as usize];
        memory.0.read_memory(start, &mut stack);
        let fill = self.stack_fill.to_le_bytes();
        let untouched = stack.chunks_exact(4).take_while(|word| **word == fill).count();
        bytes.saturating_sub(u32::try_from(untouched * 4).unwrap_or(u32::MAX))
    }

    fn missing(&self, memory: &Memory<'_>) -> Vec<MissingCall> {
        let entries = (0..self.missing_names).map(|index| self.missing.wrapping_add(index * 12));
        let used = entries.take_while(|entry| memory.word(*entry) != 0);
        used.map(|entry| MissingCall {
            name: memory.text(memory.word(entry)),
            caller: memory.word(entry.wrapping_add(4)),
            count: u64::from(memory.word(entry.wrapping_add(8))),
        })
        .collect()
    }

    fn heaps(&self, memory: &Memory<'_>) -> Vec<HeapInfo> {
        let heap = |(name, at): (&str, u32)| HeapInfo {
            name: name.to_owned(),
            total: memory.word(at),
            used: memory.word(at.wrapping_add(4)),
            failures: memory.word(at.wrapping_add(8)),
        };
        self.heaps.into_iter().map(heap).collect()
    }
}

/// What the guest's kernel holds now.
pub(super) fn look(guest: &dyn Guest) -> GuestInside {
    let memory = Memory(guest);
    let Some(window) = Window::find(&memory) else { return GuestInside::default() };
    GuestInside {
        tasks: window.tasks(&memory),
        heaps: window.heaps(&memory),
        missing_calls: window.missing(&memory),
        ..GuestInside::default()
    }
}

/// Adds the missing calls of an earlier start of the camera; most frequent first.
pub(super) fn merge_missing(calls: &mut Vec<MissingCall>, earlier: &[MissingCall]) {
    let mut all: BTreeMap<(String, u32), u64> = BTreeMap::new();
    for call in calls.iter().chain(earlier) {
        *all.entry((call.name.clone(), call.caller)).or_default() += call.count;
    }
    *calls = all.into_iter().map(|((name, caller), count)| MissingCall { name, caller, count }).collect();
    calls.sort_by_key(|call| std::cmp::Reverse(call.count));
}

/// Magic Lantern's version, from the line that it prints at its start.
pub(super) fn ml_version(log: &str) -> Option<String> {
    let line = log.lines().find_map(|line| line.split_once(ML_BANNER))?.1.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, count: u64) -> MissingCall {
        MissingCall { name: name.to_owned(), caller: 1, count }
    }

    #[test]
    fn calls_of_two_starts_are_one_list() {
        let mut calls = vec![call("a", 1), call("b", 2)];
        merge_missing(&mut calls, &[call("a", 5), call("c", 1)]);
        assert_eq!(calls, [call("a", 6), call("b", 2), call("c", 1)]);
    }

    #[test]
    fn the_version_is_what_follows_the_name_in_its_own_line() {
        let log = "[ROM] x\n[init] (32:03) Magic Lantern Nightly.2026Jan01.60D111 (1a2b3c4 dev)\n";
        assert_eq!(ml_version(log).as_deref(), Some("Nightly.2026Jan01.60D111 (1a2b3c4 dev)"));
        assert_eq!(ml_version("[x] this is no Magic Lantern at all\n"), None);
    }
}
