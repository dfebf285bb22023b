//! Cases as the crime-tracking system exports them: reports, persons in them, arrests, the police's reports to the court, and a later file of corrections.

use super::course::Outcome;
use super::{Case, Member, Role, cast, course, key, report, source_id, total};
use crate::calendar::{DAY, Moment};
use crate::digits;
use crate::draw::Domain;
use crate::file::Remark;
use crate::mess::{self, Mess};
use crate::people;
use crate::sheet::{Dataset, Form, Mention, Row, Sheet};
use crate::world::{Relation, World};

#[rustfmt::skip]
const FIR_COLUMNS: &[&str] = &[
    "DISTRICT_CD", "DISTRICT", "PS_CD", "PS", "FIR_REG_NUM", "FIR_NO", "FIR_YEAR", "FIR_DATE", "ACT_SECTION", "OCCURRENCE_FROM", "OCCURRENCE_TO",
    "GD_NO", "INFO_TYPE", "PLACE_OF_OCCURRENCE", "LATITUDE", "LONGITUDE", "CRIME_HEAD", "CRIME_HEAD_HI", "PROPERTY_VALUE", "IO_NAME", "IO_RANK",
    "STATUS", "RECORD_STATUS", "UPDATED_ON",
];
#[rustfmt::skip]
const FIR_JSON: &[&str] = &[
    "district_cd", "district", "ps_cd", "ps", "fir_reg_num", "fir_no", "fir_year", "fir_datetime", "act_section", "occurrence.from", "occurrence.to",
    "gd_no", "info_type", "place.address", "place.lat", "place.lon", "crime_head", "crime_head_hi", "property_total_value", "io.name", "io.rank",
    "status", "record_status", "updated_on",
];

pub(crate) const FIR: Dataset = Dataset {
    contract: "cctns.fir",
    files: &[("fir.csv", Form::Csv), ("fir.json", Form::Json("fir"))],
    columns: FIR_COLUMNS,
    json: FIR_JSON,
    mess: Mess {
        spoils: &[
            ("FIR_DATE", "31/02/2025 10:00", "bad_format"),
            ("FIR_REG_NUM", "", "key_missing"),
            ("PS_CD", "2.7997E+07", "scientific_notation"),
        ],
        ..mess::NONE
    },
    subjects: total,
    fill: |world, index, sheet| {
        let case = Case::of(world, index);
        let random = world.seed.at2(Domain::Fir, index, 2);
        let status = match report(world, &case) {
            None => "Under Investigation",
            Some((_, Outcome::ChargeSheet)) if random % 8 == 7 => "Pending Trial",
            Some((_, Outcome::ChargeSheet)) => "Charge Sheeted",
            Some((_, Outcome::Untraced)) => "Final Report (Untraced)",
            Some((_, Outcome::NoOffence)) => "Final Report (No Offence)",
        };
        fir(world, &case, status, "ACTIVE", case.registered + DAY, sheet.begin());
        sheet.end();
    },
};

/// One case in so many is in the file of corrections.
const CORRECTED: u64 = 40;

/// The later file: the case has moved on, or its record is taken back.
pub(crate) const CORRECTION: Dataset = Dataset {
    files: &[("fir_corrections.csv", Form::Csv)],
    json: &[],
    mess: mess::NONE,
    fill: |world, index, sheet| {
        // Cases that are in the first file, so that there is something to correct.
        if index % CORRECTED != 1 {
            return;
        }
        let case = Case::of(world, index);
        let record = if index / CORRECTED % 4 == 1 { "DELETED" } else { "ACTIVE" };
        fir(world, &case, "Charge Sheeted", record, case.registered + 95 * DAY, sheet.begin());
        sheet.end_plain();
        sheet.remark(if record == "DELETED" { Remark::Withdrawal } else { Remark::Correction });
    },
    ..FIR
};

fn fir(world: &World, case: &Case, status: &str, record: &str, updated: i64, row: &mut Row) {
    let (station, random) = (&world.places.stations[case.station], world.seed.at2(Domain::Fir, case.index, 3));
    let (officer, rank) = people::officer(world, case.station, random);
    row.put("DISTRICT_CD", station.district.code).put("DISTRICT", station.district.name);
    whose(world, case, row);
    row.put("PS", station.name).minute("FIR_DATE", case.registered);
    sections(row.at("ACT_SECTION"), case);
    row.minute("OCCURRENCE_FROM", case.from).minute("OCCURRENCE_TO", case.to);
    digits::padded::<3>(row.at("GD_NO"), 1 + random % 60);
    row.put("INFO_TYPE", ["Written", "Oral", "Written", "e-FIR"][(random >> 8 & 3) as usize]);
    row.put("PLACE_OF_OCCURRENCE", case.place(world).1).put_more(", ").put_more(station.name);
    row.degrees("LATITUDE", "LONGITUDE", case.at);
    row.put("CRIME_HEAD", case.offence.head).put("CRIME_HEAD_HI", case.offence.head_hi);
    if matches!(case.offence.habit().place, "HOUSE" | "PARKING" | "ONLINE") {
        row.number("PROPERTY_VALUE", 500 * (2 + (random >> 16) % 180));
    }
    officer.latin(row.at("IO_NAME"));
    row.put("IO_RANK", rank).put("STATUS", status).put("RECORD_STATUS", record).minute("UPDATED_ON", updated);
}

