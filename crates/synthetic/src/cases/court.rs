//! What courts and prisons write about the accused: hearings, judgments, appeals, admissions and releases.

use super::rows::{arrested, sections, told, whose};
use super::{Case, course, key, report, source_id, today, total};
use crate::calendar::{DAY, Moment};
use crate::digits;
use crate::draw::Domain;
use crate::mess::{self, Mess};
use crate::people;
use crate::sheet::{Dataset, Form, Mention};
use crate::world::World;

/// `Judicial Magistrate Court No. 2, Ajmer`
pub(super) fn court(world: &World, case: &Case, out: &mut Vec<u8>) {
    out.extend_from_slice(b"Judicial Magistrate Court No. ");
    digits::number(out, 1 + case.station as u64 % 4);
    out.extend_from_slice(b", ");
    out.extend_from_slice(world.places.stations[case.station].district.name.as_bytes());
}

/// Case number record: four letters of the court, two digits of it, six of the case, the year.
fn cnr(world: &World, case: &Case, out: &mut Vec<u8>) {
    out.extend_from_slice(b"RJ");
    out.extend(
        world.places.stations[case.station]
            .district
            .name
            .bytes()
            .filter(u8::is_ascii_alphabetic)
            .take(2)
            .map(|b| b.to_ascii_uppercase()),
    );
    digits::padded::<2>(out, 1 + case.station as u64 % 4);
    digits::padded::<6>(out, case.index % 1_000_000);
    digits::padded::<4>(out, case.year as u64);
}

fn case_number(case: &Case, out: &mut Vec<u8>) {
    out.extend_from_slice(b"CC/");
    digits::number(out, case.index + 1);
    out.push(b'/');
    digits::number(out, case.year as u64);
}

#[rustfmt::skip]
const HEARING_COLUMNS: &[&str] = &[
    "HEARING_ID", "CNR_NO", "CASE_NO", "COURT_NAME", "HEARING_DATE", "PURPOSE", "BUSINESS", "NEXT_DATE", "STAGE", "FIR_REG_NUM", "PS_CD", "FIR_NO", "FIR_YEAR",
];

/// Hearings of the cases that went to court, some two months apart.
pub(crate) const HEARING: Dataset = Dataset {
    contract: "court.hearing",
    files: &[("hearing.csv", Form::Csv), ("hearing.xml", Form::Xml("Export", "Hearing"))],
    columns: HEARING_COLUMNS,
    json: &[],
    mess: Mess {
        old_font: &["BUSINESS"],
        spoils: &[("CNR_NO", "RJ", "pattern"), ("HEARING_DATE", "soon", "bad_format"), ("COURT_NAME", "", "missing_value")],
        ..mess::NONE
    },
    subjects: total,
    fill: |world, index, sheet| {
        const STEPS: [(&str, &str, &str); 4] = [
            ("Cognizance", "Appearance", "अभियुक्त की तलबी हेतु समन जारी हो"),
            ("Framing of charge", "Charge", "आरोप विरचित किये गये"),
            ("Prosecution evidence", "Evidence", "गवाह उपस्थित नहीं, आगामी पेशी दी गई"),
            ("Arguments", "Arguments", "बहस सुनी गई"),
        ];
        let case = Case::of(world, index);
        let Some((reported, super::course::Outcome::ChargeSheet)) = report(world, &case) else { return };
        for (n, (purpose, stage, business)) in (0..).zip(STEPS) {
            let when = reported + (14 + n * 61) * DAY;
            if when >= today() {
                break;
            }
            let row = sheet.begin();
            row.put("HEARING_ID", "H");
            case.registration(world, row.again());
            digits::number(row.again(), n as u64);
            cnr(world, &case, row.at("CNR_NO"));
            case_number(&case, row.at("CASE_NO"));
            court(world, &case, row.at("COURT_NAME"));
            row.day("HEARING_DATE", when)
                .put("PURPOSE", purpose)
                .put("BUSINESS", business)
                .day("NEXT_DATE", when + 61 * DAY)
                .put("STAGE", stage);
            whose(world, &case, row);
            sheet.end();
        }
    },
};

#[rustfmt::skip]
const DISPOSAL_COLUMNS: &[&str] = &[
    "FIR_REG_NUM", "PS_CD", "PS", "FIR_NO", "FIR_YEAR", "DISPOSAL_ID", "COURT_NAME", "CC_NO", "CNR_NO", "CHARGE_DATE", "JUDGMENT_DATE", "PERSON_ID",
    "ACCUSED_CODE", "NAME", "RELATION", "RELATIVE_NAME", "RESULT", "CONVICTED_SECTIONS", "SENTENCE_TYPE", "SENTENCE_MONTHS", "FINE",
];

