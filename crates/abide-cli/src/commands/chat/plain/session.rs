//! A chat: turns in, answers out, commands in between.
//!
//! Must not know where turns come from, or how a model is loaded.

use std::path::Path;
use std::time::Duration;

use abide_generation::{
    ContextOverflow, FinishReason, GenerationError, GenerationRequest, Generator, ModelDescription, Prompt,
    Sampling,
};

use super::commands::{self, Entry, SlashCommand};
use super::conversation::Conversation;
use super::transcript;
use crate::answer::{self, Answer};
use crate::commands::chat::input::Turns;
use crate::commands::chat::slash;
use crate::commands::chat::speech::Speech;
use crate::commands::chat::talk::{self, Talk as _};
use crate::commands::chat::tell_template;
use crate::failure::{self, Exit};
use crate::interrupt::Interrupt;
use crate::output::{Console, units};

/// Tokens that a base model continues a text by if no other number is given: it has no end of turn.
const BASE_MODEL_TOKENS: usize = 256;

/// What stays the same through a chat.
#[derive(Debug, Clone)]
pub struct Options {
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Most tokens of an answer.
    pub max_tokens: Option<usize>,
    /// Texts that end an answer.
    pub stop: Vec<String>,
    /// Whether a person sits at it, who may be told more than the answers.
    pub interactive: bool,
}

/// A running chat.
pub struct Session<'a> {
    generator: &'a dyn Generator,
    console: &'a mut Console,
    interrupt: &'a Interrupt,
    options: Options,
    conversation: Conversation,
    /// The last answer, for `/stats`.
    last: Option<Answer>,
    /// The last text that a base model continued, for `/regenerate`.
    continued: Option<String>,
    /// How often the present question was answered anew.
    attempt: u64,
    /// Whether any turn got no answer.
    failed: bool,
    /// Tokens made one at a time so far, and the time they took.
    decoded: (usize, Duration),
}

impl<'a> Session<'a> {
    /// A chat that begins with standing instructions, if any.
    pub fn new(
        generator: &'a dyn Generator,
        console: &'a mut Console,
        interrupt: &'a Interrupt,
        system: Option<String>,
        options: Options,
    ) -> Self {
        Self {
            generator,
            console,
            interrupt,
            options,
            conversation: Conversation::new(system),
            last: None,
            continued: None,
            attempt: 0,
            failed: false,
            decoded: (0, Duration::ZERO),
        }
    }

    /// Talks until the turns end. The status says whether each turn got an answer; with a person at
    /// it, failures were seen and are no failure of the program.
    ///
    /// # Errors
    /// When turns can't be read, or answers not be written.
    pub fn run(&mut self, turns: &mut dyn Turns) -> anyhow::Result<Exit> {
        self.introduce();
        talk::run(self, turns)?;
        let failed = self.failed && !self.options.interactive;
        Ok(if failed { Exit::Failure } else { Exit::Success })
    }

    /// Tokens made one at a time in all answers, and the time they took.
    pub fn decoded(&self) -> (usize, Duration) {
        self.decoded
    }

    fn description(&self) -> &ModelDescription {
        self.generator.description()
    }

    fn introduce(&mut self) {
        let description = self.description().clone();
        let without = "it continues each text you give, on its own, and does not answer";
        tell_template(&description, without, self.console);
        if !description.has_chat_template && self.conversation.system().is_some() {
            self.note("note: a base model takes no standing instructions; they are not used");
        }
        if self.options.interactive {
            talk::hint(self.console);
        }
    }

    fn command(&mut self, command: SlashCommand) -> anyhow::Result<()> {
        match command {
            SlashCommand::Help => self.notice(&slash::help(commands::COMMANDS, self.options.interactive)),
            SlashCommand::System(text) => self.system(text),
            SlashCommand::Reset => {
                self.conversation.reset();
                (self.last, self.continued) = (None, None);
                self.notice("what was said is forgotten");
            }
            SlashCommand::Regenerate => self.regenerate()?,
            SlashCommand::Stats => self.stats(),
            SlashCommand::Save(path) => self.save(&path),
            SlashCommand::Load(path) => self.load(&path),
            SlashCommand::Quit => {}
        }
        Ok(())
    }

    fn say(&mut self, text: String) -> anyhow::Result<()> {
        if self.description().has_chat_template {
            self.conversation.ask(text);
            self.answer_question()
        } else {
            self.continued = Some(text.clone());
            self.continue_text(text)
        }
    }

    fn regenerate(&mut self) -> anyhow::Result<()> {
        self.attempt += 1;
        if let Some(text) = self.continued.clone() {
            self.continue_text(text)
        } else if self.conversation.reopen() {
            self.answer_question()
        } else {
            self.notice("there is no answer yet to make anew");
            Ok(())
        }
    }

    /// Answers the open question at the end of the conversation.
    fn answer_question(&mut self) -> anyhow::Result<()> {
        let prompt = Prompt::Chat(self.conversation.prompt().into());
        let Some(answer) = self.generate(prompt, self.options.max_tokens)? else {
            self.conversation.take_back();
            return Ok(());
        };
        if answer.text.is_empty() && answer.reason.is_none() {
            self.conversation.take_back();
        } else {
            self.conversation.answer(answer.text.clone());
        }
        self.make_room(&answer);
        self.last = Some(answer);
        Ok(())
    }

    fn continue_text(&mut self, text: String) -> anyhow::Result<()> {
        let max_tokens = self.options.max_tokens.unwrap_or(BASE_MODEL_TOKENS);
        if let Some(answer) = self.generate(Prompt::Text(text), Some(max_tokens))? {
            self.last = Some(answer);
        }
        Ok(())
    }

