//! House rules, each a function from the tree to complaints. A rule that cannot fail is no rule: see the tests.

mod lock;
mod wording;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Tracked files: path from the root, and text (none for binary files).
type Tree = BTreeMap<PathBuf, Option<String>>;
type Rule = fn(&Tree) -> Vec<String>;

const RULES: &[(&str, Rule)] = &[
    ("files stay small", lengths),
    ("names say something", names),
    ("crates depend downwards only", directions),
    ("one of each engine", lock::engines),
    ("a crate opens with its key decision", essays),
    ("nothing is left to do", leftovers),
    ("links lead somewhere", links),
    ("a contract folder is whole", contracts),
    ("both languages say everything", wording::languages),
    ("the changelog knows the version", wording::changelog),
    ("nothing names one machine", wording::machines),
];

/// No source file may have more lines.
const MOST_LINES: usize = 800;
/// And nine of ten must not have more than this.
const USUAL_LINES: usize = 400;

/// Which crates each crate may use, as in ARCHITECTURE.md.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("lipi", &[]),
    ("document", &["lipi"]),
    ("sources", &["model", "lipi"]),
    ("governance", &["model"]),
    ("store", &["model"]),
    ("ledger", &["governance"]),
    ("accounts", &["model", "governance", "store"]),
    ("finder", &["model", "governance", "identity"]),
    ("paper", &[]),
    ("lake", &["model", "lipi", "sources", "governance", "store", "ledger"]),
    ("identity", &["model"]),
    ("ways", &["model", "sources", "governance", "store", "lake", "document"]),
    ("dossier", &["model", "lipi", "sources", "governance", "store", "lake", "identity", "finder"]),
    ("social", &["model", "governance", "store"]),
    ("standin", &[]),
    ("pages", &["model"]),
    ("synthetic", &["model"]),
    (
        "server",
        &[
            "model",
            "lipi",
            "sources",
            "governance",
            "store",
            "ledger",
            "accounts",
            "finder",
            "paper",
            "lake",
            "identity",
            "dossier",
            "social",
            "pages",
            "ways",
        ],
    ),
    (
        "cli",
        &[
            "model",
            "lipi",
            "sources",
            "governance",
            "store",
            "ledger",
            "accounts",
            "finder",
            "paper",
            "lake",
            "identity",
            "dossier",
            "social",
            "standin",
            "pages",
            "synthetic",
            "ways",
            "server",
        ],
    ),
    ("xtask", &[]),
    ("proving", &[]),
];

pub fn say(text: &str) {
    // A closed stderr is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{text}");
}

pub fn run() -> ExitCode {
    let tree = match tree(Path::new(".")) {
        Ok(tree) => tree,
        Err(e) => {
            say(&format!("tidy: {e}"));
            return ExitCode::from(1);
        }
    };
    let mut complaints = 0;
    for (name, rule) in RULES {
        for complaint in rule(&tree) {
            say(&format!("tidy: {name}: {complaint}"));
            complaints += 1;
        }
    }
    say(&format!("tidy: {} rules, {} files, {complaints} complaints", RULES.len(), tree.len()));
    if complaints == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// The files git tracks.
fn tree(root: &Path) -> Result<Tree, String> {
    let out = std::process::Command::new("git").args(["ls-files", "-z"]).current_dir(root).output().map_err(|e| e.to_string())?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned());
    }
    let mut tree = Tree::new();
    for name in String::from_utf8_lossy(&out.stdout).split('\0').filter(|n| !n.is_empty()) {
        let bytes = match std::fs::read(root.join(name)) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue, // deleted, not yet committed
            Err(e) => return Err(format!("{name}: {e}")),
        };
        tree.insert(name.into(), String::from_utf8(bytes).ok());
    }
    Ok(tree)
}

fn source(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "rs" || e == "ts")
}

fn texts(tree: &Tree) -> impl Iterator<Item = (&PathBuf, &str)> {
    tree.iter().filter_map(|(p, t)| t.as_deref().map(|t| (p, t)))
}

