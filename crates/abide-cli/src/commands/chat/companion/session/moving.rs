//! Moving in the tree of what was said: other replies, other wordings, branches, back, and deleting from a place on.
//!
//! Must not know how the tree is kept.

use abide_companion::companion::{CompanionError, Swipe};
use abide_companion::transcript::{Message, MessageId, Speaker};

use super::super::commands::Delete;
use super::{Session, line_of, windows_of};
use crate::output::units;

/// Ends that `/branch` lists at most.
const ASIDE_SHOWN: usize = 20;
/// What says no, and yes, to a question.
const NO: [&str; 6] = ["no", "n", "non", "不", "不要", "否"];
const YES: [&str; 6] = ["yes", "y", "oui", "是", "好", "是的"];

impl Session<'_> {
    pub(super) fn swipe(&mut self, next: bool) -> Result<(), CompanionError> {
        if self.companion.recent(1)?.is_empty() {
            let where_to = "the conversation has no message now, so there is none beside it";
            self.console.notice(&format!("{where_to}; /branch lists what was left aside"));
            return Ok(());
        }
        let direction = if next { Swipe::Next } else { Swipe::Previous };
        match self.companion.swipe(direction)? {
            Some(message) => {
                let goes_on = self.head()?.is_some_and(|head| head != message.id);
                self.show(&message);
                if goes_on {
                    self.show_end("the conversation went on from there, and ends here now")?;
                }
            }
            None if next => self.regenerate()?,
            None => self.console.notice("this is the first; /branch lists what else was left aside"),
        }
        Ok(())
    }

    pub(super) fn edit(&mut self, text: &str) -> Result<(), CompanionError> {
        let recent = self.companion.recent(2)?;
        let Some(said) = recent.iter().rev().find(|message| message.content.speaker == Speaker::User) else {
            self.console.notice("you have not said anything yet");
            return Ok(());
        };
        let left = recent.last().map(|last| last.id);
        self.companion.edit(said.id, text)?;
        self.attempt = 0;
        self.tell_left("said in other words", left)?;
        let reply = self.companion.regenerate(&self.generator, self.say_options())?;
        self.hear_or_tell(reply);
        Ok(())
    }

    pub(super) fn back(&mut self, turns: usize) -> Result<(), CompanionError> {
        let left = self.head()?;
        self.companion.back(turns)?;
        self.show_recent()?;
        self.tell_left("now the conversation ends here", left)
    }

    pub(super) fn new_window(&mut self, title: Option<&str>) -> Result<(), CompanionError> {
        let before = self.companion.windows()?.len();
        let window = self.companion.new_window(title)?;
        self.attempt = 0;
        self.deletable = None;
        let called =
            window.title.map(|title| format!(", called \u{201c}{title}\u{201d}")).unwrap_or_default();
        self.console.notice(&if self.companion.windows()?.len() > before {
            format!(
                "a fresh window begins here{called}: what was said before is no longer in front of your companion, and is remembered when it matters"
            )
        } else {
            format!("a fresh window begins here already{called}; nothing was said in it yet")
        });
        Ok(())
    }

    pub(super) fn branch(&mut self, name: Option<&str>) -> Result<(), CompanionError> {
        let Some(name) = name else { return self.list_branches() };
        let branches = self.companion.branches()?;
        if branches.iter().any(|branch| branch.name == name) {
            self.companion.switch_branch(name)?;
            return self.show_end(&format!("on branch {name}"));
        }
        if let Ok(number) = name.parse() {
            let left = self.head()?;
            self.companion.go_to(MessageId(number))?;
            self.show_recent()?;
            return self.tell_left("the conversation goes on from here", left);
        }
        self.companion.branch(name, None)?;
        self.console.notice(&format!("branch {name} begins here; /branch lists them all"));
        Ok(())
    }

    fn list_branches(&mut self) -> Result<(), CompanionError> {
        let branches = self.companion.branches()?;
        let mut heads = Vec::new();
        for branch in branches {
            let mark = if branch.current { "*" } else { " " };
            let last = branch.head.map(|head| self.companion.message(head)).transpose()?;
            let last = last.map(|last| format!("  {}", line_of(&last))).unwrap_or_default();
            self.console.notice(&format!("{mark} {}{last}", branch.name));
            heads.extend(branch.head);
        }
        if let Some(windows) = windows_of(&self.companion.windows()?) {
            self.console.notice(&windows);
        }
        let ends = self.companion.ends_aside(ASIDE_SHOWN + heads.len() + 1)?;
        // A branch's end has its name already.
        let ends: Vec<Message> = ends.into_iter().filter(|end| !heads.contains(&end.id)).collect();
        if ends.is_empty() {
            return Ok(());
        }
        self.console.notice("left aside, each with its last words; `/branch NUMBER` goes there:");
        for end in ends.iter().take(ASIDE_SHOWN) {
            self.console.notice(&format!("{:>5}  {}", end.id.0, line_of(end)));
        }
        if ends.len() > ASIDE_SHOWN {
            self.console
                .notice("       and older ones; `abide companion export --all-branches` writes all of them");
        }
        Ok(())
    }

    pub(super) fn delete(&mut self, what: Delete) -> Result<(), CompanionError> {
        match what {
            Delete::Turns(turns) => {
                self.deletable = None;
                let Some(first) = self.companion.said_back(turns)? else { return Ok(()) };
                let line = line_of(&first);
                self.console.notice(&format!("       {line}"));
                self.console
                    .notice("`/delete yes` deletes this and all that followed it, on every branch, for good");
                self.deletable = Some(first.id);
            }
            Delete::Shown => {
                let Some(first) = self.deletable.take() else {
                    self.console.notice("say what: /delete shows the last turn, /delete 3 the last three");
                    return Ok(());
                };
                let deleted = self.companion.delete_from(first)?;
                self.forgettable.clear();
                if !self.clear_caches() {
                    return Ok(());
                }
                let messages = units::plural(deleted.messages.len(), "message");
                self.show_end(&format!(
                    "deleted for good: {messages}, and all that came of them; the conversation ends here"
                ))?;
            }
        }
        Ok(())
    }

    /// Whether a text is a yes or no to what /delete has just shown, which is then nothing that is said to the companion. A yes deletes nothing: that
    /// is for good, and takes the whole command.
    pub(super) fn is_answered(&mut self, text: &str) -> bool {
        let word = text.trim_end_matches(['.', '!']).to_lowercase();
        let (is_no, is_yes) = (NO.contains(&word.as_str()), YES.contains(&word.as_str()));
        if self.deletable.is_none() || !(is_no || is_yes) {
            return false;
        }
        if is_no {
            self.deletable = None;
        }
        self.console.notice(if is_no {
            "nothing was deleted"
        } else {
            "write `/delete yes` to delete what was shown, or no"
        });
        true
    }

    fn head(&self) -> Result<Option<MessageId>, CompanionError> {
        Ok(self.companion.recent(1)?.last().map(|last| last.id))
    }

    /// Says what was done, and how to come to what was left by it.
    fn tell_left(&mut self, what: &str, left: Option<MessageId>) -> Result<(), CompanionError> {
        let aside = match left {
            Some(left) if !self.companion.is_on_path(left)? => {
                format!("; `/branch {}` goes to what was left, /branch lists all that is aside", left.0)
            }
            _ => String::new(),
        };
        self.console.notice(&format!("{what}{aside}"));
        Ok(())
    }

    /// Shows where the conversation ends now.
    fn show_end(&mut self, what: &str) -> Result<(), CompanionError> {
        self.show_recent()?;
        self.console.notice(what);
        Ok(())
    }

    fn show_recent(&mut self) -> Result<(), CompanionError> {
        self.last = None;
        // A place in the tree that was shown may be elsewhere now.
        self.deletable = None;
        for message in self.companion.recent(2)? {
            self.show(&message);
        }
        Ok(())
    }
}
