//! The border between Rust and generated code: who stands where, and the few fixed pieces of code at it.
//!
//! While generated code runs, `rbp` points at the guest's [`Registers`], `r14` at the bytes of its RAM, `r15` holds
//! the instructions that may still be executed, and nine guest registers live in host registers (see [`PINNED`]).
//! `rax`, `rcx`, `rdx` and the vector registers are free. The stack pointer is aligned to 16 and points at a pointer to the [`Frame`].
#![allow(clippy::useless_conversion, reason = "dynasm! converts registers and distances that need it not")]
#![expect(unsafe_code, reason = "jumps into generated code")]

use std::mem::offset_of;

use dynasmrt::{DynasmApi, DynasmLabelApi, VecAssembler, dynasm, x64::X64Relocation};

use super::super::cpu::CpuState;
use super::super::insn::Reg;
use super::super::psr::Psr;
use super::super::registers::Registers;
use super::super::simd::{FloatReg, Simd};
use super::arena::Arena;

/// Host registers by their number in machine code.
pub(super) const RAX: u8 = 0;
pub(super) const RCX: u8 = 1;
pub(super) const RDX: u8 = 2;
pub(super) const R14: u8 = 14;

/// Guest registers that live in host registers: rbx, rsi, rdi, r8 to r13 hold r0 to r7 and the stack pointer.
pub(super) const PINNED: [(u8, u8); 9] =
    [(0, 3), (1, 6), (2, 7), (3, 8), (4, 9), (5, 10), (6, 11), (7, 12), (13, 13)];

/// The host register that holds a guest register.
pub(super) fn pinned(reg: Reg) -> Option<u8> {
    PINNED.iter().find(|(guest, _)| *guest == reg.0).map(|(_, host)| *host)
}

/// Distance of a guest register's memory from `rbp`.
pub(super) fn slot(reg: Reg) -> i8 {
    (offset_of!(Registers, r) + 4 * reg.index()) as i8
}

/// Everything that generated code touches there lies within reach of a short distance.
const _: () = assert!(offset_of!(Registers, psr) + size_of::<Psr>() < 128);

/// Distances from `rbp` of the other things that generated code touches.
pub(super) const PC: i8 = offset_of!(Registers, pc) as i8;
pub(super) const FLAG_N: i8 = (offset_of!(Registers, psr) + offset_of!(Psr, n)) as i8;
pub(super) const FLAG_Z: i8 = (offset_of!(Registers, psr) + offset_of!(Psr, z)) as i8;
pub(super) const FLAG_C: i8 = (offset_of!(Registers, psr) + offset_of!(Psr, c)) as i8;
pub(super) const FLAG_V: i8 = (offset_of!(Registers, psr) + offset_of!(Psr, v)) as i8;
/// Flags are stored in pairs.
const _: () = assert!(FLAG_Z == FLAG_N + 1 && FLAG_V == FLAG_C + 1);
pub(super) const FLAG_T: i8 = (offset_of!(Registers, psr) + offset_of!(Psr, t)) as i8;
pub(super) const FLAG_Q: i8 = (offset_of!(Registers, psr) + offset_of!(Psr, q)) as i8;

/// Distance of the floating-point registers from `rbp`: they lie in the same state.
const SIMD: i32 = offset_of!(CpuState, simd) as i32 - offset_of!(CpuState, regs) as i32;
pub(super) const FPSCR: i32 = SIMD + offset_of!(Simd, fpscr) as i32;

/// Distance of a floating-point register's memory from `rbp`.
pub(super) fn float_slot(double: bool, reg: FloatReg) -> i32 {
    SIMD + offset_of!(Simd, d) as i32 + i32::from(reg) * if double { 8 } else { 4 }
}

/// Called for an instruction that generated code does not carry out itself; the second argument is what the code
/// passed in `rax`, the address of a [`Site`](super::step::Site). Gives 0 to go on behind the instruction.
pub(super) type Step = unsafe extern "sysv64" fn(*mut Frame, *const u8) -> u64;

/// Called for an instruction that concerns floating-point registers alone, likewise.
pub(super) type Data = unsafe extern "sysv64" fn(*mut Frame, *const u8);

/// Called when the page of an address is not in its table: the address, and 1 for a store. Gives the distance to the
/// host's address, or 0 when the interpreter must make the access.
pub(super) type Refill = unsafe extern "sysv64" fn(*mut Frame, u32, u32) -> u64;

