//! Chores of the workspace. `cargo run -p xtask -- tidy` enforces what STYLE.md says can be counted.

mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some("tidy"), None) => tidy::run(),
        _ => {
            tidy::say("usage: xtask tidy");
            ExitCode::from(2)
        }
    }
}
