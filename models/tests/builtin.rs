//! The built-in data: all cameras load, and what they say fits together.

use darkroom_models::{
    Addr, BootForm, Camera, CardSlot, Catalog, DeviceKind, FirmwareVersion, Generation, GpioBehaviour,
    GpioFunction, GpioOffset, Stage,
};

const ORDER: [&str; 18] = [
    "50D", "5D2", "500D", "7D", "550D", "60D", "1100D", "600D", "1200D", "1300D", "5D3", "650D", "EOSM",
    "6D", "100D", "700D", "70D", "EOSM2",
];

fn camera(id: &str) -> &'static Camera {
    Catalog::builtin().get(id).expect(id)
}

#[test]
fn all_cameras_load_in_a_fixed_order() {
    let ids: Vec<&str> = Catalog::builtin().iter().map(|camera| camera.id.as_str()).collect();
    assert_eq!(ids, ORDER);
    assert!(Catalog::builtin().iter().all(|camera| camera.stage == Stage::OpenRom));
}

#[test]
fn names_are_found_however_people_write_them() {
    for name in ["5d2", "5D Mark II", "EOS 5D Mark II", "canon eos 5d mark ii", "5D-Mk-II"] {
        assert_eq!(camera(name).id.as_str(), "5D2", "{name}");
    }
    assert_eq!(camera("eos m").id.as_str(), "EOSM");
    assert_eq!(camera("t2i").id.as_str(), "550D");
}

#[test]
fn an_unknown_name_suggests_similar_ones() {
    let error = Catalog::builtin().get("61D").expect_err("no such camera");
    assert_eq!(error.near[0], "60D");
    assert!(error.to_string().starts_with("unknown camera \"61D\"; did you mean 60D"), "{error}");
    let error = Catalog::builtin().get("Nikon Z9").expect_err("no such camera");
    assert_eq!(error.to_string(), "unknown camera \"Nikon Z9\"");
    assert!(Catalog::builtin().get(&"x".repeat(100_000)).is_err());
    assert!(Catalog::builtin().get("").is_err());
}

#[test]
fn windows_belong_to_the_generation() {
    let all = |id: &str, device| camera(id).windows.values().filter(|w| w.device == device).count();
    assert_eq!(all("60D", DeviceKind::Jpcore), 2);
    assert_eq!(all("6D", DeviceKind::Jpcore), 3);
    assert_eq!(all("60D", DeviceKind::SerialFlash), 0);
    assert_eq!(all("6D", DeviceKind::SerialFlash), 1);
    assert_eq!(all("6D", DeviceKind::Display), 1);
    assert_eq!(all("5D3", DeviceKind::Display), 2);
    let foreign = |camera: &Camera| camera.window_at(Addr(0xD200_0000)).is_some();
    assert!(!Catalog::builtin().iter().any(foreign), "a window of a later generation");
}

#[test]
fn the_innermost_window_owns_an_address() {
    let owner = |addr| camera("60D").window_at(Addr(addr)).map(|(name, _)| name);
    assert_eq!(owner(0xC051_0010), Some("cf-dma-1"));
    assert_eq!(owner(0xC051_0020), Some("sd-dma-1"));
    assert_eq!(owner(0xC0F1_4080), Some("display"));
    assert_eq!(owner(0xC0F9_0000), Some("engine"));
    assert_eq!(owner(0xC024_2014), Some("microsecond-clock"));
    assert_eq!(owner(0xC3FF_0000), None);
    for camera in Catalog::builtin() {
        for (name, window) in &camera.windows {
            let found = camera.window_at(window.start).expect("covered").1;
            assert!(window == found || window.encloses(found), "{}: {name} is hidden", camera.id);
        }
    }
}

