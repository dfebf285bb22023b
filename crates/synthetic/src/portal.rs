//! What citizens bring to the portal: complaints, lost articles, tenants and servants to verify, and what they thought of it; and people who are missing.

use crate::calendar::{DAY, midnight};
use crate::cases::today;
use crate::digits;
use crate::draw::{Domain, scale};
use crate::mess::{self, Mess};
use crate::people;
use crate::sheet::{Dataset, Form, Mention, Row};
use crate::world::{OUTSIDE_NUMBER, World, imei};

/// A second of the last twenty months, by day.
fn when(random: u64) -> i64 {
    let days = (today() - midnight(2025, 3, 1)) / DAY - 1;
    midnight(2025, 3, 1) + scale(random, days as u64) as i64 * DAY + 9 * 3_600 + (random & 0x7FFF) as i64
}

fn station(world: &World, who: u64, row: &mut Row) {
    let station = &world.places.stations[world.station(who)];
    row.put("PS_CD", station.code).put("PS", station.name);
}

fn email(who: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"citizen");
    digits::number(out, who);
    out.extend_from_slice(b"@example.org");
}

#[rustfmt::skip]
const COMPLAINT_COLUMNS: &[&str] = &[
    "COMPLAINT_NO", "SUBMITTED_ON", "PS_CD", "PS", "CATEGORY", "APPLICANT_NAME", "APPLICANT_MOBILE", "APPLICANT_EMAIL", "SUBJECT", "DESCRIPTION",
    "AGAINST_MOBILE", "STATUS", "DISPOSED_ON",
];

pub(crate) const COMPLAINT: Dataset = Dataset {
    contract: "portal.complaint",
    files: &[("complaint.csv", Form::Csv), ("complaint.json", Form::Json("complaint"))],
    columns: COMPLAINT_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["APPLICANT_NAME"],
        old_font: &["APPLICANT_NAME", "DESCRIPTION"],
        spoils: &[("COMPLAINT_NO", "", "key_missing"), ("SUBMITTED_ON", "x", "bad_format"), ("CATEGORY", "", "missing_value")],
        ..mess::NONE
    },
    subjects: |world| world.persons.div_ceil(5),
    fill: |world, n, sheet| {
        const MATTERS: [(&str, &str, &str); 6] = [
            ("Fraud", "UPI fraud", "मेरे खाते से किसी ने रुपये निकाल लिये"),
            ("झगड़ा", "Quarrel with neighbour", "पड़ोसी आये दिन झगड़ा करता है"),
            ("Theft", "Cycle stolen", "मेरी साइकिल बाजार से चोरी हो गई"),
            ("Noise", "Loudspeaker at night", "देर रात तक तेज आवाज में डीजे बजता है"),
            ("Land", "Boundary dispute", "मेरे खेत की मेड़ तोड़ दी गई"),
            ("Harassment", "Unknown calls", "अज्ञात नंबर से बार बार फोन आते हैं"),
        ];
        let random = world.seed.at(Domain::Portal, n);
        let who = scale(random, world.persons);
        let (on, matter) = (when(random.rotate_left(20)), MATTERS[(random >> 3) as usize % MATTERS.len()]);
        let row = sheet.begin();
        row.put("COMPLAINT_NO", "PC")
            .number_more(n + 1)
            .minute("SUBMITTED_ON", on)
            .put("CATEGORY", matter.0)
            .put("SUBJECT", matter.1);
        station(world, who, row);
        people::either(world, who, random, row.at("APPLICANT_NAME"));
        digits::padded::<10>(row.at("APPLICANT_MOBILE"), world.number(who));
        if random >> 6 & 3 == 0 {
            email(who, row.at("APPLICANT_EMAIL"));
        }
        row.put("DESCRIPTION", matter.2);
        if matches!(matter.0, "Fraud" | "Harassment") {
            digits::padded::<10>(row.at("AGAINST_MOBILE"), OUTSIDE_NUMBER + (random >> 30) % 900_000);
        }
        let done = on + 21 * DAY;
        if random >> 5 & 1 == 0 && done < today() {
            row.put("STATUS", "निस्तारित").day("DISPOSED_ON", done);
        } else {
            row.put("STATUS", "Pending");
        }
        sheet.end();
        let id = format!("complaint-PC{}", n + 1);
        sheet.mention(&Mention {
            person: who,
            role: "complainant",
            contract: "portal.complaint",
            id: id.as_bytes(),
            fir: b"",
            system: "portal",
        });
    },
};

