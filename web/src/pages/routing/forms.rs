//! Every form of the routing: how it is filled from a document, drawn, and read back into one.

mod agent;
mod calendar;
mod general;
mod lists;
mod queue;
mod rule;

use domain::{PersonId, QueueId};
use routing::{
    Policy,
    check::{Place, Thing},
    policy::{CalendarId, EntryRuleId},
};
use uuid::Uuid;
use views::{
    Tx,
    routing::{
        NotANumber, Tab, Typed,
        form::{Choices, Maker, Part},
    },
};

use super::Company;

/// What a form changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A queue.
    Queue(QueueId),
    /// A rule of entry.
    Rule(EntryRuleId),
    /// A calendar.
    Calendar(CalendarId),
    /// What a person can do and take.
    Agent(PersonId),
    /// All skills.
    Skills,
    /// All pauses.
    Pauses,
    /// Order and weights.
    General,
}

/// What could not be read, by field.
pub type Misread = Vec<(String, &'static str)>;

impl Form {
    /// The form behind an address.
    pub fn find(part: &str, id: Option<Uuid>) -> Option<Self> {
        match (part, id) {
            ("queues", Some(id)) => Some(Self::Queue(QueueId(id))),
            ("rules", Some(id)) => Some(Self::Rule(EntryRuleId(id))),
            ("hours", Some(id)) => Some(Self::Calendar(CalendarId(id))),
            ("agents", Some(id)) => Some(Self::Agent(PersonId(id))),
            ("skills", None) => Some(Self::Skills),
            ("pauses", None) => Some(Self::Pauses),
            ("general", None) => Some(Self::General),
            _ => None,
        }
    }

    /// Where it belongs.
    pub const fn tab(self) -> Tab {
        match self {
            Self::Queue(_) => Tab::Queues,
            Self::Rule(_) => Tab::Rules,
            Self::Calendar(_) => Tab::Hours,
            Self::Agent(_) => Tab::Agents,
            Self::Skills => Tab::Skills,
            Self::Pauses => Tab::Pauses,
            Self::General => Tab::General,
        }
    }

    /// Its address.
    pub fn href(self) -> String {
        let base = self.tab().href();
        match self {
            Self::Queue(QueueId(id))
            | Self::Rule(EntryRuleId(id))
            | Self::Calendar(CalendarId(id))
            | Self::Agent(PersonId(id)) => format!("{base}/{id}"),
            Self::Skills | Self::Pauses | Self::General => base.to_owned(),
        }
    }

    /// Its title, if what it changes has a name.
    pub fn title(self, policy: &Policy, company: &Company, tx: &Tx) -> String {
        let (name, new) = match self {
            Self::Queue(id) => (
                policy.queues.iter().find(|one| one.id == id).map(|one| one.name.clone()),
                "routing-new-queue",
            ),
            Self::Rule(id) => {
                (policy.rules.iter().find(|one| one.id == id).map(|one| one.name.clone()), "routing-new-rule")
            }
            Self::Calendar(id) => (
                policy.calendars.iter().find(|one| one.id == id).map(|one| one.name.clone()),
                "routing-new-calendar",
            ),
            Self::Agent(id) => (Some(company.names.person(tx, id)), ""),
            Self::Skills | Self::Pauses | Self::General => return String::new(),
        };
        name.unwrap_or_else(|| tx.t(new))
    }

    /// Whether the document knows it.
    pub fn is_known(self, policy: &Policy) -> bool {
        match self {
            Self::Queue(id) => policy.queues.iter().any(|one| one.id == id),
            Self::Rule(id) => policy.rules.iter().any(|one| one.id == id),
            Self::Calendar(id) => policy.calendars.iter().any(|one| one.id == id),
            Self::Agent(_) | Self::Skills | Self::Pauses | Self::General => true,
        }
    }

    /// Whether it can be taken away.
    pub fn is_removable(self, policy: &Policy) -> bool {
        matches!(self, Self::Queue(_) | Self::Rule(_) | Self::Calendar(_)) && self.is_known(policy)
    }

    /// Takes it away.
    pub fn remove(self, policy: &mut Policy) {
        match self {
            Self::Queue(id) => policy.queues.retain(|one| one.id != id),
            Self::Rule(id) => policy.rules.retain(|one| one.id != id),
            Self::Calendar(id) => policy.calendars.retain(|one| one.id != id),
            Self::Agent(_) | Self::Skills | Self::Pauses | Self::General => {}
        }
    }

    /// The form as the document says.
    pub fn fill(self, policy: &Policy) -> Typed {
        match self {
            Self::Queue(id) => queue::fill(policy, id),
            Self::Rule(id) => rule::fill(policy, id),
            Self::Calendar(id) => calendar::fill(policy, id),
            Self::Agent(id) => agent::fill(policy, id),
            Self::Skills => lists::fill_skills(policy),
            Self::Pauses => lists::fill_pauses(policy),
            Self::General => general::fill(policy),
        }
    }

    /// Closes up the rows of a form that was posted.
    pub fn tidy(self, typed: &mut Typed) {
        match self {
            Self::Queue(_) => queue::tidy(typed),
            Self::Rule(_) => rule::tidy(typed),
            Self::Calendar(_) => calendar::tidy(typed),
            Self::Skills | Self::Pauses => lists::tidy(typed),
            Self::Agent(_) | Self::General => {}
        }
    }

    /// The form to be drawn.
    pub fn parts(self, typed: &Typed, policy: &Policy, company: &Company, tx: Tx) -> Vec<Part> {
        let make = Maker { tx, typed };
        match self {
            Self::Queue(id) => queue::parts(make, policy, company, id),
            Self::Rule(_) => rule::parts(make, policy, company),
            Self::Calendar(_) => calendar::parts(make),
            Self::Agent(_) => agent::parts(make, policy),
            Self::Skills => lists::skill_parts(make),
            Self::Pauses => lists::pause_parts(make, policy),
            Self::General => general::parts(make),
        }
    }

    /// Writes the form into a document; answers what could not be read.
    pub fn apply(self, typed: &Typed, policy: &mut Policy) -> Misread {
        let mut reader = Reader { typed, misread: Vec::new() };
        match self {
            Self::Queue(id) => queue::apply(&mut reader, policy, id),
            Self::Rule(id) => rule::apply(&mut reader, policy, id),
            Self::Calendar(id) => calendar::apply(&mut reader, policy, id),
            Self::Agent(id) => agent::apply(&mut reader, policy, id),
            Self::Skills => lists::apply_skills(&mut reader, policy),
            Self::Pauses => lists::apply_pauses(&mut reader, policy),
            Self::General => general::apply(&mut reader, policy),
        }
        reader.misread
    }

    /// The field of this form that stands for a spot of the document.
    pub fn field(self, place: Place, policy: &Policy) -> Option<String> {
        match (self, place.thing) {
            (Self::Queue(id), Thing::Queue(other)) if id == other => Some(queue::field(place.field)),
            (Self::Rule(id), Thing::Rule(other)) if id == other => rule::field(place.field, policy, id),
            (Self::Calendar(id), Thing::Calendar(other)) if id == other => {
                Some(calendar::field(place.field, policy, id))
            }
            (Self::Agent(id), Thing::Agent(other)) if id == other => Some(agent::field(place.field)),
            (Self::Skills, Thing::Skill(id)) => lists::skill_field(place.field, policy, id),
            (Self::Pauses, Thing::Pause(row)) => Some(lists::pause_field(place.field, row)),
            (Self::General, Thing::Weight(kind)) => Some(format!("weight.{kind}")),
            _ => None,
        }
    }
}

/// Reads what was typed, and remembers what it could not.
pub struct Reader<'a> {
    typed: &'a Typed,
    misread: Misread,
}

