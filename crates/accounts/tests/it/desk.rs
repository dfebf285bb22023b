//! A small department: units, an administrator, people, and an authenticator of their own.

use accounts::{Accounts, NewPerson, OneTime, Opened, Rules, Seal, Step, Whence};
use chrono::{DateTime, TimeDelta, Utc};
use governance::{Rank, Role};
use store::Store;
use store::social::Unit;

const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
pub const PASSWORD: &str = "camel lantern well seven";

pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_435_200, 0).unwrap()
}

pub fn minutes(n: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(n)
}

pub fn from(address: &str) -> Whence {
    Whence { address: address.into(), agent: "test".into() }
}

pub fn accounts(store: &Store) -> Accounts {
    Accounts::new(store.clone(), Seal::from_text(KEY).unwrap(), Rules::default())
}

pub async fn units(store: &Store) {
    for (code, parent) in [("HQ", None), ("R1", Some("HQ")), ("D1", Some("R1")), ("T1", Some("D1")), ("D2", Some("R1"))] {
        let unit = Unit {
            code: code.into(),
            parent: parent.map(str::to_owned),
            name_en: code.into(),
            name_hi: code.into(),
            kind: "thana".into(),
            ..Unit::default()
        };
        store.put_unit(&unit).await.unwrap();
    }
}

pub fn person(id: &str, roles: &[Role], unit: Option<&str>) -> NewPerson {
    NewPerson {
        id: id.into(),
        name_en: id.into(),
        name_hi: "नाम".into(),
        rank: Rank::SubInspector,
        roles: roles.to_vec(),
        clearances: Vec::new(),
        unit: unit.map(str::to_owned),
    }
}

/// An account whose one-time password was changed.
pub async fn settled(accounts: &Accounts, id: &str, roles: &[Role], unit: Option<&str>) {
    let (_, one_time) = accounts.add("operator", person(id, roles, unit), noon()).await.unwrap();
    change(accounts, id, &one_time).await;
}

pub async fn change(accounts: &Accounts, id: &str, one_time: &OneTime) {
    let opened = enter(accounts, id, &one_time.password, noon()).await;
    accounts.change_password(id, &opened.session, &one_time.password, PASSWORD, noon()).await.unwrap();
    accounts.end_session(id, &opened.session).await.unwrap();
}

/// Signs in without a second factor.
pub async fn enter(accounts: &Accounts, id: &str, password: &str, now: DateTime<Utc>) -> Opened {
    match accounts.sign_in(id, password, &from("192.0.2.1"), now).await {
        Ok(Step::In(opened)) => opened,
        other => panic!("{id}: {other:?}"),
    }
}

/// The code an authenticator shows: RFC 6238 written anew, over the hash function of another library.
pub fn code(secret: &str, now: DateTime<Utc>) -> String {
    let mut bits = 0u64;
    let mut held = 0;
    let mut key = Vec::new();
    for c in secret.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|l| *l == c).unwrap() as u64;
        bits = (bits << 5 | value) & 0xffff;
        held += 5;
        if held >= 8 {
            held -= 8;
            key.push((bits >> held & 0xff) as u8);
        }
    }
    let counter = (now.timestamp() as u64 / 30).to_be_bytes();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = ring::hmac::sign(&key, &counter);
    let hash = tag.as_ref();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}
