//! One message: both languages, a variant for each network with its limits and cost, what the checks say, who signed, what became of
//! it.

use askama::Template;
use chrono::{DateTime, Utc};

use super::{Choice, DeliveryLine, MediaLine, tone};
use crate::Shell;
use crate::table::FieldError;

/// What one network makes of the message.
#[derive(Clone, Debug)]
pub struct Preview {
    pub network: String,
    pub title: String,
    /// The officer's own text for this network; empty: the common one.
    pub own: String,
    /// What goes out, in parts.
    pub parts: Vec<String>,
    pub used: u32,
    pub most: u32,
    pub fits: bool,
    /// US dollars, when it costs anything.
    pub cost: Option<String>,
    pub problems: Vec<String>,
}

impl Preview {
    pub fn count(&self) -> u64 {
        self.parts.len() as u64
    }
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct FindingLine {
    pub rule: String,
    /// `warn`, `approval`, `block`.
    pub level: String,
    pub place: String,
    pub found: String,
    pub law: String,
    pub way_out: String,
    /// Who overruled it, and why.
    pub overruled: Option<String>,
}

impl FindingLine {
    pub fn tone(&self) -> &'static str {
        tone(&self.level)
    }
}

/// A signature.
#[derive(Clone, Debug)]
pub struct Signature {
    pub who: String,
    pub role: String,
    pub at: DateTime<Utc>,
}

/// A version, or a note of a colleague.
#[derive(Clone, Debug)]
pub struct Saying {
    pub who: String,
    pub text: String,
    pub at: DateTime<Utc>,
}

/// A copy that is out, and what an edit does with it.
#[derive(Clone, Debug)]
pub struct OutLine {
    pub network: String,
    pub handle: String,
    pub url: Option<String>,
    /// Why it stays as it is: `network`, `same`, `parts`; empty: an edit changes it.
    pub stays: String,
}

/// What another unit is about to say.
#[derive(Clone, Debug)]
pub struct SimilarLine {
    pub post: String,
    pub unit: String,
    pub handle: String,
    pub due: DateTime<Utc>,
    pub words: String,
}

/// A sheet that was kept and not saved.
#[derive(Clone, Debug)]
pub struct KeptLine {
    pub id: String,
    pub at: DateTime<Utc>,
    pub words: String,
}

/// The composer. Without an id it is an empty sheet.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/composer.html")]
pub struct Composer {
    pub shell: Shell,
    pub id: String,
    pub version: i64,
    pub state: String,
    pub author: String,
    pub unit: String,
    pub units: Vec<Choice>,
    pub kinds: Vec<Choice>,
    /// Campaigns a new message can be for, with their hashtags.
    pub campaigns: Vec<Choice>,
    pub corrects: String,
    pub hindi: String,
    pub english: String,
    pub stages: Vec<Choice>,
    /// Statements about the matter: name of the field, catalogue key in `text`.
    pub facts: Vec<Choice>,
    pub media: Vec<MediaLine>,
    /// What was looked for in the library, which page of it is shown, and whether there is a further one.
    pub find: String,
    pub page: u32,
    pub more: bool,
    pub searched: bool,
    pub previews: Vec<Preview>,
    pub findings: Vec<FindingLine>,
    pub signatures: Vec<Signature>,
    /// Roles whose signature is missing, in order.
    pub missing: Vec<String>,
    pub versions: Vec<Saying>,
    pub notes: Vec<Saying>,
    pub deliveries: Vec<DeliveryLine>,
    pub channels: Vec<Choice>,
    pub errors: Vec<FieldError>,
    /// Copies that are out, and whether a program may edit any of them.
    pub copies: Vec<OutLine>,
    pub revisable: bool,
    /// Why what is out is edited.
    pub why: String,
    /// Others who have this message on a sheet just now.
    pub writing: Vec<String>,
    pub similar: Vec<SimilarLine>,
    /// This page's sheet; the kept one it goes on from (empty: none), and when that was kept, UTC microseconds.
    pub sheet: String,
    pub begun: String,
    pub begun_at: i64,
    /// When this sheet was kept without being saved; others that were kept and can be gone on with; and those that are written on another
    /// page of the same person just as this one is.
    pub kept_now: Option<DateTime<Utc>>,
    pub kept_before: Vec<KeptLine>,
    pub twins: Vec<KeptLine>,
}

