//! Engine DMA channels (reference: engine.md §2). Copies from memory to memory are carried out: a channel that reads and one that
//! writes, on the same passing connection. What would need the image engine is reported as unknown.
//!
//! A copy takes guest time and goes in steps, so that a guest cannot make the host copy gigabytes for one store. The channel that
//! reads waits for one that writes, and the converse.

mod switch;
mod walk;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::bus::{Access, Device, DeviceContext, DmaAddr, EventToken, IrqId, Port, Read, StateHasher, Write};
use switch::Switch;
use walk::{Geometry, Walk};

/// Three windows of sixteen channels.
const CHANNELS: usize = 48;
/// Words per channel that are stored: offsets 04 to 40.
const WORDS: usize = 17;

const START: u32 = 0x00;
const ADDRESS: u32 = 0x08;
const REASON: u32 = 0x30;
const ABORT: u32 = 0x34;
const ABORT_REQUEST: u32 = 3;

/// Cost of one step, in bytes; a run costs at least [`RUN_COST`].
const STEP: u32 = 32 << 10;
const RUN_COST: u32 = 16;
/// 200 MiB in a second.
const BYTES_PER_MILLISECOND: u64 = 209_715;
/// After an abort: one tick of the reference.
const ABORT_DELAY: Duration = Duration::from_micros(256);

/// Interrupt of each channel, 0: the channel does not exist (reference: engine.md §2.1).
const INTERRUPTS: [u32; CHANNELS] = [
    0x58, 0x59, 0x5A, 0x5B, 0x5C, 0x6D, 0xC0, 0, 0x5D, 0x5E, 0x5F, 0x6E, 0xC1, 0xC8, 0, 0, 0xF9, 0x83, 0x8A,
    0xCA, 0xCB, 0xD2, 0xD3, 0, 0x8B, 0x92, 0xE2, 0x95, 0x96, 0x97, 0, 0, 0xDA, 0xDB, 0, 0, 0, 0, 0, 0, 0x9D,
    0x9E, 0x9F, 0xA5, 0, 0, 0, 0,
];

/// How many bits of the gaps count: behind a run, behind a pass.
#[derive(Clone, Copy, Debug)]
pub struct GapWidths {
    /// Registers off1a and off1b.
    pub run: u32,
    /// Registers off2a, off2b and off3.
    pub pass: u32,
}

/// The channels. Port n holds channels 16n to 16n+15; [`Edmac::SWITCH`] their connections.
#[derive(Clone, Debug)]
pub struct Edmac {
    widths: GapWidths,
    state: State,
}

#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
struct State {
    words: Vec<[u32; WORDS]>,
    walks: Vec<Option<Walk>>,
    switch: Switch,
}

impl Edmac {
    /// Port of the register window that connects channels.
    pub const SWITCH: Port = Port(3);

    /// Idle channels.
    pub fn new(widths: GapWidths) -> Self {
        let (words, walks) = (vec![[0; WORDS]; CHANNELS], vec![None; CHANNELS]);
        Self { widths, state: State { words, walks, switch: Switch::default() } }
    }

    /// Why the channel raised its interrupt.
    fn reason(&self, channel: usize) -> u32 {
        let words = &self.state.words[channel];
        match (words[ABORT as usize / 4], words[1] & 0xF) {
            (ABORT_REQUEST, _) => 0x10,
            (_, 6) => 4,
            _ => 1 + u32::from(is_reader(channel)),
        }
    }

    fn geometry(&self, channel: usize) -> Geometry {
        let word = |offset: usize| self.state.words[channel][offset / 4];
        let pair = |offset: usize| (word(offset) & 0xFFFF, word(offset) >> 16);
        let run = |offset: usize| sign_extend(word(offset), self.widths.run);
        let pass = |offset: usize| sign_extend(word(offset), self.widths.pass);
        let ((xn, yn), (xb, yb), (xa, ya)) = (pair(0x0C), pair(0x10), pair(0x14));
        let (off1b, off2b, off1a, off2a, off3) = (run(0x18), pass(0x1C), run(0x20), pass(0x24), pass(0x28));
        Geometry { xa, xb, ya, yb, xn, yn, off1a, off1b, off2a, off2b, off3 }
    }

    /// False: this needs the image engine. A channel that is busy ignores another start.
    fn start(&mut self, ctx: &mut DeviceContext<'_>, channel: usize) -> bool {
        let Some(connection) = self.state.switch.passing(channel) else { return false };
        if INTERRUPTS[channel] == 0 {
            return false;
        }
        if self.state.walks[channel].is_none() {
            let address = self.state.words[channel][ADDRESS as usize / 4];
            self.state.walks[channel] = Some(Walk::new(address, self.geometry(channel)));
            self.plan(ctx, connection);
        }
        true
    }

