//! What telephones give away, among the numbers asked about: a swapped SIM, a changed number, one handset with two numbers, two who meet.

use crate::calendar::{DAY, midnight};
use crate::draw::{Domain, scale};
use crate::world::{CHANGED_NUMBER, World};

/// A connection at a moment: number, SIM and the first 14 digits of the handset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub number: u64,
    pub imsi: u64,
    pub handset: u64,
}

/// A change among the numbers asked about happens on the thirty-first day of the window.
pub(crate) fn change() -> i64 {
    midnight(2026, 3, 31) + 10 * 3_600
}

/// What a new card's identity is above the old one's.
const NEW_CARD: u64 = 5_000_000_000;

fn asked(world: &World, person: u64, place: u64) -> bool {
    person < world.circle() && person % 20 == place
}

/// Whether somebody else has the person's number on a card of their own since [`change`].
pub(crate) fn swapped(world: &World, person: u64) -> bool {
    asked(world, person, 11)
}

/// Whether the person took a new number then.
pub(crate) fn renumbered(world: &World, person: u64) -> bool {
    asked(world, person, 13)
}

/// Whose handset the person uses every second day.
pub(crate) fn lender(world: &World, person: u64) -> Option<u64> {
    asked(world, person, 3).then(|| person - 1)
}

/// Those with two numbers, and the second.
pub(crate) fn second_persons(world: &World) -> impl Iterator<Item = u64> + '_ {
    (0..world.circle()).filter(|&p| renumbered(world, p))
}

pub(crate) fn second_number(person: u64) -> u64 {
    CHANGED_NUMBER + person
}

/// The number a person is reached at.
pub(crate) fn number_at(world: &World, person: u64, second: i64) -> u64 {
    if second >= change() && renumbered(world, person) { second_number(person) } else { world.number(person) }
}

/// The person's connection at a moment.
pub(crate) fn line(world: &World, person: u64, second: i64) -> Line {
    let later = second >= change();
    let new_card = later && (swapped(world, person) || renumbered(world, person));
    let handset = match lender(world, person) {
        _ if later && swapped(world, person) => world.spare_handset(person),
        Some(other) if second.div_euclid(DAY) % 2 == 0 => world.handset(other, second),
        _ => world.handset(person, second),
    };
    Line { number: number_at(world, person, second), imsi: world.sim(person) + if new_card { NEW_CARD } else { 0 }, handset }
}

/// Two people under one cell in one quarter of an hour.
#[derive(Clone, Copy)]
pub(crate) struct Meeting {
    pub second: i64,
    pub cell: usize,
}

/// Whom a person meets.
pub(crate) fn peer(world: &World, person: u64) -> Option<u64> {
    let peer = person ^ 1;
    (asked(world, person, person & 1) && peer < world.circle()).then_some(peer)
}

/// Where and when a person of a pair that meets was seen by the network: three evenings, away from both homes.
pub(crate) fn meetings(world: &World, person: u64) -> Vec<Meeting> {
    if peer(world, person).is_none() {
        return Vec::new();
    }
    (0..3u64)
        .map(|k| {
            let random = world.seed.at2(Domain::Plant, 2 << 40 | person & !1, k);
            let evening = midnight(2026, 3, 8) + (k * 10) as i64 * DAY + 21 * 3_600;
            Meeting {
                second: evening + (random >> 16) as i64 % 1_800 + (person & 1) as i64 * 240,
                cell: scale(random.rotate_left(32), world.places.cells.len() as u64) as usize,
            }
        })
        .collect()
}
