//! A chat with a companion: lines in, replies out, commands in between.
//!
//! Must not know where lines come from, how a model is loaded, or how anything is kept.

mod moving;

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use abide_companion::archive::Reach;
use abide_companion::companion::{
    Companion, CompanionError, Embedded, Finished, Forgetting, Memory, Reminded, Reply, ReplyEvent,
    SayOptions,
};
use abide_companion::keys::Passphrase;
use abide_companion::store::{FactId, Window};
use abide_companion::transcript::{Message, MessageId, Speaker};
use abide_generation::{FinishReason, Generator};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::commands::{self, Entry, Forget, SlashCommand};
use super::{export, persona, why};
use crate::answer::{self, Next};
use crate::commands::chat::input::Turns;
use crate::commands::chat::{slash, talk};
use crate::companions::failed;
use crate::failure::{self, Exit};
use crate::interrupt::Interrupt;
use crate::output::{Console, Style, units};

/// Windows that are listed at most.
const WINDOWS_SHOWN: usize = 10;

/// What stays the same through a chat.
#[derive(Clone)]
pub struct Options {
    /// How replies are made.
    pub say: SayOptions,
    /// Whether a person sits at it, who may be told more than the replies.
    pub interactive: bool,
    /// Asks for the passphrase that an archive is sealed with; `None`: the person said that it shall be open.
    pub passphrase: AskPassphrase,
    /// Deletes what is saved of what was computed, and has nothing saved any more that was computed until now.
    pub clear_caches: Rc<dyn Fn() -> anyhow::Result<()>>,
}

/// Asks for a new passphrase.
pub type AskPassphrase = Rc<dyn Fn(&mut Console) -> anyhow::Result<Option<Passphrase>>>;

/// A running chat.
pub struct Session<'a> {
    companion: &'a Companion,
    generator: Arc<dyn Generator>,
    console: &'a mut Console,
    interrupt: &'a Interrupt,
    options: Options,
    /// The last reply, for `/stats`.
    last: Option<Finished>,
    /// What `/forget` showed last, to be deleted by number.
    forgettable: Vec<Forgettable>,
    /// What was shown behind it, as perhaps meant.
    related: Vec<Forgettable>,
    /// What `/delete` showed last, to be deleted with all that follows it.
    deletable: Option<MessageId>,
    /// How often the present message was answered anew.
    attempt: u64,
    /// Whether any turn got no reply.
    failed: bool,
    /// Tokens made one at a time so far, and the time they took.
    decoded: (usize, Duration),
}

/// Something that can be forgotten.
enum Forgettable {
    Fact(FactId),
    Message(MessageId),
}

impl<'a> Session<'a> {
    /// A chat with `companion`.
    pub fn new(
        companion: &'a Companion,
        generator: Arc<dyn Generator>,
        console: &'a mut Console,
        interrupt: &'a Interrupt,
        options: Options,
    ) -> Self {
        Self {
            companion,
            generator,
            console,
            interrupt,
            options,
            last: None,
            forgettable: Vec::new(),
            related: Vec::new(),
            deletable: None,
            attempt: 0,
            failed: false,
            decoded: (0, Duration::ZERO),
        }
    }

    /// Talks until the lines end. The status says whether each turn got a reply; with a person at it, failures were seen and are
    /// no failure of the program.
    ///
    /// # Errors
    /// When lines can't be read, or replies not be written.
    pub fn run(&mut self, turns: &mut dyn Turns) -> anyhow::Result<Exit> {
        if self.options.interactive {
            talk::hint(self.console);
        }
        talk::run(self, turns)?;
        Ok(if self.failed && !self.options.interactive { Exit::Failure } else { Exit::Success })
    }

    /// Tokens made one at a time in all replies, and the time they took.
    pub fn decoded(&self) -> (usize, Duration) {
        self.decoded
    }

    /// Waits while another program talks with the companion, and says so. False: the person would rather not.
    fn has_its_turn(&mut self) -> bool {
        if !self.companion.is_taken_elsewhere() {
            return true;
        }
        self.console.notice(
            "(another program is talking with the companion just now; this waits until the reply there is done)",
        );
        let interrupt = self.interrupt;
        let armed = interrupt.arm();
        while self.companion.is_taken_elsewhere() {
            if armed.requested() {
                self.console.notice("(stopped; nothing was said or changed)");
                return false;
            }
            std::thread::sleep(WAITING_POLL);
        }
        true
    }

