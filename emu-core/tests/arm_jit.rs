//! Generated code, held against the interpreter: where a run stops, what interrupts it, and what becomes of code that
//! changes.
#![cfg(target_arch = "x86_64")]

mod jit_support;

use darkroom_emu_core::arm::{Core, Engine, Exit, JitOptions, Mode, Psr};
use darkroom_emu_core::memory::{Access, GuestAddr};
use jit_support::{CODE, DATA, DEVICE, Rig, both};

const V5: Core = Core::DIGIC4;

/// Loads, stores, flags across blocks, a call and its return, without an end. r1 walks from r6 to r5.
const LOOP: [u32; 16] = [
    0xE280_0001, // loop: add r0, r0, #1
    0xE092_2180, // adds r2, r2, r0, lsl #3
    0xE591_3000, // ldr r3, [r1]
    0xE0A3_3002, // adc r3, r3, r2
    0xE481_3004, // str r3, [r1], #4
    0xE151_0005, // cmp r1, r5
    0x01A0_1006, // moveq r1, r6
    0xEB00_0003, // bl function
    0xE310_0003, // tst r0, #3
    0x1AFF_FFF5, // bne loop
    0xE027_73E3, // eor r7, r7, r3, ror #7
    0xEAFF_FFF3, // b loop
    0xE92D_4010, // function: push {r4, lr}
    0xE004_0093, // mul r4, r3, r0
    0xE087_7004, // add r7, r7, r4
    0xE8BD_8010, // pop {r4, pc}
];

/// The like in Thumb-2, with If-Then blocks.
const THUMB_LOOP: [u32; 11] = [
    0xF851_3001, // loop: adds r0, #1; ldr r3, [r1], #4 (begins)
    0x0742_3B04, // (ends); lsls r2, r0, #29
    0x3703_BF2C, // ite cs; addcs r7, #3
    0xF841_405F, // eorcc r7, r3; str r7, [r1, #-4] (begins)
    0x42A9_7C04, // (ends); cmp r1, r5
    0x4631_BF08, // it eq; moveq r1, r6
    0xF803_F000, // bl function
    0xBF00_B104, // cbz r4, over; nop
    0xB510_E7EE, // over: b loop; function: push {r4, lr}
    0x7700_FB03, // mla r7, r3, r0, r7
    0xBF00_BD10, // pop {r4, pc}
];

fn walking(rig: Rig) -> Rig {
    rig.with(&[(1, DATA), (5, DATA + 0x40), (6, DATA)])
}

fn thumb(mut rig: Rig) -> Rig {
    let mut psr = rig.cpu.cpsr();
    psr.t = true;
    rig.cpu.set_cpsr(psr);
    walking(rig)
}

