//! The policies: ours, written in Cedar beside this crate, and an operator's own on top of them.
//!
//! A set is parsed and checked against the schema once, and counts as a whole or not at all. An operator's policy may add and may
//! forbid; a set under which nobody could work on a case any more, or the lake could not be kept, is refused.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::{Arc, LazyLock, Mutex};

use cedar_policy::{
    ActionConstraint, Authorizer, Context as Facts, Decision as Ruling, Effect as PolicyEffect, Entities, Entity, EntityId,
    EntityTypeName, EntityUid, Policy, PolicyId, PolicySet, Request, RestrictedExpression, Schema, ValidationMode, Validator,
};
use serde::Serialize;

use crate::who::{Principal, Rank, Role};
use crate::work::Hand;

const SCHEMA: &str = include_str!("../policies/sarovar.cedarschema");
const OURS: &[(&str, &str)] = &[
    ("01_roles.cedar", include_str!("../policies/01_roles.cedar")),
    ("02_purpose.cedar", include_str!("../policies/02_purpose.cedar")),
    ("03_seals.cedar", include_str!("../policies/03_seals.cedar")),
    ("04_authority.cedar", include_str!("../policies/04_authority.cedar")),
    ("05_emergency.cedar", include_str!("../policies/05_emergency.cedar")),
    ("06_erasure.cedar", include_str!("../policies/06_erasure.cedar")),
    ("06_standing.cedar", include_str!("../policies/06_standing.cedar")),
];

/// Why a policy file, or the set with it, does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("{file}: {message}")]
    Unreadable { file: String, message: String },
    #[error("{file}: policy {id} does not fit the schema: {message}")]
    Unfit { file: String, id: String, message: String },
    #[error("{file}: policy {position} has no @id; give it one, and @rule and @law in words")]
    Nameless { file: String, position: usize },
    #[error("{file}: there is a policy {id} already in {other}; ids are given once")]
    Twice { file: String, id: String, other: String },
    #[error("with these policies {who}; they are not put in force")]
    LockedOut { who: &'static str },
}

/// One policy, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyText {
    pub id: String,
    pub file: String,
    /// Whether it is an operator's own.
    pub own: bool,
    /// `permit` or `forbid`.
    pub effect: &'static str,
    pub rule: String,
    pub law: String,
    pub hindi: String,
    pub text: String,
}

/// A set in force. Clones share it.
#[derive(Clone)]
pub struct Policies {
    inner: Arc<Inner>,
}

struct Inner {
    texts: Vec<PolicyText>,
    /// What can have a say in each action.
    actions: HashMap<EntityUid, Say>,
    /// What was ruled before: a ruling follows from its question alone.
    known: Mutex<HashMap<Question, Ruled>>,
}

/// The policies whose scope an action can meet, and the action with the groups it is in. The others would be tried for nothing: a policy whose
/// scope is not met neither permits nor forbids nor fails.
struct Say {
    set: PolicySet,
    action: Vec<Entity>,
}

/// Rulings remembered; then they are forgotten and asked anew.
const REMEMBERED: usize = 20_000;

/// All a ruling depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Question {
    id: String,
    rank: Rank,
    roles: Vec<Role>,
    unit: String,
    clearances: Vec<String>,
    action: String,
    kind: &'static str,
    name: String,
    attributes: Vec<(&'static str, Fact)>,
    hand: Hand,
}

impl std::fmt::Debug for Policies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Policies({})", self.inner.texts.len())
    }
}

static BUILTIN: LazyLock<Result<Policies, PolicyError>> = LazyLock::new(|| Policies::read(&[]));

/// What was ruled, and by which policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ruled {
    pub allowed: bool,
    /// The rule that decided, in words; none where nothing permits.
    pub rule: Option<String>,
}

/// What a ruling is about: its type, its name, its attributes.
pub(crate) struct Thing<'a> {
    pub kind: &'static str,
    pub name: &'a str,
    pub attributes: Vec<(&'static str, Fact)>,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Fact {
    Text(String),
    Truth(bool),
    Person(String),
}

impl Fact {
    fn expression(self) -> Option<RestrictedExpression> {
        Some(match self {
            Fact::Text(text) => RestrictedExpression::new_string(text),
            Fact::Truth(truth) => RestrictedExpression::new_bool(truth),
            Fact::Person(id) => RestrictedExpression::new_entity_uid(uid("Person", &id)?),
        })
    }
}

impl Policies {
    /// The built-in set.
    ///
    /// # Errors
    /// Never, as long as the tests of this crate pass: they read it.
    pub fn builtin() -> Result<Policies, PolicyError> {
        BUILTIN.clone()
    }

    /// The built-in set with an operator's own files: name and text of each.
    ///
    /// # Errors
    /// The first file that does not parse, does not fit the schema or names a policy twice; or that the set locks people out.
    pub fn with(own: &[(String, String)]) -> Result<Policies, PolicyError> {
        if own.is_empty() {
            return Policies::builtin();
        }
        let own: Vec<(&str, &str)> = own.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let policies = Policies::read(&own)?;
        policies.usable()?;
        Ok(policies)
    }

