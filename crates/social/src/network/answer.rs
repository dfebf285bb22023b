//! What an error answer means, by data: `data/answers.yaml` maps codes to consequences and to words in both languages.
//!
//! A reason that is kept begins with its rule in brackets, `[x.duplicate] …`, so that a page can say it in the reader's language
//! long after the call; what the network itself wrote follows.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use reqwest::RequestBuilder;
use serde::Deserialize;
use serde_json::Value;

use super::web::{self, Answer, Went};
use super::{Live, Outcome, Trouble};
use crate::limit::NetworkName;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Meaning {
    Later,
    Limited,
    LimitedApp,
    Expired,
    Reconnect,
    Blocked,
    Content,
    Gone,
    Impossible,
    Unclear,
    Duplicate,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    key: String,
    /// From and to, both included; any when absent.
    status: Option<(u16, u16)>,
    /// A code, or a range of numeric ones: `200-299`.
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    subcodes: Vec<String>,
    /// Parts of the network's own words, in lower case.
    #[serde(default)]
    says: Vec<String>,
    means: Meaning,
    seconds: Option<u32>,
    #[serde(default)]
    until_midnight: bool,
    en: String,
    hi: String,
}

static RULES: LazyLock<BTreeMap<String, Vec<Rule>>> =
    LazyLock::new(|| serde_norway::from_str(include_str!("../../data/answers.yaml")).unwrap_or_default());

/// What a network says about an error: code, sub-code, words.
fn said(body: &Value) -> (String, String, String) {
    let text = |v: &Value| v.as_str().map(str::to_owned).or_else(|| v.as_i64().map(|n| n.to_string())).unwrap_or_default();
    let error = &body["error"];
    if error.is_object() {
        let reason = &error["errors"][0]["reason"];
        let code = if reason.is_string() { text(reason) } else { text(&error["code"]) };
        return (code, text(&error["error_subcode"]), text(&error["message"]));
    }
    if error.is_string() {
        let words = text(&body["error_description"]);
        return (text(error), String::new(), if words.is_empty() { text(error) } else { format!("{}: {words}", text(error)) });
    }
    // RFC 9457 as X writes it: the type is an address whose last part is the code.
    let one = if body["errors"][0].is_object() && !body["detail"].is_string() { &body["errors"][0] } else { body };
    let code = text(&one["type"]).rsplit('/').next().unwrap_or_default().to_owned();
    let words = [&one["detail"], &one["message"], &one["title"]].into_iter().map(text).find(|t| !t.is_empty());
    (code, String::new(), words.unwrap_or_default())
}

fn fits(list: &[String], code: &str) -> bool {
    let within = |item: &String| match item.split_once('-') {
        Some((a, b)) => {
            matches!((a.parse::<u32>(), b.parse::<u32>(), code.parse::<u32>()), (Ok(a), Ok(b), Ok(n)) if (a..=b).contains(&n))
        }
        None => false,
    };
    list.iter().any(|item| item == code || within(item))
}

fn find(network: NetworkName, status: u16, body: &Value) -> (Option<(&'static str, &'static Rule)>, String) {
    let (code, subcode, words) = said(body);
    let lower = words.to_lowercase();
    let matches = |r: &&Rule| {
        r.status.is_none_or(|(from, to)| (from..=to).contains(&status))
            && (r.codes.is_empty() || fits(&r.codes, &code) || (!r.says.is_empty() && r.says.iter().any(|s| lower.contains(s))))
            && (r.subcodes.is_empty() || fits(&r.subcodes, &subcode))
            && (r.says.is_empty() || !r.codes.is_empty() || r.says.iter().any(|s| lower.contains(s)))
    };
    let own = RULES.get(network.as_str()).into_iter().flatten().find(matches).map(|r| (network.as_str(), r));
    let rule = own.or_else(|| RULES.get("any").into_iter().flatten().find(matches).map(|r| ("any", r)));
    let numbers = [code, subcode].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("/");
    let said = [status.to_string(), numbers, words].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
    (rule, said)
}

fn judged(network: NetworkName, a: &Answer) -> (Meaning, Trouble) {
    let (rule, said) = find(network, a.status.as_u16(), &a.body);
    let Some((group, rule)) = rule else { return (Meaning::Unclear, Trouble::Later(said)) };
    let why = format!("[{group}.{}] {said}", rule.key);
    let midnight = || until_pacific_midnight(chrono::Utc::now().timestamp());
    let seconds = || if rule.until_midnight { midnight() } else { a.wait.or(rule.seconds).unwrap_or(300) };
    let trouble = match rule.means {
        Meaning::Limited => Trouble::Limited { seconds: seconds(), app: false, why },
        Meaning::LimitedApp => Trouble::Limited { seconds: seconds(), app: true, why },
        Meaning::Expired => Trouble::Expired(why),
        Meaning::Reconnect => Trouble::Reconnect(why),
        Meaning::Blocked => Trouble::Blocked(why),
        Meaning::Content => Trouble::Content(why),
        Meaning::Gone => Trouble::Gone(why),
        Meaning::Impossible => Trouble::Impossible(why),
        Meaning::Later | Meaning::Unclear | Meaning::Duplicate => Trouble::Later(why),
    };
    (rule.means, trouble)
}

/// Google counts a day from midnight Pacific time; standard time is used all year, so in summer we wait an hour longer.
fn until_pacific_midnight(now: i64) -> u32 {
    u32::try_from(86_400 - (now - 8 * 3600).rem_euclid(86_400)).unwrap_or(86_400)
}

