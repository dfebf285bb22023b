//! The ODCS v3 document as YAML says it, before anything is checked.

use serde::Deserialize;
use serde_norway::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub api_version: Option<String>,
    pub kind: Option<String>,
    pub id: Option<String>,
    pub name: Option<String>,
    pub version: Option<Value>,
    pub status: Option<String>,
    pub domain: Option<String>,
    #[serde(default)]
    pub description: Description,
    #[serde(default)]
    pub sla_properties: Vec<Sla>,
    #[serde(default)]
    pub schema: Vec<Object>,
    #[serde(default)]
    pub custom_properties: Vec<Custom>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Description {
    #[serde(default)]
    pub purpose: String,
    #[serde(default)]
    pub usage: String,
    #[serde(default)]
    pub limitations: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Sla {
    pub property: String,
    pub value: Value,
    #[serde(default)]
    pub unit: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Custom {
    pub property: String,
    #[serde(default)]
    pub value: Value,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Object {
    #[serde(default)]
    pub properties: Vec<Property>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Property {
    pub name: Option<String>,
    pub logical_type: Option<String>,
    pub physical_type: Option<String>,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub primary_key: bool,
    pub primary_key_position: Option<i64>,
    pub classification: Option<String>,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub logical_type_options: LogicalTypeOptions,
    #[serde(default)]
    pub quality: Vec<Quality>,
    #[serde(default)]
    pub custom_properties: Vec<Custom>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalTypeOptions {
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,
    pub pattern: Option<String>,
    pub minimum: Option<Value>,
    pub maximum: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Quality {
    #[serde(rename = "type", default)]
    pub kind: String,
    #[serde(default)]
    pub engine: String,
    #[serde(default)]
    pub severity: String,
    pub implementation: Option<Value>,
}
