//! Turns data files into cameras: merge with the generation's defaults, type, check, attach tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize as _;
use toml::{Table, Value};

use crate::buttons::ButtonTable;
use crate::camera::Camera;
use crate::error::{DataError, LoadError};
use crate::files::Files;
use crate::locate;
use crate::mpu::SpellTable;
use crate::validate;

/// All cameras of the files, sorted by generation, announcement and id.
pub(crate) fn cameras(files: &Files) -> Result<Vec<Camera>, LoadError> {
    let mut loader = Loader::new(files);
    let (mut cameras, mut problems) = (Vec::new(), Vec::new());
    for path in files.keys().filter(|path| path.starts_with("cameras/") && path.ends_with(".toml")) {
        match loader.camera(path) {
            Ok(camera) => cameras.push(camera),
            Err(faults) => add_new(&mut problems, faults),
        }
    }
    problems.extend(validate::names_are_unique(&cameras));
    if !problems.is_empty() {
        return Err(LoadError { problems });
    }
    cameras.sort_by(|a, b| order_key(a).cmp(&order_key(b)));
    Ok(cameras)
}

/// A fault of a generation shows in each of its cameras; it is told once.
fn add_new(problems: &mut Vec<DataError>, faults: Vec<DataError>) {
    for fault in faults {
        if !problems.contains(&fault) {
            problems.push(fault);
        }
    }
}

fn order_key(camera: &Camera) -> impl Ord + '_ {
    (camera.generation, &camera.announced, &camera.id)
}

struct Loader<'a> {
    files: &'a Files,
    generations: BTreeMap<String, Table>,
    spells: BTreeMap<String, Arc<SpellTable>>,
    buttons: BTreeMap<String, Arc<ButtonTable>>,
}

/// A camera file and the defaults under it.
struct Sources<'a> {
    camera: (&'a str, &'a str),
    generation: (String, &'a str),
}

impl<'a> Loader<'a> {
    fn new(files: &'a Files) -> Self {
        let (generations, spells, buttons) = Default::default();
        Loader { files, generations, spells, buttons }
    }

    fn camera(&mut self, path: &'a str) -> Result<Camera, Vec<DataError>> {
        let (sources, merged) = self.merged(path).map_err(|fault| vec![fault])?;
        let mut camera =
            Camera::deserialize(Value::Table(merged)).map_err(|e| vec![sources.type_fault(&e)])?;
        let faults = validate::camera(&camera, file_stem(path));
        if !faults.is_empty() {
            return Err(faults.into_iter().map(|(key, reason)| sources.fault(&key, reason)).collect());
        }
        camera.spell_table = self.spell_table(&camera, &sources).map_err(|fault| vec![fault])?;
        camera.button_table = self.button_table(&camera, &sources).map_err(|fault| vec![fault])?;
        Ok(camera)
    }

    fn merged(&mut self, path: &'a str) -> Result<(Sources<'a>, Table), DataError> {
        let text = &self.files[path];
        let own = parse(path, text)?;
        let name = match own.get("generation") {
            Some(Value::String(name)) => name.clone(),
            Some(_) => return Err(fault_in(path, text, "generation", "must be a name such as \"digic4\"")),
            None => return Err(fault_in(path, text, "generation", "missing")),
        };
        let file = format!("generations/{name}.toml");
        let Some(defaults) = self.files.get(&file) else {
            return Err(fault_in(path, text, "generation", format!("there is no file {file}")));
        };
        let mut merged = match self.generations.get(&name) {
            Some(table) => table.clone(),
            None => self.generations.entry(name).or_insert(parse(&file, defaults)?).clone(),
        };
        merge(&mut merged, own, MERGE_LEVELS);
        Ok((Sources { camera: (path, text), generation: (file, defaults) }, merged))
    }

    fn spell_table(&mut self, camera: &Camera, sources: &Sources<'_>) -> Result<Arc<SpellTable>, DataError> {
        let name = &camera.mpu.spells;
        let load = |file: &str, text: &str| SpellTable::parse(name, file, text);
        table(self.files, &mut self.spells, "mpu", name, load, || sources.fault("mpu.spells", no_table(name)))
    }

    fn button_table(
        &mut self,
        camera: &Camera,
        sources: &Sources<'_>,
    ) -> Result<Arc<ButtonTable>, DataError> {
        let name = &camera.buttons;
        let load = |file: &str, text: &str| ButtonTable::parse(name, file, text);
        table(self.files, &mut self.buttons, "buttons", name, load, || {
            sources.fault("buttons", no_table(name))
        })
    }
}