#[test]
fn port_lines_are_resolved_per_camera() {
    let line = |id: &str, offset| match camera(id).gpio_function(GpioOffset(offset)) {
        GpioFunction::Line(behaviour) => behaviour,
        other => panic!("{id} {offset:X}: {other:?}"),
    };
    let constant = GpioBehaviour::Constant;
    assert_eq!((line("5D2", 0xF480), line("60D", 0xF480)), (constant(0x6000), constant(0xC_0000)));
    assert_eq!((line("1300D", 0xF48C), line("60D", 0xF48C)), (constant(0x400_0000), constant(0x10C)));
    assert_eq!((line("60D", 0x0138), line("70D", 0x0138)), (constant(0), constant(1)));
    assert_eq!((line("60D", 0x7FF0), line("60D", 0xF100)), (constant(1), GpioBehaviour::Toggle));
    assert_eq!(line("100D", 0xF498), GpioBehaviour::VoltageReading);
    assert!(matches!(line("5D3", 0x320C), GpioBehaviour::RaiseOnWrite { read: 1, value: 7, interrupt }
        if interrupt.get() == 0x111));
}

#[test]
fn registers_of_other_parts_come_before_port_lines() {
    let function = |id: &str, offset| camera(id).gpio_function(GpioOffset(offset));
    assert_eq!(function("60D", 0x0134), GpioFunction::CardLed);
    assert_eq!(function("60D", 0x009C), GpioFunction::MpuRequestStatus);
    assert_eq!(function("60D", 0x0128), GpioFunction::RtcSelect);
    assert_eq!(function("60D", 0x001C), GpioFunction::ImagePowerDetect);
    assert_eq!(function("50D", 0x00B0), GpioFunction::RtcSelect);
    assert_eq!(function("1300D", 0xF484), GpioFunction::MpuStatus);
    assert_eq!(function("1300D", 0xD0C4), GpioFunction::MpuRequest);
    assert_eq!(function("6D", 0x002C), GpioFunction::SerialFlashSelect);
}

#[test]
fn rom_files_are_what_a_user_must_bring() {
    let files = |id: &str| camera(id).rom_files().iter().map(|f| (f.name, f.size >> 20)).collect::<Vec<_>>();
    assert_eq!(files("60D"), [("ROM0.BIN", 16), ("ROM1.BIN", 16)]);
    assert_eq!(files("500D"), [("ROM1.BIN", 16)]);
    assert_eq!(files("5D2"), [("ROM0.BIN", 4), ("ROM1.BIN", 8)]);
    assert_eq!(files("70D"), [("ROM0.BIN", 8), ("ROM1.BIN", 16), ("SFDATA.BIN", 8)]);
}

#[test]
fn rom_mirrors_fill_the_address_space() {
    let memory = &camera("60D").memory;
    let rom0 = memory.rom0_mirrors().expect("has one");
    assert_eq!((rom0.start, rom0.last()), (Addr(0xF000_0000), Addr(0xF7FF_FFFF)));
    assert_eq!(memory.rom1_mirrors().last(), Addr(0xFFFF_FFFF));
    assert!(memory.rom1_mirrors().contains(camera("60D").start_pc));
    assert_eq!(memory.uncached_alias().last(), Addr(0x5FFF_FFFF));
}

#[test]
fn quirks_are_told() {
    assert_eq!((camera("1100D").display.image_rows, camera("60D").display.image_rows), (240, 480));
    assert_eq!(camera("7D").boot.patches["processor-link"].address, Addr(0xF800_0024));
    assert_eq!(camera("1300D").boot.flash_id, Some(0x0039_25C2));
    assert!(camera("50D").rtc.nibbles_swapped && camera("5D2").rtc.nibbles_swapped);
    assert!(!camera("60D").rtc.nibbles_swapped);
    assert_eq!(camera("60D").boot.boot_flag(), Addr(0xF800_0004));
    assert_eq!(camera("60D").card_led.decode(0x46), Some(true));
    assert_eq!(camera("60D").card_led.decode(0x44), Some(false));
    assert_eq!(camera("60D").card_led.decode(0x1234), None);
}

#[test]
fn card_slots_need_no_guess() {
    assert_eq!(camera("5D3").card_slots, [CardSlot::Sd, CardSlot::Cf]);
    assert_eq!(camera("7D").boot_slot(), Some(CardSlot::Cf));
    assert!(camera("7D").cf.is_none(), "its CF interrupts are not known");
    assert!(!camera("60D").has_slot(CardSlot::Cf));
}

