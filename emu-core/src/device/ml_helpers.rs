//! Registers that Magic Lantern's debug builds print through (reference: peripherals.md §11).

use crate::bus::{Access, Device, DeviceContext, MachineRequest, Read, Source, StateHasher, Write};

const PRINT_CHAR: u32 = 0x00;
const PRINT_NUMBER: u32 = 0x0C;
const DISASSEMBLE: u32 = 0x10;
const CALL_STACK: u32 = 0x30;

/// The helper registers.
#[derive(Clone, Debug, Default)]
pub struct MlHelpers;

impl Device for MlHelpers {
    fn read(&mut self, ctx: &mut DeviceContext<'_>, access: Access) -> Read {
        match access.offset {
            PRINT_CHAR | PRINT_NUMBER | DISASSEMBLE => {}
            CALL_STACK => ctx.request(MachineRequest::CallStack),
            _ => return Read::Unknown,
        }
        Read::Value(0)
    }

    fn write(&mut self, ctx: &mut DeviceContext<'_>, access: Access, value: u32) -> Write {
        match access.offset {
            PRINT_CHAR => ctx.print(Source::MlPrint, value as u8),
            PRINT_NUMBER => print_number(ctx, value),
            DISASSEMBLE => ctx.request(MachineRequest::Disassemble(value)),
            CALL_STACK => ctx.request(MachineRequest::CallStack),
            _ => return Write::Unknown,
        }
        Write::Done
    }

    fn hash_state(&self, _hasher: &mut StateHasher) {}
}

fn print_number(ctx: &mut DeviceContext<'_>, value: u32) {
    let text = format!("0x{value:X} ({}) ", value as i32);
    text.bytes().for_each(|byte| ctx.print(Source::MlPrint, byte));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Rig;

    #[test]
    fn characters_and_numbers_are_printed() {
        let mut rig = Rig::new(MlHelpers);
        for byte in *b"n=" {
            rig.write(0, PRINT_CHAR, u32::from(byte));
        }
        rig.write(0, PRINT_NUMBER, 0xFFFF_FFFE);
        assert_eq!(rig.board.journal.drain()[0].bytes, b"n=0xFFFFFFFE (-2) ");
    }

    #[test]
    fn the_machine_is_asked_for_the_rest() {
        let mut rig = Rig::new(MlHelpers);
        rig.write(0, DISASSEMBLE, 0x8001);
        rig.read(0, CALL_STACK);
        let asked = rig.board.take_requests();
        assert_eq!(asked, [MachineRequest::Disassemble(0x8001), MachineRequest::CallStack]);
        assert_eq!(rig.write(0, 0x44, 0), Write::Unknown);
    }
}
