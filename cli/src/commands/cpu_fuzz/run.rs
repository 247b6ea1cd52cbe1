//! The cases of a run, on some threads, watched.

use super::case::{Bench, Work};
use super::journal::Journal;
use super::memory::Resident;
use crate::args::CpuFuzz as Arguments;
use crate::exit::Outcome;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// No case takes this long; the slowest host is meant.
const HANGS: Duration = Duration::from_secs(300);
/// What may come on top of the memory held after the first cases: the host's allocator keeps some.
const GROWTH_KIB: u64 = 192 << 10;
/// The part of the time after which memory is measured first.
const WARM_UP: u32 = 4;

struct Run<'a> {
    arguments: &'a Arguments,
    journal: &'a Journal,
    started: Instant,
    next: AtomicU64,
    working: AtomicUsize,
    failures: AtomicU64,
    guests: AtomicU64,
    instructions: AtomicU64,
    /// When each thread began its case, in milliseconds of the run.
    begun: Vec<AtomicU64>,
}

pub(super) fn run(arguments: &Arguments, journal: &Journal) -> anyhow::Result<Outcome> {
    let threads = arguments.threads.max(1);
    let run = Run {
        arguments,
        journal,
        started: Instant::now(),
        next: AtomicU64::new(arguments.first),
        working: AtomicUsize::new(threads),
        failures: AtomicU64::new(0),
        guests: AtomicU64::new(0),
        instructions: AtomicU64::new(0),
        begun: (0..threads).map(|_| AtomicU64::new(0)).collect(),
    };
    let warm = std::thread::scope(|scope| {
        for thread in 0..threads {
            let run = &run;
            scope.spawn(move || run.work(thread));
        }
        run.watch()
    });
    Ok(run.report(warm))
}

impl Run<'_> {
    fn time(&self) -> Duration {
        Duration::from_secs(self.arguments.seconds)
    }

    fn take(&self) -> Option<u64> {
        let case = self.next.fetch_add(1, Ordering::Relaxed);
        let wanted = case - self.arguments.first < self.arguments.cases;
        (wanted && self.started.elapsed() < self.time()).then_some(case)
    }

    fn work(&self, thread: usize) {
        let mut bench = Bench::new(self.arguments.seed);
        while let Some(case) = self.take() {
            self.begun[thread].store(self.started.elapsed().as_millis() as u64, Ordering::Relaxed);
            if let Err(error) = self.journal.note(thread, Some(case)) {
                self.fail(case, &format!("{error:#}"));
            }
            match catch_unwind(AssertUnwindSafe(|| bench.run(case))) {
                Ok(Ok(work)) => self.count(&work),
                Ok(Err(error)) => self.fail(case, &format!("{error:#}")),
                Err(_) => self.fail(case, "panicked"),
            }
            if self.failures.load(Ordering::Relaxed) > 0 {
                // What a panic or a difference left behind is not to be trusted.
                bench = Bench::new(self.arguments.seed);
            }
        }
        // An idle thread must not be blamed.
        let _ = self.journal.note(thread, None);
        self.begun[thread].store(u64::MAX, Ordering::Relaxed);
        self.working.fetch_sub(1, Ordering::Relaxed);
    }

    fn count(&self, work: &Work) {
        self.guests.fetch_add(work.guests, Ordering::Relaxed);
        self.instructions.fetch_add(work.instructions, Ordering::Relaxed);
    }

    fn fail(&self, case: u64, why: &str) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        let seed = self.arguments.seed;
        say!("failed: darkroom cpu-fuzz --seed {seed} --first {case} --cases 1\n{}", why.trim_end());
    }

    /// Waits for the end; gives the memory held when everything had been used once. A case that never ends ends the
    /// process: the parent says which.
    fn watch(&self) -> Resident {
        let mut warm = None;
        while self.working.load(Ordering::Relaxed) > 0 {
            std::thread::sleep(Duration::from_millis(50));
            let now = self.started.elapsed();
            if warm.is_none() && now > self.time() / WARM_UP {
                warm = Some(Resident::measure());
            }
            let hangs = |begun: &AtomicU64| {
                let since = Duration::from_millis(begun.load(Ordering::Relaxed));
                now.saturating_sub(since) > HANGS
            };
            if self.begun.iter().any(hangs) {
                say!("a case takes longer than {} s", HANGS.as_secs());
                std::process::abort();
            }
        }
        warm.unwrap_or_else(Resident::measure)
    }

    fn report(&self, warm: Resident) -> Outcome {
        let held = Resident::measure();
        let cases = self.next.load(Ordering::Relaxed) - self.arguments.first - self.begun.len() as u64;
        let failures = self.failures.load(Ordering::Relaxed);
        say!(
            "{cases} cases, {} guests, {} instructions in {:.0} s, {failures} failed",
            self.guests.load(Ordering::Relaxed),
            self.instructions.load(Ordering::Relaxed),
            self.started.elapsed().as_secs_f64()
        );
        let mib = |kib: u64| kib >> 10;
        say!(
            "memory held: {} MiB early, {} MiB at the end, {} MiB at most",
            mib(warm.now),
            mib(held.now),
            mib(held.most)
        );
        let grew = held.now > warm.now + GROWTH_KIB;
        if grew {
            say!("memory grew");
        }
        if grew || failures > 0 { Outcome::Failed } else { Outcome::Passed }
    }
}
