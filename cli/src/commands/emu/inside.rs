//! What ran in the camera, for people.

use darkroom_protocol::report::{GuestInside, TaskInfo};

/// A task whose stack is fuller than this, in percent, is pointed out.
const FULL: u64 = 80;

/// Prints version, memory, tasks, modules and missing calls, as far as they are known.
pub(super) fn print(inside: &GuestInside) {
    if let Some(version) = &inside.ml_version {
        say!("Magic Lantern: {version}");
    }
    for heap in &inside.heaps {
        let refused =
            if heap.failures > 0 { format!(", {} requests refused", heap.failures) } else { String::new() };
        say!("memory: {}: {} of {} bytes used{refused}", heap.name, heap.used, heap.total);
    }
    if !inside.tasks.is_empty() {
        say!("tasks: {}", inside.tasks.len());
        inside.tasks.iter().for_each(print_task);
    }
    for module in &inside.modules {
        say!("module: {}: {}", module.name, module.status);
    }
    for call in &inside.missing_calls {
        say!("missing call: {} from {:08X}, {} times", call.name, call.caller, call.count);
    }
}

fn print_task(task: &TaskInfo) {
    let full = u64::from(task.stack_used) * 100 > u64::from(task.stack_bytes) * FULL;
    let mark = if full { "  nearly full" } else { "" };
    let TaskInfo { name, priority, stack_used, stack_bytes, state, .. } = task;
    say!("  {name:<20} priority {priority:02X}  stack {stack_used:>6} of {stack_bytes:>6}  {state}{mark}");
}
