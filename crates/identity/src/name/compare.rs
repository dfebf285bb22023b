//! The comparison: words are paired, what is left over speaks against.
//!
//! A likelihood ratio in bits, word by word (Fellegi and Sunter, 1969): agreement on a word is worth the rarity of the word less what
//! its spelling surprises; a word the other side lacks costs little, a word the other side contradicts costs much. Everything
//! needed was worked out by [`super::parse`]; nothing is allocated here.

use super::age::years_apart;
use super::evidence::{Evidence, Field, Level, Reason, ReasonKind};
use super::marks::Relation;
use super::pairing::{Pairing, pair};
use super::parse::{Name, Relative};
use super::sounds::{Costs, costs};

/// What statements that exclude each other cost, in bits: preset on the development half.
const OTHER_SEX: f32 = 8.0;
const OTHER_FATHER: f32 = 4.0;

/// Compares two names. Symmetric up to the sides of the reasons; does not allocate.
pub fn compare(a: &Name, b: &Name) -> Evidence {
    let mut out = Evidence::NOTHING;
    let costs = costs();
    if a.own.is_empty() || b.own.is_empty() {
        return out;
    }
    let own = pair(&a.own, &b.own, costs);
    let alias = if a.aliases.is_empty() && b.aliases.is_empty() { None } else { by_alias(a, b, costs) };
    // An alias speaks where the names themselves do not; it is worth a little less, being borne by more.
    // What two different people's names share (a family name, a village's favourite) is no evidence that they are one, and
    // brothers share a father: what agrees counts little where the names speak for two.
    let share = |p: &Pairing| if p.level() == Level::Different { 1.0 - 0.8 * p.conflict } else { 1.0 };
    let name = match alias {
        Some((other, left, right)) if other.weight() - 1.0 > own.weight() => {
            other.report(&mut out, Field::Alias, share(&other), left, right);
            other
        }
        _ => {
            own.report(&mut out, Field::Own, share(&own), 0, 0);
            own
        }
    };
    out.similarity = name.similarity();
    out.level = name.level();
    let mut against = false;
    for relation in [Relation::Father, Relation::Mother, Relation::Husband, Relation::Wife, Relation::CareOf] {
        let of = |n: &'_ Name| n.relatives.iter().position(|r| r.relation == relation && !r.names.is_empty());
        if let (Some(l), Some(r)) = (of(a), of(b)) {
            against |= relative(&a.relatives[l], &b.relatives[r], field(relation), share(&name), costs, &mut out);
        }
    }
    if let (Some(l), Some(r)) = (a.sex, b.sex)
        && l != r
    {
        against = true;
        out.add(Reason { kind: ReasonKind::Contradicts, field: Field::Sex, left: None, right: None, bits: -OTHER_SEX });
    }
    if let Some(apart) = years_apart((a.age, a.born), (b.age, b.born)) {
        let (kind, bits) = match apart {
            0 => (ReasonKind::Same, 3.0),
            1..=2 => (ReasonKind::Spelling, 2.0),
            3..=5 => (ReasonKind::Spelling, 0.0),
            6..=10 => (ReasonKind::Differs, -4.0),
            _ => (ReasonKind::Contradicts, -8.0),
        };
        against |= kind == ReasonKind::Contradicts;
        out.add(Reason { kind, field: Field::Age, left: None, right: None, bits });
    }
    if against && out.level > Level::DifferentSurname {
        out.level = Level::Contradiction;
    }
    out
}

/// Equal weights happen; the similarity decides then, so that it does not matter which side is asked first.
fn better(a: &Pairing, b: &Pairing) -> bool {
    (a.weight(), a.similarity()) > (b.weight(), b.similarity())
}

/// The field a relative's name stands in.
pub(super) fn field(relation: Relation) -> Field {
    match relation {
        Relation::Father => Field::Father,
        Relation::Mother => Field::Mother,
        Relation::Husband | Relation::Wife => Field::Spouse,
        Relation::CareOf => Field::CareOf,
    }
}

fn by_alias(a: &Name, b: &Name, costs: &Costs) -> Option<(Pairing, u8, u8)> {
    let mut best: Option<(Pairing, u8, u8)> = None;
    for (i, left) in std::iter::once(&a.own).chain(&a.aliases).enumerate() {
        for (j, right) in std::iter::once(&b.own).chain(&b.aliases).enumerate().filter(|(j, _)| i + j > 0) {
            let found = pair(left, right, costs);
            if best.as_ref().is_none_or(|(b, ..)| better(&found, b)) {
                best = Some((found, i as u8, j as u8));
            }
        }
    }
    best
}

/// Adds what two fathers (or spouses) say; true when they cannot be one person.
fn relative(a: &Relative, b: &Relative, field: Field, share: f32, costs: &Costs, out: &mut Evidence) -> bool {
    let mut best: Option<(Pairing, u8, u8)> = None;
    for (i, left) in a.names.iter().enumerate() {
        for (j, right) in b.names.iter().enumerate() {
            let found = pair(left, right, costs);
            if best.as_ref().is_none_or(|(b, ..)| better(&found, b)) {
                best = Some((found, i as u8, j as u8));
            }
        }
    }
    let Some((found, i, j)) = best else { return false };
    found.report(out, field, share, i, j);
    let against = found.level() == Level::Different && matches!(field, Field::Father | Field::Mother);
    if against {
        out.add(Reason { kind: ReasonKind::Contradicts, field, left: None, right: None, bits: -OTHER_FATHER });
    }
    against
}
