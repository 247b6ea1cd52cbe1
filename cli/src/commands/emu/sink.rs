//! Where a local run's output goes: the terminal, a log file, a folder.

use crate::args::Emu as Arguments;
use anyhow::Context;
use darkroom_emu_core::frame::{Frame, encode_png};
use darkroom_protocol::Digest;
use darkroom_protocol::report::{FrameInfo, RunReport};
use darkroom_protocol::worker::Event;
use darkroom_worker::run::RunSink;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

/// Prints the console while the guest runs, and keeps what it was asked to keep.
pub(super) struct LocalSink {
    console: Box<dyn Write>,
    log: Option<File>,
    keep: Option<PathBuf>,
    last_picture: Option<(Digest, Vec<u8>)>,
    last_frame: Option<Vec<u8>>,
    files: BTreeMap<Digest, Vec<u8>>,
}

impl LocalSink {
    pub(super) fn new(arguments: &Arguments) -> anyhow::Result<Self> {
        let create =
            |file: &PathBuf| File::create(file).with_context(|| format!("creating {}", file.display()));
        if let Some(folder) = &arguments.keep {
            fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        }
        // With --json, standard output is the report's alone.
        let console: Box<dyn Write> =
            if arguments.json { Box::new(io::stderr()) } else { Box::new(io::stdout()) };
        Ok(Self {
            console,
            log: arguments.log.as_ref().map(create).transpose()?,
            keep: arguments.keep.clone(),
            last_picture: None,
            last_frame: None,
            files: BTreeMap::new(),
        })
    }

    /// The newest frame as PNG.
    pub(super) fn last_frame(&self) -> Option<&[u8]> {
        self.last_frame.as_deref()
    }

    /// Writes the files that the run changed on the card below `card/` of the folder to keep.
    pub(super) fn keep_card_files(&self, report: &RunReport) -> io::Result<()> {
        let Some(folder) = &self.keep else { return Ok(()) };
        for change in &report.card_changes {
            let Some(bytes) = change.digest.as_ref().and_then(|digest| self.files.get(digest)) else {
                continue;
            };
            // Names come from the guest: nothing but plain parts may become a path here.
            if change.path.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
                continue;
            }
            let path = folder.join("card").join(&change.path);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, bytes)?;
        }
        Ok(())
    }

    fn keep_frame(&mut self, info: &FrameInfo) -> io::Result<()> {
        let Some((_, png)) = self.last_picture.take_if(|(digest, _)| *digest == info.digest) else {
            return Ok(());
        };
        if let Some(folder) = &self.keep {
            fs::write(folder.join(format!("{:03}-{}.png", info.seq, info.label)), &png)?;
        }
        self.last_frame = Some(png);
        Ok(())
    }
}

impl RunSink for LocalSink {
    fn log(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(log) = &mut self.log {
            log.write_all(bytes)?;
        }
        match self.console.write_all(bytes).and_then(|()| self.console.flush()) {
            // Nobody reads the terminal any more; the run and its files go on.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written,
        }
    }

    fn event(&mut self, event: Event) -> io::Result<()> {
        match event {
            Event::Frame(info) => self.keep_frame(&info),
            _ => Ok(()),
        }
    }

    fn picture(&mut self, picture: &Frame) -> io::Result<Digest> {
        let png = encode_png(picture).map_err(io::Error::other)?;
        let digest = Digest::of(&png);
        if let Some(folder) = &self.keep {
            fs::write(folder.join(format!("picture-{}.png", &digest.to_string()[..12])), &png)?;
        }
        self.last_picture = Some((digest, png));
        Ok(digest)
    }

    fn file(&mut self, bytes: &[u8]) -> io::Result<Digest> {
        let digest = Digest::of(bytes);
        if self.keep.is_some() {
            self.files.insert(digest, bytes.to_vec());
        }
        Ok(digest)
    }
}
