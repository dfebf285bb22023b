//! Pictures and films made fit for the networks, where `ffmpeg` is there: another format or codec, a smaller size, a part cut out. Without it
//! what fits already is taken as it is, and the rest is refused in words. What comes out is cleaned like everything else
//! ([`crate::media`]); the original is not kept.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::media::{self, Clean};

/// Longest a film may take.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// Longest film, seconds; widest picture of it, pixels. No network takes more.
const SECONDS: &str = "3600";
const WIDTH: u32 = 1920;

/// What a picture is to become. Nothing asked for: it stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish {
    /// Width to height of the part in the middle that is kept.
    pub shape: Option<(u32, u32)>,
    /// Pixels; a narrower picture stays as it is.
    pub width: Option<u32>,
}

impl Wish {
    /// `1:1`, `4:5` …; and a width. Empty: as it is.
    pub fn parse(shape: &str, width: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<u32>().ok().filter(|n| (1..=10_000).contains(n));
        let shape = match shape.trim() {
            "" => None,
            text => {
                let (w, h) = text.split_once(':').ok_or_else(|| format!("{text:?} is no shape; write 4:5"))?;
                let parts = number(w).zip(number(h)).filter(|(w, h)| w.max(h) / w.min(h) <= 4);
                Some(parts.ok_or_else(|| format!("{text:?} is no shape; write 4:5"))?)
            }
        };
        let width = match width.trim() {
            "" => None,
            text => Some(number(text).ok_or_else(|| format!("{text:?} is no width in pixels"))?),
        };
        Ok(Self { shape, width })
    }

    fn nothing(&self) -> bool {
        *self == Self::default()
    }

    /// As ffmpeg's filters; sides are even, as film codecs want them.
    fn filters(&self, most: u32) -> String {
        let width = self.width.unwrap_or(most).min(most);
        let cut = self.shape.map(|(w, h)| format!("crop='min(iw,ih*{w}/{h})':'min(ih,iw*{h}/{w})',")).unwrap_or_default();
        format!("{cut}scale='trunc(min({width},iw)/2)*2':-2")
    }
}

/// What a file is, by its first bytes and, for films, by the codec it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Picture,
    /// A picture in a format no network takes from us.
    OddPicture,
    Film,
    /// A film in another container or codec than H.264 in MP4.
    OddFilm,
    Strange,
}

fn look(bytes: &[u8]) -> Found {
    let brand = (bytes.get(4..8) == Some(b"ftyp")).then(|| bytes.get(8..12).unwrap_or_default());
    match (bytes, brand) {
        ([0xff, 0xd8, 0xff, ..], _) => Found::Picture,
        (b, _) if b.starts_with(b"\x89PNG\r\n\x1a\n") => Found::Picture,
        (b, _) if b.starts_with(b"GIF8") || b.starts_with(b"BM") => Found::OddPicture,
        (b, _) if b.starts_with(b"RIFF") && b.get(8..12) == Some(b"WEBP") => Found::OddPicture,
        (_, Some(b"heic" | b"heix" | b"mif1" | b"avif")) => Found::OddPicture,
        (b, Some(brand)) if brand != b"qt  " => match codec(b) {
            Some(b"avc1" | b"avc3") | None => Found::Film,
            Some(_) => Found::OddFilm,
        },
        (_, Some(_)) => Found::OddFilm,
        // Matroska and WebM; AVI; MPEG-TS.
        ([0x1a, 0x45, 0xdf, 0xa3, ..], _) => Found::OddFilm,
        (b, _) if b.starts_with(b"RIFF") && b.get(8..12) == Some(b"AVI ") => Found::OddFilm,
        ([0x47, ..], _) if bytes.get(188) == Some(&0x47) => Found::OddFilm,
        _ => Found::Strange,
    }
}

/// The first codec of moving pictures that the description of samples names; none where there is no such.
fn codec(bytes: &[u8]) -> Option<&[u8; 4]> {
    const KNOWN: [&[u8; 4]; 9] = [b"avc1", b"avc3", b"hvc1", b"hev1", b"vp08", b"vp09", b"av01", b"mp4v", b"apch"];
    let from = bytes.windows(4).position(|w| w == b"stsd")?;
    let part = bytes.get(from..(from + 4096).min(bytes.len()))?;
    part.windows(4).find_map(|w| KNOWN.into_iter().find(|k| k.as_slice() == w))
}

