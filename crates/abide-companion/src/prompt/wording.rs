//! The fixed words of a prompt in the languages a companion speaks. Must not know how prompts are planned.
//!
//! `{char}` and `{user}` stand for the names. Nothing that a person wrote goes through [`fill`], so that a person can't name a
//! placeholder by chance.

/// The fixed words of one language.
#[derive(Debug, PartialEq, Eq)]
pub struct Wording {
    /// Code of the language, such as `en`.
    pub code: &'static str,
    /// Where a companion's persona says nothing at all.
    pub bare_persona: &'static str,
    /// Before how someone speaks.
    pub speaking: &'static str,
    /// Before the scene.
    pub scenario: &'static str,
    /// Before a character's traits.
    pub personality: &'static str,
    /// Before example dialogue.
    pub examples: &'static str,
    /// Before the facts that the user pinned.
    pub pinned_facts: &'static str,
    /// Before what is known of the user.
    pub facts: &'static str,
    /// Before what was learned after the prompt's beginning was written.
    pub new_facts: &'static str,
    /// Before the summary of what left the window.
    pub summary: &'static str,
    /// Before what was found in earlier talk.
    pub memories: &'static str,
    /// Said where the past is asked for and nothing was found.
    pub unknown: &'static str,
    /// Said where there are topics that the user wants avoided.
    pub avoided: &'static str,
    /// Opens a note in the user's turn. In English, the default model began half of its replies with a note of its own while notes began with a
    /// sentence in brackets, as the others' do.
    pub note_opens: &'static str,
    /// Closes it.
    pub note_closes: &'static str,
    /// Stands in the user's place where a companion speaks first.
    pub opening: &'static str,
    /// Stands where the middle of a text was cut out.
    pub cut: &'static str,
    /// Begins the reminder of who the companion is.
    pub reminder: &'static str,
    /// Before instructions that came with a single request.
    pub instructions: &'static str,
}

const ENGLISH: Wording = Wording {
    code: "en",
    bare_persona: "You are {char}, in a conversation with {user}.",
    speaking: "How {char} speaks:",
    scenario: "The scene:",
    personality: "{char}'s personality:",
    examples: "Examples of how {char} talks (not from this conversation):",
    pinned_facts: "What {user} wants {char} always to know:",
    facts: "What {char} knows about {user}:",
    new_facts: "Learned lately:",
    summary: "What was talked about before, in short:",
    memories: "What {char} remembers of earlier talks that may matter now:",
    unknown: "{char} finds nothing about this in the memory of earlier talks. If {user} asks about something that was said before, \
              say honestly that you don't remember it, and ask; never make it up.",
    avoided: "There are things that {user} does not want to talk about; they are left out here. Don't ask about what seems to be missing, and \
              don't bring it up.",
    note_opens: "<memory>",
    note_closes: "</memory>",
    opening: "[The conversation begins.]",
    cut: "[… the middle of this message is too long to be shown …]",
    reminder: "Stay {char}.",
    instructions: "Asked for with this message:",
};

const FRENCH: Wording = Wording {
    code: "fr",
    bare_persona: "Tu es {char}, en conversation avec {user}.",
    speaking: "Comment parle {char} :",
    scenario: "La scène :",
    personality: "La personnalité de {char} :",
    examples: "Exemples de la façon de parler de {char} (hors de cette conversation) :",
    pinned_facts: "Ce que {user} veut que {char} sache toujours :",
    facts: "Ce que {char} sait de {user} :",
    new_facts: "Appris récemment :",
    summary: "Ce dont il a été question auparavant, en bref :",
    memories: "Ce dont {char} se souvient de conversations passées et qui peut compter maintenant :",
    unknown: "{char} ne trouve rien à ce sujet dans la mémoire des conversations passées. Si {user} demande quelque chose qui a été \
              dit auparavant, dis honnêtement que tu ne t'en souviens pas, et pose la question ; n'invente jamais.",
    avoided: "Il y a des choses dont {user} ne veut pas parler ; elles sont laissées de côté ici. Ne pose pas de question sur ce qui semble \
              manquer, et n'en parle pas de toi-même.",
    note_opens: "[Note pour {char} ; {user} n'a pas écrit ceci.",
    note_closes: "Fin de la note.]",
    opening: "[La conversation commence.]",
    cut: "[… le milieu de ce message est trop long pour être montré …]",
    reminder: "Reste {char}.",
    instructions: "Demandé avec ce message :",
};

const CHINESE: Wording = Wording {
    code: "zh",
    bare_persona: "你是{char}，正在和{user}聊天。",
    speaking: "{char}的说话方式：",
    scenario: "场景：",
    personality: "{char}的性格：",
    examples: "{char}说话的例子（不在这次对话里）：",
    pinned_facts: "{user}希望{char}始终记得：",
    facts: "{char}对{user}的了解：",
    new_facts: "最近得知：",
    summary: "之前聊过的内容概要：",
    memories: "{char}记得的、可能与现在有关的往事：",
    unknown: "{char}在以往谈话的记忆中找不到与此有关的内容。如果{user}问起以前说过的事，请如实说你不记得了，并询问对方；绝不要编造。",
    avoided: "有些事{user}不想谈，这里已略去。不要追问看起来缺少的内容，也不要主动提起。",
    note_opens: "[给{char}的提示；不是{user}写的。",
    note_closes: "提示结束。]",
    opening: "[对话开始。]",
    cut: "[……这条消息的中间部分太长，无法显示……]",
    reminder: "保持{char}的样子。",
    instructions: "随这条消息提出的要求：",
};

impl Wording {
    /// The words for a language code such as `fr` or `zh-Hans`; English where there are none.
    pub fn of(language: &str) -> &'static Self {
        let code = language.split(['-', '_']).next().unwrap_or_default();
        [&FRENCH, &CHINESE]
            .into_iter()
            .find(|words| code.eq_ignore_ascii_case(words.code))
            .unwrap_or(&ENGLISH)
    }
}

/// `template` with the names in their places.
pub fn fill(template: &str, char_name: &str, user_name: &str) -> String {
    let mut filled = String::with_capacity(template.len() + char_name.len());
    let mut rest = template;
    // From left to right, so that a name which looks like a placeholder stays what it is.
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        rest = &rest[open..];
        let (name, length) = match rest {
            _ if rest.starts_with("{char}") => (char_name, "{char}".len()),
            _ if rest.starts_with("{user}") => (user_name, "{user}".len()),
            _ => ("{", 1),
        };
        filled.push_str(name);
        rest = &rest[length..];
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_looks_like_a_placeholder_stays_a_name() {
        assert_eq!(fill("{char} and {user}: {x}", "{user}", "Sam"), "{user} and Sam: {x}");
    }

    #[test]
    fn a_language_is_found_by_its_first_part() {
        assert_eq!(Wording::of("zh-Hant-TW").code, "zh");
        assert_eq!(Wording::of("FR_ca").code, "fr");
        assert_eq!(Wording::of("tlh").code, "en");
        assert_eq!(Wording::of("").code, "en");
    }
}
