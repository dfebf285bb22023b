//! A full disk and a folder that cannot be written, on a small file system in memory. Needs root for the mount.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use lake::{Lake, Options};
use sources::Contract;

use crate::bench::{Bench, CONTRACT, HEADER, MAPPING, open};

/// A mounted file system of bounded size; gone with the value.
struct Disk(PathBuf);

impl Disk {
    fn of(dir: &Path, size: &str) -> Option<Disk> {
        let path = dir.join("disk");
        std::fs::create_dir(&path).unwrap();
        let options = format!("size={size}");
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "sarovar-test"]).arg(&path).output();
        if done.is_ok_and(|d| d.status.success()) {
            return Some(Disk(path));
        }
        println!("skipped: a file system cannot be mounted here (root only)");
        None
    }

    fn remount(&self, options: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(&self.0).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn rows(n: usize) -> String {
    let row = |i: usize| {
        let bad = i % 50 == 49;
        let day = if bad { "never".into() } else { format!("2026-01-{:02} 10:00:00", i % 28 + 1) };
        format!("k{i},Name {},7{:09},P{},{day},1,,\n", i * 7919 % 104_729, i * 104_729 % 1_000_000_000, i % 9)
    };
    (0..n).map(row).collect()
}

const COUNTS: &str = "SELECT count(*), sum(_row) FROM clean.test_register UNION ALL SELECT count(*), sum(_row) FROM quarantine.test_register
    UNION ALL SELECT count(*), sum(_row) FROM pole.person_mention UNION ALL SELECT count(*), sum(_row) FROM pole.object ORDER BY 1";

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_an_ingest_that_goes_on_once_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::of(dir.path(), "64m") else { return };
    let contract = Arc::new(Contract::parse(CONTRACT, MAPPING).unwrap());
    let text = rows(5_000);
    let file = dir.path().join("rows.csv");
    std::fs::write(&file, format!("{HEADER}{text}")).unwrap();
    let calm = Bench::new().await;
    let expected_report = calm.ingest_path(&file).await.unwrap();
    let expected = calm.rows(COUNTS).await;
    let used = |path: &Path| -> u64 {
        let out = Command::new("du").args(["-sk"]).arg(path).output().unwrap();
        String::from_utf8_lossy(&out.stdout).split_whitespace().next().unwrap().parse().unwrap()
    };
    let needed = used(calm.lake.home().root());
    let mut full = 0;
    for part in 1..=6 {
        let home = disk.0.join(format!("home-{part}"));
        let lake = open(&home, &contract).await;
        let begun = used(&disk.0);
        // From room for nothing to room for nearly all.
        disk.remount(&format!("size={}k", begun + needed * part / 7));
        let b = Bench { lake, dir: tempfile::tempdir().unwrap(), contract: contract.clone() };
        let outcome = b.ingest_path(&file).await;
        if let Err(e) = &outcome {
            full += 1;
            let text = e.to_string();
            assert!(text.contains("No space left") || text.contains("full"), "{part}: {text}");
        }
        disk.remount("size=64m");
        drop(b);
        let b = Bench { lake: open(&home, &contract).await, dir: tempfile::tempdir().unwrap(), contract: contract.clone() };
        b.lake.recover().await.unwrap();
        let report = b.ingest_path(&file).await.unwrap();
        assert_eq!(report.input, expected_report.input, "{part}");
        assert_eq!(b.rows(COUNTS).await, expected, "{part}: {outcome:?}");
        let ill: Vec<_> = b.lake.examine().await.unwrap().into_iter().filter(|f| !f.well).collect();
        assert!(ill.is_empty(), "{part}: {ill:?}");
        drop(b);
        std::fs::remove_dir_all(&home).unwrap();
    }
    println!("{full} of 6 ingests met a full disk; {needed} KiB needed");
    assert!(full >= 3, "the disk was full only {full} times");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_written_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::of(dir.path(), "64m") else { return };
    let contract = Arc::new(Contract::parse(CONTRACT, MAPPING).unwrap());
    let home = disk.0.join("home");
    let b = Bench { lake: open(&home, &contract).await, dir: tempfile::tempdir().unwrap(), contract: contract.clone() };
    b.ingest("one.csv", "a,Asha,,X,2026-01-01 10:00:00,1,,\n").await;
    // What is open for writing keeps a file system from becoming read-only.
    b.lake.store().clone().close().await.unwrap();
    drop(b);
    disk.remount("ro");
    let e = Lake::open(Options { contracts: vec![contract.clone()], ..Options::at(&home) }).await.unwrap_err();
    assert!(e.to_string().contains("check its owner and mount"), "{e}");
    disk.remount("rw");
    let b = Bench { lake: open(&home, &contract).await, dir: tempfile::tempdir().unwrap(), contract };
    assert_eq!(b.ingest("two.csv", "b,Bina,,X,2026-01-01 10:00:00,1,,\n").await.accepted, 1);
    assert_eq!(b.rows("SELECT id FROM clean.test_register ORDER BY id").await, ["a", "b"]);
}
