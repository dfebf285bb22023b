//! What becomes of a case and of the accused in it: report to the court, bail, prison, judgment. Nothing happens after today.

use super::{Case, Member, today};
use crate::calendar::DAY;
use crate::draw::Domain;
use crate::world::World;

/// The police's report on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    ChargeSheet,
    Untraced,
    NoOffence,
}

/// When the police reported to the court and what; none while they investigate.
pub(crate) fn report(world: &World, case: &Case) -> Option<(i64, Outcome)> {
    let random = world.seed.at2(Domain::Fir, case.index, 2);
    let when = case.registered + (45 + (random >> 16) as i64 % 105) * DAY;
    let outcome = match random % 8 {
        0..3 => return None,
        3 | 4 | 7 => Outcome::ChargeSheet,
        5 => Outcome::Untraced,
        _ => Outcome::NoOffence,
    };
    (when < today()).then_some((when, outcome))
}

/// The way of one arrested accused.
pub(crate) struct Course {
    pub custody: &'static str,
    /// Second of admission to prison, and of release from it.
    pub prison: Option<(i64, Option<i64>)>,
    pub bailed: Option<i64>,
    /// Second of the judgment and how it ended.
    pub judged: Option<(i64, &'static str)>,
}

/// What happened to an arrested member, whose `n`-th accused it is.
pub(crate) fn course(world: &World, case: &Case, member: &Member, n: u64) -> Option<Course> {
    let arrested = member.arrested?;
    let random = world.seed.at2(Domain::Arrest, case.index, n);
    let custody = ["Judicial Custody", "Police Custody", "Bailed by Police"][(random % 3) as usize];
    let bail = arrested + (9 + (random >> 8) as i64 % 110) * DAY;
    let bailed = match random % 3 {
        2 => Some(arrested),
        _ => (bail < today() && !(random >> 20).is_multiple_of(5)).then_some(bail),
    };
    let judged = report(world, case).filter(|r| r.1 == Outcome::ChargeSheet).and_then(|(reported, _)| {
        let when = reported + (40 + (random >> 24) as i64 % 260) * DAY;
        let result = ["Convicted", "Acquitted", "Acquitted", "Convicted", "Discharged"][(random >> 40) as usize % 5];
        (when < today()).then_some((when, result))
    });
    let prison = (random % 3 != 2).then(|| {
        let admitted = arrested + DAY / 2 + DAY * i64::from(random % 3 == 1) * 3;
        let out = bailed.or(judged.map(|j| j.0)).filter(|&out| out > admitted);
        (admitted, out)
    });
    Some(Course { custody, prison: prison.filter(|p| p.0 < today()), bailed, judged })
}
