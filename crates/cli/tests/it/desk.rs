//! The desk as an officer's script uses it: roles, checks, approvals, exit codes.

use std::process::{Command, Output};

use serde_json::Value;

struct Home(tempfile::TempDir);

impl Home {
    fn run(&self, who: &str, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_sarovar"))
            .env_remove("SAROVAR_STORE")
            .arg("--home")
            .arg(self.0.path())
            .args(["--as", who, "--format", "json"])
            .args(args)
            .output()
            .unwrap()
    }

    fn json(&self, who: &str, args: &[&str]) -> Value {
        let done = self.run(who, args);
        assert!(done.status.success(), "{args:?}: {}", err(&done));
        serde_json::from_slice(&done.stdout).unwrap()
    }

    fn refused(&self, who: &str, args: &[&str]) -> String {
        let done = self.run(who, args);
        assert_eq!(done.status.code(), Some(1), "{args:?}: {}", err(&done));
        err(&done)
    }

    fn department() -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        for args in [
            &["channel", "unit", "HQ", "--name-en", "Headquarters", "--name-hi", "मुख्यालय", "--kind", "headquarters"][..],
            &["channel", "unit", "T1", "--parent", "HQ", "--name-en", "Thana", "--name-hi", "थाना", "--constituencies", "AC-46"],
            &["channel", "officer", "asha", "T1", "writer"],
            &["channel", "officer", "sp", "HQ", "approver"],
            &["channel", "officer", "sp", "HQ", "publisher"],
        ] {
            let done = home.run("operator", args);
            assert!(done.status.success(), "{args:?}: {}", err(&done));
        }
        home
    }
}

