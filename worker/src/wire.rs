//! What a job's process says to its parent: one pipe of length-prefixed, typed, capped messages.
//!
//! Each message is a byte for its kind, its length as 32 bits little-endian, and that many bytes. The parent trusts nothing
//! of it: every kind has its cap, and [`crate::supervise`] checks the content against what the job may say.

use std::io::{self, Read, Write};

use darkroom_emu_core::frame::Frame;
use darkroom_protocol::report::RunReport;
use darkroom_protocol::worker::Event;
use thiserror::Error;

/// Bytes of log in one message.
pub const MAX_LOG: u32 = 64 << 10;
/// Bytes of one event.
const MAX_EVENT: u32 = 256 << 10;
/// Bytes of one report.
const MAX_REPORT: u32 = 8 << 20;
/// Longest side of a picture, in pixels: above every camera's HDMI output.
const MAX_SIDE: u32 = 2048;
/// Bytes of one picture: width, height, three bytes a pixel.
const MAX_PICTURE: u32 = 8 + MAX_SIDE * MAX_SIDE * 3;
/// Bytes of one file from the card.
const MAX_FILE: u32 = 256 << 20;

/// Bytes before a message's body.
pub const HEADER: usize = 5;

/// One message.
#[derive(Debug)]
pub enum Message {
    /// Bytes of the guest's console.
    Log(Vec<u8>),
    /// Something worth showing.
    Event(Event),
    /// Raw pixels: the parent makes the PNG itself and so never reads one from a hostile process.
    Picture(Frame),
    /// A file from the card.
    File(Vec<u8>),
    /// The end; nothing comes after it.
    Report(Box<RunReport>),
}

/// Which kind of body follows a header, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    kind: u8,
    length: u32,
}

/// A message that breaks the rules.
#[derive(Debug, Error)]
pub enum WireError {
    /// No such kind.
    #[error("message kind {0} does not exist")]
    Kind(u8),
    /// Longer than its kind may be.
    #[error("a message of kind {kind} has {length} bytes, at most {most} are allowed")]
    Length {
        /// Its kind.
        kind: u8,
        /// Its claimed length.
        length: u32,
        /// The cap.
        most: u32,
    },
    /// A body that does not say what its kind promises.
    #[error("a message of kind {0} is not readable")]
    Body(u8),
    /// Sides that no screen has, or pixels that do not fill them.
    #[error("{length} bytes of pixels are no picture of {width}×{height}")]
    Picture {
        /// Claimed width.
        width: u32,
        /// Claimed height.
        height: u32,
        /// Bytes of pixels.
        length: usize,
    },
    /// The pipe.
    #[error(transparent)]
    Io(#[from] io::Error),
}

const LOG: u8 = 1;
const EVENT: u8 = 2;
const PICTURE: u8 = 3;
const FILE: u8 = 4;
const REPORT: u8 = 5;

impl Header {
    /// Reads a header and checks it.
    ///
    /// # Errors
    /// For an unknown kind or a length above its cap.
    pub fn parse(bytes: [u8; HEADER]) -> Result<Self, WireError> {
        let [kind, length @ ..] = bytes;
        let length = u32::from_le_bytes(length);
        let most = match kind {
            LOG => MAX_LOG,
            EVENT => MAX_EVENT,
            PICTURE => MAX_PICTURE,
            FILE => MAX_FILE,
            REPORT => MAX_REPORT,
            _ => return Err(WireError::Kind(kind)),
        };
        if length > most { Err(WireError::Length { kind, length, most }) } else { Ok(Self { kind, length }) }
    }

    /// Length of the body in bytes.
    pub fn length(self) -> u32 {
        self.length
    }

