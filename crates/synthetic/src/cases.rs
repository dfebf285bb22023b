//! Cases and the people in them: what happened, looked up by case number; how it is written stands in [`rows`].

mod offences;
mod rows;

pub(crate) use offences::Offence;
pub(crate) use rows::write;

use crate::calendar::{DAY, midnight};
use crate::digits;
use crate::draw::{Domain, scale};
use crate::file::Piece;
use crate::world::World;

/// First days and lengths in days of the years cases are registered in; the current one is not over.
const YEARS: [(i64, i64); 3] = [(2024, 366), (2025, 365), (2026, 300)];

/// How many cases a state has: one for twenty persons.
pub(crate) fn count(world: &World) -> u64 {
    (world.persons / 20).max(1)
}

/// A first information report.
pub(crate) struct Case {
    pub index: u64,
    pub station: usize,
    pub year: i64,
    /// Running number of the station's year, from 1.
    pub number: u64,
    /// Local seconds.
    pub registered: i64,
    pub from: i64,
    pub to: i64,
    pub offence: &'static Offence,
}

impl Case {
    /// The case of that number; numbers of a station rise with the date.
    pub(crate) fn of(world: &World, index: u64) -> Self {
        let stations = world.places.stations.len() as u64;
        let (station, k) = (index % stations, index / stations);
        let (slot, number) = ((k + station) % 3, k / 3 + 1);
        // Cases of this station in this year: those k below the station's total with the same (k + station) mod 3.
        let total = (count(world) - station).div_ceil(stations);
        let of_year = (total - k % 3).div_ceil(3);
        let (year, days) = YEARS[slot as usize];
        let random = world.seed.at(Domain::Fir, index);
        let share = (number - 1) as i64 * 1_000 + (random % 1_000) as i64;
        let registered = midnight(year, 1, 1) + share * days * DAY / (of_year as i64 * 1_000);
        // Reported within minutes to two days; theft at night is found in the morning.
        let delay = 600 + (random >> 12) as i64 % 5_400 * if random >> 40 & 3 == 0 { 30 } else { 4 };
        let from = registered - delay;
        Self {
            index,
            station: station as usize,
            year,
            number,
            registered,
            from,
            to: from + ((random >> 28) as i64 % 7_200).min(delay / 2),
            offence: Offence::draw(random.rotate_left(24)),
        }
    }

    /// Whether the old penal code still applied: the offence date decides (1 July 2024).
    pub(crate) fn before_bns(&self) -> bool {
        self.from < midnight(2024, 7, 1)
    }

    /// Eight digits of the station, the year, four digits of the number: `27997001` `2025` `0123`.
    pub(crate) fn registration(&self, world: &World, out: &mut Vec<u8>) {
        out.extend_from_slice(world.places.stations[self.station].code.as_bytes());
        digits::padded::<4>(out, self.year as u64);
        digits::padded::<4>(out, self.number);
    }

    /// Place of occurrence: village in Devanagari and Latin.
    pub(crate) fn place(&self, world: &World) -> (&'static str, &'static str) {
        crate::places::Places::village(world.seed.at2(Domain::Village, self.index, 1))
    }
}

/// What a person is in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Complainant,
    Accused,
    Victim,
    Witness,
}

impl Role {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Role::Complainant => "complainant",
            Role::Accused => "accused",
            Role::Victim => "victim",
            Role::Witness => "witness",
        }
    }
}

/// One person in one case.
pub(crate) struct Member {
    /// None for an accused nobody knows.
    pub person: Option<u64>,
    pub role: Role,
    /// Running number within the case, from 1.
    pub serial: u64,
    /// Second of the arrest, for accused who were.
    pub arrested: Option<i64>,
}

