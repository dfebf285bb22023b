//! The one reading without masks: for what compares and indexes rows and shows none.

use datafusion::execution::SendableRecordBatchStream;
use governance::{Action, Effect};

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::scan::LakeTable;
use crate::session::Access;

/// A table's state: its version, and its data files by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    pub version: u64,
    pub names: Vec<String>,
}

fn named(table: &str) -> TableName {
    let (area, name) = table.split_once('.').unwrap_or(("pole", table));
    TableName::new(area, name)
}

impl Lake {
    /// The data files of the newest state of a POLE table, or of one of another area (`clean.document_part`); none where the table is not there.
    pub async fn pole_files(&self, table: &str) -> Result<Option<Files>> {
        let Some(opened) = self.open_table(&named(table)).await? else { return Ok(None) };
        let names = opened.files()?.into_iter().map(|f| f.path).collect();
        Ok(Some(Files { version: opened.version(), names }))
    }

    /// The newest rows of one POLE table (or `area.name`) as they are, sealed ones too, with the table's version; of some of its data files where `only` names
    /// them; in the order of files and rows received. None where the table is not there.
    ///
    /// For linkage, which compares and shows nothing, and for the search index, whose caller leaves out what is sealed (`condition`). It needs
    /// the right to maintain the lake. What is shown to somebody is read through a [`crate::Session`] all the same.
    pub async fn unmasked(
        &self,
        access: &Access,
        table: &str,
        only: Option<&[String]>,
        columns: &str,
        condition: &str,
    ) -> Result<Option<(u64, SendableRecordBatchStream)>> {
        let name = named(table);
        let decision = self.decide(access, Action::Maintain, &name)?;
        if decision.effect == Effect::Deny {
            return Err(LakeError::Denied(decision.reason()));
        }
        let Some(opened) = self.open_table(&name).await? else { return Ok(None) };
        let mut rows = LakeTable::new(self.engine(), &opened, &[])?;
        if let Some(only) = only {
            let wanted: std::collections::HashSet<String> =
                only.iter().map(|f| opened.root().join(f).to_string_lossy().into_owned()).collect();
            rows = rows.only(|path| wanted.contains(path));
        }
        let ctx = self.engine().context()?;
        let wrong = |e: datafusion::error::DataFusionError| LakeError::Query(crate::error::cause(&e));
        ctx.register_table("rows", std::sync::Arc::new(rows)).map_err(wrong)?;
        // One file's rows come as they lie; a whole table is put in order, so that what is made of it does not depend on its files.
        let order = if only.is_some() { "" } else { "ORDER BY _source, _object, _row" };
        let frame = ctx.sql(&format!("SELECT {columns} FROM rows WHERE {condition} {order}")).await.map_err(wrong)?;
        Ok(Some((opened.version(), frame.execute_stream().await.map_err(wrong)?)))
    }

    /// The folder of the search index. Nothing in it is needed: it is made again from the lake.
    pub fn index_folder(&self) -> std::path::PathBuf {
        self.home().root().join("index")
    }
}
