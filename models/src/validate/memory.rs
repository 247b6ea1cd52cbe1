//! Memory regions and where the camera starts.

use super::Check;
use crate::addr::Addr;
use crate::memory::Region;

/// Smallest page the emulator maps.
const PAGE: u32 = 0x1000;
const VECTORS_LOW: Addr = Addr(0);
const VECTORS_HIGH: Addr = Addr(0xFFFF_0000);

pub(super) fn check(check: &mut Check<'_>) {
    let before = check.faults.len();
    shapes(check);
    if check.faults.len() == before {
        // Overlaps and places only make sense once each region is sound by itself.
        overlaps(check);
        start(check);
    }
}

fn shapes(check: &mut Check<'_>) {
    let memory = &check.camera.memory;
    check.power_of_two(memory.ram_size, "memory.ram_size");
    check.power_of_two(memory.caching_bit, "memory.caching_bit");
    let fits = memory.ram_size <= memory.caching_bit;
    check.rule(fits, "memory.ram_size", "main memory reaches into its uncached alias");
    for (key, tcm) in [("memory.atcm", memory.atcm), ("memory.btcm", memory.btcm)] {
        chip(check, key, tcm);
    }
    check.rule(memory.atcm.start == Addr(0), "memory.atcm.start", "must be 0");
    if let Some(rom0) = memory.rom0 {
        chip(check, "memory.rom0", rom0);
        let below = rom0.start < memory.rom1.start;
        check.rule(below, "memory.rom0.start", "ROM0 must lie below ROM1");
    }
    chip(check, "memory.rom1", memory.rom1);
    for (index, region) in memory.extra_ram.iter().enumerate() {
        pages(check, &format!("memory.extra_ram.{index}"), *region);
    }
    pages(check, "memory.mmio", memory.mmio);
}

/// A memory chip: a power of two, on a multiple of its size.
fn chip(check: &mut Check<'_>, key: &str, region: Region) {
    check.power_of_two(region.size, format_args!("{key}.size"));
    if region.size.is_power_of_two() {
        check.aligned(region.start, region.size, format_args!("{key}.start"));
        let whole = region.size >= PAGE;
        check.rule(whole, format_args!("{key}.size"), format_args!("smaller than {PAGE:#X} bytes"));
    }
}

/// Any region: whole pages inside the address space.
fn pages(check: &mut Check<'_>, key: &str, region: Region) {
    check.aligned(region.start, PAGE, format_args!("{key}.start"));
    let whole = region.size > 0 && region.size.is_multiple_of(PAGE);
    check.rule(
        whole,
        format_args!("{key}.size"),
        format_args!("{:#X} is not a multiple of {PAGE:#X}", region.size),
    );
    let inside = region.size == 0 || region.checked_last().is_some();
    check.rule(inside, format_args!("{key}.size"), "runs over the end of the address space");
}

/// The regions that must be apart. The TCMs hide parts of main memory and of its alias on purpose.
fn overlaps(check: &mut Check<'_>) {
    let memory = &check.camera.memory;
    let mut regions = vec![
        ("memory.ram_size".to_owned(), memory.ram()),
        ("memory.caching_bit".to_owned(), memory.uncached_alias()),
    ];
    let extra = memory.extra_ram.iter().enumerate();
    regions.extend(extra.map(|(index, region)| (format!("memory.extra_ram.{index}"), *region)));
    regions.extend(memory.rom0_mirrors().map(|region| ("memory.rom0".to_owned(), region)));
    regions.push(("memory.rom1".to_owned(), memory.rom1_mirrors()));
    regions.push(("memory.mmio".to_owned(), memory.mmio));
    for (index, (key, region)) in regions.iter().enumerate() {
        for (other_key, other) in &regions[..index] {
            check.rule(!region.overlaps(other), key, format_args!("overlaps {other_key}"));
        }
    }
    let btcm = memory.btcm;
    let apart = |region: &Region| !region.overlaps(&btcm);
    let hidden = regions[2..].iter().find(|(_, region)| !apart(region));
    check.rule(
        hidden.is_none(),
        "memory.btcm.start",
        format_args!("hides {}", hidden.map_or("", |(k, _)| k.as_str())),
    );
}

fn start(check: &mut Check<'_>) {
    let camera = check.camera;
    let vectors = if camera.cpu.high_vectors { VECTORS_HIGH } else { VECTORS_LOW };
    let at_reset = camera.start_pc == vectors;
    check.rule(at_reset, "start_pc", format_args!("is not the reset vector {vectors}"));
    check.word_in_rom(camera.boot.flags, "boot.flags");
    check.word_in_rom(camera.boot.firmware_start, "boot.firmware_start");
    for (name, patch) in &camera.boot.patches {
        let key = format!("boot.patches.{name}.address");
        check.word_in_rom(patch.address, key.as_str());
    }
    let task = camera.kernel.current_task;
    check.aligned(task, 4, "kernel.current_task");
    check.rule(
        camera.memory.ram().contains(task),
        "kernel.current_task",
        format_args!("{task} is not in main memory"),
    );
}
