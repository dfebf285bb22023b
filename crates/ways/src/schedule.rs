//! What happens by itself while the lake is served: pulls whose time has come, and the look for late sources.

use std::time::Duration;

use governance::{Context, Principal};
use lake::{Access, At, Lake};

use crate::{Pulls, source};

/// From one look at the clock to the next.
const TICK: Duration = Duration::from_secs(20);

/// Runs until it is dropped; a pull that is cut off then leaves nothing. What goes wrong is kept with the pull and in the log.
pub async fn run(lake: Lake) {
    let pulls = Pulls::new(lake.clone());
    loop {
        round(&lake, &pulls).await;
        tokio::time::sleep(TICK).await;
    }
}

/// One look: every pull that is due, one after the other, then the sources.
pub async fn round(lake: &Lake, pulls: &Pulls) {
    match pulls.due().await {
        Ok(due) => {
            for pull in due {
                match pulls.run(&pull, &keeper(lake)).await {
                    Ok(pulled) if pulled.done => tracing::info!(pull = pulled.name, accepted = pulled.accepted, "pulled"),
                    Ok(pulled) => tracing::warn!(pull = pulled.name, why = pulled.message, "a pull failed"),
                    Err(error) => tracing::warn!(pull = pull.name, %error, "a pull could not be run"),
                }
            }
        }
        Err(error) => tracing::warn!(%error, "the pulls could not be looked at"),
    }
    if let Err(error) = source::watch(lake, &keeper(lake)).await {
        tracing::warn!(%error, "the sources could not be looked at");
    }
}

/// The program itself: what it brings in nobody asked for just now.
fn keeper(lake: &Lake) -> Access {
    let principal = Principal { id: "sarovar".into(), name: "Sarovar".into(), ..Principal::operator() };
    Access { principal, context: Context { purpose: None, case: None, authority: None, now: lake.now() }, at: At::Now }
}
