//! Forms of many fields, described once: what a field is, what it holds, what is wrong with it.

use domain::QueueId;
use routing::policy::{Policy, Skill};

use super::{Typed, typed::LANGUAGES};
use crate::Tx;

/// A value to choose, and its words.
pub type Choices = Vec<(String, String)>;

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// One line of text.
    Text,
    /// A day of the calendar.
    Date,
    /// A number between two others.
    Number(i64, i64),
    /// A length of time: a number and its unit.
    Span,
    /// One of these.
    Choice(Choices),
    /// Some of these.
    Checks(Choices),
    /// A level for each of these.
    Levels(Choices),
    /// A number for each of these.
    Counts(Choices),
    /// A message in three languages.
    Words,
    /// Several lines.
    Lines,
    /// Yes or no.
    Flag,
    /// Travels unseen.
    Hidden,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name it is posted by.
    pub name: String,
    /// What people read beside it.
    pub label: String,
    /// More about it.
    pub hint: Option<String>,
    /// How it is filled in.
    pub control: Control,
    /// What it holds.
    pub typed: Typed,
    /// What is wrong with it.
    pub errors: Vec<String>,
    /// What somebody else wrote here meanwhile.
    pub theirs: Option<String>,
    /// The choice of its row that makes it count.
    pub when: &'static str,
    /// Whether it takes the whole width.
    pub wide: bool,
}

impl Field {
    /// More about it.
    #[must_use]
    pub fn hint(mut self, hint: String) -> Self {
        self.hint = Some(hint);
        self
    }

    /// It counts only for this choice of its row.
    #[must_use]
    pub const fn when(mut self, choice: &'static str) -> Self {
        self.when = choice;
        self
    }

    /// It takes the whole width.
    #[must_use]
    pub const fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// The kind of control, as templates ask.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.control {
            Control::Text => "text",
            Control::Date => "date",
            Control::Number(..) => "number",
            Control::Span => "span",
            Control::Choice(_) => "choice",
            Control::Checks(_) => "checks",
            Control::Levels(_) => "levels",
            Control::Counts(_) => "counts",
            Control::Words => "words",
            Control::Lines => "lines",
            Control::Flag => "flag",
            Control::Hidden => "hidden",
        }
    }

    /// What it holds.
    #[must_use]
    pub fn value(&self) -> &str {
        self.typed.get(&self.name)
    }

    /// What it holds, as a text of several lines.
    #[must_use]
    pub fn text(&self) -> String {
        self.typed.all(&self.name).join("\n")
    }

    /// What it holds under one of its parts.
    #[must_use]
    pub fn part(&self, part: &str) -> &str {
        self.typed.get(&format!("{}.{part}", self.name))
    }

    /// Whether it holds this among others.
    #[must_use]
    pub fn has(&self, value: &str) -> bool {
        self.typed.all(&self.name).iter().any(|one| one == value)
    }

    /// What there is to choose.
    #[must_use]
    pub fn choices(&self) -> &[(String, String)] {
        match &self.control {
            Control::Choice(all) | Control::Checks(all) | Control::Levels(all) | Control::Counts(all) => all,
            _ => &[],
        }
    }

    /// The least and the greatest number.
    #[must_use]
    pub const fn bounds(&self) -> (i64, i64) {
        match self.control {
            Control::Number(least, most) => (least, most),
            _ => (0, 1_000),
        }
    }

    /// The languages of a message.
    #[must_use]
    pub const fn languages(&self) -> [&'static str; 3] {
        LANGUAGES
    }

    /// What it holds, in words.
    #[must_use]
    pub fn told(&self, tx: &Tx) -> String {
        let name_of = |value: &str| {
            let found = self.choices().iter().find(|(known, _)| known == value);
            found.map_or_else(|| value.to_owned(), |(_, words)| words.clone())
        };
        let told: Vec<String> = match &self.control {
            Control::Span if self.value().is_empty() => Vec::new(),
            Control::Span => vec![format!("{} {}", self.value(), tx.t(unit_key(self.part("unit"))))],
            Control::Choice(_) => vec![name_of(self.value())],
            Control::Checks(_) => self.typed.all(&self.name).iter().map(|one| name_of(one)).collect(),
            Control::Levels(all) | Control::Counts(all) => all
                .iter()
                .filter(|(id, _)| !matches!(self.part(id), "" | "0"))
                .map(|(id, words)| format!("{words} {}", self.part(id)))
                .collect(),
            Control::Words => {
                LANGUAGES.iter().map(|one| self.part(one).to_owned()).filter(|one| !one.is_empty()).collect()
            }
            Control::Flag if self.value().is_empty() => vec![tx.t("routing-no")],
            Control::Flag => vec![tx.t("routing-yes")],
            _ => self.typed.all(&self.name).to_vec(),
        };
        let told = told.join(", ");
        if told.trim().is_empty() { "–".to_owned() } else { told }
    }
}

