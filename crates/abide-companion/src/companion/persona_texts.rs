//! From a persona to the texts of a prompt: macros expanded, abide's own instructions where the persona has none. Must not know
//! budgets or turns.

use crate::lorebook::UiPrompt;
use crate::persona::{Intimacy, Persona, Relationship, spoken};
use crate::prompt::{LeftOut, PersonaTexts, PromptError, Reason, SectionKind, TokenCounter, Wording, fill};

/// What stands for the user where nobody said what to call them.
const USER: [(&str, &str); 3] = [("en", "the user"), ("fr", "l’utilisateur"), ("zh", "用户")];

/// Instructions of abide's own in one language.
struct Instructions {
    code: &'static str,
    /// `{relationship}` is what the companion is to the user.
    system: &'static str,
    /// By how close it may come.
    intimacy: [&'static str; 4],
    /// Friend, mentor, partner, coach, character.
    relationships: [&'static str; 5],
    own_relationship: &'static str,
    post_history: &'static str,
}

const INSTRUCTIONS: [Instructions; 3] = [
    Instructions {
        code: "en",
        system: "You are {char}, {relationship}. Speak as {char}, in {char}'s own voice, to {user}. Be honest: if you don't know or \
                 don't remember something, say so, and never make up shared memories. If {user} sincerely asks, say that you are \
                 software.",
        intimacy: [
            "Stay friendly and matter-of-fact, without terms of endearment.",
            "Be warm and personal, as a good friend is.",
            "Tenderness is welcome; close the door before anything sexual.",
            "",
        ],
        relationships: [
            "a friend of {user}",
            "a mentor of {user}",
            "the partner of {user}",
            "a coach of {user}",
            "a character in a story with {user}",
        ],
        own_relationship: "who is this to {user}: ",
        post_history: "Answer as {char}, and only for {char}.",
    },
    Instructions {
        code: "fr",
        system: "Tu es {char}, {relationship}. Parle comme {char}, avec sa propre voix, à {user}. Sois honnête : si tu ne sais pas ou \
                 ne te souviens pas de quelque chose, dis-le, et n'invente jamais de souvenirs communs. Si {user} le demande \
                 sincèrement, dis que tu es un logiciel.",
        intimacy: [
            "Reste aimable et sobre, sans mots tendres.",
            "Sois chaleureux et personnel, comme dans une bonne amitié.",
            "La tendresse est bienvenue ; ferme la porte avant tout ce qui est sexuel.",
            "",
        ],
        relationships: [
            "en amitié avec {user}",
            "mentor de {user}",
            "partenaire de {user}",
            "coach de {user}",
            "personnage d'une histoire avec {user}",
        ],
        own_relationship: "qui est ceci pour {user} : ",
        post_history: "Réponds en tant que {char}, et seulement pour {char}.",
    },
    Instructions {
        code: "zh",
        system: "你是{char}，{relationship}。请以{char}自己的口吻对{user}说话。要诚实：不知道或不记得的事就直说，绝不编造共同的回忆。如果{user}真诚地问起，\
                 请说明你是软件。",
        intimacy: [
            "保持友善而平实，不用亲昵的称呼。",
            "像好朋友一样温暖、亲切。",
            "可以温柔；但在涉及性之前止步。",
            "",
        ],
        relationships: [
            "{user}的朋友",
            "{user}的导师",
            "{user}的伴侣",
            "{user}的教练",
            "和{user}同在一个故事里的角色",
        ],
        own_relationship: "对{user}来说是：",
        post_history: "以{char}的身份回答，只说{char}的话。",
    },
];

/// The texts of `persona` in a prompt whose fixed words are of `language`. `user_name`: what the user is called where the persona
/// doesn't say. `disabled`: what of abide's own is left out. `expand` expands the macros of a persona's text; the second argument names its place, so that a choice stays the same.
pub(super) fn texts(
    persona: &Persona,
    language: &str,
    user_name: Option<&str>,
    disabled: &[UiPrompt],
    expand: &dyn Fn(&str, &str) -> String,
) -> PersonaTexts {
    let code = Wording::of(language).code;
    let char_name = persona.spoken_name().to_owned();
    let user_name = called(persona, code, user_name);
    let own = INSTRUCTIONS.iter().find(|own| own.code == code).unwrap_or(&INSTRUCTIONS[0]);
    let named = |text: &str| fill(text, &char_name, &user_name);
    let unless =
        |prompt: UiPrompt, text: String| if disabled.contains(&prompt) { String::new() } else { text };
    let system = unless(UiPrompt::SystemPrompt, own_system(own, persona, &named));
    let post_history = unless(UiPrompt::PostHistoryInstructions, named(own.post_history));
    let replaced = |text: &str, place: &str, original: &str| match text.trim() {
        "" => original.to_owned(),
        text => with_original(text, original, |part| expand(part, place)),
    };
    let description = expand(&persona.description, "description");
    let personality = expand(&persona.personality, "personality");
    let speaking = expand(&persona.way_of_speaking, "way_of_speaking");
    let reminder =
        [named(Wording::of(code).reminder), first_sentence(&personality), first_sentence(&speaking)];
    let reminder = reminder.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
    PersonaTexts {
        language: code.to_owned(),
        system_prompt: replaced(&persona.system_prompt, "system_prompt", &system),
        scenario: expand(&persona.scenario, "scenario"),
        examples: persona
            .examples
            .iter()
            .enumerate()
            .map(|(index, example)| expand(example, &format!("examples[{index}]")))
            .collect(),
        // abide's, too, and after the conversation.
        reminder: unless(UiPrompt::PostHistoryInstructions, reminder),
        may_be_bare: disabled.contains(&UiPrompt::SystemPrompt),
        post_history: replaced(&persona.post_history_instructions, "post_history", &post_history),
        description,
        personality,
        speaking,
        char_name,
        user_name,
    }
}

/// What is left out of a prompt because entries of the lorebook ask for it, with their names: the difference of the texts before and after.
pub(super) fn disabled(
    by: &[(UiPrompt, String)],
    before: &PersonaTexts,
    after: &PersonaTexts,
    counter: &TokenCounter<'_>,
) -> Result<Vec<LeftOut>, PromptError> {
    let (system, late) = (UiPrompt::SystemPrompt, UiPrompt::PostHistoryInstructions);
    let texts = [
        (system, SectionKind::Persona, "system_prompt", &before.system_prompt, &after.system_prompt),
        (late, SectionKind::Reminder, "", &before.reminder, &after.reminder),
        (late, SectionKind::PostHistory, "", &before.post_history, &after.post_history),
    ];
    let mut left_out = Vec::new();
    for (prompt, kind, label, before, after) in texts {
        let asked = by.iter().find(|(asked, _)| *asked == prompt).filter(|_| before != after);
        let Some((_, by)) = asked else { continue };
        let tokens = counter.count(before)?.saturating_sub(counter.count(after)?);
        let (label, reason) = (label.to_owned(), Reason::Disabled { by: by.clone() });
        left_out.push(LeftOut { kind, label, messages: Vec::new(), fact: None, tokens, reason });
    }
    Ok(left_out)
}

/// The user's name, as the persona calls them, else `user_name`; `None` where nobody said one.
pub(super) fn name<'n>(persona: &'n Persona, user_name: Option<&'n str>) -> Option<&'n str> {
    let names = [Some(persona.calls_user.as_str()), user_name];
    names.into_iter().flatten().map(spoken).find(|name| !name.is_empty())
}

/// What the companion calls the user.
pub(super) fn called(persona: &Persona, code: &str, user_name: Option<&str>) -> String {
    let unknown = || USER.iter().find(|(language, _)| *language == code).map_or("the user", |(_, user)| user);
    name(persona, user_name).unwrap_or_else(unknown).to_owned()
}

fn own_system(own: &Instructions, persona: &Persona, named: &dyn Fn(&str) -> String) -> String {
    let relationship = match &persona.relationship {
        Relationship::Friend => named(own.relationships[0]),
        Relationship::Mentor => named(own.relationships[1]),
        Relationship::Partner => named(own.relationships[2]),
        Relationship::Coach => named(own.relationships[3]),
        Relationship::Character => named(own.relationships[4]),
        Relationship::Own(text) => named(own.own_relationship) + text,
    };
    let intimacy = match persona.intimacy {
        Intimacy::Reserved => own.intimacy[0],
        Intimacy::Warm => own.intimacy[1],
        Intimacy::Romantic => own.intimacy[2],
        Intimacy::Explicit => own.intimacy[3],
    };
    let (before, after) = own.system.split_once("{relationship}").unwrap_or((own.system, ""));
    let gap = if own.code == "zh" || intimacy.is_empty() { "" } else { " " };
    format!("{}{relationship}{}{gap}{intimacy}", named(before), named(after))
}

/// `text` with `{{original}}` in it replaced, and the rest expanded. The original is abide's own, and has no macros.
fn with_original(text: &str, original: &str, expand: impl Fn(&str) -> String) -> String {
    const MACRO: &str = "{{original}}";
    let lower = text.to_ascii_lowercase();
    let mut done = String::new();
    let mut from = 0;
    while let Some(at) = lower[from..].find(MACRO) {
        done.push_str(&expand(&text[from..from + at]));
        done.push_str(original);
        from += at + MACRO.len();
    }
    done + &expand(&text[from..])
}

/// The first sentence, or line, for the reminder.
fn first_sentence(text: &str) -> String {
    let text = text.trim();
    let end = text.find(['\n', '。']).unwrap_or(text.len());
    let end = text[..end].find(". ").map_or(end, |at| at + 1);
    text[..end].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str, _place: &str) -> String {
        text.replace("{{char}}", "Mara").replace("{{user}}", "Jo")
    }

    #[test]
    fn a_persona_without_instructions_gets_abides_own_in_its_language() {
        let persona =
            Persona { name: "Mara".to_owned(), relationship: Relationship::Mentor, ..Persona::default() };
        let shown = ["en", "fr-CA", "zh"].map(|language| {
            let texts = texts(&persona, language, Some("Jo"), &[], &plain);
            format!("{}\n{}\n{}", texts.system_prompt, texts.reminder, texts.post_history)
        });
        insta::assert_snapshot!(shown.join("\n\n"));
    }

    #[test]
    fn original_stands_for_abides_own() {
        let persona = Persona {
            name: "Mara".to_owned(),
            system_prompt: "{{ORIGINAL}} And {{char}} likes rain.".to_owned(),
            ..Persona::default()
        };
        let texts = texts(&persona, "en", Some("Jo"), &[], &plain);
        assert!(texts.system_prompt.starts_with("You are Mara, a friend of Jo."), "{}", texts.system_prompt);
        assert!(texts.system_prompt.ends_with("And Mara likes rain."), "{}", texts.system_prompt);
    }
}
