//! What accounts promise, whichever database is underneath.

use accounts::{AccountError, Accounts, Change, Duty, Scope, SignInError, Step, TokenError, Weak};
use chrono::TimeDelta;
use governance::{Rank, Role};
use store::Store;

use crate::desk::{PASSWORD, accounts, code, enter, from, minutes, noon, person, settled, units};

/// Everything, in an order in which the later parts see the rows of the earlier ones.
pub async fn all(store: &Store) {
    let accounts = accounts(store);
    assert!(!accounts.in_use().await.unwrap());
    units(store).await;
    first_days(&accounts).await;
    rules(&accounts).await;
    transfers(&accounts).await;
    crate::work::pieces(&accounts).await;
    crate::subject::all(&accounts).await;
    sessions(&accounts).await;
    second_factor(&accounts).await;
    lock_out(&accounts).await;
    guesses_at_once(&accounts).await;
    tokens(&accounts).await;
    closing(&accounts).await;
    two_administrators_leave_at_once(&accounts).await;
}

async fn first_days(accounts: &Accounts) {
    let (boss, one_time) = accounts.add("operator", person("Boss", &[Role::Administrator], None), noon()).await.unwrap();
    assert_eq!((boss.id.as_str(), boss.roles.as_slice()), ("boss", &[Role::Administrator][..]));
    assert!(accounts.in_use().await.unwrap());
    // The one-time password opens the door to its own change and to nothing else.
    let opened = enter(accounts, "boss", &one_time.password, noon()).await;
    let signed = accounts.signed(&opened.secret, noon()).await.unwrap().unwrap();
    assert_eq!(signed.duty, Some(Duty::ChangePassword));
    for (new, weak) in [("short", Weak::Short), ("i am the boss, surely", Weak::Login), (&one_time.password, Weak::Same)] {
        let refused = accounts.change_password("boss", &opened.session, &one_time.password, new, noon()).await;
        assert!(matches!(refused, Err(AccountError::Weak(found)) if found == weak), "{new}: {refused:?}");
    }
    let wrong = accounts.change_password("boss", &opened.session, "not it", PASSWORD, noon()).await;
    assert!(matches!(wrong, Err(AccountError::Password)));
    accounts.change_password("boss", &opened.session, &one_time.password, PASSWORD, noon()).await.unwrap();
    let signed = accounts.signed(&opened.secret, noon()).await.unwrap().unwrap();
    assert_eq!(signed.duty, Some(Duty::SetUpSecond));
    let old = accounts.sign_in("boss", &one_time.password, &from("192.0.2.1"), noon()).await;
    assert!(matches!(old, Err(SignInError::Wrong)));
    // A one-time password that nobody used in three days is no password any more.
    let (_, stale) = accounts.add("boss", person("late.comer", &[], None), noon()).await.unwrap();
    let late = accounts.sign_in("late.comer", &stale.password, &from("192.0.2.1"), noon() + TimeDelta::hours(73)).await;
    assert!(matches!(late, Err(SignInError::Wrong)), "{late:?}");
}

async fn rules(accounts: &Accounts) {
    let taken = accounts.add("boss", person("BOSS", &[], None), noon()).await;
    assert!(matches!(taken, Err(AccountError::Taken(_))), "{taken:?}");
    let nowhere = accounts.add("boss", person("asha", &[], Some("T9")), noon()).await;
    assert!(matches!(nowhere, Err(AccountError::Unit(_))));
    assert!(accounts.person("asha", noon()).await.unwrap().is_none(), "nothing half done");
    settled(accounts, "asha", &[Role::InvestigatingOfficer], Some("T1")).await;
    let change = |roles: &[Role]| Change { roles: Some(roles.to_vec()), ..Change::default() };
    let own = accounts.edit("boss", "boss", change(&[Role::Auditor]), noon()).await;
    assert!(matches!(own, Err(AccountError::Own)), "{own:?}");
    let both = accounts.edit("boss", "asha", change(&[Role::Auditor, Role::InvestigatingOfficer]), noon()).await;
    assert!(matches!(both, Err(AccountError::Alone(_))));
    let last = accounts.edit("operator", "boss", change(&[Role::Auditor]), noon()).await;
    assert!(matches!(last, Err(AccountError::LastAdministrator)), "{last:?}");
    assert!(matches!(accounts.disable("operator", "boss", noon()).await, Err(AccountError::LastAdministrator)));
    let edited = accounts.edit("boss", "asha", change(&[Role::StationOfficer, Role::Approver]), noon()).await.unwrap();
    assert_eq!(edited.roles, [Role::StationOfficer, Role::Approver]);
    assert_eq!(edited.name_hi, "नाम", "what was not said stays");
}

