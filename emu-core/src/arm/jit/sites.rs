//! Where the instructions are kept that generated code hands to the interpreter.
//!
//! Generated code holds their addresses, so they stay where they were put until all of them go.

use super::step::Site;

/// Sites of a chunk, unless one region has more.
const CHUNK: usize = 1024;

/// Chunks of sites. A vector keeps its buffer when it is moved itself, and no chunk ever grows beyond its capacity.
#[derive(Default)]
pub(super) struct Sites {
    chunks: Vec<Vec<Site>>,
    capacity: usize,
}

impl Sites {
    /// Takes out a chunk with room for so many more sites.
    pub(super) fn take(&mut self, most: usize) -> Vec<Site> {
        match self.chunks.pop_if(|chunk| chunk.capacity() - chunk.len() >= most) {
            Some(chunk) => chunk,
            None => {
                let chunk = Vec::with_capacity(most.max(CHUNK));
                self.capacity += chunk.capacity();
                chunk
            }
        }
    }

    /// Keeps what was taken out.
    pub(super) fn keep(&mut self, chunk: Vec<Site>) {
        self.chunks.push(chunk);
    }

    /// Forgets all of them: no code may be left that knows them.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Memory of the host.
    pub(super) fn bytes(&self) -> usize {
        self.capacity * size_of::<Site>()
    }
}
