//! The command and control centre: emergency calls, alerts of cameras and sensors, positions of patrol vehicles.

use crate::calendar::{DAY, busy_second, midnight};
use crate::cases::today;
use crate::digits;
use crate::draw::{Domain, scale};
use crate::mess::{self, Mess};
use crate::people;
use crate::places::spread;
use crate::sheet::{Dataset, Form};
use crate::world::{World, plate};

/// Days over which the centre's rows lie, the last before today.
const DAYS: u64 = 120;

fn first() -> i64 {
    today() - DAYS as i64 * DAY
}

fn vehicle(world: &World, station: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(b"FRV-");
    out.extend_from_slice(world.places.stations[station].code.as_bytes());
}

#[rustfmt::skip]
const EVENT_COLUMNS: &[&str] = &[
    "EVENT_NO", "CALL_ID", "SIGNAL_TYPE", "T_RECEIVED", "T_CREATED", "T_DISPATCHED", "T_ONSCENE", "T_CLOSED", "EVENT_TYPE", "PRIORITY", "CALLER_NO",
    "CALLER_NAME", "LOCATION_TEXT", "LAT", "LON", "PS_CD", "PS", "FRV_ID", "CLOSURE_CODE", "IS_FALSE_OR_BLANK",
];

fn events(world: &World) -> u64 {
    world.persons.div_ceil(5) * 2
}

/// Emergency calls by the rhythm of the day; one in eight is a blank one.
pub(crate) const EVENT: Dataset = Dataset {
    contract: "control.event",
    files: &[("event.csv", Form::Csv), ("event.ndjson", Form::Ndjson)],
    columns: EVENT_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["CALLER_NAME"],
        old_font: &["LOCATION_TEXT"],
        spoils: &[
            ("EVENT_NO", "", "key_missing"),
            ("T_RECEIVED", "", "missing_value"),
            ("LAT", "226", "out_of_range"),
            ("IS_FALSE_OR_BLANK", "maybe", "bad_type"),
        ],
        ..mess::NONE
    },
    subjects: events,
    fill: |world, n, sheet| {
        const TYPES: [&str; 6] = ["Quarrel", "Accident", "Theft", "दुर्घटना", "Fire", "Women in distress"];
        let random = world.seed.at(Domain::Emergency, n);
        let who = scale(random, world.persons);
        let received = first() + busy_second(n, events(world), DAYS);
        let (station, home, blank) = (world.station(who), world.home(who), random >> 5 & 7 == 0);
        let row = sheet.begin();
        row.put("EVENT_NO", "E").number_more(n + 1).put("CALL_ID", "C").number_more(n + 1);
        row.put("SIGNAL_TYPE", ["Voice", "Voice", "Voice", "App"][(random >> 8 & 3) as usize]).moment("T_RECEIVED", received);
        digits::padded::<10>(row.at("CALLER_NO"), world.number(who));
        row.put("PS_CD", world.places.stations[station].code)
            .put("PS", world.places.stations[station].name)
            .number("PRIORITY", 1 + random % 4);
        row.degrees("LAT", "LON", (home.0 + spread(random, 30), home.1 + spread(random >> 32, 30)));
        if blank {
            row.put("EVENT_TYPE", "Blank call").put("IS_FALSE_OR_BLANK", "Y");
        } else {
            let (sent, there) = (received + 60 + (random >> 16) as i64 % 200, received + 500 + (random >> 24) as i64 % 1_500);
            row.moment("T_CREATED", received + 40)
                .moment("T_DISPATCHED", sent)
                .moment("T_ONSCENE", there)
                .moment("T_CLOSED", there + 2_400);
            row.put("EVENT_TYPE", TYPES[(random >> 40) as usize % TYPES.len()])
                .put("CLOSURE_CODE", "attended")
                .put("IS_FALSE_OR_BLANK", "N");
            people::either(world, who, random >> 3, row.at("CALLER_NAME"));
            row.put("LOCATION_TEXT", world.village(who).0).put_more(" के पास मुख्य सड़क पर");
            vehicle(world, station, row.at("FRV_ID"));
        }
        sheet.end();
    },
};