    fn command(&mut self, command: SlashCommand) -> Result<(), CompanionError> {
        match command {
            SlashCommand::Help => {
                let help = slash::help(commands::COMMANDS, self.options.interactive);
                self.console.notice(&help);
            }
            SlashCommand::Remember(text) => {
                let fact = self.companion.remember(&text, true)?;
                self.console.notice(&format!("kept for good, as number {}", fact.id.0));
            }
            SlashCommand::Avoid(topic) => {
                let fact = self.companion.avoid(&topic)?;
                let number = fact.id.0;
                self.console.notice(&format!(
                    "left out from now on, as number {number}; `abide memory rm {number}` in a shell takes it back"
                ));
            }
            SlashCommand::Forget(what) => self.forget(what)?,
            SlashCommand::Memories(None) => self.memories()?,
            SlashCommand::Memories(Some(words)) => self.search(&words)?,
            SlashCommand::Why => self.why()?,
            SlashCommand::Regenerate => self.regenerate()?,
            SlashCommand::Swipe(next) => self.swipe(next)?,
            SlashCommand::Edit(text) => self.edit(&text)?,
            SlashCommand::Branch(name) => self.branch(name.as_deref())?,
            SlashCommand::Back(turns) => self.back(turns)?,
            SlashCommand::New(title) => self.new_window(title.as_deref())?,
            SlashCommand::Delete(what) => self.delete(what)?,
            SlashCommand::Persona(None) => {
                let text = persona::describe(&self.companion.persona()?);
                let settings = persona::describe_settings(&self.companion.settings()?);
                self.console.notice(&format!("{text}\n{settings}"));
            }
            SlashCommand::Persona(Some((field, text))) => self.set_persona(&field, &text)?,
            SlashCommand::Export(path) => match self.export(&path) {
                Ok(()) => self.console.notice(&format!("written to {}", path.display())),
                Err(error) if stopped_at_question(&error) => {
                    self.console.notice("(stopped; nothing was written)");
                }
                Err(error) => self.problem(&error),
            },
            SlashCommand::Stats => self.stats(),
            SlashCommand::Quit => {}
        }
        Ok(())
    }

    /// Options of the next reply: the same seed would give the same words again.
    fn say_options(&self) -> SayOptions {
        let mut options = self.options.say.clone();
        if let Some(sampling) = &mut options.sampling {
            sampling.seed = sampling.seed.map(|seed| seed.wrapping_add(self.attempt));
        }
        options
    }

    fn say(&mut self, text: &str) -> anyhow::Result<()> {
        self.attempt = 0;
        self.deletable = None;
        match self.companion.say(&self.generator, text, self.say_options()) {
            Ok(reply) => self.hear(reply),
            Err(error) => self.refused(error),
        }
    }

    fn regenerate(&mut self) -> Result<(), CompanionError> {
        self.attempt += 1;
        let reply = self.companion.regenerate(&self.generator, self.say_options())?;
        self.hear_or_tell(reply);
        Ok(())
    }

    fn show(&mut self, message: &Message) {
        let text = message.content.text.trim_end();
        let text = match message.content.speaker {
            Speaker::User => self.console.styled(Style::Strong, &format!("> {text}")),
            Speaker::Companion => text.to_owned(),
            Speaker::Narrator => self.console.styled(Style::Faint, text),
        };
        self.console.notice(&text);
    }

    fn memories(&mut self) -> Result<(), CompanionError> {
        let facts = self.companion.facts(true)?;
        if facts.is_empty() {
            self.console.notice("nothing is known of you yet; /remember TEXT keeps something for good");
        }
        for fact in facts {
            let pin = if fact.content.pinned { " (kept for good)" } else { "" };
            self.console.notice(&format!("{:>5}  {}{pin}", fact.id.0, why::one_line(&fact.content.text)));
        }
        if let Some(unread) = unread(&self.companion.embedded()?) {
            self.console.notice(&unread);
        }
        Ok(())
    }