/// The case a record belongs to: registration number, station's code, number, year.
pub(super) fn whose(world: &World, case: &Case, row: &mut Row) {
    case.registration(world, row.at("FIR_REG_NUM"));
    row.put("PS_CD", world.places.stations[case.station].code);
    digits::padded::<4>(row.at("FIR_NO"), case.number);
    row.number("FIR_YEAR", case.year as u64);
}

#[rustfmt::skip]
const PERSON_COLUMNS: &[&str] = &[
    "PERSON_ID", "FIR_REG_NUM", "PS_CD", "FIR_NO", "FIR_YEAR", "ROLE", "NAME", "NAME_HI", "ALIAS", "RELATION", "RELATIVE_NAME", "RELATIVE_NAME_HI",
    "SEX", "DATE_OF_BIRTH", "YEAR_OF_BIRTH", "AGE", "NATIONALITY", "OCCUPATION", "MOBILE", "VILLAGE", "VILLAGE_HI", "THANA", "DISTRICT", "FIR_DATE",
    "ACT_SECTION", "UPDATED_ON",
];
#[rustfmt::skip]
const PERSON_JSON: &[&str] = &[
    "person_id", "fir_reg_num", "ps_cd", "fir_no", "fir_year", "role", "name", "name_hi", "alias", "relation", "relative_name", "relative_name_hi",
    "sex", "birth_date", "birth_year", "age", "nationality", "occupation", "mobile", "village", "village_hi", "thana", "district", "fir_date",
    "act_section", "updated_on",
];
const OCCUPATIONS: [&str; 8] =
    ["Farmer", "Labourer", "Shopkeeper", "Driver", "Student", "Housewife", "Private Service", "Government Service"];

pub(crate) const PERSON: Dataset = Dataset {
    contract: "cctns.person",
    files: &[("person.csv", Form::Csv), ("person.json", Form::Json("person"))],
    columns: PERSON_COLUMNS,
    json: PERSON_JSON,
    mess: Mess {
        slips: &["NAME", "RELATIVE_NAME", "VILLAGE"],
        old_font: &[],
        swaps: &[("NAME", "RELATIVE_NAME")],
        spoils: &[
            ("ROLE", "bystander", "not_in_list"),
            ("MOBILE", "7.00E+09", "scientific_notation"),
            ("PERSON_ID", "", "key_missing"),
        ],
    },
    subjects: total,
    fill: |world, index, sheet| {
        let case = Case::of(world, index);
        for member in cast(world, &case) {
            person(world, &case, &member, sheet);
        }
    },
};

fn person(world: &World, case: &Case, member: &Member, sheet: &mut Sheet<'_>) {
    // A number that somebody else had before is on an old card: the clerk copies it.
    let reused = sheet.one_in(150);
    let row = sheet.begin();
    source_id(world, case, member, row.at("PERSON_ID"));
    whose(world, case, row);
    row.put("ROLE", member.role.word());
    row.minute("FIR_DATE", case.registered).minute("UPDATED_ON", case.registered + DAY);
    sections(row.at("ACT_SECTION"), case);
    let Some(who) = member.person else {
        row.put("NAME", "Unknown").put("NAME_HI", "अज्ञात").put("SEX", "U");
        sheet.end();
        return;
    };
    let (name, random) = (world.name(who), world.seed.at2(Domain::Cast, case.index, member.serial));
    people::latin(world, who, random, row.at("NAME"));
    name.hindi(row.at("NAME_HI"));
    if member.role == Role::Accused && random >> 4 & 7 == 0 {
        row.put("ALIAS", people::alias(world.seed.at(Domain::Given, who) & !7).unwrap_or_default());
    }
    let (relation, relative) = people::relative(world, who);
    row.put("RELATION", if relation == Relation::Father { "Father" } else { "Husband" });
    relative.latin(row.at("RELATIVE_NAME"));
    relative.hindi(row.at("RELATIVE_NAME_HI"));
    row.put("SEX", people::sex(world, who));
    birth(world, who, case.registered, random >> 8, row);
    row.put("NATIONALITY", "INDIA").put("OCCUPATION", OCCUPATIONS[(world.seed.at(Domain::Occupation, who) % 8) as usize]);
    // Witnesses often leave no number.
    if member.role != Role::Witness || random >> 16 & 1 == 0 {
        let whose = if reused { world.contact(who, 2) } else { who };
        digits::padded::<10>(row.at("MOBILE"), world.number(whose));
    }
    let (village, home) = (world.village(who), &world.places.stations[world.station(who)]);
    row.put("VILLAGE", village.1).put("VILLAGE_HI", village.0).put("THANA", home.name).put("DISTRICT", home.district.name);
    if reused {
        sheet.damaged("another's number", "MOBILE", &world.number(who).to_string());
    }
    sheet.end();
    told(world, case, member, sheet, ("cctns.person", member.role.word(), ""));
}