#[rustfmt::skip]
const ALERT_COLUMNS: &[&str] = &[
    "ALERT_ID", "RAISED_AT", "DEVICE_ID", "DEVICE_TYPE", "ALERT_TYPE", "SEVERITY", "LAT", "LON", "CONFIDENCE", "OUTCOME", "PLATE",
];

pub(crate) const ALERT: Dataset = Dataset {
    contract: "control.alert",
    files: &[("alert.csv", Form::Csv), ("alert.ndjson", Form::Ndjson)],
    columns: ALERT_COLUMNS,
    json: &[],
    mess: Mess {
        spoils: &[("DEVICE_ID", "", "missing_value"), ("RAISED_AT", "10:05", "bad_format"), ("CONFIDENCE", "97", "out_of_range")],
        ..mess::NONE
    },
    subjects: |world| world.persons.div_ceil(50),
    fill: |world, n, sheet| {
        let random = world.seed.at(Domain::Emergency, 1 << 40 | n);
        let camera = &world.places.cameras[scale(random, world.places.cameras.len() as u64) as usize];
        let hotlist = random >> 6 & 3 == 0;
        let row = sheet.begin();
        row.put("ALERT_ID", "AL")
            .number_more(n + 1)
            .moment("RAISED_AT", first() + busy_second(n, world.persons.div_ceil(50), DAYS));
        row.put("DEVICE_ID", &camera.id)
            .put("DEVICE_TYPE", "Camera")
            .put("ALERT_TYPE", if hotlist { "Hotlist" } else { "Crowd" });
        row.number("SEVERITY", 1 + random % 5).degrees("LAT", "LON", (camera.lat, camera.lon)).put("CONFIDENCE", "0.");
        digits::two(row.again(), 55 + (random >> 12) as u32 % 45);
        row.put("OUTCOME", ["False alarm", "Checked", "Unit sent"][(random >> 20) as usize % 3]);
        if hotlist {
            plate(world, row.at("PLATE"), scale(random.rotate_left(32), world.vehicles()));
        }
        sheet.end();
    },
};

const POSITION_COLUMNS: &[&str] = &["FRV_ID", "FIX_TIME", "LATITUDE", "LONGITUDE", "SPEED_KMPH", "HEADING", "IGNITION", "STATUS"];
/// Fixes of a vehicle in its shift, one in ten minutes, and the first of them.
const FIXES: u64 = 48;

fn shift() -> i64 {
    midnight(2026, 10, 30) + 18 * 3_600
}

/// Each station's vehicle in one night's shift, going round from place to place.
pub(crate) const POSITION: Dataset = Dataset {
    contract: "control.position",
    files: &[("position.csv", Form::Csv), ("position.ndjson", Form::Ndjson)],
    columns: POSITION_COLUMNS,
    json: &[],
    mess: Mess {
        spoils: &[
            ("LATITUDE", "", "missing_value"),
            ("FIX_TIME", "", "key_missing"),
            ("LONGITUDE", "274.64", "out_of_range"),
            ("SPEED_KMPH", "-3", "out_of_range"),
        ],
        ..mess::NONE
    },
    subjects: |world| world.places.stations.len() as u64,
    fill: |world, n, sheet| {
        let station = &world.places.stations[n as usize];
        for fix in 0..FIXES {
            // Six stops a night, eight fixes between one and the next.
            let stop = |k: u64| {
                let random = world.seed.at2(Domain::Emergency, 2 << 40 | n, k);
                (station.lat + spread(random, 220), station.lon + spread(random >> 32, 220))
            };
            let (from, to, part) = (stop(fix / 8), stop(fix / 8 + 1), (fix % 8) as i64);
            let row = sheet.begin();
            vehicle(world, n as usize, row.at("FRV_ID"));
            row.moment("FIX_TIME", shift() + fix as i64 * 600);
            row.degrees("LATITUDE", "LONGITUDE", (from.0 + (to.0 - from.0) * part / 8, from.1 + (to.1 - from.1) * part / 8));
            row.number("SPEED_KMPH", if part == 0 { 0 } else { 15 + (fix * 7) % 30 }).number("HEADING", fix * 45 % 360);
            row.put("IGNITION", "Y").put("STATUS", if part == 0 { "Standing" } else { "Patrolling" });
            sheet.end();
        }
    },
};
