//! Decorators: what an entry's content says about its own use, as the specification of character cards V3 has it. Must not
//! know entries, or when they are used.

use super::PersonaSections;

/// Lines at the head of a content that are looked at.
const DECORATORS_MAX: usize = 100;

/// The one decorator that may be there more than once.
const DISABLE_UI_PROMPT: &str = "disable_ui_prompt";

/// A decorator, as it stands in a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decorator<'a> {
    /// Its name, without `@@`.
    pub name: &'a str,
    /// What stands behind the name.
    pub value: &'a str,
    /// Whether it is there for programs that do not know the one before it (`@@@`).
    pub is_fallback: bool,
}

impl Decorator<'_> {
    /// As people are told of one that is not heeded.
    fn shown(&self) -> String {
        // Of what this program does not know at all, the name says enough.
        if self.name == DISABLE_UI_PROMPT {
            format!("{} {}", self.name, self.value)
        } else {
            self.name.to_owned()
        }
    }
}

/// A part of the program's own prompt that an entry asks to leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UiPrompt {
    /// The system prompt.
    SystemPrompt,
    /// The instructions after the history.
    PostHistoryInstructions,
}

/// Places that `@@position` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NamedPosition {
    BeforeDescription,
    AfterDescription,
    Personality,
    Scenario,
}

/// What the decorators of a content say, fallbacks resolved. Of several with the same name, the first counts (of `@@disable_ui_prompt`, each:
/// it names one of several parts). Those about text
/// that is no chat (`@@instruct_depth`, `@@reverse_instruct_depth`, `@@instruct_scan_depth`) are never heeded, because this is a
/// chat; their fallbacks are. (`@@reverse_depth` is heeded: the specification says in one sentence that it counts messages and in the next that
/// chats ignore it, and only the first makes sense.)
// Each is a decorator of its own.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decorators {
    /// Not before the companion has said this many messages.
    pub activate_only_after: Option<u64>,
    /// Only when the number of the companion's messages can be divided by this.
    pub activate_only_every: Option<u64>,
    /// Once it came, it stays.
    pub keep_activate_after_match: bool,
    /// Once it came, it never comes again.
    pub dont_activate_after_match: bool,
    /// Before how many of the last messages it stands.
    pub depth: Option<u32>,
    /// The same, counted from the first message.
    pub reverse_depth: Option<u32>,
    /// Whose words it is.
    pub role: Option<super::Role>,
    /// How many messages keys are looked for in.
    pub scan_depth: Option<u32>,
    /// Only with this greeting, from 0.
    pub is_greeting: Option<usize>,
    /// Where it stands.
    pub(super) position: Option<NamedPosition>,
    /// The first to be left out when the context is full.
    pub ignore_on_max_context: bool,
    /// One of these must be there, too.
    pub additional_keys: Vec<String>,
    /// None of these may be there.
    pub exclude_keys: Vec<String>,
    /// Only with the user's picture of this name.
    pub is_user_icon: Option<String>,
    /// Always.
    pub activate: bool,
    /// Never, unless `activate`.
    pub dont_activate: bool,
    /// What the program should leave out while it is there.
    pub disable_ui_prompt: Vec<UiPrompt>,
    /// Those that are not known here, or say what is not, and had no fallback that is.
    pub ignored: Vec<String>,
}

/// The decorators at the head of a content, and what is left of it.
pub fn split_decorators(content: &str) -> (Vec<Decorator<'_>>, &str) {
    let mut decorators = Vec::new();
    let mut rest = content;
    while decorators.len() < DECORATORS_MAX {
        let start = rest.trim_start_matches(['\n', '\r', ' ', '\t']);
        let Some(marked) = start.strip_prefix("@@") else { break };
        let (line, after) = marked.split_once('\n').unwrap_or((marked, ""));
        let (line, is_fallback) = match line.strip_prefix('@') {
            Some(line) => (line, true),
            None => (line, false),
        };
        let line = line.trim_end();
        let (name, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            break;
        }
        decorators.push(Decorator { name, value: value.trim(), is_fallback });
        rest = after;
    }
    if decorators.is_empty() {
        return (decorators, content);
    }
    (decorators, rest.trim_matches(['\n', '\r']))
}

