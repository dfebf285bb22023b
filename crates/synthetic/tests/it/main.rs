//! The generator's promises: the same bytes for any number of threads, counts that are true, layouts as the operators'.

mod reading;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use sha2::{Digest, Sha256};
use synthetic::{Error, Kind, Options, Summary, Units, generate};

fn run(edit: impl FnOnce(&mut Options)) -> (tempfile::TempDir, Summary) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let mut options = Options::new(5_000, 42, folder.path());
    options.cdr_rows = 70_000;
    options.plate_rows = 40_000;
    edit(&mut options);
    let summary = generate(&options, &|_| {}).expect("generated");
    (folder, summary)
}

fn hashes(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("readable") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
                found.insert(name, Sha256::digest(std::fs::read(&path).expect("file")).to_vec());
            }
        }
    }
    found
}

fn lines(root: &Path, file: &str) -> Vec<String> {
    String::from_utf8(std::fs::read(root.join(file)).expect(file)).expect("utf-8").lines().map(str::to_owned).collect()
}

#[test]
fn threads_do_not_change_a_byte_but_the_seed_does() {
    let (one, _) = run(|o| o.threads = 1);
    let (four, _) = run(|o| o.threads = 4);
    let (other, _) = run(|o| o.seed = 43);
    assert_eq!(hashes(one.path()), hashes(four.path()));
    let (a, b) = (hashes(one.path()), hashes(other.path()));
    for file in ["telecom.cdr/bulk_airtel.csv", "anpr.read/reads.csv", "cctns.person/person.csv", "truth/persons.csv"] {
        assert_ne!(a[file], b[file], "{file}");
    }
}

#[test]
fn the_truth_counts_what_the_files_hold() {
    let (folder, summary) = run(|_| {});
    let mut remarks: HashMap<String, usize> = HashMap::new();
    for line in &lines(folder.path(), "truth/remarks.csv")[1..] {
        let field = line.split(',').collect::<Vec<_>>();
        if field[2] == "duplicate" && field[0].ends_with(".csv") {
            let (row, text) = (field[1].parse::<usize>().expect("row"), lines(folder.path(), field[0]));
            assert_eq!(text[row - 1], text[row - 2], "{line}");
        }
        *remarks.entry(format!("{} {}", field[0], field[2])).or_default() += 1;
    }
    for f in &summary.files {
        // Operators' answers have their own lines around the rows; they are counted by their reader.
        if f.file.ends_with(".csv") && (f.contract != "telecom.cdr" || f.file.contains("bulk")) {
            let text = lines(folder.path(), &f.file);
            let counted = text.last().is_some_and(|l| *l == format!("Total records: {}", f.rows));
            assert_eq!(text.len() - 1 - usize::from(counted), f.rows as usize, "{}", f.file);
        }
        assert_eq!(std::fs::metadata(folder.path().join(&f.file)).expect("file").len(), f.bytes, "{}", f.file);
        assert_eq!(remarks.get(&format!("{} rejected", f.file)).copied().unwrap_or(0), f.rejected as usize);
        assert_eq!(remarks.get(&format!("{} duplicate", f.file)).copied().unwrap_or(0), f.duplicate as usize);
    }
    assert_eq!(summary.rows, summary.files.iter().map(|f| f.rows).sum::<u64>());
    assert_eq!(lines(folder.path(), "truth/counts.csv").len(), summary.files.len() + 1);
    assert!(summary.files.iter().any(|f| f.rejected > 0) && summary.files.iter().any(|f| f.duplicate > 0));
}

#[test]
fn without_mess_nothing_is_wrong() {
    let (folder, summary) = run(|o| o.mess = false);
    assert!(summary.files.iter().all(|f| f.rejected == 0 && f.duplicate == 0));
    assert_eq!(lines(folder.path(), "truth/remarks.csv").len(), 1);
    let bulk = summary.files.iter().find(|f| f.file.contains("bulk")).expect("bulk");
    assert_eq!(bulk.rows, 70_000);
}

