//! What a language says of what is otherwise now, as tables: work that ended or begins, tastes, counts, favourites; days that were moved and days that
//! return every year. Must not know any language's words.

use super::pattern::{Pattern, Row, compile_all};
use crate::store::FactKind;

/// The tables of one language.
pub(crate) struct ChangesTables {
    /// Days that return every year.
    pub(crate) yearly: &'static [Row],
    /// Appointments that were moved or called off.
    pub(crate) moved: &'static [Row],
    pub(crate) work: &'static [Row],
    /// What somebody is to the user now, or is no more.
    pub(crate) people: &'static [Row],
    pub(crate) preference: &'static [Row],
    /// Things that are gone, and pastimes that were given up.
    pub(crate) things: &'static [Row],
    /// Whether the user is alone.
    pub(crate) status: &'static [Row],
    /// How many there are.
    pub(crate) counts: &'static [Row],
    /// Parts of the rows beside those that all patterns of the language have.
    pub(crate) own: &'static [(&'static str, &'static str)],
    pub(crate) shared: &'static [(&'static str, &'static str)],
}

impl ChangesTables {
    /// What is tried before what the user says of themselves otherwise.
    pub(crate) fn first(&self) -> Vec<Pattern> {
        self.compiled(&[
            (FactKind::Date, self.yearly),
            (FactKind::Date, self.moved),
            (FactKind::Work, self.work),
            (FactKind::Person, self.people),
            (FactKind::Preference, self.preference),
            (FactKind::Possession, self.things),
        ])
    }

    /// What is tried after it.
    pub(crate) fn last(&self) -> Vec<Pattern> {
        self.compiled(&[(FactKind::Identity, self.status), (FactKind::Person, self.counts)])
    }

    fn compiled(&self, tables: &[(FactKind, &[Row])]) -> Vec<Pattern> {
        compile_all(tables, self.own, self.shared)
    }
}