impl Decorators {
    /// What the decorators say. A position beside what the persona does not have is ignored.
    pub fn resolve(decorators: &[Decorator<'_>], sections: PersonaSections) -> Self {
        let mut resolved = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        // The chain's first decorator while none of the chain was heeded.
        let mut unheeded: Option<String> = None;
        let mut heeded = true;
        for decorator in decorators {
            if decorator.is_fallback {
                if heeded {
                    continue;
                }
            } else {
                resolved.ignored.extend(unheeded.take());
            }
            let repeated = decorator.name != DISABLE_UI_PROMPT && seen.contains(&decorator.name);
            heeded = repeated || resolved.apply(decorator, sections).is_some();
            if heeded {
                seen.push(decorator.name);
                unheeded = None;
            } else if unheeded.is_none() {
                unheeded = Some(decorator.shown());
            }
        }
        resolved.ignored.extend(unheeded);
        if resolved.activate {
            resolved.dont_activate = false;
        }
        resolved
    }

    /// Heeds a decorator; `None` if it is not known or its value is not valid.
    fn apply(&mut self, decorator: &Decorator<'_>, sections: PersonaSections) -> Option<()> {
        let value = decorator.value;
        match decorator.name {
            "activate_only_after" => self.activate_only_after = Some(value.parse().ok()?),
            "activate_only_every" => {
                self.activate_only_every = Some(value.parse().ok().filter(|&every| every > 0)?);
            }
            "keep_activate_after_match" => self.keep_activate_after_match = true,
            "dont_activate_after_match" => self.dont_activate_after_match = true,
            "depth" => self.depth = Some(signed(value)?),
            "reverse_depth" => self.reverse_depth = Some(signed(value)?),
            "role" => {
                self.role = Some(match value {
                    "assistant" => super::Role::Assistant,
                    "system" => super::Role::System,
                    "user" => super::Role::User,
                    _ => return None,
                });
            }
            "scan_depth" => self.scan_depth = Some(signed(value)?),
            "is_greeting" => self.is_greeting = Some(value.parse().ok()?),
            "position" => {
                self.position = Some(match value {
                    "before_desc" => NamedPosition::BeforeDescription,
                    "after_desc" => NamedPosition::AfterDescription,
                    "personality" if sections.personality => NamedPosition::Personality,
                    "scenario" if sections.scenario => NamedPosition::Scenario,
                    _ => return None,
                });
            }
            "ignore_on_max_context" => self.ignore_on_max_context = true,
            "additional_keys" => self.additional_keys = keys(value)?,
            "exclude_keys" => self.exclude_keys = keys(value)?,
            "is_user_icon" if value.is_empty() => return None,
            "is_user_icon" => self.is_user_icon = Some(value.to_owned()),
            "activate" => self.activate = true,
            "dont_activate" => self.dont_activate = true,
            DISABLE_UI_PROMPT => {
                let prompt = match value {
                    "system_prompt" => UiPrompt::SystemPrompt,
                    "post_history_instructions" => UiPrompt::PostHistoryInstructions,
                    _ => return None,
                };
                if !self.disable_ui_prompt.contains(&prompt) {
                    self.disable_ui_prompt.push(prompt);
                }
            }
            _ => return None,
        }
        Some(())
    }
}

/// A number; what is below 0 is 0.
fn signed(value: &str) -> Option<u32> {
    value.parse::<i64>().ok().map(|number| number.clamp(0, i64::from(u32::MAX)) as u32)
}

/// What stands between commas; `None` if nothing does.
fn keys(value: &str) -> Option<Vec<String>> {
    let keys: Vec<_> =
        value.split(',').map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned).collect();
    (!keys.is_empty()).then_some(keys)
}
