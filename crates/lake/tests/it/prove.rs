//! No row, cell, count, order or error of what is hidden leaves: made-up rows, readers, rules and SQL, compared with a reference that is too
//! slow and too plain to be wrong.
//!
//! [`reference`] works out, row by row, the tables as one reader may see them. Whatever he asks through the governed session must then be
//! answered as the bare engine answers over exactly those rows; a query that fails must fail alike. So nothing that is hidden can have had
//! a part in it. A few hundred cases run with the other tests; `SAROVAR_PROVE=1000000` runs as many as one likes, `SAROVAR_SEED` another
//! row of them, and a case that differs is printed with the seed that makes it again.

mod compare;
mod people;
mod query;
mod reference;
mod world;

use std::collections::BTreeMap;

use arrow::datatypes::SchemaRef;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use governance::Role;
use lake::{Access, At};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use compare::{Leak, Outcome, Right, Sight, ask, blank, merged, plainly, schemas, visible};
use query::{Counts, Query, Writer};
use reference::{Own, Reader, Seen};
use world::{Kind, Table, World};

/// Cases with the other tests.
const CASES: usize = 320;
/// Cases of one lake, of one set of own rules, of one reader.
const LAKE: usize = 160;
const RULES: usize = 40;
const ASKED: usize = 8;

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// A lake with its own rules in force, and the columns of its tables.
struct Stage {
    world: World,
    schemas: BTreeMap<&'static str, SchemaRef>,
    blank: SessionContext,
}

impl Stage {
    async fn new(rng: &mut SmallRng) -> Stage {
        let world = World::new(rng).await;
        let schemas = schemas(&world.lake, &world.tables).await;
        std::fs::create_dir(world.lake.home().root().join("policies")).unwrap();
        let blank = blank(&world.tables, &schemas);
        let stage = Stage { world, schemas, blank };
        stage.rule(None);
        stage.as_made().await;
        stage
    }

    fn rule(&self, own: Option<Own>) {
        let path = self.world.lake.home().root().join("policies/own.cedar");
        std::fs::write(path, own.map(Own::cedar).unwrap_or_default()).unwrap();
        self.world.lake.reload_policies().unwrap();
    }

    /// The lake holds what was made: the operator, who sees every row, sees these.
    async fn as_made(&self) {
        let reader = Reader { roles: vec![Role::Operator], work: None, own: None };
        let mut rng = SmallRng::seed_from_u64(0);
        let access = people::access(&self.world.lake, &reader, &mut rng).await;
        let (seen, ctx) = self.sight(&reader, &self.world.tables);
        for table in &self.world.tables {
            let columns: Vec<String> = table.columns.iter().map(|c| format!("\"{}\"", c.0)).collect();
            let sql = format!("SELECT {} FROM {} a", columns.join(", "), table.name);
            let query = Query { sql, compare: query::Compare::Rows, causes: Vec::new(), single: true };
            let sight = Sight { tables: &self.world.tables, seen: &seen, ctx: &ctx, blank: &self.blank, operator: true };
            let got = ask(&self.world.lake, &access, &query.sql).await;
            let right = sight.judge(&query, got).await.unwrap_or_else(|Leak(why)| panic!("{}: {why}", table.name));
            assert_eq!(right, Right::Rows);
        }
    }

    fn sight(&self, reader: &Reader, tables: &[Table]) -> (Vec<Seen>, SessionContext) {
        let seen: Vec<Seen> = tables.iter().map(|table| reader.see(table)).collect();
        let ctx = visible(tables, &seen, &self.schemas);
        (seen, ctx)
    }

    fn writer<'a>(&'a self, rng: &'a mut SmallRng) -> Writer<'a> {
        Writer { rng, tables: &self.world.tables }
    }
}

/// Whom to ask instead of the governed session: for planted leaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plant {
    Nothing,
    /// The session of the operator, from whom no row is hidden.
    Operator,
    /// Leaves and openings that ended are taken for ones in force.
    Ended,
    /// Policy's filter as a view's, merged with the query's own conditions.
    Merged,
}

#[derive(Debug, Default)]
struct Tally {
    right: BTreeMap<Right, usize>,
    /// Cases of readers from whom rows or values are hidden.
    hidden: usize,
    leaks: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        for (right, n) in other.right {
            *self.right.entry(right).or_default() += n;
        }
        self.hidden += other.hidden;
        self.leaks.extend(other.leaks);
    }
}

