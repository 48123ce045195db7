//! Tells calls of tools from text while an answer is made. Must not know schemas: that arguments follow them is the
//! grammar's concern.
//!
//! Arguments are passed on as they come. What only looks like a call (no such tool, no JSON) is text, and nothing of it
//! is lost. White space around calls belongs to them. Calls in channels are announced by whoever reads the channels' headers, in whatever
//! way the model writes calls otherwise.

use abide_generation::ToolSyntax;

use super::CallRules;
use super::header::{self, Header};
use super::scanner::{Progress, Scanner};
use abide_generation::marks::{begun, blank_before};

/// Begins a call in [`ToolSyntax::Tagged`].
pub(super) const TAG_OPEN: &str = "<tool_call>";
/// Ends it.
pub(super) const TAG_CLOSE: &str = "</tool_call>";
/// Begins the calls in [`ToolSyntax::Listed`].
pub(super) const LIST_MARK: &str = "[TOOL_CALLS]";

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::answer) enum Part {
    /// Text.
    Text(String),
    /// A call of this tool begins.
    Call(String),
    /// The next part of the arguments of the last call.
    Arguments(String),
}

/// Reads one answer. However the answer is cut into pieces, what comes out in all is the same.
#[derive(Debug)]
pub(in crate::answer) struct Reader {
    rules: CallRules,
    place: Place,
    /// What was not passed on yet.
    held: String,
    calls: usize,
    /// Whether the last call was written to its end.
    complete: bool,
    /// Nothing but white space came since a call.
    after_call: bool,
}

#[derive(Debug)]
enum Place {
    /// In text, where calls may begin.
    Text,
    /// Where a call was announced by `mark`, with so many bytes of white space in front; its name and arguments are to come.
    Header { blank: usize, mark: &'static str },
    /// Behind the header of a channel that calls this tool, where its arguments begin.
    Announced(String),
    /// In the arguments. `bare`: they are all of the call, not a part of an object.
    Arguments { scanner: Scanner, bare: bool },
    /// Behind the arguments, where the call is closed.
    Closing,
    /// Where no call can begin any more.
    Rest,
}

/// What became of the end of an answer that was not passed on yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::answer) enum Rest {
    /// All of it that belongs to the answer was passed on.
    Given,
    /// It was the beginning of a call, cut off before it said which, and is gone.
    LeftOut,
}

/// Whether there is more to be read in what is held.
enum Step {
    Again,
    Wait,
}

impl Reader {
    /// For an answer under these rules.
    pub(in crate::answer) fn new(rules: CallRules) -> Self {
        Self { rules, place: Place::Text, held: String::new(), calls: 0, complete: true, after_call: false }
    }

    /// How many calls were begun.
    pub(in crate::answer) fn calls(&self) -> usize {
        self.calls
    }

    /// Whether the last call's arguments were written to their end.
    pub(in crate::answer) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether what comes now belongs to a call that was begun.
    pub(in crate::answer) fn is_in_call(&self) -> bool {
        matches!(self.place, Place::Announced(_) | Place::Arguments { .. } | Place::Closing)
    }

    /// Whether no text came since the last call.
    pub(in crate::answer) fn is_after_call(&self) -> bool {
        self.after_call
    }

    /// What comes next is for a function. What its header says begins with the function's name; where no tool is called so, or there may
    /// be no further call, it is text.
    pub(in crate::answer) fn announce(&mut self, header: &str, parts: &mut Vec<Part>) {
        // What came before it ends as an answer does.
        self.finish(false, parts);
        let is_named = |name: &&String| {
            let rest = header.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
        };
        let name = self.rules.names.iter().filter(is_named).max_by_key(|name| name.len());
        let name = name.filter(|_| self.calls == 0 || self.rules.parallel);
        self.place = name.map_or(Place::Text, |name| Place::Announced(name.clone()));
    }

    /// What was announced is over, be its arguments whole or not: what comes next is for the user.
    pub(in crate::answer) fn end_call(&mut self, parts: &mut Vec<Part>) {
        if self.is_in_call() {
            self.finish(false, parts);
            self.place = Place::Text;
        }
    }

