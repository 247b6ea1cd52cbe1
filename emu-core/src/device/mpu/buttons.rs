//! Buttons, mode dial and power switch: what the MPU tells the firmware of its own accord (reference: mpu.md §6, §7).

use darkroom_models::{ButtonTable, Press, Sequence};
use serde::{Deserialize, Serialize};

/// A key goes down or up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyAction {
    /// It goes down.
    Press,
    /// It goes up.
    Release,
}

/// A key cannot be pressed on this camera.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The camera's table has no such key and no such event.
    #[error("the camera has no key or button event {0:?}")]
    Unknown(String),
    /// The MPU has too many messages waiting: the firmware does not take them.
    #[error("the firmware takes no messages: the key {0:?} is lost")]
    QueueFull(String),
}

/// Dial position "movie" of cameras that have one.
const MOVIE_MODE: u8 = 0x14;
/// Dial position "manual".
const MANUAL_MODE: u8 = 0x03;

/// Switches movie mode on where it is no position of the dial; the last byte but one of each message differs when off.
const MOVIE_ON: [[u8; 6]; 5] = [
    [0x06, 0x05, 0x03, 0x37, 0x01, 0x00],
    [0x06, 0x05, 0x01, 0x48, 0x02, 0x00],
    [0x06, 0x05, 0x01, 0x4F, 0x01, 0x00],
    [0x06, 0x05, 0x01, 0x4B, 0x02, 0x00],
    [0x06, 0x05, 0x03, 0x37, 0x00, 0x00],
];
const MOVIE_OFF: [[u8; 6]; 5] = [
    [0x06, 0x05, 0x03, 0x37, 0x01, 0x00],
    [0x06, 0x05, 0x01, 0x48, 0x01, 0x00],
    [0x06, 0x05, 0x01, 0x4F, 0x00, 0x00],
    [0x06, 0x05, 0x01, 0x4B, 0x01, 0x00],
    [0x06, 0x05, 0x03, 0x37, 0x00, 0x00],
];

/// The controls of a camera.
#[derive(Clone, Debug)]
pub(super) struct Controls {
    table: ButtonTable,
    dedicated_movie_mode: bool,
    state: State,
}

#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
struct State {
    /// The message that tells the dial's position, with that position in bytes 4 and 5.
    mode_group: Option<Vec<u8>>,
    dial_moved: bool,
    movie: bool,
}

impl Controls {
    pub(super) const fn new(
        table: ButtonTable,
        dedicated_movie_mode: bool,
        mode_group: Option<Vec<u8>>,
    ) -> Self {
        Self { table, dedicated_movie_mode, state: State { mode_group, dial_moved: false, movie: false } }
    }

    /// The messages of a key or button event going down or up.
    pub(super) fn key(&mut self, name: &str, action: KeyAction) -> Result<Vec<Vec<u8>>, KeyError> {
        let table = &self.table;
        let row = table.by_key(name).or_else(|| table.by_event(name)).or_else(|| table.by_label(name));
        let row = row.ok_or_else(|| KeyError::Unknown(name.to_owned()))?;
        let press = match action {
            KeyAction::Press => row.press.clone(),
            KeyAction::Release => row.release.clone(),
        };
        Ok(press.map_or_else(Vec::new, |press| self.messages(&press)))
    }

    /// A start-up reply as it is now: with the position of the dial, if somebody has turned it.
    pub(super) fn current(&self, message: Vec<u8>) -> Vec<u8> {
        match &self.state.mode_group {
            Some(group)
                if self.state.dial_moved && group[2..4] == message[2..4] && group.len() == message.len() =>
            {
                group.clone()
            }
            _ => message,
        }
    }

    pub(super) fn hash_state(&self, hasher: &mut crate::bus::StateHasher) {
        std::hash::Hash::hash(&self.state, hasher);
    }

    fn messages(&mut self, press: &Press) -> Vec<Vec<u8>> {
        match press {
            Press::Switch { code, .. } => vec![code.message().to_vec()],
            Press::Sequence { sequence, .. } => self.sequence(*sequence),
        }
    }

    fn sequence(&mut self, sequence: Sequence) -> Vec<Vec<u8>> {
        match sequence {
            Sequence::ModeNext => self.turn_dial(|mode| mode.wrapping_add(1)),
            Sequence::ModePrevious => self.turn_dial(|mode| mode.wrapping_sub(1)),
            Sequence::Movie if self.dedicated_movie_mode => {
                self.turn_dial(|mode| if mode == MOVIE_MODE { MANUAL_MODE } else { MOVIE_MODE })
            }
            Sequence::Movie => self.toggle_movie(),
            fixed => fixed.messages().iter().map(|message| message.to_vec()).collect(),
        }
    }

    fn turn_dial(&mut self, turn: impl Fn(u8) -> u8) -> Vec<Vec<u8>> {
        let Some(group) = &mut self.state.mode_group else { return Vec::new() };
        let mode = turn(group[4]) & 0x1F;
        (group[4], group[5]) = (mode, mode);
        self.state.dial_moved = true;
        vec![group.clone()]
    }

    fn toggle_movie(&mut self) -> Vec<Vec<u8>> {
        self.state.movie = !self.state.movie;
        let messages = if self.state.movie { MOVIE_ON } else { MOVIE_OFF };
        messages.iter().map(|message| message.to_vec()).collect()
    }
}
