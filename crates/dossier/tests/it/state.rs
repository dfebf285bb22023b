//! A whole made-up state goes through the lake: every file comes out as its truth says, and what was planted is found by questions that know nothing
//! of how it was planted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use governance::Principal;
use lake::ingest::State;
use lake::{Lake, Progress, Request, Session};

use crate::{lake, session};

/// The lines of a truth file, by field; none of these fields holds a comma.
fn truth(root: &Path, file: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root.join("truth").join(file)).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// Subjects of one plant and kind, by its number.
fn planted(root: &Path, plant: &str, kind: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in truth(root, "planted.csv").into_iter().filter(|l| l[0] == plant && l[2] == kind) {
        out.entry(line[1].clone()).or_default().insert(line[3].clone());
    }
    assert!(!out.is_empty(), "nothing is planted as {plant}");
    out
}

/// The rows of an answer, each as the set of its values.
async fn ask(session: &Session, sql: &str) -> BTreeSet<Vec<String>> {
    let mut out = BTreeSet::new();
    for batch in session.rows(sql).await.unwrap_or_else(|e| panic!("{sql}: {e}")) {
        let options = FormatOptions::default();
        let columns: Vec<_> = batch.columns().iter().map(|c| ArrayFormatter::try_new(c, &options).unwrap()).collect();
        out.extend((0..batch.num_rows()).map(|i| columns.iter().map(|c| c.value(i).to_string()).collect()));
    }
    out
}

/// Takes every file in and holds each report against the truth.
async fn take_in(lake: &Lake, root: &Path) {
    let mut remarks: BTreeMap<(String, String), u64> = BTreeMap::new();
    for line in truth(root, "remarks.csv") {
        *remarks.entry((line[0].clone(), line[2].clone())).or_default() += 1;
    }
    let mut systems = BTreeSet::new();
    for line in truth(root, "counts.csv").into_iter().filter(|l| l[1] != "document.part") {
        let request = Request { authority: Some("test/1".into()), received_by: "test".into(), ..Request::default() };
        let reports = lake.ingest_path(&root.join(&line[0]), request, &Arc::new(Progress::default())).await.unwrap();
        let [report] = reports.as_slice() else { panic!("{}: {} reports", line[0], reports.len()) };
        assert_eq!(
            (report.state, report.contract.as_str()),
            (State::Done, line[1].as_str()),
            "{}: {:?}",
            line[0],
            report.message
        );
        let number = |i: usize| line[i].parse::<u64>().unwrap();
        let counts = (report.input, report.accepted, report.rejected, report.duplicate);
        assert_eq!(counts, (number(2), number(3), number(4), number(5)), "{}: {:?}", line[0], report.reasons);
        let told = |what: &str| remarks.get(&(line[0].clone(), what.to_owned())).copied().unwrap_or(0);
        assert_eq!((report.corrected, report.withdrawn), (told("correction"), told("withdrawal")), "{}", line[0]);
        // A source may leave columns out; it has none that its contract does not know.
        // (Operators' records have trunk groups and the like, which the lake leaves out.)
        let strange = report.drift.iter().any(|d| !d.starts_with("missing column"));
        assert!(!strange || line[1].starts_with("telecom."), "{}: {:?}", line[0], report.drift);
        systems.insert(line[1].clone());
    }
    assert!(systems.len() >= 40, "{} of the datasets have files: {systems:?}", systems.len());
}

/// Pairs of marks that were read within a minute of each other at ten cameras or more.
const CONVOYS: &str =
    "SELECT a.plate, b.plate FROM clean.anpr_read a JOIN clean.anpr_read b ON a.camera_id = b.camera_id AND a.plate < b.plate
    AND date_part('epoch', b.captured_at) - date_part('epoch', a.captured_at) BETWEEN -60 AND 60
    GROUP BY a.plate, b.plate HAVING count(*) >= 10";

/// Marks that were read at two places nobody can drive between in the time.
const CLONES: &str =
    "SELECT DISTINCT a.plate FROM clean.anpr_read a JOIN clean.anpr_read b ON a.plate = b.plate AND a.camera_id <> b.camera_id
    AND date_part('epoch', b.captured_at) - date_part('epoch', a.captured_at) BETWEEN 1 AND 600
    WHERE sqrt(power((a.lat - b.lat) * 111, 2) + power((a.lon - b.lon) * 100, 2))
        / (date_part('epoch', b.captured_at) - date_part('epoch', a.captured_at)) * 3600 > 300";

const SWAPS: &str = "SELECT number FROM clean.telecom_cdr GROUP BY number HAVING count(DISTINCT imsi) > 1";

/// Handsets of a number that ended and another that began in them.
const CHANGES: &str =
    "WITH spans AS (SELECT imei, number, min(started_at) AS first, max(started_at) AS last FROM clean.telecom_cdr
        WHERE imei IS NOT NULL GROUP BY imei, number)
    SELECT a.number, b.number FROM spans a JOIN spans b ON a.imei = b.imei AND a.number <> b.number AND a.last < b.first";