    /// Takes a piece of the answer; adds the parts that are certain now to `parts`.
    pub(in crate::answer) fn push(&mut self, text: &str, parts: &mut Vec<Part>) {
        self.held.push_str(text);
        while let Step::Again = self.step(parts) {}
    }

    /// The answer is over. If it was cut off, the beginning of a call at its end goes with what was cut, be it a part of a mark
    /// or all up to the arguments; if the model ended it, it is text.
    pub(in crate::answer) fn finish(&mut self, cut_off: bool, parts: &mut Vec<Part>) -> Rest {
        let mut held = std::mem::take(&mut self.held);
        let whole = held.len();
        if cut_off {
            held.truncate(whole - self.call_begun(&held));
        }
        let mut left_out = held.len() < whole;
        match &self.place {
            Place::Text | Place::Header { .. } | Place::Rest => self.give(&held, parts),
            Place::Announced(_) if cut_off => left_out = true,
            Place::Announced(name) => {
                let name = name.clone();
                self.begin(name, parts);
                parts.push(Part::Arguments("{}".to_owned()));
                self.complete = true;
            }
            // What closes a call is no part of it; whether all of it came does not matter.
            Place::Arguments { .. } | Place::Closing => {}
        }
        if left_out { Rest::LeftOut } else { Rest::Given }
    }

    /// Bytes at the end of what was held that begin a call.
    fn call_begun(&self, held: &str) -> usize {
        match self.place {
            Place::Text => self.mark().map_or(0, |mark| begun(held, mark)),
            // Without a mark, an object may as well be an answer.
            Place::Header { mark: "", .. } if !header::is_begun(held) => 0,
            Place::Header { .. } => held.len(),
            Place::Rest | Place::Announced(_) | Place::Arguments { .. } | Place::Closing => 0,
        }
    }