/// The program, if it is there: `SAROVAR_FFMPEG`, else `ffmpeg` on the path.
pub fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("SAROVAR_FFMPEG") {
        return Some(PathBuf::from(named)).filter(|p| p.is_file());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("ffmpeg")).find(|p| p.is_file())
}

/// Takes a file as it is to be kept. `folder` is for what ffmpeg reads and writes meanwhile.
pub async fn take(bytes: Vec<u8>, wish: Wish, ffmpeg: Option<&Path>, folder: &Path) -> Result<Clean, String> {
    let (film, why) = match look(&bytes) {
        Found::Picture if wish.nothing() => return media::clean(bytes),
        Found::Film if wish.nothing() => return media::clean(bytes),
        Found::Strange => return media::clean(bytes),
        Found::Picture => (false, "cutting and resizing a picture"),
        Found::OddPicture => (false, "this kind of picture"),
        Found::Film => (true, "cutting and resizing a film"),
        Found::OddFilm => (true, "a film that is no H.264 in MP4"),
    };
    let Some(ffmpeg) = ffmpeg else {
        let way_out = if film { "save it as MP4 with H.264" } else { "save it as JPEG or PNG in the size you want" };
        return Err(format!("{why} needs ffmpeg, which this machine does not have; {way_out}"));
    };
    let failed = |e: std::io::Error| format!("the file could not be put aside for ffmpeg: {e}");
    tokio::fs::create_dir_all(folder).await.map_err(failed)?;
    let name = uuid::Uuid::new_v4().to_string();
    let (input, output) =
        (folder.join(format!("{name}.in")), folder.join(format!("{name}.{}", if film { "mp4" } else { "jpg" })));
    tokio::fs::write(&input, &bytes).await.map_err(failed)?;
    let made = run(ffmpeg, &input, &output, film, wish).await;
    let out = match made {
        Ok(()) => tokio::fs::read(&output).await.map_err(|e| format!("ffmpeg left no file: {e}")),
        Err(e) => Err(e),
    };
    for path in [&input, &output] {
        if let Err(e) = tokio::fs::remove_file(path).await
            && e.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(path = %path.display(), error = %e, "a file of ffmpeg's stayed behind");
        }
    }
    media::clean(out?)
}

