//! What snapshots take of the host stays bounded. Alone in its process, whose mappings it counts.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use darkroom_emu_core::memory::{Access, AddressSpace, GuestAddr, MemorySnapshot, PAGE_SIZE};

const RAM_SIZE: u64 = 64 << 20;

fn space() -> AddressSpace {
    let mut space = AddressSpace::new();
    let ram = space.add_block(RAM_SIZE).unwrap();
    space.map(GuestAddr(0), RAM_SIZE, ram, 0, Access::Ram).unwrap();
    space
}

fn hash(space: &AddressSpace) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    space.hash_into(&mut hasher);
    hasher.finalize()
}

fn mappings() -> usize {
    std::fs::read_to_string("/proc/self/maps").unwrap().lines().count()
}

fn assert_bounded(snapshot: &MemorySnapshot, space: &AddressSpace) {
    let touched: u64 = space.blocks().map(|(block, _)| space.touched_pages(block).count() as u64).sum();
    let bound = 2 * touched * u64::from(PAGE_SIZE) + (16 << 20);
    assert!(snapshot.stored_bytes() <= bound, "{} bytes for {touched} pages", snapshot.stored_bytes());
}

fn many_snapshots_of_the_same_pages() {
    let mut space = space();
    for round in 0..40 {
        space.poke(GuestAddr(0), &vec![round; 1 << 20]);
        assert_bounded(&space.snapshot().unwrap(), &space);
    }
}

fn many_snapshots_of_scattered_pages() {
    let mut space = space();
    let mut last: Option<MemorySnapshot> = None;
    for round in 0..200 {
        for page in 0..120 {
            space.write_u32(GuestAddr((page * 97 + round * 13) % 16_000 * PAGE_SIZE), round).unwrap();
        }
        let snapshot = space.snapshot().unwrap();
        if round % 16 == 0 {
            assert_eq!(hash(&snapshot.fork().unwrap()), hash(&space));
        }
        last = Some(snapshot);
    }
    let last = last.unwrap();
    assert_bounded(&last, &space);

    let before = mappings();
    let fork = last.fork().unwrap();
    let more = mappings() - before;
    assert!((2..=1100).contains(&more), "a fork took {more} mappings");
    drop(fork);
    assert_eq!(mappings(), before, "it gives them back");
}

/// Every tenth page of a RAM that is all in use.
fn scattered_pages_cost_themselves() {
    let mut space = space();
    space.poke(GuestAddr(0), &vec![9; RAM_SIZE as usize]);
    let whole = space.snapshot().unwrap().stored_bytes();
    let mut scatter = |first: u32, value: u32| {
        for page in (first..RAM_SIZE as u32 / PAGE_SIZE).step_by(10) {
            space.write_u32(GuestAddr(page * PAGE_SIZE), value).unwrap();
        }
        let snapshot = space.snapshot().unwrap();
        let before = mappings();
        let fork = snapshot.fork().unwrap();
        assert!(mappings() <= before + 1100);
        assert_eq!(hash(&fork), hash(&space));
        snapshot.stored_bytes()
    };
    let page = u64::from(PAGE_SIZE);
    assert_eq!(scatter(0, 1), whole + 1639 * page);
    assert_eq!(scatter(0, 2), whole + 2 * 1639 * page);
    assert_eq!(scatter(5, 3), whole + (2 * 1639 + 1638) * page);
    assert_eq!(scatter(7, 4), RAM_SIZE, "a fork would have to copy too much");
}

/// The same where the pages between were never used.
fn scattered_pages_of_an_unused_ram_are_mapped_at_once() {
    let mut space = space();
    space.poke(GuestAddr(0x20_0000), &[1; 0x4000]);
    let before = space.snapshot().unwrap().stored_bytes();
    for page in (0..RAM_SIZE as u32 / PAGE_SIZE).step_by(10) {
        space.write_u32(GuestAddr(page * PAGE_SIZE), 1).unwrap();
    }
    let snapshot = space.snapshot().unwrap();
    assert!(snapshot.stored_bytes() - before <= 1639 * u64::from(PAGE_SIZE));
    let before = mappings();
    let fork = snapshot.fork().unwrap();
    assert!(mappings() - before <= 10);
    assert_eq!(hash(&fork), hash(&space));
}

/// One after the other, because the mappings are counted.
#[test]
fn snapshots_stay_bounded() {
    many_snapshots_of_the_same_pages();
    many_snapshots_of_scattered_pages();
    scattered_pages_cost_themselves();
    scattered_pages_of_an_unused_ram_are_mapped_at_once();
}
