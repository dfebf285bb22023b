//! The queue of a channel: times of the week at which it publishes, and the next of them that is free.

use chrono::{DateTime, Datelike, Days, NaiveTime, Utc};
use governance::Principal;
use serde_json::json;
use store::social::{Account, Slot};

use super::Desk;
use crate::DeskError;

const DAY: i64 = 86_400_000_000;
/// Days ahead in which a free time is looked for.
const AHEAD: u64 = 60;
/// A time nearer than this is not taken: whoever puts something into the queue may want to look at it once more.
const SOON: i64 = 5 * 60 * 1_000_000;
/// Times of one channel.
const MOST: usize = 100;

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// `MO 18:30`, or a time alone for every day, as days (1 is Monday) and the minute of the day.
pub fn parse_slot(text: &str) -> Result<(Vec<i64>, i64), DeskError> {
    let wrong = || DeskError::Invalid(format!("{text:?} is no time of a week; write MO 18:30, or 18:30 for every day"));
    let words: Vec<&str> = text.split_whitespace().collect();
    let (day, time) = match words.as_slice() {
        [time] => (None, *time),
        [day, time] => (Some(day.to_uppercase()), *time),
        _ => return Err(wrong()),
    };
    let days = match day {
        None => (1..=7).collect(),
        Some(day) => {
            let place = DAYS.iter().position(|d| *d == day).ok_or_else(wrong)?;
            vec![i64::try_from(place).unwrap_or_default() + 1]
        }
    };
    let (hour, minute) = time.split_once(':').ok_or_else(wrong)?;
    let (hour, minute): (i64, i64) = (hour.parse().map_err(|_| wrong())?, minute.parse().map_err(|_| wrong())?);
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) {
        return Err(wrong());
    }
    Ok((days, hour * 60 + minute))
}

/// A time as [`parse_slot`] reads it.
pub fn slot_text(slot: &Slot) -> String {
    let day = usize::try_from(slot.day - 1).ok().and_then(|d| DAYS.get(d)).copied().unwrap_or_default();
    format!("{day} {:02}:{:02}", slot.minute / 60, slot.minute % 60)
}

impl Desk {
    /// Adds a time to a channel's queue (`MO 18:30`, or `18:30` for every day); gives all it has now.
    pub async fn add_slot(&self, who: &Principal, account: &str, time: &str, now: DateTime<Utc>) -> Result<Vec<Slot>, DeskError> {
        let a = self.store.account(account).await?;
        self.need(who, &a.unit, "publisher").await?;
        let (days, minute) = parse_slot(time)?;
        if self.store.slots(account).await?.len() + days.len() > MOST {
            return Err(DeskError::Refused(format!("a channel has {MOST} times a week at most")));
        }
        for day in days {
            let slot = Slot { account: account.into(), day, minute, principal: who.id.clone(), at: now.timestamp_micros() };
            self.store.put_slot(&slot).await?;
        }
        self.record(who, now, "queue time", account, &json!({ "handle": a.handle, "time": time })).await?;
        Ok(self.store.slots(account).await?)
    }

    /// Takes a time out of a channel's queue; what has it already keeps it.
    pub async fn drop_slot(
        &self,
        who: &Principal,
        account: &str,
        time: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Slot>, DeskError> {
        let a = self.store.account(account).await?;
        self.need(who, &a.unit, "publisher").await?;
        let (days, minute) = parse_slot(time)?;
        let mut gone = 0;
        for day in days {
            gone += usize::from(self.store.drop_slot(account, day, minute).await?);
        }
        if gone == 0 {
            return Err(DeskError::Refused(format!("{} has no time {time} in its queue", a.handle)));
        }
        self.record(who, now, "queue time dropped", account, &json!({ "handle": a.handle, "time": time })).await?;
        Ok(self.store.slots(account).await?)
    }

    /// The next time of a channel's queue at which nothing of it is due, in UTC microseconds; none: it has no times, or none is free.
    pub async fn next_slot(&self, account: &Account, now: DateTime<Utc>) -> Result<Option<i64>, DeskError> {
        let slots = self.store.slots(&account.id).await?;
        let at = now.timestamp_micros();
        let Some(today) = model::time::to_ist(at).map(|t| t.date()).filter(|_| !slots.is_empty()) else { return Ok(None) };
        let until = at + i64::try_from(AHEAD + 1).unwrap_or_default() * DAY;
        let taken = self.store.taken_times(&account.id, at, until).await?;
        for ahead in 0..AHEAD {
            let day = today + Days::new(ahead);
            let midnight = model::time::from_ist(day.and_time(NaiveTime::MIN));
            let weekday = i64::from(day.weekday().number_from_monday());
            let times = slots.iter().filter(|s| s.day == weekday).map(|s| midnight + s.minute * 60_000_000);
            // Within the same minute is the same time.
            let free =
                |t: &i64| *t >= at + SOON && !taken.iter().any(|due| due.div_euclid(60_000_000) == t.div_euclid(60_000_000));
            if let Some(time) = times.filter(free).min() {
                return Ok(Some(time));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_a_week_are_read_and_written_alike() {
        assert_eq!(parse_slot("mo 18:30").unwrap(), (vec![1], 1110));
        assert_eq!(parse_slot("09:05").unwrap(), ((1..=7).collect(), 545));
        let slot = Slot { account: String::new(), day: 7, minute: 545, principal: String::new(), at: 0 };
        assert_eq!(slot_text(&slot), "SU 09:05");
        assert_eq!(parse_slot(&slot_text(&slot)).unwrap(), (vec![7], 545));
        for bad in ["", "MO", "XX 10:00", "MO 24:00", "MO 10:60", "MO 10", "MO TU 10:00", "-1:00"] {
            assert!(parse_slot(bad).unwrap_err().to_string().contains("MO 18:30"), "{bad}");
        }
    }
}