async fn transfers(accounts: &Accounts) {
    let line = |p: Option<governance::Principal>| p.unwrap().above.join(">");
    let principal = accounts.principal("asha", noon()).await.unwrap().unwrap();
    assert_eq!((principal.unit.as_deref(), principal.rank), (Some("T1"), Rank::SubInspector));
    assert_eq!(principal.above.join(">"), "HQ>R1>D1>T1");
    // Ordered for later: today the old unit, from then on the new one.
    accounts.transfer("boss", "asha", Some("D2"), minutes(60)).await.unwrap();
    assert_eq!(line(accounts.principal("asha", minutes(59)).await.unwrap()), "HQ>R1>D1>T1");
    assert_eq!(line(accounts.principal("asha", minutes(60)).await.unwrap()), "HQ>R1>D2");
    // Ordered anew for now: the planned one is dropped, and a session sees it with its next request.
    let opened = enter(accounts, "asha", PASSWORD, noon()).await;
    accounts.transfer("boss", "asha", Some("R1"), minutes(10)).await.unwrap();
    let signed = accounts.signed(&opened.secret, minutes(10)).await.unwrap().unwrap();
    assert_eq!(line(accounts.principal(&signed.account, minutes(10)).await.unwrap()), "HQ>R1");
    assert_eq!(line(accounts.principal("asha", minutes(90)).await.unwrap()), "HQ>R1");
    accounts.transfer("boss", "asha", None, minutes(20)).await.unwrap();
    let nowhere = accounts.principal("asha", minutes(20)).await.unwrap().unwrap();
    assert!(nowhere.unit.is_none() && nowhere.above.is_empty());
    let periods = accounts.memberships("asha").await.unwrap();
    assert_eq!(periods.iter().map(|p| p.unit.as_str()).collect::<Vec<_>>(), ["R1", "T1"]);
    assert!(periods.iter().all(|p| p.until_at.is_some()));
    accounts.end_sessions("asha", None).await.unwrap();
}

async fn sessions(accounts: &Accounts) {
    let first = enter(accounts, "asha", PASSWORD, noon()).await;
    let second = enter(accounts, "asha", PASSWORD, noon()).await;
    assert_ne!(first.secret, second.secret);
    assert_eq!(accounts.devices("asha", noon()).await.unwrap().len(), 2);
    // Guesses, near misses and another's session open nothing.
    for wrong in ["", "x", &first.secret[1..], &format!("{}A", &first.secret[..42]), &first.session] {
        assert!(accounts.signed(wrong, noon()).await.unwrap().is_none() || wrong == first.secret, "{wrong}");
    }
    assert!(matches!(accounts.end_session("boss", &first.session).await, Err(AccountError::NoSuch)), "another's session");
    assert!(accounts.signed(&first.secret, noon()).await.unwrap().is_some());
    // Half an hour without a request ends it; a request every twenty minutes keeps it, for twelve hours.
    assert!(accounts.signed(&second.secret, minutes(31)).await.unwrap().is_none());
    let mut minute = 0;
    while accounts.signed(&first.secret, minutes(minute)).await.unwrap().is_some() {
        minute += 20;
        assert!(minute <= 12 * 60, "it never ends");
    }
    assert_eq!(minute, 12 * 60);
    // A clock that runs back opens nothing that ended by revocation.
    let third = enter(accounts, "asha", PASSWORD, noon()).await;
    accounts.end_session("asha", &third.session).await.unwrap();
    assert!(accounts.signed(&third.secret, minutes(-600)).await.unwrap().is_none());
    let fourth = enter(accounts, "asha", PASSWORD, noon()).await;
    assert_eq!(accounts.sign_out(&fourth.secret, noon()).await.unwrap().as_deref(), Some("asha"));
    assert!(accounts.signed(&fourth.secret, noon()).await.unwrap().is_none());
    accounts.sweep(noon() + TimeDelta::days(2)).await.unwrap();
    assert!(accounts.devices("asha", noon()).await.unwrap().is_empty());
}

