//! MPU message tables: what the MPU answers to which request (reference: mpu.md §4, §5).

use serde::{Serialize, Serializer};

use crate::error::DataError;
use crate::tsv::{Row, rows};

const COLUMNS: usize = 3;
/// Longest message the MPU link carries: the size byte is even and below 256.
const MAX_MESSAGE: usize = 254;
const ARGUMENTS: u8 = 4;

/// A byte of a message pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageByte {
    /// This byte.
    Exact(u8),
    /// Argument 0 to 3: matches any byte in a request, repeats it in a reply.
    Argument(u8),
}

impl Serialize for MessageByte {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            MessageByte::Exact(byte) => serializer.collect_str(&format_args!("{byte:02X}")),
            MessageByte::Argument(index) => serializer.collect_str(&format_args!("${index}")),
        }
    }
}

/// What follows a matched request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MpuReply {
    /// A message to the firmware, as on the wire.
    Message(Vec<MessageByte>),
    /// The firmware has said goodbye: power may be cut.
    Shutdown,
}

/// A request and its replies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spell {
    /// The request as on the wire: size, length, class, id, payload, padding.
    pub request: Vec<MessageByte>,
    /// What the request means, for logs.
    pub meaning: String,
    /// Replies in order; empty when the request is accepted silently.
    pub replies: Vec<MpuReply>,
}

/// The message table of a camera. The search for a request goes on after the last match and wraps round, so
/// the order matters and requests may repeat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpellTable {
    /// Name of the table; several cameras may share one.
    pub name: String,
    /// The entries.
    pub spells: Vec<Spell>,
}

impl SpellTable {
    pub(crate) fn parse(name: &str, file: &str, text: &str) -> Result<Self, DataError> {
        let mut spells: Vec<Spell> = Vec::new();
        for row in rows(file, text, COLUMNS)? {
            if row.field(0) == "request" {
                spells.push(spell(&row)?);
                continue;
            }
            let reply = reply(&row)?;
            let owner = spells.last_mut().ok_or_else(|| row.fault("kind", "a reply before any request"))?;
            check_arguments(&row, &owner.request, &reply)?;
            owner.replies.push(reply);
        }
        Ok(SpellTable { name: name.to_owned(), spells })
    }
}

fn spell(row: &Row<'_>) -> Result<Spell, DataError> {
    let meaning = row.optional(2).unwrap_or_default().to_owned();
    Ok(Spell { request: message(row)?, meaning, replies: Vec::new() })
}

fn reply(row: &Row<'_>) -> Result<MpuReply, DataError> {
    match row.field(0) {
        "reply" => message(row).map(MpuReply::Message),
        "shutdown" => Ok(MpuReply::Shutdown),
        other => Err(row.fault("kind", format!("{other:?} is none of request, reply, shutdown"))),
    }
}

/// The bytes of a message: byte 0 is the even size on the wire, byte 1 the meaningful length after byte 0.
fn message(row: &Row<'_>) -> Result<Vec<MessageByte>, DataError> {
    let bytes: Vec<MessageByte> =
        row.field(1).split(' ').map(|text| message_byte(row, text)).collect::<Result<_, _>>()?;
    let [MessageByte::Exact(size), MessageByte::Exact(length), ..] = bytes[..] else {
        return Err(row.fault("bytes", "a message starts with its size and length"));
    };
    let (size, length) = (usize::from(size), usize::from(length));
    let whole = size == bytes.len() && size.is_multiple_of(2) && size <= MAX_MESSAGE;
    if !whole || length + 1 > size || length + 2 < size {
        let have = bytes.len();
        return Err(row.fault("bytes", format!("size {size} and length {length} do not fit {have} bytes")));
    }
    Ok(bytes)
}

fn message_byte(row: &Row<'_>, text: &str) -> Result<MessageByte, DataError> {
    let Some(index) = text.strip_prefix('$') else { return row.byte(text, "bytes").map(MessageByte::Exact) };
    match index.parse() {
        Ok(index) if index < ARGUMENTS => Ok(MessageByte::Argument(index)),
        _ => Err(row.fault("bytes", format!("{text:?} is not an argument $0 to $3"))),
    }
}

fn check_arguments(row: &Row<'_>, request: &[MessageByte], reply: &MpuReply) -> Result<(), DataError> {
    let MpuReply::Message(bytes) = reply else { return Ok(()) };
    let missing = |b: &&MessageByte| matches!(b, MessageByte::Argument(_)) && !request.contains(b);
    match bytes.iter().find(missing) {
        Some(MessageByte::Argument(index)) => {
            Err(row.fault("bytes", format!("the request has no argument ${index}")))
        }
        _ => Ok(()),
    }
}
