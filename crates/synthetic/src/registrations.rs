//! Vehicles as the transport register has them, under its own field names, and the fines their drivers get.

use crate::calendar::{DAY, Moment, midnight};
use crate::digits;
use crate::draw::Domain;
use crate::mess::{self, Mess};
use crate::plates::{CLASSES, COLOURS};
use crate::sheet::{Dataset, Form, Mention, Row};
use crate::world::{World, plate};

#[rustfmt::skip]
const VEHICLE_COLUMNS: &[&str] = &[
    "rc_regn_no", "rc_regn_dt", "rc_owner_name", "rc_f_name", "rc_owner_sr", "rc_permanent_address", "rc_present_address", "rc_mobile_no", "rc_chasi_no",
    "rc_eng_no", "rc_vh_class_desc", "rc_maker_desc", "rc_maker_model", "rc_fuel_desc", "rc_color", "rc_manu_month_yr", "rc_registered_at", "rc_rto_code",
    "rc_status",
];

/// Makers with a model and the fuel it burns, by the classes of [`CLASSES`].
const MODELS: [(&str, &str, &str); 8] = [
    ("HERO MOTOCORP LTD", "SPLENDOR PLUS", "PETROL"),
    ("HONDA MOTORCYCLE AND SCOOTER INDIA", "ACTIVA 6G", "PETROL"),
    ("BAJAJ AUTO LTD", "PLATINA 100", "PETROL"),
    ("MARUTI SUZUKI INDIA LTD", "SWIFT VXI", "PETROL"),
    ("HYUNDAI MOTOR INDIA LTD", "CRETA SX", "DIESEL"),
    ("MAHINDRA AND MAHINDRA LTD", "BOLERO B6", "DIESEL"),
    ("TATA MOTORS LTD", "ACE GOLD", "DIESEL"),
    ("MARUTI SUZUKI INDIA LTD", "DZIRE TOUR S", "CNG"),
];

fn kind(world: &World, vehicle: u64) -> u64 {
    world.seed.at(Domain::Vehicle, vehicle) >> 32
}

pub(crate) fn class(world: &World, vehicle: u64) -> &'static str {
    CLASSES[(kind(world, vehicle) % 8) as usize]
}

pub(crate) fn maker(world: &World, vehicle: u64) -> &'static str {
    MODELS[(kind(world, vehicle) % 8) as usize].0
}

pub(crate) fn colour(world: &World, vehicle: u64) -> &'static str {
    COLOURS[(kind(world, vehicle) >> 8) as usize % COLOURS.len()]
}

/// Numbers of chassis and engine.
pub(crate) fn numbers(vehicle: u64, row: &mut Row, columns: (&str, &str)) {
    row.put(columns.0, "MA3TEST");
    digits::padded::<10>(row.again(), vehicle);
    row.put(columns.1, "ENG");
    digits::padded::<9>(row.again(), vehicle);
}

/// Answers to single enquiries come as XML or JSON.
pub(crate) const VEHICLE: Dataset = Dataset {
    contract: "transport.vehicle",
    files: &[
        ("registrations.csv", Form::Csv),
        ("enquiries.xml", Form::Xml("Response", "VehicleDetails")),
        ("enquiries.json", Form::Array),
    ],
    columns: VEHICLE_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["rc_owner_name", "rc_f_name"],
        swaps: &[("rc_owner_name", "rc_f_name")],
        spoils: &[
            ("rc_regn_no", "", "key_missing"),
            ("rc_regn_dt", "31-Feb-2020", "bad_format"),
            ("rc_owner_sr", "0", "out_of_range"),
        ],
        ..mess::NONE
    },
    subjects: World::vehicles,
    fill: |world, vehicle, sheet| {
        let owner = world.owner(vehicle);
        let station = &world.places.stations[world.station(owner)];
        let (name, (_, relative), kind) = (world.name(owner), world.relative(owner), kind(world, vehicle));
        let registered = midnight(2012, 1, 1) + (world.seed.at(Domain::Registration, vehicle) % (13 * 365)) as i64 * DAY;
        let row = sheet.begin();
        plate(world, row.at("rc_regn_no"), vehicle);
        digits::day_name(row.at("rc_regn_dt"), &Moment::of(registered));
        name.latin_variant(row.at("rc_owner_name"));
        row.put("rc_f_name", relative.2).put_more(" ").put_more(name.surname.2);
        row.number("rc_owner_sr", 1 + u64::from(kind >> 20 & 15 == 0));
        for column in ["rc_permanent_address", "rc_present_address"] {
            row.put(column, world.village(owner).1)
                .put_more(", ")
                .put_more(station.name)
                .put_more(", ")
                .put_more(station.district.name);
        }
        // The register writes everything of the owner in capitals.
        for column in ["rc_owner_name", "rc_f_name", "rc_permanent_address", "rc_present_address"] {
            row.at(column).make_ascii_uppercase();
        }
        digits::padded::<10>(row.at("rc_mobile_no"), world.number(owner));
        numbers(vehicle, row, ("rc_chasi_no", "rc_eng_no"));
        let model = MODELS[(kind % 8) as usize];
        row.put("rc_vh_class_desc", class(world, vehicle)).put("rc_maker_desc", model.0).put("rc_maker_model", model.1);
        row.put("rc_fuel_desc", model.2).put("rc_color", colour(world, vehicle));
        let made = Moment::of(registered - 45 * DAY);
        digits::two(row.at("rc_manu_month_yr"), made.month);
        row.put_more("/").number_more(made.year.into());
        row.put("rc_registered_at", &station.district.name.to_ascii_uppercase())
            .put_more(" RTO")
            .put("rc_rto_code", station.district.rto);
        row.put("rc_status", "ACTIVE");
        let mut id = row.get("rc_regn_no").to_vec();
        id.push(b'/');
        id.extend_from_slice(row.get("rc_owner_sr"));
        sheet.end();
        sheet.mention(&Mention {
            person: owner,
            role: "owner",
            contract: "transport.vehicle",
            id: &id,
            fir: b"",
            system: "vahan",
        });
    },
};

