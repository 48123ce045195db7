//! Forgetting what single messages say. They keep their place in the tree, without words; all that was made from their words goes.
//! Must not know what a user wants forgotten.

use rusqlite::params;

use super::error::StoreResult;
use super::forget::{Deleted, bury_messages, delete_facts, facts_known_from_alone, schedule};
use super::rows::to_json;
use super::{CompanionId, Store, messages};
use crate::transcript::MessageId;

impl Store {
    /// Takes the words of messages, and everything that was made from them: facts known from them alone, summaries that may hold them,
    /// vectors, moods, plans, entries of the search index. What was said before and after stays.
    ///
    /// # Errors
    /// [`super::StoreError::NoMessage`].
    pub fn forget_words(&self, companion: CompanionId, ids: &[MessageId]) -> StoreResult<Deleted> {
        if ids.is_empty() {
            return Ok(Deleted { final_on_disk: self.finish_deletions()?, ..Deleted::default() });
        }
        let deleted = self.connections.write(|transaction| {
            for &id in ids {
                messages::ensure_message(transaction, companion, id)?;
            }
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            ids.dedup();
            let json = to_json("numbers", &ids)?;
            let change = |sql: &str| -> StoreResult<usize> {
                Ok(transaction.prepare_cached(sql)?.execute(params![companion.0, json])?)
            };
            let facts = facts_known_from_alone(transaction, companion, &json)?;
            let mut plans = delete_facts(transaction, companion, &facts)?;
            change("DELETE FROM fact_sources WHERE companion = ?1 AND message IN (SELECT value FROM json_each(?2))")?;
            // A plan may hold the words themselves, or a summary of a stretch that they were said in.
            plans += change(
                "DELETE FROM plans WHERE companion = ?1 AND (
                     reply IN (SELECT value FROM json_each(?2))
                     OR EXISTS (SELECT 1 FROM json_each(plans.messages) AS used
                         WHERE used.value IN (SELECT value FROM json_each(?2)))
                     OR EXISTS (SELECT 1 FROM json_each(plans.plan, '$.sections') AS section, json_each(?2) AS gone
                         WHERE section.value ->> '$.kind' = 'summary'
                         AND gone.value BETWEEN section.value ->> '$.items[0].messages[0]'
                             AND section.value ->> '$.items[0].messages[1]'))",
            )?;
            let summaries = change(
                "DELETE FROM summaries WHERE companion = ?1 AND EXISTS (
                     SELECT 1 FROM json_each(?2) AS gone WHERE gone.value BETWEEN summaries.first AND summaries.last
                     OR gone.value IN (SELECT value FROM json_each(summaries.sources)))",
            )?;
            change("DELETE FROM moods WHERE companion = ?1 AND message IN (SELECT value FROM json_each(?2))")?;
            change("DELETE FROM lorebook_states WHERE companion = ?1 AND message IN (SELECT value FROM json_each(?2))")?;
            change(
                "DELETE FROM vectors WHERE companion = ?1 AND kind = 0
                 AND item IN (SELECT value FROM json_each(?2))",
            )?;
            bury_messages(transaction, companion, &json)?;
            change("UPDATE messages SET text = '' WHERE companion = ?1 AND id IN (SELECT value FROM json_each(?2))")?;
            schedule(transaction)?;
            Ok(Deleted { messages: ids, facts, summaries, plans, final_on_disk: false })
        })?;
        Ok(Deleted { final_on_disk: self.finish_deletions()?, ..deleted })
    }
}
