//! The tables of My work, of one piece of work and of a declaration, as files.

use accounts::Declaration;
use pages::work::{MemberLine, MyWork, PieceLine, PiecePage, RequestLine};

use crate::export::Sheet;

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn at(time: chrono::DateTime<chrono::Utc>) -> Option<String> {
    Some(model::time::format_ist(time.timestamp_micros()))
}

fn pieces(name: &'static str, lines: &[PieceLine]) -> Sheet {
    let row = |p: &PieceLine| {
        vec![
            some(&p.id),
            some(&p.reference),
            some(&p.purpose),
            some(&p.standing),
            some(if p.emergency { "yes" } else { "no" }),
            some(&p.sections),
            some(&p.reason),
            some(&p.opened_by),
            at(p.opened),
            at(p.until),
        ]
    };
    Sheet {
        name,
        columns: &["id", "reference", "purpose", "standing", "emergency", "sections", "reason", "opened_by", "opened", "until"],
        rows: lines.iter().map(row).collect(),
    }
}

fn requests(lines: &[RequestLine]) -> Sheet {
    let row = |r: &RequestLine| {
        // The mark of a query says nothing to a reader.
        let items = if r.kind == "release" { None } else { some(&r.items) };
        vec![
            some(&r.id),
            some(&r.kind),
            some(&r.reference),
            some(&r.state),
            items,
            some(&r.window),
            some(&r.reason),
            some(&r.by),
            some(&r.rank),
            at(r.until),
            some(&r.decided_by),
            some(&r.note),
        ]
    };
    Sheet {
        name: "requests",
        columns: &[
            "id",
            "kind",
            "reference",
            "state",
            "items",
            "window",
            "reason",
            "requested_by",
            "rank",
            "until",
            "decided_by",
            "note",
        ],
        rows: lines.iter().map(row).collect(),
    }
}

pub(super) fn mine(page: &MyWork) -> Vec<Sheet> {
    vec![pieces("pieces", &page.pieces), requests(&page.requests), pieces("reviews", &page.reviews)]
}

pub(super) fn piece(page: &PiecePage) -> Vec<Sheet> {
    let member = |m: &MemberLine| vec![some(&m.login), some(&m.unit), at(m.since), m.until.and_then(at), some(&m.by)];
    let team =
        Sheet { name: "team", columns: &["login", "unit", "since", "until", "by"], rows: page.team.iter().map(member).collect() };
    vec![team, requests(&page.requests)]
}

pub(super) fn declaration(found: &Declaration) -> Vec<Sheet> {
    let rows = found.lines.iter().map(|l| {
        vec![
            some(&l.reference),
            some(&l.case),
            some(&l.requested_by),
            some(&l.requester_rank),
            some(&l.granted_by),
            some(&l.granter_rank),
            at(l.decided_at),
            Some(l.numbers.to_string()),
            at(l.from),
            at(l.to),
        ]
    });
    vec![Sheet {
        name: "lines",
        columns: &[
            "reference",
            "case",
            "requested_by",
            "requester_rank",
            "granted_by",
            "granter_rank",
            "granted",
            "numbers",
            "from",
            "to",
        ],
        rows: rows.collect(),
    }]
}
