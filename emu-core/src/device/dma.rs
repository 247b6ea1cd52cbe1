//! Memory-copy DMA, channels 1 to 8 (reference: engine.md §8.1).
//!
//! A copy takes guest time and goes in steps, so that a guest cannot make the host copy gigabytes for one store.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::bus::{Access, Device, DeviceContext, DmaAddr, EventToken, IrqId, Port, Read, StateHasher, Write};

const CONTROL: u32 = 0x08;
const SOURCE: u32 = 0x18;
const DESTINATION: u32 = 0x1C;
const COUNT: u32 = 0x20;

const START: u32 = 1;

/// Bytes copied in one step.
const STEP: u32 = 32 << 10;
/// 10000 bytes in 256 us.
const BYTES_PER_MILLISECOND: u64 = 39_062;

/// Most channels a camera has.
const CHANNELS: usize = 8;

/// The copy engines. Port n is channel n+1.
#[derive(Clone, Debug, Default)]
pub struct CopyDma {
    interrupts: [Option<IrqId>; CHANNELS],
    state: [Channel; CHANNELS],
}

#[derive(Clone, Copy, Debug, Default, Hash, Serialize, Deserialize)]
struct Channel {
    source: u32,
    destination: u32,
    count: u32,
    job: Option<Job>,
}

/// What is still to be copied.
#[derive(Clone, Copy, Debug, Hash, Serialize, Deserialize)]
struct Job {
    source: DmaAddr,
    destination: DmaAddr,
    left: u32,
}

impl CopyDma {
    /// Names the interrupt of the channel behind `port`.
    pub fn set_interrupt(&mut self, port: Port, irq: IrqId) {
        if let Some(slot) = self.interrupts.get_mut(usize::from(port.0)) {
            *slot = Some(irq);
        }
    }

    /// A channel that is busy ignores another start.
    fn start(&mut self, ctx: &mut DeviceContext<'_>, index: usize) {
        let channel = &mut self.state[index];
        if channel.job.is_some() {
            return;
        }
        let (source, destination) = (DmaAddr(channel.source), DmaAddr(channel.destination));
        channel.job = Some(Job { source, destination, left: channel.count });
        ctx.schedule(EventToken(index as u16), step_time(channel.count));
    }

    fn finish(&mut self, ctx: &mut DeviceContext<'_>, index: usize) {
        self.state[index].job = None;
        if let Some(irq) = self.interrupts[index] {
            ctx.raise(irq);
        }
    }
}

impl Device for CopyDma {
    fn read(&mut self, _ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        self.peek(access).map_or(Read::Unknown, Read::Value)
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        let index = usize::from(access.port.0) % CHANNELS;
        let channel = &mut self.state[index];
        match access.offset {
            CONTROL if value & START != 0 => self.start(ctx, index),
            CONTROL => {}
            SOURCE => channel.source = value,
            DESTINATION => channel.destination = value,
            COUNT => channel.count = value,
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn event(&mut self, ctx: &mut DeviceContext<'_>, token: EventToken) {
        let index = usize::from(token.0) % CHANNELS;
        let Some(job) = self.state[index].job.as_mut() else { return };
        let size = job.left.min(STEP);
        copy(ctx, job, size);
        if job.left == 0 {
            self.finish(ctx, index);
        } else {
            let left = job.left;
            ctx.schedule(token, step_time(left));
        }
    }

    fn peek(&self, access: Access) -> Option<u32> {
        let channel = &self.state[usize::from(access.port.0) % CHANNELS];
        match access.offset {
            CONTROL => Some(0),
            SOURCE => Some(channel.source),
            DESTINATION => Some(channel.destination),
            COUNT => Some(channel.count),
            _ => None,
        }
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
    }
}

fn copy(ctx: &mut DeviceContext<'_>, job: &mut Job, size: u32) {
    let mut buffer = vec![0; size as usize];
    ctx.dma_read(job.source, &mut buffer);
    ctx.dma_write(job.destination, &buffer);
    job.source = job.source.offset(size);
    job.destination = job.destination.offset(size);
    job.left -= size;
}

fn step_time(left: u32) -> Duration {
    Duration::from_nanos(u64::from(left.min(STEP)) * 1_000_000 / BYTES_PER_MILLISECOND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Rig;
    use crate::clock::GuestTime;

    fn rig() -> Rig<CopyDma> {
        let mut dma = CopyDma::default();
        dma.set_interrupt(Port(1), IrqId::new(0x74).expect("valid"));
        Rig::new(dma)
    }

    fn start(rig: &mut Rig<CopyDma>, source: u32, destination: u32, count: u32) {
        for (offset, value) in [(SOURCE, source), (DESTINATION, destination), (COUNT, count), (CONTROL, 1)] {
            rig.write(1, offset, value);
        }
    }

    #[test]
    fn copies_and_raises_when_the_time_has_passed() {
        let mut rig = rig();
        let data: Vec<u8> = (0..100_000u32).map(|i| (i % 251) as u8).collect();
        rig.memory.0[..data.len()].copy_from_slice(&data);
        start(&mut rig, 0, 0x4_0000, data.len() as u32);
        rig.run_to(GuestTime::from_micros(2_550));
        assert!(!rig.raised(0x74));
        rig.run_to(GuestTime::from_micros(2_570));
        assert!(rig.raised(0x74));
        assert_eq!(rig.memory.0[0x4_0000..0x4_0000 + data.len()], data);
    }

    #[test]
    fn an_absurd_size_costs_guest_time_not_host_time() {
        let mut rig = rig();
        start(&mut rig, 0xFFFF_FFF0, 0xFFFF_0000, u32::MAX);
        assert_eq!(rig.board.events.len(), 1);
        rig.run_to(GuestTime::from_millis(5));
        assert!(!rig.raised(0x74));
        start(&mut rig, 0, 0, 4);
        assert_eq!(rig.board.events.len(), 1);
    }

    #[test]
    fn nothing_to_copy_still_raises() {
        let mut rig = rig();
        start(&mut rig, 0, 0, 0);
        rig.run_to(GuestTime::from_micros(2));
        assert!(rig.raised(0x74));
    }
}
