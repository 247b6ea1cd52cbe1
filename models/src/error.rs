//! What can be wrong with the data, said with file, place, key and reason.

use std::fmt;

/// One fault in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    /// The file, as a path inside the data folder: `cameras/60D.toml`.
    pub file: String,
    /// Line, counted from 1, when the fault has a place in the file.
    pub line: Option<usize>,
    /// Dotted path of the key, such as `memory.rom1.size`; empty when the whole file is meant.
    pub key: String,
    /// What is wrong.
    pub reason: String,
}

impl DataError {
    /// A fault of a whole file.
    pub(crate) fn of_file(file: &str, reason: impl fmt::Display) -> Self {
        DataError { file: file.to_owned(), line: None, key: String::new(), reason: reason.to_string() }
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for DataError {}

/// All faults found while loading a catalogue, in file order; never empty.
#[derive(Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The faults.
    pub problems: Vec<DataError>,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadError {}

impl From<DataError> for LoadError {
    fn from(problem: DataError) -> Self {
        LoadError { problems: vec![problem] }
    }
}
