//! What `fsck.fat` says of a card, and what of it a loss of power may leave.

use std::path::Path;
use std::process::Command;

use crate::manifest::Manifest;

/// The lines in which `fsck.fat -n` reports.
pub(crate) struct Findings(Vec<String>);

impl Findings {
    pub(crate) fn of(image: &Path) -> Result<Self, String> {
        let output =
            Command::new("/usr/sbin/fsck.fat").arg("-n").arg(image).env("LC_ALL", "C.UTF-8").output();
        let output = output.map_err(|error| format!("fsck.fat: {error}"))?;
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        Ok(Self(text.lines().map(str::to_owned).collect()))
    }

    /// All lines must be about clusters that nobody owns, about clusters of an open file behind its end, about one copy of the table
    /// that was written before the other, or about a folder that was being moved. How many clusters are free is judged elsewhere.
    pub(crate) fn judge(&self, manifest: &Manifest) -> Result<(), String> {
        let mut subject = "";
        for line in self.0.iter().filter(|line| !line.is_empty()) {
            if let Some(path) = line.strip_prefix('/').filter(|path| !path.contains(" clusters")) {
                subject = path;
            } else if !is_allowed(line.trim_start(), subject, manifest) {
                let all = self.0.join("\n");
                return Err(format!("fsck.fat says of {subject:?}: {line}\nall it says:\n{all}"));
            }
        }
        Ok(())
    }
}

/// Lines that no card can be without, or that announce others, or that a loss of power may leave.
const ALWAYS_ALLOWED: [&str; 9] = [
    "fsck.fat ",
    "Leaving filesystem unchanged",
    "Reclaiming unconnected clusters",
    "Reclaimed ",
    "FATs differ but appear to be intact",
    "Using first FAT",
    "Free cluster summary uninitialized",
    "Free cluster summary wrong",
    "Auto-correcting",
];

fn is_allowed(line: &str, subject: &str, manifest: &Manifest) -> bool {
    let is_tail = line.contains("cluster chain length is > ") || line.starts_with("Truncating file to ");
    let is_parent = line.starts_with("Invalid '..' entry in the second slot");
    ALWAYS_ALLOWED.iter().any(|start| line.starts_with(start))
        || (is_tail && manifest.may_have_tail(subject))
        || (is_parent && manifest.parents_may_be_wrong)
        || (line.contains(" files, ") && line.ends_with(" clusters"))
}
