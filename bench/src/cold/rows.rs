//! Instructions that straight code is made of, as tables of encodings with places for registers and numbers.
//!
//! Registers are r0 to r5; r6 takes products and r7 holds the address of some data. Nothing here is UNPREDICTABLE, and
//! nothing leaves the straight path.

use darkroom_emu_core::arm::random::Rng;

/// An encoding with its free fields; all others are in `bits`. A T32 instruction has its first halfword in the high half.
pub(super) struct Row {
    bits: u32,
    /// Bytes: 2 or 4.
    size: u32,
    /// Lowest bits of the fields that take a register.
    registers: &'static [u32],
    /// Lowest bits and widths of the fields that take any number.
    numbers: &'static [(u32, u32)],
}

/// Registers that an instruction may use freely.
const REGISTERS: u32 = 6;

const fn row(bits: u32, size: u32, registers: &'static [u32], numbers: &'static [(u32, u32)]) -> Row {
    Row { bits, size, registers, numbers }
}

impl Row {
    /// One of the row's instructions, and its size in bytes.
    pub(super) fn draw(&self, rng: &mut Rng) -> (u32, u32) {
        let registers = self.registers.iter().fold(0, |bits, lo| bits | rng.below(REGISTERS) << lo);
        let numbers = self.numbers.iter().fold(0, |bits, (lo, width)| bits | rng.below(1 << width) << lo);
        (self.bits | registers | numbers, self.size)
    }
}

/// ARM state, ARMv5TE (ARM DDI 0100, A4).
pub(super) const A32: &[Row] = &[
    row(0xE200_0000, 4, &[12, 16], &[(0, 8), (20, 1)]), // and{s} rd, rn, #n
    row(0xE220_0000, 4, &[12, 16], &[(0, 8), (20, 1)]), // eor{s} rd, rn, #n
    row(0xE240_0000, 4, &[12, 16], &[(0, 8), (20, 1)]), // sub{s} rd, rn, #n
    row(0xE280_0000, 4, &[12, 16], &[(0, 8), (20, 1)]), // add{s} rd, rn, #n
    row(0xE280_0000, 4, &[12, 16], &[(0, 8), (8, 4)]),  // add rd, rn, #n rotated
    row(0xE3A0_0000, 4, &[12], &[(0, 8), (8, 4)]),      // mov rd, #n rotated
    row(0xE3C0_0000, 4, &[12, 16], &[(0, 8)]),          // bic rd, rn, #n
    row(0xE020_0000, 4, &[0, 12, 16], &[(7, 5)]),       // eor rd, rn, rm, lsl #n
    row(0xE080_0000, 4, &[0, 12, 16], &[(7, 5), (20, 1)]), // add{s} rd, rn, rm, lsl #n
    row(0xE040_0060, 4, &[0, 12, 16], &[(7, 5)]),       // sub rd, rn, rm, ror #n
    row(0xE180_0020, 4, &[0, 12, 16], &[(7, 5)]),       // orr rd, rn, rm, lsr #n
    row(0xE0A0_0000, 4, &[0, 12, 16], &[]),             // adc rd, rn, rm
    row(0xE1A0_0000, 4, &[0, 12], &[(7, 5), (20, 1)]),  // mov{s} rd, rm, lsl #n
    row(0xE1A0_0010, 4, &[0, 8, 12], &[]),              // mov rd, rm, lsl rs
    row(0xE150_0000, 4, &[0, 16], &[]),                 // cmp rn, rm
    row(0x1280_0000, 4, &[12, 16], &[(0, 8)]),          // addne rd, rn, #n
    row(0x33A0_0000, 4, &[12], &[(0, 8)]),              // movcc rd, #n
    row(0xE006_0090, 4, &[0, 8], &[]),                  // mul r6, rm, rs
    row(0xE020_0006, 4, &[12, 16], &[]),                // eor rd, rn, r6
    row(0xE597_0000, 4, &[12], &[(2, 8)]),              // ldr rd, [r7, #n]
    row(0xE587_0000, 4, &[12], &[(2, 8)]),              // str rd, [r7, #n]
    row(0xE5D7_0000, 4, &[12], &[(0, 10)]),             // ldrb rd, [r7, #n]
    row(0xE5C7_0000, 4, &[12], &[(0, 10)]),             // strb rd, [r7, #n]
    row(0xE1D7_00B0, 4, &[12], &[(1, 3), (8, 4)]),      // ldrh rd, [r7, #n]
    row(0xE1C7_00B0, 4, &[12], &[(1, 3), (8, 4)]),      // strh rd, [r7, #n]
    row(0xE1D7_00D0, 4, &[12], &[(0, 4), (8, 4)]),      // ldrsb rd, [r7, #n]
];

