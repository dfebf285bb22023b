//! What the other sources point to: units, sections of law, places, post offices, transport offices, series of numbers, types of handsets.
//!
//! Units, sections and transport offices are the real ones. Villages, pin codes, number series and handset types stand for the made-up ones the other
//! files use: pin codes begin with 399, series with 700.

use crate::file::Written;
use crate::places::{self, Places};
use crate::{Error, Job};

/// Sections of law, as the reference dataset ships them.
static SECTIONS: &str = include_str!("../../sources/contracts/reference/section/sections_india.csv");

pub(crate) fn write(job: &Job<'_>) -> Result<Vec<Written>, Error> {
    let stations = &job.world.places.stations;
    let mut places = String::from("level,code,name_en,name_hi,parent_level,parent_code,lat,lon\nstate,8,Rajasthan,राजस्थान,,,,\n");
    let mut offices = String::from("pincode,office,taluk,district,state\n");
    let mut transport = String::from("code,office,confidence\n");
    let mut districts: Vec<&str> = Vec::new();
    for (n, station) in stations.iter().enumerate() {
        let district = station.district;
        if !districts.contains(&district.code) {
            districts.push(district.code);
            places += &format!(
                "district,{},{},{},state,8,{:.4},{:.4}\n",
                district.code, district.name, district.name_hi, district.lat, district.lon
            );
            if !transport.contains(district.rto) {
                transport += &format!("{},{},high\n", district.rto, district.name);
            }
        }
        offices += &format!("399{:03},{} S.O,{},{},Rajasthan\n", (n + 1) % 1_000, station.name, station.name, district.name);
    }
    for (n, (hindi, latin)) in Places::villages().enumerate() {
        places += &format!("village,{},{latin},{hindi},district,{},,\n", 900_001 + n, districts[n % districts.len()]);
    }
    let series: String = (0..10).map(|n| format!("700{n},RJ,Test operator,RJ,Rajasthan\n")).collect();
    let types: String = (0..20).map(|n| format!("{},Test,Model {n},\n", 35_000_000 + n)).collect();
    [
        ("reference.unit", "units.csv", places::UNITS.to_owned()),
        ("reference.section", "sections.csv", SECTIONS.to_owned()),
        ("reference.place", "places.csv", places),
        ("reference.rto", "rto.csv", transport),
        ("reference.series", "series.csv", format!("number,operator_code,operator,circle_code,circle\n{series}")),
        ("reference.tac", "tac.csv", format!("tac,brand,model,aka\n{types}")),
        ("post.office", "offices.csv", offices),
    ]
    .into_iter()
    .map(|(contract, file, text)| {
        let rows = text.lines().count() as u64 - 1;
        let plan = job.plan(format!("{contract}/{file}"), contract, text.into_bytes(), 0);
        let mut written = plan.write(job.progress, |_, _| {}, |_| Vec::new())?;
        written.rows = rows;
        Ok(written)
    })
    .collect()
}