    /// The channels of a connection that have something to copy: from, to.
    fn busy_pair(&self, connection: u8) -> Option<(usize, usize)> {
        let busy = |channel: &usize| self.state.walks[*channel].is_some();
        let reader = self.state.switch.reader(connection).filter(busy)?;
        Some((reader, self.state.switch.writers(connection).find(busy)?))
    }

    fn plan(&self, ctx: &mut DeviceContext<'_>, connection: u8) {
        if self.busy_pair(connection).is_some() {
            ctx.schedule(EventToken(u16::from(connection)), step_time());
        }
    }

    /// Copies until the step is used up or one of the channels has come to its end.
    fn step(&mut self, ctx: &mut DeviceContext<'_>, from: usize, to: usize) {
        let (Some(mut source), Some(mut target)) = (self.state.walks[from], self.state.walks[to]) else {
            return;
        };
        let mut left = STEP;
        while left > 0 && !source.ended() && !target.ended() {
            let bytes = copy_run(ctx, &mut source, &mut target, left);
            left = left.saturating_sub(bytes.max(RUN_COST));
        }
        self.keep(ctx, from, source);
        self.keep(ctx, to, target);
    }

    fn keep(&mut self, ctx: &mut DeviceContext<'_>, channel: usize, walk: Walk) {
        self.state.words[channel][ADDRESS as usize / 4] = walk.address();
        self.state.walks[channel] = (!walk.ended()).then_some(walk);
        if let Some(irq) = IrqId::new(INTERRUPTS[channel]).filter(|_| walk.ended()) {
            ctx.raise(irq);
        }
    }

    fn abort(&mut self, ctx: &mut DeviceContext<'_>, channel: usize) {
        self.state.walks[channel] = None;
        if let Some(irq) = IrqId::new(INTERRUPTS[channel]) {
            ctx.raise_after(irq, ABORT_DELAY);
        }
    }

    fn store(&mut self, ctx: &mut DeviceContext<'_>, channel: usize, offset: u32, value: u32) {
        self.state.words[channel][offset as usize / 4] = value;
        if (offset, value) == (ABORT, ABORT_REQUEST) {
            self.abort(ctx, channel);
        }
    }
}

impl Device for Edmac {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        self.peek(access).map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        let known = match access.offset & 0xFF {
            _ if access.port == Self::SWITCH => self.state.switch.write(access.offset, value),
            START if value == 1 => self.start(ctx, channel(access)),
            START | REASON => true,
            offset if is_stored(offset) => {
                self.store(ctx, channel(access), offset, value);
                true
            }
            _ => false,
        };
        if known { Write::Done } else { Write::Unknown }
    }

    fn event(&mut self, ctx: &mut DeviceContext<'_>, token: EventToken) {
        let connection = token.0 as u8;
        if let Some((from, to)) = self.busy_pair(connection) {
            self.step(ctx, from, to);
            self.plan(ctx, connection);
        }
    }

    fn peek(&self, access: Access) -> Option<u32> {
        match access.offset & 0xFF {
            _ if access.port == Self::SWITCH => Some(0),
            START => Some(0),
            REASON => Some(self.reason(channel(access))),
            offset if is_stored(offset) => Some(self.state.words[channel(access)][offset as usize / 4]),
            _ => None,
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
    }
}

/// Copies what both have left of their runs, at most `most` bytes. A run of no bytes is passed over.
fn copy_run(ctx: &mut DeviceContext<'_>, source: &mut Walk, target: &mut Walk, most: u32) -> u32 {
    if source.left_in_run() == 0 {
        source.advance(0);
        return 0;
    }
    let bytes = source.left_in_run().min(target.left_in_run()).min(most);
    let mut buffer = vec![0; bytes as usize];
    ctx.dma_read(DmaAddr(source.address()), &mut buffer);
    ctx.dma_write(DmaAddr(target.address()), &buffer);
    target.advance(bytes);
    if bytes > 0 {
        source.advance(bytes);
    }
    bytes
}

const fn step_time() -> Duration {
    Duration::from_nanos(STEP as u64 * 1_000_000 / BYTES_PER_MILLISECOND)
}

const fn sign_extend(value: u32, bits: u32) -> u32 {
    let unused = 32 - bits;
    ((value << unused) as i32 >> unused) as u32
}

fn is_stored(offset: u32) -> bool {
    offset.is_multiple_of(4) && matches!(offset, 0x04..=0x28 | ABORT | 0x40)
}

