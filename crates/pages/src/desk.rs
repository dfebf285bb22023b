//! The desk: what waits, the composer, the calendar, the outbox, the inbox, court orders, channels.

pub mod calendar;
pub mod campaign;
pub mod composer;
pub mod many;
pub mod queue;
pub mod report;
pub mod shelf;
pub mod sign;
pub mod silence;
pub mod stream;
pub mod version;

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;

/// One entry of a list to choose from.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub value: String,
    pub text: String,
    pub chosen: bool,
}

/// The places of the desk, in the order of its own navigation: address and catalogue key.
pub const PLACES: [(&str, &str); 15] = [
    ("/desk", "desk-office"),
    ("/desk/new", "desk-new"),
    ("/desk/many", "desk-many"),
    ("/desk/sign", "desk-sign"),
    ("/desk/calendar", "desk-calendar"),
    ("/desk/queue", "desk-queue"),
    ("/desk/outbox", "desk-outbox"),
    ("/desk/inbox", "desk-inbox"),
    ("/desk/orders", "desk-orders"),
    ("/desk/silences", "desk-silences"),
    ("/desk/campaigns", "desk-campaigns"),
    ("/desk/report", "desk-report"),
    ("/desk/channels", "desk-channels"),
    ("/desk/media", "desk-media"),
    ("/desk/shelf", "desk-shelf"),
];

/// A message in a list.
#[derive(Clone, Debug)]
pub struct PostLine {
    pub id: String,
    /// Its first words.
    pub words: String,
    pub unit: String,
    /// `awareness`, `case` …
    pub kind: String,
    /// `draft`, `submitted` …
    pub state: String,
    pub author: String,
    pub changed: DateTime<Utc>,
}

/// How a state is coloured.
pub fn tone(state: &str) -> &'static str {
    match state {
        "live" | "edited" | "approved" | "connected" | "removed" | "hidden" | "answered" => "ok",
        "human" | "failed" | "blocked" | "reconnect" | "stopped" | "block" | "late" => "bad",
        "unknown" | "held" | "missed" | "proposed" | "submitted" | "warn" | "approval" => "warn",
        _ => "info",
    }
}

impl PostLine {
    pub fn tone(&self) -> &'static str {
        tone(&self.state)
    }
}

/// A unit, and whether it is paused.
#[derive(Clone, Debug)]
pub struct UnitLine {
    pub code: String,
    pub name: String,
    /// By whom and why; of this unit or one above it.
    pub paused: Option<String>,
    /// The pause is this unit's own.
    pub own: bool,
    /// Within how many minutes it answers; empty: as the unit above.
    pub minutes: String,
}

/// A channel whose token ends.
#[derive(Clone, Debug)]
pub struct Ending {
    pub handle: String,
    pub network: String,
    pub days: i64,
}

/// What waits, at one glance.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/office.html")]
pub struct Office {
    pub shell: Shell,
    /// Nothing due is late.
    pub well: bool,
    pub oldest_minutes: u64,
    /// Up to how many the three figures below are exact.
    pub counted: u64,
    pub human: u64,
    pub unanswered: u64,
    pub overdue: u64,
    pub orders: u64,
    pub posts: Vec<PostLine>,
    pub submitted: Vec<PostLine>,
    pub ending: Vec<Ending>,
    /// Those that are paused, then those that were sought.
    pub units: Vec<UnitLine>,
    /// Sought units that are not listed.
    pub units_more: u64,
    pub sought: String,
}

impl Office {
    /// A figure; what is more than was counted has a plus.
    pub fn figure(&self, n: &u64) -> String {
        if *n > self.counted { format!("{}+", self.shell.n(self.counted)) } else { self.shell.n(n) }
    }
}

/// A delivery that needs a person, or any other.
#[derive(Clone, Debug)]
pub struct DeliveryLine {
    pub id: String,
    pub post: String,
    pub words: String,
    pub network: String,
    pub handle: String,
    /// `2/3` of a thread.
    pub part: String,
    pub state: String,
    pub due: DateTime<Utc>,
    pub attempt: i64,
    /// In the page's language where the network's answer is known.
    pub reason: String,
    pub url: Option<String>,
    /// It changes the words of a copy that is out.
    pub edit: bool,
}

