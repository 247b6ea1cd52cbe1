//! The guest address space.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use darkroom_emu_core::memory::{Access, AddressSpace, BlockId, GuestAddr, MapError, Miss};

const RAM: GuestAddr = GuestAddr(0x1000);
const ALIAS: GuestAddr = GuestAddr(0x4000_1000);
const ROM: GuestAddr = GuestAddr(0xF800_0000);
const DEVICE: GuestAddr = GuestAddr(0xC000_0000);

/// 64 KiB of RAM with an alias, 8 KiB of ROM, mirrored, and a device window.
fn space() -> (AddressSpace, BlockId) {
    let mut space = AddressSpace::new();
    let ram = space.add_block(0x10000).unwrap();
    let rom = space.add_block_with(&[0x11, 0x22, 0x33, 0x44, 0x55], 0x2000).unwrap();
    space.map(RAM, 0x10000, ram, 0, Access::Ram).unwrap();
    space.map(ALIAS, 0x10000, ram, 0, Access::Ram).unwrap();
    for mirror in 0..4 {
        space.map(ROM.wrapping_add(mirror * 0x2000), 0x2000, rom, 0, Access::Rom).unwrap();
    }
    space.map_device(DEVICE, 0x1000).unwrap();
    (space, ram)
}

fn hash(space: &AddressSpace) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    space.hash_into(&mut hasher);
    hasher.finalize()
}

#[test]
fn an_alias_shows_the_same_bytes() {
    let (mut space, _) = space();
    space.write_u32(RAM, 0x1234_5678).unwrap();
    assert_eq!(space.read_u32(ALIAS), Ok(0x1234_5678));
    assert_eq!(space.read_u16(ALIAS.wrapping_add(1)), Ok(0x3456));
    assert_eq!(space.read_u8(ALIAS.wrapping_add(3)), Ok(0x12));
}

#[test]
fn accesses_that_are_not_memory_say_why() {
    let (mut space, _) = space();
    assert_eq!(space.read_u32(DEVICE), Err(Miss::Device));
    assert_eq!(space.write_u8(DEVICE, 0), Err(Miss::Device));
    assert_eq!(space.read_u16(GuestAddr(0)), Err(Miss::Unmapped));
    assert_eq!(space.write_u32(ROM, 0), Err(Miss::Rom));
    assert_eq!(space.read_u32(ROM.wrapping_add(0x6000)), Ok(0x4433_2211), "mirrors show the chip again");
    assert_eq!(space.read_u32(ROM.wrapping_add(4)), Ok(0x55), "behind a short file the chip reads as zero");
}

#[test]
fn an_access_across_the_end_of_memory_changes_nothing() {
    let (mut space, _) = space();
    let last = RAM.wrapping_add(0xFFFE);
    assert_eq!(space.write_u32(last, u32::MAX), Err(Miss::Unmapped));
    assert_eq!(space.read_u16(last), Ok(0));
    assert_eq!(space.read_u32(last), Err(Miss::Unmapped));
    let middle = RAM.wrapping_add(0xFFE);
    space.write_u32(middle, 0xAABB_CCDD).unwrap();
    assert_eq!(space.read_u32(middle), Ok(0xAABB_CCDD), "a page border inside RAM is no border");
}

#[test]
fn a_later_map_hides_an_earlier_one() {
    let (mut space, _) = space();
    let tcm = space.add_block(0x1000).unwrap();
    let before = space.map_epoch();
    space.write_u32(RAM, 1).unwrap();
    space.map(RAM, 0x1000, tcm, 0, Access::Ram).unwrap();
    assert_eq!(space.read_u32(RAM), Ok(0));
    assert_eq!(space.read_u32(ALIAS), Ok(1));
    assert!(space.map_epoch() > before);
    space.unmap(RAM, 0x1000).unwrap();
    assert_eq!(space.read_u32(RAM), Err(Miss::Unmapped));
}

#[test]
fn a_bad_map_is_refused_with_its_numbers() {
    let (mut space, ram) = space();
    let error = space.map(GuestAddr(0x800), 0x1000, ram, 0, Access::Ram).unwrap_err();
    assert_eq!(error, MapError::Unaligned { start: GuestAddr(0x800), len: 0x1000, offset: 0 });
    let error = space.map(RAM, 0x11000, ram, 0, Access::Ram).unwrap_err();
    assert_eq!(error.to_string(), "mapping at 0x00001000 needs 0x11000 bytes of a block that has 0x10000");
    assert!(space.map_device(GuestAddr(0xFFFF_F000), 0x2000).is_err());
    assert!(space.map_device(GuestAddr(0xFFFF_F000), 0x1000).is_ok());
}

#[test]
fn dma_goes_on_over_holes_and_names_the_first() {
    let (mut space, _) = space();
    let end = RAM.wrapping_add(0x10000 - 4);
    let fault = space.dma_write(end, &[7; 8]).unwrap_err();
    assert_eq!((fault.addr, fault.miss), (RAM.wrapping_add(0x10000), Miss::Unmapped));
    let mut read = [1; 8];
    assert_eq!(space.dma_read(end, &mut read).unwrap_err().addr, RAM.wrapping_add(0x10000));
    assert_eq!(read, [7, 7, 7, 7, 0, 0, 0, 0]);
    assert_eq!(space.dma_write(ROM, &[0]).unwrap_err().miss, Miss::Rom);
}

