//! The people of the synthetic state and what belongs to them, each fact looked up from the seed (see [`crate::draw`]).
//!
//! Person `i` lives under station `i mod stations`, so "somebody who lives here" needs no index. Contacts are symmetric without a graph in memory:
//! contact `j` of `i` is `c_j - i`, whose contact `j` is `i` again; six of the eight are neighbours, two live anywhere, and one of these two joins the
//! accused whose numbers are asked about to each other.

use crate::Units;
use crate::calendar::{DAY, Moment, midnight};
use crate::digits;
use crate::draw::{Domain, Seed, scale};
use crate::names::{self, FullName, Name};
use crate::places::{CAMERAS, Places, spread};

/// First telephone number. The block 700xxxxxxx holds test values only; nobody should be called on them.
pub(crate) const FIRST_NUMBER: u64 = 7_000_000_000;
/// Numbers outside the state's own persons start here.
pub(crate) const OUTSIDE_NUMBER: u64 = 7_009_000_000;
/// Numbers for the state's own people.
const NUMBERS: u64 = OUTSIDE_NUMBER - FIRST_NUMBER;
/// Numbers that people changed to: above those of strangers.
pub(crate) const CHANGED_NUMBER: u64 = 7_009_900_000;
/// Contacts of each person.
pub(crate) const CONTACTS: u64 = 8;
/// The contact slot that stays within the circle of numbers asked about, or outside it; and the one that crosses.
const CIRCLE_SLOT: u64 = 1;
const FAR_SLOT: u64 = 6;
/// Test type allocation code 35000000 followed by a running serial number.
const FIRST_HANDSET: u64 = 35_000_000_000_000;

/// A seeded state of `persons` people.
pub(crate) struct World {
    pub seed: Seed,
    pub persons: u64,
    pub places: Places,
    /// The state of earlier versions, whose large files measurements stand on: two operators, no plants in them.
    pub few: bool,
}

impl World {
    pub(crate) fn new(seed: u64, persons: u64, units: &Units) -> Self {
        let seed = Seed(seed);
        Self { seed, persons, places: Places::new(seed, persons, units), few: *units == Units::Few }
    }

    fn stations(&self) -> u64 {
        self.places.stations.len() as u64
    }

    /// Index of the station a person lives under.
    pub(crate) fn station(&self, person: u64) -> usize {
        (person % self.stations()) as usize
    }

    /// How many people live under a station.
    pub(crate) fn residents(&self, station: usize) -> u64 {
        let (all, station) = (self.stations(), station as u64);
        if station < self.persons { (self.persons - station).div_ceil(all) } else { 0 }
    }

    /// Somebody living under a station, or anybody where nobody does.
    pub(crate) fn resident(&self, station: usize, random: u64) -> u64 {
        match self.residents(station) {
            0 => scale(random, self.persons),
            n => station as u64 + self.stations() * scale(random, n),
        }
    }

    /// How many people stand in the pool from which most accused come; it is the first indices.
    pub(crate) fn pool(&self) -> u64 {
        (self.persons / 50).clamp(self.persons.min(8), self.persons)
    }

    /// How many numbers are asked about, the first indices: one person in fifty of the pool of accused, at least four, at most 400.
    pub(crate) fn circle(&self) -> u64 {
        (self.persons / 50).clamp(4, 400).min(self.pool())
    }

    /// What a person is in the house it lives in, and who is its head: four neighbours are one family with one name, village and address. People
    /// of the pool stand for themselves.
    pub(crate) fn family(&self, person: u64) -> (Place, u64) {
        let (station, within) = (person % self.stations(), person / self.stations());
        let first = station + within / 4 * 4 * self.stations();
        // Which of the four is the head differs by station, so that a small state has wives and children too.
        let head = first + station % 4 * self.stations();
        match (within % 4 + 4 - station % 4) % 4 {
            _ if first < self.pool() => (Place::Alone, person),
            0 => (Place::Head, person),
            1 => (Place::Wife, head),
            _ => (Place::Child, head),
        }
    }

    pub(crate) fn female(&self, person: u64) -> bool {
        let random = self.seed.at(Domain::Sex, person) % 100;
        match self.family(person).0 {
            Place::Alone if person < self.pool() => random < 12,
            Place::Alone | Place::Child => random < 48,
            Place::Head => false,
            Place::Wife => true,
        }
    }

