//! Ages and years of birth, as intervals.

/// An age as stated, and the year it was stated in where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// Completed years, at most 120.
    pub years: u8,
    /// Calendar year of the record.
    pub on: Option<i32>,
}

/// A birth as stated. A day is kept only with a possible month, else the year alone counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Born {
    pub year: i32,
    pub month: Option<u8>,
    pub day: Option<u8>,
}

impl Age {
    /// None for an age no person has.
    pub fn new(years: u32, on: Option<i32>) -> Option<Age> {
        u8::try_from(years).ok().filter(|y| *y <= 120).map(|years| Age { years, on })
    }

    /// First and last year of birth: someone of 35 in 2020 was born in 1984 or 1985.
    pub fn born_between(self) -> Option<(i32, i32)> {
        let on = self.on?;
        Some((on - i32::from(self.years) - 1, on - i32::from(self.years)))
    }
}

impl Born {
    /// From the numbers of a written date: day, month, year; year, month, day; or a year. An impossible day or month leaves the
    /// year; without a possible year there is nothing.
    pub(super) fn from_numbers(numbers: &[u32]) -> Option<Born> {
        let year_at = numbers.iter().take(3).position(|n| (1880..=2100).contains(n))?;
        let year = numbers[year_at] as i32;
        let (day, month) = match (numbers.len().min(3), year_at) {
            (3, 2) => (numbers[0], numbers[1]),
            (3, 0) => (numbers[2], numbers[1]),
            _ => return Some(Born { year, month: None, day: None }),
        };
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u32::from(leap),
            _ => 0,
        };
        let possible = (1..=days).contains(&day);
        Some(Born { year, month: possible.then_some(month as u8), day: possible.then_some(day as u8) })
    }
}

/// How far two statements are apart in years, 0 when they can both be true; none when one side states nothing. Ages without the
/// year of the record are compared as if stated in one year.
pub(super) fn years_apart(a: (Option<Age>, Option<Born>), b: (Option<Age>, Option<Born>)) -> Option<u32> {
    let interval =
        |(age, born): (Option<Age>, Option<Born>)| born.map(|b| (b.year, b.year)).or_else(|| age.and_then(Age::born_between));
    if let (Some(a), Some(b)) = (interval(a), interval(b)) {
        return Some((a.0.max(b.0) - a.1.min(b.1)).max(0) as u32);
    }
    let (a, b) = (a.0?, b.0?);
    Some(u32::from(a.years.abs_diff(b.years)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_an_interval_of_birth_years() {
        assert_eq!(Age::new(35, Some(2020)).and_then(Age::born_between), Some((1984, 1985)));
        assert_eq!(Age::new(121, None), None);
        let age = |years, on| (Age::new(years, on), None);
        assert_eq!(years_apart(age(35, Some(2020)), age(39, Some(2024))), Some(0));
        assert_eq!(years_apart(age(35, Some(2020)), age(30, Some(2024))), Some(8));
        assert_eq!(years_apart(age(35, None), age(33, Some(2024))), Some(2));
        assert_eq!(years_apart(age(35, None), (None, None)), None);
        let born = |year| (None, Some(Born { year, month: None, day: None }));
        assert_eq!(years_apart(age(35, Some(2020)), born(1985)), Some(0));
        assert_eq!(years_apart(age(35, None), born(1985)), None);
    }

    #[test]
    fn impossible_dates_leave_the_year_or_nothing() {
        let full = |y, m, d| Some(Born { year: y, month: Some(m), day: Some(d) });
        let year = |year| Some(Born { year, month: None, day: None });
        assert_eq!(Born::from_numbers(&[12, 5, 1985]), full(1985, 5, 12));
        assert_eq!(Born::from_numbers(&[1984, 2, 29]), full(1984, 2, 29));
        assert_eq!(Born::from_numbers(&[29, 2, 1985]), year(1985));
        assert_eq!(Born::from_numbers(&[0, 0, 1985]), year(1985));
        assert_eq!(Born::from_numbers(&[1985]), year(1985));
        assert_eq!(Born::from_numbers(&[31, 12, 9999]), None);
        assert_eq!(Born::from_numbers(&[]), None);
    }
}