    fn search(&mut self, words: &str) -> Result<(), CompanionError> {
        let reminded = self.companion.memories(words, RECALLED_TOKENS)?;
        for line in lines_of(&reminded) {
            self.console.notice(&line);
        }
        Ok(())
    }

    fn forget(&mut self, what: Forget) -> Result<(), CompanionError> {
        let chosen: Vec<Forgettable> = match what {
            Forget::About(words) => return self.show_forgettable(&words),
            Forget::All => std::mem::take(&mut self.forgettable),
            Forget::Numbers(numbers) => {
                let shown = self.forgettable.len() + self.related.len();
                if numbers.iter().any(|&number| number == 0 || number > shown) {
                    let shown = units::plural(shown, "thing");
                    self.console
                        .notice(&format!("{shown} to be forgotten were shown; /forget WORDS shows them"));
                    return Ok(());
                }
                let all = std::mem::take(&mut self.forgettable).into_iter();
                let all = all.chain(std::mem::take(&mut self.related)).enumerate();
                all.filter(|(index, _)| numbers.contains(&(index + 1))).map(|(_, item)| item).collect()
            }
        };
        if chosen.is_empty() {
            self.console.notice("say what: /forget WORDS shows what has to do with them");
            return Ok(());
        }
        let (mut facts, mut messages) = (Vec::new(), Vec::new());
        for item in chosen {
            match item {
                Forgettable::Fact(fact) => facts.push(fact),
                Forgettable::Message(message) => messages.push(message),
            }
        }
        let forgotten = self.companion.forget(&facts, &messages)?;
        if !self.clear_caches() {
            return Ok(());
        }
        let facts = units::plural(facts.len(), "fact");
        let messages = units::plural(messages.len(), "message");
        self.console.notice(&format!(
            "forgotten for good: {facts}, the words of {messages}, and all that came of them"
        ));
        if let Some(reply) = forgotten.said_meanwhile {
            self.console.notice(&said_meanwhile(reply));
        }
        Ok(())
    }

    /// Deletes what was computed of what is forgotten, which comes before the word that it is: nothing may follow that. False: it could
    /// not be deleted, which was said.
    fn clear_caches(&mut self) -> bool {
        let cleared = (self.options.clear_caches)();
        if let Err(error) = &cleared {
            self.problem(error);
            self.console.notice("it is forgotten, but what was computed of it is still saved; `abide cache clear` deletes that");
        }
        cleared.is_ok()
    }

    fn show_forgettable(&mut self, words: &str) -> Result<(), CompanionError> {
        let Forgetting { facts, messages, related } = self.companion.forgettable(words)?;
        self.forgettable.clear();
        self.related.clear();
        for fact in facts {
            let number = self.forgettable.len() + 1;
            let holds = fact.is_current() && fact.holds(Timestamp::now());
            let known = if holds { "known" } else { "no longer known" };
            self.console.notice(&format!("{number:>5}  {known}: {}", why::one_line(&fact.content.text)));
            self.forgettable.push(Forgettable::Fact(fact.id));
        }
        for hit in messages {
            let (number, line) = (self.forgettable.len() + 1, line_of(&hit.message));
            self.console.notice(&format!("{number:>5}  {line}"));
            self.forgettable.push(Forgettable::Message(hit.message.id));
        }
        if !related.is_empty() {
            self.console.notice("perhaps also, by other words (not with `all`):");
        }
        for hit in related {
            let number = self.forgettable.len() + self.related.len() + 1;
            self.console.notice(&format!("{number:>5}  {}", line_of(&hit.message)));
            self.related.push(Forgettable::Message(hit.message.id));
        }
        self.console.notice(match self.forgettable.len() + self.related.len() {
            0 => "nothing has to do with that",
            1 => "`/forget 1` deletes it for good",
            _ => "`/forget 1 3` deletes some for good, `/forget all` all of them",
        });
        Ok(())
    }

