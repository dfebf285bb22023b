use std::path::PathBuf;

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// A font is on none of the folders.
    #[error("the font {file} is not in {}; install it (Debian: fonts-noto-core) or name its folder in SAROVAR_FONTS", list(.folders))]
    NoFont { file: &'static str, folders: Vec<PathBuf> },
    /// A file of that name is no font.
    #[error("{} is no font that can be read; install fonts-noto-core again", .0.display())]
    BadFont(PathBuf),
    #[error("papers are in hi or en, not in {0:?}")]
    Language(String),
    /// The data could not be written down for the template.
    #[error("the paper's data: {0}")]
    Data(#[from] serde_json::Error),
    /// The template and the data do not fit; a defect of the program.
    #[error("the paper {template} could not be set: {why}")]
    Typesetting { template: &'static str, why: String },
}

fn list(folders: &[PathBuf]) -> String {
    let all: Vec<String> = folders.iter().map(|f| f.display().to_string()).collect();
    if all.is_empty() { "any folder (none was named)".into() } else { all.join(", ") }
}
