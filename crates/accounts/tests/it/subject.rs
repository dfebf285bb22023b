//! Categories and history sheets, on both databases: who may, who may not, and that nothing goes by itself.

use accounts::{AccessError, AccountError, Accounts, Change, NewWork, SheetOrder};
use chrono::{DateTime, TimeDelta, Utc};
use governance::{Policies, Principal, Rank, Role};
use model::Purpose;

use crate::desk::{minutes, noon, settled};

const WHY: &str = "convicted three times of burglary in this town";

fn denied<T: std::fmt::Debug>(outcome: Result<T, AccountError>) {
    assert!(matches!(outcome, Err(AccountError::Access(AccessError::Denied(_)))), "{outcome:?}");
}

/// With a case in hand.
async fn at_work(accounts: &Accounts, login: &str) -> Principal {
    at_work_on(accounts, login, noon()).await
}

async fn at_work_on(accounts: &Accounts, login: &str, now: DateTime<Utc>) -> Principal {
    let who = accounts.principal(login, now).await.unwrap().unwrap();
    let new = NewWork { purpose: Some(Purpose::Case), reference: "27541001/13/26".into(), ..NewWork::default() };
    let work = accounts.open_work(&who, &Policies::builtin().unwrap(), new, now).await.unwrap();
    accounts.with_work(who, &work.id, now).await.unwrap()
}

pub async fn all(accounts: &Accounts) {
    for (login, role, rank, unit) in [
        ("sho.t1", Role::StationOfficer, Rank::Inspector, "T1"),
        ("io.t1", Role::InvestigatingOfficer, Rank::SubInspector, "T1"),
        ("sp.d1", Role::Supervisor, Rank::Superintendent, "D1"),
        ("sp.d2", Role::Supervisor, Rank::Superintendent, "D2"),
        ("dysp.d1", Role::Supervisor, Rank::DeputySuperintendent, "D1"),
        // A Superintendent who is in charge of a station would ask and decide.
        ("sp.t1", Role::StationOfficer, Rank::Superintendent, "T1"),
    ] {
        settled(accounts, login, &[role], Some(unit)).await;
        accounts.edit("boss", login, Change { rank: Some(rank), ..Change::default() }, noon()).await.unwrap();
    }
    categories(accounts).await;
    sheets(accounts).await;
}

async fn categories(accounts: &Accounts) {
    let policies = Policies::builtin().unwrap();
    let of = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let (officer, ids) = (at_work(accounts, "io.t1").await, of(&["a1", "a2"]));
    assert_eq!(accounts.category_days().await.unwrap(), 90);
    assert_eq!(accounts.categories(&[&ids]).await.unwrap(), [None]);
    let idle = accounts.principal("io.t1", noon()).await.unwrap().unwrap();
    denied(accounts.categorise(&idle, &policies, &ids, "witness", "saw the theft", noon()).await);
    for (category, reason) in [("suspect", "saw the theft"), ("witness", "short")] {
        let wrong = accounts.categorise(&officer, &policies, &ids, category, reason, noon()).await;
        assert!(matches!(wrong, Err(AccountError::Access(AccessError::Category | AccessError::Say { .. }))), "{wrong:?}");
    }
    accounts.categorise(&officer, &policies, &ids, "witness", "saw the theft", noon()).await.unwrap();
    accounts.categorise(&officer, &policies, &ids, "erase", "was not there at all", minutes(1)).await.unwrap();
    // The newest counts, found by any of the ids, and by no other.
    let found = accounts.categories(&[&of(&["a2"]), &of(&["a3"])]).await.unwrap();
    let [Some(found), None] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((found.category.as_str(), found.decided_by.as_str()), ("erase", "io.t1"));
}

