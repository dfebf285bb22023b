//! Why somebody reads, and what was granted for it: pieces of work, authorities, orders, releases, declarations, policies.

use std::process::ExitCode;

use accounts::{Accounts, NewAuthority, NewOrder, NewWork};
use chrono::NaiveDate;
use clap::Subcommand;
use governance::Principal;
use governance::audit::chain;
use lake::{Access, Lake, LakeError};
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::{Args, Format};
use crate::bring::open;
use crate::output::{self, say};
use crate::who::{self, wrong};

#[derive(Debug, Subcommand)]
pub enum CaseCommand {
    /// Opens a piece of work: states once why its team reads. `--purpose` says which; a case when absent.
    Open {
        /// The FIR (STATION/NUMBER/YEAR), the complaint's number, the unit to supervise, or the question of statistics.
        reference: String,
        /// A section of law; may be given several times.
        #[arg(long = "section", value_name = "SECTION")]
        sections: Vec<String>,
        #[arg(long, default_value = "")]
        reason: String,
        /// Days until it expires.
        #[arg(long)]
        days: Option<i64>,
        /// Danger to life: four hours, announced, reviewed by somebody else. --reason says who is in danger.
        #[arg(long)]
        emergency: bool,
        /// In an emergency, a number whose call records are needed; may be given several times.
        #[arg(long = "number", value_name = "NUMBER", requires = "emergency")]
        numbers: Vec<String>,
    },
    /// Pieces of work of the account.
    List,
    /// The team of one, and changes of it.
    Team {
        id: String,
        #[arg(long, value_name = "USER")]
        add: Option<String>,
        #[arg(long, value_name = "USER", conflicts_with = "add")]
        remove: Option<String>,
    },
    /// Ends the access of a whole team.
    Close { id: String },
    /// Emergencies that wait for review; with an id and --finding, notes one.
    Review {
        id: Option<String>,
        #[arg(long, requires = "id")]
        finding: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum AuthorityCommand {
    /// Asks for call, internet and subscriber records of some numbers and days, under the case of --case.
    Ask {
        /// Number and date of the requisition.
        reference: String,
        /// A phone number, IMEI or cell; may be given several times.
        #[arg(long = "number", value_name = "NUMBER", required = true)]
        numbers: Vec<String>,
        /// First day asked about.
        #[arg(long)]
        from: NaiveDate,
        /// Last day asked about.
        #[arg(long)]
        to: NaiveDate,
        /// Days the leave to read lasts.
        #[arg(long, default_value_t = 30)]
        days: i64,
        #[arg(long)]
        reason: String,
    },
    /// Records a court's order that opens seals to the account itself, under the case of --case.
    Order {
        /// Court, number and date.
        reference: String,
        /// A person (cctns:ID) or a FIR it names; may be given several times.
        #[arg(long = "key", value_name = "KEY", required = true)]
        keys: Vec<String>,
        #[arg(long, default_value_t = 14)]
        days: i64,
        #[arg(long)]
        reason: String,
    },
    /// Asks that a large export be released; the query as it is exported.
    Release {
        query: String,
        #[arg(long)]
        reason: String,
    },
    /// What the account may decide; with --own, what was asked for under the case of --case, with its state.
    List {
        #[arg(long)]
        own: bool,
    },
    /// One request with its state: the account's own, one it may decide, or one of a piece of work it has to do with.
    Show { id: String },
    /// Grants a request of somebody else's.
    Grant {
        id: String,
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Refuses a request of somebody else's.
    Refuse {
        id: String,
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Takes a request, or what was granted, back.
    Withdraw {
        id: String,
        #[arg(long, default_value = "")]
        note: String,
    },
    /// The monthly declaration to the District Magistrate.
    Declaration {
        /// Such as 2026-11.
        month: String,
        /// Code of the district's unit.
        district: String,
        /// Notes that it was sent.
        #[arg(long)]
        sent: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// The policies in force, each with its rule and law.
    List,
    /// One policy as it is written.
    Show { id: String },
    /// Reads policies/*.cedar of the lake and puts them in force, or says what is wrong.
    Check,
    /// The numbers an installation settles: rows above which an export needs a second person (bulk_rows), days an export may be kept
    /// (export_days), days data may stand in no category (subject_days). With a name and a number, settles one.
    Limit {
        #[arg(requires = "value")]
        name: Option<String>,
        value: Option<String>,
    },
}

/// Who does it, in which lake, with the policies.
struct Desk {
    lake: Lake,
    accounts: Accounts,
    principal: Principal,
    access: Access,
}

impl Desk {
    async fn open(args: &Args) -> Result<Desk, LakeError> {
        let lake = open(args).await?;
        let accounts = who::accounts(lake.store(), args)?;
        let principal = who::principal(args);
        let access = who::access_of(principal.clone(), &lake);
        if !accounts.in_use().await.map_err(wrong)? {
            return Err(wrong(
                "this lake has no accounts: its operator needs no case. `sarovar user add NAME --administrator` opens the first",
            ));
        }
        Ok(Desk { lake, accounts, principal, access })
    }

    fn note(&self, action: &str, what: Value) -> Result<(), LakeError> {
        self.lake.record(&self.access, action, true, what)
    }
}

/// A piece of work as a row.
#[derive(Serialize)]
struct Row {
    id: String,
    purpose: String,
    reference: String,
    state: &'static str,
    emergency: bool,
    until: String,
    opened_by: String,
}

fn row(row: store::access::Work, state: &'static str) -> Row {
    Row {
        until: model::time::format_ist(row.until_at),
        id: row.id,
        purpose: row.purpose,
        reference: row.reference,
        state,
        emergency: row.emergency == 1,
        opened_by: row.opened_by,
    }
}

pub async fn case(args: &Args, command: &CaseCommand) -> Result<ExitCode, LakeError> {
    let desk = Desk::open(args).await?;
    let (accounts, principal, now) = (&desk.accounts, &desk.principal, desk.lake.now());
    let policies = desk.lake.policies();
    match command {
        CaseCommand::Open { reference, sections, reason, days, emergency, numbers } => {
            let purpose = args.purpose.as_deref().map(str::parse).transpose().map_err(wrong)?.unwrap_or(model::Purpose::Case);
            let new = NewWork {
                purpose: Some(purpose),
                reference: reference.clone(),
                sections: sections.clone(),
                reason: reason.clone(),
                days: *days,
                emergency: emergency.then(|| numbers.clone()),
            };
            let action = if *emergency { "emergency" } else { "work" };
            desk.note(
                action,
                json!({ "change": "open", "purpose": purpose, "reference": reference, "reason": chain::hash(reason) }),
            )?;
            let opened = accounts.open_work(principal, &policies, new, now).await.map_err(wrong)?;
            output::records(&[row(opened, "open")], args.format)?;
        }
        CaseCommand::List => {
            let all = accounts.works(principal, now).await.map_err(wrong)?;
            let rows: Vec<Row> = all.into_iter().map(|piece| row(piece.row, piece.standing.as_str())).collect();
            output::records(&rows, args.format)?;
        }
        CaseCommand::Team { id, add, remove } => {
            if let Some(account) = add {
                desk.note("work", json!({ "change": "join", "work": id, "account": account }))?;
                accounts.join_team(principal, id, account, now).await.map_err(wrong)?;
            }
            if let Some(account) = remove {
                desk.note("work", json!({ "change": "leave", "work": id, "account": account }))?;
                accounts.leave_team(principal, id, account, now).await.map_err(wrong)?;
            }
            let (_, team) = accounts.piece(principal, id, now).await.map_err(wrong)?;
            output::records(&team, args.format)?;
        }
        CaseCommand::Close { id } => {
            desk.note("work", json!({ "change": "close", "work": id }))?;
            accounts.close_work(principal, id, now).await.map_err(wrong)?;
            say(&format!("{id} is closed; nobody reads under it any more"));
        }
        CaseCommand::Review { id: Some(id), finding } => {
            let finding = finding.clone().ok_or_else(|| wrong("write what the review found: --finding"))?;
            desk.note("emergency", json!({ "change": "review", "work": id }))?;
            accounts.review(principal, &policies, id, &finding, now).await.map_err(wrong)?;
            say(&format!("the review of {id} is noted"));
        }
        CaseCommand::Review { id: None, .. } => {
            let rows: Vec<Row> = accounts
                .to_review(principal, &policies, now)
                .await
                .map_err(wrong)?
                .into_iter()
                .map(|w| row(w, "unreviewed"))
                .collect();
            output::records(&rows, args.format)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn authority(args: &Args, command: &AuthorityCommand) -> Result<ExitCode, LakeError> {
    let desk = Desk::open(args).await?;
    let (accounts, principal, now) = (&desk.accounts, &desk.principal, desk.lake.now());
    let policies = desk.lake.policies();
    let asked = |id: String| output::records(&[json!({ "id": id, "state": "asked" })], args.format);
    match command {
        AuthorityCommand::Ask { reference, numbers, from, to, days, reason } => {
            let new = NewAuthority {
                reference: reference.clone(),
                numbers: numbers.clone(),
                from: Some(*from),
                to: Some(*to),
                days: *days,
                reason: reason.clone(),
            };
            desk.note(
                "request",
                json!({ "change": "ask", "kind": "authority", "reference": reference, "numbers": numbers.len() }),
            )?;
            asked(accounts.ask_authority(principal, &policies, new, now).await.map_err(wrong)?)?;
        }
        AuthorityCommand::Order { reference, keys, days, reason } => {
            let new = NewOrder { reference: reference.clone(), keys: keys.clone(), days: *days, reason: reason.clone() };
            desk.note("request", json!({ "change": "ask", "kind": "order", "reference": reference }))?;
            asked(accounts.ask_order(principal, &policies, new, now).await.map_err(wrong)?)?;
        }
        AuthorityCommand::Release { query, reason } => {
            let mark = governance::release_mark(query);
            desk.note("request", json!({ "change": "ask", "kind": "release", "query": mark }))?;
            asked(accounts.ask_release(principal, &policies, &mark, query, reason, now).await.map_err(wrong)?)?;
        }
        AuthorityCommand::List { own: false } => {
            output::records(&accounts.to_decide(principal, &policies, now).await.map_err(wrong)?, args.format)?;
        }
        AuthorityCommand::List { own: true } => {
            let work = principal.work.as_ref().ok_or_else(|| wrong(accounts::AccessError::NoneOpen))?;
            output::records(&desk.lake.store().requests_of(&work.id).await.map_err(wrong)?, args.format)?;
        }
        AuthorityCommand::Show { id } => {
            let request = accounts.request(principal, &policies, id, now).await.map_err(wrong)?;
            output::records(&[request], args.format)?;
        }
        AuthorityCommand::Grant { id, note } | AuthorityCommand::Refuse { id, note } => {
            let grant = matches!(command, AuthorityCommand::Grant { .. });
            desk.note("request", json!({ "change": if grant { "grant" } else { "refuse" }, "request": id }))?;
            accounts.decide_request(principal, &policies, id, grant, note, now).await.map_err(wrong)?;
            say(&format!("{id} is {}", if grant { "granted" } else { "refused" }));
        }
        AuthorityCommand::Withdraw { id, note } => {
            desk.note("request", json!({ "change": "withdraw", "request": id }))?;
            accounts.withdraw(principal, &policies, id, note, now).await.map_err(wrong)?;
            say(&format!("{id} is withdrawn"));
        }
        AuthorityCommand::Declaration { month, district, sent } => {
            if *sent {
                desk.note("declaration", json!({ "month": month, "district": district }))?;
                accounts.declare(principal, &policies, month, district, now).await.map_err(wrong)?;
            }
            let declaration = accounts.declaration(principal, &policies, month, district, now).await.map_err(wrong)?;
            match args.format {
                Format::Json | Format::Ndjson => output::records(&[declaration], args.format)?,
                Format::Html => output::text(&server::declared(declaration).map_err(|e| wrong(e.to_string()))?)?,
                _ => output::records(&declaration.lines, args.format)?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn policy(args: &Args, command: &PolicyCommand) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    match command {
        PolicyCommand::List => {
            let policies = lake.policies();
            let rows: Vec<_> = policies
                .texts()
                .iter()
                .map(|t| json!({ "id": t.id, "effect": t.effect, "rule": t.rule, "law": t.law, "file": t.file, "own": t.own }))
                .collect();
            output::records(&rows, args.format)?;
            if let Some(trouble) = lake.policy_trouble() {
                say(&trouble);
                return Ok(ExitCode::from(1));
            }
        }
        PolicyCommand::Show { id } => {
            let policies = lake.policies();
            let known = policies.texts().iter().find(|t| t.id == *id);
            let found = known.ok_or_else(|| wrong(format!("there is no policy {id:?}; `sarovar policy list` shows them")))?;
            output::text(&format!("{}\n", found.text))?;
        }
        PolicyCommand::Limit { name, value } => {
            let accounts = who::accounts(lake.store(), args)?;
            if let (Some(name), Some(value)) = (name, value) {
                let principal = who::principal(args);
                let settled = accounts.limit(&principal, name, value).map_err(wrong)?;
                let what = json!({ "limit": settled.0.name, "value": settled.1 });
                lake.record(&who::access_of(principal, &lake), "policy", true, what)?;
                accounts.settle(settled).await.map_err(wrong)?;
            }
            output::records(&accounts.limits().await.map_err(wrong)?, args.format)?;
        }
        PolicyCommand::Check => {
            let policies = lake.reload_policies()?;
            let own = policies.texts().iter().filter(|t| t.own).count();
            say(&format!("{} policies are in force, {own} of them this lake's own", policies.texts().len()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
