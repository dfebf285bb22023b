//! What goes wrong with a record on its way: a slip of the keyboard, two fields swapped, a cell typed in an old font. Whatever is done is written down.

use crate::draw::{Stream, scale};
use crate::file::{Damage, Piece};
use crate::kruti;
use crate::sheet::Row;

/// What may go wrong with a dataset's records.
#[derive(Clone, Copy)]
pub(crate) struct Mess {
    /// Columns with names, where clerks slip.
    pub slips: &'static [&'static str],
    /// Columns that old computers filled in Kruti Dev.
    pub old_font: &'static [&'static str],
    /// Columns whose values get into each other's place.
    pub swaps: &'static [(&'static str, &'static str)],
    /// Copies that must be refused: column, what stands there instead, what a reader must say.
    pub spoils: &'static [(&'static str, &'static str, &'static str)],
}

pub(crate) const NONE: Mess = Mess { slips: &[], old_font: &[], swaps: &[], spoils: &[] };

/// Disturbs one record in fifteen or so.
pub(crate) fn disturb(row: &mut Row, mess: &Mess, random: u64, stream: &mut Stream, piece: &mut Piece) {
    let number = piece.rows + 1;
    let mut note = |how, column, was: &[u8], now: &[u8]| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        piece.damages.push(Damage { row: number, how, column, was: text(was), now: text(now) });
    };
    if random >> 8 & 31 == 0 && !mess.slips.is_empty() {
        let column = mess.slips[scale(stream.next(), mess.slips.len() as u64) as usize];
        let was = row.get(column).to_vec();
        if let Some(now) = slip(&was, stream.next()) {
            note("slip", column, &was, &now);
            *row.at(column) = now;
        }
    }
    if random >> 16 & 511 == 0 && !mess.swaps.is_empty() {
        let (a, b) = mess.swaps[scale(stream.next(), mess.swaps.len() as u64) as usize];
        let (left, right) = (row.get(a).to_vec(), row.get(b).to_vec());
        if !left.is_empty() && !right.is_empty() && left != right {
            note("swapped", a, &left, &right);
            note("swapped", b, &right, &left);
            *row.at(a) = right;
            *row.at(b) = left;
        }
    }
    if random >> 28 & 15 == 0 {
        for &column in mess.old_font {
            let was = row.get(column).to_vec();
            if let Some(now) = std::str::from_utf8(&was).ok().and_then(kruti::encode) {
                note("kruti_dev", column, &was, now.as_bytes());
                *row.at(column) = now.into_bytes();
            }
        }
    }
}

/// A Latin word with one letter doubled, left out or changed places with its neighbour; first letters stay.
fn slip(text: &[u8], random: u64) -> Option<Vec<u8>> {
    if text.len() < 5 || !text.is_ascii() {
        return None;
    }
    let inner =
        |i: usize| text[i - 1].is_ascii_alphabetic() && text[i].is_ascii_alphabetic() && text[i + 1].is_ascii_alphabetic();
    let start = scale(random, text.len() as u64 - 2) as usize;
    let at = (0..text.len() - 2).map(|k| 1 + (start + k) % (text.len() - 2)).find(|&i| inner(i))?;
    let mut now = text.to_vec();
    match random % 3 {
        0 => now.insert(at, text[at]),
        1 => _ = now.remove(at),
        _ => now.swap(at, at + 1),
    }
    (now != text).then_some(now)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_slip_changes_one_letter_inside_a_word() {
        for random in (0..200).map(|i| i * 92_233_720_368_547_758) {
            let Some(now) = super::slip(b"Ram Lal Meena", random) else { continue };
            assert_ne!(now, b"Ram Lal Meena");
            assert!(now.starts_with(b"R") && now.len().abs_diff(13) <= 1, "{now:?}");
        }
        assert_eq!(super::slip("रामलाल".as_bytes(), 5), None);
        assert_eq!(super::slip(b"Ali", 5), None);
    }
}
