//! The few shapes the charts need.

use std::fmt::Write;

/// A labelled value.
#[derive(Debug, Clone)]
pub struct Bar {
    pub label: String,
    pub value: f64,
    pub note: String,
}

const WIDTH: f64 = 420.0;
const ROW: f64 = 20.0;
const LABEL: f64 = 300.0;

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page of its own: no script, nothing from outside.
pub fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>body{{font:14px/1.6 system-ui,sans-serif;margin:2rem}}\
         table{{border-collapse:collapse}}td,th{{padding:.1rem .6rem;border-bottom:1px solid #ccc;text-align:left;font-variant-numeric:tabular-nums}}\
         .for{{fill:#1f5f99}}.against{{fill:#b3441e}}text{{font:12px system-ui,sans-serif}}</style></head><body><h1>{title}</h1>{body}</body></html>\n"
    )
}

/// Horizontal bars around zero, and their table.
pub fn bars(rows: &[Bar], unit: &str) -> String {
    let low = rows.iter().map(|r| r.value).fold(0.0, f64::min);
    let high = rows.iter().map(|r| r.value).fold(0.0, f64::max);
    drawn(rows, unit, low, high, |r, _| (0.0, r.value))
}

/// Bars that begin where the last ended, and their table.
pub fn waterfall(rows: &[Bar]) -> String {
    let (mut sum, mut low, mut high) = (0.0f64, 0.0f64, 0.0f64);
    let mut begins = Vec::new();
    for r in rows {
        begins.push(sum);
        sum += r.value;
        (low, high) = (low.min(sum), high.max(sum));
    }
    drawn(rows, "bits", low, high, |r, i| (begins[i], begins[i] + r.value))
}

fn drawn(rows: &[Bar], unit: &str, low: f64, high: f64, span: impl Fn(&Bar, usize) -> (f64, f64)) -> String {
    let scale = WIDTH / (high - low).max(1e-9);
    let x = |v: f64| LABEL + (v - low) * scale;
    let height = ROW * rows.len() as f64 + 10.0;
    let mut out =
        format!("<svg role=\"img\" aria-label=\"{}\" width=\"{}\" height=\"{height}\">", escape(unit), LABEL + WIDTH + 80.0);
    for (i, r) in rows.iter().enumerate() {
        let (from, to) = span(r, i);
        let (a, b) = (x(from.min(to)), x(from.max(to)));
        let y = ROW * i as f64 + 5.0;
        let side = if r.value >= 0.0 { "for" } else { "against" };
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><rect class=\"{side}\" x=\"{a:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"14\"><title>{}</title></rect>",
            LABEL - 8.0,
            y + 11.0,
            escape(&r.label),
            (b - a).max(1.0),
            escape(&r.note)
        );
    }
    let _ = write!(out, "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"0\" y2=\"{height}\" stroke=\"#444\"/></svg>", x(0.0));
    let table: String = rows
        .iter()
        .map(|r| format!("<tr><td>{}</td><td>{:.4}</td><td>{}</td></tr>", escape(&r.label), r.value, escape(&r.note)))
        .collect();
    format!("{out}<table><tr><th>level</th><th>{}</th><th></th></tr>{table}</table>", escape(unit))
}

/// Lines over 0..1 by 0..1.
pub fn lines(all: &[(&str, Vec<(f64, f64)>)], axis: &str) -> String {
    let (w, h) = (480.0, 300.0);
    let mut out = format!("<svg role=\"img\" aria-label=\"{}\" width=\"{}\" height=\"{}\">", escape(axis), w + 120.0, h + 40.0);
    let _ = write!(out, "<rect x=\"40\" y=\"10\" width=\"{w}\" height=\"{h}\" fill=\"none\" stroke=\"#444\"/>");
    for (i, (name, points)) in all.iter().enumerate() {
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{:.1},{:.1}", 40.0 + x * w, 10.0 + (1.0 - y) * h)).collect();
        let dash = if i == 0 { "none" } else { "6 3" };
        let colour = if i == 0 { "#1f5f99" } else { "#b3441e" };
        let _ = write!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/><text x=\"{}\" y=\"{}\" fill=\"{colour}\">{}</text>",
            path.join(" "),
            w + 46.0,
            30.0 + 20.0 * i as f64,
            escape(name)
        );
    }
    let _ = write!(out, "<text x=\"40\" y=\"{}\">{}</text></svg>", h + 30.0, escape(axis));
    out
}
