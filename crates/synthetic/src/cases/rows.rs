//! Cases as the crime-tracking system exports them: reports, persons in them, arrests, and a later file of corrections.

use super::{Case, Member, Role, cast, count, source_id};
use crate::calendar::{DAY, Moment};
use crate::digits;
use crate::draw::Domain;
use crate::file::{Piece, Plan, Remark, Written};
use crate::names;
use crate::world::{Relation, World};
use crate::{Error, Job};

const FIR: &str = "DISTRICT_CD,DISTRICT,PS_CD,PS,FIR_REG_NUM,FIR_NO,FIR_YEAR,FIR_DATE,ACT_SECTION,OCCURRENCE_FROM,OCCURRENCE_TO,GD_NO,\
INFO_TYPE,PLACE_OF_OCCURRENCE,CRIME_HEAD,CRIME_HEAD_HI,IO_NAME,IO_RANK,STATUS,UPDATED_ON\n";
const PERSON: &str = "PERSON_ID,FIR_REG_NUM,PS_CD,FIR_NO,FIR_YEAR,ROLE,NAME,NAME_HI,ALIAS,RELATION,RELATIVE_NAME,RELATIVE_NAME_HI,SEX,\
DATE_OF_BIRTH,YEAR_OF_BIRTH,AGE,NATIONALITY,OCCUPATION,MOBILE,VILLAGE,VILLAGE_HI,THANA,DISTRICT,FIR_DATE,ACT_SECTION,UPDATED_ON\n";
const ARREST: &str = "ARREST_ID,PERSON_ID,FIR_REG_NUM,PS_CD,FIR_NO,FIR_YEAR,ACCUSED_CODE,NAME,NAME_HI,RELATION,RELATIVE_NAME,SEX,AGE,\
ARREST_DATE,PLACE_OF_ARREST,ACT_SECTION,ARREST_STATUS\n";

const CASES_A_SHARD: u64 = 4_096;
/// One case in so many is in the file of corrections.
const CORRECTED: u64 = 40;

type Fill = fn(&World, &Case, bool, &mut Piece);

pub(crate) fn write(job: &Job<'_>) -> Result<Vec<Written>, Error> {
    let mut files: Vec<(&str, &'static str, &str, Fill)> = vec![
        ("cctns.fir/fir.csv", "cctns.fir", FIR, reports),
        ("cctns.person/person.csv", "cctns.person", PERSON, persons),
        ("cctns.arrest/arrest.csv", "cctns.arrest", ARREST, arrests),
    ];
    if job.options.mess {
        files.push(("cctns.fir/fir_corrections.csv", "cctns.fir", FIR, corrections));
    }
    files.into_iter().map(|(file, contract, head, fill)| file_of(job, file, contract, head, fill)).collect()
}

fn file_of(job: &Job<'_>, file: &str, contract: &'static str, head: &str, fill: Fill) -> Result<Written, Error> {
    let (world, mess, cases) = (job.world, job.options.mess, count(job.world));
    let shards = cases.div_ceil(CASES_A_SHARD) as usize;
    let plan = Plan { out: &job.options.out, file: file.into(), contract, head: head.into(), shards, threads: job.threads };
    plan.write(
        job.progress,
        |shard, piece| {
            let first = shard as u64 * CASES_A_SHARD;
            for index in first..(first + CASES_A_SHARD).min(cases) {
                fill(world, &Case::of(world, index), mess, piece);
            }
        },
        |_| Vec::new(),
    )
}

fn reports(world: &World, case: &Case, mess: bool, piece: &mut Piece) {
    let begin = piece.bytes.len();
    let random = world.seed.at2(Domain::Fir, case.index, 2);
    let status = STATUSES[(random % 8) as usize];
    report(world, case, status, case.registered + DAY, piece);
    if mess {
        let end = piece.bytes.len();
        match case.index % 2_000 {
            3 => piece.spoilt(begin, end, 7, "31/02/2025 10:00", Remark::Reject { code: "bad_format", column: "FIR_DATE" }),
            5 => piece.spoilt(begin, end, 4, "", Remark::Reject { code: "key_missing", column: "FIR_REG_NUM" }),
            7 => repeat(piece, begin, end),
            _ => {}
        }
    }
}

/// The later file: the case has moved on.
fn corrections(world: &World, case: &Case, _mess: bool, piece: &mut Piece) {
    if case.index % CORRECTED == 1 {
        report(world, case, "Charge Sheeted", case.registered + 95 * DAY, piece);
        piece.remark(Remark::Correction);
    }
}

