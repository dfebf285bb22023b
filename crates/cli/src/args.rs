//! The command line. Stable: scripts and checks depend on it.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Sarovar: a state police's data lake.
#[derive(Debug, Parser)]
#[command(name = "sarovar", version, about, propagate_version = true)]
pub struct Args {
    /// Folder of the lake.
    #[arg(long, global = true, env = "SAROVAR_HOME", default_value = "./data")]
    pub home: PathBuf,
    /// How rows are written.
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Who asks: an account of the lake. Without accounts, or for keeping the lake, the operator.
    #[arg(long = "as", global = true, value_name = "USER")]
    pub user: Option<String>,
    /// Why: case, complaint, supervision, statistics, operation. With accounts, the open piece of work of that purpose.
    #[arg(long, global = true)]
    pub purpose: Option<String>,
    /// The FIR or complaint the work belongs to: with accounts, an open piece of work of the account (`sarovar case list`).
    #[arg(long, global = true)]
    pub case: Option<String>,
    /// Memory for rows in work, as 256M or 2G. Files of any size pass; more memory makes fewer and larger data files.
    #[arg(long, global = true, env = "SAROVAR_MEMORY", value_name = "SIZE", value_parser = size)]
    pub memory: Option<usize>,
    /// Who acts, once the lake is open.
    #[arg(skip)]
    pub who: crate::who::Settled,
    #[command(subcommand)]
    pub command: Command,
}

