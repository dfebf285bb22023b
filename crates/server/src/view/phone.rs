//! A phone's page.

use dossier::{Kind, Phone, Target};
use pages::Shell;
use pages::dossier::{self as page, Dossier, Fact, Group, Notice};
use pages::show;
use pages::table::Cell;

use super::{View, blank, cell, groups, links, moments, origins, part, source, standings, when};

impl View for Phone {
    fn target(&self) -> Target {
        Target::new(Kind::Phone, self.number.as_str())
    }

    fn title(&self) -> String {
        match self.number.split_at_checked(5) {
            Some((first, last)) if self.number.len() == 10 => format!("{first} {last}"),
            _ => self.number.clone(),
        }
    }

    fn page(&self, shell: Shell) -> Dossier {
        let lang = shell.lang;
        let mut page = blank(shell, page::Kind::Phone, self.title(), self.number.clone());
        page.other_name = self.operators.join(", ");
        page.standings = standings(
            lang,
            self.mentions.iter().filter_map(dossier::Mention::shown_role).collect::<std::collections::BTreeSet<_>>(),
        );
        page.sources = self.sources.len() as u64;
        page.rows = (self.mentions.len() + self.origins.len()) as u64 + self.records as u64;
        page.groups = groups(lang, Kind::Phone, &self.groups);
        if !self.groups.is_empty() {
            page.notices.push(Notice::new("info", lang.text("dossier-ported")));
        }
        page.links = links(lang, "through-phone", self.persons.iter().chain(&self.cases).chain(&self.handsets));
        page.timeline = moments(lang, &self.timeline);
        if self.truncated {
            page.notices.push(Notice::new("info", lang.text("dossier-truncated")));
        }
        if let Some(reason) = &self.withheld {
            page.notices
                .push(Notice::new("warn", format!("{} {}", lang.text("dossier-policy"), crate::refusal(lang, reason, None))));
        }
        if self.records > 0 {
            // A count has no row of its own; the first record is the earliest of some contact, and has.
            let first =
                self.contacts.iter().find(|c| c.first == self.first_seen).map(|c| origins(std::slice::from_ref(&c.origin)));
            let fact = |key: &str, value: String| Fact { label: lang.text(key), value, ..Fact::default() };
            let mut facts = vec![fact("fact-records", show::count(self.records as u64))];
            facts.extend(
                self.first_seen
                    .map(|at| Fact { origins: first.unwrap_or_default(), ..fact("fact-first", show::moment(lang, at)) }),
            );
            facts.extend(self.last_seen.map(|at| fact("fact-last", show::moment(lang, at))));
            page.groups.push(Group { title: lang.text("group-use"), facts });
        }
        if !self.authority_needed && self.withheld.is_none() {
            let columns = ["col-other", "#col-records", "#col-outgoing", "#col-minutes", "col-first", "col-last", "origin"];
            let rows = self.contacts.iter().map(|c| {
                let number = model::Phone::read(&c.other).is_ok_and(|p| matches!(p, model::Phone::National(_)));
                let target = number.then(|| Target::new(Kind::Phone, c.other.as_str()));
                let n = |n: i64| Cell::new(show::signed(n));
                let minutes = Cell::new(show::signed((c.seconds + 59) / 60));
                vec![
                    cell(Some(c.other.clone()), target),
                    n(c.records),
                    n(c.outgoing),
                    minutes,
                    when(lang, c.first),
                    when(lang, c.last),
                    source(&c.origin),
                ]
            });
            page.parts.push(part(lang, "contacts", &columns, rows.collect()));
        }
        page
    }
}
