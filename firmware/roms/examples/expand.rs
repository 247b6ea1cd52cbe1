//! Writes a camera's ROM files, and one sample build with its files, into a folder:
//! `cargo run -p darkroom-firmware --example expand -- 60D hello OUT`.

use std::path::Path;
use std::{env, fs, io};

use darkroom_firmware::{OpenRom, open_rom, sample};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [camera, name, out] = arguments.as_slice() else {
        return Err(io::Error::other("usage: expand CAMERA SAMPLE FOLDER"));
    };
    let rom = open_rom(camera).ok_or_else(|| io::Error::other(format!("unknown camera {camera}")))?;
    let sample =
        sample(name, camera).ok_or_else(|| io::Error::other(format!("unknown sample build {name}")))?;
    let (rom_folder, card) = (Path::new(out).join(camera), Path::new(out).join("card"));
    fs::create_dir_all(&rom_folder)?;
    fs::create_dir_all(&card)?;
    write_rom(&rom_folder, &rom)?;
    fs::write(card.join("AUTOEXEC.BIN"), sample.autoexec)?;
    sample.files.iter().try_for_each(|file| fs::write(card.join(&file.path), &file.data))
}

fn write_rom(folder: &Path, rom: &OpenRom) -> io::Result<()> {
    fs::write(folder.join("ROM1.BIN"), &rom.rom1)?;
    if let Some(rom0) = &rom.rom0 {
        fs::write(folder.join("ROM0.BIN"), rom0)?;
    }
    if let Some(flash) = &rom.serial_flash {
        fs::write(folder.join("SFDATA.BIN"), flash)?;
    }
    Ok(())
}
