//! Vi's layout: numbers with a leading zero, rules of dashes around the header, the site's address in quotes.

use super::airtel::{Call, Dial};
use crate::calendar::Moment;
use crate::digits;
use crate::world::{World, imei};

const RULE: &str = "--------------------------------------------------------------------------------\r\n";
const HEADER: &str = "Target /A PARTY NUMBER,CALL_TYPE,Type of Connection,B PARTY NUMBER,LRN- B Party Number,Translation of LRN,Call date,\
Call Initiation Time,Call Duration,First BTS Location,First Cell Global Id,Last BTS Location,Last Cell Global Id,SMS Centre Number,Service Type,IMEI,\
IMSI,Call Forwarding Number,Roaming Network/Circle,MSC ID,In TG ,Out TG ,IP Address ,Port No";

/// The lines above the first row.
pub(crate) fn head(number: u64, from: i64, to: i64) -> Vec<u8> {
    let day = |second: i64| {
        let mut out = Vec::new();
        digits::day_slash(&mut out, &Moment::of(second));
        String::from_utf8_lossy(&out).into_owned()
    };
    format!(
        "{RULE}VODAFONE IDEA CALL DATA RECORDS\r\n{RULE}MSISDN : - {number}\r\nReport Type :- Main CDR Report\r\nFrom Date :- {} 00:00:00\r\n\
Till Date :- {} 23:59:59\r\n{RULE}{HEADER}\r\n{RULE}",
        day(from),
        day(to)
    )
    .into_bytes()
}

pub(crate) const FOOT: &[u8] = b"Note :- This is a System generated Report.\r\n";

/// Appends one row. A message counts one second in this layout.
pub(crate) fn row(world: &World, out: &mut Vec<u8>, call: &Call, moment: &Moment) {
    let voice = matches!(call.dial, Dial::In | Dial::Out);
    out.push(b'0');
    digits::padded::<10>(out, call.line.number);
    out.extend_from_slice(if matches!(call.dial, Dial::Out | Dial::SmsOut) {
        b",Outgoing,Prepaid,".as_slice()
    } else {
        b",Incoming,Prepaid,"
    });
    match call.other {
        Some(number) => {
            out.push(b'0');
            digits::padded::<10>(out, number);
        }
        None => out.extend_from_slice(call.sender().as_bytes()),
    }
    out.extend_from_slice(b",,,");
    digits::day_dash(out, moment);
    out.push(b',');
    digits::clock(out, moment);
    out.push(b',');
    digits::number(out, call.seconds.max(1).into());
    let (first, last) = call.cells(world);
    for (end, shown) in [(first, true), (last, voice)] {
        if shown {
            let cell = &world.places.cells[end];
            out.extend_from_slice(format!(",\"{}\",404060{:05}{:06}", cell.site, cell.identity.0, cell.identity.1).as_bytes());
        } else {
            out.extend_from_slice(b",,");
        }
    }
    out.extend_from_slice(if voice { b",,Voice,".as_slice() } else { b",919800000000,SMS," });
    imei(out, call.line.handset);
    out.push(b',');
    digits::padded::<15>(out, call.line.imsi);
    out.extend_from_slice(b",,VI-RJ,919800000001,,,,\r\n");
}
