//! Jio's layouts: the old one, where who called whom is in two columns and the preamble tells whose records they are, and the one of today.

use super::airtel::{Call, Dial};
use crate::calendar::Moment;
use crate::digits;
use crate::world::{World, imei};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Old,
    Now,
}

const OLD: &str = "Calling Party Telephone Number,Called Party Telephone Number,Call Forwarding,LRN Called No,Call Date,Call Time,\
Call Termination Time,Call Duration,First Cell ID,Last Cell ID,Call Type,SMS Center Number,IMEI,IMSI,Roaming Circle Name";

const NOW: &str = "Target / A Party Number,Call Type (In/Out),Type of Connection,B Party Number,LRN Called No,LRN Operator Name with LSA,Call Date,\
Call Time,Call Duration,First BTS Location-Address,First Cell ID,Last BTS Location-Address,Last Cell ID,SMS Center Number,Service Type (Voice/SMS),\
IMEI,IMSI,Call Forwarding Number,Roaming Circle Name,Switch ID / MSC ID,In TG,Out TG";

/// The lines above the first of `rows` rows.
pub(crate) fn head(layout: Layout, number: u64, rows: u64, from: i64, to: i64) -> Vec<u8> {
    if layout == Layout::Now {
        return format!("RELIANCE JIO INFOCOMM LIMITED\r\n{NOW}\r\n").into_bytes();
    }
    let mut out = b"Ticket Number :,LEA".to_vec();
    digits::padded::<20>(&mut out, number);
    out.extend_from_slice(b"\r\nInput Value (MSISDN/B PARTY/IMEI/IMSI/CELL ID) :,");
    long(&mut out, number);
    out.extend_from_slice(b"\r\nFrom Date :,");
    digits::day_slash(&mut out, &Moment::of(from));
    out.extend_from_slice(b"\r\nTo Date :,");
    digits::day_slash(&mut out, &Moment::of(to));
    out.extend_from_slice(b"\r\nTotal Records :,");
    digits::number(&mut out, rows);
    out.extend_from_slice(b"\r\n\r\n");
    out.extend_from_slice(OLD.as_bytes());
    out.extend_from_slice(b"\r\n");
    out
}

/// `'917000000101'`
fn long(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(b"'91");
    digits::padded::<10>(out, number);
    out.push(b'\'');
}

fn other(out: &mut Vec<u8>, call: &Call) {
    match call.other {
        Some(number) => long(out, number),
        None => {
            out.push(b'\'');
            out.extend_from_slice(call.sender().as_bytes());
            out.push(b'\'');
        }
    }
}

/// Network, area and cell, the last two in hexadecimal digits.
fn cell(world: &World, out: &mut Vec<u8>, cell: usize) {
    let (area, identity) = world.places.cells[cell].identity;
    out.extend_from_slice(format!("405868{area:04X}{identity:07X}").as_bytes());
}

fn date(out: &mut Vec<u8>, moment: &Moment) {
    out.push(b'\'');
    digits::day_slash(out, moment);
    out.extend_from_slice(b"','");
    digits::clock(out, moment);
    out.extend_from_slice(b"',");
}

fn device(out: &mut Vec<u8>, call: &Call) {
    out.push(b'\'');
    imei(out, call.line.handset);
    out.extend_from_slice(b"','");
    digits::padded::<15>(out, call.line.imsi);
    out.extend_from_slice(b"',");
}

/// Appends one row.
pub(crate) fn row(world: &World, layout: Layout, out: &mut Vec<u8>, call: &Call, moment: &Moment) {
    match layout {
        Layout::Old => old(world, out, call, moment),
        Layout::Now => now(world, out, call, moment),
    }
}

fn old(world: &World, out: &mut Vec<u8>, call: &Call, moment: &Moment) {
    let outward = matches!(call.dial, Dial::Out | Dial::SmsOut);
    if outward {
        long(out, call.line.number);
        out.push(b',');
        other(out, call);
    } else {
        other(out, call);
        out.push(b',');
        long(out, call.line.number);
    }
    out.extend_from_slice(b",-,-,");
    date(out, moment);
    out.push(b'\'');
    digits::clock(out, &Moment::of(call.second + i64::from(call.seconds)));
    out.extend_from_slice(b"',");
    digits::number(out, call.seconds.into());
    let (first, last) = call.cells(world);
    let voice = matches!(call.dial, Dial::In | Dial::Out);
    out.push(b',');
    cell(world, out, first);
    out.push(b',');
    if voice {
        cell(world, out, last)
    } else {
        out.push(b'-')
    }
    out.extend_from_slice(match call.dial {
        Dial::Out => b",a_out,-,".as_slice(),
        Dial::In => b",a_in,-,",
        Dial::SmsOut => b",P2POUT,'917000000000',",
        Dial::SmsIn => b",A2P_SMSIN,'917000000000',",
    });
    device(out, call);
    out.extend_from_slice(b"JIO-RJ\r\n");
}

fn now(world: &World, out: &mut Vec<u8>, call: &Call, moment: &Moment) {
    let voice = matches!(call.dial, Dial::In | Dial::Out);
    long(out, call.line.number);
    out.extend_from_slice(if matches!(call.dial, Dial::Out | Dial::SmsOut) {
        b",OUT,Prepaid,".as_slice()
    } else {
        b",IN,Prepaid,"
    });
    other(out, call);
    out.extend_from_slice(b",-,-,");
    date(out, moment);
    digits::number(out, call.seconds.into());
    let (first, last) = call.cells(world);
    for (end, shown) in [(first, true), (last, voice)] {
        if shown {
            out.extend_from_slice(b",\"");
            out.extend_from_slice(world.places.cells[end].site.as_bytes());
            out.extend_from_slice(b"\",");
            cell(world, out, end);
        } else {
            out.extend_from_slice(b",-,-");
        }
    }
    out.extend_from_slice(if voice { b",-,Voice,".as_slice() } else { b",'917000000000',SMS," });
    device(out, call);
    out.extend_from_slice(b"-,JIO-RJ,-,-,-\r\n");
}
