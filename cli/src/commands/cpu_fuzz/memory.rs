//! How much of the host's memory this process holds.

/// Resident memory in KiB, now and at most; zero where the host does not tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Resident {
    pub(super) now: u64,
    pub(super) most: u64,
}

impl Resident {
    pub(super) fn measure() -> Self {
        Self::parse(&std::fs::read_to_string("/proc/self/status").unwrap_or_default())
    }

    fn parse(status: &str) -> Self {
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
        };
        Self { now: field("VmRSS:"), most: field("VmHWM:") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_found() {
        let status = "Name:\tdarkroom\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\n";
        assert_eq!(Resident::parse(status), Resident { now: 10240, most: 20480 });
        assert!(Resident::measure().now > 0);
    }
}
