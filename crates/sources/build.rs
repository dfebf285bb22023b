//! `include_dir!` does not tell Cargo what it read: this does, so that a changed contract is embedded again.
#![allow(clippy::print_stdout, reason = "Cargo reads a build script's standard output")]

fn main() {
    println!("cargo:rerun-if-changed=contracts");
}