#[test]
fn generations_differ_in_their_cache() {
    for camera in Catalog::builtin() {
        let cache = match camera.generation {
            Generation::Digic4 => 0x0F11_2112,
            _ => 0x0F19_2192,
        };
        assert_eq!(camera.cpu.cache_type, cache, "{}", camera.id);
    }
}

#[test]
fn firmware_versions_carry_what_ml_expects() {
    let version = |text: &str| text.parse::<FirmwareVersion>().expect(text);
    assert_eq!(camera("5D3").platforms(), ["5D3.113", "5D3.123"]);
    assert_eq!(version("111").dotted(), "1.1.1");
    let ml = camera("60D").firmware[&version("111")].ml.clone().expect("known");
    assert_eq!((ml.signature, ml.boot_form), (0xAF91_B602, BootForm::Cache));
    let known: usize = Catalog::builtin().iter().map(|camera| camera.firmware.len()).sum();
    assert_eq!(known, 16);
    for unknown in ["1200D", "1300D", "EOSM2"] {
        assert!(camera(unknown).firmware.is_empty(), "{unknown}");
    }
}

#[test]
fn platforms_are_read_from_folders_and_file_names() {
    let catalog = Catalog::builtin();
    let named = |name: &str| catalog.platform_in_name(name).map(|(c, v)| format!("{}.{v}", c.id));
    let folder = |name: &str| catalog.platform(name).map(|(c, v)| format!("{}.{v}", c.id));
    assert_eq!(folder("60D.111/").as_deref(), Some("60D.111"));
    assert_eq!(folder("1300D.110").as_deref(), Some("1300D.110"));
    assert_eq!(folder("60D"), None);
    assert_eq!(folder("60D.1111"), None);
    let cases = [
        ("magiclantern-lua_fix.2017Dec23.60D111.zip", Some("60D.111")),
        ("magiclantern-Nightly.2018Jul03.5D3123.zip", Some("5D3.123")),
        ("ml.EOSM2103.zip", Some("EOSM2.103")),
        ("ml-eosm202.zip", Some("EOSM.202")),
        ("100D.101.zip", Some("100D.101")),
        ("ml.1100D105.zip", Some("1100D.105")),
        ("autoexec.bin", None),
        ("magiclantern.40D111.zip", None),
        ("", None),
        ("..", None),
        ("..é60D111é", Some("60D.111")),
    ];
    for (file, expected) in cases {
        assert_eq!(named(file).as_deref(), expected, "{file}");
    }
}

#[test]
fn the_catalog_is_json_with_readable_addresses() {
    let json = serde_json::to_value(Catalog::builtin()).expect("serialises");
    let sixty = json.as_array().expect("a list").iter().find(|c| c["id"] == "60D").expect("there");
    assert_eq!(sixty["card_led"]["register"], "0xC0220134");
    assert_eq!(sixty["memory"]["ram_size"], 0x2000_0000);
    assert_eq!(sixty["card_slots"][0], "SD");
    assert_eq!(sixty["stage"], "open-rom");
    assert_eq!(sixty["uart"]["rx_interrupt"], 0x2E);
    assert_eq!(sixty["gpio"]["registers"]["0xF480"]["constant"], 0xC_0000);
}

#[test]
fn the_symbols_of_a_build_name_its_platform() {
    let catalog = Catalog::builtin();
    let named = |paths: &[&'static str]| {
        let found = catalog.platform_in_files(paths.iter().copied());
        found.map(|(camera, version, path)| (format!("{}.{version}", camera.id), path))
    };
    let symbols = "ML/MODULES/5D3_123.SYM";
    assert_eq!(named(&["autoexec.bin", symbols]), Some(("5D3.123".to_owned(), symbols)));
    assert_eq!(
        named(&[symbols, "ml/modules/5d3_123.sym"]).map(|(platform, _)| platform),
        Some("5D3.123".to_owned())
    );
    assert_eq!(named(&[symbols, "ML/modules/60D_111.sym"]), None);
    assert_eq!(named(&["ML/modules/lua.mo", "60D_111.sym"]), None);
}
