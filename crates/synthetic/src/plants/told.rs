//! `truth/planted.csv`: everything that was planted, one line for each thing or person that belongs to a plant.

use super::roads::{self, Convoy, Pass};
use super::telephones::{change, lender, line, meetings, peer, renumbered, second_number, swapped};
use super::{EACH, Group, groups};
use crate::calendar::Moment;
use crate::cases::{self, Case};
use crate::digits;
use crate::file::{Lines, quoted};
use crate::world::{World, imei, plate};
use crate::{Error, Job};

/// Writes the file.
pub(crate) fn write(job: &Job<'_>) -> Result<(), Error> {
    let mut out = Lines::create(job.options.out.join("truth/planted.csv"), "plant,number,kind,subject,at,where")?;
    cases_of_groups(job.world, &mut out)?;
    traffic(job.world, &mut out)?;
    telephones(job.world, &mut out)?;
    out.finish()
}

fn push(out: &mut Lines, plant: &str, number: u64, subject: (&str, &str), at: Option<i64>, place: &str) -> Result<(), Error> {
    let at = at.map_or_else(String::new, moment);
    out.push(&format!("{plant},{number},{},{},{at},{}", subject.0, quoted(subject.1), quoted(place)))
}

/// `2026-03-10 16:10:00`
fn moment(second: i64) -> String {
    text(|out| {
        let moment = Moment::of(second);
        digits::day_iso(out, &moment);
        out.push(b' ');
        digits::clock(out, &moment);
    })
}

fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}

fn cases_of_groups(world: &World, out: &mut Lines) -> Result<(), Error> {
    for g in 0..groups(world) {
        let group = Group::of(world, g);
        let plant = if group.gang.is_some() { "series" } else { "near_repeat" };
        for j in 0..EACH {
            let case = Case::of(world, cases::count(world) + g * EACH + j);
            let key = text(|out| out.extend(cases::key(world, &case)));
            let place = text(|out| {
                digits::coordinate(out, case.at.0);
                out.push(b'/');
                digits::coordinate(out, case.at.1);
            });
            push(out, plant, g, ("case", &key), Some(case.from), &place)?;
        }
        for person in group.gang.into_iter().flatten() {
            push(out, "gang", g, ("person", &person.to_string()), None, "")?;
        }
    }
    Ok(())
}

fn traffic(world: &World, out: &mut Lines) -> Result<(), Error> {
    let pass = |out: &mut Lines, plant, n, pass: &Pass| {
        let mark = text(|out| plate(world, out, pass.vehicle));
        push(out, plant, n, ("plate", &mark), Some(pass.second), &world.places.cameras[pass.camera].id)
    };
    for n in 0..roads::convoys(world) {
        let convoy = Convoy::of(world, n);
        debug_assert_ne!(convoy.vehicles[0], convoy.vehicles[1]);
        for p in &convoy.passes {
            pass(out, "convoy", n, p)?;
        }
    }
    for n in 0..roads::clones(world) {
        for p in &roads::clone(world, n) {
            pass(out, "cloned_plate", n, p)?;
        }
    }
    Ok(())
}

fn telephones(world: &World, out: &mut Lines) -> Result<(), Error> {
    let number = |n: u64| text(|out| digits::padded::<10>(out, n));
    let handset = |n: u64| text(|out| imei(out, n));
    for person in 0..world.circle() {
        let phone = number(world.number(person));
        let (before, after) = (line(world, person, change() - 1), line(world, person, change()));
        if swapped(world, person) {
            push(out, "sim_swap", person, ("phone", &phone), Some(change()), "")?;
            push(out, "sim_swap", person, ("imsi", &after.imsi.to_string()), Some(change()), "")?;
            push(out, "sim_swap", person, ("imei", &handset(after.handset)), Some(change()), "")?;
        }
        if renumbered(world, person) {
            push(out, "number_change", person, ("phone", &phone), None, "")?;
            push(out, "number_change", person, ("phone", &number(second_number(person))), Some(change()), "")?;
            push(out, "number_change", person, ("imei", &handset(before.handset)), None, "")?;
        }
        if let Some(other) = lender(world, person) {
            for who in [other, person] {
                push(out, "shared_handset", person, ("phone", &number(world.number(who))), None, "")?;
            }
            push(out, "shared_handset", person, ("imei", &handset(world.handset(other, change() - 1))), None, "")?;
        }
        if peer(world, person).is_some() {
            for meeting in meetings(world, person) {
                let cell = &world.places.cells[meeting.cell];
                let place = format!("404-70-{}-{}", cell.identity.0, cell.identity.1);
                push(out, "co_location", person & !1, ("phone", &phone), Some(meeting.second), &place)?;
            }
        }
    }
    Ok(())
}