/// Bytes of `64M`, `2G`, `512K` or a bare number.
fn size(text: &str) -> Result<usize, String> {
    let wrong = || format!("{text} is no size; write 256M or 2G, at least 4M");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 0,
        "k" | "kib" | "kb" => 10,
        "m" | "mib" | "mb" => 20,
        "g" | "gib" | "gb" => 30,
        _ => return Err(wrong()),
    };
    let bytes = digits.parse::<usize>().ok().and_then(|n| n.checked_mul(1 << shift)).ok_or_else(wrong)?;
    if bytes < 4 << 20 { Err(wrong()) } else { Ok(bytes) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Csv,
    Json,
    Ndjson,
    Parquet,
    /// A printable document; `dossier` alone.
    Html,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes the folders and the operational state of a lake.
    Init,
    /// Checks the lake and finishes what was interrupted.
    Doctor,
    /// Fills the lake with a made-up state to look at.
    Demo(Demo),
    /// Serves the pages.
    Serve(Serve),
    /// Writes a synthetic state in the sources' real layouts, with truth files.
    Generate(Generate),
    /// Takes files in and prints a report of each: in, accepted, rejected, duplicate, seconds.
    Ingest(Ingest),
    /// Fetches rows and files from other people's systems, as the files in `pulls/` below the lake's folder say.
    Pull(crate::pull::Pull),
    /// How the sources stand: freshness, volume against usual, quality, refusals.
    Source(crate::pull::Source),
    /// A first contract from a sample file, to be gone over by hand.
    Contract {
        #[command(subcommand)]
        what: crate::draft::ContractCommand,
    },
    /// Tells which contract fits a file, and why.
    Detect {
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Refused rows: list, show, replay.
    Quarantine(Quarantine),
    /// What is in the lake.
    Catalog(Catalog),
    /// Runs one SELECT under policy.
    Sql(Sql),
    /// Finds persons, phones, vehicles, cases and places: in any script, by sound, by part of a number.
    Search(Search),
    /// Brings the search index up to the lake; `search` does so by itself.
    Index {
        /// Makes it anew.
        #[arg(long)]
        rebuild: bool,
    },
    /// Everything the sources say of one person, phone, vehicle or case; each fact with its row. `--format json` is the whole
    /// dossier, `--format html` a printable page, the others its facts.
    Dossier(Dossier),
    /// What corresponds to sections of the Penal Code, the Nyaya Sanhita and the codes of procedure, and which code the day of the offence decides on.
    Section {
        /// As written in a register: `IPC 302`, `303(2) BNS; 3/25 Arms Act`.
        #[arg(required = true)]
        text: Vec<String>,
        /// Day of the offence, YYYY-MM-DD.
        #[arg(long)]
        offence: Option<String>,
    },
    /// Writes a table to a file: csv, json, ndjson, parquet, xlsx by its ending.
    Export {
        name: String,
        #[arg(long)]
        to: PathBuf,
    },
    /// What left the lake as a file, with its manifest.
    Exports(crate::outside::Exports),
    /// Erasure by order: asked for by one officer, approved by another.
    Expunge {
        #[command(subcommand)]
        what: crate::outside::ExpungeCommand,
    },
    /// The certificate for a court (BSA 2023, s.63(4)): of a received file, or of an export with its manifest.
    Certificate(crate::certificate::Certificate),
    /// Finds records of the same person or thing in one table, or across two (CSV or Parquet).
    Link(Link),
    /// Links the lake's mentions of persons: what is new, changed or gone since the last run.
    Resolve(crate::resolve::Resolve),
    /// Pairs of records that a person decides on, and how the linkage stands.
    Review {
        #[command(subcommand)]
        what: crate::resolve::ReviewCommand,
    },
    /// Compaction, retention, erasure.
    Maintain(Maintain),
    /// The access log: its records, their proof, its keys.
    Audit(crate::audit::Audit),
    /// What the name engine thinks of names, explained.
    Names {
        #[command(subcommand)]
        what: NamesCommand,
    },
    /// The desk: messages from draft to proof.
    Post {
        #[command(subcommand)]
        what: crate::post::PostCommand,
    },
    /// Campaigns with goals by unit, templates, appreciation.
    Campaign {
        #[command(subcommand)]
        what: crate::campaign::CampaignCommand,
    },
    /// Units, officers and accounts of the desk.
    Channel {
        #[command(subcommand)]
        what: crate::channel::ChannelCommand,
    },
    /// What people write to the department's accounts.
    Inbox {
        #[command(subcommand)]
        what: crate::channel::InboxCommand,
    },
    /// People who use the lake: accounts, roles, units, sessions.
    User {
        #[command(subcommand)]
        what: crate::user::UserCommand,
    },
    /// Why one reads: pieces of work, their teams, emergencies.
    Case {
        #[command(subcommand)]
        what: crate::case::CaseCommand,
    },
    /// Call and subscriber records, court orders, large exports: asked for, and decided by somebody else.
    Authority {
        #[command(subcommand)]
        what: crate::case::AuthorityCommand,
    },
    /// In which category the police hold somebody's data.
    Subject {
        #[command(subcommand)]
        what: crate::subject::SubjectCommand,
    },
    /// History sheets: asked for, ordered, looked at again, closed.
    Sheet {
        #[command(subcommand)]
        what: crate::subject::SheetCommand,
    },
    /// The policies: which are in force, and whether the lake's own hold.
    Policy {
        #[command(subcommand)]
        what: crate::case::PolicyCommand,
    },
    /// Tokens of programs.
    Token {
        #[command(subcommand)]
        what: crate::user::TokenCommand,
    },
    /// The measured work, beside peers: generate, ingest, lookup, access, growth, startup, linkage, names, search; audit, desk and feed alone. `bench NAME --help` shows the options.
    #[command(disable_help_flag = true)]
    Bench {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        arguments: Vec<String>,
    },
    /// Answers the benchmark driver's questions in one warm process.
    #[command(hide = true)]
    BenchWorker,
}

#[derive(Debug, clap::Args)]
pub struct Demo {
    #[arg(long, default_value_t = 2000)]
    pub persons: u64,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The police district they live in, by code or English name.
    #[arg(long, default_value = "Ajmer", value_name = "NAME")]
    pub district: String,
}

#[derive(Debug, clap::Args)]
pub struct Serve {
    /// Address and port; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: String,
    /// Opens the first administrator's account when there is none, and prints its one-time password here.
    #[arg(long)]
    pub with_accounts: bool,
    /// How browsers reach it, when that is another address than the one listened on: https://lake.example.org.
    #[arg(long, env = "SAROVAR_ADDRESS", value_name = "URL")]
    pub address: Option<String>,
    /// Seconds after which new rows are linked to persons in the background, as `sarovar resolve` does; 0 leaves it to that command.
    #[arg(long, env = "SAROVAR_LINK_EVERY", default_value_t = 60, value_name = "SECONDS")]
    pub link_every: u64,
    /// Seconds after which many small files of a table are merged into larger ones in the background, so that look-ups stay quick; 0 leaves it to
    /// `sarovar maintain --compact`.
    #[arg(long, env = "SAROVAR_MERGE_EVERY", default_value_t = 3600, value_name = "SECONDS")]
    pub merge_every: u64,
    /// Serves the public portal too, at an address of its own.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub portal: Option<String>,
    /// The portal's public address, as others write it (https://…).
    #[arg(long, env = "SAROVAR_PORTAL_URL", default_value = "")]
    pub portal_url: String,
}

#[derive(Debug, clap::Args)]
pub struct Generate {
    #[arg(long)]
    pub persons: u64,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[arg(long)]
    pub out: PathBuf,
    /// Rows of one large call-record file.
    #[arg(long, default_value_t = 0)]
    pub cdr_rows: u64,
    /// Rows of the plate-read file; four a person when absent.
    #[arg(long)]
    pub plate_rows: Option<u64>,
    /// Only these: case, vehicle, traffic, court, portal, control, subscriber, call-request, plate, call-bulk, department, desk, reference, truth.
    #[arg(long, value_delimiter = ',')]
    pub kinds: Vec<String>,
    /// Only the stations of one police district, by its code or English name.
    #[arg(long, value_name = "NAME")]
    pub district: Option<String>,
    /// Three or four stations a district, as the files for measuring have them.
    #[arg(long, conflicts_with = "district")]
    pub few_stations: bool,
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// Nothing spoilt: no rows to refuse, no repetitions, no corrections, no slips; one file a dataset.
    #[arg(long)]
    pub clean: bool,
}

#[derive(Debug, Default, clap::Args)]
pub struct Ingest {
    /// SYSTEM.DATASET (may be left out: the files tell), then the files and folders.
    #[arg(required = true)]
    pub source_and_paths: Vec<String>,
    /// Reference of the authority under which the rows were obtained.
    #[arg(long)]
    pub authority: Option<String>,
    /// An own contract.yaml, with mapping.sql beside it; it is kept for later.
    #[arg(long)]
    pub contract: Option<PathBuf>,
    /// Password of an encrypted archive, read from this environment variable.
    #[arg(long, value_name = "VARIABLE")]
    pub password_env: Option<String>,
    /// Keeps looking into the folders: a file is taken in once it has stopped changing, and stays where it is. Ends with Ctrl-C.
    #[arg(long)]
    pub watch: bool,
    /// Seconds from one look to the next.
    #[arg(long, default_value_t = 5, requires = "watch", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub every: u64,
}

#[derive(Debug, clap::Args)]
pub struct Quarantine {
    #[command(subcommand)]
    pub what: QuarantineCommand,
}

#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    /// Refused rows by source and reason.
    List,
    /// The refused rows of one source.
    Show {
        source: String,
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Tries refused rows again under the contract as it is now.
    Replay {
        source: String,
        #[arg(long)]
        contract: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
pub struct Catalog {
    #[command(subcommand)]
    pub what: CatalogCommand,
}

#[derive(Debug, Subcommand)]
pub enum CatalogCommand {
    /// All tables; --contracts also shows sources no file has come for yet.
    List {
        #[arg(long)]
        contracts: bool,
        /// Words to look for.
        #[arg(long)]
        search: Option<String>,
    },
    /// One table with its columns.
    Show { name: String },
    /// Where each column of a table comes from and goes to.
    Lineage { name: String },
}

#[derive(Debug, clap::Args)]
pub struct Sql {
    pub query: Option<String>,
    #[arg(long, conflicts_with = "query")]
    pub file: Option<PathBuf>,
    /// A version or a time: the tables as they were.
    #[arg(long)]
    pub at: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct Search {
    /// Names in any script, with a relative's name or a village if you like; a phone, registration mark, IMEI or document number or four signs
    /// and more of it; a FIR; a person id.
    #[arg(required = true, num_args = 1..)]
    pub text: Vec<String>,
    /// Only this.
    #[arg(long, value_enum)]
    pub kind: Option<Kind>,
    /// Only what is of this district.
    #[arg(long)]
    pub district: Option<String>,
    /// Only what is of this thana or station.
    #[arg(long)]
    pub thana: Option<String>,
    /// Only rows of this contract or system.
    #[arg(long)]
    pub source: Option<String>,
    /// Only persons of this sex: male, female, transgender.
    #[arg(long)]
    pub sex: Option<String>,
    /// Only persons of this age today: 25, or 20-30.
    #[arg(long, value_name = "YEARS", value_parser = years)]
    pub age: Option<(u32, u32)>,
    /// Only what happened on this day or later.
    #[arg(long, value_name = "DAY")]
    pub from: Option<chrono::NaiveDate>,
    /// Only what happened on this day or earlier.
    #[arg(long, value_name = "DAY")]
    pub to: Option<chrono::NaiveDate>,
    /// Hits wanted, 200 at most.
    #[arg(long, value_name = "N", default_value_t = dossier::PAGE)]
    pub most: usize,
}

fn years(text: &str) -> Result<(u32, u32), String> {
    let wrong = || format!("{text:?} is neither an age nor a range such as 20-30");
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let read = |t: &str| t.trim().parse::<u32>().map_err(|_| wrong());
    let (from, to) = (read(from)?, read(to)?);
    if from <= to { Ok((from, to)) } else { Err(wrong()) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Person,
    Phone,
    Handset,
    Vehicle,
    Case,
    Event,
    Place,
    Document,
}

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("whom").required(true).args(["id", "phone", "vehicle", "fir"])))]
pub struct Dossier {
    /// A person: id of a source, public id, phone or document number that leads to one person.
    pub id: Option<String>,
    #[arg(long, value_name = "NUMBER")]
    pub phone: Option<String>,
    #[arg(long, value_name = "REGISTRATION")]
    pub vehicle: Option<String>,
    #[arg(long, value_name = "STATION/NO/YEAR")]
    pub fir: Option<String>,
    /// Reference of the authority under which call records are read.
    #[arg(long)]
    pub authority: Option<String>,
    /// One table instead of the facts: links, timeline, mentions, reasons, contacts, sightings, persons.
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,
    /// Language of the printable page.
    #[arg(long, default_value = "hi", value_parser = ["hi", "en"])]
    pub lang: String,
}

#[derive(Debug, clap::Args)]
pub struct Link {
    /// One table to find repetitions in, or two to link.
    #[arg(required = true, num_args = 1..=2, value_name = "TABLE")]
    pub tables: Vec<PathBuf>,
    /// The model (TOML); what it leaves out is drafted from the tables.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// Pairs of records that are one: left_id, right_id, match_probability, match_weight, left_source, right_source, why.
    #[arg(long)]
    pub out: PathBuf,
    /// Every record with its cluster: id, source, cluster.
    #[arg(long)]
    pub clusters: Option<PathBuf>,
    /// Pairs for a person to decide, with both records' values.
    #[arg(long)]
    pub review: Option<PathBuf>,
    /// True pairs (two columns of ids) or true clusters (id, cluster). Measures are printed. Truth inside the tables is used when absent.
    #[arg(long)]
    pub truth: Option<PathBuf>,
    /// Match probability from which a pair is one, in place of the model's.
    #[arg(long, value_name = "P")]
    pub threshold: Option<f64>,
    /// Folder for charts: weights, shares, one pair's waterfall, precision and recall.
    #[arg(long, value_name = "DIR")]
    pub charts: Option<PathBuf>,
    /// dedupe, link or link-and-dedupe; by the number of tables when absent.
    #[arg(long)]
    pub mode: Option<String>,
    /// Parameters (JSON) of an earlier run, in place of training.
    #[arg(long, value_name = "JSON")]
    pub parameters: Option<PathBuf>,
    /// Pairs of records known to be one (two columns of ids, as in --truth): the parameters are learnt from them.
    #[arg(long, value_name = "CSV", conflicts_with = "parameters")]
    pub labels: Option<PathBuf>,
    /// Keeps the parameters of this run.
    #[arg(long, value_name = "JSON")]
    pub save_parameters: Option<PathBuf>,
    /// Keeps the model with everything that was drafted.
    #[arg(long, value_name = "TOML")]
    pub save_model: Option<PathBuf>,
    /// Judgements, which always win: the file of --review with verdict (same, not_same, unsure), who and why filled in, or one JSON object a
    /// line (left, right, verdict, who; left_source, right_source, when in microseconds, why).
    #[arg(long, value_name = "CSV or NDJSON")]
    pub judgements: Option<PathBuf>,
    /// Says in words why two records are one or not.
    #[arg(long, num_args = 2, value_names = ["LEFT", "RIGHT"])]
    pub explain: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct Maintain {
    /// Rewrites tables in few large sorted files.
    #[arg(long)]
    pub compact: bool,
    /// Only this table.
    #[arg(long)]
    pub table: Option<String>,
    /// Erases what is older than its contract's retention.
    #[arg(long)]
    pub retention: bool,
    /// Erases raw objects (SHA-256) and everything made from them.
    #[arg(long, value_name = "OBJECT", num_args = 1..)]
    pub purge: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub enum NamesCommand {
    /// Whether two names may be one person's; father, alias and age may be part of each.
    Compare { a: String, b: String },
    /// The phonetic keys of a name.
    Key { name: String },
    /// The likeliest spellings in Latin and Devanagari.
    Translit { name: String },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Args::command().debug_assert();
    }
}
