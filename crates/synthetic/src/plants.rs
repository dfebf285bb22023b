//! What is planted to be found: crime series by gangs, near repeats, convoys, cloned plates, and what telephones give away.
//!
//! Each plant is looked up like every other fact, so the files that show it and the truth that names it (`truth/planted.csv`) need not know each other.

mod roads;
mod telephones;
mod told;

pub(crate) use roads::FEED;
pub(crate) use telephones::{Line, Meeting, line, meetings, number_at, second_number, second_persons};
pub(crate) use told::write;

use crate::draw::Domain;
use crate::world::World;

/// Cases of a planted group.
pub(crate) const EACH: u64 = 5;

/// How many groups: one for two thousand persons, at least two where there are stations for them.
pub(crate) fn groups(world: &World) -> u64 {
    (world.persons / 2_000).clamp(2, 400).min(world.places.stations.len() as u64)
}

/// Cases that belong together: a gang's series, or near repeats by somebody unknown.
pub(crate) struct Group {
    pub index: u64,
    pub station: usize,
    /// The members of the gang, for a series.
    pub gang: Option<Vec<u64>>,
}

impl Group {
    /// Groups lie under different stations; every second is a gang's.
    pub(crate) fn of(world: &World, index: u64) -> Self {
        let stations = world.places.stations.len() as u64;
        let first = world.seed.below(Domain::Plant, 1 << 40, stations);
        let station = ((first + index * (stations / groups(world))) % stations) as usize;
        let gang = index.is_multiple_of(2).then(|| {
            let from = world.seed.at2(Domain::Plant, index, 1);
            let mut gang: Vec<u64> = (0..4).map(|k| world.resident(station, from.wrapping_add(k << 62))).collect();
            gang.sort_unstable();
            gang.dedup();
            gang
        });
        Self { index, station, gang }
    }
}
