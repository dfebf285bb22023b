//! Cargo.lock holds one query engine, one TLS stack, one database layer. cargo-deny says the same where it is installed; this
//! needs nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Tree;

/// Packages of which two versions would mean two of them in one program.
const ONCE: &[&str] = &["datafusion", "arrow", "parquet", "object_store", "deltalake", "rustls", "sqlx", "sea-orm", "tokio"];

/// Optional packages cargo locks because of a weak feature (`name?/feature`) although nothing builds them.
const NEVER_BUILT: &[&str] = &["sea-orm-arrow"];

/// One version of each package of [`ONCE`] can be reached from the workspace.
pub(super) fn engines(tree: &Tree) -> Vec<String> {
    let lock = tree.get(Path::new("Cargo.lock")).and_then(Option::as_deref).unwrap_or_default();
    let versions = reachable(lock);
    let several = ONCE.iter().filter_map(|name| Some((name, versions.get(*name)?))).filter(|(_, found)| found.len() > 1);
    several
        .map(|(name, found)| format!("Cargo.lock has {name} {}", found.iter().cloned().collect::<Vec<_>>().join(" and ")))
        .collect()
}

/// Versions by package name, as far as the workspace's own packages (those without a source) lead.
fn reachable(lock: &str) -> BTreeMap<String, BTreeSet<String>> {
    let Ok(document) = lock.parse::<toml::Table>() else {
        return BTreeMap::new();
    };
    let packages: Vec<&toml::Value> = document.get("package").and_then(|p| p.as_array()).into_iter().flatten().collect();
    let text = |package: &toml::Value, key: &str| package.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_string();
    let mut next: Vec<&toml::Value> = packages.iter().copied().filter(|p| p.get("source").is_none()).collect();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    while let Some(package) = next.pop() {
        let name = text(package, "name");
        if NEVER_BUILT.contains(&name.as_str()) || !found.entry(name).or_default().insert(text(package, "version")) {
            continue;
        }
        let used = package.get("dependencies").and_then(|d| d.as_array()).into_iter().flatten().filter_map(|d| d.as_str());
        for dependency in used {
            // `name`, or `name version` where the lock holds several.
            let mut words = dependency.split(' ');
            let (name, version) = (words.next().unwrap_or_default(), words.next());
            let same = |p: &&toml::Value| text(p, "name") == name && version.is_none_or(|v| text(p, "version") == v);
            next.extend(packages.iter().copied().filter(same));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(text: &str) -> Tree {
        [("Cargo.lock".into(), Some(text.to_string()))].into()
    }

    fn package(name: &str, version: &str, ours: bool, uses: &str) -> String {
        let source = if ours { "" } else { "source = \"registry\"\n" };
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n{source}dependencies = [{uses}]\n")
    }

    #[test]
    fn a_second_engine_is_found() {
        let both = package("arrow", "59.0.0", false, "") + &package("arrow", "60.0.0", false, "");
        let ours = |uses| package("lake", "0.1.0", true, uses) + &both;
        assert_eq!(engines(&lock(&ours("\"arrow 59.0.0\", \"arrow 60.0.0\""))), ["Cargo.lock has arrow 59.0.0 and 60.0.0"]);
        assert!(engines(&lock(&ours("\"arrow 59.0.0\""))).is_empty(), "what nothing reaches is not built");
    }

    #[test]
    fn an_optional_package_that_is_only_locked_does_not_count() {
        let text = package("store", "0.1.0", true, "\"arrow 59.0.0\", \"sea-orm-arrow\"")
            + &package("sea-orm-arrow", "2.0.0", false, "\"arrow 60.0.0\"")
            + &package("arrow", "59.0.0", false, "")
            + &package("arrow", "60.0.0", false, "");
        assert!(engines(&lock(&text)).is_empty());
    }
}
