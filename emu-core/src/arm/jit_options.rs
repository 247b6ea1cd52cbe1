//! How code is generated, and how much was: the same on every host.

/// How code is generated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JitOptions {
    /// Bytes of memory for generated code, at least a megabyte. When they are used up, or as many by tables about the
    /// code, all of it is thrown away and made anew.
    pub code_bytes: usize,
    /// How often the interpreter meets an address before the code there is compiled. At 0, code is compiled at once and
    /// without bounds, whatever that costs; else only as much as what was executed is worth.
    pub threshold: u8,
}

impl Default for JitOptions {
    fn default() -> Self {
        Self { code_bytes: 32 << 20, threshold: 16 }
    }
}

/// What was generated so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct JitStats {
    /// Regions compiled.
    pub regions: u64,
    /// Blocks in them.
    pub blocks: u64,
    /// Guest instructions in them.
    pub instructions: u64,
    /// Bytes of generated code, all told.
    pub bytes: u64,
    /// Bytes in use now.
    pub bytes_in_use: u64,
    /// Bytes of tables about the code in use.
    pub table_bytes: u64,
    /// How often all code was thrown away.
    pub flushes: u64,
    /// Regions thrown away because their code changed.
    pub stale: u64,
    /// Regions that could not be compiled.
    pub refused: u64,
}