    fn why(&mut self) -> Result<(), CompanionError> {
        let recent = self.companion.recent(1)?;
        let reply = recent.first().filter(|message| message.content.speaker == Speaker::Companion);
        let plan = reply.map(|reply| self.companion.why(reply.id)).transpose()?.flatten();
        let Some(plan) = plan else {
            self.console.notice("there is no reply yet whose prompt was kept");
            return Ok(());
        };
        let (plan, prompt) = self.companion.whole(plan);
        let text = self.generator.prompt_text(&prompt).ok();
        let text = why::explain(&plan, text.as_deref(), &TimeZone::system());
        self.console.notice(&text);
        Ok(())
    }

    fn set_persona(&mut self, field: &str, text: &str) -> Result<(), CompanionError> {
        let changed = persona::Chosen::change(self.companion, |now| now.with(field, text))?;
        let (before, after) = match changed {
            Ok(changed) => changed,
            Err(problem) => {
                self.console.notice(&problem);
                return Ok(());
            }
        };
        if after == before {
            self.console.notice("it is so already");
            return Ok(());
        }
        for (name, value) in after.new_settings(&before) {
            self.console.notice(&format!("{name}: {value}, from the next message on"));
        }
        if after.persona != before.persona {
            let version = self.companion.persona_versions()?.last().map_or(1, |last| last.version);
            self.console
                .notice(&format!("changed, from the next reply on (version {version}; the others are kept)"));
        }
        Ok(())
    }

    fn export(&mut self, path: &Path) -> anyhow::Result<()> {
        let passphrase = match export::form_of_new(path)? {
            export::Form::Archive => self.ask_passphrase()?,
            export::Form::JsonLines | export::Form::Markdown => None,
        };
        export::write(self.companion, path, Reach::ActivePath, passphrase, self.interrupt, self.console)
    }

    /// Asks for a passphrase. Ctrl-C leaves the question, and neither the chat nor the terminal as questions have it.
    fn ask_passphrase(&mut self) -> anyhow::Result<Option<Passphrase>> {
        let interrupt = self.interrupt;
        let armed = interrupt.arm();
        let asked = (self.options.passphrase)(self.console);
        if asked.as_ref().is_err_and(stopped_at_question) {
            armed.await_request();
        }
        asked
    }

    fn stats(&mut self) {
        let text = match &self.last {
            Some(Finished { usage, timings, .. }) => {
                answer::statistics(usage, timings, self.generator.description().context_length)
            }
            None => "there is no reply yet".to_owned(),
        };
        self.console.notice(&text);
    }

    fn hear_or_tell(&mut self, reply: Reply) {
        if let Err(error) = self.hear(reply) {
            self.problem(&error);
        }
    }

    /// Shows a reply while it is made.
    fn hear(&mut self, mut reply: Reply) -> anyhow::Result<()> {
        let interrupt = self.interrupt;
        let armed = interrupt.arm();
        let (mut shown, mut thought) = (String::new(), false);
        loop {
            let event = match answer::next(&mut |context| reply.poll_next(context), &armed) {
                Next::Event(Ok(event)) => event,
                Next::Event(Err(error)) => {
                    self.end_line(&shown)?;
                    return self.refused(error);
                }
                Next::Closed => return self.end_line(&shown),
                Next::Interrupted => {
                    // Dropping the reply stops it; what was said is kept.
                    drop(reply);
                    self.end_line(&shown)?;
                    self.console.notice("(stopped; what was said is kept)");
                    return Ok(());
                }
            };
            match event {
                ReplyEvent::Notice(notice) => {
                    let text = self.console.styled(Style::Faint, &notice.text);
                    self.console.notice(&text);
                }
                ReplyEvent::Thought(text) if self.options.interactive => {
                    self.console.write_now(&self.console.styled(Style::Faint, &text))?;
                    thought = true;
                }
                ReplyEvent::Planned(_) | ReplyEvent::Started(_) | ReplyEvent::Thought(_) => {}
                ReplyEvent::Text(text) => {
                    if std::mem::take(&mut thought) {
                        self.console.write("\n\n")?;
                    }
                    self.console.write_now(&text)?;
                    shown.push_str(&text);
                }
                ReplyEvent::Finished(finished) => {
                    self.end_line(&shown)?;
                    self.finish(*finished);
                    return Ok(());
                }
            }
        }
    }

