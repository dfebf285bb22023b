//! What is true, written beside the data so that a test can demand it: `truth/persons.csv` (who is who across the sources), `truth/mentions.csv` (every
//! role of a person in a case with the source's own id), `truth/counts.csv` (rows of each file and how they must come out) and `truth/remarks.csv`
//! (the single rows that must be refused or recognised).

use crate::calendar::{Moment, midnight};
use crate::file::{Lines, Piece, Remark, SHARD_ROWS, Written};
use crate::world::{Relation, imei, plate};
use crate::{Error, FileSummary, Job, digits};

/// Files with the outcome a reader must reach; `accepted` is `rows - rejected - duplicate`.
pub(crate) fn summaries(written: &[Written]) -> Vec<FileSummary> {
    let count = |w: &Written, wanted: fn(&Remark) -> bool| w.remarks.iter().filter(|(_, r)| wanted(r)).count() as u64;
    written
        .iter()
        .map(|w| FileSummary {
            file: w.file.clone(),
            contract: w.contract.to_owned(),
            rows: w.rows,
            rejected: count(w, |r| matches!(r, Remark::Reject { .. })),
            duplicate: count(w, |r| matches!(r, Remark::Duplicate)),
            bytes: w.bytes,
        })
        .collect()
}

/// Writes `truth/counts.csv` and `truth/remarks.csv`.
pub(crate) fn remarks(out: &std::path::Path, written: &[Written]) -> Result<(), Error> {
    let mut counts = Lines::create(out.join("truth/counts.csv"), "file,contract,rows,accepted,rejected,duplicate,bytes")?;
    for f in summaries(written) {
        let accepted = f.rows - f.rejected - f.duplicate;
        counts.push(&format!("{},{},{},{accepted},{},{},{}", f.file, f.contract, f.rows, f.rejected, f.duplicate, f.bytes))?;
    }
    counts.finish()?;
    let mut lines = Lines::create(out.join("truth/remarks.csv"), "file,row,outcome,code,column")?;
    for w in written {
        for (row, remark) in &w.remarks {
            let (outcome, code, column) = match *remark {
                Remark::Reject { code, column } => ("rejected", code, column),
                Remark::Duplicate => ("duplicate", "", ""),
                Remark::Correction => ("correction", "", ""),
                Remark::Withdrawal => ("withdrawal", "", ""),
            };
            lines.push(&format!("{},{row},{outcome},{code},{column}", w.file))?;
        }
    }
    lines.finish()
}

const PERSONS: &str = "person,name,name_local,relation,relative_name,sex,birth_date,station,district,village,phone,operator,imsi,imei,imei_later,plate\n";

/// Writes `truth/persons.csv`.
pub(crate) fn people(job: &Job<'_>) -> Result<(), Error> {
    let persons = job.world.persons;
    let shards = persons.div_ceil(SHARD_ROWS) as usize;
    job.plan("truth/persons.csv".into(), "", PERSONS.into(), shards).write(
        job.progress,
        |shard, piece| {
            let first = shard as u64 * SHARD_ROWS;
            for person in first..(first + SHARD_ROWS).min(persons) {
                person_row(job, piece, person);
            }
        },
        |_| Vec::new(),
    )?;
    Ok(())
}

fn person_row(job: &Job<'_>, piece: &mut Piece, person: u64) {
    let (world, out) = (job.world, &mut piece.bytes);
    let (name, (relation, relative)) = (world.name(person), world.relative(person));
    digits::number(out, person);
    out.push(b',');
    name.latin(out);
    out.push(b',');
    name.hindi(out);
    out.extend_from_slice(if relation == Relation::Father { b",father," } else { b",husband," });
    out.extend_from_slice(relative.1.as_bytes());
    out.push(b' ');
    out.extend_from_slice(name.surname.1.as_bytes());
    out.extend_from_slice(if world.female(person) { b",F," } else { b",M," });
    digits::day_iso(out, &Moment::of(world.birth(person)));
    let station = &world.places.stations[world.station(person)];
    for text in [station.code, station.district.code, world.village(person).1] {
        out.push(b',');
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b',');
    digits::padded::<10>(out, world.number(person));
    out.push(b',');
    out.extend_from_slice(world.operator(person).name().as_bytes());
    out.push(b',');
    digits::padded::<15>(out, world.sim(person));
    let (first, last) = (world.handset(person, 0), world.handset(person, midnight(2027, 1, 1)));
    out.push(b',');
    imei(out, first);
    out.push(b',');
    if first != last {
        imei(out, last);
    }
    out.push(b',');
    if let Some(vehicle) = world.vehicle_of(person) {
        plate(world, out, vehicle);
    }
    out.push(b'\n');
    piece.rows += 1;
}
