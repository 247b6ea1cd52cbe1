use crate::bus::Chunk;

/// Output taken from a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Console {
    /// What was printed since the last time, oldest first.
    pub chunks: Vec<Chunk>,
    /// Bytes lost since power-on because the buffer was full.
    pub dropped: u64,
}

impl Console {
    /// All bytes of one source as text; bytes that are not UTF-8 are replaced.
    pub fn text(&self, source: crate::bus::Source) -> String {
        let chunks = self.chunks.iter().filter(|chunk| chunk.source == source);
        let bytes: Vec<u8> = chunks.flat_map(|chunk| chunk.bytes.iter().copied()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