    pub(crate) fn name(&self, person: u64) -> FullName {
        FullName {
            given: names::given(self.seed, person, Domain::Given, self.female(person)),
            surname: names::surname(self.seed, self.family(person).1),
        }
    }

    /// Father's (for most married women: husband's) given name; the surname is the person's own.
    pub(crate) fn relative(&self, person: u64) -> (Relation, Name) {
        let (place, head) = self.family(person);
        if matches!(place, Place::Wife | Place::Child) {
            let given = names::given(self.seed, head, Domain::Given, false);
            return (if place == Place::Wife { Relation::Husband } else { Relation::Father }, given);
        }
        let husband = self.female(person) && self.age_on(person, midnight(2026, 1, 1)) >= 22;
        (if husband { Relation::Husband } else { Relation::Father }, names::given(self.seed, person, Domain::Relative, false))
    }

    /// Second at which the person's birthday began; ages on 1 January 2026 run from 12 to 79, most between 18 and 45.
    pub(crate) fn birth(&self, person: u64) -> i64 {
        let random = self.seed.at(Domain::Birth, person);
        let (a, b) = (random & 0xFFFF, random >> 16 & 0xFFFF);
        let head = |head| 34 + ((self.seed.at(Domain::Birth, head) & 0xFFFF) * 34) as i64 / 65_536;
        let years = match self.family(person) {
            (Place::Alone, _) => 12 + ((a.min(b) * 68) >> 16) as i64,
            (Place::Head, of) => head(of),
            (Place::Wife, of) => head(of) - 4 + (a % 7) as i64,
            (Place::Child, of) => (head(of) - 21 - (a % 11) as i64).max(12),
        };
        midnight(2026, 1, 1) - years * 31_557_600 / DAY * DAY - (random >> 32) as i64 % 365 * DAY
    }

    pub(crate) fn age_on(&self, person: u64, second: i64) -> u64 {
        let (then, now) = (Moment::of(self.birth(person)), Moment::of(second));
        u64::from(now.year - then.year) - u64::from((now.month, now.day) < (then.month, then.day))
    }

    pub(crate) fn village(&self, person: u64) -> (&'static str, &'static str) {
        Places::village(self.seed.at(Domain::Village, self.family(person).1))
    }

    /// House number in the village.
    pub(crate) fn house(&self, person: u64) -> u64 {
        1 + self.seed.below(Domain::Family, self.family(person).1, 400)
    }

    /// Who holds the connection a person uses. The block of test numbers has nine million for the state's own people; where there are more, those
    /// beyond use the telephone of somebody who lives under the same station.
    pub(crate) fn holder(&self, person: u64) -> u64 {
        if self.persons <= NUMBERS { person } else { person % (NUMBERS / self.stations() * self.stations()) }
    }

    /// How many people hold a connection of their own.
    pub(crate) fn holders(&self) -> u64 {
        if self.persons <= NUMBERS { self.persons } else { NUMBERS / self.stations() * self.stations() }
    }

    pub(crate) fn number(&self, person: u64) -> u64 {
        FIRST_NUMBER + self.holder(person)
    }

    /// Whose subscriber a person is: two in five Airtel's, two in ten each Jio's, Vi's and BSNL's.
    pub(crate) fn operator(&self, person: u64) -> Operator {
        match self.holder(person) % 10 {
            0..4 => Operator::Airtel,
            4 | 5 => Operator::Jio,
            6 | 7 => Operator::Vi,
            _ => Operator::Bsnl,
        }
    }

    /// Identity of the SIM in use today, of the operator's test range.
    pub(crate) fn sim(&self, person: u64) -> u64 {
        let network = match self.operator(person) {
            Operator::Airtel => 404_700_000_000_000,
            Operator::Jio => 405_868_000_000_000,
            Operator::Vi => 404_600_000_000_000,
            Operator::Bsnl => 404_590_000_000_000,
        };
        network + self.holder(person)
    }

    /// Position of somebody's house, near the station.
    pub(crate) fn home(&self, person: u64) -> (i64, i64) {
        let station = &self.places.stations[self.station(person)];
        let random = self.seed.at(Domain::Family, 1 << 41 | self.family(person).1);
        (station.lat + spread(random, 250), station.lon + spread(random >> 32, 250))
    }

