//! The card status word (R1) and the states of a card (SD specification 2.00, §4.10.1 and §4.1).

use serde::{Deserialize, Serialize};

/// The argument was outside the card.
pub(super) const OUT_OF_RANGE: u32 = 1 << 31;
/// The address was not aligned to the block length.
pub(super) const ADDRESS_ERROR: u32 = 1 << 30;
/// The block length is not allowed for this command.
pub(super) const BLOCK_LEN_ERROR: u32 = 1 << 29;
/// An erase command came without its start or end.
pub(super) const ERASE_SEQ_ERROR: u32 = 1 << 28;
/// Start and end of an erase are in the wrong order.
pub(super) const ERASE_PARAM: u32 = 1 << 27;
/// The command is not legal in the card's state; shown by the next response.
pub(super) const ILLEGAL_COMMAND: u32 = 1 << 22;
/// The card could not do it (the image could not be read or written).
pub(super) const ERROR: u32 = 1 << 19;
/// An erase sequence was broken off by another command.
pub(super) const ERASE_RESET: u32 = 1 << 13;
/// The buffer is empty.
pub(super) const READY_FOR_DATA: u32 = 1 << 8;
/// The next command is an application command.
pub(super) const APP_CMD: u32 = 1 << 5;

/// Errors that a response reports and thereby clears.
pub(super) const CLEARED_BY_READ: u32 = OUT_OF_RANGE
    | ADDRESS_ERROR
    | BLOCK_LEN_ERROR
    | ERASE_SEQ_ERROR
    | ERASE_PARAM
    | ILLEGAL_COMMAND
    | ERROR
    | ERASE_RESET;

/// Where a card is in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum CardPhase {
    /// After power-on or CMD0.
    #[default]
    Idle,
    /// Powered up by ACMD41.
    Ready,
    /// Asked for its CID.
    Identification,
    /// Has an address, is not selected.
    StandBy,
    /// Selected, no data moving.
    Transfer,
    /// Sends data.
    Sending,
    /// Takes data.
    Receiving,
    /// Erases; knows no command but CMD0 and CMD13.
    Programming,
    /// Switched off by CMD15.
    Inactive,
}

impl CardPhase {
    /// The number in bits 12:9 of the card status.
    pub(super) fn code(self) -> u32 {
        match self {
            CardPhase::Idle | CardPhase::Inactive => 0,
            CardPhase::Ready => 1,
            CardPhase::Identification => 2,
            CardPhase::StandBy => 3,
            CardPhase::Transfer => 4,
            CardPhase::Sending => 5,
            CardPhase::Receiving => 6,
            CardPhase::Programming => 7,
        }
    }
}