#[rustfmt::skip]
const LOST_COLUMNS: &[&str] = &[
    "REPORT_NO", "REPORTED_ON", "APPLICANT_NAME", "MOBILE", "ARTICLE_TYPE", "DESCRIPTION", "IMEI", "LOST_MOBILE", "LOST_ON", "LOST_PLACE", "PS_CD", "PS",
    "DOCUMENT_TYPE", "DOCUMENT_NO",
];

pub(crate) const LOST: Dataset = Dataset {
    contract: "portal.lost",
    files: &[("lost.csv", Form::Csv)],
    columns: LOST_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["APPLICANT_NAME"],
        old_font: &["LOST_PLACE", "DESCRIPTION"],
        spoils: &[("REPORT_NO", "", "key_missing"), ("IMEI", "12", "bad_format"), ("ARTICLE_TYPE", "", "missing_value")],
        ..mess::NONE
    },
    subjects: |world| world.persons.div_ceil(12),
    fill: |world, n, sheet| {
        let random = world.seed.at(Domain::Portal, 1 << 40 | n);
        let (who, on) = (scale(random, world.persons), when(random.rotate_left(20)));
        let row = sheet.begin();
        row.put("REPORT_NO", "LA")
            .number_more(n + 1)
            .minute("REPORTED_ON", on)
            .minute("LOST_ON", on - 3_600 * (1 + random as i64 % 30).abs());
        people::either(world, who, random, row.at("APPLICANT_NAME"));
        digits::padded::<10>(row.at("MOBILE"), world.number(who));
        row.put("LOST_PLACE", world.village(who).0);
        station(world, who, row);
        match random >> 7 & 3 {
            0 => {
                row.put("ARTICLE_TYPE", "दस्तावेज़").put("DOCUMENT_TYPE", "VOTER ID").put("DOCUMENT_NO", "TST");
                digits::padded::<7>(row.again(), who);
            }
            1 => _ = row.put("ARTICLE_TYPE", "Cash").put("DESCRIPTION", "काले रंग का पर्स मय नकदी"),
            _ => {
                row.put("ARTICLE_TYPE", "Mobile").put("DESCRIPTION", "मोबाइल फोन कहीं गिर गया");
                imei(row.at("IMEI"), world.handset(who, on));
                digits::padded::<10>(row.at("LOST_MOBILE"), world.number(who));
            }
        }
        sheet.end();
    },
};

#[rustfmt::skip]
const VERIFICATION_COLUMNS: &[&str] = &[
    "REQUEST_NO", "REQUESTED_ON", "VERIFICATION_TYPE", "APPLICANT_NAME", "APPLICANT_MOBILE", "SUBJECT_NAME", "SUBJECT_RELATION", "SUBJECT_RELATIVE_NAME",
    "SUBJECT_SEX", "SUBJECT_AGE", "SUBJECT_ADDRESS", "SUBJECT_MOBILE", "PERMANENT_ADDRESS", "ID_TYPE", "ID_NO", "STAY_FROM", "PS_CD", "PS", "RESULT",
    "VERIFIED_ON",
];

