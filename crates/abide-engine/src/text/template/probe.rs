//! Learns about a template by trying it on small conversations. Must not know whose template it is.

use abide_generation::{Chat, Message, Role, ThoughtControl};

use super::{
    ChatTemplate, End, Rendered, TemplateError, probe_tools,
    style::{ContentForm, MessageStyle, SystemPlace},
};

/// Contents that no template has a reason to change.
const SYSTEM: &str = "Probing instructions stand here.";
const USER: &str = "A probing question stands here.";
const ASSISTANT: &str = "A probing answer stands here.";
const AGAIN: &str = "Another probing question stands here.";
const LATE: &str = "Late probing instructions stand here.";

/// What trying showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// How the template wants its messages.
    pub style: MessageStyle,
    /// Whether system messages may stand anywhere.
    pub late_system: bool,
    /// What is wrong with it, in sentences.
    pub problems: Vec<String>,
    /// What it lets one choose about thoughts.
    pub thought_control: ThoughtControl,
    /// The special token that ends an answer.
    pub end_of_turn: Option<String>,
    /// What looks like special tokens in its markup, each once.
    pub markup: Vec<String>,
}

/// Tries `template`; finds nothing if there is none.
pub(super) fn probe(template: &ChatTemplate) -> Findings {
    let mut findings = Findings::default();
    if !template.exists() {
        return findings;
    }
    let rendered = match find_content_form(template) {
        Ok((form, rendered)) => {
            findings.style.content = form;
            rendered
        }
        Err(problem) => {
            findings.problems.push(problem);
            return findings;
        }
    };
    note_markup(&mut findings.markup, rendered.text());
    findings.style.system = find_system_place(template, findings.style);
    let history =
        [message(Role::User, USER), message(Role::Assistant, ASSISTANT), message(Role::User, AGAIN)];
    match try_render(template, &history, End::Opened, findings.style) {
        Err(error) => {
            findings.problems.push(format!("the chat template fails on a short conversation: {error}"));
        }
        Ok(rendered) => {
            note_markup(&mut findings.markup, rendered.text());
            if !rendered.text().contains(ASSISTANT) {
                findings.problems.push("the chat template leaves out earlier answers".to_owned());
            }
        }
    }
    findings.late_system = takes_late_system(template, findings.style);
    findings.thought_control = find_thought_control(template, findings.style);
    findings.end_of_turn = find_end_of_turn(template, findings.style);
    findings.style.tools = probe_tools::find_tool_style(template, findings.style);
    findings
}

/// What makes another prompt of the same conversation.
fn find_thought_control(template: &ChatTemplate, style: MessageStyle) -> ThoughtControl {
    let chat = Chat::from(vec![message(Role::User, USER)]);
    let render = |chat: Chat| template.render_as(&chat, End::Opened, None, style).ok();
    let thinking = |thinking| render(Chat { thinking: Some(thinking), ..chat.clone() });
    let level = |level: &str| {
        let variables = [("reasoning_effort".to_owned(), level.into())].into_iter().collect();
        render(Chat { variables, ..chat.clone() })
    };
    let differ = |one: Option<Rendered>, other: Option<Rendered>| {
        one.zip(other).is_some_and(|(one, other)| one.text() != other.text())
    };
    ThoughtControl {
        switch: differ(thinking(true), thinking(false)),
        levels: differ(level("low"), level("high")),
    }
}

fn try_render(
    template: &ChatTemplate,
    messages: &[Message],
    end: End,
    style: MessageStyle,
) -> Result<Rendered, TemplateError> {
    template.render_as(&Chat::from(messages.to_vec()), end, None, style)
}

fn message(role: Role, content: &str) -> Message {
    Message::new(role, content)
}

