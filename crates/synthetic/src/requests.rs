//! Call records as operators answer a request: one file for each number asked about, in the operator's own layout.
//!
//! The numbers asked about belong to people accused in the cases. A call between two of them stands in both files with the same second and duration,
//! since a file is the person's own outgoing records plus those of its contacts towards it.

pub(crate) mod airtel;
pub(crate) mod bsnl;

use airtel::{Call, Dial};

use crate::calendar::{DAY, Moment, busy_second, midnight};
use crate::draw::{Domain, scale};
use crate::file::{Piece, Plan, Remark, Written};
use crate::world::{CONTACTS, World};
use crate::{Error, Job, digits};

/// The window asked for: 1 March 2026 and the 59 days after it.
const DAYS: u64 = 60;

fn start() -> i64 {
    midnight(2026, 3, 1)
}

pub(crate) fn write(job: &Job<'_>) -> Result<Vec<Written>, Error> {
    let world = job.world;
    let numbers = world.circle();
    let mut written = Vec::new();
    for person in 0..numbers {
        let calls = calls(world, person);
        written.push(if world.airtel(person) { airtel_file(job, person, &calls)? } else { bsnl_file(job, person, &calls)? });
    }
    if job.options.mess && numbers < world.persons {
        // A number that was switched off: a valid report without a single row.
        written.push(empty(job, numbers)?);
    }
    Ok(written)
}

fn plan<'a>(job: &'a Job<'_>, operator: &str, person: u64, head: Vec<u8>) -> Plan<'a> {
    let file = format!("telecom.cdr/{operator}_{}.csv", job.world.number(person));
    Plan { out: &job.options.out, file, contract: "telecom.cdr", head, shards: 1, threads: 1 }
}

fn airtel_file(job: &Job<'_>, person: u64, calls: &[Call]) -> Result<Written, Error> {
    let (world, mess) = (job.world, job.options.mess);
    let head = airtel::head(world.number(person), start(), start() + DAYS as i64 * DAY - 1);
    plan(job, "airtel", person, head).write(
        job.progress,
        |_, piece| {
            for (i, call) in calls.iter().enumerate() {
                let begin = piece.bytes.len();
                airtel::row(world, &mut piece.bytes, call, &Moment::of(call.second));
                piece.rows += 1;
                if mess && person.is_multiple_of(3) && i == calls.len() / 3 {
                    airtel::SPOILS[person as usize % airtel::SPOILS.len()].write(piece, begin, piece.bytes.len());
                }
                repeat(piece, begin, mess && person % 4 == 1 && i == calls.len() / 2);
            }
        },
        |_| airtel::foot(start() + (DAYS as i64 + 3) * DAY + 65_815),
    )
}

fn bsnl_file(job: &Job<'_>, person: u64, calls: &[Call]) -> Result<Written, Error> {
    let (world, mess) = (job.world, job.options.mess);
    let head = bsnl::head(world.number(person), start(), start() + DAYS as i64 * DAY - 1);
    plan(job, "bsnl", person, head).write(
        job.progress,
        |_, piece| {
            for (i, call) in calls.iter().enumerate() {
                let begin = piece.bytes.len();
                bsnl::row(world, &mut piece.bytes, call, &Moment::of(call.second));
                piece.rows += 1;
                repeat(piece, begin, mess && i == calls.len() / 2);
            }
        },
        // One operator in ten reports declares a row that is not there.
        |rows| bsnl::foot(rows + u64::from(mess && person % 100 == 8)),
    )
}

fn empty(job: &Job<'_>, person: u64) -> Result<Written, Error> {
    let mut head = airtel::head(job.world.number(person), start(), start() + DAYS as i64 * DAY - 1);
    head.extend_from_slice(b"No Records Found\r\n");
    plan(job, "airtel", person, head).write(job.progress, |_, _| {}, |_| airtel::foot(start() + (DAYS as i64 + 3) * DAY))
}

fn repeat(piece: &mut Piece, begin: usize, wanted: bool) {
    if wanted {
        piece.bytes.extend_from_within(begin..);
        piece.rows += 1;
        piece.remark(Remark::Duplicate);
    }
}

/// Everything on a person's bill in the window, in time order, one record a second.
fn calls(world: &World, person: u64) -> Vec<Call> {
    let mut calls = Vec::new();
    initiated(world, person, |_, call| calls.push(call));
    for j in 0..CONTACTS {
        let other = world.contact(person, j);
        // The same neighbour may be reached through two slots; each slot is its own line of talk.
        if other != person {
            initiated(world, other, |slot, call| {
                if slot == Some(j) {
                    let dial = if call.dial == Dial::Out { Dial::In } else { Dial::SmsIn };
                    calls.push(Call { person, other: Some(world.number(other)), dial, ..call });
                }
            });
        }
    }
    calls.sort_by_key(|c| (c.second, c.other, c.dial as u8));
    calls.dedup_by_key(|c| c.second);
    calls
}

/// The records a person starts, and messages from businesses; `emit` gets the contact slot (none for a business).
fn initiated(world: &World, person: u64, mut emit: impl FnMut(Option<u64>, Call)) {
    let count = 80 + world.seed.at(Domain::Call, person) % 240;
    let mut stream = world.seed.stream(Domain::Reply, person);
    for k in 0..count {
        let part = k * 1_000 + stream.below(1_000);
        let second = start() + busy_second(part, count * 1_000, DAYS);
        let random = stream.next();
        let length = stream.next();
        let slot = scale(random, CONTACTS).min(scale(random.rotate_left(32), CONTACTS));
        let sender = (random >> 40) as usize;
        if random.is_multiple_of(10) {
            emit(None, Call { person, other: None, dial: Dial::SmsIn, second, seconds: 0, sender });
            continue;
        }
        let other = world.contact(person, slot);
        if other != person {
            let dial = if random % 10 == 1 { Dial::SmsOut } else { Dial::Out };
            let seconds = airtel::duration(length, dial);
            emit(Some(slot), Call { person, other: Some(world.number(other)), dial, second, seconds, sender });
        }
    }
}

/// `'7000000101'` in the quotes the Airtel layout puts inside the field.
fn quoted(out: &mut Vec<u8>, number: u64) {
    out.push(b'\'');
    digits::padded::<10>(out, number);
    out.push(b'\'');
}

/// Senders of commercial messages, as the DLT headers of test businesses.
const SENDERS: [&str; 4] = ["JX-TESTPR-P", "AD-TESTBK-S", "VM-TESTGV-G", "AX-TESTTX-T"];