fn lengths(tree: &Tree) -> Vec<String> {
    let sizes: Vec<(&PathBuf, usize)> = texts(tree).filter(|(p, _)| source(p)).map(|(p, t)| (p, t.lines().count())).collect();
    let mut out: Vec<String> = sizes
        .iter()
        .filter(|(_, n)| *n > MOST_LINES)
        .map(|(p, n)| format!("{} has {n} lines, at most {MOST_LINES}", p.display()))
        .collect();
    let long = sizes.iter().filter(|(_, n)| *n > USUAL_LINES).count();
    if long * 10 > sizes.len() {
        out.push(format!("{long} of {} source files have more than {USUAL_LINES} lines; at most one in ten may", sizes.len()));
    }
    out
}

fn names(tree: &Tree) -> Vec<String> {
    let banned = ["mod", "utils", "util", "common", "helpers", "helper", "manager", "types", "misc"];
    tree.keys()
        .filter(|p| source(p))
        .filter(|p| {
            let stem = p.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            let folder = p.parent().and_then(Path::file_name).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            banned.contains(&stem.as_str()) || banned.contains(&folder.as_str())
        })
        .map(|p| format!("{} is named for nothing in particular", p.display()))
        .collect()
}

/// Package name and the workspace crates a manifest uses outside tests.
fn uses(manifest: &str) -> Option<(String, Vec<String>)> {
    let doc: toml::Table = manifest.parse().ok()?;
    let name = doc.get("package")?.get("name")?.as_str()?.to_string();
    let known = |n: &String| MAY_USE.iter().any(|(c, _)| c == n);
    let used = ["dependencies", "build-dependencies"]
        .iter()
        .filter_map(|k| doc.get(*k).and_then(|d| d.as_table()))
        .flat_map(|t| t.keys().cloned())
        .filter(known)
        .collect();
    Some((name, used))
}

fn directions(tree: &Tree) -> Vec<String> {
    let mut out = Vec::new();
    for (path, text) in texts(tree).filter(|(p, _)| p.ends_with("Cargo.toml") && p.components().count() > 1) {
        let Some((name, used)) = uses(text) else { continue };
        let Some((_, allowed)) = MAY_USE.iter().find(|(c, _)| *c == name) else {
            out.push(format!(
                "{}: crate {name} has no place in the order; add it to MAY_USE and ARCHITECTURE.md",
                path.display()
            ));
            continue;
        };
        for other in used.iter().filter(|u| !allowed.contains(&u.as_str())) {
            out.push(format!("{name} uses {other}, which is not below it"));
        }
    }
    out
}

fn essays(tree: &Tree) -> Vec<String> {
    let mut out = Vec::new();
    for (path, text) in texts(tree) {
        let crate_root = path.ends_with("src/lib.rs") || path.ends_with("src/main.rs");
        if crate_root && text.lines().take_while(|l| l.starts_with("//!")).map(|l| l.len()).sum::<usize>() < 80 {
            out.push(format!("{} does not say what the crate decides", path.display()));
        }
        if path.ends_with("Cargo.toml") && text.contains("[lib]") && !text.contains("doctest = false") {
            out.push(format!("{} does not set doctest = false", path.display()));
        }
    }
    out
}

fn leftovers(tree: &Tree) -> Vec<String> {
    let words =
        [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("dbg", "!("), concat!("FIX", "ME"), concat!("XX", "X:")];
    let mut out = Vec::new();
    for (path, text) in texts(tree).filter(|(p, _)| source(p)) {
        for (i, line) in text.lines().enumerate() {
            if let Some(word) = words.iter().find(|w| line.contains(*w)) {
                out.push(format!("{}:{} has {word}", path.display(), i + 1));
            }
        }
    }
    out
}