    fn end_line(&mut self, shown: &str) -> anyhow::Result<()> {
        if !shown.ends_with('\n') {
            self.console.write_now("\n")?;
        }
        if self.options.interactive {
            self.console.write_now("\n")?;
        }
        Ok(())
    }

    fn finish(&mut self, finished: Finished) {
        // The first token comes with the prefill.
        self.decoded.0 += finished.usage.completion_tokens.saturating_sub(1);
        self.decoded.1 += finished.timings.decode;
        if matches!(finished.reason, FinishReason::MaxTokens | FinishReason::ContextFull) {
            let made = units::plural(finished.usage.completion_tokens, "token");
            self.console.notice(&format!("(cut after {made}; --max-tokens sets the limit)"));
        }
        self.last = Some(finished);
    }

    /// A turn without a reply: the person is told why, and may go on. Without a model there is nothing to go on with.
    fn refused(&mut self, error: CompanionError) -> anyhow::Result<()> {
        let stopped = matches!(error, CompanionError::Generation(abide_generation::GenerationError::Stopped));
        let error = failed(error);
        if stopped {
            return Err(error);
        }
        self.problem(&error);
        Ok(())
    }

    fn problem(&mut self, error: &anyhow::Error) {
        self.failed = true;
        self.console.notice(failure::report(error).trim_end());
    }
}

/// How often one looks whether another program's turn is over.
const WAITING_POLL: Duration = Duration::from_millis(100);
/// Messages and facts that may wait for the embedding model without being told of.
const UNREAD_UNTOLD_MAX: u64 = 16;
/// Tokens of the memories that are shown, about.
const RECALLED_TOKENS: usize = 1_000;

/// That the embedding model has not read all that was said yet, if it is so: the last words apart, which it reads in a moment.
pub fn unread(embedded: &Embedded) -> Option<String> {
    let left = embedded.all.saturating_sub(embedded.done);
    let name = embedded.embedder.as_deref()?.split('@').next()?;
    (left > UNREAD_UNTOLD_MAX).then(|| {
        let (done, all) = (embedded.done, embedded.all);
        format!("{name} has read {done} of {all} messages and facts; the rest is found by words until it has")
    })
}

/// What comes to mind, a line for each memory, the best first, and before them whether any of it is to the point.
pub fn lines_of(reminded: &Reminded) -> Vec<String> {
    let mut lines = Vec::new();
    if !reminded.known {
        lines.push("nothing is known of it; what is nearest:".to_owned());
    }
    let facts = reminded.facts.iter().zip(&reminded.fact_scores);
    let facts =
        facts.map(|(fact, &score)| (score, format!("  known: {}", why::one_line(&fact.content.text))));
    let score = |memory: &Memory| memory.scores.get("score").copied().unwrap_or_default();
    // Each says itself when it was said, and by whom.
    let said =
        reminded.memories.iter().map(|memory| (score(memory), format!("  {}", why::one_line(&memory.text))));
    let mut found: Vec<(f32, String)> = facts.chain(said).collect();
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    lines.extend(found.into_iter().map(|(_, line)| line));
    if !reminded.known && lines.len() == 1 {
        return vec!["nothing comes to mind".to_owned()];
    }
    lines
}

/// Whether the person would rather not answer what was asked.
fn stopped_at_question(error: &anyhow::Error) -> bool {
    failure::exit_of(error) == Exit::Interrupted
}

/// That a reply was being made while something was forgotten.
pub fn said_meanwhile(reply: MessageId) -> String {
    format!(
        "a reply was being made meanwhile (number {}); it may still speak of it, so look at it, and forget its words, too, if it does",
        reply.0
    )
}

/// When fresh windows were begun and what the user calls them, the newest last; `None` where there is none.
pub fn windows_of(windows: &[Window]) -> Option<String> {
    let shown = windows.iter().skip(windows.len().saturating_sub(WINDOWS_SHOWN)).map(|window| {
        let opened = window.opened.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
        let title = window.title.as_deref().map(|title| format!(" “{}”", why::shortened(title)));
        format!("{opened}{}", title.unwrap_or_default())
    });
    let shown = shown.collect::<Vec<_>>().join(", ");
    let count = units::plural(windows.len(), "fresh window");
    let last = if windows.len() > WINDOWS_SHOWN { ", the last" } else { "" };
    (!windows.is_empty()).then(|| format!("{count} begun{last}: {shown}"))
}