async fn second_factor(accounts: &Accounts) {
    let opened = enter(accounts, "asha", PASSWORD, noon()).await;
    let signed = accounts.signed(&opened.secret, noon()).await.unwrap().unwrap();
    let enrolment = accounts.enrolment(&signed).await.unwrap();
    let signed = accounts.signed(&opened.secret, noon()).await.unwrap().unwrap();
    assert_eq!(accounts.enrolment(&signed).await.unwrap(), enrolment, "a reload shows the same secret");
    assert!(enrolment.uri.starts_with("otpauth://totp/Sarovar:asha?secret=") && enrolment.uri.contains(&enrolment.secret));
    assert!(matches!(accounts.enrol(&signed, "000000", noon()).await, Err(AccountError::Code)));
    let recovery = accounts.enrol(&signed, &code(&enrolment.secret, noon()), noon()).await.unwrap();
    assert_eq!(recovery.len(), 10);
    assert!(accounts.signed(&opened.secret, noon()).await.unwrap().unwrap().duty.is_none());

    let waiting = |now| async move {
        match accounts.sign_in("asha", PASSWORD, &from("192.0.2.1"), now).await {
            Ok(Step::Second(opened)) => opened,
            other => panic!("{other:?}"),
        }
    };
    // The password alone opens nothing, and the waiting session ends after five minutes.
    let half = waiting(minutes(1)).await;
    assert!(accounts.signed(&half.secret, minutes(1)).await.unwrap().is_none());
    let late = accounts.second(&half.secret, &code(&enrolment.secret, minutes(7)), &from("192.0.2.1"), minutes(7)).await;
    assert!(matches!(late, Err(SignInError::Over)), "{late:?}");
    // The code that was used to set it up, and any used since, is spent.
    let half = waiting(noon()).await;
    let replayed = accounts.second(&half.secret, &code(&enrolment.secret, noon()), &from("192.0.2.1"), noon()).await;
    assert!(matches!(replayed, Err(SignInError::Code)), "{replayed:?}");
    let now = minutes(2);
    let half = waiting(now).await;
    let good = code(&enrolment.secret, now);
    let whole = accounts.second(&half.secret, &good, &from("192.0.2.1"), now).await.unwrap();
    assert_ne!(whole.secret, half.secret, "a new session, whatever cookie came along");
    assert!(accounts.signed(&whole.secret, now).await.unwrap().is_some());
    assert!(accounts.signed(&half.secret, now).await.unwrap().is_none());
    let again = waiting(now).await;
    let replayed = accounts.second(&again.secret, &good, &from("192.0.2.1"), now).await;
    assert!(matches!(replayed, Err(SignInError::Code)), "{replayed:?}");
    // The telephone's clock may be half a minute off, not more.
    let now = minutes(4);
    let skewed = code(&enrolment.secret, now + TimeDelta::seconds(30));
    assert!(accounts.second(&waiting(now).await.secret, &skewed, &from("192.0.2.1"), now).await.is_ok());
    let now = minutes(8);
    let far = code(&enrolment.secret, now + TimeDelta::seconds(90));
    let refused = accounts.second(&waiting(now).await.secret, &far, &from("192.0.2.1"), now).await;
    assert!(matches!(refused, Err(SignInError::Code)));
    // A recovery code works once, however it is typed.
    let typed = recovery[3].to_uppercase().replace('-', " ");
    assert!(accounts.second(&waiting(now).await.secret, &typed, &from("192.0.2.1"), now).await.is_ok());
    let spent = accounts.second(&waiting(now).await.secret, &recovery[3], &from("192.0.2.1"), now).await;
    assert!(matches!(spent, Err(SignInError::Code)));
    assert_eq!(accounts.recovery_left("asha").await.unwrap(), 9);
    // An administrator takes it away; sessions end with it.
    let open = enter_second(accounts, &recovery[4], minutes(20)).await;
    assert!(matches!(accounts.reset_second("asha", "asha").await, Err(AccountError::Own)));
    accounts.reset_second("boss", "asha").await.unwrap();
    assert!(accounts.signed(&open, minutes(20)).await.unwrap().is_none());
    let opened = enter(accounts, "asha", PASSWORD, minutes(20)).await;
    assert_eq!(accounts.signed(&opened.secret, minutes(20)).await.unwrap().unwrap().duty, Some(Duty::SetUpSecond));
    accounts.end_sessions("asha", None).await.unwrap();
}

