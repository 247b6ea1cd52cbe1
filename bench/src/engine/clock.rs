//! Processor time. On a machine with other things to do it says more than the clock on the wall.

use std::process::{Command, Output};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// User and system time used so far by this thread.
pub(super) fn of_this_thread() -> Duration {
    used(UsageWho::RUSAGE_THREAD)
}

/// Runs a program to its end and tells what processor time it took, its own children included. Not for use from several
/// threads at once: they would count each other's.
pub(super) fn run_child(command: &mut Command) -> std::io::Result<(Output, Duration)> {
    let before = used(UsageWho::RUSAGE_CHILDREN);
    let output = command.output()?;
    Ok((output, used(UsageWho::RUSAGE_CHILDREN).saturating_sub(before)))
}

fn used(who: UsageWho) -> Duration {
    // The call has no way to fail for these two.
    getrusage(who).map_or(Duration::ZERO, |usage| duration(usage.user_time()) + duration(usage.system_time()))
}

fn duration(time: TimeVal) -> Duration {
    Duration::from_secs(time.tv_sec().unsigned_abs()) + Duration::from_micros(time.tv_usec().unsigned_abs())
}
