use std::io::Cursor;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::util::display::array_value_to_string;
use sources::{Contract, Limits, Parsed, ReadError, Reject, Trailer, open};

/// A contract of text columns `name:type[:extra yaml line]…` under one format given as YAML flow text.
pub fn contract(format: &str, columns: &[&str]) -> Arc<Contract> {
    Arc::new(Contract::parse(&yaml(format, columns), "").unwrap())
}

pub fn yaml(format: &str, columns: &[&str]) -> String {
    let mut text = format!(
        "apiVersion: v3.0.2\nkind: DataContract\nid: t\nname: test.rows\nversion: 1.0.0\nstatus: active\n\
         customProperties:\n  - property: formats\n    value: [{format}]\nschema:\n  - name: rows\n    properties:\n"
    );
    for column in columns {
        let mut parts = column.splitn(3, '|');
        let (name, kind) = (parts.next().unwrap(), parts.next().unwrap_or("string"));
        text.push_str(&format!("      - name: {name}\n        physicalType: {kind}\n        classification: open\n"));
        if let Some(extra) = parts.next() {
            text.push_str(&format!("        {extra}\n"));
        }
    }
    text
}

pub struct All {
    pub batch: RecordBatch,
    pub rejects: Vec<Reject>,
    pub rows_in: u64,
    pub trailer: Trailer,
    pub layout: sources::Layout,
}

impl All {
    /// Rows as texts, system columns last; missing values are `∅`.
    pub fn rows(&self) -> Vec<Vec<String>> {
        (0..self.batch.num_rows()).map(|r| row(&self.batch, r)).collect()
    }

    pub fn codes(&self) -> Vec<(i64, Vec<&'static str>)> {
        self.rejects.iter().map(|r| (r.row, r.reasons.iter().map(|x| x.code).collect())).collect()
    }
}

pub fn row(batch: &RecordBatch, r: usize) -> Vec<String> {
    batch.columns().iter().map(|c| if c.is_null(r) { "∅".to_owned() } else { array_value_to_string(c, r).unwrap() }).collect()
}

pub fn read(contract: &Arc<Contract>, name: &str, bytes: impl Into<Vec<u8>>) -> Result<All, ReadError> {
    read_with(contract, name, bytes, &Limits::default())
}

pub fn read_with(contract: &Arc<Contract>, name: &str, bytes: impl Into<Vec<u8>>, limits: &Limits) -> Result<All, ReadError> {
    read_variant(contract, 0, name, bytes, limits)
}

pub fn read_variant(
    contract: &Arc<Contract>,
    variant: usize,
    name: &str,
    bytes: impl Into<Vec<u8>>,
    limits: &Limits,
) -> Result<All, ReadError> {
    let mut reader = open(contract, variant, name, Box::new(Cursor::new(bytes.into())), limits)?;
    let layout = reader.layout().as_ref().clone();
    let (mut batches, mut rejects, mut rows_in) = (Vec::new(), Vec::new(), 0);
    while let Some(chunk) = reader.next()? {
        let parsed: Parsed = chunk.parse();
        assert_eq!(parsed.rows_in, (parsed.batch.num_rows() + parsed.rejects.len()) as u64, "nothing is lost");
        batches.push(parsed.batch);
        rejects.extend(parsed.rejects);
        rows_in += parsed.rows_in;
    }
    let trailer = reader.finish();
    assert_eq!(trailer.rows_in, rows_in);
    let batch = concat_batches(&contract.parsed_schema(), &batches).unwrap();
    Ok(All { batch, rejects, rows_in, trailer, layout })
}
