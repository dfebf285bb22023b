//! Vehicle registrations under the transport register's own field names.

use crate::calendar::{DAY, Moment, midnight};
use crate::digits;
use crate::draw::Domain;
use crate::file::{Piece, Plan, Remark, SHARD_ROWS, Written};
use crate::plates::{CLASSES, COLOURS};
use crate::world::{World, plate};
use crate::{Error, Job};

const FILE: &str = "transport.vehicle/registrations.csv";
const HEADER: &str = "rc_regn_no,rc_regn_dt,rc_owner_name,rc_f_name,rc_owner_sr,rc_permanent_address,rc_present_address,rc_mobile_no,rc_chasi_no,\
rc_eng_no,rc_vh_class_desc,rc_maker_desc,rc_maker_model,rc_fuel_desc,rc_color,rc_manu_month_yr,rc_registered_at,rc_rto_code,rc_status\n";

/// Makers with a model and the fuel it burns, by the classes of [`CLASSES`].
const MODELS: [(&str, &str, &str); 8] = [
    ("HERO MOTOCORP LTD", "SPLENDOR PLUS", "PETROL"),
    ("HONDA MOTORCYCLE AND SCOOTER INDIA", "ACTIVA 6G", "PETROL"),
    ("BAJAJ AUTO LTD", "PLATINA 100", "PETROL"),
    ("MARUTI SUZUKI INDIA LTD", "SWIFT VXI", "PETROL"),
    ("HYUNDAI MOTOR INDIA LTD", "CRETA SX", "DIESEL"),
    ("MAHINDRA AND MAHINDRA LTD", "BOLERO B6", "DIESEL"),
    ("TATA MOTORS LTD", "ACE GOLD", "DIESEL"),
    ("MARUTI SUZUKI INDIA LTD", "DZIRE TOUR S", "CNG"),
];

pub(crate) fn write(job: &Job<'_>) -> Result<Written, Error> {
    let (world, vehicles) = (job.world, job.world.vehicles());
    let mess = job.options.mess;
    let plan = Plan {
        out: &job.options.out,
        file: FILE.into(),
        contract: "transport.vehicle",
        head: HEADER.into(),
        shards: vehicles.div_ceil(SHARD_ROWS) as usize,
        threads: job.threads,
    };
    plan.write(
        job.progress,
        |shard, piece| {
            let first = shard as u64 * SHARD_ROWS;
            for vehicle in first..(first + SHARD_ROWS).min(vehicles) {
                let begin = piece.bytes.len();
                row(world, &mut piece.bytes, vehicle);
                piece.rows += 1;
                if mess {
                    disturb(piece, begin, vehicle);
                }
            }
        },
        |_| Vec::new(),
    )
}

fn row(world: &World, out: &mut Vec<u8>, vehicle: u64) {
    let owner = world.owner(vehicle);
    let station = &world.places.stations[world.station(owner)];
    let (name, (_, relative), kind) = (world.name(owner), world.relative(owner), world.seed.at(Domain::Vehicle, vehicle) >> 32);
    let registered = midnight(2012, 1, 1) + (world.seed.at(Domain::Registration, vehicle) % (13 * 365)) as i64 * DAY;
    plate(world, out, vehicle);
    out.push(b',');
    digits::day_name(out, &Moment::of(registered));
    out.push(b',');
    let begin = out.len();
    name.latin_variant(out);
    out.push(b',');
    out.extend_from_slice(relative.2.as_bytes());
    out.push(b' ');
    out.extend_from_slice(name.surname.2.as_bytes());
    out.push(b',');
    digits::number(out, 1 + u64::from(kind >> 20 & 15 == 0));
    for _ in 0..2 {
        out.extend_from_slice(b",\"");
        for (i, part) in [world.village(owner).1, station.name, station.district.name].into_iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(part.as_bytes());
        }
        out.push(b'"');
    }
    // The register writes everything of the owner in capitals.
    out[begin..].make_ascii_uppercase();
    out.push(b',');
    digits::padded::<10>(out, world.number(owner));
    out.extend_from_slice(b",MA3TEST");
    digits::padded::<10>(out, vehicle);
    out.extend_from_slice(b",ENG");
    digits::padded::<9>(out, vehicle);
    let model = MODELS[(kind % 8) as usize];
    for text in [CLASSES[(kind % 8) as usize], model.0, model.1, model.2, COLOURS[(kind >> 8) as usize % COLOURS.len()]] {
        out.push(b',');
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b',');
    let made = Moment::of(registered - 45 * DAY);
    digits::two(out, made.month);
    out.push(b'/');
    digits::padded::<4>(out, made.year.into());
    out.push(b',');
    out.extend_from_slice(station.district.name.to_ascii_uppercase().as_bytes());
    out.extend_from_slice(b" RTO,");
    out.extend_from_slice(station.district.rto.as_bytes());
    out.extend_from_slice(b",ACTIVE\n");
}

/// A register of any size has a few bad rows and repetitions.
fn disturb(piece: &mut Piece, begin: usize, vehicle: u64) {
    let end = piece.bytes.len();
    match vehicle % 5_000 {
        17 => piece.spoilt(begin, end, 0, "", Remark::Reject { code: "key_missing", column: "rc_regn_no" }),
        29 => piece.spoilt(begin, end, 1, "31-Feb-2020", Remark::Reject { code: "bad_format", column: "rc_regn_dt" }),
        41 => {
            piece.bytes.extend_from_within(begin..end);
            piece.rows += 1;
            piece.remark(Remark::Duplicate);
        }
        _ => {}
    }
}