/// Every lake by itself, as many at once as there are cores. With a planted leak, until it is found.
async fn run(cases: usize, seed: u64, plant: Plant) -> Tally {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let lakes = (0..cases.div_ceil(LAKE)).map(|n| (seed.wrapping_add((n * LAKE) as u64), (cases - n * LAKE).min(LAKE)));
    let mut tallies =
        futures::stream::iter(lakes).map(|(seed, cases)| tokio::spawn(one(cases, seed, plant))).buffer_unordered(cores);
    let (mut tally, mut done) = (Tally::default(), 0);
    while let Some(one) = tallies.next().await {
        let one = one.unwrap();
        // A long run tells at once.
        one.leaks.iter().for_each(|leak| println!("{leak}\n"));
        tally.add(one);
        done += 1;
        if done % 100 == 0 {
            println!("{} cases, {} differ", done * LAKE, tally.leaks.len());
        }
        if plant != Plant::Nothing && !tally.leaks.is_empty() {
            break;
        }
    }
    tally
}

/// The cases of one lake.
async fn one(cases: usize, seed: u64, plant: Plant) -> Tally {
    let mut tally = Tally::default();
    let mut rng = SmallRng::seed_from_u64(seed);
    let stage = Stage::new(&mut rng).await;
    for n in 0..cases.div_ceil(RULES) {
        let own = people::own(&mut rng);
        stage.rule(own);
        for _ in 0..(cases - n * RULES).min(RULES).div_ceil(ASKED) {
            round(&stage, &mut rng, own, plant, seed, &mut tally).await;
        }
    }
    tally
}

/// One reader, and what he asks.
async fn round(stage: &Stage, rng: &mut SmallRng, own: Option<Own>, plant: Plant, seed: u64, tally: &mut Tally) {
    let lake = &stage.world.lake;
    let reader = people::reader(rng, own);
    let mut access = people::access(lake, &planted(&reader, plant), rng).await;
    // Now and then the tables are read as they were.
    let past = rng.random_bool(0.15);
    if past {
        access.at = At::Time(stage.world.moment);
    }
    let tables = if past { &stage.world.then } else { &stage.world.tables };
    let (seen, ctx) = stage.sight(&reader, tables);
    let view = if plant == Plant::Merged { Some(merged(tables, &seen, &stage.schemas).await) } else { None };
    let sight = Sight { tables, seen: &seen, ctx: &ctx, blank: &stage.blank, operator: reader.roles.contains(&Role::Operator) };
    let hides = tables.iter().zip(&seen).any(|(table, seen)| matches!(seen, Seen::Rows { rows, .. } if *rows != table.rows));
    for _ in 0..ASKED {
        let query = stage.writer(rng).query();
        let got = match &view {
            Some(view) => plainly(view, &query.sql).await,
            None => ask(lake, &access, &query.sql).await,
        };
        tally.hidden += usize::from(hides);
        match sight.judge(&query, got).await {
            Ok(right) => *tally.right.entry(right).or_default() += 1,
            Err(Leak(why)) => tally.leaks.push(told(&reader, &query.sql, &why, seed)),
        }
    }
    if plant == Plant::Nothing {
        let reader = people::counter(rng, own);
        let access = people::access(lake, &reader, rng).await;
        let counts = stage.writer(rng).counts();
        match counted(stage, &reader, &access, &counts).await {
            Ok(right) => *tally.right.entry(right).or_default() += 1,
            Err(Leak(why)) => tally.leaks.push(told(&reader, &counts.sql(), &why, seed)),
        }
    }
}

fn planted(reader: &Reader, plant: Plant) -> Reader {
    let mut reader = reader.clone();
    match plant {
        Plant::Operator => {
            reader.roles = vec![Role::Operator];
            reader.work = None;
        }
        Plant::Ended => {
            if let Some(work) = &mut reader.work {
                work.leaves.iter_mut().for_each(|leave| leave.in_force = true);
                work.openings.iter_mut().for_each(|opening| opening.in_force = true);
            }
        }
        Plant::Nothing | Plant::Merged => {}
    }
    reader
}

fn told(reader: &Reader, sql: &str, why: &str, seed: u64) -> String {
    format!("{sql}\n{why}\nby {reader:?}\nSAROVAR_SEED={seed}")
}

