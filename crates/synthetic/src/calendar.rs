//! Local (IST) wall-clock time as seconds since 1970-01-01 00:00 on that clock; no zone arithmetic is needed because every source writes local time.

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// A wall-clock moment taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub year: u32,
    pub month: u32,
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
}

impl Moment {
    /// Civil date from days (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    pub(crate) fn of(second: i64) -> Self {
        let (days, rest) = (second.div_euclid(DAY), second.rem_euclid(DAY) as u32);
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        Self {
            year: (yoe + era * 400 + i64::from(month <= 2)) as u32,
            month: month as u32,
            day: (doy - (153 * mp + 2) / 5 + 1) as u32,
            hour: rest / 3_600,
            minute: rest / 60 % 60,
            second: rest % 60,
        }
    }
}

/// Second at which a date begins.
pub(crate) fn midnight(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    (era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468) * DAY
}

/// Share of a day's telephone traffic up to the end of each hour, in thousandths: quiet nights, a peak towards evening.
const BUSY: [u32; 25] =
    [0, 12, 19, 24, 28, 34, 46, 70, 110, 162, 220, 280, 340, 396, 448, 500, 554, 612, 676, 744, 812, 872, 922, 963, 1_000];

/// The second at share `part / whole` of the traffic of `days` days; grows with `part`.
pub(crate) fn busy_second(part: u64, whole: u64, days: u64) -> i64 {
    let scaled = u128::from(part) * u128::from(days) * 1_000_000 / u128::from(whole.max(1));
    let (day, within) = ((scaled / 1_000_000) as i64, (scaled % 1_000_000) as u32);
    let hour = BUSY.partition_point(|&b| b * 1_000 <= within).saturating_sub(1).min(23);
    let (low, high) = (BUSY[hour] * 1_000, BUSY[hour + 1] * 1_000);
    day * DAY + hour as i64 * 3_600 + i64::from((within - low) * 3_600 / (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_and_moment_are_inverse() {
        for days in (-20_000..40_000).step_by(37) {
            let m = Moment::of(days * DAY);
            assert_eq!(midnight(m.year.into(), m.month.into(), m.day.into()), days * DAY);
        }
    }

    #[test]
    fn busy_seconds_never_go_back_and_stay_inside() {
        let mut last = 0;
        for part in 0..50_000 {
            let second = busy_second(part, 50_000, 30);
            assert!(second >= last && second < 30 * DAY, "{part}: {second} after {last}");
            last = second;
        }
        assert!(last > 29 * DAY);
    }
}
