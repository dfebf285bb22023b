/// Bounds that keep a hostile or broken file from taking the machine, and the clock.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest record in bytes; a longer one is refused (`too_long`) and skipped without being held.
    pub max_record_bytes: usize,
    /// Most bytes that one compressed input may unpack to.
    pub max_unpacked_bytes: u64,
    /// Most bytes out per byte in of a compressed input, looked at once it has unpacked 64 MiB.
    pub max_ratio: u64,
    /// Most files in one archive, inner archives included.
    pub max_members: u64,
    /// How deep archives may lie in archives.
    pub max_depth: usize,
    /// Largest workbook, unpacked: a sheet is held in memory while it is read.
    pub max_sheet_bytes: u64,
    /// Bytes of a delimited, JSON or XML input that make one chunk.
    pub block_bytes: usize,
    /// Now, in UTC microseconds, for `not_future`; none leaves that rule unchecked.
    pub now: Option<i64>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_record_bytes: 16 << 20,
            max_unpacked_bytes: 1 << 40,
            max_ratio: 400,
            max_members: 10_000,
            max_depth: 3,
            max_sheet_bytes: 1 << 30,
            block_bytes: 8 << 20,
            now: None,
        }
    }
}
