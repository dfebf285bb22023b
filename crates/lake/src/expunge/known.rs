//! What the operational state knows of somebody beside the lake's rows: decisions on the category, history sheets, and what people wrote.
//!
//! Decisions and sheets go with the last row that speaks of whom they are about. In what people wrote (reasons, notes, references of orders, names
//! of files, lists of whom to watch for) the words that only the erased rows stated are taken out and the rest stays: why somebody read, and who
//! granted it, must be known afterwards too. What a row that stays states as well, such as the telephone of a household, is the others'.

use std::collections::{BTreeSet, HashSet};

use arrow::array::{Array, RecordBatch};

use super::{TELLING, Target, bare, places, text};
use crate::Lake;
use crate::erase::{Intent, Receipt};
use crate::error::Result;
use crate::home::TableName;
use crate::rows;
use crate::standing::record_of;

/// Columns of a mention that say who it is; the first is the source's key.
const SAY: [&str; 5] = ["person_key", "name", "name_local", "phone", "id_value"];

/// An id as people write it.
fn hex(id: u64) -> String {
    format!("{id:016x}")
}

/// Whether a text names one person well enough to be looked for in what people wrote: a number, or a name of several words. A single word is
/// many people's name.
fn tells(text: &str) -> bool {
    text.chars().count() >= TELLING && (text.bytes().any(|b| b.is_ascii_digit()) || text.split_whitespace().nth(1).is_some())
}

impl Lake {
    /// Adds to `intent` the ids under which people decided on somebody of whom no row is left after it, and the words that no row left states.
    pub(super) async fn known(&self, target: &Target, intent: &mut Intent) -> Result<()> {
        let (mut keys, mut words) = (BTreeSet::new(), BTreeSet::new());
        {
            let dooms = intent.dooms();
            self.stated(
                &mut |going, column, value| {
                    if going {
                        if column == 0 {
                            keys.insert(value.to_owned());
                        }
                        words.insert(value.to_owned());
                    }
                },
                &dooms,
            )?;
            let mut numbers = HashSet::new();
            self.stated(
                &mut |going, column, value| {
                    if !going {
                        if column == 0 {
                            keys.remove(value);
                        }
                        words.remove(value);
                    }
                },
                &dooms,
            )?;
            // Call records stay with their numbers, and so does an authority that names one.
            self.objects_left(&mut |value| _ = words.contains(value).then(|| numbers.insert(value.to_owned())), &dooms)?;
            words.retain(|word| !numbers.contains(word));
            if let Target::Person(key) | Target::Case(key) = target {
                words.insert(key.clone());
                words.extend(bare(&BTreeSet::from([key.clone()])));
            }
            words.extend(bare(&keys));
        }
        let mut ids: BTreeSet<String> = keys.iter().map(|key| hex(record_of(key))).collect();
        self.persons_gone(intent, &mut ids).await?;
        self.companions(intent, &mut ids).await?;
        words.extend(ids.iter().cloned());
        intent.words = words.into_iter().filter(|word| tells(word)).collect();
        // A query may have asked for the person by an id.
        intent.texts.extend(ids.iter().cloned());
        intent.ids = ids.into_iter().collect();
        Ok(())
    }

    /// Tells what every mention states, and whether it goes: the column's place in [`SAY`] and the value.
    fn stated(&self, f: &mut dyn FnMut(bool, usize, &str), dooms: &(dyn Fn(&str, i64) -> bool + Sync)) -> Result<()> {
        self.each_file(&mut |table, path| {
            if table.area != "pole" || table.name != "person_mention" {
                return Ok(());
            }
            let columns: Vec<&str> = ["_object", "_row"].into_iter().chain(SAY).collect();
            rows::some(table, path, &columns, |batch| {
                let Some((objects, numbers)) = places(batch) else { return };
                let going: Vec<bool> = (0..batch.num_rows()).map(|i| dooms(objects.value(i), numbers.value(i))).collect();
                for (at, name) in SAY.into_iter().enumerate() {
                    let Some(column) = text(batch, name) else { continue };
                    (0..batch.num_rows()).filter(|i| column.is_valid(*i)).for_each(|i| f(going[i], at, column.value(i)));
                }
            })
        })
    }