const fn is_reader(channel: usize) -> bool {
    channel & 8 != 0
}

const fn channel(access: Access) -> usize {
    (access.port.0 as usize % 3) * 16 + (access.offset >> 8 & 0xF) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Rig;
    use crate::clock::GuestTime;

    const WIDTHS: GapWidths = GapWidths { run: 17, pass: 28 };
    /// Channel 25 reads, channel 6 writes.
    const READER: (u8, u32) = (1, 0x900);
    const WRITER: (u8, u32) = (0, 0x600);

    fn rig() -> Rig<Edmac> {
        Rig::new(Edmac::new(WIDTHS))
    }

    fn connected() -> Rig<Edmac> {
        let mut rig = rig();
        assert_eq!(rig.write(3, 6 * 4, 6), Write::Done);
        assert_eq!(rig.write(3, 0x20 + 6 * 4, 7), Write::Done);
        rig
    }

    fn program(
        rig: &mut Rig<Edmac>,
        (port, base): (u8, u32),
        address: u32,
        width: u32,
        lines: u32,
        gap: u32,
    ) {
        for (offset, value) in [(0x08, address), (0x10, width | (lines - 1) << 16), (0x18, gap)] {
            rig.write(port, base + offset, value);
        }
    }

    #[test]
    fn channels_keep_their_registers_apart() {
        let mut rig = rig();
        rig.write(0, 0x108, 0x1000);
        rig.write(1, 0x108, 0x2000);
        assert_eq!((rig.value(0, 0x108), rig.value(1, 0x108), rig.value(2, 0x108)), (0x1000, 0x2000, 0));
    }

    #[test]
    fn the_reason_follows_kind_and_abort() {
        let mut rig = rig();
        assert_eq!((rig.value(0, 0x030), rig.value(0, 0x830)), (1, 2));
        rig.write(0, 0x034, 3);
        assert_eq!(rig.value(0, 0x030), 0x10);
        rig.run_to(GuestTime::from_millis(1));
        assert!(rig.raised(0x58));
    }

    #[test]
    fn what_needs_the_image_engine_is_reported() {
        let mut rig = rig();
        assert_eq!(rig.write(0, 0x000, 1), Write::Unknown);
        assert_eq!(rig.write(0, 0x000, 0), Write::Done);
    }

    #[test]
    fn a_rectangle_is_cut_out_and_both_channels_tell_their_end() {
        let mut rig = connected();
        for (index, byte) in rig.memory.0[..0x1000].iter_mut().enumerate() {
            *byte = (index % 251) as u8;
        }
        program(&mut rig, READER, 0x100, 16, 4, 48);
        program(&mut rig, WRITER, 0x8000, 64, 1, 0);
        rig.write(WRITER.0, WRITER.1, 1);
        rig.run_to(GuestTime::from_millis(1));
        assert!(!rig.raised(0xC0), "nothing comes before the other channel starts");
        rig.write(READER.0, READER.1, 1);
        rig.run_to(GuestTime::from_millis(2));
        assert!(rig.raised(0xC0) && rig.raised(0x92));
        let lines: Vec<u8> =
            (0..4).flat_map(|line| rig.memory.0[0x100 + line * 64..][..16].to_vec()).collect();
        assert_eq!(rig.memory.0[0x8000..0x8040], lines);
        assert_eq!(rig.value(WRITER.0, WRITER.1 + ADDRESS), 0x8040);
    }

    #[test]
    fn several_reads_may_feed_one_write() {
        let mut rig = connected();
        program(&mut rig, WRITER, 0x8000, 32, 1, 0);
        rig.write(WRITER.0, WRITER.1, 1);
        for half in 0..2 {
            rig.memory.0[0x100..0x110].fill(half + 1);
            program(&mut rig, READER, 0x100, 16, 1, 0);
            rig.write(READER.0, READER.1, 1);
            rig.run_to(GuestTime::from_millis(u64::from(half) + 1));
        }
        assert!(rig.raised(0xC0));
        assert_eq!(rig.memory.0[0x8000..0x8020], [[1; 16], [2; 16]].concat());
    }

    #[test]
    fn an_absurd_geometry_costs_guest_time_not_host_time() {
        let mut rig = connected();
        for (port, base) in [READER, WRITER] {
            for offset in [0x0C, 0x14] {
                rig.write(port, base + offset, 0xFFFF_FFFF);
            }
            rig.write(port, base + 0x14, 0xFFFF_0000);
            rig.write(port, base, 1);
        }
        assert_eq!(rig.board.events.len(), 1);
        rig.run_to(GuestTime::from_millis(5));
        assert!(!rig.raised(0xC0));
    }
}
