//! Rules about what is written for people: both languages, the changelog, and nothing of the machine it was written on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{Tree, texts};

const CATALOGUES: &str = "crates/pages/locales";

/// Every message exists in Hindi and in English, in files of the same name.
pub(super) fn languages(tree: &Tree) -> Vec<String> {
    let mut messages: BTreeMap<PathBuf, BTreeMap<String, BTreeSet<&str>>> = BTreeMap::new();
    for (path, text) in texts(tree) {
        let Ok(below) = path.strip_prefix(CATALOGUES) else { continue };
        let (Some(language), Some(file)) = (below.parent(), below.file_name()) else {
            continue;
        };
        let ids = text.lines().filter_map(|line| line.split_once(" =")).map(|(id, _)| id);
        let ids = ids.filter(|id| id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-')).collect();
        messages.entry(file.into()).or_default().insert(language.display().to_string(), ids);
    }
    let mut out = Vec::new();
    let none = BTreeSet::new();
    for (file, by_language) in &messages {
        let [hindi, english] = ["hi", "en"].map(|language| by_language.get(language).unwrap_or(&none));
        out.extend(hindi.difference(english).map(|id| format!("{CATALOGUES}/en/{}: {id} is missing", file.display())));
        out.extend(english.difference(hindi).map(|id| format!("{CATALOGUES}/hi/{}: {id} is missing", file.display())));
    }
    out
}

/// The changelog has a heading for the version in Cargo.toml.
pub(super) fn changelog(tree: &Tree) -> Vec<String> {
    let text = |name: &str| tree.get(Path::new(name)).and_then(Option::as_deref);
    let Some(manifest) = text("Cargo.toml").and_then(|t| t.parse::<toml::Table>().ok()) else {
        return Vec::new();
    };
    let version = manifest.get("workspace").and_then(|w| w.get("package")?.get("version")?.as_str());
    let Some(version) = version else {
        return vec!["Cargo.toml states no workspace version".into()];
    };
    let headed = text("CHANGELOG.md")
        .unwrap_or_default()
        .lines()
        .any(|line| line.strip_prefix("## ").is_some_and(|heading| heading.split(' ').next() == Some(version)));
    if headed { Vec::new() } else { vec![format!("CHANGELOG.md has no heading for version {version}")] }
}

/// No file names a folder that exists only on the machine of the one who wrote it.
pub(super) fn machines(tree: &Tree) -> Vec<String> {
    let roots =
        [concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("/ho", "me/"), concat!("/wo", "rk/"), concat!("shared/", "data")];
    let mut out = Vec::new();
    for (path, text) in texts(tree).filter(|(p, _)| !p.ends_with("package-lock.json")) {
        for (i, line) in text.lines().enumerate() {
            let starts = |at: usize| {
                !line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '}' | '-' | '_' | '@'))
            };
            if let Some(root) = roots.iter().find(|root| line.match_indices(**root).any(|(at, _)| starts(at))) {
                out.push(format!("{}:{} names {root}, a folder of one machine", path.display(), i + 1));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        files.iter().map(|(p, t)| (PathBuf::from(p), Some(t.to_string()))).collect()
    }

    #[test]
    fn a_message_in_one_language_is_found() {
        let files = [
            ("crates/pages/locales/hi/a.ftl", "# both\nboth = दोनों\n    .title = x\nonly = एक\n"),
            ("crates/pages/locales/en/a.ftl", "both = both\n"),
            ("crates/pages/locales/en/b.ftl", "alone = alone\n"),
        ];
        let expected = ["crates/pages/locales/en/a.ftl: only is missing", "crates/pages/locales/hi/b.ftl: alone is missing"];
        assert_eq!(languages(&tree(&files)), expected);
        assert!(languages(&tree(&files[..0])).is_empty());
    }

    #[test]
    fn a_version_without_a_heading_is_found() {
        let manifest = ("Cargo.toml", "[workspace.package]\nversion = \"1.2.0\"\n");
        assert_eq!(changelog(&tree(&[manifest, ("CHANGELOG.md", "## 1.2.01\n")])).len(), 1);
        assert!(changelog(&tree(&[manifest, ("CHANGELOG.md", "## 1.2.0 (unreleased)\n")])).is_empty());
        assert_eq!(changelog(&tree(&[("Cargo.toml", "[workspace]\n")])).len(), 1);
    }

    #[test]
    fn a_folder_of_one_machine_is_found() {
        let found = concat!("see /ho", "me/asha/notes");
        assert_eq!(machines(&tree(&[("a.md", found)])).len(), 1);
        let address = concat!("https://example.org/ho", "me/x");
        assert!(machines(&tree(&[("a.md", address)])).is_empty());
    }
}
