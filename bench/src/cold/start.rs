//! What runs before and after the chain.

use crate::kernels::LOAD_ADDRESS;

/// The header, which whoever loads the image may change, and the code that runs the chain: A32. The chain's data lie at
/// 0x1000. In the end it prints eight digits and exits, both by semihosting.
const CODE: &[u32] = &[
    0xEA00_0002, // b over the header
    u32::from_le_bytes(*b"DRKN"),
    0,           // rounds
    0,           // which chain
    0xE59F_7098, // ldr r7, data
    0xE51F_9014, // ldr r9, rounds
    0xE51F_A014, // ldr r10, which
    0xE28F_8094, // adr r8, chains
    0xE798_A10A, // ldr r10, [r8, r10, lsl #2]
    0xE3A0_0000, // mov r0, #0
    0xE3A0_1000, // mov r1, #0
    0xE3A0_2000, // mov r2, #0
    0xE3A0_3000, // mov r3, #0
    0xE3A0_4000, // mov r4, #0
    0xE3A0_5000, // mov r5, #0
    0xE3A0_6000, // mov r6, #0
    0xE28F_B000, // adr r11, back
    0xE12F_FF1A, // round: bx r10
    0xE259_9001, // back: subs r9, r9, #1
    0x1AFF_FFFC, // bne round
    0xE020_02E1, // eor r0, r0, r1, ror #5
    0xE020_0562, // eor r0, r0, r2, ror #10
    0xE020_07E3, // eor r0, r0, r3, ror #15
    0xE020_0A64, // eor r0, r0, r4, ror #20
    0xE020_0CE5, // eor r0, r0, r5, ror #25
    0xE020_0F66, // eor r0, r0, r6, ror #30
    0xE287_1B02, // add r1, r7, #0x800
    0xE1A0_2001, // mov r2, r1
    0xE3A0_3008, // mov r3, #8
    0xE1A0_0E60, // digit: ror r0, r0, #28
    0xE200_400F, // and r4, r0, #15
    0xE354_000A, // cmp r4, #10
    0x3284_4030, // addcc r4, r4, #'0'
    0x2284_4057, // addcs r4, r4, #'a' - 10
    0xE4C2_4001, // strb r4, [r2], #1
    0xE253_3001, // subs r3, r3, #1
    0x1AFF_FFF7, // bne digit
    0xE3A0_400A, // mov r4, #'\n'
    0xE1C2_40B0, // strh r4, [r2]
    0xE3A0_0004, // mov r0, #SYS_WRITE0
    0xEF12_3456, // svc 0x123456
    0xE3A0_0018, // mov r0, #SYS_EXIT
    0xE59F_1004, // ldr r1, reason
    0xEF12_3456, // svc 0x123456
    0x0000_1000, // data
    0x0002_0026, // reason: ADP_Stopped_ApplicationExit
];

/// The code that stands before chains which begin so many bytes behind it.
pub(super) fn start_up(chains: [usize; 2], thumb: bool) -> Vec<u8> {
    let behind = LOAD_ADDRESS.0 as usize + 4 * (CODE.len() + chains.len());
    let entries = chains.map(|chain| (behind + chain) as u32 | u32::from(thumb));
    CODE.iter().chain(&entries).flat_map(|word| word.to_le_bytes()).collect()
}
