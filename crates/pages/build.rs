//! Embeds what `make assets` built, and an empty list when nothing was built: `cargo build` alone must
//! work without Node, and the program then says on every page what is missing.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

fn main() {
    // The folder itself is tracked, so this never names a missing path (which would rebuild every time).
    println!("cargo:rerun-if-changed=assets");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let built = root.join("assets/built");
    let mut list = String::from("pub(crate) static BUILT: &[Asset] = &[\n");
    for (name, file) in manifest(&fs::read_to_string(built.join("manifest.json")).unwrap_or_default()) {
        // Relative to the checkout that compiles: several may share one target folder.
        let bytes = |end: &str| format!("include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/assets/built/{file}{end}\"))");
        let (plain, squeezed) = (bytes(""), bytes(".br"));
        let _ = writeln!(list, "    Asset {{ name: {name:?}, file: {file:?}, bytes: {plain}, brotli: {squeezed} }},");
    }
    list.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("built.rs"), list).expect("the build folder is writable");
}

/// Pairs of a flat JSON object of strings, without a JSON parser: the build script of a leaf crate
/// stays free of dependencies, and we write the manifest ourselves (no escapes in it).
fn manifest(text: &str) -> Vec<(String, String)> {
    let words: Vec<&str> = text.split('"').skip(1).step_by(2).collect();
    words.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
}
