//! A case's page.

use std::collections::BTreeSet;

use dossier::{Case, Kind, Target};
use pages::Shell;
use pages::dossier::{self as page, Dossier, Standing};
use pages::table::Cell;

use super::{View, blank, cell, groups, in_force, links, moments, part, source, word};

impl View for Case {
    fn target(&self) -> Target {
        Target::new(Kind::Case, self.key.as_str())
    }

    fn title(&self) -> String {
        self.title.clone()
    }

    fn page(&self, shell: Shell) -> Dossier {
        let lang = shell.lang;
        let key = self.key.trim_start_matches("fir:").to_owned();
        let mut page = blank(shell, page::Kind::Case, self.title(), key);
        page.standings = self.status.iter().map(|status| Standing { text: status.clone(), tone: "info" }).collect();
        page.sources = self.sources.len() as u64;
        let facts = self.groups.iter().flat_map(|g| &g.facts).flat_map(|f| &f.origins);
        let all = facts.chain(self.persons.iter().flat_map(|p| &p.origins)).chain(self.timeline.iter().map(|m| &m.origin));
        page.rows = all.map(|o| (&o.object, o.row)).collect::<BTreeSet<_>>().len() as u64;
        page.groups = groups(lang, Kind::Case, &self.groups);
        page.links = links(lang, "through-case", &self.property);
        page.timeline = moments(lang, &self.timeline);
        page.withheld = self.withheld;
        let rows = self.persons.iter().map(|p| {
            let target = p.person_key.as_ref().map(|key| Target::new(Kind::Person, key.as_str()));
            let name = if p.withheld { Some(lang.text("withheld")) } else { p.name.clone().or(p.name_local.clone()) };
            let local = p.name_local.clone().filter(|_| p.name.is_some() && !p.withheld);
            let said = || p.standing.as_ref().map(|code| word(lang, "standing", code));
            let standing = p.in_force.as_ref().map(|now| in_force(lang, now)).or_else(said);
            let mut line =
                vec![Cell::new(word(lang, "role", p.shown_role())), cell(name, target), cell(local, None), cell(standing, None)];
            line.push(p.origins.first().map_or_else(Cell::null, source));
            line
        });
        let laws = self.laws.iter().map(|law| {
            let applies = match law.applies {
                Some(true) => Cell::new(lang.text("law-applies")),
                Some(false) => Cell::new(lang.text("law-does-not-apply")),
                None => Cell::null(),
            };
            let other: Vec<String> = law.corresponding.iter().map(|c| format!("{} {}", c.act, c.section)).collect();
            let title = law.corresponding.iter().find_map(|c| match lang {
                pages::Lang::Hi => c.title_local.clone().or_else(|| c.title.clone()),
                pages::Lang::En => c.title.clone(),
            });
            let other = if law.not_re_enacted { lang.text("law-none") } else { other.join(", ") };
            vec![
                Cell::new(format!("{} {}", law.act, law.section)),
                applies,
                cell(Some(other).filter(|o| !o.is_empty()), None),
                cell(title, None),
                law.corresponding.first().map_or_else(Cell::null, |c| source(&c.origin)),
            ]
        });
        let columns = ["col-section", "col-applies", "col-corresponds", "col-title", "origin"];
        let laws = part(lang, "sections", &columns, laws.collect());
        page.parts =
            vec![part(lang, "persons", &["col-role", "col-name", "fact-name-local", "col-standing", "origin"], rows.collect())];
        if !self.laws.is_empty() {
            page.parts.push(laws);
        }
        page
    }
}