pub(crate) const DISPOSAL: Dataset = Dataset {
    contract: "cctns.disposal",
    files: &[("disposal.csv", Form::Csv)],
    columns: DISPOSAL_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["NAME", "RELATIVE_NAME"],
        swaps: &[("NAME", "RELATIVE_NAME")],
        spoils: &[("RESULT", "dismissed", "not_in_list"), ("COURT_NAME", "", "missing_value"), ("CNR_NO", "12", "pattern")],
        ..mess::NONE
    },
    subjects: total,
    fill: |world, index, sheet| {
        let case = Case::of(world, index);
        for (member, who, code) in arrested(world, &case) {
            let Some((when, result)) = course(world, &case, &member, code).and_then(|c| c.judged) else { continue };
            let row = sheet.begin();
            whose(world, &case, row);
            row.put("PS", world.places.stations[case.station].name).put("DISPOSAL_ID", "D");
            source_id(world, &case, &member, row.again());
            court(world, &case, row.at("COURT_NAME"));
            case_number(&case, row.at("CC_NO"));
            cnr(world, &case, row.at("CNR_NO"));
            row.day("CHARGE_DATE", when - 50 * DAY).day("JUDGMENT_DATE", when);
            source_id(world, &case, &member, row.at("PERSON_ID"));
            row.put("ACCUSED_CODE", "A");
            digits::number(row.again(), code);
            world.name(who).latin(row.at("NAME"));
            people::related(world, who, false, row, ("RELATION", "RELATIVE_NAME"));
            row.put("RESULT", result);
            if result == "Convicted" {
                sections(row.at("CONVICTED_SECTIONS"), &case);
                let random = world.seed.at2(Domain::Course, index, code);
                row.put("SENTENCE_TYPE", "Imprisonment")
                    .number("SENTENCE_MONTHS", 3 + random % 34)
                    .number("FINE", 500 * (1 + random % 20));
            }
            sheet.end();
            told(world, &case, &member, sheet, ("cctns.disposal", "accused", ""));
        }
    },
};

#[rustfmt::skip]
const APPEAL_COLUMNS: &[&str] = &[
    "FIR_REG_NUM", "PS_CD", "PS", "FIR_NO", "FIR_YEAR", "APPEAL_ID", "DISPOSAL_ID", "APPELLATE_COURT", "APPEAL_NO", "APPELLANT", "FILED_DATE",
    "DECIDED_DATE", "RESULT", "NEW_SENTENCE",
];

/// Two convicts in three appeal.
pub(crate) const APPEAL: Dataset = Dataset {
    contract: "cctns.appeal",
    files: &[("appeal.csv", Form::Csv)],
    columns: APPEAL_COLUMNS,
    json: &[],
    mess: Mess { spoils: &[("RESULT", "allowed", "not_in_list"), ("APPEAL_NO", "", "missing_value")], ..mess::NONE },
    subjects: total,
    fill: |world, index, sheet| {
        let case = Case::of(world, index);
        for (member, _, code) in arrested(world, &case) {
            let Some((when, "Convicted")) = course(world, &case, &member, code).and_then(|c| c.judged) else { continue };
            let (random, filed) = (world.seed.at2(Domain::Course, index, code + 16), when + 40 * DAY);
            if random % 3 == 0 || filed >= today() {
                continue;
            }
            let row = sheet.begin();
            whose(world, &case, row);
            row.put("PS", world.places.stations[case.station].name).put("APPEAL_ID", "AP");
            source_id(world, &case, &member, row.again());
            row.put("DISPOSAL_ID", "D");
            source_id(world, &case, &member, row.again());
            row.put("APPELLATE_COURT", "Sessions Court, ").put_more(world.places.stations[case.station].district.name);
            row.put("APPEAL_NO", "CRA/").number_more(index + 1).put_more("/").number_more(Moment::of(filed).year.into());
            row.put("APPELLANT", "Accused").day("FILED_DATE", filed);
            let decided = filed + 120 * DAY;
            if decided < today() {
                row.day("DECIDED_DATE", decided).put("RESULT", ["Upheld", "Modified", "Reversed"][(random >> 8) as usize % 3]);
            }
            sheet.end();
        }
    },
};

#[rustfmt::skip]
const ADMISSION_COLUMNS: &[&str] = &[
    "ADMISSION_NO", "PRISONER_NO", "PRISON", "NAME", "RELATION", "RELATIVE_NAME", "SEX", "AGE", "ADDRESS", "ALIAS", "ADMISSION_DATE", "CATEGORY",
    "WARRANT_NO", "COURT", "FIR_REG_NUM", "PS_CD", "FIR_NO", "FIR_YEAR", "ACT_SECTION",
];