/// What generated code is entered with. The context of `step` follows it in memory.
#[repr(C)]
pub(super) struct Frame {
    pub(super) registers: *mut Registers,
    pub(super) ram: *mut u8,
    /// Instructions that may still be executed; generated code returns before it would become negative.
    pub(super) budget: i64,
    pub(super) step: Step,
    pub(super) refill: Refill,
    pub(super) data: Data,
}

/// Why generated code came back. The registers are in memory; the program counter is the next instruction's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Return {
    /// A step wants the run loop. The instruction count was brought up to date.
    Step,
    /// The next block does not fit the budget.
    Limit,
    /// A direct branch to code that is not linked; the number of the link.
    Link(u32),
    /// A branch to code that is not in the table of entries.
    Indirect,
}

const STEP: i32 = 0;
const LIMIT: i32 = 1;
const INDIRECT: i32 = 2;
const LINK: i32 = 3;

/// Addresses of the fixed code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thunks {
    enter: *const u8,
    /// Jumped to with the program counter stored.
    pub(super) limit: *const u8,
    /// Jumped to with the program counter stored and the link's number in `eax`.
    pub(super) link: *const u8,
    /// Jumped to with the target in `eax`, its Thumb state in bit 0, and the table of the other state's entries in `rdx`.
    pub(super) indirect: *const u8,
    /// Called with the site in `rax`; comes back when the code shall go on.
    pub(super) step: *const u8,
    /// Called with the site in `rax`; changes what is free.
    pub(super) data: *const u8,
    /// Called with an address in `edx` and 1 for a store in `eax`; leaves the distance in `rcx`, the address in `edx`,
    /// and the host's zero flag for a distance of 0.
    pub(super) refill: *const u8,
    /// Size of all of them.
    pub(super) size: usize,
}

// SAFETY: the addresses are used only together with the arena that holds the code.
unsafe impl Send for Thunks {}

pub(super) type Assembler = VecAssembler<X64Relocation>;

fn load_pinned(ops: &mut Assembler) {
    for (guest, host) in PINNED {
        dynasm!(ops ; .arch x64 ; mov Rd(host), [BYTE rbp + slot(Reg(guest))]);
    }
}

fn store_pinned(ops: &mut Assembler) {
    for (guest, host) in PINNED {
        dynasm!(ops ; .arch x64 ; mov [BYTE rbp + slot(Reg(guest))], Rd(host));
    }
}

impl Thunks {
    /// Puts the fixed code at the beginning of an empty arena; `None` when it does not fit.
    pub(super) fn new(arena: &mut Arena) -> Option<Self> {
        let base = arena.next();
        let mut ops = Assembler::new(base as usize);
        let enter = write_enter(&mut ops);
        let limit = ops.offset();
        dynasm!(ops ; .arch x64 ; mov eax, LIMIT);
        let leave = write_leave(&mut ops);
        let link = ops.offset();
        dynasm!(ops ; .arch x64 ; add eax, LINK ; jmp =>leave);
        let indirect = write_indirect(&mut ops, leave);
        let step = write_step(&mut ops);
        let refill = write_refill(&mut ops);
        let data = write_data(&mut ops);
        let code = ops.finalize().ok()?;
        arena.append(&code)?;
        let at = |offset: dynasmrt::AssemblyOffset| base.wrapping_add(offset.0);
        Some(Self {
            enter: at(enter),
            limit: at(limit),
            link: at(link),
            indirect: at(indirect),
            step: at(step),
            refill: at(refill),
            data: at(data),
            size: arena.used(),
        })
    }

    /// Runs generated code until it returns.
    ///
    /// # Safety
    /// `code` must be an entry of code that was generated for this guest and is still valid, made with these thunks;
    /// the pointers of `frame` must be valid and nobody else may use what they point at meanwhile.
    pub(super) unsafe fn run(&self, frame: *mut Frame, code: *const u8) -> Return {
        type Enter = unsafe extern "sysv64" fn(*mut Frame, *const u8) -> u64;
        // SAFETY: `enter` is the address of code that follows this signature, written above.
        let enter: Enter = unsafe { std::mem::transmute(self.enter) };
        // SAFETY: the caller vouches for frame and code.
        let result = unsafe { enter(frame, code) } as i32;
        match result {
            STEP => Return::Step,
            LIMIT => Return::Limit,
            INDIRECT => Return::Indirect,
            link => Return::Link((link - LINK) as u32),
        }
    }
}