async fn enter_second(accounts: &Accounts, recovery: &str, now: chrono::DateTime<chrono::Utc>) -> String {
    let Ok(Step::Second(half)) = accounts.sign_in("asha", PASSWORD, &from("192.0.2.1"), now).await else {
        panic!("no second step")
    };
    accounts.second(&half.secret, recovery, &from("192.0.2.1"), now).await.unwrap().secret
}

async fn lock_out(accounts: &Accounts) {
    let guess = |login: &'static str, password: &'static str, address: &'static str, now| async move {
        accounts.sign_in(login, password, &from(address), now).await
    };
    // The same for a name that exists and one that does not: nobody learns which it is.
    for (login, address) in [("asha", "198.51.100.1"), ("no.such.person", "198.51.100.2")] {
        for n in 0..5 {
            let wrong = guess(login, "wrong wrong wrong", address, minutes(100)).await;
            assert!(matches!(wrong, Err(SignInError::Wrong)), "{login} {n}: {wrong:?}");
        }
        let wait = guess(login, PASSWORD, address, minutes(100)).await;
        assert!(matches!(wait, Err(SignInError::Wait { seconds: 1..=2 })), "{login}: {wait:?}");
        // From elsewhere too: the pause is the account's.
        assert!(matches!(guess(login, PASSWORD, "203.0.113.77", minutes(100)).await, Err(SignInError::Wait { .. })));
    }
    // It passes, and the right password forgets what was wrong.
    assert!(guess("asha", PASSWORD, "198.51.100.1", minutes(101)).await.is_ok());
    for _ in 0..4 {
        assert!(matches!(guess("asha", "wrong wrong wrong", "198.51.100.1", minutes(101)).await, Err(SignInError::Wrong)));
    }
    assert!(guess("asha", PASSWORD, "198.51.100.1", minutes(101)).await.is_ok());
    // One address that tries many names is slowed down as well.
    let mut waits = 0;
    for n in 0..30 {
        let name = format!("person.{n}");
        let outcome = accounts.sign_in(&name, "wrong wrong wrong", &from("198.51.100.9"), minutes(110)).await;
        waits += u32::from(matches!(outcome, Err(SignInError::Wait { .. })));
    }
    assert!(waits >= 5, "{waits}");
    accounts.end_sessions("asha", None).await.unwrap();
}

/// A hundred guesses at once are counted as a hundred.
async fn guesses_at_once(accounts: &Accounts) {
    let tries = (0..24).map(|n| {
        let accounts = accounts.clone();
        tokio::spawn(async move {
            let address = format!("203.0.113.{n}");
            accounts.sign_in("never.tried", "wrong wrong wrong", &from(&address), minutes(200)).await
        })
    });
    let mut tried = 0;
    for guess in tries.collect::<Vec<_>>() {
        tried += u32::from(matches!(guess.await.unwrap(), Err(SignInError::Wrong)));
    }
    assert_eq!(tried, 5, "as many as are free, and the one that begins the pause");
}

