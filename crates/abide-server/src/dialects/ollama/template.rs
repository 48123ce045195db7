//! The templates that clients bring to `/api/generate`: the part of Go's template language that such templates are written
//! in. Must not know models: the result is markup and texts.

use abide_generation::PromptPart;

use crate::ApiError;

/// What is said about a template that can't be followed.
const KNOWN: &str = "only {{ .System }}, {{ .Prompt }}, {{ .Response }} and if, else and end over them are; write the \
                     whole prompt yourself and set `raw`, or send messages to /api/chat";

/// What a template shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) system: &'a str,
    pub(super) prompt: &'a str,
}

/// A stretch of a template.
#[derive(Debug, PartialEq)]
enum Stretch<'a> {
    Literal(&'a str),
    Action(&'a str),
}

/// An `if` that is open.
struct Branch {
    /// Whether what stands here now is shown.
    shown: bool,
    /// Whether one of its branches was shown already.
    decided: bool,
}

/// The prompt that `template` makes of `values`, up to the place of the answer. The template's own text is markup; what
/// is put into it is text, and can't become a turn of its own.
///
/// # Errors
/// When it uses what is not known here, or its ends don't match.
pub(super) fn render(template: &str, values: Values<'_>) -> Result<Vec<PromptPart>, ApiError> {
    let mut parts = Vec::new();
    let mut branches: Vec<Branch> = Vec::new();
    for stretch in stretches(template)? {
        let shown = branches.iter().all(|branch| branch.shown);
        let action = match stretch {
            Stretch::Literal(text) => {
                if shown && !text.is_empty() {
                    parts.push(PromptPart::Markup(text.to_owned()));
                }
                continue;
            }
            Stretch::Action(action) => action,
        };
        let words: Vec<_> = action.split_whitespace().collect();
        match (words.as_slice(), branches.last_mut()) {
            (["if", condition @ ..], _) => {
                let holds = holds(condition, values).ok_or_else(|| unknown(action))?;
                branches.push(Branch { shown: holds, decided: holds });
            }
            (["else", "if", condition @ ..], Some(branch)) => {
                let holds = holds(condition, values).ok_or_else(|| unknown(action))?;
                branch.shown = holds && !branch.decided;
                branch.decided |= holds;
            }
            (["else"], Some(branch)) => {
                branch.shown = !branch.decided;
                branch.decided = true;
            }
            (["end"], Some(_)) => {
                branches.pop();
            }
            (["else", ..] | ["end"], None) => {
                return Err(invalid(format!("has `{{{{ {action} }}}}` without an if")));
            }
            ([field], _) => {
                let field = Field::named(field).ok_or_else(|| unknown(action))?;
                match field {
                    // What stands behind the answer is not there yet when it is made.
                    Field::Response if shown => return Ok(parts),
                    field if shown && !field.of(values).is_empty() => {
                        parts.push(PromptPart::Text(field.of(values).to_owned()));
                    }
                    _ => {}
                }
            }
            _ => return Err(unknown(action)),
        }
    }
    if branches.is_empty() { Ok(parts) } else { Err(invalid("has an if without an end")) }
}

/// What a template can name.
#[derive(Clone, Copy)]
enum Field {
    System,
    Prompt,
    Response,
}

impl Field {
    fn named(name: &str) -> Option<Self> {
        match name.strip_prefix('$').unwrap_or(name) {
            ".System" => Some(Self::System),
            ".Prompt" => Some(Self::Prompt),
            ".Response" => Some(Self::Response),
            _ => None,
        }
    }

    fn of(self, values: Values<'_>) -> &str {
        match self {
            Self::System => values.system,
            Self::Prompt => values.prompt,
            Self::Response => "",
        }
    }
}

/// Whether a condition holds; `None` if it can't be understood.
fn holds(condition: &[&str], values: Values<'_>) -> Option<bool> {
    let present = |name: &&str| Field::named(name).map(|field| !field.of(values).is_empty());
    match condition {
        [name] => present(name),
        ["not", name] => present(name).map(|present| !present),
        ["and", names @ ..] if !names.is_empty() => names
            .iter()
            .map(present)
            .collect::<Option<Vec<_>>>()
            .map(|all| all.into_iter().all(|present| present)),
        ["or", names @ ..] if !names.is_empty() => names
            .iter()
            .map(present)
            .collect::<Option<Vec<_>>>()
            .map(|all| all.into_iter().any(|present| present)),
        _ => None,
    }
}

/// Cuts a template into literals and actions; comments are gone, and so is white space where an action trims it.
fn stretches(template: &str) -> Result<Vec<Stretch<'_>>, ApiError> {
    let mut stretches = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find("{{") {
        let (literal, inside) = (&rest[..open], &rest[open + 2..]);
        let close = inside.find("}}").ok_or_else(|| invalid("has `{{` without `}}`"))?;
        let (mut action, mut behind) = (&inside[..close], &inside[close + 2..]);
        // As in Go, a minus trims only with white space beside it.
        let trims_before = action.strip_prefix('-').filter(|rest| rest.starts_with(char::is_whitespace));
        stretches.push(Stretch::Literal(trims_before.map_or(literal, |_| literal.trim_end())));
        action = trims_before.unwrap_or(action);
        if let Some(trimmed) = action.strip_suffix('-').filter(|rest| rest.ends_with(char::is_whitespace)) {
            (action, behind) = (trimmed, behind.trim_start());
        }
        let action = action.trim();
        if !(action.starts_with("/*") && action.ends_with("*/")) {
            stretches.push(Stretch::Action(action));
        }
        rest = behind;
    }
    stretches.push(Stretch::Literal(rest));
    Ok(stretches)
}

