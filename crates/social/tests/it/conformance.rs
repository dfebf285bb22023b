//! Counting and finding agree with twitter-text's own cases, where its files are at hand (beside the workspace, never in it).

use std::path::{Path, PathBuf};

use serde_norway::Value;
use social::text::{self, Entity};

fn cases(file: &str) -> Option<Value> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/twitter-text").join(file);
    let path = if path.exists() {
        path
    } else {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/specs/twitter-text").join(file)
    };
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: twitter-text's cases are not at hand ({})", path.display());
        return None;
    };
    // The cases escape astral characters as YAML does, but also write lone surrogates, which no text can hold.
    Some(serde_norway::from_str(&text).expect("twitter-text's cases are YAML"))
}

fn each<'a>(all: &'a Value, group: &str) -> impl Iterator<Item = (&'a str, &'a str, &'a Value)> {
    let list = all["tests"][group].as_sequence().expect("a list of cases").iter();
    list.map(|c| (c["description"].as_str().unwrap_or_default(), c["text"].as_str().unwrap_or_default(), &c["expected"]))
}

#[test]
fn weighted_counting_equals_twitter_text() {
    let Some(all) = cases("conformance-validate.yml") else { return };
    let mut counted = 0;
    let mut wrong = Vec::new();
    let groups =
        ["WeightedTweetsCounterTest", "WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest"];
    for group in groups {
        for (description, text, expected) in each(&all, group) {
            // The first group counts emoji by code point, as the configuration before 3 did: where they differ, 3 is right.
            let newer = group == groups[0] && each(&all, groups[1]).any(|(_, t, e)| t == text && e != expected);
            let ours = u64::from(text::weigh(text));
            counted += 1;
            if !newer && Some(ours) != expected["weightedLength"].as_u64() {
                wrong.push(format!("{group}, {description}: {ours} is not {:?}", expected["weightedLength"]));
            }
        }
    }
    assert!(counted > 30, "only {counted} cases");
    assert!(wrong.is_empty(), "{} of {counted}:\n{}", wrong.len(), wrong.join("\n"));
}

fn compare(group: &str, find: fn(&str) -> Vec<Entity>) -> (usize, Vec<String>) {
    let Some(all) = cases("conformance-extract.yml") else { return (0, Vec::new()) };
    let mut wrong = Vec::new();
    let mut counted = 0;
    for (description, text, expected) in each(&all, group) {
        let expected: Vec<&str> = expected.as_sequence().expect("a list").iter().filter_map(Value::as_str).collect();
        let ours: Vec<String> = find(text).into_iter().map(|e| e.text).collect();
        counted += 1;
        if ours != expected {
            wrong.push(format!("{group}, {description}: {ours:?} is not {expected:?} in {text:?}"));
        }
    }
    (counted, wrong)
}

#[test]
fn hashtags_mentions_and_links_are_twitter_texts() {
    type Find = fn(&str) -> Vec<Entity>;
    let groups: [(&str, Find); 4] = [
        ("hashtags", text::hashtags),
        ("mentions", text::mentions),
        ("urls", text::urls),
        ("hashtags_from_astral", text::hashtags),
    ];
    let mut wrong = Vec::new();
    for (group, find) in groups {
        let (counted, found) = compare(group, find);
        eprintln!("{group}: {} of {counted} agree", counted - found.len());
        wrong.extend(found);
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
