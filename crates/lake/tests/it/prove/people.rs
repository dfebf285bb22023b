//! Made-up readers: what they are, what they have in hand, and the same as the program takes it.

use chrono::{DateTime, TimeDelta, Utc};
use governance::{Authority, Context, Order, Principal, Rank, Role, Standing};
use lake::{Access, At, Lake};
use model::Purpose;
use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::{IndexedRandom, IteratorRandom};
use store::access::{Request, Work as Row};

use super::reference::{Leave, Opening, Own, Reader, Work};
use super::world::{DAY, FIRST, NUMBERS, STATIONS};

/// One set of an operator's own rules.
pub fn own(rng: &mut SmallRng) -> Option<Own> {
    let roles = [Role::StationOfficer, Role::DistrictAnalyst, Role::StateAnalyst, Role::Supervisor, Role::DataEngineer];
    let role = *roles.choose(rng).unwrap();
    let tables = ["clean.prove_person", "clean.prove_call", "clean.prove_section", "pole.person_mention", "pole.object"];
    match rng.random_range(0..8) {
        0 => Some(Own::NoQuery(role, tables.choose(rng).unwrap())),
        1 => Some(Own::NoPersonal(role)),
        2 => Some(Own::Stations(role)),
        3 => Some(Own::OpenEngineers),
        _ => None,
    }
}

pub fn reader(rng: &mut SmallRng, own: Option<Own>) -> Reader {
    let work = Some(work(rng));
    let one = |role: Role, work: Option<Work>| Reader { roles: vec![role], work, own };
    match rng.random_range(0..20) {
        0 => one(Role::Operator, None),
        1 | 2 => one(Role::DataEngineer, None),
        3 => one(Role::Auditor, work),
        4 => one(Role::InvestigatingOfficer, None),
        5 | 6 => one(Role::StationOfficer, work),
        7 => one(Role::DistrictAnalyst, work),
        8 => one(Role::StateAnalyst, work),
        9..=11 => one(Role::Supervisor, work),
        12 => Reader { roles: vec![Role::StationOfficer, Role::Approver], work, own },
        _ => one(Role::InvestigatingOfficer, work),
    }
}

/// One who states statistics and may.
pub fn counter(rng: &mut SmallRng, own: Option<Own>) -> Reader {
    let role = *[Role::DistrictAnalyst, Role::StateAnalyst, Role::Supervisor].choose(rng).unwrap();
    let work = Work { purpose: Purpose::Statistics, open: true, emergency: false, ..work(rng) };
    Reader { roles: vec![role], work: Some(work), own }
}

/// At least so many of them, and not many more.
fn some_of(rng: &mut SmallRng, from: &[&'static str], least: usize) -> Vec<&'static str> {
    let n = rng.random_range(least..3);
    from.iter().copied().choose_multiple(rng, n)
}

fn work(rng: &mut SmallRng) -> Work {
    let purpose = match rng.random_range(0..10) {
        0 => Purpose::Statistics,
        1..=3 => Purpose::Supervision,
        4 => Purpose::Complaint,
        _ => Purpose::Case,
    };
    let leave = |rng: &mut SmallRng| {
        let first = rng.random_range(0..5);
        Leave {
            numbers: some_of(rng, &NUMBERS, 1),
            from: FIRST + first * DAY,
            to: FIRST + (first + rng.random_range(1..5)) * DAY,
            in_force: rng.random_bool(0.8),
        }
    };
    let opening = |rng: &mut SmallRng| {
        let keys = (0..rng.random_range(1..4)).map(|_| format!("test:{}", rng.random_range(0..17))).collect();
        Opening { keys, in_force: rng.random_bool(0.8) }
    };
    let leaves = (0..rng.random_range(0..3)).map(|_| leave(rng)).collect();
    let openings = (0..rng.random_range(0..2)).map(|_| opening(rng)).collect();
    let units = some_of(rng, &STATIONS, 0);
    Work { purpose, open: rng.random_bool(0.93), emergency: rng.random_bool(0.08), units, leaves, openings }
}

/// The reader as the program knows him, with everything the store says of his work.
pub async fn access(lake: &Lake, reader: &Reader, rng: &mut SmallRng) -> Access {
    let now = lake.now();
    let ended = now - TimeDelta::days(1);
    let until = |in_force: bool| {
        DateTime::from_timestamp_micros((if in_force { now + TimeDelta::days(9) } else { ended }).timestamp_micros()).unwrap()
    };
    let id = "reader".to_owned();
    let mut principal = Principal { id: id.clone(), rank: Rank::Inspector, roles: reader.roles.clone(), ..Principal::operator() };
    if let Some(work) = &reader.work {
        let at = |micros: i64| DateTime::<Utc>::from_timestamp_micros(micros).unwrap();
        // Closed or expired: both are over.
        let closed = !work.open && rng.random_bool(0.5);
        let made = governance::Work {
            id: lake.store().fresh_id(now),
            purpose: work.purpose,
            reference: "27541001/0123/2026".into(),
            standing: if closed { Standing::Closed } else { Standing::Open },
            until: until(work.open || closed),
            emergency: work.emergency,
            units: work.units.iter().map(|u| (*u).to_owned()).collect(),
            authorities: work
                .leaves
                .iter()
                .enumerate()
                .map(|(n, leave)| Authority {
                    reference: format!("SP/{n}"),
                    numbers: leave.numbers.iter().map(|n| (*n).to_owned()).collect(),
                    from: at(leave.from),
                    to: at(leave.to),
                    until: until(leave.in_force),
                })
                .collect(),
            orders: work
                .openings
                .iter()
                .enumerate()
                .map(|(n, opening)| Order {
                    reference: format!("Court/{n}"),
                    keys: opening.keys.clone(),
                    until: until(opening.in_force),
                })
                .collect(),
            most_rows: Some(100_000),
            releases: Vec::new(),
        };
        keep(lake, &id, &made).await;
        principal.work = Some(made);
    }
    let context = Context { purpose: None, case: None, authority: None, now };
    Access { principal, context, at: At::Now }
}

/// Writes a piece of work and what is granted for it into the store, as the program finds it while an answer runs.
async fn keep(lake: &Lake, account: &str, work: &governance::Work) {
    let now = lake.now().timestamp_micros();
    let row = Row {
        id: work.id.clone(),
        purpose: work.purpose.as_str().into(),
        reference: work.reference.clone(),
        sections: String::new(),
        reason: String::new(),
        unit: None,
        emergency: i64::from(work.emergency),
        numbers: String::new(),
        opened_by: account.into(),
        opened_at: now,
        until_at: work.until.timestamp_micros(),
        closed_at: None,
        closed_by: None,
        reviewed_at: None,
        reviewed_by: None,
        finding: None,
    };
    lake.store().open_work(&row, "").await.unwrap();
    let granted = work.authorities.iter().map(|a| ("authority", &a.reference, a.until));
    for (kind, reference, until) in granted.chain(work.orders.iter().map(|o| ("order", &o.reference, o.until))) {
        let id = lake.store().fresh_id(lake.now());
        let new = Request {
            id: id.clone(),
            kind: kind.into(),
            work: work.id.clone(),
            account: account.into(),
            reference: reference.clone(),
            items: String::new(),
            reason: String::new(),
            from_at: None,
            to_at: None,
            until_at: until.timestamp_micros(),
            requested_at: now,
            requested_by: account.into(),
            requester_rank: "inspector".into(),
            ..Request::default()
        };
        lake.store().add_request(new).await.unwrap();
        assert!(lake.store().decide_request(&id, "granted", "sp", "superintendent", "", now).await.unwrap());
    }
}
