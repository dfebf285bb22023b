//! Copies that are ordered down. Each copy is a matter of its own: an account that cannot be reached holds up none of the others, and
//! what no programme can remove becomes a person's task.

use store::social::Removal;

use super::Outbox;
use crate::DeskError;
use crate::limit::NetworkName;
use crate::network::Trouble;

/// Tries before a copy is a person's: with pauses that grow by half a minute, about an hour and three quarters.
const TRIES: i64 = 20;

/// What one try came to.
enum Went {
    Gone(String),
    Again(String),
    Human(String),
    /// Whether there is a copy is still being read.
    Waits,
}

impl Outbox {
    /// Copies that were ordered down are removed before anything else is sent.
    pub(super) async fn remove_ordered(&self) -> Result<(), DeskError> {
        for order in self.store.orders(true).await? {
            for removal in self.store.removals(&order.id).await?.into_iter().filter(|r| r.state == "open") {
                let due = removal.at + 30_000_000 * removal.tries;
                if (removal.tries == 0 || due <= self.now())
                    && let Err(e) = self.remove_one(&removal).await
                {
                    tracing::warn!(order = order.id, copy = removal.delivery, error = %e, "a removal could not be recorded");
                }
            }
        }
        Ok(())
    }

    /// Removes one copy, and writes down what came of it.
    pub async fn remove_one(&self, r: &Removal) -> Result<(), DeskError> {
        let went = match self.try_remove(r).await {
            Ok(went) => went,
            Err(DeskError::Network(Trouble::Later(why) | Trouble::Limited { why, .. } | Trouble::Expired(why))) => {
                Went::Again(why)
            }
            // Of the database nothing is known; it is asked again.
            Err(e @ DeskError::Store(_)) => return Err(e),
            Err(e) => Went::Human(e.to_string()),
        };
        let now = self.now();
        let (state, why) = match went {
            Went::Waits => return Ok(()),
            Went::Gone(proof) => ("removed", proof),
            Went::Again(why) if r.tries < TRIES => ("open", why),
            Went::Again(why) | Went::Human(why) => ("human", why),
        };
        self.store.settle_removal(&r.order_id, &r.delivery, state, &why, now).await?;
        if state == "removed" && r.account.is_empty() {
            let delivery = self.store.delivery(&r.delivery).await?;
            if delivery.state == "removed" {
                self.tell("removed", &delivery).await;
            }
        }
        Ok(())
    }

    async fn try_remove(&self, r: &Removal) -> Result<Went, DeskError> {
        let (account, remote) = if r.account.is_empty() {
            let d = self.store.delivery(&r.delivery).await?;
            match (d.state.as_str(), d.remote) {
                ("removed" | "cancelled" | "failed", _) => return Ok(Went::Gone(format!("never out, or gone: {}", d.state))),
                ("committing" | "unknown", _) => return Ok(Went::Waits),
                (_, None) => return Ok(Went::Human("whether and where it is out is not known; look at the network".into())),
                (_, Some(remote)) => (d.account, remote),
            }
        } else {
            (r.account.clone(), r.remote.clone())
        };
        let account = self.store.account(&account).await?;
        let name: NetworkName = account.network.parse().map_err(DeskError::Invalid)?;
        let network = self.networks.get(name)?.clone();
        let channel = self.channels.ready(&self.store, network.as_ref(), &account).await?;
        match network.take_down(&channel, &remote).await {
            Ok(proof) => Ok(Went::Gone(proof)),
            // A token of unknown end has ended: renewed, the next try goes through.
            Err(Trouble::Expired(why)) => {
                self.channels.renew(&self.store, network.as_ref(), &account).await?;
                Ok(Went::Again(why))
            }
            Err(e) => Err(e.into()),
        }
    }
}
