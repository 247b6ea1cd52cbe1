//! Snapshots of guest memory, and forks of them.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use darkroom_emu_core::memory::{Access, AddressSpace, BlockId, GuestAddr, MemorySnapshot, PAGE_SIZE};
use proptest::prelude::*;

const RAM_SIZE: u64 = 64 << 20;
const ALIAS: u32 = 0x4000_0000;
const ROM: GuestAddr = GuestAddr(0xF800_0000);

/// 64 MiB of RAM with an alias, and 64 KiB of ROM.
fn space() -> AddressSpace {
    let mut space = AddressSpace::new();
    let ram = space.add_block(RAM_SIZE).unwrap();
    space.map(GuestAddr(0), RAM_SIZE, ram, 0, Access::Ram).unwrap();
    space.map(GuestAddr(ALIAS), RAM_SIZE, ram, 0, Access::Ram).unwrap();
    let rom = space.add_block_with(&[0xA5; 0x8000], 0x1_0000).unwrap();
    space.map(ROM, 0x1_0000, rom, 0, Access::Rom).unwrap();
    space
}

fn hash(space: &AddressSpace) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    space.hash_into(&mut hasher);
    hasher.finalize()
}

fn word(space: &AddressSpace, at: u32) -> u32 {
    space.read_u32(GuestAddr(at)).unwrap()
}

fn put(space: &mut AddressSpace, at: u32, value: u32) {
    space.write_u32(GuestAddr(at), value).unwrap();
}

#[test]
fn a_fork_is_the_saved_state_and_goes_its_own_way() {
    let mut parent = space();
    put(&mut parent, 0x1000, 1);
    put(&mut parent, 0x200_0000, 2);
    let saved = hash(&parent);
    let snapshot = parent.snapshot().unwrap();
    put(&mut parent, 0x1000, 10);
    put(&mut parent, 0x5000, 11);

    let (mut one, mut two) = (snapshot.fork().unwrap(), snapshot.fork().unwrap());
    assert_eq!((hash(&one), hash(&two)), (saved, saved));
    put(&mut one, ALIAS | 0x1004, 21);
    put(&mut two, 0x300_0000, 22);
    assert_eq!([word(&one, 0x1000), word(&one, 0x1004), word(&one, 0x5000)], [1, 21, 0]);
    assert_eq!([word(&two, 0x1004), word(&two, 0x300_0000)], [0, 22]);
    assert_eq!([word(&parent, 0x1000), word(&parent, 0x1004), word(&parent, 0x300_0000)], [10, 0, 0]);
    assert_eq!(word(&one, ROM.0), 0xA5A5_A5A5);
    assert_eq!(hash(&snapshot.fork().unwrap()), saved);
    drop((parent, snapshot));
    assert_eq!(word(&one, 0x200_0000), 2, "a fork outlives what it came from");
}

#[test]
fn a_fork_of_a_fork_is_a_state_of_its_own() {
    let mut space = space();
    let mut snapshots = Vec::new();
    for generation in 1..=5 {
        put(&mut space, generation * 0x1_0000, generation);
        put(&mut space, 0x8000, generation);
        let snapshot = space.snapshot().unwrap();
        space = snapshot.fork().unwrap();
        snapshots.push(snapshot);
    }
    for (generation, snapshot) in (1..).zip(&snapshots) {
        let fork = snapshot.fork().unwrap();
        assert_eq!(word(&fork, 0x8000), generation);
        let seen: Vec<u32> = (1..=5).map(|other| word(&fork, other * 0x1_0000)).collect();
        let expected: Vec<u32> = (1..=5).map(|other| if other <= generation { other } else { 0 }).collect();
        assert_eq!(seen, expected);
    }
}

#[test]
fn saving_costs_what_changed() {
    let mut space = space();
    space.poke(GuestAddr(0), &vec![7; 8 << 20]);
    let first = space.snapshot().unwrap().stored_bytes();
    assert_eq!(first, (8 << 20) + 0x8000, "all of the RAM that was used, and the ROM's content");
    put(&mut space, 0x1000, 1);
    put(&mut space, 0x100_0000, 2);
    let second = space.snapshot().unwrap();
    assert_eq!(second.stored_bytes() - first, 2 * u64::from(PAGE_SIZE));
    assert_eq!(space.snapshot().unwrap().stored_bytes(), second.stored_bytes(), "nothing changed");
    let mut fork = second.fork().unwrap();
    put(&mut fork, 0x40_0000, 3);
    assert_eq!(fork.snapshot().unwrap().stored_bytes() - second.stored_bytes(), u64::from(PAGE_SIZE));
}

#[test]
fn storage_and_map_may_change_after_a_snapshot() {
    let mut space = space();
    put(&mut space, 0x1000, 1);
    let before = space.snapshot().unwrap();
    let tcm = space.add_block(0x1000).unwrap();
    space.map(GuestAddr(0x1000), 0x1000, tcm, 0, Access::Ram).unwrap();
    put(&mut space, 0x1000, 2);
    let after = space.snapshot().unwrap();
    space.unmap(GuestAddr(0), RAM_SIZE).unwrap();
    let (before, after) = (before.fork().unwrap(), after.fork().unwrap());
    assert_eq!((word(&before, 0x1000), word(&before, ALIAS | 0x1000)), (1, 1));
    assert_eq!((word(&after, 0x1000), word(&after, ALIAS | 0x1000)), (2, 1));
}

