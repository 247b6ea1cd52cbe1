//! What ML expects of a firmware version.

use super::Check;
use crate::firmware::MlFacts;
use crate::memory::Region;

/// Bytes that ML sums for the signature.
const SIGNED_BYTES: u32 = 0x4_0000;

pub(super) fn check(check: &mut Check<'_>) {
    for (version, firmware) in &check.camera.firmware {
        if let Some(ml) = &firmware.ml {
            facts(check, &format!("firmware.{version}.ml"), ml);
        }
    }
}

fn facts(check: &mut Check<'_>, key: &str, ml: &MlFacts) {
    let places = [
        ("rom_base", ml.rom_base),
        ("pool_literal", ml.pool_literal),
        ("clear_call", ml.clear_call),
        ("create_task_call", ml.create_task_call),
        ("init_literal", ml.init_literal),
    ];
    let signed = Region { start: ml.rom_base, size: SIGNED_BYTES };
    for (field, addr) in places {
        let key = format!("{key}.{field}");
        check.word_in_rom(addr, key.as_str());
        check.rule(signed.contains(addr), &key, format_args!("{addr} is outside the signed ROM"));
    }
    check.rule(
        signed.checked_last().is_some(),
        format_args!("{key}.rom_base"),
        "the signed ROM runs over the end of the address space",
    );
    run_addresses(check, key, ml);
}

fn run_addresses(check: &mut Check<'_>, key: &str, ml: &MlFacts) {
    let ram = check.camera.memory.ram();
    check.rule(!ml.run_addresses.is_empty(), format_args!("{key}.run_addresses"), "names no address");
    for addr in &ml.run_addresses {
        let key = format!("{key}.run_addresses");
        check.rule(ram.contains(*addr), key, format_args!("{addr} is not in main memory"));
    }
    let base = ml.init_wait_base;
    check.aligned(base, 4, format_args!("{key}.init_wait_base"));
    check.rule(
        ram.contains(base),
        format_args!("{key}.init_wait_base"),
        format_args!("{base} is not in main memory"),
    );
}