/// Numbers that were in one handset in turns.
const SHARED: &str = "WITH spans AS (SELECT imei, number, min(started_at) AS first, max(started_at) AS last FROM clean.telecom_cdr
        WHERE imei IS NOT NULL GROUP BY imei, number)
    SELECT a.number, b.number FROM spans a JOIN spans b ON a.imei = b.imei AND a.number < b.number AND a.first < b.last AND b.first < a.last";

/// Numbers that were under one cell within five minutes on three days.
const MEETINGS: &str = "SELECT a.number, b.number FROM clean.telecom_cdr a JOIN clean.telecom_cdr b ON a.first_cell = b.first_cell AND a.number < b.number
    AND date_part('epoch', b.started_at) - date_part('epoch', a.started_at) BETWEEN -300 AND 300
    GROUP BY a.number, b.number HAVING count(DISTINCT date_trunc('day', a.started_at)) >= 3";

/// Burglaries within two hundred metres and two weeks of another.
const REPEATS: &str = "SELECT DISTINCT 'fir:' || a.station_code || '/' || a.fir_no || '/' || CAST(a.fir_year AS VARCHAR)
    FROM clean.cctns_fir a JOIN clean.cctns_fir b ON a.fir_reg_num <> b.fir_reg_num AND a.crime_head = 'House-breaking' AND b.crime_head = 'House-breaking'
    WHERE abs(a.lat - b.lat) < 0.002 AND abs(a.lon - b.lon) < 0.002
        AND abs(date_part('epoch', a.occurred_from) - date_part('epoch', b.occurred_from)) < 14 * 86400";

/// Accused who stand in three or more of the robberies of one station within a month.
const SERIES: &str = "SELECT DISTINCT m.event_key FROM pole.person_mention m JOIN clean.cctns_fir f
        ON m.event_key = 'fir:' || f.station_code || '/' || f.fir_no || '/' || CAST(f.fir_year AS VARCHAR)
    WHERE m.role = 'accused' AND f.crime_head = 'Robbery' AND m.phone IN (
        SELECT n.phone FROM pole.person_mention n JOIN clean.cctns_fir g
            ON n.event_key = 'fir:' || g.station_code || '/' || g.fir_no || '/' || CAST(g.fir_year AS VARCHAR)
        WHERE n.role = 'accused' AND g.crime_head = 'Robbery' AND n.phone IS NOT NULL
        GROUP BY n.phone, g.station_code HAVING count(DISTINCT n.event_key) >= 2)";

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_state_comes_in_as_its_truth_says_and_shows_what_was_planted() {
    let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let root = files.path();
    let mut options = synthetic::Options::new(900, 21, root);
    options.units = synthetic::Units::district("Ajmer").unwrap();
    options.cdr_rows = 2_000;
    synthetic::generate(&options, &|_| {}).unwrap();
    let lake = lake(home.path(), &[]).await;
    take_in(&lake, root).await;

    let session = session(&lake, Principal::operator());
    let pairs =
        |all: BTreeSet<Vec<String>>| all.into_iter().map(|row| row.into_iter().collect()).collect::<BTreeSet<BTreeSet<String>>>();
    let of = |plant, kind| planted(root, plant, kind).into_values().collect::<BTreeSet<BTreeSet<String>>>();
    assert_eq!(pairs(ask(&session, CONVOYS).await), of("convoy", "plate"));
    assert_eq!(pairs(ask(&session, CLONES).await), of("cloned_plate", "plate"));
    assert_eq!(pairs(ask(&session, SWAPS).await), of("sim_swap", "phone"));
    for (sql, plant, kind) in
        [(CHANGES, "number_change", "phone"), (SHARED, "shared_handset", "phone"), (MEETINGS, "co_location", "phone")]
    {
        let found = pairs(ask(&session, sql).await);
        assert!(of(plant, kind).is_subset(&found), "{plant}: {found:?}");
    }
    // What was typed in the old font and read beyond doubt says what stood there.
    let typed: BTreeSet<String> = truth(root, "corrupted.csv")
        .into_iter()
        .filter(|l| l[0] == "cctns.scene/scene.csv" && l[2] == "kruti_dev" && l[3] == "MODUS_OPERANDI")
        .map(|l| l[4].clone())
        .collect();
    let read = ask(&session, "SELECT DISTINCT method FROM clean.cctns_scene WHERE method_legacy IS NOT NULL").await;
    assert!(!read.is_empty() && read.into_iter().flatten().all(|m| typed.contains(&m)), "{typed:?}");
    for (sql, plant) in [(REPEATS, "near_repeat"), (SERIES, "series")] {
        let found: BTreeSet<String> = ask(&session, sql).await.into_iter().flatten().collect();
        for cases in of(plant, "case") {
            let seen = cases.intersection(&found).count();
            assert!(seen + 1 >= cases.len(), "{plant}: {seen} of {cases:?} in {found:?}");
        }
    }
}
