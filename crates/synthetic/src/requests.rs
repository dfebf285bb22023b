//! Call records as operators answer a request: one file for each number asked about, in the operator's own layout.
//!
//! The numbers asked about belong to people accused in the cases. A call between two of them stands in both files with the same second and duration,
//! since a file is the person's own outgoing records plus those of its contacts towards it.

pub(crate) mod airtel;
pub(crate) mod bsnl;
mod jio;
mod vi;

use airtel::{Call, Dial};

use crate::calendar::{DAY, Moment, busy_second, midnight};
use crate::draw::{Domain, scale};
use crate::file::{Piece, Plan, Remark, Written};
use crate::plants::{self, Meeting};
use crate::world::{CONTACTS, Operator, World};
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
        written.push(answer(job, person, world.number(person))?);
    }
    for person in plants::second_persons(world) {
        written.push(answer(job, person, plants::second_number(person))?);
    }
    if job.options.mess && numbers < world.persons {
        // A number that was switched off: a valid report without a single row.
        written.push(empty(job, numbers)?);
    }
    Ok(written)
}

/// How an operator lays out its answer.
#[derive(Clone, Copy)]
enum Layout {
    Airtel,
    Jio(jio::Layout),
    Vi,
    Bsnl(bsnl::Layout),
}

impl Layout {
    fn of(world: &World, person: u64) -> Self {
        match (world.operator(person), person / 10 % 2) {
            (Operator::Airtel, _) => Layout::Airtel,
            (Operator::Jio, _) => Layout::Jio(if person.is_multiple_of(2) { jio::Layout::Old } else { jio::Layout::Now }),
            (Operator::Vi, _) => Layout::Vi,
            (Operator::Bsnl, _) if person % 10 == 9 => Layout::Bsnl(bsnl::Layout::Now),
            (Operator::Bsnl, 0) => Layout::Bsnl(bsnl::Layout::Old),
            (Operator::Bsnl, _) => Layout::Bsnl(bsnl::Layout::Nodal(0)),
        }
    }

    fn head(self, number: u64, rows: u64) -> Vec<u8> {
        let (from, to) = (start(), start() + DAYS as i64 * DAY - 1);
        match self {
            Layout::Airtel => airtel::head(number, from, to),
            Layout::Jio(layout) => jio::head(layout, number, rows, from, to),
            Layout::Vi => vi::head(number, from, to),
            Layout::Bsnl(layout) => bsnl::head(layout, number, from, to),
        }
    }

    fn row(self, world: &World, n: u64, call: &Call, out: &mut Vec<u8>) {
        let moment = Moment::of(call.second);
        match self {
            Layout::Airtel => airtel::row(world, out, call, &moment),
            Layout::Jio(layout) => jio::row(world, layout, out, call, &moment),
            Layout::Vi => vi::row(world, out, call, &moment),
            Layout::Bsnl(bsnl::Layout::Nodal(_)) => bsnl::row(world, bsnl::Layout::Nodal(n + 1), out, call, &moment),
            Layout::Bsnl(layout) => bsnl::row(world, layout, out, call, &moment),
        }
    }

    fn foot(self, rows: u64) -> Vec<u8> {
        match self {
            Layout::Airtel => airtel::foot(start() + (DAYS as i64 + 3) * DAY + 65_815),
            Layout::Jio(_) => Vec::new(),
            Layout::Vi => vi::FOOT.to_vec(),
            Layout::Bsnl(layout) => bsnl::foot(layout, rows),
        }
    }
}

fn plan<'a>(job: &'a Job<'_>, operator: Operator, number: u64, head: Vec<u8>) -> Plan<'a> {
    let mut plan = job.plan(format!("telecom.cdr/{}_{number}.csv", operator.name()), "telecom.cdr", head, 1);
    plan.threads = 1;
    plan
}

/// The operator's answer about one number of a person.
fn answer(job: &Job<'_>, person: u64, number: u64) -> Result<Written, Error> {
    let (world, mess, layout) = (job.world, job.options.mess, Layout::of(job.world, person));
    let calls: Vec<Call> = calls(world, person).into_iter().filter(|c| c.line.number == number).collect();
    let repeated = match layout {
        _ if !mess || calls.is_empty() => false,
        Layout::Airtel => person % 4 == 1,
        Layout::Bsnl(bsnl::Layout::Nodal(_)) => false,
        _ => true,
    };
    let head = layout.head(number, calls.len() as u64 + u64::from(repeated));
    plan(job, world.operator(person), number, head).write(
        job.progress,
        |_, piece| {
            for (i, call) in calls.iter().enumerate() {
                let begin = piece.bytes.len();
                layout.row(world, i as u64, call, &mut piece.bytes);
                piece.rows += 1;
                if mess && matches!(layout, Layout::Airtel) && person.is_multiple_of(3) && i == calls.len() / 3 {
                    airtel::SPOILS[person as usize % airtel::SPOILS.len()].write(piece, begin, piece.bytes.len());
                }
                repeat(piece, begin, repeated && i == calls.len() / 2);
            }
        },
        // One operator in ten reports declares a row that is not there.
        |rows| layout.foot(rows + u64::from(mess && person % 100 == 8)),
    )
}

fn empty(job: &Job<'_>, person: u64) -> Result<Written, Error> {
    let mut head = Layout::Airtel.head(job.world.number(person), 0);
    head.extend_from_slice(b"No Records Found\r\n");
    plan(job, Operator::Airtel, job.world.number(person), head).write(
        job.progress,
        |_, _| {},
        |_| airtel::foot(start() + (DAYS as i64 + 3) * DAY),
    )
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
                    let line = plants::line(world, person, call.second);
                    calls.push(Call { person, line, other: Some(plants::number_at(world, other, call.second)), dial, ..call });
                }
            });
        }
    }
    for Meeting { second, cell } in plants::meetings(world, person) {
        let line = plants::line(world, person, second);
        calls.push(Call { person, line, cell: Some(cell), other: None, dial: Dial::SmsIn, second, seconds: 0, sender: 0 });
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
            emit(
                None,
                Call {
                    person,
                    line: plants::line(world, person, second),
                    cell: None,
                    other: None,
                    dial: Dial::SmsIn,
                    second,
                    seconds: 0,
                    sender,
                },
            );
            continue;
        }
        let other = world.contact(person, slot);
        if other != person {
            let dial = if random % 10 == 1 { Dial::SmsOut } else { Dial::Out };
            let seconds = airtel::duration(length, dial);
            let (line, other) = (plants::line(world, person, second), plants::number_at(world, other, second));
            emit(Some(slot), Call { person, line, cell: None, other: Some(other), dial, second, seconds, sender });
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
