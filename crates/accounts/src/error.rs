//! What can be wrong with an account, in words for the person who asked.

use store::StoreError;

use crate::password::Weak;
use crate::seal::KeyError;

/// The result of every function on accounts.
pub type Result<T> = std::result::Result<T, AccountError>;

/// A change of accounts that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error(
        "{given:?} cannot be a sign-in name: write 3 to 64 small Latin letters, digits, dots, dashes or underscores, beginning with a letter, such as asha.meena"
    )]
    Login { given: String },
    #[error("the sign-in name {0:?} is kept for the program itself; choose another")]
    Reserved(String),
    #[error("there is already an account {0:?}; sign-in names are never given to somebody else")]
    Taken(String),
    #[error("there is no account {0:?}")]
    Unknown(String),
    #[error("the account {0:?} is closed; open it again first")]
    Closed(String),
    #[error("write the person's name, at most 100 characters, in {0}")]
    Name(&'static str),
    #[error("{0}")]
    Weak(#[from] Weak),
    #[error("the role operator belongs to a lake without accounts and cannot be given")]
    OperatorRole,
    #[error("whoever is {0} can have no other role: accounts are kept, and the log is read, by people who do not work on cases")]
    Alone(&'static str),
    #[error("{0:?} is no clearance: write small Latin letters, digits, dots, colons and dashes, such as order:hc-123-2026")]
    Clearance(String),
    #[error("{0:?} cannot be watched for: write a name, a number or a person's id of 3 to 200 characters")]
    Watched(String),
    #[error("at most {0} names and numbers are watched for")]
    TooManyWatched(usize),
    #[error("there is no unit {0:?}; `sarovar channel unit` adds one, `sarovar user units` takes those of the lake")]
    Unit(String),
    #[error("nobody changes the rights of his own account; another administrator does")]
    Own,
    #[error("this would leave the lake without an administrator; name another one first")]
    LastAdministrator,
    #[error("{name} is {text:?}; use required or optional")]
    Setting { name: &'static str, text: String },
    #[error("a token's name has 1 to 60 characters")]
    TokenName,
    #[error("a token needs a scope and lasts 1 to 366 days")]
    TokenTerms,
    #[error("there is no such session or token in this account, or it has ended")]
    NoSuch,
    #[error("the code is wrong, or was used before; take the one the authenticator shows now")]
    Code,
    #[error("the password is wrong")]
    Password,
    #[error("begin the set-up of the authenticator again")]
    NotEnrolling,
    #[error(transparent)]
    Access(#[from] crate::access::AccessError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the password could not be hashed: {0}")]
    Hashing(String),
    #[error("operational state: {0}")]
    Store(#[from] StoreError),
}