const STATUSES: [&str; 8] = [
    "Under Investigation",
    "Under Investigation",
    "Under Investigation",
    "Charge Sheeted",
    "Charge Sheeted",
    "Final Report (Untraced)",
    "Final Report (No Offence)",
    "Pending Trial",
];
const RANKS: [&str; 4] = ["SI", "ASI", "HC", "INSPECTOR"];
const OCCUPATIONS: [&str; 8] =
    ["Farmer", "Labourer", "Shopkeeper", "Driver", "Student", "Housewife", "Private Service", "Government Service"];

fn report(world: &World, case: &Case, status: &str, updated: i64, piece: &mut Piece) {
    let (station, random, out) =
        (&world.places.stations[case.station], world.seed.at2(Domain::Fir, case.index, 3), &mut piece.bytes);
    texts(out, &[station.district.code, station.district.name, station.code, station.name]);
    case.registration(world, out);
    out.push(b',');
    digits::padded::<4>(out, case.number);
    out.push(b',');
    digits::number(out, case.year as u64);
    out.push(b',');
    minute(out, case.registered);
    out.push(b',');
    sections(out, case);
    out.push(b',');
    minute(out, case.from);
    out.push(b',');
    minute(out, case.to);
    out.push(b',');
    digits::padded::<3>(out, 1 + random % 60);
    out.extend_from_slice(if random >> 8 & 1 == 0 { b",Written,\"" } else { b",Oral,\"" });
    out.extend_from_slice(case.place(world).1.as_bytes());
    out.extend_from_slice(b", ");
    out.extend_from_slice(station.name.as_bytes());
    out.extend_from_slice(b"\",");
    texts(out, &[case.offence.head, case.offence.head_hi]);
    // The officer of a station and year is a small circle of names, not people of the state.
    let officer = (1 << 41) + case.station as u64 * 8 + random % 8;
    names::FullName {
        given: names::given(world.seed, officer, Domain::Given, false),
        surname: names::surname(world.seed, officer),
    }
    .latin(out);
    out.push(b',');
    texts(out, &[RANKS[(officer % 4) as usize], status]);
    minute(out, updated);
    out.push(b'\n');
    piece.rows += 1;
}

fn persons(world: &World, case: &Case, mess: bool, piece: &mut Piece) {
    for member in cast(world, case) {
        let begin = piece.bytes.len();
        person(world, case, &member, &mut piece.bytes);
        piece.rows += 1;
        if mess && member.serial == 1 {
            let end = piece.bytes.len();
            match case.index % 2_000 {
                11 => piece.spoilt(begin, end, 5, "bystander", Remark::Reject { code: "not_in_list", column: "ROLE" }),
                13 => piece.spoilt(begin, end, 18, "7.00E+09", Remark::Reject { code: "scientific_notation", column: "MOBILE" }),
                17 => repeat(piece, begin, end),
                _ => {}
            }
        }
    }
}

fn person(world: &World, case: &Case, member: &Member, out: &mut Vec<u8>) {
    source_id(world, case, member, out);
    out.push(b',');
    case.registration(world, out);
    out.push(b',');
    texts(out, &[world.places.stations[case.station].code]);
    digits::padded::<4>(out, case.number);
    out.push(b',');
    digits::number(out, case.year as u64);
    out.push(b',');
    texts(out, &[member.role.word()]);
    let Some(person) = member.person else {
        out.extend_from_slice("Unknown,अज्ञात,,,,,U,,,,,,,,,,,".as_bytes());
        ending(out, case);
        return;
    };
    let name = world.name(person);
    let random = world.seed.at2(Domain::Cast, case.index, member.serial);
    // Every third clerk spells otherwise.
    if random.is_multiple_of(3) {
        name.latin_variant(out)
    } else {
        name.latin(out)
    }
    out.push(b',');
    name.hindi(out);
    out.push(b',');
    if member.role == Role::Accused && random >> 4 & 7 == 0 {
        out.extend_from_slice(ALIASES[(world.seed.at(Domain::Given, person) >> 40) as usize % ALIASES.len()].as_bytes());
    }
    out.push(b',');
    relative(world, person, true, out);
    texts(out, &[if world.female(person) { "F" } else { "M" }]);
    birth(world, person, case.registered, random >> 8, out);
    let home = &world.places.stations[world.station(person)];
    texts(out, &["INDIA", OCCUPATIONS[(world.seed.at(Domain::Occupation, person) % 8) as usize]]);
    // Witnesses often leave no number.
    if member.role != Role::Witness || random >> 16 & 1 == 0 {
        digits::padded::<10>(out, world.number(person));
    }
    let village = world.village(person);
    out.push(b',');
    texts(out, &[village.1, village.0, home.name, home.district.name]);
    ending(out, case);
}

