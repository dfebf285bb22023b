//! Who may take what out, and who erases: the real program, as several people use it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;

use serde_json::Value;

use crate::program::Program;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sources/contracts");
const FIR: &str = "27541001/0001/2025";
const PERSON: &str = "275410012025000101";

/// A lake with persons in it and people who read it.
fn station(dir: &Path) -> Program {
    let program = Program::at(&dir.join("lake"));
    for sample in ["cctns/fir", "cctns/person"] {
        program.run(&["ingest", &sample.replace('/', "."), &format!("{SAMPLES}/{sample}/sample.csv")]).good();
    }
    program.run(&["user", "add", "boss", "--administrator"]).good();
    for (login, role, rank) in [
        ("asha", "investigating_officer", "sub_inspector"),
        ("eng", "data_engineer", "civilian"),
        ("meera", "supervisor", "superintendent"),
        ("meena", "auditor", "civilian"),
    ] {
        program.run(&["user", "add", login, "--role", role, "--rank", rank]).good();
    }
    program
}

#[test]
fn an_emergencys_rows_stay_and_what_leaves_is_known() {
    let dir = tempfile::tempdir().unwrap();
    let program = station(dir.path());
    let sql = "SELECT name FROM clean.cctns_person ORDER BY name";
    let opened = program.run(&[
        "--as",
        "asha",
        "case",
        "open",
        "danger-1",
        "--emergency",
        "--reason",
        "A child is held in a house in Ajmer",
    ]);
    opened.good();
    for format in ["csv", "json", "ndjson", "parquet", "table"] {
        let said = program.run(&["--as", "asha", "--case", "danger-1", "--format", format, "sql", sql]);
        assert!(
            !said.ok && said.out.is_empty() && said.err.contains("does not leave as a file"),
            "{format}: {}{}",
            said.out,
            said.err
        );
    }
    for what in [vec!["search", "parikshan"], vec!["dossier", "cctns:275410012025000101"]] {
        let line: Vec<&str> = ["--as", "asha", "--case", "danger-1", "--format", "csv"].into_iter().chain(what).collect();
        let said = program.run(&line);
        assert!(!said.ok && said.err.contains("does not leave as a file"), "{line:?}: {}", said.err);
    }
    let said = program.run(&["--as", "eng", "--format", "csv", "sql", "SELECT count(*) AS n FROM clean.cctns_person"]);
    assert!(!said.ok, "an engineer exports nothing: {}", said.out);
    // For a case it leaves, and the lake knows it.
    program.run(&["--as", "asha", "case", "open", FIR]).good();
    let left = program.run(&["--as", "asha", "--case", FIR, "--format", "csv", "sql", sql]).good();
    let known = program.run(&["--as", "asha", "--format", "json", "exports"]).good().json();
    assert_eq!(known.len(), 1);
    let sha256 = crate::certificate::sha256(left.out.as_bytes());
    assert_eq!((known[0]["sha256"].as_str(), known[0]["case"].as_str()), (Some(sha256.as_str()), Some(FIR)));
    assert_eq!(program.run(&["--as", "meena", "--format", "json", "exports"]).good().json().len(), 1);
    assert_eq!(program.run(&["--as", "meera", "--format", "json", "exports"]).good().json().len(), 0);
    let log = program.run(&["--as", "meena", "--format", "json", "audit", "tail", "--action", "export"]).good().json();
    assert!(log.iter().any(|e| e["what"]["sha256"] == sha256.as_str()), "{log:?}");
    assert!(log.iter().any(|e| e["allowed"] == false), "the refusals are there too");
    // The file alone is enough for its certificate.
    let file = dir.path().join("left.csv");
    std::fs::write(&file, &left.out).unwrap();
    let pdf = dir.path().join("left.pdf");
    let (file, pdf) = (file.to_str().unwrap(), pdf.to_str().unwrap());
    program.run(&["--as", "asha", "--case", FIR, "certificate", "--export", file, "-o", pdf]).good();
    let html = program.run(&["--as", "asha", "--case", FIR, "--format", "html", "dossier", "cctns:275410012025000101"]).good();
    let ids = program.run(&["--as", "asha", "--format", "json", "exports"]).good().json();
    assert!(html.out.contains(ids[0]["id"].as_str().unwrap()) && ids[0]["marked"] == true, "the mark stands on the paper");
}

