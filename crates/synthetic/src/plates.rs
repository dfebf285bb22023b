//! Number-plate reads in time order: a vehicle passes cameras where its owner is that day, and one read in a hundred is misread the way cameras do.

use crate::calendar::midnight;
use crate::digits;
use crate::draw::{Domain, Stream};
use crate::file::{Piece, Remark, SHARD_ROWS, Written};
use crate::timeline::{Clock, Distinct, Timeline};
use crate::world::{World, plate};
use crate::{Error, Job};

const FILE: &str = "anpr.read/reads.csv";
const HEADER: &str = "event_id,captured_at,camera_id,lane_id,direction,lat,lon,plate_raw,plate_confidence,plate_colour,vehicle_class,colour,speed_kmph\n";
const REPEAT: u64 = 50_000;
const SPOIL: u64 = 100_000;

pub(crate) fn write(job: &Job<'_>) -> Result<Written, Error> {
    let (world, rows, mess) = (job.world, job.options.plate_rows, job.options.mess);
    let vehicles = world.vehicles();
    let time = Timeline::new("plate reads", rows, vehicles, 4, midnight(2026, 1, 1))?;
    let plan = job.plan(FILE.into(), "anpr.read", HEADER.into(), time.shards() as usize);
    plan.write(
        job.progress,
        |shard, piece| {
            let mut stream = world.seed.stream(Domain::PlateBulk, shard as u64);
            let (mut distinct, mut clock) = (Distinct::new(), Clock::new());
            piece.bytes.reserve(SHARD_ROWS as usize * 140);
            for (row, second) in time.seconds(shard as u64) {
                let vehicle = distinct.draw(&mut stream, second, vehicles);
                let begin = piece.bytes.len();
                read(world, &mut piece.bytes, &mut stream, row, vehicle, second, &mut clock);
                piece.rows += 1;
                if mess {
                    disturb(piece, begin, row, rows);
                }
            }
        },
        |_| Vec::new(),
    )
}

fn read(world: &World, out: &mut Vec<u8>, stream: &mut Stream, row: u64, vehicle: u64, second: i64, clock: &mut Clock) {
    let random = stream.next();
    let camera = &world.places.cameras[world.camera(world.owner(vehicle), second, stream.next())];
    out.extend_from_slice(b"EV");
    digits::padded::<12>(out, row + 1);
    out.push(b',');
    let moment = clock.at(second);
    digits::day_iso(out, moment);
    out.push(b' ');
    digits::clock(out, moment);
    out.push(b',');
    out.extend_from_slice(camera.id.as_bytes());
    out.push(b',');
    digits::number(out, 1 + random % 3);
    out.extend_from_slice(if random >> 2 & 1 == 0 { b",IN," } else { b",OUT," });
    digits::coordinate(out, camera.lat);
    out.push(b',');
    digits::coordinate(out, camera.lon);
    out.push(b',');
    let begin = out.len();
    plate(world, out, vehicle);
    let misread = random >> 8 & 0x7F == 0;
    if misread {
        confuse(&mut out[begin..], random >> 16);
    }
    out.extend_from_slice(b",0.");
    digits::padded::<2>(out, if misread { 41 + (random >> 24) % 30 } else { 80 + (random >> 24) % 20 });
    let kind = world.seed.at(Domain::Vehicle, vehicle) >> 32;
    let (class, colour) = (CLASSES[(kind % 8) as usize], COLOURS[(kind >> 8) as usize % COLOURS.len()]);
    out.extend_from_slice(if class == "GOODS" || class == "TAXI" { b",YELLOW," } else { b",WHITE," });
    out.extend_from_slice(class.as_bytes());
    out.push(b',');
    out.extend_from_slice(colour.as_bytes());
    out.push(b',');
    digits::number(out, 18 + (random >> 32) % 70);
    out.push(b'\n');
}

/// Kinds of vehicle, commoner ones oftener.
pub(crate) const CLASSES: [&str; 8] = ["TWO WHEELER", "TWO WHEELER", "TWO WHEELER", "CAR", "CAR", "CAR", "GOODS", "TAXI"];
/// Body colours.
pub(crate) const COLOURS: [&str; 7] = ["WHITE", "SILVER", "BLACK", "GREY", "RED", "BLUE", "BROWN"];

/// Swaps the first confusable character at or after a random place.
fn confuse(text: &mut [u8], random: u64) {
    const PAIRS: [(u8, u8); 5] = [(b'0', b'O'), (b'8', b'B'), (b'1', b'I'), (b'5', b'S'), (b'2', b'Z')];
    let start = random as usize % text.len();
    for i in (start..text.len()).chain(0..start) {
        if let Some((a, b)) = PAIRS.into_iter().find(|&(a, b)| text[i] == a || text[i] == b) {
            text[i] = if text[i] == a { b } else { a };
            return;
        }
    }
}

fn disturb(piece: &mut Piece, begin: usize, row: u64, rows: u64) {
    let end = piece.bytes.len();
    let (repeat, spoil) = (REPEAT.min(rows / 3 + 1), SPOIL.min(rows / 3 + 1));
    if row % repeat == repeat / 2 {
        piece.bytes.extend_from_within(begin..end);
        piece.rows += 1;
        piece.remark(Remark::Duplicate);
    }
    if row % spoil == spoil / 3 {
        let (field, text, code, column) = SPOILS[(row / spoil) as usize % SPOILS.len()];
        piece.spoilt(begin, end, field, text, Remark::Reject { code, column });
    }
}

/// Field, what it becomes, and what a reader must say.
const SPOILS: [(usize, &str, &str, &str); 3] = [
    (1, "2026-02-31 10:00:00", "bad_format", "captured_at"),
    (7, "", "missing_value", "plate_raw"),
    (5, "226.9", "out_of_range", "lat"),
];

#[cfg(test)]
mod tests {
    #[test]
    fn a_misread_differs_in_one_character() {
        let mut text = *b"RJ14CA0001";
        super::confuse(&mut text, 8);
        assert_eq!(&text, b"RJ14CA00O1");
    }
}
