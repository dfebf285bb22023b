//! Drop folders that are reached by SFTP, through the `sftp` program of OpenSSH.
//!
//! The program does what a library would do, is mended with the machine, and knows the machine's agents and hardware keys. It is run in batch
//! mode, without its user's own settings: the server's key must be the one in `known_hosts`, we are known by a key file, and no password is
//! asked for or given.

use std::collections::HashMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use lake::{Lake, Progress, Report, Request};
use store::WayFile;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::PullError;
use super::spec::{Pull, Sftp};
use crate::watch::{is_copied, verdict};

/// Files that are fetched in one session.
const TOGETHER: usize = 32;
/// Most files of one folder.
const MOST: usize = 100_000;

/// A file of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Remote {
    path: String,
    size: u64,
    /// Size, and time of change as the server tells it: to the minute.
    mark: String,
}

/// Takes in the files of the folder that are new or have changed, and looked the same twice.
pub async fn folder(lake: &Lake, pull: &Pull, spec: &Sftp, request: Request) -> Result<Vec<Report>, PullError> {
    let mut pause = pull.pause_seconds;
    let mut tried = 1;
    let first = loop {
        match list(spec).await {
            Err(PullError::Source { again: true, .. }) if tried < pull.tries => {
                tokio::time::sleep(Duration::from_secs_f64(pause)).await;
                pause *= 2.0;
                tried += 1;
            }
            outcome => break outcome?,
        }
    };
    let way = format!("pull:{}", pull.name);
    let known: HashMap<String, String> = lake.store().way_files(&way).await?.into_iter().map(|f| (f.path, f.mark)).collect();
    let is_new = |file: &Remote| file.size > 0 && known.get(&file.path) != Some(&file.mark);
    if !first.iter().any(is_new) {
        return Ok(Vec::new());
    }
    // What still grows looks otherwise a moment later.
    tokio::time::sleep(Duration::from_secs(spec.settle_seconds)).await;
    let settled: Vec<Remote> = list(spec).await?.into_iter().filter(|file| is_new(file) && first.contains(file)).collect();
    let mut reports = Vec::new();
    for some in settled.chunks(TOGETHER) {
        // Fetched whole before anything is taken in: a connection that breaks leaves nothing.
        let scratch = tempfile::Builder::new().prefix("sftp-").tempdir_in(lake.home().scratch())?;
        let place = |i: usize| scratch.path().join(i.to_string());
        let mut batch = String::new();
        for (i, file) in some.iter().enumerate() {
            batch += &format!("-get {} {}\n", quoted(&file.path), quoted(&place(i).to_string_lossy()));
        }
        run(spec, &batch).await?;
        for (i, file) in some.iter().enumerate() {
            // One that went away, or was written to meanwhile, is left for the next run.
            let Ok(mut opened) = std::fs::File::open(place(i)) else { continue };
            if opened.metadata()?.len() != file.size {
                continue;
            }
            let name = Path::new(&file.path).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let request = Request { name: name.clone(), ..request.clone() };
            let outcome =
                crate::document::take_in_file(lake, &mut opened, file.size, request, &Arc::new(Progress::default())).await;
            let taken = verdict(outcome, &name)?;
            let (path, mark, at) = (file.path.clone(), file.mark.clone(), lake.now().timestamp());
            lake.store()
                .put_way_file(&WayFile { way: way.clone(), path, mark, object: taken.object, message: taken.message, at })
                .await?;
            reports.extend(taken.reports);
        }
    }
    Ok(reports)
}

