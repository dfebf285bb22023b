//! A person's page.

use dossier::{Because, Kind, Person, Target};
use pages::Shell;
use pages::dossier::{self as page, Dossier, Notice, Why};

use super::{View, blank, groups, links, moments, origin, origins, standings};

impl View for Person {
    fn target(&self) -> Target {
        Target::new(Kind::Person, self.id.as_str())
    }

    fn title(&self) -> String {
        let names = [&self.name, &self.name_local, &self.key];
        names.into_iter().flatten().next().unwrap_or(&self.id).clone()
    }

    fn page(&self, shell: Shell) -> Dossier {
        let lang = shell.lang;
        let mut page = blank(shell, page::Kind::Person, self.title(), self.id.clone());
        page.other_name = self.name_local.clone().filter(|local| *local != page.name).unwrap_or_default();
        // The standing in each case first, then what else the person is; an accusation that has a standing is told by it.
        let accuses = |role: &str| !self.standings.is_empty() && dossier::Standing::parse(role).is_some();
        let roles = self.roles.iter().map(String::as_str).filter(|role| !accuses(role));
        page.standings = standings(lang, self.standings.iter().map(|s| s.in_force.standing.as_str()).chain(roles));
        page.sources = self.sources.len() as u64;
        page.rows = self.mentions.len() as u64;
        page.groups = groups(lang, Kind::Person, &self.groups);
        page.links = links(lang, "through-person", &self.links);
        page.timeline = moments(lang, &self.timeline);
        page.withheld = self.withheld;
        if self.truncated {
            page.notices.push(Notice::new("warn", lang.text("dossier-truncated")));
        }
        if !self.too_common.is_empty() {
            let keys: Vec<&str> = self.too_common.iter().map(|common| common.key.value.as_str()).collect();
            let text = format!("{} {}", lang.text("dossier-many-share"), keys.join(", "));
            page.notices.push(Notice::new("info", text));
        }
        page.whys = self
            .reasons
            .iter()
            .map(|reason| {
                let (code, value) = match &reason.because {
                    Because::Key(key) => (key.kind.as_str(), key.value.clone()),
                    Because::Judgement(judgement) => ("judgement", format!("{}: {}", judgement.who, judgement.why)),
                };
                Why { text: super::word(lang, "because", code), value, origins: origins(&reason.mentions) }
            })
            .collect();
        page.whys.extend(self.evidence.iter().map(|e| {
            let words = if lang == pages::Lang::Hi { &e.why.hi } else { &e.why.en };
            Why { text: super::word(lang, "because", "linkage"), value: words.join(" "), origins: origins(&e.mentions) }
        }));
        if let (true, Some(only)) = (page.whys.is_empty(), self.mentions.first()) {
            page.whys.push(Why {
                text: lang.text("dossier-whys-none"),
                value: self.key.clone().unwrap_or_default(),
                origins: vec![origin(&only.origin)],
            });
        }
        page
    }
}
