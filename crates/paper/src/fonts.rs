//! Where the letters come from.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use crate::PaperError;

/// Without these no paper is set; the bold ones are used where they are.
const NEEDED: [&str; 2] = ["NotoSansDevanagari-Regular.ttf", "NotoSans-Regular.ttf"];
const WELCOME: [&str; 2] = ["NotoSansDevanagari-Bold.ttf", "NotoSans-Bold.ttf"];
/// How deep a folder is searched.
const DEPTH: usize = 4;

/// The fonts of a paper. Cheap to clone.
#[derive(Clone)]
pub struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fonts({})", self.fonts.len())
    }
}

/// Folders to search: those of `own` (separated as in PATH), then the machine's.
pub fn folders(own: Option<&OsStr>) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = own.map(|list| std::env::split_paths(list).collect()).unwrap_or_default();
    all.extend(["/usr/share/fonts", "/usr/local/share/fonts"].map(PathBuf::from));
    all
}

impl Fonts {
    /// Reads the fonts from the first folder that has each.
    pub fn find(folders: &[PathBuf]) -> Result<Fonts, PaperError> {
        let mut fonts = Vec::new();
        for (file, needed) in NEEDED.iter().map(|f| (*f, true)).chain(WELCOME.iter().map(|f| (*f, false))) {
            match folders.iter().find_map(|folder| search(folder, file, DEPTH)) {
                Some(path) => {
                    let bytes = std::fs::read(&path).map_err(|_| PaperError::BadFont(path.clone()))?;
                    let before = fonts.len();
                    fonts.extend(Font::iter(Bytes::new(bytes)));
                    if fonts.len() == before {
                        return Err(PaperError::BadFont(path));
                    }
                }
                None if needed => return Err(PaperError::NoFont { file, folders: folders.to_vec() }),
                None => {}
            }
        }
        Ok(Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts })
    }
}

fn search(folder: &Path, file: &str, depth: usize) -> Option<PathBuf> {
    let here = folder.join(file);
    if here.is_file() {
        return Some(here);
    }
    let mut below: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect();
    below.sort();
    if depth == 0 { None } else { below.iter().find_map(|b| search(b, file, depth - 1)) }
}