/// The form of contents in which the user's text comes through, and what was rendered.
fn find_content_form(template: &ChatTemplate) -> Result<(ContentForm, Rendered), String> {
    let try_form = |form: ContentForm| {
        let style = MessageStyle { content: form, ..MessageStyle::default() };
        try_render(template, &[message(Role::User, USER)], End::Opened, style)
    };
    let as_text = try_form(ContentForm::Text);
    match as_text {
        Ok(rendered) if rendered.text().contains(USER) => return Ok((ContentForm::Text, rendered)),
        Err(TemplateError::TooSlow { .. }) => {}
        _ => match try_form(ContentForm::Parts) {
            Ok(rendered) if rendered.text().contains(USER) => return Ok((ContentForm::Parts, rendered)),
            _ => {}
        },
    }
    Err(match as_text {
        Ok(_) => "the chat template leaves out the user's message; give another one".to_owned(),
        Err(error) => format!("the chat template fails on a single message: {error}"),
    })
}

fn find_system_place(template: &ChatTemplate, style: MessageStyle) -> SystemPlace {
    let messages = [message(Role::System, SYSTEM), message(Role::User, USER)];
    let shows_both = |system: SystemPlace| {
        let rendered = try_render(template, &messages, End::Opened, MessageStyle { system, ..style });
        rendered.is_ok_and(|rendered| rendered.text().contains(SYSTEM) && rendered.text().contains(USER))
    };
    if !shows_both(SystemPlace::Own) && shows_both(SystemPlace::FirstUserMessage) {
        SystemPlace::FirstUserMessage
    } else {
        SystemPlace::Own
    }
}

/// Whether a second system message is shown in its place, among turns and before the first.
fn takes_late_system(template: &ChatTemplate, style: MessageStyle) -> bool {
    let late = message(Role::System, LATE);
    let first = [message(Role::System, SYSTEM), late.clone(), message(Role::User, USER)];
    let among = [
        message(Role::System, SYSTEM),
        message(Role::User, USER),
        message(Role::Assistant, ASSISTANT),
        late,
        message(Role::User, AGAIN),
    ];
    style.system == SystemPlace::Own
        && [&first[..], &among[..]].into_iter().all(|messages| {
            let rendered = try_render(template, messages, End::Opened, style);
            rendered.is_ok_and(|rendered| are_in_order(rendered.text(), messages))
        })
}

fn are_in_order(text: &str, messages: &[Message]) -> bool {
    let places: Option<Vec<usize>> = messages.iter().map(|message| text.find(&message.content)).collect();
    places.is_some_and(|places| places.is_sorted())
}

/// The first special token after an answer that ends a conversation; else, the first one between an
/// answer and the next question that does not open the question.
fn find_end_of_turn(template: &ChatTemplate, style: MessageStyle) -> Option<String> {
    let messages =
        [message(Role::User, USER), message(Role::Assistant, ASSISTANT), message(Role::User, AGAIN)];
    let last = try_render(template, &messages[..2], End::Closed, style).ok();
    let after_last = last.as_ref().and_then(|rendered| rendered.text().split_once(ASSISTANT));
    if let Some(end) = after_last.and_then(|(_, tail)| template.special.first_in(tail)) {
        return Some(end.to_owned());
    }
    let rendered = try_render(template, &messages, End::Closed, style).ok()?;
    let (before, rest) = rendered.text().split_once(USER)?;
    let between = rest.split_once(ASSISTANT)?.1.split_once(AGAIN)?.0;
    let pairs = before.chars().rev().zip(between.chars().rev());
    let opening: usize = pairs.take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum();
    template.special.first_in(&between[..between.len() - opening]).map(str::to_owned)
}

/// Adds to `found` what is written like a special token in `text`: `<|…|>`, `<｜…｜>`, `<…_of_turn>`.
fn note_markup(found: &mut Vec<String>, text: &str) {
    for (start, _) in text.match_indices('<') {
        let rest = &text[start..];
        let Some(end) = rest.find('>') else { return };
        let candidate = &rest[..=end];
        let inside = &candidate[1..end];
        let barred =
            |bar: char| inside.len() > 2 * bar.len_utf8() && inside.starts_with(bar) && inside.ends_with(bar);
        let is_markup = barred('|') || barred('｜') || inside.ends_with("_of_turn");
        let is_one = !inside.contains(['<', '\n', ' ']);
        if is_markup && is_one && !found.iter().any(|text| text == candidate) {
            found.push(candidate.to_owned());
        }
    }
}