/// Everybody in a case, complainant first. Nobody stands in it twice.
pub(crate) fn cast(world: &World, case: &Case) -> Vec<Member> {
    let mut stream = world.seed.stream(Domain::Cast, case.index);
    let mut members: Vec<Member> = Vec::with_capacity(6);
    let mut join = |person: Option<u64>, role, arrested| {
        if person.is_none() || members.iter().all(|m: &Member| m.person != person) {
            members.push(Member { person, role, serial: members.len() as u64 + 1, arrested });
        }
    };
    join(Some(world.resident(case.station, stream.next())), Role::Complainant, None);
    let accused = match stream.below(100) {
        0..25 => 0,
        25..65 => 1,
        65..85 => 2,
        _ => 3,
    };
    if accused == 0 {
        join(None, Role::Accused, None);
    }
    for _ in 0..accused {
        let random = stream.next();
        let person =
            if random % 10 < 7 { repeat_offender(world, case.station, random) } else { world.resident(case.station, random) };
        let arrest = stream.next();
        let when = case.registered + DAY / 4 + (arrest >> 8) as i64 % (60 * DAY);
        join(Some(person), Role::Accused, (arrest.is_multiple_of(2) && when < midnight(2026, 11, 1)).then_some(when));
    }
    if case.offence.victim || stream.below(100) < 30 {
        join(Some(world.resident(case.station, stream.next())), Role::Victim, None);
    }
    for _ in 0..stream.below(3) {
        join(Some(world.resident(case.station, stream.next())), Role::Witness, None);
    }
    members
}

/// Somebody of the pool living under the station, else anybody of the pool.
fn repeat_offender(world: &World, station: usize, random: u64) -> u64 {
    let (pool, all) = (world.pool(), world.places.stations.len() as u64);
    let here = if (station as u64) < pool { (pool - station as u64).div_ceil(all) } else { 0 };
    match here {
        0 => scale(random, pool),
        n => station as u64 + all * scale(random, n),
    }
}

/// The source's id of a member: registration number and two digits of the serial number.
pub(crate) fn source_id(world: &World, case: &Case, member: &Member, out: &mut Vec<u8>) {
    case.registration(world, out);
    digits::padded::<2>(out, member.serial);
}

/// Rows of `truth/mentions.csv` for one case: `person,role,contract,source_id,fir`.
pub(crate) fn mentions(world: &World, index: u64, piece: &mut Piece) {
    let case = Case::of(world, index);
    for member in cast(world, &case) {
        let Some(person) = member.person else { continue };
        for contract in [Some("cctns.person"), member.arrested.map(|_| "cctns.arrest")].into_iter().flatten() {
            let out = &mut piece.bytes;
            digits::number(out, person);
            out.push(b',');
            out.extend_from_slice(if contract == "cctns.arrest" { "arrested" } else { member.role.word() }.as_bytes());
            out.push(b',');
            out.extend_from_slice(contract.as_bytes());
            out.push(b',');
            source_id(world, &case, &member, out);
            out.extend_from_slice(b",fir:");
            out.extend_from_slice(world.places.stations[case.station].code.as_bytes());
            out.push(b'/');
            digits::padded::<4>(out, case.number);
            out.push(b'/');
            digits::padded::<4>(out, case.year as u64);
            out.push(b'\n');
            piece.rows += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    #[test]
    fn numbers_of_a_station_year_are_dense_and_rise_with_the_date() {
        let world = World::new(5, 60_000);
        let mut years: HashMap<(usize, i64), Vec<(u64, i64)>> = HashMap::new();
        for index in 0..count(&world) {
            let case = Case::of(&world, index);
            years.entry((case.station, case.year)).or_default().push((case.number, case.registered));
            assert!(case.from <= case.to && case.to < case.registered);
        }
        for cases in years.values_mut() {
            cases.sort_unstable();
            assert!(cases.iter().enumerate().all(|(i, c)| c.0 == i as u64 + 1));
            assert!(cases.windows(2).all(|w| w[0].1 < w[1].1));
        }
    }

    #[test]
    fn nobody_stands_in_a_case_twice() {
        let world = World::new(5, 500);
        for index in 0..count(&world) {
            let members = cast(&world, &Case::of(&world, index));
            let known = members.iter().filter_map(|m| m.person).collect::<Vec<_>>();
            assert_eq!(known.iter().collect::<HashSet<_>>().len(), known.len());
            assert_eq!(members[0].role, Role::Complainant);
        }
    }
}
