//! One run of the torture program: it stops at each loss of power until the card has been judged.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::checker::Findings;
use crate::manifest::{Manifest, Tree};
use crate::program::{Card, Program};
use crate::table;

struct Torture {
    child: Child,
    answers: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Torture {
    fn start(program: &Program, image: &Path, seed: u64, steps: u64, cuts: u32) -> Self {
        let mut command = program.command();
        command.arg(image).arg("torture").args([seed.to_string(), steps.to_string(), cuts.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program was just built");
        let answers = child.stdin.take().expect("it was asked for");
        let output = BufReader::new(child.stdout.take().expect("it was asked for"));
        Self { child, answers, output }
    }

    /// The next loss of power; none when the program ended.
    fn next(&mut self) -> Option<Manifest> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).expect("its output is text") == 0 {
                return None;
            }
            match line.trim_end_matches('\n') {
                "end" => return Some(Manifest::parse(&lines)),
                line => lines.push(line.to_owned()),
            }
        }
    }
}

/// Judges every loss of power of a run; gives their number, or what is wrong.
pub(crate) fn run(
    program: &Program,
    folder: &Path,
    card: &Card,
    seed: u64,
    steps: u64,
    cuts: u32,
) -> Result<u64, String> {
    let image = folder.join("card.img");
    card.format(&image);
    let mut torture = Torture::start(program, &image, seed, steps, cuts);
    let (mut losses, mut ended) = (0, false);
    while let Some(manifest) = torture.next() {
        if let Err(trouble) = judge(&image, folder, &manifest) {
            let _ = torture.child.kill();
            return Err(format!("{}: {trouble}", manifest.title));
        }
        losses += 1;
        ended = manifest.title == "done";
        torture.answers.write_all(b"ok\n").expect("it waits for an answer");
    }
    let status = torture.child.wait().expect("it was started");
    if !status.success() || !ended {
        return Err(format!("the program ended with {status}; its last words are above"));
    }
    Ok(losses - 1)
}

fn judge(image: &Path, folder: &Path, manifest: &Manifest) -> Result<(), String> {
    Findings::of(image)?.judge(manifest)?;
    table::judge(image, manifest.losses)?;
    let tree = Tree::extract(image, &folder.join("tree"))?;
    manifest.compare(&tree)
}
