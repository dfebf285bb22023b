//! Names of invented people: common Rajasthani given names and surnames written down from general knowledge.
//!
//! A name comes in Devanagari and in two Latin spellings, because registers spell one person differently and linking has to cope. A surname says
//! nothing here about caste or religion and is drawn independently of the village.

mod given;
mod surnames;

use crate::draw::{Domain, Seed};

/// Devanagari, usual Latin spelling, another Latin spelling met in registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name(pub &'static str, pub &'static str, pub &'static str);

/// Given name and surname of one person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FullName {
    pub given: Name,
    pub surname: Name,
}

impl FullName {
    pub(crate) fn hindi(&self, out: &mut Vec<u8>) {
        join(out, self.given.0, self.surname.0);
    }

    pub(crate) fn latin(&self, out: &mut Vec<u8>) {
        join(out, self.given.1, self.surname.1);
    }

    /// The spelling another register uses.
    pub(crate) fn latin_variant(&self, out: &mut Vec<u8>) {
        join(out, self.given.2, self.surname.2);
    }
}

fn join(out: &mut Vec<u8>, given: &str, surname: &str) {
    out.extend_from_slice(given.as_bytes());
    out.push(b' ');
    out.extend_from_slice(surname.as_bytes());
}

pub(crate) fn given(seed: Seed, person: u64, domain: Domain, female: bool) -> Name {
    pick(if female { given::FEMALE } else { given::MALE }, seed.at(domain, person))
}

pub(crate) fn surname(seed: Seed, person: u64) -> Name {
    pick(surnames::SURNAMES, seed.at(Domain::Surname, person))
}

/// All names in Devanagari.
#[cfg(test)]
pub(crate) fn hindi() -> impl Iterator<Item = &'static str> {
    given::MALE.iter().chain(given::FEMALE).chain(surnames::SURNAMES).map(|n| n.0)
}

fn pick(pool: &[Name], random: u64) -> Name {
    // Common names are common: the smaller of two draws leans towards the head of the pool.
    let (a, b) = ((random & 0xFFFF_FFFF) as usize % pool.len(), (random >> 32) as usize % pool.len());
    pool[a.min(b)]
}
