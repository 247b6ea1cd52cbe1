//! The few calls that need `unsafe`: adopting inherited descriptors, and system calls that must be tried raw.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::fd::{FromRawFd, RawFd};

use libc::c_long;

/// Adopts a descriptor that the parent process handed down.
///
/// # Errors
/// For the standard streams, which belong to the runtime, and for numbers that are not open.
pub(super) fn adopt(fd: RawFd) -> io::Result<File> {
    if fd <= libc::STDERR_FILENO {
        return Err(io::Error::other(format!("descriptor {fd} is no blob")));
    }
    // SAFETY: `fd` came from the parent's manifest, which names each inherited descriptor once; nothing else in this
    // process knows that number, so the `File` is its only owner. A wrong number only makes reads fail.
    Ok(unsafe { File::from_raw_fd(fd) })
}

/// Tries a system call whose arguments are plain numbers. Returns its result or the errno.
fn attempt(call: c_long, args: [usize; 6]) -> io::Result<c_long> {
    let [a, b, c, d, e, f] = args;
    // SAFETY: every caller below passes null pointers or numbers that make the kernel either refuse the call or do
    // something harmless; no memory of this process is handed to the kernel.
    let result = unsafe { libc::syscall(call, a, b, c, d, e, f) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// A system call that a caged process must not be able to make.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forbidden {
    pub(super) name: &'static str,
    call: c_long,
    args: [usize; 6],
}

const ANYWHERE: usize = usize::MAX;
const PAGE: usize = 4096;
const READ_EXEC: usize = (libc::PROT_READ | libc::PROT_EXEC) as usize;
const PRIVATE: usize = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as usize;

const fn forbidden(name: &'static str, call: c_long, args: [usize; 6]) -> Forbidden {
    Forbidden { name, call, args }
}

/// What is tried. Outside the cage each of these either succeeds or fails with another errno than EPERM, or needs a right
/// that a worker never has.
pub(super) const FORBIDDEN: &[Forbidden] = &[
    forbidden("socket", libc::SYS_socket, [libc::AF_INET as usize, libc::SOCK_STREAM as usize, 0, 0, 0, 0]),
    forbidden(
        "unix-socket",
        libc::SYS_socket,
        [libc::AF_UNIX as usize, libc::SOCK_STREAM as usize, 0, 0, 0, 0],
    ),
    forbidden(
        "netlink-socket",
        libc::SYS_socket,
        [libc::AF_NETLINK as usize, libc::SOCK_RAW as usize, 0, 0, 0, 0],
    ),
    forbidden("connect", libc::SYS_connect, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("bind", libc::SYS_bind, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("open", libc::SYS_openat, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("stat", libc::SYS_statx, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("unlink", libc::SYS_unlinkat, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("exec", libc::SYS_execve, [0; 6]),
    forbidden("exec-at", libc::SYS_execveat, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("clone3", libc::SYS_clone3, [0; 6]),
    forbidden("ptrace", libc::SYS_ptrace, [0x7777, 0, 0, 0, 0, 0]),
    forbidden("process-memory", libc::SYS_process_vm_readv, [0; 6]),
    forbidden("kill", libc::SYS_kill, [1, 0, 0, 0, 0, 0]),
    forbidden("pidfd", libc::SYS_pidfd_open, [0; 6]),
    forbidden("unshare", libc::SYS_unshare, [0; 6]),
    forbidden("mount", libc::SYS_mount, [0; 6]),
    forbidden("userfaultfd", libc::SYS_userfaultfd, [0; 6]),
    forbidden("io-uring", libc::SYS_io_uring_setup, [0; 6]),
    forbidden("bpf", libc::SYS_bpf, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("perf", libc::SYS_perf_event_open, [0; 6]),
    forbidden("keyctl", libc::SYS_keyctl, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("memfd", libc::SYS_memfd_create, [0; 6]),
    forbidden("pipe", libc::SYS_pipe2, [0; 6]),
    forbidden("dup", libc::SYS_dup, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("ioctl", libc::SYS_ioctl, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("prctl", libc::SYS_prctl, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("seccomp", libc::SYS_seccomp, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("raise-limits", libc::SYS_prlimit64, [0, libc::RLIMIT_CPU as usize, 0, 0, 0, 0]),
    forbidden("set-user", libc::SYS_setuid, [ANYWHERE, 0, 0, 0, 0, 0]),
    forbidden("executable-memory", libc::SYS_mmap, [0, PAGE, READ_EXEC, PRIVATE, ANYWHERE, 0]),
    forbidden("make-executable", libc::SYS_mprotect, [0, 0, READ_EXEC, 0, 0, 0]),
];

impl Forbidden {
    /// Tries it. `Ok` says what the kernel answered: the cage has a hole.
    pub(super) fn attempt(self) -> io::Result<c_long> {
        attempt(self.call, self.args)
    }
}

/// Tries to start another process. Should it go through, the new process ends at once.
pub(super) fn attempt_fork() -> io::Result<c_long> {
    // SIGCHLD alone makes clone() a plain fork.
    let made = attempt(libc::SYS_clone, [libc::SIGCHLD as usize, 0, 0, 0, 0, 0])?;
    if made == 0 {
        // SAFETY: the copy of the process does nothing but end, without running any destructor or exit handler.
        unsafe { libc::_exit(0) };
    }
    Ok(made)
}