/// Tenants and servants who live away from home, asked about by who takes them in.
pub(crate) const VERIFICATION: Dataset = Dataset {
    contract: "portal.verification",
    files: &[("verification.csv", Form::Csv), ("verification.xml", Form::Xml("Export", "Verification"))],
    columns: VERIFICATION_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["SUBJECT_NAME", "SUBJECT_RELATIVE_NAME", "APPLICANT_NAME"],
        old_font: &["SUBJECT_NAME", "SUBJECT_RELATIVE_NAME", "SUBJECT_ADDRESS"],
        swaps: &[("SUBJECT_NAME", "SUBJECT_RELATIVE_NAME")],
        spoils: &[
            ("VERIFICATION_TYPE", "passport", "not_in_list"),
            ("SUBJECT_NAME", "", "missing_value"),
            ("REQUESTED_ON", "never", "bad_format"),
        ],
    },
    subjects: |world| world.persons.div_ceil(10) * 3,
    fill: |world, n, sheet| {
        let random = world.seed.at(Domain::Portal, 2 << 40 | n);
        let (who, host) = (scale(random, world.persons), scale(random.rotate_left(32), world.persons));
        let (on, hindi) = (when(random.rotate_left(20)), random >> 8 & 1 == 0);
        let row = sheet.begin();
        row.put("REQUEST_NO", "TV").number_more(n + 1).minute("REQUESTED_ON", on);
        row.put("VERIFICATION_TYPE", ["Tenant", "किरायेदार", "घरेलू सहायक", "Driver"][(random >> 3 & 3) as usize]);
        people::latin(world, host, random >> 2, row.at("APPLICANT_NAME"));
        digits::padded::<10>(row.at("APPLICANT_MOBILE"), world.number(host));
        people::either(world, who, random, row.at("SUBJECT_NAME"));
        people::related(world, who, hindi, row, ("SUBJECT_RELATION", "SUBJECT_RELATIVE_NAME"));
        row.put("SUBJECT_SEX", people::sex(world, who)).number("SUBJECT_AGE", people::age(world, who, on, random));
        if hindi {
            people::address_hindi(world, host, row.at("SUBJECT_ADDRESS"))
        } else {
            people::address(world, host, row.at("SUBJECT_ADDRESS"))
        }
        digits::padded::<10>(row.at("SUBJECT_MOBILE"), world.number(who));
        people::address(world, who, row.at("PERMANENT_ADDRESS"));
        row.put("ID_TYPE", "VOTER ID").put("ID_NO", "TST");
        digits::padded::<7>(row.again(), who);
        row.day("STAY_FROM", on - 20 * DAY);
        station(world, host, row);
        if !random.is_multiple_of(4) && on + 9 * DAY < today() {
            row.put("RESULT", "Verified").day("VERIFIED_ON", on + 9 * DAY);
        }
        sheet.end();
        let id = format!("verification-TV{}", n + 1);
        sheet.mention(&Mention {
            person: who,
            role: "verified",
            contract: "portal.verification",
            id: id.as_bytes(),
            fir: b"",
            system: "portal",
        });
    },
};

const FEEDBACK_COLUMNS: &[&str] = &["FEEDBACK_ID", "GIVEN_ON", "SERVICE", "REFERENCE_NO", "RATING", "COMMENT", "PS_CD"];

pub(crate) const FEEDBACK: Dataset = Dataset {
    contract: "portal.feedback",
    files: &[("feedback.csv", Form::Csv)],
    columns: FEEDBACK_COLUMNS,
    json: &[],
    mess: Mess {
        old_font: &["COMMENT"],
        spoils: &[("RATING", "9", "out_of_range"), ("RATING", "good", "bad_type"), ("FEEDBACK_ID", "", "key_missing")],
        ..mess::NONE
    },
    subjects: |world| world.persons.div_ceil(40),
    fill: |world, n, sheet| {
        const WORDS: [(&str, u64); 4] =
            [("बहुत देर लगी", 2), ("धन्यवाद, काम जल्दी हो गया", 5), ("कर्मचारी ने अच्छे से बात की", 4), ("कोई जवाब नहीं मिला", 1)];
        let random = world.seed.at(Domain::Portal, 3 << 40 | n);
        let (words, rating) = WORDS[(random >> 4 & 3) as usize];
        let row = sheet.begin();
        row.put("FEEDBACK_ID", "F").number_more(n + 1).minute("GIVEN_ON", when(random)).put("SERVICE", "Complaint");
        row.put("REFERENCE_NO", "PC").number_more(1 + n).number("RATING", rating).put("COMMENT", words);
        row.put("PS_CD", world.places.stations[world.station(scale(random, world.persons))].code);
        sheet.end();
    },
};

#[rustfmt::skip]
const MISSING_COLUMNS: &[&str] = &[
    "MP_REG_NO", "PS_CD", "PS", "REPORT_DATE", "MISSING_DATE", "NAME", "RELATION", "RELATIVE_NAME", "SEX", "AGE", "ADDRESS", "VILLAGE", "INFORMANT_NAME",
    "INFORMANT_MOBILE", "CLOTHES", "HEIGHT_CM", "FOUND_STATUS", "FOUND_DATE",
];

