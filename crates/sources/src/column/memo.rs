//! What costly cells became before. Files repeat themselves: a tower's position, a status word, a make of car.

const SLOTS: usize = 16_384;
/// Bytes of a remembered text; longer ones are free text and rarely come again.
const LONGEST: usize = 31;

/// A text and its length, in place: a look follows no pointer and compares without a loop.
type Key = [u8; LONGEST + 1];

/// A cache with one place per hash: a newcomer takes the place of what was there.
pub(crate) struct Memo<T> {
    slots: Vec<Option<(Key, T)>>,
}

impl<T> Memo<T> {
    pub fn new() -> Memo<T> {
        let mut slots = Vec::with_capacity(SLOTS);
        slots.resize_with(SLOTS, || None);
        Memo { slots }
    }

    /// None for a text that is not remembered.
    #[inline]
    fn key(text: &str) -> Option<Key> {
        let mut key = [0; LONGEST + 1];
        key.get_mut(..text.len()).filter(|_| text.len() <= LONGEST)?.copy_from_slice(text.as_bytes());
        key[LONGEST] = text.len() as u8;
        Some(key)
    }

    #[inline]
    fn place(text: &str) -> usize {
        xxhash_rust::xxh3::xxh3_64(text.as_bytes()) as usize % SLOTS
    }

    #[inline]
    pub fn get(&self, text: &str) -> Option<&T> {
        let key = Self::key(text)?;
        self.slots[Self::place(text)].as_ref().filter(|(known, _)| *known == key).map(|(_, v)| v)
    }

    pub fn put(&mut self, text: &str, value: T) {
        if let Some(key) = Self::key(text) {
            self.slots[Self::place(text)] = Some((key, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_from_every_other() {
        let mut memo = Memo::new();
        let texts = ["", "a", "a\0", "26.5456/73.0133", "अजमेर", &"x".repeat(31), &"x".repeat(32)];
        for (i, text) in texts.iter().enumerate() {
            assert_eq!(memo.get(text), None, "{text}");
            memo.put(text, i);
        }
        for (i, text) in texts.iter().enumerate() {
            assert_eq!(memo.get(text).copied(), (text.len() <= LONGEST).then_some(i), "{text}");
        }
    }
}
