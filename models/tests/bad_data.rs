//! Every rule: a broken file is refused with the file, the key (and line) and the reason.

use std::fs;

use darkroom_models::{Catalog, DataError};

const SIXTY_D: &str = include_str!("../cameras/60D.toml");
const SIX_D: &str = include_str!("../cameras/6D.toml");

/// Faults of a camera file in which `from` became `to`.
fn faults_of(id: &str, text: &str, from: &str, to: &str) -> Vec<DataError> {
    assert!(text.contains(from), "{id} has no {from:?}");
    let broken = text.replacen(from, to, 1);
    Catalog::builtin().with_camera(id, &broken).expect_err(to).problems
}

fn check(id: &str, text: &str, cases: &[(&str, &str, &str, &str)]) {
    for (from, to, key, reason) in cases {
        let faults = faults_of(id, text, from, to);
        let hit = faults.iter().find(|fault| fault.key == *key && fault.reason.contains(reason));
        assert!(hit.is_some(), "{from:?} -> {to:?}: wanted {key}: {reason}; got {faults:#?}");
    }
}

#[test]
fn types_and_keys_are_checked() {
    check(
        "60D",
        SIXTY_D,
        &[
            ("ram_size = 0x20000000", "ram_size = \"big\"", "memory.ram_size", "invalid type"),
            ("ram_size = ", "ram_sise = ", "memory.ram_sise", "unknown field"),
            ("firmware_start = 0xFF010000", "", "boot.firmware_start", "missing"),
            ("[kernel]", "[colonel]", "colonel", "unknown field"),
            ("0xFF010000", "0x1FF010000", "boot.firmware_start", "0x1FF010000 is not a 32-bit address"),
            ("0xFF010000", "-4", "boot.firmware_start", "is not a 32-bit address"),
            ("card_slots = [\"SD\"]", "card_slots = [\"XD\"]", "card_slots", "unknown variant `XD`"),
            (
                "generation = \"digic4\"",
                "generation = \"digic99\"",
                "generation",
                "no file generations/digic99.toml",
            ),
            ("generation = \"digic4\"", "generation = 4", "generation", "must be a name"),
            ("generation = \"digic4\"", "", "generation", "missing"),
            ("[firmware.111.ml]", "[firmware.1x1.ml]", "firmware", "must be three digits"),
            ("[mpu]", "[sd]\ndma_interrupt = 0x200\n[mpu]", "sd.dma_interrupt", "outside 0x1 to 0x1FF"),
            ("[mpu]", "[sd]\ndma_interrupt = 0\n[mpu]", "sd.dma_interrupt", "outside 0x1 to 0x1FF"),
            ("boot_form = \"cache\"", "boot_form = \"cash\"", "firmware.111.ml.boot_form", "unknown variant"),
        ],
    );
}

#[test]
fn names_are_checked() {
    check(
        "60D",
        SIXTY_D,
        &[
            ("id = \"60D\"", "id = \"61D\"", "id", "differs from the file's name"),
            ("id = \"60D\"", "id = \"../60D\"", "id", "letters and digits"),
            ("name = \"EOS 60D\"", "name = \"<b>60D</b>\"", "name", "must be letters"),
            ("\"2010-08\"", "\"2010-13\"", "announced", "is not a year and month"),
            ("card_slots = [\"SD\"]", "card_slots = []", "card_slots", "at least one"),
            ("card_slots = [\"SD\"]", "card_slots = [\"SD\", \"SD\"]", "card_slots", "named twice"),
            ("[mpu]", "[cf]\ndriver_interrupt = 0x82\ndma_interrupt = 0xE3\n[mpu]", "cf", "no CF"),
            ("announced", "aliases = [\"5D Mark II\"]\nannounced", "aliases", "is also a name of"),
        ],
    );
}