    /// What announces a call in text, if anything does.
    fn mark(&self) -> Option<&'static str> {
        match self.rules.syntax {
            ToolSyntax::Tagged => Some(TAG_OPEN),
            ToolSyntax::Listed => Some(LIST_MARK),
            ToolSyntax::Bare | ToolSyntax::Channeled => None,
        }
    }

    fn step(&mut self, parts: &mut Vec<Part>) -> Step {
        match &mut self.place {
            Place::Text if self.calls > 0 && !self.rules.parallel => {
                self.place = Place::Rest;
                Step::Again
            }
            Place::Text if self.rules.syntax == ToolSyntax::Bare => self.step_bare(),
            Place::Text => self.step_text(parts),
            &mut Place::Header { blank, mark } => self.step_header(blank, mark, parts),
            Place::Announced(_) => self.step_announced(parts),
            Place::Arguments { scanner, bare } => {
                let bare = *bare;
                let (length, goes_on) = match scanner.push(&self.held) {
                    Progress::Within => (self.held.len(), true),
                    Progress::EndsAt(end) => {
                        self.complete = true;
                        (end, false)
                    }
                    Progress::BrokenAt(end) => (end, false),
                };
                let arguments = self.take(length);
                if !arguments.is_empty() {
                    parts.push(Part::Arguments(arguments));
                }
                if goes_on {
                    return Step::Wait;
                }
                self.place = if bare { Place::Text } else { Place::Closing };
                Step::Again
            }
            Place::Closing => self.step_closing(),
            Place::Rest => {
                let rest = std::mem::take(&mut self.held);
                self.give(&rest, parts);
                Step::Wait
            }
        }
    }

    fn step_text(&mut self, parts: &mut Vec<Part>) -> Step {
        let mark = self.mark().unwrap_or_default();
        let found = self.held.find(mark).filter(|_| !mark.is_empty());
        let before_mark = found.unwrap_or_else(|| self.held.len() - begun(&self.held, mark));
        let blank = blank_before(&self.held, before_mark);
        let certain = self.take(before_mark - blank);
        self.give(&certain, parts);
        if found.is_none() {
            return Step::Wait;
        }
        self.place = Place::Header { blank, mark };
        Step::Again
    }

    /// A bare call is the whole answer: it begins where the answer begins, or not at all.
    fn step_bare(&mut self) -> Step {
        self.place = match self.held.trim_start().chars().next() {
            None => return Step::Wait,
            Some('{') if self.calls == 0 => Place::Header { blank: 0, mark: "" },
            Some(_) => Place::Rest,
        };
        Step::Again
    }

    fn step_header(&mut self, blank: usize, mark: &'static str, parts: &mut Vec<Part>) -> Step {
        let mut from = blank + mark.len();
        if mark == LIST_MARK {
            // The list itself is opened behind its mark.
            let rest = self.held[from..].trim_start();
            match rest.chars().next() {
                None => return Step::Wait,
                Some('[') => from = self.held.len() - rest.len() + 1,
                Some(_) => return self.no_call(blank, parts),
            }
        }
        let known = |name: &String| self.rules.names.contains(name);
        match header::read(&self.held[from..]) {
            Header::Incomplete => Step::Wait,
            Header::Call { name, arguments } if known(&name) => {
                self.held.drain(..from + arguments);
                self.begin(name, parts);
                self.place = Place::Arguments { scanner: Scanner::default(), bare: false };
                self.complete = false;
                Step::Again
            }
            Header::Whole { name, arguments, end } if known(&name) => {
                // Up to the brace that closes it, which is read like any other.
                self.held.drain(..from + end - 1);
                self.begin(name, parts);
                parts.push(Part::Arguments(arguments));
                (self.place, self.complete) = (Place::Closing, true);
                Step::Again
            }
            Header::Call { .. } | Header::Whole { .. } | Header::Other => self.no_call(blank, parts),
        }
    }

    /// The arguments of a call whose tool is known, or text where they should be.
    fn step_announced(&mut self, parts: &mut Vec<Part>) -> Step {
        let arguments = self.held.trim_start();
        if arguments.is_empty() {
            return Step::Wait;
        }
        let blank = self.held.len() - arguments.len();
        let is_object = arguments.starts_with('{');
        if let Place::Announced(name) = std::mem::replace(&mut self.place, Place::Text)
            && is_object
        {
            self.held.drain(..blank);
            self.begin(name, parts);
            self.place = Place::Arguments { scanner: Scanner::default(), bare: true };
            self.complete = false;
        }
        Step::Again
    }

    /// What was announced is none: it is text, and a later mark may announce one.
    fn no_call(&mut self, blank: usize, parts: &mut Vec<Part>) -> Step {
        self.place = if self.rules.syntax == ToolSyntax::Bare { Place::Rest } else { Place::Text };
        let first = self.held[blank..].chars().next().map_or(0, char::len_utf8);
        let first = self.take(blank + first);
        self.give(&first, parts);
        Step::Again
    }

    /// The brace that closes the call, and what ends it or leads to the next. What is left out there is not missed.
    fn step_closing(&mut self) -> Step {
        let rest = self.held.trim_start();
        let rest = rest.strip_prefix('}').unwrap_or(rest).trim_start();
        if rest.is_empty() {
            return Step::Wait;
        }
        let (left, place) = match self.rules.syntax {
            ToolSyntax::Tagged if rest.len() < TAG_CLOSE.len() && TAG_CLOSE.starts_with(rest) => {
                return Step::Wait;
            }
            ToolSyntax::Tagged => (rest.strip_prefix(TAG_CLOSE).unwrap_or(rest), Place::Text),
            ToolSyntax::Listed if rest.starts_with(',') && self.rules.parallel => {
                (rest, Place::Header { blank: 0, mark: "," })
            }
            ToolSyntax::Listed => (rest.strip_prefix(']').unwrap_or(rest), Place::Text),
            ToolSyntax::Bare | ToolSyntax::Channeled => (rest, Place::Text),
        };
        self.held.drain(..self.held.len() - left.len());
        self.place = place;
        Step::Again
    }

    fn begin(&mut self, name: String, parts: &mut Vec<Part>) {
        self.calls += 1;
        self.after_call = true;
        parts.push(Part::Call(name));
    }

    /// Text. White space that follows a call is left out.
    fn give(&mut self, text: &str, parts: &mut Vec<Part>) {
        let text = if self.after_call { text.trim_start() } else { text };
        if !text.is_empty() {
            self.after_call = false;
            parts.push(Part::Text(text.to_owned()));
        }
    }

    fn take(&mut self, length: usize) -> String {
        let rest = self.held.split_off(length);
        std::mem::replace(&mut self.held, rest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use abide_generation::scripted::pieces;

    fn rules(syntax: ToolSyntax) -> CallRules {
        CallRules { syntax, names: vec!["f".to_owned(), "g".to_owned()], parallel: true }
    }

    /// What comes of these pieces: texts as they are, calls as `name(arguments)`.
    fn read_under<'a>(
        rules: CallRules,
        pieces: impl IntoIterator<Item = &'a str>,
        cut_off: bool,
    ) -> Vec<String> {
        let mut reader = Reader::new(rules);
        let mut parts = Vec::new();
        for piece in pieces {
            reader.push(piece, &mut parts);
        }
        reader.finish(cut_off, &mut parts);
        joined(parts)
    }

    /// Texts as they are, calls as `name:arguments`.
    fn joined(parts: Vec<Part>) -> Vec<String> {
        let (mut read, mut text_last) = (Vec::<String>::new(), false);
        for part in parts {
            match part {
                Part::Text(text) if text_last => read.last_mut().unwrap().push_str(&text),
                Part::Text(text) => read.push(text),
                Part::Call(name) => {
                    text_last = false;
                    read.push(format!("{name}:"));
                    continue;
                }
                Part::Arguments(arguments) => {
                    read.last_mut().expect("a call came first").push_str(&arguments);
                    continue;
                }
            }
            text_last = true;
        }
        read
    }

    fn read(syntax: ToolSyntax, answer: &str) -> Vec<String> {
        let whole = read_under(rules(syntax), [answer], false);
        let characters = answer.char_indices().map(|(at, character)| &answer[at..at + character.len_utf8()]);
        assert_eq!(read_under(rules(syntax), characters, false), whole, "character by character: {answer}");
        whole
    }

    #[test]
    fn tagged_calls_are_read() {
        let cases: &[(&str, &[&str])] = &[
            ("hello\n", &["hello\n"]),
            ("", &[]),
            (
                "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": \"}\"}}\n</tool_call>",
                &["f:{\"a\": \"}\"}"],
            ),
            (
                "Let me see.\n\n<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"g\",\
                 \"arguments\":{\"b\":[1]}}</tool_call>\n",
                &["Let me see.", "f:{}", "g:{\"b\":[1]}"],
            ),
            ("<tool_call>{\"arguments\":{\"a\":1},\"name\":\"f\"}</tool_call>", &["f:{\"a\":1}"]),
            ("<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call> done", &["f:{}", "done"]),
            // What only looks like a call is text.
            (
                "a <tool_call>{\"name\":\"h\",\"arguments\":{}}</tool_call>",
                &["a <tool_call>{\"name\":\"h\",\"arguments\":{}}</tool_call>"],
            ),
            ("<tool_call>\nnonsense</tool_call>", &["<tool_call>\nnonsense</tool_call>"]),
            ("<tool_call><tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>", &["<tool_call>", "f:{}"]),
            ("a < b and <tool", &["a < b and <tool"]),
            // What is not closed as it should be.
            ("<tool_call>{\"name\":\"f\",\"arguments\":{}", &["f:{}"]),
            ("<tool_call>{\"name\":\"f\",\"arguments\":{\"a\":1</tool_call>x", &["f:{\"a\":1", "x"]),
            (
                "<tool_call>{\"name\":\"f\",\"arguments\":{}, \"x\": 1}</tool_call>",
                &["f:{}", ", \"x\": 1}</tool_call>"],
            ),
            ("<tool_call>{\"name\":\"f\", \"argu", &["<tool_call>{\"name\":\"f\", \"argu"]),
        ];
        for (answer, expected) in cases {
            assert_eq!(&read(ToolSyntax::Tagged, answer), expected, "{answer}");
        }
    }

    #[test]
    fn listed_calls_are_read() {
        let two = "[TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {\"a\": 1}}, {\"name\": \"g\", \"arguments\": {}}]";
        assert_eq!(read(ToolSyntax::Listed, two), ["f:{\"a\": 1}", "g:{}"]);
        let after_text = "hm [1] [TOOL_CALLS][{\"name\": \"f\", \"arguments\": {}}]";
        assert_eq!(read(ToolSyntax::Listed, after_text), ["hm [1]", "f:{}"]);
        assert_eq!(read(ToolSyntax::Listed, "[TOOL_CALLS]hello"), ["[TOOL_CALLS]hello"]);
        let second_unknown = "[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {}}, {\"name\": \"h\"}]";
        assert_eq!(read(ToolSyntax::Listed, second_unknown), ["f:{}", ", {\"name\": \"h\"}]"]);
    }

    #[test]
    fn bare_calls_are_read() {
        let call = "\n{\"name\": \"f\", \"parameters\": {\"a\": {\"b\": 1}}}\n";
        assert_eq!(read(ToolSyntax::Bare, call), ["f:{\"a\": {\"b\": 1}}"]);
        assert_eq!(read(ToolSyntax::Bare, "{\"a\": 1}"), ["{\"a\": 1}"]);
        assert_eq!(read(ToolSyntax::Bare, " say {\"name\": \"f\"}"), [" say {\"name\": \"f\"}"]);
        assert_eq!(read(ToolSyntax::Bare, "{\"name\": \"f\", \"parameters\": {}} x"), ["f:{}", "x"]);
        assert_eq!(
            read(ToolSyntax::Bare, "{\"name\": \"h\", \"parameters\": {}}"),
            ["{\"name\": \"h\", \"parameters\": {}}"]
        );
        assert_eq!(read(ToolSyntax::Bare, "  "), ["  "]);
    }

    /// What comes of messages, those for functions behind what their headers say.
    fn read_messages(rules: CallRules, messages: &[(Option<&str>, &str)], cut_off: bool) -> Vec<String> {
        let mut reader = Reader::new(rules);
        let mut parts = Vec::new();
        for (header, text) in messages {
            match header {
                Some(header) => reader.announce(header, &mut parts),
                None => reader.end_call(&mut parts),
            }
            text.chars().for_each(|letter| reader.push(&letter.to_string(), &mut parts));
        }
        reader.finish(cut_off, &mut parts);
        joined(parts)
    }

    #[test]
    fn calls_in_channels_are_read() {
        for syntax in [ToolSyntax::Channeled, ToolSyntax::Tagged] {
            let read = |messages: &[(Option<&str>, &str)]| read_messages(rules(syntax), messages, false);
            let call = (Some("f"), "{\"a\": \"}\"}");
            assert_eq!(read(&[(None, "I look."), call]), ["I look.", "f:{\"a\": \"}\"}"]);
            assert_eq!(read(&[call, (None, " So.")]), ["f:{\"a\": \"}\"}", "So."]);
            assert_eq!(read(&[call, (Some("g json"), "\n{}")]), ["f:{\"a\": \"}\"}", "g:{}"]);
            assert_eq!(read(&[(Some("g"), ""), (Some("g"), " ")]), ["g:{}", "g:{}"]);
            // No such tool, and no arguments.
            assert_eq!(read(&[(Some("h"), "{}")]), ["{}"]);
            assert_eq!(read(&[(Some("fg"), "{}")]), ["{}"]);
            assert_eq!(read(&[(Some("f"), "hm")]), ["hm"]);
            // Broken off, but the answer goes on.
            let broken =
                [(Some("f"), "{\"a\": \"b"), (None, "So."), (Some("g"), "{\"c\": [1"), (Some("g"), "{}")];
            assert_eq!(read(&broken), ["f:{\"a\": \"b", "So.", "g:{\"c\": [1", "g:{}"]);
        }
        let single = CallRules { parallel: false, ..rules(ToolSyntax::Channeled) };
        let two = [(Some("f"), "{}"), (Some("g"), "{\"a\":1}")];
        assert_eq!(read_messages(single, &two, false), ["f:{}", "{\"a\":1}"]);
        assert_eq!(
            read_messages(rules(ToolSyntax::Channeled), &[(None, "hm"), (Some("f"), "")], true),
            ["hm"]
        );
    }

    #[test]
    fn one_call_is_enough_where_several_are_not_wanted() {
        let call = "<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>";
        let answer = [call, call].join("\n");
        let rules = CallRules { parallel: false, ..rules(ToolSyntax::Tagged) };
        assert_eq!(read_under(rules, [answer.as_str()], false), ["f:{}", call]);
    }

    #[test]
    fn half_a_mark_goes_with_what_is_cut_off() {
        assert_eq!(read_under(rules(ToolSyntax::Tagged), ["so <tool_c"], true), ["so "]);
        assert_eq!(read_under(rules(ToolSyntax::Bare), ["so {"], true), ["so {"]);
    }

    #[test]
    fn the_beginning_of_a_call_goes_with_what_is_cut_off() {
        let tagged: &[(&str, &[&str])] = &[
            ("<tool_call>\n", &[]),
            ("<tool_call>\n{\"name\": \"f\",", &[]),
            ("hm\n<tool_call>{\"argum", &["hm"]),
            (
                "<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>\n<tool_call>\n{\"name\": \"g\"",
                &["f:{}"],
            ),
            ("<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>\n<tool_", &["f:{}"]),
        ];
        let listed: &[(&str, &[&str])] = &[
            ("[TOOL_CALLS]", &[]),
            ("[TOOL_CALLS] [{\"name\": \"f", &[]),
            ("[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {}}, {\"name\": \"g\", ", &["f:{}"]),
        ];
        let bare: &[(&str, &[&str])] = &[
            ("{", &[]),
            ("{\"name\": \"f\", \"param", &[]),
            ("{\"answer\": 42, \"na", &["{\"answer\": 42, \"na"]),
            ("{\"name\": \"f\", \"age\": 3", &["{\"name\": \"f\", \"age\": 3"]),
        ];
        for (syntax, cases) in
            [(ToolSyntax::Tagged, tagged), (ToolSyntax::Listed, listed), (ToolSyntax::Bare, bare)]
        {
            for (answer, expected) in cases {
                assert_eq!(&read_under(rules(syntax), [*answer], true), expected, "{answer}");
            }
        }
    }

    #[test]
    fn arguments_come_as_they_are_written() {
        let mut reader = Reader::new(rules(ToolSyntax::Tagged));
        let mut parts = Vec::new();
        reader.push("<tool_call>{\"name\": \"f\", \"arguments\": {", &mut parts);
        assert_eq!(parts.split_off(0), [Part::Call("f".to_owned()), Part::Arguments("{".to_owned())]);
        reader.push("\"a", &mut parts);
        assert_eq!(parts.split_off(0), [Part::Arguments("\"a".to_owned())]);
        assert!(reader.is_in_call() && !reader.is_complete());
        reader.push("\": 1}", &mut parts);
        assert_eq!(parts.split_off(0), [Part::Arguments("\": 1}".to_owned())]);
        assert!(reader.is_complete());
        assert_eq!(reader.calls(), 1);
    }

    proptest! {
        #[test]
        fn how_an_answer_is_cut_into_pieces_changes_nothing(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "<tool_call>", "</tool_call>", "[TOOL_CALLS]", "[", "]", ", ", "<", "}", " ", "\n", "é", "hi",
                    "{\"name\": \"f\", \"arguments\": ", "{\"name\": \"h\", \"parameters\": ", "{\"a\": \"<\\\"\"}",
                    "{\"arguments\": {}, \"name\": \"g\"", "{}",
                ]),
                0..14,
            ),
            cuts in prop::collection::vec(any::<usize>(), 0..14),
            syntax in prop::sample::select(vec![ToolSyntax::Tagged, ToolSyntax::Listed, ToolSyntax::Bare]),
            parallel in any::<bool>(),
            cut_off in any::<bool>(),
        ) {
            let answer = parts.concat();
            let rules = CallRules { parallel, ..rules(syntax) };
            let whole = read_under(rules.clone(), [answer.as_str()], cut_off);
            prop_assert_eq!(read_under(rules, pieces(&answer, &cuts), cut_off), whole);
        }
    }
}
