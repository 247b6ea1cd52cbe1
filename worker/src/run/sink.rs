//! Where a run's output goes while it happens.

use std::io;

use darkroom_emu_core::frame::Frame;
use darkroom_protocol::Digest;
use darkroom_protocol::worker::Event;

/// Takes what a run produces, in the order in which it happens. An error ends the run: nobody listens any more.
pub trait RunSink {
    /// Bytes of the guest's console.
    fn log(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Something worth showing. Blobs that it names were handed over before.
    fn event(&mut self, event: Event) -> io::Result<()>;
    /// A picture to keep; returns the digest of its PNG form.
    fn picture(&mut self, picture: &Frame) -> io::Result<Digest>;
    /// A file to keep.
    fn file(&mut self, bytes: &[u8]) -> io::Result<Digest>;
}
