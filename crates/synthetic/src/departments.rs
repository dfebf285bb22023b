//! Other departments and third parties: excise licences, the control room's own records, hotels, and letters that come by mail.

use crate::calendar::{DAY, Moment, midnight};
use crate::cases::today;
use crate::digits;
use crate::draw::{Domain, scale};
use crate::file::Written;
use crate::mess::{self, Mess};
use crate::people;
use crate::sheet::{Dataset, Form, Mention};
use crate::world::plate;
use crate::{Error, Job};

#[rustfmt::skip]
const LICENCE_COLUMNS: &[&str] = &[
    "LICENCE_NO", "VALID_FROM", "VALID_TO", "LICENCE_TYPE", "HOLDER_NAME", "HOLDER_RELATIVE", "MOBILE", "PREMISES", "DISTRICT", "PINCODE", "LATITUDE",
    "LONGITUDE", "STATUS",
];

pub(crate) const LICENCE: Dataset = Dataset {
    contract: "excise.licence",
    files: &[("licence.csv", Form::Csv), ("licence.xml", Form::Xml("Export", "Licence"))],
    columns: LICENCE_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["HOLDER_NAME"],
        old_font: &["HOLDER_NAME", "PREMISES"],
        spoils: &[("VALID_FROM", "", "key_missing"), ("HOLDER_NAME", "", "missing_value"), ("PINCODE", "30500", "pattern")],
        ..mess::NONE
    },
    subjects: |world| world.persons.div_ceil(500).max(8),
    fill: |world, n, sheet| {
        let random = world.seed.at(Domain::Other, n);
        let who = scale(random, world.persons);
        let station = &world.places.stations[world.station(who)];
        let from = midnight(2025, 4, 1) + (random & 1) as i64 * 365 * DAY;
        let row = sheet.begin();
        row.put("LICENCE_NO", "EX").number_more(n + 1).day("VALID_FROM", from).day("VALID_TO", from + 364 * DAY);
        row.put("LICENCE_TYPE", ["Composite shop", "Bar", "Depot"][(random >> 3) as usize % 3]);
        people::either(world, who, random, row.at("HOLDER_NAME"));
        people::relative(world, who).1.latin(row.at("HOLDER_RELATIVE"));
        digits::padded::<10>(row.at("MOBILE"), world.number(who));
        row.put("PREMISES", "दुकान नं. ").number_more(1 + random % 90).put_more(", ").put_more(world.village(who).0);
        row.put("DISTRICT", station.district.name).put("PINCODE", "399");
        digits::padded::<3>(row.again(), world.station(who) as u64 + 1);
        row.degrees("LATITUDE", "LONGITUDE", world.home(who)).put("STATUS", "Active");
        sheet.end();
        let id = format!("EX{}", n + 1);
        sheet.mention(&Mention {
            person: who,
            role: "owner",
            contract: "excise.licence",
            id: id.as_bytes(),
            fir: b"",
            system: "excise",
        });
    },
};

#[rustfmt::skip]
const CCA_COLUMNS: &[&str] = &[
    "RECORD_ID", "RECORD_DATE", "KIND", "PS_CD", "PS", "NAME", "RELATION", "RELATIVE_NAME", "SEX", "AGE", "MOBILE", "REG_NO", "TEXT", "STATUS",
    "UPDATED_ON",
];

/// A second of the year before today.
fn lately(random: u64) -> i64 {
    today() - 360 * DAY + scale(random.rotate_left(20), 350) as i64 * DAY + 8 * 3_600 + (random & 0x7FFF) as i64
}

pub(crate) const CCA: Dataset = Dataset {
    contract: "cca.record",
    files: &[("record.csv", Form::Csv)],
    columns: CCA_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["NAME"],
        old_font: &["TEXT"],
        swaps: &[("NAME", "RELATIVE_NAME")],
        spoils: &[
            ("RECORD_ID", "", "key_missing"),
            ("RECORD_DATE", "5 Jan", "bad_format"),
            ("MOBILE", "9.17E+11", "scientific_notation"),
        ],
    },
    subjects: |world| world.persons.div_ceil(100),
    fill: |world, n, sheet| {
        let random = world.seed.at(Domain::Other, 1 << 40 | n);
        let (who, on) = (scale(random, world.persons), lately(random));
        let station = &world.places.stations[world.station(who)];
        let row = sheet.begin();
        row.put("RECORD_ID", "CCA")
            .number_more(n + 1)
            .minute("RECORD_DATE", on)
            .put("KIND", ["Entry", "Note"][(random >> 4 & 1) as usize]);
        row.put("PS_CD", station.code).put("PS", station.name);
        people::latin(world, who, random, row.at("NAME"));
        people::related(world, who, false, row, ("RELATION", "RELATIVE_NAME"));
        row.put("SEX", people::sex(world, who)).number("AGE", people::age(world, who, on, random));
        digits::padded::<10>(row.at("MOBILE"), world.number(who));
        if let Some(vehicle) = world.vehicle_of(who) {
            plate(world, row.at("REG_NO"), vehicle);
        }
        row.put("TEXT", ["संदिग्ध हालत में घूमता मिला", "पूछताछ कर छोड़ा गया"][(random >> 5 & 1) as usize])
            .put("STATUS", "Open")
            .minute("UPDATED_ON", on + DAY);
        sheet.end();
        let id = format!("CCA{}", n + 1);
        sheet.mention(&Mention {
            person: who,
            role: "other",
            contract: "cca.record",
            id: id.as_bytes(),
            fir: b"",
            system: "cca",
        });
    },
};

