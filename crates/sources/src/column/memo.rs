//! What costly cells became before. Files repeat themselves: a tower's position, a status word, a make of car.

const SLOTS: usize = 16_384;
/// Longer texts are free text and rarely come again.
const LONGEST: usize = 64;

/// A cache with one place per hash: a newcomer takes the place of what was there.
pub(crate) struct Memo<T> {
    slots: Vec<Option<(Box<str>, T)>>,
}

impl<T> Memo<T> {
    pub fn new() -> Memo<T> {
        let mut slots = Vec::with_capacity(SLOTS);
        slots.resize_with(SLOTS, || None);
        Memo { slots }
    }

    #[inline]
    fn place(key: &str) -> usize {
        xxhash_rust::xxh3::xxh3_64(key.as_bytes()) as usize % SLOTS
    }

    #[inline]
    pub fn get(&self, key: &str) -> Option<&T> {
        if key.len() > LONGEST {
            return None;
        }
        self.slots[Self::place(key)].as_ref().filter(|(k, _)| **k == *key).map(|(_, v)| v)
    }

    pub fn put(&mut self, key: &str, value: T) {
        if key.len() <= LONGEST {
            self.slots[Self::place(key)] = Some((key.into(), value));
        }
    }
}
