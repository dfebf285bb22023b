//! One column: codes into a dictionary of distinct values.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

use crate::link::error::LinkError;

/// Distinct texts by number; number 0 is "missing" and reads as "".
#[derive(Debug, Clone)]
pub struct Values {
    text: String,
    ends: Vec<u32>,
    index: HashTable<u32>,
}

impl Default for Values {
    fn default() -> Self {
        Values { text: String::new(), ends: vec![0], index: HashTable::new() }
    }
}

impl Values {
    /// Distinct texts, and the missing one.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.len() == 1
    }

    pub fn get(&self, code: u32) -> &str {
        let i = code as usize;
        if i == 0 { "" } else { &self.text[self.ends[i - 1] as usize..self.ends[i] as usize] }
    }

    /// The code of a text, if it is there.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.index.find(xxh3_64(text.as_bytes()), |&c| self.get(c) == text).copied()
    }

    /// The code of a text, which is added where it is new.
    pub fn intern(&mut self, text: &str) -> Result<u32, LinkError> {
        if text.is_empty() {
            return Ok(0);
        }
        let hash = xxh3_64(text.as_bytes());
        if let Some(&code) = self.index.find(hash, |&c| self.get(c) == text) {
            return Ok(code);
        }
        let code = u32::try_from(self.ends.len()).map_err(|_| too_large())?;
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).map_err(|_| too_large())?);
        let (all, ends) = (&self.text, &self.ends);
        let read = |c: u32| &all.as_bytes()[ends[c as usize - 1] as usize..ends[c as usize] as usize];
        self.index.insert_unique(hash, code, |&c| xxh3_64(read(c)));
        Ok(code)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|c| self.get(c))
    }

    /// Gives back what only adding needs.
    pub fn freeze(&mut self) {
        self.index = HashTable::new();
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

fn too_large() -> LinkError {
    LinkError::Data("a column has more than 4 GiB of distinct text; leave it out of the model".into())
}

/// A column. `codes` has one number a row, 0 where the value is missing.
#[derive(Debug, Clone, Default)]
pub struct Column {
    pub name: String,
    pub codes: Vec<u32>,
    pub values: Values,
    /// Rows that have a value, by code.
    pub counts: Vec<u32>,
}

impl Column {
    pub fn new(name: String) -> Column {
        Column { name, counts: vec![0], ..Column::default() }
    }

    pub fn reserve(&mut self, rows: usize) {
        self.codes.reserve(rows);
    }

    pub fn push(&mut self, value: Option<&str>) -> Result<(), LinkError> {
        let code = self.values.intern(value.unwrap_or_default())?;
        if code as usize == self.counts.len() {
            self.counts.push(0);
        }
        self.counts[code as usize] += 1;
        self.codes.push(code);
        Ok(())
    }

    pub fn get(&self, row: usize) -> &str {
        self.values.get(self.codes[row])
    }

    /// Rows with a value.
    pub fn filled(&self) -> usize {
        self.codes.len() - self.counts[0] as usize
    }

    /// Distinct values.
    pub fn distinct(&self) -> usize {
        self.values.len() - 1
    }

    /// The same rows with each distinct value replaced by `f` of it (`None`: missing).
    pub fn map(&self, name: &str, f: impl Fn(&str) -> Option<String>) -> Result<Column, LinkError> {
        let mut out = Column::new(name.into());
        let mut to = vec![0u32; self.values.len()];
        for code in 1..self.values.len() as u32 {
            let value = f(self.values.get(code));
            to[code as usize] = out.values.intern(value.as_deref().unwrap_or_default())?;
        }
        out.counts = vec![0; out.values.len()];
        out.codes = self.codes.iter().map(|&c| to[c as usize]).collect();
        for (code, &count) in self.counts.iter().enumerate() {
            out.counts[to[code] as usize] += count;
        }
        Ok(out)
    }

    /// Adds the rows of another column.
    pub fn append(&mut self, other: &Column) -> Result<(), LinkError> {
        let to: Vec<u32> =
            (0..other.values.len() as u32).map(|c| self.values.intern(other.values.get(c))).collect::<Result<_, _>>()?;
        self.counts.resize(self.values.len(), 0);
        for (code, &count) in other.counts.iter().enumerate() {
            self.counts[to[code] as usize] += count;
        }
        self.codes.extend(other.codes.iter().map(|&c| to[c as usize]));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[&str]) -> Column {
        let mut c = Column::new("c".into());
        values.iter().for_each(|v| c.push((!v.is_empty()).then_some(v)).unwrap());
        c
    }

    #[test]
    fn values_are_kept_once() {
        let c = column(&["a", "", "b", "a"]);
        assert_eq!((c.codes.clone(), c.counts.clone(), c.filled(), c.distinct()), (vec![1, 0, 2, 1], vec![1, 2, 1], 3, 2));
        assert_eq!((0..4).map(|i| c.get(i)).collect::<Vec<_>>(), ["a", "", "b", "a"]);
        assert_eq!((c.values.find("b"), c.values.find("x")), (Some(2), None));
    }

    #[test]
    fn mapping_and_appending_keep_rows_and_counts() {
        let mut c = column(&["ab", "ac", "x", ""]).map("d", |v| v.starts_with('a').then(|| "a".into())).unwrap();
        assert_eq!((c.codes.clone(), c.counts.clone()), (vec![1, 1, 0, 0], vec![2, 2]));
        c.append(&column(&["z", "a"])).unwrap();
        assert_eq!((c.codes.clone(), c.counts.clone()), (vec![1, 1, 0, 0, 2, 1], vec![2, 3, 1]));
    }
}
