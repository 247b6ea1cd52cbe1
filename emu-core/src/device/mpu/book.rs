//! Finds the recorded replies to a request (reference: mpu.md §4).

use darkroom_models::{MessageByte, MpuReply, Spell, SpellTable};

/// What the MPU does about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nothing is recorded for it.
    Unknown,
    /// These messages go back; then power goes off, if `shutdown`.
    Replies { messages: Vec<Vec<u8>>, shutdown: bool },
}

/// The recorded requests of a camera.
#[derive(Clone, Debug)]
pub(super) struct SpellBook {
    table: SpellTable,
}

impl SpellBook {
    pub(super) const fn new(table: SpellTable) -> Self {
        Self { table }
    }

    /// The answer to `request`. The search begins after the entry matched last, given and left in `last`, so that repeated
    /// requests with different recorded replies come in the recorded order.
    pub(super) fn answer(&self, request: &[u8], last: &mut usize) -> Answer {
        let count = self.table.spells.len();
        let order = (1..=count).map(|step| (*last + step) % count);
        let found = order.into_iter().find(|index| matches(&self.table.spells[*index], request));
        match found {
            None => Answer::Unknown,
            Some(index) => {
                *last = index;
                replies(&self.table.spells[index], request)
            }
        }
    }

    /// The first start-up reply that tells the mode of the dial: class 02, id 00 or 0E.
    pub(super) fn mode_group(&self) -> Option<Vec<u8>> {
        let first = self.table.spells.first()?;
        let messages = first.replies.iter().filter_map(|reply| message(reply, &first.request, &[]));
        messages.into_iter().find(|bytes| is_mode_group(bytes))
    }
}

/// Whether a message tells the mode of the dial.
pub(super) fn is_mode_group(message: &[u8]) -> bool {
    message.len() > 5 && message[2] == 0x02 && matches!(message[3], 0x00 | 0x0E)
}

/// Byte 0, the size on the wire, is not compared; the shorter of both decides how much is.
fn matches(spell: &Spell, request: &[u8]) -> bool {
    let pairs = spell.request.iter().zip(request).skip(1);
    pairs.into_iter().all(|(wanted, byte)| match wanted {
        MessageByte::Exact(exact) => exact == byte,
        MessageByte::Argument(_) => true,
    })
}

fn replies(spell: &Spell, request: &[u8]) -> Answer {
    let messages = spell.replies.iter().filter_map(|reply| message(reply, &spell.request, request)).collect();
    Answer::Replies { messages, shutdown: spell.replies.contains(&MpuReply::Shutdown) }
}

/// A recorded message, with the arguments that the request carried.
fn message(reply: &MpuReply, pattern: &[MessageByte], request: &[u8]) -> Option<Vec<u8>> {
    let MpuReply::Message(bytes) = reply else { return None };
    let argument = |wanted: &MessageByte| {
        let at = pattern.iter().position(|byte| byte == wanted);
        at.and_then(|at| request.get(at)).copied().unwrap_or(0)
    };
    let filled = bytes.iter().map(|byte| match byte {
        MessageByte::Exact(exact) => *exact,
        MessageByte::Argument(_) => argument(byte),
    });
    Some(filled.collect())
}

#[cfg(test)]
mod tests {
    use darkroom_models::Catalog;

    use super::*;

    fn book(camera: &str) -> SpellBook {
        SpellBook::new(Catalog::builtin().get(camera).expect("camera").spell_table().clone())
    }

    #[test]
    fn arguments_come_back() {
        let answer = book("60D").answer(&[0x06, 0x05, 0x04, 0x00, 0x07, 0x00], &mut 0);
        let messages = vec![vec![0x06, 0x05, 0x04, 0x00, 0x07, 0x01]];
        assert_eq!(answer, Answer::Replies { messages, shutdown: false });
    }

    #[test]
    fn the_farewell_is_a_shutdown_on_every_camera() {
        for camera in Catalog::builtin().iter() {
            let book = SpellBook::new(camera.spell_table().clone());
            let answer = book.answer(&[0x06, 0x05, 0x02, 0x0B, 0x02, 0x00], &mut 0);
            assert_eq!(answer, Answer::Replies { messages: vec![], shutdown: true }, "{}", camera.id);
            let answer = book.answer(&[0x06, 0x04, 0x04, 0x07, 0x00, 0x00], &mut 0);
            assert!(matches!(&answer, Answer::Replies { messages, .. } if messages[0][2..4] == [0x02, 0x0B]));
        }
    }

    #[test]
    fn unknown_requests_have_no_answer() {
        assert_eq!(book("7D").answer(&[0x06, 0x05, 0x55, 0x55, 0x55, 0x00], &mut 0), Answer::Unknown);
        assert_eq!(SpellBook::new(SpellTable::default()).answer(&[6, 5], &mut 0), Answer::Unknown);
    }

    #[test]
    fn every_camera_tells_its_mode() {
        for camera in Catalog::builtin().iter() {
            let book = SpellBook::new(camera.spell_table().clone());
            assert!(book.mode_group().is_some(), "{}", camera.id);
        }
    }
}