    /// Airtel's subscribers of every ten people; four in five were, in earlier versions.
    fn airtel_of_ten(&self) -> u64 {
        if self.few { 8 } else { 4 }
    }

    /// The `n`-th Airtel subscriber.
    pub(crate) fn airtel_subscriber(&self, n: u64) -> u64 {
        n / self.airtel_of_ten() * 10 + n % self.airtel_of_ten()
    }

    pub(crate) fn airtel_subscribers(&self) -> u64 {
        let each = self.airtel_of_ten();
        self.holders() / 10 * each + (self.holders() % 10).min(each)
    }

    /// `40470…` and ten digits of an Airtel subscriber.
    pub(crate) fn imsi(&self, person: u64) -> u64 {
        404_700_000_000_000 + person
    }

    /// First 14 digits of the handset a person used at a time: one in ten changed it once, one in fifty uses a neighbour's.
    pub(crate) fn handset(&self, person: u64, second: i64) -> u64 {
        let random = self.seed.at(Domain::Handset, person);
        let user = if random.is_multiple_of(50) { self.contact(person, 0) } else { person };
        let changed = midnight(2026, 1, 1) + (random >> 32) as i64 % 180 * DAY;
        FIRST_HANDSET + 2 * user + u64::from(random % 10 == 1 && second >= changed)
    }

    /// A handset nobody of the state had before.
    pub(crate) fn spare_handset(&self, n: u64) -> u64 {
        FIRST_HANDSET + 2 * (self.persons + n)
    }

    /// Contact `j` of a person; symmetric, may be the person itself (then there is none).
    pub(crate) fn contact(&self, person: u64, j: u64) -> u64 {
        match j {
            CIRCLE_SLOT => {
                let circle = self.circle();
                let (first, n) = if person < circle { (0, circle) } else { (circle, self.persons - circle) };
                let c = scale(self.seed.at(Domain::Partner, 1 << 40 | j), n);
                first + (c + n - (person - first)) % n
            }
            FAR_SLOT => {
                let c = scale(self.seed.at(Domain::Partner, 1 << 40 | j), self.persons);
                (c + self.persons - person) % self.persons
            }
            _ => {
                let station = self.station(person);
                let n = self.residents(station);
                let c = scale(self.seed.at(Domain::Partner, station as u64 * CONTACTS + j), n);
                station as u64 + self.stations() * ((c + n - person / self.stations()) % n)
            }
        }
    }

    /// Index of the station a person is near on a day: home, or elsewhere one day in sixteen.
    pub(crate) fn whereabouts(&self, person: u64, day: i64) -> usize {
        let random = self.seed.at2(Domain::Travel, person, day as u64);
        if random.is_multiple_of(16) { scale(random.rotate_left(32), self.stations()) as usize } else { self.station(person) }
    }

    /// Index of the cell serving a person at a time.
    pub(crate) fn cell(&self, person: u64, second: i64) -> usize {
        let each = self.places.cells_each;
        let (day, hour) = (second.div_euclid(DAY), second.rem_euclid(DAY) / 3_600);
        let domain = if (9..18).contains(&hour) { Domain::Work } else { Domain::Site };
        self.whereabouts(person, day) * each + self.seed.below(domain, person, each as u64) as usize
    }

    /// Index of the camera a vehicle passes when its owner is out.
    pub(crate) fn camera(&self, owner: u64, second: i64, random: u64) -> usize {
        self.whereabouts(owner, second.div_euclid(DAY)) * CAMERAS + scale(random, CAMERAS as u64) as usize
    }

    /// Two in five persons own a vehicle.
    pub(crate) fn vehicles(&self) -> u64 {
        self.persons / 5 * 2
            + match self.persons % 5 {
                0 => 0,
                1 | 2 => 1,
                _ => 2,
            }
    }

    pub(crate) fn owner(&self, vehicle: u64) -> u64 {
        vehicle / 2 * 5 + vehicle % 2 * 2
    }

    pub(crate) fn vehicle_of(&self, person: u64) -> Option<u64> {
        match person % 5 {
            0 => Some(person / 5 * 2),
            2 => Some(person / 5 * 2 + 1),
            _ => None,
        }
    }
}

