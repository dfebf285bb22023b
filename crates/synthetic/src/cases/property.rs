//! Things in cases: where and how it happened, what was seized, and vehicles that were stolen.

use super::rows::{arrested, sections, whose};
use super::{Case, Role, cast, key, today, total};
use crate::calendar::DAY;
use crate::digits;
use crate::draw::Domain;
use crate::mess::{self, Mess};
use crate::people;
use crate::registrations;
use crate::sheet::{Dataset, Form, Mention};
use crate::world::{imei, plate};

#[rustfmt::skip]
const SCENE_COLUMNS: &[&str] = &[
    "FIR_REG_NUM", "PS_CD", "PS", "FIR_NO", "FIR_YEAR", "SCENE_ID", "ACT_SECTION", "MAJOR_HEAD", "MINOR_HEAD", "MODUS_OPERANDI", "CONVEYANCE_USED",
    "PLACE_TYPE", "PLACE_DESCRIPTION", "LATITUDE", "LONGITUDE", "VISIT_DATE", "EVIDENCE", "DOG_SQUAD", "IO_NAME", "IO_RANK", "UPDATED_ON",
];

/// Every case has a scene; a planted group always works in the same way.
pub(crate) const SCENE: Dataset = Dataset {
    contract: "cctns.scene",
    files: &[("scene.csv", Form::Csv)],
    columns: SCENE_COLUMNS,
    json: &[],
    mess: Mess {
        old_font: &["MODUS_OPERANDI", "PLACE_DESCRIPTION"],
        spoils: &[
            ("VISIT_DATE", "31/02/2025 10:00", "bad_format"),
            ("SCENE_ID", "", "key_missing"),
            ("LATITUDE", "264.5", "out_of_range"),
        ],
        ..mess::NONE
    },
    subjects: total,
    fill: |world, index, sheet| {
        let case = Case::of(world, index);
        let (habit, random) = (case.offence.habit(), world.seed.at2(Domain::Fir, index, 5));
        let way = case.group.as_ref().map_or(random, |g| g.index);
        let (officer, rank) = people::officer(world, case.station, world.seed.at2(Domain::Fir, index, 3));
        let row = sheet.begin();
        whose(world, &case, row);
        row.put("PS", world.places.stations[case.station].name).put("SCENE_ID", "S");
        case.registration(world, row.again());
        sections(row.at("ACT_SECTION"), &case);
        row.put("MAJOR_HEAD", case.offence.head).put("MINOR_HEAD", habit.place);
        row.put("MODUS_OPERANDI", habit.methods[way as usize % habit.methods.len()]).put("CONVEYANCE_USED", habit.conveyance);
        row.put("PLACE_TYPE", habit.place).put("PLACE_DESCRIPTION", case.place(world).0).degrees(
            "LATITUDE",
            "LONGITUDE",
            case.at,
        );
        row.minute("VISIT_DATE", case.registered + 3_600)
            .put("EVIDENCE", ["finger marks", "broken lock", "none"][random as usize % 3]);
        row.put("DOG_SQUAD", if random >> 8 & 15 == 0 { "Y" } else { "N" })
            .put("IO_RANK", rank)
            .minute("UPDATED_ON", case.registered + DAY);
        officer.latin(row.at("IO_NAME"));
        sheet.end();
    },
};

#[rustfmt::skip]
const SEIZURE_COLUMNS: &[&str] = &[
    "FIR_REG_NUM", "PS_CD", "PS", "FIR_NO", "FIR_YEAR", "ARTICLE_ID", "SEIZURE_NO", "ACT_SECTION", "NATURE", "SEIZURE_DATE", "PLACE_OF_SEIZURE", "GD_NO",
    "FROM_NAME", "FROM_RELATION", "FROM_RELATIVE_NAME", "FROM_SEX", "FROM_AGE", "FROM_ADDRESS", "PROPERTY_CLASS", "DESCRIPTION", "REG_NO", "CHASSIS_NO",
    "ENGINE_NO", "MAKE", "COLOUR", "EST_VALUE", "IMEI", "QUANTITY", "UNIT", "UPDATED_ON",
];

