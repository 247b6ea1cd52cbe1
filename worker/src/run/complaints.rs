//! What the guest itself says is wrong: assertions and overflows on the console, crash logs on the card, a build that was refused.

/// A line on the console that means a crash begins so, behind the name of the task that some print in front.
const CRASH_LINES: [&str; 5] = ["[assert] ", "[fault] ", "[stack] ", "ASSERT:", "ML ASSERT"];
/// Magic Lantern's logs of a crash, in the card's root: `ASSERT00.LOG`, `CRASH00.LOG`.
const CRASH_LOGS: [&str; 2] = ["ASSERT", "CRASH"];
/// Longest line quoted.
const QUOTED: usize = 200;

const ROM: &str = "[ROM] ";
const PROGRAM_STARTED: &str = "[ROM] starting AUTOEXEC.BIN";
const FIRMWARE_STARTED: &str = "Darkroom open firmware";
const ML_STARTED: &str = "Magic Lantern ";

/// The first line that tells of a crash.
pub(super) fn crash_line(log: &str) -> Option<String> {
    let is_crash = |line: &&str| {
        let said =
            line.strip_prefix('[').and_then(|rest| rest.split_once("] ")).map_or(*line, |(_, said)| said);
        CRASH_LINES.iter().any(|sign| line.starts_with(sign) || said.starts_with(sign))
    };
    log.lines().find(is_crash).map(|line| line.trim().chars().take(QUOTED).collect())
}

/// Whether a path on the card is a log of a crash.
pub(super) fn is_crash_log(path: &str) -> bool {
    let upper = path.to_ascii_uppercase();
    let number = CRASH_LOGS
        .iter()
        .find_map(|name| upper.strip_prefix(name))
        .and_then(|rest| rest.strip_suffix(".LOG"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Why a build never came to run, from what boot code and firmware say; `symbols` are the build's symbol files, whose names
/// tell the camera that it was made for.
pub(super) fn refusal(log: &str, symbols: &[String]) -> Option<String> {
    if log.contains(ML_STARTED) {
        return None;
    }
    let Some((_, after)) = log.split_once(PROGRAM_STARTED) else { return boot_refusal(log) };
    let made_for = match symbols {
        [] => String::new(),
        files => format!("; the build brings {}", files.join(", ")),
    };
    if after.contains(FIRMWARE_STARTED) {
        return Some(format!(
            "AUTOEXEC.BIN was started, found itself damaged or not for this camera, and gave the camera back to its firmware: \
             it runs without the build (an upload that was cut off ends so){made_for}"
        ));
    }
    after.trim().is_empty().then(|| {
        format!(
            "AUTOEXEC.BIN was started and stopped before it reached the camera's firmware: builds do so when the firmware is \
             not the one that they were made for, and say it on the screen{made_for}"
        )
    })
}

/// The boot ROM's last line, when it did not come to the program.
fn boot_refusal(log: &str) -> Option<String> {
    let last = log.lines().rfind(|line| line.starts_with(ROM))?;
    let said: Vec<_> = log.lines().filter_map(|line| line.strip_prefix(ROM)).collect();
    let gave_up = said.iter().any(|line| line.contains("cannot start") || line.contains("no AUTOEXEC"));
    let at_firmware = last.contains("starting the firmware");
    (gave_up || at_firmware).then(|| format!("the camera did not start AUTOEXEC.BIN: {}", said.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crashes_are_known_by_their_lines_with_or_without_a_task() {
        assert_eq!(
            crash_line("[x] fine\n[assert] a > b at x.c:3\n").as_deref(),
            Some("[assert] a > b at x.c:3")
        );
        assert!(crash_line("[menu_task] ASSERT: 0\n").is_some());
        let log = "[menu_task] about to assert nothing\n[fault] data abort, task x\n";
        assert!(crash_line(log).is_some_and(|line| line.contains("data abort")));
        assert_eq!(crash_line("[ml_init] no ASSERT: here\n"), None);
    }

    #[test]
    fn crash_logs_are_known_by_their_names() {
        assert!(is_crash_log("ASSERT00.LOG") && is_crash_log("crash12.log"));
        assert!(
            !is_crash_log("ASSERT.LOG")
                && !is_crash_log("ML/LOGS/CRASH00.LOG")
                && !is_crash_log("CRASHED.LOG")
        );
    }

    #[test]
    fn a_refused_build_is_told_by_how_far_it_came() {
        let started = format!("[ROM] x\n{PROGRAM_STARTED}\n");
        let stuck = refusal(&started, &["ML/modules/600D_102.sym".to_owned()]).expect("stuck");
        assert!(stuck.contains("600D_102") && stuck.contains("not the one"), "{stuck}");
        let back = refusal(&format!("{started}[init] {FIRMWARE_STARTED} 1.0\n"), &[]).expect("given back");
        assert!(back.contains("damaged"), "{back}");
        assert_eq!(refusal(&format!("{started}[init] (32:03) {ML_STARTED}x\n"), &[]), None);
        let none = refusal("[ROM] SD card: 1 KiB\n[ROM] no AUTOEXEC.BIN on the card\n", &[]).expect("none");
        assert!(none.contains("no AUTOEXEC.BIN on the card"), "{none}");
        assert_eq!(refusal("", &[]), None);
    }
}