/// The prison of the district, in Hindi in half of the registers.
fn prison(world: &World, case: &Case, out: &mut Vec<u8>) {
    let district = world.places.stations[case.station].district;
    if case.station.is_multiple_of(2) {
        out.extend_from_slice("जिला कारागृह ".as_bytes());
        out.extend_from_slice(district.name_hi.as_bytes());
    } else {
        out.extend_from_slice(b"District Jail, ");
        out.extend_from_slice(district.name.as_bytes());
    }
}

pub(crate) const ADMISSION: Dataset = Dataset {
    contract: "prison.admission",
    files: &[("admission.csv", Form::Csv), ("admission.json", Form::Json("admission"))],
    columns: ADMISSION_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["NAME", "RELATIVE_NAME"],
        old_font: &["NAME", "RELATIVE_NAME", "PRISON", "ADDRESS"],
        swaps: &[("NAME", "RELATIVE_NAME")],
        spoils: &[
            ("ADMISSION_NO", "", "key_missing"),
            ("PRISONER_NO", "", "missing_value"),
            ("ADMISSION_DATE", "1303/2025", "bad_format"),
        ],
    },
    subjects: total,
    fill: |world, index, sheet| {
        let case = Case::of(world, index);
        for (member, who, code) in arrested(world, &case) {
            let Some((when, _)) = course(world, &case, &member, code).and_then(|c| c.prison) else { continue };
            let hindi = case.station.is_multiple_of(2);
            let row = sheet.begin();
            row.put("ADMISSION_NO", "AD");
            source_id(world, &case, &member, row.again());
            row.put("PRISONER_NO", "P").number_more(who);
            prison(world, &case, row.at("PRISON"));
            if hindi {
                world.name(who).hindi(row.at("NAME"));
                people::address_hindi(world, who, row.at("ADDRESS"));
            } else {
                people::latin(world, who, index, row.at("NAME"));
                people::address(world, who, row.at("ADDRESS"));
            }
            people::related(world, who, hindi, row, ("RELATION", "RELATIVE_NAME"));
            row.put("SEX", people::sex(world, who)).number("AGE", people::age(world, who, when, index));
            row.put("ALIAS", people::alias(world.seed.at2(Domain::Course, index, code)).unwrap_or_default());
            row.minute("ADMISSION_DATE", when).put("CATEGORY", if hindi { "विचाराधीन" } else { "Under trial" });
            row.put("WARRANT_NO", "W").number_more(index);
            court(world, &case, row.at("COURT"));
            whose(world, &case, row);
            sections(row.at("ACT_SECTION"), &case);
            sheet.end();
            let id = format!("P{who}");
            let m = Mention {
                person: who,
                role: "prisoner",
                contract: "prison.admission",
                id: id.as_bytes(),
                fir: &key(world, &case),
                system: "prison",
            };
            sheet.mention(&m);
        }
    },
};

#[rustfmt::skip]
const RELEASE_COLUMNS: &[&str] =
    &["RELEASE_NO", "PRISONER_NO", "PRISON", "ADMISSION_NO", "NAME", "RELEASE_DATE", "REASON", "COURT", "ORDER_NO"];

pub(crate) const RELEASE: Dataset = Dataset {
    contract: "prison.release",
    files: &[("release.csv", Form::Csv)],
    columns: RELEASE_COLUMNS,
    json: &[],
    mess: Mess {
        old_font: &["PRISON"],
        spoils: &[("REASON", "gone", "not_in_list"), ("RELEASE_NO", "", "key_missing"), ("PRISON", "", "missing_value")],
        ..mess::NONE
    },
    subjects: total,
    fill: |world, index, sheet| {
        let case = Case::of(world, index);
        for (member, who, code) in arrested(world, &case) {
            let Some(course) = course(world, &case, &member, code) else { continue };
            let Some((_, Some(when))) = course.prison else { continue };
            let row = sheet.begin();
            row.put("RELEASE_NO", "RL");
            source_id(world, &case, &member, row.again());
            row.put("PRISONER_NO", "P").number_more(who);
            prison(world, &case, row.at("PRISON"));
            row.put("ADMISSION_NO", "AD");
            source_id(world, &case, &member, row.again());
            world.name(who).latin(row.at("NAME"));
            row.minute("RELEASE_DATE", when);
            row.put("REASON", if course.bailed == Some(when) { "Bail" } else { "End of sentence" });
            court(world, &case, row.at("COURT"));
            row.put("ORDER_NO", "O").number_more(index);
            sheet.end();
        }
    },
};
