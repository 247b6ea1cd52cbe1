//! Magic Lantern's modules: which the build brings, and what became of them.
//!
//! Magic Lantern tells the outcome on its menu page alone. Its list in memory has, for each module, the file's path on the card
//! followed by two texts: a short status for the page and a longer one. The build's own symbol file says where its memory is.

use darkroom_protocol::report::ModuleInfo;

use super::guest::{Guest, Refused};

/// Folder of modules and symbols on the card.
const FOLDER: &str = "ml/modules/";
/// The symbol around which Magic Lantern's memory is searched.
const SYMBOL: &str = "build_version";
const REACH: u32 = 0x18_0000;
/// Bytes behind a module's path in which its status must begin.
const NEAR: usize = 256;
/// The short status of a module that works.
const LOADED: &str = "OK";
const MAX_SYMBOLS: u64 = 4 << 20;

/// The names of the modules among the card's files, without folder and ending.
pub(super) fn names<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<_> = paths.filter_map(name_of).collect();
    names.sort();
    names
}

/// `ML/modules/lua.mo` is `lua`.
fn name_of(path: &str) -> Option<String> {
    let lower = path.to_ascii_lowercase();
    let file = lower.strip_prefix(FOLDER)?.strip_suffix(".mo")?;
    (!file.is_empty() && !file.contains('/')).then(|| file.to_owned())
}

/// What became of every module on the card.
pub(super) fn look(guest: &mut dyn Guest) -> Result<Vec<ModuleInfo>, Refused> {
    let paths = guest.card_paths()?;
    let names = names(paths.iter().map(String::as_str));
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let memory = ml_memory(guest, &paths)?;
    Ok(names.into_iter().map(|name| outcome(&memory, name)).collect())
}

fn ml_memory(guest: &mut dyn Guest, paths: &[String]) -> Result<Vec<u8>, Refused> {
    let is_symbols = |path: &&String| {
        path.to_ascii_lowercase().starts_with(FOLDER) && path.to_ascii_lowercase().ends_with(".sym")
    };
    let file = paths
        .iter()
        .find(is_symbols)
        .ok_or_else(|| Refused("the build brings no symbols (ML/modules/*.sym)".to_owned()))?;
    let text = guest.card_file(file, MAX_SYMBOLS)?.unwrap_or_default();
    let symbol = symbol(&String::from_utf8_lossy(&text));
    let symbol = symbol.ok_or_else(|| Refused(format!("{file} has no {SYMBOL}")))?;
    let start = symbol.saturating_sub(REACH);
    let mut memory = vec![0; (symbol.saturating_add(REACH) - start) as usize];
    read_where_there_is_memory(guest, start, &mut memory);
    Ok(memory)
}

/// Page by page: what is not there stays zero and does not hide what follows.
fn read_where_there_is_memory(guest: &dyn Guest, start: u32, memory: &mut [u8]) {
    const PAGE: usize = 4096;
    let mut address = start;
    for page in memory.chunks_mut(PAGE) {
        guest.read_memory(address, page);
        address = address.wrapping_add(4096);
    }
}

fn symbol(text: &str) -> Option<u32> {
    let line = text.lines().find_map(|line| line.trim().strip_suffix(SYMBOL))?;
    u32::from_str_radix(line.trim(), 16).ok()
}

fn outcome(memory: &[u8], name: String) -> ModuleInfo {
    let path = format!("modules/{name}.mo");
    let found = positions(memory, path.as_bytes()).find_map(|end| statuses(&memory[end..]));
    let (loaded, status) = match found {
        None => (false, "Magic Lantern does not list it".to_owned()),
        Some((short, long)) => {
            (short == LOADED, if long.is_empty() { short } else { format!("{short}: {long}") })
        }
    };
    ModuleInfo { name, loaded, status }
}

/// Where texts equal to `path`, in either case, end with a zero.
fn positions<'a>(memory: &'a [u8], path: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    // Most of the memory is zeros: the letter before the zero rules nearly all of it out.
    let ends = (path.len()..memory.len()).filter(|end| memory[*end] == 0 && memory[end - 1] | 0x20 == b'o');
    ends.filter(|end| memory[end - path.len()..*end].eq_ignore_ascii_case(path))
}

/// The two texts behind a path, when both are there.
fn statuses(rest: &[u8]) -> Option<(String, String)> {
    let rest = &rest[..rest.len().min(2 * NEAR)];
    let mut texts = rest.split(|byte| *byte == 0).filter(|text| !text.is_empty());
    let (short, long) = (texts.next()?, texts.next()?);
    let readable = |text: &[u8]| text.iter().all(|byte| (0x20..0x7F).contains(byte) || *byte == b'\n');
    let words = |text: &[u8]| String::from_utf8_lossy(text).trim().to_owned();
    (short.len() < 16 && readable(short) && readable(long)).then(|| (words(short), words(long)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_folder_itself_are_modules() {
        let paths = [
            "ML/modules/lua.mo",
            "ML/MODULES/60D_111.SYM",
            "ML/modules/old/x.mo",
            "ML/MODULES/BENCH.MO",
            "lua.mo",
        ];
        assert_eq!(names(paths.into_iter()), ["bench", "lua"]);
    }

    #[test]
    fn statuses_stand_behind_the_path() {
        let mut memory = vec![0; 64];
        memory.extend(b"ML/MODULES/lua.mo\0\0\0OK\0\0\0Module loaded successfully\0\0");
        memory.extend(b"B:/ML/MODULES/BAD.MO\0\0\0Err\0Linking failed\0\0");
        assert_eq!(outcome(&memory, "lua".to_owned()).status, "OK: Module loaded successfully");
        let bad = outcome(&memory, "bad".to_owned());
        assert_eq!((bad.loaded, bad.status.as_str()), (false, "Err: Linking failed"));
        assert!(!outcome(&memory, "gone".to_owned()).loaded);
    }
}