#[test]
fn operator_files_look_like_the_operators() {
    let (folder, _) = run(|_| {});
    let airtel = lines(folder.path(), "telecom.cdr/airtel_7000000000.csv");
    assert_eq!(airtel[0].trim(), "BHARTI AIRTEL LIMITED");
    assert_eq!(airtel[4].trim(), "Call Details of Mobile No '7000000000' from '01-Mar-2026' to '29-Apr-2026'");
    assert_eq!(airtel[6].split(',').count(), 26);
    assert!(airtel[7].starts_with("'7000000000',"));
    assert!(airtel[7..airtel.len() - 4].iter().all(|l| l.split(',').count() == 26));
    let bsnl = lines(folder.path(), "telecom.cdr/bsnl_7000000009.csv");
    assert_eq!(bsnl[1], "Search Value : 7000000009");
    assert_eq!(bsnl[5].split(',').count(), 22);
    let rows = &bsnl[6..bsnl.len() - 2];
    assert!(rows.iter().all(|l| l.starts_with("7000000009,") && l.split(',').count() == 22));
    assert_eq!(bsnl[bsnl.len() - 1], format!("CDR COUNT : {}", rows.len()));
}

#[test]
fn a_call_between_two_requested_numbers_is_in_both_files() {
    let (folder, summary) = run(|o| o.mess = false);
    let mut sides: HashMap<(String, String), HashSet<String>> = HashMap::new();
    for f in summary.files.iter().filter(|f| f.file.starts_with("telecom.cdr/airtel_")) {
        for line in &lines(folder.path(), &f.file)[7..] {
            let field = line.split(',').map(|f| f.trim_matches('\'')).collect::<Vec<_>>();
            if field.len() == 26 && field[14] == "Voice" {
                sides.entry((field[0].into(), field[3].into())).or_default().insert([field[6], field[7], field[8]].join(" "));
            }
        }
    }
    let mut met = 0;
    for ((a, b), times) in &sides {
        if let Some(back) = sides.get(&(b.clone(), a.clone())) {
            let shared = times.intersection(back).count();
            // A record is dropped when the number already has one in the same second; everything else must be mirrored.
            assert!(shared + 2 >= times.len().max(back.len()), "{a} {b}: {shared} of {} and {}", times.len(), back.len());
            met += shared;
        }
    }
    assert!(met > 0, "no two requested numbers talk to each other");
}

#[test]
fn sources_join_on_exact_identifiers() {
    let (folder, _) = run(|o| o.mess = false);
    let column = |file: &str, n: usize| -> HashSet<String> {
        lines(folder.path(), file)[1..].iter().map(|l| l.split(',').nth(n).unwrap_or("").to_owned()).collect()
    };
    let (phones, plates) = (column("truth/persons.csv", 10), column("truth/persons.csv", 15));
    assert!(column("cctns.person/person.csv", 18).iter().all(|p| p.is_empty() || phones.contains(p)));
    assert!(column("transport.vehicle/registrations.csv", 0).is_subset(&plates));
    assert_eq!(column("cctns.fir/fir.csv", 4), column("cctns.person/person.csv", 1));
    assert!(column("cctns.arrest/arrest.csv", 1).is_subset(&column("cctns.person/person.csv", 0)));
    let mentioned = column("truth/mentions.csv", 3);
    assert!(column("cctns.arrest/arrest.csv", 1).is_subset(&mentioned));
}

#[test]
fn a_number_makes_at_most_one_record_a_second() {
    let (folder, _) = run(|o| o.mess = false);
    let mut seen = HashSet::new();
    let mut last = String::new();
    for line in &lines(folder.path(), "telecom.cdr/bulk_airtel.csv")[1..] {
        let field = line.split(',').collect::<Vec<_>>();
        assert!(seen.insert((field[0].to_owned(), field[6].to_owned(), field[7].to_owned())));
        let date = field[6].trim_matches('\'');
        let now = format!("{}{}{} {}", &date[6..], &date[3..5], &date[..2], field[7]);
        assert!(now >= last);
        last = now;
    }
}