#[rustfmt::skip]
const CHALLAN_COLUMNS: &[&str] = &[
    "challan_no", "vehicle_no", "challan_date_time", "challan_place", "challan_status", "fine_imposed", "name_of_violator", "department", "state_code",
    "rto_distric_name", "sent_to_reg_court", "sent_to_virtual_court", "offence_details", "receipt_no", "received_amount",
];

/// Fines for three persons in five, mostly of those who own a vehicle.
pub(crate) const CHALLAN: Dataset = Dataset {
    contract: "transport.challan",
    files: &[("challan.csv", Form::Csv)],
    columns: CHALLAN_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["name_of_violator"],
        spoils: &[
            ("challan_no", "", "key_missing"),
            ("challan_date_time", "32-12-2025", "bad_format"),
            ("vehicle_no", "?", "bad_format"),
            ("fine_imposed", "-1", "out_of_range"),
        ],
        ..mess::NONE
    },
    subjects: |world| world.persons / 5 * 3,
    fill: |world, n, sheet| {
        const OFFENCES: [(&str, u64); 5] =
            [("MVA 194D", 1_000), ("MVA 177", 200), ("MVA 184", 1_000), ("MVA 194B", 1_000), ("MVA 183", 2_000)];
        let random = world.seed.at(Domain::Challan, n);
        let vehicle = crate::draw::scale(random, world.vehicles());
        let who = world.owner(vehicle);
        let station = &world.places.stations[world.station(who)];
        let when = midnight(2025, 7, 1)
            + (random >> 8) as i64 % (480 * DAY) / DAY * DAY
            + 8 * 3_600
            + (random >> 24) as i64 % (12 * 3_600);
        let (offence, fine) = OFFENCES[(random >> 40) as usize % OFFENCES.len()];
        let paid = !random.is_multiple_of(3);
        let row = sheet.begin();
        row.put("challan_no", "RJ");
        digits::padded::<16>(row.again(), n + 1);
        plate(world, row.at("vehicle_no"), vehicle);
        let (out, moment) = (row.at("challan_date_time"), Moment::of(when));
        digits::day_dash(out, &moment);
        out.push(b' ');
        digits::clock(out, &moment);
        row.put("challan_place", station.name_hi)
            .put_more(" चौराहा")
            .put("challan_status", if paid { "Disposed" } else { "Pending" });
        row.number("fine_imposed", fine);
        crate::people::latin(world, who, random >> 16, row.at("name_of_violator"));
        row.at("name_of_violator").make_ascii_uppercase();
        row.put("department", "Traffic").put("state_code", "RJ").put("rto_distric_name", station.district.name);
        row.put("sent_to_reg_court", "No")
            .put("sent_to_virtual_court", if paid { "No" } else { "Yes" })
            .put("offence_details", offence);
        if paid {
            row.put("receipt_no", "R").number_more(n + 1).number("received_amount", fine);
        }
        let id = row.get("challan_no").to_vec();
        sheet.end();
        sheet.mention(&Mention {
            person: who,
            role: "violator",
            contract: "transport.challan",
            id: &id,
            fir: b"",
            system: "challan",
        });
    },
};
