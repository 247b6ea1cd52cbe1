//! Which channel feeds which connection, and which connection feeds which channel (reference: engine.md §3).

use serde::{Deserialize, Serialize};

use super::CHANNELS;

const CONNECTIONS: usize = 64;
/// Connections that pass on what comes in: two channels on one of these copy memory.
const PASSING: std::ops::RangeInclusive<u8> = 6..=7;

/// The switch at power-on: nothing is fed by a channel, all channels take from connection 0.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub(super) struct Switch {
    /// Connection to the channel that reads memory for it.
    readers: Vec<Option<u8>>,
    /// Channel to the connection that it writes to memory.
    sources: Vec<u8>,
}

impl Default for Switch {
    fn default() -> Self {
        Self { readers: vec![None; CONNECTIONS], sources: vec![0; CHANNELS] }
    }
}

impl Switch {
    /// A store to the switch. False: no register of the switch, or no such channel or connection.
    pub(super) fn write(&mut self, offset: u32, value: u32) -> bool {
        let place = (offset & 0xFFC) as usize / 4;
        match offset & 0xFFF {
            0x000..0x020 => self.connect_writer(if place == 7 { 16 } else { place }, value),
            0x020..=0x0E0 => self.connect_reader(place - 8, value),
            0x200..=0x240 => self.connect_writer(upper_writer(place & 0xF), value),
            _ => false,
        }
    }

    fn connect_writer(&mut self, channel: usize, connection: u32) -> bool {
        let source = u8::try_from(connection).ok().filter(|source| usize::from(*source) < CONNECTIONS);
        match (self.sources.get_mut(channel), source) {
            (Some(place), Some(source)) => {
                *place = source;
                true
            }
            _ => false,
        }
    }

    /// A channel feeds one connection: it is taken from the one it fed before.
    fn connect_reader(&mut self, connection: usize, sequence: u32) -> bool {
        let Some(channel) = reader(sequence) else { return false };
        for place in &mut self.readers {
            place.take_if(|fed| *fed == channel);
        }
        self.readers[connection] = Some(channel);
        true
    }

    /// The passing connection that a channel stands at.
    pub(super) fn passing(&self, channel: usize) -> Option<u8> {
        let is_reader = channel & 8 != 0;
        let stands_at = |connection: &u8| match is_reader {
            true => self.readers[usize::from(*connection)] == Some(channel as u8),
            false => self.sources[channel] == *connection,
        };
        PASSING.into_iter().find(stands_at)
    }

    /// The channel that feeds a connection.
    pub(super) fn reader(&self, connection: u8) -> Option<usize> {
        self.readers.get(usize::from(connection)).copied().flatten().map(usize::from)
    }

    /// The channels that take from a connection.
    pub(super) fn writers(&self, connection: u8) -> impl Iterator<Item = usize> + '_ {
        (0..CHANNELS).filter(move |channel| channel & 8 == 0 && self.sources[*channel] == connection)
    }
}

/// The n-th of the channels that read memory.
fn reader(sequence: u32) -> Option<u8> {
    let channel = match sequence {
        0..=5 => sequence + 8,
        6..=11 => sequence + 18,
        12..=15 => sequence + 28,
        _ => return None,
    };
    u8::try_from(channel).ok()
}

const fn upper_writer(place: usize) -> usize {
    if place < 6 { place + 17 } else { place + 26 }
}
