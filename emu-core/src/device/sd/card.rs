//! The card: its state, and how it answers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::data::Data;
use super::identity::is_high_capacity;
use super::status::{APP_CMD, CLEARED_BY_READ, CardPhase, READY_FOR_DATA};
use crate::card::{BlockRead, Overlay};

/// What comes back over the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// Nothing: no card, wrong address, or not legal now.
    None,
    /// 48 bits: the 32 bits between index and CRC.
    Short(u32),
    /// 136 bits: CID or CSD, first byte first.
    Long([u8; 16]),
}

/// Everything a card remembers besides its content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SdCardState {
    pub(super) phase: CardPhase,
    pub(super) address: u16,
    /// Error bits waiting to be reported.
    pub(super) errors: u32,
    pub(super) app_command: bool,
    pub(super) powered_up: bool,
    pub(super) block_length: u32,
    pub(super) wide_bus: bool,
    pub(super) functions: [u8; 6],
    pub(super) data: Data,
    pub(super) blocks_written: u32,
    pub(super) erase_start: Option<u64>,
    pub(super) erase_end: Option<u64>,
    /// How long the erase that was just ordered takes, for the host controller to wait.
    pub(super) busy_time: Option<Duration>,
}

/// A card in its slot.
#[derive(Clone, Debug)]
pub struct SdCard {
    pub(super) state: SdCardState,
    pub(super) image: Overlay,
}

impl SdCard {
    /// A card with this content, as it is when power comes on.
    #[must_use]
    pub fn new(image: Overlay) -> Self {
        Self { state: SdCardState { block_length: 512, ..SdCardState::default() }, image }
    }

    /// The content.
    #[must_use]
    pub fn image(&self) -> &Overlay {
        &self.image
    }

    /// The content, to be changed from outside while the guest does not run.
    pub fn image_mut(&mut self) -> &mut Overlay {
        &mut self.image
    }

    /// Everything but the content.
    #[must_use]
    pub fn state(&self) -> &SdCardState {
        &self.state
    }

    /// True when the card sends data and has some.
    #[must_use]
    pub fn has_data(&self) -> bool {
        self.state.phase == CardPhase::Sending && self.state.data.can_send()
    }

    /// True when the card waits for data.
    #[must_use]
    pub fn wants_data(&self) -> bool {
        self.state.phase == CardPhase::Receiving && self.state.data.can_take()
    }

    /// How long the card will be busy, told once after the command that made it so.
    pub fn take_busy_time(&mut self) -> Option<Duration> {
        self.state.busy_time.take()
    }

    /// The busy time is over.
    pub fn end_busy(&mut self) {
        if self.state.phase == CardPhase::Programming {
            self.state.phase = CardPhase::Transfer;
        }
    }

    pub(super) fn high_capacity(&self) -> bool {
        is_high_capacity(self.image.sector_count())
    }

    /// Bytes of the card.
    pub(super) fn capacity(&self) -> u64 {
        self.image.sector_count() * 512
    }

    /// The card status as it is now.
    pub(super) fn status(&self) -> u32 {
        let busy =
            matches!(self.state.phase, CardPhase::Receiving | CardPhase::Sending | CardPhase::Programming);
        let ready = if busy { 0 } else { READY_FOR_DATA };
        let app = if self.state.app_command { APP_CMD } else { 0 };
        self.state.errors | self.state.phase.code() << 9 | ready | app
    }

    /// A status response; it clears what it reports.
    pub(super) fn report(&mut self, status: u32) -> Response {
        self.state.errors &= !(status & CLEARED_BY_READ);
        Response::Short(status)
    }
}