async fn sheets(accounts: &Accounts) {
    let policies = Policies::builtin().unwrap();
    let sho = at_work(accounts, "sho.t1").await;
    let who = async |login: &str| accounts.principal(login, noon()).await.unwrap().unwrap();
    let (sp, other, dysp) = (who("sp.d1").await, who("sp.d2").await, who("dysp.d1").await);
    let ids = vec!["p1".to_owned(), "p2".to_owned()];
    let ask = async |by: &Principal, why: &str| accounts.ask_sheet(by, &policies, "p1", &ids, why, noon()).await;
    denied(ask(&at_work(accounts, "io.t1").await, WHY).await);
    denied(ask(&sp, WHY).await);
    assert!(matches!(ask(&sho, "bad man").await, Err(AccountError::Access(AccessError::Say { .. }))));
    let id = ask(&sho, WHY).await.unwrap();
    assert!(matches!(ask(&sho, WHY).await, Err(AccountError::Access(AccessError::SheetThere))), "one at a time");

    let order = |grant, number: &str| SheetOrder {
        grant,
        order_no: number.into(),
        reason: "the record shows a habit of burglary".into(),
    };
    let decide = async |by: &Principal, order: SheetOrder, at| accounts.decide_sheet(by, &policies, &id, order, at).await;
    denied(decide(&dysp, order(true, "SP/1/2026"), noon()).await);
    denied(decide(&sho, order(true, "SP/1/2026"), noon()).await);
    let unknown = decide(&other, order(true, "SP/1/2026"), noon()).await;
    assert!(matches!(unknown, Err(AccountError::Access(AccessError::NoRequest(_)))), "another district: {unknown:?}");
    let bare = decide(&sp, SheetOrder { grant: true, order_no: "SP/1/2026".into(), reason: "yes".into() }, noon()).await;
    assert!(matches!(bare, Err(AccountError::Access(AccessError::Say { .. }))), "an order has reasons");
    let open = decide(&sp, order(true, "SP/1/2026"), minutes(1)).await.unwrap();
    assert_eq!((open.state.as_str(), open.order_no.as_deref()), ("open", Some("SP/1/2026")));
    assert_eq!(open.due_at.unwrap() - open.opened_at.unwrap(), TimeDelta::days(365).num_microseconds().unwrap());
    let twice = decide(&sp, order(true, "SP/2/2026"), minutes(2)).await;
    assert!(matches!(twice, Err(AccountError::Access(AccessError::Decided))), "{twice:?}");

    // A year later it is due, and nothing has happened by itself.
    let year = noon() + TimeDelta::days(366);
    let told = accounts.sheet(&sho, &policies, &id, year).await.unwrap();
    assert_eq!((told.sheet.state.as_str(), told.steps.len()), ("open", 2));
    assert!(told.sheet.due_at.unwrap() < year.timestamp_micros());
    let again = accounts.review_sheet(&sho, &policies, &id, "two further convictions since", year).await.unwrap();
    assert_eq!(again.due_at, Some((year + TimeDelta::days(365)).timestamp_micros()));

    // Closing: asked, kept, asked again, closed. Who asks has a case in hand that day.
    denied(accounts.ask_sheet_close(&sho, &policies, &id, "no offence for a year, works at the mill", year).await);
    let sho = at_work_on(accounts, "sho.t1", year).await;
    accounts
        .ask_sheet_close(&sho, &policies, &id, "no offence for a year, works at the mill", year + TimeDelta::seconds(30))
        .await
        .unwrap();
    assert_eq!(decide(&sp, order(false, "SP/3/2027"), year + TimeDelta::minutes(1)).await.unwrap().state, "open");
    accounts
        .ask_sheet_close(&sho, &policies, &id, "no offence for a year, works at the mill", year + TimeDelta::minutes(2))
        .await
        .unwrap();
    denied(decide(&sho, order(true, "SP/4/2027"), year).await);
    let closed = decide(&sp, order(true, "SP/4/2027"), year + TimeDelta::minutes(3)).await.unwrap();
    assert_eq!((closed.state.as_str(), closed.due_at), ("closed", None));
    let steps: Vec<String> = accounts.sheet(&sp, &policies, &id, year).await.unwrap().steps.into_iter().map(|s| s.step).collect();
    assert_eq!(steps, ["ask", "open", "review", "ask_close", "keep", "ask_close", "close"]);
    let late = accounts.review_sheet(&sho, &policies, &id, "two further convictions since", year).await;
    assert!(matches!(late, Err(AccountError::Access(AccessError::SheetState(_)))), "{late:?}");

    // A Superintendent in charge of a station asks, and cannot decide it; only the station's own line sees it.
    let both = at_work(accounts, "sp.t1").await;
    let own = accounts.ask_sheet(&both, &policies, "p9", &["p9".to_owned()], WHY, minutes(5)).await.unwrap();
    denied(accounts.decide_sheet(&both, &policies, &own, order(true, "SP/5/2026"), minutes(6)).await);
    let seen = async |by: &Principal| accounts.sheets(by, &policies, noon()).await.unwrap().len();
    assert_eq!((seen(&sp).await, seen(&other).await, seen(&who("io.t1").await).await), (2, 0, 0));
    assert_eq!(accounts.sheets_of(&sp, &policies, &["p2".to_owned()], noon()).await.unwrap().len(), 1);
    let refused = accounts.decide_sheet(&sp, &policies, &own, order(false, "SP/6/2026"), minutes(7)).await.unwrap();
    assert_eq!(refused.state, "refused");
}
