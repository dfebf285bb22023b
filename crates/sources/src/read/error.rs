use std::io;

/// Why a whole file cannot be read under a contract. Rows never cause it; they go to quarantine.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("`{name}` is empty (0 bytes); ask the sender for it again")]
    Empty { name: String },
    #[error("`{name}` cannot be read: {source}")]
    Io { name: String, source: io::Error },
    #[error(
        "`{name}` has no header of `{contract}` in its first {looked} records: {} not found; check that it is the right contract (`detect` names it)",
        missing.join(", ")
    )]
    HeaderNotFound { name: String, contract: String, looked: usize, missing: Vec<String> },
    #[error("`{name}` has columns that `{contract}` does not know and refuses: {}; extend the contract", .columns.join(", "))]
    UnknownColumns { name: String, contract: String, columns: Vec<String> },
    #[error("`{contract}` has no format number {variant}; it has {formats}")]
    NoSuchVariant { contract: String, variant: usize, formats: usize },
    #[error("`{name}` is cut off: the compressed data ends too early; ask the sender for it again")]
    Truncated { name: String },
    #[error("`{name}` is not a readable {kind} file: {message}")]
    Corrupt { name: String, kind: &'static str, message: String },
    #[error("record {row} of `{name}` is longer than {limit} bytes; it is not a file of records as the contract describes")]
    TooLong { name: String, row: i64, limit: usize },
    #[error("`{name}` holds no sheet `{sheet}`; it has {}", .present.join(", "))]
    NoSheet { name: String, sheet: String, present: Vec<String> },
    #[error("`{name}` is locked by a password; give it with the file")]
    PasswordNeeded { name: String },
    #[error("the password does not open `{name}`")]
    WrongPassword { name: String },
    #[error("`{member}` points outside its archive `{name}`; nothing of the archive was taken")]
    UnsafePath { name: String, member: String },
    #[error("`{name}` unpacks to more than allowed ({what} over {limit}); nothing further was taken")]
    Bomb { name: String, what: &'static str, limit: u64 },
}

impl ReadError {
    /// What went wrong in one word, for programs and for words in another language.
    pub fn code(&self) -> &'static str {
        match self {
            ReadError::Empty { .. } => "empty",
            ReadError::Io { .. } => "io",
            ReadError::HeaderNotFound { .. } => "no-header",
            ReadError::UnknownColumns { .. } => "unknown-columns",
            ReadError::NoSuchVariant { .. } => "no-variant",
            ReadError::Truncated { .. } => "truncated",
            ReadError::Corrupt { .. } => "corrupt",
            ReadError::TooLong { .. } => "too-long",
            ReadError::NoSheet { .. } => "no-sheet",
            ReadError::PasswordNeeded { .. } => "password-needed",
            ReadError::WrongPassword { .. } => "wrong-password",
            ReadError::UnsafePath { .. } => "unsafe-path",
            ReadError::Bomb { .. } => "bomb",
        }
    }

    pub(crate) fn io(name: &str, source: io::Error) -> ReadError {
        if source.kind() == io::ErrorKind::UnexpectedEof {
            return ReadError::Truncated { name: name.to_owned() };
        }
        ReadError::Io { name: name.to_owned(), source }
    }
}
