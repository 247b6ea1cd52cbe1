//! What must be on a card after a loss of power, and what is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A file or folder as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Folder,
    /// Closed: exactly this.
    File {
        bytes: u64,
        sum: u64,
    },
    /// Open: at least this beginning.
    Open {
        bytes: u64,
        sum: u64,
    },
}

type Items = BTreeMap<String, Item>;

/// The card before and after the step that was cut short; a step happens wholly or not at all. `extra` may be there, too: a rename may
/// show a thing under both names.
pub(crate) struct Manifest {
    pub(crate) title: String,
    before: Items,
    after: Items,
    extra: Items,
    tails: BTreeSet<String>,
    /// A folder is or was being moved: those in it may have the wrong `..`.
    pub(crate) parents_may_be_wrong: bool,
    /// How often the power failed since the card was formatted.
    pub(crate) losses: usize,
}

fn parse_item(line: &str) -> (String, Item) {
    let number = |text: &str, radix| u64::from_str_radix(text, radix).expect("the program wrote a number");
    if let Some(path) = line.strip_prefix("folder ") {
        return (path.to_owned(), Item::Folder);
    }
    let parts: Vec<&str> = line.splitn(4, ' ').collect();
    let (bytes, sum) = (number(parts[1], 10), number(parts[2], 16));
    let item = if parts[0] == "file" { Item::File { bytes, sum } } else { Item::Open { bytes, sum } };
    (parts[3].to_owned(), item)
}

impl Manifest {
    pub(crate) fn parse(lines: &[String]) -> Self {
        let (mut before, mut after, mut extra) = (Items::new(), Items::new(), Items::new());
        let (mut tails, mut parents_may_be_wrong, mut losses) = (BTreeSet::new(), false, 0);
        let mut part = &mut before;
        for line in &lines[1..] {
            match line.split_once(' ').unwrap_or((line, "")) {
                ("before", _) => part = &mut before,
                ("after", _) => part = &mut after,
                ("extra", _) => part = &mut extra,
                ("tail", path) => tails.extend([path.to_owned()]),
                ("parents", _) => parents_may_be_wrong = true,
                ("losses", count) => losses = count.parse().expect("the program wrote a number"),
                _ => part.extend([parse_item(line)]),
            }
        }
        Self { title: lines[0].clone(), before, after, extra, tails, parents_may_be_wrong, losses }
    }

    /// True if a file may own clusters behind its end: it is open, or was at an earlier loss of power.
    pub(crate) fn may_have_tail(&self, path: &str) -> bool {
        self.tails.contains(path)
    }

    pub(crate) fn compare(&self, tree: &Tree) -> Result<(), String> {
        let before = tree.differs_from(&self.before, &self.extra);
        let after = tree.differs_from(&self.after, &self.extra);
        match (before, after) {
            (Some(before), Some(after)) => Err(format!(
                "neither as before ({before}) nor as after ({after})\non the card: {:#?}",
                tree.0.keys()
            )),
            _ => Ok(()),
        }
    }
}

/// What mtools read from a card: content by path, none for folders.
pub(crate) struct Tree(BTreeMap<String, Option<Vec<u8>>>);

impl Tree {
    pub(crate) fn extract(image: &Path, folder: &Path) -> Result<Self, String> {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir(folder).map_err(|error| error.to_string())?;
        let mut command = Command::new("mcopy");
        command.env("LC_ALL", "C.UTF-8").args(["-s", "-n", "-i"]).arg(image).arg("::/").arg(folder);
        let output = command.output().map_err(|error| format!("mcopy: {error}"))?;
        if !output.status.success() || !output.stderr.is_empty() {
            return Err(format!("mcopy: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let mut tree = Self(BTreeMap::new());
        tree.read(folder, "").map_err(|error| error.to_string())?;
        Ok(tree)
    }

    fn read(&mut self, folder: &Path, above: &str) -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = format!("{above}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.read(&entry.path(), &format!("{path}/"))?;
                self.0.insert(path, None);
            } else {
                self.0.insert(path, Some(fs::read(entry.path())?));
            }
        }
        Ok(())
    }

    /// The first difference, if there is one.
    fn differs_from(&self, items: &Items, extra: &Items) -> Option<String> {
        let gone = items.iter().find(|(path, _)| !self.0.contains_key(*path));
        let gone = gone.map(|(path, item)| format!("{path} is gone: {item:?}"));
        let wrong = self.0.iter().find_map(|(path, content)| {
            let fits = |items: &Items| items.get(path).is_some_and(|item| item.is(content.as_deref()));
            let allowed = fits(items) || (!items.contains_key(path) && fits(extra));
            let length = content.as_ref().map(Vec::len);
            (!allowed).then(|| format!("{path} ({length:?} bytes) should be {:?}", items.get(path)))
        });
        gone.or(wrong)
    }
}

impl Item {
    fn is(&self, content: Option<&[u8]>) -> bool {
        match (self, content) {
            (Self::Folder, None) => true,
            (Self::File { bytes, sum }, Some(content)) => {
                content.len() as u64 == *bytes && fnv(content) == *sum
            }
            (Self::Open { bytes, sum }, Some(content)) => {
                content.get(..*bytes as usize).is_some_and(|beginning| fnv(beginning) == *sum)
            }
            _ => false,
        }
    }
}

/// FNV-1a, as the program sums content.
fn fnv(content: &[u8]) -> u64 {
    content
        .iter()
        .fold(0xCBF2_9CE4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3))
}