async fn list(spec: &Sftp) -> Result<Vec<Remote>, PullError> {
    let told = run(spec, &format!("ls -ln {}\n", quoted(&spec.path))).await?;
    let mut files: Vec<Remote> = told.lines().filter_map(remote).collect();
    files.truncate(MOST);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// A line of the listing: `-rw-r--r--  ? 1000 1000  8 Nov 29 02:20 /drop/one two.csv`. Folders, links, hidden files and those that are being
/// copied are left.
fn remote(line: &str) -> Option<Remote> {
    if !line.starts_with('-') {
        return None;
    }
    let mut rest = line;
    let mut words = Vec::new();
    for _ in 0..8 {
        let (word, after) = rest.trim_start().split_once(' ')?;
        words.push(word);
        rest = after;
    }
    let [.., size, month, day, time] = words.as_slice() else { return None };
    let path = rest.trim_start_matches(' ');
    let name = path.rsplit('/').next().unwrap_or_default();
    if name.is_empty() || is_copied(name) || path.chars().any(char::is_control) {
        return None;
    }
    Some(Remote { path: path.to_owned(), size: size.parse().ok()?, mark: format!("{size}:{month} {day} {time}") })
}

/// A path as the program's batches write it; in quotation marks no sign stands for others.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Runs the program over a batch of its commands, and gives what it prints.
async fn run(spec: &Sftp, batch: &str) -> Result<String, PullError> {
    let failed = |message: String, again: bool| PullError::Source { message, again };
    let target =
        if spec.host.contains(':') { format!("{}@[{}]", spec.user, spec.host) } else { format!("{}@{}", spec.user, spec.host) };
    let mut command = Command::new("sftp");
    command.args(["-q", "-b", "-", "-F", "/dev/null", "-P", &spec.port.to_string()]).arg("-i").arg(&spec.key);
    let known = format!("UserKnownHostsFile={}", spec.known_hosts.display());
    for option in [
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        "GlobalKnownHostsFile=/dev/null",
        known.as_str(),
        "IdentitiesOnly=yes",
        "PasswordAuthentication=no",
        "KbdInteractiveAuthentication=no",
        "ConnectTimeout=20",
        "ServerAliveInterval=20",
    ] {
        command.args(["-o", option]);
    }
    let spawned =
        command.arg(target).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn();
    let mut child = spawned.map_err(|e| failed(format!("sftp cannot be started ({e}); install OpenSSH's client"), false))?;
    if let Some(mut into) = child.stdin.take() {
        // A program that ended early says why itself.
        let _ = into.write_all(batch.as_bytes()).await;
    }
    let limit = Duration::from_secs(spec.timeout_seconds);
    let ended = tokio::time::timeout(limit, child.wait_with_output()).await;
    let out = ended.map_err(|_| failed(format!("{} took more than {} seconds", spec.host, spec.timeout_seconds), true))??;
    if out.status.success() {
        return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&out.stderr);
    let said: Vec<&str> = said.lines().map(str::trim).filter(|l| !l.is_empty() && !l.contains("@@@@")).collect();
    let all = said.join("; ");
    let key = all.contains("Host key verification failed") || all.contains("host key is known");
    let advice = if key {
        ": its key is not the one in known_hosts; ask whoever runs the server for its key, by another way than this connection"
    } else if all.contains("Permission denied") {
        ": it does not know our key; give its keeper the public key"
    } else {
        ""
    };
    let short: String = all.chars().take(400).collect();
    Err(failed(format!("{}: {short}{advice}", spec.host), advice.is_empty() && !all.contains("not found")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_read_as_servers_write_it() {
        let file = remote("-rw-r--r--    ? root     root            8 Nov 29 02:20 /drop/one two.ndjson").unwrap();
        assert_eq!((file.path.as_str(), file.size, file.mark.as_str()), ("/drop/one two.ndjson", 8, "8:Nov 29 02:20"));
        let old = remote("-rw-r-----    1 1000     1000   1234567890 Jan  5  2025 /drop/x.csv").unwrap();
        assert_eq!((old.size, old.mark.as_str()), (1_234_567_890, "1234567890:Jan 5 2025"));
        for line in [
            "drwxr-xr-x    ? root root 4096 Nov 29 02:20 /drop/folder",
            "lrwxrwxrwx    ? root root 4 Nov 29 02:20 /drop/link",
            "-rw-r--r--    ? root root 2 Nov 29 02:20 /drop/half.part",
            "-rw-r--r--    ? root root 2 Nov 29 02:20 /drop/.hidden",
            "-rw-r--r--    ? root root many Nov 29 02:20 /drop/x",
            "sftp> ls -ln \"/drop\"",
            "",
        ] {
            assert_eq!(remote(line), None, "{line}");
        }
        assert_eq!(quoted("a \"b\" \\c"), "\"a \\\"b\\\" \\\\c\"");
    }
}
