/// Why a document cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("is no whole {kind}: {message}; ask the sender for it again")]
    Corrupt { kind: &'static str, message: String },
    #[error("is a {kind} with a password; give it with the file, or take it in without one")]
    Locked { kind: &'static str },
    #[error("is a {kind} with a password, and not this one")]
    WrongPassword { kind: &'static str },
    #[error("is {format}, which is not read here; {advice}")]
    Foreign { format: &'static str, advice: &'static str },
    #[error("unpacks to more than {limit} bytes; it may be made to fill the memory")]
    Bomb { limit: u64 },
    #[error("is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("has {parts} parts, more than {limit}")]
    TooMany { parts: usize, limit: usize },
}

impl Error {
    /// What went wrong in one word, for programs and for words in another language.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Io(_) => "io",
            Error::Corrupt { .. } => "corrupt",
            Error::Locked { .. } => "locked",
            Error::WrongPassword { .. } => "wrong-password",
            Error::Foreign { .. } => "foreign",
            Error::Bomb { .. } => "bomb",
            Error::TooLarge { .. } | Error::TooMany { .. } => "too-large",
        }
    }

    pub(crate) fn corrupt(kind: &'static str, error: impl ToString) -> Error {
        Error::Corrupt { kind, message: error.to_string() }
    }
}