#[test]
fn memory_is_checked() {
    check(
        "60D",
        SIXTY_D,
        &[
            ("ram_size = 0x20000000", "ram_size = 0x20001000", "memory.ram_size", "not a power of two"),
            ("ram_size = 0x20000000", "ram_size = 0x80000000", "memory.ram_size", "into its uncached alias"),
            ("size = 0x01000000 }", "size = 0x01800000 }", "memory.rom0.size", "not a power of two"),
            ("size = 0x01000000 }", "size = 0x100 }", "memory.rom0.size", "smaller than"),
            ("start = 0xF0000000", "start = 0xF0001000", "memory.rom0.start", "not a multiple"),
            ("start = 0xF0000000", "start = 0xFA000000", "memory.rom0.start", "below ROM1"),
            ("start = 0xF0000000", "start = 0xC0000000", "memory.mmio", "overlaps memory.rom0"),
            (
                "[memory]",
                "[memory]\nextra_ram = [{ start = 0x1000, size = 0x1000 }]",
                "memory.extra_ram.0",
                "overlaps",
            ),
            (
                "[memory]",
                "[memory]\nextra_ram = [{ start = 0xE0000100, size = 0x1000 }]",
                "memory.extra_ram.0.start",
                "not a multiple",
            ),
            (
                "[memory]",
                "[memory]\nextra_ram = [{ start = 0xE0000000, size = 0 }]",
                "memory.extra_ram.0.size",
                "not a multiple",
            ),
            (
                "[memory]",
                "[memory]\nmmio = { start = 0xC0000000, size = 0x7FFFF000 }",
                "memory.mmio.size",
                "over the end",
            ),
            (
                "[memory]",
                "[memory]\natcm = { start = 0x1000, size = 0x1000 }",
                "memory.atcm.start",
                "must be 0",
            ),
            (
                "[memory]",
                "[memory]\nbtcm = { start = 0xF0000000, size = 0x1000 }",
                "memory.btcm.start",
                "hides memory.rom0",
            ),
            ("[memory]", "[memory]\ncaching_bit = 0x50000000", "memory.caching_bit", "not a power of two"),
        ],
    );
}

#[test]
fn start_is_checked() {
    check(
        "60D",
        SIXTY_D,
        &[
            ("generation", "start_pc = 0xFFFF0004\ngeneration", "start_pc", "not the reset vector"),
            (
                "firmware_start = 0xFF010000",
                "firmware_start = 0xE0000000",
                "boot.firmware_start",
                "not in ROM",
            ),
            (
                "firmware_start = 0xFF010000",
                "firmware_start = 0xFF010002",
                "boot.firmware_start",
                "not a multiple",
            ),
            ("[kernel]", "flags = 0x1000\n[kernel]", "boot.flags", "not in ROM"),
            (
                "[kernel]",
                "patches = { x = { address = 0x10, value = 0 } }\n[kernel]",
                "boot.patches.x.address",
                "not in ROM",
            ),
            (
                "current_task = 0x00001A2C",
                "current_task = 0x30000000",
                "kernel.current_task",
                "not in main memory",
            ),
            (
                "current_task = 0x00001A2C",
                "current_task = 0x00001A2D",
                "kernel.current_task",
                "not a multiple",
            ),
        ],
    );
}

#[test]
fn windows_are_checked() {
    let window = |line: &str| format!("[windows]\n{line}\n[mpu]");
    let cases = [
        (
            "x = { device = \"sio\", instance = 99, start = 0xC0D00000, end = 0xC0CFFFFF }",
            "windows.x.end",
            "before start",
        ),
        (
            "x = { device = \"sio\", instance = 99, start = 0xC0D00001, end = 0xC0D000FF }",
            "windows.x.start",
            "not a multiple",
        ),
        (
            "x = { device = \"sio\", instance = 99, start = 0xC0D00000, end = 0xC0D000FE }",
            "windows.x.end",
            "last byte of a word",
        ),
        (
            "x = { device = \"sio\", instance = 99, start = 0xD2000000, end = 0xD20000FF }",
            "windows.x.start",
            "outside memory.mmio",
        ),
        (
            "x = { device = \"sio\", instance = 99, start = 0xC0C00800, end = 0xC0C017FF }",
            "windows.x.start",
            "nest, not cross",
        ),
        (
            "x = { device = \"sio\", instance = 99, start = 0xC0C00000, end = 0xC0C00FFF }",
            "windows.x.start",
            "nest, not cross",
        ),
        (
            "x = { device = \"sio\", instance = 0, start = 0xC0D00000, end = 0xC0D000FF }",
            "windows.x.instance",
            "instance of windows.sio-0",
        ),
        (
            "x = { device = \"toaster\", instance = 0, start = 0xC0D00000, end = 0xC0D000FF }",
            "windows.x.device",
            "unknown variant",
        ),
        (
            "x = { device = \"serial-flash\", instance = 4, start = 0xC0D00000, end = 0xC0D000FF }",
            "windows.x.device",
            "no serial_flash",
        ),
        ("gpio = { end = 0xC023FFFF }", "windows.gpio.end", "at most 0x10000"),
        ("timers = { device = \"asif\", instance = 9 }", "windows", "no window of a Timers"),
        ("gpio = { device = \"asif\", instance = 9 }", "gpio.window", "is no GPIO device"),
    ];
    for (line, key, reason) in cases {
        check("60D", SIXTY_D, &[("[mpu]", &window(line), key, reason)]);
    }
}