#[test]
fn code_on_forked_pages_gets_stale_like_any() {
    let mut parent = space();
    put(&mut parent, 0x1000, 1);
    let page = parent.storage_page(GuestAddr(0x1000)).unwrap();
    parent.mark_code(page, 0..4);
    let snapshot = parent.snapshot().unwrap();
    let marked = (parent.code_epoch(), parent.code_version(page));
    put(&mut parent, 0x1040, 1);
    assert_eq!((parent.code_epoch(), parent.code_version(page)), marked, "beside the code");
    put(&mut parent, 0x1000, 2);
    assert!(parent.code_epoch() > marked.0 && parent.code_version(page) > marked.1);

    let mut fork = snapshot.fork().unwrap();
    fork.mark_code(page, 0..4);
    let marked = (fork.code_epoch(), fork.code_version(page));
    put(&mut fork, 0x1000, 3);
    assert!(fork.code_epoch() > marked.0 && fork.code_version(page) > marked.1);
    assert_eq!(word(&snapshot.fork().unwrap(), 0x1000), 1);
}

#[test]
fn snapshots_are_forked_by_many_threads() {
    let mut parent = space();
    put(&mut parent, 0x1000, 1);
    let snapshot = parent.snapshot().unwrap();
    let run = |thread: u32| {
        let snapshot: MemorySnapshot = snapshot.clone();
        move || {
            let mut fork = snapshot.fork().unwrap();
            for step in 0..1000 {
                put(&mut fork, 0x1000 + step * 64, thread);
            }
            (word(&fork, 0x1000), word(&fork, 0x1000 + 999 * 64))
        }
    };
    let threads: Vec<_> = (1..=4).map(|thread| std::thread::spawn(run(thread))).collect();
    for (thread, handle) in (1..).zip(threads) {
        assert_eq!(handle.join().unwrap(), (thread, thread));
    }
    assert_eq!(word(&parent, 0x1000 + 64), 0);
}

/// What can be done to one of several machines.
#[derive(Clone, Debug)]
enum Step {
    Store {
        at: u32,
        value: u32,
    },
    Dma {
        at: u32,
        len: usize,
        value: u8,
    },
    Snapshot,
    /// Goes on in a fork of one of the snapshots so far.
    Fork {
        which: prop::sample::Index,
    },
    Copy,
    Mark {
        at: u32,
    },
}

const MODEL_SIZE: usize = 1 << 20;

fn step() -> impl Strategy<Value = Step> {
    let at = 0..MODEL_SIZE as u32 - 0x4000;
    prop_oneof![
        8 => (at.clone(), any::<u32>()).prop_map(|(at, value)| Step::Store { at, value }),
        3 => (at.clone(), 0usize..0x4000, any::<u8>()).prop_map(|(at, len, value)| Step::Dma { at, len, value }),
        2 => Just(Step::Snapshot),
        2 => any::<prop::sample::Index>().prop_map(|which| Step::Fork { which }),
        1 => Just(Step::Copy),
        1 => at.prop_map(|at| Step::Mark { at }),
    ]
}

fn model_space() -> (AddressSpace, BlockId) {
    let mut space = AddressSpace::new();
    let ram = space.add_block(MODEL_SIZE as u64).unwrap();
    space.map(GuestAddr(0), MODEL_SIZE as u64, ram, 0, Access::Ram).unwrap();
    (space, ram)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn memory_is_what_a_plain_array_would_be(steps in prop::collection::vec(step(), 1..120)) {
        let (mut space, ram) = model_space();
        let mut model = vec![0; MODEL_SIZE];
        let mut saved: Vec<(MemorySnapshot, Vec<u8>)> = Vec::new();
        for step in steps {
            match step {
                Step::Store { at, value } => {
                    put(&mut space, at, value);
                    model[at as usize..][..4].copy_from_slice(&value.to_le_bytes());
                }
                Step::Dma { at, len, value } => {
                    space.dma_write(GuestAddr(at), &vec![value; len]).unwrap();
                    model[at as usize..][..len].fill(value);
                }
                Step::Snapshot => saved.push((space.snapshot().unwrap(), model.clone())),
                Step::Fork { which } if !saved.is_empty() => {
                    let (snapshot, then) = which.get(&saved);
                    space = snapshot.fork().unwrap();
                    model.clone_from(then);
                }
                Step::Fork { .. } => {}
                Step::Copy => space = space.clone(),
                Step::Mark { at } => {
                    let page = space.storage_page(GuestAddr(at)).unwrap();
                    space.mark_code(page, at % PAGE_SIZE..at % PAGE_SIZE + 4);
                }
            }
        }
        prop_assert!(space.block_bytes(ram) == model);
        for (snapshot, then) in &saved {
            prop_assert!(snapshot.fork().unwrap().block_bytes(ram) == then);
        }
        let (mut fresh, ram) = model_space();
        fresh.write_block(ram, 0, &model).unwrap();
        prop_assert_eq!(hash(&space), hash(&fresh));
    }
}
