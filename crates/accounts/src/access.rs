//! What needs a second person: authorities (BNSS s.94), court orders, releases of large exports, the review of emergencies; and the
//! monthly declaration of the first to the District Magistrate.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone, Utc};
use governance::{Kind, Policies, Principal, Rank, Step, permits};
use serde::Serialize;
use store::access::{Declared, Request, Work as Row};

use crate::ending::{Ending, once};
use crate::error::Result;
use crate::work::said;
use crate::{Accounts, framed, micros, time};

/// What is wrong with a piece of work or a request, in words for the person who asked.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    #[error("no role of this account works on cases")]
    NoWork,
    #[error("say for what: case, complaint, supervision or statistics")]
    Purpose,
    #[error("{0}")]
    Fir(String),
    #[error("write the {what}: {least} to 500 characters")]
    Say { what: &'static str, least: usize },
    #[error("this account serves in no unit, so there is none to supervise")]
    NoUnit,
    #[error("unit {unit} is not {own} and does not lie below it")]
    NotBelow { unit: String, own: String },
    #[error("it lasts 1 to {most} days")]
    Days { most: i64 },
    #[error("there is no piece of work {0:?} of this account")]
    Unknown(String),
    #[error("this piece of work is closed or has expired")]
    Closed,
    #[error("only whoever opened it, or the officer in charge of or above its unit, does this")]
    NotLeading,
    #[error("supervision, statistics and emergencies have no team: each opens his own")]
    Alone,
    #[error("{0} is not of this team")]
    NotMember(String),
    #[error("no open piece of work fits; `sarovar case list` shows them, `sarovar case open` opens one")]
    NoneOpen,
    #[error("{0}")]
    Denied(String),
    #[error("{0:?} is no phone number, handset number (IMEI) or cell")]
    Number(String),
    #[error("name at least one number, and at most 50")]
    Numbers,
    #[error("the days asked about end after they begin, are over, and are at most two years: operators keep no more")]
    Window,
    #[error("name the persons or cases whose seals it opens: cctns:275410012025000101, fir:27541001/0123/2024")]
    Keys,
    #[error("there is no request {0:?} to be decided here")]
    NoRequest(String),
    #[error("this was decided already")]
    Decided,
    #[error("write the month as 2026-11")]
    Month,
    #[error("the month {0} is not over yet")]
    NotOver(String),
    #[error("choose a category: accused, victim, witness, contact, or erase")]
    Category,
    #[error("this person has a history sheet, or one is asked for")]
    SheetThere,
    #[error("this is done with an open sheet; this one is {0}")]
    SheetState(String),
    #[error("there is no such limit; there are {0}")]
    Limit(String),
    #[error("write a whole number from {least} to {most}")]
    LimitNumber { least: u64, most: u64 },
}

/// An authority as it is asked for.
#[derive(Debug, Clone, Default)]
pub struct NewAuthority {
    /// Number and date of the requisition.
    pub reference: String,
    pub numbers: Vec<String>,
    /// First and last day asked about, in India.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Days the leave lasts once granted, at most 90.
    pub days: i64,
    pub reason: String,
}

/// A court's order as it is recorded.
#[derive(Debug, Clone, Default)]
pub struct NewOrder {
    /// Court, number and date.
    pub reference: String,
    pub keys: Vec<String>,
    pub days: i64,
    pub reason: String,
}

/// One line of a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeclaredLine {
    pub reference: String,
    /// The case it served.
    pub case: String,
    pub requested_by: String,
    pub requester_rank: String,
    pub granted_by: String,
    pub granter_rank: String,
    pub decided_at: DateTime<Utc>,
    /// How many numbers were named; the numbers themselves do not go to the Magistrate's office.
    pub numbers: usize,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// What is declared to the District Magistrate of one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Declaration {
    /// `2026-11`
    pub month: String,
    pub district: String,
    pub district_name: String,
    pub lines: Vec<DeclaredLine>,
    pub refused: usize,
    pub made: Option<String>,
}

