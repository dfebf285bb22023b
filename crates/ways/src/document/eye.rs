//! Programs of the machine that read pictures, draw pages and measure recordings: tesseract, pdftoppm and ffprobe, where they are installed.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use document::{Eye, Kind, Measured};

/// A page that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(120);
/// Most text of one picture.
const MOST: u64 = 4 << 20;
/// Most bytes of one drawn page.
const MOST_DRAWN: u64 = 64 << 20;

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
        let out = run(Command::new("tesseract").args(["stdin", "stdout", "-l", languages]), &mut &*picture, MOST)?;
        Ok(String::from_utf8_lossy(&out).trim().to_owned())
    }

    fn page(&self, pdf: &[u8], number: usize) -> Result<Vec<u8>, String> {
        if self.languages.is_none() {
            return Err("no reader of pictures is installed (tesseract)".to_owned());
        }
        let mut command = Command::new("pdftoppm");
        // Grey, the longer side 2,600 dots, whatever size the page says it has: of A4 that is 220 an inch.
        let number = number.to_string();
        command.args(["-gray", "-png", "-f", &number, "-l", &number, "-scale-to", "2600", "-"]);
        let out = run(&mut command, &mut &*pdf, MOST_DRAWN).map_err(|e| match e {
            e if e.contains("cannot be started") => "no program that draws pages is installed (pdftoppm)".to_owned(),
            e => e,
        })?;
        if out.starts_with(b"\x89PNG") { Ok(out) } else { Err("pdftoppm drew no page".to_owned()) }
    }

    fn measure(&self, recording: &mut dyn Read) -> Result<Measured, String> {
        let mut command = Command::new("ffprobe");
        command.args(["-v", "error", "-of", "json", "-show_entries"]);
        // Of a pipe it would tell the length of the first part alone.
        let kept = |e: std::io::Error| format!("the recording could not be put aside: {e}");
        let mut file = tempfile::NamedTempFile::new().map_err(kept)?;
        std::io::copy(recording, &mut file).map_err(kept)?;
        command.args(["format=duration:format_tags=creation_time:stream=codec_name,width,height", "-i"]).arg(file.path());
        let out = run(&mut command, &mut std::io::empty(), MOST)?;
        let told: serde_json::Value = serde_json::from_slice(&out).map_err(|_| "ffprobe told nothing".to_owned())?;
        let streams = told["streams"].as_array().map(Vec::as_slice).unwrap_or_default();
        let size = |key: &str| streams.iter().find_map(|s| u32::try_from(s[key].as_u64()?).ok()).filter(|n| *n > 0);
        let codecs: Vec<&str> = streams.iter().filter_map(|s| s["codec_name"].as_str()).collect();
        Ok(Measured {
            seconds: told["format"]["duration"].as_str().and_then(|s| s.parse().ok()),
            width: size("width"),
            height: size("height"),
            created_at: told["format"]["tags"]["creation_time"].as_str().map(str::to_owned),
            codecs: Some(codecs.join(", ")).filter(|c| !c.is_empty()),
        })
    }
}

/// Whether pages of PDF files can be drawn here.
pub fn draws_pages() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    let looked = || Command::new("pdftoppm").arg("-v").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    *FOUND.get_or_init(|| looked().is_ok_and(|status| status.success()))
}

/// A small JPEG of a picture, of the first picture of a film or of the first page of a PDF, by `ffmpeg` or `pdftoppm`.
pub fn thumbnail(kind: Kind, input: &mut dyn Read) -> Result<Vec<u8>, String> {
    let mut command = match kind {
        Kind::Pdf => {
            let mut command = Command::new("pdftoppm");
            command.args(["-jpeg", "-f", "1", "-l", "1", "-scale-to", "320", "-"]);
            command
        }
        Kind::Image | Kind::Video => {
            let mut command = Command::new("ffmpeg");
            command.args([
                "-v",
                "error",
                "-i",
                "pipe:0",
                "-frames:v",
                "1",
                "-vf",
                "scale=320:320:force_original_aspect_ratio=decrease",
            ]);
            command.args(["-f", "image2pipe", "-c:v", "mjpeg", "pipe:1"]);
            command
        }
        _ => return Err("there is nothing to see in it".to_owned()),
    };
    let out = run(&mut command, input, MOST_DRAWN)?;
    if out.starts_with(b"\xff\xd8\xff") { Ok(out) } else { Err("no picture was drawn".to_owned()) }
}

/// Gives `input` to a program and takes what it prints, for as long as patience lasts.
fn run(command: &mut Command, input: &mut dyn Read, most: u64) -> Result<Vec<u8>, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = spawned.map_err(|e| format!("{name} cannot be started: {e}"))?;
    let (Some(mut into), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(format!("{name} cannot be talked to"));
    };
    let reader = std::thread::spawn(move || {
        let mut printed = Vec::new();
        from.take(most).read_to_end(&mut printed).map(|_| printed)
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
    let printed = reader.join().map_err(|_| format!("{name} could not be read"))?;
    match ended {
        None => Err(format!("{name} took more than {} seconds", PATIENCE.as_secs())),
        Some(false) => Err(format!("{name} could not read it")),
        Some(true) => printed.map_err(|e| format!("{name}: {e}")),
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
