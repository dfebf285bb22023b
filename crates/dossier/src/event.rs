//! Events as rows state them.

use chrono::{DateTime, Utc};
use lake::{Result, Session};

use crate::fact::{Kind, Moment, Origin, Target};
use crate::rows::Row;
use crate::sql;

pub(crate) const TABLE: &str = "pole.event";

const COLUMNS: &str = "kind, key, title, started_at, ended_at, station, district, location_key, case_key, status, attributes, event_time, _source, _object, _row";

/// Events read for one page at most.
const MOST: usize = 2000;

#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub kind: String,
    pub key: String,
    pub title: String,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub station: Option<String>,
    pub district: Option<String>,
    pub location_key: Option<String>,
    pub case_key: Option<String>,
    pub status: Option<String>,
    pub attributes: Vec<(String, String)>,
    pub event_time: Option<DateTime<Utc>>,
    pub origin: Origin,
}

impl Event {
    fn read(row: &Row<'_>) -> Event {
        let key = row.text("key").unwrap_or_default();
        Event {
            kind: row.text("kind").unwrap_or_default(),
            title: row.text("title").unwrap_or_else(|| key.clone()),
            key,
            started_at: row.time("started_at"),
            ended_at: row.time("ended_at"),
            station: row.text("station"),
            district: row.text("district"),
            location_key: row.text("location_key"),
            case_key: row.text("case_key"),
            status: row.text("status"),
            attributes: attributes(row.text("attributes").as_deref()),
            event_time: row.time("event_time"),
            origin: Origin::of(TABLE, row),
        }
    }

    pub fn target(&self) -> Target {
        match (&self.case_key, self.kind.as_str()) {
            (Some(case), _) => Target::new(Kind::Case, case.as_str()),
            (None, kind) => Target::new(Kind::of(kind, &self.key), self.key.as_str()),
        }
    }

    pub fn moment(&self) -> Moment {
        Moment {
            at: self.started_at.or(self.event_time),
            kind: self.kind.clone(),
            title: self.title.clone(),
            detail: self.status.clone().unwrap_or_default(),
            target: Some(self.target()),
            origin: self.origin.clone(),
        }
    }
}

pub(crate) async fn find(session: &Session, condition: &str) -> Result<Vec<Event>> {
    let rest = format!("WHERE {condition} ORDER BY _source, _object, _row LIMIT {MOST}");
    Ok(sql::rows(session, TABLE, COLUMNS, &rest).await?.iter().map(|r| Event::read(&r)).collect())
}

/// Names and values of a flat JSON object; nothing for any other text. Values that are no text are shown as JSON.
pub(crate) fn attributes(json: Option<&str>) -> Vec<(String, String)> {
    let Some(Ok(serde_json::Value::Object(fields))) = json.map(serde_json::from_str::<serde_json::Value>) else {
        return Vec::new();
    };
    fields
        .into_iter()
        .filter_map(|(name, value)| match value {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => (!text.trim().is_empty()).then(|| (name, text.trim().to_string())),
            other => Some((name, other.to_string())),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_a_flat_object_or_nothing() {
        let pair = |n: &str, v: &str| (n.to_string(), v.to_string());
        assert_eq!(
            attributes(Some(r#"{"acts":"BNS 303(2)","empty":" ","n":3,"gone":null}"#)),
            [pair("acts", "BNS 303(2)"), pair("n", "3")]
        );
        for text in [None, Some("not json"), Some("[1]")] {
            assert_eq!(attributes(text), []);
        }
    }
}
