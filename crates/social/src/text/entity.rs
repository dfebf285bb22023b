//! Links, hashtags and mentions in a text, by the rules of twitter-text (its conformance cases are tests of this crate): the
//! strictest of the networks' rules, so that what is found here is found everywhere.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    Url,
    Hashtag,
    Mention,
}

/// A piece of a text, by byte offsets. The text form leaves out `#` and `@`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entity {
    pub kind: EntityKind,
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// Everything in the order of the text; a hashtag or mention inside a link is part of the link.
pub fn entities(text: &str) -> Vec<Entity> {
    let links = urls(text);
    let inside = |e: &Entity| links.iter().any(|l| e.start < l.end && l.start < e.end);
    let mut all: Vec<Entity> = mentions(text).into_iter().chain(hashtags(text)).filter(|e| !inside(e)).collect();
    all.extend(links);
    all.sort_by_key(|e| e.start);
    all
}

/// Top-level domains, in lower case and in their own script. Source: IANA's list of November 2026.
static TLDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("../../data/tlds.txt").lines().filter(|l| !l.starts_with('#')).collect());

/// Longest label of a name in the DNS.
const LABEL: usize = 63;

fn is_domain(c: char) -> bool {
    static SIGN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\p{L}\p{M}\p{N}\p{S}]$").ok());
    c.is_ascii_alphanumeric()
        || matches!(c, '-' | '_' | '.')
        || (!c.is_ascii() && SIGN.as_ref().is_some_and(|m| m.is_match(c.encode_utf8(&mut [0; 4]))))
}

/// Letters a link without a scheme may consist of.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '\u{c0}'..='\u{24f}') && !matches!(c, '×' | '÷')
}

/// Links, with or without a scheme.
pub fn urls(text: &str) -> Vec<Entity> {
    let mut found: Vec<Entity> = Vec::new();
    let mut at = 0;
    while let Some(next) = candidate(text, at) {
        match link_at(text, next.host, next.scheme) {
            Some(end) if found.last().is_none_or(|l| l.end <= next.start) => {
                found.push(Entity { kind: EntityKind::Url, start: next.start, end, text: text[next.start..end].into() });
                at = end;
            }
            _ => at = next.resume,
        }
    }
    found
}

struct Candidate {
    start: usize,
    host: usize,
    scheme: bool,
    /// Where to look on when this is no link.
    resume: usize,
}

fn candidate(text: &str, from: usize) -> Option<Candidate> {
    let mut at = from;
    while at < text.len() {
        let rest = &text[at..];
        let c = rest.chars().next()?;
        let before = text[..at].chars().next_back();
        let scheme = ["https://", "http://"].into_iter().find(|s| rest.get(..s.len()).is_some_and(|r| r.eq_ignore_ascii_case(s)));
        if let Some(scheme) = scheme
            && before.is_none_or(|b| !(b.is_ascii_alphanumeric() || matches!(b, '@' | '＠' | '$' | '#' | '＃')))
        {
            let host = at + scheme.len();
            return Some(Candidate { start: at, host, scheme: true, resume: host });
        }
        if is_latin(c) {
            let run = rest.find(|c: char| !(is_latin(c) || matches!(c, '.' | '-' | '_'))).unwrap_or(rest.len());
            let free =
                before.is_none_or(|b| !(is_latin(b) || matches!(b, '@' | '＠' | '$' | '#' | '＃' | '-' | '_' | '.' | '/')));
            // `name@host` is an address, `scheme://` was looked at above.
            let taken = rest[run..].starts_with('@') || rest[run..].starts_with("://");
            if free && !taken && rest[..run].contains('.') {
                return Some(Candidate { start: at, host: at, scheme: false, resume: at + run });
            }
            if !rest[run..].starts_with("://") {
                at += run;
                continue;
            }
        }
        at += c.len_utf8();
    }
    None
}

