//! Pieces of work and what is granted for them, on both databases.

use accounts::{AccessError, AccountError, Accounts, Change, NewAuthority, NewWork};
use chrono::{NaiveDate, TimeDelta};
use governance::{Policies, Principal, Rank, Role, Standing};
use model::Purpose;

use crate::desk::{minutes, noon, settled};

pub async fn pieces(accounts: &Accounts) {
    settled(accounts, "kiran", &[Role::InvestigatingOfficer], Some("T1")).await;
    settled(accounts, "lata", &[Role::InvestigatingOfficer], Some("T1")).await;
    settled(accounts, "meera.sp", &[Role::Supervisor], Some("D1")).await;
    let raised = Change { rank: Some(Rank::Superintendent), ..Change::default() };
    accounts.edit("boss", "meera.sp", raised, noon()).await.unwrap();
    let policies = Policies::builtin().unwrap();
    let who = async |login: &str| -> Principal { accounts.principal(login, noon()).await.unwrap().unwrap() };
    let (kiran, lata, sp) = (who("kiran").await, who("lata").await, who("meera.sp").await);
    let new = NewWork { purpose: Some(Purpose::Case), reference: "27541001/12/26".into(), ..NewWork::default() };
    let work = accounts.open_work(&kiran, &policies, new, noon()).await.unwrap();
    assert_eq!((work.reference.as_str(), work.unit.as_deref()), ("27541001/0012/2026", Some("T1")));
    accounts.join_team(&kiran, &work.id, "lata", noon()).await.unwrap();
    // Each session has its own in hand; another account's session has nothing of it.
    accounts.take_work("session-1", &kiran, &work.id, noon()).await.unwrap();
    let in_hand = accounts.at_work("session-1", kiran.clone(), noon()).await.unwrap().work.unwrap();
    assert_eq!((in_hand.standing, in_hand.purpose), (Standing::Open, Purpose::Case));
    assert!(accounts.at_work("session-1", lata.clone(), noon()).await.unwrap().work.is_none());
    assert!(accounts.at_work("session-2", kiran.clone(), noon()).await.unwrap().work.is_none());
    assert_eq!(accounts.find_work(&lata, None, Some("27541001/0012/2026"), noon()).await.unwrap().id, work.id);
    let none = accounts.find_work(&lata, Some(Purpose::Complaint), None, noon()).await;
    assert!(matches!(none, Err(AccountError::Access(AccessError::NoneOpen))));
    // The superior closes what stands below him; somebody beside does not see it.
    let holding = accounts.with_work(kiran.clone(), &work.id, noon()).await.unwrap();
    let new = NewAuthority {
        reference: "SP/1 of 2026".into(),
        numbers: vec!["7000000101".into(), "350000000000016".into()],
        from: NaiveDate::from_ymd_opt(2026, 11, 1),
        to: NaiveDate::from_ymd_opt(2026, 11, 2),
        days: 10,
        reason: "contacts of the accused".into(),
    };
    let id = accounts.ask_authority(&holding, &policies, new, noon()).await.unwrap();
    // Two approvals race: one counts.
    let (one, two) = tokio::join!(
        accounts.decide_request(&sp, &policies, &id, true, "", minutes(1)),
        accounts.decide_request(&sp, &policies, &id, false, "", minutes(1))
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let granted = accounts.with_work(lata.clone(), &work.id, minutes(2)).await.unwrap().work.unwrap();
    if one.is_ok() {
        assert_eq!(granted.authorities[0].numbers, ["35000000000001", "7000000101"], "in canonical form, for the whole team");
        let declared = accounts.declaration(&sp, &policies, &accounts::month_of(noon()), "D1", minutes(3)).await.unwrap();
        assert_eq!(declared.lines.len(), 1);
    } else {
        assert!(granted.authorities.is_empty());
    }
    accounts.leave_team(&kiran, &work.id, "lata", minutes(4)).await.unwrap();
    assert_eq!(accounts.with_work(lata.clone(), &work.id, minutes(5)).await.unwrap().work.unwrap().standing, Standing::Left);
    let late = accounts.with_work(kiran.clone(), &work.id, noon() + TimeDelta::days(90)).await.unwrap();
    assert_eq!(late.work.unwrap().standing, Standing::Expired);
    let foreign = accounts.close_work(&lata, &work.id, minutes(6)).await;
    assert!(matches!(foreign, Err(AccountError::Access(AccessError::Unknown(_)))));
    accounts.close_work(&sp, &work.id, minutes(6)).await.unwrap();
    let taken = accounts.take_work("session-1", &kiran, &work.id, minutes(7)).await;
    assert!(matches!(taken, Err(AccountError::Access(AccessError::Closed))));
    assert_eq!(accounts.at_work("session-1", kiran.clone(), minutes(7)).await.unwrap().work.unwrap().standing, Standing::Closed);
    accounts.put_down("session-1").await.unwrap();
    assert!(accounts.at_work("session-1", kiran, minutes(7)).await.unwrap().work.is_none());
}
