//! The commands of a card in SD mode (specification 2.00, §4.7.4).
//!
//! Not offered, and therefore illegal: write protection (CMD28 to 30), locking (CMD42), programming of CID and CSD (CMD26,
//! CMD27), general commands (CMD56). The CSD's command classes say so.

use std::time::Duration;

use super::card::{Response, SdCard, SdCardState};
use super::data::Data;
use super::identity::{OCR_HIGH_CAPACITY, OCR_POWERED, OCR_VOLTAGES, cid, csd, scr, switch_status};
use super::status::{
    ADDRESS_ERROR, BLOCK_LEN_ERROR, CardPhase, ERASE_PARAM, ERASE_RESET, ERASE_SEQ_ERROR, ERROR,
    ILLEGAL_COMMAND, OUT_OF_RANGE,
};
use crate::card::{BlockRead, Lba};

/// An erase takes this long, and more for each 4 KiB that held something.
const ERASE_TIME: Duration = Duration::from_micros(250);
const ERASE_NANOS_PER_CHUNK: u64 = 2000;

/// A command was not legal in the card's state, or not meant for this card.
struct Refused;

type Answer = Result<Response, Refused>;

impl SdCard {
    /// Take a command of six bits and its argument. A card that does not answer notes an illegal command and tells in its
    /// next status.
    pub fn command(&mut self, index: u8, argument: u32) -> Response {
        if self.state.phase == CardPhase::Inactive && index != 0 {
            return Response::None;
        }
        let was_app = std::mem::replace(&mut self.state.app_command, false);
        self.note_erase_break(index);
        let answer = match (was_app, index) {
            (true, 6 | 13 | 22 | 23 | 41 | 42 | 51) => self.app_command(index, argument),
            _ => self.basic_command(index, argument),
        };
        answer.unwrap_or_else(|Refused| {
            self.state.errors |= ILLEGAL_COMMAND;
            Response::None
        })
    }

    /// Any command between CMD32 and CMD38 but the erase commands and CMD13 breaks the sequence off.
    fn note_erase_break(&mut self, index: u8) {
        let started = self.state.erase_start.is_some() || self.state.erase_end.is_some();
        if started && !matches!(index, 13 | 32 | 33 | 38) {
            (self.state.erase_start, self.state.erase_end) = (None, None);
            self.state.errors |= ERASE_RESET;
        }
    }

    fn basic_command(&mut self, index: u8, argument: u32) -> Answer {
        match index {
            0 => Ok(self.go_idle()),
            2 => self.all_send_cid(),
            3 => self.send_relative_address(),
            7 => self.select(argument),
            8 => self.send_interface_condition(argument),
            9 => self.send_register(argument, csd(self.image.sector_count())),
            10 => self.send_register(argument, cid()),
            12 => self.stop_transmission(),
            13 => self.send_status(argument),
            15 => self.go_inactive(argument),
            6 | 16 | 17 | 18 | 24 | 25 | 32 | 33 | 38 => self.transfer_command(index, argument),
            55 => self.announce_app_command(argument),
            _ => Err(Refused),
        }
    }

    /// Commands of the transfer state. The status they answer with shows the state before the command.
    fn transfer_command(&mut self, index: u8, argument: u32) -> Answer {
        self.require(CardPhase::Transfer)?;
        let before = self.status();
        self.state.errors = 0;
        match index {
            6 => self.switch_function(argument),
            16 => self.set_block_length(argument),
            17 | 18 => self.start_read(argument, index == 18),
            24 | 25 => self.start_write(argument, index == 25),
            32 => self.state.erase_start = self.erase_sector(argument),
            33 => self.state.erase_end = self.erase_sector(argument),
            _ => self.erase(),
        }
        let status = before | self.state.errors;
        Ok(self.report(status))
    }