/// Where the link whose host begins at `host` ends.
fn link_at(text: &str, host: usize, scheme: bool) -> Option<usize> {
    let rest = &text[host..];
    let over = |from: usize, part: fn(char) -> bool| rest[from..].find(|c: char| !part(c)).map_or(rest.len(), |i| from + i);
    let run = if scheme {
        over(0, is_domain)
    } else {
        // Without a scheme only the top level may be in another script.
        let latin = over(0, |c| is_latin(c) || matches!(c, '.' | '-' | '_'));
        if rest[..latin].ends_with('.') { over(latin, |c| is_domain(c) && c != '.') } else { latin }
    };
    let domain = domain_end(&rest[..run], &rest[run..])?;
    let labels: Vec<&str> = rest[..domain].split('.').collect();
    if domain > 253 || labels.iter().any(|l| !is_label(l)) {
        return None;
    }
    // The owner's part of a name holds no underscore; parts before it may.
    if labels.iter().rev().take(2).any(|l| l.contains('_')) {
        return None;
    }
    let mut end = host + domain;
    if let Some(port) = text[end..].strip_prefix(':') {
        let digits = port.bytes().take_while(u8::is_ascii_digit).count();
        end += if digits > 0 { 1 + digits } else { 0 };
    }
    let path = path_length(&text[end..]);
    // X's own short links end with their code.
    if scheme && rest[..domain].eq_ignore_ascii_case("t.co") && path > 1 {
        let code = text[end + 1..].bytes().take_while(u8::is_ascii_alphanumeric).count();
        end += 1 + code;
        return if code > 40 { None } else { Some(end + query_length(&text[end..])) };
    }
    end += path;
    Some(end + query_length(&text[end..]))
}

fn is_label(label: &str) -> bool {
    let ends = |c: char| matches!(c, '-' | '_');
    if label.is_empty() || label.starts_with(ends) || label.ends_with(ends) {
        return false;
    }
    if label.is_ascii() {
        return label.len() <= LABEL;
    }
    let ascii = url::Host::parse(label).map(|h| h.to_string()).unwrap_or_default();
    !label.starts_with("xn--") && ascii.len() <= LABEL
}

/// The longest domain at the start of `run` that ends in a top-level domain, by its end; `after` follows `run`.
fn domain_end(run: &str, after: &str) -> Option<usize> {
    let mut dots: Vec<usize> = run.match_indices('.').map(|(i, _)| i).collect();
    while let Some(dot) = dots.pop() {
        let label_end = run[dot + 1..].find('.').map_or(run.len(), |i| dot + 1 + i);
        let label = &run[dot + 1..label_end];
        let next = |end: usize| run[end..].chars().next().or_else(|| if end == run.len() { after.chars().next() } else { None });
        // The whole label or its beginning: `example.comの` links to example.com.
        let mut ends: Vec<usize> = label.char_indices().map(|(i, c)| i + c.len_utf8()).filter(|e| *e <= 64).collect();
        while let Some(length) = ends.pop() {
            let end = dot + 1 + length;
            let free = next(end).is_none_or(|c| !(c.is_ascii_alphanumeric() || matches!(c, '@' | '+' | '-')));
            if dot > 0 && free && TLDS.contains(label[..length].to_lowercase().as_str()) {
                return Some(end);
            }
        }
    }
    None
}

fn path_length(text: &str) -> usize {
    const LATIN: &str = r"\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{24f}\x{400}-\x{4ff}";
    static PATH: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let general = format!(r"[a-z{LATIN}0-9!*';:=+,.$/%#\[\]\x{{2013}}_~@|&\-]");
        let brackets = format!(r"\((?:{general}+|{general}*\({general}+\){general}*)\)");
        let ending = format!(r"(?:[+a-z{LATIN}0-9=_#/\-]|{brackets})");
        Regex::new(&format!(r"(?i)^/(?:(?:{general}*(?:{brackets}{general}*)*{ending})|(?:@{general}+/))?")).ok()
    });
    PATH.as_ref().and_then(|p| p.find(text)).map_or(0, |m| m.end())
}

fn query_length(text: &str) -> usize {
    static QUERY: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)^\?[a-z0-9!?*'@();:&=+$/%#\[\]_.,~|\-]*[a-z0-9_&=#/\-]").ok());
    QUERY.as_ref().and_then(|p| p.find(text)).map_or(0, |m| m.end())
}

const TAG_EXTRA: &str = "_\\x{200c}\\x{200d}\\x{a67e}\\x{5be}\\x{5f3}\\x{5f4}\\x{ff5e}\\x{301c}\\x{309b}\\x{309c}\\x{30a0}\\x{30fb}\\x{3003}\\x{f0b}\\x{f0c}\\x{b7}";