/// Place in a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Counted without a family.
    Alone,
    Head,
    Wife,
    Child,
}

/// Whose network a number is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Airtel,
    Jio,
    Vi,
    Bsnl,
}

impl Operator {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Operator::Airtel => "airtel",
            Operator::Jio => "jio",
            Operator::Vi => "vi",
            Operator::Bsnl => "bsnl",
        }
    }
}

/// How the named relative stands to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Father,
    Husband,
}

/// An IMEI of 15 digits from its first 14 (3GPP TS 23.003 annex B: Luhn check digit).
pub(crate) fn imei(out: &mut Vec<u8>, first14: u64) {
    let start = out.len();
    digits::padded::<14>(out, first14);
    let mut sum = 0u32;
    for (i, digit) in out[start..].iter().enumerate() {
        let d = u32::from(digit - b'0');
        sum += if i % 2 == 1 { d * 2 / 10 + d * 2 % 10 } else { d };
    }
    out.push(b'0' + ((10 - sum % 10) % 10) as u8);
}

const LETTERS: &[u8; 24] = b"CGPSUABDEFHJKLMNQRTVWXYZ";

/// Registration mark of a vehicle: `RJ14CA0001`, one in twenty of the digit-led kind `RJ141C0234`, one in fifty of the BH series. Unique by vehicle.
pub(crate) fn plate(world: &World, out: &mut Vec<u8>, vehicle: u64) {
    let (block, n) = (vehicle / 9_999, vehicle % 9_999 * 7_919 % 9_999 + 1);
    let random = world.seed.at(Domain::Vehicle, vehicle);
    let (first, second) = (LETTERS[(block / 24 % 24) as usize], LETTERS[(block % 24) as usize]);
    if random % 50 == 7 {
        out.extend_from_slice(b"22BH");
        digits::padded::<4>(out, n);
        out.extend_from_slice(&[first, second]);
        return;
    }
    out.extend_from_slice(world.places.stations[world.station(world.owner(vehicle))].district.rto.as_bytes());
    // The short kind has 216 letter pairs; later vehicles would repeat them.
    if random % 20 == 3 && block < 216 {
        out.extend_from_slice(&[b'1' + (block % 9) as u8, LETTERS[(block / 9 % 24) as usize]]);
    } else {
        out.extend_from_slice(&[first, second]);
    }
    digits::padded::<4>(out, n);
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn contacts_are_mutual() {
        let world = World::new(7, 12_345, &Units::All);
        for person in 0..500 {
            for j in 0..CONTACTS {
                assert_eq!(world.contact(world.contact(person, j), j), person);
            }
        }
    }

    #[test]
    fn handset_numbers_carry_a_luhn_digit() {
        let mut out = Vec::new();
        imei(&mut out, 49_015_420_323_751);
        assert_eq!(out, b"490154203237518");
    }

    #[test]
    fn owners_and_vehicles_point_at_each_other() {
        for persons in 1..40 {
            let world = World::new(1, persons, &Units::Few);
            let owned = (0..persons).filter_map(|p| world.vehicle_of(p)).collect::<Vec<_>>();
            assert_eq!(owned, (0..world.vehicles()).collect::<Vec<_>>());
            assert!(owned.iter().all(|&v| world.vehicle_of(world.owner(v)) == Some(v)));
        }
    }

    #[test]
    fn plates_are_unique() {
        let world = World::new(3, 100_000, &Units::All);
        let mut seen = HashSet::new();
        for vehicle in 0..world.vehicles() {
            let mut out = Vec::new();
            plate(&world, &mut out, vehicle);
            assert!(seen.insert(out));
        }
    }

    #[test]
    fn where_numbers_end_people_share_that_of_a_neighbour() {
        let world = World::new(3, 10_000_000, &Units::All);
        for person in (8_900_000..10_000_000).step_by(9_973) {
            assert!(world.holder(person) < world.holders() && world.number(person) < OUTSIDE_NUMBER);
            assert_eq!(world.station(world.holder(person)), world.station(person));
        }
        let (last, mut plates) = (world.vehicles() - 1, HashSet::new());
        for vehicle in (0..=last).step_by(397) {
            let mut out = Vec::new();
            plate(&world, &mut out, vehicle);
            assert!(plates.insert(out));
        }
    }
}
