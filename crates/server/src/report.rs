//! The desk's report: the same tables on a page, as PDF and as CSV, in the reader's language.

use pages::Lang;
use paper::{Report, Section};
use social::NetworkName;
use social::desk::{Advice, Compliance, Numbers};

/// Names of the tables, in the order of the sections.
pub const TABLES: [&str; 6] = ["service", "measures", "campaigns", "sleeping", "mix", "sentiment"];

fn title(network: &str) -> String {
    network.parse::<NetworkName>().map_or_else(|_| network.to_owned(), |n| n.limits().title.clone())
}

/// The Indian day of a moment.
pub(crate) fn day(lang: Lang, micros: i64) -> String {
    model::time::to_ist(micros).map(|t| pages::show::date(lang, t.date())).unwrap_or_default()
}

fn advice(lang: Lang, advice: Advice, with: Option<&str>) -> String {
    let key = match advice {
        Advice::Plan => "report-advice-plan",
        Advice::Merge => "report-advice-merge",
        Advice::Close => "report-advice-close",
        Advice::Reconnect => "report-advice-reconnect",
    };
    lang.fill(key, &[("it", with.unwrap_or_default())])
}

/// The statement of compliance with an order, to be signed.
pub fn compliance(c: &Compliance, lang: Lang, now: chrono::DateTime<chrono::Utc>) -> Report {
    let t = |key: &str| lang.text(key);
    let time = model::time::format_ist;
    let state = match (c.order.closed_at, c.complied) {
        (Some(at), true) => format!("{}: {}", t("desk-complied"), time(at)),
        (Some(at), false) => format!("{}: {}", t("desk-removed-late"), time(at)),
        (None, _) => t("order-in-progress"),
    };
    let rows = c.removals.iter().map(|r| {
        let proof = [r.proof.as_deref().unwrap_or_default(), &r.hand].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>();
        vec![title(&r.network), r.url.clone(), t(&format!("desk-copy-{}", r.state)), time(r.at), proof.join("; ")]
    });
    let own = c.order.ground == "own";
    let mut facts = vec![(t("desk-order-reference"), c.order.reference.clone())];
    if !own {
        facts.push((t("desk-order-court"), c.order.court.clone()));
    }
    facts.extend([
        (t("order-received"), time(c.order.received_at)),
        (t("desk-due"), time(c.order.due_at)),
        (t("desk-state"), state),
    ]);
    Report {
        lang: if lang == Lang::Hi { paper::Language::Hi } else { paper::Language::En },
        title: t(if own { "order-own-title" } else { "desk-statement" }),
        subtitle: t("order-subtitle"),
        facts,
        sections: vec![
            Section {
                title: t("order-copies"),
                columns: ["desk-network", "desk-copy", "desk-state", "order-when", "desk-proof"].iter().map(|k| t(k)).collect(),
                rows: rows.collect(),
                ..Section::default()
            },
            Section { title: t("order-signature"), text: t("order-signature-text"), ..Section::default() },
        ],
        foot: format!("{} · {}", c.order.id, time(now.timestamp_micros())),
        nothing: t("order-nothing-out"),
    }
}

