//! What this machine has: processor, memory, and how much of it we took.
//!
//! Must not know models.

use std::{fs, path::Path};

use serde::Serialize;
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

/// Memory bandwidth is measured over so many times the largest cache: where a part is read from caches, it is these that are measured.
const CACHES: u64 = 4;
/// But over no less, where the caches are small or unknown, and over no more.
const BANDWIDTH_BYTES_LEAST: u64 = 256 << 20;
const BANDWIDTH_BYTES_MOST: u64 = 1 << 30;

/// Processor and memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// The processor's own name.
    pub cpu: String,
    /// Cores that this process may use.
    pub physical_cores: usize,
    /// Those as the system counts them, hyper-threads included.
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
            physical_cores: abide_engine::usable_cores(),
            logical_cores: num_cpus::get(),
            memory_total,
            memory_available,
        }
    }

    /// Bytes to measure the bandwidth of memory with: more than the caches hold, and a small part of what is free.
    pub fn bandwidth_bytes(&self) -> usize {
        bandwidth_bytes(largest_cache(Path::new("/sys/devices/system/cpu/cpu0/cache")), self.memory_available)
    }
}

fn bandwidth_bytes(largest_cache: u64, memory_available: u64) -> usize {
    let wanted = largest_cache.saturating_mul(CACHES).min(BANDWIDTH_BYTES_MOST).min(memory_available / 4);
    // In reach of any machine's addresses.
    wanted.max(BANDWIDTH_BYTES_LEAST) as usize
}

/// Bytes of the largest of the caches that Linux describes in this folder; 0 elsewhere.
fn largest_cache(folder: &Path) -> u64 {
    let caches = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = caches.filter_map(|cache| fs::read_to_string(cache.path().join("size")).ok());
    sizes.filter_map(|size| size.trim().strip_suffix('K')?.parse::<u64>().ok()).max().unwrap_or(0) << 10
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
    fn bandwidth_is_measured_beyond_the_caches_and_within_memory() {
        const MIB: u64 = 1 << 20;
        for (cache, available, expected) in [
            (0, 0, 256),
            (32 * MIB, 16_384 * MIB, 256),
            (96 * MIB, 16_384 * MIB, 384),
            (300 * MIB, 65_536 * MIB, 1024),
            (300 * MIB, 2048 * MIB, 512),
            (u64::MAX, u64::MAX, 1024),
        ] {
            assert_eq!(bandwidth_bytes(cache, available), expected << 20, "{cache} {available}");
        }
    }

    #[test]
    fn the_largest_cache_is_the_one_that_counts() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(largest_cache(folder.path()), 0);
        for (name, size) in
            [("index0", "48K\n"), ("index2", "2048K\n"), ("index3", "307200K\n"), ("index4", "?")]
        {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("size"), size).unwrap();
        }
        assert_eq!(largest_cache(folder.path()), 307_200 << 10);
        assert_eq!(largest_cache(&folder.path().join("none")), 0);
    }

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
