//! People as registers write them down: each spells differently, leaves out something else and rounds the age in its own way.

use crate::digits;
use crate::names::{self, FullName};
use crate::sheet::Row;
use crate::world::{Relation, World};

/// A person's name in Latin letters, as the register `salt` spells it: every third clerk spells otherwise.
pub(crate) fn latin(world: &World, person: u64, salt: u64, out: &mut Vec<u8>) {
    let name = world.name(person);
    if salt.is_multiple_of(3) { name.latin_variant(out) } else { name.latin(out) }
}

/// In Devanagari, or in Latin letters, as it comes.
pub(crate) fn either(world: &World, person: u64, salt: u64, out: &mut Vec<u8>) {
    if salt >> 8 & 1 == 0 { world.name(person).hindi(out) } else { latin(world, person, salt, out) }
}

/// The named relative with the person's surname.
pub(crate) fn relative(world: &World, person: u64) -> (Relation, FullName) {
    let (relation, given) = world.relative(person);
    (relation, FullName { given, surname: world.name(person).surname })
}

/// Relation as `S/o`, `D/o` or `W/o`, and the relative's name in the script of the name.
pub(crate) fn related(world: &World, person: u64, hindi: bool, row: &mut Row, columns: (&str, &str)) {
    let (relation, name) = relative(world, person);
    let word = match (relation, world.female(person)) {
        (Relation::Husband, _) => "W/o",
        (Relation::Father, true) => "D/o",
        (Relation::Father, false) => "S/o",
    };
    row.put(columns.0, word);
    let out = row.at(columns.1);
    if hindi { name.hindi(out) } else { name.latin(out) }
}

/// `House 12, Rampura, Jhotwara, Jaipur City (West)`
pub(crate) fn address(world: &World, person: u64, out: &mut Vec<u8>) {
    let station = &world.places.stations[world.station(person)];
    out.extend_from_slice(b"House ");
    digits::number(out, world.house(person));
    for text in [world.village(person).1, station.name, station.district.name] {
        out.extend_from_slice(b", ");
        out.extend_from_slice(text.as_bytes());
    }
}

/// `मकान 12, रामपुरा`
pub(crate) fn address_hindi(world: &World, person: u64, out: &mut Vec<u8>) {
    out.extend_from_slice("मकान ".as_bytes());
    digits::number(out, world.house(person));
    out.extend_from_slice(b", ");
    out.extend_from_slice(world.village(person).0.as_bytes());
}

pub(crate) fn sex(world: &World, person: u64) -> &'static str {
    if world.female(person) { "F" } else { "M" }
}

/// A stated age: one in four leans to a round number.
pub(crate) fn age(world: &World, person: u64, on: i64, salt: u64) -> u64 {
    let age = world.age_on(person, on);
    if salt >> 4 & 3 == 0 && age > 20 { (age + 2) / 5 * 5 } else { age }
}

/// What somebody is called besides, for one in eight.
pub(crate) fn alias(random: u64) -> Option<&'static str> {
    const ALIASES: [&str; 8] = ["Kalu", "Pappu", "Bablu", "Guddu", "Raju", "Sonu", "Monu", "Chhotu"];
    (random & 7 == 0).then(|| ALIASES[(random >> 40) as usize % ALIASES.len()])
}

/// An officer of a station: a small circle of names, not people of the state.
pub(crate) fn officer(world: &World, station: usize, random: u64) -> (FullName, &'static str) {
    const RANKS: [&str; 4] = ["SI", "ASI", "HC", "INSPECTOR"];
    let officer = (1 << 41) + station as u64 * 8 + random % 8;
    let name = FullName {
        given: names::given(world.seed, officer, crate::draw::Domain::Given, false),
        surname: names::surname(world.seed, officer),
    };
    (name, RANKS[(officer % 4) as usize])
}