/// What was found with the first who was arrested: a telephone, and the vehicle or what the offence is about.
pub(crate) const SEIZURE: Dataset = Dataset {
    contract: "cctns.seizure",
    files: &[("seizure.csv", Form::Csv), ("seizure.xml", Form::Xml("Export", "Article"))],
    columns: SEIZURE_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["FROM_NAME"],
        old_font: &["DESCRIPTION", "PLACE_OF_SEIZURE"],
        swaps: &[("FROM_NAME", "FROM_RELATIVE_NAME")],
        spoils: &[
            ("IMEI", "3.5E+14", "scientific_notation"),
            ("EST_VALUE", "-5", "out_of_range"),
            ("SEIZURE_DATE", "yesterday", "bad_format"),
        ],
    },
    subjects: total,
    fill: |world, index, sheet| {
        let case = Case::of(world, index);
        let Some((member, who, _)) = arrested(world, &case).next() else { return };
        let Some(when) = member.arrested else { return };
        for article in 1..=2u64 {
            let (random, vehicle) = (world.seed.at2(Domain::Fir, index, 8 + article), world.vehicle_of(who));
            let row = sheet.begin();
            whose(world, &case, row);
            row.put("PS", world.places.stations[case.station].name).put("ARTICLE_ID", "AR");
            case.registration(world, row.again());
            row.number_more(article).put("SEIZURE_NO", "SZ");
            case.registration(world, row.again());
            sections(row.at("ACT_SECTION"), &case);
            row.put("NATURE", ["Involved", "Stolen"][(article - 1) as usize]).minute("SEIZURE_DATE", when + 1_800);
            row.put("PLACE_OF_SEIZURE", world.village(who).0);
            digits::padded::<3>(row.at("GD_NO"), 1 + random % 60);
            world.name(who).latin(row.at("FROM_NAME"));
            people::related(world, who, false, row, ("FROM_RELATION", "FROM_RELATIVE_NAME"));
            row.put("FROM_SEX", people::sex(world, who)).number("FROM_AGE", world.age_on(who, when));
            people::address(world, who, row.at("FROM_ADDRESS"));
            row.minute("UPDATED_ON", when + 7_200);
            match (article, vehicle) {
                (1, _) => {
                    row.put("PROPERTY_CLASS", "Mobile").put("DESCRIPTION", "मोबाइल फोन मय सिम").number("EST_VALUE", 9_000);
                    imei(row.at("IMEI"), world.handset(who, when));
                }
                (_, Some(vehicle)) => {
                    row.put("PROPERTY_CLASS", "VEHICLE").put("DESCRIPTION", "घटना में प्रयुक्त वाहन");
                    plate(world, row.at("REG_NO"), vehicle);
                    registrations::numbers(vehicle, row, ("CHASSIS_NO", "ENGINE_NO"));
                    row.put("MAKE", registrations::maker(world, vehicle))
                        .put("COLOUR", registrations::colour(world, vehicle))
                        .number("EST_VALUE", 45_000);
                }
                _ => match case.offence.head {
                    "Narcotics" => {
                        _ = row
                            .put("PROPERTY_CLASS", "DRUGS")
                            .put("DESCRIPTION", "डोडा चूरा जब्त किया")
                            .put("QUANTITY", "2.500")
                            .put("UNIT", "KG")
                    }
                    "Illegal arms" => _ = row.put("PROPERTY_CLASS", "arms").put("DESCRIPTION", "देशी कट्टा मय कारतूस"),
                    _ => {
                        _ = row
                            .put("PROPERTY_CLASS", "currency")
                            .put("DESCRIPTION", "नकद राशि")
                            .number("EST_VALUE", 500 * (1 + random % 40))
                    }
                },
            }
            sheet.end();
            if article == 1 {
                let mut id = b"seizure-SZ".to_vec();
                case.registration(world, &mut id);
                sheet.mention(&Mention {
                    person: who,
                    role: "other",
                    contract: "cctns.seizure",
                    id: &id,
                    fir: &key(world, &case),
                    system: "cctns",
                });
            }
        }
    },
};

#[rustfmt::skip]
const STOLEN_COLUMNS: &[&str] = &[
    "ENTRY_ID", "STATUS", "REG_NO", "CHASSIS_NO", "ENGINE_NO", "VEHICLE_TYPE", "MAKE", "COLOUR", "MFG_YEAR", "EVENT_DATE", "FIR_REG_NUM", "PS_CD", "FIR_NO",
    "FIR_YEAR",
];

/// The complainant's vehicle in cases of theft, one in four found again.
pub(crate) const STOLEN: Dataset = Dataset {
    contract: "transport.stolen",
    files: &[("stolen.csv", Form::Csv)],
    columns: STOLEN_COLUMNS,
    json: &[],
    mess: Mess {
        spoils: &[
            ("STATUS", "lost", "not_in_list"),
            ("CHASSIS_NO", "1.5E+16", "scientific_notation"),
            ("EVENT_DATE", "", "missing_value"),
        ],
        ..mess::NONE
    },
    subjects: total,
    fill: |world, index, sheet| {
        let case = Case::of(world, index);
        if case.offence.head != "Motor vehicle theft" {
            return;
        }
        let owner = cast(world, &case).into_iter().find(|m| m.role == Role::Complainant).and_then(|m| m.person);
        // Who owns none reports the vehicle of the house.
        let vehicle = owner.map_or(index % world.vehicles(), |o| world.vehicle_of(o).unwrap_or(o % world.vehicles()));
        let random = world.seed.at2(Domain::Fir, index, 6);
        for (n, (status, when)) in [("Stolen", case.from), ("Recovered", case.registered + 20 * DAY)].into_iter().enumerate() {
            if n == 1 && (random % 4 != 0 || when >= today()) {
                continue;
            }
            let row = sheet.begin();
            row.put("ENTRY_ID", if n == 0 { "SV" } else { "RV" });
            case.registration(world, row.again());
            row.put("STATUS", status);
            plate(world, row.at("REG_NO"), vehicle);
            registrations::numbers(vehicle, row, ("CHASSIS_NO", "ENGINE_NO"));
            row.put("VEHICLE_TYPE", registrations::class(world, vehicle)).put("MAKE", registrations::maker(world, vehicle));
            row.put("COLOUR", registrations::colour(world, vehicle))
                .number("MFG_YEAR", 2012 + random % 12)
                .day("EVENT_DATE", when);
            whose(world, &case, row);
            sheet.end();
        }
    },
};
