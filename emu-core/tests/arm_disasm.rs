//! The disassembler against the text that came with the sample vectors.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use darkroom_emu_core::arm::{Core, Decoder, Insn, Op, disassemble, vectors};
use darkroom_emu_core::memory::GuestAddr;

fn vector_file(set: &str) -> BufReader<File> {
    let folder = std::env::var_os("VECTOR_DIR").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"));
    BufReader::new(File::open(folder.join(format!("{set}.jsonl"))).expect("the sample is there"))
}

fn code(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
}

/// Instructions of a program, decoded one after the other.
fn decode(decoder: &Decoder, bytes: &[u8], thumb: bool) -> Vec<(u32, Insn)> {
    let (mut at, mut it, mut insns) = (0, 0u8, Vec::new());
    let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    while at < bytes.len() {
        let insn = if !thumb {
            decoder.a32(u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")))
        } else if decoder.thumb_size(half(at)) == 2 {
            decoder.t16(half(at), it)
        } else {
            decoder.t32(u32::from(half(at)) << 16 | u32::from(half(at + 2)), it)
        };
        it = match insn.op {
            Op::It { state } => state,
            _ if it & 7 == 0 => 0,
            _ => it & 0xE0 | it << 1 & 0x1F,
        };
        insns.push((at as u32, insn));
        at += usize::from(insn.size);
    }
    insns
}

/// Takes away what two disassemblers may write differently: aliases, number formats, repeated operands.
fn normal(text: &str) -> String {
    let text = text.replace(".w", "").replace("addw", "add").replace("subw", "sub");
    let text =
        text.replace("apsr_nzcvqg", "cpsr_fs").replace("apsr_nzcvq", "cpsr_f").replace("apsr_g", "cpsr_s");
    let (name, operands) = text.split_once(' ').unwrap_or((&text, ""));
    if ["pld", "pli", "dsb", "dmb", "isb", "clrex"].iter().any(|hint| name.starts_with(hint)) {
        return name[..3].into();
    }
    let mut parts: Vec<String> = operands.split(", ").map(number).collect();
    let mut name = name.to_owned();
    if let Some(rest) = name.strip_prefix("adr") {
        name = format!("add{rest}");
        parts.insert(1, "pc".into());
    }
    // A single register is popped by a load; the other text calls every such load so, even a downward one.
    if name.starts_with("pop") && parts.len() == 1 {
        let only = parts[0].trim_matches(['{', '}']).to_owned();
        return format!("ldr{} {only}, [sp]", &name[3..]);
    }
    if name.starts_with("ldr") && parts.len() == 3 && parts[1] == "[sp]" {
        parts.pop();
    }
    if name.starts_with("add") && parts.len() == 3 && parts[0] == parts[2] {
        parts.swap(1, 2);
    }
    if parts.len() >= 3 && parts[0] == parts[1] {
        parts.remove(1);
    }
    join_rotation(&mut parts);
    format!("{name} {}", parts.join(", ")).replace(", #0]", "]")
}

/// `#4, #8` is a byte and its rotation.
fn join_rotation(parts: &mut Vec<String>) {
    let value = |part: &str| part.strip_prefix('#').and_then(|digits| digits.parse::<u32>().ok());
    if let [.., byte, by] = parts.as_slice()
        && let (Some(byte), Some(by)) = (value(byte), value(by))
        && by % 2 == 0
        && byte < 256
    {
        parts.truncate(parts.len() - 2);
        parts.push(format!("#{}", byte.rotate_right(by)));
    }
}

/// Numbers in decimal, as 32 bits.
fn number(part: &str) -> String {
    let Some(at) = part.find('#') else { return part.into() };
    let (digits, tail) =
        part[at + 1..].split_at(part[at + 1..].find([']', '!']).unwrap_or(part.len() - at - 1));
    let (sign, digits) = digits.strip_prefix('-').map_or((1, digits), |digits| (-1, digits));
    let value = match digits.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).expect("a hex number"),
        None => digits.parse().expect("a number"),
    };
    format!("{}#{}{tail}", &part[..at], (sign * value) as u32)
}

fn check(set: &str, core: Core) {
    let decoder = Decoder::new(core);
    let (mut total, mut wrong) = (0, Vec::new());
    for vector in vectors::read(vector_file(set)).map(|vector| vector.expect("the sample is well formed")) {
        let insns = decode(&decoder, &code(&vector.code), vector.is_thumb());
        // On ARMv5 a Thumb BL is two instructions here and one line there.
        if insns.len() != vector.asm.len() {
            continue;
        }
        for ((at, insn), expected) in insns.iter().zip(&vector.asm) {
            let text = disassemble(insn, GuestAddr(vector.addr + at), vector.is_thumb());
            total += 1;
            if normal(&text) != normal(expected) {
                wrong.push(format!("{text}   |   {expected}"));
            }
        }
    }
    assert!(total > 100, "{set} has only {total} comparable instructions");
    assert!(wrong.is_empty(), "{set}: {} of {total} differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a32() {
    check("v5-arm", Core::DIGIC4);
    check("v7-arm", Core::CortexR4);
    check("v7-sys", Core::CortexR4);
}

#[test]
fn thumb() {
    check("v5-thumb", Core::DIGIC4);
    check("v7-thumb2", Core::CortexR4);
}
