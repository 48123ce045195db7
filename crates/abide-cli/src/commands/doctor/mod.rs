//! `abide doctor`: is all well, and if not, what helps?

mod checks;

use clap::Args;
use serde::Serialize;

use crate::failure::{self, Exit, Failure};
use crate::library::{self, Library};
use crate::output::{Console, Style};
use crate::settings::Settings;

/// Find out what is wrong, and what helps
///
/// Looks at the processor and its kernels, memory, devices, folders and free space, at what fetches models, and at each
/// model on disk: whether its files still have their checksums. Every problem comes with its cure. The exit status is 0
/// if all is well and 1 if not; warnings alone are well.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide doctor
  abide doctor --quick
  abide doctor --json")]
pub struct DoctorArguments {
    /// Don't read the models on disk to check their checksums
    #[arg(long)]
    pub quick: bool,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    /// What was checked.
    topic: String,
    state: State,
    /// What was found.
    detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cure: Option<String>,
}

/// How well it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Well,
    /// Something will not work, or not well, that not everybody needs.
    Warning,
    Problem,
}

impl Finding {
    fn well(topic: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { topic: topic.into(), state: State::Well, detail: detail.into(), cure: None }
    }

    fn warning(topic: impl Into<String>, detail: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { state: State::Warning, cure: Some(cure.into()), ..Self::well(topic, detail) }
    }

    fn of_failure(topic: impl Into<String>, failure: &Failure) -> Self {
        let cure = failure.cure().map(str::to_owned);
        Self { state: State::Problem, cure, ..Self::well(topic, failure.to_string()) }
    }

    fn problem(topic: impl Into<String>, detail: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { state: State::Problem, cure: Some(cure.into()), ..Self::well(topic, detail) }
    }
}

/// Checks all and tells.
///
/// # Errors
/// When stdout fails; what the checks find is no error.
pub fn execute(
    arguments: &DoctorArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let mut findings = vec![Finding::well("abide", format!("version {}", env!("CARGO_PKG_VERSION")))];
    findings.extend(checks::machine(settings));
    findings.extend(checks::devices());
    findings.extend(checks::environment(settings));
    match Library::open(settings) {
        Ok(library) => {
            findings.extend(checks::space(&library, settings));
            findings.extend(checks::python());
            findings.extend(checks::models(&library, arguments.quick, console));
        }
        // Said above already.
        Err(_) if library::not_a_folder(&settings.home).is_some() => {}
        Err(error) => findings.push(Finding {
            state: State::Problem,
            cure: failure::cure_of(&error).map(str::to_owned),
            ..Finding::well("files", failure::messages(&error).join(": "))
        }),
    }
    if arguments.json {
        console.json(&findings)?;
    } else {
        print(&findings, console)?;
    }
    let well = findings.iter().all(|finding| finding.state != State::Problem);
    Ok(if well { Exit::Success } else { Exit::Failure })
}

fn print(findings: &[Finding], console: &mut Console) -> anyhow::Result<()> {
    let width = findings.iter().map(|finding| finding.topic.chars().count()).max().unwrap_or(0);
    for finding in findings {
        let mark = match finding.state {
            State::Well => console.styled(Style::Good, "ok     "),
            State::Warning => console.styled(Style::Doubtful, "warning"),
            State::Problem => console.styled(Style::Bad, "PROBLEM"),
        };
        // Further lines, such as the place of an error in a file, stand below the first.
        let detail = finding.detail.replace('\n', &format!("\n{:indent$}", "", indent = width + 11));
        console.line(&format!("{mark}  {:<width$}  {detail}", finding.topic))?;
        if let Some(cure) = &finding.cure {
            console.line(&format!("         {:<width$}  to do: {cure}", ""))?;
        }
    }
    let count = |state| findings.iter().filter(|finding| finding.state == state).count();
    let (problems, warnings) = (count(State::Problem), count(State::Warning));
    console.line("")?;
    console.line(&match (problems, warnings) {
        (0, 0) => "All is well.".to_owned(),
        (0, warnings) => format!("All is well, with {}.", crate::output::units::plural(warnings, "warning")),
        (problems, _) => format!("{} found.", crate::output::units::plural(problems, "problem")),
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::test::console;

    #[test]
    fn findings_come_with_their_cures() {
        let (mut console, out, _) = console();
        let findings = [
            Finding::well("cpu", "fast"),
            Finding::warning("python3", "is not there", "install it"),
            Finding::problem("model x", "damaged", "pull it again"),
        ];
        print(&findings, &mut console).unwrap();
        insta::assert_snapshot!("doctor_text", out.text());
    }
}
