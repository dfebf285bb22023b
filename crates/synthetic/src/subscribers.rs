//! Who holds which number, as operators' lists have it; and internet records of the people asked about.

use crate::calendar::{DAY, Moment, midnight};
use crate::digits;
use crate::draw::Domain;
use crate::mess::{self, Mess};
use crate::people;
use crate::sheet::{Dataset, Form, Mention, Row, Sheet};
use crate::world::{Operator, World, imei};

#[rustfmt::skip]
const COLUMNS: &[&str] = &[
    "msisdn", "caf_no", "name", "father_or_husband", "dob", "gender", "local_address", "permanent_address", "poi_type", "poi_number", "alt_mobile", "imsi",
    "activation_date", "current_operator", "circle", "conn_type", "pos_dealer_code", "ekyc_flag", "status", "deactivation_date",
];

/// One number in twenty had another holder before, as numbers are given out again.
fn former(world: &World, person: u64) -> Option<u64> {
    let random = world.seed.at(Domain::Line, 1 << 40 | person);
    random.is_multiple_of(20).then(|| crate::draw::scale(random, world.persons)).filter(|&who| who != person)
}

pub(crate) const SUBSCRIBER: Dataset = Dataset {
    contract: "telecom.subscriber",
    files: &[("subscribers.csv", Form::Csv)],
    columns: COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["name", "father_or_husband"],
        swaps: &[("name", "father_or_husband")],
        spoils: &[
            ("msisdn", "9.17E+11", "scientific_notation"),
            ("msisdn", "12345", "pattern"),
            ("name", "", "missing_value"),
            ("activation_date", "", "key_missing"),
        ],
        ..mess::NONE
    },
    subjects: World::holders,
    fill: |world, person, sheet| {
        let random = world.seed.at(Domain::Line, person);
        let since = midnight(2018, 1, 1) + (random >> 8) as i64 % 2_200 * DAY;
        holder(world, sheet, person, person, (since, None));
        if let Some(who) = former(world, person) {
            holder(world, sheet, who, person, (since - 900 * DAY, Some(since - 200 * DAY)));
        }
    },
};

/// `who` holds the number of `line` from a day, perhaps to a day.
fn holder(world: &World, sheet: &mut Sheet<'_>, who: u64, line: u64, (since, until): (i64, Option<i64>)) {
    let random = world.seed.at2(Domain::Line, line, u64::from(until.is_some()));
    let row = sheet.begin();
    digits::padded::<10>(row.at("msisdn"), world.number(line));
    row.put("caf_no", "CAF").number_more(line);
    people::latin(world, who, random, row.at("name"));
    people::relative(world, who).1.latin(row.at("father_or_husband"));
    row.day("dob", world.birth(who)).put("gender", people::sex(world, who));
    people::address(world, who, row.at("local_address"));
    row.put("permanent_address", world.village(who).1).put("poi_type", "Voter ID").put("poi_number", "TST");
    digits::padded::<7>(row.again(), who);
    if random >> 5 & 3 == 0 {
        digits::padded::<10>(row.at("alt_mobile"), world.number(world.contact(who, 2)));
    }
    digits::padded::<15>(row.at("imsi"), world.sim(line));
    row.day("activation_date", since)
        .put("current_operator", world.operator(line).name())
        .put("circle", "RJ")
        .put("conn_type", "Prepaid");
    row.put("pos_dealer_code", "D").number_more(1 + random % 400).put("ekyc_flag", "Y").put("status", "Active");
    if let Some(until) = until {
        row.at("status").clear();
        row.put("status", "Closed").day("deactivation_date", until);
    }
    let mut id = row.get("msisdn").to_vec();
    id.push(b'/');
    digits::day_iso(&mut id, &Moment::of(since));
    sheet.end();
    sheet.mention(&Mention { person: who, role: "subscriber", contract: "telecom.subscriber", id: &id, fir: b"", system: "sdr" });
}

#[rustfmt::skip]
const IPDR_COLUMNS: &[&str] = &[
    "Landline/MSISDN/MDN/Leased Circuit ID for Internet Access", "Source IP Address", "Source Port", "Public IP Address", "Public IP Port",
    "Destination IP Address", "Destination Port", "Start Date", "Start Time", "End Date", "End Time", "Static/Dynamic IP Address Allocation", "User Id",
    "Source MAC-ID Address/Other device Identification number", "IMSI", "PGW IP address", "Access Point Name", "CGI ID", "TIME1",
    "Roaming Circle Indicator", "Roaming Circle", "Session Duration", "Data Volume Up Link", "Data Volume Down Link",
];

const IPDR_MESS: Mess =
    Mess { spoils: &[("Start Date", "2026-13-01", "bad_format"), ("Session Duration", "-60", "out_of_range")], ..mess::NONE };

