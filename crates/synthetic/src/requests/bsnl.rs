//! The BSNL layout: 22 columns, no quotes, the position inside the site's text, and a footer that declares the number of rows.

use super::airtel::{Call, Dial};
use crate::calendar::Moment;
use crate::digits;
use crate::world::{OUTSIDE_NUMBER, World, imei};

/// The layout of today, the one before it, and that of the nodal office, whose rows are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Now,
    Old,
    Nodal(u64),
}

/// The header record of the old layout, without line end.
const OLD: &str = "Target/A-Party Number,Call_Type,Type_Of_Conn,B_Party Number,LRN_B_Party_No,LRN_DESCRIPTION,\
Call_Date,Call_Initiation_Time(CIT),Call_Duration,First_Cell_Desc,First_Cell_id,Last_Cell_Desc,Last_Cell_ID,SMSC_No,\
Service_Type,IMEI,IMSI,Call_FOW_No,Circle_NW,MSC_ID,IN_TG,OUT_TG";

const NODAL: &str = "SL_NO,Mobile_No,Call_Type,Type_Of_Conn,Other_Party_No,LRN_B_Party_No,LRN_DESCRIPTION,Call_Date,\
Call_Initiation_Time(CIT),Call_Duration,First_Cell_Desc,First_Cell_id,Last_Cell_Desc,Last_Cell_ID,SMSC_No,Service_Type,IMEI,IMSI,Call_FOW_No,\
Roaming Circle,MSC_ID,IN_TG,OUT_TG";

/// The header record of today's layout, without line end.
pub(crate) const HEADER: &str = "Target/A-Party Number,Call Type,Type of Connection,Other/B-party Number,LRN of B-Party Number,Translation of LRN,\
Call Date,Call Initiation Time,Call Duration,First BTS Location,First Cell Global ID,Last BTS Location,Last Cell Global ID,SMS Centre No.,\
Service Type,IMEI,IMSI,Original Calling Party,Roaming Network/Circle,Switch/MSC ID,In TG,Out TG";

/// The lines above the first row.
pub(crate) fn head(layout: Layout, number: u64, from: i64, to: i64) -> Vec<u8> {
    if let Layout::Nodal(_) = layout {
        return format!("NodalOffice : Test\r\nEnquirer Name : Test\r\nSearch Criteria : MSISDN\r\n\r\n{NODAL}\r\n").into_bytes();
    }
    let mut out = b"Search Criteria : MSISDN\r\nSearch Value : ".to_vec();
    digits::padded::<10>(&mut out, number);
    out.extend_from_slice(b"\r\nStart Date : ");
    compact(&mut out, &Moment::of(from));
    out.extend_from_slice(b"\r\nEnd Date : ");
    compact(&mut out, &Moment::of(to));
    out.extend_from_slice(b"\r\n\r\n");
    out.extend_from_slice(if layout == Layout::Now { HEADER } else { OLD }.as_bytes());
    out.extend_from_slice(b"\r\n");
    out
}

/// `202603010000`
fn compact(out: &mut Vec<u8>, m: &Moment) {
    digits::padded::<4>(out, m.year.into());
    for part in [m.month, m.day, m.hour, m.minute] {
        digits::two(out, part);
    }
}

/// The lines below the last row, declaring `rows` of them.
pub(crate) fn foot(layout: Layout, rows: u64) -> Vec<u8> {
    if let Layout::Nodal(_) = layout {
        return Vec::new();
    }
    let mut out = b"*** END OF REPORT ***\r\nCDR COUNT : ".to_vec();
    digits::number(&mut out, rows);
    out.extend_from_slice(b"\r\n");
    out
}

/// Appends one row. A message counts one second in this layout.
pub(crate) fn row(world: &World, layout: Layout, out: &mut Vec<u8>, call: &Call, moment: &Moment) {
    let voice = matches!(call.dial, Dial::In | Dial::Out);
    if let Layout::Nodal(serial) = layout {
        digits::number(out, serial);
        out.push(b',');
    }
    digits::padded::<10>(out, call.line.number);
    out.extend_from_slice(if matches!(call.dial, Dial::In | Dial::SmsIn) { b",IN,," } else { b",OUT,," });
    match call.other {
        Some(number) => digits::padded::<10>(out, number),
        None => out.extend_from_slice(call.sender().as_bytes()),
    }
    out.extend_from_slice(match call.other {
        Some(number) if voice && number >= OUTSIDE_NUMBER => b",4106,Reliance Jio - Rajasthan,",
        Some(_) if voice => b",4158,Bharti Airtel - Rajasthan,",
        _ => b",,,",
    });
    match layout {
        Layout::Now => digits::day_slash(out, moment),
        _ => {
            let begin = out.len();
            digits::day_name(out, moment);
            out[begin..].make_ascii_uppercase();
        }
    }
    out.push(b',');
    digits::clock(out, moment);
    out.push(b',');
    digits::number(out, call.seconds.max(1).into());
    out.push(b',');
    let (first, last) = call.cells(world);
    out.extend_from_slice(&world.places.cells[first].bsnl);
    out.push(b',');
    if voice {
        out.extend_from_slice(&world.places.cells[last].bsnl);
        out.extend_from_slice(b",,Voice Call,");
    } else {
        out.extend_from_slice(b",-,919400000000,SMS,");
    }
    imei(out, call.line.handset);
    out.push(b',');
    digits::padded::<15>(out, call.line.imsi);
    out.extend_from_slice(b",,BSNL - Rajasthan,919400000001,,\r\n");
}
