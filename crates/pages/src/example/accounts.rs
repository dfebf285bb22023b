//! Made-up accounts.

use super::data::at;
use crate::account::{Account, Code, DeviceLine, Once, Password, Second, SignIn, TokenLine};
use crate::people::{Choice, NewPersonPage, People, PersonFields, PersonLine, PersonPage, UnitLine};
use crate::shell::Crumb;
use crate::table::FieldError;
use crate::{Section, Shell};

/// As somebody sees it who is not signed in.
fn outside(mut shell: Shell, key: &str) -> Shell {
    shell.title = shell.t(key);
    shell.section = Section::Elsewhere;
    shell.who.clear();
    shell.signed_in = false;
    shell.open.clear();
    shell
}

fn inside(mut shell: Shell, key: &str) -> Shell {
    shell.title = shell.t(key);
    shell.section = Section::Elsewhere;
    shell
}

pub(super) fn sign_in(shell: Shell, wrong: bool) -> SignIn {
    let shell = outside(shell, "sign-in-title");
    let message = wrong.then(|| shell.t("sign-in-wrong"));
    SignIn { next: "/".into(), login: if wrong { "asha.example".into() } else { String::new() }, sso: wrong, message, shell }
}

pub(super) fn code(shell: Shell) -> Code {
    Code { next: "/".into(), message: None, shell: outside(shell, "code-title") }
}

pub(super) fn password(shell: Shell) -> Password {
    let mut shell = inside(shell, "password-title");
    shell.open.clear();
    let errors = vec![FieldError { field: "new".into(), message: shell.t("password-short") }];
    Password { must: true, errors, shell }
}

pub(super) fn second(shell: Shell) -> Second {
    let shell = inside(shell, "second-title");
    // A picture of the right size; it holds no secret.
    let path = (0..29 * 29).filter(|i| i * 7 % 11 < 5).map(|i| format!("M{} {}h1v1h-1z", i % 29 + 4, i / 29 + 4)).collect();
    Second {
        secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".into(),
        uri: "otpauth://totp/Sarovar:asha.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Sarovar".into(),
        path,
        side: 37,
        ask_password: true,
        must: false,
        errors: Vec::new(),
        shell,
    }
}

pub(super) fn once(shell: Shell) -> Once {
    let shell = inside(shell, "recovery-title");
    let items = (b'a'..b'f').map(|c| format!("{0}{0}{0}{0}-2345-{0}bcd-67{0}{0}", char::from(c))).collect();
    Once { lead: shell.t("recovery-lead"), items, back: "/account".into(), back_text: shell.t("recovery-done"), shell }
}

pub(super) fn account(shell: Shell) -> Account {
    let shell = inside(shell, "account-title");
    let device = |id: &str, agent: &str, address: &str, here| DeviceLine {
        id: id.into(),
        address: address.into(),
        agent: agent.into(),
        since: at(0, 9, 5),
        seen: at(0, 11, 20),
        here,
    };
    let token = |name: &str, revoked: bool| TokenLine {
        id: name.into(),
        name: name.into(),
        scopes: shell.t("scope-lake"),
        expires: at(0, 12, 0),
        used: (!revoked).then(|| at(0, 10, 0)),
        revoked,
        live: !revoked,
    };
    Account {
        login: "asha.example".into(),
        rank: shell.t("rank-sub_inspector"),
        roles: vec![shell.t("trust-investigating_officer")],
        unit: "99001001".into(),
        has_password: true,
        has_second: true,
        recovery: 9,
        devices: vec![
            device("a", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "192.0.2.17", true),
            device("b", "Mozilla/5.0 (Linux; Android 15) Chrome/141.0 Mobile Safari/537.36", "192.0.2.80", false),
        ],
        tokens: vec![token("dashboard", false), token("old script", true)],
        scopes: ["lake", "intake", "audit"].map(|s| (s.to_owned(), shell.t(&format!("scope-{s}")))).to_vec(),
        errors: Vec::new(),
        shell,
    }
}

fn line(shell: &Shell, login: &str, name: &str, role: &str, state: &'static str) -> PersonLine {
    PersonLine {
        login: login.into(),
        name: name.into(),
        rank: shell.t("rank-inspector"),
        roles: shell.t(&format!("trust-{role}")),
        unit: "99001001".into(),
        second: state == "open",
        state,
    }
}

fn fields(shell: &Shell, login: &str) -> PersonFields {
    let choices = |codes: &[&str], key: &str, chosen: &str| {
        let choice =
            |code: &&str| Choice { code: (*code).to_owned(), text: shell.t(&format!("{key}-{code}")), chosen: *code == chosen };
        codes.iter().map(choice).collect()
    };
    PersonFields {
        login: login.into(),
        name_hi: "आशा उदाहरण".into(),
        name_en: "Asha Example".into(),
        ranks: choices(&["civilian", "constable", "sub_inspector", "inspector"], "rank", "inspector"),
        roles: choices(
            &["investigating_officer", "station_officer", "approver", "auditor", "administrator"],
            "trust",
            "station_officer",
        ),
        clearances: String::new(),
    }
}

fn units() -> Vec<Choice> {
    let unit = |code: &str, text: &str| Choice { code: code.into(), text: text.into(), chosen: code == "99001001" };
    vec![unit("99001", "Test District (99001)"), unit("99001001", "Test Station (99001001)")]
}

fn administration(mut shell: Shell, title: String) -> Shell {
    shell.section = Section::People;
    shell.title = title;
    shell.open = vec![Section::People];
    shell
}

pub(super) fn people(shell: Shell) -> People {
    let title = shell.t("people-title");
    let shell = administration(shell, title);
    People {
        people: vec![
            line(&shell, "admin.example", "Administrator", "administrator", "open"),
            line(&shell, "asha.example", "Asha Example", "station_officer", "new"),
            line(&shell, "ravi.example", "Ravi Example", "auditor", "closed"),
        ],
        shell,
    }
}

pub(super) fn person_new(shell: Shell) -> NewPersonPage {
    let title = shell.t("people-new");
    let mut shell = administration(shell, title);
    shell.trail = vec![Crumb::new("/people", shell.t("nav-people"))];
    NewPersonPage { fields: fields(&shell, ""), units: units(), error: Some(shell.t("people-login-wrong")), shell }
}

pub(super) fn person_edit(shell: Shell) -> PersonPage {
    let mut shell = administration(shell, "Asha Example".into());
    shell.trail = vec![Crumb::new("/people", shell.t("nav-people"))];
    PersonPage {
        line: line(&shell, "asha.example", "Asha Example", "station_officer", "open"),
        fields: fields(&shell, "asha.example"),
        units: units(),
        periods: vec![UnitLine {
            unit: "Test Station (99001001)".into(),
            from: at(0, 9, 0),
            until: None,
            by: "admin.example".into(),
        }],
        devices: 2,
        own: false,
        error: None,
        shell,
    }
}
