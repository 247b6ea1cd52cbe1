//! The contact sheet of a batch: a strip per build and scenario, a frame per camera.

use crate::Mark;
use darkroom_protocol::{BuildId, Digest, JobId};

/// One job as a frame of the sheet.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The job.
    pub job: JobId,
    /// Camera.
    pub camera: String,
    /// Build.
    pub build: BuildId,
    /// Its name.
    pub build_name: String,
    /// Scenario.
    pub scenario: String,
    /// Whether it runs on the open firmware.
    pub open_firmware: bool,
    /// State or verdict.
    pub mark: Mark,
    /// Why, unless passed.
    pub reason: Option<String>,
    /// Its last frame.
    pub thumb: Option<Digest>,
}

impl Cell {
    /// Everything that the frame says, for readers who do not see it.
    pub fn label(&self) -> String {
        let reason = self.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let stand_in = if self.open_firmware { ", open firmware" } else { "" };
        format!("{} on {}{stand_in}: {}{}", self.build_name, self.camera, self.mark.word(), reason)
    }
}

/// A strip of the sheet.
#[derive(Debug, Clone)]
pub struct Strip {
    /// Build.
    pub build: BuildId,
    /// Its name.
    pub build_name: String,
    /// Scenario.
    pub scenario: String,
    /// A place per camera of the sheet; `None` where the batch has no such job.
    pub cells: Vec<Option<Cell>>,
}

/// Frames of one strip with the same mark for the same reason; never empty.
#[derive(Debug, Clone)]
pub struct Note<'a> {
    /// The frames.
    pub cells: Vec<&'a Cell>,
}

impl Note<'_> {
    /// The frame that speaks for all.
    pub fn first(&self) -> &Cell {
        self.cells[0]
    }

    fn says_the_same(&self, cell: &Cell) -> bool {
        let first = self.first();
        (first.build, &first.scenario, first.mark, &first.reason)
            == (cell.build, &cell.scenario, cell.mark, &cell.reason)
    }
}

/// Builds × scenarios down, cameras across.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    /// Heads of the columns.
    pub cameras: Vec<String>,
    /// Rows.
    pub strips: Vec<Strip>,
    /// Frames that stand out; the others are dimmed. `None` shows all alike.
    pub filter: Option<Mark>,
}

impl Matrix {
    /// Sorts `cells` into strips. Rows and columns stand in the order in which `cells` first names them.
    pub fn new(cells: Vec<Cell>, filter: Option<Mark>) -> Self {
        let mut matrix = Self { filter, ..Self::default() };
        for cell in &cells {
            if !matrix.cameras.contains(&cell.camera) {
                matrix.cameras.push(cell.camera.clone());
            }
        }
        for cell in cells {
            matrix.place(cell);
        }
        matrix
    }

    fn place(&mut self, cell: Cell) {
        let Some(column) = self.cameras.iter().position(|camera| *camera == cell.camera) else { return };
        let same = |strip: &Strip| strip.build == cell.build && strip.scenario == cell.scenario;
        let row = self.strips.iter().position(same).unwrap_or_else(|| {
            self.strips.push(Strip {
                build: cell.build,
                build_name: cell.build_name.clone(),
                scenario: cell.scenario.clone(),
                cells: vec![None; self.cameras.len()],
            });
            self.strips.len() - 1
        });
        self.strips[row].cells[column] = Some(cell);
    }

    /// How many frames were made on the open firmware.
    pub fn on_open_firmware(&self) -> usize {
        self.strips
            .iter()
            .flat_map(|strip| strip.cells.iter().flatten())
            .filter(|cell| cell.open_firmware)
            .count()
    }

    /// Whether a frame is dimmed by the filter.
    pub fn dims(&self, cell: &Cell) -> bool {
        self.filter.is_some_and(|mark| mark != cell.mark)
    }

    /// What a person should look at (or what the filter asks for). Cameras on which the same build came to the same end
    /// for the same reason share a note.
    pub fn notes(&self) -> Vec<Note<'_>> {
        let mut notes: Vec<Note<'_>> = Vec::new();
        for cell in
            self.strips.iter().flat_map(|strip| strip.cells.iter().flatten()).filter(|cell| self.wants(cell))
        {
            match notes.iter_mut().find(|note| note.says_the_same(cell)) {
                Some(note) => note.cells.push(cell),
                None => notes.push(Note { cells: vec![cell] }),
            }
        }
        notes
    }

    fn wants(&self, cell: &Cell) -> bool {
        match self.filter {
            Some(mark) => cell.mark == mark,
            None => cell.mark.wants_a_look(),
        }
    }

    /// How many jobs bear each mark.
    pub fn counts(&self) -> Vec<(Mark, u64)> {
        let cells = || self.strips.iter().flat_map(|strip| strip.cells.iter().flatten());
        let of = |mark| cells().filter(|cell| cell.mark == mark).count() as u64;
        Mark::all().map(|mark| (mark, of(mark))).filter(|(_, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use darkroom_protocol::verdict::Verdict;

    fn cell(build: BuildId, camera: &str, mark: Mark) -> Cell {
        Cell {
            job: JobId::fresh(),
            camera: camera.to_owned(),
            build,
            build_name: "hello".to_owned(),
            scenario: "boot".to_owned(),
            open_firmware: false,
            mark,
            reason: None,
            thumb: None,
        }
    }

    #[test]
    fn a_hole_stays_a_hole() {
        let (one, two) = (BuildId::fresh(), BuildId::fresh());
        let passed = Mark::Done(Verdict::Passed);
        let cells = vec![cell(one, "60D", passed), cell(one, "5D2", Mark::Queued), cell(two, "5D2", passed)];
        let matrix = Matrix::new(cells, None);
        assert_eq!(matrix.cameras, ["60D", "5D2"]);
        assert_eq!(matrix.strips.len(), 2);
        assert!(matrix.strips[1].cells[0].is_none());
        assert_eq!(matrix.strips[1].cells[1].as_ref().unwrap().camera, "5D2");
        assert_eq!(matrix.counts(), [(passed, 2), (Mark::Queued, 1)]);
    }

    #[test]
    fn notes_are_what_needs_a_look_unless_filtered() {
        let build = BuildId::fresh();
        let failed = Mark::Done(Verdict::Failed);
        let passed = Mark::Done(Verdict::Passed);
        let cells = || vec![cell(build, "60D", passed), cell(build, "5D2", failed)];
        assert_eq!(Matrix::new(cells(), None).notes().len(), 1);
        let filtered = Matrix::new(cells(), Some(passed));
        assert_eq!(filtered.notes()[0].first().camera, "60D");
        assert!(filtered.dims(filtered.strips[0].cells[1].as_ref().unwrap()));
    }

    #[test]
    fn cameras_share_a_note_only_for_the_same_reason() {
        let build = BuildId::fresh();
        let because = |camera, reason: &str| Cell {
            reason: Some(reason.to_owned()),
            ..cell(build, camera, Mark::Done(Verdict::Failed))
        };
        let cells = vec![because("60D", "black"), because("5D2", "black"), because("7D", "green")];
        let matrix = Matrix::new(cells, None);
        let cameras = |note: &Note<'_>| note.cells.iter().map(|cell| cell.camera.clone()).collect::<Vec<_>>();
        assert_eq!(matrix.notes().iter().map(cameras).collect::<Vec<_>>(), [vec!["60D", "5D2"], vec!["7D"]]);
    }
}
