//! MPU messages and buttons of the built-in cameras.

use darkroom_models::{
    ButtonTable, Camera, Catalog, MessageByte, MpuReply, Press, Sequence, SwitchCode, mpu_property,
};

fn camera(id: &str) -> &'static Camera {
    Catalog::builtin().get(id).expect(id)
}

fn exact(bytes: &[u8]) -> Vec<MessageByte> {
    bytes.iter().map(|byte| MessageByte::Exact(*byte)).collect()
}

#[test]
fn every_table_starts_with_the_init_request_and_can_be_switched_off() {
    let init = exact(&[0x06, 0x04, 0x02, 0x00, 0x00, 0x00]);
    for camera in Catalog::builtin() {
        let spells = &camera.spell_table().spells;
        assert_eq!(spells[0].request, init, "{}", camera.id);
        assert!(spells.iter().any(|s| s.replies == [MpuReply::Shutdown]), "{}", camera.id);
    }
}

/// Entries, replies, and replies to the init request, as the reference counts them (reference: mpu.md §5).
#[test]
fn tables_have_their_size() {
    let counts = [
        ("5D2", 72, 115, 43),
        ("5D3", 123, 153, 31),
        ("6D", 89, 144, 66),
        ("50D", 67, 100, 42),
        ("60D", 72, 106, 47),
        ("70D", 94, 152, 77),
        ("500D", 62, 87, 39),
        ("550D", 65, 101, 36),
        ("600D", 75, 136, 32),
        ("700D", 75, 109, 31),
        ("100D", 82, 113, 43),
        ("EOSM", 74, 106, 28),
        ("EOSM2", 82, 113, 43),
        ("7D", 11, 9, 2),
    ];
    for (id, entries, replies, first) in counts {
        let spells = &camera(id).spell_table().spells;
        let all = spells.iter().flat_map(|spell| &spell.replies);
        let messages = all.filter(|reply| matches!(reply, MpuReply::Message(_))).count();
        assert_eq!((spells.len(), messages, spells[0].replies.len()), (entries, replies, first), "{id}");
    }
}

#[test]
fn arguments_are_kept() {
    let spells = &camera("60D").spell_table().spells;
    let shutter = spells.iter().find(|s| s.meaning == "PROP_SHUTTER" && s.replies.len() == 2).expect("there");
    assert_eq!(shutter.request[4], MessageByte::Argument(0));
    let MpuReply::Message(overlay) = &shutter.replies[1] else { panic!("{shutter:?}") };
    assert!(overlay.contains(&MessageByte::Argument(0)));
}

#[test]
fn keys_send_the_codes_of_the_camera() {
    let press = |id: &str, key: &str| camera(id).button_table().by_key(key).and_then(|row| row.press.clone());
    let code = |id: &str, key: &str| match press(id, key) {
        Some(Press::Switch { code, .. }) => code,
        other => panic!("{id} {key}: {other:?}"),
    };
    assert_eq!(code("60D", "M"), SwitchCode { switch: 0x00, position: 0x01 });
    assert_eq!(code("60D", "up"), SwitchCode { switch: 0x0B, position: 0x02 });
    assert_eq!(code("60D", "up").message(), [0x06, 0x05, 0x06, 0x0B, 0x02, 0x00]);
    assert_eq!(code("5D3", "z"), SwitchCode { switch: 0x08, position: 0x01 });
    assert_eq!(press("60D", "r"), None);
    let shutdown = camera("60D").button_table().by_key("f10").and_then(|row| row.release.clone());
    assert!(matches!(shutdown, Some(Press::Sequence { sequence: Sequence::Shutdown, .. })));
}

#[test]
fn events_are_found_by_name() {
    let buttons = camera("5D3").button_table();
    assert_eq!(buttons.by_event("bgmt_rate").and_then(|row| row.key.as_deref()), Some("r"));
    assert!(buttons.by_event("GMT_GUICMD_LOCK_ON").expect("there").key.is_none());
    assert_eq!(ButtonTable::default().by_event("BGMT_RATE"), None);
}

#[test]
fn sequences_are_well_formed_messages() {
    let all = [Sequence::HalfPress, Sequence::HalfRelease, Sequence::AvPress, Sequence::AvRelease];
    let messages = all.iter().chain([&Sequence::Shutdown, &Sequence::Abort]).flat_map(|s| s.messages());
    let mut seen = 0;
    for message in messages {
        assert_eq!(usize::from(message[0]), message.len());
        assert!(usize::from(message[1]) < message.len());
        seen += 1;
    }
    assert_eq!(seen, 9);
}

#[test]
fn properties_have_names() {
    let shutter = mpu_property(0x01, 0x05).expect("known");
    assert_eq!((shutter.number, shutter.name.as_deref()), (Some(0x8000_0005), Some("PROP_SHUTTER")));
    let init = mpu_property(0x02, 0x00).expect("known");
    assert_eq!((init.number, init.group), (None, true));
    assert_eq!(mpu_property(0xFE, 0xFE), None);
}
