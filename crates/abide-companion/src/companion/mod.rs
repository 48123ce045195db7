//! Companions: to talk with one, move in what was said, see and change what it remembers. Must not know engines, HTTP or terminals.
//!
//! [`Companions`] are those of one store; a [`Companion`] is one of them; a [`Reply`] comes as it is made. A turn goes so:
//! what is said is stored, then understood (facts, mood), then a prompt is planned from the persona, what is known, what is
//! recalled and the recent turns; the model's answer is stored while it comes. [`TurnCare`] looks at it in three places.

mod active_path;
mod ahead;
mod background;
mod care;
mod client;
mod clock;
mod companions;
mod drafted;
mod embedded;
mod embedder_source;
mod error;
mod facts;
mod files;
mod follow_up;
mod forgetting;
mod guarded;
mod handle;
mod imports;
mod keepers;
mod knowledge;
mod lore;
mod marks;
mod memories;
mod memory;
mod model_facts;
mod notices;
mod path;
mod persona_texts;
mod planning;
mod portable;
mod recalling;
mod reconcile;
mod rehearsing;
mod reply;
mod settings;
mod shared;
mod summing;
#[cfg(test)]
mod tests;
mod topics;
mod tree;
mod turn;
mod turn_lock;
mod understanding;
mod wait;
mod worker;

pub use care::{BeforeReply, SentenceVerdict, TurnCare, TurnView};
pub use clock::{Clock, SystemClock};
pub use companions::Companions;
pub use embedded::Embedded;
pub use embedder_source::EmbedderSource;
pub use error::{CompanionError, CompanionResult};
pub use files::{FileChoice, FileKind};
pub use handle::{Changes, Companion};
pub use imports::ImportShown;
pub use keepers::{KeepReason, Keeper, ModelNames};
pub use memory::{Forgetting, Memory, Reminded};
pub use reconcile::{Added, ReconcileError, Reconciled, Wish};
pub use rehearsing::{OpenRehearsal, RehearsalOptions, RehearsalProgress};
pub use reply::{Ending, Finished, Notice, Reply, ReplyEvent};
pub use settings::{ModelSeen, ModelUse, Settings};
pub use shared::{CompanionsOptions, read_persona};
pub use tree::Swipe;
pub use turn::SayOptions;
