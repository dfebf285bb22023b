//! What somebody has in hand: the piece of work chosen, and what was granted for it.

use chrono::{DateTime, Utc};
use model::Purpose;
use serde::{Deserialize, Serialize};

/// How somebody stands to a piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Open,
    Closed,
    Expired,
    /// Not of its team, or no longer: taken off it, or transferred to another unit since.
    Left,
}

impl Standing {
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Open => "open",
            Standing::Closed => "closed",
            Standing::Expired => "expired",
            Standing::Left => "left",
        }
    }
}

/// A piece of work in hand, as it stands at this moment. It comes from the store with each request, like roles and unit do: what is
/// closed, expired or taken away is gone with the next click.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    pub id: String,
    pub purpose: Purpose,
    /// The FIR, the complaint, the unit supervised, or the question that statistics answer.
    pub reference: String,
    pub standing: Standing,
    pub until: DateTime<Utc>,
    pub emergency: bool,
    /// Codes of the units a supervision reaches.
    pub units: Vec<String>,
    /// Authorities granted for it and not withdrawn.
    pub authorities: Vec<Authority>,
    /// Court orders for this person, confirmed and not withdrawn.
    pub orders: Vec<Order>,
    /// Rows above which an export needs a release; none where exports are not limited.
    pub most_rows: Option<u64>,
    /// Marks of the queries whose large export was released to this person.
    pub releases: Vec<String>,
}

/// Leave to read call, internet and subscriber records (BNSS s.94).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    pub reference: String,
    /// Phone numbers, handset numbers (IMEI) and cells in canonical form.
    pub numbers: Vec<String>,
    /// Days whose records may be read: from here, up to but not including `to`.
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// When the leave ends.
    pub until: DateTime<Utc>,
}

/// A court's order that opens seals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub reference: String,
    /// Keys of persons (`cctns:P1`) and cases (`fir:27541001/0123/2024`) whose seals it opens.
    pub keys: Vec<String>,
    pub until: DateTime<Utc>,
}

impl Work {
    /// How it stands at a moment.
    pub fn standing_at(&self, now: DateTime<Utc>) -> Standing {
        match self.standing {
            Standing::Open if self.until <= now => Standing::Expired,
            standing => standing,
        }
    }

    /// Authorities in force at a moment.
    pub fn authorities_at(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Authority> {
        self.authorities.iter().filter(move |a| a.until > now)
    }

    /// Keys of the seals that are open at a moment, in order.
    pub fn opened_at(&self, now: DateTime<Utc>) -> Vec<&str> {
        let mut keys: Vec<&str> =
            self.orders.iter().filter(|o| o.until > now).flat_map(|o| o.keys.iter().map(String::as_str)).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// When the first thing ends that reading under it stands on.
    pub fn ends_first(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let others = self.authorities.iter().map(|a| a.until).chain(self.orders.iter().map(|o| o.until));
        others.filter(|until| *until > now).fold(self.until, DateTime::min)
    }
}

/// What names a query whose large export is released: the SHA-256 of its text, without blanks and semicolons at its ends. A browser writes the
/// ends of lines in its own way, which makes no other query of it.
pub fn release_mark(query: &str) -> String {
    let text = query.replace("\r\n", "\n");
    crate::audit::chain::hash(text.trim().trim_end_matches(';').trim_end())
}

/// The facts policies see of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Hand {
    pub purpose: &'static str,
    pub work: &'static str,
    pub emergency: bool,
    pub authority: bool,
    pub order: bool,
}

impl Hand {
    pub fn none() -> Hand {
        Hand { purpose: "none", work: "none", emergency: false, authority: false, order: false }
    }

    pub fn of(work: Option<&Work>, now: DateTime<Utc>) -> Hand {
        let Some(work) = work else { return Hand::none() };
        Hand {
            purpose: work.purpose.as_str(),
            work: work.standing_at(now).as_str(),
            emergency: work.emergency,
            authority: work.authorities_at(now).next().is_some(),
            order: !work.opened_at(now).is_empty(),
        }
    }
}
