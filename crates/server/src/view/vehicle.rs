//! A vehicle's page.

use dossier::{Kind, Target, Vehicle};
use pages::Shell;
use pages::dossier::{self as page, Dossier, Fact, Group, Notice};
use pages::show;
use pages::table::Cell;

use super::{View, blank, cell, groups, links, moments, origins, part, source, when};

/// Plate reads the timeline repeats at most.
const FEW: usize = 8;

impl View for Vehicle {
    fn target(&self) -> Target {
        Target::new(Kind::Vehicle, self.plate.as_str())
    }

    fn title(&self) -> String {
        self.plate.clone()
    }

    fn page(&self, shell: Shell) -> Dossier {
        let lang = shell.lang;
        let mut page = blank(shell, page::Kind::Vehicle, self.title(), self.plate.clone());
        page.other_name = self.label.strip_prefix(&self.plate).unwrap_or(&self.label).trim().to_owned();
        page.sources = self.sources.len() as u64;
        let rows: std::collections::BTreeSet<_> =
            self.groups.iter().flat_map(|g| &g.facts).flat_map(|f| &f.origins).map(|o| (&o.object, o.row)).collect();
        page.rows = rows.len() as u64 + self.reads as u64;
        page.groups = groups(lang, Kind::Vehicle, &self.groups);
        page.links = links(lang, "through-vehicle", self.links.iter().chain(&self.cases));
        // Many reads would bury everything else; their own table has them all.
        let few = self.track.len() <= FEW;
        page.timeline = moments(lang, &self.timeline);
        page.timeline.retain(|moment| few || moment.kind != "sighting");
        if let Some(reason) = &self.withheld {
            page.notices.push(Notice::new(
                "warn",
                format!("{} {}", lang.text("dossier-reads-policy"), crate::refusal(lang, reason, None)),
            ));
        }
        if self.reads as usize > self.track.len() {
            page.notices.push(Notice::new("info", lang.text("dossier-truncated")));
        }
        if self.reads > 0 {
            let fact = |key: &str, value: String, at: Option<&dossier::Sighting>| Fact {
                label: lang.text(key),
                value,
                origins: at.map(|s| origins(std::slice::from_ref(&s.origin))).unwrap_or_default(),
                ..Fact::default()
            };
            let mut facts = vec![fact("fact-reads", show::count(self.reads as u64), None)];
            // The first read of all is not on the page when there are more than it shows; then its row is not named.
            let first = self.track.first().filter(|s| s.at == self.first_seen);
            facts.extend(self.first_seen.map(|at| fact("fact-first", show::moment(lang, at), first)));
            facts.extend(self.last_seen.map(|at| fact("fact-last", show::moment(lang, at), self.track.last())));
            page.groups.push(Group { title: lang.text("part-sightings"), facts });
        }
        if self.withheld.is_none() {
            let columns = ["col-at", "col-camera", "col-place", "col-direction", "#col-confidence", "origin"];
            let rows = self.track.iter().map(|s| {
                let place = s.lat.zip(s.lon).map(|(lat, lon)| format!("{lat:.5}, {lon:.5}"));
                let sure = s.confidence.map_or_else(Cell::null, |c| Cell::new(format!("{:.0} %", c * 100.0)));
                let plain = |text: Option<String>| cell(text, None);
                vec![
                    when(lang, s.at),
                    Cell::new(s.camera.as_str()),
                    plain(place),
                    plain(s.direction.clone()),
                    sure,
                    source(&s.origin),
                ]
            });
            page.parts.push(part(lang, "sightings", &columns, rows.collect()));
        }
        page
    }
}
