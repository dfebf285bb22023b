/// What is wrong with a contract: which contract, where in it, what was found and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContractError {
    #[error("contract.yaml cannot be read: {message}; correct the YAML there")]
    Yaml { message: String },
    #[error("contract `{contract}`, {place}: `{field}` is missing; add it")]
    Missing { contract: String, place: String, field: String },
    #[error("contract `{contract}`, {place}: `{found}` is not a known {what}; use one of {known}")]
    Unknown { contract: String, place: String, what: &'static str, found: String, known: String },
    #[error("contract `{contract}`, {place}: there is no column `{column}`{}; name a column of the schema", did_you_mean(.nearest))]
    NoSuchColumn { contract: String, place: String, column: String, nearest: Option<String> },
    #[error("contract `{contract}`, {place}: `{found}` is not {expected}")]
    BadValue { contract: String, place: String, found: String, expected: String },
    #[error("contract `{contract}`, {place}: the regular expression `{regex}` is wrong: {message}")]
    BadRegex { contract: String, place: String, regex: String, message: String },
    #[error("contract `{contract}`, {place}: `{name}` stands twice; names must differ")]
    Twice { contract: String, place: String, name: String },
    #[error("contract `{contract}`, mapping.sql, statement {statement}: {message}")]
    Mapping { contract: String, statement: usize, message: String },
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|n| format!(" (did you mean `{n}`?)")).unwrap_or_default()
}