/// The answer of a call that may be repeated.
pub(super) async fn ask(network: NetworkName, request: RequestBuilder) -> Result<Answer, Trouble> {
    match web::send(request).await {
        Went::Answered(a) if a.status.is_success() => Ok(a),
        Went::Answered(a) => Err(judged(network, &a).1),
        Went::NotSent(why) | Went::Lost(why) => Err(Trouble::Later(why)),
    }
}

/// What an unsuccessful answer means for a call that may be repeated.
pub(super) fn trouble(network: NetworkName, a: &Answer) -> Trouble {
    judged(network, a).1
}

/// How the one irreversible call ended. `live` reads the post's id from a successful answer.
pub(super) fn outcome(network: NetworkName, went: Went, live: impl FnOnce(&Answer) -> Option<Live>) -> Outcome {
    match went {
        Went::Answered(a) if a.status.is_success() => {
            live(&a).map_or_else(|| Outcome::Unclear("an answer without an id".into()), Outcome::Live)
        }
        Went::Answered(a) => match judged(network, &a) {
            (Meaning::Unclear | Meaning::Duplicate, Trouble::Later(why)) => Outcome::Unclear(why),
            (_, trouble) => Outcome::Not(trouble),
        },
        Went::NotSent(why) => Outcome::Not(Trouble::Later(why)),
        Went::Lost(why) => Outcome::Unclear(why),
    }
}

/// The words of a kept reason in Hindi or English; none when it names no rule.
pub fn words(reason: &str, hindi: bool) -> Option<&'static str> {
    let (_, rest) = reason.split_once('[')?;
    let (group, key) = rest.split_once(']')?.0.split_once('.')?;
    let rule = RULES.get(group)?.iter().find(|r| r.key == key)?;
    Some(if hindi { &rule.hi } else { &rule.en })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn means(network: NetworkName, status: u16, body: &Value) -> (Meaning, String) {
        let (rule, said) = find(network, status, body);
        let (group, rule) = rule.unwrap();
        (rule.means, format!("[{group}.{}] {said}", rule.key))
    }

    #[test]
    fn the_file_is_read_and_every_rule_speaks_both_languages() {
        let read: BTreeMap<String, Vec<Rule>> = serde_norway::from_str(include_str!("../../data/answers.yaml")).unwrap();
        assert_eq!(read.len(), 6);
        for rule in read.values().flatten() {
            assert!(rule.hi.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c)) && rule.en.is_ascii(), "{}", rule.key);
            assert!(rule.says.iter().all(|s| *s == s.to_lowercase()), "{}", rule.key);
        }
    }

    #[test]
    fn codes_of_the_documents_mean_what_they_say() {
        let meta = |code: i64, sub: i64| json!({ "error": { "code": code, "error_subcode": sub, "message": "m" } });
        let google = |reason: &str| json!({ "error": { "code": 403, "errors": [{ "reason": reason }], "message": "m" } });
        let problem =
            |kind: &str, detail: &str| json!({ "type": format!("https://api.x.com/2/problems/{kind}"), "detail": detail });
        for (network, status, body, expected) in [
            (NetworkName::Facebook, 500, meta(2, 0), Meaning::Unclear),
            (NetworkName::Facebook, 400, meta(190, 463), Meaning::Reconnect),
            (NetworkName::Facebook, 403, meta(230, 0), Meaning::Reconnect),
            (NetworkName::Facebook, 400, meta(506, 0), Meaning::Duplicate),
            (NetworkName::Facebook, 400, meta(100, 33), Meaning::Gone),
            (NetworkName::Facebook, 400, meta(100, 1), Meaning::Content),
            (NetworkName::Facebook, 400, meta(32, 0), Meaning::Limited),
            (NetworkName::Instagram, 400, meta(9, 2_207_042), Meaning::Limited),
            (NetworkName::Instagram, 400, meta(36_003, 2_207_009), Meaning::Content),
            (NetworkName::Instagram, 400, meta(-1, 2_207_001), Meaning::Later),
            (NetworkName::Youtube, 403, google("quotaExceeded"), Meaning::LimitedApp),
            (NetworkName::Youtube, 403, google("forbidden"), Meaning::Reconnect),
            (NetworkName::Youtube, 503, google("backendError"), Meaning::Unclear),
            (
                NetworkName::X,
                403,
                problem("x", "You are not allowed to create a Tweet with duplicate content."),
                Meaning::Duplicate,
            ),
            (NetworkName::X, 403, problem("client-forbidden", "…"), Meaning::Reconnect),
            (NetworkName::X, 401, json!({ "title": "Unauthorized" }), Meaning::Expired),
            (NetworkName::X, 429, json!({}), Meaning::Limited),
            (NetworkName::X, 503, json!("bad gateway"), Meaning::Unclear),
            (NetworkName::Mastodon, 422, json!({ "error": "Validation failed: Text can't be blank" }), Meaning::Content),
            (NetworkName::Mastodon, 401, json!({ "error": "The access token was revoked" }), Meaning::Reconnect),
        ] {
            let (found, why) = means(network, status, &body);
            assert_eq!(found, expected, "{network} {status} {body}");
            assert!(words(&why, true).is_some() && words(&why, false).is_some(), "{why}");
        }
    }

    #[test]
    fn an_unknown_code_is_unclear_when_it_may_have_happened_and_keeps_what_the_network_wrote() {
        let (found, why) = means(NetworkName::Facebook, 500, &json!({ "error": { "code": 987_654, "message": "brand new" } }));
        assert_eq!(found, Meaning::Unclear);
        assert!(why.contains("987654") && why.contains("brand new"), "{why}");
        assert_eq!(words("no rule here", true), None);
    }

    #[test]
    fn googles_day_ends_at_eight_in_the_morning_utc() {
        assert_eq!(until_pacific_midnight(8 * 3600), 86_400);
        assert_eq!(until_pacific_midnight(7 * 3600), 3600);
    }
}
