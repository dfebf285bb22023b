//! Captions of a film: SubRip or WebVTT as editors write them, read and written anew as SubRip, so that what a network gets is what was
//! understood here.

/// One line of words and when it shows, milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cue {
    from: u64,
    until: u64,
    words: String,
}

/// Cues of one file.
const MOST: usize = 10_000;

/// `01:02:03,456`, `01:02:03.456` or, in WebVTT, `02:03.456`.
fn moment(text: &str) -> Option<u64> {
    let (clock, millis) = text.trim().split_once([',', '.'])?;
    let parts: Vec<u64> = clock.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    let seconds = match parts.as_slice() {
        [m, s] if *s < 60 => m * 60 + s,
        [h, m, s] if *m < 60 && *s < 60 => h * 3600 + m * 60 + s,
        _ => return None,
    };
    if millis.len() != 3 { None } else { Some(seconds * 1000 + millis.parse::<u64>().ok()?) }
}

/// Reads SubRip or WebVTT and gives SubRip; an error names the line.
pub fn srt(bytes: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the captions are not UTF-8; save them as such".to_owned())?;
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut cues: Vec<Cue> = Vec::new();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((n, line)) = lines.next() {
        // Whatever stands before a time is a number, a heading or a remark.
        let Some((from, rest)) = line.split_once("-->") else { continue };
        let until = rest.split_whitespace().next().unwrap_or_default();
        let (Some(from), Some(until)) = (moment(from), moment(until)) else {
            return Err(format!(
                "line {} of the captions: {:?} is no time; write 00:01:02,500 --> 00:01:04,000",
                n + 1,
                line.trim()
            ));
        };
        if until <= from || cues.last().is_some_and(|c| c.from > from) {
            return Err(format!("line {} of the captions ends before it begins, or begins before the one above", n + 1));
        }
        let mut words = Vec::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.trim().is_empty()) {
            words.push(line.trim().to_owned());
        }
        cues.push(Cue { from, until, words: words.join("\n") });
        if cues.len() > MOST {
            return Err(format!("the captions have more than {MOST} lines"));
        }
    }
    if cues.iter().all(|c| c.words.is_empty()) {
        return Err("there are no captions in this file; SubRip (.srt) and WebVTT (.vtt) are read".into());
    }
    let clock = |t: u64| format!("{:02}:{:02}:{:02},{:03}", t / 3_600_000, t / 60_000 % 60, t / 1000 % 60, t % 1000);
    let shown = cues.iter().filter(|c| !c.words.is_empty()).enumerate();
    Ok(shown.map(|(n, c)| format!("{}\n{} --> {}\n{}\n\n", n + 1, clock(c.from), clock(c.until), c.words)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_become_one() {
        let vtt = "WEBVTT\n\nNOTE made by hand\n\n00:01.500 --> 00:03.000 align:start\nहेलमेट पहनें।\n\nsecond\n00:03.000 --> 01:00:04.250\nWear a helmet.\nAlways.\n";
        let expected =
            "1\n00:00:01,500 --> 00:00:03,000\nहेलमेट पहनें।\n\n2\n00:00:03,000 --> 01:00:04,250\nWear a helmet.\nAlways.\n\n";
        assert_eq!(srt(vtt.as_bytes()).unwrap(), expected);
        assert_eq!(srt(expected.as_bytes()).unwrap(), expected, "SubRip stays as it is");
        assert_eq!(srt(format!("\u{feff}{}", expected.replace('\n', "\r\n")).as_bytes()).unwrap(), expected);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, told) in [
            ("hello", "no captions"),
            ("1\n00:00:01,5 --> 00:00:02,000\nx", "line 2"),
            ("1\n00:00:03,000 --> 00:00:02,000\nx", "ends before"),
            ("00:00:03,000 --> 00:00:04,000\nx\n\n00:00:01,000 --> 00:00:02,000\ny", "line 4"),
            ("1\n00:61:03,000 --> 00:62:04,000\nx", "line 2"),
        ] {
            assert!(srt(text.as_bytes()).unwrap_err().contains(told), "{text}: {:?}", srt(text.as_bytes()));
        }
        assert!(srt(&[0xff, 0xfe, 0x31]).unwrap_err().contains("UTF-8"));
    }
}