/// The key of a unit of time.
#[must_use]
pub fn unit_key(unit: &str) -> &'static str {
    match unit {
        "h" => "routing-unit-h",
        "m" => "routing-unit-m",
        _ => "routing-unit-s",
    }
}

/// One of several alike in a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What its fields' names begin with.
    pub name: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// What is wrong with it as a whole.
    pub errors: Vec<String>,
    /// Whether it is the empty one at the end.
    pub spare: bool,
}

/// Fields that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Its anchor.
    pub id: &'static str,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub about: Option<String>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Its rows, the empty one last.
    pub rows: Vec<Row>,
    /// The word for one more row.
    pub add: Option<String>,
}

impl Part {
    /// Every field, those of rows too.
    pub fn every(&mut self) -> impl Iterator<Item = &mut Field> {
        self.fields.iter_mut().chain(self.rows.iter_mut().flat_map(|row| &mut row.fields))
    }
}

/// Puts what is wrong beside its place; answers what found none.
pub fn place(parts: &mut [Part], errors: Vec<(String, String)>) -> Vec<String> {
    let mut homeless = Vec::new();
    for (name, words) in errors {
        let found = parts.iter_mut().flat_map(Part::every).find(|field| field.name == name);
        if let Some(field) = found {
            field.errors.push(words);
            continue;
        }
        let row = parts.iter_mut().flat_map(|part| &mut part.rows).find(|row| row.name == name);
        match row {
            Some(row) => row.errors.push(words),
            None => homeless.push(words),
        }
    }
    homeless
}

/// Notes beside each field what somebody else wrote there meanwhile.
pub fn compare(mine: &mut [Part], theirs: &mut [Part], tx: &Tx) {
    let theirs: Vec<(String, String)> =
        theirs.iter_mut().flat_map(Part::every).map(|field| (field.name.clone(), field.told(tx))).collect();
    for field in mine.iter_mut().flat_map(Part::every) {
        let told = field.told(tx);
        let other = theirs.iter().find(|(name, _)| *name == field.name);
        field.theirs = other.filter(|(_, other)| *other != told).map(|(_, other)| other.clone());
    }
}

/// Makes fields of what was typed.
#[derive(Debug, Clone, Copy)]
pub struct Maker<'a> {
    /// The words.
    pub tx: Tx,
    /// What was typed.
    pub typed: &'a Typed,
}

impl Maker<'_> {
    /// A field; `key` is the key of its label.
    #[must_use]
    pub fn field(&self, name: &str, key: &str, control: Control) -> Field {
        // A field carries what is its own, so that it can be drawn alone.
        let mut own = Typed::default();
        for value in self.typed.all(name) {
            own.add(name, value);
        }
        for (part, value) in self.typed.under(name) {
            own.set(&format!("{name}.{part}"), value);
        }
        let wide = matches!(
            control,
            Control::Checks(_) | Control::Levels(_) | Control::Counts(_) | Control::Words | Control::Flag
        );
        Field {
            name: name.to_owned(),
            label: self.tx.t(key),
            hint: None,
            control,
            typed: own,
            errors: Vec::new(),
            theirs: None,
            when: "",
            wide,
        }
    }

    /// A part with its title.
    #[must_use]
    pub fn part(&self, id: &'static str, key: &str, fields: Vec<Field>) -> Part {
        Part { id, title: self.tx.t(key), fields, ..Part::default() }
    }

    /// Rows of fields and an empty one.
    #[must_use]
    pub fn rows(&self, name: &str, count: usize, fields: impl Fn(&str) -> Vec<Field>) -> Vec<Row> {
        (0..=count)
            .map(|at| {
                let name = format!("{name}.{at}");
                let fields = fields(&name);
                Row { name, fields, errors: Vec::new(), spare: at == count }
            })
            .collect()
    }

    /// Choices with none before them.
    #[must_use]
    pub fn or_none(&self, key: &str, choices: Choices) -> Control {
        let none = (String::new(), self.tx.t(key));
        Control::Choice(std::iter::once(none).chain(choices).collect())
    }

    /// Choices whose words are keys.
    #[must_use]
    pub fn keyed(&self, choices: &[(&str, &str)]) -> Choices {
        choices.iter().map(|(value, key)| ((*value).to_owned(), self.tx.t(key))).collect()
    }
}

/// The queues to choose from, but for one.
#[must_use]
pub fn queues(policy: &Policy, but: Option<QueueId>) -> Choices {
    let others = policy.queues.iter().filter(|queue| Some(queue.id) != but);
    others.map(|queue| (queue.id.to_string(), queue.name.clone())).collect()
}

/// The skills to choose from.
#[must_use]
pub fn skills(policy: &Policy) -> Choices {
    policy.skills.iter().map(|skill: &Skill| (skill.id.to_string(), skill.name.clone())).collect()
}
