use std::sync::{Arc, OnceLock};

use include_dir::{Dir, include_dir};

use crate::{Contract, ContractError};

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/contracts");

/// The contracts that come with the program, in order of name. A folder with a broken contract is left out here; the
/// tests parse every one with [`embedded`].
pub fn builtin() -> &'static [Arc<Contract>] {
    static ALL: OnceLock<Vec<Arc<Contract>>> = OnceLock::new();
    ALL.get_or_init(|| embedded().into_iter().filter_map(|(_, c)| c.ok().map(Arc::new)).collect())
}

/// Files of facts that come with contracts (police units, sections of law), with their contracts' names, in order of name.
pub fn facts() -> Vec<(&'static Arc<Contract>, &'static str, &'static [u8])> {
    let mut found = Vec::new();
    for contract in builtin() {
        let Some(folder) = FOLDER.get_dir(format!("{}/{}", contract.system, contract.dataset)) else { continue };
        for file in folder.files() {
            let name = file.path().file_name().and_then(|n| n.to_str()).unwrap_or_default();
            if name.ends_with(".csv") && !name.starts_with("sample") {
                found.push((contract, name, file.contents()));
            }
        }
    }
    found
}

/// Every embedded folder (`system/dataset`) with what parsing it gave.
pub fn embedded() -> Vec<(String, Result<Contract, ContractError>)> {
    let mut found = Vec::new();
    for dataset in FOLDER.dirs().flat_map(Dir::dirs) {
        let text = |name: &str| dataset.get_file(dataset.path().join(name)).and_then(|f| f.contents_utf8());
        if let Some(yaml) = text("contract.yaml") {
            let parsed = Contract::parse(yaml, text("mapping.sql").unwrap_or_default());
            found.push((dataset.path().display().to_string(), parsed));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}
