//! Whom the watch over reading knows beside the log: each reader's declared relatives and neighbours, and persons who are looked after.
//!
//! These are words as they may be typed or opened: a name in each spelling, a number, a person's id, a village. The watch compares them by
//! the marks the access log holds, so nothing here finds a relative whom nobody declared.

use crate::error::{AccountError, Result};
use crate::{Accounts, person};

const LISTED: &str = "watch.listed";
const MOST: usize = 200;

fn kin_of(login: &str) -> String {
    format!("watch.kin.{login}")
}

/// The words as they are kept: each once, none that says nothing.
fn words(given: &[String]) -> Result<Vec<String>> {
    let mut out: Vec<String> = Vec::new();
    for word in given.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if !(3..=200).contains(&length) || word.chars().any(char::is_control) {
            return Err(AccountError::Watched(word.chars().take(80).collect()));
        }
        if !out.iter().any(|known| known == word) {
            out.push(word.to_owned());
        }
    }
    if out.len() > MOST { Err(AccountError::TooManyWatched(MOST)) } else { Ok(out) }
}

impl Accounts {
    /// What was declared of a reader's relatives and neighbours.
    pub async fn kin(&self, login: &str) -> Result<Vec<String>> {
        Ok(self.store.setting(&kin_of(login)).await?.unwrap_or_default())
    }

    /// Replaces it; nobody declares for himself away what is watched.
    pub async fn declare_kin(&self, by: &str, login: &str, given: &[String]) -> Result<Vec<String>> {
        let login = person::login(login)?;
        self.others(by, &login).await?;
        let words = words(given)?;
        self.store.set_setting(&kin_of(&login), &words).await?;
        Ok(words)
    }

    /// Persons and numbers whose every reading is weighed.
    pub async fn listed(&self) -> Result<Vec<String>> {
        Ok(self.store.setting(LISTED).await?.unwrap_or_default())
    }

    /// Replaces the list.
    pub async fn list(&self, given: &[String]) -> Result<Vec<String>> {
        let words = words(given)?;
        self.store.set_setting(LISTED, &words).await?;
        Ok(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_once_and_must_say_something() {
        let given = |list: &[&str]| words(&list.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert_eq!(given(&[" Mohan Example ", "", "Mohan Example", "7000000101"]).unwrap(), ["Mohan Example", "7000000101"]);
        assert!(matches!(given(&["x"]), Err(AccountError::Watched(_))));
        assert!(matches!(given(&["a\nb c"]), Err(AccountError::Watched(_))));
        let many: Vec<String> = (0..=MOST).map(|n| format!("word {n}")).collect();
        assert!(matches!(words(&many), Err(AccountError::TooManyWatched(_))));
    }
}