#[test]
fn impossible_requests_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let mut options = Options::new(0, 1, folder.path());
    assert!(matches!(generate(&options, &|_| {}), Err(Error::Persons { persons: 0 })));
    options.persons = 9;
    options.cdr_rows = 100_000_000;
    options.kinds = vec![Kind::CallBulk];
    assert!(matches!(generate(&options, &|_| {}), Err(Error::TooFewSubjects { .. })));
    options.persons = 1_000;
    options.cdr_rows = 10;
    options.out = folder.path().join("a file");
    std::fs::write(&options.out, "in the way").expect("written");
    assert!(matches!(generate(&options, &|_| {}), Err(Error::Write { .. })));
}

#[test]
fn one_person_is_a_state_too() {
    let (folder, summary) = run(|o| {
        o.persons = 1;
        o.cdr_rows = 0;
        o.plate_rows = 0;
    });
    assert!(summary.rows > 0);
    assert_eq!(lines(folder.path(), "truth/persons.csv").len(), 2);
}

fn few(o: &mut Options) {
    (o.persons, o.cdr_rows, o.plate_rows, o.units) = (1_200, 0, 500, Units::district("27541").expect("Ajmer"));
}

#[test]
fn a_district_has_its_real_stations_and_no_others() {
    let (folder, _) = run(few);
    let stations: HashSet<String> =
        lines(folder.path(), "truth/persons.csv")[1..].iter().map(|l| l.split(',').nth(7).unwrap_or("").to_owned()).collect();
    // The public code list of August 2021 has 36 stations under Ajmer.
    assert!(
        stations.len() > 30 && stations.contains("27541001") && stations.iter().all(|s| s.starts_with("27541")),
        "{stations:?}"
    );
    assert!(matches!(Units::district("Atlantis"), Err(Error::District { .. })));
}

#[test]
fn what_was_spoilt_is_in_the_file_where_the_truth_says() {
    let (folder, _) = run(few);
    let mut seen: HashMap<String, usize> = HashMap::new();
    for line in &lines(folder.path(), "truth/corrupted.csv")[1..] {
        let field = line.split(',').collect::<Vec<_>>();
        *seen.entry(field[2].to_owned()).or_default() += 1;
        // Values without a comma or a quotation mark stand in the files as they stand in the truth.
        if field.len() == 6 && !line.contains('"') && field[0].ends_with(".csv") && !field[5].contains(['<', '&']) {
            let row = &lines(folder.path(), field[0])[field[1].parse::<usize>().expect("row") - 1];
            assert!(row.contains(field[5]), "{line}: {row}");
        }
    }
    for how in ["slip", "kruti_dev", "swapped"] {
        assert!(seen.get(how).is_some_and(|n| *n > 2), "{how}: {seen:?}");
    }
}

#[test]
fn families_share_house_and_name() {
    let (folder, _) = run(few);
    let persons = lines(folder.path(), "truth/persons.csv");
    let of = |n: usize| persons[n + 1].split(',').map(str::to_owned).collect::<Vec<_>>();
    let surname = |name: &str| name.rsplit(' ').next().unwrap_or("").to_owned();
    let mut wives = 0;
    for n in 0..persons.len() - 1 {
        let wife = of(n);
        if wife[3] != "husband" {
            continue;
        }
        // The husband under the same station and village carries the name she gives.
        let husband = (0..persons.len() - 1).map(of).find(|p| {
            p[5] == "M" && p[7] == wife[7] && p[9] == wife[9] && surname(&p[1]) == surname(&wife[1]) && p[1] == wife[4]
        });
        wives += usize::from(husband.is_some());
    }
    assert!(wives > 100, "{wives} wives live with the husband they name");
}

#[test]
fn ten_million_persons_are_possible_and_fifteen_are_not() {
    // The state itself is not written: what a small kind says of its last persons is enough.
    let (folder, summary) = run(|o| {
        (o.persons, o.cdr_rows, o.plate_rows) = (10_000_000, 0, 0);
        o.kinds = vec![Kind::Desk];
    });
    assert!(summary.rows > 0 && !folder.path().join("truth/persons.csv").exists());
    let mut options = Options::new(14_000_001, 1, folder.path());
    options.kinds = vec![Kind::Desk];
    assert!(matches!(generate(&options, &|_| {}), Err(Error::Persons { .. })));
}
