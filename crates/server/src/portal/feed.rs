//! For other programs: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1, a sitemap, and the signed register of official handles.

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::SecondsFormat;
use pages::Lang;
use pages::portal::{ABOUT, Notice, PLACES};
use serde_json::json;
use social::registry;

use super::page::{Which, notices};
use super::{Portal, Wrong, keep, lang};

const ENTRIES: i64 = 50;

fn xml(text: &str) -> String {
    // Characters XML 1.0 has no place for are dropped.
    let allowed = |c: &char| matches!(c, '\t' | '\n' | '\r') || *c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let text: String = text.chars().filter(allowed).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn words(n: &Notice) -> String {
    [n.hindi.as_str(), n.english.as_str()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn title(n: &Notice) -> String {
    let words = words(n);
    let line = words.lines().next().unwrap_or_default();
    format!("{}: {}", n.unit_name, line.chars().take(90).collect::<String>())
}

struct Feed {
    lang: Lang,
    base: String,
    entries: Vec<Notice>,
}

impl Feed {
    async fn read(p: &Portal, tag: &str) -> Result<Self, Wrong> {
        let lang = lang(tag)?;
        Ok(Self { lang, base: p.settings.base.clone(), entries: notices(p, lang, &Which::default(), ENTRIES).await? })
    }

    fn link(&self, n: &Notice) -> String {
        format!("{}/{}/post/{}", self.base, self.lang.tag(), n.id)
    }

    fn home(&self) -> String {
        format!("{}/{}/", self.base, self.lang.tag())
    }
}

pub(crate) async fn rss(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    let f = Feed::read(&p, &tag).await?;
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>{}</title><link>{}</link><description>{}</description><language>{}</language><atom:link href=\"{}feed.rss\" rel=\"self\" type=\"application/rss+xml\"/>",
        xml(&f.lang.text("portal-name")),
        xml(&f.home()),
        xml(&f.lang.text("portal-lead")),
        f.lang.tag(),
        xml(&f.home())
    );
    for n in &f.entries {
        out.push_str(&format!(
            "<item><title>{}</title><link>{}</link><guid isPermaLink=\"false\">{}</guid><pubDate>{}</pubDate><category>{}</category><description>{}</description></item>",
            xml(&title(n)),
            xml(&f.link(n)),
            xml(&n.id),
            n.at.to_rfc2822(),
            xml(&n.kind),
            xml(&words(n))
        ));
    }
    out.push_str("</channel></rss>\n");
    keep("application/rss+xml; charset=utf-8", out)
}

pub(crate) async fn atom(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    let f = Feed::read(&p, &tag).await?;
    let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let newest = f.entries.iter().map(Notice::updated).max().unwrap_or_default();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\"><title>{}</title><id>{}</id><updated>{}</updated><author><name>{}</name></author><link rel=\"self\" href=\"{}feed.atom\"/><link rel=\"alternate\" href=\"{}\"/>",
        f.lang.tag(),
        xml(&f.lang.text("portal-name")),
        xml(&f.home()),
        time(newest),
        xml(&f.lang.text("portal-name")),
        xml(&f.home()),
        xml(&f.home())
    );
    for n in &f.entries {
        out.push_str(&format!(
            "<entry><title>{}</title><id>urn:uuid:{}</id><published>{}</published><updated>{}</updated><link rel=\"alternate\" href=\"{}\"/><category term=\"{}\"/><content type=\"text\">{}</content></entry>",
            xml(&title(n)),
            xml(&n.id),
            time(n.at),
            time(n.updated()),
            xml(&f.link(n)),
            xml(&n.kind),
            xml(&words(n))
        ));
    }
    out.push_str("</feed>\n");
    keep("application/atom+xml; charset=utf-8", out)
}

pub(crate) async fn json(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    let f = Feed::read(&p, &tag).await?;
    let items: Vec<_> = f
        .entries
        .iter()
        .map(|n| json!({ "id": n.id, "url": f.link(n), "title": title(n), "content_text": words(n), "date_published": n.at.to_rfc3339(), "date_modified": n.updated().to_rfc3339(), "tags": [n.kind], "language": f.lang.tag() }))
        .collect();
    let feed = json!({ "version": "https://jsonfeed.org/version/1.1", "title": f.lang.text("portal-name"), "home_page_url": f.home(), "feed_url": format!("{}feed.json", f.home()), "language": f.lang.tag(), "items": items });
    keep("application/feed+json; charset=utf-8", feed.to_string())
}

pub(crate) async fn sitemap(State(p): State<Portal>) -> Result<Response, Wrong> {
    let base = &p.settings.base;
    let mut out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">".to_owned();
    let mut add = |path: &str, at: Option<chrono::DateTime<chrono::Utc>>| {
        for lang in Lang::ALL {
            out.push_str(&format!("<url><loc>{}</loc>", xml(&format!("{base}/{}/{path}", lang.tag()))));
            if let Some(at) = at {
                out.push_str(&format!("<lastmod>{}</lastmod>", at.to_rfc3339_opts(SecondsFormat::Secs, true)));
            }
            for other in Lang::ALL {
                let href = xml(&format!("{base}/{}/{path}", other.tag()));
                out.push_str(&format!("<xhtml:link rel=\"alternate\" hreflang=\"{}\" href=\"{href}\"/>", other.tag()));
            }
            out.push_str("</url>");
        }
    };
    PLACES.iter().chain(&ABOUT).for_each(|(place, _)| add(place, None));
    let now = p.lake.now().timestamp_micros();
    for c in p.store().campaigns(true).await?.into_iter().filter(|c| c.from_at <= now) {
        add(&format!("campaign/{}", c.id), None);
    }
    for n in p.store().published(None, None, None, 5000).await? {
        add(&format!("post/{}", n.post), chrono::DateTime::from_timestamp_micros(n.edited_at.unwrap_or(n.first_at)));
    }
    out.push_str("</urlset>\n");
    keep("application/xml; charset=utf-8", out)
}

pub(crate) async fn robots(State(p): State<Portal>) -> Result<Response, Wrong> {
    keep(
        "text/plain; charset=utf-8",
        format!("User-agent: *\nAllow: /\nDisallow: /media/\nDisallow: /hooks/\nSitemap: {}/sitemap.xml\n", p.settings.base),
    )
}

/// The register of official handles, signed, so that others can check it wherever it is shown.
pub(crate) async fn handles(State(p): State<Portal>) -> Result<Response, Wrong> {
    let key = registry::Key::from_file(&p.lake.home().root().join("registry.key"))?;
    let (units, accounts) = (p.store().units().await?, p.store().accounts().await?);
    let register = registry::register(&units, &accounts, &key, p.lake.now());
    keep("application/json; charset=utf-8", register.to_string())
}
