//! Both catalogues are complete, every page renders in both languages, and the base page keeps its weight.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pages::{Lang, Template, assets, example};
use regex::Regex;

fn read(folder: &str, extension: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut out = Vec::new();
    let mut todo = vec![root];
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                out.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    out
}

fn keys(lang: &str) -> BTreeSet<String> {
    let line = Regex::new(r"(?m)^([a-z][A-Za-z0-9_-]*) =").unwrap();
    let mut found = BTreeSet::new();
    for (file, text) in read(&format!("locales/{lang}"), "ftl") {
        for hit in line.captures_iter(&text) {
            assert!(found.insert(hit[1].to_owned()), "{} stands twice ({file})", &hit[1]);
        }
    }
    found
}

#[test]
fn both_catalogues_have_the_same_keys() {
    let (hi, en) = (keys("hi"), keys("en"));
    assert_eq!(hi.difference(&en).collect::<Vec<_>>(), Vec::<&String>::new(), "only in Hindi");
    assert_eq!(en.difference(&hi).collect::<Vec<_>>(), Vec::<&String>::new(), "only in English");
    assert!(hi.len() > 300, "the catalogues are read at all");
}

#[test]
fn every_key_that_is_used_exists() {
    let use_of = Regex::new(r#"(?:\.t|\.tn|\.tv|fill|lang\.text|lang\.count)\(\s*"([a-z][A-Za-z0-9_-]*)""#).unwrap();
    let known = keys("en");
    for (file, text) in read("templates", "html").into_iter().chain(read("src", "rs")) {
        for hit in use_of.captures_iter(&text) {
            assert!(known.contains(&hit[1]), "{file} uses the unknown key {}", &hit[1]);
        }
    }
}

#[test]
fn hindi_is_written_in_devanagari() {
    let same_in_both = ["nav-sql", "null", "search-can-phone", "search-can-vehicle"];
    for key in keys("hi").iter().filter(|key| !same_in_both.contains(&key.as_str())) {
        let text = Lang::Hi.fill(
            key,
            &[
                ("it", ""),
                ("a", "1"),
                ("b", "1"),
                ("c", "1"),
                ("count", "1"),
                ("n", "1"),
                ("from", "1"),
                ("to", "1"),
                ("total", "1"),
                ("accepted", "1"),
                ("refused", "1"),
            ],
        );
        let devanagari = text.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c));
        let latin_term = key.starts_with("search-can-") || key == "kind-handset" || key == "read-handset" || key == "pager-range";
        assert!(devanagari || latin_term, "{key} is not Hindi: {text}");
    }
}

#[test]
fn every_page_renders_whole_in_both_languages() {
    let missing = Regex::new(r"\[[a-z]+(?:-[A-Za-z0-9_]+)+\]").unwrap();
    let inline = Regex::new(r#"(?i)<[^>]+\s(?:on[a-z]+|style)\s*=|<script>|<style|javascript:"#).unwrap();
    let id = Regex::new(r#"\sid="([^"]+)""#).unwrap();
    for lang in Lang::ALL {
        let pages = example::ALL.iter().map(|page| (page.name, page.render(example::shell(lang)).unwrap()));
        let gallery = example::gallery(example::shell(lang)).render().unwrap();
        for (name, html) in pages.chain([("gallery", gallery)]) {
            assert!(html.trim_start().starts_with("<!doctype html>"), "{name}");
            assert!(html.trim_end().ends_with("</html>"), "{name}");
            assert!(html.contains(&format!("<html lang=\"{}\">", lang.tag())), "{name}");
            assert_eq!(html.matches("<h1").count(), 1, "{name} has one title");
            assert!(missing.find(&html).is_none(), "{name} {lang:?}: missing text {:?}", missing.find(&html).map(|m| m.as_str()));
            assert!(inline.find(&html).is_none(), "{name}: inline code {:?}", inline.find(&html).map(|m| m.as_str()));
            let mut seen = BTreeSet::new();
            for hit in id.captures_iter(&html) {
                assert!(seen.insert(hit[1].to_owned()), "{name}: id {} stands twice", &hit[1]);
            }
        }
    }
}

#[test]
fn what_comes_from_data_is_escaped() {
    let mut shell = example::shell(Lang::En);
    shell.who = "<script>alert(1)</script>".to_owned();
    let html = example::ALL[0].render(shell).unwrap();
    assert!(!html.contains("<script>alert"));
}

#[test]
fn an_ordinary_page_loads_no_island() {
    for page in example::ALL {
        let html = page.render(example::shell(Lang::Hi)).unwrap();
        let island = html.contains("/assets/upload.") || html.contains("/assets/sql.");
        let may = page.name.starts_with("upload") || page.name.starts_with("sql");
        assert!(!island || may, "{} loads an island", page.name);
    }
}

/// The whole base page, compressed: style, htmx, mark and a generous page of HTML stay under 40 KiB.
#[test]
fn built_assets_keep_their_weight() {
    if !assets::present() {
        return;
    }
    let of = |name: &str| assets::all().iter().find(|asset| asset.name == name).map_or(0, |asset| asset.brotli.len());
    let base = of("sarovar.css") + of("htmx.js") + of("mark.svg");
    assert!(base <= 30 * 1024, "the base page weighs {base} bytes before its HTML");
    for island in pages::shell::Island::ALL {
        let weight = of(island.script());
        assert!(weight > 0 && weight <= 250 * 1024, "{} weighs {weight} bytes", island.script());
    }
}