/// Internet records of the numbers asked about in the layout that the department of telecommunications prescribes: two hours of one evening each.
pub(crate) const INTERNET: Dataset = Dataset {
    contract: "telecom.ipdr",
    files: &[("ipdr.csv", Form::Csv)],
    columns: IPDR_COLUMNS,
    json: &[],
    mess: IPDR_MESS,
    subjects: World::circle,
    fill: |world, person, sheet| {
        if world.operator(person) == Operator::Jio {
            return;
        }
        for n in 0..SESSIONS {
            let (start, seconds) = session(world, person, n);
            let row = sheet.begin();
            ends(world, person, n, public_end(false), row);
            for (date, time, second) in [("Start Date", "Start Time", start), ("End Date", "End Time", start + seconds as i64)] {
                let moment = Moment::of(second);
                digits::day_slash(row.at(date), &moment);
                digits::clock(row.at(time), &moment);
            }
            row.number("Session Duration", seconds);
            let cell = &world.places.cells[world.cell(person, start)];
            row.put("CGI ID", "404-59-").number_more(cell.identity.0).put_more("-").number_more(cell.identity.1);
            sheet.end();
        }
    },
};

#[rustfmt::skip]
const NAT_COLUMNS: &[&str] = &[
    "Landline/MSISDN/MDN/Leased Circuit ID for Internet Access", "User Id for internet access based on authentication", "Source IP Address",
    "Source Port", "Translated IP Address", "Translated Port", "Destination IP Address", "Destination Port", "Static/Dynamic IP Address Allocation",
    "IST Start Time of Public IP address allocation (hh:mm:ss)", "IST End Time of Public IP address allocation (hh:mm:ss)",
    "Start Date of Public IP address allocation (dd/mm/yyyy)", "End Date of Public IP address allocation (dd/mm/yyyy)",
    "Source MAC-ID Address/Other Device Identification Number", "IMSI", "PGW IP address", "Access Point Name", "First Cell ID", "Last Cell ID",
    "TIME1 (dd/mm/yyyy hh:mm:ss)", "Session Duration (seconds)", "Data Volume Up Link", "Data Volume Down Link", "Roaming Circle Indicator",
    "Roaming Circle", "SIM Type",
];

/// The same of Jio's numbers, in the layout Jio sends.
pub(crate) const INTERNET_JIO: Dataset = Dataset {
    contract: "telecom.ipdr",
    files: &[("ipdr_jio.csv", Form::Csv)],
    columns: NAT_COLUMNS,
    json: &[],
    mess: Mess {
        spoils: &[("Start Date of Public IP address allocation (dd/mm/yyyy)", "2026-13-01", "bad_format")],
        ..mess::NONE
    },
    subjects: World::circle,
    fill: |world, person, sheet| {
        if world.operator(person) != Operator::Jio {
            return;
        }
        for n in 0..SESSIONS {
            let (start, seconds) = session(world, person, n);
            let row = sheet.begin();
            ends(world, person, n, public_end(true), row);
            for (date, time, second) in
                [(NAT_COLUMNS[11], NAT_COLUMNS[9], start), (NAT_COLUMNS[12], NAT_COLUMNS[10], start + seconds as i64)]
            {
                let moment = Moment::of(second);
                digits::day_slash(row.at(date), &moment);
                digits::clock(row.at(time), &moment);
            }
            let cell = world.places.cells[world.cell(person, start)].identity;
            for column in ["First Cell ID", "Last Cell ID"] {
                row.put(column, &format!("405868{:04X}{:07X}", cell.0, cell.1));
            }
            imei(row.at(NAT_COLUMNS[13]), world.handset(person, start));
            row.number("Session Duration (seconds)", seconds).put("SIM Type", "Prepaid");
            sheet.end();
        }
    },
};

/// Sessions of a number.
const SESSIONS: u64 = 24;

/// When a session began, and how many seconds it lasted.
fn session(world: &World, person: u64, n: u64) -> (i64, u64) {
    let begin = midnight(2026, 3, 1) + (person % 50) as i64 * DAY + 19 * 3_600;
    (begin + n as i64 * 300, 20 + world.seed.at2(Domain::Internet, person, n) % 250)
}

/// What the layouts call the public address and its port.
fn public_end(jio: bool) -> (&'static str, &'static str) {
    if jio { ("Translated IP Address", "Translated Port") } else { ("Public IP Address", "Public IP Port") }
}

/// Both ends of a session: number, addresses, ports, card, volumes.
fn ends(world: &World, person: u64, n: u64, public: (&str, &str), row: &mut Row) {
    let random = world.seed.at2(Domain::Internet, person, n);
    digits::padded::<10>(row.at(IPDR_COLUMNS[0]), world.number(person));
    row.put("Source IP Address", "10.6.").number_more(person / 250 % 250).put_more(".").number_more(person % 250);
    row.number("Source Port", 50_000 + n).put(public.0, "203.0.113.").number_more(1 + person % 200);
    row.number(public.1, 20_000 + random % 40_000)
        .put("Destination IP Address", "198.51.100.")
        .number_more(1 + (random >> 20) % 200);
    row.put("Destination Port", "443").put("Static/Dynamic IP Address Allocation", "Dynamic");
    digits::padded::<15>(row.at("IMSI"), world.sim(person));
    row.put("PGW IP address", "10.0.0.3")
        .put("Access Point Name", "internet")
        .put("Roaming Circle Indicator", "N")
        .put("Roaming Circle", "Rajasthan");
    row.number("Data Volume Up Link", 500 + random % 9_000).number("Data Volume Down Link", 9_000 + (random >> 8) % 900_000);
}
