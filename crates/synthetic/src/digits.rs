//! Numbers and dates into byte buffers without the formatting machinery, which would cost more than the rest of a row.

use crate::calendar::Moment;

const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
2021222324252627282930313233343536373839\
4041424344454647484950515253545556575859\
6061626364656667686970717273747576777879\
8081828384858687888990919293949596979899";

const MONTHS: [&[u8; 3]; 12] = [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// `value` in decimal.
pub(crate) fn number(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// `value` in decimal, zero-padded to `N` digits (higher digits are dropped).
pub(crate) fn padded<const N: usize>(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
    out.extend_from_slice(&digits);
}

/// Two digits, `value` below 100.
pub(crate) fn two(out: &mut Vec<u8>, value: u32) {
    let at = value as usize % 100 * 2;
    out.extend_from_slice(&PAIRS[at..at + 2]);
}

/// Ten-thousandths of a degree as `26.9239`, sign included.
pub(crate) fn coordinate(out: &mut Vec<u8>, ten_thousandths: i64) {
    if ten_thousandths < 0 {
        out.push(b'-');
    }
    let value = ten_thousandths.unsigned_abs();
    number(out, value / 10_000);
    out.push(b'.');
    padded::<4>(out, value % 10_000);
}

/// `05/01/2026`
pub(crate) fn day_slash(out: &mut Vec<u8>, m: &Moment) {
    two(out, m.day);
    out.push(b'/');
    two(out, m.month);
    out.push(b'/');
    padded::<4>(out, m.year.into());
}

/// `05-01-2026`
pub(crate) fn day_dash(out: &mut Vec<u8>, m: &Moment) {
    two(out, m.day);
    out.push(b'-');
    two(out, m.month);
    out.push(b'-');
    padded::<4>(out, m.year.into());
}

/// `05-Jan-2026`
pub(crate) fn day_name(out: &mut Vec<u8>, m: &Moment) {
    two(out, m.day);
    out.push(b'-');
    out.extend_from_slice(MONTHS[m.month as usize - 1]);
    out.push(b'-');
    padded::<4>(out, m.year.into());
}

/// `2026-01-05`
pub(crate) fn day_iso(out: &mut Vec<u8>, m: &Moment) {
    padded::<4>(out, m.year.into());
    out.push(b'-');
    two(out, m.month);
    out.push(b'-');
    two(out, m.day);
}

/// `08:22:00`
pub(crate) fn clock(out: &mut Vec<u8>, m: &Moment) {
    minutes(out, m);
    out.push(b':');
    two(out, m.second);
}

/// `08:22`
pub(crate) fn minutes(out: &mut Vec<u8>, m: &Moment) {
    two(out, m.hour);
    out.push(b':');
    two(out, m.minute);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("ascii")
    }

    #[test]
    fn numbers_are_plain_decimal() {
        assert_eq!(text(|o| number(o, 0)), "0");
        assert_eq!(text(|o| number(o, u64::MAX)), u64::MAX.to_string());
        assert_eq!(text(|o| padded::<4>(o, 123)), "0123");
        assert_eq!(text(|o| coordinate(o, -269_239)), "-26.9239");
    }

    #[test]
    fn dates_agree_with_chrono() {
        use chrono::DateTime;
        for second in (946_684_800..1_900_000_000).step_by(1_234_567) {
            let (m, c) = (Moment::of(second), DateTime::from_timestamp(second, 0).expect("in range"));
            assert_eq!(text(|o| day_name(o, &m)), c.format("%d-%b-%Y").to_string());
            assert_eq!(text(|o| day_slash(o, &m)), c.format("%d/%m/%Y").to_string());
            assert_eq!(text(|o| day_iso(o, &m)), c.format("%Y-%m-%d").to_string());
            assert_eq!(text(|o| clock(o, &m)), c.format("%H:%M:%S").to_string());
        }
    }
}