/// Two loops, and how each is made ready.
type Case = (Core, &'static [u32], fn(Rig) -> Rig);
const LOOPS: [Case; 2] = [(V5, &LOOP, walking), (Core::CortexR4, &THUMB_LOOP, thumb)];

fn compiled(rig: &Rig) -> u64 {
    rig.cpu.jit_stats().regions
}

#[test]
fn every_limit_is_met_exactly() {
    for (core, code, ready) in LOOPS {
        for limit in 1..=300 {
            let (interpreted, generated) = both(core, code, |rig| {
                let mut rig = ready(rig);
                assert_eq!(rig.run(limit), Exit::Limit);
                assert_eq!(rig.cpu.instructions(), limit);
                if limit > 100 && rig.cpu.engine() == Engine::Jit {
                    assert!(compiled(&rig) > 0);
                }
                rig.seen()
            });
            assert_eq!(interpreted, generated, "{core:?} after {limit}");
        }
    }
}

#[test]
fn slices_of_any_length_make_the_same_run() {
    for (core, code, ready) in LOOPS {
        let run = |rig: Rig, slice: u64| {
            let mut rig = ready(rig);
            while rig.cpu.instructions() < 3000 {
                rig.run(slice.min(3000 - rig.cpu.instructions()));
            }
            rig.seen()
        };
        let whole = run(Rig::new(Engine::Interpreter, core, code), u64::MAX);
        for slice in [1, 7, 16, 17, 18, 33, 64, 1000, u64::MAX] {
            assert_eq!(run(Rig::new(Engine::Jit, core, code), slice), whole, "{core:?} {slice}");
        }
    }
}

#[test]
fn an_interrupt_comes_before_the_instruction_where_the_line_rises() {
    // At 0x18: b 0x100. There: add r12, r12, #1; subs pc, lr, #4.
    for (core, code, ready) in LOOPS {
        for moment in 60..260 {
            let (interpreted, generated) = both(core, code, |rig| {
                let mut rig = ready(rig);
                rig.poke(0x18, &[0xEA00_0038]);
                rig.poke(0x100, &[0xE28C_C001, 0xE25E_F004]);
                let mut psr = rig.cpu.cpsr();
                psr.i = false;
                rig.cpu.set_cpsr(psr);
                rig.run(moment);
                let before = rig.cpu.pc();
                rig.cpu.set_irq(true);
                rig.run(1);
                assert_eq!((rig.cpu.pc(), rig.cpu.mode()), (GuestAddr(0x100), Mode::Irq));
                assert_eq!(rig.cpu.reg(14), before.0 + 4);
                rig.cpu.set_irq(false);
                rig.run(100);
                assert_eq!(rig.cpu.reg(12), 1);
                rig.seen()
            });
            assert_eq!(interpreted, generated, "{core:?} at {moment}");
        }
    }
}

#[test]
fn a_device_gets_attention_right_behind_its_access() {
    let code = [
        0xE280_0001, // loop: add r0, r0, #1
        0xE581_0004, // str r0, [r1, #4]
        0xE022_2000, // eor r2, r2, r0
        0xE591_3008, // ldr r3, [r1, #8]
        0xE082_2003, // add r2, r2, r3
        0xEAFF_FFF9, // b loop
    ];
    let (interpreted, generated) = both(V5, &code, |rig| {
        let mut rig = rig.with(&[(1, DEVICE)]);
        rig.board.attention_every = 7;
        let mut stops = Vec::new();
        while rig.cpu.instructions() < 3000 {
            let exit = rig.run(3000 - rig.cpu.instructions());
            stops.push((exit, rig.cpu.instructions(), rig.cpu.pc()));
        }
        (stops, rig.board.log.clone(), rig.seen())
    });
    assert_eq!(interpreted.0.len(), 1 + 1000 / 7);
    assert_eq!(interpreted.0[0], (Exit::Attention, 20, GuestAddr(CODE + 8)));
    assert_eq!(interpreted, generated);
}

#[test]
fn breakpoints_stop_compiled_code_and_go_away_again() {
    let (interpreted, generated) = both(V5, &LOOP, |rig| {
        let mut rig = walking(rig);
        rig.run(1000);
        let mut stops = Vec::new();
        // In the middle of a block, at the start of one, and in the function.
        for at in [0x0C, 0x00, 0x34] {
            rig.cpu.set_breakpoints([GuestAddr(CODE + at)]);
            for _ in 0..3 {
                assert_eq!(rig.run(1000), Exit::Breakpoint);
                assert_eq!(rig.cpu.pc(), GuestAddr(CODE + at));
                stops.push(rig.cpu.instructions());
            }
        }
        rig.cpu.set_breakpoints([]);
        assert_eq!(rig.run(1000), Exit::Limit);
        (stops, rig.seen())
    });
    assert_eq!(interpreted, generated);
}

#[test]
fn code_that_the_guest_changes_is_made_anew() {
    let code = [
        0xEB00_0005, // loop: bl function
        0xE251_1001, // subs r1, r1, #1
        0x0584_5000, // streq r5, [r4]
        0x01A0_1006, // moveq r1, r6
        0xE257_7001, // subs r7, r7, #1
        0x1AFF_FFF9, // bne loop
        0xEAFF_FFFE, // b .
        0xE3A0_2001, // function: mov r2, #1
        0xE083_3002, // add r3, r3, r2
        0xE12F_FF1E, // bx lr
    ];
    let (interpreted, generated) = both(V5, &code, |rig| {
        // After 100 rounds of 300 the function adds 2.
        let mut rig = rig.with(&[(1, 100), (4, CODE + 0x1C), (5, 0xE3A0_2002), (6, 1000), (7, 300)]);
        assert_eq!(rig.run(100_000), Exit::SelfBranch);
        assert_eq!(rig.cpu.reg(3), 100 + 200 * 2);
        if rig.cpu.engine() == Engine::Jit {
            assert!(rig.cpu.jit_stats().stale > 0);
        }
        rig.seen()
    });
    assert_eq!(interpreted, generated);
}

#[test]
fn code_that_changes_itself_is_never_stale() {
    let code = [
        0xE225_5003, // loop: eor r5, r5, #3
        0xE58F_5004, // str r5, changed
        0xE283_3001, // add r3, r3, #1
        0xE1A0_0000, // nop
        0xE3A0_2001, // changed: mov r2, #1 or #2
        0xE083_3002, // add r3, r3, r2
        0xE257_7001, // subs r7, r7, #1
        0x1AFF_FFF7, // bne loop
        0xEAFF_FFFE, // b .
    ];
    let (interpreted, generated) = both(V5, &code, |rig| {
        let mut rig = rig.with(&[(5, 0xE3A0_2001), (7, 500)]);
        assert_eq!(rig.run(100_000), Exit::SelfBranch);
        assert_eq!(rig.cpu.reg(3), 500 + 250 + 250 * 2);
        rig.seen()
    });
    assert_eq!(interpreted, generated);
}

#[test]
fn code_that_somebody_else_changes_is_made_anew() {
    let (interpreted, generated) = both(V5, &LOOP, |rig| {
        let mut rig = walking(rig);
        rig.run(1000);
        // The function subtracts, then it is gone: the guest runs into zeros, that is andeq r0, r0, r0.
        rig.poke(CODE + 0x38, &[0xE047_7004]);
        rig.run(1000);
        let subtracting = rig.seen();
        rig.poke(CODE + 0x30, &[0; 4]);
        rig.run(1000);
        (subtracting, rig.seen())
    });
    assert_eq!(interpreted, generated);
    assert_ne!(interpreted.0, interpreted.1);
}

#[test]
fn a_copy_goes_on_alone() {
    for (core, code, ready) in LOOPS {
        let mut original = ready(Rig::new(Engine::Jit, core, code));
        original.run(1000);
        let mut copy = original.clone();
        let mut second = copy.clone();
        original.run(500);
        let expected = original.seen();
        drop(original);
        copy.run(500);
        assert_eq!(copy.seen(), expected, "{core:?}");
        assert!(compiled(&copy) > 0, "a copy generates its own code");
        // What the copies do to their code is their own affair.
        copy.poke(CODE, &[0; 8]);
        copy.run(100);
        second.run(500);
        assert_eq!(second.seen(), expected, "{core:?}");
    }
}

/// Writes a function, calls it, goes on with the next one 64 bytes on. r2 to r3 is where they go; 16 instructions each.
const GROW: [u32; 14] = [
    0xE1A0_4001, // loop: mov r4, r1
    0xE186_8000, // orr r8, r6, r0
    0xE208_80FF, // and r8, r8, #0xff
    0xE187_8008, // orr r8, r7, r8
    0xE584_8000, // str r8, [r4]
    0xE584_9004, // str r9, [r4, #4]
    0xE584_A008, // str r10, [r4, #8]
    0xE12F_FF34, // blx r4
    0xE281_1040, // add r1, r1, #0x40
    0xE151_0003, // cmp r1, r3
    0x01A0_1002, // moveq r1, r2
    0xE25B_B001, // subs r11, r11, #1
    0x1AFF_FFF2, // bne loop
    0xEAFF_FFFE, // b .
];

fn growing(rig: Rig, rounds: u32) -> Rig {
    let (first, last) = (0x10_0000, 0x14_0000);
    rig.with(&[
        (1, first),
        (2, first),
        (3, last),
        (6, 1),
        (7, 0xE280_0000),  // add r0, r0, #...
        (9, 0xE025_51E0),  // eor r5, r5, r0, ror #3
        (10, 0xE12F_FF1E), // bx lr
        (11, rounds),
    ])
}

#[test]
fn memory_stays_under_its_cap_however_much_is_compiled() {
    const CAP: u64 = 1 << 20;
    /// What one region can add before anybody looks.
    const REGION: u64 = 1 << 17;
    let mut rig = growing(Rig::new(Engine::Jit, V5, &GROW), 60_000);
    let (mut code, mut tables) = (0, 0);
    while rig.run(5000) == Exit::Limit {
        let stats = rig.cpu.jit_stats();
        assert!(stats.bytes_in_use <= CAP, "{stats:?}");
        assert!(stats.table_bytes <= CAP + REGION, "{stats:?}");
        (code, tables) = (stats.bytes_in_use.max(code), stats.table_bytes.max(tables));
    }
    let stats = rig.cpu.jit_stats();
    assert!(stats.bytes > 4 * CAP && stats.flushes > 2 && stats.stale > 10_000, "{stats:?}");
    assert!(code > CAP / 2 && tables > CAP / 2, "the memory was never used: {code} {tables}");
    let mut interpreted = growing(Rig::new(Engine::Interpreter, V5, &GROW), 60_000);
    assert_eq!(interpreted.run(u64::MAX), Exit::SelfBranch);
    assert_eq!(rig.seen(), interpreted.seen());
}

/// Stores into the page that it goes on in, round after round, beside a lot of code that is never executed.
const UNSETTLED: [u32; 2] = [
    0xE581_0000, // loop: str r0, [r1]
    0xEA00_03FD, // b 0x2000
];

#[test]
fn code_that_never_settles_is_not_compiled_for_ever() {
    const MOST: u64 = 1 << 20;
    let unsettled = |engine| {
        let mut rig = Rig::new(engine, V5, &UNSETTLED).with(&[(0, 0xE1A0_0000), (1, 0x2000), (4, 20_000)]);
        rig.cpu
            .set_jit_options(JitOptions { threshold: 1, ..JitOptions::default() })
            .expect("memory for code");
        // nop; subs r4, r4, #1; bne loop; bvs 0x2100; b .
        rig.poke(0x2000, &[0xE1A0_0000, 0xE254_4001, 0x1AFF_FBFC, 0x6A00_003B, 0xEAFF_FFFE]);
        rig.poke(0x2100, &[0xE1A0_0000; 400]);
        assert_eq!(rig.run(u64::MAX), Exit::SelfBranch);
        rig
    };
    let rig = unsettled(Engine::Jit);
    let stats = rig.cpu.jit_stats();
    assert!(stats.stale > 1000, "{stats:?}");
    assert!(stats.instructions < MOST + rig.cpu.instructions() / 64 + 1000, "{stats:?}");
    assert_eq!(rig.seen(), unsettled(Engine::Interpreter).seen());
}

#[test]
fn an_instruction_across_two_pages_is_compiled_and_followed() {
    let run = |mut rig: Rig| {
        // At 0x1FFC: loop: strh r3, [r1]; add.w r0, r0, #1; subs r4, #1; bne loop; b . The second halfword of the addition
        // lies in the next page; a store there changes what is added.
        rig.poke(0x1FFC, &[0xF100_800B, 0x3C01_0001, 0xE7FE_D1FA]);
        let mut rig = rig.with(&[(1, 0x6000), (3, 0x0003), (4, 500), (15, 0x1FFC)]);
        rig.cpu.set_cpsr(Psr { t: true, ..rig.cpu.cpsr() });
        assert_eq!(rig.run(u64::MAX), Exit::SelfBranch);
        let before = compiled(&rig);
        let mut rig = rig.with(&[(1, 0x2000), (4, 500), (15, 0x1FFC)]);
        assert_eq!(rig.run(u64::MAX), Exit::SelfBranch);
        assert_eq!(rig.cpu.reg(0), 500 + 1500, "1 each time, then 3 from the first store on");
        (before, rig.seen())
    };
    let ((_, interpreted), (regions, generated)) = both(Core::CortexR4, &[], run);
    assert_eq!(interpreted, generated);
    assert_eq!(regions, 1, "the loop is one region");
}

#[test]
fn code_that_runs_over_the_end_of_the_address_space_is_the_same_in_both() {
    // In the last halfword: the first half of add.w r0, r0, #1; "it ne". At 0 behind them: the second half, or adds r0, #1; then
    // subs r4, #1; bne to the last halfword; b .
    for (last, first) in [(0xF100, 0x0001), (0xBF18, 0x3001)] {
        let run = |mut rig: Rig| {
            let memory = &mut rig.board.memory;
            let top = memory.add_block(0x1000).expect("there is room");
            memory.map(GuestAddr(0xFFFF_F000), 0x1000, top, 0, Access::Ram).expect("it fits");
            rig.poke(0xFFFF_FFFC, &[last << 16]);
            rig.poke(0, &[0x3C01 << 16 | first, 0xE7FE_D1FB]);
            rig.cpu.set_cpsr(Psr { t: true, z: true, ..rig.cpu.cpsr() });
            let mut rig = rig.with(&[(4, 500), (15, 0xFFFF_FFFE)]);
            assert_eq!(rig.run(u64::MAX), Exit::SelfBranch);
            // And in at the beginning, where no condition holds any more.
            let mut rig = rig.with(&[(4, 500), (15, 0)]);
            assert_eq!(rig.run(10_000), Exit::SelfBranch);
            (rig.cpu.reg(0), rig.seen())
        };
        let (interpreted, generated) = both(Core::CortexR4, &[], run);
        assert_eq!(interpreted, generated, "{last:04X}");
        assert_eq!(interpreted.0, 500 + 499, "{last:04X}: once the first half is not met, or Z is set");
    }
}

/// Calls the function at r5 in one address space and then in another, again and again.
const SPACES: [u32; 11] = [
    0xEE02_6F10, // loop: mcr p15, 0, r6, c2, c0, 0 (TTBR0)
    0xEE08_0F17, // mcr p15, 0, r0, c8, c7, 0 (TLBIALL)
    0xF57F_F06F, // isb
    0xE12F_FF35, // blx r5
    0xEE02_7F10, // mcr p15, 0, r7, c2, c0, 0
    0xEE08_0F17, // mcr p15, 0, r0, c8, c7, 0
    0xF57F_F06F, // isb
    0xE12F_FF35, // blx r5
    0xE254_4001, // subs r4, r4, #1
    0x1AFF_FFF5, // bne loop
    0xEAFF_FFFE, // b .
];

/// Switches translation on by the tables at 0x8000 and goes on at CODE.
fn translated(mut rig: Rig) -> Rig {
    let section = |physical: u32| physical | 0xC02;
    for (table, shown) in [(0x8000, 0x10_0000), (0xC000, 0x20_0000)] {
        rig.poke(table, &[section(0), section(shown)]);
    }
    // mcr TTBR0, DACR, SCTLR
    rig.poke(0x3000, &[0xEE02_6F10, 0xEE03_1F10, 0xEE01_2F10]);
    let mut rig = rig.with(&[(1, 1), (2, 0x00C5_0079), (6, 0x8000), (7, 0xC000), (15, 0x3000)]);
    rig.run(3);
    rig.with(&[(4, 1000), (5, 0x10_0000), (15, CODE)])
}

#[test]
fn code_at_one_address_in_two_spaces_is_compiled_once_for_each() {
    let (interpreted, generated) = both(Core::CortexA9 { index: 0 }, &SPACES, |mut rig| {
        // add r3, r3, #1; bx lr, or add r3, r3, #3; bx lr.
        rig.poke(0x10_0000, &[0xE283_3001, 0xE12F_FF1E]);
        rig.poke(0x20_0000, &[0xE283_3003, 0xE12F_FF1E]);
        let mut rig = translated(rig);
        assert_eq!(rig.run(100_000), Exit::SelfBranch);
        assert_eq!(rig.cpu.reg(3), 1000 * (1 + 3));
        assert!(compiled(&rig) < 40, "{:?}", rig.cpu.jit_stats());
        rig.seen()
    });
    assert_eq!(interpreted, generated);
}