fn err(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

#[test]
fn a_message_is_drafted_checked_approved_and_not_sent_nowhere() {
    let home = Home::department();
    let post = home.json("asha", &["post", "draft", "--unit", "T1", "--hindi", "हेलमेट पहनें।", "--english", "Wear a helmet."]);
    let id = post[0]["id"].as_str().unwrap();
    assert_eq!(home.json("asha", &["post", "check", id, "--network", "x"]), serde_json::json!([]));
    assert_eq!(home.json("asha", &["post", "submit", id])[0]["missing"], "approver");
    assert!(home.refused("asha", &["post", "approve", id, "--version", "1"]).contains("cannot approve"));
    assert_eq!(home.json("sp", &["post", "approve", id, "--version", "1"])[0]["state"], "approved");
    let nowhere = home.refused("sp", &["post", "schedule", id, "--at", "2030-01-01 10:00", "--channel", "@t1"]);
    assert!(nowhere.contains("no channel \"@t1\""), "{nowhere}");
    assert_eq!(home.json("sp", &["post", "status", id, "--record"]).as_array().unwrap().len(), 3);
    assert_eq!(home.json("sp", &["post", "health"])[0]["well"], true);
}

#[test]
fn a_text_is_checked_counted_and_priced_without_being_kept() {
    let home = Home::department();
    let done =
        home.run("asha", &["post", "check", "--english", "Three culprits arrested, see police.example.org/x", "--network", "x"]);
    assert_eq!(done.status.code(), Some(1), "a block is a failure");
    let found: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((found[0]["rule"].as_str(), found[0]["level"].as_str()), (Some("guilt"), Some("block")));
    assert!(err(&done).contains("X: ") && err(&done).contains("US$ 0.200"), "{}", err(&done));
    assert!(home.refused("asha", &["post", "check", "--english", "x", "--network", "koo"]).contains("known are bluesky"));
    let scores = home.json("asha", &["post", "check", "--measure"]);
    assert!(scores.as_array().unwrap().iter().any(|s| s["rule"] == "victim_identity" && s["recall"].as_f64().unwrap() > 0.5));
}

#[test]
fn roles_units_and_times_that_do_not_exist_are_named() {
    let home = Home::department();
    assert!(home.refused("operator", &["channel", "officer", "asha", "T1", "king"]).contains("known are writer"));
    assert!(home.refused("operator", &["channel", "officer", "asha", "T9", "writer"]).contains("no unit \"T9\""));
    assert!(home.refused("asha", &["post", "pause", "HQ", "--reason", "riot"]).contains("not publisher"));
    let when = ["post", "silence", "--constituency", "*", "--from", "soon", "--until", "later", "--reference", "ECI/1"];
    assert!(home.refused("sp", &when).contains("2026-11-25 18:30"));
}

#[test]
fn many_messages_campaigns_reports_and_records_from_the_command_line() {
    let home = Home::department();
    let at = |name: &str| home.0.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(at("wrong.csv"), "unit,kind,hindi\nT1,notice,\nT9,party,x\n").unwrap();
    let wrong = home.run("asha", &["post", "bulk", &at("wrong.csv"), "--take"]);
    assert_eq!(wrong.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&wrong.stdout).unwrap();
    assert_eq!((told[0]["wrong_rows"].as_u64(), told[0]["made"].as_u64()), (Some(2), Some(0)));
    assert!(err(&wrong).contains("2 of 2 lines are wrong"), "{}", err(&wrong));
    std::fs::write(at("right.csv"), "unit,kind,hindi,english\nT1,notice,सूचना,Notice\n").unwrap();
    assert_eq!(home.json("asha", &["post", "bulk", &at("right.csv")])[0]["made"], 0, "a look makes nothing");
    assert_eq!(home.json("asha", &["post", "bulk", &at("right.csv"), "--take"])[0]["made"], 1);
    assert!(home.refused("asha", &["post", "bulk", &at("none.csv")]).contains("none.csv"));

    let recur = [
        "post",
        "recur",
        "--unit",
        "T1",
        "--hindi",
        "x",
        "--rule",
        "FREQ=DAILY",
        "--from",
        "2099-01-01 10:00",
        "--channel",
        "@t1",
    ];
    assert!(home.refused("asha", &recur).contains("no channel \"@t1\""));
    assert_eq!(home.json("sp", &["post", "recurring"]), serde_json::json!([]));

    let put = [
        "campaign",
        "put",
        "--unit",
        "HQ",
        "--name-hi",
        "बाल सुरक्षा",
        "--name-en",
        "Child safety",
        "--from",
        "2026-01-01",
        "--until",
        "2099-01-01",
    ];
    let campaign = home.json("sp", &put)[0]["id"].as_str().unwrap().to_owned();
    assert!(home.refused("asha", &put).contains("not publisher"));
    assert!(home.run("sp", &["campaign", "goal", &campaign, "T1", "3"]).status.success());
    assert_eq!(home.json("sp", &["campaign", "show", &campaign])[0]["units"][0]["goal"], 3);

    let pdf = at("report.pdf");
    let report = home.json("sp", &["post", "report", "--from", "2026-01-01", "-o", &pdf, "--lang", "hi"]);
    assert!(report[0]["service"].as_array().unwrap().is_empty() && std::fs::read(&pdf).unwrap().starts_with(b"%PDF-"));
    assert!(home.refused("sp", &["post", "report", "--from", "soon"]).contains("2026-11-01"));
    let files = home.json("sp", &["post", "records", "--from", "2026-01-01", "--to", &at("records")]);
    assert!(files.as_array().unwrap().iter().any(|f| f["file"] == "MANIFEST.json"));
    assert!(home.refused("sp", &["post", "records", "--from", "2026-01-01", "--to", &at("records")]).contains("not empty"));
    let log = home.json("operator", &["audit", "tail", "--action", "desk"]);
    let told: Vec<&str> = log.as_array().unwrap().iter().filter_map(|e| e["what"]["desk"].as_str()).collect();
    assert!(told.contains(&"import") && told.contains(&"records"), "{told:?}");
}

#[test]
fn orders_times_of_silence_replies_and_answer_times_from_the_command_line() {
    let home = Home::department();
    let post = home.json("asha", &["post", "draft", "--unit", "T1", "--hindi", "हेलमेट पहनें।"]);
    let id = post[0]["id"].as_str().unwrap();
    assert!(
        home.refused("sp", &["post", "remove", id, "--reason", "the date in it is wrong"]).contains("nothing of this message")
    );
    let court = ["--order", "SBCWP 1/2026", "--court", "Rajasthan High Court"];
    let at = [&["post", "takedown", "--at", "https://news.example.org/story"][..], &court].concat();
    let opened = home.run("sp", &at);
    assert_eq!(opened.status.code(), Some(1), "a person must remove it: {}", err(&opened));
    let opened: Value = serde_json::from_slice(&opened.stdout).unwrap();
    let (order, copy) = (&opened[0]["order"]["id"], &opened[0]["removals"][0]["delivery"]);
    let (order, copy) = (order.as_str().unwrap(), copy.as_str().unwrap());
    assert_eq!(home.run("sp", &["post", "copy", order, copy]).status.code(), Some(2), "say what to do");
    assert!(home.refused("sp", &["post", "copy", order, copy, "--again"]).contains("no channel of the desk"));
    assert_eq!(home.run("sp", &["post", "copy", order, copy, "--removed"]).status.code(), Some(2), "not without a proof");
    assert!(home.run("sp", &["post", "copy", order, copy, "--removed", "--proof", "the page says: not found"]).status.success());
    assert_eq!(home.json("sp", &["post", "orders"])[0]["complied"], true);
    let pdf = home.0.path().join("statement.pdf");
    assert_eq!(home.json("sp", &["post", "orders", order, "-o", pdf.to_str().unwrap()])[0]["state"], "removed");
    assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF-"));

    let when = ["--constituency", "*", "--from", "2030-01-01 00:00", "--until", "2030-02-01 00:00", "--reference", "ECI/1"];
    assert!(home.refused("asha", &[&["post", "silence"][..], &when].concat()).contains("not publisher"));
    let silence = home.json("sp", &[&["post", "silence"][..], &when].concat())[0]["id"].as_str().unwrap().to_owned();
    home.json("sp", &["post", "silence-change", &silence, "--until", "2030-03-01 00:00", "--reason", "the second order"]);
    home.json("sp", &["post", "silence-change", &silence, "--end", "--reason", "withdrawn"]);
    assert_eq!(home.json("sp", &["post", "silences"]).as_array().unwrap().len(), 1);

    assert!(
        home.refused("asha", &["channel", "unit", "T2", "--parent", "HQ", "--name-en", "x", "--name-hi", "x"])
            .contains("not publisher")
    );
    assert_eq!(home.json("sp", &["channel", "answer-time", "T1", "60"])[0]["answer_minutes"], 60);
    assert_eq!(home.json("sp", &["channel", "answer-time", "T1"])[0]["answer_minutes"], 240);
    let reply = ["inbox", "replies", "--unit", "T1", "--name", "Route", "--hindi", "सोमवार को।", "--english", "On Monday."];
    let kept = home.json("asha", &reply)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(home.json("sp", &["inbox", "replies", "--unit", "T1"])[0]["name"], "Route");
    assert!(home.run("asha", &["inbox", "replies", "--drop", &kept]).status.success());
    assert_eq!(home.json("sp", &["inbox", "replies"]), serde_json::json!([]));
    let said = home.run("asha", &["inbox", "close", "x", "--state", "hidden", "--reason", "spam"]);
    assert!(err(&said).contains("act at the network"), "{}", err(&said));
}