    /// Tells the keys of objects (phones, vehicles, documents) that rows which stay speak of.
    fn objects_left(&self, f: &mut dyn FnMut(&str), dooms: &(dyn Fn(&str, i64) -> bool + Sync)) -> Result<()> {
        let left = |batch: &RecordBatch, f: &mut dyn FnMut(&str)| {
            let (Some((objects, numbers)), Some(keys)) = (places(batch), text(batch, "key")) else { return };
            let stay = |i: &usize| keys.is_valid(*i) && !dooms(objects.value(*i), numbers.value(*i));
            (0..batch.num_rows()).filter(stay).for_each(|i| f(keys.value(i)));
        };
        self.each_file(&mut |table: &TableName, path| {
            if table.area != "pole" || table.name != "object" {
                return Ok(());
            }
            rows::some(table, path, &["_object", "_row", "key"], |batch| left(batch, f))
        })
    }

    /// Adds the ids of linked persons all of whose members go, and those that were joined to them.
    async fn persons_gone(&self, intent: &Intent, ids: &mut BTreeSet<String>) -> Result<()> {
        let Some(linkage) = self.linkage().await? else { return Ok(()) };
        let dooms = intent.dooms();
        let mut gone: HashSet<u64> = HashSet::new();
        for of in linkage.members.chunk_by(|a, b| a.person == b.person) {
            if of.iter().all(|m| dooms(&m.object, m.row)) {
                gone.insert(of[0].person);
            }
        }
        ids.extend(gone.iter().map(|id| hex(*id)));
        ids.extend(linkage.redirects.keys().filter(|id| gone.contains(&linkage.follow(**id))).map(|id| hex(*id)));
        Ok(())
    }

    /// Adds the ids that stand beside one of these in a decision or on a sheet and are nobody's who stays: a person without a linkage has an id
    /// made of a document or a telephone.
    async fn companions(&self, intent: &Intent, ids: &mut BTreeSet<String>) -> Result<()> {
        let known: Vec<String> = ids.iter().cloned().collect();
        let beside = self.store().subjects_beside(&known).await.map_err(crate::state)?;
        let mut beside: BTreeSet<String> = beside.into_iter().filter(|id| !ids.contains(id)).collect();
        if beside.is_empty() {
            return Ok(());
        }
        let dooms = intent.dooms();
        self.stated(
            &mut |going, column, value| {
                if !going && column == 0 {
                    beside.remove(&hex(record_of(value)));
                }
            },
            &dooms,
        )?;
        if let Some(linkage) = self.linkage().await? {
            let stays = |id: &String| {
                let person = u64::from_str_radix(id, 16).map(|id| linkage.follow(id));
                person.is_ok_and(|person| linkage.person(person).iter().any(|m| !dooms(&m.object, m.row)))
            };
            beside.retain(|id| !stays(id));
        }
        ids.extend(beside);
        Ok(())
    }

    /// Takes it out of the operational state, and out of what people said of pairs.
    pub(crate) async fn forget_known(&self, intent: &Intent, receipt: &mut Receipt) -> Result<()> {
        if intent.id.is_none() {
            return Ok(());
        }
        let forgotten = self.store().forget_subjects(&intent.ids).await.map_err(crate::state)?;
        (receipt.decisions, receipt.sheets) = (forgotten.decisions, forgotten.sheets);
        receipt.words = self.store().forget_words(&intent.words).await.map_err(crate::state)?;
        receipt.words += self.forget_judged(&intent.ids, &|text| store::without(text, &intent.words)).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_whole_name_tell_and_a_single_word_does_not() {
        for (word, yes) in [
            ("cctns:275410012025000101", true),
            ("7000000101", true),
            ("Udaharan Singh", true),
            ("उदाहरण सिंह", true),
            ("Udaharan", false),
            ("K-10", false),
        ] {
            assert_eq!(tells(word), yes, "{word}");
        }
    }
}
