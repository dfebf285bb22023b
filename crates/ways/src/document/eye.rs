//! Programs of the machine that read pictures and measure recordings: tesseract and ffprobe, where they are installed.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use document::Eye;

/// A page that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(120);
/// Most text of one picture.
const MOST: u64 = 4 << 20;

/// What was found of them.
#[derive(Debug, Clone, Default)]
pub struct Programs {
    /// Languages for tesseract, as `hin+eng`; none where it is not installed.
    languages: Option<String>,
}

impl Programs {
    /// Looks what is installed.
    pub fn found() -> Programs {
        let listed = Command::new("tesseract").arg("--list-langs").stdin(Stdio::null()).stderr(Stdio::null()).output();
        let languages = listed.ok().filter(|out| out.status.success()).map(|out| {
            let text = String::from_utf8_lossy(&out.stdout).into_owned();
            let known: Vec<&str> = ["hin", "eng"].into_iter().filter(|l| text.lines().any(|line| line.trim() == *l)).collect();
            known.join("+")
        });
        Programs { languages: languages.filter(|l| !l.is_empty()) }
    }
}

impl Eye for Programs {
    fn text(&self, picture: &[u8]) -> Result<String, String> {
        let languages = self.languages.as_deref().ok_or("no reader of pictures is installed (tesseract)")?;
        let out = run(Command::new("tesseract").args(["stdin", "stdout", "-l", languages]), &mut &*picture)?;
        Ok(out.trim().to_owned())
    }

    fn seconds(&self, recording: &mut dyn Read) -> Result<f64, String> {
        let mut command = Command::new("ffprobe");
        command.args(["-v", "error", "-show_entries", "format=duration", "-of", "default=nw=1:nk=1", "-i", "pipe:0"]);
        let out = run(&mut command, recording)?;
        out.trim().parse().map_err(|_| "ffprobe did not tell the length".to_owned())
    }
}

/// Gives `input` to a program and takes what it prints, for as long as patience lasts.
fn run(command: &mut Command, input: &mut dyn Read) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = spawned.map_err(|e| format!("{name} cannot be started: {e}"))?;
    let (Some(mut into), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(format!("{name} cannot be talked to"));
    };
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        from.take(MOST).read_to_string(&mut text).map(|_| text)
    });
    let mut block = vec![0; 1 << 16];
    // A program that has seen enough closes its end; what it says counts.
    while let Ok(n) = input.read(&mut block) {
        if n == 0 || into.write_all(&block[..n]).is_err() {
            break;
        }
    }
    drop(into);
    let ended = wait(&mut child);
    let text = reader.join().map_err(|_| format!("{name} could not be read"))?;
    match ended {
        None => Err(format!("{name} took more than {} seconds", PATIENCE.as_secs())),
        Some(false) => Err(format!("{name} could not read it")),
        Some(true) => text.map_err(|e| format!("{name}: {e}")),
    }
}

/// Whether it ended well; none when it was ended.
fn wait(child: &mut Child) -> Option<bool> {
    let until = Instant::now() + PATIENCE;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}
