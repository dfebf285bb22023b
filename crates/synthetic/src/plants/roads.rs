//! What cameras give away: two vehicles that travel together, and one mark in two places at once. They come by the feed, not in the daily file.

use crate::calendar::{DAY, Moment, midnight};
use crate::digits;
use crate::draw::{Domain, scale};
use crate::mess::{self, Mess};
use crate::places::CAMERAS;
use crate::sheet::{Dataset, Form};
use crate::world::{World, plate};

/// One vehicle before one camera.
pub(crate) struct Pass {
    pub vehicle: u64,
    pub camera: usize,
    pub second: i64,
}

/// Two vehicles, and where they were seen.
pub(crate) struct Convoy {
    pub vehicles: [u64; 2],
    pub passes: Vec<Pass>,
}

pub(crate) fn convoys(world: &World) -> u64 {
    if world.vehicles() < 2 { 0 } else { (world.persons / 1_000).clamp(2, 200) }
}

pub(crate) fn clones(world: &World) -> u64 {
    if world.places.stations.len() < 2 { 0 } else { (world.persons / 1_000).clamp(2, 200) }
}

impl Convoy {
    /// Three mornings past six cameras, the second vehicle half a minute behind the first.
    pub(crate) fn of(world: &World, index: u64) -> Self {
        let random = world.seed.at2(Domain::Plant, 3 << 40 | index, 0);
        let first = scale(random, world.vehicles());
        let vehicles = [first, (first + 1 + scale(random.rotate_left(24), world.vehicles() - 1)) % world.vehicles()];
        let mut passes = Vec::with_capacity(36);
        for trip in 0..3 {
            let start = midnight(2026, 2, 5) + (trip * 7 + index as i64 % 5) * DAY + 5 * 3_600 + (random & 0x3FF) as i64;
            for stop in 0..6 {
                let station = (scale(random.rotate_left(40), world.places.stations.len() as u64) as usize + stop)
                    % world.places.stations.len();
                for (n, vehicle) in (0..).zip(vehicles) {
                    let second = start + stop as i64 * 1_200 + n * (20 + (random >> 12) as i64 % 30);
                    passes.push(Pass { vehicle, camera: station * CAMERAS + index as usize % CAMERAS, second });
                }
            }
        }
        Self { vehicles, passes }
    }
}

/// A mark that is on two vehicles: twice it is read at two cameras far apart within seventy-five seconds.
pub(crate) fn clone(world: &World, index: u64) -> Vec<Pass> {
    let random = world.seed.at2(Domain::Plant, 4 << 40 | index, 0);
    let (vehicle, stations) = (scale(random, world.vehicles()), world.places.stations.len() as u64);
    let here = scale(random.rotate_left(24), stations) as usize;
    let away = |s: usize| {
        let (a, b) = (&world.places.stations[here], &world.places.stations[s]);
        (a.lat - b.lat).pow(2) + (a.lon - b.lon).pow(2)
    };
    let there = (0..stations as usize).max_by_key(|&s| away(s)).unwrap_or(here);
    let second = |k: i64| midnight(2026, 2, 9) + (k * 6 + index as i64 % 6) * DAY + 14 * 3_600 + (random & 0xFFF) as i64;
    (0..2)
        .flat_map(|k| [(here, second(k)), (there, second(k) + 75)])
        .map(|(station, second)| Pass { vehicle, camera: station * CAMERAS, second })
        .collect()
}

#[rustfmt::skip]
const COLUMNS: &[&str] = &[
    "event_id", "captured_at", "server_received_at", "site_id", "camera_id", "lane_id", "lat", "lon", "plate_raw", "plate_confidence",
];

/// Reads as cameras push them, one object a line.
pub(crate) const FEED: Dataset = Dataset {
    contract: "anpr.read",
    files: &[("reads_feed.ndjson", Form::Ndjson)],
    columns: COLUMNS,
    json: &[],
    mess: Mess { spoils: &[("camera_id", "", "missing_value"), ("captured_at", "08:00", "bad_format")], ..mess::NONE },
    subjects: |world| convoys(world) + clones(world),
    fill: |world, n, sheet| {
        let passes = if n < convoys(world) { Convoy::of(world, n).passes } else { clone(world, n - convoys(world)) };
        for (k, pass) in (0..).zip(passes) {
            let camera = &world.places.cameras[pass.camera];
            let row = sheet.begin();
            row.put("event_id", "FD").number_more(n).put_more("-").number_more(k);
            for (column, late) in [("captured_at", 0), ("server_received_at", 2)] {
                let (out, moment) = (row.at(column), Moment::of(pass.second + late));
                digits::day_iso(out, &moment);
                out.push(b'T');
                digits::clock(out, &moment);
                out.extend_from_slice(b"+05:30");
            }
            row.put("site_id", "S").number_more((pass.camera / CAMERAS) as u64).put("camera_id", &camera.id).put("lane_id", "1");
            row.degrees("lat", "lon", (camera.lat, camera.lon)).put("plate_confidence", "0.97");
            plate(world, row.at("plate_raw"), pass.vehicle);
            sheet.end();
        }
    },
};
