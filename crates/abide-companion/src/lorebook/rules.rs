//! Whether an entry may come at all, keys and budget aside; where it stands; what is remembered of it. Must not know how keys are found.

use serde_json::Value;

use super::{
    DEPTH_DEFAULT, Entry, EntryState, LorebookInput, Outcome, Placement, Position, Role, Trigger,
    decorators::{Decorators, NamedPosition},
};

/// What is known of an entry before any key is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Standing {
    /// It is not in the prompt.
    Out(Outcome),
    /// It is, whatever its keys.
    In(Trigger),
    /// It is, unless its additional or excluded keys are against it.
    Constant,
    /// Its keys decide.
    Keys,
}

/// What an entry's own settings and what is remembered of it say.
pub(super) fn standing(
    entry: &Entry,
    decorators: &Decorators,
    content: &str,
    state: Option<&EntryState>,
    input: &LorebookInput<'_>,
) -> Standing {
    let now = input.message_count;
    // What is remembered of messages that are gone does not count.
    let state = state.filter(|state| state.last <= now);
    let came = state.is_some_and(|state| state.times > 0);
    let sticky = state.and_then(|state| state.sticky_until).is_some_and(|until| now <= until);
    let resting = state.and_then(|state| state.cooldown_until).is_some_and(|until| now <= until);
    let out = |outcome| Some(Standing::Out(outcome));
    let early = decorators.activate_only_after.is_some_and(|replies| input.reply_count < replies)
        || entry.delay.is_some_and(|messages| now < u64::from(messages));
    let other_reply =
        decorators.activate_only_every.is_some_and(|every| !input.reply_count.is_multiple_of(every));
    let other = |wanted: Option<usize>, found: Option<usize>| wanted.zip(found).is_some_and(|(a, b)| a != b);
    let icon = decorators.is_user_icon.as_deref().zip(input.user_icon);
    let decided = match () {
        () if !entry.enabled => out(Outcome::Disabled),
        () if content.trim().is_empty() && decorators.disable_ui_prompt.is_empty() => out(Outcome::Empty),
        () if !is_meant_for(entry, input.characters) => out(Outcome::OtherCharacter),
        () if decorators.dont_activate => out(Outcome::DontActivate),
        () if decorators.dont_activate_after_match && came => out(Outcome::CameOnce),
        () if decorators.activate => Some(Standing::In(Trigger::Decorator)),
        () if decorators.keep_activate_after_match && came => Some(Standing::In(Trigger::Kept)),
        () if decorators.ignore_on_max_context && input.context_full => out(Outcome::ContextFull),
        () if other(decorators.is_greeting, input.greeting) => out(Outcome::OtherGreeting),
        () if icon.is_some_and(|(wanted, found)| wanted != found) => out(Outcome::OtherUserIcon),
        () if sticky => Some(Standing::In(Trigger::Sticky)),
        () if resting => out(Outcome::Cooldown),
        () if early => out(Outcome::TooEarly),
        () if other_reply => out(Outcome::NotThisReply),
        // The specification lets regular expressions win over `constant`.
        () if entry.constant && !entry.use_regex => Some(Standing::Constant),
        () => None,
    };
    decided.unwrap_or(Standing::Keys)
}

/// Whether an entry that SillyTavern keeps for some characters, or from some, is for one who is called so. Its tags are numbers of
/// its own, and not heeded; nor are names where nobody says what the companion is called.
fn is_meant_for(entry: &Entry, characters: &[&str]) -> bool {
    let Some(filter) = entry.extensions.get("character_filter") else { return true };
    let Some(names) = filter.get("names").and_then(Value::as_array).filter(|names| !names.is_empty()) else {
        return true;
    };
    // They are those of the cards' files.
    let plain = |name: &str| {
        let name = name.trim().to_lowercase();
        name.strip_suffix(".png").unwrap_or(&name).to_owned()
    };
    let characters: Vec<String> = characters.iter().map(|name| plain(name)).collect();
    let named = names.iter().filter_map(Value::as_str).any(|name| characters.contains(&plain(name)));
    let excludes = filter.get("isExclude").and_then(Value::as_bool).unwrap_or(false);
    characters.is_empty() || named != excludes
}

/// Where an entry stands: `@@position`, else `@@depth`, else `@@reverse_depth`, else its own.
pub(super) fn placement(entry: &Entry, decorators: &Decorators, message_count: u64) -> Placement {
    if let Some(position) = decorators.position {
        return match position {
            NamedPosition::BeforeDescription => Placement::BeforeDescription,
            NamedPosition::AfterDescription => Placement::AfterDescription,
            NamedPosition::Personality => Placement::Personality,
            NamedPosition::Scenario => Placement::Scenario,
        };
    }
    if let Some(depth) = decorators.depth {
        return Placement::AtDepth(depth);
    }
    if let Some(from_first) = decorators.reverse_depth {
        let depth = message_count.saturating_sub(u64::from(from_first));
        return Placement::AtDepth(u32::try_from(depth).unwrap_or(u32::MAX));
    }
    match entry.position {
        Position::BeforeChar | Position::Outlet => Placement::BeforeCharacter,
        Position::AfterChar => Placement::AfterCharacter,
        Position::BeforeExamples => Placement::BeforeExamples,
        Position::AfterExamples => Placement::AfterExamples,
        Position::BeforeNote | Position::AfterNote => Placement::AtDepth(DEPTH_DEFAULT),
        Position::AtDepth => Placement::AtDepth(entry.depth.unwrap_or(DEPTH_DEFAULT)),
    }
}

/// Whose words an entry is: `@@role`, else its own where it stands among the messages; elsewhere SillyTavern heeds none either.
pub(super) fn role(entry: &Entry, decorators: &Decorators) -> Role {
    let own = if entry.position == Position::AtDepth { entry.role } else { Role::System };
    decorators.role.unwrap_or(own)
}

/// What is remembered of an entry that came now. Being sticky begins when it comes, and resting when that ends.
pub(super) fn remember(entry: &Entry, before: Option<&EntryState>, now: u64) -> EntryState {
    let before = before.copied().filter(|state| state.last <= now).unwrap_or_default();
    let running = before.sticky_until.is_some_and(|until| now <= until);
    let sticky_until = match entry.sticky {
        Some(_) if running => before.sticky_until,
        Some(messages) => Some(now + u64::from(messages)),
        None => None,
    };
    let cooldown_until = match entry.cooldown {
        Some(_) if running => before.cooldown_until,
        Some(messages) => Some(sticky_until.unwrap_or(now) + u64::from(messages)),
        None => None,
    };
    EntryState { times: before.times + 1, last: now, sticky_until, cooldown_until }
}
