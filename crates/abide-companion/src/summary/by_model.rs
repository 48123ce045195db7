//! Summaries that a model writes. Must not know what becomes of them.

use abide_generation::{
    Chat, FinishReason, GenerationError, GenerationRequest, Generator, Message, Prompt, Role, Sampling,
};
use thiserror::Error;

use super::{Line, Rejected, check};
use crate::asking::ask;

/// Why a model's summary is not used.
#[derive(Debug, Error)]
pub enum SummaryError {
    /// The model failed.
    #[error(transparent)]
    Generation(#[from] GenerationError),
    /// It is a base model, which follows no instructions.
    #[error("the model has no chat template, and can't be asked for a summary")]
    BaseModel,
    /// It was to stop before it was done.
    #[error("the model was stopped while it wrote the summary")]
    Stopped,
    /// It wrote on and on.
    #[error("the model's summary has no end within {tokens} tokens")]
    Endless {
        /// Tokens it had.
        tokens: usize,
    },
    /// Its context holds no summary's prompt.
    #[error("the model's context of {tokens} tokens is too small for a summary and what it is of")]
    NoRoom {
        /// The whole context.
        tokens: usize,
    },
    /// It can't stand for what was said.
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// Characters of a summary for each token that it may take.
const CHARACTERS_PER_TOKEN: usize = 6;

struct Words {
    code: &'static str,
    task: &'static str,
    before: &'static str,
    talk: &'static str,
}

const WORDS: [Words; 3] = [
    Words {
        code: "en",
        task: "You write the memory of a conversation. Sum up in at most 120 words what matters later: what happened, what was decided and \
               promised, how the people feel about it, names and dates. Only what is written below, in plain sentences, in the third person. \
               Write the summary alone.",
        before: "What is known from before:",
        talk: "The conversation:",
    },
    Words {
        code: "fr",
        task: "Tu écris la mémoire d'une conversation. Résume en 120 mots au plus ce qui comptera plus tard : ce qui s'est passé, ce qui a été \
               décidé et promis, ce que ressentent les personnes, les noms et les dates. Seulement ce qui est écrit ci-dessous, en phrases \
               simples, à la troisième personne. N'écris que le résumé.",
        before: "Ce que l'on sait d'avant :",
        talk: "La conversation :",
    },
    Words {
        code: "zh",
        task: "请为一段对话写下记忆。用不超过150字概括以后重要的内容：发生了什么、决定和承诺了什么、各人的感受、姓名和日期。只写下面出现的内容，用第三人称的平实句子。只写概要。",
        before: "之前已知：",
        talk: "对话：",
    },
];

/// A summary of `before`, the summary so far, and of `lines`, by the model, in `tokens` at most. What is too long for the context loses its
/// oldest lines. Meanwhile `stop` is asked whether the model is wanted for something else. Blocks the thread.
///
/// # Errors
/// When the model fails, or writes what can't be a summary of this; then sentences are to be picked out.
pub fn by_model(
    generator: &dyn Generator,
    before: Option<&str>,
    lines: &[Line<'_>],
    language: &str,
    tokens: usize,
    stop: &dyn Fn() -> bool,
) -> Result<String, SummaryError> {
    let description = generator.description();
    if !description.has_chat_template {
        return Err(SummaryError::BaseModel);
    }
    let room = description.context_length.saturating_sub(tokens + 16);
    let mut kept = lines;
    let prompt = loop {
        let prompt = prompt(before, kept, language);
        let size = generator.prompt_tokens(&prompt)?.len();
        if size <= room {
            break prompt;
        }
        if kept.len() <= 1 {
            return Err(SummaryError::NoRoom { tokens: description.context_length });
        }
        // As many lines go as the excess has of the whole, and one at least.
        let gone = (kept.len() * (size - room)).div_ceil(size.max(1)).clamp(1, kept.len() - 1);
        kept = &kept[gone..];
    };
    let request = GenerationRequest {
        sampling: Sampling { temperature: 0.2, seed: Some(0), ..Sampling::default() },
        max_tokens: Some(tokens),
        ..GenerationRequest::new(prompt)
    };
    let Some(answer) = ask(generator, request, stop)? else { return Err(SummaryError::Stopped) };
    if answer.reason == FinishReason::MaxTokens {
        return Err(SummaryError::Endless { tokens });
    }
    let text = answer.text.trim().to_owned();
    let said = lines.iter().flat_map(|line| [line.name, line.text]);
    let sources: Vec<&str> = said.chain(before).collect();
    check(&text, &sources, tokens * CHARACTERS_PER_TOKEN)?;
    Ok(text)
}

fn prompt(before: Option<&str>, lines: &[Line<'_>], language: &str) -> Prompt {
    let code = language.split(['-', '_']).next().unwrap_or_default();
    let words = WORDS.iter().find(|words| words.code == code).unwrap_or(&WORDS[0]);
    let mut talk = String::new();
    if let Some(before) = before.filter(|text| !text.is_empty()) {
        talk.push_str(&format!("{}\n{before}\n\n", words.before));
    }
    talk.push_str(words.talk);
    for line in lines {
        match line.name {
            "" => talk.push_str(&format!("\n[{}]", line.text)),
            name => talk.push_str(&format!("\n{name}: {}", line.text)),
        }
    }
    let messages = vec![Message::new(Role::System, words.task), Message::new(Role::User, talk)];
    Prompt::Chat(Chat { thinking: Some(false), ..Chat::from(messages) })
}

#[cfg(test)]
mod tests {
    use abide_generation::scripted::{Script, ScriptedGenerator};

    use super::*;

    const TALK: [Line<'_>; 2] = [
        Line { name: "Jo", text: "My dog Pilot ran away near the harbour." },
        Line { name: "Mara", text: "I will look for Pilot tomorrow, I promise." },
    ];

    fn written(answer: &str) -> Result<String, SummaryError> {
        let model = ScriptedGenerator::new(vec![Script::answer(&[answer])])
            .describe(|description| description.context_length = 4_096);
        by_model(&model, Some("Jo came by boat."), &TALK, "en", 200, &|| false)
    }

    #[test]
    fn what_a_model_is_asked_for() {
        let model = ScriptedGenerator::answering(|_| vec!["Jo's dog Pilot ran away.".to_owned()])
            .describe(|description| description.context_length = 4_096);
        by_model(&model, Some("Jo came by boat."), &TALK, "en", 200, &|| false).unwrap();
        let requests = model.requests();
        let Prompt::Chat(chat) = &requests[0].prompt else { panic!("a chat") };
        insta::assert_snapshot!(model.render(chat).unwrap());
    }

    #[test]
    fn a_summary_that_cannot_be_one_is_noticed() {
        assert!(written("Jo's dog Pilot ran away; Mara promised to look.").is_ok());
        assert!(matches!(written(" \n"), Err(SummaryError::Rejected(Rejected::Empty))));
        let other = "The visitor met Robert at the harbour.";
        assert!(matches!(written(other), Err(SummaryError::Rejected(Rejected::InventedName(_)))));
    }

    #[test]
    fn a_model_without_room_is_not_asked() {
        let model = ScriptedGenerator::answering(|_| vec!["Pilot ran away.".to_owned()])
            .describe(|description| description.context_length = 420);
        let outcome = by_model(&model, None, &TALK, "en", 200, &|| false);
        assert!(matches!(outcome, Err(SummaryError::NoRoom { tokens: 420 })), "{outcome:?}");
        assert!(model.requests().is_empty());
    }

    #[test]
    fn a_long_talk_loses_its_oldest_lines() {
        let model = ScriptedGenerator::answering(|_| vec!["Pilot is line 99.".to_owned()])
            .describe(|description| description.context_length = 2_048);
        let texts: Vec<String> = (0..100).map(|index| format!("This is line {index} about Pilot.")).collect();
        let lines: Vec<Line<'_>> = texts.iter().map(|text| Line { name: "Jo", text }).collect();
        by_model(&model, None, &lines, "en", 200, &|| false).unwrap();
        let requests = model.requests();
        let prompt = &requests[0].prompt;
        assert!(model.prompt_tokens(prompt).unwrap().len() <= 2_048 - 200);
        let Prompt::Chat(chat) = prompt else { panic!("a chat") };
        assert!(
            chat.messages[1].content.contains("line 99") && !chat.messages[1].content.contains("line 0 ")
        );
    }
}