    fn app_command(&mut self, index: u8, argument: u32) -> Answer {
        if index == 41 {
            return self.send_operating_condition(argument);
        }
        self.require(CardPhase::Transfer)?;
        let before = self.status() | super::status::APP_CMD;
        let high_capacity = self.high_capacity();
        match index {
            6 => self.state.wide_bus = argument & 3 == 2,
            13 => self.send_block(sd_status(self.state.wide_bus)),
            22 => self.send_block(self.state.blocks_written.to_be_bytes().to_vec()),
            51 => self.send_block(scr(high_capacity).to_vec()),
            // 23: how many blocks will be written, a hint. 42: the pull-up of the card detect line.
            _ => {}
        }
        Ok(self.report(before))
    }

    fn require(&self, phase: CardPhase) -> Result<(), Refused> {
        if self.state.phase == phase { Ok(()) } else { Err(Refused) }
    }

    /// The upper half of the argument must name this card.
    fn addressed(&self, argument: u32) -> bool {
        argument >> 16 == u32::from(self.state.address)
    }

    fn status_answer(&mut self) -> Answer {
        let status = self.status();
        Ok(self.report(status))
    }

    fn go_idle(&mut self) -> Response {
        self.state = SdCardState { block_length: 512, ..SdCardState::default() };
        Response::None
    }

    fn all_send_cid(&mut self) -> Answer {
        self.require(CardPhase::Ready)?;
        self.state.phase = CardPhase::Identification;
        Ok(Response::Long(cid()))
    }

    fn send_relative_address(&mut self) -> Answer {
        if !matches!(self.state.phase, CardPhase::Identification | CardPhase::StandBy) {
            return Err(Refused);
        }
        let before = self.status();
        self.state.address = self.state.address.wrapping_add(0x4567).max(1);
        self.state.phase = CardPhase::StandBy;
        let short = before >> 8 & 0xC000 | before >> 6 & 0x2000 | before & 0x1FFF;
        self.report(before);
        Ok(Response::Short(u32::from(self.state.address) << 16 | short))
    }

    /// Selecting another card (or none, address 0) deselects this one, which then says nothing.
    fn select(&mut self, argument: u32) -> Answer {
        let before = self.status();
        match (self.addressed(argument), self.state.phase) {
            (true, CardPhase::StandBy) => {
                self.state.phase = CardPhase::Transfer;
                Ok(self.report(before))
            }
            (false, CardPhase::Transfer | CardPhase::Sending | CardPhase::Receiving) => {
                self.state.data = Data::None;
                self.state.phase = CardPhase::StandBy;
                Ok(Response::None)
            }
            (false, CardPhase::StandBy) => Ok(Response::None),
            _ => Err(Refused),
        }
    }

    fn send_interface_condition(&mut self, argument: u32) -> Answer {
        self.require(CardPhase::Idle)?;
        let supported = argument >> 8 & 0xF == 1;
        Ok(if supported { Response::Short(argument & 0xFFF) } else { Response::None })
    }

    fn send_register(&mut self, argument: u32, register: [u8; 16]) -> Answer {
        self.require(CardPhase::StandBy)?;
        Ok(if self.addressed(argument) { Response::Long(register) } else { Response::None })
    }

    fn stop_transmission(&mut self) -> Answer {
        if !matches!(self.state.phase, CardPhase::Sending | CardPhase::Receiving) {
            return Err(Refused);
        }
        let status = self.status();
        self.state.data = Data::None;
        self.state.phase = CardPhase::Transfer;
        Ok(self.report(status))
    }

    fn send_status(&mut self, argument: u32) -> Answer {
        if matches!(self.state.phase, CardPhase::Idle | CardPhase::Ready | CardPhase::Identification) {
            return Err(Refused);
        }
        if !self.addressed(argument) {
            return Ok(Response::None);
        }
        self.status_answer()
    }

    fn go_inactive(&mut self, argument: u32) -> Answer {
        if self.addressed(argument) && self.state.phase != CardPhase::Idle {
            self.state.phase = CardPhase::Inactive;
        }
        Ok(Response::None)
    }

    fn announce_app_command(&mut self, argument: u32) -> Answer {
        if !self.addressed(argument) {
            return Ok(Response::None);
        }
        self.state.app_command = true;
        self.status_answer()
    }

