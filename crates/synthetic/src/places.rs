//! Where things happen: districts and stations, cell sites and cameras around them.

mod districts;
mod villages;

use crate::digits;
use crate::draw::{Domain, Seed, scale};

/// A police district and a few of its stations (CCTNS code, name, name in Hindi).
pub(crate) struct District {
    pub code: &'static str,
    pub name: &'static str,
    #[allow(dead_code, reason = "the bilingual layouts of the full synthetic state use it")]
    pub name_hi: &'static str,
    pub rto: &'static str,
    pub lat: f64,
    pub lon: f64,
    pub stations: &'static [(&'static str, &'static str, &'static str)],
}

/// A station with invented coordinates near its district headquarters, in ten-thousandths of a degree.
pub(crate) struct Station {
    pub district: &'static District,
    pub code: &'static str,
    pub name: &'static str,
    #[allow(dead_code, reason = "the bilingual layouts of the full synthetic state use it")]
    pub name_hi: &'static str,
    pub lat: i64,
    pub lon: i64,
}

/// One sector of a cell site, with the text every row about it repeats.
pub(crate) struct Cell {
    /// `26.8950/75.7400,404-70-103-1003`: position and identity as two fields of the Airtel layout.
    pub airtel: Box<[u8]>,
    /// `Jhotwara Site 4; Jaipur; Lat-26.8950; Long-75.7400,404-59-103-1003` in the BSNL layout.
    pub bsnl: Box<[u8]>,
}

/// A number-plate camera.
pub(crate) struct Camera {
    /// Identity of the device, such as `CAM-27997001-2`.
    pub id: String,
    pub lat: i64,
    pub lon: i64,
}

/// Cameras at each station.
pub(crate) const CAMERAS: usize = 3;

/// All places of a synthetic state; small (a few megabytes) and shared by every shard.
pub(crate) struct Places {
    pub stations: Vec<Station>,
    pub cells: Vec<Cell>,
    pub cameras: Vec<Camera>,
    /// Cells at each station.
    pub cells_each: usize,
}

impl Places {
    /// Places for a state of `persons`: a cell for about forty of them, bounded to 12-180 cells at a station.
    pub(crate) fn new(seed: Seed, persons: u64) -> Self {
        let mut stations = Vec::new();
        for district in districts::DISTRICTS {
            for &(code, name, name_hi) in district.stations {
                let random = seed.at(Domain::Tower, 1 << 40 | stations.len() as u64);
                let lat = (district.lat * 10_000.0) as i64 + spread(random, 600);
                let lon = (district.lon * 10_000.0) as i64 + spread(random >> 32, 600);
                stations.push(Station { district, code, name, name_hi, lat, lon });
            }
        }
        let sites = (persons / stations.len() as u64 / 120).clamp(4, 60) as usize;
        let cells_each = sites * 3;
        let mut cells = Vec::with_capacity(stations.len() * cells_each);
        let mut cameras = Vec::with_capacity(stations.len() * CAMERAS);
        for (s, station) in stations.iter().enumerate() {
            for sector in 0..cells_each {
                cells.push(cell(seed, s, station, sector));
            }
            for c in 0..CAMERAS {
                let random = seed.at(Domain::Camera, 1 << 40 | (s * CAMERAS + c) as u64);
                cameras.push(Camera {
                    id: format!("CAM-{}-{}", station.code, c + 1),
                    lat: station.lat + spread(random, 200),
                    lon: station.lon + spread(random >> 32, 200),
                });
            }
        }
        Self { stations, cells, cameras, cells_each }
    }

    /// A village or quarter: Devanagari, Latin.
    pub(crate) fn village(random: u64) -> (&'static str, &'static str) {
        villages::VILLAGES[scale(random, villages::VILLAGES.len() as u64) as usize]
    }
}

fn cell(seed: Seed, s: usize, station: &Station, sector: usize) -> Cell {
    let site = sector / 3;
    let random = seed.at(Domain::Tower, (s * 64 + site) as u64);
    let (lat, lon) = (station.lat + spread(random, 300), station.lon + spread(random >> 32, 300));
    let (area, identity) = (100 + s as u64, 1_001 + sector as u64);
    let mut airtel = Vec::with_capacity(40);
    digits::coordinate(&mut airtel, lat);
    airtel.push(b'/');
    digits::coordinate(&mut airtel, lon);
    airtel.extend_from_slice(b",404-70-");
    let mut bsnl = Vec::with_capacity(80);
    bsnl.extend_from_slice(station.name.as_bytes());
    bsnl.extend_from_slice(b" Site ");
    digits::number(&mut bsnl, site as u64 + 1);
    bsnl.extend_from_slice(b"; ");
    bsnl.extend_from_slice(station.district.name.as_bytes());
    bsnl.extend_from_slice(b"; Lat-");
    digits::coordinate(&mut bsnl, lat);
    bsnl.extend_from_slice(b"; Long-");
    digits::coordinate(&mut bsnl, lon);
    bsnl.extend_from_slice(b",404-59-");
    for out in [&mut airtel, &mut bsnl] {
        digits::number(out, area);
        out.push(b'-');
        digits::number(out, identity);
    }
    Cell { airtel: airtel.into(), bsnl: bsnl.into() }
}

/// A signed offset below `reach` from the low 32 bits.
fn spread(random: u64, reach: i64) -> i64 {
    (((random & 0xFFFF_FFFF) as i64 * 2 * reach) >> 32) - reach
}