/// The truth about a member's record; `what` is contract, role, and what stands before the member's id.
pub(super) fn told(world: &World, case: &Case, member: &Member, sheet: &mut Sheet<'_>, what: (&str, &str, &str)) {
    let Some(person) = member.person else { return };
    let mut id = what.2.as_bytes().to_vec();
    source_id(world, case, member, &mut id);
    sheet.mention(&Mention { person, role: what.1, contract: what.0, id: &id, fir: &key(world, case), system: "cctns" });
}

/// Date of birth, year of birth and age: mostly only the age is known.
fn birth(world: &World, who: u64, on: i64, random: u64, row: &mut Row) {
    let born = Moment::of(world.birth(who));
    match random % 10 {
        0..2 => {
            row.day("DATE_OF_BIRTH", world.birth(who)).number("YEAR_OF_BIRTH", born.year.into());
        }
        2..4 => {
            row.number("YEAR_OF_BIRTH", born.year.into());
        }
        _ => {}
    }
    // Stated ages lean to round numbers.
    let age = world.age_on(who, on);
    row.number("AGE", if random >> 8 & 3 == 0 { (age + 2) / 5 * 5 } else { age });
}

/// Those accused who were arrested, with their number among the accused.
pub(super) fn arrested(world: &World, case: &Case) -> impl Iterator<Item = (Member, u64, u64)> {
    let mut code = 0;
    cast(world, case).into_iter().filter_map(move |member| {
        code += u64::from(member.role == Role::Accused);
        let who = member.person?;
        member.arrested?;
        Some((member, who, code))
    })
}

#[rustfmt::skip]
const ARREST_COLUMNS: &[&str] = &[
    "ARREST_ID", "PERSON_ID", "FIR_REG_NUM", "PS_CD", "FIR_NO", "FIR_YEAR", "ACCUSED_CODE", "NAME", "NAME_HI", "RELATION", "RELATIVE_NAME", "SEX", "AGE",
    "ARREST_DATE", "PLACE_OF_ARREST", "ACT_SECTION", "ARREST_STATUS", "ARREST_TYPE", "COURT",
];

pub(crate) const ARREST: Dataset = Dataset {
    contract: "cctns.arrest",
    files: &[("arrest.csv", Form::Csv)],
    columns: ARREST_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["NAME", "RELATIVE_NAME"],
        swaps: &[("NAME", "RELATIVE_NAME")],
        spoils: &[("ARREST_DATE", "00/13/2025 10:00", "bad_format"), ("ARREST_STATUS", "Holiday", "not_in_list")],
        ..mess::NONE
    },
    subjects: total,
    fill: |world, index, sheet| {
        let case = Case::of(world, index);
        for (member, who, code) in arrested(world, &case) {
            let (Some(when), Some(course)) = (member.arrested, course(world, &case, &member, code)) else { continue };
            let row = sheet.begin();
            row.put("ARREST_ID", "A");
            source_id(world, &case, &member, row.again());
            source_id(world, &case, &member, row.at("PERSON_ID"));
            whose(world, &case, row);
            row.put("ACCUSED_CODE", "A");
            digits::number(row.again(), code);
            world.name(who).latin(row.at("NAME"));
            world.name(who).hindi(row.at("NAME_HI"));
            let (relation, relative) = people::relative(world, who);
            row.put("RELATION", if relation == Relation::Father { "Father" } else { "Husband" });
            relative.latin(row.at("RELATIVE_NAME"));
            row.put("SEX", people::sex(world, who)).number("AGE", world.age_on(who, when)).minute("ARREST_DATE", when);
            row.put("PLACE_OF_ARREST", world.village(who).1).put("ARREST_STATUS", course.custody);
            sections(row.at("ACT_SECTION"), &case);
            if code == 1 && index.is_multiple_of(17) {
                row.put("ARREST_TYPE", "Surrender");
                super::court::court(world, &case, row.at("COURT"));
            }
            sheet.end();
            told(world, &case, &member, sheet, ("cctns.arrest", "arrested", ""));
        }
    },
};

