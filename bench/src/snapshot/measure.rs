use std::hint::black_box;
use std::time::Instant;

use darkroom_emu_core::arm::Core;
use darkroom_emu_core::bare::{BareConfig, BareMachine, BareSnapshot};
use darkroom_emu_core::memory::{GuestAddr, PAGE_SIZE};

use super::figures::{Row, SnapshotReport};
use crate::{BenchError, Distribution, Result};

const MIB: u64 = 1 << 20;
const PAGE: usize = PAGE_SIZE as usize;
/// Copies of a machine that uses all of its RAM take long: this many tell enough.
const MOST_CLONES: u32 = 10;

/// What to measure.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotPlan {
    /// RAM of the machine in MiB.
    pub ram_mib: u64,
    /// What the machine writes before it is saved, in MiB.
    pub dirty_mib: u64,
    /// Measurements of each figure.
    pub repeats: u32,
}

/// Where the dirty pages lie: so many pages from each to the next.
#[derive(Clone, Copy)]
struct Dirty {
    pages: usize,
    stride: usize,
}

/// Times of one measurement, in milliseconds.
struct Times {
    snapshot: f64,
    fork: f64,
}

/// Measures saving and forking, with the dirty pages in one piece and scattered, in a RAM that is otherwise unused and in
/// one that is used throughout.
///
/// # Errors
/// [`BenchError`] when the host has no room, or a fork is not equal to what was saved.
pub fn measure(plan: &SnapshotPlan) -> Result<SnapshotReport> {
    let pages = (plan.dirty_mib * MIB) as usize / PAGE;
    let all = (plan.ram_mib * MIB) as usize / PAGE;
    let patterns = [("in one piece", 1), ("scattered", (all / pages.max(1)).max(1))];
    let mut rows = Vec::new();
    for (used, base) in [("dirty pages only", unused(plan)?), ("all of it", used(plan)?)] {
        for (dirty, stride) in patterns {
            rows.push(row(plan, &base, Dirty { pages, stride }, (used, dirty))?);
        }
    }
    let SnapshotPlan { ram_mib, dirty_mib, repeats } = *plan;
    Ok(SnapshotReport { ram_mib, dirty_mib, repeats, rows })
}

/// A machine that has written nothing yet.
fn unused(plan: &SnapshotPlan) -> Result<BareSnapshot> {
    let config = BareConfig { ram: plan.ram_mib * MIB, ..BareConfig::new(Core::DIGIC4) };
    Ok(BareMachine::new(&config)?.snapshot()?)
}

/// A machine that has written all of its RAM.
fn used(plan: &SnapshotPlan) -> Result<BareSnapshot> {
    let mut machine = unused(plan)?.fork()?;
    for piece in 0..plan.ram_mib {
        machine.load(GuestAddr((piece * MIB) as u32), &[piece as u8; MIB as usize])?;
    }
    Ok(machine.snapshot()?)
}

fn row(
    plan: &SnapshotPlan,
    base: &BareSnapshot,
    dirty: Dirty,
    (used, name): (&'static str, &'static str),
) -> Result<Row> {
    let (mut times, mut memcpy, mut clone) = (Vec::new(), Vec::new(), Vec::new());
    for repeat in 0..plan.repeats {
        let mut machine = base.fork()?;
        dirty.write(&mut machine, repeat as u8)?;
        times.push(save_and_fork(&mut machine, dirty)?);
        let bytes = vec![repeat as u8; dirty.pages * PAGE];
        memcpy.push(timed(|| bytes.clone()).1);
        if repeat < MOST_CLONES {
            clone.push(timed(|| machine.clone()).1);
        }
    }
    let spread = |of: fn(&Times) -> f64| Distribution::of(&times.iter().map(of).collect::<Vec<_>>());
    Ok(Row {
        used,
        dirty: name,
        snapshot: spread(|times| times.snapshot),
        fork: spread(|times| times.fork),
        both: spread(|times| times.snapshot + times.fork),
        memcpy: Distribution::of(&memcpy),
        clone: Distribution::of(&clone),
    })
}

fn save_and_fork(machine: &mut BareMachine, dirty: Dirty) -> Result<Times> {
    let (saved, snapshot) = timed(|| machine.snapshot());
    let saved = saved?;
    let (forked, fork) = timed(|| saved.fork());
    dirty.check(machine, &forked?)?;
    Ok(Times { snapshot, fork })
}

impl Dirty {
    fn addresses(self) -> impl Iterator<Item = GuestAddr> {
        (0..self.pages).map(move |page| GuestAddr((page * self.stride * PAGE) as u32))
    }

    fn write(self, machine: &mut BareMachine, value: u8) -> Result<()> {
        let page = [value; PAGE];
        self.addresses().try_for_each(|at| machine.load(at, &page)).map_err(BenchError::from)
    }

    /// A wrong fork has no speed.
    fn check(self, machine: &BareMachine, fork: &BareMachine) -> Result<()> {
        let page = |machine: &BareMachine, at| {
            let mut page = [0; PAGE];
            machine.memory().peek(at, &mut page);
            page
        };
        match self.addresses().find(|at| page(machine, *at) != page(fork, *at)) {
            Some(at) => Err(BenchError::WrongFork { at: at.0 }),
            None => Ok(()),
        }
    }
}

/// What `work` gives, and the milliseconds it took by the clock on the wall. What is given is not dropped in that time.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let result = black_box(work());
    (result, start.elapsed().as_secs_f64() * 1e3)
}
