//! Writes a camera's ROM files with the open firmware into a folder, for `darkroom emu --rom FOLDER`:
//! `cargo run -p darkroom-firmware --example firmware -- 60D FOLDER`, or `5D3.123` for a certain version.

use std::path::Path;
use std::{env, fs, io};

use darkroom_firmware::open_firmware;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [camera, out] = arguments.as_slice() else {
        return Err(io::Error::other("usage: firmware CAMERA FOLDER"));
    };
    let (model, version) = camera.split_once('.').map_or((camera.as_str(), None), |(m, v)| (m, Some(v)));
    let rom = open_firmware(model, version)
        .ok_or_else(|| io::Error::other(format!("no open firmware for {camera}")))?;
    fs::create_dir_all(out)?;
    let files = [("ROM0.BIN", rom.rom0), ("ROM1.BIN", Some(rom.rom1)), ("SFDATA.BIN", rom.serial_flash)];
    let present = files.into_iter().filter_map(|(name, bytes)| Some((name, bytes?)));
    present.into_iter().try_for_each(|(name, bytes)| fs::write(Path::new(out).join(name), bytes))
}