    /// All policies, ours first.
    pub fn texts(&self) -> &[PolicyText] {
        &self.inner.texts
    }

    fn read(own: &[(&str, &str)]) -> Result<Policies, PolicyError> {
        let broken = |file: &str, message: &dyn std::fmt::Display| PolicyError::Unreadable {
            file: file.into(),
            message: message.to_string(),
        };
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(|e| broken("sarovar.cedarschema", &e))?;
        let actions = schema.action_entities().map_err(|e| broken("sarovar.cedarschema", &e))?;
        let mut set = PolicySet::new();
        let mut texts: Vec<PolicyText> = Vec::new();
        let ours = OURS.iter().map(|(file, text)| (*file, *text, false));
        for (file, text, own) in ours.chain(own.iter().map(|(file, text)| (*file, *text, true))) {
            let parsed = PolicySet::from_str(text).map_err(|e| broken(file, &plain(&e)))?;
            if parsed.templates().next().is_some() {
                return Err(broken(file, &"templates (?principal, ?resource) are not used here; write the policy out"));
            }
            let mut policies: Vec<&Policy> = parsed.policies().collect();
            // `policy0`, `policy1`, … in the order of the file.
            policies.sort_by_key(|p| p.id().to_string().trim_start_matches("policy").parse::<usize>().unwrap_or(usize::MAX));
            for (at, policy) in policies.into_iter().enumerate() {
                let note = |key: &str| policy.annotation(key).unwrap_or_default().to_owned();
                let id = note("id");
                if id.is_empty() {
                    return Err(PolicyError::Nameless { file: file.into(), position: at + 1 });
                }
                if let Some(known) = texts.iter().find(|known| known.id == id) {
                    return Err(PolicyError::Twice { file: file.into(), id, other: known.file.clone() });
                }
                let renamed = policy.new_id(PolicyId::new(&id));
                set.add(renamed).map_err(|e| broken(file, &e))?;
                let effect = if policy.effect() == PolicyEffect::Permit { "permit" } else { "forbid" };
                texts.push(PolicyText {
                    rule: Some(note("rule")).filter(|rule| !rule.is_empty()).unwrap_or_else(|| id.clone()),
                    law: note("law"),
                    hindi: note("hi"),
                    text: policy.to_string(),
                    file: file.into(),
                    own,
                    effect,
                    id,
                });
            }
        }
        let checked = Validator::new(schema).validate(&set, ValidationMode::Strict);
        if let Some(error) = checked.validation_errors().next() {
            let id = error.policy_id().to_string();
            let file = texts.iter().find(|t| t.id == id).map(|t| t.file.clone()).unwrap_or_default();
            return Err(PolicyError::Unfit { file, id, message: error.to_string() });
        }
        let actions = actions
            .iter()
            .map(|action| {
                Ok((action.uid(), Say::of(&action.uid(), &set, &actions).map_err(|e| broken("sarovar.cedarschema", &e))?))
            })
            .collect::<Result<_, PolicyError>>()?;
        Ok(Policies { inner: Arc::new(Inner { texts, actions, known: Mutex::default() }) })
    }

    /// Whether work can still be done under the set: an officer reads for his open case, and the lake can be kept.
    fn usable(&self) -> Result<(), PolicyError> {
        let officer = |role: Role| Principal { id: "probe".into(), roles: vec![role], ..Principal::operator() };
        let hand = Hand { purpose: "case", work: "open", ..Hand::none() };
        let table = || Thing {
            kind: "Table",
            name: "clean.probe",
            attributes: vec![("area", text("clean")), ("name", text("clean.probe")), ("personal", truth(true))],
        };
        let value = || Thing {
            kind: "Value",
            name: "personal",
            attributes: vec![
                ("area", text("clean")),
                ("table", text("clean.probe")),
                ("class", text("personal")),
                ("sealed", truth(false)),
                ("ordered", truth(false)),
            ],
        };
        let works = |principal: &Principal, hand: &Hand| {
            self.rule(principal, "query", table(), hand).allowed && self.rule(principal, "show", value(), hand).allowed
        };
        if ![Role::InvestigatingOfficer, Role::StationOfficer].into_iter().any(|role| works(&officer(role), &hand)) {
            return Err(PolicyError::LockedOut { who: "no officer could work on a case" });
        }
        let operator = Principal::operator();
        if !works(&operator, &Hand::none())
            || !["ingest", "maintain", "purge"]
                .into_iter()
                .all(|action| self.rule(&operator, action, table(), &Hand::none()).allowed)
        {
            return Err(PolicyError::LockedOut { who: "the operator could not keep the lake" });
        }
        Ok(())
    }

