use serde::{Deserialize, Serialize};

/// Where a fact comes from: one record of one received object under one contract.
///
/// The fields are the system columns every clean and POLE row carries.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Provenance {
    /// Contract name, `system.dataset` (`_source`).
    pub source: String,
    /// SHA-256 of the received bytes, lower-case hex (`_object`).
    pub object: String,
    /// 1-based position of the record in the object as a spreadsheet shows it (`_row`).
    pub row: i64,
    /// Version of the contract that read it (`_contract`).
    pub contract: String,
}

/// The system columns of a clean row, in the order in which they stand after the contract's own columns.
pub const SYSTEM_COLUMNS: [&str; 7] = ["_source", "_object", "_row", "_contract", "_ingested_at", "_key", "_flags"];
