//! A file much larger than the memory allowed to it passes.

use std::io::{BufWriter, Read, Write};
use std::path::Path;

use serde_json::Value;

use crate::program::Program;
use crate::register;

const MIB: u64 = 1 << 20;
/// What the program may hold in rows, in MiB.
const ALLOWED: u64 = 16;

/// Writes about `bytes` of distinct rows, every hundredth to be refused; gives rows and refused ones.
fn write(path: &Path, bytes: u64) -> (u64, u64) {
    let mut out = BufWriter::new(std::fs::File::create(path).unwrap());
    out.write_all(register::HEADER.as_bytes()).unwrap();
    let (mut rows, mut refused, mut written) = (0u64, 0, 0);
    while written < bytes {
        // The order of arrival is not the order of the table.
        let id = rows.wrapping_mul(2_654_435_761) % 4_294_967_296;
        let bad = rows % 100 == 99;
        let day = if bad { "yesterday".into() } else { format!("2026-01-{:02} 10:{:02}:00", id % 28 + 1, id % 60) };
        let line = format!("k{id:010},Name of person {id},{},Place {},{day},1,\n", 7_000_000_000 + id % 999_983, id % 997);
        written += line.len() as u64;
        out.write_all(line.as_bytes()).unwrap();
        rows += 1;
        refused += u64::from(bad);
    }
    out.flush().unwrap();
    (rows, refused)
}

/// Runs and gives what it printed and the most memory it had in use, in MiB.
fn peak(program: &Program, arguments: &[&str]) -> (Vec<Value>, u64) {
    let mut child = program.command(arguments).stderr(std::process::Stdio::inherit()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).unwrap();
        text
    });
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let code = loop {
        // The high-water mark never falls, so the last look counts.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let mark = text.lines().find_map(|l| l.strip_prefix("VmHWM:")).and_then(|l| l.trim().split(' ').next()?.parse().ok());
        most = most.max(mark.unwrap_or(0u64));
        if let Some(code) = child.try_wait().unwrap() {
            break code;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    assert!(code.success());
    (serde_json::from_str(&reader.join().unwrap()).unwrap(), most / 1024)
}

#[test]
#[ignore = "minutes in a debug build: run it on a release build"]
fn a_file_many_times_the_memory_passes() {
    let dir = tempfile::tempdir().unwrap();
    let contract = register::contract(dir.path(), false).display().to_string();
    let memory = format!("{ALLOWED}M");
    let ingest = |home: &str, file: &Path| {
        let program = Program::at(&dir.path().join(home));
        let file = file.display().to_string();
        peak(&program, &["--memory", &memory, "--format", "json", "ingest", "test.register", &file, "--contract", &contract])
    };
    let small = dir.path().join("small.csv");
    write(&small, 10_000);
    let (_, base) = ingest("small", &small);
    let large = dir.path().join("large.csv");
    let (rows, refused) = write(&large, 30 * ALLOWED * MIB);
    let size = std::fs::metadata(&large).unwrap().len() / MIB;
    let (reports, most) = ingest("large", &large);
    println!("{rows} rows, {size} MiB, allowed {ALLOWED} MiB: {most} MiB at most, {base} MiB with a small file");
    assert_eq!(reports[0]["in"], rows);
    assert_eq!(reports[0]["rejected"], refused);
    assert_eq!(reports[0]["accepted"], rows - refused);
    // Encoders and the allocator hold about as much however little is allowed, so the file is larger than all of it.
    assert!(most - base < size * 2 / 3, "{most} MiB, {base} MiB for nothing, {size} MiB of file");
    // All of it again, with one row more: everything is compared, and nothing changes but that row.
    let mut text = std::fs::read(&large).unwrap();
    text.extend_from_slice(b"kmore,More,,X,2026-01-01 10:00:00,1,\n");
    std::fs::write(&large, text).unwrap();
    let (reports, most) = ingest("large", &large);
    println!("the same and one row more: {most} MiB at most");
    assert_eq!((&reports[0]["accepted"], &reports[0]["duplicate"]), (&1.into(), &(rows - refused).into()));
}
