//! A witness of the access log at an address: it is sent each new signed head with the proof that nothing before it changed, keeps it, and
//! answers with its own signature (C2SP tlog-witness, `add-checkpoint`). It is the one thing this crate sends instead of fetching.
//!
//! What comes back is checked with the witness's public key before it counts: an answer of somebody else on the way, or of a witness that was set
//! up anew, would otherwise look like proof until the day it is needed.

use std::time::Duration;

use governance::audit::cosign::{CosignError, Cosigner};
use lake::Lake;
use reqwest::{Client, StatusCode};
use serde::{Deserialize, Serialize};

/// How a submission went wrong.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    #[error("the witness is not reached: {0}")]
    Away(String),
    #[error("the witness refused the log's head ({status}): {why}")]
    Refused { status: u16, why: String },
    #[error("the witness says it knows {size} records of this log, which has fewer: the log is not the one it saw")]
    Ahead { size: u64 },
    #[error("the witness did not sign: its answer holds no signature line")]
    Unsigned,
    #[error("the witness's answer is not believed: {0}. Compare SAROVAR_WITNESS_KEY with the key the witness publishes")]
    Signature(#[from] CosignError),
    #[error("{0}")]
    Lake(String),
}

/// What a witness last signed; kept in the operational state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Records of the log it has seen.
    pub size: u64,
    /// RFC 3339.
    pub at: String,
    /// The log's note with the witness's signature lines below it.
    pub note: String,
    /// The keys whose signature was checked, and fits; none where no key of the witness was given.
    #[serde(default)]
    pub checked: Vec<String>,
}

/// A witness: where it is reached, and its keys as it publishes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Witness {
    /// The submission prefix.
    pub address: String,
    /// Without one nobody can tell its signature from another; what it answers is then kept unchecked.
    pub keys: Vec<Cosigner>,
}

fn key(address: &str) -> String {
    format!("witness/{address}")
}

/// What the witness at `address` last signed.
pub async fn last(lake: &Lake, address: &str) -> Result<Option<Signed>, WitnessError> {
    lake.store().setting(&key(address)).await.map_err(|e| WitnessError::Lake(e.to_string()))
}

/// Sends the newest head. What the witness saw already is not sent again.
pub async fn submit(lake: &Lake, witness: &Witness) -> Result<Signed, WitnessError> {
    let address = witness.address.as_str();
    let ours = |e: &dyn std::fmt::Display| WitnessError::Lake(e.to_string());
    let known = last(lake, address).await?.unwrap_or_default();
    let size = lake.audit().publish().map_err(|e| ours(&e))?.checkpoint.size;
    let checked = |signed: &Signed| witness.keys.iter().all(|key| signed.checked.contains(&key.short()));
    if size == known.size && size > 0 && checked(&known) {
        return Ok(known);
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .timeout(Duration::from_secs(30))
        .connect_timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("Sarovar/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| WitnessError::Away(e.to_string()))?;
    let mut old = known.size;
    // A witness that stands elsewhere says where; then it is asked once more from there.
    for _ in 0..2 {
        let body = lake.audit().since(old).map_err(|e| ours(&e))?;
        let note = body.split_once("\n\n").map(|(_, note)| note.to_owned()).unwrap_or_default();
        let size = note.lines().nth(1).and_then(|line| line.parse().ok()).unwrap_or_default();
        let sent = client.post(format!("{}/add-checkpoint", address.trim_end_matches('/'))).body(body).send().await;
        let answer = sent.map_err(|e| WitnessError::Away(e.without_url().to_string()))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|e| WitnessError::Away(e.without_url().to_string()))?;
        if status == StatusCode::CONFLICT {
            let stands: u64 = text.trim().parse().map_err(|_| WitnessError::Refused { status: 409, why: short(&text) })?;
            if stands > size {
                return Err(WitnessError::Ahead { size: stands });
            }
            old = stands;
            continue;
        }
        if !status.is_success() {
            return Err(WitnessError::Refused { status: status.as_u16(), why: short(&text) });
        }
        let lines: String = text.lines().filter(|line| line.starts_with("\u{2014} ")).map(|line| format!("{line}\n")).collect();
        if lines.is_empty() {
            return Err(WitnessError::Unsigned);
        }
        let note = format!("{note}{lines}");
        for key in &witness.keys {
            key.signed(&note)?;
        }
        // Beside the log, where an export takes it along to whoever verifies elsewhere.
        lake.audit().keep_cosigned(address, &note).map_err(|e| ours(&e))?;
        let checked = witness.keys.iter().map(Cosigner::short).collect();
        let signed = Signed { size, at: lake.now().to_rfc3339(), note, checked };
        lake.store().set_setting(&key(address), &signed).await.map_err(|e| ours(&e))?;
        return Ok(signed);
    }
    Err(WitnessError::Refused { status: 409, why: "it stands elsewhere each time it is asked".into() })
}

/// Sends each new head, once a minute, until the task is dropped.
pub async fn run(lake: Lake, witness: Witness) {
    loop {
        if let Err(error) = submit(&lake, &witness).await {
            tracing::warn!(%error, "the witness has not signed the newest head");
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

fn short(text: &str) -> String {
    text.trim().chars().take(200).collect()
}
