//! Papers as a court or an officer gets them: what a PDF reader finds in them, in both languages.

use std::path::PathBuf;
use std::process::Command;

use paper::{Certificate, Fonts, Language, Origin, PaperError, Record, Report, Section, Work, folders};

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn fonts() -> Fonts {
    Fonts::find(&folders(None)).unwrap_or_else(|e| panic!("{e}"))
}

fn certificate() -> Certificate {
    Certificate {
        system: "Sarovar 0.1.0".into(),
        made_by: "officer-7".into(),
        date: "28/11/2026".into(),
        time: "22:05".into(),
        records: vec![Record {
            name: "जयपुर #[strong] calls.csv".into(),
            sha256: HASH.into(),
            bytes: 123_456,
            rows: Some(42),
            table: Some("clean.telecom_cdr".into()),
        }],
        origins: vec![Origin {
            name: "calls.csv".into(),
            sha256: HASH.replace('9', "1"),
            bytes: 99,
            received: "23 Nov 2026 18:05:09".into(),
            received_by: "operator".into(),
            authority: Some("BNSS-94/7/2026".into()),
            archive: None,
        }],
        work: vec![Work {
            origin: 1,
            run: "019ac000-0000".into(),
            contract: "telecom.cdr 1.0.0".into(),
            table: "clean.telecom_cdr".into(),
            at: "23 Nov 2026 18:05:12".into(),
            rows: 50,
            accepted: 42,
            rejected: 5,
            duplicate: 3,
        }],
    }
}

/// What poppler's reader finds in a PDF, and its pages as pictures beside it; none where poppler is not installed.
fn read(pdf: &[u8]) -> Option<(String, Vec<u64>)> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("paper.pdf");
    std::fs::write(&file, pdf).unwrap();
    let Ok(out) = Command::new("pdftotext").arg("-layout").arg(&file).arg("-").output() else {
        eprintln!("skipped: pdftotext is not here (Debian: poppler-utils)");
        return None;
    };
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let keep: PathBuf = std::env::var_os("SAROVAR_PAPERS").map_or_else(|| dir.path().into(), PathBuf::from);
    std::fs::create_dir_all(&keep).unwrap();
    let name = format!("page-{:x}", pdf.iter().fold(7u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(*b))));
    let done = Command::new("pdftoppm").args(["-r", "70", "-png"]).arg(&file).arg(keep.join(&name)).status().unwrap();
    assert!(done.success());
    let pictures = std::fs::read_dir(&keep).unwrap().flatten().filter(|e| e.file_name().to_string_lossy().starts_with(&name));
    let sizes = pictures.map(|e| e.metadata().unwrap().len()).collect();
    Some((String::from_utf8(out.stdout).unwrap(), sizes))
}

/// Blanks are left out: readers of PDF put them where letters of Devanagari stand apart.
fn has(text: &str, wanted: &[&str]) {
    let flat = |text: &str| text.split_whitespace().collect::<String>();
    for words in wanted {
        assert!(flat(text).contains(&flat(words)), "{words:?} is not in {text}");
    }
}

#[test]
fn the_certificate_has_both_parts_the_hashes_and_the_way_of_the_file_in_english() {
    let pdf = certificate().pdf(Language::En, &fonts()).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let Some((text, pictures)) = read(&pdf) else { return };
    has(
        &text,
        &[
            "Part A",
            "(To be filled by the Party)",
            "Part B",
            "(To be filled by the Expert)",
            "[See section 63(4)(c)]",
            HASH,
            "28/11/2026",
            "22:05",
            "BNSS-94/7/2026",
            "telecom.cdr 1.0.0",
            "#[strong]",
            "Hash report",
        ],
    );
    assert!(text.matches(HASH).count() >= 3, "in each part and in the report");
    assert_eq!(pictures.len(), 3, "each part on a page of its own, and the report");
    assert!(pictures.iter().all(|bytes| *bytes > 10_000), "no page is blank: {pictures:?}");
}

#[test]
fn the_certificate_is_in_devanagari_in_hindi() {
    let Some((text, _)) = read(&certificate().pdf(Language::Hi, &fonts()).unwrap()) else { return };
    has(&text, &["भाग क", "भाग ख", HASH, "सर्वर", "28/11/2026"]);
    let letters = text.chars().filter(|c| ('\u{900}'..='\u{97f}').contains(c)).count();
    assert!(letters > 1000, "{letters} letters of Devanagari");
    assert!(!text.contains('\u{fffd}'));
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    let fonts = fonts();
    let first = certificate().pdf(Language::Hi, &fonts).unwrap();
    assert_eq!(first, certificate().pdf(Language::Hi, &fonts).unwrap());
    let other = Certificate { time: "22:06".into(), ..certificate() };
    assert_ne!(first, other.pdf(Language::Hi, &fonts).unwrap());
}

#[test]
fn a_report_has_its_tables_and_says_when_one_is_empty() {
    let report = Report {
        lang: Language::Hi,
        title: "डेस्क की रिपोर्ट".into(),
        subtitle: "नवंबर 2026".into(),
        facts: vec![("इकाई".into(), "मुख्यालय".into())],
        sections: vec![
            Section {
                title: "उत्तर का समय".into(),
                columns: vec!["हैंडल".into(), "मिनट".into()],
                rows: vec![vec!["@thana_one".into(), "42".into()]],
                note: "औसत नहीं, मध्य मान".into(),
                ..Section::default()
            },
            Section {
                title: "निष्क्रिय".into(), columns: vec!["हैंडल".into()], ..Section::default()
            },
        ],
        foot: "Sarovar".into(),
        nothing: "कुछ नहीं".into(),
    };
    let Some((text, pictures)) = read(&report.pdf(&fonts()).unwrap()) else { return };
    has(&text, &["@thana_one", "42", "कुछ"]);
    assert_eq!(pictures.len(), 1);
    let wide = Section { columns: vec!["स्तंभ".into(); 10], rows: vec![vec![HASH.into(); 10]], ..Section::default() };
    let wide = Report { sections: vec![wide], ..report.clone() };
    let Some((text, _)) = read(&wide.pdf(&fonts()).unwrap()) else { return };
    assert!(!text.contains(HASH), "a hash is broken to fit its column");
    assert!(text.contains(&HASH[..16]));
    let broken = Report {
        sections: vec![Section { columns: vec!["a".into()], rows: vec![vec!["b".into(), "c".into()]], ..Section::default() }],
        ..report
    };
    assert!(broken.pdf(&fonts()).is_ok(), "a row that is too long wraps and hides nothing");
}

#[test]
fn a_missing_font_is_named_with_its_package() {
    let empty = tempfile::tempdir().unwrap();
    let error = Fonts::find(&[empty.path().to_path_buf()]).unwrap_err();
    let told = error.to_string();
    assert!(told.contains("NotoSansDevanagari-Regular.ttf") && told.contains("fonts-noto-core"), "{told}");
    assert!(Fonts::find(&[]).unwrap_err().to_string().contains("none was named"));
    let file = empty.path().join("NotoSansDevanagari-Regular.ttf");
    std::fs::write(&file, "no font").unwrap();
    assert!(matches!(Fonts::find(&[empty.path().to_path_buf()]), Err(PaperError::BadFont(_))));
}

#[test]
fn other_languages_are_refused() {
    assert!("fr".parse::<Language>().unwrap_err().to_string().contains("hi or en"));
    assert_eq!("hi".parse::<Language>().unwrap(), Language::Hi);
}