async fn run(ffmpeg: &Path, input: &Path, output: &Path, film: bool, wish: Wish) -> Result<(), String> {
    let mut command = Command::new(ffmpeg);
    // Only files: a film may name others to be fetched from anywhere.
    command.args(["-nostdin", "-hide_banner", "-v", "error", "-y", "-protocol_whitelist", "file", "-i"]).arg(input);
    command.args(["-map_metadata", "-1", "-map_chapters", "-1", "-vf", &wish.filters(if film { WIDTH } else { 8192 })]);
    if film {
        command.args([
            "-map", "0:v:0", "-map", "0:a:0?", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p",
        ]);
        command.args(["-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", "-t", SECONDS]);
    } else {
        command.args(["-map", "0:v:0", "-frames:v", "1", "-q:v", "2", "-pix_fmt", "yuvj420p"]);
    }
    command.arg(output).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let done = tokio::time::timeout(PATIENCE, command.output()).await;
    let done = done.map_err(|_| "ffmpeg did not end in fifteen minutes; cut the film shorter".to_owned())?;
    let done = done.map_err(|e| format!("{} could not be started: {e}", ffmpeg.display()))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let last = said.lines().rfind(|l| !l.trim().is_empty()).unwrap_or("it said nothing");
    // Its lines name our own scratch files, which tell nobody anything.
    Err(format!("ffmpeg cannot read this file: {}", last.replace(&input.display().to_string(), "the file")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_shows_in_its_first_bytes_and_its_codec() {
        let film = |brand: &[u8; 4], codec: &[u8; 4]| {
            [b"\0\0\0\x10ftyp".as_slice(), brand, b"\0\0\0\0", b"\0\0\0\x20stsd\0\0\0\0\0\0\0\x01\0\0\0\x10", codec].concat()
        };
        for (bytes, found) in [
            (vec![0xff, 0xd8, 0xff, 0xe0], Found::Picture),
            (film(b"isom", b"avc1"), Found::Film),
            (film(b"isom", b"hvc1"), Found::OddFilm),
            (film(b"qt  ", b"avc1"), Found::OddFilm),
            (film(b"heic", b"hvc1"), Found::OddPicture),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Found::OddPicture),
            (vec![0x1a, 0x45, 0xdf, 0xa3, 0], Found::OddFilm),
            (b"#!/bin/sh".to_vec(), Found::Strange),
            (Vec::new(), Found::Strange),
        ] {
            assert_eq!(look(&bytes), found, "{:?}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn a_wish_is_read_or_refused() {
        assert_eq!(Wish::parse("4:5", "1080"), Ok(Wish { shape: Some((4, 5)), width: Some(1080) }));
        assert!(Wish::parse("", "").unwrap().nothing());
        for (shape, width) in [("4", ""), ("4:0", ""), ("100:1", ""), ("", "wide"), ("", "0"), ("1:1;exec", "")] {
            assert!(Wish::parse(shape, width).is_err(), "{shape} {width}");
        }
        assert_eq!(Wish::default().filters(1920), "scale='trunc(min(1920,iw)/2)*2':-2");
    }

    #[tokio::test]
    async fn without_the_program_it_is_said_what_to_do() {
        let home = tempfile::tempdir().unwrap();
        let error = take(vec![0x1a, 0x45, 0xdf, 0xa3], Wish::default(), None, home.path()).await.unwrap_err();
        assert!(error.contains("MP4 with H.264"), "{error}");
        let wish = Wish::parse("1:1", "").unwrap();
        let error = take(vec![0xff, 0xd8, 0xff], wish, None, home.path()).await.unwrap_err();
        assert!(error.contains("save it as JPEG"), "{error}");
    }

    async fn made(program: &Path, folder: &Path, name: &str, arguments: &[&str]) -> Vec<u8> {
        let path = folder.join(name);
        let done = Command::new(program)
            .args(["-nostdin", "-v", "error", "-f", "lavfi"])
            .args(arguments)
            .arg(&path)
            .output()
            .await
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        std::fs::read(path).unwrap()
    }

    #[tokio::test]
    async fn films_and_pictures_are_made_fit_and_lose_what_they_tell_of_their_maker() {
        let Some(program) = program() else {
            eprintln!("skipped: no ffmpeg here");
            return;
        };
        let (home, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let source = ["-i", "testsrc=size=640x480:rate=10:duration=1", "-metadata", "title=SECRET"];
        let webm = made(&program, home.path(), "a.mkv", &[source.as_slice(), ["-c:v", "mpeg4"].as_slice()].concat()).await;
        assert_eq!(look(&webm), Found::OddFilm);
        let film = take(webm, Wish::parse("1:1", "320").unwrap(), Some(&program), scratch.path()).await.unwrap();
        assert_eq!((film.mime, look(&film.bytes)), ("video/mp4", Found::Film));
        assert!(!film.bytes.windows(6).any(|w| w == b"SECRET"));
        let gif = made(&program, home.path(), "a.gif", &["-i", "testsrc=size=640x480:duration=0.1:rate=10"]).await;
        let picture = take(gif, Wish::parse("4:5", "200").unwrap(), Some(&program), scratch.path()).await.unwrap();
        assert_eq!((picture.mime, picture.width, picture.height), ("image/jpeg", 200, 250));
        // 200 megapixels: refused as they are, made smaller on request.
        let huge =
            made(&program, home.path(), "a.png", &["-i", "color=red:size=20000x10000", "-frames:v", "1", "-pix_fmt", "gray"])
                .await;
        let error = take(huge.clone(), Wish::default(), Some(&program), scratch.path()).await.unwrap_err();
        assert!(error.contains("20000 × 10000 pixels are too many"), "{error}");
        let smaller = take(huge, Wish::parse("", "1080").unwrap(), Some(&program), scratch.path()).await.unwrap();
        assert_eq!((smaller.mime, smaller.width, smaller.height), ("image/jpeg", 1080, 540));
        let broken =
            take([vec![0x1a, 0x45, 0xdf, 0xa3], vec![0; 200]].concat(), Wish::default(), Some(&program), scratch.path()).await;
        let error = broken.unwrap_err();
        assert!(error.contains("ffmpeg cannot read") && !error.contains(&scratch.path().display().to_string()), "{error}");
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0, "nothing stays behind");
    }
}