/// Statistics: groups of few rows are left out, counts of few values are empty, all others are rounded to a multiple of five.
async fn counted(stage: &Stage, reader: &Reader, access: &Access, counts: &Counts) -> Result<Right, Leak> {
    let (seen, ctx) = stage.sight(reader, &stage.world.tables);
    let got = ask(&stage.world.lake, access, &counts.sql()).await;
    let at = stage.world.tables.iter().position(|t| t.name == counts.table).unwrap();
    let withheld = match &seen[at] {
        Seen::Denied => {
            return if got == Outcome::Denied { Ok(Right::Denied) } else { Err(Leak(format!("denied, and yet {got:?}"))) };
        }
        Seen::Rows { counts, .. } => *counts,
    };
    let Outcome::Rows(bare) = plainly(&ctx, &counts.bare()).await else { return Err(Leak("the reference failed".into())) };
    let mut wanted = Vec::new();
    for line in bare {
        let mut cells: Vec<String> = line.split('|').map(str::to_owned).collect();
        let values: i64 = cells.pop().unwrap().parse().unwrap();
        let told: i64 = cells.pop().unwrap().parse().unwrap();
        let rows: i64 = cells.pop().unwrap().parse().unwrap();
        let five = |n: i64| if withheld { (n + 2) / 5 * 5 } else { n };
        if (withheld && rows < 5) || counts.having.is_some_and(|least| five(rows) <= least) {
            continue;
        }
        cells.push(five(rows).to_string());
        cells.push(if withheld && values < 5 { "∅".into() } else { five(told).to_string() });
        wanted.push(cells.join("|"));
    }
    let Outcome::Rows(mut got) = got else { return Err(Leak(format!("not answered: {got:?}"))) };
    got.sort();
    wanted.sort();
    if got == wanted { Ok(Right::Rows) } else { Err(Leak(format!("got {got:?}\nwanted {wanted:?}"))) }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_hidden_has_a_part_in_any_answer() {
    let (cases, seed) = (number("SAROVAR_PROVE", CASES), number("SAROVAR_SEED", 20_261_129) as u64);
    let tally = run(cases, seed, Plant::Nothing).await;
    println!("{cases} cases: {:?}, {} of readers from whom something is hidden", tally.right, tally.hidden);
    assert!(
        tally.leaks.is_empty(),
        "{} of {cases} differ, the first:\n{}",
        tally.leaks.len(),
        tally.leaks[..tally.leaks.len().min(20)].join("\n\n")
    );
    // A proof of nothing would pass as well: each way of being right has to come up, and hidden rows with it.
    for way in [Right::Rows, Right::Error, Right::Denied] {
        assert!(tally.right.get(&way).is_some_and(|n| *n * 100 > cases), "{way:?} hardly comes up: {:?}", tally.right);
    }
    // Most conditions keep the engine from the expression that would fail.
    assert!(tally.right.contains_key(&Right::Cause), "no error had its cause looked for: {:?}", tally.right);
    assert!(tally.hidden * 2 > cases, "only {} cases hide anything", tally.hidden);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_leak_is_found() {
    for (plant, name) in [(Plant::Operator, "operator"), (Plant::Ended, "ended"), (Plant::Merged, "merged")] {
        let tally = run(800, 7, plant).await;
        let leak = tally.leaks.first().unwrap_or_else(|| panic!("the planted leak {name} was not found"));
        println!("{name}: {leak}");
    }
}

/// Hidden rows are many and the seals are mixed: what the proof stands on.
#[test]
fn the_reference_hides_and_shows() {
    let mut rng = SmallRng::seed_from_u64(1);
    let (mut masked, mut dropped, mut whole) = (0, 0, 0);
    for _ in 0..1000 {
        let own = people::own(&mut rng);
        let reader = people::reader(&mut rng, own);
        for table in small() {
            match reader.see(&table) {
                Seen::Rows { rows, .. } if rows.len() < table.rows.len() => dropped += 1,
                Seen::Rows { rows, .. } if rows != table.rows => masked += 1,
                Seen::Rows { .. } => whole += 1,
                Seen::Denied => {}
            }
        }
    }
    assert!(masked > 50 && dropped > 50 && whole > 50, "{masked} {dropped} {whole}");
}

/// Two tables of two rows, as a lawyer would write them down.
fn small() -> Vec<Table> {
    use model::Classification::{Internal, Personal, Sealed};
    use world::{Calls, Station, V};
    let word = |w: &str| V::Text(w.into());
    let persons = Table {
        name: "clean.prove_person",
        columns: &[
            ("person_key", Kind::Text, Internal),
            ("station_code", Kind::Text, Internal),
            ("name", Kind::Text, Personal),
            ("secret", Kind::Text, Sealed),
            ("sealed", Kind::Bool, Internal),
        ],
        seal: Some("sealed"),
        blank_is_open: true,
        keys: &["person_key"],
        station: Station::Code("station_code"),
        calls: Calls::No,
        rows: vec![
            vec![word("test:1"), word("27541001"), word("Asha"), word("s"), V::Bool(true)],
            vec![word("test:2"), word("27541002"), word("Bina"), V::Null, V::Bool(false)],
        ],
    };
    let calls = Table {
        name: "clean.prove_call",
        columns: &[("number", Kind::Text, Personal), ("started_at", Kind::Time, Internal)],
        seal: None,
        keys: &[],
        station: Station::Nowhere,
        calls: Calls::All { number: "number", time: "started_at" },
        rows: vec![vec![word("7000000101"), V::Time(world::FIRST)], vec![word("7000000102"), V::Time(world::FIRST)]],
        ..persons.clone()
    };
    vec![persons, calls]
}

#[test]
fn the_reference_says_what_the_law_says() {
    use model::Purpose;
    use reference::{Leave, Opening, Work};
    let [persons, calls] = small().try_into().unwrap();
    let work = |purpose| Work { purpose, open: true, emergency: false, units: vec![], leaves: vec![], openings: vec![] };
    let reader = |role, work| Reader { roles: vec![role], work, own: None };
    let shown = |reader: &Reader, table: &Table| match reader.see(table) {
        Seen::Denied => "denied".to_owned(),
        Seen::Rows { rows, .. } => {
            rows.iter().map(|r| r.iter().filter_map(world::V::text).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("; ")
        }
    };
    let officer = |work| reader(Role::InvestigatingOfficer, work);
    assert_eq!(shown(&officer(None), &persons), "denied", "no purpose");
    assert_eq!(shown(&reader(Role::Auditor, Some(work(Purpose::Case))), &persons), "denied", "an auditor reads no case");
    assert_eq!(
        shown(&officer(Some(work(Purpose::Case))), &persons),
        "test:1 27541001; test:2 27541002 Bina",
        "the sealed person is not named"
    );
    let closed = Work { open: false, ..work(Purpose::Case) };
    assert_eq!(shown(&officer(Some(closed)), &persons), "denied", "closed is closed");
    let opening = Opening { keys: vec!["test:1".into()], in_force: true };
    let ordered = Work { openings: vec![opening.clone()], ..work(Purpose::Case) };
    assert_eq!(shown(&officer(Some(ordered)), &persons), "test:1 27541001 Asha s; test:2 27541002 Bina", "a court's order");
    let ended = Work { openings: vec![Opening { in_force: false, ..opening }], ..work(Purpose::Case) };
    assert_eq!(shown(&officer(Some(ended)), &persons), "test:1 27541001; test:2 27541002 Bina", "it ends");
    let supervision = Work { units: vec!["27541002"], ..work(Purpose::Supervision) };
    assert_eq!(shown(&reader(Role::Supervisor, Some(supervision.clone())), &persons), "test:2 27541002 Bina", "the own station");
    assert_eq!(shown(&officer(Some(supervision)), &persons), "denied", "an investigating officer does not supervise");
    assert_eq!(shown(&officer(Some(work(Purpose::Case))), &calls), "", "no call record without an authority");
    let leave = Leave { numbers: vec!["7000000102"], from: world::FIRST, to: world::FIRST + world::DAY, in_force: true };
    let granted = Work { leaves: vec![leave.clone()], ..work(Purpose::Case) };
    assert_eq!(shown(&officer(Some(granted)), &calls), "7000000102", "the number that is named");
    let other = Leave { from: world::FIRST + world::DAY, to: world::FIRST + 2 * world::DAY, ..leave };
    assert_eq!(shown(&officer(Some(Work { leaves: vec![other], ..work(Purpose::Case) })), &calls), "", "another day");
    assert_eq!(shown(&reader(Role::DataEngineer, None), &persons), "test:1 27541001; test:2 27541002", "no personal value");
}