impl Composer {
    /// An empty sheet.
    pub fn blank(shell: Shell) -> Composer {
        Composer {
            shell,
            id: String::new(),
            version: 0,
            state: String::new(),
            author: String::new(),
            unit: String::new(),
            units: Vec::new(),
            kinds: Vec::new(),
            campaigns: Vec::new(),
            corrects: String::new(),
            hindi: String::new(),
            english: String::new(),
            stages: Vec::new(),
            facts: Vec::new(),
            media: Vec::new(),
            find: String::new(),
            page: 0,
            more: false,
            searched: false,
            previews: Vec::new(),
            findings: Vec::new(),
            signatures: Vec::new(),
            missing: Vec::new(),
            versions: Vec::new(),
            notes: Vec::new(),
            deliveries: Vec::new(),
            channels: Vec::new(),
            errors: Vec::new(),
            copies: Vec::new(),
            revisable: false,
            why: String::new(),
            writing: Vec::new(),
            similar: Vec::new(),
            kept_now: None,
            kept_before: Vec::new(),
            twins: Vec::new(),
            sheet: String::new(),
            begun: String::new(),
            begun_at: 0,
        }
    }

    pub fn tone(&self) -> &'static str {
        tone(&self.state)
    }

    /// The campaign a new message is for.
    pub fn choose_campaign(&mut self, id: &str) {
        for c in &mut self.campaigns {
            c.chosen = c.value == id;
        }
    }

    /// Where a kept sheet of this message is gone on from.
    pub fn go_on(&self, kept: &KeptLine) -> String {
        let at = if self.is_new() { "/desk/new".to_owned() } else { format!("/desk/post/{}", self.id) };
        format!("{at}?kept={}", crate::shell::encode(&kept.id))
    }

    pub fn is_new(&self) -> bool {
        self.id.is_empty()
    }

    pub fn in_state(&self, state: &str) -> bool {
        self.state == state
    }

    /// A copy is out: what is written here edits it.
    pub fn live(&self) -> bool {
        self.deliveries.iter().any(|d| d.state == "live")
    }

    /// An edit of what is out is on its way to being signed.
    pub fn pending(&self) -> bool {
        self.live() && matches!(self.state.as_str(), "draft" | "submitted" | "approved")
    }

    /// Whether a further version can be put on top.
    pub fn editable(&self) -> bool {
        let open = self.is_new() || matches!(self.state.as_str(), "draft" | "submitted" | "approved" | "scheduled" | "done");
        open && (!self.live() || self.revisable)
    }

    /// Something of it has not left yet.
    pub fn waits(&self) -> bool {
        self.deliveries.iter().any(|d| !d.edit && matches!(d.state.as_str(), "queued" | "held" | "missed"))
    }

    /// An edit has not gone through yet, and can be taken back.
    pub fn edit_waits(&self) -> bool {
        self.deliveries.iter().any(|d| d.edit && matches!(d.state.as_str(), "queued" | "held" | "missed"))
    }

    pub fn has_variants(&self) -> bool {
        self.previews.iter().any(|p| !p.own.is_empty())
    }

    pub fn has_facts(&self) -> bool {
        self.stages.iter().any(|s| s.chosen && !s.value.is_empty()) || self.facts.iter().any(|f| f.chosen)
    }

    pub fn has_media(&self) -> bool {
        self.searched || self.media.iter().any(|m| m.chosen)
    }

    pub fn out(&self) -> bool {
        self.deliveries.iter().any(|d| matches!(d.state.as_str(), "live" | "unknown" | "committing" | "human"))
    }

    pub fn error(&self, field: &str) -> Option<&FieldError> {
        self.errors.iter().find(|e| e.field == field)
    }
}
