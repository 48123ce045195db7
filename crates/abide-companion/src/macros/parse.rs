//! Takes a text with macros apart. Must not know what any macro means.

use super::NESTING_MAX;

/// A text in pieces.
#[derive(Debug, Clone, Default)]
pub(super) struct Text<'a> {
    pub(super) nodes: Vec<Node<'a>>,
}

/// A piece of a text.
#[derive(Debug, Clone)]
pub(super) enum Node<'a> {
    /// As it stands.
    Plain(&'a str),
    /// `<USER>`, `<BOT>` or `<CHAR>`, in any case.
    Tag(&'a str),
    /// `{{…}}`.
    Macro {
        /// Bytes before it in the whole text.
        offset: usize,
        /// What stands between the braces.
        inner: Text<'a>,
        /// With the braces.
        whole: &'a str,
    },
}

const TAGS: [&str; 3] = ["<user>", "<bot>", "<char>"];

/// Takes a text apart, each byte looked at a few times at most. Braces that are never closed are plain text.
pub(super) fn parse(text: &str) -> Text<'_> {
    let closers = match_braces(text);
    parse_range(text, 0, text.len(), &closers, 0)
}

/// For each `{{` that a macro begins with, where its `}}` stands; in ascending order of the first.
fn match_braces(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    let mut at = 0;
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"{{" => {
                // Of `{{{`, the last two open: `{{{char}}}` is a name in braces.
                let run = bytes[at..].iter().take_while(|&&byte| byte == b'{').count();
                let first = at + run % 2;
                (0..run / 2).for_each(|pair| open.push(first + pair * 2));
                at += run;
            }
            b"}}" if !open.is_empty() => {
                pairs.push((open.pop().expect("it is not empty"), at));
                at += 2;
            }
            _ => at += 1,
        }
    }
    pairs.sort_unstable();
    pairs
}

fn parse_range<'a>(
    text: &'a str,
    start: usize,
    end: usize,
    pairs: &[(usize, usize)],
    depth: usize,
) -> Text<'a> {
    let mut nodes = Vec::new();
    let mut at = start;
    let mut next = pairs.partition_point(|pair| pair.0 < start);
    while let Some(&(open, close)) = pairs.get(next).filter(|pair| pair.1 + 2 <= end && depth < NESTING_MAX) {
        push_plain(&text[at..open], &mut nodes);
        let inner = parse_range(text, open + 2, close, pairs, depth + 1);
        nodes.push(Node::Macro { offset: open, inner, whole: &text[open..close + 2] });
        at = close + 2;
        next += pairs[next..].partition_point(|pair| pair.0 < at);
    }
    push_plain(&text[at..end], &mut nodes);
    Text { nodes }
}

/// Adds plain text, tags taken out of it.
fn push_plain<'a>(text: &'a str, nodes: &mut Vec<Node<'a>>) {
    let mut rest = text;
    let mut from = 0;
    while let Some(found) = rest[from..].find('<') {
        let at = from + found;
        let tag = TAGS
            .iter()
            .find(|tag| rest.get(at..at + tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag)));
        match tag {
            Some(tag) => {
                if at > 0 {
                    nodes.push(Node::Plain(&rest[..at]));
                }
                nodes.push(Node::Tag(&rest[at..at + tag.len()]));
                rest = &rest[at + tag.len()..];
                from = 0;
            }
            None => from = at + 1,
        }
    }
    if !rest.is_empty() {
        nodes.push(Node::Plain(rest));
    }
}

impl<'a> Text<'a> {
    /// The text without the first bytes of its first piece, which must be plain.
    pub(super) fn after(&self, bytes: usize) -> Text<'a> {
        let mut nodes = self.nodes.clone();
        if let Some(Node::Plain(plain)) = nodes.first_mut() {
            *plain = &plain[bytes..];
        }
        Text { nodes }
    }

    /// The choices that a list holds: between `::` if it begins with a colon and has them (`{{random::a::b}}`), else between
    /// commas without a backslash before them. Spaces around a choice are left out.
    pub(super) fn choices(&self) -> Vec<Text<'a>> {
        let doubled = matches!(self.nodes.first(), Some(Node::Plain(first)) if first.starts_with(':'));
        let list = if doubled { self.after(1) } else { self.clone() };
        let plain = |node: &Node<'_>| matches!(node, Node::Plain(plain) if plain.contains("::"));
        let by_colons = doubled && list.nodes.iter().any(plain);
        let mut choices = vec![Text::default()];
        for node in list.nodes {
            let Node::Plain(plain) = node else {
                choices.last_mut().expect("there is one").nodes.push(node);
                continue;
            };
            for (index, part) in split(plain, by_colons).into_iter().enumerate() {
                if index > 0 {
                    choices.push(Text::default());
                }
                choices.last_mut().expect("there is one").nodes.push(Node::Plain(part));
            }
        }
        choices.iter_mut().for_each(Text::trim);
        choices
    }

    fn trim(&mut self) {
        if let Some(Node::Plain(first)) = self.nodes.first_mut() {
            *first = first.trim_start();
        }
        if let Some(Node::Plain(last)) = self.nodes.last_mut() {
            *last = last.trim_end();
        }
    }
}

fn split(text: &str, by_colons: bool) -> Vec<&str> {
    if by_colons {
        return text.split("::").collect();
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(',') {
        if !text[..at].ends_with('\\') {
            parts.push(&text[start..at]);
            start = at + 1;
        }
    }
    parts.push(&text[start..]);
    parts
}