#[test]
fn registers_bits_and_interrupts_are_checked() {
    let before_mpu = |text: &str| format!("{text}\n[mpu]");
    let cases = [
        ("[card_led]\nregister = 0xC0F14000", "card_led.register", "not in a window of [Gpio]"),
        ("[card_led]\nregister = 0xC022009C", "card_led.register", "is also mpu.request_register"),
        ("[card_led]\non = []", "card_led.on", "names no value"),
        ("[card_led]\noff = [0x46]", "card_led.off", "also in card_led.on"),
        ("[image_power]\nconfig_register = 0xC0F14010", "image_power.config_register", "not in a window"),
        ("[image_power]\ndetect_bit = 3", "image_power.detect_bit", "not a power of two"),
        ("[image_power]\ndetect_bit = 0", "image_power.detect_bit", "not a power of two"),
        ("[uart]\nrx_interrupt = 0x3A", "uart.tx_interrupt", "is also uart.rx_interrupt"),
        ("[timers]\nkernel_timer = 16", "timers.kernel_timer", "no timer 16"),
        ("[display]\nwidth = 0", "display.width", "outside 1 to 4096"),
        ("[display]\npitch_8bit = 719", "display.pitch_8bit", "do not hold a line"),
        ("[gpio]\nwindow = \"ports\"", "gpio.window", "no window"),
        ("[gpio.registers]\n0x0002 = { constant = 1 }", "gpio.registers.0x0002", "not a multiple of 4"),
        ("[gpio.registers]\n0xcb6c = { constant = 1 }", "gpio.registers", "written like 0xF48C"),
        ("[gpio.registers]\n0x1CB6C = { constant = 1 }", "gpio.registers", "written like 0xF48C"),
        ("[gpio.registers]\n0xF498 = \"voltage-reading\"", "gpio.registers.0xF498", "no readings"),
        (
            "[[gpio.voltages]]\na=1\nb=2\nreading=3\n[[gpio.voltages]]\na=1\nb=2\nreading=4",
            "gpio.voltages",
            "two readings",
        ),
    ];
    for (text, key, reason) in cases {
        check("60D", SIXTY_D, &[("[mpu]", &before_mpu(text), key, reason)]);
    }
}

#[test]
fn serial_flash_and_ml_facts_are_checked() {
    check(
        "6D",
        SIX_D,
        &[
            ("sio_channel = 4", "sio_channel = 5", "serial_flash.sio_channel", "no such SIO window"),
            ("size = 0x00800000\nsio", "size = 0x00800001\nsio", "serial_flash.size", "not a power of two"),
            ("cs_bitmask = 0x2", "cs_bitmask = 0x3", "serial_flash.cs_bitmask", "not a power of two"),
            (
                "cs_register = 0xC022002C",
                "cs_register = 0xC0820000",
                "serial_flash.cs_register",
                "not in a window",
            ),
        ],
    );
    check(
        "60D",
        SIXTY_D,
        &[
            (
                "pool_literal = 0xFF0110D0",
                "pool_literal = 0xFF0510D0",
                "firmware.111.ml.pool_literal",
                "outside the signed ROM",
            ),
            ("rom_base = 0xFF010000", "rom_base = 0xFFFF0000", "firmware.111.ml.rom_base", "over the end"),
            (
                "run_addresses = [0x0005F000, 0x1FE00000]",
                "run_addresses = []",
                "firmware.111.ml.run_addresses",
                "names no address",
            ),
            ("0x1FE00000]", "0x2FE00000]", "firmware.111.ml.run_addresses", "not in main memory"),
            ("spells = \"60D\"", "spells = \"61D\"", "mpu.spells", "there is no table"),
            ("buttons = \"60D\"", "buttons = \"../60D\"", "buttons", "there is no table"),
        ],
    );
}

#[test]
fn a_fault_names_its_line_and_reads_well() {
    let faults = faults_of("60D", SIXTY_D, "ram_size = 0x20000000", "ram_size = 0x20001000");
    let line = 1 + SIXTY_D.lines().position(|line| line.starts_with("ram_size")).expect("there");
    let expected = format!("cameras/60D.toml:{line}: memory.ram_size: 0x20001000 is not a power of two");
    assert_eq!(faults[0].to_string(), expected);
}