/// The fields every person record ends with: those of its report, without which nobody could tell whose identity the law seals.
fn ending(out: &mut Vec<u8>, case: &Case) {
    minute(out, case.registered);
    out.push(b',');
    sections(out, case);
    out.push(b',');
    minute(out, case.registered + DAY);
    out.push(b'\n');
}

const ALIASES: [&str; 8] = ["Kalu", "Pappu", "Bablu", "Guddu", "Raju", "Sonu", "Monu", "Chhotu"];

/// Relation, relative's name and, where asked for, the name in Hindi; each followed by a comma.
fn relative(world: &World, person: u64, hindi: bool, out: &mut Vec<u8>) {
    let (relation, given) = world.relative(person);
    let name = names::FullName { given, surname: world.name(person).surname };
    texts(out, &[if relation == Relation::Father { "Father" } else { "Husband" }]);
    name.latin(out);
    out.push(b',');
    if hindi {
        name.hindi(out);
        out.push(b',');
    }
}

/// Date of birth, year of birth and age: mostly only the age is known; each field followed by a comma.
fn birth(world: &World, person: u64, on: i64, random: u64, out: &mut Vec<u8>) {
    let born = Moment::of(world.birth(person));
    match random % 10 {
        0..2 => {
            digits::day_slash(out, &born);
            out.push(b',');
            digits::number(out, born.year.into());
            out.push(b',');
        }
        2..4 => {
            out.push(b',');
            digits::number(out, born.year.into());
            out.push(b',');
        }
        _ => out.extend_from_slice(b",,"),
    }
    // Stated ages lean to round numbers.
    let age = world.age_on(person, on);
    digits::number(out, if random >> 8 & 3 == 0 { (age + 2) / 5 * 5 } else { age });
    out.push(b',');
}

fn arrests(world: &World, case: &Case, mess: bool, piece: &mut Piece) {
    let mut code = 0;
    for member in cast(world, case) {
        code += u64::from(member.role == Role::Accused);
        let (Some(person), Some(when)) = (member.person, member.arrested) else { continue };
        let begin = piece.bytes.len();
        arrest(world, case, &member, (person, when, code), &mut piece.bytes);
        piece.rows += 1;
        if mess && case.index % 1_000 < 2 {
            let end = piece.bytes.len();
            match case.index % 1_000 {
                0 => {
                    piece.spoilt(begin, end, 13, "00/13/2025 10:00", Remark::Reject { code: "bad_format", column: "ARREST_DATE" })
                }
                _ => repeat(piece, begin, end),
            }
        }
    }
}

fn arrest(world: &World, case: &Case, member: &Member, (person, when, code): (u64, i64, u64), out: &mut Vec<u8>) {
    out.push(b'A');
    source_id(world, case, member, out);
    out.push(b',');
    source_id(world, case, member, out);
    out.push(b',');
    case.registration(world, out);
    out.push(b',');
    texts(out, &[world.places.stations[case.station].code]);
    digits::padded::<4>(out, case.number);
    out.push(b',');
    digits::number(out, case.year as u64);
    out.extend_from_slice(b",A");
    digits::number(out, code);
    out.push(b',');
    world.name(person).latin(out);
    out.push(b',');
    world.name(person).hindi(out);
    out.push(b',');
    relative(world, person, false, out);
    texts(out, &[if world.female(person) { "F" } else { "M" }]);
    digits::number(out, world.age_on(person, when));
    out.push(b',');
    minute(out, when);
    out.push(b',');
    texts(out, &[world.village(person).1]);
    sections(out, case);
    let status = ["Judicial Custody", "Police Custody", "Bailed by Police"]
        [(world.seed.at2(Domain::Arrest, case.index, code) % 3) as usize];
    out.push(b',');
    out.extend_from_slice(status.as_bytes());
    out.push(b'\n');
}

fn repeat(piece: &mut Piece, begin: usize, end: usize) {
    piece.bytes.extend_from_within(begin..end);
    piece.rows += 1;
    piece.remark(Remark::Duplicate);
}

/// Each text followed by a comma.
fn texts(out: &mut Vec<u8>, texts: &[&str]) {
    for text in texts {
        out.extend_from_slice(text.as_bytes());
        out.push(b',');
    }
}

/// `10/03/2026 16:10`
fn minute(out: &mut Vec<u8>, second: i64) {
    let moment = Moment::of(second);
    digits::day_slash(out, &moment);
    out.push(b' ');
    digits::minutes(out, &moment);
}

/// `BNS 331(4); BNS 305(a)`: the offence date decides between the old code and the new.
fn sections(out: &mut Vec<u8>, case: &Case) {
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