pub(crate) const MISSING: Dataset = Dataset {
    contract: "cctns.missing",
    files: &[("missing.csv", Form::Csv)],
    columns: MISSING_COLUMNS,
    json: &[],
    mess: Mess {
        slips: &["INFORMANT_NAME"],
        old_font: &["NAME", "RELATIVE_NAME", "CLOTHES"],
        spoils: &[("MP_REG_NO", "", "key_missing"), ("REPORT_DATE", "", "missing_value"), ("SEX", "?", "bad_format")],
        ..mess::NONE
    },
    subjects: |world| world.persons.div_ceil(400),
    fill: |world, n, sheet| {
        let random = world.seed.at(Domain::Portal, 4 << 40 | n);
        let (who, on) = (scale(random, world.persons), when(random.rotate_left(20)));
        let row = sheet.begin();
        row.put("MP_REG_NO", "MP").number_more(n + 1);
        station(world, who, row);
        row.minute("REPORT_DATE", on).minute("MISSING_DATE", on - 18 * 3_600);
        world.name(who).hindi(row.at("NAME"));
        people::related(world, who, true, row, ("RELATION", "RELATIVE_NAME"));
        row.put("SEX", people::sex(world, who)).number("AGE", world.age_on(who, on)).put("VILLAGE", world.village(who).1);
        people::address(world, who, row.at("ADDRESS"));
        let relative = world.contact(who, 2);
        people::latin(world, relative, random, row.at("INFORMANT_NAME"));
        digits::padded::<10>(row.at("INFORMANT_MOBILE"), world.number(relative));
        row.put("CLOTHES", ["पीली साड़ी", "नीली कमीज", "सफेद कुर्ता पायजामा", "लाल सलवार सूट"][(random >> 5 & 3) as usize])
            .number("HEIGHT_CM", 140 + random % 40);
        if random >> 9 & 1 == 0 && on + 6 * DAY < today() {
            row.put("FOUND_STATUS", "दस्तयाब").day("FOUND_DATE", on + 6 * DAY);
        } else {
            row.put("FOUND_STATUS", "गुमशुदा");
        }
        let id = [row.get("PS_CD"), b"/", row.get("MP_REG_NO")].concat();
        sheet.end();
        sheet.mention(&Mention { person: who, role: "missing", contract: "cctns.missing", id: &id, fir: b"", system: "missing" });
    },
};

#[rustfmt::skip]
const BODY_COLUMNS: &[&str] = &[
    "MARG_NO", "PS_CD", "PS", "FOUND_DATE", "PLACE", "LATITUDE", "LONGITUDE", "SEX", "AGE_FROM", "AGE_TO", "HEIGHT_CM", "CLOTHES", "PM_REF", "IDENTIFIED",
];

pub(crate) const BODY: Dataset = Dataset {
    contract: "cctns.body",
    files: &[("body.csv", Form::Csv)],
    columns: BODY_COLUMNS,
    json: &[],
    mess: Mess {
        old_font: &["PLACE", "CLOTHES"],
        spoils: &[("PLACE", "", "missing_value"), ("FOUND_DATE", "06-2026", "bad_format"), ("AGE_FROM", "400", "out_of_range")],
        ..mess::NONE
    },
    subjects: |world| world.persons.div_ceil(2_000).max(6),
    fill: |world, n, sheet| {
        let random = world.seed.at(Domain::Portal, 5 << 40 | n);
        let row = sheet.begin();
        row.put("MARG_NO", "M").number_more(n + 1);
        let near = scale(random, world.persons);
        station(world, near, row);
        row.minute("FOUND_DATE", when(random.rotate_left(20)))
            .put("PLACE", ["रेलवे लाइन के पास", "नहर के किनारे", "बस स्टैंड के पीछे"][random as usize % 3]);
        row.degrees("LATITUDE", "LONGITUDE", world.home(near)).put("SEX", if random & 4 == 0 { "M" } else { "F" });
        row.number("AGE_FROM", 20 + random % 40).number("AGE_TO", 30 + random % 40).number("HEIGHT_CM", 150 + random % 25);
        row.put("CLOTHES", "सफेद कुर्ता").put("PM_REF", "PM").number_more(n + 1).put("IDENTIFIED", "N");
        sheet.end();
    },
};