    /// Shows an answer while it is made. `None`: there was none, and the person knows why.
    fn generate(&mut self, prompt: Prompt, max_tokens: Option<usize>) -> anyhow::Result<Option<Answer>> {
        let mut sampling = self.options.sampling.clone();
        // The same seed would give the same answer again.
        sampling.seed = sampling.seed.map(|seed| seed.wrapping_add(self.attempt));
        let request = GenerationRequest {
            sampling,
            max_tokens,
            stop: self.options.stop.clone(),
            context_overflow: ContextOverflow::DropOldest,
            ..GenerationRequest::new(prompt)
        };
        let marks = self.description().thought_marks.clone();
        let mut speech = Speech::new(self.console, marks, self.options.interactive);
        let result = answer::stream(self.generator, request, self.interrupt, &mut |text, prompt| {
            speech.push(text, prompt)
        });
        let error = match result {
            Ok(mut answer) => {
                answer.text = speech.finish(answer.reason != Some(FinishReason::EndOfTurn))?;
                self.finish_answer(&answer)?;
                return Ok(Some(answer));
            }
            Err(error) => error,
        };
        let stopped = error
            .chain()
            .any(|cause| matches!(cause.downcast_ref::<GenerationError>(), Some(GenerationError::Stopped)));
        let refused = error.chain().any(<dyn std::error::Error>::is::<GenerationError>);
        if stopped || !refused {
            return Err(error);
        }
        self.failed = true;
        self.notice(failure::report(&error).trim_end());
        Ok(None)
    }

    fn finish_answer(&mut self, answer: &Answer) -> anyhow::Result<()> {
        self.decoded.0 += answer::tokens_decoded(&answer.usage);
        self.decoded.1 += answer.timings.decode;
        if !answer.text.ends_with('\n') {
            self.console.write_now("\n")?;
        }
        if answer.reason.is_none() {
            self.notice("(stopped)");
        }
        if self.options.interactive {
            self.console.write_now("\n")?;
        }
        match answer.reason {
            Some(FinishReason::MaxTokens) => {
                let made = answer.usage.completion_tokens;
                self.notice(&format!(
                    "(cut after {}; --max-tokens sets the limit)",
                    units::plural(made, "token")
                ));
            }
            Some(FinishReason::ContextFull) => {
                let context = self.description().context_length;
                self.notice(&format!(
                    "(cut: the context of {context} tokens is full; --context sets its size)"
                ));
            }
            _ => {}
        }
        Ok(())
    }

    /// Lets old turns leave the context once it is full, and says so.
    fn make_room(&mut self, answer: &Answer) {
        let dropped = answer.prompt.dropped_messages;
        let full = answer.reason == Some(FinishReason::ContextFull);
        if dropped == 0 && !full {
            return;
        }
        let context = self.description().context_length;
        if dropped > 0 {
            self.note(&format!(
                "note: the context of {context} tokens is full: this answer was made without the oldest {}",
                units::plural(dropped, "message")
            ));
        }
        let forgotten = self.conversation.forget_older_half(dropped);
        if forgotten > 0 {
            self.note(&format!(
                "note: from now on the model no longer sees the oldest {} (/save still has them; --context makes \
                 more room)",
                units::plural(forgotten, "message")
            ));
        }
    }

    fn system(&mut self, text: Option<String>) {
        match text.as_deref() {
            None => {
                let shown = self.conversation.system().map_or_else(
                    || "there are no standing instructions; /system TEXT sets them".to_owned(),
                    str::to_owned,
                );
                self.notice(&shown);
            }
            Some("-") => {
                self.conversation.set_system(None);
                self.notice("the standing instructions are gone, from the next answer on");
            }
            Some(_) => {
                self.conversation.set_system(text);
                self.notice("the standing instructions are set, from the next answer on");
            }
        }
    }

    fn stats(&mut self) {
        let Some(answer) = &self.last else {
            self.notice("there is no answer yet");
            return;
        };
        let text = answer::statistics(&answer.usage, &answer.timings, self.description().context_length);
        self.notice(&text);
    }

    fn save(&mut self, path: &Path) {
        let name = self.description().name.clone();
        match transcript::save(path, &name, &self.conversation) {
            Ok(()) => self.notice(&format!("saved to {}", path.display())),
            Err(error) => self.problem(&error),
        }
    }

    fn load(&mut self, path: &Path) {
        match transcript::load(path) {
            Ok(conversation) => {
                let turns = units::plural(conversation.turns().len(), "message");
                self.conversation = conversation;
                (self.last, self.continued) = (None, None);
                self.notice(&format!("going on after {turns}"));
            }
            Err(error) => self.problem(&error),
        }
    }

    fn problem(&mut self, error: &anyhow::Error) {
        self.failed = true;
        self.notice(failure::report(error).trim_end());
    }

    fn note(&mut self, text: &str) {
        self.console.note(text);
    }
}

impl talk::Talk for Session<'_> {
    fn handle(&mut self, line: &str) -> anyhow::Result<bool> {
        match commands::parse(line) {
            Entry::Blank => {}
            Entry::Mistaken(problem) => self.notice(&problem),
            Entry::Text(text) => {
                self.attempt = 0;
                self.say(text)?;
            }
            Entry::Command(SlashCommand::Quit) => return Ok(false),
            Entry::Command(command) => self.command(command)?,
        }
        Ok(true)
    }

    fn notice(&mut self, text: &str) {
        self.console.notice(text);
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
