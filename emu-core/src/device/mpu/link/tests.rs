use darkroom_models::Catalog;

use super::*;
use crate::bus::DeviceId;
use crate::bus::testing::Rig;

const MREQ: u32 = 0x50;
const SIO3: u32 = 0x36;
const POWER_OFF: [u8; 6] = [0x06, 0x04, 0x04, 0x07, 0x00, 0x00];
const TERMINATE: [u8; 6] = [0x06, 0x05, 0x02, 0x0B, 0x00, 0x00];
const FAREWELL: [u8; 6] = [0x06, 0x05, 0x02, 0x0B, 0x02, 0x00];

fn rig(camera: &str) -> Rig<Mpu> {
    let camera = Catalog::builtin().get(camera).expect("camera");
    let wiring = MpuWiring {
        request_interrupt: IrqId::new(MREQ),
        serial_interrupt: IrqId::new(SIO3),
        request_bit: 2,
        dedicated_movie_mode: camera.mpu.dedicated_movie_mode,
    };
    Rig::new(Mpu::new(wiring, camera.spell_table().clone(), camera.button_table().clone()))
}

/// Waits up to 10 ms for an interrupt and takes it.
fn wait(rig: &mut Rig<Mpu>, id: u32) -> bool {
    let irq = IrqId::new(id).expect("valid");
    let end = rig.now + Duration::from_millis(10);
    rig.run_to(end);
    rig.board.interrupts.set_enabled(irq, true);
    let taken = rig.board.interrupts.acknowledge();
    rig.board.interrupts.set_enabled(irq, false);
    taken == Some(irq)
}

/// What firmware does to send a message.
fn send(rig: &mut Rig<Mpu>, message: &[u8]) {
    rig.write(REQUEST_STATUS.0, 0, 0x46);
    rig.write(REQUEST_STATUS.0, 0, 0x44);
    assert!(wait(rig, MREQ), "request interrupt");
    rig.write(CONTROL.0, 0, BEGIN);
    for unit in message.chunks(2) {
        rig.write(SERIAL.0, TRANSMIT, u32::from(unit[0]) << 8 | u32::from(unit[1]));
        rig.write(SERIAL.0, ACKNOWLEDGE, 1);
        assert!(wait(rig, SIO3), "unit interrupt");
        rig.write(SERIAL.0, STEP, 0);
    }
    rig.write(REQUEST_STATUS.0, 0, 0x46);
}

/// What firmware does to receive a message.
fn receive(rig: &mut Rig<Mpu>) -> Option<Vec<u8>> {
    if !wait(rig, MREQ) {
        return None;
    }
    rig.write(CONTROL.0, 0, BEGIN);
    let mut message = Vec::new();
    loop {
        assert!(wait(rig, SIO3), "unit interrupt");
        rig.write(SERIAL.0, STEP, 0);
        let unit = rig.value(SERIAL.0, RECEIVE);
        message.extend([(unit >> 8) as u8, unit as u8]);
        if message.len() >= usize::from(message[0]) {
            rig.value(REQUEST_STATUS.0, 0);
            return Some(message);
        }
        rig.write(SERIAL.0, TRANSMIT, 0);
        rig.write(SERIAL.0, ACKNOWLEDGE, 1);
    }
}

fn key(rig: &mut Rig<Mpu>, name: &str, action: KeyAction) -> Result<(), KeyError> {
    let mut ctx = DeviceContext::new(rig.now, DeviceId(1), &mut rig.board, &mut rig.memory);
    rig.device.key(&mut ctx, name, action)
}

#[test]
fn the_firmware_can_switch_the_camera_off() {
    for camera in ["60D", "7D", "5D3", "100D"] {
        let mut rig = rig(camera);
        send(&mut rig, &POWER_OFF);
        assert_eq!(receive(&mut rig).as_deref(), Some(&TERMINATE[..]), "{camera}");
        send(&mut rig, &FAREWELL);
        assert_eq!(rig.board.take_requests(), [MachineRequest::PowerDown], "{camera}");
    }
}

#[test]
fn the_start_up_replies_come_in_order() {
    let mut rig = rig("60D");
    send(&mut rig, &[0x06, 0x04, 0x02, 0x00, 0x00, 0x00]);
    let messages: Vec<_> = std::iter::from_fn(|| receive(&mut rig)).collect();
    assert_eq!(messages.len(), 47);
    assert_eq!(messages[0], [0x08, 0x07, 0x01, 0x33, 0x09, 0x00, 0x00, 0x00]);
    assert_eq!(rig.value(REQUEST_STATUS.0, 0), 0x46);
}

#[test]
fn a_button_reaches_the_firmware() {
    let mut rig = rig("60D");
    key(&mut rig, "m", KeyAction::Press).expect("MENU");
    assert_eq!(rig.value(REQUEST_STATUS.0, 0) & 1, 1, "sending");
    let message = receive(&mut rig).expect("a message");
    assert_eq!(message[..4], [0x06, 0x05, 0x06, message[3]]);
    assert_eq!(key(&mut rig, "nothing", KeyAction::Press), Err(KeyError::Unknown("nothing".into())));
}

#[test]
fn the_dial_is_remembered_by_later_start_up_replies() {
    let mut rig = rig("60D");
    key(&mut rig, "0", KeyAction::Press).expect("dial");
    let turned = receive(&mut rig).expect("the mode group");
    assert_eq!(turned[4..6], [4, 4]);
    send(&mut rig, &[0x06, 0x04, 0x02, 0x00, 0x00, 0x00]);
    let messages: Vec<_> = std::iter::from_fn(|| receive(&mut rig)).collect();
    assert!(messages.contains(&turned));
}

#[test]
fn a_firmware_that_takes_nothing_fills_the_queue_and_no_more() {
    let mut rig = rig("60D");
    let pressed = (0..300).filter(|_| key(&mut rig, "m", KeyAction::Press).is_ok()).count();
    assert_eq!(pressed, MAX_QUEUE);
    assert!(matches!(key(&mut rig, "m", KeyAction::Press), Err(KeyError::QueueFull(_))));
}

#[test]
fn an_unknown_request_is_noted_and_harmless() {
    let mut rig = rig("60D");
    send(&mut rig, &[0x06, 0x05, 0x55, 0x01, 0x02, 0x00]);
    let noted = rig.board.journal.drain();
    assert!(String::from_utf8_lossy(&noted[0].bytes).contains("unknown request"));
    assert!(receive(&mut rig).is_none());
}

#[test]
fn a_request_that_never_ends_does_not_grow() {
    let mut rig = rig("60D");
    rig.write(REQUEST_STATUS.0, 0, 2);
    rig.write(REQUEST_STATUS.0, 0, 0);
    for _ in 0..10_000 {
        rig.write(SERIAL.0, TRANSMIT, 0xFFFF);
    }
    assert!(rig.device.state.received.len() <= MAX_REQUEST);
}
