//! Where things happen: districts and stations, cell sites and cameras around them.

mod districts;
mod villages;

use crate::Units;
use crate::digits;
use crate::draw::{Domain, Seed, scale};

/// A police district and a few of its stations (CCTNS code, name, name in Hindi).
pub(crate) struct District {
    pub code: &'static str,
    pub name: &'static str,
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
    /// In Hindi, where somebody wrote it down; else the same as `name`.
    pub name_hi: &'static str,
    pub lat: i64,
    pub lon: i64,
}

/// One sector of a cell site, with the text every row about it repeats.
pub(crate) struct Cell {
    /// The site's name as operators write it.
    pub site: Box<str>,
    /// Number of the area and of the sector in it.
    pub identity: (u64, u64),
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

/// The state's units with their dates, as the reference dataset ships them.
pub(crate) static UNITS: &str = include_str!("../../sources/contracts/reference/unit/units_rajasthan.csv");

/// The police districts there are, by code and English name.
pub(crate) fn districts() -> impl Iterator<Item = (&'static str, &'static str)> {
    districts::DISTRICTS.iter().map(|d| (d.code, d.name))
}

/// Stations of today under the district: code, name, name in Hindi. Those whose Hindi name is not written down go by the Latin one.
fn listed(district: &'static District) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    UNITS.lines().filter_map(move |line| {
        let mut field = line.split(',');
        let (code, _, until, kind) = (field.next()?, field.next()?, field.next()?, field.next()?);
        let (name, _, parent) = (field.next()?, field.next()?, field.next()?);
        if kind != "station" || parent != district.code || !until.is_empty() {
            return None;
        }
        let hindi = district.stations.iter().find(|s| s.0 == code).map_or(name, |s| s.2);
        Some((code, name, hindi))
    })
}

impl Places {
    /// Places for a state of `persons`: a cell for about forty of them, bounded to 12-180 cells at a station.
    pub(crate) fn new(seed: Seed, persons: u64, units: &Units) -> Self {
        let mut stations = Vec::new();
        for district in districts::DISTRICTS {
            let all: Vec<(&str, &str, &str)> = match units {
                Units::Few => district.stations.to_vec(),
                Units::All => listed(district).collect(),
                Units::District(code) if district.code == code => listed(district).collect(),
                Units::District(_) => Vec::new(),
            };
            // Thanas of a city lie close together.
            let reach = if matches!(units, Units::Few) || district.name.contains("City") { 600 } else { 2_500 };
            for (code, name, name_hi) in all {
                let random = seed.at(Domain::Tower, 1 << 40 | stations.len() as u64);
                let lat = (district.lat * 10_000.0) as i64 + spread(random, reach);
                let lon = (district.lon * 10_000.0) as i64 + spread(random >> 32, reach);
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

    /// All villages and quarters there are names for.
    pub(crate) fn villages() -> impl Iterator<Item = (&'static str, &'static str)> {
        villages::VILLAGES.iter().copied()
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
    let name = format!("{} Site {}, {}", station.name, site + 1, station.district.name);
    Cell { site: name.into(), identity: (area, identity), airtel: airtel.into(), bsnl: bsnl.into() }
}

/// A signed offset below `reach` from the low 32 bits.
pub(crate) fn spread(random: u64, reach: i64) -> i64 {
    (((random & 0xFFFF_FFFF) as i64 * 2 * reach) >> 32) - reach
}
