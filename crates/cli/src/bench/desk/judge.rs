//! What the networks saw, held against what was due.

use std::collections::HashMap;

use serde_json::{Value, json};
use social::NetworkName;
use store::social::Counted;

use super::{Bench, Times, spread};

/// A post is on time within two seconds of its moment.
const ON_TIME: i64 = 2_000_000;
/// Upper ends of the buckets lateness is counted in, milliseconds.
const BUCKETS: [i64; 6] = [100, 250, 500, 1_000, 2_000, 10_000];

/// One post in a network's memory.
pub(super) struct Seen {
    /// Its number; none when it says something that was never scheduled.
    number: Option<i64>,
    /// UTC microseconds.
    at: i64,
    network: NetworkName,
}

pub(super) fn seen(network: NetworkName, post: &standin::Post) -> Seen {
    let words = if post.text.is_empty() { &post.title } else { &post.text };
    Seen { number: words.strip_prefix("Post ").and_then(|n| n.trim().parse().ok()), at: post.created, network }
}

#[derive(Debug, Default)]
pub(super) struct Report {
    published: usize,
    /// Posts that are out more than once.
    duplicates: usize,
    /// Posts that were due and are neither out nor with a person.
    lost: usize,
    /// Posts that went out before their moment, or on another day's turn, or that nobody wrote.
    early: usize,
    human: i64,
    /// What the outbox calls live, and what waits for another day.
    live: i64,
    waiting: i64,
    per_second: f64,
    /// Milliseconds after the moment, sorted.
    steady: Vec<f64>,
    minute: Vec<f64>,
    networks: HashMap<NetworkName, usize>,
}

pub(super) fn report(b: &Bench, times: Times, posts: &[Seen], counts: &[Counted]) -> Report {
    let count = |state: &str| counts.iter().find(|c| c.state == state).map_or(0, |c| c.count);
    let mut r = Report { published: posts.len(), human: count("human"), waiting: count("queued"), ..Report::default() };
    let mut first: HashMap<i64, (usize, i64)> = HashMap::new();
    for post in posts {
        *r.networks.entry(post.network).or_default() += 1;
        match post.number {
            Some(n) if n < b.due + b.burst => {
                let entry = first.entry(n).or_insert((0, i64::MAX));
                *entry = (entry.0 + 1, entry.1.min(post.at));
            }
            _ => r.early += 1,
        }
    }
    let mut last = times.first;
    for n in 0..b.due + b.burst {
        let Some((copies, at)) = first.get(&n) else {
            r.lost += 1;
            continue;
        };
        r.duplicates += usize::from(*copies > 1);
        let due = if n < b.due { times.first + n * times.step } else { times.minute };
        r.early += usize::from(*at < due);
        let late = (at - due) as f64 / 1e3;
        if n < b.due {
            last = last.max(*at);
            r.steady.push(late);
        } else {
            r.minute.push(late);
        }
    }
    r.lost = r.lost.saturating_sub(usize::try_from(r.human).unwrap_or(0));
    r.per_second = r.steady.len() as f64 / ((last - times.first).max(1) as f64 / 1e6);
    r.steady.sort_by(f64::total_cmp);
    r.minute.sort_by(f64::total_cmp);
    // The history's posts are live as well.
    r.live = count("live");
    r
}

fn within(late: &[f64]) -> bool {
    late.last().is_none_or(|most| *most <= ON_TIME as f64 / 1e3)
}

impl Report {
    /// Nothing twice, nothing lost, nothing before its time.
    pub(super) fn sound(&self) -> bool {
        self.duplicates == 0 && self.lost == 0 && self.early == 0
    }

    pub(super) fn told(&self, b: &Bench) -> Value {
        let mut buckets = serde_json::Map::new();
        let mut below = 0;
        for end in BUCKETS {
            let upto = self.steady.partition_point(|late| *late <= end as f64);
            buckets.insert(format!("to_{end}_ms"), json!(upto - below));
            below = upto;
        }
        buckets.insert("later".into(), json!(self.steady.len() - below));
        let networks: std::collections::BTreeMap<String, usize> =
            self.networks.iter().map(|(n, c)| (n.to_string(), *c)).collect();
        json!({
            "units": b.units, "scheduled": b.posts, "due": b.due, "asked_per_second": b.rate, "workers": b.workers,
            "published": self.published, "per_second": self.per_second, "duplicates": self.duplicates, "lost": self.lost, "early": self.early,
            "with_a_person": self.human, "still_waiting": self.waiting, "live_by_the_outbox": self.live,
            "late": spread(&self.steady), "lateness": buckets, "on_time": within(&self.steady),
            "full_minute": { "posts": self.minute.len(), "late": spread(&self.minute), "on_time": within(&self.minute) },
            "networks": networks,
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn bench() -> Bench {
        Bench::parse_from(["sarovar bench desk", "desk", "--posts", "5", "--due", "3", "--burst", "1"])
    }

    fn post(number: i64, at: i64) -> Seen {
        Seen { number: Some(number), at, network: NetworkName::X }
    }

    #[test]
    fn a_duplicate_a_lost_one_and_one_before_its_time_are_found() {
        let (b, times) = (bench(), Times { first: 0, step: 1_000_000, minute: 60_000_000 });
        let good = [post(0, 100_000), post(1, 1_050_000), post(2, 2_900_000), post(3, 61_000_000)];
        let r = report(&b, times, &good, &[]);
        assert!(r.sound() && within(&r.steady) && within(&r.minute), "{r:?}");
        assert_eq!(r.steady, [50.0, 100.0, 900.0]);

        let twice = [post(0, 1), post(0, 2), post(1, 1_000_000), post(2, 2_000_000), post(3, 60_000_000)];
        assert_eq!(report(&b, times, &twice, &[]).duplicates, 1);
        assert_eq!(report(&b, times, &good[..2], &[]).lost, 2);
        let human = [Counted { state: "human".into(), count: 1 }];
        assert_eq!(report(&b, times, &good[..3], &human).lost, 0, "one is with a person");
        assert_eq!(report(&b, times, &[post(0, -1)], &[]).early, 1);
        assert_eq!(report(&b, times, &[post(4, 1)], &[]).early, 1, "tomorrow's");
        let late = [post(0, 2_000_001)];
        assert!(!within(&report(&b, times, &late, &[]).steady));
    }
}
