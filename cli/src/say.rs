//! Lines on standard output, for people and pipes.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// Prints a line as `println!` does, but a reader that has gone away (`darkroom models | head`) is no reason to panic.
macro_rules! say {
    ($($text:tt)*) => { $crate::say::line(format_args!($($text)*)) };
}

/// Behind [`say!`].
pub(crate) fn line(text: Arguments<'_>) {
    write_line(&mut std::io::stdout().lock(), text);
}

fn write_line(out: &mut impl Write, text: Arguments<'_>) {
    match writeln!(out, "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            eprintln!("darkroom: writing to standard output: {error}");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_left_in_peace() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        drop(reader);
        write_line(&mut writer, format_args!("nobody hears this"));
    }

    #[test]
    fn a_line_ends_with_one_newline() {
        let mut out = Vec::new();
        write_line(&mut out, format_args!("{} MiB", 64));
        assert_eq!(out, b"64 MiB\n");
    }
}