impl Reader<'_> {
    fn wrong(&mut self, name: &str, key: &'static str) {
        self.misread.push((name.to_owned(), key));
    }

    fn told<T>(&mut self, name: &str, read: Result<Option<T>, NotANumber>) -> Option<T> {
        read.unwrap_or_else(|_| {
            self.wrong(name, "routing-misread-number");
            None
        })
    }

    fn span(&mut self, name: &str) -> Option<u32> {
        let read = self.typed.span(name);
        self.told(name, read)
    }

    fn number<T: std::str::FromStr>(&mut self, name: &str) -> Option<T> {
        let read = self.typed.number(name);
        self.told(name, read)
    }

    /// What was chosen, if anything was.
    fn id<T: std::str::FromStr>(&mut self, name: &str) -> Option<T> {
        match self.typed.get(name) {
            "" => None,
            text => {
                let id = text.parse().ok();
                if id.is_none() {
                    self.wrong(name, "routing-misread-choice");
                }
                id
            }
        }
    }

    fn flag(&self, name: &str) -> bool {
        !self.typed.get(name).is_empty()
    }
}

fn people(company: &Company) -> Choices {
    company
        .people
        .iter()
        .filter(|one| !one.disabled)
        .map(|one| (one.id.to_string(), one.name.clone()))
        .collect()
}

fn teams(company: &Company) -> Choices {
    company.teams.iter().map(|one| (one.id.to_string(), one.name.clone())).collect()
}

fn calendars(policy: &Policy) -> Choices {
    policy.calendars.iter().map(|one| (one.id.0.to_string(), one.name.clone())).collect()
}

/// A new id for something that was just typed.
fn fresh() -> Uuid {
    Uuid::now_v7()
}