/// Numbers in canonical form.
pub(crate) fn numbers(given: &[String], may_be_none: bool) -> std::result::Result<Vec<String>, AccessError> {
    let mut out = Vec::new();
    for text in given.iter().map(|t| t.trim()).filter(|t| !t.is_empty()) {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let read = if (14..=16).contains(&digits) && text.bytes().all(|b| b.is_ascii_digit()) {
            model::Imei::read(text).ok().map(|imei| imei.key().to_owned())
        } else if let Some(cell) = model::Cell::read(text) {
            Some(cell.canonical())
        } else {
            // A sender's name is no number.
            let read = model::Phone::read(text).ok().map(|phone| phone.into_text().into_owned());
            read.filter(|number| number.len() >= 5 && number.bytes().all(|b| b.is_ascii_digit()))
        };
        out.push(read.ok_or_else(|| AccessError::Number(text.to_owned()))?);
    }
    out.sort();
    out.dedup();
    if (out.is_empty() && !may_be_none) || out.len() > 50 { Err(AccessError::Numbers) } else { Ok(out) }
}

/// Midnight in India at the beginning of a day.
fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    let ist = chrono::FixedOffset::east_opt(19_800)?;
    ist.from_local_datetime(&day.and_hms_opt(0, 0, 0)?).single().map(|t| t.with_timezone(&Utc))
}

impl Accounts {
    /// Asks for an authority under the piece of work in hand.
    pub async fn ask_authority(
        &self,
        principal: &Principal,
        policies: &Policies,
        new: NewAuthority,
        now: DateTime<Utc>,
    ) -> Result<String> {
        permits(policies, principal, Step::Ask, Kind::Authority, &principal.id, now).map_err(AccessError::Denied)?;
        let items = numbers(&new.numbers, false)?;
        let from = new.from.and_then(midnight).ok_or(AccessError::Window)?;
        let to = new.to.and_then(|day| day.succ_opt()).and_then(midnight).ok_or(AccessError::Window)?;
        if from >= to || from > now || to - from > TimeDelta::days(733) {
            return Err(AccessError::Window.into());
        }
        let ask =
            Ask { kind: Kind::Authority, account: principal.id.clone(), items, window: Some((from, to)), days: (new.days, 90) };
        self.ask(principal, ask, &new.reference, &new.reason, now).await
    }

    /// Records a court's order that opens seals to the recorder himself.
    pub async fn ask_order(
        &self,
        principal: &Principal,
        policies: &Policies,
        new: NewOrder,
        now: DateTime<Utc>,
    ) -> Result<String> {
        permits(policies, principal, Step::Ask, Kind::Order, &principal.id, now).map_err(AccessError::Denied)?;
        let mut items = Vec::new();
        for key in new.keys.iter().map(|k| k.trim()).filter(|k| !k.is_empty()) {
            let key = match key.strip_prefix("fir:").unwrap_or(key).parse::<model::FirRef>() {
                Ok(fir) if !key.starts_with("cctns:") => fir.key().ok_or(AccessError::Keys)?,
                _ if key.contains(':') && !key.contains(char::is_whitespace) => key.to_owned(),
                _ => return Err(AccessError::Keys.into()),
            };
            items.push(key);
        }
        if items.is_empty() || items.len() > 50 {
            return Err(AccessError::Keys.into());
        }
        let ask = Ask { kind: Kind::Order, account: principal.id.clone(), items, window: None, days: (new.days, 60) };
        self.ask(principal, ask, &new.reference, &new.reason, now).await
    }