impl DeliveryLine {
    pub fn tone(&self) -> &'static str {
        tone(&self.state)
    }

    /// Whether a person can say what became of it.
    pub fn decides(&self) -> bool {
        matches!(self.state.as_str(), "human" | "missed" | "held" | "failed" | "unknown")
    }

    /// Whether it may be left as it is: not while the network is still read for it.
    pub fn leaves(&self) -> bool {
        self.state != "unknown"
    }
}

/// What is on its way and what stands still.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/outbox.html")]
pub struct Outbox {
    pub shell: Shell,
    pub well: bool,
    pub oldest_minutes: u64,
    /// State and number.
    pub counts: Vec<(String, u64)>,
    pub waiting: Vec<DeliveryLine>,
}

/// A channel.
#[derive(Clone, Debug)]
pub struct ChannelLine {
    pub id: String,
    pub unit: String,
    pub network: String,
    pub handle: String,
    pub state: String,
    pub note: String,
    pub connected_by: String,
    pub confirmed_by: String,
    /// Who connected it again, while nobody has confirmed that.
    pub proposed_by: String,
    pub expires: Option<DateTime<Utc>>,
    pub probed: Option<DateTime<Utc>>,
}

impl ChannelLine {
    pub fn tone(&self) -> &'static str {
        tone(&self.state)
    }
}

/// Channels, and how to connect one.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/channels.html")]
pub struct Channels {
    pub shell: Shell,
    pub channels: Vec<ChannelLine>,
    pub units: Vec<Choice>,
    /// Applications the department has: value `network|address`.
    pub apps: Vec<Choice>,
    /// Handles that were just connected and wait for a second person.
    pub made: Vec<String>,
    /// Pages the person agreed for that came without a token.
    pub left_out: Vec<String>,
    /// Where a person goes on to agree: a link, since a form may lead nowhere but to this site.
    pub consent: Option<String>,
}

/// One copy that a court ordered down.
#[derive(Clone, Debug)]
pub struct CopyLine {
    pub id: String,
    /// The address can be opened.
    pub link: bool,
    /// A program can try again.
    pub retries: bool,
    /// Who removed it by hand.
    pub hand: String,
    pub network: String,
    pub url: String,
    pub state: String,
    pub proof: String,
    pub at: DateTime<Utc>,
}

impl CopyLine {
    pub fn tone(&self) -> &'static str {
        tone(&self.state)
    }
}

/// A court's order.
#[derive(Clone, Debug)]
pub struct OrderLine {
    pub id: String,
    pub reference: String,
    pub court: String,
    /// The department's own decision, no court's.
    pub own: bool,
    /// Empty: posts that were not made here.
    pub post: String,
    pub received: DateTime<Utc>,
    pub due: DateTime<Utc>,
    /// Minutes left; below zero when late. None: closed.
    pub minutes_left: Option<i64>,
    pub complied: bool,
    pub copies: Vec<CopyLine>,
    pub statement: String,
}

impl OrderLine {
    /// Hours and minutes of the clock, without a sign.
    pub fn clock(&self) -> String {
        let minutes = self.minutes_left.unwrap_or_default().unsigned_abs();
        format!("{}:{:02}", minutes / 60, minutes % 60)
    }

    pub fn late(&self) -> bool {
        self.minutes_left.is_some_and(|m| m < 0)
    }
}

/// Orders, and the form for a new one.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/orders.html")]
pub struct Orders {
    pub shell: Shell,
    pub orders: Vec<OrderLine>,
    /// The message a new order is about, when the page was opened from one.
    pub post: String,
    pub channels: Vec<Choice>,
}

/// A picture of the library.
#[derive(Clone, Debug)]
pub struct MediaLine {
    /// Under which name it stands on a sheet.
    pub key: String,
    /// What is said of it: name of the field and words.
    pub flags: Vec<Choice>,
    pub sha256: String,
    pub name: String,
    pub alt: String,
    pub mime: String,
    pub bytes: u64,
    pub size: String,
    pub chosen: bool,
}

/// The library.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/media.html")]
pub struct Library {
    pub shell: Shell,
    pub units: Vec<Choice>,
    pub media: Vec<MediaLine>,
    pub find: String,
    pub page: u32,
    pub more: bool,
}

impl MediaLine {
    /// Something is said of it.
    pub fn said(&self) -> bool {
        self.flags.iter().any(|f| f.chosen)
    }
}