fn links(tree: &Tree) -> Vec<String> {
    let mut out = Vec::new();
    for (path, text) in texts(tree).filter(|(p, _)| p.extension().is_some_and(|e| e == "md")) {
        for piece in text.split("](").skip(1) {
            let target = piece.split([')', ' ', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let mut full = PathBuf::new();
            for part in path.parent().unwrap_or(Path::new("")).join(target).components() {
                match part {
                    std::path::Component::ParentDir => {
                        full.pop();
                    }
                    std::path::Component::Normal(p) => full.push(p),
                    _ => {}
                }
            }
            if !tree.keys().any(|k| k.starts_with(&full)) {
                out.push(format!("{} links to {target}, which is not there", path.display()));
            }
        }
    }
    out
}

fn contracts(tree: &Tree) -> Vec<String> {
    let root = Path::new("crates/sources/contracts");
    let mut folders: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for path in tree.keys().filter_map(|p| p.strip_prefix(root).ok()) {
        let parts: Vec<String> = path.iter().map(|p| p.to_string_lossy().into_owned()).collect();
        if let [system, dataset, rest @ ..] = parts.as_slice()
            && !rest.is_empty()
        {
            folders.entry(Path::new(system).join(dataset)).or_default().push(rest.join("/"));
        }
    }
    let mut out = Vec::new();
    for (folder, files) in folders {
        for (what, found) in [
            ("contract.yaml", files.iter().any(|f| f == "contract.yaml")),
            ("mapping.sql", files.iter().any(|f| f == "mapping.sql")),
            ("a sample", files.iter().any(|f| f.starts_with("sample"))),
            ("golden accepted rows", files.iter().any(|f| f.starts_with("golden/") && f.ends_with(".accepted.csv"))),
        ] {
            if !found {
                out.push(format!("{} has no {what}", folder.display()));
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
    fn a_long_file_is_found() {
        let long = "x\n".repeat(MOST_LINES + 1);
        assert_eq!(lengths(&tree(&[("a.rs", &long)])).len(), 2);
        assert!(lengths(&tree(&[("a.rs", "fn a() {}\n")])).is_empty());
    }

    #[test]
    fn empty_names_are_found() {
        assert_eq!(names(&tree(&[("crates/x/src/utils.rs", ""), ("crates/x/src/helpers/a.rs", ""), ("b/mod.rs", "")])).len(), 3);
        assert!(names(&tree(&[("crates/x/src/plate.rs", "")])).is_empty());
    }

    #[test]
    fn an_upward_dependency_is_found() {
        let up = "[package]\nname = \"model\"\n[dependencies]\nlake.workspace = true\n";
        assert_eq!(directions(&tree(&[("crates/model/Cargo.toml", up)])), ["model uses lake, which is not below it"]);
        let down = "[package]\nname = \"lake\"\n[dependencies]\nmodel.workspace = true\n";
        assert!(directions(&tree(&[("crates/lake/Cargo.toml", down)])).is_empty());
        let new = "[package]\nname = \"novelty\"\n";
        assert_eq!(directions(&tree(&[("crates/novelty/Cargo.toml", new)])).len(), 1);
    }

    #[test]
    fn a_silent_crate_is_found() {
        assert_eq!(essays(&tree(&[("crates/x/src/lib.rs", "//! x\n")])).len(), 1);
        assert_eq!(essays(&tree(&[("crates/x/Cargo.toml", "[lib]\n")])).len(), 1);
    }

    #[test]
    fn leftovers_are_found() {
        let text = format!("fn a() {{ {}) }}", concat!("to", "do!("));
        assert_eq!(leftovers(&tree(&[("a.rs", &text)])).len(), 1);
    }

    #[test]
    fn dead_links_are_found() {
        let docs = [("docs/a.md", "[b](b.md) [up](../README.md#x) [web](https://example.org)"), ("README.md", "")];
        assert_eq!(links(&tree(&docs)), ["docs/a.md links to b.md, which is not there"]);
    }

    #[test]
    fn a_partial_contract_is_found() {
        let files = [("crates/sources/contracts/a/b/contract.yaml", "")];
        assert_eq!(contracts(&tree(&files)).len(), 3);
    }
}