    /// Reads the body.
    ///
    /// # Errors
    /// When it is not what the kind promises.
    pub fn body(self, bytes: Vec<u8>) -> Result<Message, WireError> {
        let unreadable = |_| WireError::Body(self.kind);
        match self.kind {
            LOG => Ok(Message::Log(bytes)),
            FILE => Ok(Message::File(bytes)),
            EVENT => serde_json::from_slice(&bytes).map(Message::Event).map_err(unreadable),
            REPORT => serde_json::from_slice(&bytes).map(Message::Report).map_err(unreadable),
            _ => picture(&bytes).map(Message::Picture),
        }
    }
}

fn picture(bytes: &[u8]) -> Result<Frame, WireError> {
    let Some((size, rgb)) = bytes.split_first_chunk::<8>() else { return Err(WireError::Body(PICTURE)) };
    let side = |at: usize| u32::from_le_bytes([size[at], size[at + 1], size[at + 2], size[at + 3]]);
    let (width, height) = (side(0), side(4));
    let sides = 1..=MAX_SIDE;
    let fine = sides.contains(&width) && sides.contains(&height);
    if !fine || rgb.len() != width as usize * height as usize * 3 {
        return Err(WireError::Picture { width, height, length: rgb.len() });
    }
    let mut frame = Frame::black(width, height);
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    for ((x, y), pixel) in places.zip(rgb.as_chunks::<3>().0) {
        frame.set_pixel(x, y, *pixel);
    }
    Ok(frame)
}

/// Writes log bytes, as many messages as they need.
///
/// # Errors
/// When the pipe is closed.
pub fn write_log(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    bytes.chunks(MAX_LOG as usize).try_for_each(|part| write_message(out, LOG, &[part]))
}

/// Writes an event.
///
/// # Errors
/// When the pipe is closed.
pub fn write_event(out: &mut dyn Write, event: &Event) -> io::Result<()> {
    write_message(out, EVENT, &[&serde_json::to_vec(event)?])
}

/// Writes a picture.
///
/// # Errors
/// When the pipe is closed.
pub fn write_picture(out: &mut dyn Write, picture: &Frame) -> io::Result<()> {
    let size = [picture.width().to_le_bytes(), picture.height().to_le_bytes()];
    let rgb: Vec<u8> =
        picture.rgba().as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
    write_message(out, PICTURE, &[size.as_flattened(), &rgb])
}

/// Writes a file.
///
/// # Errors
/// When the pipe is closed, or the file is longer than a message may be.
pub fn write_file(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    write_message(out, FILE, &[bytes])
}

/// Writes the report, the last message.
///
/// # Errors
/// When the pipe is closed.
pub fn write_report(out: &mut dyn Write, report: &RunReport) -> io::Result<()> {
    write_message(out, REPORT, &[&serde_json::to_vec(report)?])?;
    out.flush()
}

fn write_message(out: &mut dyn Write, kind: u8, parts: &[&[u8]]) -> io::Result<()> {
    let total: usize = parts.iter().map(|part| part.len()).sum();
    let length = u32::try_from(total).map_err(io::Error::other)?;
    out.write_all(&[kind])?;
    out.write_all(&length.to_le_bytes())?;
    parts.iter().try_for_each(|part| out.write_all(part))?;
    out.flush()
}

/// Reads the next message; `None` at the end of the pipe. The body grows as bytes come in, whatever length was claimed.
///
/// # Errors
/// When the pipe breaks inside a message, or the message breaks the rules.
pub fn read_message(input: &mut dyn Read) -> Result<Option<Message>, WireError> {
    let mut header = [0; HEADER];
    let mut have = 0;
    while have < HEADER {
        match input.read(&mut header[have..])? {
            0 if have == 0 => return Ok(None),
            0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            more => have += more,
        }
    }
    let header = Header::parse(header)?;
    let mut bytes = Vec::new();
    input.take(u64::from(header.length)).read_to_end(&mut bytes)?;
    if bytes.len() < header.length as usize {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    header.body(bytes).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use darkroom_protocol::Digest;

    fn round_trip(bytes: &[u8]) -> Vec<Message> {
        let mut input = bytes;
        std::iter::from_fn(|| read_message(&mut input).expect("readable")).collect()
    }

    #[test]
    fn every_kind_comes_back() {
        let mut pipe = Vec::new();
        let mut picture = Frame::black(2, 1);
        picture.set_pixel(1, 0, [4, 5, 6]);
        write_log(&mut pipe, &[b'x'; MAX_LOG as usize + 1]).expect("written");
        write_event(&mut pipe, &Event::Started).expect("written");
        write_picture(&mut pipe, &picture).expect("written");
        write_file(&mut pipe, b"content").expect("written");
        let found = round_trip(&pipe);
        assert!(matches!(&found[0], Message::Log(bytes) if bytes.len() == MAX_LOG as usize));
        assert!(matches!(&found[1], Message::Log(bytes) if bytes == b"x"));
        assert!(matches!(&found[2], Message::Event(Event::Started)));
        assert!(matches!(&found[3], Message::Picture(seen) if *seen == picture));
        assert!(matches!(&found[4], Message::File(bytes) if Digest::of(bytes) == Digest::of(b"content")));
    }

    #[test]
    fn hostile_bytes_are_refused() {
        let refused = |bytes: &[u8]| read_message(&mut &*bytes).expect_err("must be refused").to_string();
        assert!(refused(&[9, 0, 0, 0, 0]).contains("kind 9"));
        assert!(refused(&[LOG, 0xff, 0xff, 0xff, 0xff]).contains("at most"));
        assert!(refused(&[EVENT, 2, 0, 0, 0, b'{', b'!']).contains("not readable"));
        assert!(refused(&[PICTURE, 4, 0, 0, 0, 1, 0, 0, 0]).contains("not readable"));
        assert!(refused(&[PICTURE, 9, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7]).contains("bytes of pixels"));
        refused(&[LOG, 3, 0, 0, 0, 1]);
        refused(&[LOG, 3]);
    }

    #[test]
    fn a_claimed_length_takes_no_memory_before_the_bytes_come() {
        let mut claim = vec![FILE];
        claim.extend_from_slice(&MAX_FILE.to_le_bytes());
        claim.extend_from_slice(b"short");
        assert!(matches!(read_message(&mut &*claim), Err(WireError::Io(_))));
    }
}