#[test]
fn limits_releases_and_refusals_on_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let program = station(dir.path());
    program.run(&["user", "add", "omar", "--role", "approver"]).good();
    let limits = program.run(&["--format", "json", "policy", "limit", "bulk_rows", "2"]).good().json();
    assert_eq!((limits[0]["name"].as_str(), limits[0]["value"].as_u64()), (Some("bulk_rows"), Some(2)));
    let odd = program.run(&["policy", "limit", "bulk_rows", "none"]);
    assert!(!odd.ok && odd.err.contains("whole number from 1 to"), "{}", odd.err);
    let own = program.run(&["--as", "asha", "policy", "limit", "bulk_rows", "100000"]);
    assert!(!own.ok && own.err.contains("settled by an administrator"), "{}", own.err);
    program.run(&["--as", "asha", "case", "open", FIR]).good();
    let query = "SELECT role FROM clean.cctns_person";
    let line = ["--as", "asha", "--case", FIR, "--format", "csv", "sql", query];
    let refused = program.run(&line);
    assert!(!refused.ok && refused.err.contains("second person") && refused.err.contains(query), "{}", refused.err);
    let hindi = program.with("SAROVAR_LANG", "hi").run(&line);
    assert!(!hindi.ok && hindi.err.contains("अस्वीकृत") && hindi.err.contains("दूसरा व्यक्ति"), "{}", hindi.err);
    let ask =
        ["--as", "asha", "--case", FIR, "--format", "json", "authority", "release", query, "--reason", "for the charge sheet"];
    let id = program.run(&ask).good().json()[0]["id"].as_str().unwrap().to_owned();
    let state = |word: &str| {
        let own = program.run(&["--as", "asha", "--case", FIR, "--format", "json", "authority", "list", "--own"]).good().json();
        assert_eq!((own[0]["id"].as_str(), own[0]["state"].as_str()), (Some(id.as_str()), Some(word)));
        let one = program.run(&["--as", "asha", "--format", "json", "authority", "show", &id]).good().json();
        assert_eq!(one[0]["state"].as_str(), Some(word));
    };
    state("asked");
    let foreign = program.run(&["--as", "meena", "authority", "show", &id]);
    assert!(!foreign.ok && foreign.err.contains("there is no request"), "{}", foreign.err);
    program.run(&["--as", "omar", "authority", "grant", &id]).good();
    state("granted");
    assert!(program.run(&line).good().out.lines().count() > 3);
}

#[test]
fn a_witness_vouches_for_an_export_of_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let program = station(dir.path());
    let lake = dir.path().join("lake");
    // As a server keeps it once the witness has answered.
    let note = std::fs::read_to_string(lake.join("audit/checkpoint")).unwrap();
    let text = format!("{}\n", note.split("\n\n").next().unwrap());
    let witness = governance::audit::cosign::CosignKey::new("witness.example/w1", [5; 32]);
    let stranger = governance::audit::cosign::CosignKey::new("witness.example/w2", [6; 32]);
    std::fs::create_dir_all(lake.join("audit/cosigned")).unwrap();
    let kept = lake.join("audit/cosigned/0123456789abcdef.checkpoint");
    std::fs::write(&kept, format!("{note}{}", witness.line(&text, 1_790_000_000))).unwrap();
    let (out, key) = (dir.path().join("handed-over"), dir.path().join("log.pub"));
    let out = out.to_str().unwrap();
    program.run(&["audit", "export", "--to", out]).good();
    std::fs::write(&key, program.run(&["audit", "key"]).good().out).unwrap();
    let of = |name: &str, text: String| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (first, second) = (of("w1.pub", format!("{}\n", witness.public())), of("w2.pub", format!("{}\n", stranger.public())));
    let verify = |witness: &str| {
        program.run(&[
            "--format",
            "json",
            "audit",
            "verify",
            "--tiles",
            out,
            "--key",
            key.to_str().unwrap(),
            "--witness",
            witness,
        ])
    };
    let found = verify(&first).good().json();
    assert!(found[0]["witnessed"][0]["witness"].as_str().unwrap().starts_with("witness.example/w1"), "{found:?}");
    assert_eq!(found[0]["continues"].as_array().unwrap().len(), 1);
    let absent = verify(&second);
    assert!(!absent.ok && absent.err.contains("witness.example/w2") && absent.err.contains("did not sign it"), "{}", absent.err);
    // The same name and another key: said to be wrong, not passed over. Of the lake itself, the keys of the environment count.
    let lied = std::fs::read_to_string(&kept).unwrap().replace(&text, &text.replacen('\n', "\n1", 1));
    std::fs::write(format!("{out}/cosigned/0123456789abcdef.checkpoint"), lied).unwrap();
    assert!(!verify(&first).ok);
    let own = program.with("SAROVAR_WITNESS_KEY", &witness.public().to_string()).run(&["audit", "verify"]);
    assert!(own.ok && own.err.contains("the witness witness.example/w1"), "{}{}", own.out, own.err);
}

