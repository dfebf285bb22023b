//! Dates as they stand in registers: several orders, parts missing, parts impossible.

/// Year, month, day; month or day 0 where unknown.
pub type Parts = (u32, u32, u32);

/// Reads `YYYY-MM-DD`, `YYYY/M/D`, `DD-MM-YYYY`, `DD/MM/YYYY`, `YYYYMMDD`, `YYYY-MM` and `YYYY`, each with a time after it or not.
/// Impossible dates give `None`; where only day and month cannot stand as they are but can the other way, they are taken so.
pub fn parse(text: &str) -> Option<Parts> {
    let text = text.split(['t', 'T', ' ']).next()?.trim();
    let mut parts = text.split(['-', '/', '.']);
    let (a, b, c) = (parts.next()?, parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    let number = |t: &str| (t.len() <= 4 && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse().ok()).flatten();
    match (b, c) {
        (None, _) if !a.bytes().all(|b| b.is_ascii_digit()) => None,
        (None, _) => match a.len() {
            8 => valid(number(&a[..4])?, number(&a[4..6])?, number(&a[6..])?),
            6 => valid(number(&a[..4])?, number(&a[4..])?, 0),
            4 => valid(number(a)?, 0, 0),
            _ => None,
        },
        (Some(b), None) if a.len() == 4 => valid(number(a)?, number(b)?, 0),
        (Some(_), None) => None,
        (Some(b), Some(c)) if a.len() == 4 => valid(number(a)?, number(b)?, number(c)?),
        (Some(b), Some(c)) if c.len() == 4 => valid(number(c)?, number(b)?, number(a)?),
        _ => None,
    }
}

fn valid(y: u32, m: u32, d: u32) -> Option<Parts> {
    let (m, d) = if m > 12 && d <= 12 { (d, m) } else { (m, d) };
    let leap = y.is_multiple_of(4) && (!y.is_multiple_of(100) || y.is_multiple_of(400));
    let longest = match m {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    ((1..=2999).contains(&y) && y >= 1000 && m <= 12 && d <= longest && (m > 0 || d == 0)).then_some((y, m, d))
}

/// One number for a date, YYYYMMDD.
pub fn pack((y, m, d): Parts) -> u32 {
    y * 10_000 + m * 100 + d
}

pub fn unpack(date: u32) -> Parts {
    (date / 10_000, date / 100 % 100, date % 100)
}

/// Days since 1970-01-01; unknown parts as the middle of their range (Howard Hinnant's civil-from-days, inverted).
pub fn days(date: u32) -> i64 {
    let (y, m, d) = unpack(date);
    let (m, d) = (if m == 0 { 7 } else { m }, if d == 0 { 15 } else { d });
    let y = i64::from(y) - i64::from(m <= 2);
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (i64::from(m) + if m > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(d) - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// Whether one of the two gives less than the other (only a year; the first of January, which registers write for it) and the years agree.
pub fn coarser(a: u32, b: u32) -> bool {
    let vague = |d: u32| matches!(d % 10_000, 0 | 101) || d.is_multiple_of(100);
    a / 10_000 == b / 10_000 && (vague(a) || vague(b))
}

/// Day and month changed places.
pub fn turned(a: u32, b: u32) -> bool {
    let ((y, m, d), (z, n, e)) = (unpack(a), unpack(b));
    y == z && m == e && d == n && m != d
}

/// Digits of YYYYMMDD that differ, a swap of neighbours counting one.
pub fn digits(a: u32, b: u32) -> u32 {
    let (x, y) = (split(a), split(b));
    let (mut i, mut n) = (0, 0);
    while i < 8 {
        if x[i] == y[i] {
            i += 1;
        } else if i < 7 && x[i] == y[i + 1] && x[i + 1] == y[i] {
            n += 1;
            i += 2;
        } else {
            n += 1;
            i += 1;
        }
    }
    n
}

fn split(mut date: u32) -> [u8; 8] {
    let mut out = [0; 8];
    for digit in out.iter_mut().rev() {
        *digit = (date % 10) as u8;
        date /= 10;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_missing_parts() {
        for text in ["1960-02-10", "10/02/1960", "10.2.1960", "19600210", "1960-02-10 00:00:00", "1960-02-10T10:00"] {
            assert_eq!(parse(text), Some((1960, 2, 10)), "{text}");
        }
        assert_eq!((parse("1960"), parse("1960-02")), (Some((1960, 0, 0)), Some((1960, 2, 0))));
        assert_eq!(parse("02/13/1960"), Some((1960, 2, 13)), "month first where it must be");
    }

    #[test]
    fn impossible_dates_are_none() {
        for text in [
            "1960-02-30",
            "31/04/1999",
            "0000-00-00",
            "99999999",
            "1960-13-13",
            "abc",
            "1-2",
            "12345",
            "1900-02-29",
            "१९६०",
            "1960-00-05",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn distances() {
        let date = |t| pack(parse(t).unwrap());
        assert_eq!(days(date("1970-01-01")), 0);
        assert_eq!(days(date("2000-03-01")) - days(date("2000-02-28")), 2);
        assert!(turned(date("1960-02-10"), date("1960-10-02")) && !turned(date("1960-02-02"), date("1960-02-02")));
        assert_eq!((digits(19600210, 19600201), digits(19600210, 19610210), digits(19600210, 19911231)), (1, 1, 5));
        assert!(
            coarser(19600000, 19600210)
                && coarser(19600101, 19600210)
                && !coarser(19600102, 19600210)
                && !coarser(19600000, 19610210)
        );
    }
}
