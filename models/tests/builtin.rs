//! The built-in data: all cameras load and say what the reference measured.

use darkroom_models::{Addr, CardSlot, Catalog};

const ORDER: [&str; 18] = [
    "50D", "5D2", "500D", "7D", "550D", "60D", "1100D", "600D", "1200D", "1300D", "5D3", "650D", "EOSM",
    "6D", "100D", "700D", "70D", "EOSM2",
];

#[test]
fn all_cameras_load_in_a_fixed_order() {
    let ids: Vec<&str> = Catalog::builtin().iter().map(|camera| camera.id.as_str()).collect();
    assert_eq!(ids, ORDER);
}

#[test]
fn names_are_found_however_people_write_them() {
    let catalog = Catalog::builtin();
    for name in ["5d2", "5D Mark II", "EOS 5D Mark II", "canon eos 5d mark ii", "5D-Mk-II"] {
        assert_eq!(catalog.get(name).expect(name).id.as_str(), "5D2", "{name}");
    }
    assert_eq!(catalog.get("eos m").expect("EOS M").id.as_str(), "EOSM");
    assert_eq!(catalog.get("60D").expect("60D").boot_slot(), Some(CardSlot::Sd));
    assert_eq!(catalog.get("60D").expect("60D").card_led.register, Addr(0xC022_0134));
}