/// A message in a line: when, who, what.
pub fn line_of(message: &Message) -> String {
    let time = message.content.time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
    let who = match (&message.content.name, message.content.speaker) {
        (Some(name), _) => name.as_str(),
        (None, Speaker::User) => "you",
        (None, Speaker::Companion) => "companion",
        (None, Speaker::Narrator) => "note",
    };
    let text = match message.content.text.as_str() {
        "" => "(forgotten)".to_owned(),
        text => why::shortened(text),
    };
    format!("{time} {who}: {text}")
}

impl talk::Talk for Session<'_> {
    fn handle(&mut self, line: &str) -> anyhow::Result<bool> {
        match commands::parse(line) {
            Entry::Blank => {}
            Entry::Mistaken(problem) => self.console.notice(&problem),
            Entry::Command(SlashCommand::Quit) => return Ok(false),
            Entry::Text(text) if self.is_answered(&text) => {}
            Entry::Text(_) if !self.has_its_turn() => {}
            Entry::Command(command) if command.takes_a_turn() && !self.has_its_turn() => {}
            Entry::Text(text) => self.say(&text)?,
            Entry::Command(command) => {
                if let Err(error) = self.command(command) {
                    self.problem(&failed(error));
                }
            }
        }
        Ok(true)
    }

    fn notice(&mut self, text: &str) {
        self.console.notice(text);
    }
}

#[cfg(test)]
mod tests {
    use abide_companion::store::{Fact, FactKind, FactOrigin, NewFact, WindowId};

    use super::*;

    fn fact(text: &str) -> Fact {
        let content = NewFact {
            kind: FactKind::Note,
            subject: "user".to_owned(),
            predicate: "note".to_owned(),
            value: text.to_owned(),
            text: text.to_owned(),
            language: None,
            valid_from: None,
            valid_to: None,
            sources: Vec::new(),
            confidence: 1.0,
            pinned: false,
            origin: FactOrigin::User,
        };
        Fact {
            id: FactId(1),
            superseded_by: None,
            created: Timestamp::UNIX_EPOCH,
            edited: None,
            aside: false,
            is_ended: false,
            ends: Vec::new(),
            content,
        }
    }

    #[test]
    fn windows_are_listed_by_their_titles() {
        let window = |id: u64, title: Option<&str>| Window {
            id: WindowId(id),
            after: None,
            opened: Timestamp::UNIX_EPOCH,
            title: title.map(str::to_owned),
        };
        assert_eq!(windows_of(&[]), None);
        let two = windows_of(&[window(1, None), window(2, Some("The trip\nback"))]).unwrap();
        assert!(two.starts_with("2 fresh windows begun: ") && two.ends_with(" “The trip back”"), "{two}");
        let long = "x".repeat(2_000_000);
        let many: Vec<Window> = (1..=30).map(|id| window(id, Some(&long))).collect();
        let many = windows_of(&many).unwrap();
        assert!(
            many.starts_with("30 fresh windows begun, the last: ") && many.len() < 3_000,
            "{}",
            many.len()
        );
    }

    #[test]
    fn facts_and_what_was_said_come_best_first() {
        let said = Memory {
            text: "May 1, Jo: “plums”".to_owned(),
            messages: Vec::new(),
            time: Timestamp::UNIX_EPOCH,
            scores: [("score".to_owned(), 0.5)].into(),
        };
        let reminded = Reminded {
            known: true,
            facts: vec![fact("plums\nfirst"), fact("pears last")],
            fact_scores: vec![0.9, 0.1],
            memories: vec![said],
            ..Reminded::default()
        };
        let expected = ["  known: plums first", "  May 1, Jo: “plums”", "  known: pears last"];
        assert_eq!(lines_of(&reminded), expected);
        assert_eq!(lines_of(&Reminded::default()), ["nothing comes to mind"]);
    }
}