#[rustfmt::skip]
const THIRD_COLUMNS: &[&str] = &[
    "SOURCE", "RECORD_ID", "RECORD_DATE", "KIND", "CASE_REF", "NAME", "SEX", "AGE", "MOBILE", "ID_TYPE", "ID_NO", "REG_NO", "PLACE", "AMOUNT", "TEXT",
];

/// Guests of hotels.
pub(crate) const THIRD: Dataset = Dataset {
    contract: "thirdparty.record",
    files: &[("guests.csv", Form::Csv)],
    columns: THIRD_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["NAME"],
        old_font: &["TEXT"],
        spoils: &[("SOURCE", "", "key_missing"), ("RECORD_DATE", "5.1", "bad_format"), ("AMOUNT", "12k", "bad_type")],
        ..mess::NONE
    },
    subjects: |world| world.persons.div_ceil(20) * 3,
    fill: |world, n, sheet| {
        let random = world.seed.at(Domain::Other, 2 << 40 | n);
        let (who, on) = (scale(random, world.persons), lately(random));
        let hotel = 1 + (random >> 30) % 40;
        let row = sheet.begin();
        row.put("SOURCE", "Test Hotel ")
            .number_more(hotel)
            .number("RECORD_ID", n + 1)
            .minute("RECORD_DATE", on)
            .put("KIND", "Check-in");
        people::latin(world, who, random >> 1, row.at("NAME"));
        row.put("SEX", people::sex(world, who)).number("AGE", people::age(world, who, on, random));
        digits::padded::<10>(row.at("MOBILE"), world.number(who));
        row.put("ID_TYPE", "VOTER ID").put("ID_NO", "TST");
        digits::padded::<7>(row.again(), who);
        if let Some(vehicle) = world.vehicle_of(who) {
            plate(world, row.at("REG_NO"), vehicle);
        }
        let station = &world.places.stations[scale(random.rotate_left(44), world.places.stations.len() as u64) as usize];
        row.put("PLACE", station.name).number("AMOUNT", 500 + random % 30 * 100).put("TEXT", "एक रात के लिये ठहरे");
        sheet.end();
        let id = format!("Test Hotel {hotel}/{}", n + 1);
        sheet.mention(&Mention {
            person: who,
            role: "guest",
            contract: "thirdparty.record",
            id: id.as_bytes(),
            fir: b"",
            system: "thirdparty",
        });
    },
};

/// A few letters to the police as mail files; a lake makes parts of documents of them.
pub(crate) fn letters(job: &Job<'_>) -> Result<Vec<Written>, Error> {
    let world = job.world;
    (0..6.min(world.persons))
        .map(|n| {
            let random = world.seed.at(Domain::Other, 3 << 40 | n);
            let (who, on) = (scale(random, world.persons), Moment::of(lately(random)));
            let station = &world.places.stations[world.station(who)];
            let (mut name, mut date) = (Vec::new(), Vec::new());
            world.name(who).hindi(&mut name);
            digits::two(&mut date, on.day);
            let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][on.month as usize - 1];
            let text = format!(
                "From: citizen{who}@example.org\r\nTo: station-{}@example.org\r\nSubject: Prarthana patra\r\nDate: {} {month} {} 10:00:00 +0530\r\n\
Message-ID: <letter{n}@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
श्रीमान थानाधिकारी, {}\r\nनिवेदन है कि मेरे मकान के पास रात में अज्ञात लोग घूमते हैं। कृपया गश्त बढ़ाई जाये।\r\nप्रार्थी {}, {}, मो. {}\r\n",
                station.code,
                String::from_utf8_lossy(&date),
                on.year,
                station.name_hi,
                String::from_utf8_lossy(&name),
                world.village(who).0,
                world.number(who),
            );
            let plan = job.plan(format!("document.part/letter_{}.eml", n + 1), "document.part", text.into_bytes(), 0);
            let mut written = plan.write(job.progress, |_, _| {}, |_| Vec::new())?;
            written.rows = 1;
            Ok(written)
        })
        .collect()
}
