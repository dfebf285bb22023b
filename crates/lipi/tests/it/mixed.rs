//! Texts in several writings at once.

use lipi::{Verdict, read, read_as_legacy};

#[test]
fn only_the_legacy_run_of_a_cell_is_converted() {
    for (text, expected) in [
        ("FIR No. 123/2024 iqfyl Fkkuk dksrokyh", "FIR No. 123/2024 पुलिस थाना कोतवाली"),
        ("थाना कोतवाली çkFkhZ us crk;k", "थाना कोतवाली प्रार्थी ने बताया"),
        ("Complaint: esjk eksckby pksjh gks x;k gS", "Complaint: मेरा मोबाइल चोरी हो गया है"),
        ("eksgu yky iq= jke yky tkfr jktiwr", "मोहन लाल पुत्र राम लाल जाति राजपूत"),
    ] {
        let reading = read(text);
        assert_eq!(reading.text, expected, "{text}");
        for run in reading.runs.iter().filter(|r| r.verdict == Verdict::Legacy) {
            assert!(text.get(run.start..run.end).is_some(), "a run stands on whole characters");
        }
    }
}

/// None of these may be touched, in either mode where they are clearly Latin.
const LATIN: &[&str] = &[
    "English is never converted.",
    "Rajasthan Police",
    "Ram Lal S/o Mohan Lal R/o Village Kheri",
    "The accused was arrested at 10:30 hrs u/s 379 IPC & 25 Arms Act",
    "RJ14CN0001",
    "https://www.example.org/police?id=12",
    "officer@example.org",
    "404-70-103-1003",
    "JX-TESTPR-P",
    "WhatsApp, Facebook; Twitter/PoliceRajasthan",
    "MOTOR CAR(LMV)",
    "José Müller, Zoë naïve café",
    "Nguyen Khk",
    "State's \u{201c}own\u{201d} file",
    "don\u{2019}t",
    "iPhone 14 Pro Max (128GB)",
    "SELECT * FROM clean.cctns_fir WHERE fir_no = '0123';",
    "C:\\Users\\test\\file.txt",
    "{\"key\": [1, 2, 3]}",
    "x = y + z; if (a > b) { return; }",
    "eKYC ekyc",
    "à¤°à¤¾à¤œà¤¸à¥\u{8d}à¤¥à¤¾à¤¨",
    "राजस्थान पुलिस",
    "",
    "   ",
    "12/05/2019",
    "A",
    "k",
];

#[test]
fn english_is_never_converted() {
    for text in LATIN {
        let reading = read(text);
        assert_eq!(&reading.text, text);
        assert!(!reading.is_converted(), "{text}: {:?}", reading.runs);
    }
}

#[test]
fn english_stays_in_a_legacy_column() {
    for text in ["Rajasthan Police Headquarters", "COMPLAINANT NAME", "Mobile Number", "राजस्थान", "RJ14CN0001", "9/2024"]
    {
        assert_eq!(read_as_legacy(text).text, *text);
    }
}