async fn tokens(accounts: &Accounts) {
    let issue = |name: &'static str, scopes: &'static [Scope], days| accounts.issue("asha", name, scopes, days, noon());
    for (name, scopes, days) in [("", &[Scope::Lake][..], 1), ("x", &[], 1), ("x", &[Scope::Lake], 0), ("x", &[Scope::Lake], 367)]
    {
        assert!(issue(name, scopes, days).await.is_err(), "{name} {days}");
    }
    let made = issue("dashboard", &[Scope::Lake], 1).await.unwrap();
    assert!(made.text.starts_with("sarovar_"));
    let bearer = accounts.bearer(&made.text, minutes(1)).await.unwrap();
    assert_eq!((bearer.account.as_str(), bearer.scopes.as_slice()), ("asha", &[Scope::Lake][..]));
    assert!(accounts.tokens(Some("asha")).await.unwrap()[0].used_at.is_some());
    let forged = format!("{}A", &made.text[..made.text.len() - 1]);
    for wrong in ["", "sarovar_", "x", &made.text[1..], &forged] {
        assert!(matches!(accounts.bearer(wrong, noon()).await, Err(TokenError::Unknown)) || wrong == made.text, "{wrong}");
    }
    let expired = accounts.bearer(&made.text, noon() + TimeDelta::days(1)).await;
    assert!(matches!(expired, Err(TokenError::Expired { .. })), "{expired:?}");
    assert!(matches!(accounts.revoke("boss", &made.row.id, noon()).await, Err(AccountError::NoSuch)), "another's token");
    accounts.revoke("asha", &made.row.id, noon()).await.unwrap();
    assert!(matches!(accounts.bearer(&made.text, minutes(1)).await, Err(TokenError::Revoked)));
    assert!(matches!(accounts.revoke("asha", &made.row.id, noon()).await, Err(AccountError::NoSuch)));
}

async fn closing(accounts: &Accounts) {
    let opened = enter(accounts, "asha", PASSWORD, minutes(300)).await;
    let token = accounts.issue("asha", "script", &[Scope::Lake], 9, minutes(300)).await.unwrap();
    accounts.disable("boss", "asha", minutes(301)).await.unwrap();
    assert!(accounts.signed(&opened.secret, minutes(301)).await.unwrap().is_none());
    assert!(accounts.bearer(&token.text, minutes(301)).await.is_err());
    assert!(accounts.principal("asha", minutes(301)).await.unwrap().is_none());
    let closed = accounts.sign_in("asha", PASSWORD, &from("192.0.2.1"), minutes(301)).await;
    assert!(matches!(closed, Err(SignInError::Wrong)), "it says no more than that: {closed:?}");
    assert!(matches!(accounts.issue("asha", "x", &[Scope::Lake], 1, minutes(301)).await, Err(AccountError::Closed(_))));
    accounts.enable("boss", "asha").await.unwrap();
    assert!(accounts.signed(&opened.secret, minutes(302)).await.unwrap().is_none(), "what ended stays ended");
    assert!(matches!(accounts.bearer(&token.text, minutes(302)).await, Err(TokenError::Revoked)));
    enter(accounts, "asha", PASSWORD, minutes(302)).await;
    // A new one-time password ends sessions, and the old password with them.
    let opened = enter(accounts, "asha", PASSWORD, minutes(303)).await;
    accounts.one_time("boss", "asha", minutes(303)).await.unwrap();
    assert!(accounts.signed(&opened.secret, minutes(303)).await.unwrap().is_none());
    assert!(accounts.sign_in("asha", PASSWORD, &from("192.0.2.1"), minutes(303)).await.is_err());
}

async fn two_administrators_leave_at_once(accounts: &Accounts) {
    settled(accounts, "chief", &[Role::Administrator], None).await;
    let change = || Change { roles: Some(vec![]), ..Change::default() };
    let (one, two) =
        tokio::join!(accounts.edit("operator", "boss", change(), noon()), accounts.disable("operator", "chief", noon()));
    assert_eq!(u32::from(one.is_ok()) + u32::from(two.is_ok()), 1, "{one:?} {two:?}");
    let people = accounts.people(noon()).await.unwrap();
    assert_eq!(people.iter().filter(|p| p.disabled_at.is_none() && p.roles.contains(&Role::Administrator)).count(), 1);
}