#[rustfmt::skip]
const REPORT_COLUMNS: &[&str] = &[
    "FIR_REG_NUM", "PS_CD", "PS", "FIR_NO", "FIR_YEAR", "REPORT_ID", "CHARGESHEET_NO", "ACT_SECTION", "REPORT_TYPE", "REPORT_DATE", "IS_SUPPLEMENTARY",
    "IO_NAME", "IO_RANK", "PERSON_ID", "NAME", "RELATION", "RELATIVE_NAME", "SEX", "AGE", "CHARGESHEETED", "ARREST_DATE", "BAIL_DATE", "ACCUSED_STATUS",
    "BRIEF_FACTS", "DISPATCH_DATE", "FR_NO", "UNOCCURRED_REASON",
];

/// The police's reports: a row for each accused who is sent to court, one for a case that is closed.
pub(crate) const FINAL_REPORT: Dataset = Dataset {
    contract: "cctns.final_report",
    files: &[("final_report.csv", Form::Csv), ("final_report.xml", Form::Xml("Export", "FinalReport"))],
    columns: REPORT_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["NAME", "RELATIVE_NAME"],
        old_font: &["BRIEF_FACTS"],
        swaps: &[("NAME", "RELATIVE_NAME")],
        spoils: &[("REPORT_TYPE", "closed", "not_in_list"), ("REPORT_DATE", "", "missing_value"), ("AGE", "340", "out_of_range")],
    },
    subjects: total,
    fill: |world, index, sheet| {
        let case = Case::of(world, index);
        let Some((when, outcome)) = report(world, &case) else { return };
        if outcome != Outcome::ChargeSheet {
            let row = closing(world, &case, when, 0, sheet.begin());
            row.put("FR_NO", "FR-");
            serial(row.again(), &case);
            let untraced = outcome == Outcome::Untraced;
            row.put("REPORT_TYPE", if untraced { "अदम पता" } else { "FR Unoccurred" });
            row.put(
                "BRIEF_FACTS",
                if untraced {
                    "अभियुक्त का पता नहीं चला"
                } else {
                    "मामला दीवानी प्रकृति का पाया गया"
                },
            );
            if !untraced {
                row.put("UNOCCURRED_REASON", "दीवानी प्रकृति");
            }
            sheet.end();
            return;
        }
        for member in cast(world, &case).into_iter().filter(|m| m.role == Role::Accused) {
            let row = closing(world, &case, when, member.serial, sheet.begin());
            row.put("CHARGESHEET_NO", "CS-");
            serial(row.again(), &case);
            row.put("REPORT_TYPE", "Chargesheet").put("IS_SUPPLEMENTARY", "N");
            row.put("BRIEF_FACTS", "प्रार्थी की रिपोर्ट पर अनुसंधान किया गया, ")
                .put_more(case.offence.head_hi)
                .put_more(" का अपराध प्रमाणित पाया गया");
            let Some(who) = member.person else {
                sheet.end();
                continue;
            };
            source_id(world, &case, &member, row.at("PERSON_ID"));
            world.name(who).latin(row.at("NAME"));
            people::related(world, who, false, row, ("RELATION", "RELATIVE_NAME"));
            row.put("SEX", people::sex(world, who)).number("AGE", world.age_on(who, when)).put("CHARGESHEETED", "Y");
            if let Some(arrested) = member.arrested {
                row.day("ARREST_DATE", arrested);
            }
            sheet.end();
            told(world, &case, &member, sheet, ("cctns.final_report", "accused", ""));
        }
    },
};

fn closing<'r>(world: &World, case: &Case, when: i64, serial: u64, row: &'r mut Row) -> &'r mut Row {
    whose(world, case, row);
    let (officer, rank) = people::officer(world, case.station, world.seed.at2(Domain::Fir, case.index, 3));
    row.put("PS", world.places.stations[case.station].name).put("REPORT_ID", "R");
    case.registration(world, row.again());
    digits::padded::<2>(row.again(), serial);
    sections(row.at("ACT_SECTION"), case);
    row.day("REPORT_DATE", when).day("DISPATCH_DATE", when + DAY).put("IO_RANK", rank);
    officer.latin(row.at("IO_NAME"));
    row
}

/// `123/2025`
fn serial(out: &mut Vec<u8>, case: &Case) {
    digits::number(out, case.number);
    out.push(b'/');
    digits::number(out, case.year as u64);
}

/// `BNS 331(4); BNS 305(a)`: the offence date decides between the old code and the new.
pub(super) fn sections(out: &mut Vec<u8>, case: &Case) {
    let list = if case.before_bns() { case.offence.old } else { case.offence.new };
    for (i, (act, section)) in list.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(b"; ");
        }
        out.extend_from_slice(act.as_bytes());
        out.push(b' ');
        out.extend_from_slice(section.as_bytes());
    }
}
