/// Bytes kept before the run is interrupted to hand them out.
const FULL: usize = 4096;
/// The buffer never grows beyond this: one instruction or semihosting call prints at most this much beyond `FULL`.
pub(super) const MOST_AT_ONCE: usize = 64 << 10;

/// What the guest printed and nobody has taken yet. The run stops to hand it out when it is full, so nothing is lost
/// and nothing grows.
#[derive(Clone, Debug, Default)]
pub(super) struct Console {
    bytes: Vec<u8>,
}

impl Console {
    pub(super) fn push(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= FULL
    }

    pub(super) fn hand_out(&mut self, sink: &mut dyn FnMut(&[u8])) {
        if !self.bytes.is_empty() {
            sink(&self.bytes);
            self.bytes.clear();
        }
    }
}
