//! Cases and the people in them: what happened, looked up by case number; how it is written stands in [`rows`].

mod course;
mod court;
mod offences;
mod property;
mod rows;

pub(crate) use course::{course, report};
pub(crate) use court::{ADMISSION, APPEAL, DISPOSAL, HEARING, RELEASE};
pub(crate) use offences::Offence;
pub(crate) use property::{SCENE, SEIZURE, STOLEN};
pub(crate) use rows::{ARREST, CORRECTION, FINAL_REPORT, FIR, PERSON};

use crate::calendar::{DAY, Moment, midnight};
use crate::digits;
use crate::draw::{Domain, scale};
use crate::places::spread;
use crate::plants::{self, Group};
use crate::world::World;

/// First days and lengths in days of the years cases are registered in; the current one is not over.
const YEARS: [(i64, i64); 3] = [(2024, 366), (2025, 365), (2026, 289)];

/// How many cases a state has: one for twenty persons.
pub(crate) fn count(world: &World) -> u64 {
    (world.persons / 20).max(1)
}

/// Those, and the planted ones after them.
pub(crate) fn total(world: &World) -> u64 {
    count(world) + plants::groups(world) * plants::EACH
}

/// Nothing is known of the time after this.
pub(crate) fn today() -> i64 {
    midnight(2026, 11, 1)
}

/// Cases of a station in the third year, before the planted ones.
fn this_year(world: &World, station: u64) -> u64 {
    let stations = world.places.stations.len() as u64;
    let all = count(world).saturating_sub(station).div_ceil(stations);
    let first = (5 - station % 3) % 3;
    all.saturating_sub(first).div_ceil(3)
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
    /// Where it happened.
    pub at: (i64, i64),
    /// The planted group it belongs to.
    pub group: Option<Group>,
}

impl Case {
    /// The case of that number; numbers of a station rise with the date.
    pub(crate) fn of(world: &World, index: u64) -> Self {
        if index >= count(world) {
            return Self::planted(world, index);
        }
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
        let offence = Offence::draw(random.rotate_left(24), Moment::of(registered).month);
        let from = hour_before(registered, offence, random >> 12);
        let place = &world.places.stations[station as usize];
        let where_to = world.seed.at2(Domain::Village, index, 2);
        Self {
            index,
            station: station as usize,
            year,
            number,
            registered,
            from,
            to: from + ((random >> 28) as i64 % 7_200).min((registered - from) / 2),
            offence,
            at: (place.lat + spread(where_to, 300), place.lon + spread(where_to >> 32, 300)),
            group: None,
        }
    }

    /// A case of a planted group: the same offence within days, in one neighbourhood, at one hour.
    fn planted(world: &World, index: u64) -> Self {
        let p = index - count(world);
        let (group, j) = (Group::of(world, p / plants::EACH), p % plants::EACH);
        let random = world.seed.at2(Domain::Plant, index, 3);
        let place = &world.places.stations[group.station];
        let around = world.seed.at2(Domain::Plant, group.index, 4);
        // Near repeats lie within a hundred metres and two weeks, a series within a kilometre.
        let (head, reach) = if group.gang.is_none() { ("House-breaking", 8) } else { ("Robbery", 80) };
        let offence = Offence::named(head);
        let day = midnight(2026, 10, 18) + (j * 60 + random % 24) as i64 * 3_600;
        let from = day / DAY * DAY + (offence.habit().hours.0 as i64 + 1) * 3_600 + (random >> 20) as i64 % 3_000;
        let at = (
            place.lat + spread(around, 200) + spread(random, reach),
            place.lon + spread(around >> 32, 200) + spread(random >> 32, reach),
        );
        Self {
            index,
            station: group.station,
            year: 2026,
            number: this_year(world, group.station as u64) + 1 + j,
            registered: from + 8 * 3_600,
            from,
            to: from + 1_200,
            offence,
            at,
            group: Some(group),
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

/// The last time before the report at which such a thing usually happens, at least ten minutes and sometimes days before.
fn hour_before(registered: i64, offence: &Offence, random: u64) -> i64 {
    let (first, hours) = offence.habit().hours;
    let within = (first * 3_600 + scale(random << 12, hours * 3_600)) as i64 % DAY;
    let day = (registered - 600 - within).div_euclid(DAY) - i64::from(random >> 28 & 7 == 0);
    day * DAY + within
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
    let gang = case.group.as_ref().map(|g| g.gang.as_ref());
    let mut join = |person: Option<u64>, role, arrested| {
        if person.is_none() || members.iter().all(|m: &Member| m.person != person) {
            members.push(Member { person, role, serial: members.len() as u64 + 1, arrested });
        }
    };
    join(Some(world.resident(case.station, stream.next())), Role::Complainant, None);
    let accused = match (gang, stream.below(100)) {
        (Some(None), _) | (None, 0..25) => 0,
        (None, 25..65) => 1,
        (None, 65..85) => 2,
        _ => 3,
    };
    if accused == 0 {
        join(None, Role::Accused, None);
    }
    for n in 0..accused {
        let random = stream.next();
        let person = match gang {
            Some(Some(gang)) => gang[(case.index + n) as usize % gang.len()],
            _ if random % 10 < 7 => repeat_offender(world, case.station, random),
            _ => world.resident(case.station, random),
        };
        let arrest = stream.next();
        let when = case.registered + DAY / 4 + (arrest >> 8) as i64 % (60 * DAY);
        join(Some(person), Role::Accused, (arrest.is_multiple_of(2) && when < today()).then_some(when));
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

/// `fir:27997001/0123/2025`, the case's key.
pub(crate) fn key(world: &World, case: &Case) -> Vec<u8> {
    let mut out = b"fir:".to_vec();
    out.extend_from_slice(world.places.stations[case.station].code.as_bytes());
    out.push(b'/');
    digits::padded::<4>(&mut out, case.number);
    out.push(b'/');
    digits::padded::<4>(&mut out, case.year as u64);
    out
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;
    use crate::Units;

    #[test]
    fn numbers_of_a_station_year_are_dense_and_rise_with_the_date() {
        let world = World::new(5, 60_000, &Units::All);
        let mut years: HashMap<(usize, i64), Vec<(u64, i64)>> = HashMap::new();
        for index in 0..total(&world) {
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
        let world = World::new(5, 500, &Units::Few);
        for index in 0..total(&world) {
            let members = cast(&world, &Case::of(&world, index));
            let known = members.iter().filter_map(|m| m.person).collect::<Vec<_>>();
            assert_eq!(known.iter().collect::<HashSet<_>>().len(), known.len());
            assert_eq!(members[0].role, Role::Complainant);
        }
    }
}
