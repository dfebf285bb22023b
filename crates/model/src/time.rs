//! Indian Standard Time. Sources write local time without a zone; the lake stores UTC microseconds; officers read IST.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

/// IST is UTC+05:30, without summer time since 1945.
pub const IST_OFFSET_SECONDS: i32 = 5 * 3600 + 30 * 60;
pub const IST_OFFSET_MICROS: i64 = IST_OFFSET_SECONDS as i64 * 1_000_000;
pub const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Days since 1970-01-01 of a proleptic Gregorian date, or none where no such day exists. Years 1 to 9999.
///
/// Method: Howard Hinnant, "chrono-compatible low-level date algorithms" (days_from_civil).
#[inline]
pub fn days(year: i32, month: u32, day: u32) -> Option<i32> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let mp = (month as i32 + 9) % 12;
    let doy = (153 * mp + 2) / 5 + day as i32 - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    Some(era * 146_097 + doe - 719_468)
}

#[inline]
fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn ist() -> Option<FixedOffset> {
    FixedOffset::east_opt(IST_OFFSET_SECONDS)
}

/// UTC microseconds of an IST wall-clock time.
pub fn from_ist(local: NaiveDateTime) -> i64 {
    local.and_utc().timestamp_micros() - IST_OFFSET_MICROS
}

/// IST wall-clock time of a UTC instant in microseconds; none outside the calendar's range.
pub fn to_ist(micros: i64) -> Option<NaiveDateTime> {
    let utc = DateTime::from_timestamp_micros(micros)?;
    Some(utc.with_timezone(&ist()?).naive_local())
}

/// `23 Nov 2026 18:05:09` in IST; the empty text outside the calendar's range.
pub fn format_ist(micros: i64) -> String {
    to_ist(micros).map(|t| t.format("%d %b %Y %H:%M:%S").to_string()).unwrap_or_default()
}

/// RFC 3339 with the Indian offset: `2026-11-23T18:05:09+05:30`.
pub fn format_ist_rfc3339(micros: i64) -> String {
    to_ist(micros).map(|t| format!("{}+05:30", t.format("%Y-%m-%dT%H:%M:%S"))).unwrap_or_default()
}

/// Calendar date of stored days since 1970-01-01.
pub fn date_of(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(1970, 1, 1)?.checked_add_signed(chrono::TimeDelta::days(days.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_agree_with_chrono() {
        for (y, m, d) in [(1970, 1, 1), (1969, 12, 31), (2000, 2, 29), (2024, 2, 29), (2026, 11, 23), (1, 1, 1)] {
            let expected = NaiveDate::from_ymd_opt(y, m, d).unwrap() - NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
            assert_eq!(days(y, m, d), Some(expected.num_days() as i32), "{y}-{m}-{d}");
        }
        for (y, m, d) in [(2023, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 0, 1), (2026, 13, 1), (0, 1, 1)] {
            assert_eq!(days(y, m, d), None, "{y}-{m}-{d}");
        }
    }

    #[test]
    fn ist_is_five_and_a_half_hours_ahead() {
        let t = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap().and_hms_opt(2, 0, 0).unwrap();
        let micros = from_ist(t);
        assert_eq!(DateTime::from_timestamp_micros(micros).unwrap().to_rfc3339(), "2026-01-04T20:30:00+00:00");
        assert_eq!(to_ist(micros), Some(t));
        assert_eq!(format_ist(micros), "05 Jan 2026 02:00:00");
        assert_eq!(format_ist_rfc3339(micros), "2026-01-05T02:00:00+05:30");
        assert_eq!(format_ist(i64::MAX), "");
    }
}