fn write_enter(ops: &mut Assembler) -> dynasmrt::AssemblyOffset {
    let start = ops.offset();
    dynasm!(ops
        ; .arch x64
        ; push rbx ; push rbp ; push r12 ; push r13 ; push r14 ; push r15
        ; sub rsp, 24
        ; mov [rsp], rdi
        ; mov rax, rsi
        ; mov rbp, [rdi + offset_of!(Frame, registers) as i32]
        ; mov r14, [rdi + offset_of!(Frame, ram) as i32]
        ; mov r15, [rdi + offset_of!(Frame, budget) as i32]
    );
    load_pinned(ops);
    dynasm!(ops ; .arch x64 ; jmp rax);
    start
}

/// Stores what is in host registers and returns `eax`.
fn write_leave(ops: &mut Assembler) -> dynasmrt::DynamicLabel {
    let leave = ops.new_dynamic_label();
    dynasm!(ops ; .arch x64 ; =>leave);
    store_pinned(ops);
    dynasm!(ops
        ; .arch x64
        ; mov rdi, [rsp]
        ; mov [rdi + offset_of!(Frame, budget) as i32], r15
        ; ->restore:
        ; add rsp, 24
        ; pop r15 ; pop r14 ; pop r13 ; pop r12 ; pop rbp ; pop rbx
        ; ret
    );
    leave
}

/// Looks a target up among the entries of the other state, whose table is in `rdx`; when that fails too, splits the
/// target into address and state.
fn write_indirect(ops: &mut Assembler, leave: dynasmrt::DynamicLabel) -> dynasmrt::AssemblyOffset {
    let start = ops.offset();
    dynasm!(ops
        ; .arch x64
        ; mov ecx, eax
        ; and ecx, super::entries::INDEX_MASK
        ; lea rdx, [rdx + rcx * 8]
        ; mov ecx, eax
        ; and ecx, 1
        ; cmp [rdx], eax
        ; jne >miss
        ; mov [BYTE rbp + FLAG_T], cl
        ; jmp QWORD [rdx + 8]
        ; miss:
        ; mov [BYTE rbp + FLAG_T], cl
        // Address bits to clear: 1 in Thumb state, 3 in ARM state.
        ; xor ecx, 1
        ; lea ecx, [rcx + rcx + 1]
        ; not ecx
        ; and eax, ecx
        ; mov [BYTE rbp + PC], eax
        ; mov eax, INDIRECT
        ; jmp =>leave
    );
    start
}

fn write_step(ops: &mut Assembler) -> dynasmrt::AssemblyOffset {
    let start = ops.offset();
    store_pinned(ops);
    dynasm!(ops
        ; .arch x64
        // The return address lies between the frame's pointer and the top of the stack.
        ; mov rdi, [rsp + 8]
        ; mov [rdi + offset_of!(Frame, budget) as i32], r15
        ; mov rsi, rax
        ; sub rsp, 8
        ; call QWORD [rdi + offset_of!(Frame, step) as i32]
        ; add rsp, 8
        ; test eax, eax
        ; jnz >leave
    );
    load_pinned(ops);
    dynasm!(ops
        ; .arch x64
        ; ret
        ; leave:
        ; add rsp, 8
        ; mov eax, STEP
        ; jmp ->restore
    );
    start
}

fn write_refill(ops: &mut Assembler) -> dynasmrt::AssemblyOffset {
    let start = ops.offset();
    store_pinned(ops);
    dynasm!(ops
        ; .arch x64
        ; mov rdi, [rsp + 8]
        ; mov esi, edx
        ; push rdx
        ; mov edx, eax
        ; call QWORD [rdi + offset_of!(Frame, refill) as i32]
        ; pop rdx
        ; mov rcx, rax
    );
    load_pinned(ops);
    dynasm!(ops ; .arch x64 ; test rcx, rcx ; ret);
    start
}

/// Core registers stay where they are: only those that a callee may change are put aside.
fn write_data(ops: &mut Assembler) -> dynasmrt::AssemblyOffset {
    let start = ops.offset();
    dynasm!(ops
        ; .arch x64
        ; push rsi ; push rdi ; push r8 ; push r9 ; push r10 ; push r11
        ; sub rsp, 8
        // Behind these seven words and the return address.
        ; mov rdi, [rsp + 64]
        ; mov rsi, rax
        ; call QWORD [rdi + offset_of!(Frame, data) as i32]
        ; add rsp, 8
        ; pop r11 ; pop r10 ; pop r9 ; pop r8 ; pop rdi ; pop rsi
        ; ret
    );
    start
}
