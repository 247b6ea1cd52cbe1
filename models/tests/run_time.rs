//! Cameras added while the program runs.

use std::fs;

use darkroom_models::Catalog;

const SIXTY_D: &str = include_str!("../cameras/60D.toml");

fn sixty_one() -> String {
    SIXTY_D.replacen("id = \"60D\"", "id = \"61D\"", 1).replacen("EOS 60D", "EOS 61D", 1)
}

#[test]
fn a_folder_adds_a_camera_to_the_built_in_ones() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::create_dir(dir.path().join("cameras")).expect("made");
    fs::write(dir.path().join("cameras/61D.toml"), sixty_one()).expect("written");
    fs::write(dir.path().join("cameras/notes.txt"), "not data").expect("written");
    let catalog = Catalog::with_extra(dir.path()).expect("loads");
    assert_eq!(catalog.len(), Catalog::builtin().len() + 1);
    let (new, old) = (catalog.get("61d").expect("new"), catalog.get("60d").expect("old"));
    assert_eq!((&new.memory, new.button_table()), (&old.memory, old.button_table()));
}

#[test]
fn a_folder_may_hold_everything() {
    let dir = tempfile::tempdir().expect("a folder");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in ["generations/digic4.toml", "cameras/60D.toml", "mpu/60D.tsv", "buttons/60D.tsv"] {
        let target = dir.path().join(file);
        fs::create_dir_all(target.parent().expect("inside")).expect("made");
        fs::copy(root.join(file), target).expect("copied");
    }
    let catalog = Catalog::load_dir(dir.path()).expect("loads");
    assert_eq!(catalog.len(), 1);
    assert_eq!(catalog.get("60D"), Catalog::builtin().get("60D"));
}

#[test]
fn an_empty_folder_is_an_empty_catalog() {
    let dir = tempfile::tempdir().expect("a folder");
    assert!(Catalog::load_dir(dir.path()).expect("loads").is_empty());
}

#[test]
fn a_text_replaces_a_camera() {
    let more = SIXTY_D.replacen("ram_size = 0x20000000", "ram_size = 0x10000000", 1);
    let more = more.replacen("0x1FE00000", "0x0FE00000", 1);
    let catalog = Catalog::builtin().with_camera("60D", &more).expect("loads");
    assert_eq!(catalog.len(), Catalog::builtin().len());
    assert_eq!(catalog.get("60D").expect("60D").memory.ram_size, 0x1000_0000);
    assert!(Catalog::builtin().with_camera("../60D", &more).is_err());
}

#[test]
fn an_override_replaces_one_register_and_keeps_the_rest() {
    let own = SIXTY_D.replacen("[mpu]", "[gpio.registers]\n0x301C = { latch = 7 }\n[mpu]", 1);
    let catalog = Catalog::builtin().with_camera("60D", &own).expect("loads");
    let (new, old) =
        (&catalog.get("60D").expect("60D").gpio, &Catalog::builtin().get("60D").expect("60D").gpio);
    let changed: Vec<_> = new.registers.iter().filter(|(k, v)| old.registers.get(k) != Some(v)).collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(new.registers.len(), old.registers.len());
}
