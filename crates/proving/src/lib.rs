//! What tests of several crates stand on: real services, no stand-in where the real thing can be had; and a photograph whose facts are known.
//!
//! A service that is not installed is no failure: what starts it gives nothing, and the test says that it was passed over.

mod mariadb;
mod moto;
mod photograph;
mod postgres;
mod program;
mod sftp;

pub use mariadb::MariaDb;
pub use moto::Moto;
pub use photograph::photograph;
pub use postgres::Postgres;
pub use program::{Program, free_port};
pub use sftp::Sftp;