#[test]
fn nobody_erases_alone_and_the_receipt_says_what_went() {
    let dir = tempfile::tempdir().unwrap();
    let program = station(dir.path());
    let object = crate::certificate::sha256(&std::fs::read(format!("{SAMPLES}/cctns/person/sample.csv")).unwrap());
    let alone = program.run(&["maintain", "--purge", &object]);
    assert!(!alone.ok && alone.err.contains("nobody erases alone"), "{}", alone.err);
    let target = format!("cctns:{PERSON}");
    let line = [
        "--as",
        "asha",
        "--format",
        "json",
        "expunge",
        "ask",
        "person",
        &target,
        "--basis",
        "Order 12 of 2026",
        "--reason",
        "A mistaken identity",
    ];
    let id = program.run(&line).good().json()[0]["id"].as_str().unwrap().to_owned();
    for (line, says) in [
        (vec!["--as", "asha", "expunge", "approve", &id], "himself"),
        (vec!["--as", "eng", "expunge", "show", &id], "no request"),
        (vec!["expunge", "run", &id], "second officer"),
        (vec!["--as", "meera", "expunge", "run", &id], "second officer"),
        (
            vec!["--as", "asha", "expunge", "ask", "person", "Asha", "--basis", "Order 12", "--reason", "A mistaken identity"],
            "no person id",
        ),
    ] {
        let said = program.run(&line);
        assert!(!said.ok && said.err.contains(says), "{line:?}: {}", said.err);
    }
    program.run(&["--as", "meera", "expunge", "approve", &id, "--note", "compared"]).good();
    let receipt: Value = serde_json::from_str(&program.run(&["--as", "meera", "expunge", "run", &id]).good().out).unwrap();
    assert!(receipt["rows"].as_array().unwrap().iter().any(|r| r[0] == "clean.cctns_person"), "{receipt}");
    assert_eq!(receipt["rewritten"][0]["object"], object.as_str());
    let again: Value = serde_json::from_str(&program.run(&["expunge", "run", &id]).good().out).unwrap();
    assert_eq!(again, receipt);
    let raw = std::fs::read_to_string(program.home.join("raw").join(&object[..2]).join(&object)).unwrap();
    assert!(!raw.contains(PERSON) && raw.lines().count() > 2);
    program.run(&["audit", "verify"]).good();
    program.run(&["doctor"]).good();
    let proof = dir.path().join("proof");
    std::fs::write(&proof, receipt["proof"].as_str().unwrap()).unwrap();
    let entry = dir.path().join("entries");
    let record = receipt["record"].to_string();
    program.run(&["audit", "prove", &record, "--to", entry.to_str().unwrap()]).good();
    let key = dir.path().join("key");
    std::fs::write(&key, program.run(&["audit", "key"]).good().out).unwrap();
    let entry = entry.join(format!("{record}.json"));
    let (proof, entry, key) = (proof.to_str().unwrap(), entry.to_str().unwrap(), key.to_str().unwrap());
    program.run(&["audit", "verify", "--proof", proof, "--entry", entry, "--key", key]).good();
}