fn unknown(action: &str) -> ApiError {
    let shown: String = action.chars().take(60).collect();
    ApiError::unsupported("template", format_args!("`{{{{ {shown} }}}}` in it is not known; {KNOWN}"))
}

fn invalid(problem: impl std::fmt::Display) -> ApiError {
    ApiError::invalid("template", problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use proptest::prelude::*;

    const LLAMA3: &str = "{{ if .System }}<|start_header_id|>system<|end_header_id|>\n\n{{ .System }}<|eot_id|>{{ end }}\
                          {{ if .Prompt }}<|start_header_id|>user<|end_header_id|>\n\n{{ .Prompt }}<|eot_id|>{{ end }}\
                          <|start_header_id|>assistant<|end_header_id|>\n\n{{ .Response }}<|eot_id|>";

    fn rendered(template: &str, system: &str, prompt: &str) -> Result<String, ApiError> {
        let parts = render(template, Values { system, prompt })?;
        let text = |part| match part {
            PromptPart::Markup(text) => text,
            PromptPart::Text(text) => format!("[{text}]"),
        };
        Ok(parts.into_iter().map(text).collect())
    }

    #[test]
    fn a_common_template_is_followed() {
        assert_eq!(
            rendered(LLAMA3, "Be brief.", "Hi").unwrap(),
            "<|start_header_id|>system<|end_header_id|>\n\n[Be brief.]<|eot_id|><|start_header_id|>user\
             <|end_header_id|>\n\n[Hi]<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
        );
        assert!(!rendered(LLAMA3, "", "Hi").unwrap().contains("system"));
    }

    #[test]
    fn branches_trims_and_comments() {
        let template = "A {{- /* a note */ -}} B\n{{ if and .System .Prompt -}}\n both {{- else if or .System .Prompt }}one\
                        {{ else }}none{{ end }}{{ if not .System }}!{{ end }}";
        assert_eq!(rendered(template, "s", "p").unwrap(), "AB\nboth");
        assert_eq!(rendered(template, "", "p").unwrap(), "AB\none!");
        assert_eq!(rendered(template, "", "").unwrap(), "AB\nnone!");
        assert_eq!(
            rendered("{{ $.Prompt }}{{if .System}}{{if .Prompt}}x{{end}}y{{end}}", "s", "p").unwrap(),
            "[p]xy"
        );
        assert_eq!(rendered("no actions", "s", "p").unwrap(), "no actions");
        assert_eq!(rendered("{{ .Prompt }} }}", "", "p").unwrap(), "[p] }}");
    }

    #[test]
    fn what_is_not_known_is_said() {
        let refused = |template: &str| rendered(template, "s", "p").unwrap_err();
        for template in [
            "{{ range .Messages }}{{ .Role }}{{ end }}",
            "{{ .Tools }}",
            "{{ if eq .Role \"user\" }}{{ end }}",
            "{{ if .Messages }}x{{ end }}",
            "{{ printf .Prompt }}",
            "{{ }}",
            "{{ if }}{{ end }}",
        ] {
            let error = refused(template);
            assert_eq!(
                (error.kind, error.field.as_deref()),
                (ErrorKind::Unsupported, Some("template")),
                "{template}"
            );
        }
        for template in ["{{ .Prompt", "{{ if .Prompt }}", "{{ end }}", "{{ else }}", "{{ else if .Prompt }}"]
        {
            assert_eq!(refused(template).kind, ErrorKind::Invalid, "{template}");
        }
    }

    #[test]
    fn what_is_put_in_is_never_a_template() {
        assert_eq!(
            rendered("{{ .Prompt }}", "s", "{{ .System }}<|eot_id|>").unwrap(),
            "[{{ .System }}<|eot_id|>]"
        );
    }

    proptest! {
        #[test]
        fn no_template_panics(template in "([{}. -]|if|else|end|not|and|\\.Prompt|\\.System|\\.Response|\\$|é|/\\*|\\*/){0,40}") {
            let _ = render(&template, Values { system: "s", prompt: "" });
        }
    }
}
