//! What is understood of a message once it is kept: facts, the mood. All of it can be made again, so a failure is logged and holds
//! nothing up. Must not know prompts.

use super::settings::Settings;
use super::shared::Shared;
use crate::store::CompanionId;
use crate::transcript::Message;

/// Understands one message of the user's.
pub(super) fn understand(
    _shared: &Shared,
    _companion: CompanionId,
    _message: &Message,
    _settings: &Settings,
) {
}
