//! The tables of the open firmware say the same of each camera's start-up as the models do, and its buttons are buttons that
//! the camera's MPU sends.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use darkroom_models::{Camera, Catalog, Press};

/// Events that the firmware itself knows by name, by what is written on the button.
const NAMED_EVENTS: [(&str, &str); 7] = [
    ("MENU", "event_menu"),
    ("PLAY", "event_play"),
    ("INFO", "event_info"),
    ("UP", "event_up"),
    ("DOWN", "event_down"),
    ("LEFT", "event_left"),
    ("RIGHT", "event_right"),
];

/// One table: lines by kind and name.
struct Table {
    file: String,
    lines: BTreeMap<(String, String), String>,
}

impl Table {
    fn read(path: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(path)?;
        let cells = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            assert!(cells.len() >= 3, "{}: {line:?} has no three cells", path.display());
            ((cells[0].to_owned(), cells[1].to_owned()), cells[2].to_owned())
        });
        let mut lines = BTreeMap::new();
        for (key, number) in cells {
            let before = lines.insert(key.clone(), number);
            assert_eq!(before, None, "{}: {key:?} stands twice", path.display());
        }
        Ok(Self { file: path.display().to_string(), lines })
    }

    fn text(&self, kind: &str, name: &str) -> &str {
        let key = (kind.to_owned(), name.to_owned());
        self.lines.get(&key).unwrap_or_else(|| panic!("{} has no line {kind} {name}", self.file))
    }

    fn number(&self, kind: &str, name: &str) -> u32 {
        let text = self.text(kind, name);
        u32::from_str_radix(text, 16).unwrap_or_else(|_| panic!("{}: {name} is {text:?}", self.file))
    }

    /// The event that the GUI task gets for a code; none where the button does nothing.
    fn event_of(&self, code: u32) -> Option<&str> {
        self.lines.get(&("button".to_owned(), format!("{code:04X}"))).map(String::as_str)
    }

    fn buttons(&self) -> impl Iterator<Item = u32> {
        self.lines.keys().filter(|(kind, _)| kind == "button").map(|(_, code)| {
            u32::from_str_radix(code, 16).unwrap_or_else(|_| panic!("{}: button {code:?}", self.file))
        })
    }
}

/// `MODEL.VERSION.tsv`, without the tables that a generation shares.
fn tables() -> Vec<Table> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware/dryos/cameras");
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the firmware's tables are in this repository")
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().matches('.').count() == 2))
        .collect();
    paths.sort();
    paths.iter().map(|path| Table::read(path).expect("readable")).collect()
}

fn camera_of(table: &Table) -> &'static Camera {
    let model = table.text("text", "model");
    Catalog::builtin().get(model).unwrap_or_else(|_| panic!("{}: no camera {model}", table.file))
}

#[test]
fn start_up_is_where_the_models_say() {
    let tables = tables();
    assert_eq!(tables.len(), 15);
    for table in &tables {
        let version = table.text("text", "version");
        let firmware = camera_of(table).firmware.iter().find(|(known, _)| known.as_str() == version);
        let (_, firmware) = firmware.unwrap_or_else(|| panic!("{}: no firmware {version}", table.file));
        let ml = firmware.ml.as_ref().expect("a version that ML is built for");
        let same = [
            ("value", "rom_base", ml.rom_base.0),
            ("value", "signature", ml.signature),
            ("value", "init_wait_base", ml.init_wait_base.0),
            ("start", "clear_call", ml.clear_call.0),
            ("start", "create_call", ml.create_task_call.0),
            ("start", "pool_literal", ml.pool_literal.0),
            ("start", "init_literal", ml.init_literal.0),
        ];
        for (kind, name, expected) in same {
            assert_eq!(table.number(kind, name), expected, "{}: {name}", table.file);
        }
        let form = format!("{:?}", ml.boot_form).to_lowercase();
        assert_eq!(table.text("text", "boot_form"), form, "{}", table.file);
    }
}

/// What a press or a release sends, unless it is more than one switch.
fn code(press: &Option<Press>) -> Option<u32> {
    match press {
        Some(Press::Switch { code, .. }) => Some(u32::from(code.switch) << 8 | u32::from(code.position)),
        _ => None,
    }
}

/// Every code that a press or a release of the camera sends.
fn codes(camera: &Camera) -> Vec<u32> {
    let presses = camera.button_table().rows.iter().flat_map(|row| [&row.press, &row.release]);
    presses.filter_map(code).collect()
}

#[test]
fn buttons_are_ones_that_the_mpu_sends() {
    for table in &tables() {
        let known = codes(camera_of(table));
        let listed: Vec<u32> = table.buttons().collect();
        assert!(listed.len() > 15, "{}: {} buttons", table.file, listed.len());
        for code in listed {
            assert!(known.contains(&code), "{}: no switch {code:04X}", table.file);
        }
    }
}

/// The buttons that the shipped scenarios press, by what is written on them.
fn pressed_labels() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/scenarios");
    let files = fs::read_dir(&folder).expect("the scenarios are in this repository");
    let texts = files.map(|file| fs::read_to_string(file.expect("a folder entry").path()).expect("text"));
    let label = |line: &str| Some(line.strip_prefix("key = \"")?.strip_suffix('"')?.to_owned());
    texts.flat_map(|text| text.lines().filter_map(label).collect::<Vec<_>>()).collect()
}

#[test]
fn every_button_that_shipped_scenarios_press_is_heard_on_every_camera() {
    let labels = pressed_labels();
    assert!(labels.contains("TRASH") && labels.len() > 4, "{labels:?}");
    for table in &tables() {
        let mut events = BTreeMap::new();
        for label in &labels {
            let row = camera_of(table).button_table().by_label(label);
            let row = row.unwrap_or_else(|| panic!("{}: no button {label}", table.file));
            let code = code(&row.press).unwrap_or_else(|| panic!("{}: {label} sends no switch", table.file));
            let event = table.event_of(code);
            let event = event.unwrap_or_else(|| panic!("{}: {label}, {code:04X}, is no event", table.file));
            let other = events.insert(event, label);
            assert_eq!(other, None, "{}: {label} is the same event as another button", table.file);
        }
        for (label, name) in NAMED_EVENTS.iter().filter(|(label, _)| labels.contains(*label)) {
            let named = table.text("value", name);
            assert_eq!(events.get(named), Some(&&(*label).to_owned()), "{}: {name}", table.file);
        }
    }
}
