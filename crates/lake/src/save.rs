//! Keeping a contract that was written here, never over another one by accident.

use std::sync::Arc;

use sources::Contract;

use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::{Lake, read_contract};

impl Lake {
    /// Version of the operator's own contract of a name; empty where it cannot be read.
    pub fn kept_version(&self, name: &str) -> Option<String> {
        let (system, dataset) = name.split_once('.')?;
        let path = self.home().root().join("contracts").join(system).join(dataset).join("contract.yaml");
        path.exists().then(|| read_contract(&path).map(|c| c.version).unwrap_or_default())
    }

    /// Keeps a new contract of the operator's own. One that is there already is replaced only where `replace` says so and the version is
    /// another; a contract that came with the program never is. Gives the version that was replaced.
    pub async fn save_contract(&self, contract: &Arc<Contract>, replace: bool) -> Result<Option<String>> {
        let taken = |why: String| LakeError::Taken { name: contract.name.clone(), why };
        // A mapping that cannot run would stop the first file.
        self.plan_mapping(contract).await?;
        let table = TableName::clean(&contract.name);
        let _lock = self.home().write_lock(&table).await?;
        if sources::builtin().iter().any(|c| c.name == contract.name) {
            return Err(taken("it came with the program; choose another name".into()));
        }
        let before = self.kept_version(&contract.name);
        if let Some(version) = &before {
            if !replace {
                return Err(taken(format!(
                    "version {version} of it is kept here; choose another name, or say that it is to be replaced"
                )));
            }
            if *version == contract.version {
                return Err(taken(format!(
                    "version {version} of it is kept here, and rows name the version they were read under; give the new one another"
                )));
            }
        }
        // `a.b_c` and `a_b.c` would share a table.
        let same = |c: &&Arc<Contract>| TableName::clean(&c.name) == table && (c.name != contract.name || before.is_none());
        if let Some(other) = self.contracts().iter().find(same) {
            return Err(taken(format!("the contract {} has the table {table}; choose another name", other.name)));
        }
        self.keep_contract(contract)?;
        Ok(before)
    }
}