#[test]
fn an_older_operational_state_is_found_out() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::at(&dir.path().join("lake"));
    program.run(&["init"]).good();
    let (state, kept) = (program.home.join("state.sqlite"), dir.path().join("kept"));
    std::fs::copy(&state, &kept).unwrap();
    program.run(&["ingest", "reference.rto", &format!("{SAMPLES}/reference/rto/sample.csv")]).good();
    assert!(!program.run(&["doctor"]).good().err.contains("OLDER"));
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(program.home.join(format!("state.sqlite{end}")));
    }
    std::fs::copy(&kept, &state).unwrap();
    let said = program.run(&["doctor"]);
    assert!(!said.ok && said.err.contains("THE OPERATIONAL STATE IS OLDER"), "{}", said.err);
    let log = program.run(&["--format", "json", "audit", "tail", "--action", "state-behind"]).good();
    assert_eq!(log.json().len(), 1, "once");
    assert!(!log.err.contains("OLDER"), "said once, then it stands in the log");
}

#[test]
fn a_servers_log_and_numbers_name_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::at(&dir.path().join("lake"));
    program.run(&["ingest", "cctns.person", &format!("{SAMPLES}/cctns/person/sample.csv")]).good();
    let mut server = program.command(&["serve", "--listen", "127.0.0.1:0"]).env("RUST_LOG", "debug").spawn().unwrap();
    let mut said = BufReader::new(server.stderr.take().unwrap());
    let mut line = String::new();
    let address = loop {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "the server began");
        if let Some((_, rest)) = line.split_once("http://") {
            break rest.split_whitespace().next().unwrap().to_owned();
        }
    };
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    let get = |path: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\naccept: application/json\r\n\r\n")
            .unwrap();
        let mut out = String::new();
        stream.read_to_string(&mut out).unwrap();
        out
    };
    let _ = get("/phone/7000000101");
    let _ = get(&format!("/person/cctns%3A{PERSON}"));
    let metrics = get("/metrics");
    assert!(metrics.contains("sarovar_requests_total{route=\"/phone/{number}\",status=\"2xx\"} 1"), "{metrics}");
    // A failure of the server itself, with the address in it: the log cannot be written any more.
    let pending: Vec<_> = std::fs::read_dir(program.home.join("audit")).unwrap().flatten().map(|e| e.path()).collect();
    for path in pending.iter().filter(|p| p.file_name().unwrap().to_string_lossy().starts_with("pending.")) {
        std::fs::remove_file(path).unwrap();
        std::fs::create_dir(path).unwrap();
    }
    assert!(get("/search?q=Parikshan+7000000101").contains(" 500 "));
    server.kill().unwrap();
    server.wait().unwrap();
    let logs: String = std::fs::read_dir(program.home.join("log"))
        .unwrap()
        .flatten()
        .map(|e| std::fs::read_to_string(e.path()).unwrap())
        .collect();
    assert!(logs.contains("a request failed"), "{logs}");
    for personal in ["7000000101", PERSON, "Parikshan", "parikshan"] {
        assert!(!logs.contains(personal), "{personal} in {logs}");
        assert!(!metrics.contains(personal), "{personal} in {metrics}");
    }
}

#[test]
fn a_server_merges_small_files() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::at(&dir.path().join("lake"));
    let contract = crate::register::contract(dir.path(), false).display().to_string();
    for id in 0..12 {
        let file = dir.path().join(format!("{id}.csv"));
        let header = crate::register::HEADER;
        std::fs::write(&file, format!("{header}k{id},Name,7000000101,X,2026-01-02 10:00:00,1,\n")).unwrap();
        program.run(&["ingest", "test.register", &file.display().to_string(), "--contract", &contract]).good();
    }
    let folder = program.home.join("tables/clean/test_register");
    let merged = || crate::program::paths(&folder).iter().any(|p| p.to_string_lossy().contains("sorted-"));
    assert!(!merged());
    let mut server = program.command(&["serve", "--listen", "127.0.0.1:0", "--merge-every", "1"]).spawn().unwrap();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !merged() && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(merged(), "no file was merged within a minute");
    let rows = program.run(&["--format", "json", "sql", "SELECT count(*) AS n FROM clean.test_register"]).good();
    assert_eq!(rows.json()[0]["n"], 12);
}