/// The numbers in words of one language; [`TABLES`] names its sections.
pub fn paper(numbers: &Numbers, lang: Lang) -> Report {
    let t = |key: &str| lang.text(key);
    let unknown = || t("null");
    let number = |n: Option<i64>| n.map_or_else(unknown, |n| n.to_string());
    let heads = |keys: &[&str]| keys.iter().map(|k| lang.text(k)).collect::<Vec<_>>();
    let hindi = lang == Lang::Hi;
    let service = numbers.service.iter().map(|s| {
        vec![
            s.rank.map_or_else(unknown, |r| r.to_string()),
            format!("{} {}", title(&s.network), s.handle),
            s.unit.clone(),
            s.items.to_string(),
            s.answered.to_string(),
            s.in_time.map_or_else(unknown, |p| format!("{p} %")),
            s.overdue.to_string(),
            number(s.median_minutes),
        ]
    });
    let figure = |f: &social::desk::Figure| {
        vec![
            format!("{} {}", title(&f.network), f.handle),
            f.name.clone(),
            if hindi { f.hi.clone() } else { f.en.clone() },
            f.posts.to_string(),
            f.total.map_or_else(|| t("report-not-added"), |n| n.to_string()),
            f.median.to_string(),
            f.most.to_string(),
        ]
    };
    let reach = numbers.reach.iter().flat_map(|r| {
        let head = |measure: String| {
            let name = if hindi { r.name_hi.clone() } else { r.name_en.clone() };
            vec![name, r.messages.to_string(), format!("{} / {}", r.districts, r.of), measure]
        };
        if r.figures.is_empty() {
            return vec![head(unknown())];
        }
        let told = |f: &social::desk::Figure| {
            let value = f.total.map_or_else(|| format!("{} {}", t("report-median"), f.median), |n| n.to_string());
            head(format!("{} {}: {} = {value}", title(&f.network), f.handle, f.name))
        };
        r.figures.iter().map(told).collect()
    });
    let sleeping = numbers.dormant.iter().map(|d| {
        vec![
            format!("{} {}", title(&d.network), d.handle),
            d.unit.clone(),
            d.days.map_or_else(|| t("report-never"), |n| n.to_string()),
            advice(lang, d.advice, d.with.as_deref()),
        ]
    });
    let mix = numbers
        .mix
        .kinds
        .iter()
        .map(|k| vec![t(&format!("desk-kind-{}", k.kind)), k.messages.to_string(), format!("{} %", k.percent)]);
    let topic = |key: &str| {
        let known = social::sentiment::topics().find(|t| t.key == key);
        known.map_or_else(|| t("report-topic-other"), |t| if hindi { t.hi.clone() } else { t.en.clone() })
    };
    let sentiment = numbers.sentiment.iter().map(|c| {
        let told = |n: Option<usize>| n.map_or_else(|| t("report-withheld"), |n| n.to_string());
        vec![day(lang, c.day), topic(&c.topic), told(c.items), told(c.good), told(c.bad), told(c.unknown)]
    });
    let missing: Vec<String> = numbers.mix.missing.iter().map(|m| t(&format!("campaign-theme-{m}"))).collect();
    let section = |key: &str, columns: &[&str], rows: Vec<Vec<String>>| Section {
        title: t(&format!("report-{key}")),
        text: String::new(),
        columns: heads(columns),
        rows,
        note: t(&format!("report-{key}-note")),
    };
    Report {
        lang: if hindi { paper::Language::Hi } else { paper::Language::En },
        title: t("report-title"),
        subtitle: format!("{} – {}", day(lang, numbers.from), day(lang, numbers.until - 1)),
        facts: vec![
            (t("desk-unit"), numbers.unit.clone().unwrap_or_else(|| t("all"))),
            (t("report-messages"), numbers.mix.messages.to_string()),
            (t("report-missing"), if missing.is_empty() { t("report-nothing") } else { missing.join(", ") }),
        ],
        sections: vec![
            section(
                "service",
                &[
                    "report-rank",
                    "report-handle",
                    "desk-unit",
                    "report-items",
                    "report-answered",
                    "report-in-time",
                    "report-overdue",
                    "report-minutes",
                ],
                service.collect(),
            ),
            section(
                "measures",
                &[
                    "report-handle",
                    "report-measure",
                    "report-meaning",
                    "report-posts",
                    "report-total",
                    "report-median",
                    "report-most",
                ],
                numbers.figures.iter().map(figure).collect(),
            ),
            section("campaigns", &["report-campaign", "report-messages", "report-districts", "report-measure"], reach.collect()),
            section("sleeping", &["report-handle", "desk-unit", "report-days", "report-advice"], sleeping.collect()),
            section("mix", &["desk-kind", "report-messages", "report-share"], mix.collect()),
            section(
                "sentiment",
                &["report-day", "report-topic", "report-items", "report-good", "report-bad", "report-unknown"],
                sentiment.collect(),
            ),
        ],
        foot: t("report-foot"),
        nothing: t("report-nothing"),
    }
}

/// One table as CSV. A cell that a spreadsheet would take for a formula gets an apostrophe.
pub fn csv(section: &Section) -> String {
    let cell = |text: &String| {
        let safe = if text.starts_with(['=', '+', '-', '@', '\t']) && text.len() > 1 { format!("'{text}") } else { text.clone() };
        if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
    };
    let line = |cells: &Vec<String>| cells.iter().map(cell).collect::<Vec<_>>().join(",");
    // The mark at the beginning tells spreadsheets that it is UTF-8.
    let lines = std::iter::once(line(&section.columns)).chain(section.rows.iter().map(line));
    format!("\u{feff}{}\n", lines.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_as_csv_runs_nothing_in_a_spreadsheet() {
        let section = Section {
            columns: vec!["a".into(), "b".into()],
            rows: vec![vec!["@thana".into(), "x, \"y\"".into()]],
            ..Section::default()
        };
        assert_eq!(csv(&section), "\u{feff}a,b\n'@thana,\"x, \"\"y\"\"\"\n");
    }
}