    /// Asks for the release of a large export: `mark` names the query, `text` says it to whoever decides.
    pub async fn ask_release(
        &self,
        principal: &Principal,
        policies: &Policies,
        mark: &str,
        text: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<String> {
        permits(policies, principal, Step::Ask, Kind::Release, &principal.id, now).map_err(AccessError::Denied)?;
        let ask =
            Ask { kind: Kind::Release, account: principal.id.clone(), items: vec![mark.to_owned()], window: None, days: (1, 1) };
        let short: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(400).collect();
        self.ask(principal, ask, &short, reason, now).await
    }

    async fn ask(&self, principal: &Principal, ask: Ask, reference: &str, reason: &str, now: DateTime<Utc>) -> Result<String> {
        let work = principal.work.as_ref().ok_or(AccessError::NoneOpen)?;
        let (days, most) = ask.days;
        if !(1..=most).contains(&days) {
            return Err(AccessError::Days { most }.into());
        }
        let id = self.store.fresh_id(now);
        let new = Request {
            id: id.clone(),
            kind: ask.kind.as_str().into(),
            work: work.id.clone(),
            account: ask.account,
            reference: said(reference, 3, "reference")?,
            items: framed(ask.items.iter().map(String::as_str)),
            reason: said(reason, 10, "reason")?,
            from_at: ask.window.map(|(from, _)| micros(from)),
            to_at: ask.window.map(|(_, to)| micros(to)),
            until_at: micros((now + TimeDelta::days(days)).min(work.until)),
            requested_at: micros(now),
            requested_by: principal.id.clone(),
            requester_rank: principal.rank.as_str().into(),
            ..Request::default()
        };
        self.store.add_request(new).await?;
        Ok(id)
    }

    /// A request that somebody may decide.
    pub async fn decidable(&self, principal: &Principal, policies: &Policies, id: &str, now: DateTime<Utc>) -> Result<Request> {
        let request = self.store.request(id).await?.ok_or_else(|| AccessError::NoRequest(id.to_owned()))?;
        let kind =
            Kind::ALL.into_iter().find(|k| k.as_str() == request.kind).ok_or_else(|| AccessError::NoRequest(id.to_owned()))?;
        permits(policies, principal, Step::Approve, kind, &request.requested_by, now).map_err(AccessError::Denied)?;
        Ok(request)
    }

    /// Grants or refuses a request: never one's own, and once.
    pub async fn decide_request(
        &self,
        principal: &Principal,
        policies: &Policies,
        id: &str,
        grant: bool,
        note: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let request = self.decidable(principal, policies, id, now).await?;
        if request.until_at <= micros(now) {
            return Err(AccessError::Closed.into());
        }
        let end = Ending::of(principal, grant, note);
        once(self.store.decide_request(&request.id, end.state, end.by, end.rank, &end.note, micros(now)).await?)
    }

    /// A request for whoever asked for it, may decide it, or has to do with its piece of work. For everybody else there is none.
    pub async fn request(&self, principal: &Principal, policies: &Policies, id: &str, now: DateTime<Utc>) -> Result<Request> {
        let none = || AccessError::NoRequest(id.to_owned());
        let request = self.store.request(id).await?.ok_or_else(none)?;
        let of_it = request.requested_by == principal.id
            || self.decidable(principal, policies, id, now).await.is_ok()
            || self.piece(principal, &request.work, now).await.is_ok();
        if of_it { Ok(request) } else { Err(none().into()) }
    }

    /// Takes a request or what was granted back: whoever asked, or whoever may decide.
    pub async fn withdraw(
        &self,
        principal: &Principal,
        policies: &Policies,
        id: &str,
        note: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let request = self.store.request(id).await?.ok_or_else(|| AccessError::NoRequest(id.to_owned()))?;
        if request.requested_by != principal.id {
            self.decidable(principal, policies, id, now).await?;
        }
        let note = format!("withdrawn by {}: {}", principal.id, note.trim().chars().take(400).collect::<String>());
        once(self.store.withdraw_request(id, &note).await?)
    }

    /// Requests somebody may decide, the oldest first.
    pub async fn to_decide(&self, principal: &Principal, policies: &Policies, now: DateTime<Utc>) -> Result<Vec<Request>> {
        let mut out = self.store.undecided().await?;
        out.retain(|request| {
            let kind = Kind::ALL.into_iter().find(|k| k.as_str() == request.kind);
            kind.is_some_and(|kind| permits(policies, principal, Step::Approve, kind, &request.requested_by, now).is_ok())
                && request.until_at > micros(now)
        });
        Ok(out)
    }

    /// Emergencies somebody may review, the oldest first.
    pub async fn to_review(&self, principal: &Principal, policies: &Policies, now: DateTime<Utc>) -> Result<Vec<Row>> {
        let mut out = self.store.unreviewed().await?;
        out.retain(|work| permits(policies, principal, Step::Review, Kind::Emergency, &work.opened_by, now).is_ok());
        Ok(out)
    }

    /// Notes what the review of an emergency found.
    pub async fn review(
        &self,
        principal: &Principal,
        policies: &Policies,
        work: &str,
        finding: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let row =
            self.store.work(work).await?.filter(|w| w.emergency == 1).ok_or_else(|| AccessError::NoRequest(work.to_owned()))?;
        permits(policies, principal, Step::Review, Kind::Emergency, &row.opened_by, now).map_err(AccessError::Denied)?;
        let finding = said(finding, 10, "finding")?;
        once(self.store.review_work(work, &principal.id, &finding, micros(now)).await?)
    }

    /// What is to be declared of a month and a district: every authority granted in it.
    pub async fn declaration(
        &self,
        principal: &Principal,
        policies: &Policies,
        month: &str,
        district: &str,
        now: DateTime<Utc>,
    ) -> Result<Declaration> {
        permits(policies, principal, Step::Ask, Kind::Declaration, &principal.id, now).map_err(AccessError::Denied)?;
        let (from, to) = span(month)?;
        let unit = self.store.unit(district).await.map_err(|_| crate::AccountError::Unit(district.to_owned()))?;
        let tree = self.store.unit_tree(district).await?;
        let (mut lines, mut refused) = (Vec::new(), 0);
        for request in self.store.decided("authority", micros(from), micros(to)).await? {
            let Some(work) = self.store.work(&request.work).await? else { continue };
            if !work.unit.as_ref().is_some_and(|unit| tree.contains(unit)) {
                continue;
            }
            if request.state == "refused" {
                refused += 1;
                continue;
            }
            lines.push(DeclaredLine {
                case: work.reference,
                numbers: request.items.split_whitespace().count(),
                decided_at: time(request.decided_at.unwrap_or_default()),
                from: time(request.from_at.unwrap_or_default()),
                to: time(request.to_at.unwrap_or_default()),
                granted_by: request.decided_by.unwrap_or_default(),
                granter_rank: request.decider_rank.unwrap_or_default(),
                requested_by: request.requested_by,
                requester_rank: request.requester_rank,
                reference: request.reference,
            });
        }
        let made = self.store.declarations().await?.into_iter().find(|d| d.month == month && d.district == district);
        let made = made.map(|d| format!("{}, {}", d.made_by, model::time::format_ist(d.made_at)));
        Ok(Declaration {
            month: month.to_owned(),
            district: district.to_owned(),
            district_name: unit.name_en,
            lines,
            refused,
            made,
        })
    }

    /// Notes that the declaration of a month that is over was made.
    pub async fn declare(
        &self,
        principal: &Principal,
        policies: &Policies,
        month: &str,
        district: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if principal.rank < Rank::Superintendent {
            return Err(AccessError::Denied(
                "the declaration is made by an officer of the rank of Superintendent or above".into(),
            )
            .into());
        }
        let declaration = self.declaration(principal, policies, month, district, now).await?;
        if span(month)?.1 > now {
            return Err(AccessError::NotOver(month.to_owned()).into());
        }
        let made = Declared {
            month: month.to_owned(),
            district: district.to_owned(),
            made_at: micros(now),
            made_by: principal.id.clone(),
            requests: declaration.lines.len() as i64,
        };
        once(self.store.declare(made).await?)
    }

    /// Months and districts with granted authorities whose declaration is not made, since a year.
    pub async fn undeclared(&self, now: DateTime<Utc>) -> Result<Vec<(String, String)>> {
        let units = self.store.units().await?;
        let made = self.store.declarations().await?;
        let mut out = std::collections::BTreeSet::new();
        for request in self.store.decided("authority", micros(now - TimeDelta::days(366)), micros(now)).await? {
            if request.state == "refused" {
                continue;
            }
            let Some(work) = self.store.work(&request.work).await? else { continue };
            let Some(unit) = work.unit else { continue };
            let line = self.store.unit_line(&unit).await?;
            let district =
                line.iter().find(|code| units.iter().any(|u| u.code == **code && u.kind == "district")).unwrap_or(&unit);
            let month = month_of(time(request.decided_at.unwrap_or_default()));
            let over = span(&month).is_ok_and(|(_, to)| to <= now);
            if over && !made.iter().any(|d| d.month == month && d.district == *district) {
                out.insert((month, district.clone()));
            }
        }
        Ok(out.into_iter().collect())
    }
}

/// A request before it is written.
struct Ask {
    kind: Kind,
    account: String,
    items: Vec<String>,
    window: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Days asked for, and at most.
    days: (i64, i64),
}

/// The month of an instant in India.
pub fn month_of(at: DateTime<Utc>) -> String {
    (at + TimeDelta::seconds(19_800)).format("%Y-%m").to_string()
}

/// First instant of a month in India, and of the next.
fn span(month: &str) -> std::result::Result<(DateTime<Utc>, DateTime<Utc>), AccessError> {
    let first = NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").map_err(|_| AccessError::Month)?;
    let next = if first.month() == 12 {
        NaiveDate::from_ymd_opt(first.year() + 1, 1, 1)
    } else {
        NaiveDate::from_ymd_opt(first.year(), first.month() + 1, 1)
    };
    midnight(first).zip(next.and_then(midnight)).ok_or(AccessError::Month)
}
