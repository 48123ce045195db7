//! Companions out of a store and into one, whole or for reading. Must not know the formats: those are [`crate::archive`]'s.

use std::io::{Read, Seek, Write};
use std::sync::Arc;

use super::companions::Companions;
use super::error::CompanionResult;
use super::handle::Companion;
use super::{persona_texts, planning, worker};
use crate::archive::{self, ExportOptions, ImportOptions, Manifest, Names, Reach};
use crate::keys::Passphrase;

impl Companion {
    /// Writes it whole, as an `.abide` archive. What was written is no archive unless this returns `Ok`. It waits for the present turn; others may
    /// begin while it writes, and are not in it.
    ///
    /// # Errors
    /// When it can't be read, or `writer` takes no more.
    pub fn export(&self, writer: impl Write, options: &ExportOptions) -> CompanionResult<Manifest> {
        drop(self.turn());
        Ok(archive::export(&self.shared.store, self.id, writer, options)?)
    }

    /// Writes what was said to be read: Markdown, with a heading for each day.
    ///
    /// # Errors
    /// When it can't be read, or `writer` takes no more.
    pub fn write_markdown(&self, writer: impl Write, reach: Reach) -> CompanionResult<()> {
        let zone = self.shared.local(self.shared.now(), &self.settings()?).time_zone().clone();
        Ok(archive::write_markdown(&self.shared.store, self.id, writer, reach, &self.names()?, &zone)?)
    }

    /// Writes what was said for programs: a line of JSON for each message.
    ///
    /// # Errors
    /// When it can't be read, or `writer` takes no more.
    pub fn write_jsonl(&self, writer: impl Write, reach: Reach) -> CompanionResult<()> {
        Ok(archive::write_jsonl(&self.shared.store, self.id, writer, reach)?)
    }

    /// What the two are called.
    ///
    /// # Errors
    /// When the persona can't be read.
    pub fn names(&self) -> CompanionResult<Names> {
        let (persona, settings) = (self.persona()?, self.settings()?);
        let language = planning::language(&persona, &settings);
        let code = crate::prompt::Wording::of(&language).code;
        let user = planning::user_name(&self.shared, self.id, &settings)?;
        Ok(Names {
            user: persona_texts::called(&persona, code, user.as_deref()),
            companion: persona.spoken_name().to_owned(),
        })
    }
}

impl Companions {
    /// Takes a companion in from an `.abide` archive, whole or not at all.
    ///
    /// # Errors
    /// When it is here already, its name is taken, or the archive can't be read.
    pub fn import<R: Read + Seek>(
        &self,
        reader: R,
        passphrase: Option<&Passphrase>,
        options: &ImportOptions,
    ) -> CompanionResult<Companion> {
        let record = archive::import(self.store(), reader, passphrase, options)?;
        worker::wake(self.shared());
        Ok(Companion::new(Arc::clone(self.shared()), record.id))
    }
}