#[test]
fn a_debugger_writes_rom_and_asks_no_device() {
    let (mut space, _) = space();
    assert_eq!(space.poke(ROM, &[0xAA]), 1);
    assert_eq!(space.read_u8(ROM.wrapping_add(0x2000)), Ok(0xAA));
    assert_eq!(space.poke(DEVICE, &[1]), 0);
    assert_eq!(space.peek_u32(DEVICE), None);
}

#[test]
fn the_hash_tells_content_not_history() {
    let ((a, _), (mut b, _)) = (space(), space());
    b.write_u32(RAM, 5).unwrap();
    assert_ne!(hash(&a), hash(&b));
    b.write_u32(ALIAS, 0).unwrap();
    assert_eq!(hash(&a), hash(&b));
    let c = b.clone();
    assert_eq!(hash(&c), hash(&b));
    b.dma_write(RAM.wrapping_add(0x3000), &[1]).unwrap();
    assert_ne!(hash(&c), hash(&b), "a copy is a copy");
}

#[test]
fn every_way_to_change_code_makes_it_stale() {
    let (mut space, ram) = space();
    let page = space.storage_page(RAM).unwrap();
    let mut seen = (space.code_epoch(), space.code_version(page));
    let mut expect_stale = |space: &mut AddressSpace, what: &str| {
        let now = (space.code_epoch(), space.code_version(page));
        assert!(now.0 > seen.0 && now.1 > seen.1, "{what}");
        seen = now;
        space.mark_code(page, 0..4096);
    };
    space.mark_code(page, 0..4096);
    space.write_u8(RAM.wrapping_add(9), 1).unwrap();
    expect_stale(&mut space, "a store");
    space.write_u32(ALIAS.wrapping_add(0xFFC), 1).unwrap();
    expect_stale(&mut space, "a store through the alias");
    space.dma_write(ALIAS, &[1, 2]).unwrap();
    expect_stale(&mut space, "DMA");
    space.poke(RAM, &[1]);
    expect_stale(&mut space, "a debugger");
    space.write_block(ram, 0, &[1]).unwrap();
    expect_stale(&mut space, "a loader");
    let before = space.code_epoch();
    space.write_u32(RAM.wrapping_add(0x1000), 1).unwrap();
    assert_eq!(space.code_epoch(), before, "another page is no code");
}

#[test]
fn a_store_beside_code_leaves_it_alone() {
    let (mut space, ram) = space();
    let page = space.storage_page(RAM).unwrap();
    space.mark_code(page, 0x40..0x44);
    let marked = (space.code_epoch(), space.code_version(page), space.marks());
    space.write_u8(RAM.wrapping_add(0x3F), 1).unwrap();
    space.write_u32(RAM.wrapping_add(0x80), 2).unwrap();
    space.dma_write(ALIAS, &[3; 0x40]).unwrap();
    space.poke(RAM.wrapping_add(0x80), &[4; 0xF80]);
    space.write_block(ram, 0x80, &[5; 0x2000]).unwrap();
    space.mark_code(page, 0x48..0x50);
    assert_eq!((space.code_epoch(), space.code_version(page), space.marks()), marked);
    assert_eq!(space.read_u32(RAM.wrapping_add(0x3C)), Ok(0x0303_0303));
    space.write_u32(RAM.wrapping_add(0x7E), 6).unwrap();
    assert!(space.code_epoch() > marked.0 && space.code_version(page) > marked.1, "the line's last bytes");
}

#[test]
fn new_marks_are_counted() {
    let (mut space, _) = space();
    let page = space.storage_page(RAM).unwrap();
    let mut counts = vec![space.marks()];
    for bytes in [0..4, 0x20..0x40, 0x3C..0x41, 0x10..0x10] {
        space.mark_code(page, bytes);
        counts.push(space.marks());
    }
    space.write_u8(RAM, 0).unwrap();
    space.mark_code(page, 0..4);
    counts.push(space.marks());
    assert_eq!(counts, [0, 1, 1, 2, 2, 3]);
}

#[test]
fn a_copy_knows_what_was_decoded() {
    let (mut space, _) = space();
    let page = space.storage_page(RAM).unwrap();
    space.mark_code(page, 0..4);
    let mut copy = space.clone();
    let before = (copy.code_epoch(), copy.code_version(page));
    copy.write_u8(RAM, 1).unwrap();
    assert!(copy.code_epoch() > before.0 && copy.code_version(page) > before.1);
    assert_eq!(space.code_version(page), before.1);
}

#[test]
fn a_large_ram_is_made_and_copied_without_touching_it() {
    let mut space = AddressSpace::new();
    let ram = space.add_block(1 << 30).unwrap();
    space.map(GuestAddr(0), 1 << 30, ram, 0, Access::Ram).unwrap();
    space.write_u32(GuestAddr(0x3FFF_F000), 1).unwrap();
    let copy = space.clone();
    assert_eq!(copy.touched_pages(ram).collect::<Vec<_>>(), [0x3FFF_F000]);
    assert_eq!(copy.read_u32(GuestAddr(0x3FFF_F000)), Ok(1));
}