    /// Asks the set one question. What cannot be asked is denied.
    pub(crate) fn rule(&self, principal: &Principal, action: &str, thing: Thing<'_>, hand: &Hand) -> Ruled {
        let question = Question {
            id: principal.id.clone(),
            rank: principal.rank,
            roles: principal.roles.clone(),
            unit: principal.unit.clone().unwrap_or_default(),
            clearances: principal.clearances.clone(),
            action: action.to_owned(),
            kind: thing.kind,
            name: thing.name.to_owned(),
            attributes: thing.attributes,
            hand: *hand,
        };
        if let Some(known) = self.inner.known.lock().ok().and_then(|known| known.get(&question).cloned()) {
            return known;
        }
        let ruled = self.ask(question.clone()).unwrap_or(Ruled { allowed: false, rule: None });
        if let Ok(mut known) = self.inner.known.lock() {
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(question, ruled.clone());
        }
        ruled
    }

    fn ask(&self, question: Question) -> Option<Ruled> {
        let person = uid("Person", &question.id)?;
        let resource = uid(question.kind, &question.name)?;
        let action = uid("Action", &question.action)?;
        let say = self.inner.actions.get(&action)?;
        let hand = question.hand;
        let roles: HashSet<EntityUid> = question.roles.iter().filter_map(|role| uid("Role", role.as_str())).collect();
        let attributes = HashMap::from([
            ("rank".to_owned(), RestrictedExpression::new_long(question.rank.level())),
            ("unit".to_owned(), RestrictedExpression::new_string(question.unit)),
            (
                "clearances".to_owned(),
                RestrictedExpression::new_set(question.clearances.into_iter().map(RestrictedExpression::new_string)),
            ),
        ]);
        let about: Option<HashMap<String, RestrictedExpression>> =
            question.attributes.into_iter().map(|(name, fact)| Some((name.to_owned(), fact.expression()?))).collect();
        let mut entities = vec![
            Entity::new(person.clone(), attributes, roles).ok()?,
            Entity::new(resource.clone(), about?, HashSet::new()).ok()?,
        ];
        entities.extend(say.action.iter().cloned());
        let entities = Entities::from_entities(entities, None).ok()?;
        let facts = Facts::from_pairs([
            ("purpose".to_owned(), RestrictedExpression::new_string(hand.purpose.to_owned())),
            ("work".to_owned(), RestrictedExpression::new_string(hand.work.to_owned())),
            ("emergency".to_owned(), RestrictedExpression::new_bool(hand.emergency)),
            ("authority".to_owned(), RestrictedExpression::new_bool(hand.authority)),
            ("order".to_owned(), RestrictedExpression::new_bool(hand.order)),
        ])
        .ok()?;
        let request = Request::new(person, action, resource, facts, None).ok()?;
        let response = Authorizer::new().is_authorized(&request, &say.set, &entities);
        let mut why: Vec<&str> = response
            .diagnostics()
            .reason()
            .filter_map(|id| {
                let id = id.to_string();
                self.inner.texts.iter().find(|t| t.id == id).map(|t| t.rule.as_str())
            })
            .collect();
        why.sort_unstable();
        // A policy that cannot be evaluated is skipped by Cedar; a forbid that is skipped would open what it closes.
        let sound = response.diagnostics().errors().next().is_none();
        let allowed = response.decision() == Ruling::Allow && sound;
        Some(Ruled { allowed, rule: why.first().map(|rule| (*rule).to_owned()) })
    }
}

impl Say {
    fn of(action: &EntityUid, all: &PolicySet, actions: &Entities) -> Result<Say, Box<cedar_policy::PolicySetError>> {
        let groups: Vec<&EntityUid> = actions.ancestors(action).into_iter().flatten().chain([action]).collect();
        let meets = |policy: &&Policy| match policy.action_constraint() {
            ActionConstraint::Any => true,
            ActionConstraint::In(named) => named.iter().any(|one| groups.contains(&one)),
            ActionConstraint::Eq(named) => named == *action,
        };
        let set = PolicySet::from_policies(all.policies().filter(meets).cloned()).map_err(Box::new)?;
        let action = groups.iter().filter_map(|uid| actions.get(uid).cloned()).collect();
        Ok(Say { set, action })
    }
}

pub(crate) fn text(value: &str) -> Fact {
    Fact::Text(value.to_owned())
}

pub(crate) fn truth(value: bool) -> Fact {
    Fact::Truth(value)
}

fn uid(kind: &str, id: &str) -> Option<EntityUid> {
    static KINDS: LazyLock<HashMap<&'static str, EntityTypeName>> = LazyLock::new(|| {
        ["Role", "Person", "Table", "Value", "Rows", "Request", "Action"]
            .into_iter()
            .filter_map(|kind| Some((kind, EntityTypeName::from_str(&format!("Sarovar::{kind}")).ok()?)))
            .collect()
    });
    Some(EntityUid::from_type_name_and_id(KINDS.get(kind)?.clone(), EntityId::new(id)))
}

/// A parser's complaint with the place it names.
fn plain(error: &cedar_policy::ParseErrors) -> String {
    error.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
