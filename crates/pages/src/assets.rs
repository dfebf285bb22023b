//! The built assets, embedded in the program: hashed names, brotli beside the plain bytes.
//!
//! `make assets` builds them from `web/`; a program built without them shows plain, unstyled pages
//! with a notice. A hashed URL never changes its content, so it is served as immutable.

/// One built file.
#[derive(Debug)]
pub struct Asset {
    /// The name templates use: `sarovar.css`.
    pub name: &'static str,
    /// The name in the URL, with its content hash: `sarovar.3f2a9c1d.css`.
    pub file: &'static str,
    /// The content.
    pub bytes: &'static [u8],
    /// The content compressed with brotli.
    pub brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/built.rs"));

/// Whether the program carries its assets.
pub fn present() -> bool {
    !BUILT.is_empty()
}

/// All built files.
pub fn all() -> &'static [Asset] {
    BUILT
}

/// The URL of an asset by its plain name; the plain name itself when it was not built.
pub fn url(name: &str) -> String {
    let file = BUILT.iter().find(|asset| asset.name == name).map_or(name, |asset| asset.file);
    format!("/assets/{file}")
}

/// The asset served under a hashed file name.
pub fn find(file: &str) -> Option<&'static Asset> {
    BUILT.iter().find(|asset| asset.file == file)
}

impl Asset {
    /// Its media type, by extension.
    pub fn media_type(&self) -> &'static str {
        match self.file.rsplit('.').next() {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        }
    }
}