#[test]
fn broken_toml_names_its_line() {
    let faults = faults_of("60D", SIXTY_D, "generation = \"digic4\"", "generation = = 4");
    assert_eq!((faults[0].file.as_str(), faults[0].line), ("cameras/60D.toml", Some(4)), "{faults:?}");
    let twice = faults_of("60D", SIXTY_D, "[kernel]", "[boot]");
    assert!(twice[0].reason.contains("duplicate"), "{twice:?}");
}

#[test]
fn several_faults_are_told_at_once() {
    let faults = faults_of("60D", SIXTY_D, "[mpu]", "[image_power]\nconfig_bit = 3\ndetect_bit = 3\n[mpu]");
    assert_eq!(faults.len(), 2, "{faults:#?}");
}

#[test]
fn a_fault_of_the_generation_is_blamed_on_its_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let generation =
        include_str!("../generations/digic4.toml").replacen("pitch_8bit = 960", "pitch_8bit = 9", 1);
    fs::create_dir(dir.path().join("generations")).expect("made");
    fs::write(dir.path().join("generations/digic4.toml"), generation).expect("written");
    let faults = Catalog::with_extra(dir.path()).expect_err("broken").problems;
    assert_eq!(faults.len(), 1, "told once, not per camera");
    assert!(
        faults.iter().all(|f| f.file == "generations/digic4.toml" && f.key == "display.pitch_8bit"),
        "{faults:?}"
    );
}

/// Faults when a table of a folder is replaced.
fn table_fault(path: &str, text: &str) -> DataError {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join(path);
    fs::create_dir_all(file.parent().expect("inside")).expect("made");
    fs::write(file, text).expect("written");
    Catalog::with_extra(dir.path()).expect_err(text).problems.swap_remove(0)
}

#[test]
fn message_tables_are_checked() {
    let cases = [
        ("request\t06 05 01 00 00\tx\n", 1, "bytes", "do not fit 5 bytes"),
        ("request\t06 02 01 00 00 00\tx\n", 1, "bytes", "do not fit"),
        ("# c\nrequest\t06 05 01 0 00 00\tx\n", 2, "bytes", "two hexadecimal digits"),
        ("request\t06 05 01 $4 00 00\tx\n", 1, "bytes", "not an argument"),
        ("reply\t06 05 01 00 00 00\tx\n", 1, "kind", "before any request"),
        ("request\t06 05 01 00 00 00\tx\nanswer\t06 05 01 00 00 00\tx\n", 2, "kind", "none of"),
        ("request\t06 05 01 00 00 00\tx\nreply\t06 05 01 $0 00 00\tx\n", 2, "bytes", "has no argument $0"),
        ("request\t06 05 01 00 00 00\n", 1, "", "2 columns, expected 3"),
    ];
    for (text, line, key, reason) in cases {
        let fault = table_fault("mpu/60D.tsv", text);
        assert_eq!((fault.file.as_str(), fault.line, fault.key.as_str()), ("mpu/60D.tsv", Some(line), key));
        assert!(fault.reason.contains(reason), "{fault}");
    }
}

#[test]
fn button_tables_are_checked() {
    let cases = [
        ("m\t32\tBGMT_MENU\t00\t-\t-\n", "code", "is not two bytes"),
        ("m\t32\tBGMT_MENU\tseq:dance\t-\t-\n", "code", "unknown sequence"),
        ("m\tXX\tBGMT_MENU\t00 01\t-\t-\n", "scancode", "two hexadecimal digits"),
        ("m\t32\t-\t-\t-\t-\n", "press event", "sends nothing"),
    ];
    for (text, key, reason) in cases {
        let fault = table_fault("buttons/60D.tsv", text);
        assert_eq!((fault.file.as_str(), fault.line, fault.key.as_str()), ("buttons/60D.tsv", Some(1), key));
        assert!(fault.reason.contains(reason), "{fault}");
    }
}

#[test]
fn files_that_cannot_be_text_are_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::create_dir(dir.path().join("cameras")).expect("made");
    fs::write(dir.path().join("cameras/X.toml"), [0xFF, 0xFE]).expect("written");
    let error = Catalog::load_dir(dir.path()).expect_err("not text");
    assert_eq!(error.to_string(), "cameras/X.toml: is not UTF-8 text");
    fs::write(dir.path().join("cameras/X.toml"), vec![b'#'; (1 << 20) + 1]).expect("written");
    let error = Catalog::load_dir(dir.path()).expect_err("too large");
    assert!(error.to_string().contains("larger than"), "{error}");
    let error = Catalog::load_dir(&dir.path().join("nowhere")).expect_err("no folder");
    assert!(error.to_string().ends_with("nowhere: is not a folder"), "{error}");
}
