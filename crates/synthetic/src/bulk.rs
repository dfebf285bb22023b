//! One large call-record file in the Airtel layout: header and rows in time order, no preamble and no footer, as a bulk delivery comes.

use crate::calendar::midnight;
use crate::draw::{Domain, Stream};
use crate::file::{Piece, Remark, SHARD_ROWS, Written};
use crate::plants::{self, Line};
use crate::requests::airtel::{self, Call, Dial};
use crate::timeline::{Clock, Distinct, Timeline};
use crate::world::{CONTACTS, OUTSIDE_NUMBER, World};
use crate::{Error, Job};

/// Path below the output folder.
const FILE: &str = "telecom.cdr/bulk_airtel.csv";
/// One row in so many is repeated, and one in so many spoilt, when mess is asked for.
const REPEAT: u64 = 50_000;
const SPOIL: u64 = 100_000;

pub(crate) fn write(job: &Job<'_>) -> Result<Written, Error> {
    let (world, rows, mess) = (job.world, job.options.cdr_rows, job.options.mess);
    let subscribers = world.airtel_subscribers();
    let time = Timeline::new("call records", rows, subscribers, 10, midnight(2026, 1, 1))?;
    let plan = job.plan(FILE.into(), "telecom.cdr", [airtel::HEADER.as_bytes(), b"\r\n"].concat(), time.shards() as usize);
    plan.write(
        job.progress,
        |shard, piece| {
            let mut stream = world.seed.stream(Domain::CdrBulk, shard as u64);
            let (mut distinct, mut clock) = (Distinct::new(), Clock::new());
            piece.bytes.reserve(SHARD_ROWS as usize * 230);
            for (row, second) in time.seconds(shard as u64) {
                let person = world.airtel_subscriber(distinct.draw(&mut stream, second, subscribers));
                let call = call(world, &mut stream, person, second);
                let begin = piece.bytes.len();
                airtel::row(world, &mut piece.bytes, &call, clock.at(second));
                piece.rows += 1;
                if mess {
                    disturb(piece, begin, row, rows);
                }
            }
        },
        |_| Vec::new(),
    )
}

fn call(world: &World, stream: &mut Stream, person: u64, second: i64) -> Call {
    let random = stream.next();
    let dial = match random % 100 {
        0..42 => Dial::Out,
        42..80 => Dial::In,
        80..86 => Dial::SmsOut,
        _ => Dial::SmsIn,
    };
    let other = if dial == Dial::SmsIn && random >> 8 & 3 != 0 {
        None
    } else {
        // The smaller of two draws: a person mostly talks to the first few contacts.
        let slot = (random >> 16 & 0xFF).min(random >> 24 & 0xFF) * CONTACTS / 256;
        let contact = world.contact(person, slot);
        let stranger = contact == person || random >> 32 & 7 == 0;
        Some(if stranger { OUTSIDE_NUMBER + (random >> 36) % 900_000 } else { world.number(contact) })
    };
    let line = if world.few {
        Line { number: world.number(person), imsi: world.imsi(person), handset: world.handset(person, second) }
    } else {
        plants::line(world, person, second)
    };
    Call {
        person,
        line,
        cell: None,
        other,
        dial,
        second,
        seconds: airtel::duration(stream.next(), dial),
        sender: (random >> 40) as usize,
    }
}

/// Puts in a repetition or a bad row at fixed distances; in a small file the distances shrink so that it has some too.
fn disturb(piece: &mut Piece, begin: usize, row: u64, rows: u64) {
    let end = piece.bytes.len();
    let (repeat, spoil) = (REPEAT.min(rows / 3 + 1), SPOIL.min(rows / 3 + 1));
    if row % repeat == repeat / 2 {
        piece.bytes.extend_from_within(begin..end);
        piece.rows += 1;
        piece.remark(Remark::Duplicate);
    }
    if row % spoil == spoil / 3 {
        airtel::SPOILS[(row / spoil) as usize % airtel::SPOILS.len()].write(piece, begin, end);
    }
}