    /// ACMD41. A voltage window of 0 only asks. An SDHC card stays busy for a host that does not announce SDHC (HCS).
    fn send_operating_condition(&mut self, argument: u32) -> Answer {
        if !matches!(self.state.phase, CardPhase::Idle | CardPhase::Ready) {
            return Err(Refused);
        }
        let hcs = argument & OCR_HIGH_CAPACITY != 0;
        if argument & OCR_VOLTAGES != 0 && (hcs || !self.high_capacity()) {
            self.state.powered_up = true;
            self.state.phase = CardPhase::Ready;
        }
        let capacity = if self.high_capacity() { OCR_HIGH_CAPACITY } else { 0 };
        let power = if self.state.powered_up { OCR_POWERED | capacity } else { 0 };
        Ok(Response::Short(OCR_VOLTAGES | power))
    }

    fn send_block(&mut self, block: Vec<u8>) {
        self.state.data = Data::Register { block, at: 0 };
        self.state.phase = CardPhase::Sending;
    }

    fn switch_function(&mut self, argument: u32) {
        let block = switch_status(argument, &mut self.state.functions);
        self.send_block(block);
    }

    fn set_block_length(&mut self, length: u32) {
        if (1..=512).contains(&length) {
            self.state.block_length = length;
        } else {
            self.state.errors |= BLOCK_LEN_ERROR;
        }
    }

    /// Bytes of a block in a read or write: SDHC cards know only 512.
    fn data_length(&self) -> u64 {
        if self.high_capacity() { 512 } else { u64::from(self.state.block_length) }
    }

    fn byte_address(&self, argument: u32) -> u64 {
        if self.high_capacity() { u64::from(argument) * 512 } else { u64::from(argument) }
    }

    fn start_read(&mut self, argument: u32, multiple: bool) {
        let (at, length) = (self.byte_address(argument), self.data_length());
        if at + length > self.capacity() {
            self.state.errors |= OUT_OF_RANGE;
            return;
        }
        // Parts of a sector may be read, but a block may not lie across two.
        if at / 512 != (at + length - 1) / 512 {
            self.state.errors |= ADDRESS_ERROR;
            return;
        }
        self.state.data =
            Data::Read { at, length, left: if multiple { u64::MAX } else { length }, sector: None };
        self.state.phase = CardPhase::Sending;
    }

    fn start_write(&mut self, argument: u32, multiple: bool) {
        let at = self.byte_address(argument);
        if self.data_length() != 512 {
            self.state.errors |= BLOCK_LEN_ERROR;
        } else if !at.is_multiple_of(512) {
            self.state.errors |= ADDRESS_ERROR;
        } else if at + 512 > self.capacity() {
            self.state.errors |= OUT_OF_RANGE;
        } else {
            self.state.blocks_written = 0;
            self.state.data = Data::Write { next: at / 512, multiple, gathered: Vec::new() };
            self.state.phase = CardPhase::Receiving;
        }
    }

    fn erase_sector(&mut self, argument: u32) -> Option<u64> {
        let sector = self.byte_address(argument) / 512;
        if sector >= self.image.sector_count() {
            self.state.errors |= OUT_OF_RANGE;
            return None;
        }
        Some(sector)
    }

    fn erase(&mut self) {
        let (start, end) = (self.state.erase_start.take(), self.state.erase_end.take());
        let (Some(start), Some(end)) = (start, end) else {
            self.state.errors |= ERASE_SEQ_ERROR;
            return;
        };
        if end < start {
            self.state.errors |= ERASE_PARAM;
            return;
        }
        match self.image.erase_sectors(Lba(start), end - start + 1) {
            Ok(work) => {
                self.state.busy_time = Some(ERASE_TIME + Duration::from_nanos(work * ERASE_NANOS_PER_CHUNK));
                self.state.phase = CardPhase::Programming;
            }
            Err(_) => self.state.errors |= ERROR,
        }
    }
}

/// ACMD13: 64 bytes of which only the bus width is more than a default.
fn sd_status(wide_bus: bool) -> Vec<u8> {
    let mut status = vec![0; 64];
    status[0] = if wide_bus { 0x80 } else { 0 };
    status
}
