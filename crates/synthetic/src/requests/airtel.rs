//! The Airtel layout: 26 columns, identifiers and dates in single quotes inside the field, `-` for nothing, CRLF.

use super::{SENDERS, quoted};
use crate::calendar::Moment;
use crate::digits;
use crate::file::{Piece, Remark};
use crate::plants::Line;
use crate::world::{FIRST_NUMBER, OUTSIDE_NUMBER, World, imei};

/// The header record, without line end.
pub(crate) const HEADER: &str = "Target No,Call Type,TOC,B Party No,LRN No,LRN TSP-LSA,Date,Time,Dur(s),First CGI Lat/Long,First CGI,\
Last CGI Lat/Long,Last CGI,SMSC No,Service Type,IMEI,IMSI,Call Fow No,Roam Nw,SW & MSC ID,IN TG,OUT TG,\
Vowifi First UE IP,Port1,Vowifi Last UE IP,Port2";

/// What kind of record, seen from the number asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dial {
    In,
    Out,
    SmsIn,
    SmsOut,
}

/// One record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub person: u64,
    /// The connection it was made on.
    pub line: Line,
    /// The cell, where it is not the one that follows from the person's day.
    pub cell: Option<usize>,
    /// The other number; none for a business sender.
    pub other: Option<u64>,
    pub dial: Dial,
    /// Local second it began.
    pub second: i64,
    /// Duration; 0 for a message.
    pub seconds: u32,
    /// Which business sent it, when `other` is none.
    pub sender: usize,
}

impl Call {
    pub(crate) fn sender(&self) -> &'static str {
        SENDERS[self.sender % SENDERS.len()]
    }

    /// Cells at the beginning and end: long calls may end on the next sector.
    pub(crate) fn cells(&self, world: &World) -> (usize, usize) {
        let first = self.cell.unwrap_or_else(|| world.cell(self.person, self.second));
        let last = if self.seconds > 240 && self.second & 1 == 0 { first ^ 1 } else { first };
        (first, if last < world.places.cells.len() { last } else { first })
    }
}

/// Seconds of talk from 64 random bits: most calls are short, a few last a quarter of an hour; messages have none.
pub(crate) fn duration(random: u64, dial: Dial) -> u32 {
    if matches!(dial, Dial::SmsIn | Dial::SmsOut) {
        return 0;
    }
    let (a, b) = ((random & 0x3FF) as u32, (random >> 10 & 0x3FF) as u32);
    1 + a * b / 1_100
}

/// The lines above the first row, for the answer about one number.
pub(crate) fn head(number: u64, from: i64, to: i64) -> Vec<u8> {
    let mut out = b"BHARTI AIRTEL LIMITED \r\n\r\nPAN India \r\n\r\nCall Details of Mobile No ".to_vec();
    quoted(&mut out, number);
    out.extend_from_slice(b" from '");
    digits::day_name(&mut out, &Moment::of(from));
    out.extend_from_slice(b"' to '");
    digits::day_name(&mut out, &Moment::of(to));
    out.extend_from_slice(b"' \r\n\r\n");
    out.extend_from_slice(HEADER.as_bytes());
    out.extend_from_slice(b"\r\n");
    out
}

/// The lines below the last row.
pub(crate) fn foot(printed: i64) -> Vec<u8> {
    let mut out = b"\r\n This is System generated report, and needs no signature.\r\n\r\n ".to_vec();
    let moment = Moment::of(printed);
    digits::day_name(&mut out, &moment);
    out.push(b' ');
    digits::clock(&mut out, &moment);
    out.extend_from_slice(b"\r\n");
    out
}

/// Routing number and operator of the other number. The routing numbers are test values.
fn route(other: u64) -> &'static [u8] {
    match other {
        n if n >= OUTSIDE_NUMBER => b",4106,JIO-RJ,'",
        n if (n - FIRST_NUMBER) % 10 < 8 => b",,-,'",
        _ => b",4159,BSNL-RJ,'",
    }
}

/// Appends one row; `moment` is the call's second taken apart.
pub(crate) fn row(world: &World, out: &mut Vec<u8>, call: &Call, moment: &Moment) {
    quoted(out, call.line.number);
    out.extend_from_slice(match call.dial {
        Dial::In => b",IN,Pre,'",
        Dial::Out => b",OUT,Pre,'",
        Dial::SmsIn => b",SMT,Pre,'",
        Dial::SmsOut => b",SMO,Pre,'",
    });
    let voice = matches!(call.dial, Dial::In | Dial::Out);
    match call.other {
        Some(number) => {
            digits::padded::<10>(out, number);
            out.push(b'\'');
            out.extend_from_slice(if voice { route(number) } else { b",,-,'" });
        }
        None => {
            out.extend_from_slice(call.sender().as_bytes());
            out.extend_from_slice(b"',,-,'");
        }
    }
    digits::day_slash(out, moment);
    out.extend_from_slice(b"',");
    digits::clock(out, moment);
    out.push(b',');
    digits::number(out, call.seconds.into());
    out.push(b',');
    let (first, last) = call.cells(world);
    out.extend_from_slice(&world.places.cells[first].airtel);
    out.push(b',');
    if voice {
        out.extend_from_slice(&world.places.cells[last].airtel);
        out.extend_from_slice(b",'-',Voice,'");
    } else {
        out.extend_from_slice(b",---,'919800000000',SMS,'");
    }
    imei(out, call.line.handset);
    out.extend_from_slice(b"','");
    digits::padded::<15>(out, call.line.imsi);
    out.extend_from_slice(b"',-,AIR RJ,'9800000001',,,,,,\r\n");
}

/// A way a row goes wrong in real deliveries: which field becomes what, and what a reader must say.
pub(crate) struct Spoil {
    field: usize,
    text: &'static str,
    code: &'static str,
    column: &'static str,
}

/// The ways used, in turn.
pub(crate) const SPOILS: [Spoil; 4] = [
    Spoil { field: 0, text: "7.00E+09", code: "scientific_notation", column: "Target No" },
    Spoil { field: 6, text: "'31/02/2026'", code: "bad_format", column: "Date" },
    Spoil { field: 0, text: "'-'", code: "key_missing", column: "Target No" },
    Spoil { field: 7, text: "25:61:00", code: "bad_format", column: "Time" },
];

impl Spoil {
    /// Appends a spoilt copy of the row at `begin..end` of the piece.
    pub(crate) fn write(&self, piece: &mut Piece, begin: usize, end: usize) {
        piece.spoilt(begin, end, self.field, self.text, Remark::Reject { code: self.code, column: self.column });
    }
}
