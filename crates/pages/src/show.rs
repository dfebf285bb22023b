//! How numbers, times and sizes are written: lakh grouping, IST, `23 नव॰ 2026` / `23 Nov 2026`.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike, Utc};

use crate::Lang;

const IST_SECONDS: i32 = 5 * 3600 + 1800;

const MONTHS_HI: [&str; 12] = ["जन॰", "फ़र॰", "मार्च", "अप्रैल", "मई", "जून", "जुल॰", "अग॰", "सित॰", "अक्टू॰", "नव॰", "दिस॰"];
const MONTHS_EN: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A whole number with Indian grouping: `1,23,45,678`.
pub fn count(n: u64) -> String {
    group(&n.to_string())
}

/// A signed whole number with Indian grouping.
pub fn signed(n: i64) -> String {
    let digits = group(&n.unsigned_abs().to_string());
    if n < 0 { format!("−{digits}") } else { digits }
}

fn group(digits: &str) -> String {
    let split = digits.len().saturating_sub(3);
    let (head, tail) = digits.split_at(split);
    let mut out = String::with_capacity(digits.len() + digits.len() / 2);
    for (i, digit) in head.chars().enumerate() {
        if i > 0 && (head.len() - i) % 2 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !head.is_empty() {
        out.push(',');
    }
    out.push_str(tail);
    out
}

/// A size in bytes, in powers of 1024, with one decimal below ten: `3.4 MiB`.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if n < 1024 {
        return format!("{n} B");
    }
    let mut size = n as f64 / 1024.0;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    if size < 10.0 { format!("{size:.1} {}", UNITS[unit]) } else { format!("{size:.0} {}", UNITS[unit]) }
}

/// Seconds as `0.42 s`, `12 s`, `3 min 20 s`, `2 h 5 min`.
pub fn duration(lang: Lang, seconds: f64) -> String {
    let (s, min, h) = match lang {
        Lang::Hi => ("से॰", "मि॰", "घं॰"),
        Lang::En => ("s", "min", "h"),
    };
    let whole = seconds.round() as u64;
    match whole {
        _ if seconds < 10.0 => format!("{seconds:.2} {s}"),
        0..=59 => format!("{whole} {s}"),
        60..=3599 => format!("{} {min} {} {s}", whole / 60, whole % 60),
        _ => format!("{} {h} {} {min}", whole / 3600, whole % 3600 / 60),
    }
}

/// A date: `23 नव॰ 2026` / `23 Nov 2026`.
pub fn date(lang: Lang, day: NaiveDate) -> String {
    let months = match lang {
        Lang::Hi => &MONTHS_HI,
        Lang::En => &MONTHS_EN,
    };
    format!("{} {} {}", day.day(), months[day.month0() as usize], day.year())
}

/// A moment in IST to the minute: `23 Nov 2026, 18:05`.
pub fn moment(lang: Lang, at: DateTime<Utc>) -> String {
    let local = ist(at);
    format!("{}, {:02}:{:02}", date(lang, local.date_naive()), local.hour(), local.minute())
}

/// A moment in IST to the second: `23 Nov 2026, 18:05:09`.
pub fn instant(lang: Lang, at: DateTime<Utc>) -> String {
    format!("{}:{:02}", moment(lang, at), ist(at).second())
}

/// The machine-readable form for `<time datetime>`.
pub fn machine(at: DateTime<Utc>) -> String {
    ist(at).to_rfc3339()
}

/// A share of a whole in per cent, with one decimal below ten and never `100 %` or `0 %` unless exact.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let percent = part as f64 * 100.0 / whole as f64;
    match percent {
        p if part == 0 || part == whole => format!("{p:.0} %"),
        p if p > 99.9 => "> 99.9 %".to_owned(),
        p if p < 0.1 => "< 0.1 %".to_owned(),
        p => format!("{p:.1} %"),
    }
}

/// The first twelve digits of a SHA-256, enough to recognise a file by eye.
pub fn short_hash(sha: &str) -> &str {
    sha.get(..12).unwrap_or(sha)
}

fn ist(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    // The offset is a constant inside the allowed range, so the fallback never runs.
    let zone = FixedOffset::east_opt(IST_SECONDS).unwrap_or_else(|| chrono::Offset::fix(&Utc));
    at.with_timezone(&zone)
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    #[test]
    fn numbers_are_grouped_the_indian_way() {
        for (n, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (99_999, "99,999"), (100_000, "1,00,000"), (12_345_678, "1,23,45,678")]
        {
            assert_eq!(count(n), text);
        }
        assert_eq!(signed(-123_456), "−1,23,456");
    }

    #[test]
    fn moments_are_shown_in_ist() {
        let at = Utc.with_ymd_and_hms(2026, 11, 23, 19, 5, 9).unwrap();
        assert_eq!(moment(Lang::En, at), "24 Nov 2026, 00:35");
        assert_eq!(instant(Lang::Hi, at), "24 नव॰ 2026, 00:35:09");
        assert_eq!(machine(at), "2026-11-24T00:35:09+05:30");
    }

    #[test]
    fn a_share_never_rounds_to_all_or_nothing() {
        assert_eq!(share(0, 10), "0 %");
        assert_eq!(share(1, 100_000), "< 0.1 %");
        assert_eq!(share(99_999, 100_000), "> 99.9 %");
        assert_eq!(share(10, 10), "100 %");
        assert_eq!(share(1, 0), "–");
    }

    #[test]
    fn sizes_and_durations_stay_short() {
        assert_eq!(bytes(512), "512 B");
        assert_eq!(bytes(3_565_158), "3.4 MiB");
        assert_eq!(duration(Lang::En, 0.418), "0.42 s");
        assert_eq!(duration(Lang::En, 200.0), "3 min 20 s");
    }
}
