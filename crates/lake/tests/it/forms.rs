//! One table in every form the contracts can name, written by Python's csv, json and zipfile modules, gives the same rows.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use lake::{Progress, Request};
use sources::Contract;

use crate::bench::{Bench, CONTRACT};

/// Writes every combination of delimiter, line end, mark and encoding, and JSON, NDJSON and XML, each plain, in gzip and
/// in a ZIP archive. Prints the names.
const WRITER: &str = r#"
import csv, gzip, io, json, sys, zipfile
out = sys.argv[1]
columns = ["id", "name", "number", "place", "seen_at", "revision"]
rows = [["a", "Asha, \"A\"", "7000000001", "X|Y;Z", "2026-01-01 10:00:00", "1"],
        ["b", "Zoë\tB", "", "café", "2026-01-02 23:59:59", "2"],
        ["c", "two words", "7000000003", "-", "2026-01-03 00:00:00", ""]]
hindi = ["d", "आशा देवी", "7000000004", "जयपुर", "2026-01-04 10:00:00", "4"]

def keep(name, data):
    print(name)
    open(f"{out}/{name}", "wb").write(data)
    print(name + ".gz")
    with gzip.open(f"{out}/{name}.gz", "wb") as packed:
        packed.write(data)
    print(name + ".zip")
    with zipfile.ZipFile(f"{out}/{name}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("in/" + name, data)

for sign, delimiter in [("comma", ","), ("tab", "\t"), ("pipe", "|"), ("semicolon", ";")]:
    for end, line in [("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")]:
        for code, mark in [("utf-8", ""), ("utf-8", "\ufeff"), ("utf-16-le", ""), ("utf-16-le", "\ufeff"), ("utf-16-be", ""), ("utf-16-be", "\ufeff"), ("cp1252", "")]:
            text = io.StringIO()
            writer = csv.writer(text, delimiter=delimiter, lineterminator=line)
            writer.writerows([columns] + rows + ([] if code == "cp1252" else [hindi]))
            keep(f"{sign}-{end}-{code}{'-mark' if mark else ''}.csv", (mark + text.getvalue()).encode(code))
objects = [dict((k, v) for k, v in zip(columns, row) if v != "") for row in rows + [hindi]]
for o in objects:
    if "revision" in o:
        o["revision"] = int(o["revision"])
nested = {"made": "2026", "data": {"list": objects}}
keep("nested.json", json.dumps(nested, ensure_ascii=False, indent=1).encode())
keep("escaped.json", json.dumps(nested, indent=1).encode("utf-16"))
keep("lines.ndjson", "\n".join(json.dumps(o, ensure_ascii=False) for o in objects).encode())
from xml.sax.saxutils import escape
xml = "".join("<r>" + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in o.items()) + "</r>" for o in objects)
keep("list.xml", f"<?xml version='1.0' encoding='UTF-8'?><all><list>{xml}</list></all>".encode())
"#;

/// Indian time is five and a half hours ahead of UTC.
const EXPECTED: [&str; 4] = [
    "a|Asha, \"A\"|7000000001|X|Y;Z|2026-01-01T04:30:00Z|1",
    "b|Zoë\tB||café|2026-01-02T18:29:59Z|2",
    "c|two words|7000000003|-|2026-01-02T18:30:00Z|",
    "d|आशा देवी|7000000004|जयपुर|2026-01-04T04:30:00Z|4",
];

fn contract(n: usize) -> Arc<Contract> {
    let formats =
        "[{ kind: csv, delimiter: auto }, { kind: json, rows: '/data/list/*' }, { kind: ndjson }, { kind: xml, rows: //r }]";
    let yaml = CONTRACT.replace("[{ kind: csv }]", formats).replace("test.register", &format!("test.form{n}"));
    // The second order and the mapping have tests of their own.
    let yaml = yaml.replace(", [place, seen_at]]", "]");
    Arc::new(Contract::parse(&yaml, "").unwrap())
}

async fn read(b: &Bench, dir: &Path, name: &str, n: usize) -> Vec<String> {
    let request = Request { contract: Some(contract(n)), ..Request::default() };
    let report = b.lake.ingest_path(&dir.join(name), request, &Arc::new(Progress::default())).await;
    let report = report.unwrap_or_else(|e| panic!("{name}: {e}")).remove(0);
    assert_eq!((report.rejected, report.duplicate), (0, 0), "{name}: {report:?}");
    b.rows(&format!("SELECT id, name, number, place, seen_at, revision FROM clean.test_form{n} ORDER BY id")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_one_table_gives_the_same_rows() {
    let b = Bench::new().await;
    let dir = tempfile::tempdir().unwrap();
    let out = match Command::new("python3").args(["-c", WRITER]).arg(dir.path()).output() {
        Ok(out) => out,
        Err(e) => return println!("skipped: python3 is not there ({e})"),
    };
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let names = String::from_utf8(out.stdout).unwrap();
    assert_eq!(names.lines().count(), (4 * 3 * 7 + 4) * 3);
    for (n, name) in names.lines().enumerate() {
        // Each plain form; of the packed ones, every fifth: what unpacks them does not look inside.
        let packed = name.ends_with(".gz") || name.ends_with(".zip");
        if packed && name.contains("-lf-") && n % 5 != 0 || packed && (name.contains("-cr-") || name.contains("-crlf-")) {
            continue;
        }
        let rows = read(&b, dir.path(), name, n).await;
        let expected = if name.contains("cp1252") { &EXPECTED[..3] } else { &EXPECTED[..] };
        assert_eq!(rows, expected, "{name}");
    }
}
