use proptest::prelude::*;
use sources::Limits;

use super::support::{contract, read, read_with};

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9]{0,6}",
        "[a-z,;|\t\"\n\r' ]{1,8}",
        Just("जयपुर".to_owned()),
        Just("5\" pipe".to_owned()),
        Just("café".to_owned()),
    ]
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

fn write(rows: &[Vec<String>], delimiter: char, end: &str, all: bool) -> String {
    let mut text = format!("id{delimiter}a{delimiter}b{end}");
    for (i, row) in rows.iter().enumerate() {
        let needs = |c: &str| all || c.contains([delimiter, '"', '\n', '\r']) || c.starts_with(' ');
        let cells: Vec<String> = row.iter().map(|c| if needs(c) { quoted(c) } else { c.clone() }).collect();
        text.push_str(&format!("{i}{delimiter}{}{end}", cells.join(&delimiter.to_string())));
    }
    text
}

fn expected(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let stored = |c: &String| if c.trim().is_empty() { "∅".to_owned() } else { c.trim().to_owned() };
    rows.iter().enumerate().map(|(i, row)| [i.to_string()].into_iter().chain(row.iter().map(stored)).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_writing_of_any_table_gives_its_rows(
        rows in prop::collection::vec(prop::collection::vec(cell(), 2), 0..12),
        delimiter in prop::sample::select(vec![',', '\t', '|', ';']),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        all in any::<bool>(),
        encoding in 0..4usize,
        block in prop::sample::select(vec![1usize, 2, 3, 5, 7, 16, 33, 64, 8 << 20]),
    ) {
        let text = write(&rows, delimiter, end, all);
        let bytes: Vec<u8> = match encoding {
            0 => text.clone().into_bytes(),
            1 => format!("\u{feff}{text}").into_bytes(),
            2 => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
        };
        let name = match delimiter { '\t' => "\\t", ',' => ",", '|' => "|", _ => ";" };
        let c = contract(&format!("{{kind: csv, delimiter: '{name}'}}"), &["id|string|required: true", "a", "b"]);
        let limits = Limits { block_bytes: block, ..Limits::default() };
        let read = read_with(&c, "t.csv", bytes, &limits).unwrap();
        prop_assert_eq!(&read.rejects, &vec![]);
        let got: Vec<Vec<String>> = read.rows().into_iter().map(|r| r[..3].to_vec()).collect();
        prop_assert_eq!(got, expected(&rows));
    }

    #[test]
    fn bytes_of_any_kind_lose_nothing_and_cuts_change_nothing(
        body in prop::collection::vec(prop::sample::select(b"ab1,\"\n\r\x00\xe9 '".to_vec()), 0..120),
        block in 1..64usize,
    ) {
        let bytes = [b"id,a\n".as_slice(), &body].concat();
        let c = contract("{kind: csv, encoding: utf-8}", &["id|string|required: true", "a"]);
        let whole = read(&c, "t.csv", bytes.clone()).unwrap();
        let limits = Limits { block_bytes: block, ..Limits::default() };
        let cut = read_with(&c, "t.csv", bytes, &limits).unwrap();
        prop_assert_eq!(whole.rows_in, cut.rows_in);
        prop_assert_eq!(whole.rows(), cut.rows());
        prop_assert_eq!(whole.codes(), cut.codes());
    }
}