/// A table by name: parsed once, shared by all cameras that name it.
fn table<T>(
    files: &Files,
    known: &mut BTreeMap<String, Arc<T>>,
    folder: &str,
    name: &str,
    parse: impl FnOnce(&str, &str) -> Result<T, DataError>,
    missing: impl FnOnce() -> DataError,
) -> Result<Arc<T>, DataError> {
    if let Some(table) = known.get(name) {
        return Ok(Arc::clone(table));
    }
    let file = format!("{folder}/{name}.tsv");
    let text = files.get(&file).ok_or_else(missing)?;
    let table = Arc::new(parse(&file, text)?);
    known.insert(name.to_owned(), Arc::clone(&table));
    Ok(table)
}

fn no_table(name: &str) -> String {
    format!("there is no table {name:?}")
}

fn file_stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}

fn parse(file: &str, text: &str) -> Result<Table, DataError> {
    text.parse::<Table>().map_err(|e| DataError {
        file: file.to_owned(),
        line: e.span().map(|span| locate::line_at(text, span.start)),
        key: String::new(),
        reason: e.message().to_owned(),
    })
}

/// How deep tables are merged key by key: `[gpio.registers]` is, one register in it is replaced as a whole.
const MERGE_LEVELS: usize = 2;

/// Lays `over` on `base`: tables key by key down to `levels`, anything else replaced.
fn merge(base: &mut Table, over: Table, levels: usize) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) if levels > 0 => merge(below, above, levels - 1),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn fault_in(file: &str, text: &str, key: &str, reason: impl Into<String>) -> DataError {
    let line = locate::find(text, key).map(|(line, _)| line);
    DataError { file: file.to_owned(), line, key: key.to_owned(), reason: reason.into() }
}

impl Sources<'_> {
    /// A fault of a key, blamed on the file that states the key most fully; the camera's file on a tie.
    fn fault(&self, key: &str, reason: impl Into<String>) -> DataError {
        let (file, text) = self.camera;
        let (default_file, default_text) = (&self.generation.0, self.generation.1);
        let depth = |text| locate::find(text, key).map_or(0, |(_, depth)| depth);
        match depth(default_text) > depth(text) {
            true => fault_in(default_file, default_text, key, reason),
            false => fault_in(file, text, key, reason),
        }
    }

    /// A fault that deserialising found. The message ends with "in `a.b`", the path to the faulty table or
    /// value, and names a missing or unknown key inside it.
    fn type_fault(&self, error: &toml::de::Error) -> DataError {
        let full = error.to_string();
        let reason = error.message();
        let path = full.trim_end().rsplit_once("\nin `").and_then(|(_, rest)| rest.strip_suffix('`'));
        let inner = ["missing field `", "unknown field `"].iter().find_map(|start| {
            let name = reason.strip_prefix(start)?.split_once('`')?.0;
            Some(name)
        });
        let key = [path, inner].into_iter().flatten().collect::<Vec<_>>().join(".");
        if reason.starts_with("missing field") {
            return fault_in(self.camera.0, self.camera.1, &key, "missing");
        }
        self.fault(&key, reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;

    const PATH: &str = "cameras/60D.toml";

    /// The files that the 60D needs, with other text for the camera.
    fn load(text: &str) -> Result<Vec<Camera>, LoadError> {
        let mut needed = files::embedded();
        needed.retain(|path, _| !path.starts_with("cameras/"));
        needed.insert(PATH.to_owned(), text.to_owned());
        cameras(&needed)
    }

    fn text() -> String {
        files::embedded().remove(PATH).expect("there is a 60D")
    }

    #[test]
    fn a_cut_file_is_refused_or_whole_but_never_panics() {
        let whole = text();
        let mut refused = 0;
        for cut in (0..whole.len()).step_by(17) {
            if let Err(error) = load(&whole[..cut]) {
                assert!(error.problems.iter().all(|problem| problem.file == PATH), "{error}");
                refused += 1;
            }
        }
        assert!(refused > whole.len() / 17 / 2, "{refused}");
    }

    #[test]
    fn without_any_one_line_every_fault_names_a_key_or_a_line() {
        let whole = text();
        let lines: Vec<&str> = whole.lines().collect();
        for gone in 0..lines.len() {
            let rest: Vec<&str> =
                lines.iter().enumerate().filter(|(i, _)| *i != gone).map(|(_, l)| *l).collect();
            for problem in load(&rest.join("\n")).err().into_iter().flat_map(|error| error.problems) {
                assert!(!problem.key.is_empty() || problem.line.is_some(), "{}: {problem}", lines[gone]);
            }
        }
    }
}
