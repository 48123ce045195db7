//! How a template wants its messages, as far as templates differ. Must not know how that is found out.

use abide_generation::ToolSyntax;

/// How a template wants its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct MessageStyle {
    pub content: ContentForm,
    pub system: SystemPlace,
    pub tools: ToolStyle,
}

/// How contents are handed to a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ContentForm {
    /// As a text.
    #[default]
    Text,
    /// As a list of parts, `[{"type": "text", "text": …}]`.
    Parts,
}

/// What becomes of a system message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum SystemPlace {
    /// It is a message of its own.
    #[default]
    Own,
    /// It is put in front of the first user message: the template has no place for it.
    FirstUserMessage,
}

/// What a template does about tools, and what is done in its place. By default the template knows none: they are
/// described in the system message, calls are part of the answers' texts, and results are said by the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ToolStyle {
    /// How the model writes calls.
    pub syntax: ToolSyntax,
    /// Whether the template describes tools by itself.
    pub describes: bool,
    /// How earlier calls are handed over.
    pub calls: CallForm,
    /// How results are handed over.
    pub results: ResultForm,
    /// How calls are named.
    pub ids: IdForm,
    /// Whether an answer may have several calls.
    pub several_calls: bool,
}

impl Default for ToolStyle {
    fn default() -> Self {
        Self {
            syntax: ToolSyntax::Tagged,
            describes: false,
            calls: CallForm::Content,
            results: ResultForm::User,
            ids: IdForm::Given,
            several_calls: true,
        }
    }
}

/// How earlier calls are handed to a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallForm {
    /// Written into the answer's content.
    Content,
    /// As `tool_calls` whose arguments are an object.
    Object,
    /// As `tool_calls` whose arguments are a text of JSON.
    Json,
}

/// How results of tools are handed to a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResultForm {
    /// In a message of the role `user`.
    User,
    /// In messages of the role `tool`.
    Tool,
}

/// How calls are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdForm {
    /// As the conversation has it.
    Given,
    /// By nine letters and digits, on which some templates insist.
    NineCharacters,
}