/// Hashtags; at least one letter, so `#1` is none.
pub fn hashtags(text: &str) -> Vec<Entity> {
    static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let word = format!(r"[\p{{L}}\p{{M}}\p{{Nd}}{TAG_EXTRA}]");
        Regex::new(&format!(r"[#＃]({word}*[\p{{L}}\p{{M}}]{word}*)")).ok()
    });
    static WORD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!(r"[&\p{{L}}\p{{M}}\p{{Nd}}{TAG_EXTRA}]$")).ok());
    let links = urls(text);
    let mut found = Vec::new();
    for tag in TAG.iter().flat_map(|t| t.captures_iter(text)) {
        let (Some(whole), Some(word)) = (tag.get(0), tag.get(1)) else { continue };
        let (start, end) = (whole.start(), whole.end());
        let before = &text[..start];
        // The joiner after an emoji is part of the emoji, not of a word.
        let glued = WORD.as_ref().is_some_and(|w| w.is_match(before)) && !before.ends_with(['\u{fe0e}', '\u{fe0f}']);
        let keycap = text[start..].chars().nth(1).is_some_and(|c| matches!(c, '\u{fe0f}' | '\u{20e3}'));
        let cut = text[end..].starts_with(['#', '＃']) || text[end..].starts_with("://");
        if !glued && !keycap && !cut && !links.iter().any(|l| l.start < end && start < l.end) {
            found.push(Entity { kind: EntityKind::Hashtag, start, end, text: word.as_str().into() });
        }
    }
    found
}

/// Mentions of up to 20 characters.
pub fn mentions(text: &str) -> Vec<Entity> {
    static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[@＠]([a-zA-Z0-9_]{1,20})").ok());
    static RETWEET: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:^|[^a-zA-Z0-9_+~.\-])(?i:rt):?$").ok());
    let mut found = Vec::new();
    for name in NAME.iter().flat_map(|n| n.captures_iter(text)) {
        let (Some(whole), Some(word)) = (name.get(0), name.get(1)) else { continue };
        let (before, after) = (&text[..whole.start()], &text[whole.end()..]);
        let joined = before.chars().next_back().is_some_and(|b| b.is_ascii_alphanumeric() || "_!#$%&*@＠".contains(b))
            && !RETWEET.as_ref().is_some_and(|r| r.is_match(before));
        let cut = after.starts_with("://")
            || after.chars().next().is_some_and(|c| matches!(c, '@' | '＠') || is_latin(c) && !c.is_ascii());
        if !joined && !cut {
            found.push(Entity { kind: EntityKind::Mention, start: whole.start(), end: whole.end(), text: word.as_str().into() });
        }
    }
    found
}

/// `@name@server` as (whole, `@name`).
pub(super) fn mentions_with_domain(text: &str) -> Vec<(&str, &str)> {
    static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(@[A-Za-z0-9_]+)@[A-Za-z0-9.\-]+[A-Za-z0-9]").ok());
    let all = NAME.iter().flat_map(|n| n.captures_iter(text));
    all.filter_map(|c| Some((c.get(0)?.as_str(), c.get(1)?.as_str()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(found: Vec<Entity>) -> Vec<String> {
        found.into_iter().map(|e| e.text).collect()
    }

    #[test]
    fn hindi_hashtags_are_whole_words() {
        assert_eq!(texts(hashtags("#सड़क_सुरक्षा और #RajasthanPolice, #112 नहीं")), ["सड़क_सुरक्षा", "RajasthanPolice"]);
    }

    #[test]
    fn links_without_a_scheme_are_links_where_the_domain_exists() {
        assert_eq!(texts(urls("देखें police.rajasthan.gov.in/x। और a.nosuchtld")), ["police.rajasthan.gov.in/x"]);
        assert_eq!(texts(urls("write to sp@example.org, not here")), Vec::<String>::new());
    }

    #[test]
    fn entities_come_in_order_and_do_not_overlap() {
        let kinds: Vec<_> = entities("@thana #सुरक्षा https://example.org/#part").into_iter().map(|e| e.kind).collect();
        assert_eq!(kinds, [EntityKind::Mention, EntityKind::Hashtag, EntityKind::Url]);
    }
}