/// Thumb state, ARMv7 (ARM DDI 0406, A6 and A8): narrow encodings as often as a compiler uses them.
pub(super) const T32: &[Row] = &[
    row(0x1800, 2, &[0, 3, 6], &[]),                           // adds rd, rn, rm
    row(0x1A00, 2, &[0, 3, 6], &[]),                           // subs rd, rn, rm
    row(0x1C00, 2, &[0, 3], &[(6, 3)]),                        // adds rd, rn, #n
    row(0x2000, 2, &[8], &[(0, 8)]),                           // movs rd, #n
    row(0x2800, 2, &[8], &[(0, 8)]),                           // cmp rd, #n
    row(0x3000, 2, &[8], &[(0, 8)]),                           // adds rd, #n
    row(0x3800, 2, &[8], &[(0, 8)]),                           // subs rd, #n
    row(0x0000, 2, &[0, 3], &[(6, 5)]),                        // lsls rd, rm, #n
    row(0x0800, 2, &[0, 3], &[(6, 5)]),                        // lsrs rd, rm, #n
    row(0x4000, 2, &[0, 3], &[]),                              // ands rd, rm
    row(0x4040, 2, &[0, 3], &[]),                              // eors rd, rm
    row(0x4140, 2, &[0, 3], &[]),                              // adcs rd, rm
    row(0x4300, 2, &[0, 3], &[]),                              // orrs rd, rm
    row(0x4346, 2, &[3], &[]),                                 // muls r6, rm
    row(0x4070, 2, &[0], &[]),                                 // eors rd, r6
    row(0xB2C0, 2, &[0, 3], &[]),                              // uxtb rd, rm
    row(0x6838, 2, &[0], &[(6, 5)]),                           // ldr rd, [r7, #n]
    row(0x6038, 2, &[0], &[(6, 5)]),                           // str rd, [r7, #n]
    row(0x7838, 2, &[0], &[(6, 5)]),                           // ldrb rd, [r7, #n]
    row(0x7038, 2, &[0], &[(6, 5)]),                           // strb rd, [r7, #n]
    row(0x8838, 2, &[0], &[(6, 5)]),                           // ldrh rd, [r7, #n]
    row(0xF100_0000, 4, &[8, 16], &[(0, 8), (20, 1)]),         // add{s}.w rd, rn, #n
    row(0xF080_0000, 4, &[8, 16], &[(0, 8)]),                  // eor.w rd, rn, #n
    row(0xF240_0000, 4, &[8], &[(0, 8), (12, 3), (16, 4)]),    // movw rd, #n
    row(0xEB00_0000, 4, &[0, 8, 16], &[(6, 2), (12, 3)]),      // add.w rd, rn, rm, lsl #n
    row(0xF3C0_0000, 4, &[8, 16], &[(0, 4), (6, 2), (12, 2)]), // ubfx rd, rn, #n, #w
    row(0xF8D7_0000, 4, &[12], &[(2, 8)]),                     // ldr.w rd, [r7, #n]
    row(0xF8C7_0000, 4, &[12], &[(2, 8)]),                     // str.w rd, [r7, #n]
];
