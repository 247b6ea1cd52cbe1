//! The seccomp allow-list. What is not listed fails with EPERM.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BackendError, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use super::SandboxError;

/// Calls allowed whatever their arguments.
const ALLOWED: [c_long; 25] = [
    // The descriptors that were handed in, and the pipe out.
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_close,
    // Memory.
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    // Time, and waiting inside the process.
    libc::SYS_clock_gettime,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_restart_syscall,
    // Seeds of hash maps.
    libc::SYS_getrandom,
    // Own signal handlers: the stack guard of the Rust runtime, abort().
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_getpid,
    libc::SYS_gettid,
    // Looking at an open descriptor.
    libc::SYS_fstat,
    // The end.
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Loads the filter for the calling thread and everything it may ever start (which is nothing).
pub(super) fn load() -> Result<(), SandboxError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    rules.insert(libc::SYS_mmap, vec![not_executable()?]);
    rules.insert(libc::SYS_mprotect, vec![not_executable()?]);
    // abort() raises a signal at the process itself.
    rules.insert(libc::SYS_tgkill, vec![to_self()?]);
    let arch = std::env::consts::ARCH.try_into()?;
    let refused = SeccompAction::Errno(u32::try_from(libc::EPERM).unwrap_or(1));
    let filter = SeccompFilter::new(rules, refused, SeccompAction::Allow, arch)?;
    let program: seccompiler::BpfProgram = filter.try_into()?;
    Ok(seccompiler::apply_filter(&program)?)
}

/// The third argument of mmap and mprotect has no PROT_EXEC.
fn not_executable() -> Result<SeccompRule, BackendError> {
    let exec = u64::from(libc::PROT_EXEC.unsigned_abs());
    SeccompRule::new(vec![SeccompCondition::new(
        2,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::MaskedEq(exec),
        0,
    )?])
}

fn to_self() -> Result<SeccompRule, BackendError> {
    let own = u64::from(std::process::id());
    SeccompRule::new(vec![SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, own)?])
}
