//! What this machine has: processor, memory, and how much of it we took.
//!
//! Must not know models.

use std::fs;

use serde::Serialize;
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

/// Processor and memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// The processor's own name.
    pub cpu: String,
    /// Cores.
    pub physical_cores: usize,
    /// Cores as the system counts them, hyper-threads included.
    pub logical_cores: usize,
    /// Bytes of memory that this process may use at all.
    pub memory_total: u64,
    /// Bytes of memory that are free for it now.
    pub memory_available: u64,
}

impl Machine {
    /// Looks now. What the system does not tell is 0 or "unknown".
    pub fn observe() -> Self {
        let wanted = RefreshKind::nothing()
            .with_cpu(CpuRefreshKind::nothing())
            .with_memory(MemoryRefreshKind::nothing().with_ram());
        let system = System::new_with_specifics(wanted).ok();
        let system = system.as_ref();
        let brand = system.and_then(|system| system.cpus().first().map(|cpu| cpu.brand().trim().to_owned()));
        let mut memory_total = system.map_or(0, System::total_memory);
        let mut memory_available = system.map_or(0, System::available_memory);
        // In a container less may be allowed than there is.
        if let Some(limits) = system.and_then(System::cgroup_limits)
            && limits.total_memory > 0
        {
            memory_total = memory_total.min(limits.total_memory);
            memory_available = memory_available.min(limits.free_memory);
        }
        Self {
            cpu: brand.filter(|brand| !brand.is_empty()).unwrap_or_else(|| "unknown processor".to_owned()),
            physical_cores: num_cpus::get_physical(),
            logical_cores: num_cpus::get(),
            memory_total,
            memory_available,
        }
    }
}

/// The most memory that this process held at once since its start or the last reset, in bytes
/// (`VmHWM`; weights mapped from a file count once they were read). Linux only.
pub fn peak_memory() -> Option<u64> {
    parse_peak(&fs::read_to_string("/proc/self/status").ok()?)
}

/// Begins a new measurement of [`peak_memory`], where the system allows it.
pub fn reset_peak_memory() {
    // See proc_pid_clear_refs(5). Where it fails, the peak is that since the start.
    if let Err(error) = fs::write("/proc/self/clear_refs", "5") {
        tracing::debug!("the peak of memory can't be reset: {error}");
    }
}

fn parse_peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_from_the_status() {
        assert_eq!(parse_peak("Name:\tabide\nVmPeak:\t 9 kB\nVmHWM:\t    2048 kB\n"), Some(2_097_152));
        assert_eq!(parse_peak("Name:\tabide\n"), None);
        assert_eq!(parse_peak("VmHWM:\tmany kB\n"), None);
    }

    #[test]
    fn this_machine_has_something() {
        let machine = Machine::observe();
        assert!(machine.physical_cores >= 1 && machine.logical_cores >= machine.physical_cores);
        assert!(machine.memory_total >= machine.memory_available && machine.memory_available > 0);
    }
}
