//! The real program on a lake of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// A lake's folder and what it runs with.
pub struct Program {
    pub home: PathBuf,
    environment: Vec<(String, String)>,
}

/// What a finished run said.
#[derive(Debug)]
pub struct Said {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Fails the test with everything that was said.
    pub fn good(self) -> Said {
        assert!(self.ok, "{}\n{}", self.err, self.out);
        self
    }

    pub fn json(&self) -> Vec<Value> {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}\n{}", self.out, self.err))
    }
}

impl Program {
    pub fn at(home: &Path) -> Program {
        Program { home: home.into(), environment: Vec::new() }
    }

    /// The same with one more variable in its environment.
    pub fn with(&self, name: &str, value: &str) -> Program {
        let more = [(name.to_owned(), value.to_owned())];
        Program { home: self.home.clone(), environment: self.environment.iter().cloned().chain(more).collect() }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sarovar"));
        command.arg("--home").arg(&self.home).args(arguments).env_remove("SAROVAR_STORE").env_remove("SAROVAR_MEMORY");
        for name in ["SAROVAR_LANG", "SAROVAR_WITNESS", "SAROVAR_WITNESS_KEY"] {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        let out = self.command(arguments).output().unwrap();
        let text = |b: Vec<u8>| String::from_utf8_lossy(&b).into_owned();
        Said { ok: out.status.success(), out: text(out.stdout), err: text(out.stderr) }
    }

    /// Runs until `n` new files or folders have been seen below the lake's folder, waits `then`, and kills it with
    /// SIGKILL. Gives how many were seen, and whether it was still alive.
    pub fn run_and_kill(&self, arguments: &[&str], n: usize, then: Duration) -> (usize, bool) {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let seen = self.watch(&mut child, n);
        std::thread::sleep(then);
        let alive = child.try_wait().unwrap().is_none();
        // SIGKILL on Unix.
        let _ = child.kill();
        child.wait().unwrap();
        (seen, alive)
    }

    /// Counts paths that appear while `child` lives, up to `n`.
    fn watch(&self, child: &mut Child, n: usize) -> usize {
        let mut known = paths(&self.home);
        let before = known.len();
        loop {
            known.extend(paths(&self.home));
            let seen = known.len() - before;
            if seen >= n || child.try_wait().unwrap().is_some() {
                return seen;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Everything that differs from what a lake at rest looks like: data files no log ever named, half-written log
    /// entries, anything in `work/`. Read from the files themselves.
    pub fn litter(&self) -> Vec<String> {
        let mut litter = Vec::new();
        for entry in std::fs::read_dir(self.home.join("work")).unwrap().flatten() {
            litter.push(entry.path().display().to_string());
        }
        for area in std::fs::read_dir(self.home.join("tables")).unwrap().flatten() {
            for table in std::fs::read_dir(area.path()).unwrap().flatten() {
                let log = table.path().join("_delta_log");
                let mut named = BTreeSet::new();
                let mut checkpointed = false;
                for entry in std::fs::read_dir(&log).unwrap().flatten() {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    let digits = name.bytes().take_while(u8::is_ascii_digit).count() == 20;
                    if digits && name.ends_with(".json") {
                        for line in std::fs::read_to_string(entry.path()).unwrap().lines() {
                            let action: Value = serde_json::from_str(line).unwrap();
                            named.extend(action.pointer("/add/path").and_then(Value::as_str).map(str::to_owned));
                        }
                    } else if digits && name.ends_with(".checkpoint.parquet") {
                        checkpointed |= !log.join("00000000000000000000.json").exists();
                    } else if name != "_last_checkpoint" && entry.path().is_file() {
                        litter.push(entry.path().display().to_string());
                    }
                }
                for entry in std::fs::read_dir(table.path()).unwrap().flatten() {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    // After a purge the log begins with a checkpoint, which this reader does not read.
                    if name.ends_with(".parquet") && !named.contains(&name) && !checkpointed {
                        litter.push(entry.path().display().to_string());
                    }
                }
            }
        }
        litter
    }

    /// Files below the home that hold `needle` as bytes.
    pub fn holding(&self, needle: &str) -> Vec<String> {
        let is_in = |p: &PathBuf| p.is_file() && std::fs::read(p).unwrap().windows(needle.len()).any(|w| w == needle.as_bytes());
        paths(&self.home).into_iter().filter(is_in).map(|p| p.display().to_string()).collect()
    }
}

/// Everything below a folder. What vanishes while it is listed is passed over.
pub fn paths(root: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![root.to_path_buf()];
    while let Some(dir) = waiting.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|t| t.is_dir()) {
                waiting.push(entry.path());
            }
            found.insert(entry.path());
        }
    }
    found
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(done.success());
}

/// Numbers that look random and come again with their seed (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// The seed is `SAROVAR_SEED` or the time, and printed, so that a failure can be repeated.
    pub fn thrown(test: &str) -> Dice {
        let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
        let seed = std::env::var("SAROVAR_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(now);
        println!("{test}: SAROVAR_SEED={seed}");
        Dice(seed)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n.max(1)
    }
}
